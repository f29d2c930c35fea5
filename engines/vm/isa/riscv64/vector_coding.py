"""RISC-V with V: the table and the coders derived from it, as `coding` has them without V."""

from __future__ import annotations

from functools import cache
from typing import Final

from engines.vm.isa.derive.assemble import Assembler
from engines.vm.isa.derive.decode import Decoded, Decoder
from engines.vm.isa.derive.disassemble import Disassembler
from engines.vm.isa.describe import InstructionSet
from engines.vm.isa.riscv64 import EXTENSIONS
from engines.vm.isa.riscv64.coding import length_of
from engines.vm.isa.riscv64.spelling import RiscvSpelling, is_pc_relative
from engines.vm.isa.riscv64.v_memory import V

VECTOR_INSTRUCTIONS: Final = InstructionSet(*EXTENSIONS, V)
"""Every instruction of a machine that has V."""

VECTOR_DECODER: Final = Decoder(VECTOR_INSTRUCTIONS)


def decode(word: int) -> Decoded | None:
    """Decode the instruction in the low bits of `word`; bits above its length are ignored. None if it is illegal."""
    length = length_of(word)
    return VECTOR_DECODER.decode(word & (1 << 8 * length) - 1, length)


@cache
def _assembler() -> Assembler:
    from engines.vm.isa.riscv64.pseudo import PSEUDO

    return Assembler(VECTOR_INSTRUCTIONS.by_mnemonic, RiscvSpelling(), is_pc_relative, PSEUDO)


@cache
def _disassembler() -> Disassembler:
    return Disassembler(VECTOR_DECODER, VECTOR_INSTRUCTIONS.instructions, RiscvSpelling())


def assemble(text: str, base: int = 0) -> bytes:
    """Machine code of assembly text; see `engines.vm.isa.derive.assemble`."""
    return _assembler().assemble(text, base)


def assemble_with_labels(text: str, base: int = 0) -> tuple[bytes, dict[str, int]]:
    """The same, and the addresses of the labels."""
    return _assembler().assemble_with_labels(text, base)


def disassemble(word: int) -> str:
    """The instruction in the low bits of `word` as text, or `.word` / `.half` where it is none."""
    length = length_of(word)
    return _disassembler().text(word & (1 << 8 * length) - 1, length)


__all__ = ["VECTOR_DECODER", "VECTOR_INSTRUCTIONS", "assemble", "assemble_with_labels", "decode", "disassemble"]
