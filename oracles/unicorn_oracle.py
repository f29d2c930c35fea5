"""Unicorn as an oracle for RV64 machine cases.

Unicorn does not enter traps by itself: it tells its user about them. So the trap entry of the privileged manual is
played here, from what Unicorn reports and from its final state: cause and pc are Unicorn's; `tval` of a memory fault is
the address that Unicorn names, of an illegal instruction the instruction's bits, of a misaligned LR, SC or AMO the
address in its rs1, and 0 otherwise (privileged manual §3.1.16).

Foreign native code: run it in a worker process, never in a campaign's own.
"""

from __future__ import annotations

import importlib.metadata
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.contract.case import Case, CaseKind, MachineBatch, MachineCase
from harness.contract.executor import Capabilities
from harness.contract.observation import MACHINE_FIELDS, BatchObservation, Observation
from harness.contract.refusal import refusal, why_refused
from harness.contract.traps import End, Trap
from oracles.unicorn_driver import Event
from oracles.unicorn_engine import Counting, RawRun, UnicornEngine

STALL_S: Final = 0.02
"""A batch's case that runs for longer than one to two of these is stopped and run again with an exact limit."""

_CAUSES: Final = {
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
_ACCESSES: Final = {
    "UC_MEM_READ_UNMAPPED": Trap.LOAD_FAULT,
    "UC_MEM_READ_PROT": Trap.LOAD_FAULT,
    "UC_MEM_WRITE_UNMAPPED": Trap.STORE_FAULT,
    "UC_MEM_WRITE_PROT": Trap.STORE_FAULT,
    "UC_MEM_FETCH_UNMAPPED": Trap.FETCH_FAULT,
    "UC_MEM_FETCH_PROT": Trap.FETCH_FAULT,
}


class UnicornRiscv64:
    """Executor over Unicorn's riscv64 engine in U-mode.

    Args:
        count_retired: batches observe `retired` and keep `limit_insns` exactly, at about a third more time per case.
            Without it, a case of a batch that retires more than `limit_insns` instructions and then traps is answered
            with that trap; one that never traps is still answered exactly. `run` always counts.
        repair: put Unicorn's frequent defects right (`oracles.unicorn_repair`): NaN boxing of FP32 values, FMIN and
            FMAX of signaling NaNs, a flag of fused multiply-add, the time CSR and hpmcounters, traps of AMO and SC.
            Without it four programs of five end in a known disagreement.
        timeout_s: a single case that takes longer than this (to twice this) is a TIMEOUT.
    """

    def __init__(self, *, count_retired: bool = True, repair: bool = True, timeout_s: float = 5.0) -> None:
        import unicorn

        self._access_traps = np.zeros(256, np.uint8)
        for name, trap in _ACCESSES.items():
            self._access_traps[getattr(unicorn.unicorn_const, name)] = trap
        self._cause_traps = np.full(256, Trap.OTHER, np.uint8)
        for cause, trap in _CAUSES.items():
            self._cause_traps[cause] = trap
        self._timeout_s = timeout_s
        self._repair = repair
        self._counting = Counting.BLOCKS if count_retired else Counting.NONE
        self._batch_engine: UnicornEngine | None = None
        self._exact_engine: UnicornEngine | None = None
        fields = frozenset(MACHINE_FIELDS)
        self._capabilities = Capabilities(
            kinds=frozenset({CaseKind.MACHINE}),
            isas=frozenset({"riscv64"}),
            extensions=frozenset({"I", "M", "A", "F", "D", "C", "Zicsr", "Zifencei"}),
            observes=fields if count_retired else fields - {"retired"},
            exact_limit=True,
            native_batch=True,
            isolated=False,
            version=f"Unicorn {importlib.metadata.version('unicorn')}",
            notes=("trap entry is played by the adapter: tval is Unicorn's own only for memory faults",)
            + (
                ("repaired by the adapter: NaN boxing, FMIN, FMAX and FMADD of NaNs, counters, AMO and SC traps",)
                if repair
                else ()
            )
            + (() if count_retired else ("batches do not count retired instructions; run does",)),
        )

    @property
    def name(self) -> str:
        return "unicorn"

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def run(self, case: Case) -> Observation:
        """Run one case, counting instructions one by one."""
        reason = why_refused(self.name, self._capabilities, case)
        if reason is not None or not isinstance(case, MachineCase):
            return refusal(case, reason or f"{self.name} runs machine cases")
        batch = MachineBatch.of([case])
        engine = self._exact()
        with engine.placed(batch.code, batch.code_bytes, batch.code_address):
            raw = engine.run(batch.initial, batch.memory, case.limit_insns, np.arange(1))
        return self._observe(raw, frozenset(MACHINE_FIELDS), case.limit_insns).row(0)

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        """Run every case of `batch` in one call of the native loop; stragglers once more, with an exact limit."""
        if batch.isa not in self._capabilities.isas:
            refused = BatchObservation.empty(batch.isa, len(batch), frozenset())
            refused.end[:] = End.REFUSED
            return refused
        engine = self._batch()
        with engine.placed(batch.code, batch.code_bytes, batch.code_address):
            raw = engine.run(batch.initial, batch.memory, batch.limit_insns, np.arange(len(batch)))
        observation = self._observe(raw, self._capabilities.observes, batch.limit_insns)
        open_ended = np.flatnonzero(np.isin(raw.ends[:, 0], (Event.NONE, Event.LIMIT)))
        if len(open_ended):
            self._settle(batch, open_ended, observation)
        return observation

    def close(self) -> None:
        """Release both engines. Idempotent."""
        for engine in (self._batch_engine, self._exact_engine):
            if engine is not None:
                engine.close()
        self._batch_engine = self._exact_engine = None

    def _settle(self, batch: MachineBatch, rows: NDArray[np.int64], observation: BatchObservation) -> None:
        """Run `rows` again exactly and put the answers in their places."""
        engine = self._exact()
        memory = batch.memory if len(batch.memory) == 1 else batch.memory[rows]
        with engine.placed(batch.code, batch.code_bytes, batch.code_address):
            raw = engine.run(batch.initial[rows], memory, batch.limit_insns, rows)
        exact = self._observe(raw, frozenset(MACHINE_FIELDS), batch.limit_insns)
        if "retired" not in observation.observed:
            exact.retired[:] = 0
        for name in ("end", "trap", "tval", "state", "memory", "retired"):
            getattr(observation, name)[rows] = getattr(exact, name)

    def _observe(self, raw: RawRun, observed: frozenset[str], limit_insns: int) -> BatchObservation:
        """Translate Unicorn's reports into the contract's words, all rows at once."""
        event, number, address, retired = (raw.ends[:, column] for column in range(4))
        code = np.minimum(number, np.uint64(255)).astype(np.int64)
        interrupt, memory = event == Event.INTERRUPT, event == Event.MEMORY
        trap = np.zeros(len(event), np.uint8)
        trap[interrupt] = self._cause_traps[code[interrupt]]
        trap[memory] = self._access_traps[code[memory]]
        trap[event == Event.BREAKPOINT] = Trap.BREAKPOINT
        trap[event == Event.MISALIGNED_SC] = Trap.STORE_MISALIGNED
        if self._repair:
            _amo_traps_are_store_traps(trap, raw.instruction)
        end = np.full(len(event), End.TRAP, np.uint8)
        end[event == Event.LIMIT] = End.LIMIT
        end[event == Event.NONE] = End.TIMEOUT
        tval = np.where(memory, address, np.uint64(0))
        illegal = trap == Trap.ILLEGAL_INSTRUCTION
        tval[illegal] = raw.instruction[illegal]
        misaligned = np.flatnonzero((trap == Trap.LOAD_MISALIGNED) | (trap == Trap.STORE_MISALIGNED))
        rs1 = (raw.instruction[misaligned] >> np.uint64(15) & np.uint64(31)).astype(np.int64)
        tval[misaligned] = raw.state["x"][misaligned, rs1]
        if "retired" in observed:
            # A trap of the instruction after the last permitted one: it changed nothing, and was never to be tried.
            late = (end == End.TRAP) & (retired >= np.uint64(limit_insns))
            end[late], trap[late], tval[late] = End.LIMIT, Trap.NONE, 0
        else:
            retired = np.zeros_like(retired)
        return BatchObservation(end, trap, tval, raw.state, raw.memory, retired.copy(), observed)

    def _batch(self) -> UnicornEngine:
        if self._batch_engine is None:
            self._batch_engine = UnicornEngine(self._counting, STALL_S, self._repair)
        return self._batch_engine

    def _exact(self) -> UnicornEngine:
        if self._exact_engine is None:
            self._exact_engine = UnicornEngine(Counting.INSTRUCTIONS, self._timeout_s, self._repair)
        return self._exact_engine


def _amo_traps_are_store_traps(trap: NDArray[np.uint8], instruction: NDArray[np.uint64]) -> None:
    """Privileged manual, mcause: SC and AMO generate store/AMO exceptions; only LR generates load exceptions."""
    opcode, function = instruction & np.uint64(0x7F), instruction >> np.uint64(27)
    stores = (opcode == 0x2F) & (function != 2)
    for wrong, right in ((Trap.LOAD_MISALIGNED, Trap.STORE_MISALIGNED), (Trap.LOAD_FAULT, Trap.STORE_FAULT)):
        trap[stores & (trap == wrong)] = right


def uncounted() -> UnicornRiscv64:
    """For throughput: batches do not observe `retired`; a fifth faster."""
    return UnicornRiscv64(count_retired=False)


def unrepaired() -> UnicornRiscv64:
    """Unicorn as it comes, every known defect in place: what the suite must find when errata are switched off."""
    return UnicornRiscv64(repair=False)
