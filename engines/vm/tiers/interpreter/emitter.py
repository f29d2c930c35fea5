"""Writes the body of one LLVM function as text: the assembly language of LLVM 15 and later, with opaque pointers.

Text and not `llvmlite.ir`: it is several times quicker to produce, and every instruction and attribute of LLVM can
be written in it (calling conventions, `musttail`, inline assembly).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engines.vm.tiers.interpreter.values import LlvmValue

UNLIKELY: Final = ", !prof !0"
"""Suffix of a `br` whose first target is hardly ever taken; `!0` is defined once per module."""
BRANCH_WEIGHTS: Final = '!0 = !{!"branch_weights", i32 1, i32 1048575}'


class Emitter:
    """The blocks of one function, in the order in which they were begun. The first block is `start`."""

    def __init__(self) -> None:
        self.lines: list[str] = ["start:"]
        self.declarations: set[str] = set()
        """`declare` lines that the module must carry for what this body calls."""
        self.block = "start"
        """Label of the block under construction, for `phi`."""
        self._count = 0

    # -- instructions ---------------------------------------------------------------------------------------------

    def line(self, text: str) -> None:
        """Append an instruction that has no result."""
        self.lines.append(f"  {text}")

    def name(self, text: str) -> str:
        """Append `%vN = text` and return `%vN`."""
        self._count += 1
        name = f"%v{self._count}"
        self.lines.append(f"  {name} = {text}")
        return name

    def value(self, text: str, width: int) -> LlvmValue:
        """Append an instruction whose result is an integer of `width` bits."""
        return LlvmValue(self, self.name(text), width)

    def const(self, value: int, width: int = 64) -> LlvmValue:
        return LlvmValue(self, str(value & ((1 << width) - 1)), width, value & ((1 << width) - 1))

    def named(self, name: str, width: int) -> LlvmValue:
        """An integer that exists already, such as an argument `%budget`."""
        return LlvmValue(self, name, width)

    # -- blocks ---------------------------------------------------------------------------------------------------

    def label(self, hint: str = "b") -> str:
        """A fresh label, not placed yet."""
        self._count += 1
        return f"{hint}{self._count}"

    def begin(self, label: str) -> None:
        """Begin the block `label`. The block before must have ended with a terminator."""
        self.lines.append(f"{label}:")
        self.block = label

    def jump(self, label: str) -> None:
        self.line(f"br label %{label}")

    def branch(self, condition: LlvmValue, if_one: str, if_zero: str, *, unlikely: bool = False) -> None:
        """End the block; with `unlikely`, `if_one` is the rare side."""
        suffix = UNLIKELY if unlikely else ""
        self.line(f"br i1 {condition.text}, label %{if_one}, label %{if_zero}{suffix}")

    def leave_if(self, condition: LlvmValue, label: str) -> None:
        """Jump to `label` in the rare case that `condition` holds; go on in a new block."""
        onward = self.label("on")
        self.branch(condition, label, onward, unlikely=True)
        self.begin(onward)

    def phi(self, width: int, incoming: Sequence[tuple[LlvmValue, str]]) -> LlvmValue:
        """Join values by the labels of the blocks that they come from."""
        sources = ", ".join(f"[ {value.text}, %{label} ]" for value, label in incoming)
        return self.value(f"phi i{width} {sources}", width)

    # -- memory ---------------------------------------------------------------------------------------------------

    def offset(self, pointer: str, offset: LlvmValue | int) -> str:
        """`pointer` plus a number of bytes, as a pointer."""
        if isinstance(offset, int):
            return pointer if offset == 0 else self.name(f"getelementptr i8, ptr {pointer}, i64 {offset}")
        return self.name(f"getelementptr i8, ptr {pointer}, i{offset.width} {offset.text}")

    def load(self, pointer: str, width: int, *, align: int | None = None) -> LlvmValue:
        """Load an integer of `width` bits; natural alignment unless `align` bytes are given."""
        return self.value(f"load i{width}, ptr {pointer}, align {align or max(width // 8, 1)}", width)

    def store(self, pointer: str, value: LlvmValue, *, align: int | None = None) -> None:
        self.line(f"store i{value.width} {value.text}, ptr {pointer}, align {align or max(value.width // 8, 1)}")

    def load_pointer(self, pointer: str) -> str:
        return self.name(f"load ptr, ptr {pointer}, align 8")

    # -- calls ----------------------------------------------------------------------------------------------------

    def call(self, result: str, function: str, arguments: Sequence[str], *, declare: bool = True) -> str:
        """Call `@function` under the C convention; arguments are typed texts (`i64 %v1`). Return the result's name.

        `result` is an LLVM type; with `void` an empty string is returned. `declare` is for functions from outside the
        module, intrinsics among them.
        """
        if declare:
            types = ", ".join(argument.rsplit(" ", 1)[0] for argument in arguments)
            self.declarations.add(f"declare {result} @{function}({types})")
        text = f"call {result} @{function}({', '.join(arguments)})"
        if result == "void":
            self.line(text)
            return ""
        return self.name(text)

    def intrinsic(self, function: str, arguments: Sequence[LlvmValue], width: int) -> LlvmValue:
        """Call an integer intrinsic `llvm.…` whose result has `width` bits."""
        texts = [f"i{argument.width} {argument.text}" for argument in arguments]
        return LlvmValue(self, self.call(f"i{width}", function, texts), width)
