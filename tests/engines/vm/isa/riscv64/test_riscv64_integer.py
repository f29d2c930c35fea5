"""Integer instructions, loads, stores and branches against a second statement of the manual in plain Python."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.reference import ReferenceTier

CODE, DATA = 0x10000, 0x20000
ONES = (1 << 64) - 1
TIER = ReferenceTier()
MEMORY = AddressSpace(bits=20)
MEMORY.map(CODE, 0x1000, READ | EXEC)
MEMORY.map(DATA, 0x1000, READ | WRITE)

EDGES = st.sampled_from(
    [v & ONES for k in (0, 7, 8, 11, 15, 16, 31, 32, 63) for v in (1 << k, (1 << k) - 1, -(1 << k), ~(1 << k))]
)
VALUES = EDGES | st.integers(0, ONES)


def s64(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def s32(value: int) -> int:
    value &= 0xFFFF_FFFF
    return value - (1 << 32) if value >> 31 else value


def run(text: str, limit: int = 1, **registers: int) -> Hart:
    hart = Hart(MEMORY)
    MEMORY.place(CODE, assemble(text, CODE))
    hart.cpu["pc"] = CODE
    for name, value in registers.items():
        hart.cpu["x"][10 + int(name[1:])] = value
    TIER.run(hart, limit)
    assert int(hart.cpu["retired"]) == limit
    return hart


def toward_zero(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


BINARY: dict[str, Callable[[int, int], int]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "xor": lambda a, b: a ^ b,
    "or": lambda a, b: a | b,
    "and": lambda a, b: a & b,
    "slt": lambda a, b: s64(a) < s64(b),
    "sltu": lambda a, b: a < b,
    "sll": lambda a, b: a << b % 64,
    "srl": lambda a, b: a >> b % 64,
    "sra": lambda a, b: s64(a) >> b % 64,
    "addw": lambda a, b: s32(a + b),
    "subw": lambda a, b: s32(a - b),
    "sllw": lambda a, b: s32(a << b % 32),
    "srlw": lambda a, b: s32(a % 2**32 >> b % 32),
    "sraw": lambda a, b: s32(a) >> b % 32,
    "mul": lambda a, b: a * b,
    "mulh": lambda a, b: s64(a) * s64(b) >> 64,
    "mulhu": lambda a, b: a * b >> 64,
    "mulhsu": lambda a, b: s64(a) * b >> 64,
    "mulw": lambda a, b: s32(a * b),
    "div": lambda a, b: toward_zero(s64(a), s64(b)) if b else -1,
    "divu": lambda a, b: a // b if b else -1,
    "rem": lambda a, b: s64(a) - toward_zero(s64(a), s64(b)) * s64(b) if b else a,
    "remu": lambda a, b: a % b if b else a,
    "divw": lambda a, b: s32(toward_zero(s32(a), s32(b))) if s32(b) else -1,
    "divuw": lambda a, b: s32(a % 2**32 // (b % 2**32)) if s32(b) else -1,
    "remw": lambda a, b: s32(a) - toward_zero(s32(a), s32(b)) * s32(b) if s32(b) else s32(a),
    "remuw": lambda a, b: s32(a % 2**32 % (b % 2**32)) if s32(b) else s32(a),
}


def test_every_register_register_instruction_is_stated() -> None:
    named = {i.name for i in INSTRUCTIONS if i.extension in ("I", "M") and i.assembly == "rd, rs1, rs2"}
    assert named == set(BINARY)


@pytest.mark.evidence("VM-01")
@settings(deadline=None, max_examples=60)
@given(VALUES, VALUES)
def test_register_register(a: int, b: int) -> None:
    text = "\n".join(f"{op} a0, a1, a2\nsd a0, {8 * k}(a3)" for k, op in enumerate(BINARY))
    run(text, 2 * len(BINARY), a1=a, a2=b, a3=DATA)
    got = {op: MEMORY.load(DATA + 8 * k, 8) for k, op in enumerate(BINARY)}
    assert got == {op: int(formula(a, b)) & ONES for op, formula in BINARY.items()}


IMMEDIATE = {"addi": "add", "slti": "slt", "sltiu": "sltu", "xori": "xor", "ori": "or", "andi": "and", "addiw": "addw"}
SHIFTS = {"slli": "sll", "srli": "srl", "srai": "sra", "slliw": "sllw", "srliw": "srlw", "sraiw": "sraw"}


@settings(deadline=None, max_examples=60)
@given(VALUES, st.integers(-2048, 2047), st.integers(0, 63))
def test_register_immediate(a: int, immediate: int, amount: int) -> None:
    for op, formula in IMMEDIATE.items():
        expected = int(BINARY[formula](a, immediate & ONES)) & ONES
        assert int(run(f"{op} a0, a1, {immediate}", a1=a).cpu["x"][10]) == expected, op
    for op, formula in SHIFTS.items():
        shift = amount % 32 if op.endswith("w") else amount
        assert int(run(f"{op} a0, a1, {shift}", a1=a).cpu["x"][10]) == int(BINARY[formula](a, shift)) & ONES, op


TAKEN: dict[str, Callable[[int, int], bool]] = {
    "beq": lambda a, b: a == b,
    "bne": lambda a, b: a != b,
    "blt": lambda a, b: s64(a) < s64(b),
    "bge": lambda a, b: s64(a) >= s64(b),
    "bltu": lambda a, b: a < b,
    "bgeu": lambda a, b: a >= b,
}


@settings(deadline=None, max_examples=40)
@given(VALUES, VALUES, st.integers(-2048, 2047))
def test_branches(a: int, b: int, halves: int) -> None:
    for op, formula in TAKEN.items():
        for left, right in ((a, b), (a, a)):
            hart = run(f"{op} a1, a2, {2 * halves}", a1=left, a2=right)
            assert int(hart.cpu["pc"]) == CODE + (2 * halves if formula(left, right) else 4), op


LOADS = [(f"l{letter}", 1 << k, True) for k, letter in enumerate("bhwd")]
LOADS += [(f"l{letter}u", 1 << k, False) for k, letter in enumerate("bhw")]


@pytest.mark.parametrize(("op", "size", "signed"), LOADS)
@pytest.mark.parametrize("raw", [0x7F7F_7F7F_7F7F_7F7F, 0x8081_8283_8485_8687])
def test_loads(op: str, size: int, signed: bool, raw: int) -> None:
    MEMORY.store(DATA + 16, raw, 8)
    got = int(run(f"{op} a0, -8(a1)", a1=DATA + 24).cpu["x"][10])
    assert got == int.from_bytes(raw.to_bytes(8, "little")[:size], "little", signed=signed) & ONES


@pytest.mark.parametrize(("op", "size"), [("sb", 1), ("sh", 2), ("sw", 4), ("sd", 8)])
def test_stores(op: str, size: int) -> None:
    MEMORY.place(DATA, b"\xee" * 64)
    run(f"{op} a0, 2047(a1)", a0=0x1122_3344_5566_7788, a1=DATA + 21 - 2047)
    written = 0x1122_3344_5566_7788.to_bytes(8, "little")[:size]
    assert MEMORY.read(DATA, 64) == b"\xee" * 21 + written + b"\xee" * (64 - 21 - size)


def test_upper_immediates_and_jumps() -> None:
    assert int(run("lui a0, 0x7ffff").cpu["x"][10]) == 0x7FFF_F000
    assert int(run("auipc a0, 0x1").cpu["x"][10]) == CODE + 0x1000
    for text, target in (("jal a0, 1048574", CODE + 1048574), ("jalr a0, -2(a1)", 0x4321 & ~1)):
        hart = run(text, a1=0x4323)
        assert (int(hart.cpu["pc"]), int(hart.cpu["x"][10])) == (target, CODE + 4)
