"""Enums that are a reference or an `i31`: numbers of all sizes survive, in every kind of place, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
import wasmtime
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build, build_bytes
from engines.rustwasm.mir.interpreter import run_program
from engines.rustwasm.wasm.binary.encoder import encode
from engines.rustwasm.wasm.validate import validate
from fuzz.strategies.rust.either import either
from fuzz.strategies.rust.generate import generate_dense
from fuzz.strategies.wasm import ChoiceSequence
from harness.campaign.rust_runs import RustRunner
from harness.contract import Executor, ProgramObservation
from harness.registry import create
from harness.subjects.rustwasm_program import BUILDS, program_case

PLACES: Final = """
use std::rc::Rc;
#[derive(Clone, Debug, PartialEq)] enum Word { Number(i32), Text(String) }
#[derive(Clone, Debug, PartialEq)] enum Key { Char(char), Name(String) }
#[derive(Clone, Debug, PartialEq)] enum Value { Null, True, False, Text(String) }
#[derive(Clone, Copy, Debug, PartialEq)] enum Kind { A, B, C }
#[derive(Clone, Copy, Debug)] struct Three { a: i32, b: i64 }
#[derive(Clone, Copy, Debug)] enum Copied { Few(u16), Many(Three) }
struct All { word: Word, keys: [Key; 2], values: Vec<Value> }
struct Noisy(i32);
impl Drop for Noisy { fn drop(&mut self) { println!("drop {}", self.0); } }
enum Dropped { Code(u8), One(Box<Noisy>) }
fn parse(s: &str) -> Result<i32, String> { match s.parse::<i32>() { Ok(n) => Ok(n), Err(_) => Err(format!("no {s}")) } }
fn kind(n: i32) -> Result<Rc<i32>, Kind> { match n { 0 => Err(Kind::A), 1 => Err(Kind::C), _ => Ok(Rc::new(n)) } }
fn change(w: &mut Word) { match w { Word::Number(n) => *n = n.wrapping_mul(3), Word::Text(t) => t.push('!') } }
fn bump(n: &mut i32) { *n += 1; }
fn main() {
    for n in [0, 1, -1, 1 << 29, 1 << 30, -(1 << 30), -(1 << 30) - 1, i32::MAX, i32::MIN, (1 << 30) - 1] {
        let mut w = Word::Number(n); let copy = w.clone(); change(&mut w);
        if let Word::Number(k) = &mut w { bump(k); }
        println!("{:?} {:?} {}", w, copy, w == copy);
    }
    let mut all = All { word: Word::Text(String::from("x")), keys: [Key::Char('q'), Key::Name(String::from("r"))],
        values: vec![Value::Null, Value::True] };
    change(&mut all.word);
    all.values.push(Value::Text(String::from("t"))); all.values.push(Value::False);
    if let Key::Char(c) = &mut all.keys[0] { *c = 'z'; }
    if let Key::Name(c) = &mut all.keys[1] { *c = String::from("new"); }
    let old = std::mem::replace(&mut all.values[0], Value::Text(String::from("in")));
    if let Value::Text(t) = &mut all.values[0] { t.push('?'); }
    println!("{:?} {:?} {:?} {:?}", all.word, all.keys, all.values, old);
    let mut o: Option<Result<u32, Box<i64>>> = Some(Ok(u32::MAX)); if let Some(Ok(n)) = o.as_mut() { *n -= 1; }
    println!("{:?}", o); o = Some(Err(Box::new(7))); if let Some(Err(b)) = &mut o { **b += 1; }
    let taken = o.take(); println!("{:?} {:?}", taken, o);
    println!("{:?} {:?} {:?} {:?} {:?}", parse("12"), parse("x"), kind(0), kind(1), kind(5));
    let mut many = Copied::Many(Three { a: 1, b: 2 }); let few = [Copied::Few(65535), many];
    if let Copied::Many(t) = &mut many { t.a = 9; } println!("{:?} {:?}", few, many);
    let mut dropped = vec![Dropped::One(Box::new(Noisy(1))), Dropped::Code(255), Dropped::One(Box::new(Noisy(2)))];
    dropped[0] = Dropped::Code(3); println!("assigned");
    if let Dropped::One(inner) = dropped.pop().unwrap() { println!("{}", inner.0); }
    let s: i32 = dropped.iter().map(|d| match d { Dropped::Code(n) => *n as i32, Dropped::One(_) => 0 }).sum();
    println!("{s}");
}
"""
PASSED: Final = """
enum Word { Number(u32), Text(String) }
fn word(n: u32, text: bool) -> Word { if text { Word::Text(String::from("abc")) } else { Word::Number(n) } }
fn twice(w: &mut Word) { if let Word::Number(n) = w { *n = n.wrapping_add(*n); } }
fn turned(w: Word) -> u32 { match w { Word::Number(n) => n ^ 5, Word::Text(t) => t.len() as u32 } }
#[no_mangle] pub fn f(n: u32, text: bool) -> u32 {
    let mut words = vec![word(n, text), word(n, !text)]; for one in words.iter_mut() { twice(one); }
    let last = turned(words.pop().unwrap()); let first = turned(words.pop().unwrap()); if text { last } else { first }
}
fn main() {}
"""
SMALL: Final = """
enum Key { Char(char), Name(Box<u64>) }
#[no_mangle] pub fn f(n: u32) -> u32 {
    let k = if n > 9 { Key::Name(Box::new(n as u64)) } else { Key::Char('x') };
    match k { Key::Char(c) => c as u32, Key::Name(b) => *b as u32 }
}
fn main() {}
"""


@pytest.fixture(scope="module", params=["wasmtime", "node"])
def engine(request: pytest.FixtureRequest) -> Iterator[Executor]:
    executor = create(request.param, isolated=False)
    yield executor
    executor.close()


@pytest.mark.parametrize("profile", ["dev", "release"])
def test_every_kind_of_place_holds_them(profile: str, engine: Executor) -> None:
    compilation = check_source(PLACES)
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    status, expected, errors = run_program(compilation)
    assert (status, errors) == (0, b"")
    seen = engine.run(program_case(build_bytes(compilation, profile, lowering="gc")))
    assert isinstance(seen, ProgramObservation)
    assert (seen.exit_status, seen.stdout.decode()) == (0, expected.decode())


@settings(deadline=None, max_examples=200)
@given(st.integers(0, (1 << 32) - 1) | st.sampled_from([0, (1 << 30) - 1, 1 << 30, 3 << 30]), st.booleans())
def test_numbers_of_32_bits_survive(number: int, text: bool) -> None:
    for store, function in _functions():
        assert function(store, number - (number >> 31 << 32), int(text)) & 0xFFFFFFFF == (number * 2 & 0xFFFFFFFF) ^ 5


_MADE: list[tuple[wasmtime.Store, wasmtime.Func]] = []


def _functions() -> list[tuple[wasmtime.Store, wasmtime.Func]]:
    """`f` of both profiles, built once."""
    if not _MADE:
        for profile in ("dev", "release"):
            module = build(check_source(PASSED), profile, "gc")
            validate(module)
            store = wasmtime.Store()
            linker = wasmtime.Linker(store.engine)
            linker.define_wasi()
            store.set_wasi(wasmtime.WasiConfig())
            compiled = wasmtime.Module(store.engine, encode(module))
            found = linker.instantiate(store, compiled).exports(store)["f"]
            assert isinstance(found, wasmtime.Func)
            _MADE.append((store, found))
    return _MADE


def test_numbers_that_fit_need_no_object() -> None:
    """The one struct that is made is the box; a letter is an `i31`."""
    module = build(check_source(SMALL), "release", "gc")
    operations = [one[0] for function in module.functions for one in function.body]
    assert "ref.i31" in operations
    assert "i31.get_s" in operations
    assert operations.count("struct.new") == 1


@settings(deadline=None, max_examples=2)
@given(st.integers(0, 1 << 30))
def test_generated_statements_do_what_they_say(seed: int) -> None:
    program = generate_dense(ChoiceSequence(seed=seed), either, 10)
    builds = [one for one in BUILDS if one.lowering == "gc"]
    wasmtime_engine = create("wasmtime", isolated=False)
    assert list(RustRunner(builds, [wasmtime_engine]).examine(program, f"seed {seed}")) == []
