"""`counterproof diff rust`: generated valid and faulty Rust programs, accepted and rejected rightly?"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from harness.campaign.rust import Misjudgement, RustStatistics
    from harness.contract import Executor

KEPT = 40
"""Misjudged programs that are written out, one per signature; more of them are counted."""
PROGRESS_SECONDS = 5.0


def rust(
    subject: Annotated[str, typer.Option(help="The compiler under test.")] = "rustwasm-check",
    judge: Annotated[str, typer.Option(help="Who cross-examines the generator; empty for nobody.")] = "rustc",
    judge_every: Annotated[int, typer.Option(min=1, help="The judge is asked about every so many seeds.")] = 50,
    programs: Annotated[int, typer.Option(min=1, help="Seeds; each gives a valid and a faulty program.")] = 2_000,
    seed: Annotated[int, typer.Option(min=0, help="The first seed; the others follow.")] = 1,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start at a seed that nobody has seen; it is printed.")
    ] = False,
    budget_seconds: Annotated[float, typer.Option(min=0.0, help="Start nothing new after this; 0: no limit.")] = 0.0,
    out: Annotated[Path, typer.Option(help="Directory for misjudged programs and the summary.")] = Path(
        "out/diff-rust"
    ),
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Stop at the first misjudgement.")] = False,
) -> None:
    """Rust: are generated programs accepted, and planted errors found, with their code, at their line?

    Exit status: 0 all judged rightly, 1 some not, 2 wrong usage, 3 internal error or nothing was judged, 130
    interrupted.
    """
    from harness.registry import ExecutorUnavailableError, UnknownExecutorError, create

    first = int.from_bytes(os.urandom(5), "little") if fresh else seed
    print(f"seeds from {first}", flush=True)
    opened: list[Executor] = []
    try:
        try:
            opened.append(create(subject))
            if judge:
                opened.append(create(judge))
        except (UnknownExecutorError, ExecutorUnavailableError) as error:
            _stop(str(error), 2)
        try:
            out.mkdir(parents=True, exist_ok=True)
            code = _run(opened, judge_every, programs, first, budget_seconds, out, fail_fast)
        except OSError as error:
            _stop(str(error), 3)
    finally:
        for executor in opened:
            executor.close()
    raise typer.Exit(code)


def _run(
    executors: list[Executor],
    judge_every: int,
    programs: int,
    first: int,
    budget_seconds: float,
    out: Path,
    fail_fast: bool,
) -> int:
    from harness.campaign.rust import RustCampaign

    started = time.monotonic()
    shown = [started]

    def show(statistics: RustStatistics) -> None:
        now = time.monotonic()
        if now - shown[0] >= PROGRESS_SECONDS:
            shown[0] = now
            print(f"{statistics.valid}/{programs} valid and faulty programs, {now - started:.0f} s", flush=True)

    def seeds() -> Iterator[int]:
        for one in range(first, first + programs):
            if budget_seconds and time.monotonic() - started > budget_seconds:
                return
            yield one

    campaign = RustCampaign(executors[0], executors[1] if len(executors) > 1 else None, judge_every, show)
    found: Counter[str] = Counter()
    interrupted = False
    try:
        for wrong in campaign.run(seeds()):
            found[wrong.signature] += 1
            if found[wrong.signature] == 1:
                print(f"MISJUDGED seed {wrong.seed}: {wrong.signature}; expected {wrong.expected}, found {wrong.found}")
                if len(found) <= KEPT:
                    _write(wrong, out / f"misjudged-{len(found):02}")
            if fail_fast:
                break
    except KeyboardInterrupt:
        interrupted = True
    statistics = campaign.statistics
    summary = {
        "executors": [f"{one.name} ({one.capabilities.version})" for one in executors],
        "first_seed": first,
        "valid": statistics.valid,
        "faulty": statistics.faulty,
        "codes": dict(sorted(statistics.codes.items())),
        "asked": statistics.asked,
        "discards": dict(statistics.discards),
        "misjudged": found.total(),
        "signatures": dict(found.most_common()),
        "seconds": round(time.monotonic() - started, 1),
    }
    (out / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")
    print(json.dumps(summary, indent=2))
    if interrupted:
        return 130
    if not statistics.valid:
        return 3
    return 1 if found else 0


def _write(wrong: Misjudgement, place: Path) -> None:
    """The program, what was expected and what was said."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "main.rs").write_text(wrong.source)
    finding = {
        "signature": wrong.signature,
        "seed": wrong.seed,
        "expected": wrong.expected,
        "found": wrong.found,
        "messages": wrong.messages.splitlines(),
    }
    (place / "finding.json").write_text(json.dumps(finding, indent=1) + "\n")


def _stop(message: str, code: int) -> None:
    print(f"counterproof diff rust: {message}", file=sys.stderr)
    raise typer.Exit(code)
