"""The neutral vocabulary of how a case ends and which trap ended it.

Manuals number the same event differently; executors translate into these words, and comparison speaks only these.
"""

from __future__ import annotations

from enum import IntEnum


class End(IntEnum):
    """How one run of a machine case ended."""

    TRAP = 1
    """The first trap was taken; `Trap` says which. A generated program ends by `ebreak` on purpose."""
    LIMIT = 2
    """Exactly `limit_insns` instructions retired and no trap was taken."""
    TIMEOUT = 3
    """The executor's wall-clock limit passed; the state is not observed."""
    CRASH = 4
    """The executor itself died (signal, abort, out of memory); the state is not observed."""
    REFUSED = 5
    """The executor declined the case (an ISA, extension or shape that its capabilities exclude)."""


class Trap(IntEnum):
    """Trap classes, ISA-neutral. Faults are named after the access that failed, not after the mechanism.

    `*_FAULT` is an access to memory that is not mapped or not permitted (RISC-V access fault or page fault).
    """

    NONE = 0
    ILLEGAL_INSTRUCTION = 1
    BREAKPOINT = 2
    ENVIRONMENT_CALL = 3
    FETCH_MISALIGNED = 4
    LOAD_MISALIGNED = 5
    STORE_MISALIGNED = 6
    FETCH_FAULT = 7
    LOAD_FAULT = 8
    STORE_FAULT = 9
    DIVIDE_ERROR = 10
    OTHER = 11
    """An executor saw a trap that this vocabulary does not name; reported, never equal to another trap."""
