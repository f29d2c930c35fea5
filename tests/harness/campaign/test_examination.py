"""Examining what diverged: an erratum that explained a case alone is believed from rows of a batch, nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from fuzz.strategies.riscv64 import generate
from harness.campaign.examination import Examiner
from harness.compare.errata import errata_of
from harness.compare.machine import compare_batches
from harness.contract import Case, MachineCase, MachineObservation, Observation
from harness.registry import create
from harness.triage.signature import IN_BATCH_ONLY

SUBJECT, ORACLE = "riscv64-interpreter", "unicorn-riscv64-stock"
Row = tuple[MachineCase, MachineObservation, MachineObservation]


class Counting:
    """An executor that outlives its examiner, and how often it was asked."""

    def __init__(self, name: str) -> None:
        self._executor = create(name, isolated=False)
        self.runs = 0

    def run(self, case: Case) -> Observation:
        self.runs += 1
        return self._executor.run(case)

    def close(self) -> None:
        """Stays open: another examiner uses it."""

    def end(self) -> None:
        self._executor.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._executor, name)


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Counting, Counting]]:
    pytest.importorskip("unicorn")
    made = Counting(SUBJECT), Counting(ORACLE)
    yield made
    for one in made:
        one.end()


@pytest.fixture(scope="module")
def rows(pair: tuple[Counting, Counting]) -> list[Row]:
    """Short cases of a batch that diverge, with what both gave in it."""
    batch = generate(3, 0, 512, "single")
    ours, theirs = (one.run_batch(batch) for one in pair)
    diverged = compare_batches(batch, ours, theirs).diverged().tolist()
    found = [row for row in diverged if ours.retired[row] < 24][:9]
    assert len(found) == 9
    return [(batch.case(row), ours.row(row), theirs.row(row)) for row in found]


@pytest.fixture(scope="module", autouse=True)
def errata_known_once() -> Iterator[None]:
    """All examiners here have the same oracle, so its errata are reproduced once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harness.campaign.examination.errata_of", cache(errata_of))
        yield


def _examiner(pair: tuple[Counting, Counting]) -> Examiner:
    return Examiner(lambda: pair[0], lambda: pair[1], use_errata=True)


def _explained(examiner: Examiner, rows: list[Row]) -> Row:
    """The first of `rows` that errata explain alone."""
    return next(row for row in rows if examiner.examine(row[0]).explained)


def test_the_rows_of_the_batch_explain_as_running_again_does(pair: tuple[Counting, Counting], rows: list[Row]) -> None:
    examiner = _examiner(pair)
    explained = 0
    for case, ours, theirs in rows:
        seen, runs = [], []
        for given in (None, (ours, theirs)):
            before = sum(one.runs for one in pair)
            seen.append(examiner.examine(case, given))
            runs.append(sum(one.runs for one in pair) - before)
        assert len({(one.explained, str(one.errata), one.signature) for one in seen}) == 1
        if seen[0].explained:
            explained += 1
            assert runs[1] < runs[0], "what errata explained before is not run again as a whole"
    assert explained > 2


def test_a_difference_that_no_erratum_explains_is_run_again(pair: tuple[Counting, Counting], rows: list[Row]) -> None:
    examiner = _examiner(pair)
    case, ours, _ = _explained(examiner, rows)
    other = replace(ours, state=ours.state.copy())
    other.state["x"][9] ^= 1
    agreeing = replace(case, code=(0x0010_0073).to_bytes(4, "little"))
    seen = examiner.examine(agreeing, (ours, other))
    assert not seen.explained and seen.signature.endswith(IN_BATCH_ONLY)


def test_rows_like_an_erratum_do_not_excuse_before_it_has_explained_a_case_alone(
    pair: tuple[Counting, Counting], rows: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A leak from case to case in a batch may look like a known defect."""
    case, ours, theirs = _explained(_examiner(pair), rows)
    fresh = _examiner(pair)
    fresh.examine(replace(case, code=(0x0010_0073).to_bytes(4, "little")))
    monkeypatch.setattr("harness.campaign.examination.observe", lambda executor, case: ours)
    assert fresh.examine(case, (ours, theirs)).signature.endswith(IN_BATCH_ONLY)
