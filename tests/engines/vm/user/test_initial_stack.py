"""The initial stack, read back as a C library does."""

from __future__ import annotations

import struct

import pytest

from engines.vm.memory.address_space import AddressSpace, MemoryFault
from engines.vm.user.elf import ElfError
from engines.vm.user.stack import STACK_BYTES, Auxiliary, Credentials, InitialStack, StartupImage, build_stack

TOP = 0xF_FFF0_0000
IMAGE = StartupImage(phdr=0x10040, phdr_count=7, entry=0x10100, interpreter_base=0x7000, hwcap=0x112D)
WHO = Credentials(1, 2, 3, 4)


def build(argv: list[bytes], environment: list[bytes], random: bytes = b"r" * 16) -> tuple[AddressSpace, InitialStack]:
    memory = AddressSpace()
    return memory, build_stack(memory, TOP, IMAGE, argv, environment, b"/bin/x", random, WHO)


def string(memory: AddressSpace, address: int) -> bytes:
    text = b""
    while not text.endswith(b"\0"):
        text += memory.read(address + len(text), 1)
    return text[:-1]


@pytest.mark.parametrize("count", range(4))
def test_everything_is_found_where_the_abi_says(count: int) -> None:
    argv = [b"arg%d" % i for i in range(count)]
    environment = [b"V%d=x" % i for i in range(count + 1)]
    memory, stack = build(argv, environment)
    assert stack.pointer % 16 == 0
    at = stack.pointer
    words = struct.unpack(f"<{(TOP - at) // 8}Q", memory.read(at, TOP - at))
    assert words[0] == len(argv)
    assert [string(memory, a) for a in words[1 : 1 + count]] == argv
    assert words[1 + count] == 0
    assert [string(memory, a) for a in words[2 + count : 3 + 2 * count]] == environment
    assert words[3 + 2 * count] == 0
    pairs = words[4 + 2 * count :]
    auxiliary = dict(zip(pairs[: 2 * 17 : 2], pairs[1 : 2 * 17 : 2], strict=True))
    assert auxiliary[Auxiliary.PHDR] == 0x10040
    assert auxiliary[Auxiliary.PHENT] == 56
    assert auxiliary[Auxiliary.PHNUM] == 7
    assert auxiliary[Auxiliary.PAGESZ] == 4096
    assert auxiliary[Auxiliary.ENTRY] == 0x10100
    assert auxiliary[Auxiliary.BASE] == 0x7000
    assert auxiliary[Auxiliary.HWCAP] == 0x112D
    assert [auxiliary[k] for k in (Auxiliary.UID, Auxiliary.EUID, Auxiliary.GID, Auxiliary.EGID)] == [1, 2, 3, 4]
    assert auxiliary[Auxiliary.SECURE] == 0
    assert memory.read(auxiliary[Auxiliary.RANDOM], 16) == b"r" * 16
    assert string(memory, auxiliary[Auxiliary.EXECFN]) == b"/bin/x"
    assert pairs[2 * 16] == Auxiliary.NULL


def test_the_stack_ends_at_a_guard() -> None:
    memory, stack = build([b"x"], [])
    memory.read(TOP - STACK_BYTES, 1)
    assert stack.low == TOP - STACK_BYTES
    with pytest.raises(MemoryFault):
        memory.read(TOP - STACK_BYTES - 1, 1)
    with pytest.raises(MemoryFault):
        memory.read(TOP, 1)


def test_too_many_arguments_are_refused() -> None:
    with pytest.raises(ElfError, match="at most 2097152"):
        build([b"x" * 1000] * 3000, [])


def test_a_string_with_a_nul_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        build([b"a\0b"], [])


def test_the_random_bytes_are_sixteen() -> None:
    with pytest.raises(ValueError, match="15 bytes; must be 16"):
        build([], [], b"r" * 15)
