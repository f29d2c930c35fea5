"""IEEE 754 binary arithmetic by its definition: the exact rational result, rounded once. Slow and short; shares no
code with any engine.

Operands and results are raw bits; `fmt` is 16, 32, 64 or 128; rounding modes and flags are encoded as in RISC-V's
`fcsr`. Where IEEE 754-2019 leaves a choice, RISC-V's is taken (Unprivileged ISA, "F" extension): canonical NaNs,
tininess detected after rounding, saturating conversions to integers.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor, isqrt
from typing import Final, NamedTuple

NX: Final = 1
UF: Final = 2
OF: Final = 4
DZ: Final = 8
NV: Final = 16
RNE, RTZ, RDN, RUP, RMM = range(5)
PRECISIONS: Final = {16: 11, 32: 24, 64: 53, 128: 113}
"""Significant bits by width of the format (IEEE 754-2019 table 3.5)."""

Result = tuple[int, int]
"""Bits and flags."""


class Number(NamedTuple):
    """What bits mean. `value` is None for infinities and NaNs; `negative` is the sign bit."""

    negative: bool
    value: Fraction | None
    is_nan: bool = False
    is_signaling: bool = False

    @property
    def is_infinite(self) -> bool:
        return self.value is None and not self.is_nan


def _shape(fmt: int) -> tuple[int, int, int]:
    """(fraction bits, largest exponent, bits of an infinity)."""
    fraction_bits = PRECISIONS[fmt] - 1
    exponent_bits = fmt - 1 - fraction_bits
    return fraction_bits, (1 << exponent_bits - 1) - 1, ((1 << exponent_bits) - 1) << fraction_bits


def number(fmt: int, bits: int) -> Number:
    """What `bits` mean (IEEE 754-2019 §3.4)."""
    fraction_bits, largest, infinity = _shape(fmt)
    negative, rest = bool(bits >> fmt - 1), bits & (1 << fmt - 1) - 1
    if rest > infinity:
        return Number(negative, None, True, not rest >> fraction_bits - 1 & 1)
    if rest == infinity:
        return Number(negative, None)
    field, fraction = rest >> fraction_bits, rest & (1 << fraction_bits) - 1
    significand = fraction + (1 << fraction_bits) * bool(field)
    value = significand * Fraction(2) ** (max(field, 1) - largest - fraction_bits)
    return Number(negative, -value if negative else value)


def nan(fmt: int) -> int:
    """The canonical NaN."""
    fraction_bits, _, infinity = _shape(fmt)
    return infinity | 1 << fraction_bits - 1


def infinity(fmt: int, negative: bool) -> int:
    return _shape(fmt)[2] | negative << fmt - 1


def _exponent(magnitude: Fraction) -> int:
    """The e with 2^e <= magnitude < 2^(e+1)."""
    guess = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    return guess if magnitude >= Fraction(2) ** guess else guess - 1


def _integer(exact: Fraction, negative: bool, rm: int) -> int:
    """The non-negative `exact` rounded to an integer; `negative` is the sign of what it is the magnitude of."""
    below = floor(exact)
    rest = exact - below
    if rm == RNE:
        up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and below % 2 == 1)
    elif rm == RMM:
        up = rest >= Fraction(1, 2)
    elif rm == RTZ:
        up = False
    else:
        up = rest > 0 and negative == (rm == RDN)
    return below + up


def rounded(fmt: int, exact: Fraction, rm: int, zero_is_negative: bool = False) -> Result:
    """`exact` in the format `fmt`; the sign of a zero is given apart, since a rational has none."""
    if exact == 0:
        return zero_is_negative << fmt - 1, 0
    fraction_bits, largest, top = _shape(fmt)
    negative, magnitude = exact < 0, abs(exact)
    e = _exponent(magnitude)
    quantum = Fraction(2) ** (max(e, 1 - largest) - fraction_bits)
    steps = _integer(magnitude / quantum, negative, rm)
    result = steps * quantum
    flags = NX if result != magnitude else 0
    if flags:
        unbounded = Fraction(2) ** (e - fraction_bits)
        if _integer(magnitude / unbounded, negative, rm) * unbounded < Fraction(2) ** (1 - largest):
            flags |= UF
    sign = negative << fmt - 1
    if result >= Fraction(2) ** (largest + 1):
        to_infinity = rm in (RNE, RMM) or (negative == (rm == RDN) and rm != RTZ)
        return sign | (top if to_infinity else top - 1), OF | NX
    if result == 0:
        return sign, flags
    e = max(_exponent(result), 1 - largest)
    significand = int(result / Fraction(2) ** (e - fraction_bits))
    return sign | ((e + largest - 1 << fraction_bits) + significand), flags


def add(fmt: int, a: int, b: int, rm: int) -> Result:
    return fma(fmt, a, _one(fmt), b, rm)


def sub(fmt: int, a: int, b: int, rm: int) -> Result:
    return add(fmt, a, b ^ 1 << fmt - 1, rm)


def _one(fmt: int) -> int:
    fraction_bits, largest, _ = _shape(fmt)
    return largest << fraction_bits


def mul(fmt: int, a: int, b: int, rm: int) -> Result:
    x, y = number(fmt, a), number(fmt, b)
    negative = x.negative != y.negative
    if x.is_nan or y.is_nan:
        return nan(fmt), NV * (x.is_signaling or y.is_signaling)
    if x.value is None or y.value is None:
        return (nan(fmt), NV) if x.value == 0 or y.value == 0 else (infinity(fmt, negative), 0)
    return rounded(fmt, x.value * y.value, rm, negative)


def div(fmt: int, a: int, b: int, rm: int) -> Result:
    x, y = number(fmt, a), number(fmt, b)
    negative = x.negative != y.negative
    if x.is_nan or y.is_nan:
        return nan(fmt), NV * (x.is_signaling or y.is_signaling)
    if x.value is None:
        return (nan(fmt), NV) if y.value is None else (infinity(fmt, negative), 0)
    if y.value is None:
        return negative << fmt - 1, 0
    if y.value == 0:
        return (nan(fmt), NV) if x.value == 0 else (infinity(fmt, negative), DZ)
    return rounded(fmt, x.value / y.value, rm, negative)


def fma(fmt: int, a: int, b: int, c: int, rm: int) -> Result:
    """a × b + c, rounded once. ∞ × 0 is invalid whatever c is (Unprivileged ISA, "F" extension)."""
    x, y, z = number(fmt, a), number(fmt, b), number(fmt, c)
    negative = x.negative != y.negative
    infinite = x.is_infinite or y.is_infinite
    if infinite and (x.value == 0 or y.value == 0):
        return nan(fmt), NV
    if x.is_nan or y.is_nan or z.is_nan:
        return nan(fmt), NV * (x.is_signaling or y.is_signaling or z.is_signaling)
    if infinite:
        return (nan(fmt), NV) if z.is_infinite and z.negative != negative else (infinity(fmt, negative), 0)
    if z.value is None:
        return infinity(fmt, z.negative), 0
    assert x.value is not None
    assert y.value is not None
    product = x.value * y.value
    both = negative and z.negative
    zero_is_negative = both if negative == z.negative else rm == RDN
    return rounded(fmt, product + z.value, rm, zero_is_negative)


def sqrt(fmt: int, a: int, rm: int) -> Result:
    """The root of an irrational square is replaced by a rational on the same side of every boundary."""
    x = number(fmt, a)
    if x.is_nan:
        return nan(fmt), NV * x.is_signaling
    if x.value == 0:
        return a, 0
    if x.negative:
        return nan(fmt), NV
    if x.value is None:
        return a, 0
    shift = 2 * fmt
    scaled = x.value * Fraction(4) ** (shift - _exponent(x.value) // 2)
    root = isqrt(floor(scaled))
    exact = Fraction(2 * root + (scaled != root * root), 2) / Fraction(2) ** (shift - _exponent(x.value) // 2)
    return rounded(fmt, exact, rm)


def to_int(fmt: int, a: int, width: int, signed: bool, rm: int) -> Result:
    """An integer of `width` bits as raw bits; out of range saturates and is invalid, a NaN counts as +∞."""
    x = number(fmt, a)
    low, high = (-(1 << width - 1), (1 << width - 1) - 1) if signed else (0, (1 << width) - 1)
    mask = (1 << width) - 1
    if x.value is None:
        return (low if x.negative and not x.is_nan else high) & mask, NV
    magnitude = _integer(abs(x.value), x.negative, rm)
    whole = -magnitude if x.negative else magnitude
    if not low <= whole <= high:
        return (low if whole < low else high) & mask, NV
    return whole & mask, NX * (whole != x.value)


def from_int(fmt: int, value: int, width: int, signed: bool, rm: int) -> Result:
    """The raw `width`-bit integer `value` as a number."""
    if signed and value >> width - 1:
        value -= 1 << width
    return rounded(fmt, Fraction(value), rm)


def convert(source: int, target: int, a: int, rm: int) -> Result:
    x = number(source, a)
    if x.is_nan:
        return nan(target), NV * x.is_signaling
    if x.value is None:
        return infinity(target, x.negative), 0
    return rounded(target, x.value, rm, x.negative)


def compare(fmt: int, a: int, b: int) -> int | None:
    """-1, 0, 1 for less, equal, greater; None where a NaN takes part."""
    x, y = number(fmt, a), number(fmt, b)
    if x.is_nan or y.is_nan:
        return None
    left, right = (_order(n) for n in (x, y))
    return (left > right) - (left < right)


def _order(n: Number) -> Fraction:
    """A rational that is ordered as the number is; infinities beyond every finite number of any format."""
    if n.value is not None:
        return n.value
    return Fraction(-1 if n.negative else 1) * Fraction(2) ** 20000
