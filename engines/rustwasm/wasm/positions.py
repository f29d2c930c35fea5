"""Where in the sources instructions come from: what debug information is made of.

An instruction that knows it is a `Positioned` tuple, equal to the same instruction that does not, so code is the same
with positions and without.
"""

from __future__ import annotations

from typing import Any


class Position:
    """A place in the sources.

    Attributes:
        offset: in the compilation's sources (`SourceMap.locate`).
        function: the name of the function whose code it is.
        site: where that function was called, if its code was put in place of a call; None if it stands by itself.
    """

    __slots__ = ("_within", "function", "offset", "site")

    def __init__(self, offset: int, function: str, site: Position | None = None) -> None:
        self.offset = offset
        self.function = function
        self.site = site
        self._within: dict[Position, Position] = {}

    def within(self, call: Position) -> Position:
        """This place in a copy of its function that stands where `call` is."""
        found = self._within.get(call)
        if found is None:
            site = call if self.site is None else self.site.within(call)
            found = self._within[call] = Position(self.offset, self.function, site)
        return found

    def chain(self) -> list[Position]:
        """This place and the calls that led to it, the outermost call first."""
        found: list[Position] = []
        one: Position | None = self
        while one is not None:
            found.append(one)
            one = one.site
        found.reverse()
        return found

    def __repr__(self) -> str:
        return f"<{self.function} at {self.offset}>" + (f" in {self.site!r}" if self.site else "")


class Positioned(tuple[Any, ...]):
    """An instruction with its `position`."""

    position: Position

    @classmethod
    def of(cls, instruction: tuple[Any, ...], position: Position) -> Positioned:
        made = cls(instruction)
        made.position = position
        return made


def position_of(instruction: tuple[Any, ...]) -> Position | None:
    """Where an instruction comes from, if that is known."""
    return instruction.position if isinstance(instruction, Positioned) else None
