"""The MIR verifier: nothing to say about the corpus and generated programs, and something about every broken body."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corpus.rust import rust_programs
from engines.rustwasm.compilation import check_source
from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.instances import Instances
from engines.rustwasm.mir.verifier import Verifier, program_bodies, verify_program
from engines.rustwasm.typing import types as ty
from fuzz.strategies.rust import generate_crate

SOURCE = """
struct Pair { left: i32, right: Option<u8> }

fn pick(pair: &Pair, index: usize) -> i32 {
    let table = [1, 2, pair.left];
    match pair.right {
        Some(n) if n > 3 => table[index] + n as i32,
        Some(_) => -1,
        None => 0,
    }
}

fn main() {
    let pair = Pair { left: 4, right: Some(9) };
    std::process::exit(pick(&pair, 1));
}
"""
PROGRAMS = rust_programs()


def pick() -> tuple[Verifier, m.Body]:
    compilation = check_source(SOURCE)
    instances = Instances(compilation)
    (body,) = [one for one in program_bodies(compilation, instances) if one.name.endswith("pick")]
    return Verifier(instances), body


@pytest.mark.parametrize("group", range(4))
def test_the_corpus_is_well_formed(group: int) -> None:
    for program in PROGRAMS[group::4]:
        assert verify_program(check_source(program.source, program.name)) == [], program.name


def test_generated_programs_are_well_formed() -> None:
    whole, _ = generate_crate(range(300, 316))
    compilation = check_source(whole.source)
    assert verify_program(compilation) == []
    assert sum(1 for _ in program_bodies(compilation, Instances(compilation))) > 100


def assignments(body: m.Body) -> list[tuple[list[m.Statement], int, m.Assign]]:
    return [
        (block.statements, index, statement)
        for block in body.blocks
        for index, statement in enumerate(block.statements)
        if isinstance(statement, m.Assign)
    ]


def with_rvalue(body: m.Body, kind: type) -> m.Assign:
    return next(one for _, _, one in assignments(body) if isinstance(one.rvalue, kind))


def wrong_local_type(body: m.Body) -> None:
    body.locals[with_rvalue(body, m.BinaryOp).place.local].ty = ty.CHAR_TY


def wrong_operation(body: m.Body) -> None:
    with_rvalue(body, m.BinaryOp).rvalue.op = "power"  # type: ignore[union-attr]


def target_out_of_range(body: m.Body) -> None:
    body.blocks[-1].terminator = m.Goto(len(body.blocks))


def no_terminator(body: m.Body) -> None:
    body.blocks[0].terminator = None


def local_out_of_range(body: m.Body) -> None:
    body.blocks[0].statements.append(m.StorageDead(len(body.locals), (0, 0)))


def field_out_of_range(body: m.Body) -> None:
    body.blocks[0].statements.append(m.FakeRead(m.Place(1, ((m.DEREF,), (m.FIELD, 7, ty.USIZE))), (0, 0)))


def field_of_another_type(body: m.Body) -> None:
    body.blocks[0].statements.append(m.FakeRead(m.Place(1, ((m.DEREF,), (m.FIELD, 0, ty.USIZE))), (0, 0)))


def field_without_variant(body: m.Body) -> None:
    place = m.Place(1, ((m.DEREF,), (m.FIELD, 1, ty.USIZE), (m.FIELD, 0, ty.PRIMITIVES["u8"])))
    body.blocks[0].statements.append(m.FakeRead(place, (0, 0)))


def deref_of_a_number(body: m.Body) -> None:
    body.blocks[0].statements.append(m.FakeRead(m.Place(2, ((m.DEREF,),)), (0, 0)))


def missing_field(body: m.Body) -> None:
    with_rvalue(body, m.Aggregate).rvalue.operands.pop()  # type: ignore[union-attr]


def value_twice(body: m.Body) -> None:
    switch = next(b.terminator for b in body.blocks if isinstance(b.terminator, m.Switch))
    switch.values.append(switch.values[0])
    switch.targets.append(switch.targets[0])


def switch_on_a_reference(body: m.Body) -> None:
    switch = next(b.terminator for b in body.blocks if isinstance(b.terminator, m.Switch))
    switch.operand = m.Copy(m.Place(1))


def length_of_a_number(body: m.Body) -> None:
    body.blocks[0].statements.append(m.Assign(m.Place(2), m.Len(m.Place(2)), (0, 0)))


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (wrong_local_type, "is assigned to a char"),
        (wrong_operation, "no operation 'power'"),
        (target_out_of_range, "the last is bb"),
        (no_terminator, "no terminator"),
        (local_out_of_range, "the last is _"),
        (field_out_of_range, "there is no field 7"),
        (field_of_another_type, "field 0 is a i32, not a usize"),
        (field_without_variant, "not a usize"),
        (deref_of_a_number, "usize cannot be dereferenced"),
        (missing_field, "fields, "),
        (value_twice, "a value twice"),
        (switch_on_a_reference, "a switch on a &Pair"),
        (length_of_a_number, "usize has no length"),
    ],
)
def test_a_broken_body_is_told(break_it: Callable[[m.Body], None], message: str) -> None:
    verifier, body = pick()
    assert list(verifier.problems(body)) == []
    break_it(body)
    problems = list(verifier.problems(body))
    assert any(message in one for one in problems), problems


def test_every_value_is_missed_where_nothing_writes_it() -> None:
    count = len(assignments(pick()[1]))
    missed = 0
    for index in range(count):
        verifier, body = pick()
        statements, at, removed = assignments(body)[index]
        del statements[at]
        problems = list(verifier.problems(body))
        if removed.place.projection or body.locals[removed.place.local].ty is ty.UNIT:
            continue
        missed += 1
        again = any(one.place.local == removed.place.local for _, _, one in assignments(body))
        assert problems or again, (removed.place.local, index)
    assert missed > 8


def test_arguments_are_compared_with_parameters() -> None:
    compilation = check_source(SOURCE)
    instances = Instances(compilation)
    verifier = Verifier(instances)
    main = next(iter(program_bodies(compilation, instances)))
    calls = [block.terminator for block in main.blocks if isinstance(block.terminator, m.Call)]
    (call,) = [one for one in calls if isinstance(one.function, m.Constant) and one.function.ty.data.name == "pick"]
    call.arguments.reverse()
    assert any("argument 0 is a usize, must be a &Pair" in one for one in verifier.problems(main))
    call.arguments.pop()
    assert any("1 arguments for 2 parameters" in one for one in verifier.problems(main))
