"""`counterproof repro`: replay a finding from its directory, in fresh worker processes."""

from __future__ import annotations

import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from harness.campaign.program_findings import ProgramFinding
    from harness.contract import MachineCase
    from harness.triage.rerun import Answer


def repro(
    directory: Annotated[Path, typer.Argument(help="A finding's directory, with finding.json and case.json.")],
    subject: Annotated[str, typer.Option(help="Replay on this subject instead of the one that was found out.")] = "",
    oracle: Annotated[str, typer.Option(help="Replay against this oracle instead.")] = "",
    sabotage: Annotated[str, typer.Option(help="With this injected bug, as the campaign had it.")] = "",
) -> None:
    """Replay a finding in fresh workers and show where the two sides part.

    Exit status: 1 they still differ, 0 they agree, 2 wrong usage, 3 nothing could be compared, 130 interrupted.
    """
    from harness.campaign.program_findings import PROGRAM, RUST, WASM, kind_of, load_finding
    from harness.commands.injected import inject
    from harness.report.reproducer import load_reproducer
    from harness.strict_json import DocumentError

    try:
        if sabotage:
            inject(sabotage)
        kind = kind_of(directory)
        if kind == PROGRAM:
            raise typer.Exit(replay_program(load_finding(directory), subject, oracle))
        if kind == WASM:
            raise typer.Exit(replay_wasm(directory, subject, oracle))
        if kind == RUST:
            raise typer.Exit(replay_rust(directory))
        case, found_on, found_by = load_reproducer(directory)
    except (DocumentError, ValueError, OSError) as error:
        print(f"counterproof repro: {error}", file=sys.stderr)
        raise typer.Exit(2) from None
    raise typer.Exit(replay_case(case, subject or found_on, oracle or found_by))


def replay_program(finding: ProgramFinding, subject: str = "", oracle: str = "") -> int:
    """Run the program again on both sides and print what differs. Returns the exit status."""
    from harness.registry import ExecutorUnavailableError, UnknownExecutorError
    from harness.triage.rerun import NotReplayableError, judge

    ours, theirs = subject or finding.subject, oracle or finding.reference
    try:
        answer = judge(finding.case, ours, theirs, finding.recorded)
    except (UnknownExecutorError, ExecutorUnavailableError, NotReplayableError) as error:
        print(f"repro: {error}", file=sys.stderr)
        return 2
    return _shown(finding.case.label, ours, theirs, answer)


def replay_wasm(directory: Path, subject: str = "", oracle: str = "") -> int:
    """Run the module of a Wasm finding again on both engines. Returns the exit status.

    Raises:
        DocumentError, OSError: the directory is no finding of a module, or cannot be read.
    """
    from harness.case_file import load_case
    from harness.contract import WasmCase
    from harness.registry import ExecutorUnavailableError, UnknownExecutorError
    from harness.strict_json import DocumentError, parse
    from harness.triage.rerun import NotReplayableError, judge

    path = directory / "finding.json"
    names = [name for name, _ in parse(path.read_bytes(), str(path)).items() if name not in ("signature", "fields")]
    case = load_case(directory / "case.json")
    if len(names) != 2 or not isinstance(case, WasmCase):
        raise DocumentError(f"{path}: names {len(names)} engines, must be two, for a Wasm case, not a {case.kind} case")
    ours, theirs = subject or names[0], oracle or names[1]
    try:
        return _shown(case.label or str(directory), ours, theirs, judge(case, ours, theirs))
    except (UnknownExecutorError, ExecutorUnavailableError, NotReplayableError) as error:
        print(f"repro: {error}", file=sys.stderr)
        return 2


def replay_rust(directory: Path) -> int:
    """Build and run the program of a finding of `diff rust` again. Returns the exit status.

    Raises:
        DocumentError, OSError: the directory is no finding of a Rust program, or cannot be read.
    """
    from harness.campaign.rust_findings import replay
    from harness.registry import ExecutorUnavailableError

    try:
        diverges, text = replay(directory)
    except (ValueError, ExecutorUnavailableError) as error:
        print(f"repro: {error}", file=sys.stderr)
        return 2
    print(f"{directory}: {text}")
    return int(diverges)


def _shown(label: str, subject: str, oracle: str, answer: Answer) -> int:
    from harness.contract import Verdict

    print(f"{label}: {subject} against {oracle}: {answer.verdict}" + (f" in {answer.detail}" if answer.detail else ""))
    if answer.verdict is Verdict.INCOMPARABLE:
        print(f"repro: nothing to compare: {answer.detail}", file=sys.stderr)
        return 3
    return 1 if answer.verdict is Verdict.DIVERGED else 0


def replay_text(text: str, subject: str, oracle: str) -> int:
    """Replay the case in `text` (a case file); what a reproducer's `repro.py` calls. Returns the exit status."""
    from harness.case_file import read_case
    from harness.contract import MachineCase
    from harness.strict_json import DocumentError

    try:
        case = read_case(text, "the case in this file")
    except DocumentError as error:
        print(f"repro: {error}", file=sys.stderr)
        return 2
    if not isinstance(case, MachineCase):
        print(f"repro: can replay machine cases, this is a {case.kind} case", file=sys.stderr)
        return 2
    return replay_case(case, subject, oracle)


def replay_case(case: MachineCase, subject: str, oracle: str) -> int:
    """Run `case` on the executors of these names in fresh workers and print the listing. Returns the exit status."""
    from harness.contract import Verdict
    from harness.registry import ExecutorUnavailableError, UnknownExecutorError, create
    from harness.report.reproducer import replay

    with ExitStack() as open_executors:
        try:
            ours, theirs = (open_executors.enter_context(closing(create(name))) for name in (subject, oracle))
        except (UnknownExecutorError, ExecutorUnavailableError) as error:
            print(f"repro: {error}", file=sys.stderr)
            return 2
        comparison, text = replay(case, ours, theirs)
    sys.stdout.write(text)
    if comparison.verdict is Verdict.INCOMPARABLE:
        print(f"repro: nothing to compare: {comparison.discard}", file=sys.stderr)
        return 3
    return 1 if comparison.verdict is Verdict.DIVERGED else 0
