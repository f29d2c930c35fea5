"""Memory for compiled code: always within reach of the code that it belongs to, given back with its owner."""

import ctypes
import errno
import gc
import mmap
import os
import platform
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.memory.address_space import AddressSpace
from engines.vm.runtime import executable_memory
from engines.vm.runtime.executable_memory import ExecutableMemory, ExecutableMemoryError, Window

SIZE = 32 << 20
PAGE = mmap.PAGESIZE
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


def test_large_memory_begins_where_large_pages_do_and_leaves_what_is_before_it_to_others() -> None:
    window = Window(b"\xc3", 4 * SIZE)
    large = ExecutableMemory(SIZE, window.base)
    assert large.base % executable_memory.LARGE_PAGE_BYTES == 0
    small = ExecutableMemory(PAGE, window.base)
    if large.base - 2 * PAGE - window.base >= 3 * PAGE:  # what lies between them has room for it
        assert small.base == window.base + 2 * PAGE
    else:
        assert small.base == large.base + SIZE + 2 * PAGE
    small.close()
    large.close()
    assert window.take(4 * SIZE) == window.base + PAGE


@pytest.mark.skipif(platform.machine() != "x86_64", reason="x86-64 code")
def test_code_in_a_window_runs() -> None:
    window = Window(bytes.fromhex("b82a000000c3"))  # mov eax, 42; ret
    assert ctypes.CFUNCTYPE(ctypes.c_int)(window.base)() == 42


def test_too_much_is_refused_in_words() -> None:
    with pytest.raises(ExecutableMemoryError, match="cannot reserve 0x1000000000002000 bytes"):
        ExecutableMemory(1 << 60)


def permissions(start: int, end: int) -> set[str]:
    """What the system grants in [start, end), as in /proc/self/maps."""
    found = set()
    for line in Path("/proc/self/maps").read_text().splitlines():
        addresses, granted = line.split()[:2]
        low, high = (int(part, 16) for part in addresses.split("-"))
        if low < end and start < high:
            found.add(granted[:3])
    return found


@pytest.mark.evidence("VM-09")
@settings(max_examples=30, deadline=None)
@given(writes=st.lists(st.tuples(st.integers(0, 8 * PAGE - 1), st.binary(min_size=1, max_size=2 * PAGE)), max_size=6))
def test_nothing_is_ever_writable_and_executable(writes: list[tuple[int, bytes]]) -> None:
    memory = ExecutableMemory(8 * PAGE)
    asked: list[int] = []
    original = executable_memory._protect

    def watched(address: int, size: int, protection: int) -> None:
        assert address % PAGE == size % PAGE == 0
        asked.append(protection)
        original(address, size, protection)
        assert not permissions(memory.base, memory.base + memory.size) & {"rwx", "-wx"}

    content = bytearray(memory.size)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(executable_memory, "_protect", watched)
        for at, data in writes:
            data = data[: memory.size - at]
            memory.write(memory.base + at, data)
            content[at : at + len(data)] = data
            assert permissions(memory.base, memory.base + memory.size) == {"r-x"}
    assert asked == [mmap.PROT_READ | mmap.PROT_WRITE, mmap.PROT_READ | mmap.PROT_EXEC] * len(writes)
    assert ctypes.string_at(memory.base, memory.size) == bytes(content)
    memory.close()


@pytest.mark.evidence("VM-09")
def test_large_pages_are_protected_as_a_whole() -> None:
    """A large page of which a part is protected otherwise is one no more."""
    window = Window(b"\xc3", 2 * SIZE)
    memory = ExecutableMemory(SIZE, window.base)
    assert memory.size == SIZE
    large = executable_memory.LARGE_PAGE_BYTES
    asked: list[tuple[int, int]] = []
    original = executable_memory._protect

    def watched(address: int, size: int, protection: int) -> None:
        asked.append((address - memory.base, size))
        original(address, size, protection)
        assert not permissions(memory.base, memory.base + memory.size) & {"rwx", "-wx"}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(executable_memory, "_protect", watched)
        memory.write(memory.base + 64, b"ab")
        memory.write(memory.base + large - 1, b"cd")
        memory.write(memory.base + SIZE - 2, b"ef")
    assert asked == [(0, large)] * 2 + [(0, 2 * large)] * 2 + [(SIZE - large, large)] * 2
    assert permissions(memory.base, memory.base + memory.size) == {"r-x"}
    for at, data in ((64, b"ab"), (large - 1, b"cd"), (SIZE - 2, b"ef")):
        assert ctypes.string_at(memory.base + at, 2) == data


@pytest.mark.evidence("VM-09")
@pytest.mark.parametrize("in_window", [True, False])
def test_the_pages_before_and_after_cannot_be_read(in_window: bool) -> None:
    window = Window(b"\xc3", 16 * PAGE)
    memory = ExecutableMemory(4 * PAGE, window.base if in_window else 0)
    assert permissions(memory.base - PAGE, memory.base) == {"---"}
    assert permissions(memory.base + memory.size, memory.base + memory.size + PAGE) == {"---"}
    libc = ctypes.CDLL(None, use_errno=True)
    read_end, write_end = os.pipe()
    try:
        for address, is_readable in (
            (memory.base - 1, False),
            (memory.base, True),
            (memory.base + memory.size - 1, True),
            (memory.base + memory.size, False),
        ):
            # The kernel reads on our behalf, and says what it cannot read.
            written = libc.write(write_end, ctypes.c_void_p(address), 1)
            assert (written == 1) is is_readable
            assert is_readable or ctypes.get_errno() == errno.EFAULT
    finally:
        os.close(read_end)
        os.close(write_end)


@pytest.mark.parametrize(("at", "size"), [(-1, 1), (0, PAGE + 1), (PAGE, 1)])
def test_writes_outside_are_refused_and_write_nothing(at: int, size: int) -> None:
    memory = ExecutableMemory(PAGE)
    with pytest.raises(ValueError, match="is not inside"):
        memory.write(memory.base + at, b"\x90" * size)
    assert ctypes.string_at(memory.base, PAGE) == bytes(PAGE)


def test_the_instruction_cache_is_told_of_what_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    memory = ExecutableMemory(2 * PAGE)
    monkeypatch.setattr(executable_memory, "flush_instruction_cache", lambda start, end: told.append((start, end)))
    memory.write(memory.base + 100, bytes(PAGE))
    assert told == [(memory.base + 100, memory.base + 100 + PAGE)]
