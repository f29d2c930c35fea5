"""Rows of a batch, and of what was observed of it, taken out as a batch."""

from __future__ import annotations

from contextlib import closing

import pytest

from fuzz.strategies.riscv64 import generate
from harness.contract import BatchObservation
from harness.registry import create


@pytest.mark.parametrize(("start", "end"), [(0, 4), (3, 7), (6, 40), (9, 9)])
@pytest.mark.parametrize("profile", ["default", "systematic"])
def test_rows_are_the_cases_of_the_whole_batch(profile: str, start: int, end: int) -> None:
    whole = generate(1, 0, 9, profile)
    part = whole.rows(start, end)
    assert len(part) == min(end, 9) - start
    for row in range(len(part)):
        one, other = part.case(row), whole.case(start + row)
        assert one.state.tobytes() == other.state.tobytes()
        assert (one.code, one.code_address, one.memory) == (other.code, other.code_address, other.memory)


def test_what_is_observed_of_rows_are_the_rows_of_what_is_observed() -> None:
    whole = generate(1, 0, 9, "fp")
    with closing(create("riscv64-interpreter", isolated=False)) as executor:
        seen, alone = executor.run_batch(whole), executor.run_batch(whole.rows(2, 6))
    assert isinstance(seen, BatchObservation)
    part = seen.rows(2, 6)
    assert len(part) == 4
    for row in range(4):
        one, other, third = part.row(row), seen.row(2 + row), alone.row(row)
        assert one.end is other.end is third.end
        assert one.state.tobytes() == other.state.tobytes() == third.state.tobytes()
        assert one.memory == other.memory == third.memory
