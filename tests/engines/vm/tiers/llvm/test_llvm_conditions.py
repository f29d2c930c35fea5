"""What goes wrong around compiled code degrades: the same results, and a reason that is counted."""

from __future__ import annotations

import platform
import threading
import time
from collections.abc import Callable

import pytest

from engines.vm.aot.image import StoredRegion
from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.runtime import executable_memory
from engines.vm.tiers import code_cache
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.llvm import passes
from engines.vm.tiers.llvm.compiler import CompileError
from engines.vm.tiers.llvm.tier import LlvmTier

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
CODE = 0x1000
LOOPS = 12
LOOP_BYTES = 64


def hart_with(code: bytes) -> Hart:
    memory = AddressSpace()
    memory.map(CODE, 0x2000, READ | WRITE | EXEC)
    memory.map(0x8000, 0x1000, READ | WRITE)
    memory.write(CODE, code)
    hart = Hart(memory)
    hart.cpu["pc"] = CODE
    hart.cpu["x"][11] = 0x8000
    return hart


def loops() -> bytes:
    """Several loops one after the other, each counting down from a few hundred, all again for ever."""
    text = b""
    for i in range(LOOPS):
        loop = assemble(
            f"addi a0, zero, {100 + i}\nld a2, {8 * i}(a1)\nadd a2, a2, a0\nsd a2, {8 * i}(a1)\n"
            "addi a0, a0, -1\nbne a0, zero, -16"
        )
        text += loop + assemble("addi zero, zero, 0") * ((LOOP_BYTES - len(loop)) // 4)
    return text + assemble(f"jal zero, {-len(text)}")


def state(hart: Hart) -> tuple[bytes, bytes]:
    return hart.cpu.tobytes(), hart.memory.read(CODE, 0x2000) + hart.memory.read(0x8000, 0x1000)


def expected(code: bytes, insns: int) -> tuple[bytes, bytes]:
    hart = hart_with(code)
    InterpreterTier().run(hart, insns)
    return state(hart)


def eager(capacity_bytes: int = 1 << 20) -> LlvmTier:
    return LlvmTier(slice_insns=50, capacity_bytes=capacity_bytes, batch=1, background=False)


def run_until(tier: LlvmTier, hart: Hart, reached: Callable[[], bool]) -> int:
    """Run a bit at a time while the background compiles; how many instructions retired."""
    for _ in range(20_000):
        tier.run(hart, 20_000)
        if reached():
            break
        time.sleep(0.01)
    tier.finish()
    return int(hart.cpu["retired"])


def test_a_tiny_cache_evicts_and_changes_no_result() -> None:
    hart = hart_with(loops())
    tier = eager(capacity_bytes=4096)
    tier.run(hart, 8_000)
    assert tier.counters.evicted > 0
    assert state(hart) == expected(loops(), 8_000)


def test_a_cache_too_small_for_any_region_leaves_all_to_the_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    hart = hart_with(loops())
    tier = eager(capacity_bytes=4096)
    monkeypatch.setattr(tier.cache._memory, "size", 64)
    tier.run(hart, 5_000)
    assert tier.counters.refused["larger than the code cache"] > 0
    assert tier.counters.installed == 0
    assert state(hart) == expected(loops(), 5_000)


def test_refused_executable_memory_leaves_all_to_the_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(size: int, near: int) -> None:
        raise executable_memory.ExecutableMemoryError("the system refuses executable memory (Operation not permitted)")

    monkeypatch.setattr(code_cache, "ExecutableMemory", refuse)
    tier = eager()
    hart = hart_with(loops())
    tier.run(hart, 5_000)
    assert list(tier.counters.refused) == ["the system refuses executable memory (Operation not permitted)"]
    assert state(hart) == expected(loops(), 5_000)


def test_memory_that_becomes_forbidden_leaves_all_to_the_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(address: int, size: int, protection: int) -> None:
        raise executable_memory.ExecutableMemoryError("the system refuses executable memory (Operation not permitted)")

    tier, alone = eager(), expected(loops(), 5_000)
    monkeypatch.setattr(executable_memory, "_protect", refuse)
    hart = hart_with(loops())
    tier.run(hart, 5_000)
    assert list(tier.counters.refused) == ["the system refuses executable memory (Operation not permitted)"]
    assert tier.counters.installed == 0
    assert state(hart) == alone


def test_missing_llvm_is_counted_and_leaves_all_to_the_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    from engines.vm.tiers.llvm import compiler

    def missing() -> dict[str, bool]:
        raise ImportError("No module named 'llvmlite'")

    monkeypatch.setattr(compiler, "host_features", missing)
    tier = eager()
    hart = hart_with(loops())
    tier.run(hart, 5_000)
    assert tier.counters.refused == {"LLVM is missing: No module named 'llvmlite'": 1}
    assert state(hart) == expected(loops(), 5_000)


@pytest.mark.parametrize("background", [False, True])
def test_failing_llvm_is_counted(monkeypatch: pytest.MonkeyPatch, background: bool) -> None:
    def fail(*_: object) -> bytes:
        raise RuntimeError("LLVM ERROR: out of registers\nmore")

    monkeypatch.setattr(passes, "optimised_object", fail)
    tier = LlvmTier(slice_insns=50, batch=1, background=background)
    hart = hart_with(loops())
    retired = run_until(tier, hart, lambda: tier.counters.refused["LLVM: LLVM ERROR: out of registers"] > 0)
    assert state(hart) == expected(loops(), retired)


def test_the_background_installs_what_it_compiled() -> None:
    hart = hart_with(loops())
    tier = LlvmTier(slice_insns=1000, batch=1)
    retired = run_until(tier, hart, lambda: tier.counters.installed > 0)
    assert state(hart) == expected(loops(), retired)
    assert tier.compiled


def test_handlers_are_told_to_two_threads_at_once() -> None:
    """The background asks while the guest's thread makes baseline code: one answer must not be the other's."""
    cache = eager().cache
    words = [int.from_bytes(assemble(text), "little") for text in ("addi a0, a1, 3", "ld a0, 8(a1)")]
    expected = [cache.handler(word, 4) for word in words]
    found: list[set[int]] = [set(), set()]

    def ask(which: int) -> None:
        found[which] = {cache.handler(words[which], 4) for _ in range(2_000)}

    threads = [threading.Thread(target=ask, args=(which,)) for which in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [{handler} for handler in expected]


def test_stored_regions_run_without_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    first = eager()
    first.run(hart_with(loops()), 20_000)
    second = eager()
    second.offer(first.compiled)

    class Missing:
        def check(self) -> None:
            raise CompileError("there is no LLVM")

    monkeypatch.setattr(LlvmTier, "compiler", property(lambda _: Missing()))
    hart = hart_with(loops())
    second.run(hart, 20_000)
    assert second.counters.stored == second.counters.installed > LOOPS
    assert state(hart) == expected(loops(), 20_000)


def test_a_stored_region_of_other_code_is_stale() -> None:
    first = eager()
    first.run(hart_with(loops()), 20_000)
    other = bytearray(loops())
    for i in range(LOOPS):
        other[LOOP_BYTES * i + 8 : LOOP_BYTES * i + 12] = assemble("sub a2, a2, a0")
    second = eager()
    second.offer(first.compiled)
    offered = {id(region) for region in second.stored.values()}
    hart = hart_with(bytes(other))
    second.run(hart, 20_000)
    assert second.counters.stale == len(offered) > LOOPS
    assert state(hart) == expected(bytes(other), 20_000)


def test_a_loop_that_rewrites_itself() -> None:
    """Every round stores the other of two instructions over the one that the next round executes."""
    code = (
        assemble("addi a0, a0, 1")  # 0x1000, rewritten
        + assemble("lw a2, 0(a1)\nlw a3, 4(a1)\nsw a3, 0(a1)\nsw a2, 4(a1)")
        + assemble("auipc a4, 0\nsw a2, -20(a4)\naddi a5, a5, 1\njal zero, -32")
    )
    halves = assemble("addi a0, a0, 1") + assemble("addi a0, a0, 64")
    results = []
    for tier in (InterpreterTier(), eager()):
        hart = hart_with(code)
        hart.memory.write(0x8000, halves)
        tier.run(hart, 9 * 400)
        results.append(state(hart))
        if isinstance(tier, LlvmTier):
            assert tier.counters.invalidated > 0
    assert results[0] == results[1]


def test_code_near_a_region_may_change_without_it() -> None:
    tier = eager()
    hart = hart_with(loops())
    tier.run(hart, 20_000)
    space = next(iter(tier.cache._spaces.values()))
    handle = next(iter(tier.cache.handles))
    start = handle.ranges[0][0]
    before = tier.counters.invalidated
    tier.cache.invalidate(space, start + 0x800, 4)
    assert handle in tier.cache.handles or tier.counters.invalidated > before
    tier.cache.invalidate(space, start, 1)
    assert handle not in tier.cache.handles
    tier.run(hart, 20_000)
    assert state(hart) == expected(loops(), 40_000)


def test_space_is_given_back() -> None:
    tier = eager()
    tier.run(hart_with(loops()), 20_000)
    for handle in list(tier.cache.handles):
        tier.cache.remove(handle)
    assert tier.cache._free == [(tier.cache._memory.base, tier.cache._memory.size)]
    assert tier.cache.counters.code_bytes == 0


def test_regions_survive_bytes() -> None:
    first = eager()
    first.run(hart_with(loops()), 20_000)
    for region in first.compiled:
        data = region.to_bytes()
        assert StoredRegion.from_bytes(data, 0) == (region, len(data))
