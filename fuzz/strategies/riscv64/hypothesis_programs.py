"""The grammar as hypothesis strategies: the same choices, drawn through hypothesis so that it can shrink them.

Shrinking then works on the program and not on its bytes: fewer slots, gadgets nearer the start of `Kind` (nothing, then
single instructions), earlier instructions of a pool, lower registers, immediates and operand values nearer zero. No
choice is ever invalid, so no example is discarded.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from fuzz.strategies.riscv64.choices import SLOT, SLOT_FIELDS, STATE, Choices
from fuzz.strategies.riscv64.emit import emit
from fuzz.strategies.riscv64.gadgets import FIRST_TRAP, Kind
from fuzz.strategies.riscv64.instructions import ALL, POOLS
from fuzz.strategies.riscv64.operands import DOUBLES, EXTREME_FLOATS, EXTREME_INTEGERS, INTEGERS, SINGLES, UNBOXED
from fuzz.strategies.riscv64.profiles import Profile, profile_named
from fuzz.strategies.riscv64.registers import VARIANTS
from harness.contract.case import MachineBatch, MachineCase

_REGISTERS: Final = st.integers(0, 31)
_OCTETS: Final = st.integers(0, 255)
_IMMEDIATES: Final = st.one_of(
    st.integers(-32, 32),
    st.sampled_from((0, 1, -1, 2047, -2048, 0x7FF8, 0x80000, 0xFFFFF)),
    st.integers(-(1 << 31), (1 << 31) - 1),
)


def integers() -> st.SearchStrategy[int]:
    """Integer operands as unsigned 64-bit numbers; boundary values first."""
    return st.one_of(st.sampled_from(EXTREME_INTEGERS), st.sampled_from(INTEGERS), st.integers(0, (1 << 64) - 1))


def floats() -> st.SearchStrategy[int]:
    """Contents of FP registers as unsigned 64-bit numbers."""
    return st.one_of(
        st.sampled_from(EXTREME_FLOATS),
        st.sampled_from(DOUBLES),
        st.sampled_from(SINGLES),
        st.sampled_from(UNBOXED),
        st.integers(0, (1 << 64) - 1),
    )


def _pool_choices(kind: Kind, profile: Profile) -> st.SearchStrategy[int]:
    """Which instruction of the kind's pool, those that the profile excludes left out."""
    if kind not in POOLS:
        return st.just(0)
    allowed = [n for n, number in enumerate(POOLS[kind]) if profile.extensions.get(ALL[number].extension, 1.0) > 0]
    return st.sampled_from(allowed or list(range(len(POOLS[kind]))))


def _slot_of(kind: Kind, profile: Profile) -> st.SearchStrategy[tuple[int, ...]]:
    """One slot of `kind`, in the order of `SLOT`; fields that the gadget does not look at stay 0."""
    if kind is Kind.NONE:
        return st.just((0,) * len(SLOT_FIELDS))
    register = st.just(0) if kind in (Kind.ECALL, Kind.SECTION, Kind.LOOP) else _REGISTERS
    compute = kind in (Kind.OP, Kind.STACK_OP, Kind.ROUNDING_RESERVED, Kind.DYNAMIC_RESERVED, Kind.NOISE)
    return st.tuples(
        st.just(int(kind)),
        _pool_choices(kind, profile),
        register,
        register,
        register,
        _REGISTERS if compute or kind is Kind.RESERVE else st.just(0),
        st.sampled_from((0, 1, 2, 3, 4, 7)) if compute else st.just(0),
        st.integers(0, 7) if kind is not Kind.NOISE else _OCTETS,
        _OCTETS,
        _IMMEDIATES.map(lambda value: value & 0xFFFF_FFFF),
    )


@lru_cache(maxsize=32)
def slots(profile: str) -> st.SearchStrategy[tuple[int, ...]]:
    """One slot with the gadgets of the profile so named, simple ones first; traps included, about one in a program.

    Raises:
        ValueError: an unknown profile.
    """
    weights = profile_named(profile)
    likely = [kind for kind in sorted(weights.kinds) if weights.kinds[kind] > 0]
    rare = [kind for kind in sorted(weights.traps) if weights.traps[kind] > 0]
    total = sum(weights.kinds.values())
    # An empty slot comes first: it has no fields, so shrinking empties a slot and then takes it out.
    weighted = [Kind.NONE] + [kind for kind in likely for _ in range(max(1, 100 * weights.kinds[kind] // total))]
    weighted += [Kind.SECTION] * 4
    weighted += [FIRST_TRAP] * 4
    choose = {kind: _slot_of(kind, weights) for kind in (Kind.NONE, Kind.SECTION, *likely)}
    traps = {kind: _slot_of(kind, weights) for kind in rare}
    choose[FIRST_TRAP] = st.sampled_from(rare).flatmap(traps.__getitem__)
    return st.sampled_from(weighted).flatmap(choose.__getitem__)


@st.composite
def states(draw: st.DrawFn) -> NDArray[np.void]:
    """The rest of a program: a (1,) record of `STATE`. A few registers hold drawn values, the others zero."""
    state = np.zeros(1, STATE)
    for register, value in draw(st.dictionaries(_REGISTERS, integers(), max_size=12)).items():
        state["x"][0, register] = value
    for register, value in draw(st.dictionaries(_REGISTERS, floats(), max_size=12)).items():
        state["f"][0, register] = value
    state["fcsr"] = draw(st.integers(0, 4)) << 5 | draw(st.integers(0, 31))
    state["variant"] = draw(st.integers(0, VARIANTS - 1))
    state["stack"] = draw(_OCTETS)
    state["base"] = draw(st.integers(0, 0xFFFF))
    state["entry"] = draw(st.integers(0, 0xFFFF))
    return state


@st.composite
def choices(draw: st.DrawFn, profile: str = "short", max_slots: int = 24) -> Choices:
    """Choices of one program of at most `max_slots` slots.

    Raises:
        ValueError: an unknown profile.
    """
    rows = [row for row in draw(st.lists(slots(profile), max_size=max_slots)) if row[0] != Kind.NONE]
    state = draw(states())
    return Choices.of([(np.array(rows, SLOT), state[0])], draw(st.integers(0, 7)))


def batches(profile: str = "short", max_slots: int = 24) -> st.SearchStrategy[MachineBatch]:
    """Batches of one case."""
    return choices(profile, max_slots).map(lambda c: emit(c, label=f"hypothesis {profile}"))


def cases(profile: str = "short", max_slots: int = 24) -> st.SearchStrategy[MachineCase]:
    """Machine cases."""
    return batches(profile, max_slots).map(lambda batch: batch.case(0))


def any_choices(max_slots: int = 12) -> st.SearchStrategy[Choices]:
    """Choices with every field anywhere in its range, as a mutator or a decoder of noise might leave them."""
    size = STATE.itemsize + max_slots * SLOT.itemsize
    return st.binary(max_size=size).map(_from_noise)


def _from_noise(data: bytes) -> Any:
    return Choices.from_noise(data)
