"""Functions that no source has: copies of objects, access through cells, function items as pointers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.lower_gc import nodes as n
from engines.rustwasm.lower_gc.places import Cell, Element, Field, Held, Place, slice_parts
from engines.rustwasm.lower_gc.representation import (
    ACCESS_GET,
    ACCESS_SET,
    ARRAY,
    CELL_ACCESS,
    CELL_HOLDER,
    CELL_KEY,
    CELL_VALUE,
    DYN_OBJECT,
    ENUM,
    MIXED,
    OPTION,
    RAW_COUNTS,
    RAW_VALUE,
    Slot,
)
from engines.rustwasm.release.tree import Block, If, Node, Tree
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w

if TYPE_CHECKING:
    from engines.rustwasm.lower_gc.program import Program


# Objects


def _fields(program: Program, ty: Ty, pointer: Node) -> list[Node]:
    """All slots of an object as they are."""
    one = program.types.of(ty)
    _, types = program.types.slots(ty)
    return [n.struct_get(one.index, i, n.copied(pointer), type_) for i, type_ in enumerate(types)]


def _shallow(program: Program, ty: Ty) -> Tree:
    one = program.types.of(ty)
    source = n.get(0, one.wasm)
    if one.kind != ARRAY:
        return Tree(1, [one.wasm], [n.struct_new(one.index, _fields(program, ty, source))], (one.wasm,))
    count = n.i32(ty.args[1].data)
    made = n.get(1, one.wasm)
    body = [
        n.set_(1, program.array_new(ty.args[0], count)),
        program.array_copy(ty.args[0], made, n.i32(0), source, n.i32(0), n.copied(count)),
        made,
    ]
    return Tree(1, [one.wasm, one.wasm], body, (one.wasm,))


def _overwrite(program: Program, ty: Ty) -> Tree:
    one = program.types.of(ty)
    target, source = n.get(0, one.wasm), n.get(1, one.wasm)
    if one.kind == ARRAY:
        count = n.i32(ty.args[1].data)
        body = [program.array_copy(ty.args[0], target, n.i32(0), source, n.i32(0), count)]
    else:
        values = _fields(program, ty, source)
        body = [n.struct_set(one.index, i, n.copied(target), value) for i, value in enumerate(values)]
    return Tree(2, [one.wasm, one.wasm], body, ())


def _copy(program: Program, ty: Ty) -> Tree:
    """Another object, and other objects for the objects in it."""
    types = program.types
    one = types.of(ty)
    source = n.get(0, one.wasm)
    if one.kind == OPTION:
        held = next(f for f in types.fields(ty, types.full_variant(ty)) if not types.is_empty(f))
        null = If(n.is_null(n.copied(source)), [Node("return", (), [n.copied(source)])], [], None)
        return Tree(1, [one.wasm], [null, program.copy(held, source)], (one.wasm,))
    if one.kind == MIXED:
        held = next(f for f in types.fields(ty, one.full) if not types.is_empty(f))
        full = n.op("i32.eq", program.variant_of_mixed(ty, source), n.i32(one.full))
        made = program.copy(held, program.held(ty, one.full, n.copied(source)))
        return Tree(1, [one.wasm], [If(full, [made], [n.copied(source)], one.wasm)], (one.wasm,))
    if one.kind == ARRAY:
        return _copied_array(program, ty)
    rows, _ = types.slots(ty)
    if one.kind != ENUM:
        values = _fields(program, ty, source)
        for field, slot in zip(types.fields(ty, 0), rows[0], strict=True):
            if slot is not None:
                values[slot.number] = program.copy(field, values[slot.number])
        return Tree(1, [one.wasm], [n.struct_new(one.index, values)], (one.wasm,))
    made = n.get(1, one.wasm)
    body: list[Node] = [n.set_(1, program.call(("shallow", ty), [source], one.wasm))]
    for variant, row in enumerate(rows):
        inner: list[Node] = []
        for field, slot in zip(types.fields(ty, variant), row, strict=True):
            if slot is not None and types.needs_copy(field):
                place = Field(field, made, one.index, slot)
                inner += place.write(program, program.copy(field, place.read(program)))
        if inner:
            tag = n.struct_get(one.index, 0, n.copied(source), w.I32)
            body.append(If(n.op("i32.eq", tag, n.i32(variant)), inner, [], None))
    return Tree(1, [one.wasm, one.wasm], [*body, n.copied(made)], (one.wasm,))


def _loop(program: Program, at: int, count: Node, body: list[Node]) -> Node:
    """Run `body` for local `at` from 0 to below `count`."""
    label = program.fresh_label()
    again = n.set_(at, n.op("i32.add", n.get(at, w.I32), n.i32(1)))
    inside = n.op("i32.lt_u", n.get(at, w.I32), count)
    return Block("loop", label, [If(inside, [*body, again, Node("br", (label,))], [], None)], None)


def _copied_array(program: Program, ty: Ty) -> Tree:
    element = ty.args[0]
    one = program.types.of(ty)
    shallow = program.call(("shallow", ty), [n.get(0, one.wasm)], one.wasm)
    if not program.types.needs_copy(element):
        return Tree(1, [one.wasm], [shallow], (one.wasm,))
    made, at = n.get(1, one.wasm), n.get(2, w.I32)
    place = Element(element, made, at)
    inner = place.write(program, program.copy(element, place.read(program)))
    body = [n.set_(1, shallow), _loop(program, 2, n.i32(ty.args[1].data), inner), n.copied(made)]
    return Tree(1, [one.wasm, one.wasm, w.I32], body, (one.wasm,))


def element_glue(program: Program, ty: Ty) -> Tree:
    """Drops the elements of an array or slice."""
    pointer = program.types.of_pointer(ty)
    holder = n.get(0, pointer.wasm)
    element = ty.args[0]
    wasm = w.Ref(True, program.types.array_type(program.types.storage(element)))
    if ty.kind == t.SLICE:
        array, start, length = slice_parts(program, pointer.wasm.heap, holder)  # type: ignore[union-attr]
    else:
        array, start, length = holder, n.i32(0), n.i32(ty.args[1].data)
    place = Element(element, n.get(1, wasm), n.op("i32.add", n.get(2, w.I32), n.get(3, w.I32)))
    inner = program.drop_value(element, place.read(program))
    body = [n.set_(1, array), n.set_(3, start), n.set_(2, n.i32(0)), _loop(program, 2, length, inner)]
    return Tree(1, [pointer.wasm, wasm, w.I32, w.I32], body, ())


# Cells


def _place(program: Program, kind: str, rest: tuple[Any, ...]) -> tuple[Place, list[Node], int]:
    """The place that an accessor means: what it needs in local 3 first, and that local's type."""
    index: int
    if kind == "field":
        index, slot = rest
        assert isinstance(slot, Slot)
        wasm = w.Ref(True, index)
        place: Place = Field(t.UNIT, n.get(-1, wasm), index, slot)
    elif kind == "held":
        ty, variant = rest
        index = program.types.cell_type(w.EQREF)
        wasm = w.Ref(True, index)
        place = Held(t.UNIT, Cell(ty, n.get(-1, wasm)), variant)
    else:
        (ty,) = rest
        index = program.types.array_type(program.types.storage(ty))
        wasm = w.Ref(True, index)
        place = Element(ty, n.get(-1, wasm), n.get(1, w.I32))
    return place, [Node("ref.cast", (wasm,), (n.get(0, w.EQREF),), wasm)], index


