"""What the gate leaves for people and services: a table, JUnit XML, SARIF."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from ci.gate.run import GateResult, Outcome, Status
from ci.gate.stages import Stage
from harness.report.junit import TestCase, junit
from harness.report.sarif import Result, sarif

LOG_TAIL: Final = 20_000
MOST_PLACES: Final = 100
_PLACE: Final = re.compile(r"^(?P<path>[\w./-]+\.\w+):(?P<line>\d+):(?:\d+:)? (?P<message>\S.*)$", re.MULTILINE)
_FAILED: Final = re.compile(
    r"^(?:FAILED|ERROR) (?P<path>[\w./-]+\.py)(?:::(?P<test>\S+))?(?: - (?P<message>.*))?$", re.MULTILINE
)
_STATUS: Final = {
    Status.PASSED: "passed",
    Status.FAILED: "failed",
    Status.SKIPPED: "skipped",
    Status.NOT_RUN: "skipped",
    Status.INTERRUPTED: "error",
}


def gate_junit(result: GateResult) -> str:
    """One suite per stage, one case per task."""
    cases = [
        TestCase(
            outcome.stage,
            outcome.task,
            _STATUS[outcome.status],
            outcome.seconds,
            outcome.why or str(outcome.status),
            _tail(outcome),
        )
        for outcome in result.outcomes
    ]
    return junit("counterproof gate", cases)


def gate_sarif(result: GateResult, root: Path, version: str, commit: str) -> dict[str, Any]:
    """A result per place that a failed task names (linters, mypy, pytest), or one for the task itself."""
    found = [place for outcome in result.outcomes if outcome.status is Status.FAILED for place in places(outcome, root)]
    return sarif(found, version, commit=commit)


def places(outcome: Outcome, root: Path) -> list[Result]:
    """The places in files of the repository that a failed task's log names."""
    text = _text(outcome)
    found = []
    for match in _PLACE.finditer(text):
        if (root / match["path"]).is_file():
            message = match["message"]
            found.append(Result(f"gate: {outcome.task}", message, match["path"], max(1, int(match["line"]))))
    for match in _FAILED.finditer(text):
        if (root / match["path"]).is_file():
            message = f"{match['test'] or 'collection'}: {match['message'] or 'failed'}"
            found.append(Result(f"gate: {outcome.task}", message, match["path"], 1, fingerprint=message))
    whole = Result(f"gate: {outcome.task}", f"{outcome.stage}: {outcome.why}", "ci/gate/stages.py", 1)
    return found[:MOST_PLACES] or [whole]


def table(stages: Iterable[Stage], result: GateResult) -> Iterator[str]:
    """A line per stage with its time, and the verdict."""
    for stage in stages:
        outcomes = [outcome for outcome in result.outcomes if outcome.stage == stage.name]
        counts = {status: sum(o.status is status for o in outcomes) for status in Status}
        said = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
        yield f"{stage.name:<15}{sum(o.seconds for o in outcomes):7.1f} s  {said:<28}{stage.shows}"
    for outcome in result.outcomes:
        if outcome.status in (Status.FAILED, Status.SKIPPED):
            yield f"{outcome.status}: {outcome.stage}/{outcome.task}: {outcome.why}"
    verdict = {0: "PASSED", 1: "FAILED", 130: "INTERRUPTED: run again with --resume"}.get(result.status, "NOTHING RAN")
    yield f"gate: {verdict} after {sum(o.seconds for o in result.outcomes if not o.reused):.0f} s"


def _text(outcome: Outcome) -> str:
    path = Path(outcome.log)
    return path.read_text(errors="replace") if outcome.log and path.is_file() else ""


def _tail(outcome: Outcome) -> str:
    return _text(outcome)[-LOG_TAIL:] if outcome.status is Status.FAILED else ""
