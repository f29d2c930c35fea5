"""The riscv64 Linux ABI: registers of a system call, signal frames, traps as signals, the sigreturn trampoline.

Source: uapi/asm/ucontext.h, sigcontext.h, ptrace.h and kernel/signal.c of Linux' arch/riscv; RISC-V psABI.
"""

from __future__ import annotations

import _struct as struct

from engines.vm.errors import MachineError
from engines.vm.guests.riscv64.state import NO_RESERVATION, Hart, word_of
from engines.vm.guests.riscv64.traps import ExceptionCause
from engines.vm.memory.address_space import MAPPED, AddressSpace
from engines.vm.user.elf import Machine
from engines.vm.user.signals import SIGINFO_BYTES, AlternateStack, Code, Signal, SignalInfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

X: Final = word_of("x")
F: Final = word_of("f")
PC: Final = word_of("pc")
FFLAGS: Final = word_of("fflags")
FRM: Final = word_of("frm")
RESERVATION: Final = word_of("reservation")
RETIRED: Final = word_of("retired")
V: Final = word_of("v")
_VECTOR_WORDS: Final = word_of("vs") - V

RA: Final = X + 1
SP: Final = X + 2
TP: Final = X + 4
A0: Final = X + 10
NUMBER: Final = X + 17
ECALL_BYTES: Final = 4

NAME: Final = "riscv64"
ELF_MACHINE: Final = Machine.RISCV
UNAME_MACHINE: Final = b"riscv64"
HWCAP: Final = sum(1 << (ord(letter) - ord("A")) for letter in "IMAFDC")
TRAMPOLINE: Final = struct.pack("<II", 0x08B00893, 0x00000073)
"""`li a7, 139` (rt_sigreturn); `ecall`: the two words by which unwinders recognise a signal frame."""

_MASK: Final = 0xFFFF_FFFF_FFFF_FFFF
_UCONTEXT_BYTES: Final = 960
_FRAME_BYTES: Final = SIGINFO_BYTES + _UCONTEXT_BYTES
_UC_SIGMASK: Final = SIGINFO_BYTES + 40
_UC_MCONTEXT: Final = SIGINFO_BYTES + 176
"""After uc_flags, uc_link, uc_stack, uc_sigmask and 120 spare bytes; 16-byte aligned for the Q registers' sake."""
_FCSR_OFFSET: Final = _UC_MCONTEXT + 256 + 256
_GREGS: Final = struct.Struct("<32Q")
_FREGS: Final = struct.Struct("<32QI")


class SignalFrameError(MachineError):
    """The guest's stack cannot hold, or does not hold, a signal frame."""


def fault_signal(memory: AddressSpace, cause: int, value: int, pc: int) -> SignalInfo:
    """The signal that Linux sends for exception `cause` with trap value `value` at `pc`.

    Raises:
        ValueError: `cause` is no synchronous exception of U-mode.
    """
    if cause == ExceptionCause.ILLEGAL_INSTRUCTION:
        return SignalInfo(Signal.SIGILL, Code.ILL_ILLOPC, address=pc)
    if cause == ExceptionCause.BREAKPOINT:
        return SignalInfo(Signal.SIGTRAP, Code.TRAP_BRKPT, address=pc)
    if cause in (ExceptionCause.LOAD_ADDRESS_MISALIGNED, ExceptionCause.STORE_ADDRESS_MISALIGNED):
        return SignalInfo(Signal.SIGBUS, Code.BUS_ADRALN, address=value)
    if cause == ExceptionCause.INSTRUCTION_ADDRESS_MISALIGNED:
        return SignalInfo(Signal.SIGBUS, Code.BUS_ADRALN, address=pc)
    if cause in (
        ExceptionCause.INSTRUCTION_ACCESS_FAULT,
        ExceptionCause.LOAD_ACCESS_FAULT,
        ExceptionCause.STORE_ACCESS_FAULT,
    ):
        is_mapped = value < memory.limit and memory.perm[value >> 12] & MAPPED
        return SignalInfo(Signal.SIGSEGV, Code.SEGV_ACCERR if is_mapped else Code.SEGV_MAPERR, address=value)
    raise ValueError(f"exception cause {cause}; must be 0 to 7")


def hwcap(*, has_vectors: bool) -> int:
    """AT_HWCAP: one bit for each letter of the ISA's name."""
    return HWCAP | (1 << ord("V") - ord("A") if has_vectors else 0)


