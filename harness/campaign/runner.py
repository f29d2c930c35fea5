"""The differential campaign: generate, run subject and oracles, compare, examine, keep.

The stages overlap: while the oracles' workers run one batch, the next is generated and given to them, the subject runs
in its own worker, and this process compares the batch before. With several jobs, batches go in turn to so many sets of
workers. They are finished in the order of the plan, so the result depends neither on timing nor on the number of jobs.
After every batch that found something, and at least every `STABLE_SECONDS`, a stable
point is written; a campaign killed at any instant goes on from there and ends with the same result.
"""

from __future__ import annotations

import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import partial
from types import FrameType
from typing import Any, Final, Protocol

import numpy as np

from harness.campaign.examination import Examined, Examiner
from harness.campaign.plan import Chunk, Plan
from harness.campaign.statistics import Statistics
from harness.campaign.workers import IsolatedExecutor, Ticket, rows_of
from harness.case_file import write_case
from harness.compare import machine
from harness.compare.canary import blind_spots
from harness.compare.machine import BatchComparison
from harness.compare.vote import vote
from harness.contract import BatchObservation, End, Executor, MachineBatch, MachineCase, Trap
from harness.contract.counts import Counting
from harness.observation_file import write_observation
from harness.triage.store import Finding, FindingsStore

STABLE_SECONDS: Final = 2.0
IN_FLIGHT: Final = 2
"""Batches per job that the oracles have been given and that are not compared yet."""
EXAMINED_PER_BATCH: Final = 8
"""After so many unexplained divergences of one oracle in one batch, the rest of that batch is only counted."""
MAX_JOBS: Final = 256
COVERAGE_EVERY: Final = 8
"""Coverage is measured on every so many-th batch: it costs more than generation."""
CANARIES_EVERY: Final = 8
"""Every so many-th batch, the first among them, is used to see whether the comparison is blind."""


class ExitCode(IntEnum):
    """Exit codes of the command line."""

    AGREE = 0
    DIVERGED = 1
    USAGE = 2
    INTERNAL = 3
    INTERRUPTED = 130


class Generator(Protocol):
    """Where cases come from."""

    def __call__(self, seed: int, first_index: int, count: int, profile: str) -> MachineBatch: ...


@dataclass(frozen=True)
class Options:
    """When to stop and what to demand; none of it changes the result of the cases that run.

    Attributes:
        budget_seconds: no new batch is started later than this; None for no limit.
        fail_fast: stop after the first batch with an unexplained divergence.
        discard_ceiling: greatest share of comparisons that may be discarded.
        end_floor: least share of cases that must reach a trap.
        subject_in_process: run the subject in this process; faster, but its crash is the campaign's.
        jobs: sets of workers, of subject and oracles, that take batches in turn.
        resume: go on with the store's latest campaign of the same plan that was interrupted, where there is one.
    """

    budget_seconds: float | None = None
    fail_fast: bool = False
    discard_ceiling: float = 0.02
    end_floor: float = 0.5
    subject_in_process: bool = False
    resume: bool = False
    jobs: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.jobs <= MAX_JOBS:
            raise ValueError(f"jobs is {self.jobs}, must be in 1 … {MAX_JOBS}")


@dataclass(frozen=True)
class Outcome:
    """How a campaign ended.

    Attributes:
        exit_code: for the command line.
        reason: why, where it is not simply agreement.
        complete: every batch of the plan has been compared.
    """

    exit_code: ExitCode
    reason: str
    complete: bool
    statistics: Statistics


@dataclass(frozen=True, eq=False)
class _Lane:
    """One job's executors: of a batch, all run in the same lane."""

    subject: Any
    oracles: tuple[IsolatedExecutor, ...]


@dataclass(eq=False)
class _InFlight:
    chunk: Chunk
    batch: MachineBatch
    lane: _Lane
    subject: Ticket | BatchObservation
    oracles: list[tuple[IsolatedExecutor, Ticket]]
    coverage: Any = None