def _get(program: Program, kind: str, *rest: Any) -> Tree:
    place, cast, _ = _place(program, kind, rest)
    value = place.read(program)
    _insert(value, cast[0])
    assert value.type is not None
    return Tree(2, [w.EQREF, w.I32], [value], (value.type,))


def _set(program: Program, kind: str, *rest: Any) -> Tree:
    place, cast, _ = _place(program, kind, rest)
    value = place.read(program).type
    assert value is not None
    body = place.write(program, n.get(2, value))
    _insert(body[0], cast[0])
    return Tree(3, [w.EQREF, w.I32, value], body, ())


def _insert(node: Node, holder: Node) -> None:
    """Put the cast in place of local -1."""
    for i, one in enumerate(node.args):
        if one.op == "local.get" and one.imm[0] == -1:
            node.args[i] = n.copied(holder)
        else:
            _insert(one, holder)


def _through(program: Program, type_: w.ValueType) -> tuple[Node, Node, list[Node], int]:
    cell = w.Ref(True, program.types.cell_type(type_))
    access = w.Ref(True, program.types.access_type(type_))
    pointer = n.get(0, cell)
    found = n.struct_get(cell.heap, CELL_ACCESS, n.copied(pointer), access)
    holder = n.struct_get(cell.heap, CELL_HOLDER, n.copied(pointer), w.EQREF)
    key = n.struct_get(cell.heap, CELL_KEY, n.copied(pointer), w.I32)
    return pointer, found, [holder, key], cell.heap


def _cell_get(program: Program, type_: w.ValueType) -> Tree:
    pointer, found, arguments, index = _through(program, type_)
    assert found.type is not None
    access = n.get(1, found.type)
    signature = program.types.function_type((w.EQREF, w.I32), (type_,))
    own = n.struct_get(index, CELL_VALUE, n.copied(pointer), type_)
    getter = n.struct_get(found.type.heap, ACCESS_GET, n.copied(access), w.Ref(True, signature))  # type: ignore[union-attr]
    body = [
        n.set_(1, found),
        If(n.is_null(access), [Node("return", (), [own])], [], None),
        Node("call_ref", (signature,), [*arguments, getter], type_),
    ]
    return Tree(1, [pointer.type, found.type], body, (type_,))  # type: ignore[list-item]


