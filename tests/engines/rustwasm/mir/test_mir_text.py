"""MIR text: every body is read back as it was printed; any other text is refused with its place."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.rust import rust_programs
from engines.rustwasm.compilation import Compilation, check_source, library
from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.instances import Instances
from engines.rustwasm.mir.interpreter import run_program
from engines.rustwasm.mir.names import Names, UnknownNameError
from engines.rustwasm.mir.parser import MirSyntaxError, parse_bodies, parse_body
from engines.rustwasm.mir.printer import bytes_text, float_text, print_body
from engines.rustwasm.mir.verifier import Verifier, program_bodies
from fuzz.strategies.rust import generate_crate
from fuzz.strategies.token_text import token_mutator

SOURCE = """
mod shapes { pub trait Area { fn area(&self) -> f64; } pub enum Kind { Round(f64), Flat { w: f64, h: f64 }, No } }
use shapes::{Area, Kind};
static LIMIT: i32 = 7;
const NAMES: [&str; 2] = ["a\\"b", "\\u{e9}\\n"];

impl Area for Kind {
    fn area(&self) -> f64 {
        match self { Kind::Round(r) => r * r * 3.25, Kind::Flat { w, h } => w * h, Kind::No => -0.0 }
    }
}

fn apply<F: Fn(i32) -> i32, const N: usize>(f: F, values: [i32; N]) -> impl Iterator<Item = i32> {
    values.into_iter().map(move |v| f(v) + LIMIT)
}

fn local(n: u8) -> u8 { struct S(u8); S(n).0 }
fn another(n: u8) -> char { struct S(char); let c = S(n as char); c.0 }

fn middle(values: &[i32]) -> Option<&[i32]> {
    if let [_, rest @ .., _] = values { Some(rest) } else { None }
}

fn main() {
    let late; late = 3;
    let all: Vec<Box<dyn Area>> = vec![Box::new(Kind::Round(2.0)), Box::new(Kind::Flat { w: 1.0, h: 2.5 })];
    for one in &all { println!("{}", one.area()); }
    for v in apply(|v| v * late, [1, 2, 3]) { println!("{v}"); }
    let constructors: [fn(f64) -> Kind; 1] = [Kind::Round];
    println!("{} {:?} {} {} {}", local(3), middle(&[1, 2, 3]), another(65), NAMES[1], constructors[0](1.0).area());
}
"""


def declared(compilation: Compilation) -> Iterator[m.Body]:
    """Every body that a crate declares, closures' too."""
    definitions = [*compilation.declarations.functions, *(one.body for one in compilation.declarations.consts)]
    for definition in definitions:
        body = None if definition is None else compilation.body_of(definition)
        if body is not None:
            yield body
            yield from (closure.body.mir for closure in body.closures)


def same(left: Any, right: Any) -> bool:
    """Equal part by part; definitions and types are the same objects."""
    if type(left) is not type(right):
        return isinstance(left, int) and isinstance(right, int) and left == right
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float):
        if math.isnan(left):
            return math.isnan(right)
        return left == right and math.copysign(1, left) == math.copysign(1, right)
    if type(left).__module__ == m.__name__:
        only_borrow_checked = ("declared", "guards", "lasting", "written")
        told = [slot for slot in type(left).__slots__ if slot not in only_borrow_checked]
        return all(same(getattr(left, slot), getattr(right, slot)) for slot in told)
    return left is right or (isinstance(left, (int, str, bytes)) and left == right)


def round_trip(body: m.Body, names: Names) -> None:
    text = print_body(body, names, spans=True)
    (again,) = parse_bodies(text, names)
    assert same(body, again), text


@cache
def sample() -> tuple[Compilation, Names, list[m.Body]]:
    compilation = check_source(SOURCE)
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    return compilation, Names(compilation), list(program_bodies(compilation, Instances(compilation)))


@pytest.mark.parametrize("group", range(4))
def test_every_body_of_the_corpus_is_read_back(group: int) -> None:
    for program in rust_programs()[group::4]:
        compilation = check_source(program.source, program.name)
        names = Names(compilation)
        for body in declared(compilation):
            round_trip(body, names)


