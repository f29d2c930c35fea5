"""Operand classes against their definitions, value by value in exact arithmetic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.coverage.operand_classes import FloatClass, IntegerClass, double_classes, integer_classes, single_classes
from fuzz.strategies.riscv64 import operands
from fuzz.strategies.riscv64.counter_random import Stream, case_keys, words

VALUES = st.one_of(
    st.integers(0, (1 << 64) - 1),
    st.sampled_from(operands.INTEGERS + operands.DOUBLES + operands.SINGLES + operands.UNBOXED),
)


def expected_integer(value: int) -> IntegerClass:
    signed = value - (1 << 64) if value >> 63 else value
    exact = {0: "ZERO", 1: "ONE", -1: "MINUS_ONE", -(1 << 63): "MIN_64", (1 << 63) - 1: "MAX_64"}
    exact |= {-(1 << 31): "MIN_32", (1 << 31) - 1: "MAX_32", (1 << 32) - 1: "MAX_UNSIGNED_32"}
    if signed in exact:
        return IntegerClass[exact[signed]]
    if value.bit_count() == 1:
        return IntegerClass.POWER_OF_TWO
    beside = {(1 << k) + d & (1 << 64) - 1 for k in range(64) for d in (1, -1)}
    if value in beside:
        return IntegerClass.BESIDE_POWER
    if -2048 <= signed < 2048:
        return IntegerClass.SMALL
    return IntegerClass.WORD if -(1 << 31) <= signed < 1 << 31 else IntegerClass.WIDE


def expected_float(bits: int, fraction_bits: int, exponent_bits: int) -> FloatClass:
    fraction, top = bits & (1 << fraction_bits) - 1, (1 << exponent_bits) - 1
    exponent, negative = bits >> fraction_bits & top, bits >> fraction_bits + exponent_bits
    quiet = 1 << fraction_bits - 1
    if exponent == top:
        if not fraction:
            return FloatClass.INFINITE
        if not fraction & quiet:
            return FloatClass.SIGNALING_NAN
        return FloatClass.CANONICAL_NAN if fraction == quiet and not negative else FloatClass.QUIET_NAN
    if exponent == 0:
        if fraction:
            return FloatClass.SUBNORMAL
        return FloatClass.NEGATIVE_ZERO if negative else FloatClass.ZERO
    if exponent == 1:
        return FloatClass.SMALLEST_NORMAL
    if exponent == top - 1:
        return FloatClass.LARGEST_EXPONENT
    value = Fraction(fraction | 1 << fraction_bits) * Fraction(2) ** (exponent - (top >> 1) - fraction_bits)
    if value < 1 << 64:
        if value.denominator == 1:
            return FloatClass.INTEGRAL
        if value.denominator == 2:
            return FloatClass.ONE_HALF
    return FloatClass.ORDINARY


@settings(deadline=None, max_examples=500)
@given(st.lists(VALUES, min_size=1, max_size=20))
def test_classes_are_as_defined(values: list[int]) -> None:
    array = np.array(values, np.uint64)
    assert integer_classes(array).tolist() == [expected_integer(v) for v in values]
    assert double_classes(array).tolist() == [expected_float(v, 52, 11) for v in values]
    singles = [expected_float(v & 0xFFFF_FFFF, 23, 8) if v >> 32 == 0xFFFF_FFFF else FloatClass.UNBOXED for v in values]
    assert single_classes(array).tolist() == singles


def test_pools_reach_every_class() -> None:
    assert set(integer_classes(operands.INTEGER_POOL).tolist()) >= set(IntegerClass) - {IntegerClass.WORD}
    assert set(double_classes(operands.FLOAT_POOL).tolist()) >= set(FloatClass) - {FloatClass.UNBOXED}
    assert set(single_classes(operands.FLOAT_POOL).tolist()) == set(FloatClass)


@pytest.mark.parametrize("draw", [operands.integers, operands.floats])
def test_drawn_values_reach_every_class(draw: object) -> None:
    random = words(case_keys(1, 0, 4000), 0, 2)
    values = draw(random[:, 0], random[:, 1])  # type: ignore[operator]
    if draw is operands.integers:
        assert set(integer_classes(values).tolist()) == set(IntegerClass)
    else:
        assert set(double_classes(values).tolist()) >= set(FloatClass) - {FloatClass.UNBOXED}
        assert set(single_classes(values).tolist()) == set(FloatClass)


def test_the_window_holds_boundary_values() -> None:
    data = operands.window(Stream(3).word(), 8192)
    assert data.shape == (8192,)
    values = data.view("<u8").astype(np.uint64)
    assert set(double_classes(values).tolist()) >= {FloatClass.INFINITE, FloatClass.SIGNALING_NAN, FloatClass.SUBNORMAL}
    assert len(np.unique(data)) == 256
    assert not np.array_equal(data, operands.window(Stream(4).word(), 8192))
