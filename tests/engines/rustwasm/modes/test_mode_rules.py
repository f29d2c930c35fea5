"""Which programs the mode rules accept and reject (code, line, explanation); accepted ones mean what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engines.rustwasm.compilation import check_source
from engines.rustwasm.mir.interpreter import run_program
from engines.rustwasm.syntax.diagnostics import Diagnostic

HERE = Path(__file__).parent


def sections(name: str) -> list[tuple[str, str]]:
    """(name, program) of each `//--- name` section of a file."""
    parts = (HERE / name).read_text().split("//--- ")[1:]
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts]


def errors(source: str) -> list[tuple[Diagnostic, int]]:
    """Errors with their lines, counted from 1."""
    compilation = check_source(source)
    return [(one, compilation.sources.locate(one.span[0])[1]) for one in compilation.diagnostics.errors]


REJECTED = sections("rejected.rs")
ACCEPTED = sections("accepted.rs")


@pytest.mark.evidence("WR-03", "P12")
@pytest.mark.parametrize(("name", "source"), REJECTED, ids=[name for name, _ in REJECTED])
def test_a_program_that_breaks_a_rule_is_rejected_once(name: str, source: str) -> None:
    marked = [(i, line.split("//~ ")[1].strip()) for i, line in enumerate(source.splitlines(), 1) if "//~ " in line]
    found = errors(source)
    assert [(line, one.code or "lifetime") for one, line in found] == marked
    for one, _ in found:
        if one.code is not None and one.code.startswith("GC"):
            assert one.label
            assert one.notes, "a mode error explains why"


@pytest.mark.evidence("WR-03")
@pytest.mark.parametrize(("name", "source"), ACCEPTED, ids=[name for name, _ in ACCEPTED])
def test_a_program_that_keeps_the_rules_runs(name: str, source: str) -> None:
    compilation = check_source(source)
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    expected = "".join(line[4:] + "\n" for line in source.splitlines() if line.startswith("//= "))
    assert run_program(compilation) == (0, expected.encode(), b"")


@pytest.mark.parametrize("code", [f"GC{i:03}" for i in range(1, 11)])
def test_every_code_is_shown_by_a_program(code: str) -> None:
    assert any(f"//~ {code}" in source for _, source in REJECTED)


@pytest.mark.parametrize(
    ("source", "written", "fixed"),
    [
        ("#[wasm::gc]\nstruct N { v: Vec<i32> }\nfn main() {}", "Vec<i32>", "GcArray<i32>"),
        ("#[wasm::gc]\nstruct N { v: Vec<Vec<String>> }\nfn main() {}",
         "Vec<Vec<String>>", "GcArray<GcArray<GcString>>"),
        ("use std::{cell::RefCell, rc::Rc};\n#[wasm::gc]\nstruct N { v: Rc<RefCell<u8>> }\nfn main() {}",
         "Rc<RefCell<u8>>", "GcRc<u8>"),
        ("fn main() { let a: GcArray<u8> = vec![1]; }", "vec![1]", "GcArray::from(vec![1])"),
        ("fn main() { let a: Vec<u8> = GcArray::new(); }", "GcArray::new()", "GcArray::new().to_vec()"),
        ("fn main() { let a: GcString = \"x\"; }", '"x"', 'GcString::from("x")'),
        ("fn main() { let a: &str = GcString::new(); }", "GcString::new()", "GcString::new().as_str()"),
    ],
)  # fmt: skip
def test_the_fix_is_offered_and_mends_the_program(source: str, written: str, fixed: str) -> None:
    ((error, _),) = errors(source)
    assert error.suggestion is not None
    (start, end), replacement, _ = error.suggestion
    compilation = check_source(source)
    base = compilation.sources.files[-1].base
    assert (source[start - base : end - base], replacement) == (written, fixed)
    mended = source[: start - base] + replacement + source[end - base :]
    assert not [one for one, _ in errors(mended) if one.code != "E0716"]
    shown = json.loads(compilation.diagnostics.to_json_lines().splitlines()[0])
    assert shown["children"][-1]["spans"][0]["suggested_replacement"] == fixed


def test_the_mode_of_a_crate_can_be_set_from_outside() -> None:
    source = "#[cfg(wasm_gc)]\nstruct N { v: Vec<u8> }\nfn main() {}"
    assert not check_source(source).diagnostics.has_errors
    settings = check_source(source).settings | {"wasm_gc"}
    assert [one.code for one in check_source(source, settings=settings).diagnostics.errors] == ["GC001"]


_POINT = """#![wasm::gc]
#[derive(Clone, Copy)] struct Point { x: i32 }
fn add(x: &mut i32, y: &mut i32) { *x += *y; }
"""


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        # Two `&mut` to one place are no fault of a GC function, whatever else it does.
        ("fn main() { let mut a = 1; add(&mut a, &mut a); }", []),
        ("fn main() { let mut a = 1; let b = if a > 0 { 1 } else { 2 }; add(&mut a, &mut a); print!(\"{b}\"); }", []),
        ("fn main() { let mut a = 1; match (1, 2) { (b, 1) | (2, b) => a = b, _ => () } add(&mut a, &mut a); }", []),
        # `mut` is asked for parts of a variable, too.
        ("fn main() { let p = Point { x: 1 }; let mut y = 2; add(&mut p.x, &mut y); }", ["E0596"]),
        ("fn main() { let p = Point { x: 1 }; let mut change = || p.x += 1; change(); }", ["E0594"]),
        ("fn main() { let p = Point { x: 1 }; p.x += 1; }", ["E0594"]),
        ("fn main() { let a = [1]; a[0] = 2; }", ["E0594"]),
        ("fn put(p: Point) { p.x = 2; }\nfn main() { put(Point { x: 1 }); }", ["E0594"]),
        ("fn put(p: Point) { let mut y = 1; add(&mut p.x, &mut y); }\nfn main() { put(Point { x: 1 }); }", ["E0596"]),
        ("fn put(n: i32) { n = 2; }\nfn main() { put(1); }", ["E0384"]),
        ("fn main() { let b; b = 1; let c = b; c = 2; }", ["E0384"]),
        ("fn main() { let b: i32; if 1 > 0 { b = 1; } print!(\"{b}\"); }", ["E0381"]),
        ("fn main() { let mut n = 0; let f = || n += 1; f(); }", ["E0596"]),
    ],
)  # fmt: skip
def test_gc_functions_keep_the_rules_of_variables_and_no_others(written: str, codes: list[str]) -> None:
    assert [one.code for one, _ in errors(_POINT + written)] == codes