class Campaign:
    """One run of a plan.

    Args:
        generate: makes batches.
        coverage: measures a batch (the results are added up), or None.
        store: keeps findings and stable points; None keeps nothing.
        on_progress: called after every batch.

    Raises:
        UnknownExecutorError, ExecutorUnavailableError: an executor of the plan cannot be had.
    """

    def __init__(
        self,
        plan: Plan,
        options: Options,
        generate: Generator,
        coverage: Callable[[MachineBatch], Any] | None = None,
        store: FindingsStore | None = None,
        on_progress: Callable[[Statistics], None] | None = None,
    ) -> None:
        from harness.registry import create

        self.plan = plan
        self.options = options
        self.statistics = Statistics()
        self._generate = generate
        self._coverage = coverage
        self._store = store
        self._on_progress = on_progress or (lambda _: None)
        self._stopped_by: int | None = None
        self._vacuity = ""
        self._flight: deque[_InFlight] = deque()
        self.campaign = 0
        """The number of this campaign in the store, once it runs with one."""
        self._next_chunk = 0
        self._executors: list[Executor] = []
        self._stable_at = 0.0
        self._counted_here: Counter[str] = Counter()
        try:
            here = self._opened(create(plan.subject, isolated=False)) if options.subject_in_process else None
            self._lanes = [self._lane(here) for _ in range(options.jobs)]
            versions = [executor.capabilities.version for executor in self._executors]
            assert len(versions) >= 1 + len(plan.oracles), "every executor has started"
        except BaseException:
            self.close()
            raise
        self._examiners = [
            Examiner(
                partial(IsolatedExecutor, plan.subject, wait=False),
                partial(IsolatedExecutor, name, wait=False),
                plan.errata,
            )
            for name in plan.oracles
        ]

    def _lane(self, here: Any) -> _Lane:
        """New workers for one job; the subject in this process, `here`, where there is one, serves all jobs."""
        oracles = tuple(self._opened(IsolatedExecutor(name, wait=False)) for name in self.plan.oracles)
        return _Lane(here or self._opened(IsolatedExecutor(self.plan.subject, wait=False)), oracles)

    def _opened(self, executor: Any) -> Any:
        self._executors.append(executor)
        return executor

    def close(self) -> None:
        """End every worker. Idempotent."""
        for executor in self._executors:
            executor.close()
        for examiner in getattr(self, "_examiners", ()):
            examiner.close()

    @property
    def executors(self) -> tuple[Executor, ...]:
        """Subject and oracles of the first job, in the order of the plan."""
        return (self._lanes[0].subject, *self._lanes[0].oracles)

    def run(self) -> Outcome:
        """Run the plan from its last stable point to its end, the budget's, or an interruption.

        SIGINT and SIGTERM end the campaign after the batch in hand, with everything kept; a second one ends it at once.

        Raises:
            StoreError: findings cannot be kept.
        """
        self._vacuity = self._nothing_in_common()
        if self._vacuity:
            return self._outcome(False)
        self._resume()
        started = time.perf_counter() - self.statistics.elapsed_seconds
        complete = True
        with self._signals():
            for chunk in self.plan.chunks():
                if chunk.index < self._next_chunk:
                    continue
                if self._must_stop(started):
                    complete = False
                    break
                self._launch(chunk)
                if len(self._flight) > IN_FLIGHT * self.options.jobs:
                    self._finish(started)
            while self._flight and self._stopped_by is None and not self._has_failed():
                self._finish(started)
        complete = complete and not self._flight
        self._write_stable_point()
        if complete and self._store is not None:
            self._store.complete(self.campaign)
        return self._outcome(complete)

    def _nothing_in_common(self) -> str:
        """Why the campaign would compare nothing; empty where all is well."""
        ours = self._lanes[0].subject.capabilities.observes
        for name, oracle in zip(self.plan.oracles, self._lanes[0].oracles, strict=True):
            if not ours & oracle.capabilities.observes:
                return f"vacuous: {name} observes nothing that {self.plan.subject} observes"
        return ""

    def _check_sight(self, item: _InFlight, subject: BatchObservation, answers: list[BatchObservation]) -> None:
        """Plant differences into copies of what the subject saw: a comparison that misses one says nothing."""
        for name, answer in zip(self.plan.oracles, answers, strict=True):
            seen = replace(subject, observed=subject.observed & answer.observed)
            spots = blind_spots(item.batch, seen, item.chunk.index)
            if spots:
                self._vacuity = f"vacuous: the comparison with {name} does not see planted differences: {spots[0]}"

    def _resume(self) -> None:
        if self._store is None:
            return
        self.campaign = self._store.campaign(self.plan.document(), self.options.resume)
        point = self._store.stable_point(self.campaign)
        if point is not None:
            cursor, statistics = point
            coverage_type = None
            if self._coverage is not None and statistics["coverage"] is not None:
                probe = self._coverage(self._generate(self.plan.seeds[0], 0, 1, self.plan.rotation()[0]))
                coverage_type = type(probe)
            self._next_chunk = int(cursor["next_chunk"])
            self.statistics = Statistics.from_document(statistics, coverage_type)

    def _must_stop(self, started: float) -> bool:
        budget = self.options.budget_seconds
        out_of_time = budget is not None and time.perf_counter() - started >= budget
        return out_of_time or self._stopped_by is not None or self._has_failed()

    def _has_failed(self) -> bool:
        return bool(self._vacuity) or (self.options.fail_fast and self.statistics.divergences > 0)

    def _launch(self, chunk: Chunk) -> None:
        measured = None
        with self._timed("generation"):
            batch = self._generate(chunk.seed, chunk.first, chunk.count, chunk.profile)
        lane = self._lanes[chunk.index % self.options.jobs]
        oracles = [(oracle, oracle.submit(batch)) for oracle in lane.oracles]
        if isinstance(lane.subject, IsolatedExecutor):
            subject: Ticket | BatchObservation = lane.subject.submit(batch)
        else:
            with self._timed("subject"):
                subject = lane.subject.run_batch(batch)
        if self._coverage is not None and chunk.index % COVERAGE_EVERY == 0:
            with self._timed("coverage"):
                measured = self._coverage(batch)
        self._flight.append(_InFlight(chunk, batch, lane, subject, oracles, measured))

    def _finish(self, started: float) -> None:
        """Compare the oldest batch in flight, examine what diverged, count and keep."""
        item = self._flight[0]
        with self._timed("waiting"):
            given = item.subject
            subject: BatchObservation = item.lane.subject.collect(given) if isinstance(given, Ticket) else given
            answers = [oracle.collect(ticket) for oracle, ticket in item.oracles]
        with self._timed("compare"):
            comparisons = [machine.compare_batches(item.batch, subject, answer) for answer in answers]
        if item.chunk.index % CANARIES_EVERY == 0:
            with self._timed("canaries"):
                self._check_sight(item, subject, answers)
        found = [
            found
            for number, comparison in enumerate(comparisons)
            for found in self._examine_rows(item, number, comparison, subject, answers)
        ]
        self._count(item, subject, comparisons)
        with self._timed("storage"):
            for finding in found:
                self._keep(finding)
        self._flight.popleft()
        self._next_chunk = item.chunk.index + 1
        self.statistics.elapsed_seconds = time.perf_counter() - started
        if found or time.perf_counter() - self._stable_at > STABLE_SECONDS:
            self._write_stable_point()
        self._on_progress(self.statistics)

    def _examine_rows(
        self,
        item: _InFlight,
        number: int,
        comparison: BatchComparison,
        subject: BatchObservation,
        answers: list[BatchObservation],
    ) -> Iterator[_Found]:
        """Examine the diverged rows of one oracle; what errata do not explain is yielded."""
        unexplained = 0
        rows = comparison.diverged()
        for position, row in enumerate(rows.tolist()):
            if unexplained == EXAMINED_PER_BATCH:
                left = len(rows) - position
                self.statistics.unexamined += left
                self.statistics.divergences += left
                return
            case = self._case(item, row)
            with self._timed("examination"):
                examined = self._examiners[number].examine(case, (subject.row(row), answers[number].row(row)))
            self.statistics.errata.update(examined.errata)
            if examined.explained:
                self.statistics.explained += 1
                continue
            unexplained += 1
            self.statistics.divergences += 1
            self.statistics.signatures[examined.signature] += 1
            guilty = self._vote(item.batch, row, subject, answers)
            self.statistics.guilty.update(guilty)
            yield _Found(case, self.plan.oracles[number], examined, guilty)

    def _case(self, item: _InFlight, row: int) -> MachineCase:
        """The case of a row, labelled by what generates it again."""
        chunk = item.chunk
        label = f"seed {chunk.seed} profile {chunk.profile} case {chunk.first + row}"
        return replace(item.batch.case(row), label=label)

    def _vote(
        self, batch: MachineBatch, row: int, subject: BatchObservation, answers: list[BatchObservation]
    ) -> tuple[str, ...]:
        """Who stands against the majority, where there are at least three voters."""
        if len(answers) < 2:
            return ()
        one = slice(row, row + 1)
        names = (self.plan.subject, *self.plan.oracles)
        sides = {name: _rows(seen, one) for name, seen in zip(names, (subject, *answers), strict=True)}
        return vote(rows_of(batch, one), sides).named(0)

    def _count(self, item: _InFlight, subject: BatchObservation, comparisons: list[BatchComparison]) -> None:
        statistics = self.statistics
        statistics.cases += len(item.batch)
        statistics.instructions += int(subject.retired.sum())
        numbers, counts = np.unique(subject.end.astype(np.uint16) << 8 | subject.trap, return_counts=True)
        for value, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            end = End(value >> 8)
            name = Trap(value & 255).name if end is End.TRAP else end.name
            statistics.ends[name.lower()] += count
        for name, comparison in zip(self.plan.oracles, comparisons, strict=True):
            for reason, count in comparison.discards().items():
                statistics.discards[f"{name}: {reason}"] += count
        if item.coverage is not None:
            known = statistics.coverage
            statistics.coverage = item.coverage if known is None else known + item.coverage
        for executor in (item.lane.subject, *item.lane.oracles):
            if isinstance(executor, IsolatedExecutor):
                stage = "subject" if executor is item.lane.subject else "oracle"
                statistics.seconds[stage] += executor.take_busy_seconds()
                if stage == "subject":
                    statistics.counts += executor.take_counts()
                for incident in executor.incidents:
                    statistics.incidents[f"{executor.registered_name}: {incident.end.name.lower()}"] += 1
                executor.incidents.clear()
            elif isinstance(executor, Counting):
                now = Counter(executor.counts())
                statistics.counts += now - self._counted_here
                self._counted_here = now

    def _keep(self, found: _Found) -> None:
        if self._store is None:
            return
        examined = found.examined
        sides = [
            None if seen is None else self._store.put_blob(write_observation(seen))
            for seen in (examined.subject, examined.oracle)
        ]
        guilty = f"; the vote names {', '.join(found.guilty)}" if found.guilty else ""
        fields = examined.comparison if examined.found is None else examined.found.comparison
        self._store.add(
            self.campaign,
            Finding(
                label=found.case.label,
                subject=self.plan.subject,
                oracle=found.oracle,
                signature=examined.signature,
                fields=fields.fields,
                summary=examined.summary() + guilty,
                case=self._store.put_blob(write_case(found.case)),
                subject_observation=sides[0],
                oracle_observation=sides[1],
            ),
        )

    def _write_stable_point(self) -> None:
        self._stable_at = time.perf_counter()
        if self._store is not None and self.campaign:
            with self._timed("storage"):
                cursor = {"next_chunk": self._next_chunk}
                self._store.write_stable_point(self.campaign, cursor, self.statistics.document())

    def _outcome(self, complete: bool) -> Outcome:
        statistics = self.statistics
        code, reason = ExitCode.AGREE, ""
        if self._stopped_by is not None:
            code = ExitCode.INTERRUPTED
            reason = f"interrupted by {signal.Signals(self._stopped_by).name}; everything so far is kept"
        elif self._vacuity:
            code, reason = ExitCode.INTERNAL, self._vacuity
        elif statistics.divergences:
            code = ExitCode.DIVERGED
            reason = f"{statistics.divergences} unexplained divergences"
        else:
            reason = self._vacuous()
            if reason:
                code = ExitCode.INTERNAL
        return Outcome(code, reason, complete, statistics)

    def _vacuous(self) -> str:
        """Why the agreement of this campaign says nothing, or empty."""
        statistics, options = self.statistics, self.options
        if not statistics.cases:
            return "vacuous: no case was compared; raise --budget-seconds or --cases"
        share = statistics.reached_end / statistics.cases
        if share < options.end_floor:
            return (
                f"vacuous: only {share:.1%} of the cases reached a trap, at least {options.end_floor:.0%} must "
                f"(ends: {dict(statistics.ends)})"
            )
        share = statistics.discarded / (statistics.cases * len(self.plan.oracles))
        if share > options.discard_ceiling:
            return (
                f"vacuous: {share:.1%} of the comparisons were discarded, at most {options.discard_ceiling:.0%} may be "
                f"({dict(statistics.discards)})"
            )
        return ""

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.statistics.seconds[stage] += time.perf_counter() - start

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Note SIGINT and SIGTERM; the second one has its usual effect at once."""

        def note(number: int, _frame: FrameType | None) -> None:
            if self._stopped_by is not None:
                raise KeyboardInterrupt
            self._stopped_by = number

        previous = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)


@dataclass(frozen=True, eq=False)
class _Found:
    case: MachineCase
    oracle: str
    examined: Examined
    guilty: tuple[str, ...]


def _rows(seen: BatchObservation, rows: slice) -> BatchObservation:
    return replace(
        seen,
        end=seen.end[rows],
        trap=seen.trap[rows],
        tval=seen.tval[rows],
        state=seen.state[rows],
        memory=seen.memory[rows],
        retired=seen.retired[rows],
    )
