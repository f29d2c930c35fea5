"""softfloat against definitions written a second time, over exact rationals: nothing here shares its method.

A format is the ordered list of its bit patterns; the neighbours of an exact result are found by bisection over the
patterns; modes and flags are then read off IEEE 754-2019 §4.3 and §7 literally.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import isqrt

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engines.vm import softfloat as sf

FRACTION_BITS = {16: 10, 32: 23, 64: 52, 128: 112}
RNE, RTZ, RDN, RUP, RMM = range(5)
NX, UF, OF, DZ, NV = 1, 2, 4, 8, 16
FMTS = (16, 32, 64, 128)
MODES = st.sampled_from(range(5))


def infinity(fmt: int) -> int:
    t = FRACTION_BITS[fmt]
    return ((1 << (fmt - 1)) - 1) >> t << t


def canonical_nan(fmt: int) -> int:
    return infinity(fmt) | 1 << (FRACTION_BITS[fmt] - 1)


def is_nan(fmt: int, a: int) -> bool:
    return a % (1 << (fmt - 1)) > infinity(fmt)


def is_signaling(fmt: int, a: int) -> bool:
    return is_nan(fmt, a) and a >> (FRACTION_BITS[fmt] - 1) & 1 == 0


def power(exponent: int) -> Fraction:
    return Fraction(1 << exponent) if exponent >= 0 else Fraction(1, 1 << -exponent)


def magnitude_of(fmt: int, pattern: int) -> Fraction:
    """The value of a positive pattern; that of infinity is the power of two that would follow the largest number."""
    t = FRACTION_BITS[fmt]
    bias = (1 << (fmt - 2 - t)) - 1
    field, fraction = pattern >> t, pattern & ((1 << t) - 1)
    if field == 0:
        return fraction * power(1 - bias - t)
    return (1 + Fraction(fraction, 1 << t)) * power(field - bias)


def value_of(fmt: int, a: int) -> Fraction:
    magnitude = magnitude_of(fmt, a % (1 << (fmt - 1)))
    return -magnitude if a >> (fmt - 1) else magnitude


def neighbours(fmt: int, magnitude: Fraction) -> tuple[int, int]:
    """The patterns just below and above `magnitude` (equal where it is representable)."""
    low, high = 0, infinity(fmt)
    while high - low > 1:
        middle = (low + high) // 2
        if magnitude_of(fmt, middle) <= magnitude:
            low = middle
        else:
            high = middle
    return (low, low) if magnitude_of(fmt, low) == magnitude else (low, high)


def choose(fmt: int, below: int, above: int, magnitude: Fraction, negative: bool, rm: int) -> int:
    to_below = magnitude - magnitude_of(fmt, below)
    to_above = magnitude_of(fmt, above) - magnitude
    if rm in (RNE, RMM) and to_below != to_above:
        return below if to_below < to_above else above
    if rm == RNE:
        return below if below % 2 == 0 else above
    if rm == RMM:
        return above
    away = {RTZ: False, RDN: negative, RUP: not negative}[rm]
    return above if away else below


def expected(fmt: int, exact: Fraction, rm: int) -> tuple[int, int]:
    """The rounded result and flags of a non-zero exact result."""
    sign = 1 << (fmt - 1) if exact < 0 else 0
    magnitude = abs(exact)
    top = magnitude_of(fmt, infinity(fmt))
    if magnitude >= top:
        away = rm in (RNE, RMM) or rm == (RDN if exact < 0 else RUP)
        return sign | (infinity(fmt) if away else infinity(fmt) - 1), OF | NX
    below, above = neighbours(fmt, magnitude)
    if below == above:
        return sign | below, 0
    rounded = choose(fmt, below, above, magnitude, exact < 0, rm)
    flags = NX
    # Overflow: what would be the result with an unbounded exponent exceeds the largest finite number (§7.4).
    if rounded == infinity(fmt):
        flags |= OF
    smallest_normal = 1 << FRACTION_BITS[fmt]
    if below < smallest_normal:
        # Tiny after rounding (§7.5 a): scaled up until no exponent limit interferes, rounded, and scaled back.
        scale = power(FRACTION_BITS[fmt] + 2)
        unbounded = choose(fmt, *neighbours(fmt, magnitude * scale), magnitude * scale, exact < 0, rm)
        if magnitude_of(fmt, unbounded) / scale < magnitude_of(fmt, smallest_normal):
            flags |= UF
    return sign | rounded, flags


@st.composite
def floats_of(draw: st.DrawFn, fmt: int) -> int:
    """Bit patterns, biased to landmarks: subnormals, powers of two and their neighbours, limits, both kinds of NaN."""
    t = FRACTION_BITS[fmt]
    ones = (1 << (fmt - 1 - t)) - 1
    bias = ones >> 1
    sign = draw(st.integers(0, 1)) << (fmt - 1)
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return draw(st.integers(0, (1 << fmt) - 1))
    field = draw(st.sampled_from([0, 1, 2, bias - t - 1, bias - t, bias - 1, bias, bias + 1, bias + t, ones - 1, ones]))
    if kind == 1:
        field = draw(st.integers(max(0, bias - t - 3), min(ones - 1, bias + t + 3)))
    offset = draw(st.sampled_from([-2, -1, 0, 1, 2, 1 << (t - 1), (1 << (t - 1)) + 1, (1 << (t - 1)) - 1]))
    if kind == 2:
        offset = draw(st.integers(0, t).map(lambda n: (1 << n) - 1))
    if kind == 3:
        offset = draw(st.integers(0, (1 << t) - 1))
    return sign | min(max((field << t) + offset, 0), (1 << (fmt - 1)) - 1)


@st.composite
def formatted(draw: st.DrawFn, count: int) -> tuple[int, ...]:
    """`(fmt, operand…)` with `count` operands; later ones are often near earlier ones or their negations."""
    fmt = draw(st.sampled_from(FMTS))
    operands = [draw(floats_of(fmt)) for _ in range(count)]
    for i in range(1, count):
        if draw(st.integers(0, 3)) == 0:
            operands[i] = operands[0] ^ draw(st.sampled_from([0, 1, 1 << (fmt - 1), (1 << (fmt - 1)) | 1]))
    return (fmt, *operands)


def is_special(fmt: int, *operands: int) -> bool:
    return any(a % (1 << (fmt - 1)) >= infinity(fmt) for a in operands)


def signed_zero(fmt: int, negative: bool) -> tuple[int, int]:
    return (1 << (fmt - 1) if negative else 0), 0


def sum_of_zero_sign(x_negative: bool, y_negative: bool, rm: int) -> bool:
    """§6.3: the sign of an exact zero sum."""
    return x_negative if x_negative == y_negative else rm == RDN


@settings(deadline=None, max_examples=250)
@given(formatted(2), MODES)
@example((32, 0x00800000, 0x80000001), RNE)
def test_add_and_sub_of_finite_numbers(operands: tuple[int, ...], rm: int) -> None:
    fmt, a, b = operands
    for name, y in (("add", b), ("sub", b ^ 1 << (fmt - 1))):
        if is_special(fmt, a, b):
            continue
        exact = value_of(fmt, a) + value_of(fmt, y)
        negative = sum_of_zero_sign(a >> (fmt - 1) == 1, y >> (fmt - 1) == 1, rm)
        want = expected(fmt, exact, rm) if exact else signed_zero(fmt, negative)
        assert getattr(sf, name)(fmt, a, b, rm) == want


@settings(deadline=None, max_examples=250)
@given(formatted(2), MODES)
@example((64, 0x0010000000000000, 0x3FEFFFFFFFFFFFFF), RNE)  # rounds up to the smallest normal: inexact, not tiny
@example((32, 0x00800000, 0x3F7FFFFF), RNE)
def test_mul_and_div_of_finite_numbers(operands: tuple[int, ...], rm: int) -> None:
    fmt, a, b = operands
    if is_special(fmt, a, b):
        return
    negative = (a ^ b) >> (fmt - 1) == 1
    product = value_of(fmt, a) * value_of(fmt, b)
    assert sf.mul(fmt, a, b, rm) == (expected(fmt, product, rm) if product else signed_zero(fmt, negative))
    if value_of(fmt, b):
        quotient = value_of(fmt, a) / value_of(fmt, b)
        assert sf.div(fmt, a, b, rm) == (expected(fmt, quotient, rm) if quotient else signed_zero(fmt, negative))
    elif value_of(fmt, a):
        assert sf.div(fmt, a, b, rm) == (negative << (fmt - 1) | infinity(fmt), DZ)
    else:
        assert sf.div(fmt, a, b, rm) == (canonical_nan(fmt), NV)


@settings(deadline=None, max_examples=250)
@given(formatted(3), MODES, st.booleans(), st.booleans())
def test_fma_of_finite_numbers(operands: tuple[int, ...], rm: int, negate_product: bool, negate_addend: bool) -> None:
    fmt, a, b, c = operands
    if is_special(fmt, a, b, c):
        return
    product = value_of(fmt, a) * value_of(fmt, b) * (-1 if negate_product else 1)
    addend = value_of(fmt, c) * (-1 if negate_addend else 1)
    product_negative = ((a ^ b) >> (fmt - 1) == 1) != negate_product
    addend_negative = (c >> (fmt - 1) == 1) != negate_addend
    exact = product + addend
    negative = sum_of_zero_sign(product_negative, addend_negative, rm)
    want = expected(fmt, exact, rm) if exact else signed_zero(fmt, negative)
    assert sf.fma(fmt, a, b, c, rm, negate_product, negate_addend) == want


def expected_sqrt(fmt: int, exact_square: Fraction, rm: int) -> tuple[int, int]:
    """Rounding of an irrational root: a rational so close to it that no pattern and no midpoint lies between."""
    scale = 1 << ((1 << (fmt - 2 - FRACTION_BITS[fmt])) + 2 * fmt)
    scaled = exact_square * scale * scale
    root = isqrt(scaled.numerator // scaled.denominator)
    exact = root * root * scaled.denominator == scaled.numerator
    return expected(fmt, Fraction(2 * root + (not exact), 2 * scale), rm)


@settings(deadline=None, max_examples=200)
@given(formatted(1), MODES)
def test_sqrt_of_positive_numbers(operands: tuple[int, ...], rm: int) -> None:
    fmt, a = operands
    a %= 1 << (fmt - 1)
    if is_special(fmt, a) or a == 0:
        return
    assert sf.sqrt(fmt, a, rm) == expected_sqrt(fmt, value_of(fmt, a), rm)


@pytest.mark.parametrize("rm", range(5))
def test_sqrt_of_half_precision_numbers(rm: int) -> None:
    for a in range(1, infinity(16), 37):
        assert sf.sqrt(16, a, rm) == expected_sqrt(16, value_of(16, a), rm), hex(a)


@settings(deadline=None, max_examples=200)
@given(formatted(1), st.sampled_from(FMTS), MODES)
def test_convert_of_finite_numbers(operands: tuple[int, ...], target: int, rm: int) -> None:
    fmt, a = operands
    if is_special(fmt, a):
        return
    exact = value_of(fmt, a)
    want = expected(target, exact, rm) if exact else signed_zero(target, a >> (fmt - 1) == 1)
    assert sf.convert(fmt, target, a, rm) == want


def round_to_integer(exact: Fraction, rm: int) -> int:
    floor = exact.numerator // exact.denominator
    rest = exact - floor
    if rm == RTZ:
        return floor + (exact < 0 and rest != 0)
    if rm in (RDN, RUP):
        return floor + (rm == RUP and rest != 0)
    if rest == Fraction(1, 2):
        return floor + (floor % 2 == 1 if rm == RNE else exact > 0)
    return floor + (rest > Fraction(1, 2))


@settings(deadline=None, max_examples=250)
@given(formatted(1), st.sampled_from((32, 64)), st.booleans(), MODES, st.integers(-3, 66), st.integers(-3, 3))
@example((64, 0x41EFFFFFFFF00000), 32, False, RMM, 0, 0)  # 4294967295.5 rounds out of range
@example((64, 0xBFE0000000000000), 32, False, RNE, 0, 0)  # -0.5 rounds to zero: inexact, not invalid
def test_to_int(operands: tuple[int, ...], width: int, signed: bool, rm: int, exponent: int, offset: int) -> None:
    fmt, a = operands
    t = FRACTION_BITS[fmt]
    bias = (1 << (fmt - 2 - t)) - 1
    near = (a >> (fmt - 1) << (fmt - 1)) | (((min(bias + exponent, 2 * bias) << t) + offset) % (1 << (fmt - 1)))
    low = -(1 << (width - 1)) if signed else 0
    high = (1 << (width - signed)) - 1
    for bits in (a, near):
        got = sf.to_int(fmt, bits, width, signed, rm)
        if is_nan(fmt, bits):
            want = (high, NV)
        elif is_special(fmt, bits):
            want = ((low if bits >> (fmt - 1) else high) % (1 << width), NV)
        else:
            exact = value_of(fmt, bits)
            rounded = round_to_integer(exact, rm)
            want = (rounded % (1 << width), NX if rounded != exact else 0)
            if not low <= rounded <= high:
                want = (min(max(rounded, low), high) % (1 << width), NV)
        assert got == want, hex(bits)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(FMTS), st.integers(0, 64), st.integers(-3, 3), st.integers(), st.booleans(), MODES)
def test_from_int(fmt: int, exponent: int, offset: int, mask: int, signed: bool, rm: int) -> None:
    for width in (32, 64):
        for bits in (((1 << exponent) + offset) % (1 << width), mask % (1 << width)):
            value = bits - (1 << width) if signed and bits >> (width - 1) else bits
            want = expected(fmt, Fraction(value), rm) if value else (0, 0)
            assert sf.from_int(fmt, bits, width, signed, rm) == want


@settings(deadline=None, max_examples=250)
@given(formatted(2))
def test_comparisons(operands: tuple[int, ...]) -> None:
    fmt, a, b = operands
    signaling = NV if is_signaling(fmt, a) or is_signaling(fmt, b) else 0
    if is_nan(fmt, a) or is_nan(fmt, b):
        assert sf.eq(fmt, a, b) == (0, signaling)
        assert sf.lt(fmt, a, b) == sf.le(fmt, a, b) == (0, NV)
        return
    x, y = value_of(fmt, a), value_of(fmt, b)
    assert sf.eq(fmt, a, b) == (int(x == y), 0)
    assert sf.lt(fmt, a, b) == (int(x < y), 0)
    assert sf.le(fmt, a, b) == (int(x <= y), 0)


@settings(deadline=None, max_examples=250)
@given(formatted(2))
def test_minimum_and_maximum(operands: tuple[int, ...]) -> None:
    fmt, a, b = operands
    flags = NV if is_signaling(fmt, a) or is_signaling(fmt, b) else 0
    numbers = [x for x in (a, b) if not is_nan(fmt, x)]
    ranked = sorted(numbers, key=lambda x: (value_of(fmt, x), -(x >> (fmt - 1)))) or [canonical_nan(fmt)]
    assert sf.minimum(fmt, a, b) == (ranked[0], flags)
    assert sf.maximum(fmt, a, b) == (ranked[-1], flags)


@pytest.mark.parametrize("fmt", FMTS)
def test_minimum_and_maximum_tell_the_zeros_apart(fmt: int) -> None:
    minus = 1 << (fmt - 1)
    assert sf.minimum(fmt, 0, minus) == sf.minimum(fmt, minus, 0) == (minus, 0)
    assert sf.maximum(fmt, 0, minus) == sf.maximum(fmt, minus, 0) == (0, 0)


def test_classify_names_each_class_once() -> None:
    """The table of `fclass` (Unprivileged ISA §20.9), first and last member of each class."""
    table = {
        32: [
            (0xFF800000, 0xFF800000),
            (0xFF7FFFFF, 0x80800000),
            (0x807FFFFF, 0x80000001),
            (0x80000000, 0x80000000),
            (0x00000000, 0x00000000),
            (0x00000001, 0x007FFFFF),
            (0x00800000, 0x7F7FFFFF),
            (0x7F800000, 0x7F800000),
            (0x7F800001, 0xFFBFFFFF),
            (0x7FC00000, 0xFFFFFFFF),
        ],
        64: [
            (0xFFF0000000000000, 0xFFF0000000000000),
            (0xFFEFFFFFFFFFFFFF, 0x8010000000000000),
            (0x800FFFFFFFFFFFFF, 0x8000000000000001),
            (0x8000000000000000, 0x8000000000000000),
            (0x0000000000000000, 0x0000000000000000),
            (0x0000000000000001, 0x000FFFFFFFFFFFFF),
            (0x0010000000000000, 0x7FEFFFFFFFFFFFFF),
            (0x7FF0000000000000, 0x7FF0000000000000),
            (0x7FF0000000000001, 0xFFF7FFFFFFFFFFFF),
            (0x7FF8000000000000, 0xFFFFFFFFFFFFFFFF),
        ],
    }
    for fmt, rows in table.items():
        for bit, members in enumerate(rows):
            for a in members:
                assert sf.classify(fmt, a) == (1 << bit, 0), hex(a)


@pytest.mark.parametrize("fmt", FMTS)
@pytest.mark.parametrize("rm", range(5))
def test_infinities_and_nans(fmt: int, rm: int) -> None:
    """IEEE 754-2019 §6.1, §6.2 and §7.2 case by case."""
    inf, nan = infinity(fmt), canonical_nan(fmt)
    minus = 1 << (fmt - 1)
    one = (inf >> (FRACTION_BITS[fmt] + 1)) << FRACTION_BITS[fmt]
    quiet, signaling = nan | minus | 1, inf | 1
    invalid = (nan, NV)
    assert sf.add(fmt, inf, inf | minus, rm) == invalid
    assert sf.add(fmt, inf, inf, rm) == (inf, 0)
    assert sf.sub(fmt, inf, inf, rm) == invalid
    assert sf.sub(fmt, one, inf, rm) == (inf | minus, 0)
    assert sf.mul(fmt, inf, 0, rm) == sf.mul(fmt, minus, inf, rm) == invalid
    assert sf.mul(fmt, inf, one | minus, rm) == (inf | minus, 0)
    assert sf.div(fmt, 0, 0, rm) == sf.div(fmt, inf, inf | minus, rm) == invalid
    assert sf.div(fmt, inf, minus, rm) == (inf | minus, 0)
    assert sf.div(fmt, one, inf | minus, rm) == (minus, 0)
    assert sf.div(fmt, one, minus, rm) == (inf | minus, DZ)
    assert sf.sqrt(fmt, minus, rm) == (minus, 0)
    assert sf.sqrt(fmt, inf, rm) == (inf, 0)
    assert sf.sqrt(fmt, one | minus, rm) == sf.sqrt(fmt, inf | minus, rm) == invalid
    assert sf.fma(fmt, inf, 0, quiet, rm) == sf.fma(fmt, 0, inf | minus, one, rm) == invalid
    assert sf.fma(fmt, inf, one, inf | minus, rm) == sf.fma(fmt, inf, one, inf, rm, negate_addend=True) == invalid
    assert sf.fma(fmt, inf, one, inf, rm) == (inf, 0)
    assert sf.fma(fmt, one, one, inf, rm, negate_addend=True) == (inf | minus, 0)
    for operands in ((quiet, one), (one, quiet), (quiet, inf)):
        for operation in (sf.add, sf.sub, sf.mul, sf.div):
            assert operation(fmt, *operands, rm) == (nan, 0)
        assert sf.fma(fmt, *operands, one, rm) == sf.fma(fmt, one, *operands, rm) == (nan, 0)
    for operands in ((signaling, one), (quiet, signaling), (inf, signaling | minus)):
        for operation in (sf.add, sf.sub, sf.mul, sf.div):
            assert operation(fmt, *operands, rm) == invalid
        assert sf.fma(fmt, *operands, one, rm) == sf.fma(fmt, one, *operands, rm) == invalid
    assert sf.sqrt(fmt, quiet, rm) == (nan, 0)
    assert sf.sqrt(fmt, signaling | minus, rm) == invalid
    for target in FMTS:
        assert sf.convert(fmt, target, quiet, rm) == (canonical_nan(target), 0)
        assert sf.convert(fmt, target, signaling, rm) == (canonical_nan(target), NV)
        assert sf.convert(fmt, target, inf | minus, rm) == (infinity(target) | 1 << (target - 1), 0)


def test_unknown_formats_and_modes_are_refused_with_the_legal_values() -> None:
    with pytest.raises(ValueError, match=r"format 80 is not one of 16, 32, 64, 128"):
        sf.add(80, 0, 0, 0)
    operations: tuple[Callable[[], object], ...] = (
        lambda: sf.add(64, 0, 0, 5),
        lambda: sf.sub(64, 0, 0, 7),
        lambda: sf.mul(64, 0, 0, -1),
        lambda: sf.div(64, 0, 1, 5),
        lambda: sf.sqrt(64, 0, 6),
        lambda: sf.fma(64, 0, 0, 0, 5),
        lambda: sf.to_int(64, 0, 32, True, 5),
        lambda: sf.from_int(64, 0, 32, True, 5),
        lambda: sf.convert(64, 32, 0, 5),
    )
    for operation in operations:
        with pytest.raises(ValueError, match=r"rounding mode -?\d is not one of 0 \(RNE\)"):
            operation()
