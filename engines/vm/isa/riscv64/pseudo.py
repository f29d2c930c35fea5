"""Pseudo-instructions (Unprivileged ISA, standard pseudoinstructions; RISC-V Assembly Programmer's Manual)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engines.vm.isa.derive.assemble import Pseudo, Step
from engines.vm.isa.describe import EncodingError

ROWS: Final = """
nop                 | addi zero, zero, 0
unimp               | csrrw zero, cycle, zero
mv rd, rs           | addi rd, rs, 0
not rd, rs          | xori rd, rs, -1
neg rd, rs          | sub rd, zero, rs
negw rd, rs         | subw rd, zero, rs
sext.w rd, rs       | addiw rd, rs, 0
zext.b rd, rs       | andi rd, rs, 255
seqz rd, rs         | sltiu rd, rs, 1
snez rd, rs         | sltu rd, zero, rs
sltz rd, rs         | slt rd, rs, zero
sgtz rd, rs         | slt rd, zero, rs
beqz rs, to         | beq rs, zero, to
bnez rs, to         | bne rs, zero, to
blez rs, to         | bge zero, rs, to
bgez rs, to         | bge rs, zero, to
bltz rs, to         | blt rs, zero, to
bgtz rs, to         | blt zero, rs, to
bgt rs, rt, to      | blt rt, rs, to
ble rs, rt, to      | bge rt, rs, to
bgtu rs, rt, to     | bltu rt, rs, to
bleu rs, rt, to     | bgeu rt, rs, to
j to                | jal zero, to
jal to              | jal ra, to
jr rs               | jalr zero, 0(rs)
jalr rs             | jalr ra, 0(rs)
jalr rd, rs         | jalr rd, 0(rs)
ret                 | jalr zero, 0(ra)
rdcycle rd          | csrrs rd, cycle, zero
rdtime rd           | csrrs rd, time, zero
rdinstret rd        | csrrs rd, instret, zero
csrr rd, csr        | csrrs rd, csr, zero
csrw csr, rs        | csrrw zero, csr, rs
csrs csr, rs        | csrrs zero, csr, rs
csrc csr, rs        | csrrc zero, csr, rs
csrwi csr, imm      | csrrwi zero, csr, imm
csrsi csr, imm      | csrrsi zero, csr, imm
csrci csr, imm      | csrrci zero, csr, imm
frcsr rd            | csrrs rd, fcsr, zero
fscsr rs            | csrrw zero, fcsr, rs
fscsr rd, rs        | csrrw rd, fcsr, rs
frrm rd             | csrrs rd, frm, zero
fsrm rs             | csrrw zero, frm, rs
fsrm rd, rs         | csrrw rd, frm, rs
fsrmi imm           | csrrwi zero, frm, imm
frflags rd          | csrrs rd, fflags, zero
fsflags rs          | csrrw zero, fflags, rs
fsflags rd, rs      | csrrw rd, fflags, rs
fsflagsi imm        | csrrwi zero, fflags, imm
fmv.s rd, rs        | fsgnj.s rd, rs, rs
fabs.s rd, rs       | fsgnjx.s rd, rs, rs
fneg.s rd, rs       | fsgnjn.s rd, rs, rs
fgt.s rd, rs, rt    | flt.s rd, rt, rs
fge.s rd, rs, rt    | fle.s rd, rt, rs
fmv.d rd, rs        | fsgnj.d rd, rs, rs
fabs.d rd, rs       | fsgnjx.d rd, rs, rs
fneg.d rd, rs       | fsgnjn.d rd, rs, rs
fgt.d rd, rs, rt    | flt.d rd, rt, rs
fge.d rd, rs, rt    | fle.d rd, rt, rs
fence.tso           | .word 0x8330000f
"""


def _forms() -> dict[str, dict[int, tuple[list[str], str, str]]]:
    """mnemonic → number of operands → (their names, target mnemonic, target operands)."""
    forms: dict[str, dict[int, tuple[list[str], str, str]]] = {}
    for row in ROWS.strip().splitlines():
        left, right = (side.strip() for side in row.split("|"))
        mnemonic, _, operands = left.partition(" ")
        names = [name.strip() for name in operands.split(",") if name.strip()]
        target, _, target_operands = right.partition(" ")
        forms.setdefault(mnemonic, {})[len(names)] = (names, target, target_operands)
    return forms


def _expander(mnemonic: str, forms: dict[int, tuple[list[str], str, str]]) -> Pseudo:
    def expand(operands: str) -> list[Step]:
        given = _split(operands)
        if len(given) not in forms:
            wanted = " or ".join(f"({', '.join(names)})" for names, _, _ in forms.values())
            raise EncodingError(f"{mnemonic} takes operands {wanted}, not {operands!r}")
        names, target, target_operands = forms[len(given)]
        values = dict(zip(names, given, strict=True))
        words = [values.get(word, word) for word in _words(target_operands)]
        return [Step(target, "".join(words))]

    return expand


def _split(operands: str) -> list[str]:
    return [operand.strip() for operand in operands.split(",")] if operands else []


def _words(text: str) -> list[str]:
    """`rd, 0(rs)` as ['rd', ', ', '0', '(', 'rs', ')']."""
    words = [""]
    for character in text:
        if character.isalnum() != words[-1][:1].isalnum() or not words[-1]:
            words.append("")
        words[-1] += character
    return words


def load_immediate(operands: str) -> list[Step]:
    """`li rd, constant`: the shortest of lui, addi(w), slli that LLVM's plain recursion gives too."""
    given = _split(operands)
    if len(given) != 2:
        raise EncodingError(f"li takes `li rd, constant`, not {operands!r}")
    rd, text = given
    try:
        value = int(text, 0)
    except ValueError:
        raise EncodingError(f"li takes an integer, not {text!r}; use la for a label") from None
    if not -(1 << 63) <= value < 1 << 64:
        raise EncodingError(f"li {value}: must be {-(1 << 63)} … {(1 << 64) - 1:#x}")
    steps = []
    for mnemonic, source, number in constant(value):
        register = {"zero": "zero, ", "rd": f"{rd}, ", "": ""}[source]
        steps.append(Step(mnemonic, f"{rd}, {register}{number}"))
    return steps


