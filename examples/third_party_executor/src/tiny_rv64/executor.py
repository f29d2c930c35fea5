"""`TinyRv64`: the machine as an executor of Counterproof's machine cases."""

from __future__ import annotations

import numpy as np

from harness.contract import (
    BatchObservation,
    Capabilities,
    Case,
    CaseKind,
    End,
    MachineBatch,
    MachineCase,
    MachineObservation,
    Observation,
    Trap,
    run_each,
    state_dtype,
)
from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BASE
from harness.contract.refusal import refusal, why_refused
from tiny_rv64.machine import Machine, Region, TrapError, UnsupportedError

OBSERVED = frozenset(("end", "trap", "tval", "pc", "x", "memory", "retired"))


class TinyRv64:
    """RV64I in U-mode. It has no floating-point state, so `f` and `fcsr` are not observed."""

    name = "tiny-rv64"
    capabilities = Capabilities(
        kinds=frozenset((CaseKind.MACHINE,)),
        isas=frozenset(("riscv64",)),
        extensions=frozenset(("I",)),
        observes=OBSERVED,
        exact_limit=True,
        isolated=True,
        version="tiny-rv64 0.1.0",
        notes=("an instruction of another extension ends the case as REFUSED",),
    )

    def run(self, case: Case) -> Observation:
        refused = why_refused(self.name, self.capabilities, case)
        if refused is not None or not isinstance(case, MachineCase):
            return refusal(case, refused or f"{self.name} runs machine cases")
        code = bytearray(CODE_BYTES)
        start = case.code_address - CODE_BASE
        code[start : start + len(case.code)] = case.code
        window = Region(DATA_BASE, bytearray(case.memory), writable=True, executable=False)
        arena = Region(CODE_BASE, code, writable=False, executable=True)
        machine = Machine([arena, window], int(case.state["pc"]), [0, *(int(v) for v in case.state["x"][1:])])
        end, trap, value, retired, detail = End.LIMIT, Trap.NONE, 0, 0, ""
        try:
            while retired < case.limit_insns:
                machine.step()
                retired += 1
        except TrapError as taken:
            end, trap, value = End.TRAP, Trap[taken.name], taken.value
        except UnsupportedError as reached:
            end, detail = End.REFUSED, str(reached)
        state = np.zeros(1, state_dtype("riscv64"))
        state["pc"], state["x"][0] = machine.pc, machine.x
        return MachineObservation(end, trap, value, state[0], bytes(window.data), retired, OBSERVED, detail)

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        return run_each(self, batch)

    def close(self) -> None:
        return
