"""Memory for compiled code: always within reach of the code that it belongs to, given back with its owner."""

import ctypes
import gc
import mmap
import platform

import pytest

from engines.vm.memory.address_space import AddressSpace
from engines.vm.runtime.executable_memory import ExecutableMemory, ExecutableMemoryError, Window

SIZE = 32 << 20
_NEAR = 1 << 31


def test_many_address_spaces_do_not_use_up_what_is_near() -> None:
    window = Window(b"\xc3")
    spaces = [AddressSpace() for _ in range(24)]
    memories = [ExecutableMemory(SIZE, window.base) for _ in range(4)]
    assert len(spaces) == 24
    for memory in memories:
        assert abs(memory.base + memory.size - window.base) < _NEAR


def test_memory_of_a_dead_owner_is_used_again() -> None:
    window = Window(b"\xc3", SIZE + 2 * mmap.PAGESIZE)
    memory = ExecutableMemory(SIZE, window.base)
    memory.write(memory.base, b"\x90" * 64)
    first = memory.base
    del memory
    gc.collect()
    again = ExecutableMemory(SIZE, window.base)
    assert again.base == first
    assert ctypes.string_at(again.base, 64) == bytes(64)


def test_a_full_window_is_searched_around() -> None:
    window = Window(b"\xc3", mmap.PAGESIZE)
    memory = ExecutableMemory(SIZE, window.base)
    assert abs(memory.base - window.base) < _NEAR


def test_parts_that_were_given_back_join() -> None:
    window = Window(b"\xc3", 8 * mmap.PAGESIZE)
    starts = [window.take(2 * mmap.PAGESIZE) for _ in range(4)]
    assert window.take(mmap.PAGESIZE) is None
    for start in (starts[2], starts[0], starts[1], starts[3]):
        assert start is not None
        window.give_back(start, 2 * mmap.PAGESIZE)
    assert window.take(8 * mmap.PAGESIZE) == starts[0]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="x86-64 code")
def test_code_in_a_window_runs() -> None:
    window = Window(bytes.fromhex("b82a000000c3"))  # mov eax, 42; ret
    assert ctypes.CFUNCTYPE(ctypes.c_int)(window.base)() == 42


def test_too_much_is_refused_in_words() -> None:
    with pytest.raises(ExecutableMemoryError, match="cannot reserve 0x1000000000002000 bytes"):
        ExecutableMemory(1 << 60)