def _cell_set(program: Program, type_: w.ValueType) -> Tree:
    pointer, found, arguments, index = _through(program, type_)
    assert found.type is not None
    access = n.get(2, found.type)
    signature = program.types.function_type((w.EQREF, w.I32, type_), ())
    value = n.get(1, type_)
    setter = n.struct_get(found.type.heap, ACCESS_SET, n.copied(access), w.Ref(True, signature))  # type: ignore[union-attr]
    own = n.struct_set(index, CELL_VALUE, n.copied(pointer), n.copied(value))
    body = [
        n.set_(2, found),
        If(n.is_null(access), [own, Node("return")], [], None),
        Node("call_ref", (signature,), [*arguments, value, setter], None),
    ]
    return Tree(2, [pointer.type, type_, found.type], body, ())  # type: ignore[list-item]


def _raw_write(program: Program, ty: Ty) -> Tree:
    """Put a value behind a raw pointer: into the object that is there, or as the new content."""
    raw = w.Ref(True, program.types.raw_of(ty))
    one = program.types.of(ty)
    box = program.types.box(ty).wasm
    value = n.get(1, one.wasm)
    body = [n.struct_set(raw.heap, RAW_VALUE, n.get(0, raw), program.box_new(ty, value))]
    held = n.struct_get(raw.heap, RAW_VALUE, n.get(0, raw), box)
    if one.is_object:
        there = [program.overwrite(ty, held, n.copied(value))]
    else:
        there = [program.cell_set(held, n.copied(value), one.wasm, False)]
    body = [If(n.is_null(n.copied(held)), body, there, None)]
    return Tree(2, [raw, one.wasm], body, ())


def _same(program: Program, ty: Ty) -> Tree:
    """Whether two raw pointers lead to one box: to the same counts, or without counts to the same object."""
    index = program.types.raw_of(ty)
    raw = w.Ref(True, index)
    counts = program.types.of(program.types.counts).wasm
    box = program.types.box(ty).wasm
    both = [n.struct_get(index, RAW_COUNTS, n.get(i, raw), counts) for i in range(2)]

    def held(local: int) -> Node:
        found = n.struct_get(index, RAW_VALUE, n.get(local, raw), box)
        if ty.kind == t.DYN:
            return n.struct_get(program.types.dyn_type(ty), DYN_OBJECT, found, w.EQREF)
        return found

    counted = Node("return", (), [Node("ref.eq", (), both, w.I32)])
    alone = n.is_null(n.struct_get(index, RAW_COUNTS, n.get(0, raw), counts))
    body = [If(alone, [], [counted], None), Node("ref.eq", (), [held(0), held(1)], w.I32)]
    return Tree(2, [raw, raw], body, (w.I32,))


# Enums that are a reference or an integer


def _number_in(program: Program) -> Tree:
    """A number of 32 bits as a reference: an `i31` if its two upper bits are equal, else a struct."""
    value = n.get(0, w.I32)
    changes = n.op("i32.xor", value, n.op("i32.shl", n.copied(value), n.i32(1)))
    large = n.struct_new(program.types.number_type(), [n.copied(value)])
    small = Node("ref.i31", (), (n.copied(value),), w.EQREF)
    fits = n.op("i32.ge_s", changes, n.i32(0))
    return Tree(1, [w.I32], [If(fits, [small], [large], w.EQREF)], (w.EQREF,))


def _number_of(program: Program) -> Tree:
    """The number that `number in` made a reference."""
    value = n.get(0, w.EQREF)
    index = program.types.number_type()
    small = Node("i31.get_s", (), (program.narrowed(n.copied(value), w.I31REF),), w.I32)
    large = n.struct_get(index, 0, program.narrowed(n.copied(value), w.Ref(True, index)), w.I32)
    fits = Node("ref.test", (w.Ref(False, w.I31),), (value,), w.I32)
    return Tree(1, [w.EQREF], [If(fits, [small], [large], w.I32)], (w.I32,))


TABLE: Final[dict[str, Callable[..., Tree]]] = {
    "copy": _copy,
    "shallow": _shallow,
    "overwrite": _overwrite,
    "get": _get,
    "set": _set,
    "cell get": _cell_get,
    "cell set": _cell_set,
    "raw write": _raw_write,
    "number in": _number_in,
    "number of": _number_of,
    "same": _same,
}
