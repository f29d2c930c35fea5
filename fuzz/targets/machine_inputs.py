"""Inputs of the targets that run programs: serialised choices, or a kept entry with its artefact.

Mutation works on the choices (libFuzzer's own mutations of bytes behind a grammar find next to nothing); an entry of
another generator version is replayed as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from fuzz.corpus.entry import Entry, read_entry, write_entry
from fuzz.strategies.riscv64.choices import Choices
from fuzz.strategies.riscv64.directed import direct
from fuzz.strategies.riscv64.draw import draw
from fuzz.strategies.riscv64.emit import emit
from fuzz.strategies.riscv64.mutate import mutate_bytes
from fuzz.strategies.riscv64.profiles import ROTATED, profile_named
from harness.contract import MachineCase
from harness.strict_json import DocumentError

LIMIT_INSNS: Final = 2_000
"""Enough for nearly every program to end; the reference tier runs some 100,000 instructions a second."""
MAX_BYTES: Final = 2_000


def choices_of(data: bytes) -> Choices:
    """The choices that an input holds; bytes that are none are read as noise."""
    try:
        return Choices.from_bytes(data)
    except ValueError:
        return Choices.from_noise(data)


def case_of(data: bytes) -> MachineCase:
    """The program that an input stands for: the artefact of an entry, or what its choices emit."""
    if data.startswith(b"{"):
        try:
            return read_entry(data).case
        except DocumentError:
            pass  # a damaged entry is noise like any other bytes
    return emit(choices_of(data), LIMIT_INSNS, "fuzz").case(0)


def mutate(data: bytes, max_bytes: int, seed: int) -> bytes:
    """A mutant of the choices that an input holds, as serialised choices."""
    return mutate_bytes(fuzzable(data) or data, max_bytes, seed)


def simpler(data: bytes) -> Iterator[bytes]:
    """Programs with runs of slots left out, longest first, then with initial registers set to zero."""
    choices = choices_of(data)
    records, state = choices.records(0), choices.state[0]
    if data != choices.to_bytes():
        yield choices.to_bytes()
    step = len(records)
    while step:
        for at in range(0, len(records) - step + 1, step):
            kept = np.concatenate((records[:at], records[at + step :]))
            yield Choices.of([(kept, state)], choices.memory_seed).to_bytes()
        step //= 2
    for file in ("x", "f"):
        for plain in (slice(None), *range(32)):
            if state[file][plain].any():
                changed = choices.state.copy()
                changed[file][0, plain] = 0
                yield Choices.of([(records, changed[0])], choices.memory_seed).to_bytes()


def regression(data: bytes) -> bytes:
    """The form in which an input is kept: an entry with artefact, choices and generator version."""
    if data.startswith(b"{"):
        return data
    return write_entry(Entry.of(choices_of(data), LIMIT_INSNS, "fuzz")).encode()


def fuzzable(data: bytes) -> bytes:
    """The choices of a kept entry, or nothing where they belong to another generator version."""
    if not data.startswith(b"{"):
        return data
    try:
        found = read_entry(data).current_choices()
    except DocumentError:
        return b""
    return b"" if found is None else found.to_bytes()


def seeds(count: int = 2) -> Iterable[bytes]:
    """`count` programs of every profile of the rotation."""
    for name in ROTATED:
        profile = profile_named(name)
        drawn = draw(1, 0, count, profile)
        if profile.directed:
            drawn = direct(drawn, 1, 0)
        yield from (drawn.row(index).to_bytes() for index in range(count))
