"""What x86_64 has one instruction for is chosen, and computes what the operations compute that it stands for."""

from __future__ import annotations

import math
import platform
import random

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.hosts.contents import Contents
from engines.vm.hosts.selection import select
from engines.vm.ir.parser import parse_block
from engines.vm.lift.riscv64 import STATE
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.baseline.options import Options
from engines.vm.tiers.baseline.tier import BaselineTier
from engines.vm.tiers.interpreter.tier import InterpreterTier

CODE, DATA = 0x1000, 0x8000
A0, A1, A2, T0, T1, COUNT = 10, 11, 12, 5, 6, 31


def r(funct7: int, rs2: int, rs1: int, funct3: int, rd: int, opcode: int) -> int:
    return funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode


def shift(rd: int, rs1: int, amount: int, *, right: bool, word: bool) -> int:
    return amount << 20 | rs1 << 15 | (5 if right else 1) << 12 | rd << 7 | (0x1B if word else 0x13)


def program(pick: random.Random) -> list[int]:
    """Shifts, sums, masks and branches over a few registers, most of them of a shape that is one instruction."""
    body: list[int] = []
    registers = (A0, A1, A2, T0, T1)
    for _ in range(pick.randrange(2, 9)):
        a, b, d = (pick.choice(registers) for _ in range(3))
        kind = pick.randrange(6)
        if kind == 0:
            word = bool(pick.randrange(2))
            bits = 32 if word else 64
            n = pick.randrange(1, bits)
            body += [shift(T0, a, n, right=True, word=word), shift(T1, a, bits - n, right=False, word=word)]
            body += [r(0, T1, T0, pick.choice((0, 4, 6)), T0, 0x33), r(0, T0, T0, 0, T1, 0x33)]
        elif kind == 1:
            body += [shift(T0, a, pick.randrange(1, 5), right=False, word=False), r(0, b, T0, 0, d, 0x33)]
        elif kind == 2:
            mask = pick.choice((1, 0xFF, 0x7FF, -1, -16))
            body += [(mask & 0xFFF) << 20 | a << 15 | 7 << 12 | T0 << 7 | 0x13]
            body += [T0 << 15 | pick.randrange(2) << 12 | 0x463, r(0, a, b, 4, d, 0x33)]  # beq, bne over one
        elif kind == 3:
            body += [r(pick.choice((0, 0x20)), b, a, 0, d, 0x3B)]  # addw, subw
        elif kind == 4:
            width = pick.randrange(4)
            rs2 = pick.choice((0, a))
            body += [rs2 << 20 | 13 << 15 | width << 12 | 8 << 7 | 0x23, 8 << 20 | 13 << 15 | width << 12 | d << 7 | 3]
        else:
            body += [
                shift(d, a, 32, right=False, word=False),
                shift(d, d, pick.choice((32, 30)), right=True, word=False),
            ]
    body.append(0xFFF << 20 | COUNT << 15 | COUNT << 7 | 0x13)
    offset = -4 * len(body)
    branch = (offset >> 12 & 1) << 31 | (offset >> 5 & 63) << 25 | COUNT << 15 | 1 << 12 | (offset >> 1 & 15) << 8
    return [*body, branch | (offset >> 11 & 1) << 7 | 0x63, 0x0010_0073]


def ran(tier: InterpreterTier, code: list[int], seed: int) -> tuple[bytes, bytes]:
    memory = AddressSpace()
    memory.map(CODE, 0x1000, READ | WRITE | EXEC)
    memory.map(DATA, 0x1000, READ | WRITE)
    memory.write(CODE, b"".join(word.to_bytes(4, "little") for word in code))
    hart = Hart(memory)
    pick = random.Random(seed)
    for register in (A0, A1, A2, T0, T1):
        hart.cpu["x"][register] = pick.getrandbits(pick.choice((8, 31, 32, 64)))
    hart.cpu["x"][13], hart.cpu["x"][COUNT], hart.cpu["pc"] = DATA, 40, CODE
    tier.run(hart, 10_000)
    return hart.cpu.tobytes(), memory.read(DATA, 64)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
def test_what_is_chosen_computes_the_same() -> None:
    tier, interpreter = BaselineTier(Options(check=True), slice_insns=8, share=math.inf), InterpreterTier()
    for seed in range(150):
        code = program(random.Random(seed))
        assert ran(tier, code, seed) == ran(interpreter, code, seed), f"seed {seed}"


def chosen(text: str) -> tuple[int, int, int, int]:
    block = parse_block(f"block 0x1000 end 0x1004 {{\n  pcs 0x1000\n{text}  jump 0x2000, @1, plain\n}}\n", STATE)
    tiles = select(Contents(block), tiled=True).tiles
    assert select(Contents(block)).tiles.parts == set()
    return len(tiles.scaled), len(tiles.rotated), len(tiles.tested), len(tiles.same)


def test_a_shift_that_is_used_once_becomes_a_scale() -> None:
    once = "  %0 = get.i64 a0\n  %1 = get.i64 a1\n  %2 = const.i64 3\n  %3 = shl.i64 %0, %2\n  %4 = add.i64 %1, %3\n"
    assert chosen(once + "  put.i64 %4, a2\n") == (1, 0, 0, 0)
    assert chosen(once + "  put.i64 %4, a2\n  put.i64 %3, a3\n") == (0, 0, 0, 0)
    assert chosen(once.replace("const.i64 3", "const.i64 4") + "  put.i64 %4, a2\n") == (0, 0, 0, 0)


def test_two_shifts_of_one_value_become_a_rotation() -> None:
    text = (
        "  %0 = get.i64 a0\n  %1 = const.i64 7\n  %2 = const.i64 57\n  %3 = shl.i64 %0, %1\n"
        "  %4 = lshr.i64 %0, %2\n  %5 = or.i64 %3, %4\n  put.i64 %5, a2\n"
    )
    assert chosen(text) == (0, 1, 0, 0)
    assert chosen(text.replace("57", "56")) == (0, 0, 0, 0)
    assert chosen(text.replace("lshr.i64 %0", "lshr.i64 %1")) == (0, 0, 0, 0)


def test_the_low_half_of_a_register_costs_nothing() -> None:
    text = (
        "  %0 = get.i64 a0\n  %1 = trunc.i64.i32 %0\n  %2 = const.i32 1\n  %3 = add.i32 %1, %2\n"
        "  %4 = sext.i32.i64 %3\n  put.i64 %4, a0\n"
    )
    assert chosen(text) == (0, 0, 0, 1)
