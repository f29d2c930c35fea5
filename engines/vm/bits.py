"""Fixed-width bit vectors over plain integers: the value algebra in which the reference tier computes.

`Bits` implements `engines.vm.isa.algebra.Value`. Values are immutable, so registers hold them and share them.
"""

from __future__ import annotations

from typing import Final

MAX_WIDTH: Final = 256
_MASK: Final = tuple((1 << width) - 1 for width in range(MAX_WIDTH + 1))


class Bits:
    """A bit vector of `width` (1 … 256) bits whose unsigned value is `value`.

    The constructor wraps: `Bits(-1, 8)` is `Bits(255, 8)`. A Python int beside a `Bits` is a constant of its width and
    wraps too. `==` compares value and width and gives a bool, for tests; semantics use `eq`, which gives one bit.

    Raises:
        TypeError: by any operation, if widths differ or a truth value is asked for.
        ValueError: if `width` is out of range, or a shift amount or divisor is.
    """

    __slots__ = ("value", "width")

    value: int
    width: int

    def __init__(self, value: int, width: int) -> None:
        if not 0 < width <= MAX_WIDTH:
            raise ValueError(f"width is {width}, must be 1 … {MAX_WIDTH}")
        self.value = value & _MASK[width]
        self.width = width

    def __repr__(self) -> str:
        return f"Bits({self.value:#x}, {self.width})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bits) and self.value == other.value and self.width == other.width

    def __hash__(self) -> int:
        return hash((self.value, self.width))

    def __bool__(self) -> bool:
        raise TypeError(f"{self!r} has no truth value; use select, or .value outside semantics")

    @property
    def signed(self) -> int:
        """The value in two's complement."""
        return self.value - (1 << self.width) if self.value >> self.width - 1 else self.value

    def _constant(self, other: Bits | int) -> int:
        """`other` as an unsigned value of this width."""
        if type(other) is Bits:
            if other.width != self.width:
                raise TypeError(f"widths differ: {self!r} and {other!r}")
            return other.value
        if isinstance(other, int):
            return other & _MASK[self.width]
        raise TypeError(f"{other!r} beside {self!r}: needs Bits of the same width or an int")

    def _signed_constant(self, other: Bits | int) -> int:
        value = self._constant(other)
        return value - (1 << self.width) if value >> self.width - 1 else value

    def __add__(self, other: Bits | int) -> Bits:
        return Bits(self.value + self._constant(other), self.width)

    def __sub__(self, other: Bits | int) -> Bits:
        return Bits(self.value - self._constant(other), self.width)

    def __mul__(self, other: Bits | int) -> Bits:
        return Bits(self.value * self._constant(other), self.width)

    def __and__(self, other: Bits | int) -> Bits:
        return Bits(self.value & self._constant(other), self.width)

    def __or__(self, other: Bits | int) -> Bits:
        return Bits(self.value | self._constant(other), self.width)

    def __xor__(self, other: Bits | int) -> Bits:
        return Bits(self.value ^ self._constant(other), self.width)

    def __invert__(self) -> Bits:
        return Bits(~self.value, self.width)

    def __neg__(self) -> Bits:
        return Bits(-self.value, self.width)

    def _amount(self, amount: Bits | int) -> int:
        shift = self._constant(amount)
        if shift >= self.width:
            raise ValueError(f"shift of {self.width} bits by {shift}; must be 0 … {self.width - 1}")
        return shift

    def shl(self, amount: Bits | int) -> Bits:
        return Bits(self.value << self._amount(amount), self.width)

    def lshr(self, amount: Bits | int) -> Bits:
        return Bits(self.value >> self._amount(amount), self.width)

    def ashr(self, amount: Bits | int) -> Bits:
        return Bits(self.signed >> self._amount(amount), self.width)

    def _divisor(self, other: Bits | int) -> int:
        divisor = self._constant(other)
        if not divisor:
            raise ValueError(f"{self!r} divided by 0; substitute a safe divisor first")
        return divisor

    def udiv(self, other: Bits | int) -> Bits:
        return Bits(self.value // self._divisor(other), self.width)

    def urem(self, other: Bits | int) -> Bits:
        return Bits(self.value % self._divisor(other), self.width)

    def sdiv(self, other: Bits | int) -> Bits:
        self._divisor(other)
        a, b = self.signed, self._signed_constant(other)
        quotient = abs(a) // abs(b)
        if (a < 0) != (b < 0):
            quotient = -quotient
        if quotient >> self.width - 1 == 1:
            raise ValueError(f"{self!r} divided by -1 overflows; substitute a safe divisor first")
        return Bits(quotient, self.width)

    def srem(self, other: Bits | int) -> Bits:
        self._divisor(other)
        a, b = self.signed, self._signed_constant(other)
        remainder = abs(a) % abs(b)
        return Bits(-remainder if a < 0 else remainder, self.width)

    def eq(self, other: Bits | int) -> Bits:
        return ONE if self.value == self._constant(other) else ZERO

    def ne(self, other: Bits | int) -> Bits:
        return ONE if self.value != self._constant(other) else ZERO

    def ult(self, other: Bits | int) -> Bits:
        return ONE if self.value < self._constant(other) else ZERO

    def ule(self, other: Bits | int) -> Bits:
        return ONE if self.value <= self._constant(other) else ZERO

    def slt(self, other: Bits | int) -> Bits:
        return ONE if self.signed < self._signed_constant(other) else ZERO

    def sle(self, other: Bits | int) -> Bits:
        return ONE if self.signed <= self._signed_constant(other) else ZERO

    def zext(self, width: int) -> Bits:
        self._not_narrower(width)
        return Bits(self.value, width)

    def sext(self, width: int) -> Bits:
        self._not_narrower(width)
        return Bits(self.signed, width)

    def _not_narrower(self, width: int) -> None:
        if width < self.width:
            raise TypeError(f"{self!r} cannot be extended to {width} bits; use trunc")

    def trunc(self, width: int) -> Bits:
        if width > self.width:
            raise TypeError(f"{self!r} cannot be truncated to {width} bits; use zext or sext")
        return Bits(self.value, width)

    def extract(self, low: int, width: int) -> Bits:
        if low < 0 or low + width > self.width:
            raise TypeError(f"{self!r} has no bits {low} … {low + width - 1}")
        return Bits(self.value >> low, width)

    def select(self, if_one: Bits, if_zero: Bits) -> Bits:
        if self.width != 1:
            raise TypeError(f"{self!r} cannot select; it needs width 1")
        if if_one.width != if_zero.width:
            raise TypeError(f"select between different widths: {if_one!r} and {if_zero!r}")
        return if_one if self.value else if_zero


ZERO: Final = Bits(0, 1)
ONE: Final = Bits(1, 1)
