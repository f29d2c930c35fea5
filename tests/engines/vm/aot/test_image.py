"""Images of compiled code: what is written is read, and what is not what was written is refused."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.aot.image import MAGIC, ImageRefusedError, Origin, StoredRegion, decode, encode, maker
from engines.vm.record import replace

WORD = st.integers(0, (1 << 64) - 1)
REGION = st.builds(
    StoredRegion,
    code=st.binary(max_size=40),
    entries=st.lists(st.tuples(WORD, WORD), max_size=4).map(tuple),
    ranges=st.lists(st.tuples(WORD, WORD), max_size=4).map(tuple),
    exits=st.lists(WORD, max_size=4).map(tuple),
    guest=st.binary(max_size=40),
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
