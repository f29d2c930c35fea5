"""How a program ends early in the reference interpreter."""

from __future__ import annotations


class Panic(Exception):  # noqa: N818 -- the language's word
    """The program panicked: message, and (file, line, column)."""

    def __init__(self, message: str, location: tuple[str, int, int]) -> None:
        super().__init__(message)
        self.message = message
        self.location = location


class OutOfFuel(Exception):  # noqa: N818 -- not an error of the program
    """The program ran longer than allowed."""


class UnsoundError(Exception):
    """The program uses what was moved away, dropped or freed. No program that the borrow checker accepts does."""
