"""What the borrow checker knows of a body goes when the body is checked: nothing collects circles while compiling."""

from __future__ import annotations

import gc

from engines.rustwasm.borrow.constraints import Constraints
from engines.rustwasm.borrow.facts import Facts
from engines.rustwasm.compilation import check_source

PROGRAM = """
fn longest<'a>(a: &'a str, b: &'a str) -> &'a str { if a.len() > b.len() { a } else { b } }
fn main() {
    let words = vec![String::from("one"), String::from("three")];
    let mut seen = 0;
    words.iter().for_each(|word| seen += word.len());
    println!("{} {}", longest(&words[0], &words[1]), seen + [1, 2].len());
}
"""

_HELD = (Facts, Constraints)
"""Asked for by `type`: `isinstance` looks through weak references that other tests left, to what is gone."""


def test_nothing_is_left_of_a_body_that_was_checked() -> None:
    collecting = gc.isenabled()
    gc.disable()
    try:
        before = {id(one) for one in gc.get_objects() if type(one) in _HELD}
        compilation = check_source(PROGRAM)
        left = [one for one in gc.get_objects() if type(one) in _HELD and id(one) not in before]
    finally:
        if collecting:
            gc.enable()
    assert not compilation.diagnostics.errors
    assert not left, f"{len(left)} are in circles: {[one.body.name for one in left]}"
