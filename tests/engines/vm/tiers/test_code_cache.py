"""The code cache: its memory is divided without overlap or loss, and entries lead to what is installed now."""

from __future__ import annotations

import ctypes
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.guests.riscv64.state import Hart
from engines.vm.memory.address_space import (
    DIRECT,
    EXEC,
    HAS_COMPILED,
    PAGE_BITS,
    PAGE_BYTES,
    READ,
    WRITE,
    AddressSpace,
)
from engines.vm.tiers.code_cache import ALIGN, CodeCache, CompiledSpace
from engines.vm.tiers.interpreter.decoded_code import DecodedCode
from engines.vm.tiers.interpreter.layout import PC_SHIFT
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.stop import StopReason

CODE, PAGES = 0x10000, 2
NAMED = range(CODE + 0xF80, CODE + 0x1100, 4)
"""Code that regions are made of: over the end of a page."""
ADDI = bytes.fromhex("13051500")
"""addi a0, a0, 1"""
CAPACITY = 4096
IN_USE: list[AddressSpace] = []
"""The address space of the test at hand, which a cache does not keep alive."""


@pytest.fixture(scope="module")
def tier() -> InterpreterTier:
    return InterpreterTier()


def installed_nothing(tier: InterpreterTier) -> tuple[CodeCache, CompiledSpace]:
    memory = AddressSpace(bits=24)
    memory.map(CODE, PAGES << PAGE_BITS, READ | WRITE | EXEC)
    memory.write(CODE, ADDI * (PAGES << PAGE_BITS - 2))
    IN_USE[:] = [memory]
    cache = CodeCache(tier._code, CAPACITY)
    decoded = DecodedCode(memory)
    decoded.take(memory)
    return cache, cache.space(memory, decoded, kept=False)


def entry(space: CompiledSpace, pc: int) -> int:
    """The distance that an entry holds, 0 where nothing was decoded."""
    return ctypes.c_int32.from_address(space.decoded.table + (pc << PC_SHIFT)).value


def check(cache: CodeCache, space: CompiledSpace) -> None:
    """What must hold at any time."""
    used = [(handle.address, handle.size) for handle in cache.handles]
    spans = sorted([*used, *cache._free])
    assert all(start + size == after for (start, size), (after, _) in pairwise(spans)), "a gap or an overlap"
    assert spans[0][0] == cache._memory.base
    assert sum(size for _, size in spans) == cache._memory.size, "memory lost"
    assert cache.counters.code_bytes == sum(size for _, size in used)
    assert all(after - start > size for (start, size), (after, _) in pairwise(cache._free)), "free spans not joined"
    assert set(cache.handles) == space.handles
    interpreted = cache.handler(int.from_bytes(ADDI, "little"), 4)
    for pc in NAMED:
        handle = space.heads.get(pc)
        if handle is None:
            assert entry(space, pc) in (0, interpreted)
        else:
            assert entry(space, pc) == handle.address - cache.decode
        assert bool(space.tier_at(pc)) == any(s <= pc < e for h in space.handles for s, e in h.ranges)


