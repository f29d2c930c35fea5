"""The bare-metal program that runs machine cases inside qemu-system-riscv64, and the memory map that it shares with us.

It runs in M-mode at the start of RAM. A byte on the serial port starts a batch; it answers with a byte when the
batch is done. For each case it copies the code into the arena, restores the data window, loads `x`, `f` and `fcsr`
from the case's state record, drops the reservation, arms the machine timer and enters U-mode with `mret`. The first
trap brings it back: it spills the state, the cause, the trap value, the cycle counter (which counts virtual time) and
the window, and clears the code again, so that no case sees another one's.

U-mode sees what the contract's layout says, by physical memory protection (Privileged ISA, "Physical Memory
Protection"): entry 0 is the code arena, readable and executable, entry 1 the data window, readable and writable.
Everything else has no entry and so faults. Addresses are never translated (`satp` is 0).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BASE, DATA_BYTES
from harness.contract.states import RISCV64

RAM_BASE: Final = 0x8000_0000
RAM_BYTES: Final = 0x1800_0000
"""384 MiB, sparse: the code arena and the data window lie at the contract's own addresses, QEMU's device tree at the
very end."""
CONTEXT: Final = 0x8001_0000
SPANS: Final = 0x8002_0000
"""Per case: start and end of its code in the arena, multiples of 8. Between cases the arena is all zero."""
INITIAL: Final = 0x8010_0000
FINAL: Final = 0x8040_0000
RESULTS: Final = 0x8070_0000
TICKS: Final = 0x8078_0000
"""One 64-bit word per case: machine timer ticks from arming the timer to the case's deadline."""
STAGING: Final = 0x8080_0000
WINDOWS_IN: Final = 0x8200_0000
WINDOWS_OUT: Final = 0x8400_0000

CONTEXT_WORDS: Final = (
    "saved_t0",
    "counter_at_trap",
    "initial",
    "final",
    "result",
    "window_in",
    "window_out",
    "remaining",
    "ticks",
    "window_stride",
    "span",
)
"""64-bit words at `CONTEXT`; all but the first two are written by the host before a batch. `remaining` counts down."""
RESULT_WORDS: Final = ("mcause", "mtval", "counter_at_start", "counter_at_trap")

TIMER_TO_CASE_INSNS: Final = 32
"""Instructions after the one that arms the timer, up to and including `mret`."""
COUNTER_TO_COUNTER_INSNS: Final = 40
"""Instructions between the two counter reads that are not the case's: `csrr` to `mret`, and trap entry to `csrr`."""
ICOUNT_SHIFT: Final = 7
INSTRUCTION_NS: Final = 1 << ICOUNT_SHIFT
"""Virtual time per instruction. It is longer than a tick of the machine timer, which makes timer interrupts exact."""
TIMER_TICK_NS: Final = 100
READY: Final = b"R"
DONE: Final = b"D"
BROKEN: Final = b"F"
START: Final = b"S"


def napot(base: int, size: int) -> int:
    """`pmpaddr` of a naturally aligned power-of-two region (Privileged ISA, "Physical Memory Protection CSRs")."""
    if size & (size - 1) or base & (size - 1):
        raise ValueError(f"[{base:#x}, {base + size:#x}) is not a naturally aligned power of two")
    return base >> 2 | (size >> 3) - 1


def context_offset(word: str) -> int:
    return 8 * CONTEXT_WORDS.index(word)


