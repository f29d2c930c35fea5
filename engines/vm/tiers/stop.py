"""Why a tier handed the hart back."""

from __future__ import annotations

from engines.vm.enumeration import IntEnum
from engines.vm.guests.riscv64.traps import ExceptionCause
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


ENVIRONMENT_CALL = Stop(StopReason.TRAP, ExceptionCause.ENVIRONMENT_CALL_FROM_U)
"""Of a system call: the one that programs make by the million is not made anew each time."""


def trapped(cause: int, value: int) -> Stop:
    """The answer for a trap."""
    if cause == ENVIRONMENT_CALL.cause and not value:
        return ENVIRONMENT_CALL
    return Stop(StopReason.TRAP, cause, value)
