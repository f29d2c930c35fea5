"""Archives are what the manifest pins, or they are not used."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from corpus.programs import sources
from corpus.programs.manifest import Source
from corpus.programs.sources import FetchError, fetch, unpack, why_not_fetchable


def source(content: bytes, registry: str = "pypi") -> Source:
    return Source("toy", registry, "toy-package", "1.0", "toy-1.0.tar.gz", hashlib.sha256(content).hexdigest())


def bring(content: bytes, monkeypatch: pytest.MonkeyPatch, client: str = "_pip_download") -> list[str]:
    """The registry's client brings `content`; gives the packages that it was asked for."""
    asked: list[str] = []

    def download(wanted: list[Source], place: Path) -> None:
        asked.extend(s.package for s in wanted)
        for one in wanted:
            (place / one.archive).write_bytes(content)

    monkeypatch.setattr(sources, client, download)
    return asked


def test_an_archive_is_downloaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = bring(b"right", monkeypatch)
    for _ in range(2):
        assert fetch([source(b"right")], tmp_path)["toy"].read_bytes() == b"right"
    assert asked == ["toy-package"]


def test_a_damaged_archive_is_downloaded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(b"right", monkeypatch)
    fetch([source(b"right")], tmp_path)["toy"].write_bytes(b"wrong")
    assert fetch([source(b"right")], tmp_path)["toy"].read_bytes() == b"right"


def test_another_archive_than_the_pinned_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(b"evil", monkeypatch)
    came, pinned = (hashlib.sha256(text).hexdigest() for text in (b"evil", b"right"))
    with pytest.raises(FetchError, match=f"toy-package 1.0 came with sha256 {came}, the manifest says {pinned}"):
        fetch([source(b"right")], tmp_path)
    assert not (tmp_path / "toy-1.0.tar.gz").exists()


def test_an_archive_that_did_not_arrive_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_pip_download", lambda wanted, place: None)
    with pytest.raises(FetchError, match="no such file arrived"):
        fetch([source(b"right")], tmp_path)


def test_without_npm_a_package_is_fetchable_only_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    pinned = source(b"right", "npm")
    assert "npm is not installed" in why_not_fetchable(pinned, tmp_path)
    assert why_not_fetchable(source(b"right"), tmp_path) == ""
    with pytest.raises(FetchError, match="npm is not installed"):
        fetch([pinned], tmp_path)
    (tmp_path / pinned.archive).write_bytes(b"right")
    assert why_not_fetchable(pinned, tmp_path) == ""


def archive(path: Path, *names: str) -> Path:
    with tarfile.open(path, "w:gz") as opened:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 3
            opened.addfile(member, io.BytesIO(b"abc"))
    return path


def test_unpacking_gives_the_top_directory(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.tar.gz", "toy-1.0/a.c", "toy-1.0/b/c.c")
    for _ in range(2):
        assert (unpack(packed, tmp_path / "tree") / "b" / "c.c").read_bytes() == b"abc"


@pytest.mark.parametrize("name", ["../outside.c", "toy/../../outside.c"])
def test_an_archive_that_reaches_outside_writes_nothing_there(tmp_path: Path, name: str) -> None:
    place = tmp_path / "deep"
    place.mkdir()
    packed = archive(place / "a.tar.gz", name)
    with pytest.raises(FetchError):
        unpack(packed, place / "tree")
    assert not list(tmp_path.rglob("outside.c"))


def test_an_absolute_name_lands_inside(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.tar.gz", "/toy-1.0/a.c")
    assert unpack(packed, tmp_path / "tree") == tmp_path / "tree" / "toy-1.0"


def test_what_is_no_archive_is_said(tmp_path: Path) -> None:
    packed = tmp_path / "a.tar.gz"
    packed.write_bytes(b"no archive")
    with pytest.raises(FetchError, match=r"a\.tar\.gz cannot be unpacked"):
        unpack(packed, tmp_path / "tree")
