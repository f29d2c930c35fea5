"""Where the returns of a program's regions go: behind the calls that lead to them, which may be in other regions.

A return that leaves its region compares its register with those places before it asks the table of entries, so that
it can be linked with them (decision 0028). A place that is missing here costs a return its way through the table, and
one too many a comparison: what the guest does is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engines.vm.tiers.llvm.region import Region

MOST_CALLERS: Final = 8
"""Places that a return is compared with; what is called from more of them asks the table at once."""


def find_callers(planned: Sequence[tuple[Region, tuple[int, ...]]]) -> None:
    """Set `returned_to` of all regions of a program, each given with the heads that no other one has."""
    owner = {head: number for number, (_, own) in enumerate(planned) for head in own}
    behind: list[set[int]] = [set() for _ in planned]
    ahead: list[set[int]] = [set() for _ in planned]
    """By region, those that go on in the same function, or in one that returns for it."""
    for number, (region, _) in enumerate(planned):
        for block in region.blocks.values():
            called = [owner[pc] for pc in block.targets if pc in owner and pc not in region.blocks]
            if not block.links:
                ahead[number].update(called)
            elif block.next_pc in owner:
                ahead[number].add(owner[block.next_pc])
                for other in called:
                    behind[other].add(block.next_pc)
    todo = set(range(len(planned)))
    while todo:
        number = todo.pop()
        for other in ahead[number]:
            if not behind[number] <= behind[other]:
                behind[other] |= behind[number]
                todo.add(other)
    for (region, _), places in zip(planned, behind, strict=True):
        outside = sorted(places - region.blocks.keys())
        region.returned_to = tuple(outside) if len(outside) <= MOST_CALLERS else ()


__all__ = ["MOST_CALLERS", "find_callers"]
