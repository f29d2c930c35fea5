"""Small functions become part of a region once for each call, so that each copy returns to one place.

Where many calls share a function's blocks, all values that live across the calls must lie in the same host registers
there, and the return is a jump through a table. A copy is compiled where it is called. What returns elsewhere than
behind its call, as a guest may, leaves the region.

Functions with loops are not copied: where a slice of the run ends the guest leaves them, and comes back to an address,
which copies do not have. Nor are those that call.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from engines.vm.tiers.llvm.region import KEY_BITS, Block, End, Region, finish, successors

MOST_COPIED: Final = 40
"""Instructions of a function that is copied."""


def copy_called(region: Region, most: int) -> None:
    """Give calls of small functions their copies, which have at most `most` instructions together."""
    blocks = region.blocks
    bodies: dict[int, list[Block]] = {}
    copied: dict[int, Block] = {}
    returned_to: set[int] = set()
    left = most
    for call in [blocks[pc] for pc in sorted(blocks)]:
        if not call.links or not call.targets or call.next_pc not in blocks:
            continue
        targets = []
        for target in call.targets:
            if target not in bodies:
                bodies[target] = _body(region, target)
            insns = sum(len(block.insns) for block in bodies[target])
            if 0 < insns <= left:
                left -= insns
                targets.append(_copy(bodies[target], call.next_pc, copied))
            else:
                targets.append(target)
        call.targets = tuple(targets)
        if copied.keys() >= set(targets):
            returned_to.add(call.next_pc)
    if copied:
        for block in blocks.values():
            if block.is_return:
                block.targets = tuple(pc for pc in block.targets if pc not in returned_to)
        blocks |= copied
        finish(region)


def _copy(body: list[Block], behind: int, copied: dict[int, Block]) -> int:
    """Add a copy of a function's blocks, the first of which is entered, to `copied`; the key of its entry."""
    number = len(copied) + 1
    keys = {block.pc: block.pc | number << KEY_BITS for block in body}
    for block in body:
        targets = (behind,) if block.end is End.INDIRECT else tuple(keys.get(pc, pc) for pc in block.targets)
        key = keys[block.pc]
        copied[key] = replace(block, pc=key, targets=targets)
    return keys[body[0].pc]


def _body(region: Region, start: int) -> list[Block]:
    """The blocks of a small function without loops and calls that returns, in the order of a walk; or nothing."""
    if start not in region.blocks:
        return []
    found: dict[int, Block] = {}
    todo = [start]
    insns = 0
    while todo:
        pc = todo.pop()
        if pc in found:
            continue
        block = found[pc] = region.blocks[pc]
        insns += len(block.insns)
        is_return = block.end is End.INDIRECT and block.is_return
        if block.links or insns > MOST_COPIED or block.end is End.LEAVE or (block.end is End.INDIRECT) != is_return:
            return []
        todo += [] if is_return else successors(region, block)
    body = list(found.values())
    is_loop = any(to <= block.pc for block in body if block.end is not End.INDIRECT for to in block.targets)
    return [] if is_loop or not any(block.is_return for block in body) else body


__all__ = ["MOST_COPIED", "copy_called"]
