"""Numbers in code that other functions decide about (see `development`)."""

from __future__ import annotations

from typing import Any, TypeAlias

Number: TypeAlias = Any
"""An `int`, which may be `Linked`: where that is to be seen, a compiled copy of the compiler must not unbox it."""


class Linked(int):
    """A number that another program with the same function may have another value for: what `event` of the function's
    lowering gave, plus `addend` (see `development`)."""

    event: int
    addend: int

    def __new__(cls, value: int, event: int, addend: int = 0) -> Linked:
        made = super().__new__(cls, value)
        made.event = event
        made.addend = addend
        return made

    def __add__(self, other: int) -> Linked:
        return Linked(int(self) + other, self.event, self.addend + other)
