"""MIR text: refused with its place, or bodies that are printed and parsed again the same; the verifier judges them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from fuzz.strategies.token_text import token_mutator
from fuzz.targets.target import FindingError, Target, instrumented, replace, words

with instrumented(__name__):
    from engines.rustwasm.compilation import Compilation, check_source
    from engines.rustwasm.mir import parser, printer
    from engines.rustwasm.mir.instances import Instances
    from engines.rustwasm.mir.names import Names
    from engines.rustwasm.mir.verifier import Verifier, program_bodies

_SOURCE = """
enum E { A, B(u8, i32) }
fn f(e: &mut E, v: &[i32], n: usize) -> i32 { match e { E::B(_, x) => { *x += v[n]; *x } E::A => -1 } }
fn main() {
    let t = (1u8, 2.5f64);
    let g = |x: i32| x + t.0 as i32;
    std::process::exit(g(f(&mut E::B(1, 2), &[3; 4], 1)));
}
"""


@cache
def _program() -> tuple[Compilation, Names]:
    compilation = check_source(_SOURCE)
    return compilation, Names(compilation)


def one_input(data: bytes) -> None:
    compilation, names = _program()
    try:
        bodies = parser.parse_bodies(data.decode("utf-8", "replace"), names)
    except parser.MirSyntaxError:
        return
    verifier = Verifier(Instances(compilation))
    for body in bodies:
        shown = printer.print_body(body, names, spans=True)
        (again,) = parser.parse_bodies(shown, names)
        if printer.print_body(again, names, spans=True) != shown:
            raise FindingError(f"a body that changes when it is printed and parsed: {shown}")
        for _ in verifier.problems(body):
            break


def seeds() -> Iterable[bytes]:
    compilation, names = _program()
    for body in program_bodies(compilation, Instances(compilation)):
        shown = printer.print_body(body, names).encode()
        if len(shown) <= TARGET.max_bytes:
            yield shown


def planted() -> None:
    def index(original: Any) -> Any:
        def read(self: Any) -> Any:
            step = original(self)
            return (*step[:1], step[1] + 1, *step[2:]) if step[0] == 4 and step[2] == 0 else step

        return read

    replace(parser._BodyReader, "_index", index)


_WORDS = words(
    "fn let mut debug live dead read goto switch drop return unreachable copy move const static as never otherwise "
    "blames deferred _0 _1 _2 bb0 bb1 -> => .. @ @1..2 ( ) [ ] { } < > : ; , . & * = % %T i32 u8 &str [u8] (i32,) "
    'b"a\\x00" 1.5 inf -nan add shl neg len discriminant numeric unsize E E::A E::B {closure {fn main} {ctor E::B} '
    "core::option::Option<i32> [_1] [0] [-1] [1..-0] (*_1) (_1.0:i32) &two_phase &raw dyn"
)

TARGET = Target(
    one_input,
    "MIR text: refused with its place, or stable under printing and judged by the verifier",
    ("engines.rustwasm.mir.parser", "engines.rustwasm.mir.reader", "engines.rustwasm.mir.verifier"),
    seeds,
    planted,
    "the middle of a slice up to its end begins one element late",
    dictionary=_WORDS,
    mutate=token_mutator(_WORDS),
    max_bytes=1600,
    quick_samples=150,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
