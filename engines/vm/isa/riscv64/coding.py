"""RISC-V words, instructions and text: the coders derived from the table, ready for use."""

from __future__ import annotations

from functools import cache
from typing import Final

from engines.vm.isa.derive.assemble import Assembler
from engines.vm.isa.derive.decode import Decoded, Decoder
from engines.vm.isa.derive.disassemble import Disassembler
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.spelling import RiscvSpelling, is_pc_relative

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
    """The word of the instruction `name` (`addi`, `fcvt_w_s`) with these fields; those left out are 0, or the
    least positive value that is legal.

    Raises:
        KeyError: no such instruction.
        EncodingError: a value has no encoding; the message names it and the legal range.
    """
    return INSTRUCTIONS[name].encode(**fields)


@cache
def assembler() -> Assembler:
    """The assembler, built at first use."""
    from engines.vm.isa.riscv64.pseudo import PSEUDO

    return Assembler(INSTRUCTIONS.by_mnemonic, RiscvSpelling(), is_pc_relative, PSEUDO)


@cache
def disassembler() -> Disassembler:
    """The disassembler, built at first use."""
    return Disassembler(DECODER, INSTRUCTIONS.instructions, RiscvSpelling())


def assemble(text: str, base: int = 0) -> bytes:
    """Machine code of assembly text; see `engines.vm.isa.derive.assemble`.

    Raises:
        AssemblyError: with line number, line, the offending part and what is legal.
    """
    return assembler().assemble(text, base)


def disassemble(word: int) -> str:
    """The instruction in the low bits of `word` as text, or `.word` / `.half` where it is none."""
    length = length_of(word)
    return disassembler().text(word & (1 << 8 * length) - 1, length)


def disassemble_all(code: bytes, base: int = 0) -> list[tuple[int, int, str]]:
    """(address, word, text) of consecutive instructions. A lone last parcel or byte becomes data."""
    lines = []
    offset = 0
    while offset < len(code):
        length = length_of(int.from_bytes(code[offset : offset + 2], "little"))
        piece = code[offset : offset + length]
        word = int.from_bytes(piece, "little")
        if len(piece) == length:
            text = disassemble(word)
        else:
            text = f".half {word:#06x}" if len(piece) == 2 else f".byte {', '.join(f'{b:#04x}' for b in piece)}"
        lines.append((base + offset, word, text))
        offset += len(piece)
    return lines