def test_every_body_of_the_library_is_read_back() -> None:
    names = Names(library())
    count = 0
    for body in declared(library()):
        round_trip(body, names)
        count += 1
    assert count > 2000


def test_concrete_bodies_are_read_back_and_well_formed() -> None:
    compilation, names, bodies = sample()
    verifier = Verifier(Instances(compilation))
    for body in bodies:
        if body.definition.path not in ("main", "core::mem::swap") and len(body.blocks) > 60:
            continue
        (again,) = parse_bodies(print_body(body, names, spans=True), names)
        assert same(body, again)
        assert list(verifier.problems(again)) == []


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 100_000))
def test_every_body_of_a_generated_program_is_read_back(seed: int) -> None:
    whole, _ = generate_crate(range(seed, seed + 1))
    compilation = check_source(whole.source)
    names = Names(compilation)
    for body in declared(compilation):
        round_trip(body, names)


def test_a_program_of_parsed_bodies_runs_the_same() -> None:
    compilation = check_source(SOURCE)
    names = Names(compilation)
    expected = run_program(check_source(SOURCE))
    for body in list(declared(compilation)):
        body.definition.mir = parse_bodies(print_body(body, names, spans=True), names)[0]
    assert run_program(compilation) == expected
    assert b"4.5" in expected[1] or b"13" in expected[1]


def test_without_spans_nothing_else_is_lost() -> None:
    compilation, names, bodies = sample()
    body = next(one for one in bodies if one.name == "middle")
    text = print_body(body, names)
    assert "@" not in text
    assert print_body(parse_body(text, compilation), names) == text


def test_items_of_one_path_have_names_of_their_own() -> None:
    compilation, names, _ = sample()
    texts = [print_body(body, names) for body in declared(compilation) if body.name in ("local", "another")]
    assert [("S#2" in text, "S {" in text or "(_2.0: " in text) for text in texts] == [(False, True), (True, True)]


def test_a_closure_is_named_by_its_function() -> None:
    compilation, names, _ = sample()
    (closure,) = [one for one in declared(compilation) if one.name.startswith("apply::{closure")]
    text = print_body(closure, names)
    assert text.startswith("fn {closure 0 of apply}(")
    assert parse_body(text, compilation).definition is closure.definition


@given(st.binary(max_size=40))
def test_bytes_are_read_back(value: bytes) -> None:
    compilation = sample()[0]
    text = f'fn "f"() -> &str {{ let _0: &str; bb0: _0 = const {bytes_text(value)}: &str; return; }}'
    assert parse_body(text, compilation).blocks[0].statements[0].rvalue.operand.value == value  # type: ignore[union-attr]


@given(st.floats())
def test_floats_are_read_back(value: float) -> None:
    text = f'fn "f"() -> f64 {{ let _0: f64; bb0: _0 = const {float_text(value)}: f64; return; }}'
    again = parse_body(text, sample()[0]).blocks[0].statements[0].rvalue.operand.value  # type: ignore[union-attr]
    assert same(value, again)


