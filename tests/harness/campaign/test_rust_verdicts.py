"""Functions of unknown validity: two judges compared."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from engines.rustwasm.borrow.implemented import Implemented
from fuzz.strategies.rust.ownership import generate_unit
from harness.campaign import rust_replay
from harness.campaign.judged_findings import JudgedFinding
from harness.campaign.judged_progress import JudgedPlan
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
from harness.commands.judged_functions import JudgedFunctions
from harness.commands.repro import replay_rust
from harness.contract import BatchObservation, Capabilities, Case, CaseKind, MachineBatch, SourceCase, SourceObservation
from harness.contract.executor import run_each
from harness.registry import create
from harness.strict_json import DocumentError
from harness.triage.store import FindingsStore

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


def any_lifetimes(implemented: Implemented) -> None:
    """Our checker with a bug: an impl's method may have any lifetimes (`rust-impls-choose-lifetimes`)."""


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["diff", "rust", *arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


@RUSTC
def test_the_command_finds_a_bug_of_the_checker_keeps_it_and_reduces_what_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(judged_functions, "TRIES", 25)
    monkeypatch.setattr(judged_functions, "REDUCED", 1)
    with monkeypatch.context() as careless:
        careless.setattr(Implemented, "refusal", any_lifetimes)
        arguments = ("--judged", "18", "--seed", "2", "--jobs", "1", "--out", str(tmp_path), "--fail-fast")
        assert run(*arguments) == 1
        assert "accepted wrongly: E0308" in capsys.readouterr().out
        said = json.loads((tmp_path / "verdicts.json").read_text())
        assert said["functions"] == 18 and said["complete"] and said["wrong"]["accepted wrongly: E0308"]
        [first, *_] = sorted((tmp_path / "findings").iterdir())
        kept = json.loads((first / "finding.json").read_text())
        assert kept["repro"] == f"counterproof repro {first}"
        assert kept["drawn_again"].startswith("counterproof diff rust --judged 1 --seed ")
        whole = (first / "main.rs").read_text()
        assert whole.endswith("fn main() {}\n") and len((first / "reduced.rs").read_text()) < len(whole) * 3 / 4
        with closing(FindingsStore(tmp_path)) as store:
            found = store.findings()
            [row] = store.campaigns()
        assert len(found) == sum(said["wrong"].values()) and row.complete
        careless.setattr(rust_replay, "create", lambda name: create(name, isolated=False))
        assert replay_rust(first) == 1
        assert "accepted wrongly: E0308" in capsys.readouterr().out
    assert replay_rust(first) == 0


def _fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two judges that differ about three functions, each of another crate."""
    made = {"ours": Judge({4: "E0382", 7: "E0499"}), "theirs": Judge({2: "E0505", 7: "E0499"})}
    monkeypatch.setattr(judged_functions, "PER_CRATE", 3)
    monkeypatch.setattr(judged_functions, "REDUCED", 0)
    monkeypatch.setattr(judged_functions, "create", lambda name, isolated=True: made[name])


def judge_some(out: Path, resume: bool = False) -> int:
    plan = JudgedPlan("ours", "theirs", 1, 10)
    with closing(FindingsStore(out)) as store:
        return JudgedFunctions(plan, out, resume, False).run(store, 1, 0.0)


def test_an_interrupted_campaign_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _fakes(monkeypatch)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert judge_some(whole) == 1
    with monkeypatch.context() as interrupting:
        interrupting.setattr(judged_functions, "PROGRESS_SECONDS", -1.0)

        def interrupt(self: JudgedFunctions) -> str:
            raise KeyboardInterrupt

        interrupting.setattr(JudgedFunctions, "_line", interrupt)
        for following in (4, 7):
            assert judge_some(parts, resume=True) == 130
            said = json.loads((parts / "verdicts.json").read_text())
            assert said["next_seed"] == following and not said["complete"]
    assert judge_some(parts, resume=True) == 1
    assert "; 6 are done" in capsys.readouterr().out
    documents = [json.loads((out / "verdicts.json").read_text()) | {"seconds": 0} for out in (whole, parts)]
    assert documents[0] == documents[1]
    assert documents[0]["wrong"] == {"accepted wrongly: E0505": 1, "rejected wrongly: E0382": 1}
    for out in (whole, parts):
        with closing(FindingsStore(out)) as store:
            assert [one.label for one in store.findings()] == ["seed 2 verdict", "seed 4 verdict"]
            assert [one.complete for one in store.campaigns()] == [True]
        assert len(list((out / "findings").iterdir())) == 2


def test_a_crate_that_is_interrupted_while_it_is_kept_is_judged_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fakes(monkeypatch)
    write = JudgedFinding.write

    def interrupt(self: JudgedFinding, place: Path) -> None:
        write(self, place)
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupting:
        interrupting.setattr(JudgedFinding, "write", interrupt)
        assert judge_some(tmp_path) == 130
    assert json.loads((tmp_path / "verdicts.json").read_text())["wrong"] == {}
    assert judge_some(tmp_path, resume=True) == 1
    with closing(FindingsStore(tmp_path)) as store:
        assert len(store.findings()) == 2


def test_only_the_same_campaign_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _fakes(monkeypatch)
    assert judge_some(tmp_path) == 1
    with pytest.raises(DocumentError, match="the campaign to go on with differs: this one has 11"):
        JudgedFunctions(JudgedPlan("ours", "theirs", 1, 11), tmp_path, True, False)


def test_without_rustc_the_functions_are_skipped_visibly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run("--judged", "80", "--out", str(tmp_path)) == 0
    assert "skipped: functions of unknown validity need rustc" in capsys.readouterr().out
    assert run("--judged", "80", "--judge", "", "--out", str(tmp_path)) == 2
    assert run("--judged", "80", "--resume", "--fresh", "--out", str(tmp_path)) == 2


def test_signatures() -> None:
    assert WrongVerdict(1, "", frozenset(), frozenset(("E0505", ""))).signature == "accepted wrongly: E0505, no code"
