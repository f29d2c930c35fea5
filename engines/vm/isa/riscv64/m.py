"""M, integer multiplication and division (Unprivileged ISA chapter 13)."""

from __future__ import annotations

from typing import Any, Final

from engines.vm.isa.describe import Extension
from engines.vm.isa.machine import Machine, Reg
from engines.vm.isa.riscv64.fields import FIELDS, MANUAL

M: Final = Extension("M", MANUAL, FIELDS)


@M.clause(
    "13.1",
    """
    mul    | 0000001 rs2 rs1 000 rd 0110011 | rd, rs1, rs2 | Lower 64 bits of the product.
    """,
)
def mul(m: Machine, op: str, rd: Reg, rs1: Reg, rs2: Reg) -> None:
    """The lower half is the same for signed and unsigned."""
    m.x[rd] = m.x[rs1] * m.x[rs2]


SIGNED: Final = {"mulh": (True, True), "mulhsu": (True, False), "mulhu": (False, False)}
"""Whether rs1 and rs2 are signed."""


@M.clause(
    "13.1",
    """
    mulh   | 0000001 rs2 rs1 001 rd 0110011 | rd, rs1, rs2 | Upper 64 bits of the product, signed × signed.
    mulhsu | 0000001 rs2 rs1 010 rd 0110011 | rd, rs1, rs2 | Upper 64 bits of the product, signed rs1 × unsigned rs2.
    mulhu  | 0000001 rs2 rs1 011 rd 0110011 | rd, rs1, rs2 | Upper 64 bits of the product, unsigned × unsigned.
    """,
)
def multiply_high(m: Machine, op: str, rd: Reg, rs1: Reg, rs2: Reg) -> None:
    """The whole product has 128 bits."""
    signed1, signed2 = SIGNED[op]
    a = m.x[rs1].sext(128) if signed1 else m.x[rs1].zext(128)
    b = m.x[rs2].sext(128) if signed2 else m.x[rs2].zext(128)
    m.x[rd] = (a * b).extract(64, 64)


@M.clause(
    "13.1",
    """
    mulw   | 0000001 rs2 rs1 000 rd 0111011 | rd, rs1, rs2 | Lower 32 bits of the product, sign-extended.
    """,
)
def mulw(m: Machine, op: str, rd: Reg, rs1: Reg, rs2: Reg) -> None:
    """The upper halves of the sources are ignored."""
    m.x[rd] = (m.x[rs1].trunc(32) * m.x[rs2].trunc(32)).sext(64)


def divide(m: Machine, op: str, a: Any, b: Any) -> Any:
    """Quotient or remainder as §13.2's table has them: nothing traps.

    By zero, the quotient has all bits set and the remainder is the dividend. On signed overflow (most negative ÷ -1)
    the quotient is the dividend and the remainder 0, which dividing by 1 gives too.
    """
    one = m.const(1, b.width)
    ones = m.const(-1, a.width)
    by_zero = b.eq(0)
    if op in ("divu", "remu"):
        divisor = by_zero.select(one, b)
        return by_zero.select(ones, a.udiv(divisor)) if op == "divu" else by_zero.select(a, a.urem(divisor))
    overflow = a.eq(1 << a.width - 1) & b.eq(-1)
    divisor = (by_zero | overflow).select(one, b)
    return by_zero.select(ones, a.sdiv(divisor)) if op == "div" else by_zero.select(a, a.srem(divisor))


@M.clause(
    "13.2",
    """
    div    | 0000001 rs2 rs1 100 rd 0110011 | rd, rs1, rs2 | Signed quotient, rounded towards zero.
    divu   | 0000001 rs2 rs1 101 rd 0110011 | rd, rs1, rs2 | Unsigned quotient.
    rem    | 0000001 rs2 rs1 110 rd 0110011 | rd, rs1, rs2 | Signed remainder, with the sign of the dividend.
    remu   | 0000001 rs2 rs1 111 rd 0110011 | rd, rs1, rs2 | Unsigned remainder.
    """,
)
def division(m: Machine, op: str, rd: Reg, rs1: Reg, rs2: Reg) -> None:
    """See `divide` for division by zero and overflow."""
    m.x[rd] = divide(m, op, m.x[rs1], m.x[rs2])


@M.clause(
    "13.2",
    """
    divw   | 0000001 rs2 rs1 100 rd 0111011 | rd, rs1, rs2 | Signed quotient of the lower halves, sign-extended.
    divuw  | 0000001 rs2 rs1 101 rd 0111011 | rd, rs1, rs2 | Unsigned quotient of the lower halves, sign-extended.
    remw   | 0000001 rs2 rs1 110 rd 0111011 | rd, rs1, rs2 | Signed remainder of the lower halves, sign-extended.
    remuw  | 0000001 rs2 rs1 111 rd 0111011 | rd, rs1, rs2 | Unsigned remainder of the lower halves, sign-extended.
    """,
)
def division_word(m: Machine, op: str, rd: Reg, rs1: Reg, rs2: Reg) -> None:
    """divuw and remuw sign-extend their 32-bit result as well, division by zero included."""
    m.x[rd] = divide(m, op[:-1], m.x[rs1].trunc(32), m.x[rs2].trunc(32)).sext(64)
