"""Why a tier handed the hart back."""

from __future__ import annotations

from engines.vm.enumeration import IntEnum
from engines.vm.record import NamedTuple

NO_LIMIT = (1 << 63) - 1
"""More instructions than any hart retires."""


class StopReason(IntEnum):
    TRAP = 1
    """An exception was taken; the hart stands at the instruction that raised it."""
    LIMIT = 2
    """Exactly the allowed number of instructions retired; the hart stands at the next one."""


class Stop(NamedTuple):
    """The answer of a tier's `run`. `cause` and `value` are 0 for LIMIT, else the exception code and its tval."""

    reason: StopReason
    cause: int = 0
    value: int = 0
