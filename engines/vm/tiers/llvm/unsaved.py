"""Which registers have their values in variables only where a block begins; the record has those of all others.

What leaves a region saves what is unsaved, and nothing else. Where ways meet, a register is unsaved if it is on all of
them; others save it on their way. So a call that leaves saves what was written since the last one, not all that the
region writes anywhere, and what is not used again needs no host register.

In a loop that is not left for calls this would save in every round. There, all that its blocks write is unsaved from
where it begins, and who comes in with a value that the record has takes it from there. So it is in a loop inside one
that is left for calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from engines.vm.tiers.llvm.region import Block, End, Region, successors

Names = frozenset[str]
NONE: Final[Names] = frozenset()


def unsaved(region: Region, writes: Mapping[int, Names]) -> dict[int, Names]:
    """By pc of a block, the unsaved registers, as variables are named; `writes` are those that a block writes."""
    forced = in_loops(region, writes)
    everything = NONE.union(*writes.values())
    found = dict.fromkeys(region.blocks, everything)
    found |= {head: forced.get(head, NONE) for head in region.heads}
    todo = set(region.blocks)
    while todo:
        pc = todo.pop()
        after = found[pc] | writes[pc]
        for following in successors(region, region.blocks[pc]):
            met = found[following] & (after | forced.get(following, NONE))
            if met != found[following]:
                found[following] = met
                todo.add(following)
    return found


def in_loops(region: Region, writes: Mapping[int, Names]) -> dict[int, Names]:
    """By pc of a block, what the loops around it write that are not left for calls."""
    onward = {pc: _onward(region, block) for pc, block in region.blocks.items()}
    left = {pc for pc, block in region.blocks.items() if _is_left_for_more(region, block)}
    found: dict[int, Names] = {}
    todo = [(list(region.heads), onward)]
    while todo:
        starts, graph = todo.pop()
        before: dict[int, list[int]] = {}
        for pc, places in graph.items():
            for following in places:
                before.setdefault(following, []).append(pc)
        seen: set[int] = set()
        for first in _come_back_to(starts, graph):
            body = set() if first in seen else _loop(first, graph, before)
            seen |= body
            if body & left:
                inner = {pc: [to for to in graph[pc] if to in body and to != first] for pc in body - {first}}
                todo.append(([to for to in graph[first] if to in inner], inner))
                continue
            written = NONE.union(*(writes[pc] for pc in body))
            for pc in body:
                found[pc] = written
    return found


def _onward(region: Region, block: Block) -> list[int]:
    """Where a block goes on. A call goes on behind it, too, and a return, which may go behind any call, nowhere: a
    function that is called inside a loop would be part of all loops that it is called in."""
    if block.end is End.LEAVE:
        behind = [block.pc + length for length in (2, 4)]
        return [pc for pc in behind if pc in region.heads]
    if block.is_return:
        return []
    return [*successors(region, block), *([block.next_pc] if block.links and block.next_pc in region.blocks else [])]


def _is_left_for_more(region: Region, block: Block) -> bool:
    """Whether a block leaves the region for what comes back."""
    return block.end is End.LEAVE or (block.links and not successors(region, block))


def _come_back_to(heads: Iterable[int], onward: Mapping[int, list[int]]) -> list[int]:
    """The blocks that depth-first search finds again on its way, in its order: of nested loops, the outer one first."""
    found: set[int] = set()
    done: dict[int, bool] = {}
    for head in heads:
        stack = [(head, iter(onward[head]))] if head not in done else []
        done.setdefault(head, False)
        while stack:
            pc, rest = stack[-1]
            for following in rest:
                if following not in done:
                    done[following] = False
                    stack.append((following, iter(onward[following])))
                    break
                if not done[following]:
                    found.add(following)
            else:
                done[pc] = True
                stack.pop()
    return [pc for pc in done if pc in found]


def _loop(first: int, onward: Mapping[int, list[int]], before: Mapping[int, list[int]]) -> set[int]:
    """The blocks on ways from `first` back to it; nothing if there is none."""
    ahead = _reached(first, onward)
    if first not in ahead:
        return set()
    return ahead & _reached(first, before)


def _reached(pc: int, onward: Mapping[int, list[int]]) -> set[int]:
    """What is reached from `pc` by one step or more."""
    found: set[int] = set()
    todo = list(onward.get(pc, ()))
    while todo:
        at = todo.pop()
        if at not in found:
            found.add(at)
            todo += onward.get(at, ())
    return found


__all__ = ["NONE", "Names", "in_loops", "unsaved"]
