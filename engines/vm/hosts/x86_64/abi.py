"""How compiled code is entered and left on x86_64: as a handler of the interpreter.

At entry and at every exit (LLVM's `preserve_none` of `engines.vm.tiers.interpreter.layout.ARGUMENTS`): r12 the CPU
record, r13 the decoded entry, r14 the budget, r15 guest memory, rdi permission bytes, rsi the base of handlers, rdx the
context record, rsp and rbp as they were. Inside, the context, the base of handlers and rbp live below the stack
pointer, in the 128 bytes that no signal handler touches (System V ABI §3.2.2), and the first stack slots below them. A
region with more slots lowers the stack pointer by `FRAME_BYTES` for as long as it runs.
"""

from __future__ import annotations

from typing import Final

CONTEXT_HOME: Final = -8
DECODE_HOME: Final = -16
FRAME_HOME: Final = -24
NEAR_SLOTS: Final = 11
"""64-bit slots for values that found no register, from `SLOT_HOME` downwards."""
SLOT_HOME: Final = -32
FRAME_BYTES: Final = 1024
"""Room for more slots, from the lowered stack pointer upwards."""
STACK_SLOTS: Final = NEAR_SLOTS + FRAME_BYTES // 8


def slot_offset(slot: int) -> int:
    """Distance of a stack slot from rsp."""
    return SLOT_HOME - 8 * slot if slot < NEAR_SLOTS else 8 * (slot - NEAR_SLOTS)


LENT_HOME: Final = -120
"""Where a float register waits that an operation borrows."""
FLOAT_CONTROL: Final = -128
"""Two words for looking at MXCSR."""

assert slot_offset(NEAR_SLOTS - 1) > LENT_HOME
