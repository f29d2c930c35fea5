"""`counterproof repro`: replay a finding from its directory, in fresh worker processes."""

from __future__ import annotations

import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from harness.contract import MachineCase


def repro(
    directory: Annotated[Path, typer.Argument(help="A finding's directory, with finding.json and case.json.")],
    subject: Annotated[str, typer.Option(help="Replay on this subject instead of the one that was found out.")] = "",
    oracle: Annotated[str, typer.Option(help="Replay against this oracle instead.")] = "",
) -> None:
    """Replay a finding: exit status 1 while subject and oracle still differ, 0 when they agree."""
    from harness.report.reproducer import load_reproducer
    from harness.strict_json import DocumentError

    try:
        case, found_on, found_by = load_reproducer(directory)
    except (DocumentError, OSError) as error:
        print(f"counterproof repro: {error}", file=sys.stderr)
        raise typer.Exit(2) from None
    raise typer.Exit(replay_case(case, subject or found_on, oracle or found_by))


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
