"""Generated programs on the native interpreter and on the reference tier: everything observed is equal."""

from __future__ import annotations

import os
from functools import cache

from fuzz.targets.target import FindingError, Target, instrumented

with instrumented(__name__):
    from fuzz.targets import machine_inputs
    from harness.compare.describe import compare_case, differences
    from harness.contract import Executor, MachineObservation, Verdict
    from harness.registry import create

_BUG = "misaligned-loads-aligned"


@cache
def _executors() -> tuple[Executor, Executor]:
    return create("riscv64-interpreter", isolated=False), create("riscv64-reference", isolated=False)


def one_input(data: bytes) -> None:
    case = machine_inputs.case_of(data)
    ours, theirs = (executor.run(case) for executor in _executors())
    assert isinstance(ours, MachineObservation)
    assert isinstance(theirs, MachineObservation)
    found = compare_case(case, ours, theirs)
    if found.verdict is not Verdict.AGREE:
        shown = "; ".join(str(d) for d in differences(ours, theirs, found.fields)[:4])
        raise FindingError(f"{found.verdict}: {found.discard}{shown}")


def planted() -> None:
    from fuzz.sabotage import VARIABLE, apply

    os.environ[VARIABLE] = _BUG
    apply(_BUG)


TARGET = Target(
    one_input,
    "generated programs: the native interpreter equals the reference tier",
    ("harness.subjects.riscv64_interpreter", "harness.subjects.riscv64_reference"),
    machine_inputs.seeds,
    planted,
    "misaligned loads drop the low bits of the address",
    mutate=machine_inputs.mutate,
    max_bytes=machine_inputs.MAX_BYTES,
    packages=("llvmlite",),
    modules=("harness.subjects.riscv64_interpreter", "harness.subjects.riscv64_reference"),
    simpler=machine_inputs.simpler,
    keep=machine_inputs.regression,
    fuzzable=machine_inputs.fuzzable,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
