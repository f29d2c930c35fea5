"""Instructions without a handler run on the reference tier, one at a time, with the same state, and are counted."""

from __future__ import annotations

import random

import pytest
from riscv64_cases import case, differences, program

from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.interpreter.build import Interpreter, build, loaded
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.stop import StopReason
from harness.contract import MachineBatch
from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BASE, DATA_BYTES
from harness.subjects.riscv64_interpreter import InterpreterExecutor
from harness.subjects.riscv64_reference import ReferenceExecutor


@pytest.fixture(scope="module")
def tier() -> InterpreterTier:
    code, escapes = loaded(build(floating_point=False))
    return InterpreterTier(Interpreter(code, escapes, cached=False, seconds=0.0))


def test_escapes_are_counted_by_name(tier: InterpreterTier) -> None:
    memory = AddressSpace()
    memory.map(0x1000, 0x1000, READ | EXEC)
    names = ("fadd_d", "fmul_s", "fadd_d", "addi", "ebreak")
    memory.place(0x1000, b"".join(INSTRUCTIONS[name].encode().to_bytes(4, "little") for name in names))
    hart = Hart(memory)
    hart.cpu["pc"] = 0x1000
    tier.escapes.clear()
    assert tier.run(hart, 3).reason is StopReason.LIMIT
    assert hart.cpu["retired"] == 3
    assert tier.run(hart, 3).reason is StopReason.TRAP
    assert tier.escapes == {"fadd_d": 2, "fmul_s": 1}


def test_batches_with_escapes_equal_the_reference(tier: InterpreterTier) -> None:
    memory = AddressSpace()
    memory.map(CODE_BASE, CODE_BYTES, READ | EXEC)
    memory.map(DATA_BASE, DATA_BYTES, READ | WRITE)
    native = InterpreterExecutor()
    native._tier, native._hart = tier, Hart(memory)
    rng = random.Random(1)
    tier.escapes.clear()
    for limit in (1, 3, 30):
        batch = MachineBatch.of([case(program(rng, 12), slot=i, rng=rng, limit=limit) for i in range(150)])
        found = differences(batch, native.run_batch(batch), ReferenceExecutor().run_batch(batch))
        assert not found, "\n".join(found)
    assert len(tier.escapes) > 20


def test_the_host_interpreter_leaves_nothing_to_the_reference() -> None:
    assert InterpreterTier()._code.escapes == ()
