"""The library's functions without body (engines/rustwasm/mir/intrinsics.py says what they do)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.lower_linear import arithmetic, wide
from engines.rustwasm.lower_linear import nodes as n
from engines.rustwasm.lower_linear.layout import POINTER
from engines.rustwasm.lower_linear.places import InMemory, Where
from engines.rustwasm.lower_linear.runtime import LARGEST_BLOCK
from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.intrinsics import type_name
from engines.rustwasm.release.tree import Node
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w

if TYPE_CHECKING:
    from engines.rustwasm.lower_linear.calls import Value
    from engines.rustwasm.lower_linear.function import FunctionLowering


class _Use:
    """One use of an intrinsic."""

    def __init__(
        self, fn: FunctionLowering, args: tuple[Ty, ...], values: list[Value], where: Where, direct: bool, span: m.Span
    ) -> None:
        self.fn = fn
        self.args = args
        self.values = values
        self.where = where
        self.direct = direct
        self.span = span

    def one(self, index: int) -> Node:
        """The first scalar of an argument."""
        return self.values[index].nodes()[0]

    def size(self, which: int = 0) -> int:
        return self.fn.layouts.of(self.args[which]).bytes

    def slot(self, array: int, index: int) -> InMemory:
        """Slot `index` of the RawArray that an argument refers to."""
        base = n.load(POINTER, self.one(array), 0)
        offset = self.fn.scaled(self.one(index), self.size())
        return InMemory(self.args[0], self.fn.stash(n.op("i32.add", base, offset)), 0)

    def pointee(self, index: int) -> InMemory:
        return InMemory(self.args[0], self.fn.stashed_address(self.one(index)), 0)

    def give(self, source: InMemory) -> None:
        """The result is the value in a place."""
        self.fn.move(self.where, source)

    def put(self, target: InMemory, index: int) -> None:
        value = self.values[index]
        if value.parts is not None:
            self.fn.write_parts(target, value.parts)
        else:
            assert value.place is not None
            self.fn.move(target, value.place)


RC_HEADER: Final = 8
"""Bytes of the two counts before the value of an Rc."""

Handler = Callable[[_Use], list[Node] | None]


def lower(
    fn: FunctionLowering, name: str, args: tuple[Ty, ...], values: list[Value], where: Where, direct: bool,
    span: m.Span,
) -> None:  # fmt: skip
    """Lower the call of an intrinsic.

    Raises:
        ValueError: the lowering does not know it.
    """
    handler = TABLE.get(name)
    if handler is None:
        raise ValueError(f"no lowering of intrinsic {name}; known: {', '.join(sorted(TABLE))}")
    result = handler(_Use(fn, args, values, where, direct, span))
    if result is not None:
        fn.write_parts(where, result)


def allocated(fn: FunctionLowering, size: Node) -> Node:
    """The address of a fresh block; of no bytes: 8, which is not freed."""
    if size.op == "i32.const" and size.imm[0] == 0:
        return n.i32(8)
    return fn.stash(fn.program.call(("runtime", "alloc"), [size], w.I32))


def _same(use: _Use) -> list[Node] | None:
    value = use.values[0]
    if value.parts is None:
        use.put(use.where, 0)  # type: ignore[arg-type]
        return None
    return value.parts


def _box_new(use: _Use) -> list[Node]:
    block = allocated(use.fn, n.i32(use.size()))
    use.put(InMemory(use.args[0], block, 0), 0)
    return [n.copied(block)]


def _raw_write(use: _Use) -> None:
    use.put(use.pointee(0), 1)


def _drop_in_place(use: _Use) -> None:
    use.fn.drop_pointee(use.args[0], [use.fn.stash(one) for one in use.values[0].nodes()])


def _array_new(use: _Use) -> list[Node]:
    count, size = use.one(0), use.size()
    if size == 0:
        return [n.i32(8)]
    if count.op == "i32.const" and 0 <= count.imm[0] <= LARGEST_BLOCK // size:
        return [n.copied(allocated(use.fn, n.i32(count.imm[0] * size)))]
    return [use.fn.program.call(("runtime", "alloc_array"), [count, n.i32(size)], w.I32)]


def _array_write(use: _Use) -> None:
    use.put(use.slot(0, 1), 2)


def _array_copy(use: _Use) -> None:
    size = use.size()
    if size == 0:
        return
    source, target = use.slot(0, 1), use.slot(2, 3)
    count = use.fn.scaled(use.one(4), size)
    use.fn.out.append(Node("memory.copy", (0, 0), (target.pointer(), source.pointer(), count)))


def _array_free(use: _Use) -> None:
    use.fn.free(n.load(POINTER, use.one(0), 0))


def _array_into_raw(use: _Use) -> list[Node]:
    size = use.size() * use.args[1].data
    block = allocated(use.fn, n.i32(size))
    if size:
        use.put(InMemory(use.values[0].ty, block, 0), 0)
    return [n.copied(block)]


def _raw_into_array(use: _Use) -> None:
    block = use.fn.stash(use.one(0))
    use.give(InMemory(use.where.ty, block, 0))
    use.fn.free(n.copied(block))


def _slice_part(use: _Use) -> list[Node]:
    offset = use.fn.scaled(use.one(1), use.size())
    return [n.op("i32.add", use.one(0), offset), use.one(2)]


def _swap(use: _Use) -> None:
    fn, layout = use.fn, use.fn.layouts.of(use.args[0])
    a, b = use.pointee(0), use.pointee(1)
    if layout.parts is not None:
        left, right = fn.settled(fn.parts(a)), fn.settled(fn.parts(b))
        fn.write_parts(a, right)
        fn.write_parts(b, left)
        return
    held = fn.temporary(use.args[0])
    for to, source in ((held, a), (a, b), (b, held)):
        fn.copy_memory(to, source, layout.bytes)


def _replace(use: _Use) -> list[Node] | None:
    fn, layout = use.fn, use.fn.layouts.of(use.args[0])
    place = use.pointee(0)
    if layout.parts is not None:
        new, old = fn.settled(use.values[1].nodes()), fn.settled(fn.parts(place))
        fn.write_parts(place, new)
        return old
    target = use.where if use.direct else fn.temporary(use.args[0])
    assert isinstance(target, InMemory)
    fn.copy_memory(target, place, layout.bytes)
    use.put(place, 1)
    if target is not use.where:
        use.give(target)
    return None


def _discriminant(use: _Use) -> list[Node]:
    from engines.rustwasm.lower_linear.calls import declared

    ty = use.args[0]
    if ty.kind != t.ADT or not ty.data.is_enum:
        return [n.i32(0)]
    place = use.pointee(0)
    return [n.op("i32.wrap_i64", declared(use.fn, use.fn.target(place) if t.is_handle(ty) else place))]


def _wrapping(op: str) -> Handler:
    def handler(use: _Use) -> list[Node]:
        bits, signed = arithmetic.bits_and_sign(use.args[0])
        left, right = use.values[0].nodes(), use.values[1].nodes()
        if bits == 128:
            a = (use.fn.stash(left[0]), use.fn.stash(left[1]))
            b = (use.fn.stash(right[0]), use.fn.stash(right[1]))
            return list({"add": wide.add, "sub": wide.subtract, "mul": wide.multiply}[op](use.fn, a, b))
        one = n.op(f"{arithmetic.wasm_name(bits)}.{op}", left[0], right[0])
        return [arithmetic.narrow(one, bits, signed)]

    return handler


def _overflowing(op: str) -> Handler:
    def handler(use: _Use) -> list[Node]:
        bits, signed = arithmetic.bits_and_sign(use.args[0])
        left, right = use.values[0].nodes(), use.values[1].nodes()
        if bits == 128:
            a = (use.fn.stash(left[0]), use.fn.stash(left[1]))
            b = (use.fn.stash(right[0]), use.fn.stash(right[1]))
            both, wrong = wide.overflowing(use.fn, op, a, b, signed)
            return [*both, wrong]
        result, wrong = arithmetic.overflowing(use.fn, op, left[0], right[0], bits, signed)
        return [result, wrong]

    return handler


def _unsigned(use: _Use) -> tuple[list[Node], int]:
    bits, _ = arithmetic.bits_and_sign(use.args[0])
    nodes = use.values[0].nodes()
    return [arithmetic.narrow(nodes[0], bits, False)] if bits < 32 else [use.fn.stash(one) for one in nodes], bits


def _count_ones(use: _Use) -> list[Node]:
    nodes, bits = _unsigned(use)
    if bits < 64:
        return [n.op("i32.popcnt", nodes[0])]
    counts = [n.op("i64.popcnt", one) for one in nodes]
    return [n.op("i32.wrap_i64", counts[0] if bits == 64 else n.op("i64.add", *counts))]


def _leading_zeros(use: _Use) -> list[Node]:
    nodes, bits = _unsigned(use)
    if bits < 64:
        count = n.op("i32.clz", nodes[0])
        return [count if bits == 32 else n.op("i32.sub", count, n.i32(32 - bits))]
    if bits == 64:
        return [n.op("i32.wrap_i64", n.op("i64.clz", nodes[0]))]
    low = n.op("i64.add", n.op("i64.clz", nodes[0]), n.i64(64))
    return [n.op("i32.wrap_i64", n.select(low, n.op("i64.clz", nodes[1]), n.op("i64.eqz", n.copied(nodes[1]))))]


def _trailing_zeros(use: _Use) -> list[Node]:
    nodes, bits = _unsigned(use)
    if bits < 32:
        return [n.op("i32.ctz", n.op("i32.or", nodes[0], n.i32(1 << bits)))]
    if bits < 128:
        return [n.op("i32.ctz", nodes[0])] if bits == 32 else [n.op("i32.wrap_i64", n.op("i64.ctz", nodes[0]))]
    high = n.op("i64.add", n.op("i64.ctz", nodes[1]), n.i64(64))
    return [n.op("i32.wrap_i64", n.select(high, n.op("i64.ctz", nodes[0]), n.op("i64.eqz", n.copied(nodes[0]))))]


def _float(action: str) -> Handler:
    return lambda use: [n.op(f"f{use.args[0].data}.{action}", use.one(0))]


def _reinterpret(name: str) -> Handler:
    return lambda use: [n.op(name, use.one(0))]


def _print(use: _Use) -> None:
    text = use.values[1].nodes()
    use.fn.out.append(use.fn.program.call(("runtime", "write"), [use.one(0), *text], None))


def _exit(use: _Use) -> None:
    use.fn.out.append(use.fn.program.call(("import", "proc_exit"), [use.one(0)], None))


def _panic(use: _Use) -> None:
    fn = use.fn
    if not fn.program.profile.messages:
        fn.out.append(Node("unreachable"))
        return
    nodes = [fn.location_of(use.span), *use.values[0].nodes()]
    fn.out.append(fn.program.call(("runtime", "panic"), nodes, None))


def _read(use: _Use) -> None:
    use.give(use.pointee(0))


def _array_read(use: _Use) -> None:
    use.give(use.slot(0, 1))


def _array_ref(use: _Use) -> list[Node]:
    return [use.slot(0, 1).pointer()]


def _array_slice(use: _Use) -> list[Node]:
    return [use.slot(0, 1).pointer(), use.one(2)]


def _type_name(use: _Use) -> list[Node]:
    name = type_name(use.args[0], use.fn.program.compilation.crate)
    return use.fn.constant(m.Constant(t.ref(t.STR_TY), name))


def _rc_empty(use: _Use) -> list[Node]:
    """A block with two counts, strong 0 and weak 1, before a value that is not there yet: the value's address."""
    block = allocated(use.fn, n.i32(RC_HEADER + use.size()))
    use.fn.out.append(n.store(POINTER, n.copied(block), 0, n.i32(0)))
    use.fn.out.append(n.store(POINTER, n.copied(block), 4, n.i32(1)))
    return [n.op("i32.add", n.copied(block), n.i32(RC_HEADER))]


