"""What reduction must know of RV64GC code: where instructions begin, and what does nothing.

Lengths follow from the lowest two bits of the first parcel (Unprivileged ISA §1.5).
"""

from __future__ import annotations

from typing import Final

EBREAK: Final = bytes.fromhex("73001000")
NOP: Final = {2: bytes.fromhex("0100"), 4: bytes.fromhex("13000000")}


def length_bytes(parcel: int) -> int:
    """2 or 4: the length of the instruction whose lowest 16 bits are `parcel`. Longer formats are reserved and taken
    as 4, since no executor here executes them."""
    return 4 if parcel & 3 == 3 else 2


def at(code: bytes, offset: int) -> bytes:
    """The instruction at `offset`; fewer bytes where the code ends inside it."""
    parcel = int.from_bytes(code[offset : offset + 2], "little")
    return code[offset : offset + length_bytes(parcel)]


def split(code: bytes) -> list[bytes]:
    """The code as instructions, read from its first byte on; joining them gives the code back."""
    instructions = []
    offset = 0
    while offset < len(code):
        instructions.append(at(code, offset))
        offset += len(instructions[-1])
    return instructions
