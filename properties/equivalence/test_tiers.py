"""Tiers of the machine are one machine: equal results, in batches and alone, in one piece and stopped anywhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.guests.riscv64.state import Hart
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.baseline.tier import BaselineTier
from engines.vm.tiers.executor import TierExecutor
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.reference import ReferenceTier
from engines.vm.tiers.stop import Stop, StopReason
from fuzz.strategies.riscv64 import generate
from fuzz.strategies.riscv64.choices import Choices
from fuzz.strategies.riscv64.emit import emit
from fuzz.strategies.riscv64.hypothesis_programs import any_choices, choices
from harness.compare.machine import compare_batches
from harness.contract import MachineBatch, MachineCase, MachineObservation, Verdict
from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BASE, DATA_BYTES
from harness.subjects.riscv64_interpreter import InterpreterExecutor
from harness.subjects.riscv64_reference import ReferenceExecutor, load_state

if TYPE_CHECKING:
    from engines.vm.tiers.executor import Tier

PROGRAMS = st.one_of(
    choices("default", 16), choices("atomic", 12), choices("fp", 12), choices("traps", 8), any_choices()
)
LIMIT_INSNS = 400
STATE_FIELDS = ("x", "f", "pc", "fflags", "frm", "reservation", "reservation_bytes", "retired")
TIERS: dict[str, Tier] = {}
ENTRIES: Final[dict[str, Callable[[], Tier]]] = {
    "reference": ReferenceTier,
    "interpreter": InterpreterTier,
    "baseline": lambda: BaselineTier(slice_insns=0, share=math.inf),
}
"""Tiers that begin at once, by name: the baseline tier compiles before the first instruction."""
EXECUTORS: list[InterpreterExecutor | ReferenceExecutor] = []
MEMORIES: list[AddressSpace] = []
"""Two address spaces, made once: each reserves 64 GiB of the host's addresses."""


@pytest.fixture(scope="module", autouse=True)
def tiers() -> Iterator[None]:
    TIERS.update(reference=ReferenceTier(), interpreter=InterpreterTier())
    EXECUTORS[:] = (InterpreterExecutor(), ReferenceExecutor())
    for _ in range(2):
        memory = AddressSpace()
        memory.map(CODE_BASE, CODE_BYTES, READ | EXEC)
        memory.map(DATA_BASE, DATA_BYTES, READ | WRITE)
        MEMORIES.append(memory)
    yield
    for executor in EXECUTORS:
        executor.close()
    for made in (TIERS, EXECUTORS, MEMORIES):
        made.clear()


