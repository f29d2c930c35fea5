"""What docs/reference/rust-subset.md names as outside is refused in words that say so."""

from __future__ import annotations

from engines.rustwasm.compilation import check_source


def test_associated_types_have_no_parameters() -> None:
    program = """
trait Lend { type It<'a> where Self: 'a; fn next<'a>(&'a mut self) -> Self::It<'a>; }
fn twice<X: Lend>(x: &mut X) { let a = x.next(); let b = x.next(); drop(a); drop(b); }
fn main() {}
"""
    errors = check_source(program).diagnostics.errors
    assert [error.message for error in errors] == ["associated types with parameters are outside the subset"]
