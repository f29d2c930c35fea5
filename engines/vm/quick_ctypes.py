"""What every start of a program uses of `ctypes`, from the module under it, which is the interpreter's own.

`ctypes` itself takes 1.5 milliseconds: it defines and checks a type for every C type, and imports `types` and `struct`
(docs/decisions/0018-what-a-start-imports.md). These types are none of its types, so parts of the machine that hand
values to each other use these. A test compares what they answer.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ctypes import (
        CDLL,
        CFUNCTYPE,
        Structure,
        addressof,
        byref,
        c_char,
        c_int,
        c_int64,
        c_long,
        c_size_t,
        c_uint32,
        c_uint64,
        c_void_p,
        cast,
        create_string_buffer,
        get_errno,
        memmove,
        memset,
        string_at,
    )
else:
    from _ctypes import (
        FUNCFLAG_CDECL,
        FUNCFLAG_PYTHONAPI,
        FUNCFLAG_USE_ERRNO,
        RTLD_LOCAL,
        CFuncPtr,
        Structure,
        _cast_addr,
        _memmove_addr,
        _memset_addr,
        _SimpleCData,
        _string_at_addr,
        addressof,
        byref,
        dlopen,
        get_errno,
        sizeof,
    )

    class c_char(_SimpleCData):  # noqa: N801  (the names of ctypes)
        _type_ = "c"

    class c_int(_SimpleCData):  # noqa: N801
        _type_ = "i"

    class c_uint32(_SimpleCData):  # noqa: N801
        _type_ = "I"

    class c_long(_SimpleCData):  # noqa: N801
        _type_ = "l"

    class c_int64(_SimpleCData):  # noqa: N801
        _type_ = "q"

    class c_uint64(_SimpleCData):  # noqa: N801
        _type_ = "Q"

    class c_void_p(_SimpleCData):  # noqa: N801
        _type_ = "P"

    class _Object(_SimpleCData):
        _type_ = "O"

    c_size_t = c_uint64 if sizeof(c_void_p) == sizeof(c_uint64) else c_uint32

    _prototypes = {}

    def _prototype(flags, result, arguments):
        found = _prototypes.get((flags, result, arguments))
        if found is None:
            fields = {"_argtypes_": arguments, "_restype_": result, "_flags_": flags}
            found = _prototypes[flags, result, arguments] = type(CFuncPtr)("CFunctionType", (CFuncPtr,), fields)
        return found

    def CFUNCTYPE(result, *arguments):  # noqa: N802
        """The type of C functions with this result and these arguments."""
        return _prototype(FUNCFLAG_CDECL, result, arguments)

    class CDLL:
        """A library, whose functions are attributes; None is this process."""

        def __init__(self, name, *, use_errno=False):
            self._handle = dlopen(name, RTLD_LOCAL)
            flags = FUNCFLAG_CDECL | FUNCFLAG_USE_ERRNO if use_errno else FUNCFLAG_CDECL
            self._function = type(CFuncPtr)("_FuncPtr", (CFuncPtr,), {"_flags_": flags, "_restype_": c_int})

        def __getattr__(self, name):
            if name.startswith("__") and name.endswith("__"):
                raise AttributeError(name)
            function = self._function((name, self))
            function.__name__ = name
            setattr(self, name, function)
            return function

    def create_string_buffer(size):
        """So many bytes, zero."""
        return (c_char * size)()

    memmove = CFUNCTYPE(c_void_p, c_void_p, c_void_p, c_size_t)(_memmove_addr)
    memset = CFUNCTYPE(c_void_p, c_void_p, c_int, c_size_t)(_memset_addr)
    _string_at = _prototype(FUNCFLAG_CDECL | FUNCFLAG_PYTHONAPI, _Object, (c_void_p, c_int))(_string_at_addr)
    _cast = _prototype(FUNCFLAG_CDECL | FUNCFLAG_PYTHONAPI, _Object, (c_void_p, _Object, _Object))(_cast_addr)

    def string_at(address, size=-1):
        """So many bytes, or those before the first zero."""
        return _string_at(address, size)

    def cast(value, kind):
        """`value` as a pointer of the type `kind`."""
        return _cast(value, value, kind)


__all__ = [
    "CDLL",
    "CFUNCTYPE",
    "Structure",
    "addressof",
    "byref",
    "c_char",
    "c_int",
    "c_int64",
    "c_long",
    "c_size_t",
    "c_uint32",
    "c_uint64",
    "c_void_p",
    "cast",
    "create_string_buffer",
    "get_errno",
    "memmove",
    "memset",
    "string_at",
]
