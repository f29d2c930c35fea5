"""Rust source: any text gives a syntax tree and diagnostics whose places are in the text and that can be shown."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from fuzz.strategies.token_text import token_mutator
from fuzz.targets.target import FindingError, Target, instrumented, replace, words

with instrumented(__name__):
    from engines.rustwasm.syntax import diagnostics as messages
    from engines.rustwasm.syntax.diagnostics import Diagnostics, SourceMap
    from engines.rustwasm.syntax.parse_items import parse
    from fuzz.targets.stored import ROOT

_WORDS = words(
    "fn let mut if else while loop for in match return break continue struct enum impl trait pub use mod const static "
    "where as move ref dyn self Self super crate type unsafe async await true false i8 i32 i64 u8 u64 usize f32 f64 "
    "bool char str String Vec Option Some None Ok Err Box & && | || = == => -> :: .. ..= ; , . ( ) [ ] { } < > # ! ? ' "
    "'a \"x\" b'x' '\\n' r#\"x\"# 0x1f 1_000u8 1.5e3 #[derive(Debug,Clone)] println! vec! "
    "assert_eq! macro_rules! $x:expr $( )*"
)
_TEXTS = (
    'fn main() { let mut x = 1i32; while x < 10 { x += 1; } println!("{} {:?}", x, vec![1, 2]); }',
    "#[derive(Clone, Debug)]\npub struct P<T: Copy> { pub x: T, y: Option<Box<P<T>>> }\nenum E { A, B(i32) }",
    "impl<T> Iterator for S<T> where T: Clone { type Item = T; fn next(&mut self) -> Option<T> { self.0.pop() } }",
    "trait Shape { const N: usize = 3; fn area(&self) -> f64; } mod m { pub use super::Shape as Other; }",
    'fn f(v: &[u8]) -> R { match v { [a, .., b] if a == b => Ok(1), &[] | [_] => Err("e".into()), _ => Ok(0) } }',
    "fn g<'a>(s: &'a str) -> impl Fn(i32) -> i32 + 'a { move |k| k * s.len() as i32 + if k > 0 { 1 } else { -1 } }",
    "macro_rules! add { ($a:expr, $($rest:expr),*) => { $a + add!($($rest),*) }; ($a:expr) => { $a } }",
)  # fmt: skip


def one_input(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    sources = SourceMap()
    file = sources.add("fuzz.rs", text)
    found = Diagnostics(sources)
    parse(text, file.base, found)
    for message in found.messages:
        start, end = message.span
        if not 0 <= start <= end <= len(text) + 1:
            raise FindingError(f"{message.message!r} is at {message.span}, outside the {len(text)} characters")
    found.render()
    for line in found.to_json_lines().splitlines():
        json.loads(line)


def seeds() -> Iterable[bytes]:
    yield from (text.encode() for text in _TEXTS)
    for path in sorted((ROOT / "rust" / "programs").glob("*.rs")):
        if path.stat().st_size <= TARGET.max_bytes:
            yield path.read_bytes()


def planted() -> None:
    def wrapper(original: Any) -> Any:
        def error(self: Diagnostics, code: str | None, message: str, span: tuple[int, int], label: str = "") -> Any:
            if span[1] == span[0] + 2:
                span = (span[0], span[1] + len(self.sources.files[0].text))
            return original(self, code, message, span, label)

        return error

    replace(messages.Diagnostics, "error", wrapper)


TARGET = Target(
    one_input,
    "Rust source: a tree, and diagnostics that stand in the text and can be shown",
    ("engines.rustwasm.syntax",),
    seeds,
    planted,
    "the span of some errors ends behind the text",
    dictionary=_WORDS,
    mutate=token_mutator(_WORDS),
    max_bytes=1300,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
