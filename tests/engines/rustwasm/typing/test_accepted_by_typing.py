"""Programs that the type checker took for faulty: receivers that are slices, characters without surrogates."""

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
