"""The encoder of riscv64: opcodes come from the guest's tables (`engines.vm.isa.riscv64`), fields are placed here.

One method per format (RISC-V Unprivileged ISA, "RV32I Base Integer Instruction Set", Instruction Formats). Compressed
forms are not used.
"""

from __future__ import annotations

from typing import Final

from engines.vm.hosts.labels import WordCode
from engines.vm.hosts.riscv64 import relocations
from engines.vm.isa.riscv64 import INSTRUCTIONS

_MASK: Final = (1 << 64) - 1
WORDS: Final = {instruction.name: instruction.match for instruction in INSTRUCTIONS if instruction.length == 4}
"""What is fixed of each 32-bit instruction, by name."""
OPPOSITE: Final = {"beq": "bne", "bne": "beq", "blt": "bge", "bge": "blt", "bltu": "bgeu", "bgeu": "bltu"}
DYNAMIC: Final = 7
FFLAGS, FRM, FCSR = 1, 2, 3
_NEAR_BYTES: Final = 4096
"""Reach of a conditional branch."""


def fits(imm: int) -> bool:
    """Whether `imm` is a signed immediate of 12 bits."""
    return -2048 <= imm < 2048


class Assembler(WordCode):
    """Code under construction: one method per format."""

    @staticmethod
    def _relocate(code: bytearray, kind: int, at: int, target: int) -> None:
        relocations.apply(code, kind, at, target)

    def j(self, label: int) -> None:
        self._to(relocations.JAL, label, WORDS["jal"])

    def near(self, name: str, a: int, b: int, label: int) -> None:
        """A conditional branch to a label no further away than 4 KiB."""
        self._to(relocations.BRANCH, label, WORDS[name] | b << 20 | a << 15)

    def branch(self, name: str, a: int, b: int, label: int) -> None:
        """A conditional branch to a label anywhere: over a jump, unless it leads back to nearby."""
        at = self._labels[label]
        if at >= 0 and len(self.code) - at <= _NEAR_BYTES:
            self.near(name, a, b, label)
        else:
            self.word(WORDS[OPPOSITE[name]] | b << 20 | a << 15 | 8 << 7)
            self.j(label)

    # -- formats --------------------------------------------------------------------------------------------------

    def r(self, name: str, d: int, a: int, b: int = 0) -> None:
        """Two registers to one; for floating point without rounding mode, and with one operand, too."""
        self.word(WORDS[name] | b << 20 | a << 15 | d << 7)

    def i(self, name: str, d: int, a: int, imm: int) -> None:
        """A register and 12 signed bits, loads among them.

        Raises:
            ValueError: `imm` does not fit.
        """
        if not -2048 <= imm < 2048:
            raise ValueError(f"immediate {imm} of {name}, must be -2048 … 2047")
        self.word(WORDS[name] | (imm & 0xFFF) << 20 | a << 15 | d << 7)

    def s(self, name: str, value: int, base: int, imm: int) -> None:
        """A store.

        Raises:
            ValueError: `imm` does not fit.
        """
        if not -2048 <= imm < 2048:
            raise ValueError(f"immediate {imm} of {name}, must be -2048 … 2047")
        self.word(WORDS[name] | (imm >> 5 & 0x7F) << 25 | value << 20 | base << 15 | (imm & 31) << 7)

    def shift(self, name: str, d: int, a: int, amount: int) -> None:
        self.word(WORDS[name] | amount << 20 | a << 15 | d << 7)

    def lui(self, d: int, imm: int) -> None:
        """Bits 31 … 12 of `imm`, sign-extended."""
        self.word(WORDS["lui"] | imm & 0xFFFF_F000 | d << 7)

    def f(self, name: str, d: int, a: int, b: int = 0, mode: int = DYNAMIC) -> None:
        """Floating point with a rounding mode; b is 0 where there is no second operand."""
        self.word(WORDS[name] | b << 20 | a << 15 | mode << 12 | d << 7)

    def f4(self, name: str, d: int, a: int, b: int, c: int, mode: int = DYNAMIC) -> None:
        """Fused multiplication and addition."""
        self.word(WORDS[name] | c << 27 | b << 20 | a << 15 | mode << 12 | d << 7)

    def csr(self, name: str, d: int, csr: int, a: int) -> None:
        """csrrw, csrrs and csrrc; `a` is the immediate of the forms that have one."""
        self.word(WORDS[name] | csr << 20 | a << 15 | d << 7)

    def call(self, register: int) -> None:
        """jalr ra, register"""
        self.i("jalr", 1, register, 0)

    def ret(self) -> None:
        self.i("jalr", 0, 1, 0)

    def imm(self, d: int, value: int) -> None:
        """64 bits in a register: lui, addi and slli as needed."""
        value = (value & _MASK ^ 1 << 63) - (1 << 63)
        if fits(value):
            self.i("addi", d, 0, value)
            return
        if -(1 << 31) <= value < 1 << 31:
            low = (value & 0xFFF ^ 0x800) - 0x800
            self.lui(d, value - low)
            if low:
                self.i("addiw", d, d, low)
            return
        low = (value & 0xFFF ^ 0x800) - 0x800
        rest = value - low >> 12
        shift = 12 + (rest & -rest).bit_length() - 1
        self.imm(d, value - low >> shift)
        self.shift("slli", d, d, shift)
        if low:
            self.i("addi", d, d, low)
