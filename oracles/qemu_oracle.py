"""QEMU as an oracle: machine cases on qemu-system-riscv64, in batches, with exact limits and every field observed."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.contract.case import Case, CaseKind, MachineBatch, MachineCase
from harness.contract.executor import Capabilities
from harness.contract.layout import CODE_BASE, DATA_BYTES, MAX_BATCH_CASES
from harness.contract.observation import MACHINE_FIELDS, BatchObservation, Observation
from harness.contract.refusal import refusal, why_refused
from harness.contract.states import state_dtype
from harness.contract.traps import End, Trap
from oracles.qemu_system import (
    QemuDiedError,
    QemuMachine,
    QemuSystemError,
    program_path,
    version,
)
from oracles.qemu_system_firmware import COUNTER_TO_COUNTER_INSNS, INSTRUCTION_NS

ISA: Final = "riscv64"
EXTENSIONS: Final = frozenset(("I", "M", "A", "F", "D", "C", "Zicsr", "Zifencei"))
ADDI_X1_X1_1: Final = 0x0010_8093
EBREAK: Final = 0x0010_0073
MACHINE_TIMER: Final = 1 << 63 | 7
TRAPS: Final = {
    0: Trap.FETCH_MISALIGNED,
    1: Trap.FETCH_FAULT,
    2: Trap.ILLEGAL_INSTRUCTION,
    3: Trap.BREAKPOINT,
    4: Trap.LOAD_MISALIGNED,
    5: Trap.LOAD_FAULT,
    6: Trap.STORE_MISALIGNED,
    7: Trap.STORE_FAULT,
    8: Trap.ENVIRONMENT_CALL,
}
"""`mcause` to the neutral vocabulary (Privileged ISA, table of `mcause` values)."""
COUNTED_TRAPS: Final = (2, 3, 8)
"""Causes whose instruction QEMU counts although it does not retire; for illegal instructions, not always."""
FETCH_FAULT: Final = 1
ILLEGAL: Final = 2
MAJOR_OPCODES_COUNTED_EITHER_WAY: Final = (0x73, 0x43, 0x47, 0x4B, 0x4F, 0x53)
"""SYSTEM, MADD, MSUB, NMSUB, NMADD, OP-FP: QEMU finds these illegal at translation (counted) or at execution (not)."""


class QemuSystemOracle:
    """RV64IMAFDC in U-mode on QEMU's TCG. The process starts with the first case and lives until `close`."""

    def __init__(self) -> None:
        self._machine: QemuMachine | None = None
        self._capabilities: Capabilities | None = None

    @property
    def name(self) -> str:
        return "qemu-system-riscv64"

    @property
    def capabilities(self) -> Capabilities:
        if self._capabilities is None:
            self._capabilities = Capabilities(
                kinds=frozenset((CaseKind.MACHINE,)),
                isas=frozenset((ISA,)),
                extensions=EXTENSIONS,
                observes=frozenset(MACHINE_FIELDS),
                exact_limit=True,
                native_batch=True,
                isolated=True,
                version=version(program_path()),
                notes=("a breakpoint's trap value is given as 0; QEMU writes the pc, and the manual allows both",),
            )
        return self._capabilities

    def run(self, case: Case) -> Observation:
        refused = why_refused(self.name, self.capabilities, case)
        if refused is not None or not isinstance(case, MachineCase):
            return refusal(case, refused or f"{self.name} runs machine cases")
        return self.run_batch(MachineBatch.of([case])).row(0)

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        """Run every case; more than `MAX_BATCH_CASES` go in several rounds.

        Raises:
            QemuSystemError: QEMU is missing, does not start, or its counters are not exact.
        """
        answer = BatchObservation.empty(ISA, len(batch))
        if batch.isa != ISA:
            answer.end[:] = End.REFUSED
            return answer
        for start in range(0, len(batch), MAX_BATCH_CASES):
            self._rows(batch, answer, np.arange(start, min(start + MAX_BATCH_CASES, len(batch))))
        return answer

    def close(self) -> None:
        if self._machine is not None:
            self._machine.close()
            self._machine = None

    def _rows(self, batch: MachineBatch, answer: BatchObservation, rows: NDArray[np.intp]) -> None:
        """Run the cases `rows`, whatever QEMU does: a death costs the case that caused it and nothing else."""
        limits = np.full(len(batch), batch.limit_insns, np.uint64)
        while len(rows):
            machine = self._running()
            done = len(rows)
            try:
                self._execute(machine, batch, rows, limits)
            except QemuDiedError as death:
                done = death.completed
                answer.end[rows[done]] = End.TIMEOUT if death.timed_out else End.CRASH
            uncertain = self._collect(machine, limits, answer, rows[:done])
            if done < len(rows):
                self.close()
            self._settle(batch, answer, uncertain)
            rows = rows[done + 1 :]

    def _execute(
        self, machine: QemuMachine, batch: MachineBatch, rows: NDArray[np.intp], limits: NDArray[np.uint64]
    ) -> None:
        count = len(rows)
        machine.place_code(batch.code_address[rows], batch.code_bytes[rows], batch.code[rows])
        machine.place_limits(limits[rows])
        machine.initial[:count] = batch.initial[rows]
        shared = len(batch.memory) == 1
        windows = batch.memory if shared else batch.memory[rows]
        machine.windows_in[: windows.size].reshape(windows.shape)[:] = windows
        machine.run(count, 0 if shared else DATA_BYTES, int(limits[rows].max()))

    def _collect(
        self, machine: QemuMachine, limits: NDArray[np.uint64], answer: BatchObservation, rows: NDArray[np.intp]
    ) -> NDArray[np.intp]:
        """Copy the results of `rows` out of the guest; return those whose retired count may be one too low."""
        count = len(rows)
        results, final = machine.results[:count], machine.final[:count]
        cause = results["mcause"]
        elapsed = (results["counter_at_trap"] - results["counter_at_start"]) // np.uint64(INSTRUCTION_NS)
        retired = elapsed - np.uint64(COUNTER_TO_COUNTER_INSNS) - np.isin(cause, COUNTED_TRAPS)
        # QEMU fetches the next instruction before it looks at the timer: a fetch fault precedes an equal deadline.
        limit = (cause == MACHINE_TIMER) | ((cause == FETCH_FAULT) & (retired == limits[rows]))
        traps = np.full(count, Trap.OTHER, np.uint8)
        for code, trap in TRAPS.items():
            traps[cause == code] = trap
        traps[limit] = Trap.NONE
        tval = results["mtval"].copy()
        tval[(traps == Trap.BREAKPOINT) & (tval == final["pc"])] = 0
        tval[limit] = 0
        answer.end[rows] = np.where(limit, End.LIMIT, End.TRAP)
        answer.trap[rows] = traps
        answer.tval[rows] = tval
        answer.state[rows] = final
        answer.retired[rows] = retired
        answer.memory[rows] = machine.windows_out[: count * DATA_BYTES].reshape(count, DATA_BYTES)
        opcode = (tval & np.uint64(0x7F)).astype(np.int64)
        uncertain: NDArray[np.bool_] = (cause == ILLEGAL) & np.isin(opcode, MAJOR_OPCODES_COUNTED_EITHER_WAY)
        return rows[uncertain]

    def _settle(self, batch: MachineBatch, answer: BatchObservation, rows: NDArray[np.intp]) -> None:
        """Find out whether `retired` of `rows` is right or one too low.

        A run limited to one instruction more than the lower figure traps if the lower figure is right and reaches
        its limit if it is not.
        """
        rows = rows[answer.retired[rows] + np.uint64(1) < np.uint64(batch.limit_insns)]
        if not len(rows):
            return
        limits = np.zeros(len(batch), np.uint64)
        limits[rows] = answer.retired[rows] + np.uint64(1)
        machine = self._running()
        try:
            self._execute(machine, batch, rows, limits)
        except QemuDiedError as death:
            answer.end[rows] = End.TIMEOUT if death.timed_out else End.CRASH
            self.close()
            return
        answer.retired[rows] += machine.results["mcause"][: len(rows)] == MACHINE_TIMER

    def _running(self) -> QemuMachine:
        if self._machine is None:
            self._machine = QemuMachine()
            self._calibrate()
        return self._machine

    def _calibrate(self) -> None:
        """Check on programs whose every count is known that limits and counters are exact on this release of QEMU."""
        nops = 40
        code = (ADDI_X1_X1_1.to_bytes(4, "little") * nops) + EBREAK.to_bytes(4, "little")
        limits = [1, 2, 3, 17, nops - 1, nops, nops + 1, nops + 1000]
        state = np.zeros((), state_dtype(ISA))
        batch = MachineBatch(
            isa=ISA,
            initial=np.tile(state, len(limits)),
            code=np.tile(np.frombuffer(code, np.uint8), (len(limits), 1)),
            code_bytes=np.full(len(limits), len(code), np.uint32),
            code_address=np.array([CODE_BASE + 4096 * i + 2 * i for i in range(len(limits))], np.uint64),
            memory=np.zeros((1, DATA_BYTES), np.uint8),
        )
        batch.initial["pc"] = batch.code_address
        assert self._machine is not None
        rows = np.arange(len(limits))
        answer = BatchObservation.empty(ISA, len(batch))
        self._execute(self._machine, batch, rows, np.array(limits, np.uint64))
        self._collect(self._machine, np.array(limits, np.uint64), answer, rows)
        expected = [min(limit, nops) for limit in limits]
        ends = [End.LIMIT if limit <= nops else End.TRAP for limit in limits]
        counted, added = answer.retired.tolist(), answer.state["x"][:, 1].tolist()
        if counted != expected or added != expected or answer.end.tolist() != ends:
            self.close()
            raise QemuSystemError(
                f"{version(program_path())} does not count instructions exactly: limits {limits} "
                f"gave {counted}, expected {expected}; Counterproof knows QEMU 7.2"
            )
