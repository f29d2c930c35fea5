"""Which guest registers hold addresses near the address space, found out for a whole region (decision 0015).

Code for guarded memory compares a base with the end of the address space once, for an access that was made shows that
its base is near. That outlives the block: where a pointer walks through memory in a loop, each iteration's access shows
it for the next. A loop's head may take for granted what every way back to its head gives; ways in from elsewhere check.

A slot is *near* where that guest register's value is at most `REACH` away from the address space, on either side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from engines.vm.hosts.contents import ACCESSES, GETS, Contents
from engines.vm.ir.block import Block
from engines.vm.ir.ops import OPCODE, OPS, Instruction

REACH: Final = 1 << 20
NEAR: Final = -2
FAR: Final = -1
_ADD: Final = OPCODE["add.i64"]
_JUMP: Final = OPCODE["jump"]
_BRANCH: Final = OPCODE["branch"]
_ACCESSES: Final = {code: (1 + OPS[code].arity, OPS[code].memory_bytes) for code in ACCESSES}
"""Where the offset stands, and how many bytes, by opcode; the base comes first."""


@dataclass
class Summary:
    """What a block does to nearness.

    Attributes:
        block: the one.
        gets: values that are guest registers as the block found them, by value number.
        shown: slots that an access shows to be near although the block leaves them as they are.
        given: slots that the block writes: `NEAR`, `FAR` (which is to say, unknown), or the slot whose old value it is.
        used: slots that are bases as the block found them.
        targets: where the block's end leads directly, with all of its instructions retired.
    """

    block: Block
    gets: dict[int, int] = field(default_factory=dict)
    shown: set[int] = field(default_factory=set)
    given: dict[int, int] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    targets: tuple[int, ...] = ()

    def gives(self, slot: int, near: frozenset[int]) -> bool:
        """Whether `slot` is near at the block's end, the slots `near` being so at its head."""
        source = self.given.get(slot)
        if source is None:
            return slot in near or slot in self.shown
        return source == NEAR or source in near


def origin(code: Sequence[Instruction], constants: Mapping[int, int], value: int, reach: int) -> tuple[int, int]:
    """The value that an address is a constant distance from, and the distance, as far as it is at most `reach`."""
    distance = 0
    while code[value][0] == _ADD:
        _, a, b = code[value]
        if a in constants:
            a, b = b, a
        step = constants.get(b)
        if step is None:
            break
        step = (step ^ 1 << 63) - (1 << 63)
        if abs(distance + step) > reach:
            break
        value, distance = a, distance + step
    return value, distance


def summarise(contents: Contents) -> Summary:
    """Look at each access, each `get` and each `put` once; of one block, the first time only."""
    if contents.nearness is not None:
        return contents.nearness
    code, constants = contents.block.code, contents.constants
    found = Summary(contents.block, targets=_targets(contents.block))
    accessed: dict[int, int] = {}
    puts: dict[int, int] = {}
    gets = found.gets
    for number in contents.moves:
        instruction = code[number]
        if instruction[0] not in GETS:
            puts[instruction[2]] = instruction[1]
        elif instruction[1] not in puts:
            gets[number] = instruction[1]
    for number in contents.accesses:
        instruction = code[number]
        if instruction[1] not in constants:
            root, distance = origin(code, constants, instruction[1], REACH)
            at, size = _ACCESSES[instruction[0]]
            distance = abs(distance + instruction[at]) + size
            if distance <= REACH:
                accessed[root] = min(distance, accessed.get(root, REACH))
    found.used = {gets[root] for root in accessed if root in gets}
    found.shown = {slot for slot in found.used if slot not in puts}
    for slot, value in puts.items():
        if value in constants:
            found.given[slot] = FAR
            continue
        root, distance = origin(code, constants, value, REACH)
        if root in accessed and accessed[root] + abs(distance) <= REACH:
            found.given[slot] = NEAR
        else:
            found.given[slot] = FAR if distance else gets.get(root, FAR)
    contents.nearness = found
    return found


def find(blocks: Sequence[Contents]) -> dict[int, tuple[Summary, frozenset[int]]]:
    """By pc: what the block does, and the slots that its head takes for granted to be near.

    At the head of a loop these are slots that its first or its last block uses, which every way back gives; elsewhere,
    those that all ways give that lead there from a block's end. What nobody uses is left out.
    """
    summaries = {contents.block.pc: summarise(contents) for contents in blocks}
    before: dict[int, list[int]] = {pc: [] for pc in summaries}
    for pc, summary in summaries.items():
        for target in summary.targets:
            if target in before:
                before[target].append(pc)
    everything = frozenset(slot for summary in summaries.values() for slot in summary.used)
    if not everything:
        return {pc: (summary, everything) for pc, summary in summaries.items()}
    heads: dict[int, frozenset[int]] = {}
    ways: dict[int, list[int]] = {}
    for pc, sources in before.items():
        back = [source for source in sources if source >= pc]
        ways[pc] = back or sources
        if back:
            always = set.intersection(*(summaries[source].used for source in back))
            heads[pc] = frozenset(summaries[pc].used | always)
        else:
            heads[pc] = everything if sources else frozenset()
    todo: Iterable[int] = ways
    while todo:
        again: set[int] = set()  # what blocks lead to that give less now
        for pc in todo:
            near = heads[pc]
            for source in ways[pc]:
                if not near:
                    break
                before_it, summary = heads[source], summaries[source]
                given, shown = summary.given, summary.shown
                still = [  # as `Summary.gives` has it
                    slot
                    for slot in near
                    if ((of := given.get(slot, slot)) in before_it or of == NEAR or (of == slot and slot in shown))
                ]
                if len(still) < len(near):
                    near = frozenset(still)
            if len(near) < len(heads[pc]):
                heads[pc] = near
                again.update([target for target in summaries[pc].targets if target in ways])
        todo = again
    return {pc: (summaries[pc], near) for pc, near in _wanted(summaries, heads).items()}


def _wanted(summaries: Mapping[int, Summary], heads: Mapping[int, frozenset[int]]) -> dict[int, frozenset[int]]:
    """Of the slots in `heads`, those that the block uses or hands on to one that wants them."""
    wanted = {pc: heads[pc] & summary.used for pc, summary in summaries.items()}
    changed = True
    while changed:
        changed = False
        for pc, summary in summaries.items():
            if wanted[pc] == heads[pc]:
                continue
            given = summary.given
            handed = {given.get(slot, slot) for target in summary.targets for slot in wanted.get(target, ())}
            more = wanted[pc] | (heads[pc] & handed)
            if more != wanted[pc]:
                wanted[pc] = more
                changed = True
    return wanted


def _targets(block: Block) -> tuple[int, ...]:
    """Where a block's end leads directly, with all of its instructions retired."""
    last = block.code[-1]
    if last[0] == _JUMP and last[2] == block.insns:
        return (last[1],)
    if last[0] == _BRANCH and last[4] == block.insns:
        return (last[2], last[3])
    return ()


__all__ = ["FAR", "NEAR", "REACH", "Summary", "find", "origin", "summarise"]
