"""Patterns in closures: what they capture is found whatever they match, and they are refused as outside."""

from __future__ import annotations

from typing import Final

import pytest

from engines.rustwasm.compilation import check_source

_HEAD: Final = """struct P { a: String, b: String }
struct T(u8, u8);
enum E { A(u8), B { x: u8 }, C }
#[derive(PartialEq, Eq)] struct U;
#[derive(PartialEq, Eq)] struct W(u8);
const L: W = W(1);
"""
_STATEMENTS: Final = (
    "let (a, b) = s;", "let (a, b, c) = s;", "let (a, .., b, c, d) = s;", "let P { a, .. } = s;",
    "let P { a, zz } = s;", "let T(a, b) = s;", "let T(a, b, c) = s;", "let T(a) = s;", "let E::A(x, y) = s;",
    "let &x = s;", "let &(a, b) = s;", "let &&(a, b) = s;", "let [a, b] = s;", "let Nope { a } = s;",
    "let Nope(a) = s;", "match s { L => (), _ => () }", "match s { U => () }", "match s { E::C => (), E::Q => () }",
    "match s { E::A(x) => (), _ => () }", "let (a, a) = s;", "if let Some((a, b)) = s {}",
    "while let (Some(a), ..) = s {}", "let x @ (a, b) = s;", "let (a, (b, (c, d))) = s;",
    "let ref mut x @ (ref a, _) = s;", "for (a, b) in s {}", "let T { 0: a, 1: b } = s;", "let T { 0: a, 5: b } = s;",
    "match &s { (a, b) => {} }", "match s.a { (x, y) => {} }", "match s.0 { (x, y) => {} }",
    "match *s { (x, y) => {} }", "match s[0] { (x, y) => {} }", "let 1..=5 = s;",
)  # fmt: skip
_TYPES: Final = (
    "(u8, u8)", "&(u8, u8)", "&mut (u8, String)", "P", "&mut P", "T", "E", "&E", "Option<(u8, u8)>", "[u8; 2]",
    "&[u8]", "u8", "&str", "Box<(u8, u8)>", "Nope", "U", "W", "&W", "&&mut (u8, u8)", "impl Fn()",
    "(((u8, u8), u8), u8)", "!",
)  # fmt: skip


def _refused(one: str, before: str, after: str) -> list[bool]:
    sources = [
        f"{_HEAD}fn f(mut s: {one}) {{ {before}{statement}{after} }}\nfn main() {{}}\n" for statement in _STATEMENTS
    ]
    return [check_source(source).diagnostics.has_errors for source in sources]


@pytest.mark.parametrize("one", _TYPES)
def test_patterns_are_refused_in_closures_where_they_are_outside(one: str) -> None:
    outside = _refused(one, "", "")
    assert _refused(one, "let mut c = || { ", " }; c();") == outside
    assert _refused(one, "let mut c = move || { ", " }; c();") == outside
