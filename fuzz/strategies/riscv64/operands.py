"""Operand values: where wrong arithmetic shows.

Uniform random operands almost never meet the cases that engines get wrong: `INT_MIN / -1`, a signalling NaN with a
payload, a product halfway between two floats, an integer just above what a conversion can hold. Integer and
floating-point pools hold those; drawing mixes pool values with values of random width and floats of nearby exponents
(whose sums cancel and round).

Pools hold raw 64-bit register contents. A single is NaN-boxed unless the pool says otherwise.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fuzz.strategies.riscv64.blending import blend
from fuzz.strategies.riscv64.counter_random import MASK64, Stream, case_keys, words

BOX: Final = 0xFFFF_FFFF_0000_0000
POOL_BITS: Final = 11


def _double(value: float) -> int:
    bits: int = struct.unpack("<Q", struct.pack("<d", value))[0]
    return bits


def _single(value: float) -> int:
    bits: int = struct.unpack("<I", struct.pack("<f", value))[0]
    return bits


def _integers() -> tuple[int, ...]:
    found = {0: None, 1: None, MASK64: None, 2: None, MASK64 - 1: None}
    for bit in range(64):
        for delta in (-1, 0, 1):
            found[(1 << bit) + delta & MASK64] = None
            found[-(1 << bit) + delta & MASK64] = None
    for pattern in (0x5555_5555_5555_5555, 0x0123_4567_89AB_CDEF, 0x8000_0000_7FFF_FFFF, 0xFFFF_FFFF_8000_0000):
        found[pattern] = None
        found[~pattern & MASK64] = None
    for divisor in (3, 5, 7, 10, 641, 0xFFFF_FFFB, 1_000_000_007):
        found[divisor] = None
        found[-divisor & MASK64] = None
    return tuple(found)


INTEGERS: Final = _integers()
"""Boundary integers, the extreme ones first."""

EXTREME_INTEGERS: Final = (
    0,
    1,
    MASK64,
    1 << 63,
    (1 << 63) - 1,
    0x7FFF_FFFF,
    0xFFFF_FFFF_8000_0000,
    0x8000_0000,
    0xFFFF_FFFF,
    MASK64 - 1,
    2,
)
"""Those that divide, overflow and saturate; drawn far more often than the rest."""


def _limits(fraction_bits: int) -> list[float]:
    """Values around the limits of float → integer conversions, as exact as the format allows."""
    values: list[float] = []
    for power in (7, 8, 15, 16, 31, 32, 63, 64):
        top = 2.0**power
        step = max(2.0 ** (power - 1 - fraction_bits), 2.0**-8)
        values += [top - step, top, top + 2 * step, -top, -top - 2 * step, -top + step]
        if power < fraction_bits:
            values += [top - 0.5, top - 1.0, -top - 0.5, -top - 1.0, top - 0.25]
    values += [
        0.5,
        1.5,
        2.5,
        -0.5,
        -1.5,
        -2.5,
        0.25,
        -0.75,
        0.49999,
        0.99999,
        -0.99999,
        1.0,
        -1.0,
        2.0,
        3.0,
        10.0,
        1 / 3,
    ]
    return values


def _doubles() -> tuple[int, ...]:
    exponent, quiet = 0x7FF << 52, 1 << 51
    special = [0, exponent, quiet | exponent, exponent | 1, exponent | quiet - 1, exponent | quiet | 0xDEAD]
    special += [exponent | 0x4_0000_0000_0000, exponent - 1, 1, 2, (1 << 52) - 1, 1 << 52, (1 << 52) + 1, 1 << 51]
    values = [_double(v) for v in _limits(52)]
    # Neighbours of 1, halves of an ulp, sums and products that land halfway, and what overflows or underflows.
    values += [0x3FF0_0000_0000_0001, 0x3FEF_FFFF_FFFF_FFFF, 0x3CA0_0000_0000_0000, 0x3CB0_0000_0000_0000]
    values += [
        _double(v) for v in (2.0**52, 2.0**53, 2.0**53 + 2, 2.0**511, 2.0**512, 2.0**-511, 2.0**-537, 2.0**-1022)
    ]
    # Doubles at the limits of singles: overflow, halfway, subnormal and vanishing results of fcvt.s.d.
    values += [0x47EF_FFFF_EFFF_FFFF, 0x47EF_FFFF_F000_0000, 0x47EF_FFFF_E000_0000, 0x380F_FFFF_FFFF_FFFF]
    values += [0x3810_0000_0000_0000, 0x36A0_0000_0000_0000, 0x3690_0000_0000_0000, 0x3690_0000_0000_0001]
    values += [0x3FF0_0000_1000_0000, 0x3FF0_0000_3000_0000, 0x3FF0_0000_1000_0001]
    return tuple(dict.fromkeys(s | v for v in special + values for s in (0, 1 << 63)))


def _singles() -> tuple[int, ...]:
    exponent, quiet = 0xFF << 23, 1 << 22
    special = [0, exponent, quiet | exponent, exponent | 1, exponent | quiet - 1, exponent | quiet | 0xBEEF]
    special += [exponent - 1, 1, 2, (1 << 23) - 1, 1 << 23, (1 << 23) + 1, 1 << 22, exponent | 0x20_0000]
    values = [_single(v) for v in _limits(23)]
    values += [0x3F80_0001, 0x3F7F_FFFF, 0x3380_0000, 0x3400_0000, 0x4B00_0000, 0x4B80_0000, 0x4B80_0001]
    values += [_single(2.0**p) for p in (63, 64, -63, -64, -75, -126, -149, 12, -12)]
    return tuple(dict.fromkeys(s | v for v in special + values for s in (0, 1 << 31)))


DOUBLES: Final = _doubles()
SINGLES: Final = tuple(BOX | bits for bits in _singles())
UNBOXED: Final = (
    0x3F80_0000,
    0x7FC0_0000,
    0xFFFF_FFFE_3F80_0000,
    0x0000_0001_3F80_0000,
    0x7FFF_FFFF_3F80_0000,
    0xFFFF_7FFF_C000_0000,
    0xFFFF_0000_7F80_0001,
    0xDEAD_BEEF_0000_0000,
    0x8000_0000,
)
"""Registers that hold no single: an FP32 operation must read each as the canonical NaN (Unprivileged ISA §21.2)."""


EXTREME_FLOATS: Final = tuple(
    s | v for s in (0, 1 << 63) for v in (0, 0x7FF << 52, 0x7FF8 << 48, 1, (0x7FF << 52) | 1, _double(1.0))
) + tuple(BOX | s | v for s in (0, 1 << 31) for v in (0, 0xFF << 23, 0x1FF << 22, 1, (0xFF << 23) | 1, _single(1.0)))
"""Zeros, infinities, NaNs, the smallest subnormals and ones of both formats."""


def _pool(groups: tuple[tuple[tuple[int, ...], int], ...], key: int) -> NDArray[np.uint64]:
    """2**POOL_BITS entries: each group's values in turn, as often as its weight out of 16 says, the order mixed."""
    size = 1 << POOL_BITS
    entries: list[int] = []
    for values, weight in groups:
        entries += [values[i % len(values)] for i in range(size * weight // 16)]
    stream = Stream(key)
    for i in range(size - 1, 0, -1):
        j = stream.below(i + 1)
        entries[i], entries[j] = entries[j], entries[i]
    return np.array(entries, np.uint64)


INTEGER_POOL: Final = _pool(((EXTREME_INTEGERS, 6), (INTEGERS, 10)), 0x1)
FLOAT_POOL: Final = _pool(((EXTREME_FLOATS, 6), (DOUBLES, 5), (SINGLES, 4), (UNBOXED, 1)), 0x2)
MEMORY_POOL: Final = _pool(((INTEGERS, 5), (EXTREME_FLOATS, 3), (DOUBLES, 4), (SINGLES, 3), (UNBOXED, 1)), 0x3)

PALETTE: Final = np.array((1, MASK64, 1 << 63, 0xFFFF_FFFF_8000_0000), np.uint64)
"""What every x register of one program in eight holds, so that two extremes meet in one instruction: INT_MIN / -1."""

TIES: Final = np.array(
    (
        *(0x3FF0_0000_0000_0000, 0x3CA0_0000_0000_0000, 0xBCA0_0000_0000_0000, 0x3FF0_0000_0000_0001),
        *(BOX | bits for bits in (0x3F80_0000, 0x3380_0000, 0xB380_0000, 0x3F80_0001)),
    ),
    np.uint64,
)
"""The same for f registers: 1, half an ulp of it, its negative, and 1 plus an ulp, so that sums fall halfway between
two values. Four doubles, then four singles."""

_POOL_MASK: Final = np.uint64((1 << POOL_BITS) - 1)
_SIX: Final = np.uint64(63)


def integers(random: NDArray[np.uint64], selector: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Integer operands from two random words each: 5/8 from the pool, the rest of random width and sign."""
    value = random >> (selector >> np.uint64(16) & _SIX)
    value ^= np.negative(selector >> np.uint64(22) & np.uint64(1))
    pooled = INTEGER_POOL.take((selector & _POOL_MASK).view(np.int64))
    return blend((selector >> np.uint64(29)) & np.uint64(7) < np.uint64(5), pooled, value)


def with_palette(values: NDArray[np.uint64], selector: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """(N, R) integer registers of N programs, in one of eight all from `PALETTE`; its first selector decides."""
    rows = np.flatnonzero(selector[:, 0] >> np.uint64(60) & np.uint64(7) == np.uint64(0))
    values[rows] = PALETTE.take((selector[rows] >> np.uint64(40) & np.uint64(3)).astype(np.intp))
    return values


def with_ties(values: NDArray[np.uint64], selector: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """(N, R) floating-point registers of N programs, in one of eight all doubles or all singles from `TIES`."""
    first = selector[:, :1]
    rows = np.flatnonzero(first[:, 0] >> np.uint64(60) & np.uint64(7) == np.uint64(0))
    group = first[rows] >> np.uint64(57) & np.uint64(4)
    values[rows] = TIES.take((selector[rows] >> np.uint64(40) & np.uint64(3) | group).astype(np.intp))
    return values


def floats(random: NDArray[np.uint64], selector: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Contents of FP registers from two random words each: 5/8 from the pool, the rest ordinary doubles and boxed
    singles whose exponents lie close together, some with few significant bits."""
    fraction = random & (np.uint64(MASK64) << (selector >> np.uint64(16) & _SIX))
    exponent = (selector >> np.uint64(24)) & _SIX
    double = fraction & np.uint64(0x800F_FFFF_FFFF_FFFF)
    double |= exponent + np.uint64(1023 - 32) << np.uint64(52)
    single = fraction >> np.uint64(32)
    single &= np.uint64(0x807F_FFFF)
    single |= (exponent >> np.uint64(1)) + np.uint64(127 - 16) << np.uint64(23)
    single |= np.uint64(BOX)
    pooled = FLOAT_POOL.take((selector & _POOL_MASK).view(np.int64))
    kind = (selector >> np.uint64(34)) & np.uint64(15)
    return blend(kind < np.uint64(10), pooled, blend(kind < np.uint64(13), double, single))


@lru_cache(maxsize=8)
def window(memory_seed: int, size_bytes: int) -> NDArray[np.uint8]:
    """(size_bytes,) initial contents of the data window: half boundary values, aligned, half random bytes.
    Not writeable."""
    random = words(case_keys(memory_seed, 0, size_bytes // 8), 0, 2)
    pooled = MEMORY_POOL.take((random[:, 1] & _POOL_MASK).astype(np.intp))
    chosen = blend((random[:, 1] >> np.uint64(40)) & np.uint64(1), pooled, random[:, 0])
    contents = chosen.astype("<u8").view(np.uint8)
    contents.setflags(write=False)
    return contents
