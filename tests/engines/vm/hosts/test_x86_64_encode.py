"""The x86_64 encoder against LLVM's assembler: the same instruction, as text and as our bytes, must read the same.

There may be several encodings of one instruction, so both are compared after disassembly by capstone.
"""

from __future__ import annotations

import platform
from collections.abc import Callable

import capstone
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.hosts.x86_64 import encode as x86
from engines.vm.hosts.x86_64.encode import Assembler
from engines.vm.hosts.x86_64.relocations import apply

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="llvmlite has the assembler of its host alone")
R64 = ("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", *(f"r{n}" for n in range(8, 16)))
R32 = ("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", *(f"r{n}d" for n in range(8, 16)))
R8 = ("al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil", *(f"r{n}b" for n in range(8, 16)))
GPR = st.integers(0, 15)
XMM = st.integers(0, 15)
INDEX = GPR.filter(lambda r: r != 4)
DISP = st.one_of(st.just(0), st.integers(-128, 127), st.integers(-(1 << 31), (1 << 31) - 1))
IMM = st.one_of(st.integers(-128, 127), st.integers(-(1 << 31), (1 << 31) - 1))
_DECODER = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)


def decoded(code: bytes) -> str:
    found = list(_DECODER.disasm(code, 0))
    assert len(found) == 1 and found[0].size == len(code), (code.hex(), found)
    return f"{found[0].mnemonic} {found[0].op_str}".strip()


def llvm(text: str) -> str:
    """What LLVM's assembler makes of `text`, disassembled by the same disassembler."""
    import io

    import llvmlite.binding as binding
    from elftools.elf.elffile import ELFFile

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    binding.initialize_native_asmparser()
    module = binding.parse_assembly(f'module asm ".intel_syntax noprefix"\nmodule asm "{text}"')
    machine = binding.Target.from_triple("x86_64-unknown-linux-gnu").create_target_machine()
    content = machine.emit_object(module)
    section = ELFFile(io.BytesIO(content)).get_section_by_name(".text")
    assert section is not None
    return decoded(section.data())


def agree(write: Callable[[Assembler], None], text: str) -> None:
    asm = Assembler()
    write(asm)
    assert decoded(bytes(asm.code)) == llvm(text), text


def regs(w: int) -> tuple[str, ...]:
    return R64 if w else R32


def memory(base: int, disp: int, index: int = -1) -> str:
    inner = R64[base] + (f" + {R64[index]}" if index >= 0 else "")
    return f"[{inner} {'-' if disp < 0 else '+'} {abs(disp)}]"


W = st.integers(0, 1)
sampled = settings(deadline=None, max_examples=60)


@sampled
@given(st.sampled_from(["add", "or", "and", "sub", "xor", "cmp"]), GPR, GPR, W, IMM)
def test_alu(name: str, d: int, s: int, w: int, imm: int) -> None:
    n = {"add": 0, "or": 1, "and": 4, "sub": 5, "xor": 6, "cmp": 7}[name]
    agree(lambda a: a.alu(n, d, s, w), f"{name} {regs(w)[d]}, {regs(w)[s]}")
    agree(lambda a: a.alu_imm(n, d, imm, w), f"{name} {regs(w)[d]}, {imm}")


@sampled
@given(GPR, GPR, DISP, INDEX, W)
def test_memory(d: int, base: int, disp: int, index: int, w: int) -> None:
    size = "qword" if w else "dword"
    agree(lambda a: a.load(d, base, disp, w), f"mov {regs(w)[d]}, {size} ptr {memory(base, disp)}")
    agree(lambda a: a.store(d, base, disp, w), f"mov {size} ptr {memory(base, disp)}, {regs(w)[d]}")
    agree(lambda a: a.rm(0x8B, d, base, disp, w, index), f"mov {regs(w)[d]}, {size} ptr {memory(base, disp, index)}")
    agree(lambda a: a.lea(d, base, disp), f"lea {R64[d]}, {memory(base, disp)}")
    agree(lambda a: a.rm(0x88, d, base, disp, 0, byte=True), f"mov byte ptr {memory(base, disp)}, {R8[d]}")
    agree(lambda a: a.rm(0x1BE, d, base, disp, 1), f"movsx {R64[d]}, byte ptr {memory(base, disp)}")
    agree(lambda a: a.cmp_memory(base, disp, 3), f"cmp qword ptr {memory(base, disp)}, 3")
    agree(lambda a: a.test_byte(base, index, 32), f"test byte ptr {memory(base, 0, index)}, 32")


@sampled
@given(GPR, GPR, INDEX, st.integers(1, 3), DISP, IMM, W)
def test_memory_and_immediates(d: int, base: int, index: int, scale: int, disp: int, imm: int, w: int) -> None:
    agree(lambda a: a.lea_scaled(d, index, scale, disp), f"lea {R64[d]}, [{R64[index]}*{1 << scale} + {disp}]")
    size = "qword" if w else "dword"
    agree(lambda a: a.alu_memory_imm(x86.CMP, base, disp, imm, w), f"cmp {size} ptr {memory(base, disp)}, {imm}")
    agree(lambda a: a.test_imm(d, imm, w), f"test {regs(w)[d]}, {imm}")
    for bytes_, name in ((1, "byte"), (2, "word"), (4, "dword"), (8, "qword")):
        value = imm if bytes_ > 2 else imm & (1 << 8 * bytes_) - 1
        text = f"mov {name} ptr {memory(base, disp, index)}, {value}"
        agree(lambda a, n=bytes_: a.store_imm(n, base, disp, index, imm), text)  # type: ignore[misc]


