"""Runs generated courses: what is alive, and what drops when (The Rust Reference, "Destructors").

Variables belong to the block that declares them, temporaries to the smallest *terminating* scope around: a statement,
a condition, a guard, a branch of `if`, an arm of `match`, a loop's body, a function's body. A block's last expression
opens none, so what it makes outlives the block's variables (edition 2021).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

NUMBERS: Final = 1000
"""Every number of a course is below it."""
STEPS: Final = 4000
"""Expressions that a course may evaluate."""


@dataclass
class Kept:
    """A value of the struct that says its number when it is dropped."""

    name: str
    number: int

    def absorb(self, by: int) -> int:
        return mix(self.number, by)

    def turn(self, by: int) -> int:
        self.number = mix(self.number, by)
        return self.number


@dataclass
class Duo:
    """A struct of two of them, dropped in the order of its fields; None was moved out."""

    left: Kept | None
    right: Kept | None


Held = Kept | Duo | list[Kept] | int | None
"""What a variable holds; None: nothing, as it was moved or is an empty option."""


@dataclass
class Slot:
    """A variable or a temporary."""

    value: Held


class ExitError(Exception):
    """`break`, `continue` or `return`.

    Attributes:
        label: of the block or loop that is left, "" for the function.
        again: `continue`.
    """

    def __init__(self, label: str, value: Held | str = None, again: bool = False) -> None:
        self.label, self.value, self.again = label, value, again


class TooLongError(Exception):
    """More than `STEPS`."""


def mix(a: int, b: int) -> int:
    """The item of this name."""
    return (a * 31 + b * 7 + 3) % NUMBERS


@dataclass
class Machine:
    """The state of a run."""

    output: list[str] = field(default_factory=list)
    cells: dict[str, Slot] = field(default_factory=dict)
    steps: int = 0
    _variables: list[Slot] = field(default_factory=list)
    _temporaries: list[Slot] = field(default_factory=list)

    def step(self) -> None:
        self.steps += 1
        if self.steps > STEPS:
            raise TooLongError

    def drop(self, value: Held) -> None:
        if isinstance(value, Kept):
            self.output.append(f"end {value.name} {value.number}")
        elif isinstance(value, Duo):
            self.drop(value.left)
            self.drop(value.right)
        elif isinstance(value, list):
            for one in value:
                self.drop(one)

    @contextmanager
    def block(self) -> Iterator[None]:
        """The scope of variables."""
        outer, self._variables = self._variables, []
        mine = self._variables
        try:
            yield
        finally:
            self._variables = outer
            self._end(mine)

    @contextmanager
    def terminating(self) -> Iterator[None]:
        """The scope of temporaries."""
        outer, self._temporaries = self._temporaries, []
        mine = self._temporaries
        try:
            yield
        finally:
            self._temporaries = outer
            self._end(mine)

    @contextmanager
    def operands(self) -> Iterator[Callable[[Held], Slot]]:
        """What a call has been given and not taken yet: left on the way, it drops before other temporaries."""
        mine: list[Slot] = []

        def add(value: Held) -> Slot:
            mine.append(Slot(value))
            return mine[-1]

        try:
            yield add
        finally:
            self._end(mine)

    def _end(self, slots: list[Slot]) -> None:
        for slot in reversed(slots):
            value, slot.value = slot.value, None
            self.drop(value)

    def declare(self, key: str, value: Held) -> None:
        self.cells[key] = slot = Slot(value)
        self._variables.append(slot)

    def temporary(self, value: Held) -> Slot:
        slot = Slot(value)
        self._temporaries.append(slot)
        return slot

    def take(self, key: str) -> Held:
        """Move out of a variable, or a field of one (`key.left`)."""
        root, _, name = key.partition(".")
        slot = self.cells[root]
        if name:
            duo = slot.value
            assert isinstance(duo, Duo)
            value: Held = getattr(duo, name)
            setattr(duo, name, None)
            return value
        value, slot.value = slot.value, None
        return value

    def assign(self, key: str, value: Held) -> None:
        """The old value drops once the new one is there to take its place."""
        slot = self.cells[key]
        old, slot.value = slot.value, value
        self.drop(old)

    def number(self, key: str) -> int:
        value = self.cells[key].value
        assert isinstance(value, int)
        return value

    def kept(self, key: str) -> Kept:
        root, _, name = key.partition(".")
        value = self.cells[root].value
        value = getattr(value, name) if name else value
        assert isinstance(value, Kept)
        return value

    def stack(self, key: str) -> list[Kept]:
        value = self.cells[key].value
        assert isinstance(value, list)
        return value


Run = Callable[[Machine], int]
Effect = Callable[[Machine], None]
