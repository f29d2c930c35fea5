"""The reference tier of our RISC-V machine as an executor: slow, exact, pure Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from engines.vm.guests.riscv64.state import Hart
from engines.vm.guests.riscv64.traps import ExceptionCause
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.reference import ReferenceTier
from engines.vm.tiers.stop import Stop, StopReason
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
    Trap,
    run_each,
    state_dtype,
)
from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BASE, DATA_BYTES
from harness.subjects.tier_counts import TierCounts

if TYPE_CHECKING:
    from engines.vm.tiers.executor import Tier

TRAPS: Final[dict[int, Trap]] = {
    ExceptionCause.INSTRUCTION_ADDRESS_MISALIGNED: Trap.FETCH_MISALIGNED,
    ExceptionCause.INSTRUCTION_ACCESS_FAULT: Trap.FETCH_FAULT,
    ExceptionCause.ILLEGAL_INSTRUCTION: Trap.ILLEGAL_INSTRUCTION,
    ExceptionCause.BREAKPOINT: Trap.BREAKPOINT,
    ExceptionCause.LOAD_ADDRESS_MISALIGNED: Trap.LOAD_MISALIGNED,
    ExceptionCause.LOAD_ACCESS_FAULT: Trap.LOAD_FAULT,
    ExceptionCause.STORE_ADDRESS_MISALIGNED: Trap.STORE_MISALIGNED,
    ExceptionCause.STORE_ACCESS_FAULT: Trap.STORE_FAULT,
    ExceptionCause.ENVIRONMENT_CALL_FROM_U: Trap.ENVIRONMENT_CALL,
}
"""Our exception codes in the harness's words."""

ISA: Final = "riscv64"


class ReferenceExecutor:
    """Runs machine cases on `engines.vm.tiers.reference`."""

    name = "riscv64-reference"
    capabilities = Capabilities(
        kinds=frozenset((CaseKind.MACHINE,)),
        isas=frozenset((ISA,)),
        extensions=frozenset(("I", "M", "A", "F", "D", "C", "Zicsr", "Zifencei")),
        observes=frozenset(MACHINE_FIELDS),
        exact_limit=True,
        isolated=True,
        version="Counterproof reference tier",
    )

    def __init__(self, tier: Tier | None = None) -> None:
        self._tier = tier or ReferenceTier()
        self._counts = TierCounts(self._tier)
        self._memory: AddressSpace | None = None

    def run(self, case: Case) -> Observation:
        """Run one machine case; other kinds and ISAs are refused."""
        if not isinstance(case, MachineCase) or case.isa != ISA:
            wanted = f"{case.kind} case" if not isinstance(case, MachineCase) else f"ISA {case.isa!r}"
            return _refused(f"{self.name} runs machine cases of {ISA!r}, not this {wanted}")
        memory = self._place(case)
        hart = Hart(memory)
        load_state(hart, case.state)
        stop = self._tier.run(hart, case.limit_insns)
        observation = observe(hart, stop, memory.read(DATA_BASE, DATA_BYTES))
        memory.place(case.code_address, bytes(len(case.code)))
        return observation

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        return run_each(self, batch)

    def counts(self) -> Mapping[str, int]:
        """What the tier did until now."""
        return self._counts.now()

    def close(self) -> None:
        """Give the guest memory back."""
        self._memory = None

    def _place(self, case: MachineCase) -> AddressSpace:
        """The two regions of the layout with the case's code and data in place; the rest of the code arena is 0."""
        if self._memory is None:
            self._memory = AddressSpace()
            self._memory.map(CODE_BASE, CODE_BYTES, READ | EXEC)
            self._memory.map(DATA_BASE, DATA_BYTES, READ | WRITE)
        self._memory.place(case.code_address, case.code)
        self._memory.place(DATA_BASE, case.memory)
        return self._memory


def load_state(hart: Hart, state: np.void) -> None:
    """Give a fresh hart the registers of a state record."""
    cpu = hart.cpu
    cpu["x"][:32] = state["x"]
    cpu["x"][0] = 0
    cpu["f"] = state["f"]
    cpu["pc"] = state["pc"]
    cpu["fflags"] = int(state["fcsr"]) & 31
    cpu["frm"] = int(state["fcsr"]) >> 5 & 7


def observe(hart: Hart, stop: Stop, memory: bytes) -> MachineObservation:
    """What the harness sees of a hart that stopped."""
    cpu = hart.cpu
    state = np.zeros(1, state_dtype(ISA))[0]
    state["pc"] = cpu["pc"]
    state["x"] = cpu["x"][:32]
    state["f"] = cpu["f"]
    state["fcsr"] = int(cpu["frm"]) << 5 | int(cpu["fflags"])
    trapped = stop.reason is StopReason.TRAP
    return MachineObservation(
        end=End.TRAP if trapped else End.LIMIT,
        trap=TRAPS[stop.cause] if trapped else Trap.NONE,
        tval=stop.value,
        state=state,
        memory=memory,
        retired=int(cpu["retired"]),
    )


def _refused(detail: str) -> MachineObservation:
    return MachineObservation(
        end=End.REFUSED,
        trap=Trap.NONE,
        tval=0,
        state=np.zeros(1, state_dtype(ISA))[0],
        memory=bytes(DATA_BYTES),
        retired=0,
        detail=detail,
    )
