"""The digest of sources: kept while nothing changed, never when something did, and never taken from a damaged file."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.vm.runtime.object_cache import VARIABLE
from engines.vm.runtime.source_digest import known, source_digest

SOURCES = ("one.py", "folder")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    root = tmp_path / "root"
    (root / "folder" / "deep").mkdir(parents=True)
    for name in ("one.py", "folder/two.py", "folder/deep/three.py", "folder/text.txt"):
        (root / name).write_text(name)
    return root


def digest(root: Path) -> str:
    known.clear()
    return source_digest(root, SOURCES)


def kept(root: Path) -> list[Path]:
    return sorted((root.parent / "cache" / "sources").iterdir())


def test_files_are_read_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = digest(root)

    def unreadable(path: Path) -> bytes:
        raise AssertionError(path)

    monkeypatch.setattr(Path, "read_bytes", unreadable)
    assert digest(root) == first
    assert len(kept(root)) == 1


@pytest.mark.parametrize("name", ["one.py", "folder/two.py", "folder/deep/three.py", "folder/new.py"])
def test_any_change_changes_it(root: Path, name: str) -> None:
    first = digest(root)
    (root / name).write_text("changed")
    assert digest(root) != first


def test_other_files_and_times_do_not_matter(root: Path) -> None:
    first = digest(root)
    (root / "folder" / "text.txt").write_text("changed")
    (root / "one.py").write_text("one.py")  # the same, at another time
    assert digest(root) == first


@pytest.mark.parametrize("damage", [b"", b"0" * 63, b"g" * 64, b"\xff" * 64])
def test_a_damaged_memory_counts_as_absent(root: Path, damage: bytes) -> None:
    first = digest(root)
    kept(root)[0].write_bytes(damage)
    assert digest(root) == first
    assert kept(root)[0].read_text() == first


def test_a_cache_that_cannot_be_written_does_not_matter(root: Path) -> None:
    (root.parent / "cache").write_text("a file, not a folder")
    assert len(digest(root)) == 64


def test_a_missing_file_is_an_error(root: Path) -> None:
    (root / "one.py").unlink()
    with pytest.raises(FileNotFoundError):
        digest(root)
