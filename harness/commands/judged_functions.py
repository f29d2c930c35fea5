"""`counterproof diff rust --judged`: functions of unknown validity, judged by our checker and by rustc."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from engines.rustwasm.compilation import library
from harness.campaign.forked_pool import ForkedPool, Lost
from harness.campaign.judged_findings import JudgedFinding
from harness.campaign.judged_progress import JudgedPlan, JudgedProgress, load
from harness.campaign.rust_verdicts import VerdictError, VerdictTotals, compared, observed, reduced
from harness.registry import create
from harness.triage.store import FindingsStore

PER_CRATE = 80
KEPT: Final = 40
"""Wrong verdicts that get a directory; the store has all."""
REDUCED = 12
"""Signatures of which a wrong verdict is reduced, the first of each."""
TRIES = 400
"""Sources that a reduction may ask about."""
UNIT_SECONDS: Final = 3_600.0
"""Wall clock of a crate: seconds, and a minute or more for each reduction."""
PROGRESS_SECONDS = 5.0


class JudgedFunctions:
    """One run of the command.

    Args:
        out: directory for `verdicts.json`, which is kept after every crate, and `findings/judged-NN`.
        resume: go on with what `verdicts.json` has.

    Raises:
        DocumentError: what is to be resumed is of another plan.
        OSError: it cannot be read.
    """

    def __init__(self, plan: JudgedPlan, out: Path, resume: bool, fail_fast: bool) -> None:
        self._plan, self._out, self._fail_fast = plan, out, fail_fast
        self._path = out / "verdicts.json"
        resumed = resume and self._path.exists()
        self._progress = load(self._path, plan) if resumed else JudgedProgress(plan, plan.first)
        self._resume = resume

    def run(self, store: FindingsStore, jobs: int, budget_seconds: float) -> int:
        """Judge the functions that are left. Returns the exit status: 0 no wrong verdict, 1 some, 3 none at all, 130
        interrupted.

        Raises:
            OSError, StoreError: the directory cannot be written.
        """
        library()  # before the forks, which share it
        campaign = store.campaign(self._plan.document(), self._resume)
        (self._out / "findings").mkdir(parents=True, exist_ok=True)
        done = self._progress.following - self._plan.first
        print(f"functions of seeds from {self._plan.first}" + (f"; {done} are done" if done else ""), flush=True)
        started = shown = time.monotonic()
        before = self._progress.seconds
        deadline = started + budget_seconds if budget_seconds else float("inf")
        crates = [self._plan.seeds[at : at + PER_CRATE] for at in range(done, self._plan.count, PER_CRATE)]

        def known() -> frozenset[str]:
            return frozenset(self._progress.wrong)

        pool = ForkedPool(lambda: _Crate(self._plan, crates), jobs, UNIT_SECONDS, known)
        interrupted = False
        try:
            for unit, result in pool.results(_until(deadline, len(crates))):
                progress = self._taken(store, campaign, crates[unit], result)
                now = time.monotonic()
                progress.seconds = before + now - started
                progress.write(self._path)
                self._progress = progress  # a crate counts whole, or is judged again
                functions = progress.totals.functions
                store.write_stable_point(campaign, {"next_seed": progress.following}, {"cases": functions})
                if self._fail_fast and progress.exit_code == 1:
                    break
                if now - shown >= PROGRESS_SECONDS:
                    shown = now
                    print(self._line(), flush=True)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            pool.close()
        if self._progress.complete:
            store.complete(campaign)
        self._progress.write(self._path)
        print(json.dumps(self._progress.document(), indent=2))
        return 130 if interrupted else self._progress.exit_code

    def _taken(self, store: FindingsStore, campaign: int, seeds: range, result: Any) -> JudgedProgress:
        """The progress with a crate counted in; what it found is kept."""
        progress = deepcopy(self._progress)
        progress.following = seeds.stop
        if isinstance(result, (Lost, str)):
            why = result.why if isinstance(result, Lost) else result
            progress.not_judged.append(f"seeds {seeds.start} to {seeds[-1]}: {why}")
            print(f"NOT JUDGED {progress.not_judged[-1]}", flush=True)
            return progress
        totals, found = result
        progress.totals.add(totals)
        for one in found:
            assert isinstance(one, JudgedFinding)
            progress.wrong[one.wrong.signature] += 1
            print(f"WRONG seed {one.wrong.seed}: {one.wrong.signature}", flush=True)
            one.into_store(store, campaign)
            if (number := progress.wrong.total()) <= KEPT:
                one.write(self._out / "findings" / f"judged-{number:02}")
        return progress

    def _line(self) -> str:
        totals = self._progress.totals
        return (
            f"{totals.functions}/{self._plan.count} functions: {totals.accepted} accepted, {totals.rejected} rejected, "
            f"{totals.other.total()} with other codes; {self._progress.wrong.total()} wrong; "
            f"{self._progress.seconds:.0f} s"
        )


class _Crate:
    """In a worker: judges crates, and reduces the first wrong verdict of each kind."""

    def __init__(self, plan: JudgedPlan, crates: list[range]) -> None:
        self._plan, self._crates = plan, crates
        self._ours, self._judge = create(plan.subject, isolated=False), create(plan.judge, isolated=False)

    def __call__(self, unit: int, known: Any) -> tuple[VerdictTotals, list[JudgedFinding]] | str:
        totals = VerdictTotals()
        seen = set(known)
        try:
            found = []
            for wrong in compared(self._ours, self._judge, self._crates[unit], totals):
                if wrong.signature not in seen and len(seen) < REDUCED:
                    wrong = reduced(wrong, self._ours, self._judge, TRIES)
                seen.add(wrong.signature)
                ours, judges = observed(self._ours, wrong.source), observed(self._judge, wrong.source)
                left, right = (frozenset(code for code, _ in one.diagnostics) for one in (ours, judges))
                if bool(left) != bool(right):
                    wrong = replace(wrong, ours=left, judges=right)  # as it is alone, and will be when asked again
                found.append(JudgedFinding(wrong, self._plan.subject, self._plan.judge, ours, judges))
            return totals, found
        except VerdictError as error:
            return str(error)


def _until(deadline: float, count: int) -> Iterator[int]:
    for unit in range(count):
        if time.monotonic() > deadline:
            return
        yield unit
