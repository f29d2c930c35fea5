"""Which floating-point registers may hold a NaN as the host makes it, where RISC-V has the canonical one.

The guest's value is the canonical NaN where such a *loose* register holds any NaN, and the register's value elsewhere.
Arithmetic on loose operands makes loose results, since what it makes of a NaN is a quiet NaN, whichever that was, and
its flags are the same; so are comparisons and conversions to integers. What shows the bits of a NaN, stores, moves and
sign injections, takes the canonical one if there is one, where the host exchanges NaNs in one instruction; elsewhere it
leaves to the interpreter. Ways out of a region write the canonical NaN.

A multiplication with addition is never loose: x86 does not raise NV for infinity times zero plus a quiet NaN.

Where blocks meet, a register that is loose on one way is loose; other ways there must not bring a NaN, and ask unless
that is known. So of a loop that accumulates only the way in asks.

Source: RISC-V Unprivileged ISA, chapter "F", "NaN Generation and Propagation"; Intel SDM Vol. 1 §4.8.3.5.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from engines.vm.isa.describe import OperandKind
from engines.vm.tiers.llvm.region import Block, Decoded, Region, successors

FORMATS: Final = {"s": 32, "d": 64}
ARITHMETIC: Final = frozenset({"fadd", "fsub", "fmul", "fdiv", "fsqrt"})
"""Makes a quiet NaN of any NaN among its operands."""
FUSED: Final = frozenset({"fmadd", "fmsub", "fnmadd", "fnmsub"})
"""Never loose, see above."""
_TO_INTEGER: Final = frozenset({"w", "wu", "l", "lu"})
_BLIND: Final = ARITHMETIC | FUSED | {"feq", "flt", "fle", "fclass"}
"""Does the same with every quiet NaN."""


class State(IntEnum):
    """What is known of a register. Where ways meet the greater one holds."""

    NUMBER = 0
    EXACT = 1
    LOOSE = 2


def result_format(insn: Decoded) -> int | None:
    """The format of what the instruction computes, if that could be loose."""
    parts = insn.base.name.split("_")
    if parts[0] in ARITHMETIC or _is_copy(insn):
        return FORMATS[parts[1]]
    if parts[0] == "fcvt" and parts[1] in FORMATS and parts[2] in FORMATS:
        return FORMATS[parts[1]]
    return None


def _is_copy(insn: Decoded) -> bool:
    return insn.base.name.startswith("fsgnj_") and insn.argument("rs1") == insn.argument("rs2")


def _floats(insn: Decoded) -> tuple[list[int], int | None]:
    """The floating-point registers that the instruction reads, and the one that it writes."""
    read, written = [], None
    for operand, value in zip(insn.base.operands, insn.arguments, strict=True):
        if operand.kind is OperandKind.F:
            if operand.name == "rd":
                written = value
            else:
                read.append(value)
    return read, written


class Nans:
    """The states of the registers where the blocks of a region begin.

    Args:
        are_exchanged: what shows NaNs takes the canonical one, and its operand stays as it is.

    Attributes:
        formats: by register, the format of the NaNs that it may hold when it is loose; others never are.
        before: by pc of a block and register; a register that is not there is `EXACT`.
    """

    def __init__(self, region: Region, *, are_exchanged: bool = False) -> None:
        self._region = region
        self._are_exchanged = are_exchanged
        self.formats: dict[int, int] = {}
        both: set[int] = set()
        for block in region.blocks.values():
            for insn in block.insns:
                fmt, (_, rd) = result_format(insn), _floats(insn)
                if fmt is not None and rd is not None and self.formats.setdefault(rd, fmt) != fmt:
                    both.add(rd)
        for rd in both:
            del self.formats[rd]
        self.before: dict[int, dict[int, State]] = {head: {} for head in region.heads}
        self._find()

    def _find(self) -> None:
        todo = list(self._region.heads)
        while todo:
            pc = todo.pop()
            after = self.after(self._region.blocks[pc])
            for following in successors(self._region, self._region.blocks[pc]):
                old = self.before.get(following)
                new = after if old is None else _met(after, old)
                if new != old:
                    self.before[following] = dict(new)
                    todo.append(following)

    def after(self, block: Block) -> dict[int, State]:
        """The states at the end of a block."""
        states = dict(self.before[block.pc])
        for insn in block.insns:
            self.execute(insn, states)
        return states

    def _blind_format(self, insn: Decoded) -> int | None:
        """The format that the instruction takes its operands for, if all NaNs are the same to it."""
        parts = insn.base.name.split("_")
        if parts[0] in _BLIND or (_is_copy(insn) and self.makes_loose(insn)):
            return FORMATS[parts[1]]
        if parts[0] == "fcvt" and parts[2] in FORMATS and (parts[1] in _TO_INTEGER or self.makes_loose(insn)):
            return FORMATS[parts[2]]
        return None

    def shown(self, insn: Decoded, states: dict[int, State]) -> list[int]:
        """The loose registers whose bits the instruction shows."""
        read, _ = _floats(insn)
        blind = self._blind_format(insn)
        return [
            register
            for register in dict.fromkeys(read)
            if states.get(register) is State.LOOSE and (blind is None or blind != self.formats[register])
        ]

    def makes_loose(self, insn: Decoded) -> bool:
        """Whether the instruction may leave a NaN as the host makes it."""
        _, rd = _floats(insn)
        fmt = result_format(insn)
        return fmt is not None and rd is not None and self.formats.get(rd) == fmt

    def execute(self, insn: Decoded, states: dict[int, State]) -> None:
        """Go on behind an instruction, which may have left the region if it would have shown a NaN."""
        if not self._are_exchanged:
            states.update(dict.fromkeys(self.shown(insn, states), State.NUMBER))
        read, rd = _floats(insn)
        if rd is None:
            return
        state = State.EXACT
        if _is_copy(insn):
            if self.makes_loose(insn) and self.formats.get(read[0]) == self.formats[rd]:
                state = states.get(read[0], State.EXACT)
        elif self.makes_loose(insn):
            state = State.LOOSE
        elif _number_format(insn) == self.formats.get(rd):
            state = State.NUMBER
        states[rd] = state

    def missing(self, states: dict[int, State], target: int) -> list[int]:
        """The registers that must be no NaN on a way with these states to a block."""
        before = self.before[target]
        return sorted(
            register
            for register, state in before.items()
            if state is State.LOOSE and states.get(register, State.EXACT) is State.EXACT
        )


def _number_format(insn: Decoded) -> int | None:
    """The format of a result that is no NaN: the instruction left the region if it was, or it never is."""
    parts = insn.base.name.split("_")
    if parts[0] in FUSED or (parts[0] == "fcvt" and parts[1] in FORMATS and parts[2] in _TO_INTEGER):
        return FORMATS[parts[1]]
    return None


def _met(a: dict[int, State], b: dict[int, State]) -> dict[int, State]:
    return {r: max(a.get(r, State.EXACT), b.get(r, State.EXACT)) for r in a.keys() | b.keys()}


def loose(states: dict[int, State]) -> frozenset[int]:
    """The registers that are loose."""
    return frozenset(register for register, state in states.items() if state is State.LOOSE)


__all__ = ["FUSED", "Nans", "State", "loose", "result_format"]
