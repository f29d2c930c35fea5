"""Drawing choices: from (seed, case index) to typed choices, vectorised over cases.

Words of a case (`counter_random`): sites 0 … 3 the case itself, from `_SLOT_SITE` one per slot, and a second one per
slot from `_SLOT_SITE + 256`. Register files are drawn into pools, and a case picks one of integers and one of floats:
filling 64 registers anew for every case would cost more than the rest of a short program. A pool has words of its own,
from `_X_SITE` and `_F_SITE` two per register.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fuzz.strategies.riscv64 import operands
from fuzz.strategies.riscv64.blending import overwrite
from fuzz.strategies.riscv64.choices import SLOT, SLOT_FIELDS, STATE, Choices
from fuzz.strategies.riscv64.counter_random import case_keys, mixed, words
from fuzz.strategies.riscv64.gadgets import Kind
from fuzz.strategies.riscv64.instructions import ALL, POOLS
from fuzz.strategies.riscv64.profiles import Profile
from fuzz.strategies.riscv64.registers import VARIANTS
from harness.contract.layout import MAX_BATCH_CASES

_X_SITE: Final = 16
_F_SITE: Final = 80
_SLOT_SITE: Final = 144
_MAX_SLOTS: Final = 250
_BLOCK_SLOTS: Final = 32_768
"""Slots drawn at once: few enough for their words to stay in the second-level cache, enough for calls not to cost more
than the work. What is drawn does not depend on it."""
_POOL_BITS: Final = 12
_POOL_CASES: Final = 1 << 16
"""So many cases of a seed share a pool of register files; the next ones get a new pool."""
_POOL_SEED: Final = 0x52F0_0D5E_ED00_0000
"""Added to a seed's number for its pools, so that they have no words in common with its cases."""
_KIND_BITS: Final = 12
_INSN_BITS: Final = 10

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


class _Tables:
    """Look-up tables of a profile."""

    def __init__(self, profile: Profile) -> None:
        self.kinds = _fill([float(profile.kinds.get(kind, 0)) for kind in Kind], 1 << _KIND_BITS)
        self.traps = _fill([float(profile.traps.get(kind, 0)) for kind in Kind], 1 << _KIND_BITS)
        rows = []
        for kind in Kind:
            factors = [profile.extensions.get(ALL[n].extension, 1.0) for n in POOLS.get(kind, ())]
            plain = kind is Kind.NOISE or not any(factors)
            rows.append(_fill([1.0] * max(len(factors), 1) if plain else factors, 1 << _INSN_BITS))
        self.insns = np.concatenate(rows)


_TABLES: dict[int, tuple[Profile, _Tables]] = {}


def _tables_of(profile: Profile) -> _Tables:
    """The tables of `profile`, built once per profile object."""
    entry = _TABLES.get(id(profile))
    if entry is None:
        entry = _TABLES[id(profile)] = (profile, _Tables(profile))
    return entry[1]


def _between(word: NDArray[np.uint64], shift: int, low: Any, high: Any) -> NDArray[np.int64]:
    """`low … high` inclusive from the 16 bits of each word at `shift`."""
    part = (word >> np.uint64(shift) & np.uint64(0xFFFF)).astype(np.int64)
    return np.asarray(low + (part * (np.asarray(high) - low + 1) >> 16))


def _draw_slots(keys: NDArray[np.uint64], width: int, tables: _Tables) -> dict[str, NDArray[Any]]:
    shape = (len(keys), width)
    first = words(keys, _SLOT_SITE, width).astype("<u8", copy=False)
    second = words(keys, _SLOT_SITE + 256, width).astype("<u8", copy=False)
    pairs, octets = first.view("<u2").reshape(*shape, 4), first.view(np.uint8).reshape(*shape, 8)
    high = second.view(np.uint8).reshape(*shape, 8)

    kind = tables.kinds.take(pairs[..., 0] >> np.uint16(16 - _KIND_BITS))
    insn = tables.insns.take(
        (kind.astype(np.uint16) << np.uint16(_INSN_BITS)) | (pairs[..., 1] >> np.uint16(16 - _INSN_BITS))
    )
    rd, rs1, rs2, rs3 = (REGISTER_POOL.take(octets[..., 4 + i]) for i in range(4))
    # Neighbours depend on each other more often than chance: rd feeds the next slot, operands coincide.
    hazard = high[..., 7] >> np.uint8(3)
    previous = np.empty_like(rd)
    previous[:, 1:] = rd[:, :-1]
    previous[:, :1] = 0
    overwrite(rs1, (hazard & np.uint8(3)) == 0, previous)
    pair = hazard >> np.uint8(2)
    overwrite(rd, pair == 0, rs1)
    overwrite(rs2, pair == 1, rs1)
    overwrite(rs2, pair == 2, previous)

    imm = np.ascontiguousarray(second.view("<u4").reshape(*shape, 2)[..., 0])
    imm &= _IMMEDIATE_KEEP.take(high[..., 4])
    imm += _IMMEDIATE_ADD.take(high[..., 4])
    return {
        "kind": kind,
        "insn": insn,
        "rd": rd,
        "rs1": rs1,
        "rs2": rs2,
        "rs3": rs3,
        "rm": _ROUNDING.take(high[..., 7] & np.uint8(7)),
        "length": high[..., 6].copy(),
        "aux": high[..., 5].copy(),
        "imm": imm,
    }


