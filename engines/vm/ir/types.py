"""The types of IR values: what a value is to a register allocator."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class Type(IntEnum):
    """A type, and no type for operations without a result.

    Floating-point values are raw bits of their format; the type only says in which register class they live.
    """

    VOID = 0
    I1 = 1
    I32 = 2
    I64 = 3
    F32 = 4
    F64 = 5

    @property
    def width(self) -> int:
        """Bits; 0 for VOID."""
        return _WIDTH[self]

    @property
    def spelling(self) -> str:
        """As in the text form: `i64`."""
        return self.name.lower()

    @property
    def is_float(self) -> bool:
        return self >= Type.F32


_WIDTH: Final = (0, 1, 32, 64, 32, 64)
