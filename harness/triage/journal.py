"""Acknowledged findings once more, as lines of text: what a damaged database is rebuilt from.

The database is the store's working copy; the journal is only ever appended to. A line is on the disk before the
transaction that acknowledges its finding is committed, and carries a digest of itself, so that half a line, or one that
was changed, is left out and counted instead of believed.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Final

NAME: Final = "findings.jsonl"
_DIGEST: Final = "sha256"


class Journal:
    """The journal in `directory`, which is there."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / NAME

    def append(self, record: dict[str, Any]) -> None:
        """Durably add a record.

        Raises:
            OSError: it cannot be written; what was written of it is left out by `read`.
        """
        line = json.dumps(record | {_DIGEST: _digest(record)}, sort_keys=True) + "\n"
        with self.path.open("a+b") as file:
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                line = line if file.read(1) == b"\n" else "\n" + line
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())

    def read(self) -> tuple[list[dict[str, Any]], int]:
        """The records in order, and how many lines are none.

        Raises:
            OSError: there is a journal and it cannot be read.
        """
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return [], 0
        records, damaged = [], 0
        for line in content.split(b"\n"):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                given = record.pop(_DIGEST)
            except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
                damaged += 1
                continue
            if given == _digest(record):
                records.append(record)
            else:
                damaged += 1
        return records, damaged


def _digest(record: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
