"""Benchmark history: an append-only file of JSON lines, and what it says about each measure over time.

A line is `{"at": seconds since the epoch, "tree": commit, "machine": text, "name": …, "value": …, "unit": …,
"limit": …}`, without a limit where there is none. Lines are appended whole and never rewritten; a damaged one is passed
over and counted.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from harness.strict_json import DocumentError, parse

KEPT: Final = 200
"""So many of the latest values of a measure are shown."""


@dataclass(frozen=True)
class Measure:
    """One value, measured once.

    Attributes:
        at: seconds since the epoch.
        tree: of the source.
        machine: on which machine; values of different ones are not compared.
        limit: the threshold that it was held against, or None.
    """

    at: float
    tree: str
    machine: str
    name: str
    value: float
    unit: str = ""
    limit: float | None = None


@dataclass(frozen=True)
class Trend:
    """The values of one measure on one machine, oldest first; at least one."""

    name: str
    unit: str
    values: tuple[float, ...]
    limit: float | None = None


def append(path: Path, measures: Iterable[Measure]) -> None:
    """Durably append measures, all of them or none; runs at the same time do not mix their lines.

    Raises:
        OSError: the file cannot be written.
        ValueError: a value that is no finite number.
    """
    lines = []
    for measure in measures:
        if not math.isfinite(measure.value):
            raise ValueError(f"{measure.name} is {measure.value}, must be a finite number")
        document = {name: value for name, value in asdict(measure).items() if value is not None}
        lines.append(json.dumps(document) + "\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = file.seek(0, os.SEEK_END)
        # A line that a killed run left unfinished is ended, so that ours are whole.
        start = b"\n" if size and not _ends_a_line(path) else b""
        try:
            file.write(start + "".join(lines).encode())
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            os.ftruncate(file.fileno(), size)
            raise


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def read(path: Path) -> tuple[list[Measure], int]:
    """The measures in `path`, none where there is no such file, and how many lines were damaged.

    Raises:
        OSError: it is there and cannot be read.
    """
    if not path.exists():
        return [], 0
    found: list[Measure] = []
    damaged = 0
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            found.append(_measure(line, f"{path}:{number}"))
        except DocumentError:
            damaged += 1
    return found, damaged


def _measure(line: bytes, source: str) -> Measure:
    head = parse(line, source)
    limit = head.optional("limit")
    return Measure(
        head.field("at").number(),
        head.field("tree").string(),
        head.field("machine").string(),
        head.field("name").string(),
        head.field("value").number(),
        head.field("unit").string(),
        None if limit is None else limit.number(),
    )


def trends(measures: Iterable[Measure], machine: str) -> list[Trend]:
    """The trend of every measure on `machine`, by name."""
    groups: dict[str, list[Measure]] = {}
    for measure in measures:
        if measure.machine == machine:
            groups.setdefault(measure.name, []).append(measure)
    return [
        Trend(name, group[-1].unit, tuple(m.value for m in group[-KEPT:]), group[-1].limit)
        for name, group in sorted(groups.items())
    ]
