"""Campaigns over toy executors: they find what is there, keep it, and give one result however they are interrupted."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import toy_executors as toy
from numpy.typing import NDArray

from harness.campaign.plan import Plan
from harness.campaign.runner import Campaign, ExitCode, Options, Outcome
from harness.campaign.statistics import Statistics
from harness.case_file import read_case
from harness.compare import machine
from harness.contract import MachineBatch, MachineCase, MachineObservation
from harness.observation_file import read_observation
from harness.triage.store import FindingsStore

ROOT = Path(__file__).parents[3]
TOY, WRONG, BAD, BLIND = (f"toy_executors:{n}" for n in ("ToyMachine", "WrongMultiplier", "Bad", "Blind"))


@dataclass
class Measured:
    """A coverage record in miniature."""

    cases: int = 0
    sums: NDArray[np.int64] = field(default_factory=lambda: np.zeros(2, np.int64))

    def __add__(self, other: Measured) -> Measured:
        return Measured(self.cases + other.cases, self.sums + other.sums)


def measure(batch: MachineBatch) -> Measured:
    return Measured(len(batch), np.array([1, int(batch.initial["x"][0, 1] >> np.uint64(40))]))


def _plan(
    subject: str = WRONG, *oracles: str, cases: int = 60, seeds: tuple[int, ...] = (1, 2), **more: object
) -> Plan:
    return Plan(subject, oracles or (TOY,), seeds, cases, batch_cases=8, **more)  # type: ignore[arg-type]


def _run(plan: Plan, store: FindingsStore | None = None, **options: object) -> Outcome:
    campaign = Campaign(plan, Options(**options), toy.generate, measure, store)  # type: ignore[arg-type]
    try:
        return campaign.run()
    finally:
        campaign.close()


def _expected_divergences(plan: Plan) -> list[str]:
    """The cases in which the wrong multiplier is wrong, by its definition."""
    found = []
    for chunk in plan.chunks():
        x = toy.generate(chunk.seed, chunk.first, chunk.count, plan.profile).initial["x"]
        wrong = (x[:, 10] >> np.uint64(63) & x[:, 11] >> np.uint64(63)).astype(bool)
        found += [f"seed {chunk.seed} profile default case {chunk.first + i}" for i in np.flatnonzero(wrong)]
    return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FindingsStore]:
    opened = FindingsStore(tmp_path / "out")
    yield opened
    opened.close()


def test_agreement_is_counted(store: FindingsStore) -> None:
    outcome = _run(_plan(TOY), store)
    statistics = outcome.statistics
    assert (outcome.exit_code, outcome.complete) == (ExitCode.AGREE, True)
    assert (statistics.cases, statistics.instructions) == (60, 60 * 7)
    assert statistics.ends == {"breakpoint": 60}
    assert not statistics.discards
    assert statistics.coverage.cases == 8, "one batch in eight is measured"
    assert statistics.seconds["generation"] > 0
    assert statistics.seconds["oracle"] > 0
    assert store.findings() == []


def test_divergences_are_located_named_and_kept(store: FindingsStore) -> None:
    plan = _plan(WRONG)
    outcome = _run(plan, store)
    expected = _expected_divergences(plan)
    assert len(expected) > 5
    assert outcome.exit_code is ExitCode.DIVERGED
    assert outcome.statistics.divergences == len(expected)
    assert outcome.statistics.signatures == {"riscv64 mul: x differs": len(expected)}
    findings = store.findings()
    assert [f.label for f in findings] == expected
    first = findings[0]
    assert (first.subject, first.oracle, first.fields) == (WRONG, TOY, ("x",))
    assert "after 5 instructions: x[6] 0x" in first.summary
    case = read_case(store.blobs.get(first.case))
    assert isinstance(case, MachineCase)
    assert first.subject_observation is not None
    ours = read_observation(store.blobs.get(first.subject_observation))
    again = toy.WrongMultiplier().run(case)
    assert isinstance(ours, MachineObservation)
    assert isinstance(again, MachineObservation)
    assert ours.state.tobytes() == again.state.tobytes()


def test_a_vote_names_the_guilty(store: FindingsStore) -> None:
    outcome = _run(_plan(TOY, WRONG, "toy_executors:SecondOpinion", cases=20), store)
    assert set(outcome.statistics.guilty) == {WRONG}
    assert all("the vote names toy_executors:WrongMultiplier" in f.summary for f in store.findings())
    assert {f.oracle for f in store.findings()} == {WRONG}


def test_an_oracle_that_dies_is_a_finding_and_the_rest_is_compared(store: FindingsStore) -> None:
    outcome = _run(_plan(TOY, BAD, cases=20, seeds=(5,), profile="bad"), store)
    assert outcome.statistics.cases == 20
    assert outcome.statistics.incidents == {f"{BAD}: crash": 1}
    assert [f.label for f in store.findings()] == ["seed 5 profile bad case 3"]
    assert store.findings()[0].signature == "riscv64 not located: subject traps illegal_instruction, oracle crashes"
    assert "SIGSEGV" in store.findings()[0].summary


def test_a_difference_in_the_batch_only_is_a_finding(store: FindingsStore) -> None:
    outcome = _run(_plan(TOY, "toy_executors:Leaky", cases=8, seeds=(1,)), store)
    assert outcome.statistics.signatures == {"riscv64 in its batch only": 7}


def test_many_divergences_in_one_batch_are_counted_without_examination() -> None:
    outcome = _run(replace(_plan(TOY, "toy_executors:AlwaysWrong", cases=30, seeds=(1,)), batch_cases=30))
    assert outcome.statistics.divergences == 30
    assert outcome.statistics.unexamined == 30 - 8


def test_fail_fast_stops_and_a_budget_stops() -> None:
    outcome = _run(_plan(WRONG, cases=400), fail_fast=True)
    assert outcome.exit_code is ExitCode.DIVERGED
    assert not outcome.complete
    assert outcome.statistics.cases < 100
    outcome = _run(_plan(TOY, cases=10_000), budget_seconds=0.3)
    assert outcome.exit_code is ExitCode.AGREE
    assert 0 < outcome.statistics.cases < 10_000


def test_the_subject_may_run_in_this_process() -> None:
    apart, here = _run(_plan(WRONG)), _run(_plan(WRONG), subject_in_process=True)
    assert here.statistics.deterministic() == apart.statistics.deterministic()
    assert here.statistics.seconds["subject"] > 0


@pytest.mark.parametrize(
    ("plan", "options", "reason"),
    [
        (_plan(TOY, BLIND), {}, "vacuous: toy_executors:Blind observes nothing"),
        (_plan(TOY, profile="endless"), {}, "vacuous: only 0.0% of the cases reached a trap"),
        (_plan(TOY), {"budget_seconds": 0.0}, "vacuous: no case was compared"),
        (_plan(TOY, "toy_executors:Refuser"), {}, "vacuous: 100.0% of the comparisons were discarded"),
    ],
)
def test_a_campaign_that_says_nothing_fails(plan: Plan, options: dict[str, Any], reason: str) -> None:
    outcome = _run(plan, **options)
    assert outcome.exit_code is ExitCode.INTERNAL
    assert outcome.reason.startswith(reason)


def test_a_comparison_gone_blind_fails_the_campaign(monkeypatch: pytest.MonkeyPatch) -> None:
    original = machine.compare_batches

    def blind(*arguments: Any) -> machine.BatchComparison:
        result = original(*arguments)
        bit = np.uint16(machine.FIELD_BITS["f"])
        differing = result.differing & ~bit
        verdict = np.where(differing != 0, result.verdict, machine.Row.AGREE).astype(np.uint8)
        return replace(result, differing=differing, verdict=verdict)

    monkeypatch.setattr(machine, "compare_batches", blind)
    outcome = _run(_plan(TOY))
    assert outcome.exit_code is ExitCode.INTERNAL
    assert not outcome.complete
    assert outcome.reason.startswith(f"vacuous: the comparison with {TOY} does not see planted differences: f[")


CHILD = """
import sys, time
from pathlib import Path
sys.path[:0] = sys.argv[3:]
import toy_executors as toy
from test_campaign import TOY, WRONG, _plan, measure
from harness.campaign.runner import Campaign, Options
from harness.triage.store import FindingsStore
import harness.campaign.runner as runner
runner.STABLE_SECONDS = 0.05

