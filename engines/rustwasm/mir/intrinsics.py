"""What the library's functions without body do: one Python function per intrinsic, by name.

Each takes (interpreter, generic arguments, argument values, span of the call).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any, Final

from engines.rustwasm.mir.operators import round_float, wrap
from engines.rustwasm.mir.values import Aggregate, Pointer, duplicate
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty

UNIT: Final = Aggregate([], 0)


class Exit(Exception):  # noqa: N818 -- the program asked for it
    """`std::process::exit(code)`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def _text(pointer: Pointer) -> bytes:
    return bytes(pointer.items())


def _print(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    run.output[values[0]] += _text(values[1])
    return UNIT


def _panic(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    raise run.panic(_text(values[0]).decode("utf-8", "replace"), span)


def _exit(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    raise Exit(values[0])


def _array(value: Any) -> list[Any]:
    """The slots of the RawArray that a reference points to."""
    slots: list[Any] = value.container[value.key].fields[0]
    return slots


def _write_slot(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    _array(values[0])[values[1]] = values[2]
    return UNIT


def _read_slot(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    slots = _array(values[0])
    value = slots[values[1]]
    assert value is not None, "RawArray: read of an empty slot"
    slots[values[1]] = None
    return value


def _copy_slots(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    """raw_array_copy(from, at, to, at, count): move slots; they may overlap."""
    source, target = _array(values[0]), _array(values[2])
    start, to, count = values[1], values[3], values[4]
    part = source[start : start + count]
    if source is target:
        source[start : start + count] = [None] * count
    target[to : to + count] = part
    return UNIT


def _clear(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    _array(values[0]).clear()
    return UNIT


def _slice_part(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    pointer, start, length = values
    return Pointer(pointer.container, pointer.key + start, length, None)


def _swap(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    a, b = values
    a.container[a.key], b.container[b.key] = b.container[b.key], a.container[a.key]
    return UNIT


def _replace(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    place, value = values
    old = place.container[place.key]
    place.container[place.key] = value
    return old


def _discriminant(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    one = args[0]
    value = values[0].container[values[0].key]
    if ty.is_handle(one):
        value = value.container[value.key]
    return one.data.variants[value.variant].discriminant if one.kind == ty.ADT else 0


def _with_overflow(operation: Callable[[int, int], int]) -> Any:
    def run_it(run: Any, args: Any, values: list[Any], span: Any) -> Any:
        exact = operation(values[0], values[1])
        result = wrap(exact, args[0])
        return Aggregate([result, int(result != exact)], 0)

    return run_it


def _unsigned(value: int, one: Any) -> int:
    bits: int = one.data[0]
    return int(value) & ((1 << bits) - 1)


def _float(operation: Callable[[float], float]) -> Any:
    def run_it(run: Any, args: Any, values: list[Any], span: Any) -> Any:
        value = values[0]
        if math.isnan(value) or math.isinf(value):
            return value if operation is not math.sqrt or value != -math.inf else math.nan
        if operation is math.sqrt and value < 0:
            return math.nan
        result = float(operation(value))
        return math.copysign(result, value) if result == 0 else round_float(result, args[0])

    return run_it


def _round_half_even(value: float) -> float:
    return float(round(value))


def _written(buffer: Pointer, text: str) -> Pointer:
    """ASCII at the start of a buffer, as a `&str`."""
    buffer.container[buffer.key : buffer.key + len(text)] = list(text.encode())
    return Pointer(buffer.container, buffer.key, len(text), None)


def _float_fixed(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    """float_fixed(value, decimals, buffer): a finite value with so many decimals."""
    value, places, buffer = values
    return _written(buffer, f"{value:.{places}f}")


def _float_shortest(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    """float_shortest(value, is f32, least decimals, buffer): the shortest text that reads back the same."""
    value, single, places, buffer = values
    text = shortest_text(value, bool(single))
    return _written(buffer, text + ".0" if places and "." not in text else text)


def shortest_text(value: float, single: bool) -> str:
    """A finite float without exponent: the shortest text that reads back the same."""
    from decimal import Decimal

    text = repr(value)
    if single:
        for digits in range(1, 10):
            text = f"{value:.{digits - 1}e}"
            if round_float(float(text), ty.F32) == value:
                break
    text = format(Decimal(text), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _drop_in_place(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    run.drop_pointee(values[0], args[0])
    return UNIT


def _bits(code: str) -> Any:
    def run_it(run: Any, args: Any, values: list[Any], span: Any) -> Any:
        return int.from_bytes(struct.pack(code, values[0]), "little")

    return run_it


def _from_bits(code: str, size: int) -> Any:
    def run_it(run: Any, args: Any, values: list[Any], span: Any) -> Any:
        return float(struct.unpack(code, values[0].to_bytes(size, "little"))[0])

    return run_it


def _needs_drop(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    from engines.rustwasm.mir.scopes import needs_drop

    run.instances.inference.collector = run.compilation.collector
    return int(needs_drop(run.instances.inference, args[0], 0))


def type_name(one: Ty, crate: str) -> bytes:
    """The text that `std::any::type_name` gives in a program whose main file is `crate`.rs: paths as std's crates have
    them."""
    return _named(one, crate).encode()


def _named(one: Ty, crate: str) -> str:
    def path_of(definition: Any) -> str:
        first, _, rest = str(definition.path).partition("::")
        if definition.module.root.path != "core":
            return f"{crate}::{definition.path}"
        module, _, name = rest.rpartition("::")
        if module in _COLLECTIONS:
            home = "std" if module.startswith("hash") else "alloc"
            return f"{home}::collections::{_COLLECTIONS[module]}::{name}"
        return f"{'alloc' if module in _ALLOC or name == 'Cow' else first}::{rest}"

    kind, args = one.kind, [_named(a, crate) for a in one.args]
    if kind == ty.REF:
        return f"&{'mut ' if one.data else ''}{args[0]}"
    if kind == ty.RAW:
        return f"*{'mut' if one.data else 'const'} {args[0]}"
    if kind == ty.ADT:
        return path_of(one.data) + (f"<{', '.join(args)}>" if args else "")
    if kind == ty.TUPLE and args:
        return f"({', '.join(args)}{',' if len(args) == 1 else ''})"
    if kind == ty.SLICE:
        return f"[{args[0]}]"
    if kind == ty.ARRAY:
        return f"[{args[0]}; {args[1]}]"
    if kind == ty.DYN:
        trait, names = one.data
        own = len(args) - len(names)
        parts = args[:own] + [f"{name} = {value}" for name, value in zip(names, args[own:], strict=True)]
        return f"dyn {path_of(trait)}" + (f"<{', '.join(parts)}>" if parts else "")
    if kind == ty.CLOSURE:
        return f"{crate}::{str(one.data.body.path).split('{closure', 1)[0]}{{{{closure}}}}"
    return ty.show(one)


def _type_name(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    text = type_name(args[0], run.compilation.crate)
    return Pointer(list(text), 0, len(text), None)


_ALLOC: Final = frozenset(("boxed", "rc", "string", "vec"))
_COLLECTIONS: Final = {
    "btree_map": "btree::map", "btree_set": "btree::set", "hash_map": "hash::map", "hash_set": "hash::set",
    "binary_heap": "binary_heap", "vec_deque": "vec_deque",
}  # fmt: skip
"""Modules of our library whose types are elsewhere in std's crates."""


def _array_each(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    """array_into_raw(array): its elements as a RawArray."""
    return Aggregate([values[0].fields], 0)


def _raw_into_array(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    """raw_into_array(RawArray): an array of its first N slots."""
    return Aggregate(values[0].fields[0][: args[1].data], 0)


def _same(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    return values[0]


def _box_into_slots(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    """box_into_slots(box of a slice): its elements as a RawArray."""
    return Aggregate([values[0].items()], 0)


def _rc_empty(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    """rc_empty(): a place for a value, and after it the counts: no strong reference, one weak."""
    return Pointer([None, Aggregate([0, 1], 0)], 0, None, None)


def _rc_of_slots(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    """rc_of_slots(RawArray, length): its first slots as one counted value: no strong reference, one weak."""
    slots = values[0].fields[0][: values[1]]
    return Pointer(slots, 0, values[1], None, [Aggregate(slots, 0), Aggregate([0, 1], 0)])


def _rc_counts(run: Any, args: Any, values: list[Any], span: Any) -> Any:
    """rc_counts(value): behind the value, of a slice behind what owns it."""
    return Pointer(values[0].owner or values[0].container, 1, None, None)


TABLE: Final[dict[str, Callable[[Any, Any, list[Any], Any], Any]]] = {
    "print_bytes": _print,
    "panic": _panic,
    "exit": _exit,
    "gc_new": lambda r, a, v, s: Pointer([v[0]], 0, None, None),
    "gc_same": lambda r, a, v, s: int(v[0].container is v[1].container and v[0].key == v[1].key),
    "box_new": lambda r, a, v, s: Pointer([v[0]], 0, None, None),
    "box_into_raw": _same,
    "box_from_raw": _same,
    "raw_read": lambda r, a, v, s: _replace(r, a, [v[0], None], s),
    "raw_write": lambda r, a, v, s: (_replace(r, a, v, s), UNIT)[1],
    "raw_ref": _same,
    "raw_mut": _same,
    "raw_equal": lambda r, a, v, s: int(v[0].container is v[1].container and v[0].key == v[1].key),
    "rc_empty": _rc_empty,
    "rc_of_slots": _rc_of_slots,
    "rc_counts": _rc_counts,
    "rc_free": lambda r, a, v, s: UNIT,
    "raw_free": lambda r, a, v, s: UNIT,
    "drop_in_place": _drop_in_place,
    "raw_array_new": lambda r, a, v, s: Aggregate([[None] * v[0]], 0),
    "raw_array_read": _read_slot,
    "raw_array_write": _write_slot,
    "raw_array_ref": lambda r, a, v, s: Pointer(_array(v[0]), v[1], None, None),
    "raw_array_mut": lambda r, a, v, s: Pointer(_array(v[0]), v[1], None, None),
    "raw_array_slice": lambda r, a, v, s: Pointer(_array(v[0]), v[1], v[2], None),
    "raw_array_slice_mut": lambda r, a, v, s: Pointer(_array(v[0]), v[1], v[2], None),
    "raw_array_copy": _copy_slots,
    "raw_array_free": _clear,
    "array_into_raw": _array_each,
    "box_into_slots": _box_into_slots,
    "raw_into_array": _raw_into_array,
    "slice_len": lambda r, a, v, s: v[0].length,
    "slice_part": _slice_part,
    "slice_part_mut": _slice_part,
    "str_len": lambda r, a, v, s: v[0].length,
    "str_bytes": _same,
    "str_from_bytes": _same,
    "mem_swap": _swap,
    "mem_replace": _replace,
    "mem_forget": lambda r, a, v, s: UNIT,
    "needs_drop": _needs_drop,
    "type_name": _type_name,
    "unsafe_mut": _same,
    "discriminant": _discriminant,
    "char_from_u32_unchecked": _same,
    "wrapping_add": lambda r, a, v, s: wrap(v[0] + v[1], a[0]),
    "wrapping_sub": lambda r, a, v, s: wrap(v[0] - v[1], a[0]),
    "wrapping_mul": lambda r, a, v, s: wrap(v[0] * v[1], a[0]),
    "add_with_overflow": _with_overflow(lambda x, y: x + y),
    "sub_with_overflow": _with_overflow(lambda x, y: x - y),
    "mul_with_overflow": _with_overflow(lambda x, y: x * y),
    "count_ones": lambda r, a, v, s: _unsigned(v[0], a[0]).bit_count(),
    "leading_zeros": lambda r, a, v, s: a[0].data[0] - _unsigned(v[0], a[0]).bit_length(),
    "trailing_zeros": lambda r, a, v, s: (v[0] & -v[0]).bit_length() - 1 if v[0] else a[0].data[0],
    "float_sqrt": _float(math.sqrt),
    "float_floor": _float(math.floor),
    "float_ceil": _float(math.ceil),
    "float_trunc": _float(math.trunc),
    "float_round_even": _float(_round_half_even),
    "float_abs": lambda r, a, v, s: abs(v[0]),
    "float_fixed": _float_fixed,
    "float_shortest": _float_shortest,
    "f64_to_bits": _bits("<d"),
    "f32_to_bits": _bits("<f"),
    "f64_from_bits": _from_bits("<d", 8),
    "f32_from_bits": _from_bits("<f", 4),
    "copy": lambda r, a, v, s: duplicate(v[0].container[v[0].key]),
}
