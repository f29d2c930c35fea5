"""Programs of one word: every instruction, every word one bit beside it, every access at the edges."""

from __future__ import annotations

import numpy as np
import pytest

from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.coding import decode
from fuzz.strategies.riscv64.neighbours import EDGES, accesses, neighbours, programs, words


def test_every_instruction_and_many_words_that_are_none_occur() -> None:
    decoded = [decode(word) for word, _ in words()]
    assert {d.instruction.name for d in decoded if d is not None} == {i.name for i in INSTRUCTIONS}
    assert sum(d is None for d in decoded) > 500
    assert len(set(words())) == len(words())


def test_every_fixed_bit_of_every_instruction_is_flipped() -> None:
    known = {word for word, _ in words()}
    for instruction in INSTRUCTIONS:
        matching = [word for word in known if instruction.matches(word)]
        for bit in range(2, 8 * instruction.length):
            if instruction.mask >> bit & 1:
                assert any(word ^ 1 << bit in known for word in matching), (instruction, bit)


def test_accesses_reach_all_edges() -> None:
    assert {address for _, address in accesses()} == set(EDGES)
    assert len({word for word, _ in accesses()}) > 30


def test_a_batch_is_the_same_whoever_asks_for_it() -> None:
    whole, part = neighbours(0, 64), neighbours(32, 32)
    assert bytes(whole.code[40]) == bytes(part.code[8])
    assert np.array_equal(whole.initial["x"][40], part.initial["x"][8])
    assert len(neighbours(programs() - 3, 64)) == 3


def test_past_the_end_is_refused() -> None:
    with pytest.raises(ValueError, match=rf"0 … {programs() - 1}"):
        neighbours(programs(), 1)