def firmware_source() -> str:
    """Assembly of the whole program, to be linked at `RAM_BASE`, without compressed instructions."""
    word = context_offset
    fields = RISCV64.fields
    assert fields is not None
    x_at = [fields["x"][1] + 8 * i for i in range(32)]
    f_at = [fields["f"][1] + 8 * i for i in range(32)]
    fcsr_at = fields["fcsr"][1]
    load_f = "\n".join(f"    fld f{i}, {f_at[i]}(t0)" for i in range(32))
    load_x = "\n".join(f"    ld x{i}, {x_at[i]}(t0)" for i in range(1, 32) if i != 5)
    spill_x = "\n".join(f"    sd x{i}, {x_at[i]}(t0)" for i in range(1, 32) if i not in (2, 5))
    spill_f = "\n".join(f"    fsd f{i}, {f_at[i]}(t0)" for i in range(32))
    return f"""
.option norvc
.option norelax
.equ UART, 0x10000000
.equ PLIC, 0x0c000000
.equ PLIC_CLAIM, 0x0c200004
.equ MTIMECMP, 0x02004000

_start:
    la t0, on_trap
    csrw mtvec, t0
    li t0, {napot(CODE_BASE, CODE_BYTES):#x}
    csrw pmpaddr0, t0
    li t0, {napot(DATA_BASE, DATA_BYTES):#x}
    csrw pmpaddr1, t0
    li t0, 0x1b1d                       # entry 0: NAPOT X R; entry 1: NAPOT W R
    csrw pmpcfg0, t0
    li t0, 0x2000                       # FS = Initial, MPP = U, interrupts off in M-mode
    csrw mstatus, t0
    csrwi mcounteren, 7
    csrwi scounteren, 7
    li t0, PLIC
    li t1, 1
    sw t1, 40(t0)                       # priority of source 10, the serial port
    li t0, PLIC + 0x2000
    li t1, 1 << 10
    sw t1, 0(t0)                        # enabled for M-mode of hart 0
    li t0, PLIC + 0x200000
    sw zero, 0(t0)
    li t0, UART
    li t1, 1
    sb t1, 1(t0)                        # interrupt on received data
    li t1, {ord(READY)}
    sb t1, 0(t0)

idle:
    li t0, 0x800                        # wake up for the serial port only
    csrw mie, t0
    li s0, UART
    li s1, PLIC_CLAIM
wait:
    wfi
    lbu t1, 5(s0)
    andi t1, t1, 1
    beqz t1, acknowledge
    lbu t2, 0(s0)
    lw t1, 0(s1)
    sw t1, 0(s1)
    j batch
acknowledge:
    lw t1, 0(s1)
    sw t1, 0(s1)
    j wait

batch:
    li t0, 0x80                         # only the machine timer ends a case that does not trap
    csrw mie, t0
    li sp, {CONTEXT:#x}
    csrw mscratch, sp

next_case:
    sfence.vma                          # QEMU remembers permissions of pages: forget those of the case before
    ld t0, {word("span")}(sp)
    ld t1, 0(t0)
    ld t2, 8(t0)
    li t3, {CODE_BASE - STAGING:#x}
place:
    sub t4, t1, t3
    ld t4, 0(t4)
    sd t4, 0(t1)
    addi t1, t1, 8
    bltu t1, t2, place
    fence.i
    ld t0, {word("window_in")}(sp)
    li t1, {DATA_BASE:#x}
    li t2, {DATA_BASE + DATA_BYTES:#x}
    jal s11, copy
    addi t0, sp, 0
    sc.w t1, zero, (t0)                 # drops the reservation, should a release of QEMU keep it across traps
    ld t0, {word("initial")}(sp)
    ld t1, 0(t0)
    csrw mepc, t1
    ld t1, {fcsr_at}(t0)
    csrw fcsr, t1
{load_f}
    ld t2, {word("result")}(sp)
    ld t3, {word("ticks")}(sp)
    ld t3, 0(t3)
    li t4, MTIMECMP
    li t5, {TIMER_TICK_NS}
    csrr t1, mcycle
    sd t1, 16(t2)
    addi t1, t1, {5 * INSTRUCTION_NS}          # the time of the store below, five instructions after the csrr
    divu t1, t1, t5
    add t1, t1, t3
    sd t1, 0(t4)
{load_x}
    ld t0, {x_at[5]}(t0)
    mret

.balign 4
on_trap:
    csrrw sp, mscratch, sp
    sd t0, {word("saved_t0")}(sp)
    csrr t0, mcycle
    sd t0, {word("counter_at_trap")}(sp)
    ld t0, {word("final")}(sp)
{spill_x}
    csrr t1, mscratch
    sd t1, {x_at[2]}(t0)
    csrw mscratch, sp
    ld t1, {word("saved_t0")}(sp)
    sd t1, {x_at[5]}(t0)
    sd zero, {x_at[0]}(t0)
{spill_f}
    csrr t1, fcsr
    sd t1, {fcsr_at}(t0)
    csrr t1, mepc
    sd t1, 0(t0)
    addi t0, t0, {RISCV64.itemsize}
    sd t0, {word("final")}(sp)
    csrr t1, mstatus
    srli t1, t1, 11
    andi t1, t1, 3
    bnez t1, broken                     # a trap of this program itself
    ld t0, {word("result")}(sp)
    csrr t1, mcause
    sd t1, 0(t0)
    csrr t1, mtval
    sd t1, 8(t0)
    ld t1, {word("counter_at_trap")}(sp)
    sd t1, 24(t0)
    addi t0, t0, 32
    sd t0, {word("result")}(sp)
    li t0, {DATA_BASE:#x}
    ld t1, {word("window_out")}(sp)
    li t2, {DATA_BYTES}
    add t2, t1, t2
    jal s11, copy
    sd t2, {word("window_out")}(sp)
    ld t0, {word("initial")}(sp)
    addi t0, t0, {RISCV64.itemsize}
    sd t0, {word("initial")}(sp)
    ld t0, {word("span")}(sp)
    ld t1, 0(t0)
    ld t2, 8(t0)
clear:
    sd zero, 0(t1)
    addi t1, t1, 8
    bltu t1, t2, clear
    addi t0, t0, 16
    sd t0, {word("span")}(sp)
    ld t0, {word("ticks")}(sp)
    addi t0, t0, 8
    sd t0, {word("ticks")}(sp)
    ld t0, {word("window_in")}(sp)
    ld t1, {word("window_stride")}(sp)
    add t0, t0, t1
    sd t0, {word("window_in")}(sp)
    ld t0, {word("remaining")}(sp)
    addi t0, t0, -1
    sd t0, {word("remaining")}(sp)
    bnez t0, next_case
    li t1, {ord(DONE)}
    j answer
broken:
    li t1, {ord(BROKEN)}
answer:
    li t0, UART
    sb t1, 0(t0)
    j idle

copy:                                   # from t0 to t1 until t2, 64 bytes at a time; returns through s11
{chr(10).join(f"    ld s{i}, {8 * (i - 2)}(t0)" for i in range(2, 10))}
{chr(10).join(f"    sd s{i}, {8 * (i - 2)}(t1)" for i in range(2, 10))}
    addi t0, t0, 64
    addi t1, t1, 64
    bltu t1, t2, copy
    jr s11
"""


def generated_module() -> str:
    """The text of `_generated_qemu_system_firmware.py`: the assembled program, so that no run needs an assembler."""
    from oracles.llvm_assembler import assemble_riscv64

    digits = assemble_riscv64(firmware_source(), base=RAM_BASE).hex()
    lines = [f'    "{digits[at : at + 104]}"' for at in range(0, len(digits), 104)]
    head = '"""The assembled firmware. Written by `python -m oracles.qemu_system_firmware`; a test compares it."""'
    return "\n".join([head, "", "FIRMWARE = bytes.fromhex(", *lines, ")", ""])


if __name__ == "__main__":
    Path(__file__).with_name("_generated_qemu_system_firmware.py").write_text(generated_module())
