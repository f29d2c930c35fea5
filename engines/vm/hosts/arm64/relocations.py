"""Relocations of arm64: distances in instructions (ELF for the Arm 64-bit Architecture, §5.7.8)."""

from __future__ import annotations

from typing import Final

JUMP26: Final = 0
"""B: 26 bits at bit 0."""
CONDBR19: Final = 1
"""B.cond, CBZ and CBNZ: 19 bits at bit 5."""
_FIELDS: Final = ((26, 0), (19, 5))


def apply(code: bytearray, kind: int, at: int, target: int) -> None:
    """Fill the field of the instruction at offset `at` so that it leads to offset `target` of the same code.

    Raises:
        ValueError: no such kind, a target between instructions, or the distance does not fit.
    """
    if kind not in (JUMP26, CONDBR19):
        raise ValueError(f"relocation kind {kind}, must be {JUMP26} (JUMP26) or {CONDBR19} (CONDBR19)")
    width, shift = _FIELDS[kind]
    distance = target - at
    if distance & 3:
        raise ValueError(f"distance {distance:#x} from {at:#x} to {target:#x} is no multiple of 4")
    distance >>= 2
    if not -(1 << width - 1) <= distance < 1 << width - 1:
        raise ValueError(f"distance {4 * distance:#x} from {at:#x} to {target:#x} does not fit into {width + 2} bits")
    word = int.from_bytes(code[at : at + 4], "little") & ~((1 << width) - 1 << shift)
    code[at : at + 4] = (word | (distance & (1 << width) - 1) << shift).to_bytes(4, "little")
