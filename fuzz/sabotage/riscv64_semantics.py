"""Injected bugs in what instructions do. The functions replace the semantics of the instructions named."""

from __future__ import annotations

from typing import Any, Final

from engines.vm.isa.riscv64.f import CANONICAL_NAN, format_of, read, write
from fuzz.sabotage.bug import Area, Catalogue

BUGS: Final = Catalogue()


@BUGS.semantics("addw-zero-extended", Area.INTEGER, "sign of W results", "addw")
def _(m: Any, op: str, rd: Any, rs1: Any, rs2: Any) -> None:
    m.x[rd] = (m.x[rs1].trunc(32) + m.x[rs2].trunc(32)).zext(64)


@BUGS.semantics("sraw-shifts-in-zeros", Area.INTEGER, "arithmetic and logical shift confused", "sraw")
def _(m: Any, op: str, rd: Any, rs1: Any, rs2: Any) -> None:
    m.x[rd] = m.x[rs1].trunc(32).lshr(m.x[rs2].trunc(32) & 31).sext(64)


@BUGS.semantics("srl-shift-amount-five-bits", Area.INTEGER, "shift by too few bits of the amount", "srl")
def _(m: Any, op: str, rd: Any, rs1: Any, rs2: Any) -> None:
    m.x[rd] = m.x[rs1].lshr(m.x[rs2] & 31)


@BUGS.semantics("mulhsu-signed", Area.INTEGER, "signedness of one operand", "mulhsu")
def _(m: Any, op: str, rd: Any, rs1: Any, rs2: Any) -> None:
    m.x[rd] = (m.x[rs1].sext(128) * m.x[rs2].sext(128)).extract(64, 64)


@BUGS.semantics("div-overflow-zero", Area.INTEGER, "INT_MIN / -1", "div")
def _(m: Any, op: str, rd: Any, rs1: Any, rs2: Any) -> None:
    a, b = m.x[rs1], m.x[rs2]
    overflow = a.eq(1 << 63) & b.eq(-1)
    divisor = (overflow | b.eq(0)).select(m.const(1), b)
    quotient = b.eq(0).select(m.const(-1), a.sdiv(divisor))
    m.x[rd] = overflow.select(m.const(0), quotient)


@BUGS.semantics("remw-by-zero-zero", Area.INTEGER, "remainder by zero", "remw")
def _(m: Any, op: str, rd: Any, rs1: Any, rs2: Any) -> None:
    a, b = m.x[rs1].trunc(32), m.x[rs2].trunc(32)
    special = b.eq(0) | (a.eq(1 << 31) & b.eq(-1))
    m.x[rd] = special.select(m.const(0, 32), a.srem(special.select(m.const(1, 32), b))).sext(64)


@BUGS.semantics("sltiu-constant-zero-extended", Area.INTEGER, "sign extension before an unsigned comparison", "sltiu")
def _(m: Any, op: str, rd: Any, rs1: Any, imm: Any) -> None:
    m.x[rd] = m.x[rs1].ult(imm & 0xFFF).zext(64)


@BUGS.semantics("bgeu-strict", Area.INTEGER, "a boundary off by one in a comparison", "bgeu")
def _(m: Any, op: str, rs1: Any, rs2: Any, imm: Any) -> None:
    m.branch(m.x[rs2].ult(m.x[rs1]), m.pc + imm)


@BUGS.semantics("jalr-links-before-reading", Area.INTEGER, "a source overwritten before it is read", "jalr")
def _(m: Any, op: str, rd: Any, rs1: Any, imm: Any) -> None:
    m.x[rd] = m.next_pc
    m.jump((m.x[rs1] + imm) & ~1)


@BUGS.semantics("lhu-sign-extended", Area.MEMORY, "sign of a load", "lhu")
def _(m: Any, op: str, rd: Any, rs1: Any, imm: Any) -> None:
    m.x[rd] = m.load(m.x[rs1] + imm, 2).sext(64)


@BUGS.semantics("load-to-x0-skipped", Area.MEMORY, "an access dropped because its result is", "lw")
def _(m: Any, op: str, rd: Any, rs1: Any, imm: Any) -> None:
    address = m.is_x0(rd).select(m.const(0x9000_3000), m.x[rs1] + imm)
    m.x[rd] = m.load(address, 4).sext(64)


@BUGS.semantics("amomax-w-unsigned", Area.ATOMICS, "signedness in an atomic", "amomax.w")
def _(m: Any, op: str, rd: Any, rs1: Any, rs2: Any) -> None:
    old = m.amo(m.x[rs1], 4, lambda a, b: b.ult(a).select(a, b), m.x[rs2].trunc(32))
    m.x[rd] = old.sext(64)


