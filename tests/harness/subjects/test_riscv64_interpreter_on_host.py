"""The native interpreter on arm64 and riscv64 hosts answers what this machine's answers, on every profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.memory.address_space import AddressSpace
from fuzz.strategies.riscv64 import generate
from fuzz.strategies.riscv64.profiles import PROFILES
from harness.subjects.host_object import HostLinkError, link
from harness.subjects.host_process import command
from harness.subjects.riscv64_interpreter import InterpreterExecutor
from harness.subjects.riscv64_interpreter_on_host import MACHINES, InterpreterOnHostExecutor

FIELDS = ("end", "trap", "tval", "state", "memory", "retired")
CASES = 6


@pytest.fixture(scope="module", params=MACHINES)
def executor(request: pytest.FixtureRequest) -> Iterator[InterpreterOnHostExecutor]:
    try:
        command(request.param, "")
    except FileNotFoundError as error:
        pytest.skip(str(error))
    made = InterpreterOnHostExecutor(request.param)
    yield made
    made.close()


@pytest.mark.parametrize("profile", PROFILES)
def test_generated_programs(
    executor: InterpreterOnHostExecutor, profile: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("evidence", f"VM-08 {executor.tier.name} interpreted")
    batch = generate(31, 0, CASES, profile)
    expected = InterpreterExecutor().run_batch(batch)
    before = executor.tier.retired
    found = executor.run_batch(batch)
    different = [
        f"case {i}: {name}"
        for i in range(CASES)
        for name in FIELDS
        if getattr(expected, name)[i].tobytes() != getattr(found, name)[i].tobytes()
    ]
    assert different == []
    assert executor.tier.retired - before == int(np.sum(expected.retired))


def test_a_negative_limit_is_refused(executor: InterpreterOnHostExecutor) -> None:
    with pytest.raises(ValueError, match="limit_insns is -1"):
        executor.tier.run(Hart(AddressSpace()), -1)


def test_what_cannot_be_linked_is_named(executor: InterpreterOnHostExecutor) -> None:
    from harness.subjects.host_object import compile_for

    text = "declare void @elsewhere()\ndefine void @run() {\n  call void @elsewhere()\n  ret void\n}\n"
    with pytest.raises(HostLinkError, match="calls 'elsewhere', which nothing defines"):
        link(executor.tier.name, compile_for(executor.tier.name, text), 0x4000_0000)
