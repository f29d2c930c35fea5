"""V, vector operations: configuration, and integer arithmetic on one element width (RISC-V V 1.0).

What of V is here, and what is not, says docs/reference/vectors.md; encodings that are not here are illegal
instructions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engines.vm.isa.algebra import Bit, Value
from engines.vm.isa.describe import Extension
from engines.vm.isa.machine import Machine, Reg
from engines.vm.isa.riscv64.fields import FIELDS
from engines.vm.isa.riscv64.m import divide
from engines.vm.isa.vector import LARGEST_SEW_LOG2, VLEN, Elements, Indices, MaskField, Scalar, VectorReg

V: Final = Extension("V", "V 1.0", FIELDS)

VILL: Final = 1 << 63
_VTYPE_BITS: Final = 8
_MOST_REGISTERS_LOG2: Final = 3


# -- rules that many instructions share ---------------------------------------------------------------------------


def log2_lmul(vtype: Value) -> Value:
    """-3 … 3 (§3.4.2); -4 is reserved."""
    return vtype.trunc(3).sext(64)


def log2_sew(vtype: Value) -> Value:
    return vtype.extract(3, 3).zext(64)


def unaligned(m: Machine, register: VectorReg, log2_registers: Value) -> Bit:
    """Whether a group of registers begins at a number that is no multiple of its size (§3.4.2)."""
    whole = log2_registers.slt(0).select(m.const(0), log2_registers)
    found: Bit = (m.vector.number(register) & m.const(1).shl(whole & 3) - 1).ne(0)
    return found


def require(m: Machine, *groups: VectorReg, wrong: Bit | None = None) -> None:
    """Illegal where V is off, vtype is (§3.4.4), one of the register groups is not aligned, or `wrong` holds."""
    vtype = m.vector.vtype
    found = ~m.vector.enabled | vtype.slt(0)
    for group in groups:
        found = found | unaligned(m, group, log2_lmul(vtype))
    m.illegal_if(found if wrong is None else found | wrong)


def overwrites_mask(m: Machine, vd: VectorReg, vm: MaskField) -> Bit:
    """A masked operation may not write v0, but where its result is a mask or one element (§5.3)."""
    found: Bit = m.vector.number(vd).eq(0) if m.vector.is_masked(vm) else m.const(0, 1)
    return found


def overlaps(m: Machine, vd: VectorReg, group: VectorReg) -> Bit:
    """Whether one register of results is part of a group of sources, and not its first one (§5.2)."""
    numbers, log2 = m.vector.number, log2_lmul(m.vector.vtype)
    size = m.const(1).shl(log2.slt(0).select(m.const(0), log2) & 3)
    distance = numbers(vd) - numbers(group)
    found: Bit = distance.ne(0) & distance.ult(size)
    return found


# -- configuration ------------------------------------------------------------------------------------------------


def set_vtype(m: Machine, rd: Reg, avl: Value, vtype: Value) -> None:
    """vl becomes the smaller one of AVL and VLMAX (§6.3); a vtype that is not supported sets vill, and vl to 0."""
    m.illegal_if(~m.vector.enabled)
    log2, sew = log2_lmul(vtype), log2_sew(vtype)
    legal = vtype.lshr(_VTYPE_BITS).eq(0) & sew.ule(LARGEST_SEW_LOG2 - 3) & log2.ne(-4)
    legal = legal & sew.sle(log2 + (LARGEST_SEW_LOG2 - 3))
    vlmax = m.const(1).shl(log2 - sew + (VLEN.bit_length() - 1 - 3) & 63)
    vl = legal.select(avl.ult(vlmax).select(avl, vlmax), m.const(0))
    m.vector.configure(vl, legal.select(vtype, m.const(VILL)))
    m.x[rd] = vl


def requested(m: Machine, rd: Reg, rs1: Reg) -> Value:
    """AVL where a register gives it: x0 asks for VLMAX, or if rd is x0 too, for the vl that there is (§6.2)."""
    unlimited = m.is_x0(rd).select(m.vector.vl, m.const(-1))
    return m.is_x0(rs1).select(unlimited, m.x[rs1])


@V.clause(
    "6",
    """
    vsetvli | 0 vtypei[10:0] rs1 111 rd 1010111 | rd, rs1, vtypei | Sets vtype and vl for as many elements as wanted.
    """,
)
def vsetvli(m: Machine, op: str, rd: Reg, rs1: Reg, vtypei: Value) -> None:
    """With rd = rs1 = x0 a vl that is above the new VLMAX becomes VLMAX; §6.2 reserves that case."""
    set_vtype(m, rd, requested(m, rd, rs1), vtypei)


@V.clause(
    "6",
    """
    vsetivli | 11 vtypei[9:0] uimm[4:0] 111 rd 1010111 | rd, uimm, vtypei | Sets vtype, and vl for a constant.
    """,
)
def vsetivli(m: Machine, op: str, rd: Reg, uimm: Value, vtypei: Value) -> None:
    set_vtype(m, rd, uimm, vtypei)


@V.clause("6", "vsetvl | 1000000 rs2 rs1 111 rd 1010111 | rd, rs1, rs2 | Sets vtype from a register, and vl.")
def vsetvl(m: Machine, op: str, rd: Reg, rs1: Reg, rs2: Reg) -> None:
    set_vtype(m, rd, requested(m, rd, rs1), m.x[rs2])


# -- arithmetic ---------------------------------------------------------------------------------------------------


def shift_amount(a: Any, b: Any) -> Any:
    """The low log2(SEW) bits of the second operand (§11.6)."""
    return b & a.width - 1


def upper_half(a: Any, b: Any, signed_a: bool, signed_b: bool) -> Any:
    width = a.width
    wide_a = a.sext(2 * width) if signed_a else a.zext(2 * width)
    wide_b = b.sext(2 * width) if signed_b else b.zext(2 * width)
    return (wide_a * wide_b).extract(width, width)


COMBINE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "vadd": lambda a, b: a + b,
    "vsub": lambda a, b: a - b,
    "vrsub": lambda a, b: b - a,
    "vand": lambda a, b: a & b,
    "vor": lambda a, b: a | b,
    "vxor": lambda a, b: a ^ b,
    "vminu": lambda a, b: a.ult(b).select(a, b),
    "vmin": lambda a, b: a.slt(b).select(a, b),
    "vmaxu": lambda a, b: a.ult(b).select(b, a),
    "vmax": lambda a, b: a.slt(b).select(b, a),
    "vsll": lambda a, b: a.shl(shift_amount(a, b)),
    "vsrl": lambda a, b: a.lshr(shift_amount(a, b)),
    "vsra": lambda a, b: a.ashr(shift_amount(a, b)),
    "vmul": lambda a, b: a * b,
    "vmulh": lambda a, b: upper_half(a, b, True, True),
    "vmulhu": lambda a, b: upper_half(a, b, False, False),
    "vmulhsu": lambda a, b: upper_half(a, b, True, False),
}
"""What an element of vs2 and one of vs1, rs1 or the immediate give."""


def binary(m: Machine, op: str, vd: VectorReg, vm: MaskField, vs2: VectorReg, other: Any, *groups: VectorReg) -> None:
    require(m, vd, vs2, *groups, wrong=overwrites_mask(m, vd, vm))
    m.vector.elementwise(vd, vm, COMBINE[op.partition(".")[0]], Elements(vs2), other)


@V.clause(
    "11",
    """
    vadd.vv    | 000000 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Adds.
    vsub.vv    | 000010 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Subtracts.
    vminu.vv   | 000100 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Unsigned minimum.
    vmin.vv    | 000101 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Signed minimum.
    vmaxu.vv   | 000110 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Unsigned maximum.
    vmax.vv    | 000111 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Signed maximum.
    vand.vv    | 001001 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Bitwise and.
    vor.vv     | 001010 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Bitwise or.
    vxor.vv    | 001011 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Bitwise exclusive or.
    vsll.vv    | 100101 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Shifts left.
    vsrl.vv    | 101000 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Shifts right, zeros in.
    vsra.vv    | 101001 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Shifts right, sign in.
    vmulhu.vv  | 100100 vm vs2 vs1 010 vd 1010111 | vd, vs2, vs1, vm=unmasked | Upper half of the unsigned product.
    vmul.vv    | 100101 vm vs2 vs1 010 vd 1010111 | vd, vs2, vs1, vm=unmasked | Lower half of the product.
    vmulhsu.vv | 100110 vm vs2 vs1 010 vd 1010111 | vd, vs2, vs1, vm=unmasked | Upper half, signed vs2, unsigned vs1.
    vmulh.vv   | 100111 vm vs2 vs1 010 vd 1010111 | vd, vs2, vs1, vm=unmasked | Upper half of the signed product.
    """,
)
def vector_vector(m: Machine, op: str, vd: VectorReg, vs2: VectorReg, vs1: VectorReg, vm: MaskField) -> None:
    binary(m, op, vd, vm, vs2, Elements(vs1), vs1)


@V.clause(
    "11",
    """
    vadd.vx    | 000000 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Adds a register.
    vsub.vx    | 000010 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Subtracts a register.
    vrsub.vx   | 000011 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Subtracts from a register.
    vminu.vx   | 000100 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Unsigned minimum with a register.
    vmin.vx    | 000101 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Signed minimum with a register.
    vmaxu.vx   | 000110 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Unsigned maximum with a register.
    vmax.vx    | 000111 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Signed maximum with a register.
    vand.vx    | 001001 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Bitwise and with a register.
    vor.vx     | 001010 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Bitwise or with a register.
    vxor.vx    | 001011 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Bitwise exclusive or with a register.
    vsll.vx    | 100101 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Shifts left by a register.
    vsrl.vx    | 101000 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Shifts right by a register, zeros in.
    vsra.vx    | 101001 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Shifts right by a register, sign in.
    vmulhu.vx  | 100100 vm vs2 rs1 110 vd 1010111 | vd, vs2, rs1, vm=unmasked | Upper half of the unsigned product.
    vmul.vx    | 100101 vm vs2 rs1 110 vd 1010111 | vd, vs2, rs1, vm=unmasked | Lower half of the product.
    vmulhsu.vx | 100110 vm vs2 rs1 110 vd 1010111 | vd, vs2, rs1, vm=unmasked | Upper half, signed vs2, unsigned rs1.
    vmulh.vx   | 100111 vm vs2 rs1 110 vd 1010111 | vd, vs2, rs1, vm=unmasked | Upper half of the signed product.
    """,
)
def vector_scalar(m: Machine, op: str, vd: VectorReg, vs2: VectorReg, rs1: Reg, vm: MaskField) -> None:
    binary(m, op, vd, vm, vs2, Scalar(m.x[rs1]))


@V.clause(
    "11",
    """
    vadd.vi  | 000000 vm vs2 imm[4:0] 011 vd 1010111 | vd, vs2, imm, vm=unmasked | Adds a constant.
    vrsub.vi | 000011 vm vs2 imm[4:0] 011 vd 1010111 | vd, vs2, imm, vm=unmasked | Subtracts from a constant.
    vand.vi  | 001001 vm vs2 imm[4:0] 011 vd 1010111 | vd, vs2, imm, vm=unmasked | Bitwise and with a constant.
    vor.vi   | 001010 vm vs2 imm[4:0] 011 vd 1010111 | vd, vs2, imm, vm=unmasked | Bitwise or with a constant.
    vxor.vi  | 001011 vm vs2 imm[4:0] 011 vd 1010111 | vd, vs2, imm, vm=unmasked | Bitwise exclusive or with a constant.
    """,
)
def vector_immediate(m: Machine, op: str, vd: VectorReg, vs2: VectorReg, imm: Value, vm: MaskField) -> None:
    binary(m, op, vd, vm, vs2, Scalar(imm))


@V.clause(
    "11.6",
    """
    vsll.vi  | 100101 vm vs2 uimm[4:0] 011 vd 1010111 | vd, vs2, uimm, vm=unmasked | Left, by a constant.
    vsrl.vi  | 101000 vm vs2 uimm[4:0] 011 vd 1010111 | vd, vs2, uimm, vm=unmasked | Right, by a constant, zeros in.
    vsra.vi  | 101001 vm vs2 uimm[4:0] 011 vd 1010111 | vd, vs2, uimm, vm=unmasked | Right, by a constant, sign in.
    """,
)
def vector_shift_immediate(m: Machine, op: str, vd: VectorReg, vs2: VectorReg, uimm: Value, vm: MaskField) -> None:
    binary(m, op, vd, vm, vs2, Scalar(uimm))


DIVIDE: Final = {"vdivu": "divu", "vdiv": "div", "vremu": "remu", "vrem": "rem"}


@V.clause(
    "11.11",
    """
    vdivu.vv | 100000 vm vs2 vs1 010 vd 1010111 | vd, vs2, vs1, vm=unmasked | Unsigned quotient.
    vdiv.vv  | 100001 vm vs2 vs1 010 vd 1010111 | vd, vs2, vs1, vm=unmasked | Signed quotient.
    vremu.vv | 100010 vm vs2 vs1 010 vd 1010111 | vd, vs2, vs1, vm=unmasked | Unsigned remainder.
    vrem.vv  | 100011 vm vs2 vs1 010 vd 1010111 | vd, vs2, vs1, vm=unmasked | Signed remainder.
    """,
)
def vector_division(m: Machine, op: str, vd: VectorReg, vs2: VectorReg, vs1: VectorReg, vm: MaskField) -> None:
    """Division by zero and overflow as for scalars."""
    require(m, vd, vs2, vs1, wrong=overwrites_mask(m, vd, vm))
    name = DIVIDE[op.partition(".")[0]]
    m.vector.elementwise(vd, vm, lambda a, b: divide_elements(name, a, b), Elements(vs2), Elements(vs1))


@V.clause(
    "11.11",
    """
    vdivu.vx | 100000 vm vs2 rs1 110 vd 1010111 | vd, vs2, rs1, vm=unmasked | Unsigned quotient by a register.
    vdiv.vx  | 100001 vm vs2 rs1 110 vd 1010111 | vd, vs2, rs1, vm=unmasked | Signed quotient by a register.
    vremu.vx | 100010 vm vs2 rs1 110 vd 1010111 | vd, vs2, rs1, vm=unmasked | Unsigned remainder by a register.
    vrem.vx  | 100011 vm vs2 rs1 110 vd 1010111 | vd, vs2, rs1, vm=unmasked | Signed remainder by a register.
    """,
)
def vector_division_scalar(m: Machine, op: str, vd: VectorReg, vs2: VectorReg, rs1: Reg, vm: MaskField) -> None:
    require(m, vd, vs2, wrong=overwrites_mask(m, vd, vm))
    name = DIVIDE[op.partition(".")[0]]
    m.vector.elementwise(vd, vm, lambda a, b: divide_elements(name, a, b), Elements(vs2), Scalar(m.x[rs1]))


class _Constants:
    """What `divide` asks of a machine, for elements: constants made from one of its values."""

    def __init__(self, like: Any) -> None:
        self._zero = like ^ like

    def const(self, value: int, width: int) -> Any:
        return self._zero | value


def divide_elements(op: str, a: Any, b: Any) -> Any:
    constants: Any = _Constants(a)
    return divide(constants, op, a, b)


ACCUMULATE: Final[dict[str, Callable[[Any, Any, Any], Any]]] = {
    "vmacc": lambda d, a, b: a * b + d,
    "vnmsac": lambda d, a, b: d - a * b,
    "vmadd": lambda d, a, b: a * d + b,
    "vnmsub": lambda d, a, b: b - a * d,
}
"""Of an element of vd, one of vs1 or rs1, and one of vs2."""


@V.clause(
    "11.13",
    """
    vmadd.vv  | 101001 vm vs2 vs1 010 vd 1010111 | vd, vs1, vs2, vm=unmasked | Multiplies vd and adds vs2.
    vnmsub.vv | 101011 vm vs2 vs1 010 vd 1010111 | vd, vs1, vs2, vm=unmasked | Multiplies vd and subtracts from vs2.
    vmacc.vv  | 101101 vm vs2 vs1 010 vd 1010111 | vd, vs1, vs2, vm=unmasked | Multiplies and adds to vd.
    vnmsac.vv | 101111 vm vs2 vs1 010 vd 1010111 | vd, vs1, vs2, vm=unmasked | Multiplies and subtracts from vd.
    """,
)
def multiply_add(m: Machine, op: str, vd: VectorReg, vs1: VectorReg, vs2: VectorReg, vm: MaskField) -> None:
    require(m, vd, vs2, vs1, wrong=overwrites_mask(m, vd, vm))
    function = ACCUMULATE[op.partition(".")[0]]
    m.vector.elementwise(vd, vm, function, Elements(vd), Elements(vs1), Elements(vs2))


@V.clause(
    "11.13",
    """
    vmadd.vx  | 101001 vm vs2 rs1 110 vd 1010111 | vd, rs1, vs2, vm=unmasked | Multiplies vd and adds vs2.
    vnmsub.vx | 101011 vm vs2 rs1 110 vd 1010111 | vd, rs1, vs2, vm=unmasked | Multiplies vd and subtracts from vs2.
    vmacc.vx  | 101101 vm vs2 rs1 110 vd 1010111 | vd, rs1, vs2, vm=unmasked | Multiplies and adds to vd.
    vnmsac.vx | 101111 vm vs2 rs1 110 vd 1010111 | vd, rs1, vs2, vm=unmasked | Multiplies and subtracts from vd.
    """,
)
def multiply_add_scalar(m: Machine, op: str, vd: VectorReg, rs1: Reg, vs2: VectorReg, vm: MaskField) -> None:
    require(m, vd, vs2, wrong=overwrites_mask(m, vd, vm))
    function = ACCUMULATE[op.partition(".")[0]]
    m.vector.elementwise(vd, vm, function, Elements(vd), Scalar(m.x[rs1]), Elements(vs2))


# -- comparisons, merges, moves -----------------------------------------------------------------------------------

COMPARE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "vmseq": lambda a, b: a.eq(b),
    "vmsne": lambda a, b: a.ne(b),
    "vmsltu": lambda a, b: a.ult(b),
    "vmslt": lambda a, b: a.slt(b),
    "vmsleu": lambda a, b: a.ule(b),
    "vmsle": lambda a, b: a.sle(b),
    "vmsgtu": lambda a, b: b.ult(a),
    "vmsgt": lambda a, b: b.slt(a),
}


@V.clause(
    "11.8",
    """
    vmseq.vv  | 011000 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Whether equal.
    vmsne.vv  | 011001 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Whether not equal.
    vmsltu.vv | 011010 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Whether less, unsigned.
    vmslt.vv  | 011011 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Whether less, signed.
    vmsleu.vv | 011100 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Whether less or equal, unsigned.
    vmsle.vv  | 011101 vm vs2 vs1 000 vd 1010111 | vd, vs2, vs1, vm=unmasked | Whether less or equal, signed.
    """,
)
def compare_vectors(m: Machine, op: str, vd: VectorReg, vs2: VectorReg, vs1: VectorReg, vm: MaskField) -> None:
    require(m, vs2, vs1, wrong=overlaps(m, vd, vs2) | overlaps(m, vd, vs1))
    m.vector.compare(vd, vm, COMPARE[op.partition(".")[0]], Elements(vs2), Elements(vs1))


@V.clause(
    "11.8",
    """
    vmseq.vx  | 011000 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Whether equal.
    vmsne.vx  | 011001 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Whether not equal.
    vmsltu.vx | 011010 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Whether less, unsigned.
    vmslt.vx  | 011011 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Whether less, signed.
    vmsleu.vx | 011100 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Whether less or equal, unsigned.
    vmsle.vx  | 011101 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Whether less or equal, signed.
    vmsgtu.vx | 011110 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Whether greater, unsigned.
    vmsgt.vx  | 011111 vm vs2 rs1 100 vd 1010111 | vd, vs2, rs1, vm=unmasked | Whether greater, signed.
    """,
)
def compare_scalar(m: Machine, op: str, vd: VectorReg, vs2: VectorReg, rs1: Reg, vm: MaskField) -> None:
    require(m, vs2, wrong=overlaps(m, vd, vs2))
    m.vector.compare(vd, vm, COMPARE[op.partition(".")[0]], Elements(vs2), Scalar(m.x[rs1]))


@V.clause(
    "11.8",
    """
    vmseq.vi  | 011000 vm vs2 imm[4:0] 011 vd 1010111 | vd, vs2, imm, vm=unmasked | Whether equal.
    vmsne.vi  | 011001 vm vs2 imm[4:0] 011 vd 1010111 | vd, vs2, imm, vm=unmasked | Whether not equal.
    vmsleu.vi | 011100 vm vs2 imm[4:0] 011 vd 1010111 | vd, vs2, imm, vm=unmasked | Whether less or equal, unsigned.
    vmsle.vi  | 011101 vm vs2 imm[4:0] 011 vd 1010111 | vd, vs2, imm, vm=unmasked | Whether less or equal, signed.
    vmsgtu.vi | 011110 vm vs2 imm[4:0] 011 vd 1010111 | vd, vs2, imm, vm=unmasked | Whether greater, unsigned.
    vmsgt.vi  | 011111 vm vs2 imm[4:0] 011 vd 1010111 | vd, vs2, imm, vm=unmasked | Whether greater, signed.
    """,
)
def compare_immediate(m: Machine, op: str, vd: VectorReg, vs2: VectorReg, imm: Value, vm: MaskField) -> None:
    """The constant is sign-extended, for unsigned comparisons too."""
    require(m, vs2, wrong=overlaps(m, vd, vs2))
    m.vector.compare(vd, vm, COMPARE[op.partition(".")[0]], Elements(vs2), Scalar(imm))


@V.clause("11.15", "vmerge.vvm | 0101110 vs2 vs1 000 vd 1010111 | vd, vs2, vs1, v0 | vs1 where v0 has a 1, else vs2.")
def merge_vector(m: Machine, op: str, vd: VectorReg, vs2: VectorReg, vs1: VectorReg) -> None:
    require(m, vd, vs2, vs1, wrong=m.vector.number(vd).eq(0))
    m.vector.merge(vd, Elements(vs2), Elements(vs1))


@V.clause("11.15", "vmerge.vxm | 0101110 vs2 rs1 100 vd 1010111 | vd, vs2, rs1, v0 | rs1 where v0 has a 1, else vs2.")
def merge_scalar(m: Machine, op: str, vd: VectorReg, vs2: VectorReg, rs1: Reg) -> None:
    require(m, vd, vs2, wrong=m.vector.number(vd).eq(0))
    m.vector.merge(vd, Elements(vs2), Scalar(m.x[rs1]))


@V.clause(
    "11.15", "vmerge.vim | 0101110 vs2 imm[4:0] 011 vd 1010111 | vd, vs2, imm, v0 | imm where v0 has a 1, else vs2."
)
def merge_immediate(m: Machine, op: str, vd: VectorReg, vs2: VectorReg, imm: Value) -> None:
    require(m, vd, vs2, wrong=m.vector.number(vd).eq(0))
    m.vector.merge(vd, Elements(vs2), Scalar(imm))


UNMASKED: Final = MaskField(1)


def same(element: Any) -> Any:
    return element


@V.clause("11.16", "vmv.v.v | 010111100000 vs1 000 vd 1010111 | vd, vs1 | Copies.")
def move_vector(m: Machine, op: str, vd: VectorReg, vs1: VectorReg) -> None:
    require(m, vd, vs1)
    m.vector.elementwise(vd, UNMASKED, same, Elements(vs1))


@V.clause("11.16", "vmv.v.x | 010111100000 rs1 100 vd 1010111 | vd, rs1 | Copies a register to all elements.")
def move_scalar(m: Machine, op: str, vd: VectorReg, rs1: Reg) -> None:
    require(m, vd)
    m.vector.elementwise(vd, UNMASKED, same, Scalar(m.x[rs1]))


@V.clause("11.16", "vmv.v.i | 010111100000 imm[4:0] 011 vd 1010111 | vd, imm | Copies a constant to all elements.")
def move_immediate(m: Machine, op: str, vd: VectorReg, imm: Value) -> None:
    require(m, vd)
    m.vector.elementwise(vd, UNMASKED, same, Scalar(imm))


# -- reductions ---------------------------------------------------------------------------------------------------

NEUTRAL: Final[dict[str, Callable[[int], int]]] = {
    "sum": lambda width: 0,
    "and": lambda width: (1 << width) - 1,
    "or": lambda width: 0,
    "xor": lambda width: 0,
    "minu": lambda width: (1 << width) - 1,
    "min": lambda width: (1 << width - 1) - 1,
    "maxu": lambda width: 0,
    "max": lambda width: 1 << width - 1,
}


@V.clause(
    "14.1",
    """
    vredsum.vs  | 000000 vm vs2 vs1 010 vd 1010111 | vd, vs2, vs1, vm=unmasked | Sum of all elements.
    vredand.vs  | 000001 vm vs2 vs1 010 vd 1010111 | vd, vs2, vs1, vm=unmasked | And of all elements.
    vredor.vs   | 000010 vm vs2 vs1 010 vd 1010111 | vd, vs2, vs1, vm=unmasked | Or of all elements.
    vredxor.vs  | 000011 vm vs2 vs1 010 vd 1010111 | vd, vs2, vs1, vm=unmasked | Exclusive or of all elements.
    vredminu.vs | 000100 vm vs2 vs1 010 vd 1010111 | vd, vs2, vs1, vm=unmasked | Unsigned minimum of all elements.
    vredmin.vs  | 000101 vm vs2 vs1 010 vd 1010111 | vd, vs2, vs1, vm=unmasked | Signed minimum of all elements.
    vredmaxu.vs | 000110 vm vs2 vs1 010 vd 1010111 | vd, vs2, vs1, vm=unmasked | Unsigned maximum of all elements.
    vredmax.vs  | 000111 vm vs2 vs1 010 vd 1010111 | vd, vs2, vs1, vm=unmasked | Signed maximum of all elements.
    """,
)
def reduction(m: Machine, op: str, vd: VectorReg, vs2: VectorReg, vs1: VectorReg, vm: MaskField) -> None:
    """vd and vs1 are single registers, v0 allowed; vstart must be 0."""
    require(m, vs2, wrong=m.vector.vstart.ne(0))
    name = op.removeprefix("vred").partition(".")[0]
    function = COMBINE["vadd" if name == "sum" else f"v{name}"]
    m.vector.reduce(vd, vm, function, NEUTRAL[name], vs2, vs1)


# -- masks, single elements ---------------------------------------------------------------------------------------

MASK_LOGICAL: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "vmandn": lambda a, b: a & ~b,
    "vmand": lambda a, b: a & b,
    "vmor": lambda a, b: a | b,
    "vmxor": lambda a, b: a ^ b,
    "vmorn": lambda a, b: a | ~b,
    "vmnand": lambda a, b: ~(a & b),
    "vmnor": lambda a, b: ~(a | b),
    "vmxnor": lambda a, b: ~(a ^ b),
}


@V.clause(
    "15.1",
    """
    vmandn.mm | 0110001 vs2 vs1 010 vd 1010111 | vd, vs2, vs1 | And with the complement.
    vmand.mm  | 0110011 vs2 vs1 010 vd 1010111 | vd, vs2, vs1 | And.
    vmor.mm   | 0110101 vs2 vs1 010 vd 1010111 | vd, vs2, vs1 | Or.
    vmxor.mm  | 0110111 vs2 vs1 010 vd 1010111 | vd, vs2, vs1 | Exclusive or.
    vmorn.mm  | 0111001 vs2 vs1 010 vd 1010111 | vd, vs2, vs1 | Or with the complement.
    vmnand.mm | 0111011 vs2 vs1 010 vd 1010111 | vd, vs2, vs1 | Complement of and.
    vmnor.mm  | 0111101 vs2 vs1 010 vd 1010111 | vd, vs2, vs1 | Complement of or.
    vmxnor.mm | 0111111 vs2 vs1 010 vd 1010111 | vd, vs2, vs1 | Complement of exclusive or.
    """,
)
def mask_logical(m: Machine, op: str, vd: VectorReg, vs2: VectorReg, vs1: VectorReg) -> None:
    require(m)
    m.vector.mask_logical(vd, MASK_LOGICAL[op.partition(".")[0]], vs2, vs1)


@V.clause("15.9", "vid.v | 010100 vm 0000010001 010 vd 1010111 | vd, vm=unmasked | Each element's number.")
def element_indices(m: Machine, op: str, vd: VectorReg, vm: MaskField) -> None:
    require(m, vd, wrong=overwrites_mask(m, vd, vm))
    m.vector.elementwise(vd, vm, same, Indices())


@V.clause("16.1", "vmv.x.s | 0100001 vs2 00000 010 rd 1010111 | rd, vs2 | Element 0, sign-extended.")
def move_to_scalar(m: Machine, op: str, rd: Reg, vs2: VectorReg) -> None:
    require(m)
    m.x[rd] = m.vector.first_element(vs2)


@V.clause("16.1", "vmv.s.x | 010000100000 rs1 110 vd 1010111 | vd, rs1 | Sets element 0.")
def move_from_scalar(m: Machine, op: str, vd: VectorReg, rs1: Reg) -> None:
    require(m)
    m.vector.set_first_element(vd, m.x[rs1])
