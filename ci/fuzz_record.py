"""The record of clean runs of the fuzz targets: docs/reference/fuzzing.md, which is read, added to and written again.

A run counts for the commit that it ran on, so the tree must be as that commit has it. Runs accumulate; the longest
clean one of each target stands beside the sums.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from engines.whole_file import replace_whole

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "reference" / "fuzzing.md"
GOAL_SECONDS: Final = 600
"""That a target is to run at a stretch without finding anything."""
PREFACE: Final = f"""\
# Fuzzing: how long each target has found nothing

Written by `tox -e fuzz -- --seconds {GOAL_SECONDS} --record`, one row per coverage-guided target. The goal is a clean
run that lasts {GOAL_SECONDS} s; what it had of the processor meanwhile stands beside it, for a busy machine gives it
less. Every run is of a tree as its commit has it; it starts from the inputs that the tree keeps and from those that the
runs before it left in `--out`. *clean in all* adds up the processor time of every clean run; *findings* counts the runs
that found something, which then became a regression under `corpus/regressions` and was fixed.
"""
HEAD: Final = (
    "| target | longest clean run lasted, s | of the processor, s | executions | inputs kept | commit | date "
    "| clean in all, s | executions | runs | findings |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
)
_ROW: Final = re.compile(
    r"\| (?P<target>\w+) \| (?P<lasted>[\d,]+) \| (?P<seconds>[\d,]+) \| (?P<executions>[\d,]+) "
    r"\| (?P<inputs>[\d,]+) \| (?P<commit>[0-9a-f]{7,40}|-) \| (?P<day>\d{4}-\d\d-\d\d|-) \| (?P<all_seconds>[\d,]+) "
    r"\| (?P<all_executions>[\d,]+) \| (?P<runs>[\d,]+) \| (?P<findings>[\d,]+) \|"
)


class RecordError(ValueError):
    """The page is not one that this module wrote, or the tree is not its commit's; the message says where and how."""


@dataclass(frozen=True)
class Record:
    """What is known of a target: its longest clean run, and all of its runs.

    Attributes:
        lasted: seconds of wall clock of the longest clean run; 0 where there was none, and then `commit` and `day`
            are `-`.
        seconds: of processor time that it had.
        inputs: those in the corpus at its end.
        all_seconds: of processor time, of every clean run.
        findings: runs that found something; they are not in the sums.
    """

    target: str
    lasted: int = 0
    seconds: int = 0
    executions: int = 0
    inputs: int = 0
    all_seconds: int = 0
    all_executions: int = 0
    runs: int = 0
    findings: int = 0
    commit: str = "-"
    day: str = "-"


COUNTS: Final = ("lasted", "seconds", "executions", "inputs", "all_seconds", "all_executions", "runs", "findings")


def read(text: str) -> dict[str, Record]:
    """The records of a page.

    Raises:
        RecordError: a row of the table cannot be read, or a target has two.
    """
    found: dict[str, Record] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("| ") or line == HEAD[0]:
            continue
        row = _ROW.fullmatch(line)
        if row is None:
            raise RecordError(f"line {number} of the record is no row of {len(HEAD[0].split('|')) - 2} cells: {line!r}")
        counts = {name: int(row[name].replace(",", "")) for name in COUNTS}
        record = Record(target=row["target"], commit=row["commit"], day=row["day"], **counts)
        if record.target in found:
            raise RecordError(f"line {number} of the record is a second row of {record.target}")
        found[record.target] = record
    return found


def page(records: Mapping[str, Record], targets: Iterable[str]) -> str:
    """The page: a row for each of `targets`; records of others, which are gone, are left out."""
    return "\n".join([PREFACE, *HEAD, *_rows(records, sorted(targets))]) + "\n"


def _rows(records: Mapping[str, Record], targets: Iterable[str]) -> Iterator[str]:
    for target in targets:
        r = records.get(target, Record(target))
        yield (
            f"| {target} | {r.lasted:,} | {r.seconds:,} | {r.executions:,} | {r.inputs:,} | {r.commit} | {r.day} "
            f"| {r.all_seconds:,} | {r.all_executions:,} | {r.runs:,} | {r.findings:,} |"
        )


class CleanRun(NamedTuple):
    """A run that found nothing: the seconds that it lasted and had of the processor, and the rest as in `Record`."""

    lasted: int
    seconds: int
    executions: int
    inputs: int


def with_clean_run(record: Record, run: CleanRun, commit: str, day: str) -> Record:
    """`record` after one more run: the longest is one that lasted as the goal says, then the one that did most."""
    record = replace(
        record,
        all_seconds=record.all_seconds + run.seconds,
        all_executions=record.all_executions + run.executions,
        runs=record.runs + 1,
    )
    if (run.lasted >= GOAL_SECONDS, run.seconds) <= (record.lasted >= GOAL_SECONDS, record.seconds):
        return record
    return replace(record, **run._asdict(), commit=commit, day=day)


def clean_commit(root: Path = ROOT) -> str:
    """The commit whose tree `root` is, in twelve digits.

    Raises:
        RecordError: files that git knows differ from it, or it is no git tree.
    """
    changed = _git(root, "status", "--porcelain", "--untracked-files=no").splitlines()
    page_name = PAGE.relative_to(ROOT).as_posix()
    changed = [line[3:] for line in changed if line[3:] != page_name]
    if changed:
        raise RecordError(
            f"a record is of a commit, but {len(changed)} files differ from HEAD, {changed[0]} first: commit them, or "
            "run in a clone"
        )
    return _git(root, "rev-parse", "--short=12", "HEAD").strip()


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RecordError(f"a record is of a commit, but git says of {root}: {done.stderr.strip()}")
    return done.stdout


def add(path: Path, targets: Iterable[str], target: str, run: CleanRun | None, commit: str) -> Record:
    """Put one more run of `target` down in the page at `path`, which appears whole or not at all.

    Args:
        run: None for one that found something.

    Raises:
        RecordError: the page cannot be read.
        OSError: it cannot be written.
    """
    records = read(path.read_text(encoding="utf-8")) if path.exists() else {}
    record = records.get(target, Record(target))
    if run is None:
        record = replace(record, findings=record.findings + 1)
    else:
        record = with_clean_run(record, run, commit, date.today().isoformat())
    replace_whole(path, page(records | {target: record}, targets).encode())
    return record
