"""Digests of files: remembered while nothing changed, and only when that can be told from the file's times."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from engines.vm.runtime import digest as module
from engines.vm.runtime.digest import DIGEST_BYTES, FileDigests, digest

LONG_AGO = 1_000_000_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "program"
    path.write_bytes(b"content")
    return path


def taken(file: Path, *, later_s: float = 10.0) -> str:
    """The digest, as taken so long after the file was written."""
    clock = pytest.MonkeyPatch()
    now = time.time_ns() + round(later_s * 1e9)
    clock.setattr(time, "time_ns", lambda: now)
    try:
        return FileDigests(str(file.parent / "digests")).of(file.stat(), file.read_bytes())
    finally:
        clock.undo()


def kept(file: Path) -> list[Path]:
    folder = file.parent / "digests"
    return list(folder.iterdir()) if folder.exists() else []


def test_parts_are_one_text() -> None:
    assert digest(b"one ", b"", b"text") == digest(b"one text") == hashlib.blake2b(b"one text", digest_size=32).digest()
    assert len(digest()) == DIGEST_BYTES


def test_a_file_is_read_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = taken(file)
    assert first == digest(b"content").hex()
    monkeypatch.setattr(module, "digest", None)
    assert taken(file) == first


def test_content_of_another_time_or_size_is_looked_at(file: Path) -> None:
    taken(file)
    file.write_bytes(b"CONTENT")
    os.utime(file, ns=(LONG_AGO, LONG_AGO))  # its change of status says that this is not the file seen before
    assert taken(file) == digest(b"CONTENT").hex()
    file.write_bytes(b"more content")
    assert taken(file) == digest(b"more content").hex()
    assert len(kept(file)) == 1


def test_a_file_that_may_change_within_a_tick_of_the_clock_is_not_remembered(file: Path) -> None:
    taken(file, later_s=1.0)
    assert not kept(file)
    taken(file, later_s=3.0)
    assert len(kept(file)) == 1


def test_content_that_was_not_all_there_is_not_remembered(file: Path) -> None:
    status = file.stat()
    os.utime(file, ns=(LONG_AGO, LONG_AGO))
    assert FileDigests(str(file.parent / "digests")).of(status, b"cont") == digest(b"cont").hex()
    assert not kept(file)


@pytest.mark.parametrize("damage", [b"", b"0" * 64, b"\xff", None])
def test_a_damaged_memory_counts_as_absent(file: Path, damage: bytes | None) -> None:
    first = taken(file)
    path = kept(file)[0]
    path.write_bytes(path.read_bytes()[:-1] if damage is None else damage)
    assert taken(file) == first
    assert path.read_text().endswith(first)


def test_a_memory_that_cannot_be_written_does_not_matter(file: Path) -> None:
    (file.parent / "digests").write_text("a file, not a folder")
    assert taken(file) == digest(b"content").hex()
