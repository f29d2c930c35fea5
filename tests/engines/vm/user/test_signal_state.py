"""Pending signals, siginfo, and the riscv64 signal frame, without a guest program."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.guests.riscv64.state import SINK, Hart
from engines.vm.guests.riscv64.traps import ExceptionCause
from engines.vm.memory.address_space import READ, WRITE, AddressSpace, MemoryFault
from engines.vm.user import riscv64, signals
from engines.vm.user.signals import AlternateStack, Code, PendingSignals, Signal, SignalInfo
from engines.vm.user.task import Task, new_task

STACK = 0x8000_0000
NO_STACK = AlternateStack()


def make_task() -> tuple[Task, AddressSpace]:
    memory = AddressSpace()
    memory.map(STACK - 0x10000, 0x10000, READ | WRITE)
    task = new_task(1, Hart(memory), riscv64.A0)
    task.words[riscv64.SP] = STACK - 8
    return task, memory


def push(task: Task, memory: AddressSpace, alternate: AlternateStack = NO_STACK, on_alternate: bool = False) -> int:
    info = SignalInfo(Signal.SIGSEGV, Code.SEGV_ACCERR, address=0xABCD)
    riscv64.push_signal_frame(memory, task.words, info, 0x4000, 0xF0, alternate, 0x7000, on_alternate=on_alternate)
    return int(task.words[riscv64.SP])


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 2**64 - 1), min_size=64, max_size=64), st.integers(0, 31), st.integers(0, 7))
def test_returning_from_a_handler_restores_every_register(values: list[int], fflags: int, frm: int) -> None:
    task, memory = make_task()
    words = task.words
    for i in range(1, 32):
        words[riscv64.X + i] = values[i]
        words[riscv64.F + i] = values[32 + i]
    words[riscv64.SP] = STACK - 8
    words[riscv64.PC] = values[0] & ~1
    words[riscv64.FFLAGS], words[riscv64.FRM] = fflags, frm
    before = words.tolist()
    push(task, memory)
    sp = words[riscv64.SP]
    rng = np.random.default_rng(1)
    for i in {*range(1, riscv64.RESERVATION)} - {riscv64.X + SINK}:
        words[i] = int(rng.integers(0, 2**63))
    words[riscv64.SP] = sp
    mask, alternate = riscv64.pop_signal_frame(memory, words)
    assert words[: riscv64.RESERVATION].tolist() == before[: riscv64.RESERVATION]
    assert (mask, alternate.flags) == (0xF0, signals.SS_DISABLE)


def test_the_handler_finds_the_kernels_layout() -> None:
    task, memory = make_task()
    task.words[riscv64.PC] = 0x1234
    task.words[riscv64.X + 31] = 31
    task.words[riscv64.F + 1] = 11
    task.words[riscv64.FFLAGS] = 3
    task.words[riscv64.FRM] = 2
    frame = push(task, memory)
    words = task.words
    assert frame % 16 == 0
    assert [words[riscv64.A0 + i] for i in range(3)] == [11, frame, frame + 128]
    assert (words[riscv64.PC], words[riscv64.RA]) == (0x4000, 0x7000)
    assert struct.unpack("<iiixxxxQ", memory.read(frame, 24)) == (11, 0, Code.SEGV_ACCERR, 0xABCD)
    context = frame + 128
    assert memory.load(context + 40, 8) == 0xF0  # uc_sigmask
    assert memory.load(context + 176, 8) == 0x1234  # sc_regs.pc
    assert memory.load(context + 176 + 8 * 31, 8) == 31  # sc_regs.t6
    assert memory.load(context + 432 + 8, 8) == 11  # f1
    assert memory.load(context + 432 + 256, 4) == 2 << 5 | 3  # fcsr


def test_the_alternate_stack_is_used_when_asked_for_and_when_it_has_room() -> None:
    task, memory = make_task()
    memory.map(0x5000_0000, 0x2000, READ | WRITE)
    alternate = AlternateStack(0x5000_0000, 0, 0x2000)
    first = push(task, memory, alternate, on_alternate=True)
    assert 0x5000_0000 <= first < 0x5000_2000
    second = push(task, memory, alternate, on_alternate=True)
    assert 0x5000_0000 <= second < first
    push(task, memory, alternate, on_alternate=True)
    task.words[riscv64.SP] = 0x5000_0100
    with pytest.raises(riscv64.SignalFrameError, match="8192 bytes is full"):
        push(task, memory, alternate, on_alternate=True)


def test_a_frame_needs_a_writable_stack() -> None:
    task, memory = make_task()
    task.words[riscv64.SP] = 0x100
    with pytest.raises(MemoryFault):
        push(task, memory)


@pytest.mark.parametrize(
    ("cause", "value", "expected"),
    [
        (ExceptionCause.ILLEGAL_INSTRUCTION, 0xFFFF, (Signal.SIGILL, Code.ILL_ILLOPC, 0x999)),
        (ExceptionCause.BREAKPOINT, 0, (Signal.SIGTRAP, Code.TRAP_BRKPT, 0x999)),
        (ExceptionCause.LOAD_ADDRESS_MISALIGNED, 0x101, (Signal.SIGBUS, Code.BUS_ADRALN, 0x101)),
        (ExceptionCause.STORE_ADDRESS_MISALIGNED, 0x103, (Signal.SIGBUS, Code.BUS_ADRALN, 0x103)),
        (ExceptionCause.LOAD_ACCESS_FAULT, 0x100, (Signal.SIGSEGV, Code.SEGV_MAPERR, 0x100)),
        (ExceptionCause.STORE_ACCESS_FAULT, STACK - 1, (Signal.SIGSEGV, Code.SEGV_ACCERR, STACK - 1)),
        (ExceptionCause.INSTRUCTION_ACCESS_FAULT, 1 << 63, (Signal.SIGSEGV, Code.SEGV_MAPERR, 1 << 63)),
    ],
)
def test_a_trap_becomes_the_signal_that_linux_sends(cause: int, value: int, expected: tuple[int, int, int]) -> None:
    _, memory = make_task()
    info = riscv64.fault_signal(memory, cause, value, 0x999)
    assert (info.number, info.code, info.address) == expected


def test_an_environment_call_is_no_fault() -> None:
    with pytest.raises(ValueError, match="cause 8"):
        riscv64.fault_signal(AddressSpace(), 8, 0, 0)


def test_standard_signals_merge_and_realtime_ones_queue() -> None:
    pending = PendingSignals()
    for number in (10, 40, 10, 40):
        pending.post(SignalInfo(number))
    everything = (1 << 64) - 1
    taken = []
    while (info := pending.take(everything)) is not None:
        taken.append(info.number)
    assert taken == [10, 40, 40]
    assert pending.mask == 0


def test_faults_come_first_and_masks_hold_back() -> None:
    pending = PendingSignals()
    for number in (2, 34, 11):
        pending.post(SignalInfo(number))
    assert pending.take(~signals.bit(11)).number == 2  # type: ignore[union-attr]
    pending.post(SignalInfo(1))
    assert pending.take((1 << 64) - 1).number == 11  # type: ignore[union-attr]
    pending.drop(34)
    assert pending.mask == signals.bit(1)
    assert pending.take(signals.bit(34)) is None


def test_a_siginfo_is_always_128_bytes() -> None:
    assert len(SignalInfo(11, Code.SEGV_MAPERR, address=2**64 - 1).pack()) == 128
    user = SignalInfo(10, Code.SI_TKILL, pid=77, uid=5).pack()
    assert struct.unpack("<iiixxxxii", user[:24]) == (10, 0, -6, 77, 5)
    assert SignalInfo(10, -1, raw=b"z" * 128).pack() == b"z" * 128
