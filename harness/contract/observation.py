"""Observations: what an executor saw. Fields that it cannot see are named as unobserved by its capabilities."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from harness.contract.layout import DATA_BYTES
from harness.contract.states import state_dtype
from harness.contract.traps import End, Trap

MACHINE_FIELDS = ("end", "trap", "tval", "pc", "x", "f", "fcsr", "memory", "retired")
"""Everything comparable about a machine case, in the order in which differences are reported."""

PROGRAM_FIELDS = ("exit_status", "signal", "stdout", "stderr", "files")


@dataclass(frozen=True, eq=False)
class BatchObservation:
    """Observations of a batch as arrays; row i belongs to case i.

    Attributes:
        end: (N,) u1 of `End`. Rows that are TIMEOUT, CRASH or REFUSED have no other meaningful field.
        trap: (N,) u1 of `Trap`.
        tval: (N,) u8, the trap value as the manual defines it (faulting address, instruction bits, 0).
        state: (N,) final state records.
        memory: (N, DATA_BYTES) u1, the final data window.
        retired: (N,) u8, instructions retired; the trapping one is not counted.
        observed: the names out of `MACHINE_FIELDS` that this executor fills; the others hold zeros and mean nothing.
    """

    end: NDArray[np.uint8]
    trap: NDArray[np.uint8]
    tval: NDArray[np.uint64]
    state: NDArray[np.void]
    memory: NDArray[np.uint8]
    retired: NDArray[np.uint64]
    observed: frozenset[str] = frozenset(MACHINE_FIELDS)

    def __len__(self) -> int:
        return len(self.end)

    @classmethod
    def empty(
        cls, isa: str, count: int, observed: frozenset[str] = frozenset(MACHINE_FIELDS), *, zeroed: bool = True
    ) -> BatchObservation:
        """`count` rows, all zero (end 0 is no `End`: an executor must fill every row).

        Args:
            zeroed: whether states and memories are zero too, the greatest part; else they hold anything.
        """
        make = np.zeros if zeroed else np.empty
        return cls(
            end=np.zeros(count, np.uint8),
            trap=np.zeros(count, np.uint8),
            tval=np.zeros(count, np.uint64),
            state=make(count, state_dtype(isa)),
            memory=make((count, DATA_BYTES), np.uint8),
            retired=np.zeros(count, np.uint64),
            observed=observed,
        )

    def row(self, index: int) -> MachineObservation:
        return MachineObservation(
            end=End(int(self.end[index])),
            trap=Trap(int(self.trap[index])),
            tval=int(self.tval[index]),
            state=self.state[index].copy(),
            memory=self.memory[index].tobytes(),
            retired=int(self.retired[index]),
            observed=self.observed,
        )

    def rows(self, start: int, end: int) -> BatchObservation:
        """The observations of cases `start … end-1`, fewer where there are not so many; arrays are views of these."""
        return replace(
            self,
            end=self.end[start:end],
            trap=self.trap[start:end],
            tval=self.tval[start:end],
            state=self.state[start:end],
            memory=self.memory[start:end],
            retired=self.retired[start:end],
        )

    @classmethod
    def of(cls, isa: str, rows: list[MachineObservation]) -> BatchObservation:
        """Stack observations made by one executor (they share `observed`)."""
        batch = cls.empty(isa, len(rows), rows[0].observed if rows else frozenset(MACHINE_FIELDS))
        for i, row in enumerate(rows):
            batch.end[i], batch.trap[i], batch.tval[i] = row.end, row.trap, row.tval
            batch.state[i], batch.retired[i] = row.state, row.retired
            batch.memory[i] = np.frombuffer(row.memory, np.uint8)
        return batch


@dataclass(frozen=True, eq=False)
class MachineObservation:
    """One row of a `BatchObservation`, for code that looks at single cases."""

    end: End
    trap: Trap
    tval: int
    state: np.void
    memory: bytes
    retired: int
    observed: frozenset[str] = frozenset(MACHINE_FIELDS)
    detail: str = ""
    """Free text for people (why REFUSED, which signal at CRASH); never compared."""


@dataclass(frozen=True)
class ProgramObservation:
    """What a whole program did. `exit_status` is 0–255, or -1 when a signal ended it (`signal` then says which).

    `files` are those that the program created or changed, by path relative to its working directory.
    `checkpoints` are (retired, state hash) pairs where the case asked for them and the executor can.
    """

    exit_status: int
    signal: int
    stdout: bytes
    stderr: bytes
    end: End = End.TRAP
    files: tuple[tuple[str, bytes], ...] = ()
    retired: int = 0
    unknown_syscalls: tuple[tuple[int, int], ...] = ()
    """(system call number, how often) for calls that were answered with ENOSYS."""
    checkpoints: tuple[tuple[int, str], ...] = ()
    observed: frozenset[str] = frozenset(PROGRAM_FIELDS)
    detail: str = ""


@dataclass(frozen=True)
class WasmObservation:
    """Per call: the results as typed raw bits, or the trap's name. Globals and memory digests afterwards."""

    calls: tuple[tuple[str, ...], ...]
    end: End
    digests: tuple[tuple[str, str], ...] = ()
    observed: frozenset[str] = frozenset(("calls", "digests"))
    detail: str = ""


@dataclass(frozen=True)
class SourceObservation:
    """Accepted or rejected with (code, line) diagnostics; when it ran, its output."""

    accepted: bool
    diagnostics: tuple[tuple[str, int], ...] = ()
    run: ProgramObservation | None = None
    observed: frozenset[str] = frozenset(("accepted", "diagnostics", "run"))
    detail: str = field(default="", compare=False)


Observation: TypeAlias = MachineObservation | ProgramObservation | WasmObservation | SourceObservation
