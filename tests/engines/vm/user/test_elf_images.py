"""ELF parsing and loading: good images land where they say, bad ones are refused in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace, MemoryFault
from engines.vm.user import elf
from engines.vm.user.elf import ElfError

CODE = bytes.fromhex("73000000") * 8
MakeElf = Callable[..., bytes]


def test_a_good_image_is_loaded_with_its_permissions(make_elf: MakeElf) -> None:
    image = make_elf(CODE, b"data")
    memory = AddressSpace()
    loaded = elf.load(memory, image, elf.parse(image))
    assert (loaded.entry, loaded.phdr_count, loaded.bias) == (0x10000, 2, 0)
    assert memory.read(0x10000, len(CODE)) == CODE
    assert memory.read(0x20000, 6) == b"data\0\0"
    assert [memory.perm[page] & 7 for page in (0x10, 0x20, 0x21)] == [READ | EXEC, READ | WRITE, READ | WRITE]
    with pytest.raises(MemoryFault):
        memory.read(0x22000, 1)


def test_a_position_independent_image_is_moved(make_elf: MakeElf) -> None:
    image = make_elf(CODE, type=3, entry=0x10004)
    parsed = elf.parse(image)
    assert parsed.position_independent
    memory = AddressSpace()
    loaded = elf.load(memory, image, parsed, 0x5_0000_0000)
    assert loaded.entry == 0x5_0001_0004
    assert memory.read(0x5_0001_0000, 4) == CODE[:4]


def test_program_headers_are_found_in_memory(make_elf: MakeElf) -> None:
    image = make_elf(CODE, code_offset=0, code_vaddr=0x10000, code_filesz=0x1020, code_memsz=0x1020, entry=0x11000)
    memory = AddressSpace()
    loaded = elf.load(memory, image, elf.parse(image))
    assert loaded.phdr == 0x10040
    assert memory.read(loaded.phdr, 8) == image[64:72]


def test_segments_that_share_a_page_keep_both_contents(make_elf: MakeElf) -> None:
    image = make_elf(CODE, b"data" * 4, data_vaddr=0x10800, data_offset=0x1800, data_filesz=16)
    image = image[:0x1800] + b"D" * 16 + image[0x1810:]
    memory = AddressSpace()
    elf.load(memory, image, elf.parse(image))
    assert memory.read(0x10000, 4) == CODE[:4]
    assert memory.read(0x10800, 17) == b"D" * 16 + b"\0"
    assert memory.perm[0x10] & 7 == READ | WRITE | EXEC


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"machine": 62}, ["e_machine", "62 (EM_X86_64)", "243 (RISCV)"]),
        ({"type": 1}, ["e_type", "ET_REL"]),
        ({"type": 4}, ["e_type", "ET_CORE"]),
        ({"version": 9}, ["e_version", "9"]),
        ({"flags": 8}, ["e_flags", "RVE"]),
        ({"ehsize": 10}, ["e_ehsize", "10", "64"]),
        ({"phentsize": 32}, ["e_phentsize", "32", "56"]),
        ({"phnum": 0}, ["e_phnum", "0", "1 to 1170"]),
        ({"phnum": 0xFFFF}, ["e_phnum", "65535"]),
        ({"phoff": 1 << 63}, ["truncated", "e_phoff 0x8000000000000000"]),
        ({"entry": 0x20000}, ["e_entry", "0x20000", "executable", "[0x10000, 0x10020)"]),
        ({"entry": 0}, ["e_entry", "outside every executable segment"]),
        ({"entry": 0x10001}, ["e_entry", "even"]),
        ({"code_filesz": 0x100, "code_memsz": 0x10}, ["p_filesz 0x100", "p_memsz 0x10"]),
        ({"data_offset": 0x100000}, ["truncated", "p_offset 0x100000"]),
        ({"data_align": 3}, ["p_align", "power of two"]),
        ({"data_vaddr": 0x20010}, ["p_vaddr 0x20010", "p_offset", "modulo"]),
        ({"data_vaddr": 1 << 36}, ["p_vaddr 0x1000000000", "ends at 0x1000000000"]),
        ({"data_memsz": (1 << 64) - 0x20000}, ["p_memsz", "address space"]),
        ({"data_memsz": 1 << 34}, ["span", "at most 0x200000000"]),
        ({"data_vaddr": 0x10000}, ["overlaps", "program header 0"]),
        ({"data_vaddr": 0x8000}, ["precedes", "ascend"]),
        ({"code_type": 0, "data_type": 0}, ["no PT_LOAD"]),
        ({"data_type": 3, "data_filesz": 1}, ["PT_INTERP", "p_filesz is 0x1"]),
        ({"data_type": 3, "data_filesz": 8, "data_offset": 1 << 40}, ["PT_INTERP", "truncated"]),
        ({"data_type": 3, "data_filesz": 4}, ["PT_INTERP", "NUL"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_bad_field_is_named_with_its_value(make_elf: MakeElf, changes: dict[str, int], words: list[str]) -> None:
    with pytest.raises(ElfError) as caught:
        elf.parse(make_elf(CODE, b"data" * 8, **changes))
    message = str(caught.value)
    assert all(word in message for word in words), message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (b"", "not an ELF"),
        (b"#!/bin/sh\n", "not an ELF"),
        (b"\x7fE", "truncated"),
        (b"\x7fELF" + bytes(30), "truncated"),
        (b"\x7fELF" + bytes((1, 1, 1)) + bytes(57), "ELFCLASS32"),
        (b"\x7fELF" + bytes((2, 2, 1)) + bytes(57), "big-endian"),
        (b"\x7fELF" + bytes((2, 1, 7)) + bytes(57), "EI_VERSION is 7"),
    ],
)
def test_what_is_no_elf_at_all_is_refused(image: bytes, words: str) -> None:
    with pytest.raises(ElfError, match=words):
        elf.parse(image)


def test_an_interpreter_path_is_read(make_elf: MakeElf) -> None:
    path = b"/lib/ld-musl-riscv64.so.1\0"
    image = make_elf(CODE, path, data_type=3)
    assert elf.parse(image).interpreter == "/lib/ld-musl-riscv64.so.1"


def test_the_load_bias_is_a_whole_page(make_elf: MakeElf) -> None:
    image = make_elf(CODE)
    with pytest.raises(ValueError, match="bias 0x10"):
        elf.load(AddressSpace(), image, elf.parse(image), 0x10)


@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_any_damage_is_either_loaded_or_refused(make_elf: MakeElf, data: st.DataObject) -> None:
    image = bytearray(make_elf(CODE, b"data" * 8))
    for _ in range(data.draw(st.integers(1, 6))):
        offset = data.draw(st.integers(0, 64 + 2 * 56 - 1))
        image[offset] = data.draw(st.sampled_from((0, 1, 2, 3, 5, 0x10, 0x7F, 0x80, 0xFF)))
    damaged = bytes(image[: data.draw(st.one_of(st.just(len(image)), st.integers(0, len(image))))])
    try:
        parsed = elf.parse(damaged)
    except ElfError:
        return
    memory = AddressSpace()
    loaded = elf.load(memory, damaged, parsed)
    assert memory.perm[loaded.entry >> 12] & EXEC
