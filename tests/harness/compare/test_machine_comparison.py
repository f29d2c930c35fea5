"""Comparison of batches: every field and every bit can make it fail, and nothing else does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from machine_batches import batch_of, copy_of, observation_of

from harness.compare.describe import compare_case, differences
from harness.compare.machine import BLOCK_BYTES, FIELD_BITS, Discard, Row, compare_batches, field_names
from harness.contract import MACHINE_FIELDS, BatchObservation, End, Trap, Verdict
from harness.contract.layout import CODE_BASE, DATA_BASE, DATA_BYTES

ALL = frozenset(MACHINE_FIELDS)
STATE_WORDS = {"pc": range(1), "x": range(1, 33), "f": range(33, 65), "fcsr": range(65, 66)}


def test_equal_observations_agree() -> None:
    batch = batch_of(50)
    seen = observation_of(batch)
    result = compare_batches(batch, seen, copy_of(seen))
    assert (result.verdict == Row.AGREE).all()
    assert not result.differing.any()
    assert result.compared == ALL
    assert result.discards() == {}


@pytest.mark.parametrize("name", ["pc", "x", "f", "fcsr"])
def test_every_bit_of_every_register_is_compared(name: str) -> None:
    words = STATE_WORDS[name]
    batch = batch_of(len(words) * 64)
    left = observation_of(batch)
    right = copy_of(left)
    flat = right.state.view(np.uint64).reshape(len(batch), -1)
    rows = np.arange(len(batch))
    flat[rows, words.start + rows // 64] ^= np.uint64(1) << (rows % 64).astype(np.uint64)
    result = compare_batches(batch, left, right)
    assert (result.verdict == Row.DIVERGED).all()
    assert (result.differing == FIELD_BITS[name]).all()


@pytest.mark.parametrize("name", ["tval", "retired"])
def test_every_bit_of_every_word_is_compared(name: str) -> None:
    batch = batch_of(64)
    left = observation_of(batch)
    right = copy_of(left)
    getattr(right, name)[:] ^= np.uint64(1) << np.arange(64, dtype=np.uint64)
    result = compare_batches(batch, left, right)
    assert (result.differing == FIELD_BITS[name]).all()


def test_every_bit_of_the_window_is_compared() -> None:
    rows = 1024
    batch = batch_of(rows)
    left = observation_of(batch)
    for first in range(0, DATA_BYTES * 8, rows):
        right = copy_of(left)
        bits = first + np.arange(rows)
        right.memory[np.arange(rows), bits // 8] ^= (1 << (bits % 8)).astype(np.uint8)
        assert (compare_batches(batch, left, right).differing == FIELD_BITS["memory"]).all()


@pytest.mark.parametrize("name", ["state", "memory"])
def test_a_row_that_differs_is_found_wherever_it_is_and_its_neighbours_agree(name: str) -> None:
    block = BLOCK_BYTES // getattr(observation_of(batch_of(1)), name).nbytes
    batch = batch_of(2 * block + 3)
    left = observation_of(batch)
    for row in (0, 1, block - 1, block, 2 * block, len(batch) - 1):
        for at in (0, -1):
            right = copy_of(left)
            getattr(right, name)[row : row + 1].view(np.uint8).reshape(-1)[at] ^= 1
            assert compare_batches(batch, left, right).diverged().tolist() == [row]


def test_arrays_that_are_not_contiguous_are_compared() -> None:
    batch = batch_of(5)
    left = observation_of(batch)
    twice = np.repeat(left.memory, 2, axis=0)
    right = replace(copy_of(left), memory=twice[::2])
    assert not len(compare_batches(batch, left, right).diverged())
    twice[4, 17] ^= 1
    assert compare_batches(batch, left, right).diverged().tolist() == [2]


@pytest.mark.parametrize("other", [End.LIMIT, End.TIMEOUT, End.CRASH])
def test_another_end_diverges(other: End) -> None:
    batch = batch_of(3)
    left = observation_of(batch)
    for changed in (0, 1):
        sides = [copy_of(left), copy_of(left)]
        sides[changed].end[1] = other
        result = compare_batches(batch, *sides)
        assert result.verdict.tolist() == [Row.AGREE, Row.DIVERGED, Row.AGREE]
        assert field_names(int(result.differing[1])) == ("end",)


@pytest.mark.parametrize("trap", [t for t in Trap if t is not Trap.LOAD_FAULT])
def test_another_trap_diverges(trap: Trap) -> None:
    batch = batch_of(2)
    left = observation_of(batch)
    right = copy_of(left)
    right.trap[0] = trap
    result = compare_batches(batch, left, right)
    assert field_names(int(result.differing[0])) == ("trap",)
    assert result.verdict[1] == Row.AGREE


def test_an_unnamed_trap_equals_nothing() -> None:
    batch = batch_of(1)
    left = observation_of(batch)
    left.trap[:] = Trap.OTHER
    assert field_names(int(compare_batches(batch, left, copy_of(left)).differing[0])) == ("trap",)


@settings(deadline=None, max_examples=150)
@given(
    st.dictionaries(st.integers(0, 15), st.sets(st.sampled_from(MACHINE_FIELDS[2:]), min_size=1), max_size=6),
    st.frozensets(st.sampled_from(MACHINE_FIELDS)),
    st.integers(0, 1 << 32),
)
def test_the_mask_is_exactly_the_planted_fields_that_both_observe(
    planted: dict[int, set[str]], observed: frozenset[str], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    batch = batch_of(16)
    left = observation_of(batch)
    right = copy_of(left, observed)
    for row, names in planted.items():
        for name in names:
            bit = np.uint64(1) << np.uint64(rng.integers(64))
            if name == "memory":
                right.memory[row, rng.integers(DATA_BYTES)] ^= np.uint8(1 << rng.integers(8))
            elif name in ("tval", "retired"):
                getattr(right, name)[row] ^= bit
            elif name in ("x", "f"):
                right.state[name][row, rng.integers(32)] ^= bit
            else:
                right.state[name][row] ^= bit
    result = compare_batches(batch, left, right)
    for row in range(16):
        expected = planted.get(row, set()) & observed
        assert set(field_names(int(result.differing[row]))) == expected
        if not observed:
            assert result.discard[row] == Discard.UNOBSERVED
        else:
            assert result.verdict[row] == (Row.DIVERGED if expected else Row.AGREE)


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        (End.TIMEOUT, End.TIMEOUT, "no_end"),
        (End.TIMEOUT, End.LIMIT, "no_end"),
        (End.LIMIT, End.TIMEOUT, "no_end"),
        (End.CRASH, End.CRASH, "both_crashed"),
        (End.REFUSED, End.TRAP, "subject_refused"),
        (End.CRASH, End.REFUSED, "oracle_refused"),
        (End.REFUSED, End.REFUSED, "both_refused"),
    ],
)
def test_rows_without_two_ends_are_discarded_by_reason(left: End, right: End, reason: str) -> None:
    batch = batch_of(4)
    sides = [observation_of(batch), observation_of(batch, seed=9)]
    sides[1] = copy_of(sides[0])
    sides[0].end[2], sides[1].end[2] = left, right
    result = compare_batches(batch, *sides)
    assert result.discards() == {reason: 1}
    assert result.verdict_of(2) is Verdict.INCOMPARABLE
    assert not result.diverged().size


ILLEGAL = 0xFFFF_FFFF
CASES = [
    (Trap.ILLEGAL_INSTRUCTION, 0, ILLEGAL, True),
    (Trap.ILLEGAL_INSTRUCTION, ILLEGAL, 0, True),
    (Trap.ILLEGAL_INSTRUCTION, ILLEGAL, 0xFFFF, False),
    (Trap.ILLEGAL_INSTRUCTION, 0, 1, False),
    (Trap.ILLEGAL_INSTRUCTION, 0, CODE_BASE, False),
    (Trap.BREAKPOINT, 0, CODE_BASE, True),
    (Trap.BREAKPOINT, 0, ILLEGAL, False),
    (Trap.BREAKPOINT, CODE_BASE, CODE_BASE + 4, False),
    (Trap.LOAD_FAULT, 0, 0x1000, False),
    (Trap.ENVIRONMENT_CALL, 0, CODE_BASE, False),
]


@pytest.mark.parametrize(("trap", "left", "right", "legal"), CASES)
def test_trap_values_may_differ_only_as_the_manual_allows(trap: Trap, left: int, right: int, legal: bool) -> None:
    batch = batch_of(1, code=ILLEGAL.to_bytes(4, "little"))
    sides = [observation_of(batch), observation_of(batch)]
    for side, value in zip(sides, (left, right), strict=True):
        side.trap[:], side.tval[:] = trap, value
        side.state["pc"] = CODE_BASE
    result = compare_batches(batch, *sides)
    assert field_names(int(result.differing[0])) == (() if legal else ("tval",))
    sides[0].state["x"][0, 5] ^= np.uint64(1)
    assert field_names(int(compare_batches(batch, *sides).differing[0])) == (("x",) if legal else ("tval", "x"))


def test_the_value_of_a_trap_that_one_side_only_took_is_not_forgiven() -> None:
    """Whatever stands in the row of the side that ran into its limit: it took no trap."""
    batch = batch_of(1, code=ILLEGAL.to_bytes(4, "little"))
    sides = [observation_of(batch), observation_of(batch)]
    for side, value in zip(sides, (0, ILLEGAL), strict=True):
        side.trap[:], side.tval[:] = Trap.ILLEGAL_INSTRUCTION, value
        side.state["pc"] = CODE_BASE
    sides[1].end[:] = End.LIMIT
    for left, right in (sides, reversed(sides)):
        assert field_names(int(compare_batches(batch, left, right).differing[0])) == ("end", "tval")


def test_the_bits_of_a_compressed_instruction_are_sixteen() -> None:
    batch = batch_of(1, code=bytes((0x00, 0x80, 0x13, 0x00)))
    sides = [observation_of(batch), observation_of(batch)]
    for side, value in zip(sides, (0, 0x8000), strict=True):
        side.trap[:], side.tval[:] = Trap.ILLEGAL_INSTRUCTION, value
        side.state["pc"] = CODE_BASE
    assert compare_batches(batch, *sides).verdict[0] == Row.AGREE
    sides[1].tval[:] = 0x0013_8000
    assert compare_batches(batch, *sides).verdict[0] == Row.DIVERGED


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda s: replace(s, end=np.zeros_like(s.end)), r"end of row 0 is 0, must be 1 … 5"),
        (lambda s: replace(s, trap=np.full_like(s.trap, 77)), r"trap of row 0 is 77"),
        (lambda s: replace(s, memory=s.memory[:-1]), r"memory has 2 rows, the batch has 3"),
        (lambda s: replace(s, memory=s.memory[:, :-8].copy()), r"memory is uint8 of shape \(3, 8184\), must be uint8"),
        (lambda s: replace(s, observed=frozenset({"mood"})), r"observes mood; known: end"),
        (lambda s: replace(s, state=np.zeros(3, "<u8")), r"state has dtype uint64"),
    ],
)
def test_an_observation_that_cannot_be_one_is_refused(spoil: object, message: str) -> None:
    assert callable(spoil)
    batch = batch_of(3)
    seen = observation_of(batch)
    with pytest.raises(ValueError, match=message):
        compare_batches(batch, seen, spoil(copy_of(seen)))


def test_single_cases_and_their_differences_in_words() -> None:
    batch = batch_of(2)
    left = observation_of(batch)
    right = copy_of(left)
    right.state["x"][1, 7] = 5
    right.memory[1, 9] ^= np.uint8(1)
    right.end[0] = End.CRASH
    rows: list[tuple[BatchObservation, int]] = [(left, 1), (right, 1)]
    here, there = (side.row(i) for side, i in rows)
    result = compare_case(batch.case(1), here, there)
    assert (result.verdict, result.fields) == (Verdict.DIVERGED, ("x", "memory"))
    places = [d.place for d in differences(here, there, result.fields)]
    assert places == ["x[7]", f"memory[{DATA_BASE + 8:#x}]"]
    assert compare_case(batch.case(0), left.row(0), right.row(0)).fields == ("end",)
