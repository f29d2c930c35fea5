"""Generated programs on evaluated IR, lifted and optimised, and on the reference tier: everything observed is equal."""

from __future__ import annotations

from functools import cache
from typing import Any

from fuzz.targets.target import FindingError, Target, instrumented, replace

with instrumented(__name__):
    from engines.vm.ir.ops import OPS
    from fuzz.targets import machine_inputs
    from harness.compare.describe import compare_case, differences
    from harness.contract import Executor, MachineObservation, Verdict
    from harness.registry import create


@cache
def _executors() -> tuple[Executor, Executor]:
    return create("riscv64-ir", isolated=False), create("riscv64-reference", isolated=False)


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
    from engines.vm.opt import pipeline

    def wrapper(original: Any) -> Any:
        def optimise(block: Any) -> Any:
            found = original(block)
            found.code[:] = [(i[0], i[1], 6) if OPS[i[0]].name == "put.i64" and i[2] == 11 else i for i in found.code]
            return found

        return optimise

    replace(pipeline, "optimise", wrapper)


TARGET = Target(
    one_input,
    "generated programs: evaluated IR equals the reference tier",
    ("harness.subjects.riscv64_ir", "harness.subjects.riscv64_reference"),
    machine_inputs.seeds,
    planted,
    "the optimiser writes one register to another",
    mutate=machine_inputs.mutate,
    max_bytes=machine_inputs.MAX_BYTES,
    modules=("harness.subjects.riscv64_ir", "harness.subjects.riscv64_reference"),
    simpler=machine_inputs.simpler,
    keep=machine_inputs.regression,
    fuzzable=machine_inputs.fuzzable,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
