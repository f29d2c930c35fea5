"""The judge of exact floating point: every operation against exact rationals, on operands where rounding decides."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Final

from engines.vm import softfloat
from fuzz.sabotage.judges import Budget, Kill, UnfitError, cpu_seconds
from oracles import exact_rationals

SEED: Final = 1
OPERATIONS: Final = 30_000
_TWO: Final = ("add", "sub", "mul", "div")


class ExactRationals:
    """A wrong result or flag of any operation, format and rounding mode."""

    def __init__(self) -> None:
        self._cases: list[tuple[str, tuple[int, ...], tuple[int, int]]] = []

    def prepare(self) -> None:
        for name, arguments in _cases(random.Random(SEED)):
            self._cases.append((name, arguments, _RIGHT[name](*arguments)))
            if len(self._cases) == OPERATIONS:
                break
        wrong = self._search(cpu_seconds() + 600)
        if wrong is not None:
            raise UnfitError(f"without any bug, {wrong[1]} differs from exact rationals")

    def examine(self, budget: Budget) -> Kill | None:
        found = self._search(cpu_seconds() + budget.seconds)
        return None if found is None else Kill("softfloat against exact rationals", found[0], found[1])

    def noticed(self, how: str) -> Kill:
        """An operation that raises gives no result."""
        return Kill("softfloat against exact rationals", 0, how.strip().splitlines()[-1])

    def _search(self, deadline: float) -> tuple[int, str] | None:
        for number, (name, arguments, right) in enumerate(self._cases, 1):
            seen = getattr(softfloat, name)(*arguments)
            if seen != right:
                return number, f"{name}{arguments}"
            if number % 1000 == 0 and cpu_seconds() > deadline:
                return None
        return None


def _classified(fmt: int, a: int) -> tuple[int, int]:
    """The mask of fclass from what a number is (Unprivileged ISA §20.9)."""
    x = exact_rationals.number(fmt, a)
    if x.is_nan:
        return 1 << (8 if x.is_signaling else 9), 0
    smallest_normal = 2 ** (exact_rationals.PRECISIONS[fmt] - 1)
    if x.value is None:
        rank = 3
    elif x.value == 0:
        rank = 0
    else:
        rank = 2 if a & ((1 << fmt - 1) - 1) >= smallest_normal else 1
    return 1 << (3 - rank if x.negative else 4 + rank), 0


def _compared(holds: Callable[[int], bool], quiet: bool) -> Callable[[int, int, int], tuple[int, int]]:
    def compare(fmt: int, a: int, b: int) -> tuple[int, int]:
        order = exact_rationals.compare(fmt, a, b)
        if order is not None:
            return int(holds(order)), 0
        signals = any(exact_rationals.number(fmt, n).is_signaling for n in (a, b))
        return 0, exact_rationals.NV if signals or not quiet else 0

    return compare


def _picked(smaller: bool) -> Callable[[int, int, int], tuple[int, int]]:
    """minimumNumber and maximumNumber (IEEE 754-2019 §9.6), with -0 below +0."""

    def pick(fmt: int, a: int, b: int) -> tuple[int, int]:
        x, y = exact_rationals.number(fmt, a), exact_rationals.number(fmt, b)
        flags = exact_rationals.NV if x.is_signaling or y.is_signaling else 0
        if x.is_nan or y.is_nan:
            return (exact_rationals.nan(fmt) if x.is_nan and y.is_nan else b if x.is_nan else a), flags
        order = exact_rationals.compare(fmt, a, b)
        if order == 0:
            return (a if x.negative == smaller else b), 0
        return (a if (order == -1) == smaller else b), 0

    return pick


def _fused(fmt: int, a: int, b: int, c: int, rm: int, negate_product: bool, negate_addend: bool) -> tuple[int, int]:
    sign = 1 << fmt - 1
    return exact_rationals.fma(fmt, a ^ sign * negate_product, b, c ^ sign * negate_addend, rm)


_RIGHT: Final[dict[str, Callable[..., tuple[int, int]]]] = {
    **{name: getattr(exact_rationals, name) for name in (*_TWO, "sqrt", "to_int", "from_int", "convert")},
    "fma": _fused,
    "minimum": _picked(True),
    "maximum": _picked(False),
    "eq": _compared(lambda order: order == 0, True),
    "lt": _compared(lambda order: order < 0, False),
    "le": _compared(lambda order: order <= 0, False),
    "classify": _classified,
}


def _cases(rng: random.Random) -> Iterator[tuple[str, tuple[int, ...]]]:
    names = list(_RIGHT)
    while True:
        name, fmt, rm = rng.choice(names), rng.choice((32, 64)), rng.randrange(5)
        a, b, c = (_operand(rng, fmt) for _ in range(3))
        if rng.random() < 0.25:
            b = a ^ (1 << fmt - 1) ^ rng.randrange(4)
        if rng.random() < 0.25:
            c = softfloat.mul(fmt, a, b, rng.randrange(5))[0] ^ (1 << fmt - 1) ^ rng.randrange(2)
        if name in _TWO:
            yield name, (fmt, a, b, rm)
        elif name == "fma":
            yield name, (fmt, a, b, c, rm, rng.random() < 0.5, rng.random() < 0.5)
        elif name == "sqrt":
            yield name, (fmt, a, rm)
        elif name == "to_int":
            yield name, (fmt, a, rng.choice((32, 64)), rng.random() < 0.5, rm)
        elif name == "from_int":
            width = rng.choice((32, 64))
            yield name, (fmt, _integer(rng, width), width, rng.random() < 0.5, rm)
        elif name == "convert":
            yield name, (fmt, 96 - fmt, a, rm)
        elif name == "classify":
            yield name, (fmt, a)
        else:
            yield name, (fmt, a, rng.choice((a, b, c)))


def _operand(rng: random.Random, fmt: int) -> int:
    """Bits near what decides: the ends of the exponents, few significant digits, runs of ones, NaNs, infinities."""
    fraction_bits = exact_rationals.PRECISIONS[fmt] - 1
    top = (1 << fmt - 1 - fraction_bits) - 1
    bias = top >> 1
    near = rng.choice((0, 1, 2, top, top - 1, top - 2, bias, bias - fraction_bits, bias + fraction_bits, bias + 31))
    exponent = rng.choice((near, near, bias + rng.randrange(-70, 70), rng.randrange(top + 1)))
    exponent = min(max(exponent, 0), top)
    ones = (1 << fraction_bits) - 1
    shift = rng.randrange(fraction_bits)
    fraction = rng.choice((0, 1, ones, 1 << shift, ones << shift & ones, ones >> shift, rng.getrandbits(fraction_bits)))
    return rng.getrandbits(1) << fmt - 1 | exponent << fraction_bits | fraction


def _integer(rng: random.Random, width: int) -> int:
    ones = (1 << width) - 1
    shift = rng.randrange(width)
    return rng.choice(
        (0, 1, ones, 1 << shift, ones >> shift, (1 << shift) - 1, ones << shift & ones, rng.getrandbits(width))
    )