@lru_cache(maxsize=8)
def _register_files(seed: int, number: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Pool `number` of a seed: (P, 32) integer and (P, 32) floating-point register files."""
    keys = case_keys(seed + _POOL_SEED, number << _POOL_BITS, 1 << _POOL_BITS)
    x, f = words(keys, _X_SITE, 64), words(keys, _F_SITE, 64)
    integers = operands.with_palette(operands.integers(x[:, :32], x[:, 32:]), x[:, 32:])
    return integers, operands.with_ties(operands.floats(f[:, :32], f[:, 32:]), f[:, 32:])


def _draw_registers(seed: int, first_index: int, word: NDArray[np.uint64], state: NDArray[np.void]) -> None:
    """Give each case a register file of its pool, the one that `word` picks."""
    mask = np.uint64((1 << _POOL_BITS) - 1)
    for_x, for_f = ((word >> np.uint64(shift) & mask).astype(np.intp) for shift in (0, _POOL_BITS))
    row = 0
    while row < len(state):
        number, within = divmod(first_index + row, _POOL_CASES)
        rows = slice(row, min(len(state), row + _POOL_CASES - within))
        integers, floats = _register_files(seed, number)
        state["x"][rows] = integers.take(for_x[rows], 0)
        state["f"][rows] = floats.take(for_f[rows], 0)
        row = rows.stop


def _draw_state(
    seed: int, keys: NDArray[np.uint64], first_index: int, profile: Profile, state: NDArray[np.void]
) -> None:
    case = words(keys, 0, 4)
    shape = words(keys, 4, 2)
    _draw_registers(seed, first_index, shape[:, 1], state)
    mode = _between(case[:, 2], 0, 0, 4)
    flags = _between(case[:, 2], 16, 0, 31) * _between(case[:, 2], 32, 0, 1)
    state["fcsr"] = mode << 5 | flags
    state["variant"] = _between(case[:, 2], 48, 0, VARIANTS - 1)
    state["stack"] = _between(case[:, 3], 0, 0, 255)
    aligned = _between(case[:, 3], 48, 0, 7) > 0
    base = _between(case[:, 3], 16, 0, 0xFFFF)
    state["base"] = np.where(aligned, base & ~7, base)
    state["entry"] = _between(case[:, 3], 32, 0, 0xFFFF)
    state["home"] = (np.arange(len(keys)) + first_index % MAX_BATCH_CASES) % MAX_BATCH_CASES
    state["slots"] = _between(shape[:, 0], 0, *profile.slots)


def _place_sections(
    kind: NDArray[np.uint8], keys: NDArray[np.uint64], slots: NDArray[np.uint8], profile: Profile
) -> NDArray[np.int64]:
    """Divide the slots into a main part and functions; returns the length of each main part."""
    word = words(keys, 6, 1)[:, 0]
    length = slots.astype(np.int64)
    functions = _between(word, 0, 0, profile.functions)
    share = _between(word, 16, 55, 85)
    main = np.where((functions > 0) & (length >= 4), length * share // 100, length)
    rest = length - main
    rows = np.arange(len(kind))
    for ordinal in range(profile.functions):
        at = main + rest * ordinal // np.maximum(functions, 1)
        present = (ordinal < functions) & (at < length) & (length >= 4)
        kind[rows[present], at[present]] = Kind.SECTION
    return main


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
    state = np.zeros(count, STATE)
    rows = max(1, _BLOCK_SLOTS // width)
    for row in range(0, count, rows):
        block = slice(row, row + rows)
        own = {name: array[block] for name, array in slots.items()}
        _draw_block(seed, keys[block], first_index + row, profile, tables, own, state[block])
    return Choices(slots, state, mixed(seed))


def _draw_block(
    seed: int,
    keys: NDArray[np.uint64],
    first_index: int,
    profile: Profile,
    tables: _Tables,
    slots: dict[str, NDArray[Any]],
    state: NDArray[np.void],
) -> None:
    """Draw a few cases into the rows given."""
    drawn = _draw_slots(keys, profile.slots[1], tables)
    _draw_state(seed, keys, first_index, profile, state)
    kind = drawn["kind"]
    main = _place_sections(kind, keys, state["slots"], profile)
    word = words(keys, 7, 1)[:, 0]
    trapping = np.flatnonzero(_between(word, 0, 0, 99) < profile.trap_percent)
    at = _between(word, 16, 0, main - 1)[trapping]
    which = (word[trapping] >> np.uint64(32)) & np.uint64((1 << _KIND_BITS) - 1)
    kind[trapping, at] = tables.traps.take(which.astype(np.intp))
    for name, values in drawn.items():
        slots[name][:] = values
