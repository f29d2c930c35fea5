"""Calls into the host's C library that Python's os module does not offer, or not without a copy."""

from __future__ import annotations

import ctypes
import functools

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@functools.cache
def _library() -> Any:
    return ctypes.CDLL(None, use_errno=True)


@functools.cache
def _function(name: str) -> Any:
    function = getattr(_library(), name)
    function.restype = ctypes.c_long
    return function


def call(name: str, *arguments: Any) -> int:
    """Call C function `name` and return its result, which is never negative.

    Integers are passed as C `long`; `bytes` as strings; pass pointers as `ctypes.c_void_p`.

    Raises:
        OSError: the function returned -1; `errno` says why.
        AttributeError: the C library has no such function.
    """
    converted = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = int(_function(name)(*converted))
    if ctypes.c_int(result & 0xFFFF_FFFF).value == -1:
        number = ctypes.get_errno()
        raise OSError(number, name)
    return result
