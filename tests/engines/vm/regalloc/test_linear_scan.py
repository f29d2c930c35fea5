"""Every allocation passes the independent checker, and the checker refuses broken ones."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.regalloc import checker
from engines.vm.regalloc.checker import WrongAllocation
from engines.vm.regalloc.linear_scan import GUEST, STACK, Allocation, OutOfStack, Registers, allocate
from engines.vm.regalloc.liveness import FLOAT, GET, INTEGER, LEAVE, NONE, PLAIN, PUT, Step

PINS = {0: 0, 1: 1, 2: 2, 8: 32, 9: 33}
REGISTERS = Registers(PINS, (5, 6, 7), (40, 41), 200)


def program(seed: int, size: int) -> list[Step]:
    """Steps over guest registers 0 … 3 (integer; 3 is not pinned) and 8 … 10 (float; 10 is not pinned)."""
    pick = random.Random(seed)
    values: dict[int, list[int]] = {INTEGER: [], FLOAT: []}
    steps: list[Step] = []
    for number in range(size):
        kind = pick.choice((PLAIN, PLAIN, GET, PUT, LEAVE))
        group = pick.choice((INTEGER, FLOAT))
        slot = pick.choice((0, 1, 2, 3) if group == INTEGER else (8, 9, 10))
        known = values[group]
        uses = tuple(pick.choice(known[-6:]) for _ in range(pick.randrange(3))) if known else ()
        if kind == GET:
            steps.append(Step(number, (), group, GET, slot))
        elif kind == PUT:
            steps.append(Step(number, uses[:1], NONE, PUT, slot))
            continue
        elif kind == LEAVE and pick.random() < 0.5:
            steps.append(Step(number, uses, NONE, LEAVE))
            continue
        else:
            steps.append(Step(number, uses, group, kind))
        known.append(number)
    steps.append(Step(size, (), NONE, LEAVE))
    return steps


def judge(steps: list[Step], found: Allocation) -> None:
    checker.check(steps, PINS, found.places, found.in_place)


@given(st.integers(0, 1 << 32), st.integers(1, 60), st.booleans())
@settings(deadline=None, max_examples=300)
def test_allocations_are_right(seed: int, size: int, enabled: bool) -> None:
    steps = program(seed, size)
    judge(steps, allocate(steps, REGISTERS, enabled))


def test_pressure_spills_the_value_that_lives_longest() -> None:
    steps = [Step(n, (), INTEGER) for n in range(5)] + [Step(5, (4, 3, 2, 1), NONE), Step(6, (0,), NONE, LEAVE)]
    found = allocate(steps, REGISTERS)
    judge(steps, found)
    assert found.spilled == 2 and found.places[0] >= STACK


def test_too_few_stack_slots_are_said() -> None:
    steps = [*(Step(n, (), INTEGER) for n in range(6)), Step(6, tuple(range(6)), NONE, LEAVE)]
    with pytest.raises(OutOfStack, match="3 stack slots needed, the host offers 2"):
        allocate(steps, Registers(PINS, (5, 6, 7), (), 2))


def test_an_increment_needs_no_move() -> None:
    steps = [Step(0, (), INTEGER, GET, 1), Step(1, (0,), INTEGER), Step(2, (1,), NONE, PUT, 1), Step(3, (), 0, LEAVE)]
    found = allocate(steps, REGISTERS)
    judge(steps, found)
    assert found.places == {0: 1, 1: 1} and found.in_place == {2}


def test_nothing_is_computed_in_place_across_a_way_out() -> None:
    steps = [Step(0, (), INTEGER), Step(1, (), NONE, LEAVE), Step(2, (0,), NONE, PUT, 1), Step(3, (), NONE, LEAVE)]
    assert allocate(steps, REGISTERS).in_place == set()


BREAKAGES: list[Callable[[Allocation], None]] = [
    lambda found: found.places.update(dict.fromkeys(found.places, 5)),
    lambda found: found.in_place.update(range(60)),
    lambda found: found.places.clear(),
]


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_the_checker_refuses_broken_allocations(breakage: Callable[[Allocation], None]) -> None:
    refused = 0
    for seed in range(50):
        steps = program(seed, 40)
        found = allocate(steps, REGISTERS)
        breakage(found)
        try:
            judge(steps, found)
        except WrongAllocation:
            refused += 1
    assert refused > 40


@settings(deadline=None)
@given(st.integers(0, 1 << 32), st.integers(1, 120))
def test_guest_registers_in_memory_are_read_where_they_are(seed: int, size: int) -> None:
    steps = program(seed, size)
    allocation = allocate(steps, Registers(PINS, (5, 6), (40,), 200, guest_places=True))
    checker.check(steps, PINS, allocation.places, allocation.in_place)


def test_a_guest_register_read_once_needs_no_register() -> None:
    assert checker.GUEST == GUEST
    steps = [Step(0, (), INTEGER, GET, 3), Step(1, (0,), INTEGER), Step(2, (1,), NONE, PUT, 3)]
    allocation = allocate(steps, Registers(PINS, (5,), (), 0, guest_places=True))
    assert allocation.places[0] == GUEST + 3
    steps = [Step(0, (), INTEGER, GET, 3), Step(1, (0,), NONE, PUT, 3), Step(2, (0,), NONE, PUT, 4)]
    allocation = allocate(steps, Registers(PINS, (5,), (), 0, guest_places=True))
    assert allocation.places[0] == 5, "it is written at the same time as it is read"
    with pytest.raises(WrongAllocation, match="written at the same time"):
        checker.check(steps, PINS, {0: GUEST + 3}, set())
    with pytest.raises(WrongAllocation, match="overwrite guest register 3"):
        checker.check([Step(0, (), INTEGER)], PINS, {0: GUEST + 3}, set())
