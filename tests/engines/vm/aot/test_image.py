"""Images of compiled code: what is written is read, and what is not what was written is refused."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.aot.image import HEAD_BYTES, MAGIC, ImageRefusedError, Origin, StoredRegion, decode, encode, maker
from engines.vm.aot.store import read_image
from engines.vm.record import replace
from engines.vm.runtime import digest as digests
from engines.vm.runtime.object_cache import VARIABLE

WORD = st.integers(0, (1 << 64) - 1)
OFFSET = st.integers(0, (1 << 32) - 1)
REGION = st.builds(
    StoredRegion,
    code=st.binary(max_size=40),
    entries=st.lists(st.tuples(WORD, WORD), max_size=4).map(tuple),
    ranges=st.lists(st.tuples(WORD, WORD), max_size=4).map(tuple),
    exits=st.lists(WORD, max_size=4).map(tuple),
    guest=st.binary(max_size=40),
    faults=st.none() | st.lists(st.tuples(OFFSET, OFFSET), max_size=4).map(tuple),
)
HERE = Origin("ab" * 32, "x86_64", "cd" * 32, 3)
SOME = StoredRegion(b"\xc3", ((0x1000, 0),), ((0x1000, 0x1008),), (0x1008, 0x2000), b"\x13\0\0\0\x73\0\0\0")


@settings(deadline=None)
@given(st.lists(REGION, max_size=4))
def test_what_is_written_is_read(regions: list[StoredRegion]) -> None:
    assert decode(encode(HERE, regions), replace(HERE, insns=99), "x") == regions


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_no_change_of_a_byte_goes_unnoticed(data: st.DataObject) -> None:
    content = bytearray(encode(HERE, [SOME, SOME]))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ImageRefusedError):
        decode(bytes(content), HERE, "x")


@settings(deadline=None)
@given(st.data())
def test_no_part_of_an_image_is_an_image(data: st.DataObject) -> None:
    content = encode(HERE, [SOME])
    with pytest.raises(ImageRefusedError):
        decode(content[: data.draw(st.integers(0, len(content) - 1))], HERE, "x")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"machine": "arm64"}, "made for arm64, this machine is x86_64"),
        ({"guest": "00" * 32}, "made from another executable"),
        ({"made_by": "00" * 32}, "made by another version, or for another processor"),
    ],
)
def test_an_image_for_something_else_is_refused_with_the_reason(change: dict[str, str], words: str) -> None:
    with pytest.raises(ImageRefusedError, match=words):
        decode(encode(replace(HERE, **change), [SOME]), HERE, "prog.cpi")


def test_another_format_and_other_files_are_told_apart() -> None:
    newer = MAGIC.replace(b" 4\n", b" 9\n") + encode(HERE, [])[len(MAGIC) :]
    with pytest.raises(ImageRefusedError, match="has format 9, this version reads 4"):
        decode(newer, HERE, "x")
    with pytest.raises(ImageRefusedError, match=r"not an image of compiled code: it begins with b'\\x7fELF"):
        decode(b"\x7fELF" + bytes(60), HERE, "x")


def test_the_origin_names_the_executable_and_the_generator() -> None:
    origin = Origin.here(b"program")
    assert origin.guest == hashlib.blake2b(b"program", digest_size=32).hexdigest()
    assert origin.made_by == maker()
    assert len(origin.made_by) == 64


@pytest.fixture
def image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An image file that was read long after it was written, so that its digest is remembered."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    path = tmp_path / "program.cpi"
    path.write_bytes(encode(HERE, [SOME, replace(SOME, faults=((0, 1), (2, 3)))]))
    later = time.time_ns() + 10_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: later)
    read_image(str(path), b"", HERE)
    return path


def test_a_files_digest_is_taken_once(image: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "digest", None)
    found = read_image(str(image), b"", HERE)
    assert found == [SOME, replace(SOME, faults=((0, 1), (2, 3)))]
    assert [type(region.code) for region in found] == [memoryview] * 2
    assert hash(found[1].faults) == hash(((0, 1), (2, 3)))
    assert found[1].faults != found[0].faults


@pytest.mark.parametrize("at", [HEAD_BYTES - 1, HEAD_BYTES, -1])
def test_a_file_that_changes_after_its_digest_was_taken_is_refused(image: Path, at: int) -> None:
    before = image.stat()
    content = bytearray(image.read_bytes())
    content[at] ^= 1
    image.write_bytes(content)
    os.utime(image, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ImageRefusedError, match="damaged"):
        read_image(str(image), b"", HERE)


@pytest.mark.parametrize("change", [b"", b"\0" * 4096])
def test_regions_stay_what_they_were_when_their_file_is_written_again(image: Path, change: bytes) -> None:
    found = read_image(str(image), b"", HERE)
    image.write_bytes(change)
    assert [bytes(region.code) for region in found] == [SOME.code] * 2


@pytest.mark.parametrize("size", [0, 5, HEAD_BYTES, HEAD_BYTES + 30])
def test_a_file_that_is_cut_short_is_refused(image: Path, size: int) -> None:
    os.truncate(image, size)
    with pytest.raises(ImageRefusedError):
        read_image(str(image), b"", HERE)


def test_an_image_larger_than_memory_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.cpi"
    with path.open("wb") as file:
        file.write(MAGIC)
        file.truncate(1 << 42)
    with pytest.raises(ImageRefusedError, match=r"large\.cpi: more than 1,073,741,824 bytes"):
        read_image(str(path), b"", HERE)
