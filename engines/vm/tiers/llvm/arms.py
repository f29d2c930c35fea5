"""Branches whose two arms are a few integer instructions each, and then branch to the same two places.

Both arms are executed and the results selected, as compilers of machines with conditional moves have it: the step of a
merge or of a binary search, whose branch nobody predicts. What such a branch costs when it is predicted wrongly is some
twenty instructions. LLVM does this where both arms end in one place, and not where each has a branch of its own. It is
done in innermost loops, where such branches are hot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engines.vm.tiers.llvm.region import Block, Decoded, End, Region

MOST_INSNS: Final = 4
"""Of an arm, with its branch."""
PURE: Final = frozenset(
    {
        *("lui", "auipc", "add", "addi", "addw", "addiw", "sub", "subw", "and", "andi", "or", "ori", "xor", "xori"),
        *("slt", "slti", "sltu", "sltiu", "sll", "slli", "sllw", "slliw", "srl", "srli", "srlw", "srliw"),
        *("sra", "srai", "sraw", "sraiw"),
    }
)
"""Cost little, and do nothing but write a register."""


@dataclass(frozen=True)
class Arm:
    """An arm: its block, and for each of both places the blocks from there that lead to it.

    Attributes:
        is_turned: whether the arm's branch goes to the second place where it is taken.
        ways: to the first and to the second place: the arm's block, and maybe one that only jumps on.
    """

    block: Block
    is_turned: bool
    ways: tuple[tuple[Block, ...], tuple[Block, ...]]


@dataclass(frozen=True)
class Arms:
    """Both arms of a branch, that where it is taken first, and the two places."""

    arms: tuple[Arm, Arm]
    places: tuple[int, int]


def arms_of(region: Region, block: Block) -> Arms | None:
    """The arms of a block's branch; None where they must stay apart."""
    if block.end is not End.BRANCH:
        return None
    first, second = (_ends(region, target) for target in block.targets)
    if first is None or second is None or block.targets[0] == block.targets[1]:
        return None
    places = first[1][0], first[1][1]
    is_turned = second[1] == places[::-1]
    if places[0] == places[1] or not (is_turned or second[1] == places):
        return None
    ways = second[2][::-1] if is_turned else second[2]
    return Arms((Arm(first[0], False, first[2]), Arm(second[0], is_turned, ways)), places)


def _ends(region: Region, pc: int) -> tuple[Block, tuple[int, int], tuple[tuple[Block, ...], tuple[Block, ...]]] | None:
    """If an arm may begin at `pc`: its block, where that leads, and by which blocks."""
    block = region.blocks.get(pc)
    if block is None or block.end is not End.BRANCH or len(block.insns) > MOST_INSNS or not _is_passed(region, pc):
        return None
    if any(insn.base.name not in PURE for insn in block.insns[:-1]):
        return None
    (taken, by), (other, by_other) = (_onward(region, block, target) for target in block.targets)
    return block, (taken, other), (by, by_other)


def _onward(region: Region, block: Block, target: int) -> tuple[int, tuple[Block, ...]]:
    """Where a way to `target` leads, behind a block that only jumps, and by which blocks."""
    onward = region.blocks.get(target)
    if onward is None or onward.end is not End.JUMP or not _is_passed(region, target):
        return target, (block,)
    return (onward.targets[0], (block, onward)) if _only_jumps(onward.insns) else (target, (block,))


def _only_jumps(insns: list[Decoded]) -> bool:
    return len(insns) == 1 and insns[0].base.name == "jal" and not insns[0].argument("rd")


def _is_passed(region: Region, pc: int) -> bool:
    """Whether nothing is asked or compared where a block begins."""
    return pc not in region.checks and pc not in region.heads


__all__ = ["MOST_INSNS", "PURE", "Arm", "Arms", "arms_of"]
