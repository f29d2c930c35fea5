"""The grammar as hypothesis strategies: the same choices, drawn through hypothesis so that it can shrink them.

Shrinking then works on the program and not on its bytes: fewer slots, gadgets nearer the start of `Kind` (nothing, then
single instructions), earlier instructions of a pool, lower registers, immediates and operand values nearer zero. No
choice is ever invalid, so no example is discarded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from fuzz.strategies.riscv64.choices import SLOT, STATE, Choices
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
    register = st.just(0) if kind in (Kind.NONE, Kind.ECALL, Kind.SECTION, Kind.LOOP) else _REGISTERS
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


def slots(profile: Profile) -> st.SearchStrategy[tuple[int, ...]]:
    """One slot with the profile's gadgets, simple ones first; traps included, at the rate of about one in a program."""
    likely = [kind for kind in sorted(profile.kinds) if profile.kinds[kind] > 0 and kind < FIRST_TRAP]
    rare = [kind for kind in sorted(profile.traps) if profile.traps[kind] > 0]
    weighted = [
        kind for kind in likely for _ in range(max(1, 100 * profile.kinds[kind] // sum(profile.kinds.values())))
    ]
    by_kind = {kind: _slot_of(kind, profile) for kind in (*likely, *rare)}
    ordinary = st.sampled_from(weighted).flatmap(by_kind.__getitem__)
    section = _slot_of(Kind.SECTION, profile)
    trap = st.sampled_from(rare).flatmap(by_kind.__getitem__)
    chosen: dict[int, Callable[[], st.SearchStrategy[tuple[int, ...]]]] = {0: lambda: section, 1: lambda: trap}
    return st.integers(0, 24).flatmap(lambda n: chosen[24 - n]() if 24 - n in chosen else ordinary)


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
    rows = draw(st.lists(slots(profile_named(profile)), max_size=max_slots))
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
