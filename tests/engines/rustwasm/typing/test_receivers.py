"""Which step of a receiver's dereferences a method is called on."""

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
