"""The arm64 encoder against LLVM's assembler, bit by bit."""

from __future__ import annotations

import random
from typing import Any

import pytest

from engines.vm.hosts.arm64 import encode as arm
from engines.vm.hosts.arm64.encode import Assembler, logical_immediate
from engines.vm.hosts.arm64.relocations import apply
from tests.engines.vm.hosts.llvm_mc import agree, assemble

CONDITIONS = ("eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le")
Cases = list[tuple[bytes, str]]


def one(form: str, *operands: Any) -> bytes:
    asm = Assembler()
    getattr(asm, form)(*operands)
    return asm.link()


def x(n: int, w: int = 1, sp: bool = False) -> str:
    if n == 31:
        return ("sp" if w else "wsp") if sp else ("xzr" if w else "wzr")
    return f"{'x' if w else 'w'}{n}"


def f(n: int, double: int) -> str:
    return f"{'d' if double else 's'}{n}"


def test_integers_are_encoded_as_llvm_does() -> None:
    rng = random.Random(1)
    cases: Cases = []
    rr = {"add": arm.ADD, "adds": arm.ADDS, "sub": arm.SUB, "subs": arm.SUBS, "and": arm.AND, "orr": arm.ORR,
          "eor": arm.EOR, "ands": arm.ANDS, "orn": arm.ORN}  # fmt: skip
    plain = {"udiv": arm.UDIV, "sdiv": arm.SDIV, "lslv": arm.LSLV, "lsrv": arm.LSRV, "asrv": arm.ASRV, "rorv": arm.RORV}
    for _ in range(12):
        d, a, b, c = (rng.randrange(32) for _ in range(4))
        w = rng.randrange(2)
        amount, condition = rng.randrange(64 if w else 32), rng.randrange(14)
        for name, opcode in rr.items():
            cases.append((one("rrr", opcode, d, a, b, w, amount),
                          f"{name} {x(d, w)}, {x(a, w)}, {x(b, w)}, lsl #{amount}"))  # fmt: skip
        for name, opcode in plain.items():
            cases.append((one("rrr", opcode, d, a, b, w), f"{name} {x(d, w)}, {x(a, w)}, {x(b, w)}"))
        for name, opcode in {"add": arm.ADD, "adds": arm.ADDS, "sub": arm.SUB, "subs": arm.SUBS}.items():
            imm = rng.randrange(4096) << 12 * rng.randrange(2)
            sp = not name.endswith("s")
            text = f"{name} {x(d, w, sp)}, {x(a, w, True)}, #{imm}"
            cases.append((one("add_imm", opcode, d, a, imm, w), text))
        for name, opcode in {"smulh": arm.SMULH, "umulh": arm.UMULH}.items():
            cases.append((one("rrr", opcode, d, a, b), f"{name} {x(d)}, {x(a)}, {x(b)}"))
        for name, opcode in {"madd": arm.MADD, "msub": arm.MSUB}.items():
            cases.append((one("rrrr", opcode, d, a, b, c, w),
                          f"{name} {x(d, w)}, {x(a, w)}, {x(b, w)}, {x(c, w)}"))  # fmt: skip
        for name, opcode in {"csel": arm.CSEL, "csinc": arm.CSINC, "csinv": arm.CSINV}.items():
            cases.append((one("csel", opcode, d, a, b, condition, w),
                          f"{name} {x(d, w)}, {x(a, w)}, {x(b, w)}, {CONDITIONS[condition]}"))  # fmt: skip
        cases.append((one("cset", d, condition), f"cset {x(d, 0)}, {CONDITIONS[condition]}"))
        for name in ("lsl", "lsr", "asr", "ror"):
            cases.append((one(name, d, a, amount, w), f"{name} {x(d, w)}, {x(a, w)}, #{amount}"))
        cases.append((one("bitfield", 0, d, a, 0, 7), f"sxtb {x(d)}, {x(a, 0)}"))
        cases.append((one("rbit", d, a), f"rbit {x(d, 0)}, {x(a, 0)}"))
        cases.append((one("mov", d, a), f"mov {x(d)}, {x(a)}"))
        cases.append((one("blr", a % 31), f"blr x{a % 31}"))
    cases.append((one("ret"), "ret"))
    agree("arm64", cases)


