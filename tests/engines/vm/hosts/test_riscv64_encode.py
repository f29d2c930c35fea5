"""The riscv64 encoder against LLVM's assembler, bit by bit."""

# ruff: noqa: PERF401  (one line per form reads best)

from __future__ import annotations

import random
from typing import Any

import pytest

from engines.vm.hosts.riscv64 import encode
from engines.vm.hosts.riscv64.encode import Assembler
from engines.vm.hosts.riscv64.relocations import apply
from tests.engines.vm.hosts.llvm_mc import agree, assemble

MODES = ("rne", "rtz", "rdn", "rup", "rmm", "dyn")


def one(form: str, *operands: Any) -> bytes:
    asm = Assembler()
    getattr(asm, form)(*operands)
    return asm.link()


def test_integers_are_encoded_as_llvm_does() -> None:
    rng = random.Random(1)
    cases: list[tuple[bytes, str]] = []
    for _ in range(8):
        d, a, b = (rng.randrange(32) for _ in range(3))
        imm, amount = rng.randrange(-2048, 2048), rng.randrange(32)
        for name in ("add", "sub", "and", "or", "xor", "sll", "srl", "sra", "slt", "sltu", "addw", "subw", "sllw",
                     "srlw", "sraw", "mul", "mulh", "mulhu", "mulhsu", "mulw", "div", "divu", "rem", "remu", "divw",
                     "divuw", "remw", "remuw"):  # fmt: skip
            cases.append((one("r", name, d, a, b), f"{name} x{d}, x{a}, x{b}"))
        for name in ("addi", "andi", "ori", "xori", "slti", "sltiu", "addiw"):
            cases.append((one("i", name, d, a, imm), f"{name} x{d}, x{a}, {imm}"))
        for name in ("lb", "lbu", "lh", "lhu", "lw", "lwu", "ld"):
            cases.append((one("i", name, d, a, imm), f"{name} x{d}, {imm}(x{a})"))
        for name in ("sb", "sh", "sw", "sd"):
            cases.append((one("s", name, d, a, imm), f"{name} x{d}, {imm}(x{a})"))
        for name in ("slli", "srli", "srai", "slliw", "srliw", "sraiw"):
            cases.append((one("shift", name, d, a, amount), f"{name} x{d}, x{a}, {amount}"))
        cases.append((one("shift", "srli", d, a, 63 - amount), f"srli x{d}, x{a}, {63 - amount}"))
        cases.append((one("lui", d, amount << 12), f"lui x{d}, {amount}"))
        cases.append((one("csr", "csrrs", d, encode.FFLAGS, a), f"csrrs x{d}, fflags, x{a}"))
        cases.append((one("csr", "csrrw", d, encode.FRM, a), f"csrrw x{d}, frm, x{a}"))
        cases.append((one("csr", "csrrw", d, encode.FCSR, a), f"csrrw x{d}, fcsr, x{a}"))
        cases.append((one("call", a), f"jalr ra, 0(x{a})"))
    cases.append((one("ret"), "ret"))
    agree("riscv64", cases)


def test_floating_point_is_encoded_as_llvm_does() -> None:
    rng = random.Random(2)
    cases: list[tuple[bytes, str]] = []
    for e in ("s", "d"):
        for _ in range(5):
            d, a, b, c, m = *(rng.randrange(32) for _ in range(4)), rng.randrange(6)
            mode = 7 if MODES[m] == "dyn" else m
            for name in ("fadd", "fsub", "fmul", "fdiv"):
                cases.append((one("f", f"{name}_{e}", d, a, b, mode), f"{name}.{e} f{d}, f{a}, f{b}, {MODES[m]}"))
            cases.append((one("f", f"fsqrt_{e}", d, a, 0, mode), f"fsqrt.{e} f{d}, f{a}, {MODES[m]}"))
            for name in ("fmadd", "fmsub", "fnmadd", "fnmsub"):
                cases.append((one("f4", f"{name}_{e}", d, a, b, c, mode),
                              f"{name}.{e} f{d}, f{a}, f{b}, f{c}, {MODES[m]}"))  # fmt: skip
            for name in ("fsgnj", "fsgnjn", "fsgnjx", "fmin", "fmax"):
                cases.append((one("r", f"{name}_{e}", d, a, b), f"{name}.{e} f{d}, f{a}, f{b}"))
            for name in ("feq", "flt", "fle"):
                cases.append((one("r", f"{name}_{e}", d, a, b), f"{name}.{e} x{d}, f{a}, f{b}"))
            for k in ("w", "wu", "l", "lu"):
                cases.append((one("f", f"fcvt_{k}_{e}", d, a, 0, mode), f"fcvt.{k}.{e} x{d}, f{a}, {MODES[m]}"))
                if (k, e) not in (("w", "d"), ("wu", "d")):
                    cases.append((one("f", f"fcvt_{e}_{k}", d, a, 0, mode), f"fcvt.{e}.{k} f{d}, x{a}, {MODES[m]}"))
            cases.append((one("r", f"fclass_{e}", d, a), f"fclass.{e} x{d}, f{a}"))
            cases.append((one("r", "fmv_x_w", d, a), f"fmv.x.w x{d}, f{a}"))
            cases.append((one("r", "fmv_w_x", d, a), f"fmv.w.x f{d}, x{a}"))
            cases.append((one("r", "fmv_x_d", d, a), f"fmv.x.d x{d}, f{a}"))
            cases.append((one("r", "fmv_d_x", d, a), f"fmv.d.x f{d}, x{a}"))
            cases.append((one("f", "fcvt_s_d", d, a, 0, mode), f"fcvt.s.d f{d}, f{a}, {MODES[m]}"))
            cases.append((one("r", "fcvt_d_s", d, a), f"fcvt.d.s f{d}, f{a}"))
            for load, store in (("flw", "fsw"), ("fld", "fsd")):
                cases.append((one("i", load, d, a, -2048), f"{load} f{d}, -2048(x{a})"))
                cases.append((one("s", store, d, a, 2047), f"{store} f{d}, 2047(x{a})"))
    agree("riscv64", cases)


