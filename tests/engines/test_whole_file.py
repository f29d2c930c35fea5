"""Files are written whole or not at all, and whoever has mapped what was there keeps it."""

from __future__ import annotations

import mmap
from pathlib import Path

import pytest

from engines.whole_file import ask_writable, replace_whole


def test_what_is_mapped_stays_when_a_file_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "image"
    replace_whole(path, b"1" * 9000)
    with path.open("rb") as file:
        view = mmap.mmap(file.fileno(), 9000, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)
    replace_whole(path, b"2")
    assert view[8999:] == b"1"
    assert path.read_bytes() == b"2"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_one_and_a_device_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"before")
    (tmp_path / "link").symlink_to("target")
    replace_whole(tmp_path / "link", b"after")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"after"
    replace_whole("/dev/null", b"nothing")
    assert Path("/dev/null").is_char_device()


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        replace_whole(tmp_path / "missing" / "image", b"1")
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        replace_whole(tmp_path / "folder", b"1")
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize("name", ["", "there", "new", "none/new", "/proc/new", "/dev/null"])
def test_what_could_not_be_written_is_refused_before_and_nothing_is_left(tmp_path: Path, name: str) -> None:
    (tmp_path / "there").write_bytes(b"before")
    path = tmp_path / name
    if name in ("there", "new", "/dev/null"):
        ask_writable(path)
    else:
        with pytest.raises(OSError, match=r"Is a directory|No such file"):
            ask_writable(path)
        with pytest.raises(OSError, match=r"Is a directory|No such file"):
            replace_whole(path, b"after")
    assert [one.name for one in tmp_path.iterdir()] == ["there"]
    assert (tmp_path / "there").read_bytes() == b"before"
