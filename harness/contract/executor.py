"""The one interface that subjects and oracles share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from harness.contract.case import Case, CaseKind, MachineBatch
from harness.contract.observation import BatchObservation, MachineObservation, Observation


@dataclass(frozen=True)
class Capabilities:
    """What an executor can run and see. What is not declared is reported as unobserved, never as equal.

    Attributes:
        kinds: case kinds that `run` accepts.
        isas: guest ISAs, by the keys of `STATE_DTYPES` (empty for Wasm and source executors).
        extensions: ISA extensions by the manuals' names (`I`, `M`, `A`, `F`, `D`, `C`, `Zicsr`, `Zifencei`).
        observes: names out of `MACHINE_FIELDS` or `PROGRAM_FIELDS`.
        exact_limit: `limit_insns` stops after exactly that many retired instructions, so runs can be bisected.
        native_batch: `run_batch` is faster than a loop over `run`.
        isolated: the executor is safe to call in the campaign's own process; foreign native code is not.
        version: the version of the software that answers, as it prints it (`Unicorn 2.1.4`).
    """

    kinds: frozenset[CaseKind]
    isas: frozenset[str] = frozenset()
    extensions: frozenset[str] = frozenset()
    observes: frozenset[str] = frozenset()
    exact_limit: bool = False
    native_batch: bool = False
    isolated: bool = False
    version: str = ""
    notes: tuple[str, ...] = field(default=())


@runtime_checkable
class Executor(Protocol):
    """A subject or an oracle. Implementations register in `harness.registry` or by the entry-point group
    `counterproof.executors`."""

    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    def run(self, case: Case) -> Observation:
        """Run one case. A bad case is an observation (`End.REFUSED`); an exception means the executor is broken."""
        ...

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        """Run every case of `batch`; row i of the answer is case i. `run_each` serves those with nothing faster."""
        ...

    def close(self) -> None:
        """Release processes, memory and files. Idempotent."""
        ...


def run_each(executor: Executor, batch: MachineBatch) -> BatchObservation:
    """`run_batch` as a loop over `run`."""
    rows = [executor.run(batch.case(i)) for i in range(len(batch))]
    machine = [row for row in rows if isinstance(row, MachineObservation)]
    if len(machine) != len(rows):
        raise TypeError(f"{executor.name} answered a machine case with another kind of observation")
    return BatchObservation.of(batch.isa, machine)
