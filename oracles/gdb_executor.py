"""Machine cases on any engine with a gdbstub: set the state, single-step, stop before the environment is called.

Every instruction is a step, so limits and counts are exact. A debugger sees signals, not causes: SIGILL is an illegal
instruction, SIGSEGV an access fault, SIGBUS a misaligned access; whether a load or a store, the trapping instruction's
major opcode says. The trap value cannot be seen and is declared unobserved.

An `ecall` is never executed, because a user-mode emulator would hand it to this machine's kernel: reaching one is the
environment-call trap.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import Final

import numpy as np

from harness.contract.case import MachineCase
from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BASE, DATA_BYTES
from harness.contract.observation import MACHINE_FIELDS, MachineObservation
from harness.contract.states import state_dtype
from harness.contract.traps import End, Trap
from oracles.gdb_packets import GdbClosedError, GdbError, GdbTimeoutError
from oracles.gdb_remote import GdbRemote, StopReply

OBSERVED: Final = frozenset(MACHINE_FIELDS) - {"tval"}
X_NAMES: Final = (
    *("zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "fp", "s1"),
    *(f"a{i}" for i in range(8)),
    *(f"s{i}" for i in range(2, 12)),
    *(f"t{i}" for i in range(3, 7)),
)
"""GDB's names of x0 … x31."""
F_NAMES: Final = (
    *(f"ft{i}" for i in range(8)),
    *("fs0", "fs1"),
    *(f"fa{i}" for i in range(8)),
    *(f"fs{i}" for i in range(2, 12)),
    *(f"ft{i}" for i in range(8, 12)),
)
"""GDB's names of f0 … f31."""
SIGILL: Final = 4
SIGTRAP: Final = 5
SIGBUS: Final = 10
"""In GDB's own numbering, which differs from Linux's here."""
SIGSEGV: Final = 11
ECALL: Final = 0x0000_0073
EBREAKS: Final = (0x0010_0073, 0x9002)


def memory_access(instruction: int) -> str | None:
    """`load` or `store` by the major opcode (Unprivileged ISA, "RV32/64G Instruction Set Listings", opcode map).

    Args:
        instruction: 32 bits from the pc on; of a compressed instruction the low 16 count.
    """
    if instruction & 3 == 3:
        opcode = instruction & 0x7F
        if opcode == 0x2F:
            return "load" if instruction >> 27 & 31 == 2 else "store"
        return {0x03: "load", 0x07: "load", 0x23: "store", 0x27: "store"}.get(opcode)
    if instruction & 3 == 1:
        return None
    return (None, "load", "load", "load", None, "store", "store", "store")[instruction >> 13 & 7]


class GdbExecutor(ABC):
    """The part of an executor that talks to a stub; subclasses start it and declare the capabilities.

    Args:
        timeout_s: for one machine case, start included.
    """

    def __init__(self, timeout_s: float = 30.0) -> None:
        self._timeout_s = timeout_s

    @abstractmethod
    def launch(self, case: MachineCase) -> AbstractContextManager[GdbRemote]:
        """A context manager that gives a connection to a stopped target in which the code arena and the data window
        exist and hold the case's bytes; registers are set by the caller."""

    def run_machine(self, case: MachineCase) -> MachineObservation:
        """Run one case. A stub that dies is CRASH, one that does not answer is TIMEOUT."""
        deadline = time.monotonic() + self._timeout_s
        try:
            with self.launch(case) as remote:
                load_state(remote, case)
                end, trap, retired = self._step_through(remote, case, deadline)
                return MachineObservation(
                    end=end,
                    trap=trap,
                    tval=0,
                    state=read_state(remote),
                    memory=remote.read_memory(DATA_BASE, DATA_BYTES),
                    retired=retired,
                    observed=OBSERVED,
                )
        except GdbTimeoutError as error:
            return self._without_state(case, End.TIMEOUT, str(error))
        except GdbError as error:
            return self._without_state(case, End.CRASH, str(error))

    @staticmethod
    def _without_state(case: MachineCase, end: End, detail: str) -> MachineObservation:
        zero = np.zeros(1, state_dtype(case.isa))[0]
        return MachineObservation(end, Trap.NONE, 0, zero, bytes(DATA_BYTES), 0, OBSERVED, detail)

    def _step_through(self, remote: GdbRemote, case: MachineCase, deadline: float) -> tuple[End, Trap, int]:
        arena = bytearray(CODE_BYTES + 4)
        arena[case.code_address - CODE_BASE : case.code_address - CODE_BASE + len(case.code)] = case.code
        pc = int(case.state["pc"])
        for retired in range(case.limit_insns):
            inside = CODE_BASE <= pc < CODE_BASE + CODE_BYTES
            bits = int.from_bytes(arena[pc - CODE_BASE : pc - CODE_BASE + 4], "little") if inside else 0
            if inside and bits == ECALL:
                return End.TRAP, Trap.ENVIRONMENT_CALL, retired
            if time.monotonic() > deadline:
                raise GdbTimeoutError(f"the case ran for more than {self._timeout_s:g} s, {retired} instructions")
            reply = remote.step()
            before, pc = pc, remote.read_register("pc")
            trap = _trap_of(reply, before, pc, bits)
            if trap is not None:
                return End.TRAP, trap, retired
        return End.LIMIT, Trap.NONE, case.limit_insns


def _trap_of(reply: StopReply, before: int, after: int, bits: int) -> Trap | None:
    """The trap that ended a step at `before`, or None when the instruction retired.

    Raises:
        GdbClosedError: the target is gone.
    """
    if reply.signal is None:
        raise GdbClosedError(f"the target ended in the middle of a case: {reply}")
    compressed = bits & 3 != 3
    inside = before >= CODE_BASE and before + (2 if compressed else 4) <= CODE_BASE + CODE_BYTES
    if reply.signal == SIGTRAP:
        is_break = inside and (bits & 0xFFFF if compressed else bits) in EBREAKS
        return Trap.BREAKPOINT if is_break and after == before else None
    if reply.signal == SIGILL:
        return Trap.ILLEGAL_INSTRUCTION
    if reply.signal == SIGSEGV and not inside:
        return Trap.FETCH_FAULT
    access = memory_access(bits)
    if reply.signal == SIGSEGV and access is not None:
        return Trap.LOAD_FAULT if access == "load" else Trap.STORE_FAULT
    if reply.signal == SIGBUS and access is not None:
        return Trap.LOAD_MISALIGNED if access == "load" else Trap.STORE_MISALIGNED
    return Trap.OTHER


def load_state(remote: GdbRemote, case: MachineCase) -> None:
    """Set pc, x, f and fcsr."""
    for number in range(1, 32):
        remote.write_register(X_NAMES[number], int(case.state["x"][number]))
    for number in range(32):
        remote.write_register(F_NAMES[number], int(case.state["f"][number]))
    remote.write_register("fcsr", int(case.state["fcsr"]))
    remote.write_register("pc", int(case.state["pc"]))


def read_state(remote: GdbRemote) -> np.void:
    """pc, x, f and fcsr as a state record."""
    state = np.zeros(1, state_dtype("riscv64"))
    known = remote.read_general()

    def value(name: str) -> int:
        return known[name] if name in known else remote.read_register(name)

    state["x"][0] = [value(name) for name in X_NAMES]
    state["f"][0] = [value(name) for name in F_NAMES]
    state["fcsr"] = value("fcsr")
    state["pc"] = value("pc")
    record: np.void = state[0]
    return record
