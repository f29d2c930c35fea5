"""How compiled code is entered and left on arm64: through a gateway that is an ordinary function (AAPCS64 §6).

`gateway(cpu, budget, memory, permissions, context, code)` keeps what the caller owns, makes room for
`load_store.FRAME_BYTES` on the stack, sets FPCR to the guest's rounding mode with default NaNs (which are RISC-V's) and
clears FPSR; then calls `code`. In there x0 is the CPU record, x1 the budget, x2 guest memory, x3 the permission bytes
and x4 the context record. At the end the flags of FPSR are added to the CPU record's `fflags`, FPCR is the caller's
again, and x0 answers how the guest goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engines.vm.hosts.arm64 import encode as arm
from engines.vm.hosts.arm64.encode import Assembler
from engines.vm.hosts.arm64.registers import CPU, LINK, SCRATCH, SP, ZR
from engines.vm.hosts.load_store import FRAME_BYTES

DEFAULT_NAN: Final = 1 << 25
MODE_SHIFT: Final = 22
"""Of FPCR.RMode: 0 to nearest, 1 up, 2 down, 3 to zero."""
_KEPT: Final = (*range(19, 31), CPU)
_KEPT_FLOATS: Final = tuple(range(8, 16))
_KEPT_BYTES: Final = 8 * (len(_KEPT) + len(_KEPT_FLOATS) + 1)
_FRAME: Final = (FRAME_BYTES + _KEPT_BYTES + 15) & ~15
_CODE: Final = 5


def control_of(mode: int) -> int:
    """FPCR for a RISC-V rounding mode 0 … 3."""
    return DEFAULT_NAN | (-mode & 3) << MODE_SHIFT


def set_mode(asm: Assembler, mode: int) -> None:
    """FPCR from the RISC-V mode in a register, which is lost."""
    asm.rrr(arm.SUB, mode, ZR, mode)
    asm.lsl(mode, mode, 62)
    asm.lsr(mode, mode, 62 - MODE_SHIFT)
    asm.logical_imm(arm.ORR, mode, mode, DEFAULT_NAN)
    asm.msr(arm.FPCR, mode)


def flags(asm: Assembler, d: int) -> None:
    """RISC-V's flags from FPSR: the same five bits in reverse order."""
    asm.mrs(d, arm.FPSR)
    asm.rbit(d, d)
    asm.lsr(d, d, 27, 0)


def gateway(layout: Mapping[str, int]) -> bytes:
    """The function; `layout` as for regions."""
    asm = Assembler()
    s0, s1 = SCRATCH[1], SCRATCH[2]
    word, double = arm.STORES["i64"], arm.STORES["f64"]
    asm.add_imm(arm.SUB, SP, SP, _FRAME)
    for n, register in enumerate(_KEPT):
        asm.access(word, register, SP, FRAME_BYTES + 8 * n)
    at = FRAME_BYTES + 8 * len(_KEPT)
    for n, register in enumerate(_KEPT_FLOATS):
        asm.access(double, register, SP, at + 8 * n)
    at += 8 * len(_KEPT_FLOATS)
    asm.mrs(s0, arm.FPCR)
    asm.access(word, s0, SP, at)
    asm.msr(arm.FPSR, ZR)
    asm.access(arm.LOADS["i64"], s0, CPU, layout["frm"])
    set_mode(asm, s0)
    asm.blr(_CODE)
    flags(asm, s0)
    asm.access(arm.LOADS["i64"], s1, SP, at)
    asm.msr(arm.FPCR, s1)
    word, double = arm.LOADS["i64"], arm.LOADS["f64"]
    for n, register in enumerate(_KEPT_FLOATS):
        asm.access(double, register, SP, at - 8 * len(_KEPT_FLOATS) + 8 * n)
    for n, register in enumerate(_KEPT[:-1]):
        asm.access(word, register, SP, FRAME_BYTES + 8 * n)
    cpu = 9
    asm.access(word, cpu, SP, FRAME_BYTES + 8 * (len(_KEPT) - 1))
    asm.access(word, s1, cpu, layout["fflags"])
    asm.rrr(arm.ORR, s1, s1, s0)
    asm.access(arm.STORES["i64"], s1, cpu, layout["fflags"])
    asm.add_imm(arm.ADD, SP, SP, _FRAME)
    asm.ret()
    assert LINK in _KEPT
    return asm.link()
