"""Regions of several blocks: guest registers that change places, and code that is written behind their first block."""

from __future__ import annotations

import math
import platform

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.baseline.options import Options
from engines.vm.tiers.baseline.tier import BaselineTier
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.stop import StopReason

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
CODE = 0x1000
TWO_BLOCKS = (
    "13051500"  # 0x1000: addi a0, a0, 1
    "63040500"  # beqz a0, 0x100c
    "93851500"  # 0x1008: addi a1, a1, 1
    "1306f6ff"  # 0x100c: addi a2, a2, -1
    "e31806fe"  # bnez a2, 0x1000
    "73001000"  # ebreak
)
ROTATION = (
    "93020500"  # 0x1000: mv t0, a0
    "13850500"  # mv a0, a1
    "93850600"  # mv a1, a3
    "93860200"  # mv a3, t0
    "13051500"  # addi a0, a0, 1
    "1306f6ff"  # addi a2, a2, -1
    "e31406fe"  # bnez a2, 0x1000
    "73001000"  # ebreak
)
PURE_ROTATION = (
    "93020500"  # 0x1000: mv t0, a0
    "13850500"  # mv a0, a1
    "93850600"  # mv a1, a3
    "93860200"  # mv a3, t0
    "1306f6ff"  # addi a2, a2, -1
    "e31606fe"  # bnez a2, 0x1000
    "73001000"  # ebreak
)
SWAP = (
    "3387a500"  # 0x1000: add a4, a1, a0: both are read before any of them is written
    "93020500"  # mv t0, a0
    "13850500"  # mv a0, a1
    "93850200"  # mv a1, t0
    "1306f6ff"  # addi a2, a2, -1
    "e31606fe"  # bnez a2, 0x1000
    "73001000"  # ebreak
)


def hart_with(code: str, turns: int) -> Hart:
    memory = AddressSpace()
    memory.map(CODE, 0x1000, READ | WRITE | EXEC)
    memory.write(CODE, bytes.fromhex(code))
    hart = Hart(memory)
    hart.cpu["pc"] = CODE
    hart.cpu["x"][10:14] = [11, 22, turns, 44]
    return hart


def tier() -> BaselineTier:
    return BaselineTier(Options(check=True), slice_insns=16, share=math.inf)


@pytest.mark.parametrize("code", [ROTATION, PURE_ROTATION, SWAP])
@pytest.mark.parametrize("turns", [100, 101, 102])
def test_registers_that_change_places(code: str, turns: int) -> None:
    found, expected = hart_with(code, turns), hart_with(code, turns)
    compiled = tier()
    assert compiled.run(found, 1 << 20) == InterpreterTier().run(expected, 1 << 20)
    assert compiled.counters.installed
    assert found.cpu["x"].tolist() == expected.cpu["x"].tolist()


@pytest.mark.parametrize("address", [CODE, CODE + 8, CODE + 12])
def test_code_written_anywhere_in_a_region_is_executed_as_it_is_now(address: int) -> None:
    results = []
    for runner in (tier(), InterpreterTier()):
        hart = hart_with(TWO_BLOCKS, 6_000)
        assert runner.run(hart, 4_000).reason is StopReason.LIMIT
        word = int.from_bytes(hart.memory.read(address, 4), "little")
        step = -3 if address == CODE + 12 else 3
        hart.memory.write(address, (word & 0xFFFFF | (step & 0xFFF) << 20).to_bytes(4, "little"))
        runner.run(hart, 1 << 24)
        results.append((hart.cpu["x"].tolist(), int(hart.cpu["pc"]), int(hart.cpu["retired"])))
    assert results[0] == results[1]


def test_code_written_on_another_page_than_the_regions_first_block_is_executed_as_it_is_now() -> None:
    results = []
    for runner in (tier(), InterpreterTier()):
        memory = AddressSpace()
        memory.map(CODE, 0x2000, READ | WRITE | EXEC)
        memory.write(CODE + 0xF00, assemble("addi a0, a0, 1\nj 252", CODE + 0xF00))
        memory.write(CODE + 0x1000, assemble("addi a1, a1, 1\naddi a2, a2, -1\nbnez a2, -264\nebreak", CODE + 0x1000))
        hart = Hart(memory)
        hart.cpu["pc"] = CODE + 0xF00
        hart.cpu["x"][12] = 6_000
        assert runner.run(hart, 4_000).reason is StopReason.LIMIT
        memory.write(CODE + 0x1000, assemble("addi a1, a1, 3"))
        runner.run(hart, 1 << 24)
        results.append((hart.cpu["x"].tolist(), int(hart.cpu["pc"]), int(hart.cpu["retired"])))
    assert results[0] == results[1]