def constant(value: int) -> list[tuple[str, str, int]]:
    """Instructions that leave `value` (64 bits, either sign) in rd: (mnemonic, `zero`, `rd` or nothing, constant)."""
    value = (value + (1 << 63)) % (1 << 64) - (1 << 63)
    low = (value + 0x800) % 0x1000 - 0x800
    if -(1 << 31) <= value < 1 << 31:
        upper = (value - low >> 12) % (1 << 20)
        if not upper:
            return [("addi", "zero", low)]
        return [("lui", "", upper), ("addiw", "rd", low)] if low else [("lui", "", upper)]
    rest = value - low
    shift = (rest & -rest).bit_length() - 1
    steps = [*constant(rest >> shift), ("slli", "rd", shift)]
    return [*steps, ("addi", "rd", low)] if low else steps


def _pair(register: str, target: str, mnemonic: str, operands: str) -> list[Step]:
    """auipc and an instruction that takes the low part of the distance to `target` for `{}`."""
    return [
        Step("auipc", f"{register}, {{}}", lambda value, at: (value(target) - at + 0x800 >> 12) % (1 << 20)),
        Step(mnemonic, operands, lambda value, at: (value(target) - (at - 4) + 0x800) % 0x1000 - 0x800),
    ]


def _load_address(operands: str) -> list[Step]:
    given = _split(operands)
    if len(given) != 2:
        raise EncodingError(f"la takes `la rd, label`, not {operands!r}")
    return _pair(given[0], given[1], "addi", f"{given[0]}, {given[0]}, {{}}")


def _call(operands: str) -> list[Step]:
    return _pair("ra", operands, "jalr", "ra, {}(ra)")


def _tail(operands: str) -> list[Step]:
    return _pair("t1", operands, "jalr", "zero, {}(t1)")


PSEUDO: Final[Mapping[str, Pseudo]] = {
    **{mnemonic: _expander(mnemonic, forms) for mnemonic, forms in _forms().items()},
    "li": load_immediate,
    "la": _load_address,
    "call": _call,
    "tail": _tail,
}
