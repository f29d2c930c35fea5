"""Matches with one arm for each variant are not looked into: nothing may be said otherwise because of it."""

from __future__ import annotations

import pytest

from engines.rustwasm.compilation import check_source
from engines.rustwasm.typing import exhaustiveness

ENUMS = """
#[derive(Clone, Copy)]
enum Void {}
enum Full { A, B(i32, String), C { x: u8, y: Option<Box<Full>> } }
enum Half { A(u8), B(Void) }
enum Never { A, B(Result<Void, Void>) }
enum One<T> { T(T), N }
"""
MATCHES = {
    "whole": "fn f(x: Full) -> i32 { match x { Full::A => 1, Full::B(n, _) => n, Full::C { x, .. } => x as i32 } }",
    "borrowed": "fn f(x: &Full) -> i32 { match x { Full::A => 1, Full::B(n, ..) => *n, Full::C { .. } => 3 } }",
    "behind a sign": "fn f(x: &Full) -> i32 { match x { &Full::A => 1, &Full::B(..) => 2, &Full::C { .. } => 3 } }",
    "twice": "fn f(x: Full) -> i32 { match x { Full::A => 1, Full::B(..) => 2, Full::A => 3 } }",
    "guarded": "fn f(x: Full) -> i32 { match x { Full::A if true => 1, Full::B(..) => 2, Full::C { .. } => 3 } }",
    "a part only": "fn f(x: Full) -> i32 { match x { Full::A => 1, Full::B(5, _) => 2, Full::C { .. } => 3 } }",
    "no values": "fn f(x: Half) -> i32 { match x { Half::A(_) => 1, Half::B(_) => 2 } }",
    "no values inside": "fn f(x: Never) -> i32 { match x { Never::A => 1, Never::B(_) => 2 } }",
    "generic": "fn f<T>(x: One<T>) -> i32 { match x { One::T(_) => 1, One::N => 2 } }",
    "generic without values": "fn f(x: One<Void>) -> i32 { match x { One::T(_) => 1, One::N => 2 } }",
    "option": "fn f(x: Option<i32>) -> i32 { match x { None => 1, Some(n) => n } }",
    "any": "fn f(x: Option<i32>) -> i32 { match x { None => 1, n => n.unwrap() } }",
}


@pytest.mark.parametrize("name", MATCHES)
def test_says_what_the_general_rule_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{ENUMS}{MATCHES[name]}\nfn main() {{}}\n"
    soon = check_source(text).diagnostics.render()
    monkeypatch.setattr(exhaustiveness, "_takes_each_once", lambda *rest: False)
    assert soon == check_source(text).diagnostics.render()
