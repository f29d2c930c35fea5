"""Small machines for tests of the harness: a few RISC-V instructions, one executor that is right and some that are not.

They run in workers too, named as `toy_executors:ToyMachine`.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from typing import ClassVar

import numpy as np

from harness.contract import (
    MACHINE_FIELDS,
    BatchObservation,
    Capabilities,
    Case,
    CaseKind,
    End,
    MachineBatch,
    MachineCase,
    MachineObservation,
    Observation,
    ProgramCase,
    ProgramObservation,
    Trap,
    run_each,
    state_dtype,
)
from harness.contract.layout import CODE_BASE, CODE_SLOT_BYTES, DATA_BASE, DATA_BYTES, MAX_BATCH_CASES

HIGHEST_DESCRIPTOR = 4_096
"""Workers are started by processes that may have many files open."""

MASK = (1 << 64) - 1
EBREAK = 0x0010_0073


def addi(rd: int, rs1: int, immediate: int) -> bytes:
    return ((immediate & 0xFFF) << 20 | rs1 << 15 | rd << 7 | 0x13).to_bytes(4, "little")


def add(rd: int, rs1: int, rs2: int) -> bytes:
    return (rs2 << 20 | rs1 << 15 | rd << 7 | 0x33).to_bytes(4, "little")


def mul(rd: int, rs1: int, rs2: int) -> bytes:
    return (1 << 25 | rs2 << 20 | rs1 << 15 | rd << 7 | 0x33).to_bytes(4, "little")


def sd_window(rs2: int, offset: int) -> bytes:
    """Stores x[rs2] at DATA_BASE + offset; a toy's own encoding."""
    return (offset << 20 | rs2 << 15 | 0x0B).to_bytes(4, "little")


def ebreak() -> bytes:
    return EBREAK.to_bytes(4, "little")


class ToyMachine:
    """addi, add, mul, a store into the window, ebreak; everything else is illegal."""

    name = "toy"
    capabilities = Capabilities(
        kinds=frozenset({CaseKind.MACHINE, CaseKind.PROGRAM}),
        isas=frozenset({"riscv64"}),
        observes=frozenset(MACHINE_FIELDS),
        exact_limit=True,
        isolated=True,
        version="Toy 1.0",
    )

    def product(self, a: int, b: int) -> int:
        return a * b & MASK

    def run(self, case: Case) -> Observation:
        if isinstance(case, ProgramCase):
            return ProgramObservation(0, 0, case.stdin[::-1], b"")
        assert isinstance(case, MachineCase)
        state, memory, retired = case.state.copy(), bytearray(case.memory), 0
        x = [int(v) for v in state["x"]]
        pc = int(state["pc"])
        end, trap, tval = End.LIMIT, Trap.NONE, 0
        while retired < case.limit_insns:
            offset = pc - case.code_address
            word = int.from_bytes(case.code[offset : offset + 4], "little") if offset >= 0 else 0
            rd, rs1, rs2 = word >> 7 & 31, word >> 15 & 31, word >> 20 & 31
            opcode = word & 0x7F
            if word == EBREAK:
                end, trap = End.TRAP, Trap.BREAKPOINT
                break
            if opcode == 0x13:
                value = x[rs1] + ((word >> 20 ^ 0x800) - 0x800) & MASK
            elif opcode == 0x33:
                value = self.product(x[rs1], x[rs2]) if word >> 25 else x[rs1] + x[rs2] & MASK
            elif opcode == 0x0B:
                at = word >> 20
                memory[at : at + 8] = x[rs1].to_bytes(8, "little")
                rd, value = 0, 0
            else:
                end, trap, tval = End.TRAP, Trap.ILLEGAL_INSTRUCTION, word if word & 3 == 3 else word & 0xFFFF
                break
            if rd:
                x[rd] = value
            pc += 4
            retired += 1
        state["x"], state["pc"] = x, pc
        return MachineObservation(end, trap, tval, state, bytes(memory), retired)

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        return run_each(self, batch)

    def close(self) -> None:
        return None


class WrongMultiplier(ToyMachine):
    """`mul` forgets a carry when both operands are negative."""

    name = "wrong-multiplier"
    capabilities = ToyMachine.capabilities

    def product(self, a: int, b: int) -> int:
        return (a * b ^ (1 << 63 if a >> 63 and b >> 63 else 0)) & MASK


class Blind(ToyMachine):
    """Sees nothing."""

    name = "blind"
    capabilities = Capabilities(kinds=frozenset({CaseKind.MACHINE}), isas=frozenset({"riscv64"}), version="0")

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        seen = BatchObservation.empty(batch.isa, len(batch), frozenset())
        seen.end[:] = End.TRAP
        return seen


class Bad(ToyMachine):
    """Misbehaves in the way that the first byte of a case's code asks for; other cases are answered by `ToyMachine`."""

    name = "bad"
    capabilities = ToyMachine.capabilities
    WAYS: ClassVar[dict[str, int]] = {
        name: 0x80 + i
        for i, name in enumerate(
            ("segfault", "hang", "memory", "garbage", "close_stdout", "close_all", "exit", "raise", "flood", "abort")
        )
    }

    def run(self, case: Case) -> Observation:
        code = case.code if isinstance(case, MachineCase) else getattr(case, "stdin", b"")
        way = next((name for name, byte in self.WAYS.items() if code[:1] == bytes((byte,))), "")
        if way:
            getattr(self, way)()
        return super().run(case)

    def segfault(self) -> None:
        ctypes.string_at(8)

    def hang(self) -> None:
        while True:
            time.sleep(1)

    def memory(self) -> None:
        kept = []
        while True:
            kept.append(b"x" * (64 << 20))

    def garbage(self) -> None:
        """Writes nonsense to every descriptor, the control connection among them."""
        for descriptor in range(3, HIGHEST_DESCRIPTOR):
            try:
                os.write(descriptor, b"\xde\xad\xbe\xef" * 64)
            except OSError:
                continue
        time.sleep(30)

    def close_stdout(self) -> None:
        os.close(1)
        os.close(2)

    def close_all(self) -> None:
        os.closerange(1, HIGHEST_DESCRIPTOR)
        time.sleep(30)

    def exit(self) -> None:
        os._exit(7)

    def raise_(self) -> None:
        raise RuntimeError("a foreign exception")

    def flood(self) -> None:
        while True:
            sys.stdout.write("x" * 65536)

    def abort(self) -> None:
        os.abort()

    def __getattr__(self, name: str) -> object:
        if name == "raise":
            return self.raise_
        raise AttributeError(name)


