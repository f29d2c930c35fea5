"""Tabulated programs: every operation that computes, in all rounding modes, over the operands of its pool."""

from __future__ import annotations

from contextlib import closing

import numpy as np
import pytest

from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.coding import decode
from fuzz.strategies.riscv64 import generate
from fuzz.strategies.riscv64.systematic import pool
from fuzz.strategies.riscv64.tabulated import ROUNDING_MODES, Program, listed, programs, tabulated
from harness.contract import BatchObservation, End, Trap
from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BYTES, MAX_BATCH_CASES
from harness.reduce.riscv64 import split
from harness.registry import create


def _words(program: Program) -> list[str]:
    found = [decode(int.from_bytes(one, "little")) for one in split(program.code)]
    return ["?" if one is None else one.instruction.mnemonic for one in found]


def test_every_operation_on_registers_has_its_programs() -> None:
    seen = {name for program in listed() for name in _words(program)}
    assert "?" not in seen
    for instruction in INSTRUCTIONS:
        effects = instruction.effects
        sources = [f for f in instruction.fields if f.name in ("rs1", "rs2", "rs3")]
        moves = effects.load_bytes or effects.store_bytes or effects.csr or effects.fence or effects.fence_i
        if instruction.length == 4 and sources and not moves and instruction.mnemonic != "jalr":
            assert instruction.mnemonic in seen, instruction.mnemonic


@pytest.mark.parametrize("mnemonic", ["fmadd.s", "fcvt.w.d", "fdiv.d", "fsqrt.s"])
def test_rounding_is_dynamic_in_every_mode_over_the_whole_pool(mnemonic: str) -> None:
    instruction = next(i for i in INSTRUCTIONS if i.mnemonic == mnemonic)
    mine = [program for program in listed() if mnemonic in _words(program)]
    sources = mine[0].operands.shape[1]
    for mode in ROUNDING_MODES:
        rows = np.concatenate([p.operands for p in mine if p.mode == mode])
        assert len(rows) == len(pool(instruction)) ** sources
        assert len(np.unique(rows, axis=0)) == len(rows)


def test_each_row_has_its_turn_and_every_program_ends() -> None:
    with closing(create("riscv64-interpreter", isolated=False)) as executor:
        for first in range(0, programs(), 64):
            count = min(64, programs() - first)
            seen = executor.run_batch(tabulated(first, count))
            assert isinstance(seen, BatchObservation)
            assert set(seen.end.tolist()) == {End.TRAP}
            assert set(seen.trap.tolist()) == {Trap.BREAKPOINT}
            for row, program in enumerate(listed()[first : first + count]):
                insns = len(split(program.code)) - 1
                rounds = len(program.operands)
                # A branch passes over one instruction in some rounds.
                assert (insns - 1) * rounds <= seen.retired[row] <= insns * rounds, _words(program)


def test_what_is_folded_depends_on_every_operand() -> None:
    """An operand of one row changed, the result is another one."""
    number = next(i for i, program in enumerate(listed()) if "sub" in _words(program))
    batch = tabulated(number, 1)
    with closing(create("riscv64-interpreter", isolated=False)) as executor:
        before = executor.run_batch(batch).state["x"][0, 16]
        for row in (0, 7, len(listed()[number].operands) - 1):
            changed = tabulated(number, 1)
            changed.memory[0, 16 * row] ^= 1
            assert executor.run_batch(changed).state["x"][0, 16] != before


def test_a_program_is_the_same_in_every_batch_and_for_every_seed() -> None:
    part, alone = tabulated(programs() - 5, 20), generate(9, programs() + 3, 1, "tabulated")
    assert bytes(part.code[8, : int(part.code_bytes[8])]) == bytes(alone.code[0, : int(alone.code_bytes[0])])
    assert part.initial[8].tobytes() == alone.initial[0].tobytes()
    assert bytes(part.memory[8]) == bytes(alone.memory[0])
    assert part.code_address[8] == alone.code_address[0]


def test_everything_fits() -> None:
    batch = tabulated(0, MAX_BATCH_CASES)
    assert int((batch.code_address + batch.code_bytes).max()) <= CODE_BASE + CODE_BYTES
    assert all(0 < program.operands.nbytes <= DATA_BYTES for program in listed())


@pytest.mark.parametrize(("first", "count"), [(-1, 1), (0, 0), (0, MAX_BATCH_CASES + 1)])
def test_impossible_batches_are_refused(first: int, count: int) -> None:
    with pytest.raises(ValueError, match=rf"1 … {MAX_BATCH_CASES}"):
        tabulated(first, count)
