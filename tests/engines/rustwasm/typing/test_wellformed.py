"""Definitions that cannot be, and closures that are used up."""

from __future__ import annotations

from contextlib import closing

import pytest

from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build_bytes
from engines.rustwasm.mir.interpreter import run_program
from harness.contract import ProgramCase, ProgramObservation
from harness.registry import create


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("trait A: A {}", [("E0391", 1)]),
        ("trait A: B {}\ntrait B: C {}\ntrait C: A {}", [("E0391", 1)]),
        ("trait A where Self: B {}\ntrait B: A {}", [("E0391", 1)]),
        ("type M<T> = Option<T>;\nfn f(a: M<M<u8>>) -> M<M<M<u8>>> {\n    Some(a)\n}", []),
        ("type M<T> = Option<M<M<T>>>;", [("E0391", 1)]),
        ("trait D {}\ntrait A: D {}\ntrait B: A + D {}", []),
        ("enum E {\n    A = 1,\n    B = 1,\n}", [("E0081", 1)]),
        ("enum E {\n    A,\n    B = 0,\n}", [("E0081", 1)]),
        ("#[repr(u8)]\nenum E {\n    A = 255,\n    B,\n}", [("E0370", 4)]),
        ("#[repr(u8)]\nenum E {\n    A = 256,\n}", [("", 3)]),
        ("#[repr(i8)]\nenum E {\n    A = -128,\n    B = 127,\n}", []),
        ("enum E {\n    A = 2147483647,\n    B,\n}", [("E0370", 3)]),
        ("enum E {\n    A = 99999999999999999999999999999999999999999,\n}", [("", 2)]),
    ],
)
def test_definitions_that_cannot_be_are_refused(text: str, wanted: list[tuple[str, int]]) -> None:
    compilation = check_source(text + "\nfn main() {}\n")
    errors = compilation.diagnostics.errors
    assert [(e.code or "", compilation.sources.locate(e.span[0])[1]) for e in errors] == wanted


def test_a_circle_of_traits_in_use_is_reported_once() -> None:
    text = (
        "trait A: B { fn a(&self) {} }\ntrait B: A { fn b(&self) {} }\nstruct S;\nimpl A for S {}\nimpl B for S {}\n"
        "fn f<T: A>(x: &T) { x.a(); x.b(); }\nfn main() { f(&S); let d: &dyn A = &S; d.b(); }\n"
    )
    assert [e.code for e in check_source(text).diagnostics.errors] == ["E0391"]


USED_UP = """
struct Loud(String);
impl Drop for Loud { fn drop(&mut self) { println!("drop {}", self.0); } }
fn once<F: FnOnce() -> usize>(f: F) -> usize { let n = f(); println!("called"); n }
fn boxed(f: Box<dyn FnOnce() -> usize>) -> usize { let n = f(); println!("called"); n }
fn main() {
    let a = Loud("a".to_string());
    println!("{}", once(move || a.0.len()));
    let b = Loud("b".to_string());
    println!("{}", boxed(Box::new(move || b.0.len())));
    let c = Loud("c".to_string());
    println!("{}", once(move || { let inner = c; inner.0.len() }));
    let d = Loud("d".to_string());
    println!("{}", once(|| d.0.len()));
    println!("end");
}
"""
WANTED = "drop a\ncalled\n1\ndrop b\ncalled\n1\ndrop c\ncalled\n1\ncalled\n1\nend\ndrop d\n"


def test_what_a_closure_captured_is_dropped_when_it_is_called_once() -> None:
    compilation = check_source(USED_UP)
    assert run_program(compilation) == (0, WANTED.encode(), b"")
    with closing(create("wasmtime", isolated=False)) as engine:
        seen = engine.run(ProgramCase("wasm32", build_bytes(compilation)))
    assert isinstance(seen, ProgramObservation)
    assert seen.stdout == WANTED.encode()
