"""`counterproof sabotage`: does the harness find what is wrong? Injected bugs, who finds them, and how soon."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engines.whole_file import replace_whole
from harness.commands.jobs import jobs_option, processes

if TYPE_CHECKING:
    from fuzz.sabotage.score import Result, Score

USAGE, INTERRUPTED = 2, 130


def sabotage(
    names: Annotated[list[str] | None, typer.Argument(help="Bugs to inject; all by default.")] = None,
    sample: Annotated[int, typer.Option(min=0, help="Only so many, chosen by --seed; 0: all.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Chooses the sample.")] = 1,
    floor: Annotated[float, typer.Option(min=0.0, max=1.0, help="Fail below this share of found bugs.")] = 0.97,
    jobs: Annotated[int, jobs_option("Bugs examined")] = 0,
    budget_seconds: Annotated[float, typer.Option(min=0.0, help="Start no new bug after this; 0: no limit.")] = 0.0,
    area: Annotated[str, typer.Option(help="Only bugs of this area.")] = "",
    reduce: Annotated[bool, typer.Option(help="Reduce what shows each bug and write its reproducer.")] = True,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted run stopped.")] = False,
    out: Annotated[Path, typer.Option(help="Directory for results and reproducers.")] = Path("out/sabotage"),
    listing: Annotated[bool, typer.Option("--list", help="Show the bugs and end.")] = False,
) -> None:
    """Inject bugs one at a time and see whether the harness finds them.

    Results are kept in OUT/results.jsonl as they come and summed up in OUT/sabotage.json.

    Exit status: 0 enough were found, 1 too few were or an argument for equivalence was refuted, 2 wrong usage, 3 a bug
    could not be examined or nothing was, 130 interrupted.
    """
    from fuzz.sabotage import BUGS
    from fuzz.sabotage.score import chosen
    from harness.campaign.claim import InUseError, claimed

    pool = list(names or BUGS)
    try:
        if area:
            pool = [name for name in pool if name not in BUGS or BUGS[name].area == area]
            if not pool:
                areas = ", ".join(sorted({bug.area for bug in BUGS.values()}))
                raise ValueError(f"--area {area!r} has no bugs; there are: {areas}")
        order = chosen(pool, sample, seed)
    except ValueError as error:
        _stop(str(error), USAGE)
    if listing:
        for name in sorted(order):
            bug = BUGS[name]
            print(f"{name}  [{bug.area}; {bug.stands_for}]  {bug.description}")
        return
    try:
        with claimed(out):
            raise typer.Exit(_run(order, floor, processes(jobs), budget_seconds, out, reduce=reduce, resume=resume))
    except InUseError as error:
        _stop(str(error), USAGE)
    except OSError as error:
        _stop(f"--out {out}: {error}", 3)


def _run(order: list[str], floor: float, jobs: int, budget_s: float, out: Path, *, reduce: bool, resume: bool) -> int:
    from fuzz.sabotage.score import Examiners, ResultsFile, Score, document, run
    from harness.strict_json import DocumentError

    file = ResultsFile(out / "results.jsonl", resume)
    try:
        known = {name: r for name, r in file.known().items() if name in set(order) and not r.failure}
    except DocumentError as error:
        _stop(str(error), 3)
    results = dict(known)
    left = [name for name in order if name not in known]
    begun = time.monotonic()
    with _display(len(order), len(known)) as show, _interruptible() as interrupted:
        examiners = Examiners(out if reduce else None, show.preparing)

        def keep(result: Result) -> None:
            file.add(result)
            results[result.name] = result
            show.result(result)

        def stop() -> bool:
            return bool(interrupted) or bool(budget_s and time.monotonic() - begun > budget_s)

        run(left, examiners, jobs, keep, stop)
    score = Score(tuple(results[name] for name in order if name in results))
    options = {"bugs": len(order), "floor": floor, "jobs": jobs, "reduce": reduce}
    seconds = time.monotonic() - begun
    path = out / "sabotage.json"
    replace_whole(path, (json.dumps(document(score, options, seconds), indent=1) + "\n").encode())
    code = _report(score, len(order), floor, seconds, examiners.preparing_s, path)
    return INTERRUPTED if interrupted else code


def _report(score: Score, asked: int, floor: float, seconds: float, preparing: float, path: Path) -> int:
    for result in score.survived:
        print(f"survived: {result.name}  [{result.bug.area}; {result.bug.stands_for}]  {result.bug.description}")
    for result in score.refuted:
        assert result.kill is not None
        print(f"not equivalent after all: {result.name}: {result.kill.by}: {result.kill.signature}")
    for result in score.failed:
        print(f"could not be examined: {result.name}: {result.failure}")
    large = [r for r in score.killed if r.small is False]
    for result in large:
        assert result.kill is not None
        print(f"not small: {result.name}: {result.kill.instructions} instructions in {result.kill.reduction_s:.1f} s")
    print(
        f"{len(score.killed)} of {len(score.can_be_found)} found: {score.value:.1%}, the floor is {floor:.0%}; "
        f"{len(score.survived)} survived, {len(score.failed)} could not be examined"
    )
    print(f"beside these, {len(score.equivalent)} change nothing, {len(score.stillborn)} cannot be built")
    print(f"{score.reduced:.1%} of the cases reduced to at most 3 instructions within 10 s")
    print(f"{len(score.results)} of {asked} examined in {seconds:.0f} s, {preparing:.0f} s of it to prepare")
    print(f"results: {path}")
    if score.failed or not score.killed:
        return 3
    return 1 if score.value < floor or score.refuted else 0


class _Display:
    """One line that says how far it is, on a terminal; a line per bug elsewhere."""

    def __init__(self, total: int, done: int) -> None:
        self._total, self._done, self._killed = total, done, 0
        self._terminal = sys.stdout.isatty()

    def preparing(self, judge: str) -> None:
        print(f"preparing {judge}", flush=True)

    def result(self, result: Result) -> None:
        self._done += 1
        kill = result.kill
        if result.stillborn:
            text = "cannot be built"
        elif result.failure:
            text = "could not be examined"
        elif kill is None:
            text = "changes nothing" if result.bug.equivalent else "SURVIVED"
        else:
            size = "" if kill.instructions is None else f", {kill.instructions} instructions"
            text = f"{kill.by}, {kill.cases:,} cases{size}"
        line = f"[{self._done}/{self._total}] {result.name}: {text} ({result.seconds:.1f} s)"
        if self._terminal and kill is not None:
            print(f"\r\x1b[K{line[:150]}", end="", flush=True)
        else:
            print(f"\r\x1b[K{line}" if self._terminal else line, flush=True)


@contextmanager
def _display(total: int, done: int) -> Iterator[_Display]:
    show = _Display(total, done)
    try:
        yield show
    finally:
        if sys.stdout.isatty():
            print()


@contextmanager
def _interruptible() -> Iterator[list[int]]:
    """A list that SIGINT and SIGTERM append to; the second one has its usual effect at once."""
    seen: list[int] = []

    def note(number: int, _frame: object) -> None:
        if seen:
            raise KeyboardInterrupt
        seen.append(number)

    previous = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield seen
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _stop(message: str, code: int) -> None:
    print(f"counterproof sabotage: {message}", file=sys.stderr)
    raise typer.Exit(code)
