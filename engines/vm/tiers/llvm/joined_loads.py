"""Neighbouring bytes that a block loads one by one and puts together: one access of the host reads them all.

Compilers for machines without misaligned accesses read words so, and what compares, copies and hashes memory spends
its time there: eight loads and fourteen shifts and disjunctions for one word. The first of the loads reads the word,
and the bytes are cut out of it; LLVM finds that what is put together is the word again, or has the other byte order.

The bytes are read a little early: nothing between may store, order accesses or be atomic. Loads of different addresses
may be seen in any order (ISA, "RVWMO Memory Consistency Model"). Where the host refuses the word, the interpreter
executes the loads one by one: of the bytes, some may be accessible.

What leaves the region in the middle of this would need each byte and each half of a word in its register. So it leaves
before the first of the bytes instead, with the registers as they were there: integer loads and arithmetic can be
executed again, and the interpreter comes to the same place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engines.vm.isa.describe import OperandKind
from engines.vm.tiers.llvm.region import Decoded

SIZES: Final = (8, 4, 2)
"""Bytes of a word, the largest first."""
_BITS: Final = 8


@dataclass(frozen=True, slots=True)
class Word:
    """Bytes that are read together.

    Attributes:
        offset: of the lowest byte from the base. size: how many.
        first: which instruction of the block reads it.
        is_signed: whether its upper byte is extended with its sign, and so the word is.
    """

    offset: int
    size: int
    first: int
    is_signed: bool


def joined_loads(insns: Sequence[Decoded]) -> dict[int, Word]:
    """By number of an instruction in a block, the word that its byte is part of."""
    found: dict[int, Word] = {}
    open_: dict[int, dict[int, int]] = {}
    """By base register, the numbers of loads off it as it is now, by offset."""
    for number, insn in enumerate(insns):
        name = insn.base.name
        if name in ("lbu", "lb") and insn.argument("rs1") and insn.argument("rd"):
            # Of two loads of one byte the first counts: which of them is meant cannot be told.
            open_.setdefault(insn.argument("rs1"), {}).setdefault(insn.argument("imm"), number)
        effects = insn.base.effects
        if effects.store_bytes or effects.atomic or effects.fence or effects.fence_i:
            _close(insns, open_, list(open_), found)
        for operand, value in zip(insn.base.operands, insn.arguments, strict=True):
            if operand.name == "rd" and operand.kind.name == "X":
                _close(insns, open_, [value], found)
    _close(insns, open_, list(open_), found)
    return found


def restarts(insns: Sequence[Decoded], words: Mapping[int, Word]) -> dict[int, range]:
    """By number of an instruction, the instructions from a first byte of `words` on that can be executed again, up to
    and with all that may leave among them."""
    found: dict[int, range] = {}
    number = 0
    while number < len(insns):
        if number not in words:
            number += 1
            continue
        end = number
        while end < len(insns) and _is_repeatable(insns[end]):
            end += 1
        found.update(dict.fromkeys(range(number, end), range(number, end)))
        number = end
    return found


def _is_repeatable(insn: Decoded) -> bool:
    """Whether it does nothing but to load into an integer register, or to compute one."""
    effects = insn.base.effects
    plain = not (effects.store_bytes or effects.atomic or effects.fence or effects.csr or effects.ends_block)
    return (
        plain
        and not effects.is_vector
        and all(operand.kind in (OperandKind.X, OperandKind.IMMEDIATE) for operand in insn.base.operands)
    )


def _close(
    insns: Sequence[Decoded], open_: dict[int, dict[int, int]], bases: Sequence[int], found: dict[int, Word]
) -> None:
    """The words among the loads off some bases, which take no more; added to `found`."""
    for base in bases:
        loads = open_.pop(base, {})
        for offset in sorted(loads):
            for size in SIZES:
                numbers = [loads.get(offset + n, -1) for n in range(size)]
                if min(numbers) < 0 or not found.keys().isdisjoint(numbers) or not _is_word(insns, numbers):
                    continue
                word = Word(offset, size, min(numbers), insns[numbers[-1]].base.name == "lb")
                found.update(dict.fromkeys(numbers, word))
                break


def _is_word(insns: Sequence[Decoded], numbers: Sequence[int]) -> bool:
    """Whether the bytes are put together: each but one is shifted by whole bytes; of eight, each but one of a half."""
    return sum(not _is_shifted(insns, number) for number in numbers) <= 1 + len(numbers) // 8


def _is_shifted(insns: Sequence[Decoded], number: int) -> bool:
    """Whether a loaded byte goes to another place in a word, in the same block."""
    register = insns[number].argument("rd")
    for insn in insns[number + 1 :]:
        if insn.base.name in ("slli", "slliw") and insn.argument("rs1") == register:
            return insn.argument("shamt") % _BITS == 0
        if any(o.name == "rd" and v == register for o, v in zip(insn.base.operands, insn.arguments, strict=True)):
            return False
    return False


__all__ = ["Word", "joined_loads", "restarts"]
