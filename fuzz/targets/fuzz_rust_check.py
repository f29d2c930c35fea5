"""Rust source through the whole check: any text gives diagnostics that can be shown; what is accepted has sound MIR."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fuzz.strategies.token_text import token_mutator
from fuzz.targets.target import FindingError, Target, instrumented, replace, words

with instrumented(__name__):
    from engines.rustwasm.borrow.moves import Moves
    from engines.rustwasm.compilation import check_source
    from engines.rustwasm.mir.verifier import verify_program
    from fuzz.targets.stored import ROOT

_WORDS = words(
    "fn let mut if else while loop for in match return break continue struct enum impl trait pub use mod const static "
    "where as move ref dyn self Self super crate type true false i8 i32 i64 u8 u128 usize f64 bool char str String Vec "
    "Option Some None Ok Err Box Rc RefCell HashMap & && | || = == -> => :: .. ..= ; , . ( ) [ ] { } < > # ! ? '_ 'a "
    'main x y s v n T U A B "x" \'x\' 0 1 255u8 1.5 #[derive(Debug,Clone,Copy,PartialEq)] println!("{}",x) vec![] '
    ".clone() .len() .push(x) .iter() .map(|x|x) .unwrap() &mut &x *x x=x+1; drop(x); let(a,b)=(x,y); Iterator<Item=T>"
)
_TEXTS = (
    'fn main() { let s = String::from("a"); let t = s; println!("{} {}", t, t.len()); }',
    "fn main() { let mut v = vec![1, 2]; for x in v.iter_mut() { *x += 1; } v.push(v.len() as i32); }",
    "struct P<T> { x: T } impl<T: Clone> P<T> { fn f(&self) -> T { self.x.clone() } } fn main() { P { x: 1 }.f(); }",
    "enum E { A, B(Box<E>) } fn f(e: &E) -> u8 { match e { E::A => 0, E::B(e) => 1 + f(e) } } fn main() { f(&E::A); }",
    "trait T { type O; fn f(&self) -> Self::O; } impl T for u8 { type O = i32; fn f(&self) -> i32 { 1 } } fn main() {}",
    "fn g<'a>(x: &'a str, y: &'a str) -> &'a str { if x < y { x } else { y } } fn main() { g(\"\", \"b\"); }",
    "fn h(n: i32) -> Result<i32, String> { if n < 0 { Err(String::new()) } else { Ok(n) } } fn main() { h(1); }",
    "fn main() { let mut n = 0; let mut f = |k: i32| n += k; f(1); f(2); let a: [u8; 3] = [1; 3]; let [x, ..] = a; }",
    "const N: usize = 2; static S: [i32; N] = [1, 2]; mod m { pub fn f() -> usize { super::N } } fn main() { m::f(); }",
)  # fmt: skip


def one_input(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    compilation = check_source(text, "fuzz.rs")
    found = compilation.diagnostics
    found.render()
    for message in found.messages:
        start, end = message.span
        if start > end:
            raise FindingError(f"{message.message!r} is at {message.span}")
        compilation.sources.locate(start)
    if not found.has_errors and "main" in text:
        problems = verify_program(compilation)
        if problems:
            raise FindingError(f"the MIR of an accepted program is malformed: {problems[0]}")


def seeds() -> Iterable[bytes]:
    yield from (text.encode() for text in _TEXTS)
    for path in sorted((ROOT / "rust" / "programs").glob("*.rs")):
        if path.stat().st_size <= TARGET.max_bytes:
            yield path.read_bytes()


def planted() -> None:
    def wrapper(original: Any) -> Any:
        def run(self: Moves) -> None:
            original(self)
            if len(self.facts.body.locals) > 4 and any(local.name == "t" for local in self.facts.body.locals):
                raise RecursionError("maximum recursion depth exceeded")

        return run

    replace(Moves, "run", wrapper)


TARGET = Target(
    one_input,
    "Rust source checked whole: diagnostics for any text, sound MIR for what is accepted",
    ("engines.rustwasm.compilation", "engines.rustwasm.mir.verifier"),
    seeds,
    planted,
    "the check of moves dies on some programs",
    dictionary=_WORDS,
    mutate=token_mutator(_WORDS),
    max_bytes=900,
    quick_samples=80,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
