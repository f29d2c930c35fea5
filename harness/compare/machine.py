"""Comparison of two batches of machine observations: vectorised, field by field, on what both sides observe.

Where both sides agree, which is nearly everywhere, states and memories are read once and nothing is written: blocks of
rows are compared as bytes. Only in a block that differs are rows compared as 64-bit words; fields are ranges of those.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.compare.legal import legal_trap_value_rows
from harness.contract import MACHINE_FIELDS, BatchObservation, End, MachineBatch, Trap, Verdict
from harness.contract.layout import DATA_BYTES

FIELD_BITS: Final = {name: 1 << i for i, name in enumerate(MACHINE_FIELDS)}
"""The bit of each field in a mask of differing fields."""


class Discard(IntEnum):
    """Why a row is INCOMPARABLE."""

    NONE = 0
    SUBJECT_REFUSED = 1
    ORACLE_REFUSED = 2
    BOTH_REFUSED = 3
    NO_END = 4
    """Neither side reached an end: both timed out, or one timed out where the other reached its instruction limit."""
    BOTH_CRASHED = 5
    UNOBSERVED = 6
    """There is no field that both sides observe."""


class Row(IntEnum):
    """The verdict of one row, as stored in arrays."""

    AGREE = 0
    DIVERGED = 1
    INCOMPARABLE = 2


BLOCK_BYTES: Final = 1 << 18
"""As much of each side is compared at once: a call costs little beside it, and so do the neighbours of a row that
differs."""

_compare_bytes: Any = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)(
    ("memcmp", ctypes.CDLL(None))
)

VERDICTS: Final = {Row.AGREE: Verdict.AGREE, Row.DIVERGED: Verdict.DIVERGED, Row.INCOMPARABLE: Verdict.INCOMPARABLE}


@dataclass(frozen=True, eq=False)
class BatchComparison:
    """The result of comparing two batches; row i is case i.

    Attributes:
        verdict: (N,) u1 of `Row`.
        differing: (N,) u2, bits of `FIELD_BITS`; not 0 exactly in DIVERGED rows.
        discard: (N,) u1 of `Discard`; not NONE exactly in INCOMPARABLE rows.
        compared: the fields that both sides observe.
    """

    verdict: NDArray[np.uint8]
    differing: NDArray[np.uint16]
    discard: NDArray[np.uint8]
    compared: frozenset[str]

    def __len__(self) -> int:
        return len(self.verdict)

    def diverged(self) -> NDArray[np.intp]:
        """Indices of the rows that diverged."""
        return np.flatnonzero(self.verdict == Row.DIVERGED)

    def discards(self) -> dict[str, int]:
        """Discarded rows by reason."""
        numbers, counts = np.unique(self.discard[self.discard != Discard.NONE], return_counts=True)
        return {Discard(int(n)).name.lower(): int(c) for n, c in zip(numbers, counts, strict=True)}

    def verdict_of(self, index: int) -> Verdict:
        return VERDICTS[Row(int(self.verdict[index]))]


def field_names(mask: int) -> tuple[str, ...]:
    """The fields of a mask, in the order of `MACHINE_FIELDS`."""
    return tuple(name for name, bit in FIELD_BITS.items() if mask & bit)


def compare_batches(batch: MachineBatch, subject: BatchObservation, oracle: BatchObservation) -> BatchComparison:
    """Compare what two executors saw of the same batch.

    Raises:
        ValueError: the observations do not have the batch's shape, or hold values outside the vocabulary (a row that an
            executor never filled has end 0).
    """
    for side, seen in (("subject", subject), ("oracle", oracle)):
        check_shape(batch, seen, side)
    count = len(batch)
    compared = subject.observed & oracle.observed
    verdict = np.full(count, Row.AGREE, np.uint8)
    differing = np.zeros(count, np.uint16)
    discard = _discards(subject.end, oracle.end)
    if not compared:
        discard[discard == Discard.NONE] = Discard.UNOBSERVED
    ended = (subject.end <= End.LIMIT) & (oracle.end <= End.LIMIT) & (discard == Discard.NONE)
    masks = _masks(subject, oracle, compared)
    _forgive_legal_trap_values(batch, subject, oracle, masks, ended)
    differing[ended] = masks[ended]
    differing[~ended & (discard == Discard.NONE)] = FIELD_BITS["end"]
    verdict[differing != 0] = Row.DIVERGED
    verdict[discard != Discard.NONE] = Row.INCOMPARABLE
    return BatchComparison(verdict, differing, discard, compared)


def check_shape(batch: MachineBatch, seen: BatchObservation, side: str) -> None:
    """Refuse an observation that cannot be one of `batch`.

    Raises:
        ValueError: saying which array is wrong and how.
    """
    count = len(batch)
    for name in ("end", "trap", "tval", "state", "memory", "retired"):
        rows = len(getattr(seen, name))
        if rows != count:
            raise ValueError(f"{side}: {name} has {rows} rows, the batch has {count} cases")
    if seen.state.dtype != batch.initial.dtype:
        raise ValueError(f"{side}: state has dtype {seen.state.dtype}, {batch.isa} needs {batch.initial.dtype}")
    if seen.memory.shape != (count, DATA_BYTES) or seen.memory.dtype != np.uint8:
        found = f"{seen.memory.dtype} of shape {seen.memory.shape}"
        raise ValueError(f"{side}: memory is {found}, must be uint8 of shape {(count, DATA_BYTES)}")
    unknown = seen.observed - set(MACHINE_FIELDS)
    if unknown:
        raise ValueError(f"{side}: observes {', '.join(sorted(unknown))}; known: {', '.join(MACHINE_FIELDS)}")
    for name, array, low, high in (("end", seen.end, 1, max(End)), ("trap", seen.trap, 0, max(Trap))):
        if count and not (int(array.min()) >= low and int(array.max()) <= high):
            row = int(np.flatnonzero((array < low) | (array > high))[0])
            raise ValueError(f"{side}: {name} of row {row} is {int(array[row])}, must be {low} … {int(high)}")


def _discards(subject: NDArray[np.uint8], oracle: NDArray[np.uint8]) -> NDArray[np.uint8]:
    discard = np.zeros(len(subject), np.uint8)
    if int(subject.max(initial=0)) <= End.LIMIT and int(oracle.max(initial=0)) <= End.LIMIT:
        return discard
    open_ended = (End.TIMEOUT, End.LIMIT)
    no_end = np.isin(subject, open_ended) & np.isin(oracle, open_ended)
    no_end &= (subject == End.TIMEOUT) | (oracle == End.TIMEOUT)
    discard[no_end] = Discard.NO_END
    discard[(subject == End.CRASH) & (oracle == End.CRASH)] = Discard.BOTH_CRASHED
    discard[oracle == End.REFUSED] = Discard.ORACLE_REFUSED
    discard[subject == End.REFUSED] = Discard.SUBJECT_REFUSED
    discard[(subject == End.REFUSED) & (oracle == End.REFUSED)] = Discard.BOTH_REFUSED
    return discard


def _masks(subject: BatchObservation, oracle: BatchObservation, compared: frozenset[str]) -> NDArray[np.uint16]:
    """The mask of differing fields of every row, whatever its end."""
    masks = np.zeros(len(subject), np.uint16)
    for name in ("end", "trap", "tval", "retired"):
        if name in compared:
            different = getattr(subject, name) != getattr(oracle, name)
            if name == "trap":
                different |= subject.trap == Trap.OTHER
            masks[different] |= np.uint16(FIELD_BITS[name])
    dtype = subject.state.dtype
    assert dtype.fields is not None
    fields = [(FIELD_BITS[name], *dtype.fields[name][:2]) for name in compared.intersection(dtype.fields)]
    for rows in _differing_blocks(subject.state, oracle.state) if fields else ():
        state = _words(subject.state[rows]) != _words(oracle.state[rows])
        unit_bytes = dtype.itemsize // state.shape[1]
        for bit, field, offset in fields:
            columns = state[:, offset // unit_bytes : (offset + field.itemsize) // unit_bytes]
            masks[rows][columns.any(axis=1)] |= np.uint16(bit)
    for rows in _differing_blocks(subject.memory, oracle.memory) if "memory" in compared else ():
        different = (_words(subject.memory[rows]) != _words(oracle.memory[rows])).any(axis=1)
        masks[rows][different] |= np.uint16(FIELD_BITS["memory"])
    return masks


def _forgive_legal_trap_values(
    batch: MachineBatch,
    subject: BatchObservation,
    oracle: BatchObservation,
    masks: NDArray[np.uint16],
    ended: NDArray[np.bool_],
) -> None:
    """Clear the bit of `tval` where both took the same trap and the manual allows both values."""
    other_traps = FIELD_BITS["end"] | FIELD_BITS["trap"]
    doubtful = ended & (masks & FIELD_BITS["tval"] != 0) & (masks & other_traps == 0) & (subject.trap == oracle.trap)
    rows = np.flatnonzero(doubtful)
    if len(rows):
        legal = legal_trap_value_rows(batch, subject, oracle, rows)
        masks[rows[legal]] &= np.uint16(~FIELD_BITS["tval"] & 0xFFFF)


def _differing_blocks(left: NDArray[Any], right: NDArray[Any]) -> Iterator[slice]:
    """The blocks of rows whose bytes are not the same. Both arrays have as many rows, of as many bytes."""
    left, right = np.ascontiguousarray(left), np.ascontiguousarray(right)
    row_bytes = left.nbytes // max(1, len(left))
    rows = max(1, BLOCK_BYTES // max(1, row_bytes))
    ours, theirs = left.ctypes.data, right.ctypes.data
    for start in range(0, len(left), rows):
        offset, size = start * row_bytes, min(rows, len(left) - start) * row_bytes
        if _compare_bytes(ours + offset, theirs + offset, size):
            yield slice(start, start + rows)


def _words(array: NDArray[Any]) -> NDArray[Any]:
    """The rows of `array` as 64-bit words (bytes, where a row is no multiple of 8)."""
    flat = np.ascontiguousarray(array)
    row_bytes = flat.nbytes // max(1, len(flat))
    return flat.view(np.uint64 if row_bytes % 8 == 0 else np.uint8).reshape(len(flat), -1)
