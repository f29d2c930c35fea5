"""NaNs that compiled code has not made canonical yet are never seen: not at a trap, not at a limit, not in memory."""

from __future__ import annotations

import math
import platform
import random

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.baseline.options import Options
from engines.vm.tiers.baseline.tier import BaselineTier
from engines.vm.tiers.interpreter.tier import InterpreterTier

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
CODE, DATA = 0x1000, 0x8000
BASE, FAR, COUNT = 10, 11, 31
VALUES = (
    0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0x7FF8_0000_0000_1234, 0xFFF8_0000_0000_0000,
    0x7FF0_0000_0000_0001, 0x3FF0_0000_0000_0000, 0, 1 << 63, 0xFFFF_FFFF_7FC0_0000,
)  # fmt: skip


def arithmetic(funct5: int, rd: int, rs1: int, rs2: int, rm: int = 7) -> int:
    return funct5 << 27 | 1 << 25 | rs2 << 20 | rs1 << 15 | rm << 12 | rd << 7 | 0x53


def program(pick: random.Random) -> list[int]:
    """A loop over f0 … f5: sums, differences, products, moves of bits, loads and stores of which some fail."""
    body: list[int] = []
    for _ in range(pick.randrange(3, 16)):
        d, a, b = (pick.randrange(6) for _ in range(3))
        kind = pick.randrange(10)
        offset = 8 * pick.randrange(16)
        base = FAR if pick.randrange(6) == 0 else BASE
        if kind < 5:
            body.append(arithmetic(pick.choice((0, 1, 2, 3)), d, a, b))
        elif kind == 5:
            body.append(offset << 20 | base << 15 | 3 << 12 | d << 7 | 0x07)  # fld
        elif kind == 6:
            body.append((offset >> 5) << 25 | a << 20 | base << 15 | 3 << 12 | (offset & 31) << 7 | 0x27)  # fsd
        elif kind == 7:
            body.append(arithmetic(4, d, a, b, pick.randrange(3)))  # fsgnj, fsgnjn, fsgnjx
        elif kind == 8:
            body.append(arithmetic(0x1C, 12 + d, a, 0, 0))  # fmv.x.d
        else:
            body.append(arithmetic(0x14, 12 + d, a, b, pick.randrange(3)))  # fle, flt, feq
    body.append(8 << 20 | FAR << 15 | FAR << 7 | 0x13)
    body.append(0xFFF << 20 | COUNT << 15 | COUNT << 7 | 0x13)
    offset = -4 * len(body)
    branch = (offset >> 12 & 1) << 31 | (offset >> 5 & 63) << 25 | COUNT << 15 | 1 << 12 | (offset >> 1 & 15) << 8
    return [*body, branch | (offset >> 11 & 1) << 7 | 0x63, 0x0010_0073]


def hart_for(code: list[int], seed: int, guarded: bool) -> Hart:
    memory = AddressSpace(guarded=guarded)
    memory.map(CODE, 0x1000, READ | WRITE)
    memory.write(CODE, b"".join(word.to_bytes(4, "little") for word in code))
    memory.protect(CODE, 0x1000, READ | EXEC)
    memory.map(DATA, 0x1000, READ | WRITE)
    pick = random.Random(seed)
    memory.write(DATA, b"".join(pick.choice(VALUES).to_bytes(8, "little") for _ in range(32)))
    hart = Hart(memory)
    for register in range(6):
        hart.cpu["f"][register] = pick.choice(VALUES)
    far = DATA + 0x1000 - 8 * pick.randrange(10, 50)
    hart.cpu["x"][BASE], hart.cpu["x"][FAR], hart.cpu["x"][COUNT], hart.cpu["pc"] = DATA, far, 30, CODE
    return hart


@pytest.mark.parametrize("guarded", [True, False])
def test_every_stop_shows_what_the_interpreter_shows(guarded: bool) -> None:
    tier, interpreter = BaselineTier(Options(check=True), slice_insns=16, share=math.inf), InterpreterTier()
    traps = 0
    for seed in range(120):
        pick = random.Random(seed)
        code = program(pick)
        hart, other = hart_for(code, seed, guarded), hart_for(code, seed, False)
        for _ in range(12):
            limit = pick.randrange(1, 60)
            stops = tier.run(hart, limit), interpreter.run(other, limit)
            assert stops[0] == stops[1], f"seed {seed}"
            assert hart.cpu.tobytes() == other.cpu.tobytes(), f"seed {seed}"
            traps += stops[0].cause in (5, 7)
        assert hart.memory.read(DATA, 0x1000) == other.memory.read(DATA, 0x1000), f"seed {seed}"
    assert traps > 20
    assert tier.counters.installed > 20


def test_a_signalling_nan_stays_what_it_is_beside_loose_ones() -> None:
    code = [
        arithmetic(0, 0, 1, 2),  # inf - inf
        FAR << 15 | 3 << 12 | 5 << 7 | 0x07,  # a load that fails at last
        8 << 20 | FAR << 15 | FAR << 7 | 0x13,
        0xFF5F_F06F,  # j -12
    ]
    for guarded in (True, False):
        hart = hart_for(code, 1, guarded)
        hart.cpu["f"][:4] = [0, VALUES[0], VALUES[1], VALUES[5]]
        hart.cpu["x"][FAR] = DATA
        tier = BaselineTier(slice_insns=16, share=math.inf)
        assert tier.run(hart, 100_000).cause == 5
        assert tier.counters.installed
        assert [int(value) for value in hart.cpu["f"][:4]] == [VALUES[2], VALUES[0], VALUES[1], VALUES[5]]