places = st.sampled_from(NAMED)
lengths = st.integers(1, 20)
actions = st.one_of(
    st.tuples(st.just("install"), places, lengths, st.integers(1, CAPACITY // 3)),
    st.tuples(st.just("change"), places, lengths, st.just(0)),
    st.tuples(st.just("remove"), st.integers(0, 9), lengths, st.just(0)),
    st.tuples(st.just("touch"), st.integers(0, 9), lengths, st.just(0)),
)


@pytest.mark.evidence("VM-09")
@given(steps=st.lists(actions, max_size=25))
@settings(deadline=None, max_examples=40)
def test_memory_and_entries_stay_true(tier: InterpreterTier, steps: list[tuple[str, int, int, int]]) -> None:
    cache, space = installed_nothing(tier)
    for action, place, length, size in steps:
        handles = list(cache.handles)
        if action == "install":
            ranges = [(place, min(place + 4 * length, NAMED.stop))]
            handle = cache.install(space, bytes(size), {place: 0}, ranges)
            assert handle is not None and space.heads[place] is handle and handle.address % ALIGN == 0
            assert space.memory.perm[place >> PAGE_BITS] & (HAS_COMPILED | DIRECT) == HAS_COMPILED
        elif action == "change":
            changed = range(place, min(place + 4 * length, NAMED.stop))
            space.memory.write(changed.start, ADDI * (len(changed) // 4))
            assert not any(space.tier_at(pc) for pc in changed)
        elif handles and action == "remove":
            cache.remove(handles[place % len(handles)])
        elif handles:
            cache.touch(handles[place % len(handles)])
        check(cache, space)


def test_what_was_not_sampled_for_longest_makes_room(tier: InterpreterTier) -> None:
    cache, space = installed_nothing(tier)
    quarter = bytes(CAPACITY // 4)
    old, young, *others = (
        cache.install(space, quarter, {CODE + 64 * n: 0}, [(CODE + 64 * n, CODE + 64 * n + 8)]) for n in range(4)
    )
    assert old is not None
    cache.touch(old)
    newest = cache.install(space, quarter, {CODE + 512: 0}, [(CODE + 512, CODE + 520)])
    assert set(cache.handles) == {old, *others, newest} and young not in cache.handles
    assert cache.counters.evicted == 1


def test_of_code_that_overlaps_the_oldest_is_found(tier: InterpreterTier) -> None:
    """The same in every run: what is tried, and so what is kept, depends on it."""
    for _ in range(8):
        cache, space = installed_nothing(tier)
        whole = [cache.install(space, bytes(64), {CODE + 8 * n: 0}, [(CODE, CODE + 256)]) for n in range(8)]
        while whole:
            assert space.handle_at(CODE + 128) is whole[0]
            first = whole.pop(0)
            assert first is not None
            cache.remove(first)
        assert space.handle_at(CODE + 128) is None


def test_code_larger_than_the_cache_is_refused_and_said(tier: InterpreterTier) -> None:
    cache, space = installed_nothing(tier)
    assert cache.install(space, bytes(CAPACITY * 17), {CODE: 0}, [(CODE, CODE + 4)]) is None
    assert cache.counters.refused == {"larger than the code cache": 1}
    assert not cache.handles and entry(space, CODE) == 0


def test_code_that_nothing_leads_to_any_more_goes(tier: InterpreterTier) -> None:
    cache, space = installed_nothing(tier)
    first = cache.install(space, bytes(64), {CODE: 0}, [(CODE, CODE + 16)])
    second = cache.install(space, bytes(64), {CODE: 0, CODE + 8: 0}, [(CODE, CODE + 32)])
    assert list(cache.handles) == [second] and first is not second
    third = cache.install(space, bytes(64), {CODE: 0}, [(CODE, CODE + 16)])
    assert list(cache.handles) == [second, third], "the second still has a head"
    check(cache, space)


LI = bytes.fromhex("0545")
"""c.li a0, 1"""


@pytest.mark.parametrize("head", [CODE + 64, CODE + PAGE_BYTES, CODE + PAGE_BYTES + 2])
@pytest.mark.parametrize("before", [ADDI, LI + LI, ADDI[2:] + LI])
@pytest.mark.parametrize("is_code", [True, False])
def test_what_may_fall_into_an_entry_is_decoded_alone(
    tier: InterpreterTier, head: int, before: bytes, is_code: bool
) -> None:
    """All that ends where the entry is, if it may be executed: also what only looks like an instruction there."""
    cache, space = installed_nothing(tier)
    space.memory.write(head - 4, before + ADDI)
    if not is_code:
        space.memory.protect(CODE, PAGE_BYTES, READ)
    if is_code or head >= CODE + PAGE_BYTES:
        cache.install(space, bytes(64), {head: 0}, [(head, head + 4)])
    wide = int.from_bytes(before, "little")
    short = wide >> 16
    may = {at: is_code or at >= CODE + PAGE_BYTES for at in (head - 4, head - 2)}
    assert entry(space, head - 4) == (cache.handler(wide, 4) if wide & 3 == 3 and may[head - 4] else 0)
    assert entry(space, head - 2) == (cache.handler(short, 2) if short & 3 != 3 and may[head - 2] else 0)


@given(
    first=st.sets(st.integers(-8, 8)),
    second=st.sets(st.integers(-8, 8), min_size=1),
    middle=st.sampled_from((CODE + 64, CODE + PAGE_BYTES)),
    content=st.lists(st.sampled_from((ADDI, LI)), min_size=16, max_size=24),
)
@settings(deadline=None, max_examples=80)
def test_entries_beside_each_other_all_lead_to_their_code(
    tier: InterpreterTier, first: set[int], second: set[int], middle: int, content: list[bytes]
) -> None:
    """Those of the same code, of other code, and at the end of a page; what falls into them is decoded alone."""
    cache, space = installed_nothing(tier)
    space.memory.write(middle - 32, b"".join(content))
    where: dict[int, int] = {}
    for heads in (first, second):
        entries = {middle + 2 * head: 16 * number for number, head in enumerate(sorted(heads))}
        handle = cache.install(space, bytes(1024), entries, [(middle - 16, middle + 24)])
        assert handle is not None
        where |= {pc: handle.address + offset - cache.decode for pc, offset in entries.items()}
    assert {pc: entry(space, pc) for pc in where} == where
    for head in second:
        for at, size in ((middle + 2 * head - 4, 4), (middle + 2 * head - 2, 2)):
            word = int.from_bytes(space.fetch(at, size), "little")
            if at not in where and (word & 3 == 3) == (size == 4):
                assert entry(space, at) == cache.handler(word, size)


def test_a_pair_does_not_pass_an_entry_by(tier: InterpreterTier) -> None:
    """The interpreter executes pairs of instructions by one handler; an entry at the second must be found."""
    cache, space = installed_nothing(tier)
    hart = Hart(space.memory)
    hart.cpu["pc"] = CODE
    assert tier.run(hart, 8).reason is StopReason.LIMIT
    table, space.decoded.table = space.decoded.table, tier.decoded_code(space.memory).table
    plain = cache.handler(int.from_bytes(ADDI, "little"), 4)
    assert entry(space, CODE) not in (0, plain), "no pair"
    handle = cache.install(space, b"\xcc", {CODE + 4: 0}, [(CODE + 4, CODE + 8)])
    assert handle is not None and entry(space, CODE + 4) == handle.address - cache.decode
    assert entry(space, CODE) == plain
    space.decoded.table = table
