"""Functions of unknown validity: two judges compared."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engines.rustwasm.borrow.implemented import Implemented
from fuzz.strategies.rust.ownership import generate_unit
from harness.campaign.rust_verdicts import (
    OUTSIDE,
    VerdictError,
    VerdictTotals,
    WrongVerdict,
    compared,
    verdicts,
)
from harness.cli import main
from harness.commands import judged_functions
from harness.contract import BatchObservation, Capabilities, Case, CaseKind, MachineBatch, SourceCase, SourceObservation
from harness.contract.executor import run_each

RUSTC = pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")
KINDS = frozenset((CaseKind.SOURCE,))
SEEN = frozenset(("accepted", "diagnostics"))


class Judge:
    """Says what `codes` says of each function; of those in `later` only where it says nothing of another."""

    name = "fake"
    capabilities = Capabilities(kinds=KINDS, observes=SEEN)

    def __init__(self, codes: dict[int, str], later: tuple[int, ...] = (), message: str = "wrong") -> None:
        self.codes, self.later, self.message, self.asked = codes, later, message, 0

    def run(self, case: Case) -> SourceObservation:
        assert isinstance(case, SourceCase)
        self.asked += 1
        lines = case.files[0][1].splitlines()
        at = {int(m[1]): n for n, line in enumerate(lines, 2) if (m := re.match(r"mod unit(\d+) \{", line))}
        found = [(seed, self.codes[seed]) for seed in at if seed in self.codes and seed not in self.later]
        found = found or [(seed, self.codes[seed]) for seed in at if seed in self.codes]
        errors = tuple((code, at[seed]) for seed, code in found)
        return SourceObservation(not errors, errors, observed=SEEN, detail="\n".join(self.message for _ in errors))

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        return run_each(self, batch)

    def close(self) -> None:
        """Nothing is held."""


def test_a_judge_is_asked_again_without_what_it_rejected() -> None:
    judge = Judge({1: "E0382", 3: "E0505"}, later=(3,))
    found = verdicts(judge, [generate_unit(seed) for seed in range(4)])
    assert found == {0: frozenset(), 1: {"E0382"}, 2: frozenset(), 3: {"E0505"}}
    assert judge.asked == 3


def test_verdicts_are_compared() -> None:
    totals = VerdictTotals()
    ours, judge = Judge({0: "E0382", 1: "", 3: "E0499"}), Judge({0: "E0382", 2: "E0505", 3: "E0502"})
    wrong = compared(ours, judge, range(5), totals)
    assert [(one.seed, one.signature) for one in wrong] == [
        (1, "rejected wrongly: no code"),
        (2, "accepted wrongly: E0505"),
    ]
    assert (totals.functions, totals.accepted, totals.rejected) == (5, 2, 3)
    assert totals.other == {"E0499 for E0502": 1}
    both = VerdictTotals()
    both.add(totals)
    both.add(totals)
    assert (both.functions, both.other.total(), both.codes["E0505"]) == (10, 2, 2)


def test_what_is_outside_the_subset_is_counted_apart() -> None:
    totals = VerdictTotals()
    assert not compared(Judge({1: ""}, message="this is outside the subset"), Judge({}), range(2), totals)
    assert (totals.outside, totals.accepted) == (1, 1)
    assert OUTSIDE not in totals.codes


def test_an_error_in_no_function_is_no_verdict() -> None:
    class Elsewhere(Judge):
        def run(self, case: Case) -> SourceObservation:
            return SourceObservation(False, (("E0382", 2),), observed=SEEN, detail="wrong")

    with pytest.raises(VerdictError, match="E0382 at line 2, in no function"):
        verdicts(Elsewhere({}), [generate_unit(1)])


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our checker with a bug: an impl's method may have any lifetimes (`rust-impls-choose-lifetimes`)."""
    refusal: Callable[[Implemented], None] = lambda self: None  # noqa: E731 - what takes the place of a method
    monkeypatch.setattr(Implemented, "refusal", refusal)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["diff", "rust", *arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


@RUSTC
def test_the_command_finds_a_bug_of_the_checker_and_reduces_what_shows_it(
    tmp_path: Path, careless: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(judged_functions, "TRIES", 25)
    monkeypatch.setattr(judged_functions, "REDUCED", 1)
    assert run("--judged", "18", "--seed", "2", "--jobs", "1", "--out", str(tmp_path), "--fail-fast") == 1
    assert "accepted wrongly: E0308" in capsys.readouterr().out
    said = json.loads((tmp_path / "verdicts.json").read_text())
    assert said["functions"] == 18 and said["complete"] and said["wrong"]["accepted wrongly: E0308"]
    [first, *_] = sorted((tmp_path / "findings").iterdir())
    kept = json.loads((first / "finding.json").read_text())
    assert kept["repro"].startswith("counterproof diff rust --judged 1 --seed ")
    whole = (first / "main.rs").read_text()
    assert whole.endswith("fn main() {}\n") and len((first / "reduced.rs").read_text()) < len(whole) * 3 / 4


def test_without_rustc_the_functions_are_skipped_visibly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run("--judged", "80", "--out", str(tmp_path)) == 0
    assert "skipped: functions of unknown validity need rustc" in capsys.readouterr().out
    assert run("--judged", "80", "--judge", "", "--out", str(tmp_path)) == 2
    assert run("--judged", "80", "--resume", "--out", str(tmp_path)) == 2


def test_signatures() -> None:
    assert WrongVerdict(1, "", frozenset(), frozenset(("E0505", ""))).signature == "accepted wrongly: E0505, no code"