@sampled
@given(GPR, GPR, GPR, st.integers(0, 63), W)
def test_shifts_and_extensions(d: int, s: int, t: int, amount: int, w: int) -> None:
    amount &= 63 if w else 31
    agree(lambda a: a.rorx(d, s, amount, w), f"rorx {regs(w)[d]}, {regs(w)[s]}, {amount}")
    for name, pp in (("shlx", x86.PP_66), ("shrx", x86.PP_F2), ("sarx", x86.PP_F3)):
        agree(lambda a, pp=pp: a.shiftx(pp, d, s, t, w), f"{name} {regs(w)[d]}, {regs(w)[s]}, {regs(w)[t]}")  # type: ignore[misc]
    for name, n in (("shl", x86.SHL), ("shr", x86.SHR), ("sar", x86.SAR), ("ror", x86.ROR)):
        if amount > 1:
            agree(lambda a, n=n: a.shift_imm(n, d, amount, w), f"{name} {regs(w)[d]}, {amount}")  # type: ignore[misc]
        agree(lambda a, n=n: a.shift_cl(n, d, w), f"{name} {regs(w)[d]}, cl")  # type: ignore[misc]
    agree(lambda a: a.rr(0x1B6, d, s, 0, byte=True), f"movzx {R32[d]}, {R8[s]}")
    agree(lambda a: a.rr(0x63, d, s, 1), f"movsxd {R64[d]}, {R32[s]}")
    agree(lambda a: a.setcc(x86.BE, d), f"setbe {R8[d]}")
    agree(lambda a: a.cmov(x86.L, d, s), f"cmovl {R64[d]}, {R64[s]}")
    agree(lambda a: a.imul(d, s, w), f"imul {regs(w)[d]}, {regs(w)[s]}")
    agree(lambda a: a.unary(6, d, w), f"div {regs(w)[d]}")


@sampled
@given(XMM, XMM, XMM, GPR, DISP, INDEX, W)
def test_floats(d: int, a: int, b: int, base: int, disp: int, index: int, w: int) -> None:
    s, pp = ("sd", x86.PP_F2) if w else ("ss", x86.PP_F3)
    p = "pd" if w else "ps"
    for opcode, name in ((0x58, "vadd"), (0x59, "vmul"), (0x5C, "vsub"), (0x5E, "vdiv"), (0x51, "vsqrt")):
        agree(lambda m, o=opcode: m.vex(pp, o, d, a, b), f"{name}{s} xmm{d}, xmm{a}, xmm{b}")  # type: ignore[misc]
    for opcode, name in ((0xA9, "vfmadd"), (0xAB, "vfmsub"), (0xAD, "vfnmadd"), (0xAF, "vfnmsub")):
        agree(lambda m, o=opcode: m.vex(x86.PP_66, o, d, a, b, w, 2), f"{name}213{s} xmm{d}, xmm{a}, xmm{b}")  # type: ignore[misc]
    agree(lambda m: m.vex(x86.PP_66 if w else x86.PP_NONE, 0x2E, d, 0, b), f"vucomis{s[1]} xmm{d}, xmm{b}")
    agree(lambda m: m.vex(x86.PP_NONE, 0x28, d, 0, b), f"vmovaps xmm{d}, xmm{b}")
    agree(lambda m: m.vex(x86.PP_66, 0x6E, d, 0, base, 1), f"vmovq xmm{d}, {R64[base]}")
    agree(lambda m: m.vex(x86.PP_66, 0x7E, d, 0, base, 1), f"vmovq {R64[base]}, xmm{d}")
    agree(lambda m: m.vex(pp, 0x2C, base, 0, b, w), f"vcvtt{s}2si {regs(w)[base]}, xmm{b}")
    agree(lambda m: m.vex(pp, 0x2A, d, a, base, 1), f"vcvtsi2{s} xmm{d}, xmm{a}, {R64[base]}")
    agree(lambda m: m.float_load(d, base, disp, bool(w), index), f"mov{s} xmm{d}, {memory(base, disp, index)}")
    agree(lambda m: m.float_store(d, base, disp, bool(w)), f"mov{s} {memory(base, disp)}, xmm{d}")
    agree(lambda m: m.mxcsr(2, base, disp), f"ldmxcsr {memory(base, disp)}")
    assert p


@sampled
@given(GPR, st.integers(0, (1 << 64) - 1) | st.integers(-5, 5) | st.integers((1 << 31) - 3, (1 << 32) + 3))
def test_constants(d: int, value: int) -> None:
    asm = Assembler()
    asm.imm(d, value)
    text = decoded(bytes(asm.code))
    name, _, operand = text.partition(" ")[2].partition(", ")
    found = int(operand, 0) & (1 << 64) - 1
    assert name in (R64[d], R32[d]) and found == value & (1 << 64) - 1, text


def test_jumps_lead_to_their_labels() -> None:
    asm = Assembler()
    back, ahead = asm.label(), asm.label()
    asm.bind(back)
    asm.jcc(x86.NE, ahead)
    asm.jmp(back)
    asm.bind(ahead)
    asm.lea_label(9, back)
    asm.ret()
    texts = [f"{i.mnemonic} {i.op_str}".strip() for i in _DECODER.disasm(asm.link(), 0)]
    assert texts == ["jne 0xb", "jmp 0", "lea r9, [rip - 0x12]", "ret"]


def test_a_label_that_stands_nowhere_is_said() -> None:
    asm = Assembler()
    asm.jmp(asm.label())
    with pytest.raises(ValueError, match="stands nowhere"):
        asm.link()


def test_distances_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        apply(bytearray(8), 0, 0, 1 << 32)
    with pytest.raises(ValueError, match="relocation kind 7"):
        apply(bytearray(8), 7, 0, 0)
