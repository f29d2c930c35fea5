"""Comparison of whole programs: every field can make it fail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.compare.program import compare_programs
from harness.contract import PROGRAM_FIELDS, End, ProgramObservation, Verdict

SEEN = ProgramObservation(
    exit_status=3,
    signal=0,
    stdout=b"out",
    stderr=b"err",
    files=(("a", b"1"), ("b", b"2")),
    checkpoints=((1000, "aa"), (2000, "bb")),
)


def test_equal_programs_agree_whatever_the_order_of_files() -> None:
    assert compare_programs(SEEN, replace(SEEN, files=SEEN.files[::-1])).verdict is Verdict.AGREE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("exit_status", 4),
        ("signal", 11),
        ("stdout", b"ouT"),
        ("stderr", b""),
        ("files", (("a", b"1"),)),
        ("end", End.LIMIT),
        ("end", End.CRASH),
        ("end", End.TIMEOUT),
    ],
)
def test_every_field_can_diverge(name: str, value: Any) -> None:
    result = compare_programs(SEEN, replace(SEEN, **{name: value}))
    assert (result.verdict, result.fields) == (Verdict.DIVERGED, (name,))


@pytest.mark.parametrize("name", PROGRAM_FIELDS)
def test_an_unobserved_field_is_not_compared(name: str) -> None:
    changed: dict[str, Any] = {"exit_status": 9, "signal": 9, "stdout": b"", "stderr": b"", "files": ()}
    other = replace(SEEN, **{name: changed[name]})
    assert compare_programs(SEEN, other).verdict is Verdict.DIVERGED
    assert compare_programs(SEEN, replace(other, observed=SEEN.observed - {name})).verdict is Verdict.AGREE


def test_the_first_differing_checkpoint_is_named_and_missing_ones_are_not_compared() -> None:
    result = compare_programs(SEEN, replace(SEEN, checkpoints=((1000, "aa"), (1500, "xx"), (2000, "cc"))))
    assert (result.fields, result.first_checkpoint) == (("checkpoints",), 2000)
    assert compare_programs(SEEN, replace(SEEN, checkpoints=())).verdict is Verdict.AGREE


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        (End.TIMEOUT, End.LIMIT, "no_end"),
        (End.TIMEOUT, End.TIMEOUT, "no_end"),
        (End.CRASH, End.CRASH, "both_crashed"),
        (End.REFUSED, End.TRAP, "subject_refused"),
        (End.TRAP, End.REFUSED, "oracle_refused"),
    ],
)
def test_programs_without_two_ends_are_discarded_by_reason(left: End, right: End, reason: str) -> None:
    result = compare_programs(replace(SEEN, end=left), replace(SEEN, end=right))
    assert (result.verdict, result.discard) == (Verdict.INCOMPARABLE, reason)


def test_nothing_observed_is_incomparable() -> None:
    assert compare_programs(SEEN, replace(SEEN, observed=frozenset())).discard == "unobserved"
