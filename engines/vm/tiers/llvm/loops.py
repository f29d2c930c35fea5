"""The loops of a region, and which of them are innermost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engines.vm.tiers.llvm.region import Region, successors


@dataclass(frozen=True)
class Loop:
    """Blocks of a region that come back to `first`; `is_innermost`: there are no loops and calls in it.

    `depth`: how many others it is in.
    """

    first: int
    blocks: frozenset[int]
    is_innermost: bool
    depth: int

    @property
    def is_resumed(self) -> bool:
        """Whether its own region is entered there: not at innermost loops inside others."""
        return self.depth == 0 or not self.is_innermost


def loops_of(region: Region) -> list[Loop]:
    """The loops of a region; outer ones come before those inside."""
    order = _in_order(region)
    return _loops(region, order, set(order))


def _loops(region: Region, order: Sequence[int], among: set[int], depth: int = 0) -> list[Loop]:
    """Of the loops of some blocks."""
    found: list[Loop] = []
    before: dict[int, list[int]] = {}
    for pc in among:
        for following in successors(region, region.blocks[pc]):
            before.setdefault(following, []).append(pc)
    covered: set[int] = set()
    for pc in order:
        if pc not in among or pc in covered or pc not in region.checks:
            continue
        onward = _reached(pc, lambda at: [to for to in successors(region, region.blocks[at]) if to in among])
        cycle = onward & _reached(pc, lambda at: before.get(at, []))
        if cycle:
            covered |= cycle
            inner = _loops(region, order, cycle - {pc}, depth + 1)
            calls = any(region.blocks[at].links for at in cycle)
            found += [Loop(pc, frozenset(cycle), not inner and not calls, depth), *inner]
    return found


def _in_order(region: Region) -> list[int]:
    """The blocks as a walk from the heads comes to them."""
    found: dict[int, None] = {}
    todo = list(reversed(region.heads))
    while todo:
        pc = todo.pop()
        if pc not in found:
            found[pc] = None
            todo += reversed(successors(region, region.blocks[pc]))
    return list(found)


def _reached(pc: int, onward: Callable[[int], Sequence[int]]) -> set[int]:
    """What is reached from `pc` by one step or more."""
    found: set[int] = set()
    todo = list(onward(pc))
    while todo:
        at = todo.pop()
        if at not in found:
            found.add(at)
            todo += onward(at)
    return found


__all__ = ["Loop", "loops_of"]
