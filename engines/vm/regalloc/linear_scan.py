"""Linear scan over one block, with guest registers pinned to host registers for a whole region.

Every value has one place for its whole life: a register, or a stack slot where registers run out (then the value that
is used least for how long it lives goes). What is read from a guest register that is not pinned and not written before
the last use can stay where it is: it does if it is used once, or if it would have to go to the stack. Two rules save
moves around pinned guest registers:

- *reading in place*: what `get` answers stays in the pinned register if the guest register is not written before the
  last use;
- *computing in place*: what is going to be `put` is computed in the pinned register itself, if in between nobody reads
  the guest register's old value and nothing may leave the block.

The contract is stated by `engines.vm.regalloc.checker`, which shares nothing with this module but `Step`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Final

from engines.vm.errors import MachineError
from engines.vm.regalloc.liveness import FLOAT, INTEGER, LEAVE, PUT, Lives, Mark, Step, lives

FLOAT_PLACE: Final = 32
STACK: Final = 64
"""Places: integer registers 0 …, float registers from `FLOAT_PLACE`, stack slots from `STACK`."""
GUEST: Final = 1024
"""Places from here on: a guest register that is not pinned, in the CPU record."""


class OutOfStack(MachineError):  # noqa: N818  (says what ran out)
    """A block needs more stack slots than its host offers."""


@dataclass(frozen=True)
class Registers:
    """What the allocator may use.

    Attributes:
        pins: place by pinned guest slot.
        integers, floats: places for other values, the best first.
        stack_slots: how many there are.
        guest_places: whether operations can read integers from the CPU record.
    """

    pins: Mapping[int, int]
    integers: tuple[int, ...]
    floats: tuple[int, ...]
    stack_slots: int
    guest_places: bool = False


@dataclass
class Allocation:
    """Where values live.

    Attributes:
        places: by value.
        in_place: `put`s, by value number of the put, that need no move.
        spilled: how many values live on the stack.
        stack_slots: how many slots are used.
        lives: what was found out about the steps, for another allocation of the same.
    """

    places: dict[int, int]
    in_place: set[int]
    spilled: int = 0
    stack_slots: int = 0
    lives: Lives | None = None


def allocate(
    steps: Sequence[Step], registers: Registers, enabled: bool = True, known: Lives | None = None
) -> Allocation:
    """Give every result a place.

    Args:
        known: what `lives` says of the steps, if that was asked before.
        enabled: False gives every value that is not pinned a stack slot and joins nothing; for measurements only.

    Raises:
        OutOfStack: more values at once than registers and stack slots.
    """
    known = known or lives(steps)
    results, marks, born, last, counts = known
    pins = registers.pins
    places: dict[int, int] = {}
    in_place: set[int] = set()
    joined = _joinable(marks, born, last, pins) if enabled else {}
    guest_places = enabled and registers.guest_places
    homes: dict[int, int] = {}
    free = {INTEGER: list(registers.integers[::-1]), FLOAT: list(registers.floats[::-1])}
    if not enabled:
        free = {INTEGER: [], FLOAT: []}
    active: dict[int, list[tuple[int, int, int]]] = {INTEGER: [], FLOAT: []}
    stack: list[tuple[int, int]] = []
    free_slots: list[int] = []
    used_slots = 0
    spilled = 0
    occupied: dict[int, int] = {}
    for number, result, guest, position, end, until in results:
        if guest >= 0 and enabled:
            pin = pins.get(guest)
            if pin is not None:
                if end <= until:
                    places[number] = pin
                    occupied[guest] = max(occupied.get(guest, -1), end)
                    continue
            elif guest_places and result == INTEGER and end < until:
                homes[number] = GUEST + guest
                if counts.get(number, 0) <= 1:
                    places[number] = GUEST + guest
                    continue
        target = joined.get(number)
        if target is not None and occupied.get(target[0], -1) <= position:
            places[number] = pins[target[0]]
            occupied[target[0]] = end
            in_place.add(target[1])
            continue
        group = active[result]
        pool = free[result]
        while group and group[0][0] <= position:
            pool.append(heappop(group)[2])
        while stack and stack[0][0] <= position:
            free_slots.append(heappop(stack)[1])
        if pool:
            place = pool.pop()
            places[number] = place
            heappush(group, (end, number, place))
            continue
        loser, loser_end, begin = number, end, position
        if group:
            least = min(group, key=lambda g: counts.get(g[1], 0) / (g[0] - born[g[1]][0] + 1))
            own = counts.get(number, 0) / (end - position + 1)
            if counts.get(least[1], 0) / (least[0] - born[least[1]][0] + 1) < own:
                group.remove(least)
                group.append((end, number, least[2]))
                heapify(group)
                places[number] = least[2]
                loser, loser_end, begin = least[1], least[0], -1
        home = homes.get(loser)
        if home is not None:
            places[loser] = home
            continue
        spilled += 1
        if begin < 0 or not free_slots:  # a value that moves out has been on the stack since its birth: a fresh slot
            slot = used_slots
            used_slots += 1
        else:
            slot = free_slots.pop()
        if used_slots > registers.stack_slots:
            raise OutOfStack(f"{used_slots} stack slots needed, the host offers {registers.stack_slots}")
        places[loser] = STACK + slot
        heappush(stack, (loser_end, slot))
    return Allocation(places, in_place, spilled, used_slots, known)


def _joinable(
    marks: Sequence[Mark],
    born: Mapping[int, tuple[int, int, int]],
    last: Mapping[int, int],
    pins: Mapping[int, int],
) -> dict[int, tuple[int, int]]:
    """By value: the pinned slot that it can be computed in, and the number of the `put` that thereby needs no move."""
    candidates: set[int] = set()
    out: dict[int, tuple[int, int]] = {}
    open_puts: dict[int, tuple[int, int]] = {}
    leave = -1
    touched: dict[int, int] = {}
    for kind, number, slot, value, position in marks:
        if kind == LEAVE:
            leave = position
        elif slot in pins:
            if kind == PUT:
                before = open_puts.pop(slot, None)
                if before is not None and last[before[0]] <= position:
                    out[before[0]] = (slot, before[1])
                found = born.get(value)
                if (
                    found is not None
                    and found[0] > leave
                    and found[0] >= touched.get(slot, -1)
                    and found[2] not in pins
                    and value not in candidates
                    and found[1] == (INTEGER if pins[slot] < FLOAT_PLACE else FLOAT)
                ):
                    candidates.add(value)
                    open_puts[slot] = (value, number)
            touched[slot] = position
    for slot, (value, put) in open_puts.items():
        out[value] = (slot, put)
    return out