def fresh(case: MachineCase, memory: AddressSpace) -> Hart:
    """A hart before the case's first instruction, in a memory in which nothing else is left."""
    first = case.code_address // 4096 * 4096
    last = -(-(case.code_address + len(case.code)) // 4096) * 4096
    memory.unmap(CODE_BASE, CODE_BYTES)
    memory.map(CODE_BASE, CODE_BYTES, READ | EXEC)
    memory.place(first, bytes(case.code_address - first) + case.code.ljust(last - case.code_address, b"\0"))
    memory.place(DATA_BASE, case.memory)
    hart = Hart(memory)
    load_state(hart, case.state)
    return hart


def snapshot(hart: Hart) -> tuple[bytes, ...]:
    """Everything architectural; `x[32]` is where native code drops writes to x0."""
    cpu = hart.cpu
    fields = [cpu["x"][:32].tobytes(), *(np.asarray(cpu[name]).tobytes() for name in STATE_FIELDS[1:])]
    return (*fields, hart.memory.read(DATA_BASE, DATA_BYTES))


@pytest.mark.evidence("HX-03")
@settings(deadline=None, max_examples=60)
@given(PROGRAMS, st.lists(st.integers(1, 60), min_size=1, max_size=6), st.sampled_from(("reference", "interpreter")))
def test_stopping_and_going_on_changes_nothing(program: Choices, stops: list[int], name: str) -> None:
    case = emit(program).case(0)
    tier = TIERS[name]
    whole = fresh(case, MEMORIES[0])
    end = tier.run(whole, LIMIT_INSNS)
    pieces = fresh(case, MEMORIES[1])
    done, last = 0, None
    for count in [*stops, LIMIT_INSNS]:
        last = tier.run(pieces, min(count, LIMIT_INSNS - done))
        done = int(pieces.cpu["retired"])
        if last.reason is StopReason.TRAP or done == LIMIT_INSNS:
            break
    assert last is not None
    assert (last.reason, last.cause, last.value) == (end.reason, end.cause, end.value)
    assert snapshot(pieces) == snapshot(whole)


@settings(deadline=None, max_examples=40)
@given(PROGRAMS, st.integers(1, 100))
def test_a_snapshot_goes_on_elsewhere_and_on_another_tier(program: Choices, stop_at: int) -> None:
    """The CPU record and the memory are the whole state: copied into another hart, either tier finishes the program."""
    case = emit(program).case(0)
    whole, first = fresh(case, MEMORIES[0]), fresh(case, MEMORIES[1])
    end = TIERS["reference"].run(whole, LIMIT_INSNS)
    final = snapshot(whole)
    stop: Stop = TIERS["interpreter"].run(first, stop_at)
    if stop.reason is StopReason.TRAP:
        return
    kept = first.words.tolist(), first.memory.read(DATA_BASE, DATA_BYTES)
    for name in TIERS:
        second = fresh(case, MEMORIES[1])
        for index, word in enumerate(kept[0]):
            second.words[index] = word
        second.memory.place(DATA_BASE, kept[1])
        last = TIERS[name].run(second, LIMIT_INSNS - stop_at) if stop_at < LIMIT_INSNS else stop
        assert (last.reason, last.cause, last.value) == (end.reason, end.cause, end.value)
        assert snapshot(second) == final


@pytest.mark.evidence("VM-13")
@settings(deadline=None, max_examples=60)
@given(
    st.one_of(choices("default", 16), choices("control", 16), choices("fp", 12), choices("traps", 8)),
    st.lists(st.tuples(st.sampled_from(sorted(ENTRIES)), st.integers(1, 90)), min_size=2, max_size=8),
)
def test_one_hart_may_change_tiers_anywhere(program: Choices, turns: list[tuple[str, int]]) -> None:
    """By the one executor, in any order, compiled code among them: results, and the counters, are those of one tier."""
    case = emit(program).case(0)
    whole, shared = fresh(case, MEMORIES[0]), fresh(case, MEMORIES[1])
    end = TIERS["reference"].run(whole, LIMIT_INSNS)
    executors = {name: TierExecutor(name) for name, _ in turns}
    for name, executor in executors.items():
        executor.tier = ENTRIES[name]()
    last, left = Stop(StopReason.LIMIT), LIMIT_INSNS
    for name, insns in [*turns, (turns[0][0], LIMIT_INSNS)]:
        last = executors[name].run(shared, min(insns, left))
        left = LIMIT_INSNS - int(shared.cpu["retired"])
        if last.reason is StopReason.TRAP or not left:
            break
    assert (last.reason, last.cause, last.value) == (end.reason, end.cause, end.value)
    assert snapshot(shared) == snapshot(whole)
    assert sum(executor.counters.retired for executor in executors.values()) == int(whole.cpu["retired"])
    assert sum(sum(executor.counters.traps.values()) for executor in executors.values()) == (
        end.reason is StopReason.TRAP
    )


@settings(deadline=None, max_examples=60)
@given(PROGRAMS)
def test_both_tiers_agree_in_everything(program: Choices) -> None:
    batch = emit(program, LIMIT_INSNS)
    ours, theirs = (executor.run_batch(batch) for executor in EXECUTORS)
    result = compare_batches(batch, ours, theirs)
    assert result.verdict_of(0) is Verdict.AGREE


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 1 << 32), st.sampled_from(("default", "fp", "atomic", "traps", "noise")))
def test_a_case_does_not_depend_on_its_batch_or_its_place_in_it(seed: int, profile: str) -> None:
    batch = generate(seed, 0, 40, profile)
    executor = EXECUTORS[0]
    together = executor.run_batch(batch)
    again = executor.run_batch(batch)
    order = np.argsort(np.random.default_rng(seed).random(len(batch)))
    mixed = executor.run_batch(shuffled(batch, order))
    for i in (0, 1, 17, 39):
        alone = executor.run(batch.case(i))
        assert isinstance(alone, MachineObservation)
        rows = (together.row(i), again.row(i), mixed.row(int(np.flatnonzero(order == i)[0])))
        for row in rows:
            assert (row.end, row.trap, row.tval, row.retired) == (alone.end, alone.trap, alone.tval, alone.retired)
            assert row.state.tobytes() == alone.state.tobytes()
            assert row.memory == alone.memory


def shuffled(batch: MachineBatch, order: np.ndarray) -> MachineBatch:
    memory = batch.memory if len(batch.memory) == 1 else batch.memory[order]
    return MachineBatch(
        batch.isa, batch.initial[order], batch.code[order], batch.code_bytes[order], batch.code_address[order], memory,
        batch.limit_insns, batch.label,
    )  # fmt: skip


def batch_bytes(batch: MachineBatch) -> bytes:
    arrays = (batch.initial, batch.code, batch.code_bytes, batch.code_address, batch.memory)
    return b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)


@settings(deadline=None, max_examples=20)
@given(
    st.integers(0, 1 << 48), st.integers(0, 1000), st.integers(1, 12), st.sampled_from(("default", "memory", "control"))
)
def test_one_seed_gives_one_batch_and_a_part_of_it_is_part_of_it(
    seed: int, first: int, count: int, profile: str
) -> None:
    batch = generate(seed, first, count, profile)
    assert batch_bytes(generate(seed, first, count, profile)) == batch_bytes(batch)
    alone = generate(seed, first + count - 1, 1, profile).case(0)
    last = batch.case(count - 1)
    assert (alone.code, alone.code_address, alone.memory) == (last.code, last.code_address, last.memory)
    assert alone.state.tobytes() == last.state.tobytes()