def test_bit_masks_are_encoded_as_llvm_does() -> None:
    rng = random.Random(2)
    cases: Cases = []
    for w in (0, 1):
        bits = 64 if w else 32
        for size in (2, 4, 8, 16, 32, 64):
            if size > bits:
                continue
            for _ in range(6):
                ones, rotation = rng.randrange(1, size), rng.randrange(size)
                run = (1 << ones) - 1
                element = (run >> rotation | run << size - rotation) & (1 << size) - 1
                value = sum(element << n for n in range(0, bits, size))
                d, a = rng.randrange(31), rng.randrange(32)
                for name, opcode in {"and": arm.AND, "orr": arm.ORR, "eor": arm.EOR, "ands": arm.ANDS}.items():
                    cases.append((one("logical_imm", opcode, d, a, value, w),
                                  f"{name} {x(d, w)}, {x(a, w)}, #{value:#x}"))  # fmt: skip
    agree("arm64", cases)
    for value in (0, (1 << 64) - 1, 0b101, 0x1234_5678):
        assert logical_immediate(value, 64) is None
    with pytest.raises(ValueError, match="no repeated run"):
        one("logical_imm", arm.AND, 0, 0, 5)


def test_accesses_are_encoded_as_llvm_does() -> None:
    rng = random.Random(3)
    cases: Cases = []
    loads = {"u8": ("ldrb", "w"), "s8": ("ldrsb", "x"), "u16": ("ldrh", "w"), "s16": ("ldrsh", "x"),
             "u32": ("ldr", "w"), "s32": ("ldrsw", "x"), "i32": ("ldr", "w"), "i64": ("ldr", "x"),
             "f32": ("ldr", "s"), "f64": ("ldr", "d")}  # fmt: skip
    stores = {"8": ("strb", "w"), "16": ("strh", "w"), "32": ("str", "w"), "i32": ("str", "w"), "i64": ("str", "x"),
              "f32": ("str", "s"), "f64": ("str", "d")}  # fmt: skip
    for names, forms in ((loads, arm.LOADS), (stores, arm.STORES)):
        for kind, (name, letter) in names.items():
            form = forms[kind]
            for _ in range(3):
                t, base, index = rng.randrange(31), rng.randrange(32), rng.randrange(31)
                offset = rng.randrange(4096) << form[1]
                cases.append((one("access", form, t, base, offset),
                              f"{name} {letter}{t}, [{x(base, sp=True)}, #{offset}]"))  # fmt: skip
                cases.append((one("access_indexed", form, t, base, index),
                              f"{name} {letter}{t}, [{x(base, sp=True)}, x{index}]"))  # fmt: skip
    agree("arm64", cases)
    for offset in (4, -8, 0x8000):
        with pytest.raises(ValueError, match="multiple of 8"):
            one("access", arm.LOADS["i64"], 0, 0, offset)


def test_floating_point_is_encoded_as_llvm_does() -> None:
    rng = random.Random(4)
    cases: Cases = []
    two = {"fadd": arm.FADD, "fsub": arm.FSUB, "fmul": arm.FMUL, "fdiv": arm.FDIV, "fmaxnm": arm.FMAXNM,
           "fminnm": arm.FMINNM}  # fmt: skip
    single = {"fmov": arm.FMOV, "fabs": arm.FABS, "fneg": arm.FNEG, "fsqrt": arm.FSQRT, "frinti": arm.FRINTI}
    fused = {"fmadd": arm.FMADD, "fmsub": arm.FMSUB, "fnmadd": arm.FNMADD, "fnmsub": arm.FNMSUB}
    to = {"fcvtn": arm.FCVTNS, "fcvtp": arm.FCVTPS, "fcvtm": arm.FCVTMS, "fcvtz": arm.FCVTZS, "fcvta": arm.FCVTAS}
    for _ in range(6):
        d, a, b, c = (rng.randrange(32) for _ in range(4))
        condition = rng.randrange(14)
        for e in (0, 1):
            for name, opcode in two.items():
                cases.append((one("fp", opcode, d, a, b, e), f"{name} {f(d, e)}, {f(a, e)}, {f(b, e)}"))
            for name, opcode in single.items():
                cases.append((one("fp", opcode, d, a, 0, e), f"{name} {f(d, e)}, {f(a, e)}"))
            for name, opcode in fused.items():
                cases.append((one("fma", opcode, d, a, b, c, e),
                              f"{name} {f(d, e)}, {f(a, e)}, {f(b, e)}, {f(c, e)}"))  # fmt: skip
            cases.append((one("fcmp", arm.FCMP, a, b, e), f"fcmp {f(a, e)}, {f(b, e)}"))
            cases.append((one("fcmp", arm.FCMPE, a, b, e), f"fcmpe {f(a, e)}, {f(b, e)}"))
            cases.append((one("fcsel", d, a, b, condition, e),
                          f"fcsel {f(d, e)}, {f(a, e)}, {f(b, e)}, {CONDITIONS[condition]}"))  # fmt: skip
            for w in (0, 1):
                for name, opcode in to.items():
                    cases.append((one("convert", opcode, d, a, e, w), f"{name}s {x(d, w)}, {f(a, e)}"))
                    cases.append((one("convert", opcode + arm.UNSIGNED, d, a, e, w),
                                  f"{name}u {x(d, w)}, {f(a, e)}"))  # fmt: skip
                cases.append((one("convert", arm.SCVTF, d, a, e, w), f"scvtf {f(d, e)}, {x(a, w)}"))
                cases.append((one("convert", arm.SCVTF + arm.UNSIGNED, d, a, e, w),
                              f"ucvtf {f(d, e)}, {x(a, w)}"))  # fmt: skip
            cases.append((one("convert", arm.TO_INTEGER, d, a, e, e), f"fmov {x(d, e)}, {f(a, e)}"))
            cases.append((one("convert", arm.TO_FLOAT, d, a, e, e), f"fmov {f(d, e)}, {x(a, e)}"))
        cases.append((one("fcvt", d, a, 1), f"fcvt d{d}, s{a}"))
        cases.append((one("fcvt", d, a, 0), f"fcvt s{d}, d{a}"))
        for name, register in (("fpcr", arm.FPCR), ("fpsr", arm.FPSR)):
            cases.append((one("mrs", d, register), f"mrs {x(d)}, {name}"))
            cases.append((one("msr", register, d), f"msr {name}, {x(d)}"))
    agree("arm64", cases)


