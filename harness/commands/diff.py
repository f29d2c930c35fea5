"""`counterproof diff`: differential campaigns."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engines.whole_file import replace_whole
from harness.commands.diff_rust import rust
from harness.commands.diff_wasm import wasm
from harness.commands.jobs import jobs_option, processes

if TYPE_CHECKING:
    from harness.campaign.plan import Plan
    from harness.campaign.runner import Campaign, Options, Outcome
    from harness.triage.store import FindingsStore

app = typer.Typer(help="Cross-examine a subject against oracles on generated cases.", no_args_is_help=True)

app.command()(wasm)
app.command()(rust)

REDUCED_BUCKETS = 10
"""For so many root causes a reproducer is written; the others stay in the findings store."""


@app.callback()
def diff() -> None:
    """Cross-examine a subject against oracles on generated cases."""


@app.command()
def riscv(
    subject: Annotated[str, typer.Option(help="The executor under test.")] = "riscv64-interpreter",
    oracle: Annotated[list[str] | None, typer.Option(help="A reference; may be given several times.")] = None,
    cases: Annotated[int, typer.Option(min=1, help="Generated programs, in all.")] = 20_000,
    seed: Annotated[list[int] | None, typer.Option(min=0, help="A fixed seed; may be given several times.")] = None,
    fresh_seeds: Annotated[int, typer.Option(min=0, max=1000, help="So many seeds that nobody has seen, printed.")] = 0,
    profile: Annotated[str, typer.Option(help="Kinds of programs: default, or several as default*10,fp.")] = "default",
    batch: Annotated[int, typer.Option(min=1, max=4096, help="Cases per batch.")] = 1024,
    budget_seconds: Annotated[float, typer.Option(min=0.0, help="Start nothing new after this; 0: no limit.")] = 0.0,
    out: Annotated[Path, typer.Option(help="Directory for findings, reproducers and the summary.")] = Path(
        "out/diff-riscv"
    ),
    errata: Annotated[bool, typer.Option(help="Let the oracles' recorded errata explain differences.")] = True,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first divergence.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the same campaign if interrupted.")] = False,
    in_process: Annotated[bool, typer.Option("--in-process", help="Run the subject without a worker.")] = False,
    jobs: Annotated[int, jobs_option("Sets of workers that take batches in turn")] = 1,
    reduce: Annotated[bool, typer.Option(help="Write a reduced reproducer per root cause.")] = True,
    coverage: Annotated[bool, typer.Option(help="Measure coverage on a sample of the batches.")] = True,
    sabotage: Annotated[str, typer.Option(help="Inject this bug, to see whether it is found.")] = "",
) -> None:
    """RISC-V: generated programs on our machine and on independent references, compared in full.

    Exit status: 0 they agree, 1 they diverge, 2 wrong usage, 3 internal error or nothing was compared, 130 interrupted.
    """
    from harness.campaign.claim import InUseError, claimed
    from harness.campaign.plan import Plan
    from harness.campaign.runner import Options
    from harness.commands.injected import inject
    from harness.strict_json import DocumentError
    from harness.triage.store import StoreError

    seeds = list(seed or ()) or ([] if fresh_seeds else [1])
    for _ in range(fresh_seeds):
        seeds.append(int.from_bytes(os.urandom(6), "little"))
    if fresh_seeds:
        print(f"fresh seeds: {' '.join(map(str, seeds[-fresh_seeds:]))}", flush=True)
    try:
        plan = Plan(
            subject=subject,
            oracles=tuple(oracle or ("unicorn-riscv64",)),
            seeds=tuple(seeds),
            cases=cases,
            profile=profile,
            batch_cases=batch,
            errata=errata,
            sabotage=sabotage,
        )
        _check_profile(plan)
        if sabotage:
            inject(sabotage)
    except ValueError as error:
        _stop(str(error), 2)
    try:
        options = Options(
            budget_seconds=budget_seconds or None,
            fail_fast=fail_fast,
            subject_in_process=in_process,
            resume=resume,
            jobs=processes(jobs),
        )
    except ValueError as error:
        _stop(f"--{error}", 2)
    try:
        with claimed(out):
            code = run(plan, options, out, measure_coverage=coverage, write_reproducers=reduce)
    except InUseError as error:
        _stop(str(error), 2)
    except OSError as error:
        _stop(f"--out {out} cannot be used: {error}", 3)
    except (StoreError, DocumentError) as error:
        _stop(str(error), 3)
    raise typer.Exit(code)


def run(plan: Plan, options: Options, out: Path, *, measure_coverage: bool, write_reproducers: bool) -> int:
    """Run a campaign with live progress, reproducers and a summary in `out`; gives the exit status.

    Raises:
        StoreError, OSError: `out` cannot be used.
    """
    from fuzz.strategies.riscv64 import coverage, generate
    from harness.campaign.limits import keep_freed_memory
    from harness.campaign.progress import progress_display
    from harness.campaign.runner import Campaign
    from harness.registry import ExecutorUnavailableError, UnknownExecutorError
    from harness.triage.store import FindingsStore

    keep_freed_memory()
    store = FindingsStore(out)
    if store.restored or store.unreadable:
        left = f", {store.unreadable} lines of it cannot be read" if store.unreadable else ""
        print(f"{store.restored} findings taken over from the journal in {out}{left}", file=sys.stderr, flush=True)
    try:
        with progress_display(plan) as show:
            try:
                campaign = Campaign(plan, options, generate, coverage if measure_coverage else None, store, show)
            except (UnknownExecutorError, ExecutorUnavailableError) as error:
                _stop(str(error), 2)
            try:
                outcome = campaign.run()
            finally:
                campaign.close()
        reproducers = _reproducers(plan, store, campaign, out) if write_reproducers else {}
        _summarise(plan, outcome, campaign, store, out, reproducers)
    finally:
        store.close()
    return int(outcome.exit_code)


def _check_profile(plan: Plan) -> None:
    """Refuse an unknown profile before any worker starts; the error lists the known ones."""
    from fuzz.strategies.riscv64 import generate

    for profile in dict.fromkeys(plan.rotation()):
        generate(plan.seeds[0], 0, 1, profile)


def _reproducers(plan: Plan, store: FindingsStore, campaign: Campaign, out: Path) -> dict[str, str]:
    """A reduced reproducer for the first finding of each root cause; gives signature → directory."""
    from harness.campaign.workers import IsolatedExecutor
    from harness.case_file import read_case
    from harness.contract import MachineCase
    from harness.reduce.finding import reduce_and_write

    written: dict[str, str] = {}
    for number, bucket in enumerate(store.buckets(campaign.campaign)[:REDUCED_BUCKETS], 1):
        finding = bucket.first
        case = read_case(store.blobs.get(finding.case), finding.label)
        assert isinstance(case, MachineCase)
        slug = "-".join("".join(c if c.isalnum() else " " for c in bucket.signature).split())[:60]
        directory = out / "findings" / f"{campaign.campaign:03d}-{number:02d}-{slug}"
        directory.mkdir(parents=True, exist_ok=True)
        subject, oracle = IsolatedExecutor(plan.subject), IsolatedExecutor(finding.oracle)
        command = f"counterproof repro {directory}" + (f" --sabotage {plan.sabotage}" if plan.sabotage else "")
        try:
            reduction = reduce_and_write(case, subject, oracle, directory, command=command, use_errata=plan.errata)
        except ValueError:  # alone, the case agrees: there is nothing to reduce, so the case itself is kept
            (directory / "case.json").write_bytes(store.blobs.get(finding.case))
            written[bucket.signature] = str(directory)
            continue
        finally:
            subject.close()
            oracle.close()
        written[bucket.signature] = f"{directory} ({reduction.instructions} instructions)"
    return written


def _summarise(
    plan: Plan, outcome: Outcome, campaign: Campaign, store: FindingsStore, out: Path, reproducers: dict[str, str]
) -> None:
    """Print the summary, write `summary.json` and `report.html`."""
    from harness.campaign.summary import summary_document, summary_lines
    from harness.report.page import campaign_page

    versions = {e.name: e.capabilities.version for e in campaign.executors}
    buckets = store.buckets(campaign.campaign) if campaign.campaign else []
    document: dict[str, Any] = summary_document(plan, outcome, versions, buckets, reproducers)
    path = out / "summary.json"
    replace_whole(path, (json.dumps(document, indent=1) + "\n").encode())
    page = out / "report.html"
    page.write_text(campaign_page(document, outcome.statistics.coverage, " ".join(sys.argv)))
    print(f"report: {page}")
    for line in summary_lines(document):
        print(line)
    sys.stdout.flush()


def _stop(message: str, code: int) -> None:
    print(f"counterproof diff: {message}", file=sys.stderr)
    raise typer.Exit(code)
