"""The single entry to the tiers: names, counters, the same answers whatever the tier."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.guests.riscv64.traps import ExceptionCause
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.memory.address_space import EXEC, READ, AddressSpace
from engines.vm.runtime.host import machine
from engines.vm.tiers.executor import DEFAULT, TierExecutor, tier_names
from engines.vm.tiers.stop import Stop, StopReason


def hart_with(*words: int) -> Hart:
    memory = AddressSpace()
    memory.map(0x1000, 0x1000, READ | EXEC)
    memory.place(0x1000, b"".join(w.to_bytes(4, "little") for w in words))
    hart = Hart(memory)
    hart.cpu["pc"] = 0x1000
    return hart


@pytest.mark.parametrize("name", ["default", *tier_names()])
def test_runs_and_counts(name: str) -> None:
    ecall = INSTRUCTIONS["ecall"].encode()
    hart = hart_with(INSTRUCTIONS["addi"].encode(rd=10, rs1=0, imm=7), ecall, ecall)
    executor = TierExecutor(name)
    trap = Stop(StopReason.TRAP, ExceptionCause.ENVIRONMENT_CALL_FROM_U, 0)
    assert executor.run(hart, 1) == Stop(StopReason.LIMIT)
    assert executor.run(hart) == trap
    hart.cpu["pc"] += 4
    assert executor.run(hart) == trap
    assert (hart.cpu["pc"], hart.cpu["x"][10]) == (0x1008, 7)
    counters = executor.counters
    assert (counters.retired, counters.runs, counters.traps) == (1, 3, {ExceptionCause.ENVIRONMENT_CALL_FROM_U: 2})
    assert not counters.escapes


def test_the_default_is_the_quickest_tier() -> None:
    assert TierExecutor().name == DEFAULT == ("auto" if machine() == "x86_64" else "interpreter")


def test_an_unknown_tier_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'jit'.*interpreter, llvm, reference"):
        TierExecutor("jit")


def test_a_hart_may_change_tiers_at_any_instruction() -> None:
    words = [INSTRUCTIONS["addi"].encode(rd=10, rs1=10, imm=i) for i in range(20)]
    hart = hart_with(*words, INSTRUCTIONS["ebreak"].encode())
    executors = [TierExecutor(name) for name in tier_names()]
    for step in range(20):
        assert executors[step % len(executors)].run(hart, 1) == Stop(StopReason.LIMIT)
    assert (hart.cpu["x"][10], hart.cpu["retired"]) == (sum(range(20)), 20)


ENGINES = Path(__file__).parents[4] / "engines"
TIERS = {"ReferenceTier", "InterpreterTier", "BaselineTier", "LlvmTier", "AutoTier", "AheadTier"}


def makes_tiers(source: str) -> set[str]:
    """The tiers that the code makes; the reference tier, to which others leave single instructions, not counted."""
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return {call.id for call in calls if isinstance(call, ast.Name)} & (TIERS - {"ReferenceTier"})


@pytest.mark.evidence("VM-13")
def test_nothing_of_the_machine_runs_guests_but_through_the_executor() -> None:
    made = {path.name: tiers for path in ENGINES.rglob("*.py") if (tiers := makes_tiers(path.read_text()))}
    assert made == {"executor.py": TIERS - {"ReferenceTier"}}
