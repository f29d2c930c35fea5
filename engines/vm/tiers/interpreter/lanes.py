"""The value algebra over LLVM vectors: one operation for all lanes, which the host has as one instruction.

`Lanes` implements `engines.vm.isa.algebra.Value`, so the function that says what happens to one element of a guest's
vector is evaluated over it as it is. `width` is that of one lane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engines.vm.tiers.interpreter.emitter import Emitter
    from engines.vm.tiers.interpreter.values import LlvmValue


class Lanes:
    """An LLVM vector of `count` integers of `width` bits.

    Attributes:
        emitter: the function that the value belongs to.
        text: how LLVM names it, or spells a constant.
    """

    __slots__ = ("count", "emitter", "text", "width")

    def __init__(self, emitter: Emitter, text: str, count: int, width: int) -> None:
        self.emitter = emitter
        self.text = text
        self.count = count
        self.width = width

    def __repr__(self) -> str:
        return f"<{self.type} {self.text}>"

    def __bool__(self) -> bool:
        raise TypeError(f"{self!r} is not known when the handler is generated; use select")

    __hash__ = None  # type: ignore[assignment]  # a value, and not one that could be compared here

    @property
    def type(self) -> str:
        """As LLVM spells it: `<4 x i32>`."""
        return f"<{self.count} x i{self.width}>"

    def constant(self, *values: int) -> Lanes:
        """A constant of this type: one value per lane, or one for all."""
        mask = (1 << self.width) - 1
        each = values if len(values) == self.count else values * self.count
        text = ", ".join(f"i{self.width} {value & mask}" for value in each)
        return Lanes(self.emitter, f"<{text}>", self.count, self.width)

    def made(self, text: str, width: int | None = None) -> Lanes:
        """The result of an LLVM instruction, with as many lanes."""
        return Lanes(self.emitter, self.emitter.name(text), self.count, self.width if width is None else width)

    # -- the algebra ----------------------------------------------------------------------------------------------

    def _text_of(self, other: Lanes | int) -> str:
        if isinstance(other, int):
            return self.constant(other).text
        if (other.count, other.width) != (self.count, self.width):
            raise ValueError(f"operands {self!r} and {other!r} differ in shape")
        return other.text

    def _binary(self, operation: str, other: Lanes | int) -> Lanes:
        return self.made(f"{operation} {self.type} {self.text}, {self._text_of(other)}")

    def _compare(self, predicate: str, other: Lanes | int) -> Lanes:
        return self.made(f"icmp {predicate} {self.type} {self.text}, {self._text_of(other)}", 1)

    def __add__(self, other: Lanes | int) -> Lanes:
        return self._binary("add", other)

    def __sub__(self, other: Lanes | int) -> Lanes:
        return self._binary("sub", other)

    def __mul__(self, other: Lanes | int) -> Lanes:
        return self._binary("mul", other)

    def __and__(self, other: Lanes | int) -> Lanes:
        return self._binary("and", other)

    def __or__(self, other: Lanes | int) -> Lanes:
        return self._binary("or", other)

    def __xor__(self, other: Lanes | int) -> Lanes:
        return self._binary("xor", other)

    def __invert__(self) -> Lanes:
        return self._binary("xor", -1)

    def __neg__(self) -> Lanes:
        return self.constant(0) - self

    def shl(self, amount: Lanes | int) -> Lanes:
        return self._binary("shl", amount)

    def lshr(self, amount: Lanes | int) -> Lanes:
        return self._binary("lshr", amount)

    def ashr(self, amount: Lanes | int) -> Lanes:
        return self._binary("ashr", amount)

    def udiv(self, other: Lanes | int) -> Lanes:
        return self._binary("udiv", other)

    def urem(self, other: Lanes | int) -> Lanes:
        return self._binary("urem", other)

    def sdiv(self, other: Lanes | int) -> Lanes:
        return self._binary("sdiv", other)

    def srem(self, other: Lanes | int) -> Lanes:
        return self._binary("srem", other)

    def eq(self, other: Lanes | int) -> Lanes:
        return self._compare("eq", other)

    def ne(self, other: Lanes | int) -> Lanes:
        return self._compare("ne", other)

    def ult(self, other: Lanes | int) -> Lanes:
        return self._compare("ult", other)

    def ule(self, other: Lanes | int) -> Lanes:
        return self._compare("ule", other)

    def slt(self, other: Lanes | int) -> Lanes:
        return self._compare("slt", other)

    def sle(self, other: Lanes | int) -> Lanes:
        return self._compare("sle", other)

    def zext(self, width: int) -> Lanes:
        return self._resize("zext", width)

    def sext(self, width: int) -> Lanes:
        return self._resize("sext", width)

    def trunc(self, width: int) -> Lanes:
        return self._resize("trunc", width)

    def extract(self, low: int, width: int) -> Lanes:
        return (self.lshr(low) if low else self).trunc(width)

    def select(self, if_one: Lanes, if_zero: Lanes) -> Lanes:
        if self.width != 1 or if_one.type != if_zero.type or if_one.count != self.count:
            raise ValueError(f"select of {self!r} between {if_one!r} and {if_zero!r}: shapes must be 1, w, w")
        kind = if_one.type
        return if_one.made(f"select {self.type} {self.text}, {kind} {if_one.text}, {kind} {if_zero.text}")

    def _resize(self, operation: str, width: int) -> Lanes:
        if width == self.width:
            return self
        return self.made(f"{operation} {self.type} {self.text} to <{self.count} x i{width}>", width)


def splat(value: LlvmValue, count: int) -> Lanes:
    """A scalar in every lane."""
    emitter, kind = value.emitter, f"<{count} x i{value.width}>"
    first = emitter.name(f"insertelement {kind} poison, i{value.width} {value.text}, i32 0")
    text = emitter.name(f"shufflevector {kind} {first}, {kind} poison, <{count} x i32> zeroinitializer")
    return Lanes(emitter, text, count, value.width)


def from_bits(bits: LlvmValue) -> Lanes:
    """The bits of an integer as lanes of one bit, bit 0 first."""
    kind = f"<{bits.width} x i1>"
    text = bits.emitter.name(f"bitcast i{bits.width} {bits.text} to {kind}")
    return Lanes(bits.emitter, text, bits.width, 1)


def to_bits(lanes: Lanes) -> LlvmValue:
    """Lanes of one bit as an integer."""
    return lanes.emitter.value(f"bitcast {lanes.type} {lanes.text} to i{lanes.count}", lanes.count)


__all__ = ["Lanes", "from_bits", "splat", "to_bits"]
