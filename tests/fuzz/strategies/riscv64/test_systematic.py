"""Systematic programs: every instruction, every word one bit beside it, accesses at edges, extreme operands."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.coding import decode
from fuzz.strategies.riscv64 import generate
from fuzz.strategies.riscv64.operands import EXTREME_INTEGERS, INTEGERS
from fuzz.strategies.riscv64.systematic import EDGES, programs, section, systematic
from harness.contract.layout import CODE_BASE, CODE_BYTES, CODE_SLOT_BYTES, MAX_BATCH_CASES

BY_NAME = {i.name: i for i in INSTRUCTIONS}
WORDS = [int(word) for word in section("words")["word"]]


def _operations(mnemonic: str) -> NDArray[np.void]:
    """The programs of the section `operations` that begin with this instruction."""
    rows = section("operations")
    decoded = {int(word): decode(int(word)) for word in np.unique(rows["word"])}
    words = [word for word, found in decoded.items() if found and found.instruction.mnemonic == mnemonic]
    return rows[np.isin(rows["word"], words)]


def test_every_instruction_and_many_words_that_are_none_occur() -> None:
    decoded = [decode(word) for word in WORDS]
    assert {d.instruction.name for d in decoded if d is not None} == BY_NAME.keys()
    assert sum(d is None for d in decoded) > 500
    assert len(set(WORDS)) == len(WORDS)


def test_every_fixed_bit_of_every_instruction_is_flipped() -> None:
    known = set(WORDS)
    for instruction in INSTRUCTIONS:
        matching = [word for word in known if instruction.matches(word)]
        for bit in range(2, 8 * instruction.length):
            if instruction.mask >> bit & 1:
                assert any(word ^ 1 << bit in known for word in matching), (instruction, bit)


def test_accesses_reach_all_edges() -> None:
    rows = section("accesses")
    assert set(rows["x"][:, 0].tolist()) == set(EDGES)
    assert len(set(rows["word"].tolist())) > 30


@pytest.mark.parametrize("mnemonic", ["div", "remw", "mulhsu", "sub", "sllw", "bltu"])
def test_two_integers_are_every_pair_of_extreme_ones(mnemonic: str) -> None:
    mine = _operations(mnemonic)
    pairs = [(int(a), int(b)) for a, b in mine["x"]]
    assert sorted(pairs) == sorted(itertools.product(EXTREME_INTEGERS, repeat=2))


@pytest.mark.parametrize(("mnemonic", "column"), [("fcvt.d.l", "x"), ("fmv.d.x", "x"), ("addi", "x")])
def test_one_integer_is_each_of_the_pool(mnemonic: str, column: str) -> None:
    mine = _operations(mnemonic)
    assert {int(value) for value in mine[column][:, 0]} == set(INTEGERS)


@pytest.mark.parametrize(
    ("mnemonic", "single"),
    [("fadd.s", True), ("fadd.d", False), ("fcvt.d.s", True), ("fcvt.s.d", False), ("fcvt.w.d", False)],
)
def test_floats_are_of_the_format_that_is_read(mnemonic: str, single: bool) -> None:
    mine = _operations(mnemonic)
    boxed = np.mean(mine["f"][:, 0] >> np.uint64(32) == 0xFFFF_FFFF)
    assert len(mine) > 100
    assert (boxed > 0.8) == single


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 3 * programs()), st.integers(1, 64), st.data())
def test_a_program_is_the_same_in_every_batch(first: int, count: int, data: st.DataObject) -> None:
    part = systematic(first, count)
    row = data.draw(st.integers(0, count - 1))
    alone = systematic(first + row, 1)
    assert bytes(part.code[row]) == bytes(alone.code[0])
    assert part.initial[row].tobytes() == alone.initial[0].tobytes()
    assert part.code_address[row] == alone.code_address[0]


def test_after_the_last_program_comes_the_first() -> None:
    batch = systematic(programs() - 1, 2)
    assert bytes(batch.code[1]) == bytes(systematic(0, 1).code[0])


def test_no_jump_by_a_power_of_two_meets_another_program() -> None:
    batch = systematic(0, MAX_BATCH_CASES)
    starts = batch.code_address.astype(np.int64)
    assert len(set(starts.tolist())) == MAX_BATCH_CASES
    assert np.all(starts >= CODE_BASE)
    assert np.all(starts + 8 <= CODE_BASE + CODE_BYTES)
    for power in range(4, 21):
        for target in (starts + (1 << power), starts - (1 << power)):
            slot = (target - CODE_BASE) // CODE_SLOT_BYTES
            inside = (slot >= 0) & (slot < MAX_BATCH_CASES)
            distance = target[inside] - starts[slot[inside]]
            assert not np.any((distance > -4) & (distance < 8)), power


def test_seeds_make_no_difference_to_what_is_listed() -> None:
    one, other = generate(1, 5_000, 8, "systematic"), generate(77, 5_000, 8, "systematic")
    assert np.array_equal(one.code, other.code)
    assert one.initial.tobytes() == other.initial.tobytes()


@pytest.mark.parametrize(("first", "count"), [(-1, 1), (0, 0), (0, MAX_BATCH_CASES + 1)])
def test_impossible_batches_are_refused(first: int, count: int) -> None:
    with pytest.raises(ValueError, match=rf"1 … {MAX_BATCH_CASES}"):
        systematic(first, count)
