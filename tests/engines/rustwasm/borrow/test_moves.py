"""Move and initialisation checking of hand-built bodies."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.borrow.dataflow import backward, bits, forward
from engines.rustwasm.borrow.moves import Moves
from engines.rustwasm.borrow.mutability import check_mutability
from engines.rustwasm.mir import body as m
from engines.rustwasm.typing import types as ty
from tests.engines.rustwasm.borrow.bodies import PAIR, STRING, BodyMaker


def found(maker: BodyMaker) -> list[tuple[str | None, int, str]]:
    facts, reporter = maker.reporter()
    Moves(facts, reporter).run()
    check_mutability(facts, reporter)
    return [(d.code, d.span[0], d.message) for d in reporter.diagnostics.messages]


def test_use_after_move_blames_the_use() -> None:
    maker = BodyMaker(a=(STRING, False), b=(STRING, False), c=(STRING, False))
    maker.live("a", "b", "c")
    maker.assign("a", maker.value())
    maker.assign("b", maker.move("a"))
    at = maker.assign("c", maker.move("a"))
    assert found(maker) == [("E0382", at, "use of moved value: `a`")]


def test_assignment_gives_a_moved_variable_a_value_again() -> None:
    maker = BodyMaker(a=(STRING, True), b=(STRING, False), c=(STRING, False))
    maker.live("a", "b", "c")
    maker.assign("a", maker.value())
    maker.assign("b", maker.move("a"))
    maker.assign("a", maker.value())
    maker.assign("c", maker.move("a"))
    assert found(maker) == []


def test_a_move_in_one_branch_is_a_move_after_it() -> None:
    maker = BodyMaker(a=(STRING, False), b=(STRING, False), t_c=(ty.BOOL_TY, False), r=(ty.ref(STRING), False))
    then, after = maker.block(), maker.block()
    maker.live("a", "b", block=0)
    maker.assign("a", maker.value(), 0)
    maker.end(m.Switch(m.Constant(ty.BOOL_TY, 1), [1], [then], after), 0)
    maker.assign("b", maker.move("a"), then)
    maker.end(m.Goto(after), then)
    at = maker.assign("r", maker.ref("a"), after)
    assert found(maker) == [("E0382", at, "borrow of moved value: `a`")]


def test_a_move_in_a_loop_is_one_of_the_previous_iteration() -> None:
    maker = BodyMaker(a=(STRING, False), b=(STRING, False))
    head, out = maker.block(), maker.block()
    maker.live("a", block=0)
    maker.assign("a", maker.value(), 0)
    maker.end(m.Goto(head), 0)
    maker.live("b", block=head)
    at = maker.assign("b", maker.move("a"), head)
    maker.dead("b", head)
    maker.end(m.Switch(m.Constant(ty.BOOL_TY, 1), [1], [head], out), head)
    facts, reporter = maker.reporter()
    Moves(facts, reporter).run()
    [error] = reporter.diagnostics.messages
    assert (error.code, error.span[0], error.label) == (
        "E0382", at, "value moved here, in previous iteration of loop",
    )  # fmt: skip


def test_fields_move_apart() -> None:
    maker = BodyMaker(p=(PAIR, False), a=(STRING, False), b=(STRING, False), q=(PAIR, False))
    maker.live("p", "a", "b", "q")
    maker.assign("p", m.Use(m.Constant(PAIR)))
    maker.assign("a", maker.move("p.0"))
    maker.assign("b", maker.move("p.1"))
    at = maker.assign("q", maker.move("p"))
    assert found(maker) == [("E0382", at, "use of partially moved value: `p`")]


def test_variable_without_value() -> None:
    maker = BodyMaker(a=(ty.I32, False), b=(ty.I32, False))
    maker.live("a", "b")
    at = maker.assign("b", maker.copy("a"))
    assert found(maker) == [("E0381", at, "used binding `a` isn't initialized")]


def test_variable_with_value_on_one_way_only() -> None:
    maker = BodyMaker(a=(ty.I32, False), b=(ty.I32, False))
    then, after = maker.block(), maker.block()
    maker.live("a", "b", block=0)
    maker.end(m.Switch(m.Constant(ty.BOOL_TY, 1), [1], [then], after), 0)
    maker.assign("a", m.Use(m.Constant(ty.I32, 1)), then)
    maker.end(m.Goto(after), then)
    at = maker.assign("b", maker.copy("a"), after)
    assert found(maker) == [("E0381", at, "used binding `a` is possibly-uninitialized")]


def test_second_assignment_of_an_immutable_variable() -> None:
    maker = BodyMaker(a=(ty.I32, False))
    maker.live("a")
    maker.assign("a", m.Use(m.Constant(ty.I32, 1)))
    at = maker.assign("a", m.Use(m.Constant(ty.I32, 2)))
    assert found(maker) == [("E0384", at, "cannot assign twice to immutable variable `a`")]


def test_assignment_of_a_parameter() -> None:
    maker = BodyMaker(arguments=1, a=(ty.I32, False))
    at = maker.assign("a", m.Use(m.Constant(ty.I32, 1)))
    assert found(maker) == [("E0384", at, "cannot assign to immutable argument `a`")]


@pytest.mark.parametrize(
    ("kind", "local", "code"),
    [("mut", (STRING, False), "E0596"), ("mut", (STRING, True), None), ("shared", (STRING, False), None)],
)
def test_borrow_of_a_local(kind: str, local: tuple[ty.Ty, bool], code: str | None) -> None:
    maker = BodyMaker(a=local, r=(ty.ref(STRING, kind == "mut"), False))
    maker.live("a", "r")
    maker.assign("a", maker.value())
    maker.assign("r", maker.ref("a", kind))
    assert [c for c, _, _ in found(maker)] == ([code] if code else [])


@pytest.mark.parametrize(("mutable", "codes"), [(False, ["E0594"]), (True, [])])
def test_assignment_through_a_reference(mutable: bool, codes: list[str]) -> None:
    maker = BodyMaker(arguments=1, r=(ty.ref(STRING, mutable), False))
    maker.assign("*r", maker.value())
    assert [c for c, _, _ in found(maker)] == codes


def test_move_out_of_a_reference() -> None:
    maker = BodyMaker(arguments=1, r=(ty.ref(STRING), False), s=(STRING, False))
    maker.live("s")
    at = maker.assign("s", maker.move("*r"))
    assert found(maker) == [("E0507", at, "cannot move out of `*r` which is behind a shared reference")]


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_dataflow_is_the_union_over_all_ways(data: st.DataObject) -> None:
    """Forward states equal what a search over (block, fact) pairs finds; backward ones mirror them."""
    count = data.draw(st.integers(1, 6))
    successors = [data.draw(st.lists(st.integers(0, count - 1), max_size=2, unique=True)) for _ in range(count)]
    gens = [data.draw(st.integers(0, 15)) for _ in range(count)]
    kills = [data.draw(st.integers(0, 15)) for _ in range(count)]
    states = forward(successors, 0, gens, kills)
    for fact in range(4):
        reached: set[tuple[int, bool]] = {(0, False)}
        work = [(0, False)]
        while work:
            block, holds = work.pop()
            out = bool(gens[block] >> fact & 1) or (holds and not kills[block] >> fact & 1)
            for one in successors[block]:
                if (one, out) not in reached:
                    reached.add((one, out))
                    work.append((one, out))
        for block in range(count):
            state = states[block]
            assert (state is not None) == any(b == block for b, _ in reached)
            assert bool((state or 0) >> fact & 1) == ((block, True) in reached)
    predecessors: list[list[int]] = [[] for _ in range(count)]
    for block, following in enumerate(successors):
        for one in following:
            predecessors[one].append(block)
    starts, ends = backward(predecessors, successors, gens, kills)
    for block in range(count):
        assert starts[block] == (ends[block] & ~kills[block]) | gens[block]
        union = 0
        for one in successors[block]:
            union |= starts[one]
        assert ends[block] == union


def test_bits() -> None:
    assert bits(0b101001) == [0, 3, 5]
