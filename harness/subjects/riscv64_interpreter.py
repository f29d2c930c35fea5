"""The native interpreter of our RISC-V machine as an executor; runs whole batches without coming back to Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

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
    Trap,
    state_dtype,
)
from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BASE, DATA_BYTES
from harness.subjects.riscv64_reference import ISA, TRAPS

if TYPE_CHECKING:
    from engines.vm.guests.riscv64.state import Hart
    from engines.vm.tiers.interpreter.tier import InterpreterTier

_TRAP_OF_CAUSE: Final = np.array([TRAPS.get(cause, Trap.OTHER) for cause in range(256)], np.uint8)


class InterpreterExecutor:
    """Runs machine cases on `engines.vm.tiers.interpreter`."""

    name: Final = "riscv64-interpreter"
    capabilities: Final = Capabilities(
        kinds=frozenset((CaseKind.MACHINE,)),
        isas=frozenset((ISA,)),
        extensions=frozenset(("I", "M", "A", "F", "D", "C", "Zicsr", "Zifencei")),
        observes=frozenset(MACHINE_FIELDS),
        exact_limit=True,
        native_batch=True,
        isolated=True,
        version="Counterproof native interpreter",
    )

    def __init__(self) -> None:
        """Build or load the interpreter now: no case's time pays for it."""
        self._tier: InterpreterTier | None = None
        self._hart: Hart | None = None
        self._ready()

    def run(self, case: Case) -> Observation:
        """Run one machine case; other kinds and ISAs are refused."""
        if not isinstance(case, MachineCase) or case.isa != ISA:
            wanted = f"{case.kind} case" if not isinstance(case, MachineCase) else f"ISA {case.isa!r}"
            return _refused(f"{self.name} runs machine cases of {ISA!r}, not this {wanted}")
        return self.run_batch(MachineBatch.of([case])).row(0)

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        """Run every case natively, each as if it were alone.

        Raises:
            ValueError: another ISA, or a case's code outside the code arena.
        """
        from engines.vm.tiers.interpreter.tier import BatchResult

        if batch.isa != ISA:
            raise ValueError(f"{self.name} runs batches of {ISA!r}, not {batch.isa!r}")
        _check_code(batch)
        tier, hart = self._ready()
        count = len(batch)
        # Filled for every case: zeroes before would cost a sixth of a batch of short programs.
        found = BatchObservation.empty(ISA, count, zeroed=False)
        if not count:
            return found
        cause = np.zeros(count, np.uint8)
        tier.run_batch(
            hart,
            window=DATA_BASE,
            initial=np.ascontiguousarray(batch.initial, state_dtype(ISA)),
            code=np.ascontiguousarray(batch.code, np.uint8),
            code_bytes=np.ascontiguousarray(batch.code_bytes, np.uint32),
            code_address=np.ascontiguousarray(batch.code_address, np.uint64),
            memory=np.ascontiguousarray(batch.memory, np.uint8),
            limit_insns=batch.limit_insns,
            out=BatchResult(found.end, cause, found.tval, found.state, found.memory, found.retired),
        )
        found.trap[:] = np.where(found.end == End.TRAP, _TRAP_OF_CAUSE[cause], Trap.NONE)
        return found

    def close(self) -> None:
        """Give the guest memory back."""
        self._hart = None
        self._tier = None

    def _ready(self) -> tuple[InterpreterTier, Hart]:
        """The tier, and a scratch hart whose memory has the two regions of the layout."""
        from engines.vm.guests.riscv64.state import Hart
        from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
        from engines.vm.tiers.interpreter.tier import InterpreterTier

        if self._tier is None or self._hart is None:
            memory = AddressSpace()
            memory.map(CODE_BASE, CODE_BYTES, READ | EXEC)
            memory.map(DATA_BASE, DATA_BYTES, READ | WRITE)
            self._tier, self._hart = InterpreterTier(), Hart(memory)
            self._tier.decoded_code(memory).expect(CODE_BASE, CODE_BASE + CODE_BYTES)
        return self._tier, self._hart


def _check_code(batch: MachineBatch) -> None:
    """Refuse what would write outside the arena: native code trusts its arguments."""
    address, size = batch.code_address, batch.code_bytes.astype(np.uint64)
    count = len(batch)
    shapes = (len(batch.code), len(batch.code_bytes), len(batch.code_address))
    if shapes != (count,) * 3 or len(batch.memory) not in (1, count) or batch.memory.shape[1:] != (DATA_BYTES,):
        raise ValueError(
            f"batch of {count} cases has {shapes} rows of code, code_bytes and code_address, and memory of shape "
            f"{batch.memory.shape}; needs {count} each, and ({count} or 1, {DATA_BYTES})"
        )
    bad = (size > batch.code.shape[1]) | (address < CODE_BASE) | (address + size > CODE_BASE + CODE_BYTES)
    bad |= (address & np.uint64(1)) != 0
    if bad.any():
        i = int(np.argmax(bad))
        raise ValueError(
            f"case {i}: {int(size[i])} bytes of code (row of {batch.code.shape[1]}) at {int(address[i]):#x}; code is "
            f"at an even address inside the code arena [{CODE_BASE:#x}, {CODE_BASE + CODE_BYTES:#x})"
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
