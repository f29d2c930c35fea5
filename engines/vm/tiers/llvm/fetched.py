"""Which registers have their values in variables where a block begins; the record has those of all others.

A register is fetched from the record where it is first read: what a region reads on few of its ways costs nothing on
others, and needs no host register before. Where ways meet, a register is held if it is on all of them, or if it is on
one of them and sure to be read from there: the others then fetch it. In a loop that is not left for calls, all that its
blocks read or write is held from where it begins.
"""

from __future__ import annotations

from collections.abc import Mapping

from engines.vm.tiers.llvm.operands import read_first, written
from engines.vm.tiers.llvm.region import End, Region, successors
from engines.vm.tiers.llvm.unsaved import NONE, Names, in_loops


def fetched(region: Region, sooner: Mapping[int, Names]) -> dict[int, Names]:
    """By pc of a block, the registers that are held where it begins, as variables are named; those of `sooner` are."""
    reads = {pc: read_first(block.insns) for pc, block in region.blocks.items()}
    writes = {pc: NONE.union(*map(written, block.insns)) for pc, block in region.blocks.items()}
    touched = {pc: reads[pc] | writes[pc] for pc in region.blocks}
    in_loop = in_loops(region, touched)
    least = {pc: sooner.get(pc, NONE) | in_loop.get(pc, NONE) for pc in region.blocks}
    sure = _surely_read(region, reads, writes)
    before: dict[int, list[int]] = {pc: [] for pc in region.blocks}
    for pc, block in region.blocks.items():
        for following in successors(region, block):
            before[following].append(pc)
    heads = frozenset(region.heads)
    found = dict.fromkeys(region.blocks, NONE.union(*touched.values(), *least.values()))
    for wanted in (dict.fromkeys(region.blocks, NONE), sure):  # what is on all ways first, then what some lack, too
        todo = set(region.blocks)
        while todo:
            pc = todo.pop()
            ways = [found[last] | touched[last] for last in before[pc]]
            on_all = NONE if pc in heads else frozenset.intersection(*ways)
            now = least[pc] | on_all | (NONE.union(*ways) & wanted[pc])
            if now != found[pc]:
                found[pc] = now
                todo.update(successors(region, region.blocks[pc]))
    return found


def _surely_read(region: Region, reads: Mapping[int, Names], writes: Mapping[int, Names]) -> dict[int, Names]:
    """By pc of a block, the registers that every way from its beginning reads before it writes them."""
    found = dict.fromkeys(region.blocks, NONE.union(*reads.values()))
    changed = True
    while changed:
        changed = False
        for pc, block in reversed(region.blocks.items()):
            onward = [found.get(target, NONE) for target in block.targets]
            is_open = block.end in (End.INDIRECT, End.LEAVE) or not onward
            now = reads[pc] | ((NONE if is_open else frozenset.intersection(*onward)) - writes[pc])
            if now != found[pc]:
                found[pc], changed = now, True
    return found


__all__ = ["fetched"]
