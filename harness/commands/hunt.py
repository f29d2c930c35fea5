"""`counterproof hunt`: search for defects of the oracles themselves."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from harness.triage.hunt import Candidate, Hunt

PROGRESS_SECONDS = 10.0


def hunt(
    voter: Annotated[list[str] | None, typer.Option(help="An executor that votes; at least three.")] = None,
    cases: Annotated[int, typer.Option(min=1, help="Generated programs.")] = 20_000,
    batch: Annotated[int, typer.Option(min=1, max=4096, help="Cases per batch.")] = 256,
    seed: Annotated[int, typer.Option(min=0, help="0: one that nobody has seen, printed.")] = 0,
    profile: Annotated[str, typer.Option(help="Kinds of programs, in turn.")] = "default,fp,memory,atomic,traps,noise",
    budget_seconds: Annotated[float, typer.Option(min=0.0, help="Start nothing new after this; 0: no limit.")] = 0.0,
    out: Annotated[Path, typer.Option(help="Directory for candidates.")] = Path("out/hunt"),
) -> None:
    """Let all executors vote on generated programs; write what no recorded erratum explains as candidates.

    Exit status: 0 nothing new, 1 candidates were written, 2 wrong usage, 3 internal error, 130 interrupted.
    """
    from fuzz.strategies.riscv64 import generate
    from harness.campaign.claim import InUseError, claimed
    from harness.registry import ExecutorUnavailableError, UnknownExecutorError
    from harness.triage.hunt import VOTERS, Hunt

    chosen = seed or int.from_bytes(os.urandom(6), "little")
    profiles = [name.strip() for name in profile.split(",")]
    print(f"seed {chosen}", flush=True)
    try:
        for name in profiles:
            generate(chosen, 0, 1, name)
        search = Hunt(voter or VOTERS, generate, out)
    except (ValueError, UnknownExecutorError, ExecutorUnavailableError) as error:
        _stop(str(error), 2)
    code, found = 0, 0
    try:
        with claimed(out):
            for candidate in _candidates(search, chosen, cases, batch, profiles, budget_seconds):
                found += 1
                print(f"candidate: {candidate.guilty}: {candidate.signature}\n  {candidate.path}", flush=True)
    except InUseError as error:
        _stop(str(error), 2)
    except OSError as error:
        _stop(f"--out {out} cannot be used: {error}", 3)
    except KeyboardInterrupt:
        code = 130
    finally:
        search.close()
    counts = search.statistics
    named = ", ".join(f"{name} {count:,}" for name, count in counts.named.most_common()) or "nobody"
    print(
        f"{counts.cases:,} cases; named: {named}; undecided {counts.undecided:,}; known {counts.known:,}; "
        f"of a signature seen before {counts.again:,}; not examined {counts.passed_over:,}; candidates {found}"
    )
    if not counts.cases and not code:
        _stop("no case was voted on; raise --budget-seconds", 3)
    raise typer.Exit(code or int(found > 0))


def _candidates(
    search: Hunt, seed: int, cases: int, batch: int, profiles: Sequence[str], budget_seconds: float
) -> Iterator[Candidate]:
    """What the hunt finds, batch by batch; a line of progress from time to time."""
    begun = shown = time.monotonic()
    found = 0
    for number, first in enumerate(range(0, cases, batch)):
        if budget_seconds and time.monotonic() - begun > budget_seconds:
            return
        for candidate in search.batch(seed, first, min(batch, cases - first), profiles[number % len(profiles)]):
            found += 1
            yield candidate
        if time.monotonic() - shown > PROGRESS_SECONDS:
            shown = time.monotonic()
            print(f"{search.statistics.cases:,} cases, {found} candidates", file=sys.stderr, flush=True)


def _stop(message: str, code: int) -> NoReturn:
    print(f"counterproof hunt: {message}", file=sys.stderr)
    raise typer.Exit(code)
