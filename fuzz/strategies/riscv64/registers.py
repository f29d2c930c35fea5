"""Register roles: which registers a program keeps for its own control, and which carry data.

Loop counters, link registers and window pointers must survive whatever the generated data flow does, or most programs
would jump and fault wildly. But a register that is never a destination is a register whose writes are never tested; so
the roles lie elsewhere in each of `VARIANTS` assignments, and every program picks one.

x2 is a window pointer in all of them (the compressed stack-pointer forms need it); gadgets of their own write it and
restore it.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fuzz.strategies.riscv64.counter_random import Stream

VARIANTS: Final = 32
Variants: TypeAlias = NDArray[np.uint8] | NDArray[np.intp]
FUNCTIONS: Final = 3
"""Functions that a program can have besides its main part."""


class Role(IntEnum):
    """What a kept register is for."""

    COUNTER = 0
    """Iterations left of the main part's loop."""
    COUNTER_LEAF = 1
    """Iterations left of the last function's loop: its caller may be in a loop of its own."""
    LINK_1 = 2
    """Return address of function 1; each function has its own, so calls nest without a stack."""
    LINK_2 = 3
    LINK_3 = 4
    BASE = 5
    """Points into the data window, at least 2048 bytes from either edge; one of x8 … x15."""
    STACK = 6
    """x2: points into the data window, at a known distance from BASE."""
    TEMPORARY = 7
    """Scratch of gadgets: addresses and jump targets. Generated code reads it but does not write it."""
    ACCUMULATOR = 8
    """Data results are folded in; branches and table jumps test its bits."""


def _assign(variant: int) -> list[int]:
    """Register of each role. At most four of x8 … x15 are kept, so that compressed code has destinations."""
    stream = Stream(0x7265_6773 + variant)
    role = dict.fromkeys(Role, 0)
    role[Role.STACK] = 2
    role[Role.BASE] = 8 + variant % 8
    if variant % 4 != 3:
        role[Role.LINK_1] = 1
    if variant % 4 in (0, 3):
        role[Role.LINK_2] = 5
    popular = set(range(8, 16))
    for r in Role:
        while role[r] == 0:
            candidate = 1 + stream.below(31)
            taken = set(role.values())
            if candidate not in taken and (candidate not in popular or len(taken & popular) < 4):
                role[r] = candidate
    return [role[r] for r in Role]


_ASSIGNMENTS: Final = [_assign(v) for v in range(VARIANTS)]

ROLE: Final[NDArray[np.uint32]] = np.array(_ASSIGNMENTS, np.uint32).T.copy()
"""(roles, VARIANTS): the register that plays each role."""


def _spread(variant: int, candidates: range, drop: frozenset[int] = frozenset()) -> list[int]:
    """Each candidate if it may be written, else one that may, chosen evenly."""
    free = [r for r in candidates if r not in _ASSIGNMENTS[variant] and r not in drop]
    return [r if r in free else free[(r * 7 + variant) % len(free)] for r in candidates]


DESTINATION: Final[NDArray[np.uint32]] = np.array(
    [list(range(32))] * VARIANTS
    + [_spread(v, range(32)) for v in range(VARIANTS)]
    + [_spread(v, range(32), frozenset((0, 2))) for v in range(VARIANTS)]
    + [[r - 8 for r in _spread(v, range(8, 16))] * 4 for v in range(VARIANTS)],
    np.uint32,
).ravel()
"""Flat (mode, VARIANTS, 32): the register field to encode for a destination that a choice names.

Modes: 0 a floating-point register (unchanged); 1 any integer register that is not kept; 2 the same without x0 and x2;
3 the same as a three-bit field (x8 … x15).
"""


class DestinationMode(IntEnum):
    FLOAT = 0
    ANY = 1
    NONZERO = 2
    POPULAR = 3


def destination(
    mode: NDArray[np.uint32] | int, variants: NDArray[np.intp], named: NDArray[np.unsignedinteger[Any]]
) -> NDArray[np.uint32]:
    """The register fields to encode where choices name the destinations `named`, all below 32 (`DESTINATION`)."""
    row = variants + np.multiply(mode, VARIANTS, dtype=np.intp)
    row <<= 5
    row |= named
    return DESTINATION.take(row)


def role_of(role: Role, variants: Variants) -> NDArray[np.uint32]:
    """The register number that plays `role` in each of `variants`."""
    numbers: NDArray[np.uint32] = ROLE[role].take(variants)
    return numbers
