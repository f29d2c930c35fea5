"""The encoder of arm64: one method per form of instruction, straight into a byte array (Arm ARM DDI 0487, §C4).

`w` is 1 for 64-bit operands, `double` 1 for f64. Registers are numbers 0 … 31; 31 is zr or sp as the instruction says.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from engines.vm.hosts.arm64 import relocations
from engines.vm.hosts.labels import WordCode

EQ, NE, HS, LO, MI, PL, VS, VC, HI, LS, GE, LT, GT, LE = range(14)
"""Condition codes; one and its opposite differ in bit 0."""
ADD, ADDS, SUB, SUBS = 0x0B00_0000, 0x2B00_0000, 0x4B00_0000, 0x6B00_0000
AND, ORR, EOR, ANDS = 0x0A00_0000, 0x2A00_0000, 0x4A00_0000, 0x6A00_0000
ORN: Final = 0x2A20_0000
UDIV, SDIV = 0x1AC0_0800, 0x1AC0_0C00
LSLV, LSRV, ASRV, RORV = 0x1AC0_2000, 0x1AC0_2400, 0x1AC0_2800, 0x1AC0_2C00
MADD, MSUB = 0x1B00_0000, 0x1B00_8000
SMULH, UMULH = 0x9B40_7C00, 0x9BC0_7C00
CSEL, CSINC, CSINV = 0x1A80_0000, 0x1A80_0400, 0x5A80_0000
FMUL, FDIV, FADD, FSUB, FMAXNM, FMINNM = (0x1E20_0800 + 0x1000 * n for n in (0, 1, 2, 3, 6, 7))
FMOV, FABS, FNEG, FSQRT = (0x1E20_4000 + 0x8000 * n for n in range(4))
FRINTI: Final = 0x1E27_C000
FMADD, FMSUB, FNMADD, FNMSUB = 0x1F00_0000, 0x1F00_8000, 0x1F20_0000, 0x1F20_8000
FCMP, FCMPE = 0x1E20_2000, 0x1E20_2010
FCVTNS, FCVTPS, FCVTMS, FCVTZS, FCVTAS = 0x1E20_0000, 0x1E28_0000, 0x1E30_0000, 0x1E38_0000, 0x1E24_0000
UNSIGNED: Final = 0x0001_0000
"""Added to a conversion: to or from unsigned."""
SCVTF: Final = 0x1E22_0000
TO_INTEGER, TO_FLOAT = 0x1E26_0000, 0x1E27_0000
"""FMOV between a general and a floating-point register."""
FPCR, FPSR = 0x4400, 0x4420
"""System registers: op0, op1, CRn, CRm and op2 in place."""
_MASK: Final = (1 << 64) - 1
LOADS: Final = {
    "u8": (0x3940_0000, 0), "s8": (0x3980_0000, 0), "u16": (0x7940_0000, 1), "s16": (0x7980_0000, 1),
    "u32": (0xB940_0000, 2), "s32": (0xB980_0000, 2), "i32": (0xB940_0000, 2), "i64": (0xF940_0000, 3),
    "f32": (0xBD40_0000, 2), "f64": (0xFD40_0000, 3),
}  # fmt: skip
"""Opcode with an unsigned scaled offset, and log2 of the size."""
STORES: Final = {
    "8": (0x3900_0000, 0), "16": (0x7900_0000, 1), "32": (0xB900_0000, 2), "i32": (0xB900_0000, 2),
    "i64": (0xF900_0000, 3), "f32": (0xBD00_0000, 2), "f64": (0xFD00_0000, 3),
}  # fmt: skip


@cache
def logical_immediate(value: int, bits: int) -> int | None:
    """N, immr and imms of a bit mask in place (bits 22 … 10), None if it is no repeated run of ones (§C3.4.2).

    Args:
        bits: 32 or 64; `value` is taken modulo 2**bits.
    """
    value &= (1 << bits) - 1
    if value in (0, (1 << bits) - 1):
        return None
    size = bits
    while size > 2 and value & (1 << size // 2) - 1 == value >> size // 2 & (1 << size // 2) - 1:
        size //= 2
    element = value & (1 << size) - 1
    ones = element.bit_count()
    run = (1 << ones) - 1
    for rotation in range(size):
        if (run >> rotation | run << size - rotation) & (1 << size) - 1 == element:
            imms = (~(2 * size - 1) & 0x3F) | (ones - 1)
            return (size == 64) << 22 | rotation << 16 | imms << 10
    return None


class Assembler(WordCode):
    """Code under construction: one method per form of instruction."""

    @staticmethod
    def _relocate(code: bytearray, kind: int, at: int, target: int) -> None:
        relocations.apply(code, kind, at, target)

    def b(self, label: int) -> None:
        self._to(relocations.JUMP26, label, 0x1400_0000)

    def b_if(self, condition: int, label: int) -> None:
        self._to(relocations.CONDBR19, label, 0x5400_0000 | condition)

    def cbz(self, r: int, label: int, w: int = 1) -> None:
        self._to(relocations.CONDBR19, label, 0x3400_0000 | w << 31 | r)

    def cbnz(self, r: int, label: int, w: int = 1) -> None:
        self._to(relocations.CONDBR19, label, 0x3500_0000 | w << 31 | r)

    def blr(self, r: int) -> None:
        self.word(0xD63F_0000 | r << 5)

    def ret(self) -> None:
        self.word(0xD65F_03C0)

    # -- integers -------------------------------------------------------------------------------------------------

    def rrr(self, opcode: int, d: int, a: int, b: int, w: int = 1, amount: int = 0) -> None:
        """`opcode d, a, b`; additive and logical ones take b shifted left by `amount`. 31 is zr."""
        self.word(opcode | w << 31 | b << 16 | amount << 10 | a << 5 | d)

    def rrrr(self, opcode: int, d: int, a: int, b: int, c: int, w: int = 1) -> None:
        """MADD and MSUB: `d = c ± a * b`."""
        self.word(opcode | w << 31 | b << 16 | c << 10 | a << 5 | d)

    def mov(self, d: int, s: int, w: int = 1) -> None:
        self.rrr(ORR, d, 31, s, w)

    def add_imm(self, opcode: int, d: int, a: int, imm: int, w: int = 1) -> None:
        """ADD, ADDS, SUB and SUBS with 12 bits, or 12 bits shifted left by 12. 31 is sp (as d: unless flags are set).

        Raises:
            ValueError: `imm` is not of that form.
        """
        high = 0
        if imm > 0xFFF and not imm & 0xFFF:
            imm, high = imm >> 12, 1
        if not 0 <= imm <= 0xFFF:
            raise ValueError(f"immediate {imm:#x} does not fit: 0 … 0xfff, or a multiple of 0x1000 up to 0xfff000")
        self.word(opcode + 0x0600_0000 | w << 31 | high << 22 | imm << 10 | a << 5 | d)

    def logical_imm(self, opcode: int, d: int, a: int, imm: int, w: int = 1) -> None:
        """AND, ORR, EOR and ANDS with a bit mask; d is sp where it is 31 (not for ANDS).

        Raises:
            ValueError: `imm` is no bit mask of an immediate.
        """
        field = logical_immediate(imm, 64 if w else 32)
        if field is None:
            raise ValueError(f"{imm:#x} is no repeated run of ones in {64 if w else 32} bits")
        self.word(opcode + 0x0800_0000 | w << 31 | field | a << 5 | d)

    def bitfield(self, opcode: int, d: int, a: int, immr: int, imms: int, w: int = 1) -> None:
        """0 SBFM, 2 UBFM."""
        self.word(0x1300_0000 | opcode << 29 | w << 31 | w << 22 | immr << 16 | imms << 10 | a << 5 | d)

    def lsl(self, d: int, a: int, amount: int, w: int = 1) -> None:
        bits = 64 if w else 32
        self.bitfield(2, d, a, -amount % bits, bits - 1 - amount, w)

    def lsr(self, d: int, a: int, amount: int, w: int = 1) -> None:
        self.bitfield(2, d, a, amount, 63 if w else 31, w)

    def asr(self, d: int, a: int, amount: int, w: int = 1) -> None:
        self.bitfield(0, d, a, amount, 63 if w else 31, w)

    def ror(self, d: int, a: int, amount: int, w: int = 1) -> None:
        """EXTR with one register twice."""
        self.word(0x1380_0000 | w << 31 | w << 22 | a << 16 | amount << 10 | a << 5 | d)

    def rbit(self, d: int, a: int) -> None:
        """The bits of 32 in reverse order."""
        self.word(0x5AC0_0000 | a << 5 | d)

    def csel(self, opcode: int, d: int, a: int, b: int, condition: int, w: int = 1) -> None:
        self.word(opcode | w << 31 | b << 16 | condition << 12 | a << 5 | d)

    def cset(self, d: int, condition: int) -> None:
        self.csel(CSINC, d, 31, 31, condition ^ 1, 0)

    def imm(self, d: int, value: int) -> None:
        """64 bits in a register: one ORR of a bit mask, or MOVZ or MOVN and as many MOVK as needed."""
        value &= _MASK
        field = logical_immediate(value, 64)
        parts = [value >> 16 * n & 0xFFFF for n in range(4)]
        inverted = parts.count(0xFFFF) > parts.count(0)
        plain = 0xFFFF if inverted else 0
        needed = [n for n in range(4) if parts[n] != plain] or [0]
        if field is not None and len(needed) > 1:
            self.word(0xB200_0000 | field | 31 << 5 | d)
            return
        first = needed[0]
        if inverted:
            self.word(0x9280_0000 | first << 21 | (parts[first] ^ 0xFFFF) << 5 | d)
        else:
            self.word(0xD280_0000 | first << 21 | parts[first] << 5 | d)
        for n in needed[1:]:
            self.word(0xF280_0000 | n << 21 | parts[n] << 5 | d)

    # -- memory ---------------------------------------------------------------------------------------------------

    def access(self, form: tuple[int, int], t: int, base: int, offset: int = 0) -> None:
        """A load or store at base plus an unsigned multiple of its size; 31 is sp as base.

        Raises:
            ValueError: the offset is negative, no multiple of the size, or too large.
        """
        opcode, scale = form
        if offset & (1 << scale) - 1 or not 0 <= offset >> scale <= 0xFFF:
            raise ValueError(f"offset {offset:#x}, must be a multiple of {1 << scale} and at most {0xFFF << scale:#x}")
        self.word(opcode | offset >> scale << 10 | base << 5 | t)

    def access_indexed(self, form: tuple[int, int], t: int, base: int, index: int) -> None:
        """A load or store at base plus index register."""
        self.word(form[0] - 0x0100_0000 | 0x0020_6800 | index << 16 | base << 5 | t)

    # -- floating point -------------------------------------------------------------------------------------------

    def fp(self, opcode: int, d: int, a: int, b: int = 0, double: int = 1) -> None:
        """Two operands, or one where b is 0."""
        self.word(opcode | double << 22 | b << 16 | a << 5 | d)

    def fma(self, opcode: int, d: int, a: int, b: int, c: int, double: int) -> None:
        """FMADD c + a*b, FMSUB c - a*b, FNMADD -c - a*b, FNMSUB -c + a*b."""
        self.word(opcode | double << 22 | b << 16 | c << 10 | a << 5 | d)

    def fcmp(self, opcode: int, a: int, b: int, double: int) -> None:
        self.word(opcode | double << 22 | b << 16 | a << 5)

    def fcvt(self, d: int, a: int, widen: int) -> None:
        """f32 to f64 (`widen`), or back."""
        self.word((0x1E22_C000 if widen else 0x1E62_4000) | a << 5 | d)

    def convert(self, opcode: int, d: int, a: int, double: int, w: int) -> None:
        """Between a general register (64 bits where w is 1) and a floating-point one: conversions, and FMOV."""
        self.word(opcode | w << 31 | double << 22 | a << 5 | d)

    def fcsel(self, d: int, a: int, b: int, condition: int, double: int = 1) -> None:
        self.word(0x1E20_0C00 | double << 22 | b << 16 | condition << 12 | a << 5 | d)

    def mrs(self, t: int, register: int) -> None:
        self.word(0xD53B_0000 | register | t)

    def msr(self, register: int, t: int) -> None:
        self.word(0xD51B_0000 | register | t)