class WrongShape(ToyMachine):
    """Answers batches with one row too few."""

    name = "wrong-shape"
    capabilities = ToyMachine.capabilities

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        return BatchObservation.empty(batch.isa, len(batch) - 1)


class NeverFilled(ToyMachine):
    """Leaves a row of a batch as it came."""

    name = "never-filled"
    capabilities = ToyMachine.capabilities

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        seen = super().run_batch(batch)
        seen.end[-1] = 0
        return seen


class DiesAtBirth(ToyMachine):
    def __init__(self) -> None:
        os.abort()


class NeedsMissingLibrary(ToyMachine):
    def __init__(self) -> None:
        import no_such_library_for_counterproof  # type: ignore[import-not-found]  # noqa: F401


class NotAnExecutor:
    pass


def window_word(seen: MachineObservation, offset: int) -> int:
    """The 64-bit word at `DATA_BASE + offset`."""
    assert 0 <= offset <= DATA_BYTES - 8 and DATA_BASE
    return int(np.frombuffer(seen.memory[offset : offset + 8], "<u8")[0])


def generate(seed: int, first_index: int, count: int, profile: str) -> MachineBatch:
    """Toy programs: five additions and a product of registers 10 and 11, a store, ebreak.

    In the profile `bad`, case 3 of every seed makes `Bad` segfault; in `endless`, programs never end.
    """
    state = np.zeros(count, state_dtype("riscv64"))
    numbers = np.arange(first_index, first_index + count)
    addresses = CODE_BASE + CODE_SLOT_BYTES * (numbers % MAX_BATCH_CASES).astype(np.uint64)
    state["pc"] = addresses
    for row, number in enumerate(numbers.tolist()):
        random = np.random.default_rng((seed, number))
        state["x"][row, 1:] = random.integers(0, 1 << 64, 31, np.uint64)
    body = b"".join(addi(5, 5, n) for n in range(5)) + mul(6, 10, 11) + sd_window(6, 8)
    code = body * (40 if profile == "endless" else 1) + ebreak()
    rows = np.tile(np.frombuffer(code, np.uint8), (count, 1))
    if profile == "bad":
        rows[numbers == 3, 0] = Bad.WAYS["segfault"]
    return MachineBatch(
        "riscv64",
        state,
        rows,
        np.full(count, len(code), np.uint32),
        addresses,
        np.zeros((1, DATA_BYTES), np.uint8),
        limit_insns=100,
        label=f"seed {seed}",
    )


class SecondOpinion(ToyMachine):
    name = "second-opinion"
    capabilities = ToyMachine.capabilities


class AlwaysWrong(ToyMachine):
    """Every product is off by one."""

    name = "always-wrong"
    capabilities = ToyMachine.capabilities

    def product(self, a: int, b: int) -> int:
        return super().product(a, b) ^ 1


class Leaky(ToyMachine):
    """In a batch, a register of each case leaks into the next."""

    name = "leaky"
    capabilities = ToyMachine.capabilities

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        seen = super().run_batch(batch)
        seen.state["x"][1:, 31] = seen.state["x"][:-1, 31].copy()
        return seen


class Refuser(ToyMachine):
    """Declines every batch."""

    name = "refuser"
    capabilities = ToyMachine.capabilities

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        seen = BatchObservation.empty(batch.isa, len(batch))
        seen.end[:] = End.REFUSED
        return seen


class RiscvToy(ToyMachine):
    """For cases of the real generator, most of whose instructions a toy does not know: it calls everything a NOP but
    `ebreak`, and gives the number of instructions in x31."""

    name = "riscv-toy"
    capabilities = ToyMachine.capabilities
    flaw = 0

    def run(self, case: Case) -> Observation:
        assert isinstance(case, MachineCase)
        state, retired = case.state.copy(), 0
        pc = int(state["pc"])
        end, trap = End.LIMIT, Trap.NONE
        while retired < case.limit_insns:
            offset = pc - case.code_address
            word = int.from_bytes(case.code[offset : offset + 4], "little")
            if word == EBREAK or word & 0xFFFF == 0x9002 or offset >= len(case.code):
                end, trap = End.TRAP, Trap.BREAKPOINT
                break
            pc += 4 if word & 3 == 3 else 2
            retired += 1
        wrong = retired > 5 and int(case.state["x"][31]) % 8 == 7
        state["pc"], state["x"][31] = pc, retired + (self.flaw if wrong else 0)
        return MachineObservation(end, trap, 0, state, case.memory, retired)


class RiscvToyWrong(RiscvToy):
    """Counts wrongly after five instructions, where x31 began as 7 modulo 8."""

    name = "riscv-toy-wrong"
    capabilities = ToyMachine.capabilities
    flaw = 1 << 40
