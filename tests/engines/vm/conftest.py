"""Operands that floating-point tests share: biased to where rounding, ranges and special values meet."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

Operands = tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64]]
FRACTION_BITS = {16: 10, 32: 23, 64: 52}


def _special(fmt: int) -> NDArray[np.uint64]:
    """Every landmark of the format and its neighbours one place away, both signs; NaNs of both kinds."""
    t = FRACTION_BITS[fmt]
    ones = (1 << (fmt - 1 - t)) - 1
    bias = ones >> 1
    powers = [1, 2, bias - t - 1, bias - t, bias - 1, bias, bias + 1, bias + t, bias + t + 1, ones - 1, ones]
    powers += [e for e in (bias + 15, bias + 16, bias + 31, bias + 32, bias + 63, bias + 64) if e < ones]
    landmarks = {0, 1, 2, 3, (1 << t) - 1, 1 << (t - 1), (1 << (t - 1)) + 1}
    for e in powers:
        landmarks |= {(e << t) - 1, e << t, (e << t) + 1, (e << t) | 1 << (t - 1), (e << t) | ((1 << t) - 1)}
    infinity = ones << t
    landmarks |= {infinity | 1, infinity | 1 << (t - 1), infinity | (1 << (t - 1)) | 5, infinity | ((1 << t) - 1)}
    return np.array([s << (fmt - 1) | v for v in sorted(landmarks) for s in (0, 1)], np.uint64)


def _numbers(fmt: int, count: int, rng: np.random.Generator) -> NDArray[np.uint64]:
    t = FRACTION_BITS[fmt]
    e_bits = fmt - 1 - t
    bias = (1 << (e_bits - 1)) - 1
    u64 = np.uint64

    def draw(low: int, high: int) -> NDArray[np.uint64]:
        return rng.integers(low, high, count, dtype=np.uint64)

    any_fraction = draw(0, 1 << t)
    shift = draw(0, t + 1)
    sparse = (u64(1) << shift) & u64((1 << t) - 1)
    run = (u64((1 << t) - 1) << shift) & u64((1 << t) - 1)
    sparse2 = sparse ^ ((u64(1) << draw(0, t)) & u64((1 << t) - 1))
    low = draw(0, 4)
    fraction = np.choose(draw(0, 6).astype(np.intp), [any_fraction, sparse, run, sparse2, low, any_fraction & run])
    near_one = draw(max(1, bias - t - 6), min(2 * bias, bias + t + 6))
    any_exponent = draw(0, 2 * bias + 2)
    edge = np.where(draw(0, 2) == 0, draw(0, 4), u64(2 * bias + 1) - draw(0, 4))
    exponent = np.choose(draw(0, 4).astype(np.intp), [near_one, near_one, any_exponent, edge])
    sign = draw(0, 2)
    numbers = (sign << u64(fmt - 1)) | (exponent << u64(t)) | fraction
    special = rng.choice(_special(fmt), count)
    kind = draw(0, 8)
    return np.where(kind < 2, special, np.where(kind == 2, rng.integers(0, 1 << fmt, count, dtype=u64), numbers))


@pytest.fixture(scope="session")
def boundary_floats() -> Callable[[int, int, int], Operands]:
    """`(fmt, count, seed) -> (a, b, c)`: raw bits in u64 arrays. An eighth of the pairs nearly cancel, and in a quarter
    of the triples `c` is close to `-a*b`, where a fused operation differs from two rounded ones."""

    def generate(fmt: int, count: int, seed: int) -> Operands:
        rng = np.random.default_rng([fmt, count, seed])
        a, b, c = (_numbers(fmt, count, rng) for _ in range(3))
        u64 = np.uint64
        sign = u64(1 << (fmt - 1))
        nearly_a = a ^ sign ^ rng.integers(0, 4, count, dtype=u64)
        b = np.where(rng.integers(0, 8, count) == 0, nearly_a, b)
        c = np.where(rng.integers(0, 8, count) == 0, nearly_a, c)
        native = {16: np.float16, 32: np.float32, 64: np.float64}[fmt]
        word = {16: np.uint16, 32: np.uint32, 64: np.uint64}[fmt]
        with np.errstate(all="ignore"):
            product = (a.astype(word).view(native) * b.astype(word).view(native)).view(word).astype(u64)
        near = product ^ sign ^ rng.integers(0, 2, count, dtype=u64)
        c = np.where(rng.integers(0, 4, count) == 0, near, c)
        return a, b, c

    return generate
