"""Whether a smaller program still shows a divergence, and the smallest that does.

What a smaller program should print nobody knows, so the generator cannot judge it: another runner does, one that ran
the whole program rightly. The reference interpreter is asked first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from harness.campaign.rust_runs import INTERPRETER, RustDivergence, RustRunner
from harness.contract import End, ProgramObservation
from harness.reduce.rust import compiles, reduce_rust

TRIES = 800
"""Programs that a reduction may run."""
FUEL = 100_000
"""Steps of the interpreter for a smaller program, of which some never end."""


def reduced(found: RustDivergence, runner: RustRunner, others: Sequence[RustDivergence] = ()) -> RustDivergence:
    """The divergence with a smaller program that shows it, where one can be looked for.

    Args:
        others: every divergence of the same program: those runners have no say.
    """
    fails = still_fails(found, runner, others)
    if fails is None or not compiles(found.source) or not fails(found.source):
        return found
    return replace(found, reduced=reduce_rust(found.source, fails, TRIES).source)


def still_fails(
    found: RustDivergence, runner: RustRunner, others: Sequence[RustDivergence] = ()
) -> Callable[[str], bool] | None:
    """Whether a source shows the same; None where nobody can tell."""
    if found.fields == ("compiler",) and found.detail:
        wanted = _raised(found.detail)
        return lambda source: _raised(_failure(runner, source, found)) == wanted
    if found.seen is None:
        return None
    wrong = {(one.build, one.engine) for one in (*others, found)}
    judge = next((one for one in _voices(found, runner) if one not in wrong), None)
    if judge is None:
        return None

    def fails(source: str) -> bool:
        right = runner.observe(source, *judge, FUEL)
        if not isinstance(right, ProgramObservation) or right.end is not End.TRAP:
            return False  # it does not compile, or does not end, and says nothing
        left = runner.observe(source, found.build, found.engine, FUEL)
        return isinstance(left, ProgramObservation) and _differ(left, right)

    return fails


def _voices(found: RustDivergence, runner: RustRunner) -> list[tuple[str, str]]:
    """Who may judge: runners with the same arithmetic."""
    checks = found.build.startswith("dev")
    interpreter = ("dev" if checks else "release", INTERPRETER)
    builds = [build.name for build in runner.builds if build.checks == checks]
    return [interpreter, *((build, engine.name) for build in builds for engine in runner.engines)]


def _differ(left: ProgramObservation, right: ProgramObservation) -> bool:
    return (left.end, left.exit_status, left.stdout, left.stderr) != (
        right.end,
        right.exit_status,
        right.stdout,
        right.stderr,
    )


def _failure(runner: RustRunner, source: str, found: RustDivergence) -> str:
    engine = runner.engines[0].name if runner.engines else INTERPRETER
    seen = runner.observe(source, found.build, INTERPRETER if found.engine == INTERPRETER else engine)
    return seen if isinstance(seen, str) else ""


def _raised(trace: str) -> str:
    """The kind of the exception and the innermost line of our source that raised it."""
    places = re.findall(r'File "[^"]*?([\w/]+\.py)", line (\d+)', trace)
    last = trace.strip().splitlines()[-1] if trace.strip() else ""
    return f"{places[-1] if places else ''} {last.partition(':')[0]}"
