"""Mutants: always programs, decided by the seed, and different."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.strategies.riscv64.choices import SLOT_FIELDS, Choices
from fuzz.strategies.riscv64.counter_random import Stream
from fuzz.strategies.riscv64.draw import draw
from fuzz.strategies.riscv64.emit import emit
from fuzz.strategies.riscv64.hypothesis_programs import any_choices
from fuzz.strategies.riscv64.mutate import MAX_SLOTS, MUTATIONS, _Program, mutate, mutate_bytes
from fuzz.strategies.riscv64.profiles import PROFILES


@settings(deadline=None, max_examples=60)
@given(any_choices(), any_choices(), st.integers(0, 1 << 64))
def test_a_mutant_can_be_emitted(choices: Choices, other: Choices, seed: int) -> None:
    mutant = mutate(choices, seed, other)
    assert mutant.width <= MAX_SLOTS
    emit(mutant)


def test_mutation_is_decided_by_its_seed() -> None:
    choices = draw(1, 0, 1, PROFILES["short"])
    assert mutate(choices, 5).to_bytes() == mutate(choices, 5).to_bytes()
    mutants = {mutate(choices, seed).to_bytes() for seed in range(100)}
    assert len(mutants) > 90


def test_mutation_leaves_its_argument_alone() -> None:
    choices = draw(1, 0, 1, PROFILES["short"])
    before = choices.to_bytes()
    for seed in range(50):
        mutate(choices, seed)
    assert choices.to_bytes() == before


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.__name__.strip("_"))
def test_every_mutation_changes_programs(mutation: object) -> None:
    choices = draw(1, 0, 1, PROFILES["short"])
    other = draw(2, 0, 1, PROFILES["short"]).records(0)
    changed = 0
    for seed in range(20):
        program = _Program(choices.records(0), choices.state[:1].copy(), Stream(seed), PROFILES["short"], other)
        mutation(program)  # type: ignore[operator]
        slots = np.array_equal(program.records, choices.records(0))
        changed += not (slots and np.array_equal(program.state, choices.state[:1]))
    assert changed >= 10


def test_mutants_reach_every_field() -> None:
    start = draw(1, 0, 1, PROFILES["short"])
    touched: set[str] = set()
    for seed in range(400):
        mutant = mutate(start, seed)
        if mutant.width == start.records(0).size:
            a, b = mutant.records(0), start.records(0)
            touched |= {n for n in SLOT_FIELDS if not np.array_equal(a[n], b[n])}
    assert touched == set(SLOT_FIELDS)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=900), st.integers(0, 2000), st.integers(0, 1 << 32))
def test_bytes_in_bytes_out(data: bytes, max_size: int, seed: int) -> None:
    result = mutate_bytes(data, max_size, seed)
    assert len(result) <= max_size
    if max_size >= 600:
        emit(Choices.from_bytes(result))


def test_a_stack_of_mutations_stays_within_bounds() -> None:
    choices = draw(3, 0, 1, PROFILES["default"])
    for seed in range(300):
        choices = mutate(choices, seed)
    assert len(emit(choices).case(0).code) <= 4096
