"""`counterproof corpus`: build real C programs for riscv64, run them on our machine and on references, compare."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from engines.whole_file import replace_whole
from harness.commands.jobs import jobs_option, processes

if TYPE_CHECKING:
    from harness.campaign.programs import CorpusSummary, Result

app = typer.Typer(help="Build and run the real programs.", no_args_is_help=True)

_SET = typer.Option("--set", help="quick or full.")
_JOBS = jobs_option("Compilers, and later executors,")
_NAMES = typer.Argument(metavar="[PROGRAM]...", help="Only these programs.")


@app.callback()
def corpus() -> None:
    """Build and run the real programs."""


@app.command("list")
def list_programs() -> None:
    """List the programs: where their source comes from, their builds, their workloads.

    Exit status: 0, or 3 where the manifest cannot be used.
    """
    from corpus.programs.manifest import ManifestError, load_manifest

    try:
        programs = load_manifest()
    except ManifestError as error:
        _stop(str(error), 3)
    for program in programs:
        source = program.source
        origin = f"{source.package} {source.version} ({source.registry})" if source is not None else "our own"
        print(f"{program.name:<10}{origin}")
        for name, variants in program.variants.items():
            print(f"{'':<10}{name:<6} {' '.join(v.name for v in variants)}")
        print(f"{'':<10}runs   {' '.join(w.name for w in program.workloads)}")


@app.command()
def build(
    names: Annotated[list[str] | None, _NAMES] = None,
    selection: Annotated[str, _SET] = "quick",
    jobs: Annotated[int, _JOBS] = 2,
    native: Annotated[bool, typer.Option(help="Build for this host too.")] = True,
) -> None:
    """Fetch the sources and build what is not in the cache; print where each program is.

    Exit status: 0 built, 2 wrong usage, 3 something cannot be fetched or built, 130 interrupted.
    """
    from corpus.programs.builder import BuildError
    from corpus.programs.builder import build as build_programs
    from corpus.programs.manifest import ManifestError
    from corpus.programs.sources import FetchError

    _check_set(selection)
    try:
        built = build_programs(selection, names or (), jobs=processes(jobs), native=native, progress=_progress)
    except (FetchError, BuildError, ManifestError, OSError) as error:
        _stop(str(error), 3)
    except ValueError as error:
        _stop(str(error), 2)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    for item in built:
        print(f"{item.program.name:<10}{item.variant.name:<8}{item.isa:<9}{item.path}")


@app.command()
def run(
    names: Annotated[list[str] | None, _NAMES] = None,
    selection: Annotated[str, _SET] = "quick",
    executor: Annotated[
        list[str] | None, typer.Option(help="A reference, which must be there then; may be given several times.")
    ] = None,
    subject: Annotated[str, typer.Option(help="The executor under test.")] = "riscv64-user-interpreter",
    out: Annotated[Path, typer.Option(help="Directory for findings and the summary.")] = Path("out/corpus"),
    jobs: Annotated[int, _JOBS] = 2,
    locate: Annotated[bool, typer.Option(help="Look for the first wrong instruction of what diverges.")] = True,
) -> None:
    """Run every program on our machine and on the references; compare output, exit status, signal and files.

    Exit status: 0 they agree, 1 they diverge, 2 wrong usage, 3 internal error or nothing was compared, 130 interrupted.
    """
    from corpus.programs.builder import BuildError
    from corpus.programs.manifest import ManifestError
    from corpus.programs.sources import FetchError
    from harness.campaign.claim import InUseError, claimed
    from harness.campaign.programs import REFERENCES, run_corpus
    from harness.registry import ExecutorUnavailableError

    _check_set(selection)
    references = tuple(executor or REFERENCES)
    try:
        with claimed(out):
            summary = run_corpus(
                selection,
                tuple(name for name in references if name != subject),
                subject=subject,
                names=names or (),
                jobs=processes(jobs),
                required=executor or (),
                progress=_progress,
                show=_show,
            )
            findings = _write(summary, out, locate)
    except (FetchError, BuildError, ManifestError) as error:
        _stop(str(error), 3)
    except OSError as error:
        _stop(f"--out {out}: {error}", 3)
    except (ExecutorUnavailableError, InUseError, ValueError) as error:
        _stop(str(error), 2)
    except KeyboardInterrupt:
        _stop("interrupted while building; what was built is kept", 130)
    for line in summary_lines(summary):
        print(line)
    for finding in findings:
        print(f"finding: {finding}")
    raise typer.Exit(summary.exit_code)


@app.command("locate")
def locate_in_case(
    case_file: Annotated[Path, typer.Argument(help="A program case (case.json of a finding).")],
    subject: Annotated[str, typer.Option(help="The tier under test.")] = "interpreter",
    reference: Annotated[str, typer.Option(help="The tier that is believed.")] = "reference",
    limit: Annotated[int, typer.Option(min=1, help="Look at so many instructions.")] = 1_000_000,
) -> None:
    """Find the first instruction of a program after which two of our tiers differ.

    Exit status: 0 no difference, 1 one was found, 2 wrong usage, 3 internal error.
    """
    from harness.campaign.locate import LocateError, locate
    from harness.case_file import load_case
    from harness.contract import ProgramCase
    from harness.strict_json import DocumentError

    try:
        case = load_case(case_file)
    except (DocumentError, OSError) as error:
        _stop(str(error), 2)
    if not isinstance(case, ProgramCase):
        _stop(f"{case_file}: holds a {case.kind} case; locate takes program cases", 2)
    try:
        found = locate(case, subject, reference, limit_insns=limit)
    except LocateError as error:
        _stop(str(error), 3)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    if found is None:
        print(f"no difference between {subject} and {reference} in {limit:,} instructions")
        raise typer.Exit(0)
    print(found.text())
    raise typer.Exit(1)


def summary_lines(summary: CorpusSummary) -> Iterator[str]:
    """The summary for people; nothing that was left out is left unsaid."""
    retired = {r.job.label: r.subject.observation.retired for r in summary.results if r.reference == "manifest"}
    yield f"{summary.subject}: {len(retired)} programs, {sum(retired.values()):,} instructions"
    for name in ("manifest", *summary.references):
        if name in summary.unavailable:
            yield f"  {name:<24}LEFT OUT: {summary.unavailable[name]}"
            continue
        counts = summary.count(name)
        text = ", ".join(f"{counts[verdict]} {verdict}" for verdict in counts) or "nothing compared"
        yield f"  {name:<24}{text}   {summary.versions.get(name, '')}".rstrip()
    for program, reason in summary.left_out.items():
        yield f"  program {program:<16}LEFT OUT: {reason}"
    for (reference, reason, detail), times in summary.discards().items():
        yield f"  discarded {times} × {reference}: {reason} ({detail})"
    calls = sorted({number for r in summary.results for number, _ in r.subject.observation.unknown_syscalls})
    if calls:
        yield f"  system calls answered with ENOSYS: {', '.join(map(str, calls))}"
    yield f"  built in {summary.build_seconds:.1f} s, ran in {summary.run_seconds:.1f} s"
    if not summary.complete:
        yield "INTERRUPTED: the rest was not run"
    yield f"divergences     {len(summary.divergences)}"


def _show(result: Result) -> None:
    """One comparison as a line; the manifest's are shown only when they fail, with the subject's instructions."""
    from harness.contract import Verdict

    subject = result.subject
    if result.reference == "manifest" and result.verdict is Verdict.AGREE:
        speed = subject.observation.retired / subject.seconds / 1e6 if subject.seconds else 0.0
        detail = f"{subject.observation.retired:>13,} instructions  {speed:7.1f} M/s  {subject.seconds:6.2f} s"
        print(f"{'ran':<13}{result.job.label:<28}{detail}", flush=True)
        return
    seconds = f"{result.oracle.seconds:6.2f} s" if result.oracle is not None else ""
    why = " ".join(filter(None, (result.discard, " ".join(result.fields), result.detail.partition("\n")[0])))
    print(f"{result.verdict!s:<13}{result.job.label:<28}{result.reference:<24}{seconds}  {why}".rstrip(), flush=True)


def _write(summary: CorpusSummary, out: Path, locate: bool) -> list[str]:
    """Findings and `summary.json` under `out`; gives a line per finding."""
    from harness.campaign.program_findings import write_finding

    lines = [write_finding(result, summary, out / "findings", locate) for result in summary.divergences]
    document: dict[str, Any] = summary.document() | {"findings": lines}
    out.mkdir(parents=True, exist_ok=True)
    replace_whole(out / "summary.json", (json.dumps(document, indent=1) + "\n").encode())
    return lines


def _check_set(selection: str) -> None:
    from corpus.programs.manifest import SETS

    if selection not in SETS:
        _stop(f"--set {selection}: there are {', '.join(SETS)}", 2)


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _stop(message: str, code: int) -> NoReturn:
    print(f"counterproof corpus: {message}", file=sys.stderr)
    raise typer.Exit(code)
