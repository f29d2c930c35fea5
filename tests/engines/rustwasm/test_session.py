"""Checking an edited crate again gives what a fresh check gives: diagnostics, MIR's places, bytes of the module."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ci.bench_rust_front import crate, write
from engines.rustwasm.compilation import Compilation, check_file
from engines.rustwasm.driver import build_bytes
from engines.rustwasm.session import Session

MAIN = """mod shapes;
struct Loud(&'static str);
impl Drop for Loud {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}
fn sum(values: &[i32]) -> i32 {
    let mut total = 0;
    for value in values {
        total += value;
    }
    total
}
fn main() {
    let loud = Loud("a");
    let all = vec![1, 2, 3];
    println!("{} {}", sum(&all), shapes::area(all.len() as i32));
    let index = all.len();
    if index > 5 {
        println!("{}", all[index]);
    }
    drop(loud);
    let by_size: Box<dyn Fn(usize) -> usize> = Box::new(move |n| n * index);
    println!("{}", all.iter().map(|x| x + 1).count() + by_size(2));
}
fn after(x: Option<i32>) -> i32 {
    x.unwrap() + 1
}
"""
SHAPES = "pub fn area(side: i32) -> i32 {\n    side * side\n}\npub fn unused(v: &Vec<i32>) -> i32 { v[7] }\n"
EDITS = {
    "same length": ("total += value;", "total -= value;"),
    "longer": ("let mut total = 0;", "let mut total = 0;\n    // start\n    total += 1 + 1;"),
    "shorter": ("let index = all.len();\n    if index > 5 {", "let index = 1;if index > 5 {"),
    "more data": ('println!("{} {}", sum', 'println!("sum {}, area {}", sum'),
    "insertion": ("    total\n", "    total * 2\n"),
    "type error": ("total += value;", "total += true;"),
    "unknown name": ("total += value;", "total += valeu;"),
    "moved": ("drop(loud);", "drop(loud);\n    drop(loud);"),
    "borrow": ("let index = all.len();", "let first = &all[0];\n    drop(all);\n    let index = *first as usize;"),
    "syntax": ("drop(loud);", "drop(loud;"),
    "brace": ("drop(loud);", "drop(loud); }"),
    "new function": ("    total\n}\n", "    total\n}\nfn more() {}\n"),
    "function inside": ("    total\n", "    fn inner() -> i32 { 1 }\n    total + inner()\n"),
    "signature": ("fn sum(values: &[i32]) -> i32", "fn sum(values: &[i32]) -> i64"),
    "comment": ("    total\n", "    /* total\n"),
}
LOCAL = {"same length", "longer", "shorter", "more data", "insertion", "type error", "unknown name", "moved", "borrow"}


def told(compilation: Compilation) -> tuple[str, str]:
    return compilation.diagnostics.render(), compilation.diagnostics.to_json_lines()


def same_as_fresh(session: Session, path: Path) -> None:
    compilation, fresh = session.update(), check_file(path)
    assert told(compilation) == told(fresh)
    if not fresh.diagnostics.errors:
        assert session.build() == build_bytes(fresh)
    else:
        with pytest.raises(ValueError, match="no errors"):
            session.build()


@pytest.fixture
def main(tmp_path: Path) -> Path:
    (tmp_path / "shapes.rs").write_text(SHAPES)
    path = tmp_path / "main.rs"
    path.write_text(MAIN)
    return path


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_and_its_return(main: Path, name: str) -> None:
    old, new = EDITS[name]
    assert MAIN.count(old) == 1
    session = Session(main)
    same_as_fresh(session, main)
    assert not session.reused
    main.write_text(MAIN.replace(old, new))
    same_as_fresh(session, main)
    assert session.reused == (name in LOCAL)
    main.write_text(MAIN)
    same_as_fresh(session, main)


def test_edits_one_after_the_other_in_two_files(main: Path) -> None:
    session = Session(main)
    session.update()
    text, shapes = MAIN, SHAPES
    for name in sorted(LOCAL):
        old, new = EDITS[name]
        text = text.replace(old, new)
        main.write_text(text)
        same_as_fresh(session, main)
    for old, new in (("side * side", "side\n * side"), ("v[7]", "v[8]"), ("side\n", "(side)\n\n")):
        shapes = shapes.replace(old, new)
        (main.parent / "shapes.rs").write_text(shapes)
        same_as_fresh(session, main)


def test_nothing_changed_is_nothing_to_do(main: Path) -> None:
    session = Session(main)
    first = session.update()
    assert session.update() is first
    assert session.reused
    (main.parent / "shapes.rs").unlink()
    assert session.update().diagnostics.errors[0].code == "E0583"
    assert {path.name for path in session.files()} == {"main.rs"}


@pytest.mark.evidence("WR-08")
@settings(deadline=None, max_examples=2)
@given(st.integers(0, 2**32))
def test_random_edits_of_real_programs(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    source = random.Random(seed)
    directory = tmp_path_factory.mktemp("crate")
    files = crate(150, seed)
    main = write(files, directory)
    session = Session(main)
    session.update()
    for _ in range(3):
        name = source.choice([n for n in files if n != "main.rs"])
        numbers = list(re.finditer(r"\b\d+\b|\bmut \b|&|;\n", files[name]))
        at = source.choice(numbers)
        new = source.choice(["7", "1 + 1", "", "true", ";\n\n", "mut ", at[0], at[0] + " "])
        edited = files[name][: at.start()] + new + files[name][at.end() :]
        (directory / name).write_text(edited)
        same_as_fresh(session, main)
        if source.random() < 0.5:
            (directory / name).write_text(files[name])
            same_as_fresh(session, main)
        else:
            files[name] = edited


@pytest.mark.evidence("WR-08")
def test_only_what_an_edit_touches_is_lowered_again(main: Path) -> None:
    session = Session(main)
    with pytest.raises(ValueError, match="`update`"):
        session.build()
    session.update()
    session.build()
    everything = session.rebuilt
    main.write_text(MAIN.replace("let mut total = 0;", 'let mut total = 0;\n    let _text = "more data";'))
    session.update()
    session.build()
    assert session.rebuilt < 15 < everything
    assert session.build() == build_bytes(check_file(main))


def test_a_fresh_check_forgets_what_was_built(main: Path) -> None:
    session = Session(main)
    session.update()
    session.build()
    text = MAIN.replace("fn sum(values: &[i32]) -> i32 {", "fn sum(values: &[i32]) -> i64 {").replace("total\n", "7\n")
    main.write_text(text)
    session.update()
    assert not session.reused
    assert session.build() == build_bytes(check_file(main))
