"""Compiled code with and without checks of permissions refuses what the interpreter refuses, to the byte."""

from __future__ import annotations

import ctypes
import platform
import random

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.memory.address_space import EXEC, PAGE_BYTES, READ, WRITE, AddressSpace
from engines.vm.tiers.baseline.options import Options
from engines.vm.tiers.baseline.tier import BaselineTier
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.stop import StopReason

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
CODE, DATA, READ_ONLY = 0x10000, 0x40000, 0x60000
WILD = (0, 8, 0x7FFF_FFFF, 0x8000_0000, 1 << 36, (1 << 36) - 4, (1 << 36) + 0x7FFF_FFF8, 1 << 37, 1 << 47, 1 << 63)
LOADS = {"lb": 0, "lh": 1, "lw": 2, "ld": 3, "lbu": 4, "lhu": 5, "lwu": 6}
EBREAK = 0x0010_0073
SECRET = 0x5EC2_E700_5EC2_E700


def load(width: int, rd: int, rs1: int, offset: int) -> int:
    return (offset & 0xFFF) << 20 | rs1 << 15 | width << 12 | rd << 7 | 0x03


def store(width: int, rs2: int, rs1: int, offset: int) -> int:
    return (offset >> 5 & 127) << 25 | rs2 << 20 | rs1 << 15 | width << 12 | (offset & 31) << 7 | 0x23


def addi(rd: int, rs1: int, immediate: int) -> int:
    return (immediate & 0xFFF) << 20 | rs1 << 15 | rd << 7 | 0x13


def bne(rs1: int, rs2: int, offset: int) -> int:
    return (
        (offset >> 12 & 1) << 31 | (offset >> 5 & 63) << 25 | rs2 << 20 | rs1 << 15 | 1 << 12
        | (offset >> 1 & 15) << 8 | (offset >> 11 & 1) << 7 | 0x63
    )  # fmt: skip


def program(rng: random.Random) -> list[int]:
    """A loop of accesses off a few bases that move, in one block or several; x31 counts down."""
    body: list[int] = []
    branches = rng.randrange(2)
    for _ in range(rng.randrange(3, 14)):
        base, other = rng.choice((10, 11, 12)), rng.choice((13, 14, 15))
        offset = rng.choice((0, 8, -8, 2047, -2048, rng.randrange(-2048, 2048)))
        kind = rng.randrange(8 if branches else 5)
        if kind > 6:
            body.append(addi(base, rng.choice((10, 11, 12)), rng.choice((0, 0, 8, 2047))))
        elif kind > 4:
            body.append(bne(other, rng.choice((13, 14, 15)), 4 * rng.choice((2, 2, 3))))
            body += [addi(other, other, 1)] * rng.randrange(2)
        elif kind < 2:
            body.append(load(rng.choice(list(LOADS.values())), other, base, offset))
        elif kind == 2:
            body.append(store(rng.randrange(4), other, base, offset))
        elif kind == 3:
            body.append(addi(base, base, rng.choice((1, 8, -8, 64, 2047, -2048))))
        else:
            body.append(addi(other, other, rng.randrange(-99, 99)))
    body.append(addi(31, 31, -1))
    return [*body, bne(31, 0, -4 * len(body)), EBREAK]


def hart_for(code: list[int], seed: int, guarded: bool) -> Hart:
    rng = random.Random(seed)
    memory = AddressSpace(guarded=guarded)
    memory.map(CODE, PAGE_BYTES, READ | WRITE)
    memory.write(CODE, b"".join(word.to_bytes(4, "little") for word in code))
    memory.protect(CODE, PAGE_BYTES, READ | EXEC)
    memory.map(DATA, 4 * PAGE_BYTES, READ | WRITE)
    memory.write(DATA, rng.randbytes(4 * PAGE_BYTES))
    memory.map(READ_ONLY, 2 * PAGE_BYTES, READ)
    memory.map(READ_ONLY + PAGE_BYTES, PAGE_BYTES, 0)
    hart = Hart(memory)
    x = hart.cpu["x"]
    hart.cpu["pc"] = CODE
    for register in (10, 11, 12):
        near = rng.choice((DATA, DATA + 4 * PAGE_BYTES, READ_ONLY, READ_ONLY + PAGE_BYTES))
        x[register] = rng.choice((*WILD, *[near + rng.randrange(-2060, 2060)] * 15, *[DATA + 0x2000] * 15))
    for register in (13, 14, 15):
        x[register] = rng.getrandbits(64)
    x[31] = 300
    return hart


def outcome(tier: InterpreterTier, hart: Hart) -> tuple[object, ...]:
    stop = tier.run(hart, 20_000)
    memory = hart.memory
    data = memory.read(DATA, 4 * PAGE_BYTES) + memory.read(READ_ONLY, PAGE_BYTES)
    return stop, int(hart.cpu["pc"]), int(hart.cpu["retired"]), hart.cpu["x"].tobytes(), data


@pytest.mark.parametrize("guarded", [True, False])
@pytest.mark.parametrize("seed", range(2))
def test_accesses_off_moving_bases(seed: int, guarded: bool) -> None:
    rng = random.Random(seed)
    tier, interpreter = BaselineTier(Options(check=True), slice_insns=8, share=float("inf")), InterpreterTier()
    stops = set()
    for case in range(60):
        code = program(rng)
        expected = outcome(interpreter, hart_for(code, case, guarded=False))
        hart = hart_for(code, case, guarded)
        assert outcome(tier, hart) == expected, f"case {case}"
        assert hart.memory.guarded == guarded
        stops.add(getattr(expected[0], "cause", None))
    assert {3, 5, 7} <= stops
    assert tier.cache.counters.unguarded == ""
    assert any(region.faults for region in tier.compiled) == guarded


