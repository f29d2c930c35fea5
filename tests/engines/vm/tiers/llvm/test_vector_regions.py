"""Vector instructions in compiled regions: host vectors come out, and the state is what the interpreter makes."""

from __future__ import annotations

import os
import struct

import capstone
import pytest

from engines.vm.guests.riscv64.state import Hart, word_of
from engines.vm.isa.riscv64.vector_coding import assemble
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.llvm.tier import LlvmTier
from engines.vm.tiers.stop import Stop
from engines.vm.user.file_table import FileTable
from engines.vm.user.paths import GuestPaths
from engines.vm.user.process import Options, Process
from fuzz.strategies.riscv64.vectors import VectorProgram, difference, elf_image, vector_program

SEEDS = range(4)
CODE, DATA = 0x1000, 0x4000


class Forced:
    """The LLVM tier, with the regions of some places compiled once the program has come to its first system call."""

    def __init__(self, starts: tuple[int, ...]) -> None:
        self.tier = LlvmTier(slice_insns=1 << 30, background=False, only_executed=False, has_vectors=True)
        self.starts = starts
        self.runs = 0

    def run(self, hart: Hart, limit_insns: int) -> Stop:
        self.runs += 1
        if self.runs == 2:
            space = self.tier.space(hart.memory)
            for start in self.starts:
                assert self.tier.request(space, start, 0)
        return self.tier.run(hart, limit_insns)


def output(program: VectorProgram, run: object, *, guarded: bool) -> bytes:
    read_end, write_end = os.pipe()
    files = FileTable({0: os.open(os.devnull, os.O_RDONLY), 1: write_end, 2: os.dup(2)})
    options = Options(random=bytes, has_vectors=True)
    process = Process(run, AddressSpace(guarded=guarded), files, GuestPaths(), options)  # type: ignore[arg-type]  # a method
    process.load(elf_image(program), b"program", [b"program"], [])
    process.run()
    process.close()
    with os.fdopen(read_end, "rb") as pipe:
        return pipe.read()


@pytest.mark.parametrize("guarded", [True, False])
def test_regions_do_what_the_interpreter_does(guarded: bool) -> None:
    for seed in SEEDS:
        program = vector_program(seed, sequences=10, repeat=3)
        forced = Forced(program.starts)
        seen = output(program, forced.run, guarded=guarded)
        assert forced.tier.counters.installed >= len(program.starts)
        assert not difference(program, output(program, InterpreterTier(has_vectors=True).run, guarded=guarded), seen)


ADDING = f"""
  li a0, {DATA}
loop:
  vsetvli t0, a2, e32, m1, ta, ma
  vle32.v v8, (a0)
  vadd.vv v9, v8, v10
  vse32.v v9, (a0)
  addi a3, a3, -1
  bne a3, zero, loop
  ebreak
"""


@pytest.mark.evidence("VM-22")
def test_an_addition_of_vectors_is_one_of_the_host() -> None:
    """`vadd.vv` becomes `paddd`, on 16 bytes, and the region that has it is the one that ran."""
    memory = AddressSpace()
    memory.map(CODE, 0x1000, READ | EXEC)
    memory.map(DATA, 0x1000, READ | WRITE)
    memory.place(CODE, assemble(ADDING))
    memory.place(DATA, bytes(range(16)))
    hart = Hart(memory, has_vectors=True)
    hart.cpu["pc"], hart.cpu["x"][12], hart.cpu["x"][13] = CODE, 4, 3
    hart.words.cast("B")[8 * word_of("v") + 10 * 16 :][:16] = struct.pack("<4I", *[0x01000000] * 4)
    tier = LlvmTier(slice_insns=1 << 30, background=False, only_executed=False, has_vectors=True)
    assert tier.request(tier.space(memory), CODE, 0)
    tier.run(hart, 1000)
    expected = struct.pack("<4I", *(x + 3 * 0x01000000 for x in struct.unpack("<4I", bytes(range(16)))))
    assert memory.read(DATA, 16) == expected
    assert hart.words.cast("B")[8 * word_of("v") + 9 * 16 :][:16] == expected
    (region,) = tier.compiled
    disassembler = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
    disassembler.skipdata = True
    host = {i.mnemonic for i in disassembler.disasm(region.code, 0)}
    assert {"paddd", "vpaddd"} & host, sorted(host)
    assert tier.decoded_code(memory).context["compiled"] > 15
