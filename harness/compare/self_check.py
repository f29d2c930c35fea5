"""The comparison's check of itself: does it see every difference that can be planted?

A comparison that has gone blind agrees with everything, and nothing else in a campaign would notice. So each campaign
first holds an observation against copies of itself with one bit changed: every bit of every register and counter, a bit
of every byte of the window, every other end and trap. Differences that the manual allows are avoided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Final, TypeAlias

import numpy as np

from harness.compare import machine
from harness.contract import BatchObservation, End, MachineBatch, Trap
from harness.contract.layout import DATA_BYTES

ROWS: Final = 512

Plant: TypeAlias = Callable[[BatchObservation, int], None]
"""Changes one row of an observation."""


def blind_spot(batch: MachineBatch, compared: frozenset[str]) -> str:
    """The first planted difference in `compared` that the comparison does not see, or sees in other fields; empty where
    it sees them all and calls equal what is equal.

    Args:
        batch: any batch; its first case is used.
        compared: the fields that both sides observe.
    """
    same = np.zeros(ROWS, np.intp)
    repeated = replace(
        batch,
        initial=batch.initial[same],
        code=batch.code[same],
        code_bytes=batch.code_bytes[same],
        code_address=batch.code_address[same],
        memory=batch.memory[:1],
    )
    left = BatchObservation.empty(batch.isa, ROWS, compared)
    left.end[:], left.trap[:], left.tval[:], left.retired[:] = End.TRAP, Trap.LOAD_FAULT, 0x1234_5678, 100
    left.state[:], left.memory[:] = repeated.initial, repeated.memory
    plants = _plants(left)
    while True:
        some = list(islice(plants, ROWS - 1))
        right = BatchObservation(
            left.end.copy(),
            left.trap.copy(),
            left.tval.copy(),
            left.state.copy(),
            left.memory.copy(),
            left.retired.copy(),
            compared,
        )
        for row, (_, _, plant) in enumerate(some):
            plant(right, row)
        result = machine.compare_batches(repeated, left, right)
        if result.verdict[ROWS - 1] != machine.Row.AGREE:
            return "equal observations are not called equal"
        for row, (field, place, _) in enumerate(some):
            seen = machine.field_names(int(result.differing[row]))
            wanted = (field,) if field in compared else ()
            if seen != wanted or bool(result.verdict[row] == machine.Row.DIVERGED) is not bool(wanted):
                return f"a difference in {place} is reported as one in {' and '.join(seen) or 'nothing'}"
        if not some:
            return ""


def _plants(seen: BatchObservation) -> Iterator[tuple[str, str, Plant]]:
    """(field, place in words, change) of every planted difference."""
    for end in (End.LIMIT, End.TIMEOUT, End.CRASH) if "end" in seen.observed else ():
        yield "end", f"the end {end.name}", partial(_set, "end", int(end))
    for trap in Trap:
        if trap != seen.trap[0]:
            yield "trap", f"the trap {trap.name}", partial(_set, "trap", int(trap))
    for name in ("tval", "retired"):
        for bit in range(64):
            yield name, f"bit {bit} of {name}", partial(_flip_word, name, bit)
    fields = seen.state.dtype.fields
    assert fields is not None
    for name, (dtype, offset, *_) in fields.items():
        unit_bits = dtype.base.itemsize * 8
        for bit in range(dtype.itemsize * 8):
            place = f"{name}[{bit // unit_bits}]" if dtype.shape else name
            yield name, f"bit {bit % unit_bits} of {place}", partial(_flip_state, offset * 8 + bit)
    for byte in range(DATA_BYTES):
        yield "memory", f"byte {byte:#x} of the data window", partial(_flip_memory, byte)


def _set(name: str, value: int, seen: BatchObservation, row: int) -> None:
    getattr(seen, name)[row] = value


def _flip_word(name: str, bit: int, seen: BatchObservation, row: int) -> None:
    getattr(seen, name)[row] ^= np.uint64(1 << bit)


def _flip_state(bit: int, seen: BatchObservation, row: int) -> None:
    flat = seen.state.view(np.uint8).reshape(len(seen), -1)
    flat[row, bit // 8] ^= np.uint8(1 << bit % 8)


def _flip_memory(byte: int, seen: BatchObservation, row: int) -> None:
    seen.memory[row, byte] ^= np.uint8(1 << byte % 8)
