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


Life = tuple[int, int, int, int, int, int]
"""Of a result: the value, its class, the slot if a `GET` answers it and else -1, its position, that of its last use
(its own, if it is never used), and that of the next `PUT` of the slot (`NEVER`, if there is none)."""
Mark = tuple[int, int, int, int, int]
"""Kind and value of a step that is not `PLAIN`, its slot, what it puts (-1, if that has no register), and a position:
its own, or, of a `LEAVE` that has a result, the one before."""
NEVER: Final = 1 << 60


class Lives(NamedTuple):
    """What the allocator asks of a block's steps, whatever the registers are.

    A step's position is its index, but `PUT`s in a row share one, since they happen at once.

    Attributes:
        results: all, in order.
        marks: all, in order.
        born: by value that has a life: its position, its class, and its slot, as there.
        last: by value: the position of its last use. What is never used is absent.
        counts: by value: how often it is used.
    """

    results: list[Life]
    marks: list[Mark]
    born: dict[int, tuple[int, int, int]]
    last: dict[int, int]
    counts: dict[int, int]


def lives(steps: Sequence[Step]) -> Lives:
    """Look at each step once."""
    marks: list[Mark] = []
    born: dict[int, tuple[int, int, int]] = {}
    last: dict[int, int] = {}
    counts: dict[int, int] = {}
    until: dict[int, int] = {}
    read: dict[int, list[int]] = {}
    before = PLAIN
    position = -1
    for value, uses, result, kind, slot in steps:
        if kind != PUT or before != PUT:
            position += 1
        before = kind
        for used in uses:
            last[used] = position
            counts[used] = counts.get(used, 0) + 1
        if kind == PLAIN:
            if result != NONE:
                born[value] = position, result, -1
        elif kind == PUT:
            marks.append((PUT, value, slot, uses[0] if uses else -1, position))
            if slot in read:
                for got in read.pop(slot):
                    until[got] = position
        elif kind == GET:
            marks.append((GET, value, slot, -1, position))
            born[value] = position, result, slot
            if slot in read:
                read[slot].append(value)
            else:
                read[slot] = [value]
        elif result != NONE:
            marks.append((LEAVE, value, -1, -1, position - 1))
            born[value] = position, result, -1
        else:
            marks.append((LEAVE, value, -1, -1, position))
    results = [
        (value, result, slot, position, last.get(value, position), until.get(value, NEVER))
        for value, (position, result, slot) in born.items()
    ]
    return Lives(results, marks, born, last, counts)
