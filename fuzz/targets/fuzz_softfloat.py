"""Softfloat against exact rationals: every operation, format, rounding mode and operand, results and flags."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterable
from typing import Any

from fuzz.targets.target import FindingError, Target, instrumented, replace

with instrumented(__name__):
    import engines.vm.softfloat as ours
    import oracles.exact_rationals as exact

_INPUT = struct.Struct("<BBB16s16s16s")
_FORMATS = (16, 32, 64, 128)
_WIDTHS = (32, 64)

Operation = Callable[[Any, int, int, int, int, int], Any]


def _integer(judge: Any, fmt: int, a: int, b: int, _: int, rm: int) -> Any:
    width, signed = _WIDTHS[b & 1], bool(b & 2)
    return judge.to_int(fmt, a, width, signed, rm), judge.from_int(fmt, a % (1 << width), width, signed, rm)


_OPERATIONS: tuple[Operation, ...] = (
    lambda judge, fmt, a, b, c, rm: judge.add(fmt, a, b, rm),
    lambda judge, fmt, a, b, c, rm: judge.sub(fmt, a, b, rm),
    lambda judge, fmt, a, b, c, rm: judge.mul(fmt, a, b, rm),
    lambda judge, fmt, a, b, c, rm: judge.div(fmt, a, b, rm),
    lambda judge, fmt, a, b, c, rm: judge.sqrt(fmt, a, rm),
    lambda judge, fmt, a, b, c, rm: judge.fma(fmt, a, b, c, rm),
    lambda judge, fmt, a, b, c, rm: [judge.convert(fmt, wide, a, rm) for wide in _FORMATS],
    _integer,
)


def one_input(data: bytes) -> None:
    operation, form, rm, *operands = _INPUT.unpack(data[: _INPUT.size].ljust(_INPUT.size, b"\0"))
    fmt, rm = _FORMATS[form % 4], rm % 5
    a, b, c = (int.from_bytes(raw, "little") % (1 << fmt) for raw in operands)
    number = operation % (len(_OPERATIONS) + 1)
    if number == len(_OPERATIONS):
        _compare(fmt, a, b)
        return
    got, want = (_OPERATIONS[number](judge, fmt, a, b, c, rm) for judge in (ours, exact))
    if got != want:
        names = ("add", "sub", "mul", "div", "sqrt", "fma", "convert", "integers")
        raise FindingError(f"{names[number]} {fmt} {a:#x} {b:#x} {c:#x} rm {rm}: {got} here, exactly {want}")


def _compare(fmt: int, a: int, b: int) -> None:
    order = exact.compare(fmt, a, b)
    signaling = exact.number(fmt, a).is_signaling or exact.number(fmt, b).is_signaling
    ordered = exact.NV if order is None else 0
    want = ((int(order == 0), exact.NV * signaling), (int(order == -1), ordered), (int(order in (-1, 0)), ordered))
    got = (ours.eq(fmt, a, b), ours.lt(fmt, a, b), ours.le(fmt, a, b))
    if got != want:
        raise FindingError(f"eq, lt, le {fmt} {a:#x} {b:#x}: {got} here, exactly {want}")


def _landmark(chance: random.Random, fmt: int) -> int:
    """Bits near where something changes: zero, one, the ends of normal and subnormal numbers, infinity, integers."""
    f = ours.FORMATS[fmt]
    ulp = 1 << f.fraction_bits
    one = f.bias << f.fraction_bits
    places = (
        0,
        ulp,
        one,
        f.infinity,
        f.infinity - ulp,
        one + f.fraction_bits * ulp,
        one + 31 * ulp,
        one + 63 * ulp,
        ulp // 2,
    )
    near = chance.choice(places) + chance.choice(
        (0, 0, 1, -1, chance.getrandbits(f.fraction_bits), 1 << f.fraction_bits // 2)
    )
    return (near % f.sign_bit) | chance.choice((0, f.sign_bit))


def _mutate(data: bytes, max_bytes: int, seed: int) -> bytes:
    """Operands replaced by landmarks, by each other with another exponent, or changed in one bit."""
    chance = random.Random(seed)
    operation, form, rm, *raw = _INPUT.unpack(data[: _INPUT.size].ljust(_INPUT.size, b"\0"))
    operands = [int.from_bytes(r, "little") for r in raw]
    fmt = _FORMATS[form % 4]
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(3)
        match chance.randrange(6):
            case 0:
                operation, rm = chance.randrange(9), chance.randrange(5)
            case 1:
                form = chance.randrange(4)
                fmt = _FORMATS[form]
            case 2 | 3:
                operands[at] = _landmark(chance, fmt)
            case 4:
                other = operands[chance.randrange(3)] ^ 1 << chance.randrange(fmt)
                shift = ours.FORMATS[fmt].fraction_bits
                operands[at] = (other + (chance.randrange(-60, 60) << shift)) % (1 << fmt)
            case _:
                operands[at] ^= 1 << chance.randrange(fmt)
    return _INPUT.pack(operation, form, rm, *(o.to_bytes(16, "little") for o in operands))[:max_bytes]


def seeds() -> Iterable[bytes]:
    chance = random.Random(1)
    for operation in range(len(_OPERATIONS) + 1):
        for form, fmt in enumerate(_FORMATS):
            operands = [_landmark(chance, fmt).to_bytes(16, "little") for _ in range(3)]
            yield _INPUT.pack(operation, form, operation % 5, *operands)


def planted() -> None:
    def wrapper(original: Any) -> Any:
        def multiple(m: int, drop: int, negative: bool, rm: int) -> Any:
            if rm == ours.RMM and drop > 1 and m & (1 << drop) - 1 == 1 << drop - 1:
                return m >> drop, True
            return original(m, drop, negative, rm)

        return multiple

    replace(ours, "_round_to_multiple", wrapper)


TARGET = Target(
    one_input,
    "softfloat against exact rationals: all operations, formats and rounding modes",
    ("engines.vm.softfloat",),
    seeds,
    planted,
    "ties are rounded down where they go away from zero",
    mutate=_mutate,
    max_bytes=_INPUT.size,
    quick_samples=1500,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
