"""Registers of riscv64, and what compiled code uses them for.

Numbers are the encodings; names are of the calling convention (RISC-V psABI, "Register Convention"). gp and tp
belong to the platform. See `abi` for what holds where compiled code begins and ends.
"""

from __future__ import annotations

from typing import Final

ZERO, LINK, SP = 0, 1, 2

CPU: Final = 10
BUDGET: Final = 11
MEMORY: Final = 12
PERMISSIONS: Final = 13
CONTEXT: Final = 14
SCRATCH: Final = (5, 6, 7, 30)
"""t0, t1, t2 and t5 never hold values across operations; t5 is for offsets and constants that fit no immediate."""
MOVE: Final = 31
"""t6: for the cycles of parallel moves alone."""

INTEGERS: Final = (9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 8, 15, 16, 17, 28, 29)
"""What the allocator gives out."""
FLOATS: Final = (8, 9, *range(18, 28), *range(10, 18), *range(8), 28)
FLOAT_SCRATCH: Final = (29, 30)
FLOAT_MOVE: Final = 31