@BUGS.semantics("amoswap-w-zero-extended", Area.ATOMICS, "sign of an atomic's old value", "amoswap.w")
def _(m: Any, op: str, rd: Any, rs1: Any, rs2: Any) -> None:
    m.x[rd] = m.amo(m.x[rs1], 4, lambda a, b: b, m.x[rs2].trunc(32)).zext(64)


@BUGS.semantics("fadd-s-ignores-boxing", Area.FLOAT, "NaN boxing of operands not checked", "fadd.s")
def _(m: Any, op: str, rd: Any, rs1: Any, rs2: Any, rm: Any) -> None:
    mode = m.rounding_mode(rm)
    write(m, 32, rd, m.fp.add(32, m.f[rs1].trunc(32), m.f[rs2].trunc(32), mode))


@BUGS.semantics("flw-not-boxed", Area.FLOAT, "NaN boxing of results forgotten", "flw")
def _(m: Any, op: str, rd: Any, rs1: Any, imm: Any) -> None:
    m.f[rd] = m.load(m.x[rs1] + imm, 4).zext(64)


@BUGS.semantics("fmadd-d-rounds-twice", Area.FLOAT, "a fused operation that is not", "fmadd.d")
def _(m: Any, op: str, rd: Any, rs1: Any, rs2: Any, rs3: Any, rm: Any) -> None:
    mode = m.rounding_mode(rm)
    product = m.fp.mul(64, m.f[rs1], m.f[rs2], mode)
    m.f[rd] = m.fp.add(64, product, m.f[rs3], mode)


@BUGS.semantics("fsgnjx-s-loses-payload", Area.FLOAT, "a bit transfer treated as arithmetic", "fsgnjx.s")
def _(m: Any, op: str, rd: Any, rs1: Any, rs2: Any) -> None:
    a, b = read(m, 32, rs1), read(m, 32, rs2)
    nan = m.const(0x7F80_0000, 32).ult(a & 0x7FFF_FFFF)
    write(m, 32, rd, nan.select(m.const(CANONICAL_NAN, 32), a) ^ (b & 0x8000_0000))


@BUGS.semantics("fcvt-w-nan-zero", Area.FLOAT, "conversion of a NaN", "fcvt.w.s", "fcvt.w.d")
def _(m: Any, op: str, rd: Any, rs1: Any, rm: Any) -> None:
    fmt = format_of(op)
    mode = m.rounding_mode(rm)
    a = read(m, fmt, rs1)
    infinity = 0x7F80_0000 if fmt == 32 else 0x7FF0_0000_0000_0000
    nan = m.const(infinity, fmt).ult(a & ((1 << fmt - 1) - 1))
    m.x[rd] = nan.select(m.const(0), m.fp.to_int(fmt, a, 32, True, mode).sext(64))


@BUGS.semantics("feq-d-signalling", Area.FLOAT, "a quiet comparison that signals", "feq.d")
def _(m: Any, op: str, rd: Any, rs1: Any, rs2: Any) -> None:
    a, b = m.f[rs1], m.f[rs2]
    m.x[rd] = (m.fp.le(64, a, b) & m.fp.le(64, b, a)).zext(64)


@BUGS.semantics("fmul-s-flushes-subnormals", Area.FLOAT, "subnormal results flushed to zero", "fmul.s")
def _(m: Any, op: str, rd: Any, rs1: Any, rs2: Any, rm: Any) -> None:
    mode = m.rounding_mode(rm)
    result = m.fp.mul(32, read(m, 32, rs1), read(m, 32, rs2), mode)
    subnormal = (result & 0x7F80_0000).eq(0)
    write(m, 32, rd, subnormal.select(result & 0x8000_0000, result))


@BUGS.semantics("fsub-d-nearest-away-as-even", Area.FLOAT, "a rounding mode taken for another", "fsub.d")
def _(m: Any, op: str, rd: Any, rs1: Any, rs2: Any, rm: Any) -> None:
    mode = m.rounding_mode(rm)
    m.f[rd] = m.fp.sub(64, m.f[rs1], m.f[rs2], mode & 3)


@BUGS.semantics("csrrs-x0-writes", Area.TRAPS, "a read of a read-only CSR that traps", "csrrs")
def _(m: Any, op: str, rd: Any, csr: Any, rs1: Any) -> None:
    operand = m.x[rs1]
    m.csr_exchange(csr, rd, lambda old: old | operand, reads=m.const(1, 1), writes=m.const(1, 1))


@BUGS.semantics("ecall-as-breakpoint", Area.TRAPS, "a wrong exception cause", "ecall")
def _(m: Any, op: str) -> None:
    m.trap(3, m.const(0))
