"""The floating-point unit over integers: `softfloat` with accumulated flags, for evaluators that compute in `Bits`."""

from __future__ import annotations

from engines.vm import softfloat
from engines.vm.bits import Bits


class FloatUnit:
    """Floating point by `softfloat`; exceptions accumulate in `flags`."""

    def __init__(self) -> None:
        self.flags = 0

    def _raised(self, result: tuple[int, int], width: int) -> Bits:
        self.flags |= result[1]
        return Bits(result[0], width)

    def add(self, fmt: int, a: Bits, b: Bits, rm: int) -> Bits:
        return self._raised(softfloat.add(fmt, a.value, b.value, rm), fmt)

    def sub(self, fmt: int, a: Bits, b: Bits, rm: int) -> Bits:
        return self._raised(softfloat.sub(fmt, a.value, b.value, rm), fmt)

    def mul(self, fmt: int, a: Bits, b: Bits, rm: int) -> Bits:
        return self._raised(softfloat.mul(fmt, a.value, b.value, rm), fmt)

    def div(self, fmt: int, a: Bits, b: Bits, rm: int) -> Bits:
        return self._raised(softfloat.div(fmt, a.value, b.value, rm), fmt)

    def sqrt(self, fmt: int, a: Bits, rm: int) -> Bits:
        return self._raised(softfloat.sqrt(fmt, a.value, rm), fmt)

    def fma(self, fmt: int, a: Bits, b: Bits, c: Bits, rm: int, *, negate_product: bool, negate_addend: bool) -> Bits:
        result = softfloat.fma(fmt, a.value, b.value, c.value, rm, negate_product, negate_addend)
        return self._raised(result, fmt)

    def minimum(self, fmt: int, a: Bits, b: Bits) -> Bits:
        return self._raised(softfloat.minimum(fmt, a.value, b.value), fmt)

    def maximum(self, fmt: int, a: Bits, b: Bits) -> Bits:
        return self._raised(softfloat.maximum(fmt, a.value, b.value), fmt)

    def eq(self, fmt: int, a: Bits, b: Bits) -> Bits:
        return self._raised(softfloat.eq(fmt, a.value, b.value), 1)

    def lt(self, fmt: int, a: Bits, b: Bits) -> Bits:
        return self._raised(softfloat.lt(fmt, a.value, b.value), 1)

    def le(self, fmt: int, a: Bits, b: Bits) -> Bits:
        return self._raised(softfloat.le(fmt, a.value, b.value), 1)

    def classify(self, fmt: int, a: Bits) -> Bits:
        return self._raised(softfloat.classify(fmt, a.value), 64)

    def to_int(self, fmt: int, a: Bits, width: int, signed: bool, rm: int) -> Bits:
        return self._raised(softfloat.to_int(fmt, a.value, width, signed, rm), width)

    def from_int(self, fmt: int, a: Bits, signed: bool, rm: int) -> Bits:
        return self._raised(softfloat.from_int(fmt, a.value, a.width, signed, rm), fmt)

    def convert(self, source_fmt: int, target_fmt: int, a: Bits, rm: int) -> Bits:
        return self._raised(softfloat.convert(source_fmt, target_fmt, a.value, rm), target_fmt)
