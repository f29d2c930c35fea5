"""Pairs of instructions with one handler do what the two do, at every limit, and wherever either traps."""

from __future__ import annotations

import random

import pytest
from riscv64_cases import POINTERS, case, differences, word

from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.describe import Instruction, OperandKind
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.coding import decode
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.interpreter.fusion import pairs
from engines.vm.tiers.interpreter.module import specialisations
from engines.vm.tiers.interpreter.pairs import PAIRS
from engines.vm.tiers.interpreter.shapes import base_of, shape_of
from engines.vm.tiers.interpreter.tier import InterpreterTier
from harness.contract import MachineBatch, Trap
from harness.subjects.riscv64_interpreter import InterpreterExecutor
from harness.subjects.riscv64_reference import ReferenceExecutor

ROWS = [row.split() for row in PAIRS.strip().splitlines()]
CODE = 0x10000


def shape_symbol(bits: int) -> str:
    """The shape that the decoder chooses for a word."""
    decoded = decode(bits)
    assert decoded is not None
    instruction = decoded.instruction
    for fixed in (*specialisations(instruction, base_of(instruction, INSTRUCTIONS)), {}):
        if all(instruction.field(name).extract(bits) == value for name, value in fixed.items()):
            return shape_of(instruction, fixed).symbol
    raise AssertionError


def encoders() -> dict[str, list[tuple[Instruction, dict[str, int]]]]:
    found: dict[str, list[tuple[Instruction, dict[str, int]]]] = {}
    for instruction in INSTRUCTIONS:
        for fixed in (*specialisations(instruction, base_of(instruction, INSTRUCTIONS)), {}):
            found.setdefault(shape_of(instruction, fixed).symbol, []).append((instruction, fixed))
    return found


ENCODERS = encoders()


def draw(rng: random.Random, symbol: str, registers: dict[str, int]) -> int | None:
    """A word of the shape, with these operands where its fields can encode them."""
    instruction, fixed = rng.choice(ENCODERS[symbol])
    bits = word(rng, instruction)
    for operand in instruction.operands:
        field = operand.field
        if field is None:
            continue
        wanted = fixed.get(operand.name, registers.get(operand.name))
        if wanted is not None and wanted in field.values and wanted not in field.excluded:
            bits = (bits & ~field.mask) | field.insert(wanted)
    return bits if instruction.matches(bits) and shape_symbol(bits) == symbol else None


def operand_of(bits: int, name: str) -> int:
    decoded = decode(bits)
    assert decoded is not None
    return next(v for o, v in zip(decoded.instruction.operands, decoded.arguments, strict=True) if o.name == name)


def code_of(rng: random.Random, first: str, second: str, forwarded: list[str]) -> bytes:
    for _ in range(1000):
        a = draw(rng, first, {"rs1": rng.choice(POINTERS)} if rng.random() < 0.5 else {})
        decoded = decode(a) if a is not None else None
        if a is None or decoded is None:
            continue
        operands = zip(decoded.instruction.operands, decoded.arguments, strict=True)
        destination = next(((o.kind, v) for o, v in operands if o.name == "rd"), None)
        if forwarded and destination in (None, (OperandKind.X, 0)):
            continue  # x0 forwards nothing
        written = destination[1] if destination else 0
        wanted = dict.fromkeys(forwarded, written)
        if not forwarded and rng.random() < 0.5:
            wanted = {"rs1": rng.choice(POINTERS)}
        b = draw(rng, second, wanted)
        if b is not None and all(operand_of(b, name) == written for name in forwarded):
            return b"".join(v.to_bytes(4 if v & 3 == 3 else 2, "little") for v in (a, b))
    raise AssertionError(f"no words for {first} {second}")


@pytest.fixture(scope="module")
def native() -> InterpreterExecutor:
    return InterpreterExecutor()


@pytest.fixture(scope="module")
def reference() -> ReferenceExecutor:
    return ReferenceExecutor()


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_every_pair_equals_its_two_instructions(
    native: InterpreterExecutor, reference: ReferenceExecutor, limit: int
) -> None:
    rng = random.Random(limit)
    codes = [code_of(rng, first, second, forwarded) for first, second, *forwarded in ROWS for _ in range(6)]
    batch = MachineBatch.of([case(code, slot=i, rng=rng, limit=limit) for i, code in enumerate(codes)])
    ours, theirs = native.run_batch(batch), reference.run_batch(batch)
    found = differences(batch, ours, theirs)
    assert not found, "\n".join(found)
    if limit > 1:
        assert {Trap.LOAD_FAULT, Trap.STORE_FAULT} <= {Trap(t) for t in theirs.trap}


def test_every_pair_is_recognised() -> None:
    """Its first entry gets another handler than the instruction has alone, and the same result follows."""
    tier = InterpreterTier()
    memory = AddressSpace()
    memory.map(CODE, 0x1000, READ | EXEC)
    memory.map(CODE + 0x1000, 0x1000, READ | WRITE)
    decoded = tier.decoded_code(memory)
    hart = Hart(memory)
    rng = random.Random(3)
    for first, second, *forwarded in ROWS:
        seen = []
        code = code_of(rng, first, second, forwarded)
        for fuse in (0, 1):
            decoded.context["fuse"] = fuse
            memory.place(CODE, code)
            memory.write(CODE + 0x1000, bytes(range(256)) * 16)
            hart.reset()
            hart.cpu["pc"] = CODE
            hart.cpu["x"][1:32] = CODE + 0x1800
            tier.run(hart, 2)
            entry = int.from_bytes(decoded.entry(CODE)[:4], "little")
            seen.append((entry, hart.words.tobytes()))
        assert seen[0][0] != seen[1][0], (first, second, forwarded, code.hex())
        assert seen[0][1] == seen[1][1]


def test_a_row_that_names_no_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no such handler"):
        list(pairs({}))


def test_a_write_to_the_second_instruction_discards_the_pair() -> None:
    tier = InterpreterTier()
    memory = AddressSpace()
    memory.map(CODE, 0x2000, READ | WRITE | EXEC)
    hart = Hart(memory)
    addi = INSTRUCTIONS["addi"]
    pair = [addi.encode(rd=10, rs1=10, imm=1), addi.encode(rd=11, rs1=11, imm=1)]
    store = INSTRUCTIONS["sw"].encode(rs1=5, rs2=6, imm=0)
    jump = INSTRUCTIONS["jal"].encode(rd=0, imm=-12)
    for change in ("python", "guest"):
        memory.place(CODE, b"".join(w.to_bytes(4, "little") for w in (*pair, store, jump)))
        hart.reset()
        hart.cpu["pc"] = CODE
        hart.cpu["x"][5] = CODE + (0x1000 if change == "python" else 4)
        hart.cpu["x"][6] = addi.encode(rd=11, rs1=11, imm=100)
        tier.run(hart, 4)
        assert hart.cpu["pc"] == CODE
        if change == "python":
            memory.store(CODE + 4, int(hart.cpu["x"][6]), 4)
        tier.run(hart, 2)
        assert (hart.cpu["x"][10], hart.cpu["x"][11]) == (2, 101)
