"""F, single-precision floating point (Unprivileged ISA chapter 20). `d.py` serves its rows with the same clauses.

f registers have 64 bits (FLEN = 64, since D is present), so single-precision values in them are NaN-boxed (§21.2).
"""

from __future__ import annotations

from typing import Any, Final

from engines.vm.isa.algebra import Value
from engines.vm.isa.describe import Extension
from engines.vm.isa.machine import Machine, Reg, RoundingField
from engines.vm.isa.riscv64.fields import FIELDS, MANUAL

F: Final = Extension("F", MANUAL, FIELDS)

CANONICAL_NAN: Final = 0x7FC0_0000
BOX: Final = 0xFFFF_FFFF_0000_0000
FORMAT: Final = {"s": 32, "d": 64}
"""Width of the format that a mnemonic's suffix names."""


def format_of(op: str) -> int:
    """The format of `fadd.s`, `fmul.d` …: its last letter."""
    return FORMAT[op.rpartition(".")[2]]


def read(m: Machine, fmt: int, register: Reg) -> Any:
    """An operand's value. A single that is not boxed "is treated as an n-bit canonical NaN" (§21.2)."""
    raw = m.f[register]
    if fmt == 64:
        return raw
    boxed = raw.extract(32, 32).eq(0xFFFF_FFFF)
    return boxed.select(raw.trunc(32), m.const(CANONICAL_NAN, 32))


def write(m: Machine, fmt: int, register: Reg, value: Any) -> None:
    """A single is boxed: the upper 32 bits become ones (§21.2)."""
    m.f[register] = value if fmt == 64 else value.zext(64) | BOX


