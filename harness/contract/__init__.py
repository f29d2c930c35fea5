"""The contract between the harness and everything it cross-examines. Imports nothing else of ours."""

from harness.contract.case import Case, CaseKind, MachineBatch, MachineCase, ProgramCase, SourceCase, WasmCase
from harness.contract.executor import Capabilities, Executor, run_each
from harness.contract.observation import (
    MACHINE_FIELDS,
    PROGRAM_FIELDS,
    BatchObservation,
    MachineObservation,
    Observation,
    ProgramObservation,
    SourceObservation,
    WasmObservation,
)
from harness.contract.states import STATE_DTYPES, state_dtype
from harness.contract.traps import End, Trap
from harness.contract.verdict import Verdict

__all__ = [
    "MACHINE_FIELDS",
    "PROGRAM_FIELDS",
    "STATE_DTYPES",
    "BatchObservation",
    "Capabilities",
    "Case",
    "CaseKind",
    "End",
    "Executor",
    "MachineBatch",
    "MachineCase",
    "MachineObservation",
    "Observation",
    "ProgramCase",
    "ProgramObservation",
    "SourceCase",
    "SourceObservation",
    "Trap",
    "Verdict",
    "WasmCase",
    "WasmObservation",
    "run_each",
    "state_dtype",
]