def test_constants_are_what_was_asked_for() -> None:
    """Each instruction that `imm` uses, decoded here by its definition."""
    rng = random.Random(5)
    values = [0, 1, (1 << 64) - 1, 1 << 63, 0xFFFF, 0x1_0000, 0xFFFF_0000, 0xFFFF_FFFF, 0x5555 * 0x1_0001_0001_0001]
    values += [rng.getrandbits(rng.randrange(1, 65)) ^ -rng.randrange(2) & (1 << 64) - 1 for _ in range(300)]
    lines = []
    codes = []
    for value in values:
        code = one("imm", 9, value)
        codes.append(code)
        have = 0
        for at in range(0, len(code), 4):
            word = int.from_bytes(code[at : at + 4], "little")
            shift, part = 16 * (word >> 21 & 3), word >> 5 & 0xFFFF
            if word >> 23 == 0x1A5:
                have = part << shift
                lines.append(f"movz x9, #{part}, lsl #{shift}")
            elif word >> 23 == 0x125:
                have = ~(part << shift) & (1 << 64) - 1
                lines.append(f"movn x9, #{part}, lsl #{shift}")
            elif word >> 23 == 0x1E5:
                have = have & ~(0xFFFF << shift) | part << shift
                lines.append(f"movk x9, #{part}, lsl #{shift}")
            else:
                have = value
                lines.append(f"orr x9, xzr, #{value:#x}")
        assert have == value, f"{value:#x}"
    assert assemble("arm64", lines) == b"".join(codes)


def test_jumps_lead_to_their_labels() -> None:
    asm = Assembler()
    back, ahead = asm.label(), asm.label()
    asm.bind(back)
    asm.b_if(arm.NE, ahead)
    asm.cbz(7, back)
    asm.cbnz(9, ahead, 0)
    asm.b(back)
    asm.bind(ahead)
    asm.b(ahead)
    theirs = assemble("arm64", ["1: b.ne 2f", "cbz x7, 1b", "cbnz w9, 2f", "b 1b", "2: b 2b"])
    assert asm.link() == theirs


def test_what_does_not_fit_is_refused() -> None:
    asm = Assembler()
    asm.b(asm.label())
    with pytest.raises(ValueError, match="stands nowhere"):
        asm.link()
    with pytest.raises(ValueError, match="does not fit into 21 bits"):
        apply(bytearray(4), 1, 0, 1 << 20)
    with pytest.raises(ValueError, match="relocation kind 7"):
        apply(bytearray(4), 7, 0, 0)
    with pytest.raises(ValueError, match="multiple of 4"):
        apply(bytearray(4), 0, 0, 2)
    with pytest.raises(ValueError, match="0xfff000"):
        one("add_imm", arm.ADD, 0, 0, 0x1001)
