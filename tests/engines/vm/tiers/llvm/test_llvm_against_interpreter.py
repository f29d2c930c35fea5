"""The LLVM tier answers what the interpreter answers, with no threshold and a code cache that is often full."""

from __future__ import annotations

import platform
from collections.abc import Iterator

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.llvm.tier import LlvmTier
from engines.vm.tiers.stop import StopReason
from fuzz.strategies.riscv64 import generate
from harness.subjects.riscv64_interpreter import InterpreterExecutor
from harness.subjects.riscv64_llvm import LlvmExecutor

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
FIELDS = ("end", "trap", "tval", "state", "memory", "retired")
LOOP = bytes.fromhex(
    "13051500"  # 0x1000: addi a0, a0, 1
    "23b0a500"  # sd a0, 0(a1)
    "e31cc5fe"  # bne a0, a2, 0x1000
    "73001000"  # ebreak
)


@pytest.fixture(scope="module")
def executors() -> Iterator[tuple[InterpreterExecutor, LlvmExecutor]]:
    yield InterpreterExecutor(), LlvmExecutor()


@pytest.mark.evidence("VM-08 x86_64 JIT")
@pytest.mark.parametrize("profile", ["default", "fp", "noise", "memory", "atomic", "compressed", "traps"])
def test_generated_programs(executors: tuple[InterpreterExecutor, LlvmExecutor], profile: str) -> None:
    batch = generate(29, 0, 40, profile)
    expected, found = (executor.run_batch(batch) for executor in executors)
    assert [
        f"case {i}: {name}"
        for i in range(len(batch))
        for name in FIELDS
        if getattr(expected, name)[i].tobytes() != getattr(found, name)[i].tobytes()
    ] == []


def test_evicted_code_leaves_fused_pairs_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The interpreter's pair before an entry reads that entry's operands, so giving code up must not wipe them."""
    monkeypatch.setattr("harness.subjects.riscv64_llvm.CACHE_BYTES", 1 << 12)
    batch = generate(1, 32, 32, "jit")
    expected, found = InterpreterExecutor().run_batch(batch), LlvmExecutor().run_batch(batch)
    assert all(getattr(expected, name).tobytes() == getattr(found, name).tobytes() for name in FIELDS)


def hart_with(code: bytes, last: int) -> Hart:
    memory = AddressSpace()
    memory.map(0x1000, 0x1000, READ | WRITE | EXEC)
    memory.map(0x8000, 0x1000, READ | WRITE)
    memory.write(0x1000, code)
    hart = Hart(memory)
    hart.cpu["pc"] = 0x1000
    hart.cpu["x"][11], hart.cpu["x"][12] = 0x8000, last
    return hart


@pytest.mark.parametrize("limit", [1, 2, 3, 1000, 1001, 1002, 29_999])
def test_stops_at_the_exact_count(limit: int) -> None:
    hart = hart_with(LOOP, 1 << 40)
    tier = LlvmTier(slice_insns=7, batch=1, background=False)
    for _ in range(3):
        before = int(hart.cpu["retired"])
        assert tier.run(hart, limit).reason is StopReason.LIMIT
        assert int(hart.cpu["retired"]) == before + limit
    assert int(hart.cpu["x"][10]) == (3 * limit + 2) // 3
    assert int(hart.cpu["pc"]) == 0x1000 + 4 * (3 * limit % 3)


def test_a_store_fault_in_a_compiled_loop_is_precise() -> None:
    hart = hart_with(
        bytes.fromhex(
            "13051500"  # addi a0, a0, 1
            "23b0a500"  # sd a0, 0(a1)
            "93858500"  # addi a1, a1, 8
            "6ff05fff"  # j 0x1000
        ),
        0,
    )
    tier = LlvmTier(slice_insns=16, batch=1, background=False)
    stop = tier.run(hart, 100_000)
    assert stop == (StopReason.TRAP, 7, 0x9000)
    assert int(hart.cpu["pc"]) == 0x1004
    assert int(hart.cpu["retired"]) == 512 * 4 + 1
    assert int(hart.cpu["x"][10]) == 513
    assert tier.counters.installed > 0


def test_code_that_changes_is_compiled_again() -> None:
    hart = hart_with(LOOP, 50_000)
    tier = LlvmTier(slice_insns=64, batch=1, background=False)
    tier.run(hart, 30_000)
    assert tier.counters.installed > 0
    hart.memory.write(0x1000, bytes.fromhex("13052500"))  # addi a0, a0, 2
    stop = tier.run(hart, 1_000_000)
    assert stop.reason is StopReason.TRAP and stop.cause == 3
    assert tier.counters.invalidated > 0
    assert int(hart.cpu["retired"]) == 30_000 + (50_000 - 10_000) // 2 * 3
