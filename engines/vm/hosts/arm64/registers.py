"""Registers of arm64, and what compiled code uses them for.

Numbers are the encodings (Arm ARM DDI 0487 §C1.2.1). x18 is the platform's (AAPCS64 §6.1.1). See `abi` for what holds
where compiled code begins and ends.
"""

from __future__ import annotations

from typing import Final

ZR: Final = 31
SP: Final = 31
"""The same number: the instruction decides which of the two it is."""
LINK: Final = 30

CPU: Final = 0
BUDGET: Final = 1
MEMORY: Final = 2
PERMISSIONS: Final = 3
CONTEXT: Final = 4
SCRATCH: Final = (5, 6, 7, 17)
"""Never hold values across operations; x17 is for offsets and constants that fit no immediate."""
MOVE: Final = 16
"""For the cycles of parallel moves alone."""

INTEGERS: Final = (19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 8, 9, 10, 11, 12, 13, 14, 15)
"""What the allocator gives out."""
FLOATS: Final = (8, 9, 10, 11, 12, 13, 14, 15, *range(16, 28), 0, 1, 2, 3, 4, 5, 6, 7)
FLOAT_SCRATCH: Final = (28, 29, 30)
FLOAT_MOVE: Final = 31
