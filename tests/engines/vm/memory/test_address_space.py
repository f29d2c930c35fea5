"""The guest address space: permissions, faults, the map, and the notices about code."""

from __future__ import annotations

import ctypes
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.memory.address_space import (
    DIRECT,
    EXEC,
    HAS_CODE,
    PAGE_BYTES,
    READ,
    WRITE,
    Access,
    AddressSpace,
    MemoryFault,
)


@pytest.fixture
def space() -> AddressSpace:
    return AddressSpace()


def test_store_then_load_little_endian(space: AddressSpace) -> None:
    space.map(0x10000, 0x2000, READ | WRITE)
    space.store(0x10001, 0x1122334455667788, 8)
    assert space.load(0x10001, 8) == 0x1122334455667788
    assert space.load(0x10001, 1) == 0x88
    assert space.read(0x10001, 3) == b"\x88\x77\x66"
    assert ctypes.string_at(space.host_base + 0x10001, 2) == b"\x88\x77"


def test_access_across_pages(space: AddressSpace) -> None:
    space.map(0x10000, 0x2000, READ | WRITE)
    space.store(0x10FFD, -2, 8)
    assert space.load(0x10FFD, 8) == 2**64 - 2


@pytest.mark.parametrize(
    ("address", "failing"),
    [
        (0xFFFD, 0xFFFD),
        (0x10FFD, 0x11000),
        (0x11000, 0x11000),
        (2**36 - 4, 2**36),
        (2**36, 2**36),
        (2**64 - 1, 2**64 - 1),
    ],
)
def test_faults_report_the_failing_portion_and_change_nothing(space: AddressSpace, address: int, failing: int) -> None:
    space.map(0x10000, 0x1000, READ | WRITE)
    space.map(2**36 - PAGE_BYTES, PAGE_BYTES, READ | WRITE)
    with pytest.raises(MemoryFault) as caught:
        space.store(address, 2**64 - 1, 8)
    assert (caught.value.address, caught.value.access) == (failing, Access.STORE)
    with pytest.raises(MemoryFault) as caught:
        space.load(address, 8)
    assert (caught.value.address, caught.value.access) == (failing, Access.LOAD)
    assert space.read(0x10000, 0x1000) == bytes(0x1000)


def test_permissions_are_enforced_one_by_one(space: AddressSpace) -> None:
    for permission, allowed in ((READ, {Access.LOAD}), (WRITE, {Access.STORE}), (EXEC, {Access.FETCH}), (0, set())):
        space.map(0x4000, 0x1000, permission)
        assert space.mapped(0x4000, 0x1000)
        for access, attempt in (
            (Access.LOAD, lambda: space.load(0x4000, 4)),
            (Access.STORE, lambda: space.store(0x4000, 1, 4)),
            (Access.FETCH, lambda: space.fetch16(0x4000)),
        ):
            assert space.permitted(0x4000, 4, access) is (access in allowed)
            if access in allowed:
                attempt()
            else:
                with pytest.raises(MemoryFault):
                    attempt()


def test_ranges_fault_at_the_first_bad_byte_and_write_nothing(space: AddressSpace) -> None:
    space.map(0x4000, 0x1000, READ | WRITE)
    with pytest.raises(MemoryFault) as caught:
        space.write(0x4FF0, b"x" * 32)
    assert caught.value.address == 0x5000
    assert space.read(0x4FF0, 16) == bytes(16)
    with pytest.raises(MemoryFault):
        space.view(0x4FF0, 17)
    assert space.read(0x12345, 0) == b""


def test_unmapped_pages_read_as_zero_when_mapped_again(space: AddressSpace) -> None:
    space.map(0x4000, 0x3000, READ | WRITE)
    space.write(0x4000, b"\xff" * 0x3000)
    space.unmap(0x5000, 0x1000)
    with pytest.raises(MemoryFault):
        space.load(0x5000, 1)
    space.map(0x5000, 0x1000, READ)
    assert space.read(0x4000, 0x3000) == b"\xff" * 0x1000 + bytes(0x1000) + b"\xff" * 0x1000
    space.map(0x4000, 0x1000, READ)
    assert space.read(0x4000, 0x1000) == bytes(0x1000)


def test_freed_memory_goes_back_to_the_host(space: AddressSpace) -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1])

    size = 64 << 20
    space.map(0x10000000, size, READ | WRITE)
    space.write(0x10000000, b"\x01" * size)
    full = resident()
    space.unmap(0x10000000, size)
    assert full - resident() > size // PAGE_BYTES // 2