def generate(*arguments):
    time.sleep(float(sys.argv[2]))
    return toy.generate(*arguments)

def show(statistics):
    print(statistics.cases, flush=True)

store = FindingsStore(Path(sys.argv[1]))
campaign = Campaign(_plan(WRONG, cases=96), Options(resume=True), generate, measure, store, show)
outcome = campaign.run()
campaign.close()
print("end", outcome.exit_code.value, flush=True)
"""


def _child(out: Path, pause: float) -> subprocess.Popen[str]:
    paths = [str(Path(__file__).parent), str(Path(toy.__file__).parent)]
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(out), str(pause), *paths],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([*paths, str(ROOT)])},
    )


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_campaign_goes_on_to_the_same_result(tmp_path: Path, how: signal.Signals) -> None:
    plan = _plan(WRONG, cases=96)
    straight_store = FindingsStore(tmp_path / "straight")
    straight = _run(plan, straight_store)
    rng = random.Random(int(how))
    for _ in range(3):
        child = _child(tmp_path / "out", 0.2)
        assert child.stdout is not None
        seen = child.stdout.readline()
        time.sleep(rng.random() * 0.3)
        child.send_signal(how)
        rest = child.stdout.read()
        child.stdout.close()
        child.wait()
        if "end" in seen + rest:
            assert f"end {ExitCode.INTERRUPTED.value}" in rest or "end 1" in seen + rest
    store = FindingsStore(tmp_path / "out")
    acknowledged = store.findings()
    resumed = _run(plan, store, resume=True)
    assert resumed.statistics.deterministic() == straight.statistics.deterministic()
    assert resumed.complete
    assert store.findings()[: len(acknowledged)] == acknowledged
    assert store.findings() == straight_store.findings()
    store.close()
    straight_store.close()


@pytest.mark.evidence("HX-11")
@pytest.mark.parametrize("oracle", [TOY, BAD])
def test_the_number_of_jobs_changes_nothing(tmp_path: Path, oracle: str) -> None:
    """One set of workers, two, or more than there are batches; oracles that die included."""
    plan = _plan(WRONG, oracle, cases=40 if oracle == BAD else 96)
    results = []
    for jobs in (1, 2, 13):
        store = FindingsStore(tmp_path / f"{jobs}")
        outcome = _run(plan, store, jobs=jobs)
        results.append((outcome.exit_code, outcome.reason, outcome.statistics.deterministic(), store.findings()))
        store.close()
    assert results[0] == results[1] == results[2]
    assert results[0][3], "there is something to find"


@pytest.mark.evidence("HX-11")
def test_a_worker_killed_among_several_jobs_loses_nothing(tmp_path: Path) -> None:
    plan = _plan(WRONG, cases=96)
    straight = _run(plan)
    killed: list[int] = []

    def kill(statistics: Statistics) -> None:
        if statistics.cases in (16, 48):
            pid = campaign._lanes[len(killed) % 2].oracles[0].pid
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    campaign = Campaign(plan, Options(jobs=2), toy.generate, measure, None, kill)
    try:
        outcome = campaign.run()
    finally:
        campaign.close()
    assert len(set(killed)) == 2
    assert outcome.statistics.deterministic() == straight.statistics.deterministic()


def test_a_campaign_goes_on_with_another_number_of_jobs(tmp_path: Path) -> None:
    plan = _plan(WRONG, cases=96)
    store = FindingsStore(tmp_path)
    first = _run(plan, store, jobs=3, fail_fast=True)
    assert not first.complete
    assert first.statistics.deterministic() == _run(plan, fail_fast=True).statistics.deterministic()
    resumed = _run(plan, store, resume=True, jobs=2)
    assert resumed.statistics.deterministic() == _run(plan).statistics.deterministic()
    store.close()


@pytest.mark.parametrize("jobs", [0, -1, 257])
def test_an_impossible_number_of_jobs_is_refused(jobs: int) -> None:
    with pytest.raises(ValueError, match=f"jobs is {jobs}, must be in 1 … 256"):
        Options(jobs=jobs)


def test_a_finished_campaign_is_not_resumed_but_run_again(store: FindingsStore) -> None:
    first = _run(_plan(WRONG, cases=16), store)
    second = _run(_plan(WRONG, cases=16), store, resume=True)
    assert second.statistics.deterministic() == first.statistics.deterministic()
    assert len(store.findings()) == 2 * len(store.findings(1)) == 2 * len(store.findings(2)) > 0


def test_statistics_survive_their_document() -> None:
    outcome = _run(_plan(WRONG, cases=20))
    document = outcome.statistics.document()
    again = Statistics.from_document(document, Measured)
    assert again.document() == document
    assert again.signatures.total() == outcome.statistics.divergences


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"oracles": ()}, "at least one oracle"),
        ({"oracles": ("a", "a")}, "named twice: a, a"),
        ({"seeds": ()}, "at least one seed"),
        ({"seeds": (3, -1)}, "seed -1 is negative"),
        ({"cases": 0}, "cases is 0, must be at least 1"),
        ({"batch_cases": 0}, "batch_cases is 0"),
    ],
)
def test_an_impossible_plan_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(_plan(), **change)  # type: ignore[arg-type]


def test_every_case_of_a_plan_is_in_one_chunk() -> None:
    plan = Plan("s", ("o",), (7, 8, 9), cases=100, batch_cases=16)
    cases = [(c.seed, c.first + i) for c in plan.chunks() for i in range(c.count)]
    assert len(cases) == len(set(cases)) == 100
    assert {seed: sum(s == seed for s, _ in cases) for seed in plan.seeds} == {7: 34, 8: 33, 9: 33}
    assert [c.index for c in plan.chunks()] == list(range(len(list(plan.chunks()))))
