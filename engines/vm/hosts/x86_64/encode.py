"""The encoder of x86_64: one method per form of instruction, straight into a byte array (Intel SDM Vol. 2 §2, App. A).

`w` is 1 for 64-bit operands. Registers are numbers 0 … 15. Memory operands are base register, displacement, and maybe
an index register (never rsp) scaled by 1 << `scale`.
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from struct import error

from engines.vm.hosts.labels import LabelledCode
from engines.vm.hosts.x86_64 import relocations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

ADD, OR, ADC, SBB, AND, SUB, XOR, CMP = range(8)
"""Group 1: `8 * n + 1` is the opcode of r/m, reg; `n` the extension of the immediate form."""
ROL, ROR, RCL, RCR, SHL, SHR, _, SAR = range(8)
"""Group 2 extensions."""
OF, NO, B, AE, E, NE, BE, A, S, NS, P, NP, L, GE, LE, G = range(16)
"""Condition codes."""
PP_NONE, PP_66, PP_F3, PP_F2 = range(4)
"""Mandatory prefixes as VEX.pp."""
_PREFIX: Final = (b"", b"\x66", b"\xf3", b"\xf2")
_JCC: Final = tuple(bytes((0x0F, 0x80 | condition, 0, 0, 0, 0)) for condition in range(16))
_MOV_32: Final = tuple(bytes((0x41, 0xB8 | d & 7) if d > 7 else (0xB8 | d,)) for d in range(16))
_REMEMBERED: Final = 1 << 12
"""Instructions of each form."""


class Assembler(LabelledCode):
    """Code under construction.

    Attributes:
        insns: how many instructions.
    """

    def __init__(self) -> None:
        super().__init__()
        self.insns = 0
        self._tables: list[tuple[int, int, int, int, list[tuple[int, int]]]] = []

    _relocate = staticmethod(relocations.apply)

    def link(self) -> bytes:
        for at, origin, count, default, entries in self._tables:
            table = array("i", (self._labels[default] - origin,)) * count
            for index, label in entries:
                table[index] = self._labels[label] - origin
            self.code[at : at + 4 * count] = table.tobytes()
        self._tables.clear()
        code, labels, lead = self.code, self._labels, relocations.FIELD.pack_into
        try:
            for at, _, label in self._fixups:
                if labels[label] < 0:
                    return super().link()  # which says what is wrong
                lead(code, at, labels[label] - at - relocations.FIELD_BYTES)
        except error:
            return super().link()
        self._fixups.clear()
        return bytes(code)

    def _led_to(self, label: int) -> None:
        """The last four bytes lead to a label."""
        self._fixups.append((len(self.code) - relocations.FIELD_BYTES, relocations.PC32, label))

    def repeat(self, code: bytes, insns: int) -> None:
        """Instructions that were encoded before, without labels."""
        self.insns += insns
        self.code += code

    def jmp(self, label: int) -> None:
        self.insns += 1
        code = self.code
        code += b"\xe9\0\0\0\0"
        self._fixups.append((len(code) - relocations.FIELD_BYTES, relocations.PC32, label))

    def jcc(self, condition: int, label: int) -> None:
        self.insns += 1
        code = self.code
        code += _JCC[condition]
        self._fixups.append((len(code) - relocations.FIELD_BYTES, relocations.PC32, label))

    def table(
        self, label: int, count: int, default: int, entries: list[tuple[int, int]], origin: int | None = None
    ) -> None:
        """Data where `label` stands: `count` distances of 32 bits to labels, `(index, label)` or the default.

        They are distances from the label `origin`, which stands already, if there is one; else from `label`.
        """
        self.bind(label)
        start = self._labels[label if origin is None else origin]
        self._tables.append((len(self.code), start, count, default, entries))
        self.code += bytes(4 * count)

    def lea_label(self, d: int, label: int) -> None:
        """The address of a label, relative to rip."""
        self.insns += 1
        self.code += bytes((0x48 | d >> 3 << 2, 0x8D, 0x05 | (d & 7) << 3, 0, 0, 0, 0))
        self._led_to(label)

    def jmp_reg(self, register: int) -> None:
        self.insns += 1
        self.code += bytes((0x41, 0xFF, 0xE0 | register & 7) if register > 7 else (0xFF, 0xE0 | register))

    def ret(self) -> None:
        self.insns += 1
        self.code.append(0xC3)

    # -- general forms --------------------------------------------------------------------------------------------

    def rr(self, opcode: int, reg: int, rm: int, w: int = 1, byte: bool = False) -> None:
        """One-byte opcode (or 0x0F00 + opcode) with two registers; `byte`: the r/m operand is an 8-bit register."""
        self.insns += 1
        self.code += _with_register(opcode, reg, rm, w, byte)

    def rm(
        self,
        opcode: int,
        reg: int,
        base: int,
        disp: int,
        w: int = 1,
        index: int = -1,
        scale: int = 0,
        prefix: int = PP_NONE,
        byte: bool = False,
    ) -> None:
        """One opcode with a register and memory. `byte`: the register is an 8-bit one."""
        self.insns += 1
        self.code += _with_memory(opcode, reg, base, disp, w, index, scale, prefix, byte)

    # -- integers -------------------------------------------------------------------------------------------------

    def mov(self, d: int, s: int, w: int = 1) -> None:
        self.rr(0x89, s, d, w)

    def alu(self, n: int, d: int, s: int, w: int = 1) -> None:
        self.rr(8 * n + 1, s, d, w)

    def alu_imm(self, n: int, d: int, imm: int, w: int = 1) -> None:
        """`imm` is signed 32 bits."""
        self.insns += 1
        self.code += _with_immediate(n, d, imm, w)

    def test(self, a: int, b: int, w: int = 1) -> None:
        self.rr(0x85, b, a, w)

    def shift_imm(self, n: int, d: int, amount: int, w: int = 1) -> None:
        self.rr(0xC1, n, d, w)
        self.code.append(amount)

    def shift_cl(self, n: int, d: int, w: int = 1) -> None:
        self.rr(0xD3, n, d, w)

    def unary(self, n: int, d: int, w: int = 1) -> None:
        """Group 3: 2 not, 3 neg, 4 mul, 5 imul, 6 div, 7 idiv."""
        self.rr(0xF7, n, d, w)

    def imul(self, d: int, s: int, w: int = 1) -> None:
        self.rr(0x1AF, d, s, w)

    def imm(self, d: int, value: int) -> None:
        """The shortest way to have 64 bits in a register; flags stay."""
        self.insns += 1
        value &= 0xFFFF_FFFF_FFFF_FFFF
        if value < 1 << 32:
            self.code += _MOV_32[d] + value.to_bytes(4, "little")
        else:
            self.code += _constant(d, value)

    def lea(self, d: int, base: int, disp: int, index: int = -1, scale: int = 0, w: int = 1) -> None:
        self.rm(0x8D, d, base, disp, w, index, scale)

    def lea_scaled(self, d: int, index: int, scale: int, disp: int) -> None:
        """lea d, [index << scale + disp], without a base."""
        self.insns += 1
        rex = 0x48 | d >> 3 << 2 | index >> 3 << 1
        self.code += bytes((rex, 0x8D, (d & 7) << 3 | 4, scale << 6 | (index & 7) << 3 | 5))
        self.code += (disp & 0xFFFF_FFFF).to_bytes(4, "little")

    def store_imm(self, size: int, base: int, disp: int, index: int, value: int) -> None:
        """Store the low `size` bytes of a constant; one of 8 bytes must be signed 32 bits."""
        if size == 2:
            self.code.append(0x66)
        self.rm(0xC6 if size == 1 else 0xC7, 0, base, disp, int(size == 8), index)
        wide = min(size, 4)
        self.code += (value & (1 << 8 * wide) - 1).to_bytes(wide, "little")

    def alu_memory_imm(self, n: int, base: int, disp: int, imm: int, w: int = 1) -> None:
        """Group 1 on memory; `imm` is signed 32 bits."""
        short = -128 <= imm <= 127
        self.rm(0x83 if short else 0x81, n, base, disp, w)
        self.code += (imm & 0xFF).to_bytes(1, "little") if short else (imm & 0xFFFF_FFFF).to_bytes(4, "little")

    def test_imm(self, s: int, imm: int, w: int = 1) -> None:
        """`imm` is signed 32 bits."""
        self.rr(0xF7, 0, s, w)
        self.code += (imm & 0xFFFF_FFFF).to_bytes(4, "little")

    def load(self, d: int, base: int, disp: int, w: int = 1) -> None:
        self.rm(0x8B, d, base, disp, w)

    def store(self, s: int, base: int, disp: int, w: int = 1) -> None:
        self.rm(0x89, s, base, disp, w)

    def setcc(self, condition: int, d: int) -> None:
        self.rr(0x190 | condition, 0, d, 0, byte=True)

    def cmov(self, condition: int, d: int, s: int, w: int = 1) -> None:
        self.rr(0x140 | condition, d, s, w)

    def test_byte(self, base: int, index: int, imm: int) -> None:
        """test byte [base + index], imm"""
        self.rm(0xF6, 0, base, 0, 0, index)
        self.code.append(imm)

    def test_byte_at(self, base: int, disp: int, imm: int) -> None:
        """test byte [base + disp], imm"""
        self.rm(0xF6, 0, base, disp, 0)
        self.code.append(imm)

    def cmp_label(self, register: int, label: int) -> None:
        """cmp register, qword [label], relative to rip"""
        self.insns += 1
        self.code += bytes((0x48 | register >> 3 << 2, 0x3B, 0x05 | (register & 7) << 3, 0, 0, 0, 0))
        self._led_to(label)

    def cmp_memory(self, base: int, disp: int, imm: int) -> None:
        """cmp qword [base + disp], imm; `imm` is signed 32 bits."""
        self.rm(0x81, 7, base, disp)
        self.code += (imm & 0xFFFF_FFFF).to_bytes(4, "little")

    def rorx(self, d: int, s: int, amount: int, w: int = 1) -> None:
        """BMI2: rotate right without flags."""
        self.insns += 1
        self.code += bytes((0xC4, 0x43 | (~d >> 3 & 1) << 7 | 0x40 | (~s >> 3 & 1) << 5, 0x7B | w << 7, 0xF0))
        self.code += bytes((0xC0 | (d & 7) << 3 | s & 7, amount))

    def shiftx(self, pp: int, d: int, s: int, amount: int, w: int = 1) -> None:
        """BMI2: shlx (66), shrx (F2), sarx (F3): `d = s shifted by amount`."""
        self.insns += 1
        second = 0x42 | (~d >> 3 & 1) << 7 | (~s >> 3 & 1) << 5
        self.code += bytes((0xC4, second, w << 7 | (~amount & 15) << 3 | pp, 0xF7, 0xC0 | (d & 7) << 3 | s & 7))

    # -- floating point (VEX, AVX and FMA3) --------------------------------------------------------------------------

    def vex(self, pp: int, opcode: int, d: int, a: int, b: int, w: int = 0, table: int = 1) -> None:
        """`opcode d, a, b` on xmm registers (or general ones where the opcode says so); a = 0 where there is none."""
        self.insns += 1
        second = table | (~d >> 3 & 1) << 7 | 0x40 | (~b >> 3 & 1) << 5
        self.code += bytes((0xC4, second, w << 7 | (~a & 15) << 3 | pp, opcode, 0xC0 | (d & 7) << 3 | b & 7))

    def float_load(self, d: int, base: int, disp: int, double: bool = True, index: int = -1) -> None:
        self.rm(0x110, d, base, disp, 0, index, 0, PP_F2 if double else PP_F3)

    def float_store(self, s: int, base: int, disp: int, double: bool = True, index: int = -1) -> None:
        self.rm(0x111, s, base, disp, 0, index, 0, PP_F2 if double else PP_F3)

    def mxcsr(self, n: int, base: int, disp: int) -> None:
        """Group 15: 2 ldmxcsr, 3 stmxcsr."""
        self.rm(0x1AE, n, base, disp, 0)


# -- forms -------------------------------------------------------------------------------------------------------------

# Few forms make most of all code, so their bytes are remembered: looking them up takes a quarter of encoding them.


@lru_cache(_REMEMBERED)
def _with_register(opcode: int, reg: int, rm: int, w: int, byte: bool) -> bytes:
    rex = 0x40 | w << 3 | reg >> 3 << 2 | rm >> 3
    start = (rex,) if rex != 0x40 or (byte and (rm > 3 or reg > 3)) else ()
    return bytes((*start, *_opcode(opcode), 0xC0 | (reg & 7) << 3 | rm & 7))


@lru_cache(_REMEMBERED)
def _with_memory(
    opcode: int, reg: int, base: int, disp: int, w: int, index: int, scale: int, prefix: int, byte: bool
) -> bytes:
    rex = 0x40 | w << 3 | reg >> 3 << 2 | base >> 3
    if index >= 0:
        rex |= index >> 3 << 1
    start = (rex,) if rex != 0x40 or (byte and reg > 3) else ()
    return bytes((*_PREFIX[prefix], *start, *_opcode(opcode), *_address(reg, base, disp, index, scale)))


def _opcode(opcode: int) -> tuple[int, ...]:
    return (0x0F, opcode & 0xFF) if opcode > 0xFF else (opcode,)


def _address(reg: int, base: int, disp: int, index: int, scale: int) -> bytes:
    """ModR/M, SIB and displacement."""
    low = base & 7
    if disp == 0 and low != 5:
        mod, size = 0, 0
    elif -128 <= disp <= 127:
        mod, size = 0x40, 1
    else:
        mod, size = 0x80, 4
    if index >= 0:
        start = bytes((mod | (reg & 7) << 3 | 4, scale << 6 | (index & 7) << 3 | low))
    elif low == 4:
        start = bytes((mod | (reg & 7) << 3 | low, 0x24))
    else:
        start = bytes((mod | (reg & 7) << 3 | low,))
    return start + (disp & (1 << 8 * size) - 1).to_bytes(size, "little")


@lru_cache(_REMEMBERED)
def _with_immediate(n: int, d: int, imm: int, w: int) -> bytes:
    rex = 0x40 | w << 3 | d >> 3
    start = (rex,) if rex != 0x40 else ()
    opcode, size = (0x83, 1) if -128 <= imm <= 127 else (0x81, 4)
    return bytes((*start, opcode, 0xC0 | n << 3 | d & 7)) + (imm & (1 << 8 * size) - 1).to_bytes(size, "little")


@lru_cache(_REMEMBERED)
def _constant(d: int, value: int) -> bytes:
    """The shortest way to have `value`, 64 bits without sign and more than 32, in a register."""
    if value >= 0xFFFF_FFFF_8000_0000:
        return bytes((0x48 | d >> 3, 0xC7, 0xC0 | d & 7)) + (value & 0xFFFF_FFFF).to_bytes(4, "little")
    return bytes((0x48 | d >> 3, 0xB8 | d & 7)) + value.to_bytes(8, "little")
