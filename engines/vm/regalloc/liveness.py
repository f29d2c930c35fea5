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


class Lives(NamedTuple):
    """What the allocator asks of a block's steps, whatever the registers are.

    Attributes:
        at: the position of each step: its index, but `PUT`s in a row share one, since they happen at once.
        last: by value: the position of its last use. What is never used is absent.
        counts: by value: how often it is used.
        until: by value that a `GET` answers: the position of the next `PUT` of that guest register, if there is one.
    """

    at: list[int]
    last: dict[int, int]
    counts: dict[int, int]
    until: dict[int, int]


def lives(steps: Sequence[Step]) -> Lives:
    """Look at each step once."""
    at: list[int] = []
    last: dict[int, int] = {}
    counts: dict[int, int] = {}
    until: dict[int, int] = {}
    read: dict[int, list[int]] = {}
    before = PLAIN
    position = -1
    for value, uses, _, kind, slot in steps:
        if kind != PUT or before != PUT:
            position += 1
        before = kind
        at.append(position)
        for used in uses:
            last[used] = position
            counts[used] = counts.get(used, 0) + 1
        if kind == GET:
            if slot in read:
                read[slot].append(value)
            else:
                read[slot] = [value]
        elif kind == PUT and slot in read:
            for got in read.pop(slot):
                until[got] = position
    return Lives(at, last, counts, until)
