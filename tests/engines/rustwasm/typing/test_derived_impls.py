"""Bodies of derived impls that a check leaves alone are without errors; it leaves alone none that could have some."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.rustwasm.borrow.check import BorrowChecker
from engines.rustwasm.compilation import Compilation, check_file, check_source
from engines.rustwasm.syntax.parse_items import UnparsedBody

PROGRAMS = sorted((Path(__file__).parents[4] / "corpus" / "rust" / "programs").glob("*.rs"))
ALL = "Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default"
RIGHT = f"""
#[derive({ALL})] struct Unit;
#[derive({ALL})] struct Plain {{ a: i32, text: String, list: Vec<Option<(u8, char)>> }}
#[derive({ALL})] struct Generic<T>(T, Vec<T>, &'static str);
#[derive({ALL})] struct Counted<const N: usize>([u8; N]);
#[derive(Debug, Clone, PartialEq)] enum Tree<T> {{ Leaf, Node(Box<Tree<T>>, T, Box<Tree<T>>), Named {{ x: T }} }}
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)] enum Direction {{ Left, Right }}
"""
LOOKED_AT = (
    "#[derive(Clone)] struct S<'a>(&'a str);",
    "#[derive(Clone)] struct S(fn(&str));",
    "#[derive(Clone)] struct S<T: Iterator>(T, Option<T::Item>);",
    "#[derive(Clone, Copy)] #[repr(packed)] struct S(u8);",
    "#[derive(Clone)] struct S { x: i32 } const a_x: i32 = 1;",
    "#[derive(Debug)] struct S { x: i32 } const f: i32 = 1;",
)
WRONG = (
    ("struct No; #[derive(Hash)] struct S(No);", "E0277"),
    ("struct No; #[derive(Clone)] struct S<T>(Vec<T>, No);", "E0277"),
    ("struct No; #[derive(PartialEq)] enum S { A(i32), B { x: No } }", "E0369"),
    ("#[derive(PartialEq)] struct No; #[derive(PartialEq, PartialOrd)] struct S(Option<No>);", "E0277"),
    ("struct No<T>(T); impl Clone for No<u8> { fn clone(&self) -> Self { No(0) } } #[derive(Clone)] struct S(No<i8>);",
     "E0277"),
)  # fmt: skip


def built_later(compilation: Compilation) -> int:
    """Build what the check left alone, as strictly as anything that is written out: how many functions that are."""
    left = sorted(compilation.unlooked, key=lambda one: one.path)
    borrows = BorrowChecker(compilation, compilation.diagnostics)
    for function in left:
        body = compilation.body_of(function)
        assert body is not None, function.path
        borrows.check(body)
    assert not compilation.diagnostics.messages, compilation.diagnostics.render()
    return len(left)


def test_impls_whose_fields_have_the_trait_are_left_alone() -> None:
    compilation = check_source(f"{RIGHT} fn main() {{}}")
    assert not compilation.diagnostics.messages
    assert all(isinstance(one.syntax.body, UnparsedBody) for one in compilation.unlooked)
    assert built_later(compilation) == len(compilation.declarations.functions) - 1


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_what_is_left_alone_is_right(path: Path) -> None:
    compilation = check_file(path)
    built_later(compilation)


@pytest.mark.parametrize("source", LOOKED_AT)
def test_what_lifetimes_or_names_decide_is_looked_at(source: str) -> None:
    assert not check_source(f"{source} fn main() {{}}").unlooked


@pytest.mark.parametrize(("source", "code"), WRONG)
def test_a_field_without_the_trait_is_told(source: str, code: str) -> None:
    assert [one.code for one in check_source(f"{source} fn main() {{}}").diagnostics.errors] == [code]
