"""Advice for large pages: what is large and meant to be filled has it, nothing else has; contents are the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.memory import large_pages
from engines.vm.memory.address_space import (
    HAS_CODE,
    LARGE_PAGE_BYTES,
    PAGE_BYTES,
    READ,
    WRITE,
    AddressSpace,
    MemoryFault,
)
from engines.vm.memory.ranges import Ranges

_AT = 0x1000_0000
_HAS_LARGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled").exists()
needs_large_pages = pytest.mark.skipif(not _HAS_LARGE_PAGES, reason="this kernel has no transparent huge pages")


def flags_at(space: AddressSpace, address: int) -> list[str]:
    """What the kernel's VmFlags say of the mapping that holds a guest address: `hg` and `nh` are advice."""
    wanted, is_there = space.host_base + address, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        head = re.match(r"([0-9a-f]+)-([0-9a-f]+) ", line)
        if head:
            is_there = int(head[1], 16) <= wanted < int(head[2], 16)
        elif is_there and line.startswith("VmFlags:"):
            return line.split()[1:]
    raise AssertionError(f"nothing is mapped at {wanted:#x}")


@pytest.fixture(params=[True, False], ids=["guarded", "ordinary"])
def space(request: pytest.FixtureRequest) -> AddressSpace:
    return AddressSpace(guarded=request.param)


def test_large_pages_of_guest_and_host_begin_together(space: AddressSpace) -> None:
    assert space.host_base % LARGE_PAGE_BYTES == 0


@needs_large_pages
@pytest.mark.parametrize(
    ("size", "is_filled", "expected"),
    [
        (LARGE_PAGE_BYTES, True, True),
        (LARGE_PAGE_BYTES - PAGE_BYTES, True, False),
        (8 * LARGE_PAGE_BYTES, False, False),
    ],
)
def test_only_what_is_large_and_to_be_filled_is_advised(
    space: AddressSpace, size: int, is_filled: bool, expected: bool
) -> None:
    space.map(_AT, size, READ | WRITE, to_be_filled=is_filled)
    assert ("hg" in flags_at(space, _AT)) is expected


@needs_large_pages
def test_what_is_mapped_later_at_the_same_place_has_no_advice(space: AddressSpace) -> None:
    space.map(_AT, 4 * LARGE_PAGE_BYTES, READ | WRITE, to_be_filled=True)
    space.write(_AT, b"\1" * 4 * LARGE_PAGE_BYTES)
    space.map(_AT + LARGE_PAGE_BYTES, LARGE_PAGE_BYTES, READ | WRITE)
    assert ["hg" in flags_at(space, _AT + i * LARGE_PAGE_BYTES) for i in range(4)] == [True, False, True, True]
    assert space.read(_AT + LARGE_PAGE_BYTES, LARGE_PAGE_BYTES) == bytes(LARGE_PAGE_BYTES)
    assert space.read(_AT + 2 * LARGE_PAGE_BYTES, LARGE_PAGE_BYTES) == b"\1" * LARGE_PAGE_BYTES


@needs_large_pages
def test_no_more_than_the_limit_is_advised_at_a_time(space: AddressSpace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_pages, "most_bytes", lambda: 3 * LARGE_PAGE_BYTES)
    far = _AT + 64 * LARGE_PAGE_BYTES
    space.map(_AT, 2 * LARGE_PAGE_BYTES, READ | WRITE, to_be_filled=True)
    space.map(far, 2 * LARGE_PAGE_BYTES, READ | WRITE, to_be_filled=True)
    assert "hg" not in flags_at(space, far)
    space.unmap(_AT, 2 * LARGE_PAGE_BYTES)
    space.map(far, 2 * LARGE_PAGE_BYTES, READ | WRITE, to_be_filled=True)
    assert "hg" in flags_at(space, far)


def test_the_limit_is_small() -> None:
    assert 0 < large_pages.most_bytes() <= 1 << 28


@needs_large_pages
@pytest.mark.parametrize(("is_wanted", "flag"), [(True, "hg"), (False, "nh")])
def test_a_guest_has_its_say(space: AddressSpace, is_wanted: bool, flag: str) -> None:
    space.map(_AT, 8 * PAGE_BYTES, READ | WRITE)
    space.advise_large_pages(_AT, 4 * PAGE_BYTES, is_wanted=is_wanted)
    assert [flag in flags_at(space, _AT + page * PAGE_BYTES) for page in (0, 3, 4)] == [True, True, False]
    space.map(_AT, 8 * PAGE_BYTES, READ | WRITE)
    assert flag not in flags_at(space, _AT)


