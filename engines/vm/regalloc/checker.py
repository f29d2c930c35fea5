"""An independent judge of allocations: executes a block symbolically and sees whether every read finds its value.

The lattice: each place holds a set of facts. The fact `value number` says "holds this value", `-1 - slot` says "holds
the guest register as the program has it now". A place about which nothing is known holds the empty set. Steps transfer:

- every use must find its value among the facts of the value's place;
- a definition replaces all facts of its place by the new value;
- `put`s in a row happen at once: each guest register's old fact dies everywhere, the new one is born in its pin;
- a guest register that is not pinned has a place in memory, `GUEST + slot`, where values may be read that were got from
  there; a `put` overwrites it, so none of the `put`s made at once may read it;
- wherever the block may be left, every pinned guest register must be in its pinned place.

Knows nothing of intervals or of how the allocator thinks; shares no code with it but the form of the steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from engines.vm.errors import MachineError
from engines.vm.regalloc.liveness import GET, LEAVE, NONE, PUT, Step

GUEST = 1024
"""Places of guest registers in memory begin here; a test holds this equal to the allocator's."""
_Facts = dict[int, frozenset[int]]
_NOTHING: frozenset[int] = frozenset()


class WrongAllocation(MachineError):  # noqa: N818  (says what was found)
    """An allocation that would compute something else; the message names step, value and place."""


def check(
    steps: Sequence[Step], pins: Mapping[int, int], places: Mapping[int, int], in_place: AbstractSet[int]
) -> None:
    """Judge an allocation.

    Args:
        pins: place by pinned guest slot.
        places: place by value.
        in_place: numbers of `put`s for which no move is made.

    Raises:
        WrongAllocation: some read finds another value, or a guest register is not where it must be.
    """
    facts: _Facts = {place: frozenset((-1 - slot,)) for slot, place in pins.items()}
    index = 0
    while index < len(steps):
        step = steps[index]
        if step.kind == PUT:
            after = index
            while after < len(steps) and steps[after].kind == PUT:
                after += 1
            _puts(steps[index:after], pins, places, in_place, facts)
            index = after
            continue
        index += 1
        _reads(step, places, facts)
        if step.kind == LEAVE:
            for slot, place in pins.items():
                if -1 - slot not in facts.get(place, _NOTHING):
                    raise WrongAllocation(f"step {step.value} may leave, but place {place} does not hold slot {slot}")
        if step.result == NONE:
            continue
        if step.value not in places:
            raise WrongAllocation(f"the result of step {step.value} has no place")
        place = places[step.value]
        if step.kind == GET and step.slot in pins:
            source = facts.get(pins[step.slot], _NOTHING)
            if -1 - step.slot not in source:
                raise WrongAllocation(f"step {step.value} gets slot {step.slot}, which its pinned place lost")
            facts[place] = source | {step.value}
        elif place >= GUEST:
            if step.kind != GET or place != GUEST + step.slot:
                raise WrongAllocation(f"the result of step {step.value} would overwrite guest register {place - GUEST}")
            facts[place] = facts.get(place, _NOTHING) | {step.value}
        else:
            facts[place] = frozenset((step.value,))


def _reads(step: Step, places: Mapping[int, int], facts: _Facts) -> None:
    for value in step.uses:
        if value not in places:
            raise WrongAllocation(f"step {step.value} uses value {value}, which has no place")
        if value not in facts.get(places[value], _NOTHING):
            raise WrongAllocation(f"step {step.value} uses value {value}, which place {places[value]} does not hold")


def _puts(
    run: Sequence[Step], pins: Mapping[int, int], places: Mapping[int, int], in_place: AbstractSet[int], facts: _Facts
) -> None:
    before = dict(facts)
    written = {-1 - step.slot for step in run}
    for place, held in before.items():
        facts[place] = held - written
    for step in run:
        _reads(step, places, before)
        if step.slot not in pins:
            facts.pop(GUEST + step.slot, None)
    overwritten = {GUEST + step.slot for step in run if step.slot not in pins}
    for step in run:
        if step.uses and places[step.uses[0]] in overwritten:
            raise WrongAllocation(f"put {step.value} reads a guest register that is written at the same time")
        if step.slot not in pins:
            continue
        place, new = pins[step.slot], frozenset((-1 - step.slot,))
        if step.value in in_place:
            if not step.uses or places[step.uses[0]] != place:
                raise WrongAllocation(
                    f"put {step.value} is said to need no move, but its value is not in place {place}"
                )
            facts[place] = facts[place] | new
        elif step.uses:
            facts[place] = (before[places[step.uses[0]]] - written) | new
        else:
            facts[place] = new
