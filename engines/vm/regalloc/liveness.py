"""What a block needs in registers: its steps, where values are used last, and which positions they have.

The allocator and its checker both start from `Step`s, which a host's selection makes from IR: constants that become
immediates and comparisons that become part of a branch have no step and no register.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

NONE: Final = 0
INTEGER: Final = 1
FLOAT: Final = 2

PLAIN: Final = 0
GET: Final = 1
PUT: Final = 2
LEAVE: Final = 3


class Step(NamedTuple):
    """One operation as the allocator sees it.

    Attributes:
        value: the number of the operation, which is also that of its result.
        uses: value numbers that it reads from registers.
        result: class of the result; `NONE`, `INTEGER` or `FLOAT`.
        kind: `GET` and `PUT` of a guest register, `LEAVE` if the guest's state must be right here, else `PLAIN`.
        slot: of `GET` and `PUT`.
    """

    value: int
    uses: tuple[int, ...]
    result: int = NONE
    kind: int = PLAIN
    slot: int = -1


def positions(steps: Sequence[Step]) -> list[int]:
    """The position of each step: its index, but `PUT`s in a row share one, since they happen at once."""
    out: list[int] = []
    before = PLAIN
    at = -1
    for step in steps:
        if step.kind != PUT or before != PUT:
            at += 1
        before = step.kind
        out.append(at)
    return out


def last_uses(steps: Sequence[Step], at: Sequence[int]) -> dict[int, int]:
    """By value: the position of its last use. What is never used is absent."""
    out: dict[int, int] = {}
    for step, position in zip(steps, at, strict=True):
        for value in step.uses:
            out[value] = position
    return out
