"""Drawing choices: from (seed, case index) to typed choices.

This module makes what the draws look up: tables of a profile, and register files. Register files are drawn into pools,
and a case picks one of integers and one of floats: filling 64 registers anew for every case would cost more than the
rest of a short program. A pool has words of its own (`counter_random`), from `_X_SITE` and `_F_SITE` two per register.
The cases themselves are drawn by `drawing_loop`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fuzz.strategies.riscv64 import operands
from fuzz.strategies.riscv64.choices import SLOT, SLOT_FIELDS, STATE, Choices
from fuzz.strategies.riscv64.counter_random import case_keys, mixed, words
from fuzz.strategies.riscv64.drawing_loop import INSN_BITS, KIND_BITS, POOL_BITS, draw_cases
from fuzz.strategies.riscv64.gadgets import Kind
from fuzz.strategies.riscv64.instructions import ALL, POOLS
from fuzz.strategies.riscv64.profiles import Profile
from harness.contract.layout import MAX_BATCH_CASES

_X_SITE: Final = 16
_F_SITE: Final = 80
_MAX_SLOTS: Final = 250
_POOL_CASES: Final = 1 << 16
"""So many cases of a seed share a pool of register files; the next ones get a new pool."""
_POOL_SEED: Final = 0x52F0_0D5E_ED00_0000
"""Added to a seed's number for its pools, so that they have no words in common with its cases."""

REGISTER_POOL: Final = np.array(
    [0] * 12 + list(range(8, 16)) * 12 + list(range(32)) * 4 + [1, 2, 5, 10, 11] * 4, np.uint8
)
"""256 register numbers: x8 … x15 often, so that values meet and compressed forms apply; x0 now and then."""

_ROUNDING: Final = np.array([0, 1, 2, 3, 4, 7, 7, 7], np.uint8)

_BOUNDARY_IMMEDIATES: Final = (
    0,
    1,
    -1,
    2047,
    -2048,
    2046,
    -2047,
    63,
    31,
    32,
    64,
    -64,
    0x7FF8,
    0x80000,
    0x7FFFF,
    0xFFFFF,
)
_IMMEDIATE_KEEP: Final = np.array(
    [0xFFFF_FFFF] * 80 + [0x1F] * 64 + [0] * 48 + [0xFFFF_FFF8] * 64,
    np.uint32,
)
"""By class: random bits, small, boundary, aligned. The immediate is `random & KEEP + ADD`."""
_IMMEDIATE_ADD: Final = np.array(
    [0] * 80 + [-8 & 0xFFFF_FFFF] * 64 + [v & 0xFFFF_FFFF for v in _BOUNDARY_IMMEDIATES] * 3 + [0] * 64, np.uint32
)


def _fill(weights: list[float], size: int) -> NDArray[np.uint8]:
    """`size` entries with index i as often as its weight says; every positive weight at least once."""
    total = sum(weights)
    if total <= 0:
        return np.zeros(size, np.uint8)
    counts = [max(1, int(w / total * size)) if w > 0 else 0 for w in weights]
    while sum(counts) != size:
        heaviest = max(range(len(counts)), key=counts.__getitem__)
        counts[heaviest] += size - sum(counts) if sum(counts) < size else -1
    return np.repeat(np.arange(len(weights)), counts).astype(np.uint8)


class Tables:
    """What `drawing_loop` looks up for a profile: the tables here by random bits, those below for all profiles."""

    registers = REGISTER_POOL
    rounding = _ROUNDING
    keep = _IMMEDIATE_KEEP
    add = _IMMEDIATE_ADD

    def __init__(self, profile: Profile) -> None:
        self.kinds = _fill([float(profile.kinds.get(kind, 0)) for kind in Kind], 1 << KIND_BITS)
        self.traps = _fill([float(profile.traps.get(kind, 0)) for kind in Kind], 1 << KIND_BITS)
        rows = []
        for kind in Kind:
            factors = [profile.extensions.get(ALL[n].extension, 1.0) for n in POOLS.get(kind, ())]
            plain = kind is Kind.NOISE or not any(factors)
            rows.append(_fill([1.0] * max(len(factors), 1) if plain else factors, 1 << INSN_BITS))
        self.insns = np.concatenate(rows)


_TABLES: dict[int, tuple[Profile, Tables]] = {}


def _tables_of(profile: Profile) -> Tables:
    """The tables of `profile`, built once per profile object."""
    entry = _TABLES.get(id(profile))
    if entry is None:
        entry = _TABLES[id(profile)] = (profile, Tables(profile))
    return entry[1]


@lru_cache(maxsize=8)
def _register_files(seed: int, number: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Pool `number` of a seed: (P, 32) integer and (P, 32) floating-point register files."""
    keys = case_keys(seed + _POOL_SEED, number << POOL_BITS, 1 << POOL_BITS)
    x, f = words(keys, _X_SITE, 64), words(keys, _F_SITE, 64)
    integers = operands.with_palette(operands.integers(x[:, :32], x[:, 32:]), x[:, 32:])
    return integers, operands.with_ties(operands.floats(f[:, :32], f[:, 32:]), f[:, 32:])


def draw(seed: int, first_index: int, count: int, profile: Profile) -> Choices:
    """Choices of the cases `first_index … first_index + count - 1` of `seed`. Each row depends on its own index alone.

    Raises:
        ValueError: a negative argument, or a profile with more than 250 slots.
    """
    width = profile.slots[1]
    if not 1 <= profile.slots[0] <= width <= _MAX_SLOTS:
        raise ValueError(
            f"profile {profile.name} has slots {profile.slots}; least ≤ greatest, both in 1 … {_MAX_SLOTS}"
        )
    keys = case_keys(seed, first_index, count)
    tables = _tables_of(profile)
    slots = {name: np.empty((count, width), SLOT[name]) for name in SLOT_FIELDS}
    state = np.empty(count, STATE)
    row = 0
    while row < count:
        number, within = divmod(first_index + row, _POOL_CASES)
        rows = slice(row, min(count, row + _POOL_CASES - within))
        own = {name: array[rows] for name, array in slots.items()}
        home = (first_index + row) % MAX_BATCH_CASES
        draw_cases(keys[rows], home, profile, tables, _register_files(seed, number), own, state[rows])
        row = rows.stop
    return Choices(slots, state, mixed(seed))
