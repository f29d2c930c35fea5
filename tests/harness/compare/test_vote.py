"""Voting: the minority is named, and only where there is a majority."""

from __future__ import annotations

import numpy as np
import pytest
from machine_batches import batch_of, copy_of, observation_of

from harness.compare.vote import vote
from harness.contract import MACHINE_FIELDS, End


def test_the_one_against_two_is_guilty() -> None:
    batch = batch_of(4)
    seen = observation_of(batch)
    sides = {name: copy_of(seen) for name in ("ours", "unicorn", "qemu")}
    sides["unicorn"].state["f"][1, 3] ^= np.uint64(1)
    sides["ours"].state["x"][2, 9] ^= np.uint64(1)
    result = vote(batch, sides)
    assert [result.named(row) for row in range(4)] == [(), ("unicorn",), ("ours",), ()]
    assert not result.undecided.any()


def test_two_executors_cannot_decide() -> None:
    batch = batch_of(2)
    seen = observation_of(batch)
    other = copy_of(seen)
    other.retired[1] += np.uint64(1)
    result = vote(batch, {"a": seen, "b": other})
    assert result.undecided.tolist() == [False, True]
    assert not result.guilty.any()


def test_three_opinions_are_undecided_and_five_have_a_majority_of_three() -> None:
    batch = batch_of(1)
    seen = observation_of(batch)
    sides = {name: copy_of(seen) for name in "abcde"}
    for value, name in enumerate("ab"):
        sides[name].state["x"][0, 1] = value
    assert vote(batch, {n: sides[n] for n in "abc"}).undecided.all()
    assert vote(batch, sides).named(0) == ("a", "b")


def test_who_refused_has_no_vote() -> None:
    batch = batch_of(1)
    seen = observation_of(batch)
    sides = {name: copy_of(seen) for name in "abc"}
    sides["a"].end[0] = End.REFUSED
    sides["b"].state["pc"][0] ^= np.uint64(2)
    assert vote(batch, sides).undecided.all()


def test_a_crash_against_two_is_guilty() -> None:
    batch = batch_of(1)
    seen = observation_of(batch)
    sides = {name: copy_of(seen) for name in "abc"}
    sides["c"].end[0] = End.CRASH
    assert vote(batch, sides).named(0) == ("c",)


def test_unobserved_fields_do_not_accuse() -> None:
    batch = batch_of(1)
    seen = observation_of(batch)
    sides = {"a": copy_of(seen), "b": copy_of(seen), "blind": copy_of(seen, frozenset(MACHINE_FIELDS) - {"f"})}
    sides["b"].state["f"][0, 0] ^= np.uint64(1)
    result = vote(batch, sides)
    assert result.undecided.all(), "a and b differ in a field that the third cannot see"


def test_a_vote_needs_two() -> None:
    batch = batch_of(1)
    with pytest.raises(ValueError, match="at least two executors, got a"):
        vote(batch, {"a": observation_of(batch)})