def _rc_of_slots(use: _Use) -> list[Node]:
    """The first slots of an array moved behind two counts, strong 0 and weak 1; the array is freed."""
    array, length = use.fn.stash(use.one(0)), use.fn.stash(use.one(1))
    count = use.fn.stash(n.op("i32.mul", n.copied(length), n.i32(use.size())))
    block = allocated(use.fn, n.op("i32.add", n.copied(count), n.i32(RC_HEADER)))
    use.fn.out.append(n.store(POINTER, n.copied(block), 0, n.i32(0)))
    use.fn.out.append(n.store(POINTER, n.copied(block), 4, n.i32(1)))
    value = use.fn.stash(n.op("i32.add", n.copied(block), n.i32(RC_HEADER)))
    use.fn.out.append(Node("memory.copy", (0, 0), (n.copied(value), n.copied(array), n.copied(count))))
    use.fn.free(n.copied(array))
    return [n.copied(value), n.copied(length)]


def _rc_counts(use: _Use) -> list[Node]:
    return [n.op("i32.sub", use.one(0), n.i32(RC_HEADER))]


def _rc_free(use: _Use) -> None:
    use.fn.free(n.op("i32.sub", use.one(0), n.i32(RC_HEADER)))


def _raw_free(use: _Use) -> None:
    use.fn.free(use.one(0))


