"""Which of a guest's mappings are meant to be filled, and what it says itself of large pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engines.vm.memory.address_space import LARGE_PAGE_BYTES, PAGE_BYTES
from engines.vm.user.process import Process
from engines.vm.user.syscalls import memory as calls

Assembled = Callable[..., bytes]
_READ, _READ_WRITE, _NONE = 1, 3, 0
_PRIVATE, _SHARED, _ANONYMOUS = 2, 1, 0x20
_GROWSDOWN, _NORESERVE, _STACK = 0x100, 0x4000, 0x20000
_SIZE = 2 * LARGE_PAGE_BYTES


@pytest.fixture
def process(assembled: Assembled, in_process: Callable[..., Any]) -> Process:
    loaded: Process = in_process(assembled("ecall")).process
    return loaded


def advised(process: Process) -> list[tuple[int, int]]:
    """What has advice, as (address, size)."""
    return [(start, end - start) for start, end in process.memory.advised()]


def map_anonymous(process: Process, size: int, prot: int = _READ_WRITE, more: int = 0, kind: int = _PRIVATE) -> int:
    address = calls.mmap(process, 0, size, prot, kind | _ANONYMOUS | more, -1, 0)
    assert address is not None
    assert address > 0
    return address


def test_a_program_without_large_mappings_has_no_advice(process: Process) -> None:
    map_anonymous(process, LARGE_PAGE_BYTES - PAGE_BYTES)
    assert process.memory._large_pages is None, "its stack of 8 MiB is used by a hundredth"


def test_a_large_anonymous_mapping_is_advised_until_it_is_unmapped(process: Process) -> None:
    address = map_anonymous(process, _SIZE)
    assert advised(process) == [(address, _SIZE)]
    assert calls.munmap(process, address, _SIZE) == 0
    assert advised(process) == []


@pytest.mark.parametrize(
    ("prot", "more", "kind"),
    [
        (_NONE, 0, _PRIVATE),
        (_READ, 0, _PRIVATE),
        (_READ_WRITE, _GROWSDOWN, _PRIVATE),
        (_READ_WRITE, _NORESERVE, _PRIVATE),
        (_READ_WRITE, _STACK, _PRIVATE),
        (_READ_WRITE, 0, _SHARED),
    ],
)
def test_what_is_used_in_part_is_not_advised(process: Process, prot: int, more: int, kind: int) -> None:
    map_anonymous(process, _SIZE, prot, more, kind)
    assert advised(process) == []


def test_a_heap_that_grows_at_once_is_advised_where_it_grew(process: Process) -> None:
    begin = process.map.brk_start
    calls.brk(process, begin + PAGE_BYTES)
    assert advised(process) == []
    calls.brk(process, begin + PAGE_BYTES + _SIZE)
    assert advised(process) == [(begin + PAGE_BYTES, _SIZE)]
    calls.brk(process, begin + PAGE_BYTES + LARGE_PAGE_BYTES)
    assert advised(process) == [(begin + PAGE_BYTES, LARGE_PAGE_BYTES)]


def test_what_mremap_grows_or_moves_is_advised(process: Process) -> None:
    low = map_anonymous(process, PAGE_BYTES)
    blocking = map_anonymous(process, PAGE_BYTES)
    assert blocking + PAGE_BYTES == low
    process.memory.store(blocking, 7, 1)
    moved = calls.mremap(process, blocking, PAGE_BYTES, _SIZE, 1, 0)
    assert moved is not None
    assert advised(process) == [(moved, _SIZE)]
    assert process.memory.load(moved, 1) == 7
    calls.munmap(process, low, PAGE_BYTES)


def test_madvise_says_what_a_guest_wants(process: Process) -> None:
    address = map_anonymous(process, 4 * PAGE_BYTES)
    for advice in (14, 15):
        assert calls.madvise(process, address, PAGE_BYTES, advice) == 0
        assert advised(process) == [(address, PAGE_BYTES)]


def test_what_is_given_back_by_madvise_stays_advised_and_is_zeros(process: Process) -> None:
    address = map_anonymous(process, _SIZE)
    process.memory.write(address, b"\1" * _SIZE)
    assert calls.madvise(process, address + PAGE_BYTES, PAGE_BYTES, 4) == 0
    expected = b"\1" * PAGE_BYTES + bytes(PAGE_BYTES) + b"\1" * PAGE_BYTES
    assert process.memory.read(address, 3 * PAGE_BYTES) == expected
    assert advised(process) == [(address, _SIZE)]
