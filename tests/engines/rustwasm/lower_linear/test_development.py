"""Development builds, encoded function by function, are the bytes of the module that the whole program gives."""

from __future__ import annotations

import pytest

from corpus.rust import rust_programs
from engines.rustwasm.compilation import Compilation, check_source
from engines.rustwasm.driver import build, build_bytes
from engines.rustwasm.lower_linear import development
from engines.rustwasm.lower_linear.linked import Linked
from engines.rustwasm.wasm.binary.encoder import encode

PROGRAMS = {one.name: one for one in rust_programs()}
STATICS = """
use std::fmt::Display;
static TABLE: [u8; 3] = [1, 2, 3];
static NAME: &str = "name";
trait Shape { fn area(&self) -> i32; fn name(&self) -> &'static str { NAME } }
struct Square(i32);
impl Shape for Square { fn area(&self) -> i32 { self.0 * self.0 } }
struct Unit;
impl Shape for Unit { fn area(&self) -> i32 { 1 } fn name(&self) -> &'static str { "unit" } }
impl Drop for Unit { fn drop(&mut self) { println!("gone"); } }
fn twice(f: fn(i32) -> i32, x: i32) -> i32 { f(f(x)) }
fn show(all: &[&dyn Display]) { for one in all { print!("{one} "); } println!(); }
fn main() {
    let shapes: Vec<Box<dyn Shape>> = vec![Box::new(Square(3)), Box::new(Unit)];
    for shape in shapes.iter() { println!("{} {}", shape.name(), shape.area()); }
    println!("{} {}", twice(|x| x + 1, 5), TABLE[TABLE.len() - 1]);
    show(&[&1, &"two", &'3']);
}
"""


def checked(source: str) -> Compilation:
    compilation = check_source(source)
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    return compilation


@pytest.mark.parametrize("name", ["collatz", "closures", "drop_order", "json", "observer", "statics"])
def test_bytes_of_the_whole_module(name: str) -> None:
    compilation = checked(STATICS if name == "statics" else PROGRAMS[name].source)
    module = build(compilation)
    assert build_bytes(compilation) == encode(module)
    kept = development.Kept(compilation)
    first = development.build(kept)
    assert kept.reused == 0
    assert development.build(kept) == first == encode(module)
    assert kept.reused == sum(key[0] in ("fn", "glue", "method", "pointer") for key in kept.functions) > 5
    assert development.build(kept, names=False) == build_bytes(compilation, names=False) != first


def test_answers_of_another_build_are_filled_in() -> None:
    """A function that is used again names data, table entries and functions where this build has them."""
    compilation = checked(STATICS)
    kept = development.Kept(compilation)
    wanted = development.build(kept)
    program = development.DevelopmentProgram(kept)
    program.reserve(64, 8)
    exports = program.lower_all()
    moved = program.encoded(exports, True)
    assert len(moved) != len(wanted)
    assert development.build(kept) == wanted


def test_a_linked_number_keeps_what_it_is_tied_to() -> None:
    moved = Linked(16, 3) + 4
    assert (moved, moved.event, moved.addend) == (20, 3, 4)
