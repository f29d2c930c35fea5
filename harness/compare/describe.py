"""What differs between two observations of one case, in words and numbers for people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.compare.machine import compare_batches, field_names
from harness.contract import BatchObservation, MachineBatch, MachineCase, MachineObservation, Verdict
from harness.contract.layout import DATA_BASE


@dataclass(frozen=True)
class FieldDifference:
    """One place where two observations differ: `x[10]`, `memory[0x90002008]`, `trap`."""

    place: str
    subject: str
    oracle: str

    def __str__(self) -> str:
        return f"{self.place}: {self.subject} here, {self.oracle} there"


@dataclass(frozen=True)
class CaseComparison:
    """The verdict on one case: which fields differ, and where INCOMPARABLE, why."""

    verdict: Verdict
    fields: tuple[str, ...] = ()
    discard: str = ""


def compare_case(case: MachineCase, subject: MachineObservation, oracle: MachineObservation) -> CaseComparison:
    """Compare two observations of one case, as `compare_batches` does."""
    batch = MachineBatch.of([case])
    left, right = (BatchObservation.of(case.isa, [seen]) for seen in (subject, oracle))
    result = compare_batches(batch, left, right)
    discards = result.discards()
    return CaseComparison(result.verdict_of(0), field_names(int(result.differing[0])), next(iter(discards), ""))


def differences(
    subject: MachineObservation, oracle: MachineObservation, fields: tuple[str, ...]
) -> list[FieldDifference]:
    """Every differing place of `fields`, register by register and memory word by memory word."""
    found: list[FieldDifference] = []
    for name in fields:
        if name in ("end", "trap"):
            left, right = getattr(subject, name).name, getattr(oracle, name).name
            found.append(FieldDifference(name, left, right))
        elif name == "tval":
            found.append(FieldDifference(name, hex(subject.tval), hex(oracle.tval)))
        elif name == "retired":
            found.append(FieldDifference(name, str(subject.retired), str(oracle.retired)))
        elif name == "memory":
            found += _memory(subject.memory, oracle.memory)
        else:
            found += _registers(name, np.atleast_1d(subject.state[name]), np.atleast_1d(oracle.state[name]))
    return found


def _registers(name: str, left: np.ndarray, right: np.ndarray) -> list[FieldDifference]:
    scalar = len(left) == 1
    return [
        FieldDifference(name if scalar else f"{name}[{i}]", hex(int(left[i])), hex(int(right[i])))
        for i in np.flatnonzero(left != right)
    ]


def _memory(left: bytes, right: bytes) -> list[FieldDifference]:
    here, there = (np.frombuffer(side, "<u8") for side in (left, right))
    return [
        FieldDifference(f"memory[{DATA_BASE + 8 * int(i):#x}]", f"{int(here[i]):#018x}", f"{int(there[i]):#018x}")
        for i in np.flatnonzero(here != there)
    ]
