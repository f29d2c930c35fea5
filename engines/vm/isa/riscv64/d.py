"""D, double-precision floating point (Unprivileged ISA chapter 21): the clauses of `f.py` at 64 bits."""

from __future__ import annotations

from typing import Final

from engines.vm.isa.describe import Extension
from engines.vm.isa.machine import Machine, Reg, RoundingField
from engines.vm.isa.riscv64 import f as single
from engines.vm.isa.riscv64.fields import FIELDS, MANUAL

D: Final = Extension("D", MANUAL, FIELDS)

D.clause(
    "21.3",
    """
    fld       | imm[11:0] rs1 011 rd 0000111 | rd, imm(rs1) | Loads a double-precision value.
    """,
    f="rd",
)(single.load)

D.clause(
    "21.3",
    """
    fsd       | imm[11:5] rs2 rs1 011 imm[4:0] 0100111 | rs2, imm(rs1) | Stores a double-precision value.
    """,
    f="rs2",
)(single.store)

D.clause(
    "21.4",
    """
    fadd.d    | 0000001 rs2 rs1 rm rd 1010011 | rd, rs1, rs2, rm=dyn | Adds.
    fsub.d    | 0000101 rs2 rs1 rm rd 1010011 | rd, rs1, rs2, rm=dyn | Subtracts rs2 from rs1.
    fmul.d    | 0001001 rs2 rs1 rm rd 1010011 | rd, rs1, rs2, rm=dyn | Multiplies.
    fdiv.d    | 0001101 rs2 rs1 rm rd 1010011 | rd, rs1, rs2, rm=dyn | Divides rs1 by rs2.
    """,
    f="rd rs1 rs2",
)(single.arithmetic)

D.clause(
    "21.4",
    """
    fsqrt.d   | 0101101 00000 rs1 rm rd 1010011 | rd, rs1, rm=dyn | Square root.
    """,
    f="rd rs1",
)(single.square_root)

D.clause(
    "21.4",
    """
    fmadd.d   | rs3 01 rs2 rs1 rm rd 1000011 | rd, rs1, rs2, rs3, rm=dyn | rs1 × rs2 + rs3, rounded once.
    fmsub.d   | rs3 01 rs2 rs1 rm rd 1000111 | rd, rs1, rs2, rs3, rm=dyn | rs1 × rs2 - rs3, rounded once.
    fnmsub.d  | rs3 01 rs2 rs1 rm rd 1001011 | rd, rs1, rs2, rs3, rm=dyn | -(rs1 × rs2) + rs3, rounded once.
    fnmadd.d  | rs3 01 rs2 rs1 rm rd 1001111 | rd, rs1, rs2, rs3, rm=dyn | -(rs1 × rs2) - rs3, rounded once.
    """,
    f="rd rs1 rs2 rs3",
)(single.fused_multiply_add)

D.clause(
    "21.5",
    """
    fsgnj.d   | 0010001 rs2 rs1 000 rd 1010011 | rd, rs1, rs2 | rs1 with the sign of rs2.
    fsgnjn.d  | 0010001 rs2 rs1 001 rd 1010011 | rd, rs1, rs2 | rs1 with the opposite of the sign of rs2.
    fsgnjx.d  | 0010001 rs2 rs1 010 rd 1010011 | rd, rs1, rs2 | rs1 with its sign xored with that of rs2.
    """,
    f="rd rs1 rs2",
)(single.sign_injection)

D.clause(
    "21.4",
    """
    fmin.d    | 0010101 rs2 rs1 000 rd 1010011 | rd, rs1, rs2 | The smaller operand; -0 is less than +0.
    fmax.d    | 0010101 rs2 rs1 001 rd 1010011 | rd, rs1, rs2 | The larger operand.
    """,
    f="rd rs1 rs2",
)(single.minimum_maximum)

D.clause(
    "21.5",
    """
    fcvt.w.d  | 1100001 00000 rs1 rm rd 1010011 | rd, rs1, rm=dyn | Converts to a signed 32-bit integer.
    fcvt.wu.d | 1100001 00001 rs1 rm rd 1010011 | rd, rs1, rm=dyn | Converts to an unsigned 32-bit integer.
    fcvt.l.d  | 1100001 00010 rs1 rm rd 1010011 | rd, rs1, rm=dyn | Converts to a signed 64-bit integer.
    fcvt.lu.d | 1100001 00011 rs1 rm rd 1010011 | rd, rs1, rm=dyn | Converts to an unsigned 64-bit integer.
    """,
    f="rs1",
)(single.convert_to_integer)

D.clause(
    "21.5",
    """
    fcvt.d.w  | 1101001 00000 rs1 rm rd 1010011 | rd, rs1, rm=rne | Converts from a signed 32-bit integer, exactly.
    fcvt.d.wu | 1101001 00001 rs1 rm rd 1010011 | rd, rs1, rm=rne | Converts from an unsigned 32-bit integer, exactly.
    fcvt.d.l  | 1101001 00010 rs1 rm rd 1010011 | rd, rs1, rm=dyn | Converts from a signed 64-bit integer.
    fcvt.d.lu | 1101001 00011 rs1 rm rd 1010011 | rd, rs1, rm=dyn | Converts from an unsigned 64-bit integer.
    """,
    f="rd",
)(single.convert_from_integer)


@D.clause(
    "21.5",
    """
    fcvt.s.d  | 0100000 00001 rs1 rm rd 1010011 | rd, rs1, rm=dyn | Converts double to single.
    fcvt.d.s  | 0100001 00000 rs1 rm rd 1010011 | rd, rs1, rm=rne | Converts single to double, exactly.
    """,
    f="rd rs1",
)
def convert_format(m: Machine, op: str, rd: Reg, rs1: Reg, rm: RoundingField) -> None:
    """fcvt.d.s never rounds, yet a reserved rm traps (§20.2). NaNs become canonical: payloads do not survive."""
    _, target, source = op.split(".")
    mode = m.rounding_mode(rm)
    source_fmt, target_fmt = single.FORMAT[source], single.FORMAT[target]
    converted = m.fp.convert(source_fmt, target_fmt, single.read(m, source_fmt, rs1), mode)
    single.write(m, target_fmt, rd, converted)


D.clause(
    "21.5",
    """
    fmv.x.d   | 1110001 00000 rs1 000 rd 1010011 | rd, rs1 | Moves the bits to an integer register.
    """,
    f="rs1",
)(single.move_to_integer)

D.clause(
    "21.5",
    """
    fmv.d.x   | 1111001 00000 rs1 000 rd 1010011 | rd, rs1 | Moves the bits from an integer register.
    """,
    f="rd",
)(single.move_from_integer)

D.clause(
    "21.6",
    """
    feq.d     | 1010001 rs2 rs1 010 rd 1010011 | rd, rs1, rs2 | 1 if equal, else 0; quiet.
    flt.d     | 1010001 rs2 rs1 001 rd 1010011 | rd, rs1, rs2 | 1 if less, else 0; any NaN raises invalid.
    fle.d     | 1010001 rs2 rs1 000 rd 1010011 | rd, rs1, rs2 | 1 if less or equal, else 0; any NaN raises invalid.
    """,
    f="rs1 rs2",
)(single.compare)

D.clause(
    "21.7",
    """
    fclass.d  | 1110001 00000 rs1 001 rd 1010011 | rd, rs1 | One of ten bits that says what class the operand has.
    """,
    f="rs1",
)(single.classify)
