"""Bits against plain integers, and its refusals."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.bits import ONE, ZERO, Bits

WIDTHS = st.sampled_from((1, 5, 8, 12, 32, 64, 128))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[int, int, int]:
    width = draw(WIDTHS)
    edge = st.sampled_from((0, 1, (1 << width) - 1, 1 << width - 1, (1 << width - 1) - 1))
    value = edge | st.integers(0, (1 << width) - 1)
    return width, draw(value), draw(value)


def signed(value: int, width: int) -> int:
    return int.from_bytes(value.to_bytes(32, "little"), "little") - ((value >> width - 1) << width)


@settings(deadline=None, max_examples=400)
@given(pairs())
def test_arithmetic_wraps(case: tuple[int, int, int]) -> None:
    width, a, b = case
    modulus = 1 << width
    x, y = Bits(a, width), Bits(b, width)
    assert (x + y).value == (a + b) % modulus
    assert (x - y).value == (a - b) % modulus
    assert (x * y).value == (a * b) % modulus
    assert ((x & y).value, (x | y).value, (x ^ y).value) == (a & b, a | b, a ^ b)
    assert ((~x).value, (-x).value) == (modulus - 1 - a, -a % modulus)
    assert (x + b, x - b, x * b, x & b, x | b, x ^ b) == (x + y, x - y, x * y, x & y, x | y, x ^ y)


@settings(deadline=None, max_examples=400)
@given(pairs())
def test_comparisons_give_one_bit(case: tuple[int, int, int]) -> None:
    width, a, b = case
    x, y = Bits(a, width), Bits(b, width)
    sa, sb = signed(a, width), signed(b, width)
    got = (x.eq(y), x.ne(y), x.ult(y), x.ule(y), x.slt(y), x.sle(y))
    want = (a == b, a != b, a < b, a <= b, sa < sb, sa <= sb)
    assert got == tuple(ONE if w else ZERO for w in want)
    assert x.slt(sb) == x.slt(y)
    assert x.eq(y).select(x, y) == y


@settings(deadline=None, max_examples=400)
@given(pairs())
def test_division_truncates(case: tuple[int, int, int]) -> None:
    width, a, b = case
    x, y = Bits(a, width), Bits(b, width)
    sa, sb = signed(a, width), signed(b, width)
    if b == 0:
        for divide in (x.udiv, x.urem, x.sdiv, x.srem):
            with pytest.raises(ValueError, match="divided by 0"):
                divide(y)
        return
    assert (x.udiv(y).value, x.urem(y).value) == (a // b, a % b)
    remainder = x.srem(y).signed
    assert abs(remainder) < abs(sb)
    assert remainder == 0 or (remainder < 0) == (sa < 0)
    if sb == -1 and a == 1 << width - 1:
        with pytest.raises(ValueError, match="overflows"):
            x.sdiv(y)
    else:
        assert x.sdiv(y).signed * sb + remainder == sa


@settings(deadline=None, max_examples=400)
@given(pairs())
def test_shifts(case: tuple[int, int, int]) -> None:
    width, a, b = case
    x = Bits(a, width)
    amount = b % width
    assert x.shl(amount).value == a * 2**amount % 2**width
    assert x.lshr(amount).value == a // 2**amount
    assert x.ashr(amount).signed == signed(a, width) // 2**amount
    if width == 128:
        with pytest.raises(ValueError, match="shift of 128 bits by 128"):
            x.shl(128)


@settings(deadline=None, max_examples=200)
@given(pairs(), st.integers(0, 128))
def test_width_changes(case: tuple[int, int, int], more: int) -> None:
    width, a, b = case
    x = Bits(a, width)
    assert x.zext(width + more) == Bits(a, width + more)
    assert x.sext(width + more).signed == x.signed
    low = b % width
    assert x.extract(low, width - low).value == a >> low
    assert x.trunc(low or 1).value == a % (1 << (low or 1))


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (lambda: Bits(1, 8) + Bits(1, 9), "widths differ"),
        (lambda: Bits(1, 8).eq("1"), "needs Bits of the same width or an int"),  # type: ignore[arg-type]
        (lambda: bool(Bits(1, 1)), "no truth value"),
        (lambda: Bits(1, 8).zext(7), "cannot be extended to 7"),
        (lambda: Bits(1, 8).sext(7), "cannot be extended to 7"),
        (lambda: Bits(1, 8).trunc(9), "cannot be truncated to 9"),
        (lambda: Bits(1, 8).extract(4, 5), "no bits 4 … 8"),
        (lambda: Bits(1, 8).select(ONE, ZERO), "needs width 1"),
        (lambda: ONE.select(Bits(0, 8), Bits(0, 9)), "different widths"),
    ],
)
def test_misuse_is_refused(operation: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        operation()


@pytest.mark.parametrize("width", [0, -1, 257])
def test_widths_are_bounded(width: int) -> None:
    with pytest.raises(ValueError, match=f"width is {width}"):
        Bits(0, width)


def test_repr_and_hash() -> None:
    assert repr(Bits(-1, 8)) == "Bits(0xff, 8)"
    assert {Bits(1, 8), Bits(257, 8), Bits(1, 9)} == {Bits(1, 8), Bits(1, 9)}
    assert Bits(1, 8) != 1
