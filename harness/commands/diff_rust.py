"""`counterproof diff rust`: generated Rust programs: judged rightly, and run alike by every build on every engine?"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import closing
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from harness.commands.jobs import jobs_option, processes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.campaign.rust_progress import RustProgress
    from harness.campaign.rust_units import RustPlan, UnitResult
    from harness.triage.store import FindingsStore

KEPT = 40
"""Findings that are written out, one per signature; more of them are counted."""
PROGRESS_SECONDS = 5.0
UNIT_SECONDS = 1_800.0
"""Wall clock of one unit, some tens of seconds of work: a machine may be busy with other things."""


def rust(
    subject: Annotated[str, typer.Option(help="Whose verdicts on source programs are judged.")] = "rustwasm-check",
    judge: Annotated[
        str, typer.Option(help="Who cross-examines the generator: `auto` is rustc where installed; empty for nobody.")
    ] = "auto",
    judge_every: Annotated[int, typer.Option(min=1, help="The judge is asked about every so many seeds.")] = 50,
    native_every: Annotated[int, typer.Option(min=1, help="The judge builds and runs every so many crates.")] = 20,
    engine: Annotated[
        list[str] | None, typer.Option(help="Runs modules; several times. Without: wasmtime and node.")
    ] = None,
    build: Annotated[
        list[str] | None, typer.Option(help="How to compile; several times. Without: every build.")
    ] = None,
    run: Annotated[bool, typer.Option("--run/--no-run", help="Run the programs, or ask for verdicts only.")] = True,
    verify: Annotated[bool, typer.Option("--verify", help="Check the MIR of every crate, too.")] = False,
    programs: Annotated[int, typer.Option(min=1, help="Seeds; each gives a valid program, and a faulty one.")] = 2_000,
    faulty: Annotated[
        int | None, typer.Option(min=0, help="Of so many seeds there is a faulty program, too. Without: of all.")
    ] = None,
    modes_every: Annotated[
        int, typer.Option(min=0, help="Every so many seeds there are programs and a fault of GC mode, too; 0: none.")
    ] = 4,
    per_crate: Annotated[int, typer.Option(min=1, max=256, help="Programs compiled and run together.")] = 16,
    statements: Annotated[int, typer.Option(min=1, max=200, help="Statements of a program's main, at most.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="The first seed; the others follow.")] = 1,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start at a seed that nobody has seen; it is printed.")
    ] = False,
    jobs: Annotated[int, jobs_option("Processes, whatever the result,")] = 2,
    budget_seconds: Annotated[float, typer.Option(min=0.0, help="Start nothing new after this; 0: no limit.")] = 0.0,
    out: Annotated[Path, typer.Option(help="Directory for findings, progress and the summary.")] = Path(
        "out/diff-rust"
    ),
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the campaign in --out.")] = False,
    compile_compiler: Annotated[
        bool,
        typer.Option("--compile", help="Run the compiler as machine code, which mypyc makes of it once."),
    ] = False,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first finding.")] = False,
    judged: Annotated[
        int,
        typer.Option(min=0, help="Instead: so many functions of lifetimes whose verdict the judge alone knows."),
    ] = 0,
) -> None:
    """Rust: are generated programs accepted, planted errors found, and valid programs run alike everywhere?

    Findings go into the store in --out: `counterproof triage|status|report` show them.

    Exit status: 0 all as it should be, 1 not so, 2 wrong usage, 3 internal error or nothing was judged, 130
    interrupted (`--resume` goes on).
    """
    if compile_compiler:
        _compile()  # before anything imports it
    from harness.campaign.claim import InUseError, claimed
    from harness.campaign.rust_progress import RustProgress, load
    from harness.campaign.rust_units import RustPlan, UnitWorker
    from harness.registry import ExecutorUnavailableError, UnknownExecutorError, create, describe
    from harness.strict_json import DocumentError
    from harness.subjects.rustwasm_program import BUILDS
    from harness.triage.store import FindingsStore, StoreError

    first = int.from_bytes(os.urandom(5), "little") if fresh else seed
    if fresh and resume:
        _stop("--fresh and --resume exclude each other: a campaign to go on with has its seeds", 2)
    if judged:
        _judged(subject, judge, range(first, first + judged), processes(jobs), budget_seconds, out, resume, fail_fast)
    path = out / "progress.json"
    try:
        if judge == "auto":
            judge = _rustc()
        elif judge:
            create(judge).close()
        plan = RustPlan(
            subject, judge, judge_every, native_every,
            tuple(build or [one.name for one in BUILDS]),
            tuple(engine or ["wasmtime", "node"]), per_crate, statements, first, programs, verify,
            modes_every, programs if faulty is None else faulty,
        )  # fmt: skip
        for name in plan.engines:
            describe(name)
        plan = plan if run else replace(plan, builds=())
        progress = load(path, plan) if resume and path.exists() else RustProgress(plan)
        out.mkdir(parents=True, exist_ok=True)
        UnitWorker(plan).close()
    except (UnknownExecutorError, ExecutorUnavailableError, ValueError, DocumentError) as error:
        _stop(str(error), 2)
    except OSError as error:
        _stop(f"--out {out} cannot be used: {error}", 3)
    done = progress.totals.valid
    print(f"seeds from {first}" + (f"; {done} are done" if done else ""), flush=True)
    try:
        with claimed(out), closing(FindingsStore(out)) as store:
            kept = store.campaign(_described(plan), resume)
            code = _Campaign(plan, progress, out, path, budget_seconds, fail_fast, store, kept).run(processes(jobs))
    except InUseError as error:
        _stop(str(error), 2)
    except StoreError as error:
        _stop(str(error), 3)
    except OSError as error:
        _stop(f"--out {out} cannot be used: {error}", 3)
    raise typer.Exit(code)


def _judged(
    subject: str, judge: str, seeds: range, jobs: int, budget_seconds: float, out: Path, resume: bool, fail_fast: bool
) -> NoReturn:
    """The functions that only the judge knows the verdict of; exits."""
    from harness.campaign.claim import InUseError, claimed
    from harness.campaign.judged_progress import JudgedPlan
    from harness.commands.judged_functions import JudgedFunctions
    from harness.registry import ExecutorUnavailableError, UnknownExecutorError, create
    from harness.strict_json import DocumentError
    from harness.triage.store import FindingsStore, StoreError

    try:
        if not judge:
            _stop("--judged compares verdicts: it needs a --judge", 2)
        judge = _rustc() if judge == "auto" else judge
        if not judge:
            print("skipped: functions of unknown validity need rustc as their judge", flush=True)
            raise typer.Exit(0)
        for name in (subject, judge):
            create(name).close()
        with claimed(out), closing(FindingsStore(out)) as store:
            plan = JudgedPlan(subject, judge, seeds.start, len(seeds))
            raise typer.Exit(JudgedFunctions(plan, out, resume, fail_fast).run(store, jobs, budget_seconds))
    except (UnknownExecutorError, ExecutorUnavailableError, InUseError, DocumentError) as error:
        _stop(str(error), 2)
    except StoreError as error:
        _stop(str(error), 3)
    except OSError as error:
        _stop(f"--out {out} cannot be used: {error}", 3)


def _compile() -> None:
    """Take the compiled copy of the compiler from here on."""
    from harness.campaign.compiled_compiler import CompilingError, compiled, use

    try:
        use(compiled())
    except (CompilingError, RuntimeError) as error:
        _stop(str(error), 2)
    except OSError as error:
        _stop(str(error), 3)


def _described(plan: RustPlan) -> dict[str, Any]:
    """The plan as the findings store keeps it."""
    from harness.campaign.rust_runs import GENERATOR, INTERPRETER

    return {**asdict(plan), "subject": "rustwasm", "checker": plan.subject, "oracles": [GENERATOR, INTERPRETER]}


def _rustc() -> str:
    """`rustc`, or nobody where it is not installed, which is said."""
    from harness.registry import ExecutorUnavailableError, create

    try:
        create("rustc").close()
    except ExecutorUnavailableError as error:
        print(f"nobody cross-examines the generator: {error}", file=sys.stderr)
        return ""
    return "rustc"


class _Campaign:
    """The run of one command."""

    def __init__(
        self,
        plan: RustPlan,
        progress: RustProgress,
        out: Path,
        path: Path,
        budget_seconds: float,
        fail_fast: bool,
        store: FindingsStore,
        campaign: int,
    ) -> None:
        self._store, self._campaign = store, campaign
        self._plan, self._progress, self._out, self._path = plan, progress, out, path
        self._fail_fast = fail_fast
        self._started = self._shown = time.monotonic()
        self._before = progress.seconds
        self._deadline = self._started + budget_seconds if budget_seconds else float("inf")

    def run(self, jobs: int) -> int:
        """Do what is left of the plan. Returns the exit status.

        Raises:
            OSError: the directory cannot be written.
        """
        from engines.rustwasm.compilation import library
        from harness.campaign.forked_pool import ForkedPool, Lost
        from harness.campaign.rust_units import UnitWorker, lost_unit

        library()  # before the forks, which share it
        progress, interrupted = self._progress, False
        pool = ForkedPool(partial(UnitWorker, self._plan), jobs, UNIT_SECONDS, lambda: frozenset(progress.diverged))
        results = pool.results(self._units())
        try:
            for unit, result in results:
                if isinstance(result, Lost):
                    result = lost_unit(self._plan, unit, result.why)
                self._take(unit, result)
                if self._fail_fast and (progress.misjudged or progress.diverged):
                    break
        except KeyboardInterrupt:
            interrupted = True
        finally:
            pool.close()
        if progress.next_unit >= self._plan.units:
            self._store.complete(self._campaign)
        summary = json.dumps(progress.document(), indent=2)
        (self._out / "summary.json").write_text(summary + "\n")
        print(summary)
        return 130 if interrupted else progress.exit_code

    def _units(self) -> Iterator[int]:
        for unit in range(self._progress.next_unit, self._plan.units):
            if time.monotonic() > self._deadline:
                return
            yield unit

    def _take(self, unit: int, result: UnitResult) -> None:
        """Count a unit in, write what it found, keep the progress."""
        from harness.campaign.rust_findings import into_store, write_divergence, write_misjudgement

        progress = self._progress
        for wrong in result.misjudgements:
            into_store(self._store, self._campaign, wrong)
            progress.misjudged[wrong.signature] += 1
            if progress.misjudged[wrong.signature] == 1:
                print(f"MISJUDGED seed {wrong.seed}: {wrong.signature}; expected {wrong.expected}, found {wrong.found}")
                if len(progress.misjudged) <= KEPT:
                    write_misjudgement(wrong, self._out / "findings" / f"misjudged-{len(progress.misjudged):02}")
        for found in result.divergences:
            into_store(self._store, self._campaign, found)
            progress.diverged[found.signature] += 1
            if progress.diverged[found.signature] == 1:
                print(f"DIVERGED {found.label}: {found.signature} (against {found.reference})", flush=True)
                if len(progress.diverged) <= KEPT:
                    write_divergence(found, self._out / "findings" / f"rust-{len(progress.diverged):02}")
        progress.totals.add(result)
        progress.next_unit = unit + 1
        now = time.monotonic()
        progress.seconds = self._before + now - self._started
        progress.write(self._path)
        cases = progress.totals.valid + progress.totals.faulty
        self._store.write_stable_point(self._campaign, {"next_unit": progress.next_unit}, {"cases": cases})
        if now - self._shown >= PROGRESS_SECONDS:
            self._shown = now
            print(
                f"{progress.totals.valid}/{self._plan.seeds} valid programs, {progress.totals.faulty} faulty ones, "
                f"{progress.totals.runs} runs, "
                f"{progress.seconds:.0f} s, {progress.totals.cpu_seconds / 60:.1f} processor minutes",
                flush=True,
            )


def _stop(message: str, code: int) -> NoReturn:
    print(f"counterproof diff rust: {message}", file=sys.stderr)
    raise typer.Exit(code)