def executed(code: bytes) -> int:
    """What x9 holds after lui, addi, addiw and slli, by their definitions."""
    have = 0
    for at in range(0, len(code), 4):
        word = int.from_bytes(code[at : at + 4], "little")
        low = (word >> 20 ^ 0x800) - 0x800
        assert word >> 7 & 31 == 9
        match word & 0x707F:
            case 0x13 | 0x1B as opcode:
                have = (have if word >> 15 & 31 else 0) + low
                if opcode == 0x1B:
                    have = (have & 0xFFFF_FFFF ^ 1 << 31) - (1 << 31)
            case 0x1013:
                have <<= word >> 20 & 63
            case _:
                assert word & 0x7F == 0x37, hex(word)
                have = (word & 0xFFFF_F000 ^ 1 << 31) - (1 << 31)
        have &= (1 << 64) - 1
    return have


def test_constants_are_what_was_asked_for() -> None:
    rng = random.Random(3)
    values = [0, 1, -1, 2047, 2048, -2048, -2049, 0x7FFF_F800, 0x7FFF_FFFF, 0x8000_0000, -(1 << 31), 1 << 63, 1 << 32]
    values += [rng.getrandbits(rng.randrange(1, 65)) ^ -rng.randrange(2) for _ in range(2000)]
    for value in values:
        code = one("imm", 9, value)
        assert executed(code) == value & (1 << 64) - 1, hex(value)
        assert len(code) <= 32


def test_jumps_lead_to_their_labels() -> None:
    asm = Assembler()
    back, ahead = asm.label(), asm.label()
    asm.bind(back)
    asm.near("bltu", 5, 6, ahead)
    asm.branch("bge", 7, 8, back)
    asm.branch("beq", 9, 10, ahead)
    asm.j(back)
    asm.bind(ahead)
    asm.j(ahead)
    theirs = assemble(
        "riscv64",
        ["1: bltu x5, x6, 2f", "bge x7, x8, 1b", "bne x9, x10, 3f", "j 2f", "3: j 1b", "2: j 2b"],
    )
    assert asm.link() == theirs


def test_a_branch_back_over_more_than_its_reach_becomes_a_jump() -> None:
    asm = Assembler()
    back = asm.label()
    asm.bind(back)
    for _ in range(1030):
        asm.i("addi", 0, 0, 0)
    asm.branch("beq", 5, 6, back)
    code = asm.link()
    assert int.from_bytes(code[-4:], "little") & 0x7F == 0x6F


def test_what_does_not_fit_is_refused() -> None:
    asm = Assembler()
    asm.j(asm.label())
    with pytest.raises(ValueError, match="stands nowhere"):
        asm.link()
    with pytest.raises(ValueError, match="does not fit into 13 bits"):
        apply(bytearray(4), 1, 0, 1 << 12)
    with pytest.raises(ValueError, match="relocation kind 7"):
        apply(bytearray(4), 7, 0, 0)
    with pytest.raises(ValueError, match="multiple of 4"):
        apply(bytearray(4), 0, 0, 2)
    with pytest.raises(ValueError, match="2048"):
        one("i", "addi", 1, 1, 2048)
    with pytest.raises(ValueError, match="-2048"):
        one("s", "sd", 1, 1, -2049)
