"""The answer of an executor to a case that its capabilities exclude."""

from __future__ import annotations

import numpy as np

from harness.contract.case import Case, CaseKind, MachineCase
from harness.contract.executor import Capabilities
from harness.contract.layout import DATA_BYTES
from harness.contract.observation import (
    MachineObservation,
    Observation,
    ProgramObservation,
    SourceObservation,
    WasmObservation,
)
from harness.contract.states import state_dtype
from harness.contract.traps import End, Trap


def refusal(case: Case, detail: str) -> Observation:
    """`End.REFUSED` in the shape that `case` asks for; `detail` says why, for people."""
    if isinstance(case, MachineCase):
        zero = np.zeros(1, state_dtype(case.isa))[0]
        return MachineObservation(End.REFUSED, Trap.NONE, 0, zero, bytes(DATA_BYTES), 0, frozenset(), detail)
    if case.kind is CaseKind.PROGRAM:
        return ProgramObservation(-1, 0, b"", b"", End.REFUSED, observed=frozenset(), detail=detail)
    if case.kind is CaseKind.WASM:
        return WasmObservation((), End.REFUSED, observed=frozenset(), detail=detail)
    return SourceObservation(accepted=False, observed=frozenset(), detail=detail)


def why_refused(name: str, capabilities: Capabilities, case: Case) -> str | None:
    """A sentence when `capabilities` exclude the kind or the ISA of `case`, else None."""
    if case.kind not in capabilities.kinds:
        accepted = ", ".join(sorted(kind.value for kind in capabilities.kinds))
        return f"{name} runs {accepted} cases, not {case.kind.value} cases"
    isa = getattr(case, "isa", None)
    if isa is not None and isa not in capabilities.isas:
        return f"{name} runs {', '.join(sorted(capabilities.isas))}, not {isa}"
    return None
