"""Softfloat against exact rationals, for every operation; and the rationals against the host's own arithmetic."""

from __future__ import annotations

import math
import struct
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm import softfloat as sf
from engines.vm.softfloat import FORMATS, ROUNDING_MODES
from oracles import exact_rationals as exact

WIDTHS = (16, 32, 64, 128)
MODES = st.sampled_from(ROUNDING_MODES)
much = settings(deadline=None, max_examples=400)


@st.composite
def numbers(draw: st.DrawFn, fmt: int) -> int:
    """Bits near a landmark of the format, or any at all."""
    f = FORMATS[fmt]
    if draw(st.booleans()):
        return draw(st.integers(0, (1 << fmt) - 1))
    ulp = 1 << f.fraction_bits
    one = f.bias << f.fraction_bits
    landmarks = (0, ulp, one, f.infinity, f.infinity - ulp, one + f.fraction_bits * ulp, one + 31 * ulp % f.infinity)
    place = draw(st.sampled_from(landmarks)) + draw(st.sampled_from((0, 1, -1, 2, ulp // 2, ulp - 1)))
    return place % f.sign_bit | draw(st.sampled_from((0, f.sign_bit)))


@st.composite
def operands(draw: st.DrawFn) -> tuple[int, int, int, int, int]:
    """`(fmt, a, b, c, rounding mode)`; often `b` is near `a` or half its last place: sums cancel and tie."""
    fmt = draw(st.sampled_from(WIDTHS))
    a, b, c = (draw(numbers(fmt)) for _ in range(3))
    shift = FORMATS[fmt].fraction_bits
    related = draw(st.integers(0, 2))
    if related == 1:  # half a unit in the last place of `a`: sums are ties
        field = a % FORMATS[fmt].sign_bit >> shift
        b = max(field - shift - 1, 0) << shift | draw(st.sampled_from((0, FORMATS[fmt].sign_bit)))
    elif related == 2:
        b = (a + (draw(st.integers(-3 - shift, 3 + shift)) << shift)) % (1 << fmt) ^ draw(st.sampled_from((0, 1, 3)))
    return fmt, a, b, c, draw(MODES)


@pytest.mark.evidence("HX-03")
@settings(deadline=None, max_examples=150)
@given(operands())
def test_arithmetic_is_the_exact_result_rounded_once(drawn: tuple[int, int, int, int, int]) -> None:
    fmt, a, b, c, _ = drawn
    for rm in ROUNDING_MODES:
        assert sf.add(fmt, a, b, rm) == exact.add(fmt, a, b, rm)
        assert sf.sub(fmt, a, b, rm) == exact.sub(fmt, a, b, rm)
        assert sf.mul(fmt, a, b, rm) == exact.mul(fmt, a, b, rm)
        assert sf.div(fmt, a, b, rm) == exact.div(fmt, a, b, rm)
        assert sf.sqrt(fmt, a, rm) == exact.sqrt(fmt, a, rm)
        assert sf.fma(fmt, a, b, c, rm) == exact.fma(fmt, a, b, c, rm)


@much
@given(operands(), st.sampled_from((32, 64)), st.booleans())
def test_conversions_are_the_exact_result_rounded_once(
    drawn: tuple[int, int, int, int, int], width: int, signed: bool
) -> None:
    fmt, a, b, _, rm = drawn
    for target in WIDTHS:
        assert sf.convert(fmt, target, a, rm) == exact.convert(fmt, target, a, rm)
    assert sf.to_int(fmt, a, width, signed, rm) == exact.to_int(fmt, a, width, signed, rm)
    assert sf.from_int(fmt, b, width, signed, rm) == exact.from_int(fmt, b % (1 << width), width, signed, rm)


@much
@given(operands())
def test_comparisons_order_the_exact_values(drawn: tuple[int, int, int, int, int]) -> None:
    fmt, a, b, _, _ = drawn
    order = exact.compare(fmt, a, b)
    assert sf.eq(fmt, a, b)[0] == (order == 0)
    assert sf.lt(fmt, a, b)[0] == (order == -1)
    assert sf.le(fmt, a, b)[0] == (order in (-1, 0))
    for pick, wanted in ((sf.minimum, -1), (sf.maximum, 1)):
        picked, _ = pick(fmt, a, b)
        if order is None:
            x, y = exact.number(fmt, a), exact.number(fmt, b)
            assert picked == (exact.nan(fmt) if x.is_nan and y.is_nan else b if x.is_nan else a)
        elif order:
            assert picked == (a if order == wanted else b)
        else:
            assert picked in (a, b)
            assert picked >> fmt - 1 == (max if wanted == -1 else min)(a >> fmt - 1, b >> fmt - 1)


@much
@given(operands())
def test_flags_say_what_happened(drawn: tuple[int, int, int, int, int]) -> None:
    """Inexact if and only if the rounded value differs from the exact one; never overflow and underflow together."""
    fmt, a, b, _, rm = drawn
    x, y = exact.number(fmt, a).value, exact.number(fmt, b).value
    result, flags = sf.mul(fmt, a, b, rm)
    if x is None or y is None:
        assert not flags & ~sf.NV
        return
    value = exact.number(fmt, result).value
    assert bool(flags & sf.NX) == (value != x * y)
    assert flags & (sf.OF | sf.UF) != sf.OF | sf.UF
    assert not flags & (sf.OF | sf.UF) or flags & sf.NX


def as_double(bits: int) -> float:
    found: float = struct.unpack("<d", struct.pack("<Q", bits))[0]
    return found


@much
@given(numbers(64), numbers(64))
def test_the_rationals_agree_with_the_host(a: int, b: int) -> None:
    """The judge itself is judged: by the host's doubles, which round to nearest, and by Python's own fractions."""
    x, y = as_double(a), as_double(b)
    for ours, theirs in ((exact.add, x + y), (exact.sub, x - y), (exact.mul, x * y)):
        bits, _ = ours(64, a, b, exact.RNE)
        if math.isnan(theirs):
            assert bits == exact.nan(64)
        else:
            assert bits == struct.unpack("<Q", struct.pack("<d", theirs))[0]
    if math.isfinite(x):
        assert exact.number(64, a).value == Fraction(x)
        assert exact.rounded(64, Fraction(x), exact.RNE, a >> 63 == 1) == (a, 0)
        if x >= 0:
            assert exact.sqrt(64, a, exact.RNE)[0] == struct.unpack("<Q", struct.pack("<d", math.sqrt(x)))[0]
