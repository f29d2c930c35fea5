"""Canaries: differences planted into copies of what an executor saw, to see that comparison still notices them.

A campaign that agrees proves nothing if its comparison has gone blind. `blind_spots` plants a difference into every
register, into every part of the data window and into every other field, at random bits, and into one register of every
row, and names those that `compare_batches` lets pass. It costs a comparison or two of arrays, so that a campaign can
afford it on every batch; the bits change with the seed, so that over a campaign every bit has had its turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.compare import machine
from harness.contract import BatchObservation, End, MachineBatch, Trap
from harness.contract.layout import DATA_BYTES

MEMORY_PARTS: Final = 32
"""The data window is checked in so many parts of equal size, one random bit in each."""
_WORDS_EACH: Final = 4
"""Random bits tried of `pc`, `tval` and `retired`."""


@dataclass(frozen=True)
class Canary:
    """One planted difference: bit `bit` of element `element` (a register, or a byte of the window) of `field`."""

    field: str
    element: int
    bit: int

    def __str__(self) -> str:
        if self.field in ("x", "f"):
            return f"{self.field}[{self.element}] bit {self.bit}"
        if self.field == "memory":
            return f"memory byte {self.element} bit {self.bit}"
        return self.field if self.field in ("end", "trap") else f"{self.field} bit {self.bit}"


def blind_spots(batch: MachineBatch, observation: BatchObservation, seed: int) -> list[str]:
    """The planted differences that comparison does not see, in words; empty when it sees them all.

    Args:
        batch: what was run.
        observation: what an executor saw of it; unchanged. Only the fields in its `observed` are tried, so hand over
            `replace(subject, observed=subject.observed & oracle.observed)` to try what a comparison of two looks at.
        seed: chooses rows and bits.

    Raises:
        ValueError: `observation` is not one of `batch` (`check_shape`).
    """
    machine.check_shape(batch, observation, "observation")
    if not len(batch):
        return []
    random = np.random.default_rng(seed)
    return [*_blind_fields(batch, observation, random), *_blind_rows(batch, observation, random)]


def canaries(observed: frozenset[str], random: np.random.Generator) -> Iterator[Canary]:
    """Every difference to plant into the fields `observed`; `x[0]` is always 0 and stays so."""
    for name in ("end", "trap"):
        if name in observed:
            yield Canary(name, 0, 0)
    for name in ("tval", "pc", "retired"):
        if name in observed:
            yield from (Canary(name, 0, int(bit)) for bit in random.integers(0, 64, _WORDS_EACH))
    for name, first in (("x", 1), ("f", 0)):
        if name in observed:
            yield from (Canary(name, i, int(random.integers(64))) for i in range(first, 32))
    if "fcsr" in observed:
        yield from (Canary("fcsr", 0, bit) for bit in range(8))
    if "memory" in observed:
        part = DATA_BYTES // MEMORY_PARTS
        for start in range(0, DATA_BYTES, part):
            yield Canary("memory", start + int(random.integers(part)), int(random.integers(8)))


def _blind_fields(batch: MachineBatch, seen: BatchObservation, random: np.random.Generator) -> list[str]:
    """One row per canary, and one that stays equal on both sides, compared in one go."""
    planted = list(canaries(seen.observed, random))
    rows = random.integers(0, len(batch), len(planted) + 1)
    part = _batch_rows(batch, rows)
    left = _rows(seen, rows)
    # Every row ends by a trap whose value the manual leaves no choice about, so that every field counts.
    left.end[:], left.trap[:] = End.TRAP, Trap.LOAD_FAULT
    right = _rows(left, np.arange(len(rows)))
    for row, canary in enumerate(planted):
        _plant(right, row, canary)
    result = machine.compare_batches(part, left, right)
    missed = [
        str(canary)
        for canary, verdict, mask in zip(planted, result.verdict.tolist(), result.differing.tolist(), strict=False)
        if verdict != machine.Row.DIVERGED or mask != machine.FIELD_BITS[canary.field]
    ]
    if planted and result.verdict[-1] != machine.Row.AGREE:
        missed.append("equal rows")
    return missed


def _blind_rows(batch: MachineBatch, seen: BatchObservation, random: np.random.Generator) -> list[str]:
    """A difference in one register of every row that has an end."""
    ended = seen.end <= End.LIMIT
    if "x" not in seen.observed or not ended.any():
        return []
    state = seen.state.copy()
    rows = np.arange(len(batch))
    bits = random.integers(0, 64, len(batch)).astype(np.uint64)
    state["x"][rows, random.integers(1, 32, len(batch))] ^= np.uint64(1) << bits
    result = machine.compare_batches(batch, seen, replace(seen, state=state))
    missed = np.flatnonzero(ended & (result.verdict != machine.Row.DIVERGED))
    if not len(missed):
        return []
    return [f"{len(missed)} of {int(ended.sum())} rows, the first is row {int(missed[0])}"]


def _plant(seen: BatchObservation, row: int, canary: Canary) -> None:
    one = np.uint64(1) << np.uint64(canary.bit)
    if canary.field == "end":
        seen.end[row] = End.LIMIT
    elif canary.field == "trap":
        seen.trap[row] = Trap.STORE_FAULT
    elif canary.field == "memory":
        seen.memory[row, canary.element] ^= np.uint8(1 << canary.bit)
    elif canary.field in ("x", "f"):
        seen.state[canary.field][row, canary.element] ^= one
    elif canary.field in ("pc", "fcsr"):
        seen.state[canary.field][row] ^= one
    else:
        getattr(seen, canary.field)[row] ^= one


def _rows(seen: BatchObservation, rows: NDArray[Any]) -> BatchObservation:
    """Copies of these rows, whichever and however often."""
    arrays = {name: getattr(seen, name)[rows] for name in ("end", "trap", "tval", "state", "memory", "retired")}
    return replace(seen, **arrays)


def _batch_rows(batch: MachineBatch, rows: NDArray[Any]) -> MachineBatch:
    shared = len(batch.memory) == 1
    return replace(
        batch,
        initial=batch.initial[rows],
        code=batch.code[rows],
        code_bytes=batch.code_bytes[rows],
        code_address=batch.code_address[rows],
        memory=batch.memory if shared else batch.memory[rows],
    )
