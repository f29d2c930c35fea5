"""Synchronous exceptions of the RISC-V guest, by the manual's numbers (Privileged ISA §3.1.15, mcause)."""

from __future__ import annotations

from engines.vm.enumeration import IntEnum


class ExceptionCause(IntEnum):
    """`mcause` codes that a U-mode hart without paging can raise.

    `hart.cpu["trap_cause"]` holds one of these after a trap, `trap_value` what the manual calls tval: the instruction's
    bits for ILLEGAL_INSTRUCTION, the access address for misaligned accesses, for faults the address of the portion that
    fails (the access's own, the first of the page into which it runs, or for a fetch that of the 16-bit parcel), 0 for
    BREAKPOINT and ENVIRONMENT_CALL_FROM_U.
    """

    INSTRUCTION_ADDRESS_MISALIGNED = 0
    """Cannot arise: with the C extension IALIGN is 16 and every jump target is even."""
    INSTRUCTION_ACCESS_FAULT = 1
    ILLEGAL_INSTRUCTION = 2
    BREAKPOINT = 3
    LOAD_ADDRESS_MISALIGNED = 4
    LOAD_ACCESS_FAULT = 5
    STORE_ADDRESS_MISALIGNED = 6
    """Store/AMO address misaligned."""
    STORE_ACCESS_FAULT = 7
    """Store/AMO access fault."""
    ENVIRONMENT_CALL_FROM_U = 8
