"""The baseline tier answers what the interpreter answers, with no threshold and a code cache that is often full."""

from __future__ import annotations

import math
import platform
from collections.abc import Iterator

import pytest

from engines.vm.guests.riscv64.state import Hart, word_of
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.runtime.executable_memory import ExecutableMemory, ExecutableMemoryError
from engines.vm.tiers.baseline.compiler import Options
from engines.vm.tiers.baseline.tier import BaselineTier
from engines.vm.tiers.stop import StopReason
from fuzz.strategies.riscv64 import generate
from harness.contract import MachineBatch
from harness.subjects.riscv64_baseline import BaselineExecutor
from harness.subjects.riscv64_interpreter import InterpreterExecutor

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
FIELDS = ("end", "trap", "tval", "state", "memory", "retired")
LOOP = bytes.fromhex(
    "13051500"  # 0x1000: addi a0, a0, 1
    "23b0a500"  # sd a0, 0(a1)
    "e31cc5fe"  # bne a0, a2, 0x1000
    "73001000"  # ebreak
)


@pytest.fixture(scope="module")
def executors() -> Iterator[tuple[InterpreterExecutor, BaselineExecutor]]:
    yield InterpreterExecutor(), BaselineExecutor()


def differing(batch: MachineBatch, interpreter: InterpreterExecutor, baseline: BaselineExecutor) -> list[str]:
    expected, found = interpreter.run_batch(batch), baseline.run_batch(batch)
    return [
        f"case {i}: {name}"
        for i in range(len(batch))
        for name in FIELDS
        if getattr(expected, name)[i].tobytes() != getattr(found, name)[i].tobytes()
    ]


@pytest.mark.evidence("VM-08 x86_64 JIT")
@pytest.mark.parametrize("profile", ["default", "fp", "noise", "memory", "atomic", "compressed", "traps"])
def test_generated_programs(executors: tuple[InterpreterExecutor, BaselineExecutor], profile: str) -> None:
    assert differing(generate(23, 0, 60, profile), *executors) == []


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
    tier = BaselineTier(Options(check=True), slice_insns=7, share=math.inf)
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
    tier = BaselineTier(Options(check=True), slice_insns=16, share=math.inf)
    stop = tier.run(hart, 100_000)
    assert stop == (StopReason.TRAP, 7, 0x9000)
    assert int(hart.cpu["pc"]) == 0x1004
    assert int(hart.cpu["retired"]) == 512 * 4 + 1
    assert int(hart.cpu["x"][10]) == 513
    assert tier.counters.installed > 0


def test_code_that_changes_is_compiled_again() -> None:
    hart = hart_with(LOOP, 50_000)
    tier = BaselineTier(slice_insns=64, share=math.inf)
    tier.run(hart, 30_000)
    assert tier.counters.installed > 0
    hart.memory.write(0x1000, bytes.fromhex("13052500"))  # addi a0, a0, 2
    stop = tier.run(hart, 1_000_000)
    assert stop.reason is StopReason.TRAP and stop.cause == 3
    assert tier.counters.invalidated > 0
    assert int(hart.cpu["retired"]) == 30_000 + (50_000 - 10_000) // 2 * 3


def test_what_may_be_turned_off_changes_no_result() -> None:
    results = set()
    for options in (Options(), Options(allocator=False), Options(scheduler=False), Options(passes=False)):
        hart = hart_with(LOOP, 5_000)
        BaselineTier(options, slice_insns=32, share=math.inf).run(hart, 1_000_000)
        results.add(bytes(memoryview(hart.cpu.tobytes())))
    assert len(results) == 1


def test_the_permission_bits_are_those_of_the_address_space() -> None:
    from engines.vm.hosts.x86_64 import lower
    from engines.vm.memory import address_space

    assert (lower._READ, lower._DIRECT) == (address_space.READ, address_space.DIRECT)
    assert word_of("pc") >= 0


def test_full_cache_leaves_fused_pairs_whole() -> None:
    """The interpreter's pair before an entry reads that entry's operands, so giving code up must not wipe them."""
    assert differing(generate(1, 0, 64, "jit"), InterpreterExecutor(), BaselineExecutor()) == []


def test_a_pair_does_not_pass_an_entry_by() -> None:
    """Code that falls into a loop is interpreted in pairs; one that reaches over the loop's head must be parted."""
    hart = hart_with(
        bytes.fromhex(
            "13051500"  # 0x1000: addi a0, a0, 1
            "13051500"  # 0x1004: addi a0, a0, 1
            "e31ec5fe"  # bne a0, a2, 0x1004
            "73001000"  # ebreak
        ),
        1 << 40,
    )
    tier = BaselineTier(slice_insns=1 << 30)
    tier.run(hart, 8)
    table, alone = tier.decoded_code(hart.memory), tier.handler_distance(0x0015_0513, 4)

    def handler() -> int:
        return int.from_bytes(table.entry(0x1000)[:4], "little", signed=True)

    assert handler() not in (0, alone), "no pair"
    assert tier.install(tier.space(hart.memory), hart, 0x1004) is not None
    assert handler() == alone


def test_a_jump_to_a_wild_constant_leaves_the_table_of_entries_alone() -> None:
    """Passes make a constant of a computed jump's target; there is no entry for pcs outside the address space."""
    assert differing(generate(1, 691, 1, "jit"), InterpreterExecutor(), BaselineExecutor()) == []


@pytest.mark.parametrize("refuses", ["__init__", "write"])
def test_without_executable_memory_the_interpreter_runs_everything(
    monkeypatch: pytest.MonkeyPatch, refuses: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ExecutableMemoryError("the system refuses executable memory (for a test)")

    monkeypatch.setattr(ExecutableMemory, refuses, refuse)
    hart = hart_with(LOOP, 5_000)
    tier = BaselineTier(slice_insns=32, share=math.inf)
    stop = tier.run(hart, 1_000_000)
    assert (stop.reason, stop.cause, int(hart.cpu["retired"])) == (StopReason.TRAP, 3, 15_000)
    assert tier.counters.installed == 0
    assert tier.counters.refused["the system refuses executable memory (for a test)"] >= 1
