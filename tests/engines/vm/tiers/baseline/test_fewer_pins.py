"""A region pins fewer guest registers where a loop in it needs host registers more for what it computes."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.hosts.host import x86_64
from engines.vm.hosts.region import RegionCode
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.lift.riscv64 import STATE
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.baseline import compiler
from engines.vm.tiers.baseline.options import Options
from engines.vm.tiers.baseline.tier import LAYOUT, BaselineTier
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.stop import StopReason

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
CODE, DATA = 0x1000, 0x8000
TEMPORARIES = ("t0", "t1", "t2", "t3", "t4", "t5", "t6", "a1", "a2", "a3", "a4", "a5", "a6", "a7")
COUNTED = ("s2", "s3", "s4", "s5", "s6", "s7", "s8")


def program() -> str:
    """A loop that adds to seven registers, and one that loads fourteen values, mixes them twice and stores them."""
    lines = [f"addi {name}, {name}, {n + 1}" for n, name in enumerate(COUNTED)]
    lines += ["addi s0, s0, -1", f"bnez s0, {-4 * (len(lines) + 1)}", "li s0, 9"]
    head = len(lines)
    lines += [f"ld {name}, {8 * n}(a0)" for n, name in enumerate(TEMPORARIES)]
    for apart in (1, 3):
        others = TEMPORARIES[apart:] + TEMPORARIES[:apart]
        lines += [f"xor {one}, {one}, {other}" for one, other in zip(TEMPORARIES, others, strict=True)]
    lines += [f"sd {name}, {8 * n}(a0)" for n, name in enumerate(TEMPORARIES)]
    lines += ["addi s0, s0, -1", f"bnez s0, {-4 * (len(lines) + 1 - head)}", "ebreak"]
    return "\n".join(lines) + "\n"


def hart() -> Hart:
    memory = AddressSpace()
    memory.map(CODE, 0x1000, READ | WRITE | EXEC)
    memory.map(DATA, 0x1000, READ | WRITE)
    memory.write(CODE, assemble(program(), CODE))
    memory.write(DATA, bytes(range(8 * len(TEMPORARIES))))
    made = Hart(memory)
    made.cpu["pc"], made.cpu["x"][8], made.cpu["x"][10] = CODE, 50, DATA
    return made


def spilled(most_drops: int, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(compiler, "_MOST_DROPS", most_drops)
    found, expected = hart(), hart()
    tier = BaselineTier(Options(check=True), slice_insns=40, share=math.inf)
    stop = tier.run(found, 100_000)
    assert stop == InterpreterTier().run(expected, 100_000)
    assert stop.reason is StopReason.TRAP and tier.counters.installed
    assert found.cpu.tobytes() == expected.cpu.tobytes()
    assert found.memory.read(DATA, 0x100) == expected.memory.read(DATA, 0x100)
    return tier.compiler.counters.spilled


def test_pins_are_given_up_for_what_spills(monkeypatch: pytest.MonkeyPatch) -> None:
    assert spilled(2, monkeypatch) < spilled(0, monkeypatch)


@pytest.mark.parametrize(("blocks", "pinned"), [(6, True), (40, False)])
def test_what_a_large_region_without_loops_reads_now_and_then_stays_in_memory(blocks: int, pinned: bool) -> None:
    """Four blocks of `blocks` read s11."""
    reads = "add t0, t0, s11\nbnez t0, 4\n" * 4
    code = assemble(reads + "addi t1, t1, 1\nbnez t1, 4\n" * (blocks - 4) + "ebreak\n", CODE)
    host = x86_64(LAYOUT)
    made: list[Mapping[int, int]] = []
    generate = host.region

    def region(slots: Any, pins: Any, written: Any, handlers: Any, often: Any, frm: int | None) -> RegionCode:
        made.append(pins)
        return generate(slots, pins, written, handlers, often, frm)

    compiled = compiler.BaselineCompiler(replace(host, region=region))
    compiled.compile(CODE, lambda pc, size: code[pc - CODE : pc - CODE + size], 0, lambda pc, word, length: 0)
    names = [STATE.slots[slot].name for slot in made[0]]
    assert ("s11" in names) is pinned
    assert "t0" in names
