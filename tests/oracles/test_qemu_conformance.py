"""QEMU's executors and the host pass the conformance suite, and QEMU's errata still reproduce."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from harness.contract import Executor, MachineObservation
from oracles.conformance import Check, a_batch_equals_its_cases, checks_for
from oracles.errata import Erratum, load_errata
from oracles.native_oracle import NativeOracle
from oracles.qemu_oracle import QemuSystemOracle
from oracles.qemu_user_oracle import QemuUserOracle

EXECUTORS: dict[str, tuple[str, Callable[[], Executor]]] = {
    "qemu-system-riscv64": ("qemu-system-riscv64", QemuSystemOracle),
    "qemu-riscv64": ("qemu-riscv64", QemuUserOracle),
    "native": ("true", NativeOracle),
}
INSTALLED = {name: make for name, (program, make) in EXECUTORS.items() if shutil.which(program)}
SLOW = frozenset(("single_instructions_do_what_the_manual_says", "an_endless_program_is_ended"))
PAIRS = [
    pytest.param(name, check, id=f"{name}-{check}", marks=[pytest.mark.slow] if str(check) in SLOW else [])
    for name, make in INSTALLED.items()
    for check in checks_for(make())
    # Over GDB a batch is a loop over its cases by construction, and every case costs a process.
    if name != "qemu-riscv64" or check.run is not a_batch_equals_its_cases
]
ERRATA = [e for name in ("qemu-system-riscv64", "qemu-riscv64") if name in INSTALLED for e in load_errata(name)]


@pytest.mark.parametrize(("name", "check"), PAIRS)
def test_it_conforms(name: str, check: Check) -> None:
    executor = INSTALLED[name]()
    try:
        check.run(executor)
    finally:
        executor.close()


def value(seen: MachineObservation, field: str) -> Any:
    if field == "trap":
        return seen.trap.name
    if field == "tval":
        return hex(seen.tval)
    return hex(int(seen.state["pc"] if field == "pc" else seen.state[field[0]][int(field[2:-1])]))


@pytest.mark.parametrize("erratum", ERRATA, ids=lambda e: e.id)
def test_a_witness_reproduces(erratum: Erratum) -> None:
    executor = INSTALLED[erratum.oracle]()
    try:
        if not erratum.concerns(executor.name, executor.capabilities.version):
            pytest.skip(f"recorded for another version than {executor.capabilities.version}")
        seen = executor.run(erratum.witness.case)
    finally:
        executor.close()
    assert isinstance(seen, MachineObservation)
    observed = {field: value(seen, field) for field in erratum.witness.oracle if field.split("[")[0] in seen.observed}
    assert observed == {field: erratum.witness.oracle[field] for field in observed}
    right = {field: text for field, text in erratum.witness.right.items() if field.split("[")[0] in seen.observed}
    assert any(value(seen, field) != text for field, text in right.items()), f"{erratum.id}: the answer is right"
