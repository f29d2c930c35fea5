"""V, vector loads and stores: consecutive elements, and whole registers (RISC-V V 1.0 §7, §16.6)."""

from __future__ import annotations

from typing import Final

from engines.vm.isa.algebra import Bit, Value
from engines.vm.isa.machine import Machine, Reg
from engines.vm.isa.riscv64.v import V, log2_lmul, log2_sew, overwrites_mask, require, unaligned
from engines.vm.isa.vector import MaskField, VectorReg


def element_bytes_of(op: str) -> int:
    """Bytes of an element that `vle32.v`, `vse8.v`, `vl2re16.v` move."""
    return int("".join(letter for letter in op.partition("e")[2] if letter.isdigit())) // 8


def group_is_wrong(m: Machine, register: VectorReg, element_bytes: int) -> Bit:
    """EMUL = EEW / SEW × LMUL must be 1/8 … 8, and the group aligned to it (§5.2)."""
    vtype = m.vector.vtype
    log2_emul: Value = log2_lmul(vtype) - log2_sew(vtype) + (element_bytes.bit_length() - 1)
    outside = log2_emul.slt(-3) | m.const(3).slt(log2_emul)
    found: Bit = outside | unaligned(m, register, log2_emul)
    return found


@V.clause(
    "7.4",
    """
    vle8.v  | 000000 vm 00000 rs1 000 vd 0000111 | vd, (rs1), vm=unmasked | Loads bytes.
    vle16.v | 000000 vm 00000 rs1 101 vd 0000111 | vd, (rs1), vm=unmasked | Loads elements of 16 bits.
    vle32.v | 000000 vm 00000 rs1 110 vd 0000111 | vd, (rs1), vm=unmasked | Loads elements of 32 bits.
    vle64.v | 000000 vm 00000 rs1 111 vd 0000111 | vd, (rs1), vm=unmasked | Loads elements of 64 bits.
    """,
)
def unit_stride_load(m: Machine, op: str, vd: VectorReg, rs1: Reg, vm: MaskField) -> None:
    """Addresses need not be aligned."""
    size = element_bytes_of(op)
    require(m, wrong=group_is_wrong(m, vd, size) | overwrites_mask(m, vd, vm))
    m.vector.load(vd, vm, m.x[rs1], size)


@V.clause(
    "7.4",
    """
    vse8.v  | 000000 vm 00000 rs1 000 vs3 0100111 | vs3, (rs1), vm=unmasked | Stores bytes.
    vse16.v | 000000 vm 00000 rs1 101 vs3 0100111 | vs3, (rs1), vm=unmasked | Stores elements of 16 bits.
    vse32.v | 000000 vm 00000 rs1 110 vs3 0100111 | vs3, (rs1), vm=unmasked | Stores elements of 32 bits.
    vse64.v | 000000 vm 00000 rs1 111 vs3 0100111 | vs3, (rs1), vm=unmasked | Stores elements of 64 bits.
    """,
)
def unit_stride_store(m: Machine, op: str, vs3: VectorReg, rs1: Reg, vm: MaskField) -> None:
    size = element_bytes_of(op)
    require(m, wrong=group_is_wrong(m, vs3, size))
    m.vector.store(vs3, vm, m.x[rs1], size)


def _require_registers(m: Machine, register: VectorReg, count: int, *, depends_on_vtype: bool = False) -> None:
    wrong = ~m.vector.enabled | (m.vector.number(register) & count - 1).ne(0)
    m.illegal_if(wrong | m.vector.vtype.slt(0) if depends_on_vtype else wrong)


COUNTS: Final = (1, 2, 4, 8)


@V.clause(
    "7.9",
    """
    vl1re8.v  | 000000101000 rs1 000 vd 0000111 | vd, (rs1) | Loads a register.
    vl1re16.v | 000000101000 rs1 101 vd 0000111 | vd, (rs1) | Loads a register.
    vl1re32.v | 000000101000 rs1 110 vd 0000111 | vd, (rs1) | Loads a register.
    vl1re64.v | 000000101000 rs1 111 vd 0000111 | vd, (rs1) | Loads a register.
    vl2re8.v  | 001000101000 rs1 000 vd 0000111 | vd, (rs1) | Loads two registers.
    vl2re16.v | 001000101000 rs1 101 vd 0000111 | vd, (rs1) | Loads two registers.
    vl2re32.v | 001000101000 rs1 110 vd 0000111 | vd, (rs1) | Loads two registers.
    vl2re64.v | 001000101000 rs1 111 vd 0000111 | vd, (rs1) | Loads two registers.
    vl4re8.v  | 011000101000 rs1 000 vd 0000111 | vd, (rs1) | Loads four registers.
    vl4re16.v | 011000101000 rs1 101 vd 0000111 | vd, (rs1) | Loads four registers.
    vl4re32.v | 011000101000 rs1 110 vd 0000111 | vd, (rs1) | Loads four registers.
    vl4re64.v | 011000101000 rs1 111 vd 0000111 | vd, (rs1) | Loads four registers.
    vl8re8.v  | 111000101000 rs1 000 vd 0000111 | vd, (rs1) | Loads eight registers.
    vl8re16.v | 111000101000 rs1 101 vd 0000111 | vd, (rs1) | Loads eight registers.
    vl8re32.v | 111000101000 rs1 110 vd 0000111 | vd, (rs1) | Loads eight registers.
    vl8re64.v | 111000101000 rs1 111 vd 0000111 | vd, (rs1) | Loads eight registers.
    """,
)
def whole_register_load(m: Machine, op: str, vd: VectorReg, rs1: Reg) -> None:
    """The element width of the name tells nothing but how vstart counts; vtype does not matter."""
    count = int(op[2])
    _require_registers(m, vd, count)
    m.vector.load_registers(vd, count, m.x[rs1], element_bytes_of(op))


@V.clause(
    "7.9",
    """
    vs1r.v | 000000101000 rs1 000 vs3 0100111 | vs3, (rs1) | Stores a register.
    vs2r.v | 001000101000 rs1 000 vs3 0100111 | vs3, (rs1) | Stores two registers.
    vs4r.v | 011000101000 rs1 000 vs3 0100111 | vs3, (rs1) | Stores four registers.
    vs8r.v | 111000101000 rs1 000 vs3 0100111 | vs3, (rs1) | Stores eight registers.
    """,
)
def whole_register_store(m: Machine, op: str, vs3: VectorReg, rs1: Reg) -> None:
    count = int(op[2])
    _require_registers(m, vs3, count)
    m.vector.store_registers(vs3, count, m.x[rs1])


@V.clause(
    "16.6",
    """
    vmv1r.v | 1001111 vs2 00000 011 vd 1010111 | vd, vs2 | Copies a register.
    vmv2r.v | 1001111 vs2 00001 011 vd 1010111 | vd, vs2 | Copies two registers.
    vmv4r.v | 1001111 vs2 00011 011 vd 1010111 | vd, vs2 | Copies four registers.
    vmv8r.v | 1001111 vs2 00111 011 vd 1010111 | vd, vs2 | Copies eight registers.
    """,
)
def whole_register_move(m: Machine, op: str, vd: VectorReg, vs2: VectorReg) -> None:
    """Depends on vtype, so it is illegal where that is (§3.4.4)."""
    count = int(op[3])
    _require_registers(m, vd, count, depends_on_vtype=True)
    _require_registers(m, vs2, count)
    m.vector.move_registers(vd, count, vs2)


__all__ = ["V"]
