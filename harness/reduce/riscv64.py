"""What reduction must know of RV64GC code: where instructions begin, and what does nothing.

Lengths follow from the lowest two bits of the first parcel (Unprivileged ISA §1.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

EBREAK: Final = bytes.fromhex("73001000")
NOP: Final = {2: bytes.fromhex("0100"), 4: bytes.fromhex("13000000")}

BRANCHES: Final = frozenset(("beq", "bne", "blt", "bge", "bltu", "bgeu", "jal", "c.beqz", "c.bnez", "c.j"))


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


def without(instructions: Sequence[bytes], start: int, end: int) -> bytes:
    """The code without `instructions[start:end]`, where branches and jumps go to the same instructions as before, or
    to what follows the gap where their target is gone. One that cannot reach any more stays as it was."""
    offsets = [0, *accumulate(map(len, instructions))]
    removed = offsets[end] - offsets[start]

    def moved(offset: int) -> int:
        return offset if offset <= offsets[start] else max(offsets[start], offset - removed)

    placed = list(zip(offsets, instructions, strict=False))
    kept = placed[:start] + placed[end:]
    return b"".join(_retargeted(one, moved(offset + distance(one)) - moved(offset)) for offset, one in kept)


def distance(instruction: bytes) -> int:
    """How far a branch or a direct jump goes; 0 for every other instruction."""
    from engines.vm.isa.riscv64.coding import decode

    found = decode(int.from_bytes(instruction, "little"))
    if found is None or found.instruction.mnemonic not in BRANCHES:
        return 0
    field = next(f for f in found.instruction.fields if f.name == "imm")
    return field.extract(found.word)


def _retargeted(instruction: bytes, wanted: int) -> bytes:
    from engines.vm.isa.describe import EncodingError
    from engines.vm.isa.riscv64.coding import decode

    old = distance(instruction)
    if not old or old == wanted:
        return instruction
    word = int.from_bytes(instruction, "little")
    found = decode(word)
    assert found is not None
    field = next(f for f in found.instruction.fields if f.name == "imm")
    try:
        return (word ^ field.insert(old) | field.insert(wanted)).to_bytes(len(instruction), "little")
    except EncodingError:
        return instruction
