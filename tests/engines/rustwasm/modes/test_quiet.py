"""GC bodies of which no MIR is made to check them: what is said of them is what their MIR would have led to."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ci.bench_rust_modes import program
from engines.rustwasm.compilation import Compilation, check_source
from engines.rustwasm.driver import build_bytes
from engines.rustwasm.mir.interpreter import run_program
from engines.rustwasm.modes.advice import advise
from engines.rustwasm.modes.quiet import QuietBodies
from engines.rustwasm.syntax.diagnostics import Diagnostic
from fuzz.strategies.rust.modes import aliasing, faulty, pair

HERE: Final = Path(__file__).parent
CORPUS: Final = Path(__file__).parents[4] / "corpus" / "rust" / "gc"
PROGRAMS: Final = {path.stem: path.read_text() for path in sorted(CORPUS.glob("*.rs"))} | {
    f"{name}: {part.partition(chr(10))[0]}": part.partition("\n")[2]
    for name in ("accepted", "rejected", "costly")
    for part in (HERE / f"{name}.rs").read_text().split("//--- ")[1:]
}
SHORT: Final = [name for name, text in PROGRAMS.items() if len(text) < 1500]
_HEAD: Final = """#![wasm::gc]
use std::ops::{AddAssign, Deref};
#[wasm::linear] #[derive(Clone, Copy, PartialEq, Debug)] enum Shape { Dot(i32), Line(i32, i32) }
#[wasm::linear] impl Shape { fn size(&self) -> &i32 { match self { Shape::Dot(n) => n, Shape::Line(n, _) => n } } }
#[derive(Clone, Copy)] struct Point { x: i32, y: (i32, i32) }
#[derive(Clone, Copy)] struct Sum(i32);
impl AddAssign<i32> for Sum { fn add_assign(&mut self, n: i32) { self.0 += n; } }
#[wasm::linear] struct Holder<T> { held: T }
#[wasm::linear] fn holder<T>(held: T) -> Holder<T> { Holder { held } }
struct Wrapped<T> { inner: Option<T>, name: GcString }
#[derive(PartialEq)] struct Node { value: i32, next: Option<Node>, shape: Shape, name: &'static str }
#[derive(PartialEq)] struct Leaf { value: i32, next: Option<Leaf>, shape: Shape }
#[wasm::linear] fn put(n: &mut i32) { *n += 1; }
#[wasm::linear] fn one(n: &i32) -> i32 { *n }
fn keep<T>(given: T) -> i32 { 1 }
const TWO: i32 = 2;
const SHAPE: Shape = Shape::Dot(1);
fn leaf() -> Leaf { Leaf { value: 1, next: None, shape: Shape::Dot(1) } }
fn failing(n: i32) -> Result<i32, GcString> { if n > 1 { Ok(n) } else { Err(GcString::from("no")) } }
"""
_BODIES: Final = {
    # What a GC function is made of.
    "let a = leaf(); a.value = 2; a.value += 3; let b = a; b.next = Some(a);": True,
    'let mut n = 0; while n < 3 { n += 1; } let m = if n > 2 { 1 } else { 2 }; print!("{n} {m}");': True,
    "let mut at = Some(leaf()); while let Some(one) = at { at = one.next; }": True,
    "let items = GcArray::from([1, 2]); items[0] = 4; items.push(items[1]); let x = items.map(|n| n + 1);": True,
    'let text = GcString::from(format!("{}", 1)); print!("{}", text.len());': True,
    "let mut p = Point { x: 1, y: (1, 2) }; p.x = 2; put(&mut p.y.0); put(&mut p.x);": True,
    "let mut n = 0; let items = GcArray::from([1]); for one in items { n += one; } put(&mut n);": True,
    "match (1, leaf().next) { (TWO, _) => (), (n, Some(l)) if n > l.value => (), (1 | 3, None) => (), _ => () }": True,
    'let n: Result<i32, GcString> = (|| { let a = failing(3)?; Ok(a + 1) })(); print!("{}", n.unwrap_or(1));': True,
    'let n = failing(2).unwrap_or(3); let Some(m) = Some(n) else { return }; print!("{m}");': True,
    "let mut s = Sum(1); s += 2; let same = leaf() == leaf();": True,
    # A variable without value, or without `mut`.
    'let n; n = 1; print!("{n}");': False,
    'let n: i32; if TWO > 1 { n = 1; } print!("{n}");': False,
    "let n = 1; n = 2;": False,
    "let a = leaf(); a = leaf();": False,
    "let n = 1; n += 2;": False,
    "let s = Sum(1); s += 2;": False,
    "let p = Point { x: 1, y: (1, 2) }; p.x = 2;": False,
    "let p = Point { x: 1, y: (1, 2) }; p.y.1 += 2;": False,
    "let p = Point { x: 1, y: (1, 2) }; put(&mut p.y.0);": False,
    "let p = Point { x: 1, y: (1, 2) }; let mut f = || p.x += 1; f();": False,
    "let a = [1, 2]; a[0] = 2;": False,
    "let a = [1, 2]; put(&mut a[0]);": False,
    "let a = [2, 1]; a.sort();": False,
    "let mut n = 1; let f = || n += 1; f();": False,
    "let a = 1; (a, _) = (2, 3);": False,
    "match 1 { n => n = 2 }": False,
    "match 1 { mut n if { n = 2; true } => (), _ => () }": False,
    # References that are kept, and values that own.
    'let n = 1; let r = &n; print!("{}", one(r));': False,
    "let mut n = 1; let r = &mut n; put(r);": False,
    'let (r, _) = (&1, 2); print!("{}", one(r));': False,
    "let _ = if TWO > 1 { &failing(1) } else { &failing(2) };": False,
    "match Some(&1) { Some(r) => (), None => () }": False,
    'let r = &leaf().value; print!("{}", one(r));': False,
    'let r = "text"; print!("{r}");': False,
    "let s = String::new();": False,
    'let v = vec![1]; print!("{}", v.len());': False,
    'let f = { let s = GcString::from("x"); move || s.len() }; print!("{}", f());': True,
    'let n = Node { value: 1, next: None, shape: Shape::Dot(1), name: "" };': False,
    'for one in "a b".split(\' \') { print!("{one}"); }': False,
    "let p = &raw const TWO;": False,
    # GC types in others and others in them, calls with what owns.
    "let h = holder(leaf());": False,
    "let n = one(&holder(leaf()).held.value);": False,
    "let n = vec![leaf()].len();": False,
    "let n = GcArray::from([String::new()]).len();": False,
    "let n = GcArray::<&str>::new().len();": False,
    "let n = keep(String::new());": False,
    "let f = keep::<String>;": False,
    "let n = keep(move || 1);": True,
    "let w = Wrapped { inner: Some(holder(leaf())), name: GcString::new() };": False,
    # References into enums.
    'let s = Shape::Dot(1); print!("{}", s.size());': False,
    'let s = Shape::Dot(1); print!("{s:?}");': False,
    "let same = Shape::Dot(1) == leaf().shape;": False,
    "let n = one(leaf().shape.size());": False,
    "match leaf().shape { SHAPE => (), _ => () }": False,
    "match failing(1) { Ok(n) if one(&n) > 1 => (), _ => () }": False,
    "match leaf().shape { Shape::Dot(n) if n > 1 => (), _ => () }": False,
    'if let Shape::Dot(ref n) = leaf().shape { print!("{n}"); }': False,
}
"""Bodies of a GC function, and whether they are quiet: those with faults never are, those without should be."""
_TOKEN: Final = re.compile(r"//[^\n]*|\"(?:[^\"\\]|\\.)*\"|'[^'\\]'|\w+|\s+|.", re.DOTALL)
_ADDED: Final = (
    "; let z = &{};", "; let z = &mut {};", "; let z; z = {};", "; let z = String::new();", "; let (z, _) = (&{}, 1);",
    "; {} = Default::default();", "; let z = Some(&{});", "; let z = || {};",
)  # fmt: skip


def messages(text: str, *, through_mir: bool = False) -> list[Diagnostic]:
    """All that is said of a program; by way of the MIR of every body if asked to."""
    with pytest.MonkeyPatch.context() as patch:
        if through_mir:
            patch.setattr(QuietBodies, "is_quiet", lambda self, checker: False)
        return check_source(text).diagnostics.messages


def unbuilt(compilation: Compilation) -> list[str]:
    return [function.name for function in compilation.typed]


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_programs_of_the_corpus_are_judged_alike(name: str) -> None:
    assert messages(PROGRAMS[name]) == messages(PROGRAMS[name], through_mir=True)


@pytest.mark.parametrize(("body", "quiet"), _BODIES.items())
def test_a_body_is_quiet_only_where_its_mir_leads_to_nothing(body: str, quiet: bool) -> None:
    text = f"{_HEAD}fn main() {{ {body} }}\n"
    assert messages(text) == messages(text, through_mir=True)
    assert ("main" in unbuilt(check_source(text))) == quiet


@pytest.mark.parametrize("seed", range(6))
def test_generated_programs_and_faulty_ones_are_judged_alike(seed: int) -> None:
    random = Random(seed)
    for text in (pair(random).gc, "#![wasm::gc]\n" + pair(random).gc, aliasing(random)[0], faulty(random).source):
        assert messages(text) == messages(text, through_mir=True)


def mutant(text: str, random: Random) -> str:
    """A program with a `mut`, a first value or a `&` less, or with a reference or statement more."""
    tokens = _TOKEN.findall(text)
    words = [i for i, token in enumerate(tokens) if re.fullmatch(r"[a-z_]\w*", token)]
    places = {what: [i for i, token in enumerate(tokens) if token == what] for what in ("mut", "let", "&", ";")}
    change = random.choice(["mut", "let", "&", ";", ";", ";", "lend"])
    if change == "lend":
        at = random.choice(words)
        tokens[at] = random.choice(("&", "&mut ", "*", "ref ")) + tokens[at]
    elif places[change]:
        at = random.choice(places[change])
        if change == "let":
            end = tokens.index(";", at) if ";" in tokens[at:] else at
            if "=" in tokens[at:end]:
                tokens[tokens.index("=", at) : end] = []
        elif change == ";":
            tokens[at] = random.choice(_ADDED).format(tokens[random.choice(words)])
        else:
            tokens[at] = ""
    return "".join(tokens)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SHORT)), st.randoms(use_true_random=False))
def test_programs_with_a_fault_are_judged_alike(name: str, random: Random) -> None:
    text = mutant(PROGRAMS[name], random)
    assert messages(text) == messages(text, through_mir=True)


def test_a_check_makes_no_mir_of_quiet_bodies_and_a_build_makes_the_same_module() -> None:
    text = program("gc", 2)
    compilation = check_source(text)
    assert unbuilt(compilation) == ["sum", "push", "names", "work0", "sum", "push", "names", "work1", "main"]
    assert all(function.mir is None for function in compilation.declarations.functions)
    whole = check_source(text)
    for function in whole.declarations.functions:
        whole.body_of(function)
    assert build_bytes(compilation) == build_bytes(whole)
    assert unbuilt(compilation) == ["sum", "push", "names", "work1"], "nobody calls these"


def test_closures_that_quiet_functions_give_away_are_built() -> None:
    text = '#![wasm::gc]\nfn f() -> impl Fn(i32) -> i32 { |x| x + 1 }\nfn main() { print!("{}", f()(1)); }\n'
    compilation = check_source(text)
    assert unbuilt(compilation) == []
    assert run_program(compilation) == (0, b"2", b"")
    assert build_bytes(compilation)


def test_advice_is_given_on_quiet_bodies() -> None:
    text = '#![wasm::gc]\nfn f(a: GcArray<i32>) { for k in 0..a.len() { print!("{}", a.to_vec().len() + k); } }\n'
    compilation = check_source(text + "fn main() { f(GcArray::new()); }\n")
    assert unbuilt(compilation) == ["f", "main"]
    assert [one.code for one in advise(compilation)] == ["GC101"]
