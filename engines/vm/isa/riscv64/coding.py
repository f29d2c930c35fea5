"""RISC-V words and instructions: length rule and decoder over the table."""

from __future__ import annotations

from typing import Final

from engines.vm.isa.derive.decode import Decoded, Decoder
from engines.vm.isa.riscv64 import INSTRUCTIONS

DECODER: Final = Decoder(INSTRUCTIONS)


def length_of(parcel: int) -> int:
    """Bytes of the instruction whose first 16-bit parcel this is (Unprivileged ISA §1.5): 2 or 4.

    Longer encodings (low five bits all ones) do not exist here and count as 4: they are illegal instructions.
    """
    return 4 if parcel & 3 == 3 else 2


def decode(word: int) -> Decoded | None:
    """Decode the instruction in the low bits of `word`; bits above its length are ignored. None if it is illegal."""
    if word & 3 == 3:
        return DECODER.decode(word & 0xFFFF_FFFF, 4)
    return DECODER.decode(word & 0xFFFF, 2)


def encode(name: str, **fields: int) -> int:
    """The word of the instruction `name` (`addi`, `fcvt_w_s`) with these fields; those left out are 0 or the least
    that is legal.

    Raises:
        KeyError: no such instruction.
        EncodingError: a value has no encoding; the message names it and the legal range.
    """
    return INSTRUCTIONS[name].encode(**fields)
