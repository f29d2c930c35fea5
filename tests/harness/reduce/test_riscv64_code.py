"""Deleting instructions keeps branches on their targets; an executor that remembers answers as the one behind it."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engines.vm.isa.riscv64.coding import assemble
from harness.contract import MachineCase, MachineObservation, state_dtype
from harness.contract.layout import CODE_BASE, DATA_BYTES
from harness.reduce import riscv64
from harness.reduce.remembering import Remembering
from harness.subjects.riscv64_reference import ReferenceExecutor

NOP4, NOP2 = riscv64.NOP[4], riscv64.NOP[2]


def test_a_backward_branch_follows_its_target() -> None:
    code = [assemble("addi a0, a0, 1"), NOP4, NOP2, NOP4, assemble("blt zero, a2, .-14"), riscv64.EBREAK]
    assert riscv64.distance(code[4]) == -14
    closed = riscv64.split(riscv64.without(code, 1, 4))
    assert closed == [code[0], assemble("blt zero, a2, .-4"), riscv64.EBREAK]


def test_a_target_that_is_gone_is_what_follows_the_gap() -> None:
    code = [assemble("c.j .+6"), NOP4, NOP4, NOP2]
    assert riscv64.split(riscv64.without(code, 2, 3)) == [assemble("c.j .+6"), NOP4, NOP2]
    assert riscv64.split(riscv64.without(code, 1, 3)) == [assemble("c.j .+2"), NOP2]


@settings(deadline=None)
@given(data=st.data())
def test_every_branch_that_stays_goes_where_it_went(data: st.DataObject) -> None:
    lengths = data.draw(st.lists(st.sampled_from((2, 4)), min_size=2, max_size=20))
    offsets = [sum(lengths[:i]) for i in range(len(lengths) + 1)]
    long = [i for i, n in enumerate(lengths) if n == 4]
    assume(long)
    at = data.draw(st.sampled_from(long))
    to = data.draw(st.integers(0, len(lengths)).filter(lambda i: i != at))
    code = [riscv64.NOP[n] for n in lengths]
    code[at] = assemble(f"bne a0, a1, .{offsets[to] - offsets[at]:+d}")
    start = data.draw(st.integers(0, len(code) - 1))
    end = data.draw(st.integers(start, len(code)))
    if start <= at < end:
        return
    closed = riscv64.split(riscv64.without(code, start, end))
    here = at if at < start else at - (end - start)
    there = to if to <= start else max(start, to - (end - start))
    landed = sum(map(len, closed[:there])) - sum(map(len, closed[:here]))
    if landed:
        assert riscv64.distance(closed[here]) == landed


def test_what_is_remembered_is_not_asked_again() -> None:
    asked = []

    class Counting(ReferenceExecutor):
        def run(self, case):  # type: ignore[no-untyped-def]
            asked.append(case.limit_insns)
            return super().run(case)

    state = np.zeros(1, state_dtype("riscv64"))[0]
    state["pc"] = CODE_BASE
    case = MachineCase("riscv64", state, NOP4 * 3 + riscv64.EBREAK, CODE_BASE, bytes(DATA_BYTES), 10)
    remembering = Remembering(Counting(), kept=2)
    for limit in (1, 2, 1, 2, 3, 1):
        seen = remembering.run(case.with_limit(limit))
        assert isinstance(seen, MachineObservation)
        assert seen.retired == limit
    assert asked == [1, 2, 3, 1], "the oldest is forgotten"
    assert remembering.capabilities.exact_limit
    other = state.copy()
    other["x"][5] = 1
    assert remembering.run(MachineCase("riscv64", other, case.code, CODE_BASE, case.memory, 1)) is not seen
