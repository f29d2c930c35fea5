"""Parallel moves equal simultaneous assignment."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.regalloc.parallel_moves import sequence

REGISTERS = st.integers(0, 11)


def run(moves: list[tuple[int, int]]) -> dict[int, int]:
    state = {register: register for register in range(13)}
    for target, source in moves:
        state[target] = state[source]
    return state


@given(st.dictionaries(REGISTERS, REGISTERS))
@settings(deadline=None)
def test_any_moves(moves: dict[int, int]) -> None:
    after = run(sequence(moves, 12))
    assert {r: after[r] for r in range(12)} == {r: moves.get(r, r) for r in range(12)}


@given(st.permutations(range(12)))
@settings(deadline=None)
def test_permutations_with_all_their_cycles(order: list[int]) -> None:
    after = run(sequence(dict(enumerate(order)), 12))
    assert [after[r] for r in range(12)] == order


def test_what_is_in_place_costs_nothing() -> None:
    assert sequence({1: 1, 2: 2}, 12) == []


def test_the_scratch_register_is_not_a_move() -> None:
    with pytest.raises(ValueError, match="scratch"):
        sequence({1: 12}, 12)
