"""Directed programs: every unit and cell has its turn, and the first instruction sees the operands of its cell."""

from __future__ import annotations

import numpy as np

from engines.vm.isa.riscv64 import INSTRUCTIONS
from fuzz.coverage.operand_classes import IntegerClass, integer_classes
from fuzz.coverage.riscv64 import coverage_of
from fuzz.strategies.riscv64 import generate
from fuzz.strategies.riscv64.decoding import decode
from fuzz.strategies.riscv64.directed import FREE, units
from fuzz.strategies.riscv64.instructions import ALL
from fuzz.strategies.riscv64.registers import ROLE, VARIANTS

DIV = next(n for n, i in enumerate(ALL) if i.name == "div")


def first_words(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(numbers, words, initial x) of the first instruction of directed programs."""
    batch = generate(seed, 0, count, "directed")
    words = batch.code[:, :4].copy().view("<u4")[:, 0]
    return np.array([decode(words[i : i + 1])[0] for i in range(count)]), words, batch.initial["x"]


def test_every_unit_has_its_turn_before_any_comes_again() -> None:
    numbers, _, _ = first_words(len(units()))
    names = {ALL[int(n)].name for n in numbers if int(n) < len(ALL)}
    wanted = {ALL[i].name for i in range(len(ALL)) if not INSTRUCTIONS[ALL[i].name].effects.load_bytes}
    assert len(names & wanted) > 100


def test_rare_operands_come_first() -> None:
    # Random programs meet INT_MIN / -1 once in ten thousand; here within the first few turns.
    found = None
    for first in range(0, 64 * len(units()), 1024):
        batch = generate(1, first, 1024, "directed")
        words = batch.code[:, :4].copy().view("<u4")[:, 0]
        x = batch.initial["x"]
        rs1, rs2 = words >> 15 & 31, words >> 20 & 31
        rows = np.arange(len(words))
        a, b = integer_classes(x[rows, rs1].copy()), integer_classes(x[rows, rs2].copy())
        is_div = (words & 0xFE00707F) == 0x02004033
        hit = is_div & (a == IntegerClass.MIN_64) & (b == IntegerClass.MINUS_ONE)
        if hit.any():
            found = first + int(np.flatnonzero(hit)[0])
            break
    assert found is not None
    assert found < 64 * len(units())


def test_a_program_depends_on_its_own_number_alone() -> None:
    whole = generate(4, 300, 64, "directed")
    alone = generate(4, 317, 1, "directed")
    size = int(alone.code_bytes[0])
    assert whole.code_bytes[17] == size
    assert (whole.code[17, :size] == alone.code[0, :size]).all()
    assert whole.initial[17] == alone.initial[0]


def test_directed_programs_cover_more_cells_than_random_ones() -> None:
    directed, undirected = (coverage_of(generate(2, 0, 4096, profile)) for profile in ("directed", "short"))

    def cells(coverage: object) -> int:
        return int(sum((np.asarray(v) > 0).sum() for v in vars(coverage).values() if isinstance(v, np.ndarray)))

    assert cells(directed) > cells(undirected)


def test_sources_have_no_other_role() -> None:
    for variant in range(VARIANTS):
        assert not set(FREE[variant].tolist()) & set(ROLE[:, variant].tolist())
        assert len(set(FREE[variant].tolist())) == 4
