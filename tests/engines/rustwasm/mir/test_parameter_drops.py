"""When parameters are dropped: last to first, what a pattern binds just before the parameter that it is taken from."""

from __future__ import annotations

from engines.rustwasm.compilation import check_source
from engines.rustwasm.mir.interpreter import run_program

PROGRAM = """
struct D(&'static str);
impl Drop for D { fn drop(&mut self) { print!("{} ", self.0); } }
fn plain(_a: D, _b: D) { let _c = D("c"); }
fn bound((_a, _): (D, D), _b: D, (_, _c): (D, D)) {}
fn main() {
    plain(D("a"), D("b"));
    bound((D("a0"), D("a1")), D("b"), (D("c0"), D("c1")));
}
"""


def test_parameters_are_dropped_in_the_order_of_rustc() -> None:
    code, output, _ = run_program(check_source(PROGRAM))
    assert (code, output.decode().split()) == (0, ["c", "b", "a", "c1", "c0", "b", "a0", "a1"])
