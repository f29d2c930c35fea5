"""The value algebra over LLVM: every operation appends one instruction to the function under construction."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engines.vm.tiers.interpreter.emitter import Emitter


class LlvmValue:
    """An LLVM integer of `width` bits; implements `engines.vm.isa.algebra.Value`.

    Attributes:
        emitter: the function that the value belongs to.
        text: how LLVM names it: `%v7`, or the digits of a constant.
        constant: the number, where it is one.
        pc_offset: where the value is known to be the pc plus something, that something. Jumps need no table base then.
    """

    __slots__ = ("constant", "emitter", "pc_offset", "text", "width")

    def __init__(
        self,
        emitter: Emitter,
        text: str,
        width: int,
        constant: int | None = None,
        pc_offset: LlvmValue | None = None,
    ) -> None:
        self.emitter = emitter
        self.text = text
        self.width = width
        self.constant = constant
        self.pc_offset = pc_offset

    def __repr__(self) -> str:
        return f"<i{self.width} {self.text}>"

    def __bool__(self) -> bool:
        raise TypeError(f"{self!r} is not known when the handler is generated; use select")

    __hash__ = None  # type: ignore[assignment]

    # -- arithmetic -----------------------------------------------------------------------------------------------

    def __add__(self, other: LlvmValue | int) -> LlvmValue:
        result = self._binary("add", other)
        if self.pc_offset is not None:
            result.pc_offset = self.pc_offset + other
        return result

    def __sub__(self, other: LlvmValue | int) -> LlvmValue:
        return self._binary("sub", other)

    def __mul__(self, other: LlvmValue | int) -> LlvmValue:
        return self._binary("mul", other)

    def __and__(self, other: LlvmValue | int) -> LlvmValue:
        return self._binary("and", other)

    def __or__(self, other: LlvmValue | int) -> LlvmValue:
        return self._binary("or", other)

    def __xor__(self, other: LlvmValue | int) -> LlvmValue:
        return self._binary("xor", other)

    def __invert__(self) -> LlvmValue:
        return self._binary("xor", -1)

    def __neg__(self) -> LlvmValue:
        return self.emitter.value(f"sub i{self.width} 0, {self.text}", self.width)

    def shl(self, amount: LlvmValue | int) -> LlvmValue:
        return self._binary("shl", amount)

    def lshr(self, amount: LlvmValue | int) -> LlvmValue:
        return self._binary("lshr", amount)

    def ashr(self, amount: LlvmValue | int) -> LlvmValue:
        return self._binary("ashr", amount)

    def udiv(self, other: LlvmValue | int) -> LlvmValue:
        return self._binary("udiv", other)

    def urem(self, other: LlvmValue | int) -> LlvmValue:
        return self._binary("urem", other)

    def sdiv(self, other: LlvmValue | int) -> LlvmValue:
        return self._binary("sdiv", other)

    def srem(self, other: LlvmValue | int) -> LlvmValue:
        return self._binary("srem", other)

    # -- comparison -----------------------------------------------------------------------------------------------

    def eq(self, other: LlvmValue | int) -> LlvmValue:
        return self._compare("eq", other)

    def ne(self, other: LlvmValue | int) -> LlvmValue:
        return self._compare("ne", other)

    def ult(self, other: LlvmValue | int) -> LlvmValue:
        return self._compare("ult", other)

    def ule(self, other: LlvmValue | int) -> LlvmValue:
        return self._compare("ule", other)

    def slt(self, other: LlvmValue | int) -> LlvmValue:
        return self._compare("slt", other)

    def sle(self, other: LlvmValue | int) -> LlvmValue:
        return self._compare("sle", other)

    # -- width ----------------------------------------------------------------------------------------------------

    def zext(self, width: int) -> LlvmValue:
        return self._resize("zext", width)

    def sext(self, width: int) -> LlvmValue:
        return self._resize("sext", width)

    def trunc(self, width: int) -> LlvmValue:
        return self._resize("trunc", width)

    def extract(self, low: int, width: int) -> LlvmValue:
        shifted = self.lshr(low) if low else self
        return shifted.trunc(width)

    def select(self, if_one: LlvmValue, if_zero: LlvmValue) -> LlvmValue:
        width = if_one.width
        if self.width != 1 or width != if_zero.width:
            raise ValueError(f"select of {self!r} between {if_one!r} and {if_zero!r}: widths must be 1, w, w")
        return self.emitter.value(f"select i1 {self.text}, i{width} {if_one.text}, i{width} {if_zero.text}", width)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _text_of(self, other: LlvmValue | int) -> str:
        if isinstance(other, int):
            return str(other & ((1 << self.width) - 1))
        if other.width != self.width:
            raise ValueError(f"operands {self!r} and {other!r} differ in width")
        return other.text

    def _binary(self, operation: str, other: LlvmValue | int) -> LlvmValue:
        return self.emitter.value(f"{operation} i{self.width} {self.text}, {self._text_of(other)}", self.width)

    def _compare(self, predicate: str, other: LlvmValue | int) -> LlvmValue:
        return self.emitter.value(f"icmp {predicate} i{self.width} {self.text}, {self._text_of(other)}", 1)

    def _resize(self, operation: str, width: int) -> LlvmValue:
        if width == self.width:
            return self
        if (width < self.width) is not (operation == "trunc"):
            raise ValueError(f"{operation} of {self!r} to {width} bits")
        return self.emitter.value(f"{operation} i{self.width} {self.text} to i{width}", width)
