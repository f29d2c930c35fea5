"""Programs that the type checker took for faulty: receivers that are slices, characters without surrogates, lifetimes
that bounds name."""

from __future__ import annotations

from engines.rustwasm.compilation import check_source


def test_a_slice_is_no_receiver_by_value() -> None:
    program = """
fn main() {
    let bytes = [1u8, 2, 3];
    let tail: [u8; 2] = bytes[1..].try_into().unwrap();
    let text: &str = "abc";
    let owned: String = text[1..].into();
    println!("{tail:?} {owned}");
}
"""
    errors = check_source(program).diagnostics.errors
    assert not errors, errors[0].message


def test_no_character_is_a_surrogate() -> None:
    arms = "'\\0'..='\\u{d7ff}' => 1, '\\u{e000}'..='\\u{10ffff}' => 2"
    program = f"fn f(c: char) -> u8 {{ match c {{ {arms} }} }} fn main() {{ f('a'); }}"
    assert not check_source(program).diagnostics.errors
    open_ = program.replace("e000", "e001")
    assert [error.code for error in check_source(open_).diagnostics.errors] == ["E0004"]


def test_a_lifetime_that_the_bound_of_an_impl_trait_argument_names_can_be_given() -> None:
    function = "fn f<'a>(x: &'a i32, g: impl Fn(&'a i32) -> i32) -> i32 { g(x) }"
    program = function + " fn main() { f::<'static>(&1, |x| *x); }"
    assert not check_source(program).diagnostics.errors
    late = program.replace("Fn(&'a i32)", "Fn(&i32)")
    assert [error.code for error in check_source(late).diagnostics.errors] == ["E0794"]
