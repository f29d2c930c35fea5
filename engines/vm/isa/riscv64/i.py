"""RV64I, the base integer instruction set (Unprivileged ISA chapters 2 and 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engines.vm.isa.algebra import Value
from engines.vm.isa.describe import Extension
from engines.vm.isa.machine import Machine, Reg
from engines.vm.isa.riscv64.fields import FIELDS, MANUAL

I: Final = Extension("I", MANUAL, FIELDS)  # noqa: E741  (the extension's name)

COMBINE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "slt": lambda a, b: a.slt(b).zext(64),
    "sltu": lambda a, b: a.ult(b).zext(64),
    "xor": lambda a, b: a ^ b,
    "or": lambda a, b: a | b,
    "and": lambda a, b: a & b,
    "sll": lambda a, b: a.shl(b),
    "srl": lambda a, b: a.lshr(b),
    "sra": lambda a, b: a.ashr(b),
}
"""What an operation does to two operands of equal width."""


@I.clause(
    "2.4.1",
    """
    lui   | imm[31:12] rd 0110111 | rd, imm | Loads a 20-bit constant into bits 31:12, sign-extended.
    """,
)
def lui(m: Machine, op: str, rd: Reg, imm: Value) -> None:
    """§4.2.1: in RV64 the 32-bit result is sign-extended to 64 bits."""
    m.x[rd] = imm


@I.clause(
    "2.4.1",
    """
    auipc | imm[31:12] rd 0010111 | rd, imm | Adds a constant of bits 31:12, sign-extended, to the pc.
    """,
)
def auipc(m: Machine, op: str, rd: Reg, imm: Value) -> None:
    """The pc is the address of the auipc itself."""
    m.x[rd] = m.pc + imm


@I.clause(
    "2.5.1",
    """
    jal   | imm[20|10:1|11|19:12] rd 1101111 | rd, imm | Jumps pc-relative and links.
    """,
)
def jal(m: Machine, op: str, rd: Reg, imm: Value) -> None:
    """The link is the address of the following instruction."""
    m.x[rd] = m.next_pc
    m.jump(m.pc + imm)


@I.clause(
    "2.5.1",
    """
    jalr  | imm[11:0] rs1 000 rd 1100111 | rd, imm(rs1) | Jumps to a register plus offset and links.
    """,
)
def jalr(m: Machine, op: str, rd: Reg, rs1: Reg, imm: Value) -> None:
    """Bit 0 of the target is cleared. The target is read before rd is written: they may be the same register."""
    target = (m.x[rs1] + imm) & ~1
    m.x[rd] = m.next_pc
    m.jump(target)


TAKEN: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "beq": lambda a, b: a.eq(b),
    "bne": lambda a, b: a.ne(b),
    "blt": lambda a, b: a.slt(b),
    "bge": lambda a, b: b.sle(a),
    "bltu": lambda a, b: a.ult(b),
    "bgeu": lambda a, b: b.ule(a),
}


@I.clause(
    "2.5.2",
    """
    beq   | imm[12|10:5] rs2 rs1 000 imm[4:1|11] 1100011 | rs1, rs2, imm | Branches if equal.
    bne   | imm[12|10:5] rs2 rs1 001 imm[4:1|11] 1100011 | rs1, rs2, imm | Branches if not equal.
    blt   | imm[12|10:5] rs2 rs1 100 imm[4:1|11] 1100011 | rs1, rs2, imm | Branches if less, signed.
    bge   | imm[12|10:5] rs2 rs1 101 imm[4:1|11] 1100011 | rs1, rs2, imm | Branches if greater or equal, signed.
    bltu  | imm[12|10:5] rs2 rs1 110 imm[4:1|11] 1100011 | rs1, rs2, imm | Branches if less, unsigned.
    bgeu  | imm[12|10:5] rs2 rs1 111 imm[4:1|11] 1100011 | rs1, rs2, imm | Branches if greater or equal, unsigned.
    """,
)
def conditional_branch(m: Machine, op: str, rs1: Reg, rs2: Reg, imm: Value) -> None:
    """The offset counts from the branch itself."""
    m.branch(TAKEN[op](m.x[rs1], m.x[rs2]), m.pc + imm)


LOADS: Final[dict[str, tuple[int, bool]]] = {
    "lb": (1, True),
    "lh": (2, True),
    "lw": (4, True),
    "ld": (8, True),
    "lbu": (1, False),
    "lhu": (2, False),
    "lwu": (4, False),
}
"""Size in bytes, and whether the value is sign-extended."""


@I.clause(
    "2.6",
    """
    lb    | imm[11:0] rs1 000 rd 0000011 | rd, imm(rs1) | Loads 8 bits, sign-extended.
    lh    | imm[11:0] rs1 001 rd 0000011 | rd, imm(rs1) | Loads 16 bits, sign-extended.
    lw    | imm[11:0] rs1 010 rd 0000011 | rd, imm(rs1) | Loads 32 bits, sign-extended.
    ld    | imm[11:0] rs1 011 rd 0000011 | rd, imm(rs1) | Loads 64 bits.
    lbu   | imm[11:0] rs1 100 rd 0000011 | rd, imm(rs1) | Loads 8 bits, zero-extended.
    lhu   | imm[11:0] rs1 101 rd 0000011 | rd, imm(rs1) | Loads 16 bits, zero-extended.
    lwu   | imm[11:0] rs1 110 rd 0000011 | rd, imm(rs1) | Loads 32 bits, zero-extended.
    """,
)
def load(m: Machine, op: str, rd: Reg, rs1: Reg, imm: Value) -> None:
    """A load to x0 still accesses memory and may fault (§2.6)."""
    size_bytes, signed = LOADS[op]
    value = m.load(m.x[rs1] + imm, size_bytes)
    m.x[rd] = value.sext(64) if signed else value.zext(64)


STORES: Final[dict[str, int]] = {"sb": 1, "sh": 2, "sw": 4, "sd": 8}


@I.clause(
    "2.6",
    """
    sb    | imm[11:5] rs2 rs1 000 imm[4:0] 0100011 | rs2, imm(rs1) | Stores the low 8 bits.
    sh    | imm[11:5] rs2 rs1 001 imm[4:0] 0100011 | rs2, imm(rs1) | Stores the low 16 bits.
    sw    | imm[11:5] rs2 rs1 010 imm[4:0] 0100011 | rs2, imm(rs1) | Stores the low 32 bits.
    sd    | imm[11:5] rs2 rs1 011 imm[4:0] 0100011 | rs2, imm(rs1) | Stores 64 bits.
    """,
)
def store(m: Machine, op: str, rs1: Reg, rs2: Reg, imm: Value) -> None:
    """The low bits of rs2 go to memory."""
    m.store(m.x[rs1] + imm, m.x[rs2].trunc(8 * STORES[op]))


@I.clause(
    "2.4.1",
    """
    addi  | imm[11:0] rs1 000 rd 0010011 | rd, rs1, imm | Adds a constant.
    slti  | imm[11:0] rs1 010 rd 0010011 | rd, rs1, imm | 1 if less than the constant, signed, else 0.
    sltiu | imm[11:0] rs1 011 rd 0010011 | rd, rs1, imm | 1 if less than the sign-extended constant, unsigned, else 0.
    xori  | imm[11:0] rs1 100 rd 0010011 | rd, rs1, imm | Exclusive or with a constant.
    ori   | imm[11:0] rs1 110 rd 0010011 | rd, rs1, imm | Or with a constant.
    andi  | imm[11:0] rs1 111 rd 0010011 | rd, rs1, imm | And with a constant.
    """,
)
def register_immediate(m: Machine, op: str, rd: Reg, rs1: Reg, imm: Value) -> None:
    """Constants are sign-extended, for sltiu too: it is compared as unsigned afterwards."""
    m.x[rd] = COMBINE["sltu" if op == "sltiu" else op[:-1]](m.x[rs1], imm)


@I.clause(
    "4.2.1",
    """
    slli  | 000000 shamt[5:0] rs1 001 rd 0010011 | rd, rs1, shamt | Shifts left by a constant.
    srli  | 000000 shamt[5:0] rs1 101 rd 0010011 | rd, rs1, shamt | Shifts right by a constant, filling with zeros.
    srai  | 010000 shamt[5:0] rs1 101 rd 0010011 | rd, rs1, shamt | Shifts right by a constant, filling with the sign.
    """,
)
def shift_immediate(m: Machine, op: str, rd: Reg, rs1: Reg, shamt: Value) -> None:
    """RV64 has six bits of shift amount."""
    m.x[rd] = COMBINE[op[:-1]](m.x[rs1], shamt)


@I.clause(
    "2.4.2",
    """
    add   | 0000000 rs2 rs1 000 rd 0110011 | rd, rs1, rs2 | Adds.
    sub   | 0100000 rs2 rs1 000 rd 0110011 | rd, rs1, rs2 | Subtracts rs2 from rs1.
    slt   | 0000000 rs2 rs1 010 rd 0110011 | rd, rs1, rs2 | 1 if rs1 is less than rs2, signed, else 0.
    sltu  | 0000000 rs2 rs1 011 rd 0110011 | rd, rs1, rs2 | 1 if rs1 is less than rs2, unsigned, else 0.
    xor   | 0000000 rs2 rs1 100 rd 0110011 | rd, rs1, rs2 | Exclusive or.
    or    | 0000000 rs2 rs1 110 rd 0110011 | rd, rs1, rs2 | Or.
    and   | 0000000 rs2 rs1 111 rd 0110011 | rd, rs1, rs2 | And.
    """,
)
def register_register(m: Machine, op: str, rd: Reg, rs1: Reg, rs2: Reg) -> None:
    """Overflow is ignored."""
    m.x[rd] = COMBINE[op](m.x[rs1], m.x[rs2])


@I.clause(
    "4.2.2",
    """
    sll   | 0000000 rs2 rs1 001 rd 0110011 | rd, rs1, rs2 | Shifts left.
    srl   | 0000000 rs2 rs1 101 rd 0110011 | rd, rs1, rs2 | Shifts right, filling with zeros.
    sra   | 0100000 rs2 rs1 101 rd 0110011 | rd, rs1, rs2 | Shifts right, filling with the sign.
    """,
)
def shift(m: Machine, op: str, rd: Reg, rs1: Reg, rs2: Reg) -> None:
    """Only the low 6 bits of rs2 are the shift amount."""
    m.x[rd] = COMBINE[op](m.x[rs1], m.x[rs2] & 63)


@I.clause(
    "4.2.1",
    """
    addiw | imm[11:0] rs1 000 rd 0011011 | rd, rs1, imm | Adds a constant in 32 bits; the result is sign-extended.
    """,
)
def addiw(m: Machine, op: str, rd: Reg, rs1: Reg, imm: Value) -> None:
    """`addiw rd, rs1, 0` is the pseudoinstruction sext.w."""
    m.x[rd] = (m.x[rs1] + imm).trunc(32).sext(64)


@I.clause(
    "4.2.1",
    """
    slliw | 0000000 shamt[4:0] rs1 001 rd 0011011 | rd, rs1, shamt | Shifts 32 bits left; the result is sign-extended.
    srliw | 0000000 shamt[4:0] rs1 101 rd 0011011 | rd, rs1, shamt | Shifts 32 bits right, zeros in, sign-extended.
    sraiw | 0100000 shamt[4:0] rs1 101 rd 0011011 | rd, rs1, shamt | Shifts 32 bits right, sign in, sign-extended.
    """,
)
def shift_immediate_word(m: Machine, op: str, rd: Reg, rs1: Reg, shamt: Value) -> None:
    """A shift amount with bit 5 set is reserved, so the pattern has five bits."""
    m.x[rd] = COMBINE[op[:-2]](m.x[rs1].trunc(32), shamt.trunc(32)).sext(64)


@I.clause(
    "4.2.2",
    """
    addw  | 0000000 rs2 rs1 000 rd 0111011 | rd, rs1, rs2 | Adds in 32 bits; the result is sign-extended.
    subw  | 0100000 rs2 rs1 000 rd 0111011 | rd, rs1, rs2 | Subtracts in 32 bits; the result is sign-extended.
    """,
)
def register_register_word(m: Machine, op: str, rd: Reg, rs1: Reg, rs2: Reg) -> None:
    """The upper halves of the sources are ignored."""
    m.x[rd] = COMBINE[op[:-1]](m.x[rs1].trunc(32), m.x[rs2].trunc(32)).sext(64)


@I.clause(
    "4.2.2",
    """
    sllw  | 0000000 rs2 rs1 001 rd 0111011 | rd, rs1, rs2 | Shifts 32 bits left; the result is sign-extended.
    srlw  | 0000000 rs2 rs1 101 rd 0111011 | rd, rs1, rs2 | Shifts 32 bits right, zeros in; the result is sign-extended.
    sraw  | 0100000 rs2 rs1 101 rd 0111011 | rd, rs1, rs2 | Shifts 32 bits right, sign in; the result is sign-extended.
    """,
)
def shift_word(m: Machine, op: str, rd: Reg, rs1: Reg, rs2: Reg) -> None:
    """Only the low 5 bits of rs2 are the shift amount."""
    m.x[rd] = COMBINE[op[:-1]](m.x[rs1].trunc(32), m.x[rs2].trunc(32) & 31).sext(64)


@I.clause(
    "2.7",
    """
    fence | fm pred succ rs1 000 rd 0001111 | pred=iorw, succ=iorw | Orders earlier accesses before later ones.
    """,
)
def fence(m: Machine, op: str) -> None:
    """Reserved fm, rs1 and rd are ignored: "implementations shall treat all such reserved configurations as normal
    fences with fm=0000" and "shall ignore" rs1 and rd."""
    m.fence()


ENVIRONMENT: Final = {"ecall": 8, "ebreak": 3}
"""mcause codes: environment call from U-mode, breakpoint (Privileged ISA §3.1.15)."""


@I.clause(
    "2.8",
    """
    ecall  | 000000000000 00000 000 00000 1110011 | - | Calls the execution environment.
    ebreak | 000000000001 00000 000 00000 1110011 | - | Hands control to a debugger.
    """,
)
def environment(m: Machine, op: str) -> None:
    """Both trap with a trap value of 0 (Privileged ISA §3.1.16 allows 0 for ebreak)."""
    m.trap(ENVIRONMENT[op], m.const(0))