@pytest.mark.parametrize("guarded", [True, False])
@pytest.mark.parametrize("near", range(-8, 1))
@pytest.mark.parametrize("offsets", [(0, 895), (895, 0), (-2048, 2047), (2047, -2048), (16, 8)])
def test_accesses_off_one_base_end_where_memory_ends(offsets: tuple[int, int], near: int, guarded: bool) -> None:
    """The farther one begins so near to the end: that the other is inside says nothing of it."""
    code = [load(3, 13, 10, offsets[0]), load(3, 14, 10, offsets[1]), EBREAK]
    seen = []
    for tier in (InterpreterTier(), BaselineTier(Options(check=True), slice_insns=0, share=float("inf"))):
        hart = hart_for(code, 1, guarded)
        hart.cpu["x"][10] = DATA + 4 * PAGE_BYTES + near - max(offsets)
        seen.append(outcome(tier, hart))
    assert seen[1] == seen[0]


def test_code_without_checks_is_given_up_when_the_host_no_longer_holds_permissions() -> None:
    code = [addi(10, 10, 8), store(3, 31, 10, 0), addi(31, 31, -1), bne(31, 0, -12), EBREAK]
    hart = hart_for(code, 1, guarded=True)
    hart.cpu["x"][10], hart.cpu["x"][31] = DATA - 8, 1 << 20
    tier = BaselineTier(slice_insns=64, share=float("inf"))
    assert tier.run(hart, 1000).reason is StopReason.LIMIT
    assert [region.faults is None for region in tier.compiled] == [False]
    hart.memory.map(READ_ONLY + 4 * PAGE_BYTES, PAGE_BYTES, READ | WRITE | EXEC)
    stop = tier.run(hart, 1 << 30)
    assert (stop.reason, stop.cause, stop.value) == (StopReason.TRAP, 7, DATA + 4 * PAGE_BYTES)
    assert tier.compiled[-1].faults is None


def test_stored_code_without_checks_is_for_guarded_memory_only() -> None:
    code = [addi(10, 10, 8), store(3, 31, 10, 0), addi(31, 31, -1), bne(31, 0, -12), EBREAK]
    maker = BaselineTier(slice_insns=64, share=float("inf"))
    hart = hart_for(code, 1, guarded=True)
    hart.cpu["x"][10] = DATA
    maker.run(hart, 10_000)
    assert maker.compiled
    for guarded in (True, False):
        user = BaselineTier(slice_insns=1 << 30)
        user.offer(maker.compiled)
        hart = hart_for(code, 1, guarded)
        hart.cpu["x"][10] = DATA
        hart.cpu["pc"] = maker.compiled[0].entries[0][0]
        user.run(hart, 10_000)
        assert (user.counters.stored, user.counters.stale) == ((1, 0) if guarded else (0, 1))


def test_an_address_that_leads_to_other_memory_of_the_process_faults() -> None:
    """Far from the guest's address space the host has memory too: an unchecked access there would not fault."""
    code = [load(3, 13, 10, 0), addi(31, 31, -1), bne(31, 0, -8), EBREAK]
    hart = hart_for(code, 1, guarded=True)
    hart.cpu["x"][10], hart.cpu["x"][31] = DATA, 1 << 20
    tier = BaselineTier(slice_insns=64, share=float("inf"))
    assert tier.run(hart, 1000).reason is StopReason.LIMIT
    assert tier.compiled[-1].faults
    secret = (ctypes.c_uint64 * 8)(*range(8))
    distance = (ctypes.addressof(secret) - hart.memory.host_base) % (1 << 64)
    hart.cpu["x"][10] = distance
    stop = tier.run(hart, 1000)
    assert (stop.reason, stop.cause, stop.value) == (StopReason.TRAP, 5, distance)


@pytest.mark.parametrize(
    "step",
    [
        [addi(10, 11, 0)],
        [addi(10, 11, 8), addi(10, 10, -8)],
        [0x00E5_8533],  # add x10, x11, x14
        [load(3, 10, 12, 8)],
        [bne(14, 14, 8), addi(10, 11, 0)],
        [addi(15, 11, 0), bne(14, 14, 8), addi(10, 15, 0)],
    ],
)
def test_a_base_that_changes_in_a_loop_is_looked_at_again(step: list[int]) -> None:
    body = [load(3, 13, 10, 0), *step, addi(31, 31, -1)]
    code = [*body, bne(31, 0, -4 * len(body)), EBREAK]
    hart = hart_for(code, 1, guarded=True)
    x = hart.cpu["x"]
    x[10] = x[11] = x[12] = DATA
    x[14], x[31] = 0, 1 << 20
    hart.memory.write(DATA + 8, DATA.to_bytes(8, "little"))
    tier = BaselineTier(slice_insns=64, share=float("inf"))
    assert tier.run(hart, 1000).reason is StopReason.LIMIT
    assert tier.compiled[-1].faults
    secret = (ctypes.c_uint64 * 8)(*[SECRET] * 8)
    distance = (ctypes.addressof(secret) - hart.memory.host_base) % (1 << 64)
    x[11] = distance
    hart.memory.write(DATA + 8, distance.to_bytes(8, "little"))
    stop = tier.run(hart, 1000)
    assert (stop.reason, stop.cause, stop.value) == (StopReason.TRAP, 5, distance)
    assert SECRET not in [int(value) for value in x]