def test_a_kernel_without_large_pages_changes_nothing(space: AddressSpace) -> None:
    class Refusing:
        def madvise(self, *_: int) -> None:
            raise OSError(22, "Invalid argument")

    advice = space._advice()
    advice._region = Refusing()  # type: ignore[assignment]  # a kernel that has none
    space.map(_AT, 2 * LARGE_PAGE_BYTES, READ | WRITE, to_be_filled=True)
    space.write(_AT, b"\1")
    assert len(advice.advised) == 0
    assert space.read(_AT, 2) == b"\1\0"


@pytest.mark.parametrize("is_filled", [True, False])
def test_cleared_pages_are_zeros_at_the_same_permissions(space: AddressSpace, is_filled: bool) -> None:
    space.map(_AT, LARGE_PAGE_BYTES, READ | WRITE, to_be_filled=is_filled)
    space.write(_AT, b"\1" * LARGE_PAGE_BYTES)
    space.protect(_AT + PAGE_BYTES, PAGE_BYTES, READ)
    heard: list[tuple[int, int]] = []
    space.code_listeners.append(lambda address, size: heard.append((address, size)))
    space.perm[(_AT >> 12) + 1] |= HAS_CODE
    space.clear(_AT, 2 * PAGE_BYTES)
    assert heard == [(_AT, 2 * PAGE_BYTES)]
    assert space.read(_AT, 3 * PAGE_BYTES) == bytes(2 * PAGE_BYTES) + b"\1" * PAGE_BYTES
    space.store(_AT, 1, 1)
    with pytest.raises(MemoryFault):
        space.store(_AT + PAGE_BYTES, 1, 1)
    assert space.dirty_pages()[:2] == [_AT, _AT + PAGE_BYTES]
    with pytest.raises(MemoryFault) as caught:
        space.clear(_AT, LARGE_PAGE_BYTES + PAGE_BYTES)
    assert caught.value.address == _AT + LARGE_PAGE_BYTES


_HALF = LARGE_PAGE_BYTES // 2
_STEPS = st.tuples(
    st.sampled_from(["map", "fill", "unmap", "clear", "write", "protect", "want", "refuse"]),
    st.integers(0, 12),
    st.integers(1, 6),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(_STEPS, max_size=14), st.booleans())
def test_contents_permissions_and_advice_against_a_model(steps: list[tuple[str, int, int]], is_guarded: bool) -> None:
    """Addresses count in halves of a large page. Of each, the model knows its first byte and its advice."""
    space = AddressSpace(guarded=is_guarded)
    bytes_there: dict[int, int] = {}
    advice: dict[int, str] = {}
    writable: set[int] = set()
    for number, (step, at, count) in enumerate(steps, 1):
        halves = range(at, at + count)
        address, size = _AT + at * _HALF, count * _HALF
        if step in ("map", "fill"):
            is_filled = step == "fill" and count >= 2
            space.map(address, size, READ | WRITE, to_be_filled=step == "fill")
            for half in halves:
                advice.pop(half, None)
                bytes_there[half] = 0
                if is_filled:
                    advice[half] = "hg"
            writable.update(halves)
        elif step == "unmap":
            space.unmap(address, size)
            for half in halves:
                if bytes_there.pop(half, None) is not None:
                    advice.pop(half, None)
            writable.difference_update(halves)
        elif not all(half in bytes_there for half in halves):
            continue
        elif step == "clear":
            space.clear(address, size)
            bytes_there.update(dict.fromkeys(halves, 0))
        elif step == "write":
            for half in halves:
                space.place(_AT + half * _HALF, bytes([number]))
                bytes_there[half] = number
        elif step == "protect":
            space.protect(address, size, READ)
            writable.difference_update(halves)
        else:
            space.advise_large_pages(address, size, is_wanted=step == "want")
            advice.update(dict.fromkeys(halves, "hg" if step == "want" else "nh"))
    for half in range(18):
        address = _AT + half * _HALF
        assert space.mapped(address, 1) is (half in bytes_there)
        if half in bytes_there:
            assert space.load(address, 1) == bytes_there[half]
            assert (half in writable) is bool(space.perm[address >> 12] & WRITE)
        if _HAS_LARGE_PAGES:
            known = {"hg", "nh"} & set(flags_at(space, address))
            assert known == ({advice[half]} if half in advice else set())


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20), st.integers(1, 6)), max_size=12))
def test_ranges_against_a_set(steps: list[tuple[bool, int, int]]) -> None:
    ranges, model = Ranges(), set[int]()
    for is_inserted, start, size in steps:
        if is_inserted:
            ranges.insert(start, start + size)
            model.update(range(start, start + size))
        else:
            ranges.remove(start, start + size)
            model.difference_update(range(start, start + size))
    assert {n for start, end in ranges.within(0, 99) for n in range(start, end)} == model
    assert len(ranges) == len(model)
    assert all(end < start for end, start in zip(ranges.ends, ranges.starts[1:], strict=False))
    assert {n for start, end in ranges.within(5, 12) for n in range(start, end)} == model & set(range(5, 12))
