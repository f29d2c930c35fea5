"""What docs/reference/rust-subset.md names as outside is refused in words that say so, and what there is instead."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from engines.rustwasm.compilation import check_source
from engines.rustwasm.resolve.outside import ASSOCIATED, METHODS, STD
from engines.rustwasm.syntax.macros import OUTSIDE

DOCUMENT: Final = Path(__file__).parents[4] / "docs" / "reference" / "rust-subset.md"
SYNTAX: Final = {
    "`async` functions": "async fn f() {}",
    "`async` blocks": "fn main() { let _ = async { 1 }; }",
    "`.await`": "fn main() { x.await }",
    "`union`": "union U { a: u32, b: f32 }",
    "`extern` blocks": 'extern "C" { fn f(); }',
    "`extern crate`": "extern crate alloc;",
    "variadic functions": 'unsafe extern "C" fn f(x: u8, args: ...) {}',
    "`&raw`": "fn main() { let x = 1; let _ = &raw const x; }",
    "associated types with parameters": "trait A { type T<'a> where Self: 'a; fn f<'a>(&'a self) -> Self::T<'a>; }",
    "`use<...>` bounds": "fn f(x: &u8) -> impl Sized + use<'_> { x }",
    "macros in place of types": "fn main() { let x: vec![] = 1; }",
    "macros in place of patterns": "fn main() { let vec![] = 1; }",
    "`#[cfg_attr(...)]`": "#[cfg_attr(test, derive(Clone))] struct S;",
    "attributes of expressions": "fn main() { let x = [#[cfg(test)] 1]; }",
    "attributes of generic parameters": "fn f<#[cfg(test)] T>() {}",
    "`{:p}`": 'fn main() { println!("{:p}", &1); }',
    "C strings": 'fn main() { let x = c"a"; }',
    "pointers made of numbers": "fn main() { let p = 4 as *const u8; }",
    "numbers made of pointers": "fn main() { let p = &1 as *const i32; let n = p as usize; }",
    "numbers made of functions": "fn main() { let n = main as usize; }",
    "pointers to parts of slices": "fn main() { let p = &[1][..] as *const [i32]; let q = p as *const i32; }",
    "pointers to parts of arrays": "fn main() { let p = &[1, 2] as *const i32; }",
    "pointers to other types": "fn main() { let p = &1 as *const i32; let q = p as *const u8; }",
}
"""What the document says in words, by an example each."""
_MAP: Final = "std::collections::HashMap::<u8, u8>::"
TYPED: Final = {
    "from_raw": "Box::<u8>::",
    "new_uninit": "Box::<u8>::",
    "with_hasher": _MAP,
    "with_capacity_and_hasher": _MAP,
}
EXAMPLES: Final = {
    **SYNTAX,
    **{f"`std::{path}`": f"use std::{path} as x; fn main() {{}}" for path in STD},
    **{f"`{name}!`": f"fn main() {{ {name}!(); }}" for name in OUTSIDE},
    **{f"method `{name}`": f"fn main() {{ Some(1.5f64).{name}(); }}" for name in METHODS},
    **{f"function `{name}`": f"fn main() {{ {TYPED[name]}{name}(); }}" for name in ASSOCIATED},
}


@pytest.mark.parametrize("program", EXAMPLES.values(), ids=EXAMPLES)
def test_says_outside_the_subset(program: str) -> None:
    errors = check_source(program).diagnostics.errors
    assert errors
    assert "outside the subset" in errors[0].message
    assert errors[0].code is None


@pytest.mark.parametrize("name", ["size_of", "align_of_val"])
def test_functions_that_need_no_path(name: str) -> None:
    errors = check_source(f"fn main() {{ {name}(); }}").diagnostics.errors
    assert [error.message for error in errors] == [f"`std::mem::{name}` is outside the subset"]


def test_paths_below_std_in_expressions_and_types() -> None:
    program = """
use std::thread;
fn main() {
    let _ = std::thread::spawn(|| 1);
    let _ = thread::spawn(|| 1);
    let _: Option<Box<dyn std::any::Any>> = None;
    let _: std::collections::LinkedList<u8>;
    vec![1].extract_if(.., |x| *x > 0);
}
"""
    errors = check_source(program).diagnostics.errors
    assert [error.message for error in errors] == [
        "`std::thread` is outside the subset",
        "`std::thread` is outside the subset",
        "`std::any::Any` is outside the subset",
        "`std::collections::LinkedList` is outside the subset",
        "`extract_if` of `Vec<{integer}>` is outside the subset",
    ]


def test_the_document_shows_the_table() -> None:
    """Both ways: what the compiler knows as outside, the document names, with what there is instead."""
    section = DOCUMENT.read_text().split("### By name")[1].split("## Limits")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]
    tables = [("`std::{}`", STD), ("`{}!`", OUTSIDE), ("method `{}`", METHODS), ("function `{}`", ASSOCIATED)]
    wanted: list[str] = []
    for form, table in tables:
        by_instead: dict[str, list[str]] = {}
        for name, instead in table.items():
            by_instead.setdefault(instead, []).append(form.format(name))
        wanted += [f"| {', '.join(names)} | {instead} |" for instead, names in by_instead.items()]
    assert rows == wanted


def test_a_programs_own_names_are_its_own() -> None:
    program = "struct S; impl S { fn with_hasher() {} fn sin(&self) {} } mod thread { pub fn spawn() {} }" \
              "fn main() { S::with_hasher(); S.sin(); thread::spawn(); }"  # fmt: skip
    assert not check_source(program).diagnostics.errors
