"""Running the real programs of the corpus on a subject and its references, and comparing everything that they do.

Each executor goes through its list of programs in a thread and a worker of its own; at most `jobs` of them run at any
moment. The native reference gets the host's build of the same program and the same input; the reference tier, which is
slow, gets the beginning of each program and is compared by state hashes.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from corpus.programs.builder import NATIVE as NATIVE_BUILD
from corpus.programs.builder import Built, build
from corpus.programs.manifest import Workload
from harness.compare.program import compare_programs
from harness.contract import CaseKind, End, Executor, ProgramCase, ProgramObservation, Verdict
from harness.registry import ExecutorUnavailableError, create

SUBJECT: Final = "riscv64-user-interpreter"
REFERENCE: Final = "riscv64-user-reference"
NATIVE: Final = "native"
REFERENCES: Final = (REFERENCE, "qemu-riscv64", "qiling-riscv64", NATIVE)
PREFIX_INSNS: Final = 20_000
"""So much of each program runs on the reference tier."""
PREFIX_CHECKPOINT_INSNS: Final = 1_000
LIMITATION: Final = "known limitation"
"""A reference that the manifest says gets a workload wrong; where it does not, that is a divergence."""
FORMAT: Final = "counterproof-corpus-summary"
VERSION: Final = 1


@dataclass(frozen=True)
class Job:
    """A workload on one guest build.

    Attributes:
        guest, twin: the case, and the same on the host's build where there is one.
        has_prefix: whether the reference tier runs its beginning; each workload's does on one of the builds.
    """

    program: str
    workload: Workload
    guest: ProgramCase
    twin: ProgramCase | None
    has_prefix: bool

    @property
    def label(self) -> str:
        return self.guest.label


@dataclass(frozen=True)
class Seen:
    """An observation and the wall clock that it took, the worker's overhead included."""

    observation: ProgramObservation
    seconds: float


@dataclass(frozen=True)
class Result:
    """One comparison: the subject, or the manifest's expectation of it, against one reference.

    Attributes:
        reference: the reference's name, or `manifest`.
        fields: what differs.
        discard: why the two are incomparable, empty otherwise.
        detail: the reference's own words about its run.
    """

    job: Job
    reference: str
    verdict: Verdict
    subject: Seen
    oracle: Seen | None
    fields: tuple[str, ...] = ()
    discard: str = ""
    detail: str = ""
    first_checkpoint: int = 0


