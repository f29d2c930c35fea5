"""The findings store: a damaged database, or rows that say anything, are reported as what they are and lose nothing."""

from __future__ import annotations

import atexit
import contextlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from fuzz.strategies.json_documents import mutate_json
from fuzz.targets.target import FindingError, Target, instrumented, replace

with instrumented(__name__):
    from harness.triage.store import DATABASE, FindingsStore, StoreError

_COLUMNS = ("label", "subject", "oracle", "signature", "fields", "summary", "case")


@cache
def _directory() -> Path:
    made = tempfile.TemporaryDirectory(prefix="fuzz-store-")
    atexit.register(made.cleanup)
    return Path(made.name)


@cache
def _pristine() -> bytes:
    """A database with one campaign."""
    directory = _directory() / "pristine"
    store = FindingsStore(directory)
    store.campaign({"plan": 1})
    store.close()
    return (directory / DATABASE).read_bytes()


def one_input(data: bytes) -> None:
    """A JSON object gives rows (a column's name → text); anything else is what the database file holds."""
    directory = _directory() / "store"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    rows = None
    with contextlib.suppress(ValueError, RecursionError):
        rows = json.loads(data)
    content = _pristine() if isinstance(rows, dict) else data
    (directory / DATABASE).write_bytes(content)
    if isinstance(rows, dict):
        _insert(directory / DATABASE, rows)
    try:
        store = FindingsStore(directory)
    except StoreError as error:
        if "moved to" in str(error) and not list(directory.glob(f"{DATABASE}.damaged-*")):
            raise FindingError(f"nothing was moved aside, although: {error}") from None
        return
    try:
        store.stable_point(1)
        for bucket in store.buckets():
            if not all(isinstance(field, str) for field in bucket.first.fields):
                raise FindingError(f"fields that are no text: {bucket.first.fields}")
        store.campaign({"plan": 1}, resume=True)
    except StoreError:
        return
    finally:
        store.close()


def _insert(path: Path, rows: dict[str, Any]) -> None:
    """A finding and a stable point with the texts of `rows`, as another program might have left them."""
    database = sqlite3.connect(path)
    texts = {name: rows.get(name) if isinstance(rows.get(name), str) else json.dumps(rows.get(name)) for name in rows}
    with contextlib.suppress(UnicodeEncodeError), database:
        database.execute(
            'INSERT INTO finding (campaign, label, subject, oracle, signature, fields, summary, "case", found) '
            "VALUES (1, ?, ?, ?, ?, ?, ?, ?, 0)",
            tuple(texts.get(name, "[]") for name in _COLUMNS),
        )
        database.execute(
            "INSERT INTO stable_point VALUES (1, ?, ?, 0)", (texts.get("cursor", "{}"), texts.get("statistics", "{}"))
        )
    database.close()


def seeds() -> Iterable[bytes]:
    yield json.dumps(dict.fromkeys(_COLUMNS, "x") | {"fields": '["x", "pc"]', "cursor": '{"next": 1}'}).encode()
    yield json.dumps({name: [name] for name in _COLUMNS}).encode()
    yield _pristine()[:4096]
    yield b""


def planted() -> None:
    def wrapper(original: Any) -> Any:
        def moved(self: FindingsStore, error: sqlite3.DatabaseError) -> StoreError:
            path = self.directory / DATABASE
            path.unlink(missing_ok=True)
            return StoreError(f"{path} is damaged ({error}); it was moved to {path}.damaged")

        return moved

    replace(FindingsStore, "_moved_aside", wrapper)


TARGET = Target(
    one_input,
    "the findings store: damage is reported and nothing is deleted",
    ("harness.triage.store",),
    seeds,
    planted,
    "a damaged database is deleted instead of moved aside",
    mutate=mutate_json,
    max_bytes=4096,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