def _nothing(use: _Use) -> None:
    """The value is forgotten."""


TABLE: Final[dict[str, Any]] = {
    "print_bytes": _print,
    "panic": _panic,
    "exit": _exit,
    "gc_new": _box_new,
    "gc_same": lambda use: [n.op("i32.eq", use.one(0), use.one(1))],
    "box_new": _box_new,
    "box_into_raw": _same,
    "box_from_raw": _same,
    "raw_read": _read,
    "raw_write": _raw_write,
    "raw_ref": _same,
    "raw_mut": _same,
    "raw_equal": lambda use: [n.op("i32.eq", use.one(0), use.one(1))],
    "raw_free": _raw_free,
    "rc_empty": _rc_empty,
    "rc_of_slots": _rc_of_slots,
    "rc_counts": _rc_counts,
    "rc_free": _rc_free,
    "drop_in_place": _drop_in_place,
    "raw_array_new": _array_new,
    "raw_array_read": _array_read,
    "raw_array_write": _array_write,
    "raw_array_ref": _array_ref,
    "raw_array_mut": _array_ref,
    "raw_array_slice": _array_slice,
    "raw_array_slice_mut": _array_slice,
    "raw_array_copy": _array_copy,
    "raw_array_free": _array_free,
    "array_into_raw": _array_into_raw,
    "box_into_slots": lambda use: [use.values[0].nodes()[0]],
    "raw_into_array": _raw_into_array,
    "slice_len": lambda use: [use.values[0].nodes()[1]],
    "slice_part": _slice_part,
    "slice_part_mut": _slice_part,
    "str_len": lambda use: [use.values[0].nodes()[1]],
    "str_bytes": _same,
    "str_from_bytes": _same,
    "mem_swap": _swap,
    "mem_replace": _replace,
    "mem_forget": _nothing,
    "needs_drop": lambda use: [n.i32(use.fn.program.needs_drop(use.args[0]))],
    "type_name": _type_name,
    "unsafe_mut": _same,
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
    "copy": _read,
}
