"""Injected bugs of the Rust-subset compiler: enough of them, and the judges find them and nothing else."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from fuzz.sabotage import BUGS as ALL
from fuzz.sabotage import rustwasm, rustwasm_passes
from fuzz.sabotage.judges import Budget, Judge, Kill, judge
from fuzz.sabotage.judges.suite import FreshSuite, Suite
from fuzz.sabotage.rustwasm_judges import Runs, Verdicts
from fuzz.sabotage.score import Examiners
from fuzz.strategies.rust import FAULTS

SAMPLE = (
    *("rust-e0382-not-reported", "rust-lowers-i64-add-as-i64-sub", "rust-branches-inverted"),
    "rust-branch-tables-rotated",
)


def test_there_are_enough_in_every_part() -> None:
    areas = Counter(bug.area for bug in rustwasm.BUGS)
    assert sum(areas.values()) >= 60
    assert len(areas) == 5 and min(areas.values()) >= 2
    assert {bug.name for bug in rustwasm.BUGS} <= ALL.keys()


def test_every_later_part_has_bugs() -> None:
    judges = Counter(bug.judges[0].rpartition(":")[2] for bug in rustwasm_passes.BUGS)
    assert all(judges[name] >= 3 for name in ("development", "release", "development_gc", "release_gc"))
    assert {bug.name for bug in rustwasm_passes.BUGS} <= ALL.keys()


def test_every_rule_that_is_not_enforced_has_a_fault() -> None:
    assert set(rustwasm.UNENFORCED) <= {fault.code for fault in FAULTS}


@pytest.mark.parametrize("name", SAMPLE)
def test_a_bug_is_found(name: str, tmp_path: Path) -> None:
    result = Examiners(None).examine(name)
    assert isinstance(result.kill, Kill), result.failure


@pytest.mark.parametrize("made", [Verdicts(), Runs("dev")])
def test_without_a_bug_nothing_is_found(made: Judge) -> None:
    made.prepare()
    assert made.examine(Budget(3.0, None, "none")) is None


def test_the_judges_are_known_by_name() -> None:
    names = {name for bug in (*rustwasm.BUGS, *rustwasm_passes.BUGS) for name in bug.judges}
    suites = {name for name in names if name.removeprefix("fresh ").startswith("tests/")}
    assert {type(judge(name)) for name in names - suites} == {Verdicts, Runs}
    assert suites and all(isinstance(judge(name), Suite | FreshSuite) for name in suites)
    assert os.environ.get("COUNTERPROOF_SABOTAGE", "") == ""
