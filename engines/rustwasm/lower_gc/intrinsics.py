"""The library's functions without body (engines/rustwasm/mir/intrinsics.py says what they do)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.lower_gc import nodes as n
from engines.rustwasm.lower_gc.places import Cell, Element, Place, slice_parts
from engines.rustwasm.lower_gc.representation import RAW_COUNTS
from engines.rustwasm.lower_linear import arithmetic, wide
from engines.rustwasm.lower_linear.layout import pointee_is_fat
from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.intrinsics import type_name
from engines.rustwasm.release.tree import Node
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w

if TYPE_CHECKING:
    from engines.rustwasm.lower_gc.calls import Value
    from engines.rustwasm.lower_gc.function import FunctionLowering


class _Use:
    """One use of an intrinsic."""

    def __init__(
        self, fn: FunctionLowering, args: tuple[Ty, ...], values: list[Value], where: Place, span: m.Span
    ) -> None:
        self.fn = fn
        self.program = fn.program
        self.args = args
        self.values = values
        self.where = where
        self.span = span

    def one(self, index: int) -> Node:
        return self.values[index].node

    def kept(self, index: int) -> Node:
        return self.fn.stash(self.values[index].node)

    def scalars(self, index: int) -> list[Node]:
        return self.fn.scalars(self.one(index), self.values[index].ty)

    def pointee(self, index: int) -> Place:
        """The place behind a reference or raw pointer."""
        ty = self.values[index].ty
        value = self.kept(index)
        if ty.kind == t.RAW:
            value = self.fn.stash(self.fn.whole_box(ty, value))
        return self.fn.behind(t.pointee(ty), value, ty.kind == t.REF and not ty.data)

    def memory(self, index: int) -> Node:
        """The array that a reference to a RawArray is."""
        return self.fn.stash(self.pointee(index).read(self.program))

    def slice(self, index: int) -> tuple[Node, Node, Node]:
        kind = self.fn.types.fat(t.pointee(self.values[index].ty)).wasm.heap  # type: ignore[union-attr]
        return slice_parts(self.program, kind, self.kept(index))

    def slice_index(self) -> int:
        """The type of the resulting pointer to a slice."""
        return self.fn.types.fat(t.pointee(self.where.ty)).wasm.heap  # type: ignore[union-attr]


Handler = Callable[[_Use], Node | None]


class UnknownIntrinsicError(ValueError):
    """The library has an intrinsic that this lowering does not know."""


def lower(
    fn: FunctionLowering, name: str, args: tuple[Ty, ...], values: list[Value], where: Place, span: m.Span
) -> None:
    """Lower the call of an intrinsic.

    Raises:
        UnknownIntrinsicError: the lowering does not know it.
    """
    handler = TABLE.get(name)
    if handler is None:
        file, line, column = fn.program.compilation.sources.locate(span[0])
        raise UnknownIntrinsicError(
            f"error[GC021]: {file}:{line}:{column}: intrinsic {name} has no lowering to WasmGC; "
            f"known: {', '.join(sorted(TABLE))}; build with linear memory"
        )
    result = handler(_Use(fn, args, values, where, span))
    if result is not None:
        fn.write(where, result)


def _same(use: _Use) -> Node:
    return use.one(0)


def _box_new(use: _Use) -> Node:
    return use.program.box_new(use.args[0], use.one(0))


def _raw_write(use: _Use) -> None:
    """An object that is there is overwritten, for references may lead to it."""
    use.fn.out.append(use.program.call(("raw write", use.args[0]), [use.one(0), use.one(1)], None))


def _raw_value(use: _Use) -> Node:
    """What `&T` or `&mut T` to the content of a whole box is."""
    box = use.fn.whole_box(use.values[0].ty, use.one(0))
    ty = use.args[0]
    if use.where.ty.data or pointee_is_fat(ty) or use.fn.types.of(ty).is_object:
        return box
    return use.fn.behind(ty, use.fn.stash(box), False).read(use.program)


def _read(use: _Use) -> Node:
    return use.program.shallow(use.args[0], use.pointee(0).read(use.program))


def _drop_in_place(use: _Use) -> None:
    ty = use.args[0]
    if use.program.needs_drop(ty):
        value = use.pointee(0).read(use.program)
        use.fn.out += use.program.drop_value(ty, value)


def _array_new(use: _Use) -> Node:
    return use.program.array_new(use.args[0], use.one(0))


def _array_read(use: _Use) -> Node:
    return Element(use.args[0], use.memory(0), use.kept(1)).read(use.program)


def _array_write(use: _Use) -> None:
    array = use.memory(0)
    use.fn.out += Element(use.args[0], array, use.kept(1)).write(use.program, use.one(2))


def _array_ref(use: _Use) -> Node:
    return use.fn.reference(Element(use.args[0], use.memory(0), use.kept(1)), bool(use.where.ty.data))


def _array_slice(use: _Use) -> Node:
    return n.struct_new(use.slice_index(), [use.memory(0), use.one(1), use.one(2)])


def _array_copy(use: _Use) -> None:
    source, target = use.memory(0), use.memory(2)
    use.fn.out.append(use.program.array_copy(use.args[0], target, use.one(3), source, use.one(1), use.one(4)))


def _slice_part(use: _Use) -> Node:
    array, start, _ = use.slice(0)
    return n.struct_new(use.slice_index(), [array, n.op("i32.add", start, use.one(1)), use.one(2)])


def _raw_into_array(use: _Use) -> Node:
    """The array is as long as the memory, or its first part is copied."""
    element, count = use.args[0], use.args[1].data
    memory = use.kept(0)
    part = use.fn.stash(use.program.array_new(element, n.i32(count)))
    use.fn.out.append(use.program.array_copy(element, part, n.i32(0), memory, n.i32(0), n.i32(count)))
    return n.copied(part)


def _swap(use: _Use) -> None:
    fn, ty = use.fn, use.args[0]
    a, b = use.pointee(0), use.pointee(1)
    left = fn.stash(use.program.shallow(ty, a.read(use.program)))
    if fn.types.of(ty).is_object:
        fn.write(a, b.read(use.program))
    else:
        right = fn.stash(b.read(use.program))
        fn.write(a, right)
    fn.write(b, n.copied(left))


def _replace(use: _Use) -> Node:
    fn, ty = use.fn, use.args[0]
    place = use.pointee(0)
    old = fn.stash(use.program.shallow(ty, place.read(use.program)))
    fn.write(place, use.one(1))
    return n.copied(old)


def _discriminant(use: _Use) -> Node:
    from engines.rustwasm.lower_gc.calls import declared

    ty = use.args[0]
    if ty.kind != t.ADT or not ty.data.is_enum:
        return n.i32(0)
    place = use.pointee(0)
    if t.is_handle(ty):
        place = use.fn.target(place)
    return n.op("i32.wrap_i64", declared(use.fn, place))


def _wrapping(op: str) -> Handler:
    def handler(use: _Use) -> Node:
        ty = use.args[0]
        bits, signed = arithmetic.bits_and_sign(ty)
        left, right = use.scalars(0), use.scalars(1)
        if bits == 128:
            a = (use.fn.stash(left[0]), use.fn.stash(left[1]))
            b = (use.fn.stash(right[0]), use.fn.stash(right[1]))
            parts = {"add": wide.add, "sub": wide.subtract, "mul": wide.multiply}[op](use.fn, a, b)
            return use.fn.whole(list(parts), ty)
        one = n.op(f"{arithmetic.wasm_name(bits)}.{op}", left[0], right[0])
        return arithmetic.narrow(one, bits, signed)

    return handler


def _overflowing(op: str) -> Handler:
    def handler(use: _Use) -> Node:
        ty = use.args[0]
        bits, signed = arithmetic.bits_and_sign(ty)
        left, right = use.scalars(0), use.scalars(1)
        if bits == 128:
            a = (use.fn.stash(left[0]), use.fn.stash(left[1]))
            b = (use.fn.stash(right[0]), use.fn.stash(right[1]))
            both, wrong = wide.overflowing(use.fn, op, a, b, signed)
            result = use.fn.whole(list(both), ty)
        else:
            result, wrong = arithmetic.overflowing(use.fn, op, left[0], right[0], bits, signed)
        return use.fn.construct(use.where.ty, 0, [result, wrong])

    return handler


def _unsigned(use: _Use) -> tuple[list[Node], int]:
    bits, _ = arithmetic.bits_and_sign(use.args[0])
    nodes = use.scalars(0)
    return [arithmetic.narrow(nodes[0], bits, False)] if bits < 32 else [use.fn.stash(one) for one in nodes], bits


def _count_ones(use: _Use) -> Node:
    nodes, bits = _unsigned(use)
    if bits < 64:
        return n.op("i32.popcnt", nodes[0])
    counts = [n.op("i64.popcnt", one) for one in nodes]
    return n.op("i32.wrap_i64", counts[0] if bits == 64 else n.op("i64.add", *counts))


def _leading_zeros(use: _Use) -> Node:
    nodes, bits = _unsigned(use)
    if bits < 64:
        count = n.op("i32.clz", nodes[0])
        return count if bits == 32 else n.op("i32.sub", count, n.i32(32 - bits))
    if bits == 64:
        return n.op("i32.wrap_i64", n.op("i64.clz", nodes[0]))
    low = n.op("i64.add", n.op("i64.clz", nodes[0]), n.i64(64))
    high = n.op("i64.clz", nodes[1])
    return n.op("i32.wrap_i64", n.select(low, high, n.op("i64.eqz", n.copied(nodes[1]))))


def _trailing_zeros(use: _Use) -> Node:
    nodes, bits = _unsigned(use)
    if bits < 32:
        return n.op("i32.ctz", n.op("i32.or", nodes[0], n.i32(1 << bits)))
    if bits < 128:
        return n.op("i32.ctz", nodes[0]) if bits == 32 else n.op("i32.wrap_i64", n.op("i64.ctz", nodes[0]))
    high = n.op("i64.add", n.op("i64.ctz", nodes[1]), n.i64(64))
    low = n.op("i64.ctz", nodes[0])
    return n.op("i32.wrap_i64", n.select(high, low, n.op("i64.eqz", n.copied(nodes[0]))))


def _float(action: str) -> Handler:
    return lambda use: n.op(f"f{use.args[0].data}.{action}", use.one(0))


def _reinterpret(name: str) -> Handler:
    return lambda use: n.op(name, use.one(0))


def _print(use: _Use) -> None:
    use.fn.out.append(use.program.call(("runtime", "write"), [use.one(0), *use.slice(1)], None))


def _exit(use: _Use) -> None:
    use.fn.out.append(use.program.call(("import", "proc_exit"), [use.one(0)], None))


def _panic(use: _Use) -> None:
    fn = use.fn
    if not use.program.profile.messages:
        fn.out.append(Node("unreachable"))
        return
    fn.out.append(use.program.call(("runtime", "panic"), [fn.location_of(use.span), *use.slice(0)], None))


def _type_name(use: _Use) -> Node:
    name = type_name(use.args[0], use.program.compilation.crate)
    return use.fn.constant(m.Constant(t.ref(t.STR_TY), name))


def _rc_empty(use: _Use) -> Node:
    """A box without value with its counts: strong 0, weak 1."""
    ty = use.args[0]
    counts = use.fn.construct(use.fn.types.counts, 0, [n.i32(0), n.i32(1)])
    return n.struct_new(use.fn.types.raw_of(ty), [counts, n.null(use.fn.types.box(ty).wasm)])


def _rc_of_slots(use: _Use) -> Node:
    """The first slots of an array as a slice with counts: strong 0, weak 1."""
    pointee = t.pointee(use.where.ty)
    counts = use.fn.construct(use.fn.types.counts, 0, [n.i32(0), n.i32(1)])
    slots = n.struct_new(use.slice_index(), [use.one(0), n.i32(0), use.one(1)])
    return n.struct_new(use.fn.types.raw_of(pointee), [counts, slots])


def _rc_counts(use: _Use) -> Node:
    counts = use.fn.types.of(use.fn.types.counts).wasm
    return n.struct_get(use.fn.types.raw_of(use.args[0]), RAW_COUNTS, use.one(0), counts)


def _nothing(use: _Use) -> None:
    """The value is forgotten: the collector frees it."""
    for value in use.values:
        if value.node.op == "call":
            use.fn.stash(value.node)


def _unsafe_mut(use: _Use) -> Node:
    """`prepare` has made the borrow a mutable one where the referent is a plain value."""
    ty = use.args[0]
    source = use.values[0].ty
    if source.data or pointee_is_fat(ty) or use.fn.types.of(ty).is_object:
        return use.one(0)
    return use.program.new_cell(use.one(0))


def _gc_same(use: _Use) -> Node:
    return Node("ref.eq", (), (use.one(0), use.one(1)), w.I32)


TABLE: Final[dict[str, Any]] = {
    "print_bytes": _print,
    "panic": _panic,
    "exit": _exit,
    "gc_new": _box_new,
    "gc_same": _gc_same,
    "box_new": _box_new,
    "box_into_raw": lambda use: use.program.raw_new(use.args[0], use.one(0)),
    "box_from_raw": lambda use: use.fn.whole_box(use.values[0].ty, use.one(0)),
    "raw_read": _read,
    "raw_write": _raw_write,
    "raw_ref": _raw_value,
    "raw_mut": _raw_value,
    "raw_equal": lambda use: use.program.raw_equal(use.args[0], use.one(0), use.one(1)),
    "raw_free": _nothing,
    "rc_empty": _rc_empty,
    "rc_of_slots": _rc_of_slots,
    "rc_counts": _rc_counts,
    "rc_free": _nothing,
    "drop_in_place": _drop_in_place,
    "raw_array_new": _array_new,
    "raw_array_read": _array_read,
    "raw_array_write": _array_write,
    "raw_array_ref": _array_ref,
    "raw_array_mut": _array_ref,
    "raw_array_slice": _array_slice,
    "raw_array_slice_mut": _array_slice,
    "raw_array_copy": _array_copy,
    "raw_array_free": _nothing,
    "array_into_raw": _same,
    "box_into_slots": lambda use: use.slice(0)[0],
    "raw_into_array": _raw_into_array,
    "slice_len": lambda use: use.slice(0)[2],
    "slice_part": _slice_part,
    "slice_part_mut": _slice_part,
    "str_len": lambda use: use.slice(0)[2],
    "str_bytes": _same,
    "str_from_bytes": _same,
    "mem_swap": _swap,
    "mem_replace": _replace,
    "mem_forget": _nothing,
    "needs_drop": lambda use: n.i32(use.program.needs_drop(use.args[0])),
    "type_name": _type_name,
    "unsafe_mut": _unsafe_mut,
    "discriminant": _discriminant,
    "char_from_u32_unchecked": _same,
    "wrapping_add": _wrapping("add"),
    "wrapping_sub": _wrapping("sub"),
    "wrapping_mul": _wrapping("mul"),
    "add_with_overflow": _overflowing("add"),
    "sub_with_overflow": _overflowing("sub"),
    "mul_with_overflow": _overflowing("mul"),
    "count_ones": _count_ones,
    "leading_zeros": _leading_zeros,
    "trailing_zeros": _trailing_zeros,
    "float_sqrt": _float("sqrt"),
    "float_floor": _float("floor"),
    "float_ceil": _float("ceil"),
    "float_trunc": _float("trunc"),
    "float_round_even": _float("nearest"),
    "float_abs": _float("abs"),
    "f64_to_bits": _reinterpret("i64.reinterpret_f64"),
    "f32_to_bits": _reinterpret("i32.reinterpret_f32"),
    "f64_from_bits": _reinterpret("f64.reinterpret_i64"),
    "f32_from_bits": _reinterpret("f32.reinterpret_i32"),
    "copy": lambda use: use.program.copy(use.args[0], use.pointee(0).read(use.program)),
}

__all__ = ["TABLE", "Cell", "UnknownIntrinsicError", "lower"]
