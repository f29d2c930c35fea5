"""Regions may be exchanged wherever a run stops, as trials do: what comes next is the same, at any speed."""

from __future__ import annotations

import math
import platform
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.aot.image import Kind, StoredRegion
from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.record import replace
from engines.vm.tiers.auto import AutoTier
from engines.vm.tiers.interpreter.tier import InterpreterTier

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
CODE, DATA, STACK = 0x1000, 0x8000, 0x9000
PROGRAM = """
round:  addi a0, s2, 5
        jal ra, {sum}
        add s3, s3, a0
        addi s2, s2, 1
        andi s2, s2, 15
        c.mv a0, s2
        jal ra, {find}
        beq a0, zero, {none}
        lb a4, 0(a0)
        add s4, s4, a4
        jal zero, {round}
none:   addi s5, s5, 1
        addi t0, s1, 0
        jalr ra, 0(t0)
        jal zero, {round}
sum:    addi a2, zero, 0
more:   add a2, a2, a0
        addi a0, a0, -1
        bne a0, zero, {more}
        c.mv a0, a2
        jalr zero, 0(ra)
find:   c.addi16sp sp, -32
        c.sdsp ra, 24(sp)
        c.sdsp s0, 16(sp)
        c.addi4spn s0, sp, 32
        c.mv a1, a0
        addi a0, s0, -32
        jal ra, {look}
        ld a0, -32(s0)
        lbu a1, -24(s0)
        c.add a0, s6
        c.slli a1, 63
        c.srai a1, 63
        c.and a0, a1
        c.ldsp ra, 24(sp)
        c.ldsp s0, 16(sp)
        c.addi16sp sp, 32
        c.jr ra
look:   addi a2, zero, 8
next:   c.addi a2, -1
        add a3, s6, a2
        lbu a4, 0(a3)
        beq a4, a1, {found}
        bne a2, zero, {next}
        sd zero, 0(a0)
        sb zero, 8(a0)
        jalr zero, 0(ra)
found:  sd a2, 0(a0)
        addi a3, zero, 1
        sb a3, 8(a0)
        jalr zero, 0(ra)
called: addi s7, s7, 3
        xor s8, s8, s7
        jalr zero, 0(ra)
"""


def assembled(text: str) -> tuple[bytes, dict[str, int]]:
    """Code that begins at `CODE`, and the pc of each label."""
    lines = [re.fullmatch(r"(?:(\w+):)?\s*(.*)", line) for line in text.strip().splitlines()]
    parts = [(line[1], line[2]) for line in lines if line is not None]
    pc, labels = CODE, dict[str, int]()
    for label, insn in parts:
        if label:
            labels[label] = pc
        pc += len(assemble(re.sub(r"\{\w+\}", "8", insn)))
    code = b""
    for _, insn in parts:
        there = {f"{{{label}}}": str(pc - CODE - len(code)) for label, pc in labels.items()}
        code += assemble(re.sub(r"\{\w+\}", lambda name, there=there: there[name[0]], insn))
    return code, labels


BYTES, LABELS = assembled(PROGRAM)
ROOTS = ("round", "none", "more", "find", "next", "found")


def new_hart(*, guarded: bool) -> Hart:
    memory = AddressSpace(guarded=guarded)
    memory.map(CODE, 0x1000, READ | EXEC)
    memory.map(DATA, 0x2000, READ | WRITE)
    memory.place(CODE, BYTES)
    memory.write(DATA, bytes((3, 7, 2, 9, 1, 12, 5, 8)))
    hart = Hart(memory)
    hart.cpu["pc"] = CODE
    hart.cpu["x"][2], hart.cpu["x"][9], hart.cpu["x"][22] = STACK, LABELS["called"], DATA
    return hart


def tier() -> AutoTier:
    """A tier that compiles nothing by itself and never looks around."""
    return AutoTier(1 << 40, share=0.0, llvm_after=1 << 60, background=False)


def state(hart: Hart) -> bytes:
    return bytes(hart.cpu.tobytes()) + hart.memory.read(DATA, 0x2000)


@pytest.fixture(scope="module", params=[False, True], ids=["checked", "guarded"])
def made(request: pytest.FixtureRequest) -> tuple[AutoTier, list[StoredRegion], bool]:
    """Regions of both compilers around some labels, with all that is reached or without what other labels name."""
    guarded = bool(request.param)
    maker, hart = AutoTier(40, share=math.inf, llvm_after=1 << 60, background=False), new_hart(guarded=guarded)
    maker.run(hart, 3_000)
    hart = new_hart(guarded=guarded)
    space = maker.space(hart.memory)
    regions: list[StoredRegion] = []
    for pc in (LABELS[name] for name in ROOTS):
        for outside in (set[int](), set(LABELS.values()) - {pc}):
            llvm = maker.compile(hart, pc, outside)
            quick = maker.quick.compile(
                space, pc, 0, lambda _, word, size: maker.cache.handler(word, size), outside, guarded=guarded
            )
            regions += [region for region in (llvm, quick) if region is not None]
    return tier(), list({(r.kind, r.entries, r.ranges): replace(r) for r in regions}.values()), guarded


stops = st.one_of(st.integers(1, 12), st.integers(1, 400), st.just(20_000))


@given(data=st.data())
@settings(deadline=None, max_examples=40)
def test_exchanged_regions_change_no_result(
    made: tuple[AutoTier, list[StoredRegion], bool], data: st.DataObject
) -> None:
    runner, regions, guarded = made
    kinds = {region.kind for region in regions}
    assert kinds == {Kind.BASELINE, Kind.LLVM}
    hart, alone, interpreter = new_hart(guarded=guarded), new_hart(guarded=False), InterpreterTier()
    space = runner.space(hart.memory)
    for _ in range(data.draw(st.integers(1, 12))):
        wanted = data.draw(st.lists(st.sampled_from(range(len(regions))), unique=True, max_size=12))
        runner._lay(space, [regions[number] for number in wanted])
        steps, insns = data.draw(st.integers(0, 30)), data.draw(stops)
        for _ in range(steps):
            runner.run(hart, 1)
        runner.run(hart, insns)
        interpreter.run(alone, steps + insns)
        assert state(hart) == state(alone)
