"""Rust campaigns: our front end judges rightly, and one with a thing wrong is caught."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from fuzz.strategies.rust import Outcome, ValidProgram
from harness.campaign.rust import Misjudgement, RustCampaign
from harness.campaign.rust_findings import replay, write_divergence
from harness.campaign.rust_progress import RustProgress
from harness.campaign.rust_runs import RustRunner
from harness.campaign.rust_units import RustPlan, UnitWorker
from harness.case_file import load_case
from harness.commands.diff import app
from harness.commands.repro import replay_rust
from harness.contract import Case, Observation, ProgramObservation, SourceCase, SourceObservation
from harness.report.findings import buckets_of, findings_document
from harness.subjects.rustwasm_checker import RustwasmChecker
from harness.subjects.rustwasm_program import Build
from harness.triage.investigation import Investigation
from harness.triage.ledger import State
from harness.triage.store import FindingsStore
from oracles.wasmtime_oracle import WasmtimeOracle

SOME = range(14)


class Credulous(RustwasmChecker):
    """Our checker, if it knew nothing of borrows."""

    def run(self, case: Case) -> Observation:
        seen = super().run(case)
        assert isinstance(seen, SourceObservation)
        kept = tuple(one for one in seen.diagnostics if one[0] not in ("E0499", "E0502", "E0505", "E0506"))
        return replace(seen, accepted=not kept, diagnostics=kept)


class OneLineOff(RustwasmChecker):
    """Our checker, if it pointed at the line after."""

    def run(self, case: Case) -> Observation:
        seen = super().run(case)
        assert isinstance(seen, SourceObservation)
        return replace(seen, diagnostics=tuple((code, line + 1) for code, line in seen.diagnostics))


class Strict(RustwasmChecker):
    """Our checker, if it rejected programs with closures."""

    def run(self, case: Case) -> Observation:
        seen = super().run(case)
        assert isinstance(seen, SourceObservation) and isinstance(case, SourceCase)
        if "apply(|i|" in case.files[0][1] and seen.accepted:
            return replace(seen, accepted=False, diagnostics=(("E0502", 1),))
        return seen


def found(subject: RustwasmChecker) -> list[Misjudgement]:
    return list(RustCampaign(subject).run(iter(SOME)))


@pytest.mark.evidence("WR-02")
def test_generated_programs_are_judged_rightly() -> None:
    campaign = RustCampaign(RustwasmChecker())
    assert [wrong.signature for wrong in campaign.run(iter(SOME))] == []
    assert campaign.statistics.valid == campaign.statistics.faulty == len(SOME)
    assert campaign.statistics.discards == {}


@pytest.mark.parametrize(("subject", "valid"), [(Credulous(), False), (OneLineOff(), False), (Strict(), True)])
def test_a_wrong_checker_is_caught(subject: RustwasmChecker, valid: bool) -> None:
    wrong = found(subject)
    assert wrong
    assert all((one.kind == "valid") == valid for one in wrong)


def test_the_judge_is_asked_now_and_then() -> None:
    campaign = RustCampaign(RustwasmChecker(), OneLineOff(), judge_every=7)
    assert {(wrong.who, wrong.seed % 7) for wrong in campaign.run(iter(SOME))} == {("rustwasm-check", 0)}
    assert campaign.statistics.asked == 4
    with pytest.raises(ValueError, match="judge_every is 0; the legal range is 1 and more"):
        RustCampaign(RustwasmChecker(), None, 0)


QUICK = ["--judge", "", "--build", "dev", "--engine", "wasmtime", "--statements", "6", "--jobs", "1"]


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["rust", *arguments])


def summary_in(place: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((place / "summary.json").read_text())
    return document


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    done = invoke("--programs", "5", *QUICK, "--per-crate", "3", "--out", str(tmp_path))
    assert done.exit_code == 0, done.output
    summary = summary_in(tmp_path)
    assert (summary["valid"], summary["faulty"], summary["runs"]) == (5, 5, 8)
    # Two crates, and beside each the operators of a type: the interpreter runs them, and the engine one build.
    assert summary["complete"] and not summary["misjudged"] and not summary["diverged"]


def test_a_campaign_goes_on_where_it_was_left(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert invoke("--programs", "6", "--no-run", "--per-crate", "2", *QUICK, "--out", str(whole)).exit_code == 0
    arguments = ["--programs", "6", "--no-run", "--per-crate", "2", *QUICK, "--out", str(parts)]
    assert invoke(*arguments, "--budget-seconds", "0.000001").exit_code == 3
    plan = RustPlan("rustwasm-check", "", 50, 20, (), ("wasmtime",), 2, 6, 1, 6, faulty=6)
    first = RustProgress(plan)
    first.totals = UnitWorker(plan)(0)
    first.next_unit = 1
    first.write(parts / "progress.json")
    done = invoke(*arguments, "--resume")
    assert done.exit_code == 0 and "2 are done" in done.output
    left, right = summary_in(whole), summary_in(parts)
    assert left["cpu_seconds"] > 0 and right["cpu_seconds"] > 0
    assert left | {"seconds": 0, "cpu_seconds": 0} == right | {"seconds": 0, "cpu_seconds": 0}
    other = invoke(*arguments, "--seed", "9", "--resume")
    assert other.exit_code == 2 and "first_seed" in other.output


def test_the_command_writes_what_was_misjudged(tmp_path: Path) -> None:
    subject = "tests.harness.campaign.test_rust_campaign:Credulous"
    arguments = ["--subject", subject, "--programs", "14", "--no-run", *QUICK, "--out", str(tmp_path)]
    done = invoke(*arguments)
    assert done.exit_code == 1, done.output
    finding = json.loads((tmp_path / "findings" / "misjudged-01" / "finding.json").read_text())
    assert finding["expected"] and not finding["found"]
    assert (tmp_path / "findings" / "misjudged-01" / "main.rs").read_text().count("fn main()") == 1
    assert replay(tmp_path / "findings" / "misjudged-01")[0]
    store = FindingsStore(tmp_path)
    entries = Investigation(store, runs=2).run()
    document = findings_document(store)
    store.close()
    assert {(entry.state, entry.key.subject) for entry in entries} == {(State.OPEN, subject)}
    (campaign,) = document["campaigns"]
    assert campaign["cases"] == 28 and campaign["complete"]
    assert all(bucket["reproducer"] for bucket in buckets_of(document))


class Deaf(WasmtimeOracle):
    """An engine that hears nothing of what programs that drop something print."""

    def run(self, case: Case) -> Observation:
        seen = super().run(case)
        assert isinstance(seen, ProgramObservation)
        return replace(seen, stdout=b"") if b"drop " in seen.stdout else seen


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_command_writes_what_diverged_in_the_program_alone(tmp_path: Path, jobs: str) -> None:
    engine = "tests.harness.campaign.test_rust_campaign:Deaf"
    arguments = ["--programs", "8", "--per-crate", "4", *QUICK, "--engine", engine, "--jobs", jobs]
    done = invoke(*arguments, "--out", str(tmp_path))
    assert done.exit_code == 1, done.output
    assert list(summary_in(tmp_path)["diverged"]) == ["rust dev on wasmtime: stdout"]
    place = tmp_path / "findings" / "rust-01"
    finding = json.loads((place / "finding.json").read_text())
    assert finding["program"].startswith("seed ") and finding["fields"] == ["stdout"]
    assert finding["seen"]["stdout"] == [] and finding["expected"]["stdout"]
    case = load_case(place / "case.json")
    assert isinstance(case, SourceCase) and case.options == ("run",)
    assert replay(place) == (False, "agrees")  # the real wasmtime hears it
    store = FindingsStore(tmp_path)
    (entry,) = Investigation(store, runs=1, close_after=1).run()
    store.close()
    assert (entry.state, entry.key.subject, entry.key.oracle) == (State.FIXED, "rustwasm-dev-on-wasmtime", "generator")


def test_a_finding_that_still_diverges_is_replayed(tmp_path: Path) -> None:
    said, real = Outcome("2\n"), 'fn main() {\n    println!("1");\n}\n'
    (found,) = RustRunner((Build(),), []).examine(ValidProgram(real, said, said), "seed 1")
    write_divergence(found, tmp_path)
    assert replay(tmp_path) == (True, "differs in stdout")
    assert replay_rust(tmp_path) == 1


def test_an_interrupted_campaign_keeps_what_is_done(tmp_path: Path) -> None:
    arguments = ["--programs", "4000", "--no-run", "--per-crate", "2", *QUICK, "--out", str(tmp_path)]
    command = [sys.executable, "-m", "harness.cli", "diff", "rust", *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as campaign:
        deadline = time.monotonic() + 60
        while not (tmp_path / "progress.json").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        campaign.send_signal(signal.SIGINT)
        assert campaign.wait(60) == 130
    summary = summary_in(tmp_path)
    assert summary["valid"] == 2 * summary["next_unit"] > 0 and not summary["complete"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (["--subject", "no-such-compiler"], "no-such-compiler"),
        (["--engine", "no-such-engine"], "no-such-engine"),
        (["--build", "fast"], "no build is called 'fast'"),
        (["--fresh", "--resume"], "exclude each other"),
    ],
)
def test_the_command_refuses_what_it_cannot_do(tmp_path: Path, wrong: list[str], message: str) -> None:
    done = invoke(*wrong, "--judge", "", "--out", str(tmp_path))
    assert done.exit_code == 2
    assert message in done.output