@F.clause(
    "20.5",
    """
    flw       | imm[11:0] rs1 010 rd 0000111 | rd, imm(rs1) | Loads a single-precision value.
    """,
    f="rd",
)
def load(m: Machine, op: str, rd: Reg, rs1: Reg, imm: Value) -> None:
    """Moves bits unchanged: NaN payloads survive."""
    fmt = 32 if op == "flw" else 64
    write(m, fmt, rd, m.load(m.x[rs1] + imm, fmt // 8))


@F.clause(
    "20.5",
    """
    fsw       | imm[11:5] rs2 rs1 010 imm[4:0] 0100111 | rs2, imm(rs1) | Stores a single-precision value.
    """,
    f="rs2",
)
def store(m: Machine, op: str, rs1: Reg, rs2: Reg, imm: Value) -> None:
    """Stores the low bits as they are, boxed or not (§21.2: transfers do not check)."""
    fmt = 32 if op == "fsw" else 64
    m.store(m.x[rs1] + imm, m.f[rs2].trunc(fmt))


@F.clause(
    "20.6",
    """
    fadd.s    | 0000000 rs2 rs1 rm rd 1010011 | rd, rs1, rs2, rm=dyn | Adds.
    fsub.s    | 0000100 rs2 rs1 rm rd 1010011 | rd, rs1, rs2, rm=dyn | Subtracts rs2 from rs1.
    fmul.s    | 0001000 rs2 rs1 rm rd 1010011 | rd, rs1, rs2, rm=dyn | Multiplies.
    fdiv.s    | 0001100 rs2 rs1 rm rd 1010011 | rd, rs1, rs2, rm=dyn | Divides rs1 by rs2.
    """,
    f="rd rs1 rs2",
)
def arithmetic(m: Machine, op: str, rd: Reg, rs1: Reg, rs2: Reg, rm: RoundingField) -> None:
    """A reserved rounding mode traps before anything else."""
    fmt = format_of(op)
    mode = m.rounding_mode(rm)
    operation = {"fadd": m.fp.add, "fsub": m.fp.sub, "fmul": m.fp.mul, "fdiv": m.fp.div}[op[:4]]
    write(m, fmt, rd, operation(fmt, read(m, fmt, rs1), read(m, fmt, rs2), mode))


@F.clause(
    "20.6",
    """
    fsqrt.s   | 0101100 00000 rs1 rm rd 1010011 | rd, rs1, rm=dyn | Square root.
    """,
    f="rd rs1",
)
def square_root(m: Machine, op: str, rd: Reg, rs1: Reg, rm: RoundingField) -> None:
    """The rs2 field must be 0."""
    fmt = format_of(op)
    mode = m.rounding_mode(rm)
    write(m, fmt, rd, m.fp.sqrt(fmt, read(m, fmt, rs1), mode))


NEGATED: Final = {
    "fmadd": (False, False),
    "fmsub": (False, True),
    "fnmsub": (True, False),
    "fnmadd": (True, True),
}
"""Whether the product and the addend are negated. The names surprise: fnmsub is -(rs1×rs2)+rs3 (§20.6)."""


@F.clause(
    "20.6",
    """
    fmadd.s   | rs3 00 rs2 rs1 rm rd 1000011 | rd, rs1, rs2, rs3, rm=dyn | rs1 × rs2 + rs3, rounded once.
    fmsub.s   | rs3 00 rs2 rs1 rm rd 1000111 | rd, rs1, rs2, rs3, rm=dyn | rs1 × rs2 - rs3, rounded once.
    fnmsub.s  | rs3 00 rs2 rs1 rm rd 1001011 | rd, rs1, rs2, rs3, rm=dyn | -(rs1 × rs2) + rs3, rounded once.
    fnmadd.s  | rs3 00 rs2 rs1 rm rd 1001111 | rd, rs1, rs2, rs3, rm=dyn | -(rs1 × rs2) - rs3, rounded once.
    """,
    f="rd rs1 rs2 rs3",
)
def fused_multiply_add(m: Machine, op: str, rd: Reg, rs1: Reg, rs2: Reg, rs3: Reg, rm: RoundingField) -> None:
    """∞ × 0 raises the invalid exception even if rs3 is a quiet NaN (§20.6)."""
    fmt = format_of(op)
    mode = m.rounding_mode(rm)
    product, addend = NEGATED[op.partition(".")[0]]
    a, b, c = read(m, fmt, rs1), read(m, fmt, rs2), read(m, fmt, rs3)
    write(m, fmt, rd, m.fp.fma(fmt, a, b, c, mode, negate_product=product, negate_addend=addend))


@F.clause(
    "20.7",
    """
    fsgnj.s   | 0010000 rs2 rs1 000 rd 1010011 | rd, rs1, rs2 | rs1 with the sign of rs2.
    fsgnjn.s  | 0010000 rs2 rs1 001 rd 1010011 | rd, rs1, rs2 | rs1 with the opposite of the sign of rs2.
    fsgnjx.s  | 0010000 rs2 rs1 010 rd 1010011 | rd, rs1, rs2 | rs1 with its sign xored with that of rs2.
    """,
    f="rd rs1 rs2",
)
def sign_injection(m: Machine, op: str, rd: Reg, rs1: Reg, rs2: Reg) -> None:
    """Raises no flags and keeps NaN payloads, but operands that are not boxed become canonical NaNs first."""
    fmt = format_of(op)
    sign = 1 << fmt - 1
    a, b = read(m, fmt, rs1), read(m, fmt, rs2)
    injected = {"fsgnj": b, "fsgnjn": ~b, "fsgnjx": a ^ b}[op.partition(".")[0]]
    write(m, fmt, rd, (a & sign - 1) | (injected & sign))


@F.clause(
    "20.6",
    """
    fmin.s    | 0010100 rs2 rs1 000 rd 1010011 | rd, rs1, rs2 | The smaller operand; -0 is less than +0.
    fmax.s    | 0010100 rs2 rs1 001 rd 1010011 | rd, rs1, rs2 | The larger operand.
    """,
    f="rd rs1 rs2",
)
def minimum_maximum(m: Machine, op: str, rd: Reg, rs1: Reg, rs2: Reg) -> None:
    """One NaN operand loses, two give the canonical NaN, a signalling one raises invalid (754-2019 minimumNumber)."""
    fmt = format_of(op)
    operation = m.fp.minimum if op.startswith("fmin") else m.fp.maximum
    write(m, fmt, rd, operation(fmt, read(m, fmt, rs1), read(m, fmt, rs2)))


TO_INTEGER: Final = {"w": (32, True), "wu": (32, False), "l": (64, True), "lu": (64, False)}
"""Width and signedness of the integer formats in fcvt."""


@F.clause(
    "20.7",
    """
    fcvt.w.s  | 1100000 00000 rs1 rm rd 1010011 | rd, rs1, rm=dyn | Converts to a signed 32-bit integer.
    fcvt.wu.s | 1100000 00001 rs1 rm rd 1010011 | rd, rs1, rm=dyn | Converts to an unsigned 32-bit integer.
    fcvt.l.s  | 1100000 00010 rs1 rm rd 1010011 | rd, rs1, rm=dyn | Converts to a signed 64-bit integer.
    fcvt.lu.s | 1100000 00011 rs1 rm rd 1010011 | rd, rs1, rm=dyn | Converts to an unsigned 64-bit integer.
    """,
    f="rs1",
)
def convert_to_integer(m: Machine, op: str, rd: Reg, rs1: Reg, rm: RoundingField) -> None:
    """Saturates with the invalid flag. 32-bit results are sign-extended, unsigned ones too (§20.7)."""
    fmt = format_of(op)
    mode = m.rounding_mode(rm)
    width, signed = TO_INTEGER[op.split(".")[1]]
    m.x[rd] = m.fp.to_int(fmt, read(m, fmt, rs1), width, signed, mode).sext(64)


@F.clause(
    "20.7",
    """
    fcvt.s.w  | 1101000 00000 rs1 rm rd 1010011 | rd, rs1, rm=dyn | Converts from a signed 32-bit integer.
    fcvt.s.wu | 1101000 00001 rs1 rm rd 1010011 | rd, rs1, rm=dyn | Converts from an unsigned 32-bit integer.
    fcvt.s.l  | 1101000 00010 rs1 rm rd 1010011 | rd, rs1, rm=dyn | Converts from a signed 64-bit integer.
    fcvt.s.lu | 1101000 00011 rs1 rm rd 1010011 | rd, rs1, rm=dyn | Converts from an unsigned 64-bit integer.
    """,
    f="rd",
)
def convert_from_integer(m: Machine, op: str, rd: Reg, rs1: Reg, rm: RoundingField) -> None:
    """An rm field counts even where the conversion is exact (fcvt.d.w): reserved ones trap (§20.2)."""
    _, target, source = op.split(".")
    mode = m.rounding_mode(rm)
    width, signed = TO_INTEGER[source]
    fmt = FORMAT[target]
    write(m, fmt, rd, m.fp.from_int(fmt, m.x[rs1].trunc(width), signed, mode))


@F.clause(
    "20.7",
    """
    fmv.x.w   | 1110000 00000 rs1 000 rd 1010011 | rd, rs1 | Moves the low 32 bits to an x register, sign-extended.
    """,
    f="rs1",
)
def move_to_integer(m: Machine, op: str, rd: Reg, rs1: Reg) -> None:
    """Bits as they are, boxed or not (§21.2)."""
    m.x[rd] = m.f[rs1].trunc(32 if op == "fmv.x.w" else 64).sext(64)


@F.clause(
    "20.7",
    """
    fmv.w.x   | 1111000 00000 rs1 000 rd 1010011 | rd, rs1 | Moves the low 32 bits from an x register.
    """,
    f="rd",
)
def move_from_integer(m: Machine, op: str, rd: Reg, rs1: Reg) -> None:
    """The result of fmv.w.x is boxed."""
    fmt = 32 if op == "fmv.w.x" else 64
    write(m, fmt, rd, m.x[rs1].trunc(fmt))


@F.clause(
    "20.8",
    """
    feq.s     | 1010000 rs2 rs1 010 rd 1010011 | rd, rs1, rs2 | 1 if equal, else 0; quiet.
    flt.s     | 1010000 rs2 rs1 001 rd 1010011 | rd, rs1, rs2 | 1 if less, else 0; any NaN raises invalid.
    fle.s     | 1010000 rs2 rs1 000 rd 1010011 | rd, rs1, rs2 | 1 if less or equal, else 0; any NaN raises invalid.
    """,
    f="rs1 rs2",
)
def compare(m: Machine, op: str, rd: Reg, rs1: Reg, rs2: Reg) -> None:
    """A NaN operand gives 0. feq raises invalid for signalling NaNs only."""
    fmt = format_of(op)
    operation = {"feq": m.fp.eq, "flt": m.fp.lt, "fle": m.fp.le}[op[:3]]
    m.x[rd] = operation(fmt, read(m, fmt, rs1), read(m, fmt, rs2)).zext(64)


@F.clause(
    "20.9",
    """
    fclass.s  | 1110000 00000 rs1 001 rd 1010011 | rd, rs1 | One of ten bits that says what class the operand has.
    """,
    f="rs1",
)
def classify(m: Machine, op: str, rd: Reg, rs1: Reg) -> None:
    """Raises no flags."""
    fmt = format_of(op)
    m.x[rd] = m.fp.classify(fmt, read(m, fmt, rs1))
