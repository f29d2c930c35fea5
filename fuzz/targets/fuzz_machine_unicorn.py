"""Generated programs on the native interpreter and on Unicorn: equal, or explained by a recorded erratum of Unicorn."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache

from fuzz.targets.target import FindingError, Target, instrumented

with instrumented(__name__):
    from fuzz.targets import machine_inputs
    from harness.contract import MachineCase
    from harness.reduce.finding import signature_function
    from harness.registry import create

_BUG = "addw-zero-extended"


@cache
def _signature() -> Callable[[MachineCase], str | None]:
    subject, oracle = (create(name, isolated=False) for name in ("riscv64-interpreter", "unicorn-riscv64"))
    return signature_function(subject, oracle)


def one_input(data: bytes) -> None:
    signature = _signature()(machine_inputs.case_of(data))
    if signature is not None:
        raise FindingError(signature)


def planted() -> None:
    from fuzz.sabotage import VARIABLE, apply

    os.environ[VARIABLE] = _BUG
    apply(_BUG)


TARGET = Target(
    one_input,
    "generated programs: the native interpreter equals Unicorn, its errata aside",
    ("harness.subjects.riscv64_interpreter", "harness.reduce.finding", "oracles.unicorn_oracle"),
    machine_inputs.seeds,
    planted,
    "results of addw are zero-extended",
    mutate=machine_inputs.mutate,
    max_bytes=machine_inputs.MAX_BYTES,
    packages=("llvmlite", "unicorn"),
    modules=("harness.subjects.riscv64_interpreter", "oracles.unicorn_oracle"),
    simpler=machine_inputs.simpler,
    keep=machine_inputs.regression,
    fuzzable=machine_inputs.fuzzable,
    requires=("unicorn",),
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
