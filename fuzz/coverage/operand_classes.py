"""Operand classes: the kinds of value that an operand can have and an engine can get wrong.

Every 64-bit register value has exactly one integer class, one double class, and one single class (which looks at the
NaN box first).
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray


class IntegerClass(IntEnum):
    """Classes of an integer operand; the first that fits."""

    ZERO = 0
    ONE = 1
    MINUS_ONE = 2
    MIN_64 = 3
    MAX_64 = 4
    MIN_32 = 5
    """-2**31, sign-extended."""
    MAX_32 = 6
    MAX_UNSIGNED_32 = 7
    POWER_OF_TWO = 8
    BESIDE_POWER = 9
    """A power of two plus or minus one."""
    SMALL = 10
    """-2048 … 2047."""
    WORD = 11
    """Any other sign-extended 32-bit value."""
    WIDE = 12


class FloatClass(IntEnum):
    """Classes of a floating-point operand of one format."""

    UNBOXED = 0
    """Singles only: the upper half is not all ones."""
    ZERO = 1
    NEGATIVE_ZERO = 2
    SUBNORMAL = 3
    SMALLEST_NORMAL = 4
    """The smallest exponent that is not subnormal."""
    INTEGRAL = 5
    """Integers of magnitude up to 2**64."""
    ONE_HALF = 6
    """An integer plus a half, of magnitude up to 2**64."""
    ORDINARY = 7
    LARGEST_EXPONENT = 8
    INFINITE = 9
    CANONICAL_NAN = 10
    QUIET_NAN = 11
    """Quiet, with a sign or a payload."""
    SIGNALING_NAN = 12


_MAX: Final = (1 << 64) - 1


def integer_classes(values: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """The `IntegerClass` of each value."""
    signed = values.view(np.int64)
    result = np.full(values.shape, IntegerClass.WIDE, np.uint8)
    result[(signed >= -(1 << 31)) & (signed < 1 << 31)] = IntegerClass.WORD
    result[(signed >= -2048) & (signed < 2048)] = IntegerClass.SMALL
    for delta in (np.uint64(1), np.uint64(_MAX)):
        near = values + delta
        result[(near & (near - np.uint64(1))) == 0] = IntegerClass.BESIDE_POWER
    result[(values & (values - np.uint64(1))) == 0] = IntegerClass.POWER_OF_TWO
    exact = (
        (0, IntegerClass.ZERO),
        (1, IntegerClass.ONE),
        (_MAX, IntegerClass.MINUS_ONE),
        (1 << 63, IntegerClass.MIN_64),
        ((1 << 63) - 1, IntegerClass.MAX_64),
        (_MAX - (1 << 31) + 1, IntegerClass.MIN_32),
        ((1 << 31) - 1, IntegerClass.MAX_32),
        ((1 << 32) - 1, IntegerClass.MAX_UNSIGNED_32),
    )
    for value, name in exact:
        result[values == np.uint64(value)] = name
    return result


def _float_classes(bits: NDArray[np.uint64], fraction_bits: int, exponent_bits: int) -> NDArray[np.uint8]:
    one = np.uint64(1)
    fraction = bits & np.uint64((1 << fraction_bits) - 1)
    top = (1 << exponent_bits) - 1
    exponent = (bits >> np.uint64(fraction_bits) & np.uint64(top)).astype(np.int64)
    negative = (bits >> np.uint64(fraction_bits + exponent_bits) & one) != 0
    power = exponent - (top >> 1)

    result = np.full(bits.shape, FloatClass.ORDINARY, np.uint8)
    inside = (power >= -1) & (power <= 63)
    # The lowest set bit of the significand has this weight: 0 for odd integers, -1 where a half remains.
    significand = fraction | np.uint64(1 << fraction_bits)
    lowest = np.log2((significand & (~significand + one)).astype(np.float64)).astype(np.int64) + power - fraction_bits
    result[inside & (lowest >= 0)] = FloatClass.INTEGRAL
    result[inside & (lowest == -1)] = FloatClass.ONE_HALF
    result[exponent == 1] = FloatClass.SMALLEST_NORMAL
    result[exponent == top - 1] = FloatClass.LARGEST_EXPONENT
    result[exponent == 0] = FloatClass.SUBNORMAL
    zero = (exponent == 0) & (fraction == 0)
    result[zero] = FloatClass.ZERO
    result[zero & negative] = FloatClass.NEGATIVE_ZERO
    result[exponent == top] = FloatClass.SIGNALING_NAN
    quiet = (exponent == top) & ((fraction >> np.uint64(fraction_bits - 1)) != 0)
    result[quiet] = FloatClass.QUIET_NAN
    result[quiet & ~negative & (fraction == np.uint64(1 << fraction_bits - 1))] = FloatClass.CANONICAL_NAN
    result[(exponent == top) & (fraction == 0)] = FloatClass.INFINITE
    return result


def double_classes(values: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """The `FloatClass` of each value read as a double."""
    return _float_classes(values, 52, 11)


def single_classes(values: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """The `FloatClass` of each value read as a NaN-boxed single."""
    result = _float_classes(values & np.uint64(0xFFFF_FFFF), 23, 8)
    result[values >> np.uint64(32) != np.uint64(0xFFFF_FFFF)] = FloatClass.UNBOXED
    return result
