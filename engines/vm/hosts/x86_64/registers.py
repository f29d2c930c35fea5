"""Registers of x86_64, and what compiled code uses them for.

Numbers are the encodings (Intel SDM Vol. 2 §2.2.1.2). See `abi` for what holds where compiled code begins and ends.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 = range(16)
NAMES: Final = ("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", *(f"r{n}" for n in range(8, 16)))

CPU: Final = R12
BUDGET: Final = R14
MEMORY: Final = R15
PERMISSIONS: Final = RDI
SCRATCH: Final = (RAX, RCX, RDX)
"""Never hold values across operations: addresses, constants, shift counts, and the fixed operands of mul and div."""

INTEGERS: Final = (RBX, RBP, R8, R9, R10, R11, R13, RSI)
"""What the allocator gives out. r13 and rsi carry the entry and the decode base only where code begins and ends."""
FLOATS: Final = tuple(range(14))
FLOAT_SCRATCH: Final = (14, 15)
