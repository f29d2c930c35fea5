"""What code refers to: functions by key, globals, constants; and what is done with objects, cells and arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.lower_gc import nodes as n
from engines.rustwasm.lower_gc.representation import (
    EMPTY,
    RAW_VALUE,
    Representations,
)
from engines.rustwasm.lower_linear.requests import Requests
from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.instances import Instances
from engines.rustwasm.release.tree import If, Node
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.definitions import FnDef
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation
    from engines.rustwasm.lower_linear.program import Profile

ERROR_STREAM: Final = 2
BUFFER_BYTES: Final = 65_000
"""Of the buffer in memory through which everything is written."""
SINGLES = (
    w.FunctionType(),
    w.FunctionType((w.I32, w.I32, w.I32, w.I32), (w.I32,)),
    w.FunctionType((w.I32,)),
)


class ForeignTypeError(ValueError):
    """An exported function has a parameter or result of a type that hosts have no values of."""


class Objects(Requests):
    """What is needed of a program's functions, globals and data so far, and trees that use them."""

    def __init__(self, compilation: Compilation, profile: Profile, exported: list[FnDef]) -> None:
        super().__init__()
        self.compilation = compilation
        self.profile = profile
        self.instances = Instances(compilation)
        self.types = Representations(self._fields, self._singles(exported))
        self.types.counts = t.adt(compilation.lang("Counts"))
        self.filled = compilation.lang("raw_array_filled")
        self.printing = {compilation.lang("print_str"): 1, compilation.lang("eprint_str"): ERROR_STREAM}
        self.references: dict[Any, None] = {}
        self.globals: dict[Any, tuple[int, w.ValueType]] = {}
        self.constants = bytearray()
        self._shared: dict[bytes, int] = {}

    def _singles(self, exported: list[FnDef]) -> list[w.FunctionType]:
        """Types of imports and exports; an exported function's are numbers."""
        found = dict.fromkeys(SINGLES)
        for definition in exported:
            self.compilation.collector.ensure_signature(definition)
            found[self._numbers(definition)] = None
        return list(found)

    def _numbers(self, definition: FnDef) -> w.FunctionType:
        plain = Representations(self._fields, [])
        types = [t.erase(one) for one in (*definition.inputs, definition.output)]
        for one in types:
            number = one.kind in (t.INT, t.FLOAT, t.BOOL, t.CHAR, t.NEVER) or one is t.UNIT
            if not number or one in (t.I128, t.U128):
                file, line, column = self.compilation.sources.locate(definition.span[0])
                raise ForeignTypeError(
                    f"error[GC020]: `{definition.name}` at {file}:{line}:{column} is exported, but {t.show(one)} is no "
                    "type that a host has with WasmGC; use numbers, bool or char, or build with linear memory"
                )
        return w.FunctionType(*plain.convention(types[:-1], types[-1]))

    def _fields(self, ty: Ty, variant: int = 0) -> tuple[Ty, ...]:
        if ty.kind == t.TUPLE:
            return ty.args
        if ty.kind == t.CLOSURE:
            count = len(ty.data.captures)
        else:
            self.compilation.collector.ensure_fields(ty.data)
            if not ty.data.variants:
                return ()
            count = len(ty.data.variants[variant].fields)
        return tuple([self.instances.field_type(ty, variant, i) for i in range(count)])

    # Functions and globals

    def call(self, key: Any, arguments: list[Node], type_: w.ValueType | None) -> Node:
        """A call of the function with this key."""
        if key[0] == "runtime" and key[1] not in _OWN:
            key = ("lang", key[1])
        return super().call(key, arguments, type_)

    def function_reference(self, key: Any, signature: int) -> Node:
        self.request(key)
        self.references[key] = None
        return Node("ref.func", (key,), (), w.Ref(True, signature))

    def _global(self, name: Any, type_: w.ValueType) -> int:
        found = self.globals.get(name)
        if found is None:
            found = self.globals[name] = (len(self.globals), type_)
        return found[0]

    def global_get(self, name: Any, type_: w.ValueType) -> Node:
        return Node("global.get", (self._global(name, type_),), (), type_)

    def global_set(self, name: Any, value: Node) -> Node:
        assert value.type is not None
        return Node("global.set", (self._global(name, value.type),), (value,))

    def extra_result(self, type_: int, number: int) -> Node:
        """The high half of a 128-bit number that a function of the library has returned."""
        return self.global_get(("result", type_, number), type_)

    # Constants

    def bytes_offset(self, content: bytes) -> int:
        """Where constant bytes are in the array of all of them; equal ones are shared."""
        found = self._shared.get(content)
        if found is None:
            found = self.constants.find(content) if len(self.constants) < 4096 else -1
            if found < 0:
                found = len(self.constants)
                self.constants += content
            self._shared[content] = found
        return found

    def constants_array(self) -> Node:
        if not self.constants:
            self.constants += b"\0"
        return self.global_get("constants", w.Ref(True, self.types.array_type(w.I8)))

    def bytes_value(self, content: bytes, ty: Ty) -> Node:
        """A constant `&str`, `&[u8]` or `&[u8; N]`."""
        offset = n.i32(self.bytes_offset(content))
        if ty.args[0].kind == t.ARRAY:
            return self.call(("runtime", "part"), [offset, n.i32(len(content))], self.types.of(ty).wasm)
        pointer = self.types.slice_type(w.I8)
        return n.struct_new(pointer, [self.constants_array(), offset, n.i32(len(content))])

    def location(self, span: m.Span) -> Node:
        """Where a location is: a length of two bytes, then `file:line:column`."""
        if not self.profile.messages:
            return n.i32(0)
        file, line, column = self.compilation.sources.locate(span[0])
        text = f"{file}:{line}:{column}".encode()
        return n.i32(self.bytes_offset(len(text).to_bytes(2, "little") + text))

    # Cells

    def new_cell(self, value: Node, type_: w.ValueType | None = None) -> Node:
        """A cell that holds a value itself, as `type_` or as what it is."""
        type_ = type_ or value.type
        assert type_ is not None
        index = self.types.cell_type(type_)
        access = w.Ref(True, self.types.access_type(type_))
        return n.struct_new(index, [value, n.null(w.EQREF), n.i32(0), n.null(access)])

    def cell_into(self, holder: Node, key: Node, access: Node, type_: w.ValueType) -> Node:
        """A cell for a place inside an object."""
        return n.struct_new(self.types.cell_type(type_), [n.default(type_), holder, key, access])

    def accessor(self, place: tuple[Any, ...]) -> Node:
        """The functions that read and write a kind of place: ("field", struct, slot), ("element", type) or ("held",
        MIXED enum, variant)."""
        if place[0] == "held":
            value = self.types.value_of_mixed(place[1], place[2])
        else:
            value = place[2].value if place[0] == "field" else self.types.of(place[1]).wasm
        self.request(("get", *place))
        self.request(("set", *place))
        return self.global_get(("access", *place), w.Ref(True, self.types.access_type(value)))

    def cell_get(self, cell: Node, type_: w.ValueType, own: bool) -> Node:
        """A cell's value; `own`: it holds it itself."""
        if own:
            return n.struct_get(self.types.cell_type(type_), 0, cell, type_)
        return self.call(("cell get", type_), [cell], type_)

    def cell_set(self, cell: Node, value: Node, type_: w.ValueType, own: bool) -> Node:
        if own:
            return n.struct_set(self.types.cell_type(type_), 0, cell, value)
        return self.call(("cell set", type_), [cell, value], None)

    # Objects

    def narrowed(self, value: Node, wanted: w.ValueType) -> Node:
        """A value from a place that holds any reference, as what it is."""
        if value.type == wanted:
            return value
        return Node("ref.cast", (wanted,), (value,), wanted)

    # Enums that are a reference or an integer

    def mixed(self, ty: Ty, variant: int, value: Node) -> Node:
        """The enum of what its variant holds: a reference, a number, the index of a variant without data."""
        if variant == self.types.of(ty).full:
            return value
        number = self.types.number_of_mixed(ty)
        if number is None or self.types.is_small(number):
            return Node("ref.i31", (), (value,), w.EQREF)
        return self.call(("number in",), [value], w.EQREF)

    def held(self, ty: Ty, variant: int, value: Node) -> Node:
        """What a variant holds that the value is."""
        if variant == self.types.of(ty).full:
            return self.narrowed(value, self.types.value_of_mixed(ty, variant))
        number = self.types.number_of_mixed(ty)
        if number is None or self.types.is_small(number):
            return Node("i31.get_s", (), (self.narrowed(value, w.I31REF),), w.I32)
        return self.call(("number of",), [value], w.I32)

    def variant_of_mixed(self, ty: Ty, value: Node) -> Node:
        """The index of its variant; the value may be evaluated often."""
        full = self.types.of(ty).full
        wanted = self.types.value_of_mixed(ty, full)
        assert isinstance(wanted, w.Ref)
        test = Node("ref.test", (w.Ref(False, wanted.heap),), (n.copied(value),), w.I32)
        if len(ty.data.variants) == 2:
            return test if full == 1 else n.op("i32.eqz", test)
        tag = Node("i31.get_s", (), (self.narrowed(n.copied(value), w.I31REF),), w.I32)
        return If(test, [n.i32(full)], [tag], w.I32)

    def copy(self, ty: Ty, value: Node) -> Node:
        """A copy of a value."""
        if not self.types.needs_copy(ty):
            return value
        ty = self.types.peel(ty)
        return self.call(("copy", ty), [value], self.types.of(ty).wasm)

    def shallow(self, ty: Ty, value: Node) -> Node:
        """A value that overwriting the object in place does not change."""
        if not self.types.of(ty).is_object:
            return value
        ty = self.types.peel(ty)
        return self.call(("shallow", ty), [value], self.types.of(ty).wasm)

    def overwrite(self, ty: Ty, target: Node, source: Node) -> Node:
        """The statement that gives one object the content of another."""
        return self.call(("overwrite", self.types.peel(ty)), [target, source], None)

    def box_new(self, ty: Ty, value: Node) -> Node:
        one = self.types.of(ty)
        return value if one.is_object else self.new_cell(value, one.wasm)

    def unboxed(self, ty: Ty, box: Node) -> Node:
        """The value in a box; of an unsized type: the pointer."""
        if ty.kind in (t.DYN, t.SLICE, t.STR) or self.types.of(ty).is_object:
            return box
        return self.cell_get(box, self.types.of(ty).wasm, False)

    def raw_new(self, ty: Ty, box: Node) -> Node:
        """A raw pointer to a whole box."""
        counts = n.null(w.Ref(True, self.types.counts_type()))
        return n.struct_new(self.types.raw_of(ty), [counts, box])

    def raw_equal(self, ty: Ty, left: Node, right: Node) -> Node:
        return self.call(("same", ty), [left, right], w.I32)

    # Arrays

    def _array(self, ty: Ty) -> int:
        return self.types.array_type(self.types.storage(ty))

    def array_new(self, ty: Ty, count: Node) -> Node:
        """An array of slots without values."""
        index = self._array(ty)
        return Node("array.new_default", (index,), (count,), w.Ref(True, index))

    def array_fixed(self, ty: Ty, values: list[Node]) -> Node:
        index = self._array(ty)
        return Node("array.new_fixed", (index, len(values)), values, w.Ref(True, index))

    def array_filled(self, ty: Ty, value: Node, count: Node) -> Node:
        index = self._array(ty)
        if value.op in ("i32.const", "i64.const", "f32.const", "f64.const") and value.imm[0] == 0:
            return self.array_new(ty, count)
        return Node("array.new", (index,), (value, count), w.Ref(True, index))

    def array_get(self, ty: Ty, array: Node, index: Node) -> Node:
        op = "array.get"
        wasm = self.types.of(ty).wasm
        if self.types.storage(ty) in (w.I8, w.I16):
            inner = self.types.peel(ty)
            op = "array.get_s" if inner.kind == t.INT and inner.data[1] else "array.get_u"
        return Node(op, (self._array(ty),), (array, index), wasm)

    def array_set(self, ty: Ty, array: Node, index: Node, value: Node) -> Node:
        return Node("array.set", (self._array(ty),), (array, index, value))

    def array_copy(self, ty: Ty, to: Node, to_at: Node, source: Node, at: Node, count: Node) -> Node:
        index = self._array(ty)
        arguments = [n.copied(to), to_at, n.copied(source), at, count]
        return Node("array.copy", (index, index), arguments)


_OWN = ("write", "put", "panic", "panic_constant", "panic_bounds", "panic_start", "say", "say_number", "part")
"""Functions of `runtime`; others that arithmetic calls are in the library."""

__all__ = ["EMPTY", "RAW_VALUE", "SINGLES", "Objects"]