@dataclass
class CorpusSummary:
    """What a run found.

    Attributes:
        unavailable: references that cannot run here, with the reason.
        left_out: programs that cannot be built here, with the reason.
        results: every comparison, in the order in which they were made.
        complete: False when the run was interrupted.
        build_seconds, run_seconds: wall clock.
    """

    selection: str
    subject: str
    references: tuple[str, ...]
    versions: dict[str, str] = field(default_factory=dict)
    unavailable: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    complete: bool = True
    build_seconds: float = 0.0
    run_seconds: float = 0.0

    @property
    def divergences(self) -> list[Result]:
        return [r for r in self.results if r.verdict is Verdict.DIVERGED]

    @property
    def exit_code(self) -> int:
        """0 they agree, 1 they diverge, 3 nothing was compared, 130 interrupted."""
        if self.divergences:
            return 1
        if not self.complete:
            return 130
        return 0 if any(r.verdict is Verdict.AGREE and r.oracle is not None for r in self.results) else 3

    def count(self, reference: str) -> Counter[Verdict]:
        return Counter(r.verdict for r in self.results if r.reference == reference)

    def discards(self) -> Counter[tuple[str, str, str]]:
        """(reference, reason, its own words), how often."""
        return Counter((r.reference, r.discard, r.detail) for r in self.results if r.discard)

    def document(self) -> dict[str, Any]:
        """The summary, JSON-ready."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "set": self.selection,
            "subject": self.subject,
            "versions": self.versions,
            "unavailable": self.unavailable,
            "left_out": self.left_out,
            "complete": self.complete,
            "exit_code": self.exit_code,
            "seconds": {"build": self.build_seconds, "run": self.run_seconds},
            "references": {
                name: {str(v): self.count(name)[v] for v in Verdict} for name in ("manifest", *self.references)
            },
            "discards": [[*key, times] for key, times in self.discards().items()],
            "results": [_result_document(r) for r in self.results],
        }


def _result_document(result: Result) -> dict[str, Any]:
    return {
        "program": result.job.label,
        "reference": result.reference,
        "verdict": str(result.verdict),
        "fields": list(result.fields),
        "discard": result.discard,
        "detail": result.detail,
        "retired": result.subject.observation.retired,
        "unknown_syscalls": [list(call) for call in result.subject.observation.unknown_syscalls],
        "subject_seconds": round(result.subject.seconds, 4),
        "reference_seconds": round(result.oracle.seconds, 4) if result.oracle is not None else None,
    }


def run_corpus(
    selection: str = "quick",
    references: Sequence[str] = REFERENCES,
    *,
    subject: str = SUBJECT,
    names: Iterable[str] = (),
    jobs: int = 2,
    required: Iterable[str] = (),
    progress: Callable[[str], None] = lambda line: None,
    show: Callable[[Result], None] = lambda result: None,
) -> CorpusSummary:
    """Build the programs of a set and run each on the subject and on every reference.

    Args:
        selection: `quick` or `full`.
        names: only these programs; all when empty.
        jobs: compilers, and later executors, that run at a time.
        required: references that must be there; the others are left out, and named, where they are missing.
        progress: told a line per build and per executor's start.
        show: told each comparison.

    Raises:
        ValueError: an unknown program.
        UnknownExecutorError, ExecutorUnavailableError: the subject, or a required reference.
        FetchError, BuildError, ManifestError: the programs cannot be built.
    """
    begun = time.perf_counter()
    summary = CorpusSummary(selection, subject, tuple(references))
    executors = _executors(summary, set(required), progress)
    try:
        native = NATIVE in executors
        built = build(selection, names, jobs=jobs, native=native, left_out=summary.left_out, progress=progress)
        summary.build_seconds = time.perf_counter() - begun
        begun = time.perf_counter()
        _Run(summary, executors, jobs_of(built), jobs, show).run()
    finally:
        summary.run_seconds = time.perf_counter() - begun
        for executor in executors.values():
            executor.close()
    return summary


def jobs_of(built: list[Built]) -> list[Job]:
    """Every workload on every guest build, in the order of the manifest."""
    twins = {b.program.name: b for b in built if b.variant is NATIVE_BUILD}
    jobs = []
    for program in dict.fromkeys(b.program.name for b in built):
        guests = [b for b in built if b.program.name == program and b.variant is not NATIVE_BUILD]
        for turn, guest in enumerate(guests):
            for number, workload in enumerate(guest.program.workloads):
                twin = twins[program].case(workload) if program in twins else None
                chosen = number % len(guests) == turn
                jobs.append(Job(program, workload, guest.case(workload), twin, chosen))
    return jobs


def _executors(summary: CorpusSummary, required: set[str], progress: Callable[[str], None]) -> dict[str, Executor]:
    """The executors by name, each in a worker but the native one, which gives each program a process of its own."""
    found: dict[str, Executor] = {}
    for name in (summary.subject, *summary.references):
        try:
            found[name] = create(name, isolated=name != NATIVE)
        except ExecutorUnavailableError as error:
            if name == summary.subject or name in required:
                for executor in found.values():
                    executor.close()
                raise
            summary.unavailable[name] = str(error)
            progress(f"left out: {error}")
            continue
        summary.versions[name] = found[name].capabilities.version
        if CaseKind.PROGRAM not in found[name].capabilities.kinds:
            for executor in found.values():
                executor.close()
            raise ExecutorUnavailableError(f"{name} runs no programs; choose among {', '.join(REFERENCES)}")
    return found


class _Run:
    """All executors at work; observations meet here and are compared as soon as both sides are there."""

    def __init__(
        self,
        summary: CorpusSummary,
        executors: dict[str, Executor],
        jobs: list[Job],
        at_a_time: int,
        show: Callable[[Result], None],
    ) -> None:
        self._summary, self._executors, self._jobs, self._show = summary, executors, jobs, show
        self._turns = threading.Semaphore(at_a_time)
        self._meeting = threading.Lock()
        self._seen: dict[tuple[str, int, bool], Seen] = {}
        """By executor, job, and whether it is the prefix only."""
        self._native: dict[tuple[str, str], Seen] = {}
        self._errors: list[BaseException] = []
        self._stop = threading.Event()

    def run(self) -> None:
        threads = [threading.Thread(target=self._go_through, args=(name,), daemon=True) for name in self._executors]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(0.1)
        except KeyboardInterrupt:
            self._stop.set()
            self._summary.complete = False
            for executor in self._executors.values():
                executor.close()
            for thread in threads:
                thread.join(5.0)
            return
        if self._errors:
            raise self._errors[0]

    def _go_through(self, name: str) -> None:
        try:
            for index, job in enumerate(self._jobs):
                for prefix in self._parts(name, job):
                    with self._turns:
                        if self._stop.is_set():
                            return
                        seen = self._observe(name, job, prefix)
                    with self._meeting:
                        if not self._stop.is_set():
                            self._arrived(name, index, prefix, seen)
        except Exception as error:  # noqa: BLE001 - carried to the thread that waits, which raises it
            self._errors.append(error)
            self._stop.set()

    def _parts(self, name: str, job: Job) -> tuple[bool, ...]:
        """What of a job an executor runs: all of it (False), its prefix (True), both, or nothing."""
        prefix = (True,) if job.has_prefix and REFERENCE in self._executors else ()
        if name == REFERENCE:
            return prefix
        return (False, *prefix) if name == self._summary.subject else (False,)

    def _observe(self, name: str, job: Job, prefix: bool) -> Seen:
        executor = self._executors[name]
        if prefix:
            return _timed(executor, prefix_of(job.guest))
        if name != NATIVE:
            return _timed(executor, job.guest)
        assert job.twin is not None
        key = (job.program, job.workload.name)
        if key not in self._native:
            self._native[key] = _timed(executor, job.twin)
        return self._native[key]

    def _arrived(self, name: str, index: int, prefix: bool, seen: Seen) -> None:
        self._seen[name, index, prefix] = seen
        subject = self._seen.get((self._summary.subject, index, prefix))
        if subject is None:
            return
        if name != self._summary.subject:
            self._take(_against(self._jobs[index], name, subject, seen))
            return
        if not prefix:
            self._take(_against_manifest(self._jobs[index], subject))
        for reference in self._executors:
            oracle = self._seen.get((reference, index, prefix))
            if oracle is not None and reference != name:
                self._take(_against(self._jobs[index], reference, subject, oracle))

    def _take(self, result: Result) -> None:
        self._summary.results.append(result)
        self._show(result)


def prefix_of(case: ProgramCase, limit_insns: int = PREFIX_INSNS) -> ProgramCase:
    """The beginning of `case`, with state hashes."""
    return replace(case, limit_insns=limit_insns, checkpoint_insns=PREFIX_CHECKPOINT_INSNS)


def _timed(executor: Executor, case: ProgramCase) -> Seen:
    begun = time.perf_counter()
    observation = executor.run(case)
    assert isinstance(observation, ProgramObservation), f"{executor.name} answered a program with another kind"
    return Seen(observation, time.perf_counter() - begun)


def _against(job: Job, reference: str, subject: Seen, oracle: Seen) -> Result:
    compared = compare_programs(subject.observation, oracle.observation)
    limitation = dict(job.workload.limitations).get(reference)
    if limitation is not None and compared.verdict is Verdict.DIVERGED:
        return Result(job, reference, Verdict.INCOMPARABLE, subject, oracle, (), LIMITATION, limitation)
    if limitation is not None and compared.verdict is Verdict.AGREE:
        detail = f"{reference} gets it right now; take the limitation out of the manifest: {limitation}"
        return Result(job, reference, Verdict.DIVERGED, subject, oracle, (LIMITATION,), detail=detail)
    detail = oracle.observation.detail if compared.verdict is not Verdict.AGREE else ""
    return Result(
        job, reference, compared.verdict, subject, oracle, compared.fields, compared.discard, detail,
        compared.first_checkpoint,
    )  # fmt: skip


def _against_manifest(job: Job, subject: Seen) -> Result:
    """The exit status that the manifest expects; a wrong one is a divergence even where nobody else has an opinion."""
    seen = subject.observation
    good = seen.end is End.TRAP and seen.signal == 0 and seen.exit_status == job.workload.exit_status
    if good:
        return Result(job, "manifest", Verdict.AGREE, subject, None)
    detail = (
        f"ended {seen.end.name} with status {seen.exit_status}, signal {seen.signal}; "
        f"the manifest says status {job.workload.exit_status}. {seen.detail}"
    ).strip()
    return Result(job, "manifest", Verdict.DIVERGED, subject, None, ("exit_status",), detail=detail)
