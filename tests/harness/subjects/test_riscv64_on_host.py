"""The code for arm64 and riscv64 hosts answers what the interpreter answers, on generated programs of every profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.memory.address_space import EXEC, READ, AddressSpace
from engines.vm.tiers.stop import StopReason
from fuzz.strategies.riscv64 import generate
from fuzz.strategies.riscv64.profiles import PROFILES
from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BASE, DATA_BYTES
from harness.subjects.host_process import command
from harness.subjects.riscv64_interpreter import InterpreterExecutor
from harness.subjects.riscv64_on_host import HOSTS, HostTier, OnHostExecutor

FIELDS = ("end", "trap", "tval", "state", "memory", "retired")
CASES = 3
LOOP = bytes.fromhex("13051500e31ec5fe73001000")  # addi a0, a0, 1; bne a0, a2, -4; ebreak


@pytest.fixture(scope="module", params=HOSTS)
def executor(request: pytest.FixtureRequest) -> Iterator[OnHostExecutor]:
    try:
        command(request.param, "")
    except FileNotFoundError as error:
        pytest.skip(str(error))
    made = OnHostExecutor(request.param)
    yield made
    made.close()


@pytest.mark.parametrize("profile", PROFILES)
def test_generated_programs(
    executor: OnHostExecutor, profile: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("evidence", f"VM-08 {executor.tier.name} JIT")
    batch = generate(29, 0, CASES, profile)
    expected, found = InterpreterExecutor().run_batch(batch), executor.run_batch(batch)
    different = [
        f"case {i}: {name}"
        for i in range(CASES)
        for name in FIELDS
        if getattr(expected, name)[i].tobytes() != getattr(found, name)[i].tobytes()
    ]
    assert different == []


def test_compiled_code_is_what_runs(executor: OnHostExecutor) -> None:
    """A loop retires in compiled code, and stops at the exact count that is asked for."""
    memory = AddressSpace()
    memory.map(CODE_BASE, CODE_BYTES, READ | EXEC)
    memory.map(DATA_BASE, DATA_BYTES, READ)
    memory.place(CODE_BASE, LOOP)
    hart = Hart(memory)
    hart.cpu["pc"], hart.cpu["x"][12] = CODE_BASE, 1000
    tier: HostTier = executor.tier
    before = tier.counters.retired
    assert tier.run(hart, 1501).reason is StopReason.LIMIT
    assert (int(hart.cpu["retired"]), int(hart.cpu["x"][10]), int(hart.cpu["pc"])) == (1501, 751, CODE_BASE + 4)
    assert tier.counters.retired - before == 1500
    stop = tier.run(hart, 10_000)
    assert (stop.reason, int(hart.cpu["retired"]), int(hart.cpu["x"][10])) == (StopReason.TRAP, 2000, 1000)


def test_a_negative_limit_is_refused(executor: OnHostExecutor) -> None:
    with pytest.raises(ValueError, match="limit_insns is -1"):
        executor.tier.run(Hart(AddressSpace()), -1)
