"""The integer lowering of floating point, evaluated over plain integers, equals softfloat in every format and mode.

`Bits` checks widths and shift amounts on every step, which native code would not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engines.vm import softfloat
from engines.vm.bits import Bits
from engines.vm.tiers.interpreter.float_unit_arithmetic import FloatArithmetic

COUNT = 150
ARITHMETIC = FloatArithmetic(
    lambda value, width: Bits(value, width), lambda v: Bits(v.width - v.value.bit_length(), v.width)
)
Generate = Callable[[int, int, int], Any]


@pytest.fixture
def operands(boundary_floats: Generate) -> Callable[[int, int], list[tuple[int, int, int]]]:
    """Triples; those of 128 bits are triples of 64 bits, widened exactly and then disturbed in their last places."""

    def generate(fmt: int, seed: int) -> list[tuple[int, int, int]]:
        a, b, c = (v.tolist() for v in boundary_floats(min(fmt, 64), COUNT, seed))
        if fmt < 128:
            return list(zip(a, b, c, strict=True))
        rng = np.random.default_rng(seed)
        low = [1, 2, (1 << 60) - 1, 1 << 59, 0]

        def widen(x: int) -> int:
            wide = softfloat.convert(64, 128, x, 0)[0] ^ low[int(rng.integers(5))]
            return int(wide) if rng.integers(4) else int(wide) % (1 << 112)

        return [(widen(x), widen(y), widen(z)) for x, y, z in zip(a, b, c, strict=True)]

    return generate


def check(ours: tuple[Any, Any], judge: tuple[int, int], *inputs: object) -> None:
    assert (ours[0].value, ours[1].value) == judge, [hex(v) if isinstance(v, int) else v for v in inputs]


@pytest.mark.parametrize("rm", range(5))
@pytest.mark.parametrize("fmt", [16, 32, 64, 128])
def test_arithmetic(operands: Callable[..., Any], fmt: int, rm: int) -> None:
    mode = Bits(rm, 64)
    for x, y, z in operands(fmt, rm):
        a, b, c = Bits(x, fmt), Bits(y, fmt), Bits(z, fmt)
        for name in ("add", "mul", "div"):
            judge = getattr(softfloat, name)(fmt, x, y, rm)
            check(getattr(ARITHMETIC, name)(fmt, a, b, mode), judge, name, x, y)
        check(ARITHMETIC.fma(fmt, a, b, c, mode), softfloat.fma(fmt, x, y, z, rm), "fma", x, y, z)
        check(ARITHMETIC.sqrt(fmt, a, mode), softfloat.sqrt(fmt, x, rm), "sqrt", x)


@pytest.mark.parametrize("rm", range(5))
@pytest.mark.parametrize("fmt", [16, 32, 64, 128])
def test_conversions(operands: Callable[..., Any], fmt: int, rm: int) -> None:
    mode = Bits(rm, 64)
    for x, y, _ in operands(fmt, 10 + rm):
        for target in (16, 32, 64, 128):
            check(ARITHMETIC.convert(fmt, target, Bits(x, fmt), mode), softfloat.convert(fmt, target, x, rm), x, target)
        for signed in (False, True):
            for width in (32, 64):
                ours = ARITHMETIC.to_int(fmt, Bits(x, fmt), width, signed, mode)
                check(ours, softfloat.to_int(fmt, x, width, signed, rm), x, width, signed)
            integer = y % (1 << 64) >> x % 64
            ours = ARITHMETIC.from_int(fmt, Bits(integer, 64), signed, mode)
            check(ours, softfloat.from_int(fmt, integer, 64, signed, rm), integer, signed)


@pytest.mark.parametrize("fmt", [16, 32, 64, 128])
def test_comparisons(operands: Callable[..., Any], fmt: int) -> None:
    for seed in range(20, 25):
        for x, y, _ in operands(fmt, seed):
            for name in ("eq", "lt", "le", "minimum", "maximum"):
                ours = getattr(ARITHMETIC, name)(fmt, Bits(x, fmt), Bits(y, fmt))
                check(ours, getattr(softfloat, name)(fmt, x, y), name, x, y)
            check(ARITHMETIC.classify(fmt, Bits(x, fmt)), softfloat.classify(fmt, x), x)