def wrong(block: str, header: str = '"f"(_1: i32) -> i32', declared: str = "let _0: i32; let _2: (i32, u8);") -> str:
    return f"fn {header} {{\n{declared}\nbb0:\n{block}\n}}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1: expected `fn`, found the end"),
        ("fn", "expected the name of a function, found the end"),
        ("\n  §", "line 2, column 3: no token begins with '§'"),
        ("fn nobody() -> ()", "line 1, column 4: no function is called `nobody`"),
        ("fn <Nobody>::new() -> ()", "no function is called `<Nobody>::new`"),
        ("fn <A::new() -> ()", "expected `>`, found the end"),
        ("fn {closure 7 of main}() -> ()", "`main` has 1 closures, none of number 7"),
        ('fn "f"() -> () { let _0: (); }', "a body has at least one block"),
        ('fn "f"() -> () { bb0: return; }', "expected `let _0`, the result"),
        ('fn "f"() -> () { let _0: i32; bb0: return; }', "_0 is a i32, the result a ()"),
        ('fn "f"(_2: i32) -> () { }', "locals are declared in order: expected _1, found _2"),
        ('fn "f"(_1: Nothing) -> () { }', "no struct or enum is called `Nothing`"),
        ('fn "f"(_1: %T) -> () { }', "no type parameter is called `T`; there are: none"),
        ('fn "f"(_1: core::option::Option) -> () { }', "`Option` takes 1 arguments, 0 are given"),
        ('fn "f"(_1: (i32)) -> () { }', "expected `,` after the only element of a tuple"),
        ('fn "f"(_1: ' + "&" * 300 + "i32) -> () { }", "nested deeper than 200 levels"),
        ('fn "f"(_1: [u8; ' + "9" * 5000 + "]) -> () { }", "a number of at most 60 digits"),
        (wrong("return;\nbb2: return;"), "line 5, column 1: blocks stand in order: expected bb1, found bb2"),
        (wrong("goto bb1;"), "line 4, column 6: there is no bb1: the last is bb0"),
        (wrong("_3 = const 1: i32; return;"), "there is no _3: the last is _2"),
        (wrong("_0 = const 300: u8; return;"), "300 is no u8: the legal range is 0 to 255"),
        (wrong('_0 = const b"x": u8; return;'), "the value is no u8"),
        (wrong('_0 = const b"\\q": &str; return;'), "a byte string whose escapes are"),
        (wrong("_0 = power(copy _1); return;"), "there is no operation `power`"),
        (wrong("_0 = add(copy _1); return;"), "`add` takes 2 operands, 1 are given"),
        (wrong("_0 = copy _1 as u8 (magic); return;"), "expected a kind of cast"),
        (wrong("_0 = copy (_2.0); return;"), "expected `:`, found `)`"),
        (wrong("_0 = &[i32] {}; return;"), "expected a place"),
        (wrong("_0 = i32 {}; return;"), "i32 is no aggregate"),
        (wrong("_0 = core::option::Option<i32>::Most {}; return;"), "`Option` has no variant `Most`"),
        (wrong("switch copy _1 -> [otherwise: bb0, 1: bb0];"), "expected `]` after `otherwise`"),
        (wrong("_0 = const 1: i32"), "expected `;`, found `}`"),
        (wrong("jump bb0;"), "expected a statement or a terminator, found `jump`"),
        (wrong("return;") + "fn", "expected the end, found `fn`"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, message: str) -> None:
    with pytest.raises(MirSyntaxError) as caught:
        parse_body(text, sample()[0])
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"line {caught.value.line}, column {caught.value.column}: ")


def test_a_definition_of_another_program_has_no_name() -> None:
    other = check_source("struct Mine; fn main() { let m = Mine; }")
    body = next(one for one in declared(other) if one.name == "main")
    with pytest.raises(UnknownNameError, match="Mine"):
        print_body(body, sample()[1])


_mutate = token_mutator(tuple(b"_0 bb0 ( ) [ copy as i32 %T { 0 -1 .. @".split()))


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 1 << 30), st.integers(0, 30))
def test_any_text_is_refused_or_means_a_body(seed: int, number: int) -> None:
    compilation, names, bodies = sample()
    small = [one for one in bodies if len(one.blocks) < 12]
    body = small[number % len(small)]
    data = print_body(body, names, spans=seed % 2 == 0).encode()
    text = _mutate(data, len(data) + 40, seed).decode("utf-8", "replace")
    try:
        found = parse_bodies(text, names)
    except MirSyntaxError as error:
        assert error.line >= 1
        return
    for one in found:
        round_trip(one, names)
        assert all(isinstance(problem, str) for problem in Verifier(Instances(compilation)).problems(one))


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60))
def test_no_text_is_a_traceback(text: str) -> None:
    try:
        parse_bodies(text, sample()[1])
    except MirSyntaxError as error:
        assert str(error)
