"""Loans, regions and conflicts of hand-built bodies."""

from __future__ import annotations

import pytest

from engines.rustwasm.borrow.check import BorrowChecker
from engines.rustwasm.mir import body as m
from engines.rustwasm.typing import types as ty
from tests.engines.rustwasm.borrow.bodies import PAIR, STRING, BodyMaker

SHARED = ty.ref(STRING)
MUTABLE = ty.ref(STRING, True)


def found(maker: BodyMaker) -> list[tuple[str | None, int]]:
    _, reporter = maker.reporter()
    BorrowChecker(None, reporter.diagnostics).check(maker.body)
    return [(d.code, d.span[0]) for d in reporter.diagnostics.messages]


def start(**more: tuple[ty.Ty, bool]) -> BodyMaker:
    own = {"a": (STRING, True), "r": (SHARED, False), "w": (MUTABLE, False), "v": (MUTABLE, False)}
    maker = BodyMaker(arguments=0, **own, **more)
    maker.live(*maker.names)
    maker.assign("a", maker.value())
    return maker


def read(maker: BodyMaker, name: str) -> int:
    """`_ = *name` of a reference: a use of it."""
    maker.body.blocks[-1].statements.append(m.FakeRead(maker.place(name), maker.span()))
    return maker.number


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [("shared", "mut", "E0502"), ("mut", "shared", "E0502"), ("mut", "mut", "E0499"), ("shared", "shared", None)],
)
@pytest.mark.parametrize("used", [True, False])
def test_two_borrows(first: str, second: str, code: str | None, used: bool) -> None:
    """They clash if the first is used after the second was made, and not otherwise: lifetimes are not lexical."""
    maker = start(s=(SHARED, False))
    name = "r" if first == "shared" else "w"
    maker.assign(name, maker.ref("a", first))
    at = maker.assign("v" if second == "mut" else "s", maker.ref("a", second))
    if used:
        read(maker, name)
    assert found(maker) == ([(code, at)] if code and used else [])


def test_assignment_while_borrowed() -> None:
    maker = start()
    maker.assign("r", maker.ref("a"))
    at = maker.assign("a", maker.value())
    read(maker, "r")
    assert found(maker) == [("E0506", at)]


def test_move_while_borrowed() -> None:
    maker = start(b=(STRING, False))
    maker.assign("r", maker.ref("a"))
    at = maker.assign("b", maker.move("a"))
    read(maker, "r")
    assert found(maker) == [("E0505", at)]


def test_borrow_outlives_its_variable() -> None:
    maker = start()
    at = maker.assign("r", maker.ref("a"))
    maker.dead("a")
    read(maker, "r")
    assert found(maker) == [("E0597", at)]


def test_a_copied_reference_keeps_the_loan() -> None:
    maker = start(s=(SHARED, False))
    maker.assign("r", maker.ref("a"))
    maker.assign("s", maker.copy("r"))
    at = maker.assign("a", maker.value())
    read(maker, "s")
    assert found(maker) == [("E0506", at)]


def test_a_reborrow_keeps_the_first_loan() -> None:
    maker = start()
    maker.assign("w", maker.ref("a", "mut"))
    maker.assign("v", maker.ref("*w", "mut"))
    at = maker.assign("r", maker.ref("a"))
    read(maker, "v")
    assert found(maker) == [("E0502", at)]


def test_overwriting_a_reference_ends_the_loan() -> None:
    maker = start(b=(STRING, False), s=(SHARED, True))
    maker.assign("b", maker.value())
    maker.assign("s", maker.ref("a"))
    maker.assign("s", maker.ref("b"))
    maker.assign("a", maker.value())
    read(maker, "s")
    assert found(maker) == []


def test_fields_are_borrowed_apart() -> None:
    maker = BodyMaker(p=(PAIR, True), w=(MUTABLE, False), v=(MUTABLE, False), u=(MUTABLE, False))
    maker.live(*maker.names)
    maker.assign("p", m.Use(m.Constant(PAIR)))
    maker.assign("w", maker.ref("p.0", "mut"))
    maker.assign("v", maker.ref("p.1", "mut"))
    at = maker.assign("u", maker.ref("p.0", "mut"))
    read(maker, "w")
    read(maker, "v")
    assert found(maker) == [("E0499", at)]


def test_a_two_phase_borrow_lets_its_arguments_read() -> None:
    """`a.push(a.len())`: reserved, read, activated; with an ordinary `&mut` the read is an error."""
    for kind, expected in (("two_phase", []), ("mut", ["E0502"])):
        maker = start(t_w=(MUTABLE, False), t_r=(SHARED, False))
        maker.assign("t_w", maker.ref("a", kind))
        maker.assign("t_r", maker.ref("a"))
        read(maker, "t_r")
        maker.assign("v", maker.move("t_w"))
        assert [code for code, _ in found(maker)] == expected


def test_a_two_phase_borrow_is_mutable_from_its_first_use() -> None:
    maker = start(t_w=(MUTABLE, False))
    maker.assign("r", maker.ref("a"))
    maker.assign("t_w", maker.ref("a", "two_phase"))
    at = maker.assign("v", maker.move("t_w"))
    read(maker, "r")
    assert found(maker) == [("E0502", at)]


def test_a_loan_lasts_around_a_loop() -> None:
    """The borrow of the previous round is still used in the next: `loop { w = &mut a; use(v); v = w; }`."""
    maker = start()
    head = maker.block()
    maker.assign("v", maker.ref("a", "mut"), 0)
    maker.end(m.Goto(head), 0)
    at = maker.assign("w", maker.ref("a", "mut"), head)
    maker.body.blocks[head].statements.append(m.FakeRead(maker.place("v"), maker.span()))
    maker.assign("v", maker.move("w"), head)
    maker.end(m.Goto(head), head)
    assert ("E0499", at) in found(maker)


def result(inputs: tuple[ty.Ty, ...], output: ty.Ty, outlives: list[tuple[str, str]]) -> list[tuple[str | None, int]]:
    """`fn f(inputs) -> output { first parameter }`."""
    maker = BodyMaker(arguments=len(inputs), **{f"p{i}": (ty.erase(one), False) for i, one in enumerate(inputs)})
    definition = maker.body.definition
    definition.inputs, definition.output = inputs, output
    definition.generics.outlives = outlives
    maker.body.locals[0].ty = ty.erase(output)
    maker.body.blocks[0].statements.append(m.Assign(m.Place(0), maker.copy("p0"), (77, 78)))
    return found(maker)


def test_lifetimes_of_a_signature() -> None:
    a, b = ty.ref(STRING, False, "'a"), ty.ref(STRING, False, "'b")
    assert result((a,), a, []) == []
    assert result((a, b), b, []) == [(None, 77)]
    assert result((a, b), b, [("'a", "'b")]) == []
    assert result((ty.ref(STRING, False, "'static"), a), a, []) == []
    assert result((a,), ty.ref(STRING, False, "'static"), []) == [(None, 77)]


def test_a_reference_to_a_local_must_not_be_returned() -> None:
    maker = BodyMaker(arguments=1, p=(ty.ref(STRING), False), a=(STRING, False))
    maker.body.definition.inputs = (ty.ref(STRING, False, "'a"),)
    maker.body.definition.output = ty.ref(STRING, False, "'a")
    maker.body.locals[0].ty = ty.ref(STRING)
    maker.live("a")
    maker.assign("a", maker.value())
    maker.body.blocks[0].statements.append(m.Assign(m.Place(0), maker.ref("a"), (90, 91)))
    maker.dead("a")
    assert found(maker) == [("E0515", 90)]
