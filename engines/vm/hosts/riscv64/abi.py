"""How compiled code is entered and left on riscv64: through a gateway that is an ordinary function (RISC-V psABI).

`gateway(cpu, budget, memory, permissions, context, code)` keeps what the caller owns, makes room for
`load_store.FRAME_BYTES` on the stack and sets fcsr to the guest's rounding mode without flags; then calls `code`. In
there a0 is the CPU record, a1 the budget, a2 guest memory, a3 the permission bytes and a4 the context record. At the
end the flags of fcsr are added to the CPU record's `fflags`, fcsr is the caller's again, and a0 answers how the guest
goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engines.vm.hosts.load_store import FRAME_BYTES
from engines.vm.hosts.riscv64.encode import FCSR, FFLAGS, Assembler
from engines.vm.hosts.riscv64.registers import CPU, LINK, SCRATCH, SP, ZERO

MODE_SHIFT: Final = 5
"""Of frm in fcsr."""
_KEPT: Final = (LINK, 8, 9, *range(18, 28), CPU)
_KEPT_FLOATS: Final = (8, 9, *range(18, 28))
_KEPT_BYTES: Final = 8 * (len(_KEPT) + len(_KEPT_FLOATS) + 1)
_FRAME: Final = (FRAME_BYTES + _KEPT_BYTES + 15) & ~15
_CODE: Final = 15


def gateway(layout: Mapping[str, int]) -> bytes:
    """The function; `layout` as for regions."""
    asm = Assembler()
    s0, s1, cpu = SCRATCH[0], SCRATCH[1], SCRATCH[2]
    asm.i("addi", SP, SP, -_FRAME)
    for n, register in enumerate(_KEPT):
        asm.s("sd", register, SP, FRAME_BYTES + 8 * n)
    at = FRAME_BYTES + 8 * len(_KEPT)
    for n, register in enumerate(_KEPT_FLOATS):
        asm.s("fsd", register, SP, at + 8 * n)
    control = at + 8 * len(_KEPT_FLOATS)
    asm.i("ld", s0, CPU, layout["frm"])
    asm.shift("slli", s0, s0, MODE_SHIFT)
    asm.csr("csrrw", s0, FCSR, s0)
    asm.s("sd", s0, SP, control)
    asm.call(_CODE)
    asm.i("ld", s1, SP, control)
    asm.csr("csrrs", s0, FFLAGS, ZERO)
    asm.csr("csrrw", ZERO, FCSR, s1)
    for n, register in enumerate(_KEPT_FLOATS):
        asm.i("fld", register, SP, at + 8 * n)
    for n, register in enumerate(_KEPT[:-1]):
        asm.i("ld", register, SP, FRAME_BYTES + 8 * n)
    asm.i("ld", cpu, SP, FRAME_BYTES + 8 * (len(_KEPT) - 1))
    asm.i("ld", s1, cpu, layout["fflags"])
    asm.r("or", s1, s1, s0)
    asm.s("sd", s1, cpu, layout["fflags"])
    asm.i("addi", SP, SP, _FRAME)
    asm.ret()
    return asm.link()