def start(hart: Hart, entry: int, stack_pointer: int) -> None:
    """Bring the hart to a program's first instruction: all registers 0 but sp, and the counters kept."""
    words = hart.words
    retired = words[RETIRED]
    hart.reset()
    words[RETIRED] = retired
    words[PC] = entry
    words[SP] = stack_pointer


def push_signal_frame(
    memory: AddressSpace,
    words: memoryview,
    info: SignalInfo,
    handler: int,
    restored_mask: int,
    alternate: AlternateStack,
    trampoline: int,
    *,
    on_alternate: bool,
) -> None:
    """Put a `rt_sigframe` on the guest's stack and enter `handler(signal, siginfo*, ucontext*)`.

    Args:
        words: the CPU record as 64-bit words.
        restored_mask: what rt_sigreturn puts back.
        alternate: the task's alternate stack, as uc_stack reports it.
        on_alternate: the handler asked for it, and the task is not on it yet.

    Raises:
        MemoryFault: the stack is not writable there.
        SignalFrameError: the frame would not fit into the alternate stack that the task is running on.
    """
    stack = words[SP]
    if on_alternate and not alternate.contains(stack):
        stack = (alternate.pointer + alternate.size) & _MASK
    elif alternate.contains(stack) and not alternate.contains(stack - _FRAME_BYTES):
        raise SignalFrameError(f"the alternate stack of {alternate.size} bytes is full")
    frame = ((stack - _FRAME_BYTES) & -16) & _MASK
    gregs = [words[PC], *words[X + 1 : X + 32].tolist()]
    fcsr = words[FRM] << 5 | words[FFLAGS]
    data = bytearray(_FRAME_BYTES)
    data[:SIGINFO_BYTES] = info.pack()
    struct.pack_into("<QQQi4xQQ", data, SIGINFO_BYTES, 0, 0, *_stack_fields(alternate), restored_mask)
    _GREGS.pack_into(data, _UC_MCONTEXT, *gregs)
    _FREGS.pack_into(data, _UC_MCONTEXT + 256, *words[F : F + 32].tolist(), fcsr)
    memory.write(frame, data)
    words[SP] = frame
    words[RA] = trampoline
    words[PC] = handler
    words[A0] = info.number
    words[A0 + 1] = frame
    words[A0 + 2] = frame + SIGINFO_BYTES
    words[RESERVATION] = NO_RESERVATION


def pop_signal_frame(memory: AddressSpace, words: memoryview) -> tuple[int, AlternateStack]:
    """Restore the state from the frame at sp; return the signal mask and the alternate stack to put back.

    Raises:
        MemoryFault: there is no readable frame.
    """
    frame = words[SP]
    data = memory.read(frame, _FRAME_BYTES)
    pointer, flags, size, mask = struct.unpack_from("<QI4xQQ", data, SIGINFO_BYTES + 16)
    gregs = _GREGS.unpack_from(data, _UC_MCONTEXT)
    *fregs, fcsr = _FREGS.unpack_from(data, _UC_MCONTEXT + 256)
    words[PC] = gregs[0] & ~1
    for i in range(1, 32):
        words[X + i] = gregs[i]
    for i in range(32):
        words[F + i] = fregs[i]
    words[FFLAGS] = fcsr & 0x1F
    words[FRM] = fcsr >> 5 & 7
    words[RESERVATION] = NO_RESERVATION
    return mask, AlternateStack(pointer, flags, size)


def _stack_fields(alternate: AlternateStack) -> Sequence[int]:
    flags = alternate.flags
    return alternate.pointer, flags - (1 << 32) if flags >> 31 else flags, alternate.size


def state_digest(words: memoryview) -> str:
    """Sixteen hex digits that identify pc, x0–x31, f0–f31 and fcsr: BLAKE2b-64 of these 66 little-endian words, and of
    a hart with V also of v0–v31, vl, vtype, vstart, vxrm and vxsat."""
    from hashlib import blake2b

    fcsr = words[FRM] << 5 | words[FFLAGS]
    state = [words[PC], *words[X : X + 32].tolist(), *words[F : F + 32].tolist(), fcsr]
    if len(words) > V:
        state += words[V : V + _VECTOR_WORDS].tolist()
    return blake2b(struct.pack(f"<{len(state)}Q", *state), digest_size=8).hexdigest()
