"""The neutral vocabulary of how a Wasm call ends.

Engines divide the specification's traps differently: V8 has one message for a null and for a wrongly typed table entry,
and one for every integer that a result cannot represent. A class here is what all of them can tell apart.

Source: WebAssembly 3.0 §4.4 (execution), where each instruction says when it traps.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class WasmTrap(StrEnum):
    """Why a call gave no results."""

    UNREACHABLE = "unreachable"
    MEMORY_BOUNDS = "memory_bounds"
    """A memory access, or a data segment's part, out of bounds."""
    TABLE_BOUNDS = "table_bounds"
    """A table access, or an element segment's part, out of bounds."""
    ARRAY_BOUNDS = "array_bounds"
    INDIRECT_CALL = "indirect_call"
    """A table entry that is null or has another type."""
    NULL_REFERENCE = "null_reference"
    CAST_FAILURE = "cast_failure"
    DIVIDE_BY_ZERO = "divide_by_zero"
    UNREPRESENTABLE = "unrepresentable"
    """An integer result that does not fit: INT_MIN / −1, or a float out of range or NaN."""
    EXCEPTION = "exception"
    """An exception that nothing caught."""
    EXHAUSTED = "exhausted"
    """A limit of the engine's own: stack, memory, fuel. Never compared: limits may differ."""
    OTHER = "other"
    """A trap that this vocabulary does not name; reported, never equal to another."""


INVALID: Final = "invalid"
"""In place of results: the engine does not accept the module."""


def trap_text(trap: WasmTrap) -> str:
    """How a trap stands among a call's results."""
    return f"trap:{trap.value}"
