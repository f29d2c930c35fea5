"""The registers that instructions read and write, as the variables of a region are named: `x5`, `f7`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engines.vm.isa.describe import OperandKind
from engines.vm.tiers.llvm.region import Decoded
from engines.vm.tiers.llvm.unsaved import Names

_FILES = {OperandKind.X: "x", OperandKind.F: "f"}


def written(insn: Decoded) -> list[str]:
    """The registers that the instruction writes."""
    return [name for operand, name in _registers(insn) if operand == "rd"]


def reads(insn: Decoded) -> list[str]:
    """The registers that the instruction reads."""
    return [name for operand, name in _registers(insn) if operand != "rd"]


def read_first(insns: Iterable[Decoded]) -> Names:
    """The registers that instructions, one after the other, read before they write them."""
    found: set[str] = set()
    overwritten: set[str] = set()
    for insn in insns:
        found.update(name for name in reads(insn) if name not in overwritten)
        overwritten.update(written(insn))
    return frozenset(found)


def _registers(insn: Decoded) -> Iterator[tuple[str, str]]:
    """The operands that are integer or floating-point registers, without x0: what they are called, and the register."""
    for operand, value in zip(insn.base.operands, insn.arguments, strict=True):
        file = _FILES.get(operand.kind)
        if file is not None and (value or file != "x"):
            yield operand.name, f"{file}{value}"


__all__ = ["read_first", "reads", "written"]