def test_protect_needs_mapped_pages_and_keeps_contents(space: AddressSpace) -> None:
    space.map(0x4000, 0x1000, READ | WRITE)
    space.store(0x4000, 7, 4)
    with pytest.raises(MemoryFault) as caught:
        space.protect(0x4000, 0x2000, READ)
    assert caught.value.address == 0x5000
    space.store(0x4000, 8, 4)
    space.protect(0x4000, 0x1000, READ)
    assert space.load(0x4000, 4) == 8
    with pytest.raises(MemoryFault):
        space.store(0x4000, 9, 4)
    assert space.dirty_pages() == [0x4000]


@pytest.mark.parametrize(
    ("address", "size", "permission"), [(1, 4096, 1), (0, 5, 1), (0, 0, 1), (2**36, 4096, 1), (0, 4096, 8)]
)
def test_bad_maps_are_refused(space: AddressSpace, address: int, size: int, permission: int) -> None:
    with pytest.raises(ValueError, match=r"range|permission"):
        space.map(address, size, permission)


def test_views_are_the_memory_itself(space: AddressSpace) -> None:
    space.map(0x4000, 0x1000, READ | WRITE)
    space.view(0x4010, 4, Access.STORE)[:] = b"abcd"
    assert bytes(space.view(0x4010, 4)) == b"abcd"
    with pytest.raises(TypeError):
        space.view(0x4010, 4)[0] = 1


def test_code_listeners_hear_every_change_to_a_page_with_code(space: AddressSpace) -> None:
    heard: list[tuple[int, int]] = []
    space.code_listeners.append(lambda address, size: heard.append((address, size)))
    page = 0x4000 >> 12

    def mark() -> None:
        space.perm[page] = (space.perm[page] | HAS_CODE) & ~DIRECT

    space.map(0x4000, 0x1000, READ | WRITE | EXEC)
    space.store(0x4000, 1, 4)
    assert heard == []
    for change in (
        lambda: space.store(0x4100, 1, 4),
        lambda: space.write(0x4100, b"ab"),
        lambda: space.view(0x4100, 2, Access.STORE),
        lambda: space.place(0x4100, b"ab"),
        lambda: space.protect(0x4000, 0x1000, READ | EXEC),
        lambda: space.unmap(0x4000, 0x1000),
    ):
        mark()
        heard.clear()
        change()
        assert heard == [(0x4000, 0x1000)]
        assert not space.perm[page] & HAS_CODE


def test_dirty_pages(space: AddressSpace) -> None:
    space.map(0x4000, 0x4000, READ | WRITE)
    assert space.dirty_pages() == []
    space.store(0x4FFE, 1, 4)
    space.write(0x7000, b"x")
    assert space.dirty_pages() == [0x4000, 0x5000, 0x7000]
    space.clear_dirty()
    assert space.dirty_pages() == []
    space.store(0x4FFE, 1, 4)
    assert space.dirty_pages() == [0x4000, 0x5000]


def test_find_free_is_top_down(space: AddressSpace) -> None:
    space.map(0x8000, 0x1000, READ)
    assert space.find_free(0x1000, high=0x9000) == 0x7000
    assert space.find_free(1, high=0xA000) == 0x9000
    assert space.find_free(0x2000, high=0xA000) == 0x6000
    assert space.find_free(0x8000, high=0x9000) is None


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.tuples(st.sampled_from(["map", "unmap"]), st.integers(0, 15), st.integers(1, 6), st.integers(0, 7)),
        max_size=12,
    ),
    st.integers(1, 8),
)
def test_the_map_against_a_model(steps: list[tuple[str, int, int, int]], want: int) -> None:
    space = AddressSpace(bits=17)
    model: dict[int, int] = {}
    for step, page, count, permission in steps:
        if step == "map":
            space.map(page * PAGE_BYTES, count * PAGE_BYTES, permission)
            model.update(dict.fromkeys(range(page, page + count), permission))
        else:
            space.unmap(page * PAGE_BYTES, count * PAGE_BYTES)
            for p in range(page, page + count):
                model.pop(p, None)
    for page in range(32):
        assert space.mapped(page * PAGE_BYTES, 1) is (page in model)
        assert space.permitted(page * PAGE_BYTES, 1, Access.LOAD) is bool(model.get(page, 0) & READ)
    covered = {p for start, end in space.regions() for p in range(start // PAGE_BYTES, end // PAGE_BYTES)}
    assert covered == set(model)
    regions = list(space.regions())
    assert all(end < start for (_, end), (start, _) in pairwise(regions))
    fits = [p for p in range(1, 33 - want) if not any(q in model for q in range(p, p + want))]
    assert space.find_free(want * PAGE_BYTES) == (fits[-1] * PAGE_BYTES if fits else None)
