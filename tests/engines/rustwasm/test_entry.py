"""How programs begin and end, `#[cfg(...)]`, and `#[test]` functions."""

from __future__ import annotations

from contextlib import closing

import pytest

from engines.rustwasm.compilation import SETTINGS, check_source
from engines.rustwasm.driver import build_bytes
from engines.rustwasm.mir.interpreter import run_program
from engines.rustwasm.unit_tests import SETTING, find_tests, run_interpreted, select
from harness.contract import ProgramCase, ProgramObservation
from harness.registry import create

FAILING = """
#[derive(Debug)]
enum Problem { Missing(&'static str), Empty }
fn look(name: &'static str) -> Result<u8, Problem> {
    if name.is_empty() { Err(Problem::Empty) } else { Err(Problem::Missing(name)) }
}
fn main() -> Result<(), Problem> {
    println!("before");
    look("key")?;
    println!("after");
    Ok(())
}
"""
TESTED = """
fn add(a: i32, b: i32) -> i32 { a + b }
#[cfg(test)]
mod tests {
    use super::*;
    #[test] fn adds() { assert_eq!(add(1, 2), 3); }
    #[test] fn fails() { println!("noise"); assert_eq!(add(1, 2), 4); }
    #[test] #[should_panic(expected = "divide by zero")] fn divides() { let zero = add(-1, 1); let _ = 1 / zero; }
    #[test] #[should_panic(expected = "overflow")] fn another_panic() { let zero = add(-1, 1); let _ = 1 / zero; }
    #[test] #[should_panic] fn calm() {}
    #[test] #[ignore] fn slow() { loop {} }
    #[test] fn result() -> Result<(), String> { Err(String::from("no")) }
    #[test] fn fine() -> Result<(), String> { Ok(()) }
}
"""


def test_main_that_returns_an_error_prints_it_and_ends_with_one() -> None:
    compilation = check_source(FAILING)
    wanted = (1, b"before\n", b'Error: Missing("key")\n')
    assert run_program(compilation) == wanted
    with closing(create("wasmtime", isolated=False)) as engine:
        for profile in ("dev",):
            seen = engine.run(ProgramCase("wasm32", build_bytes(compilation, profile)))
            assert isinstance(seen, ProgramObservation)
            assert (seen.exit_status, seen.stdout, seen.stderr) == wanted


def test_main_that_returns_a_status_ends_with_it() -> None:
    text = "use std::process::ExitCode; fn main() -> ExitCode { ExitCode::from(7) }"
    assert run_program(check_source(text)) == (7, b"", b"")
    text = "use std::process::ExitCode; fn main() -> Result<ExitCode, String> { Ok(ExitCode::SUCCESS) }"
    assert run_program(check_source(text)) == (0, b"", b"")


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("fn main() -> i32 { 1 }", "E0277", 14),
        ("fn main() -> Result<u8, String> { Ok(1) }", "E0277", 14),
        ("fn main(a: i32) {}", "E0580", 4),
        ("fn main<T>() {}", "E0131", 4),
        ("fn other() {}", "E0601", 14),
    ],
)
def test_a_main_that_cannot_be_run_is_refused(text: str, code: str, column: int) -> None:
    compilation = check_source(text)
    errors = compilation.diagnostics.errors
    assert [(e.code, compilation.sources.locate(e.span[0])[2]) for e in errors] == [(code, column)]


@pytest.mark.parametrize(
    ("condition", "there"),
    [
        ("test", False),
        ("not(test)", True),
        ('all(debug_assertions, target_arch = "wasm32")', True),
        ('any(test, target_os = "linux")', False),
    ],
)
def test_cfg_decides_what_is_there(condition: str, there: bool) -> None:
    text = f"#[cfg({condition})] fn f() {{}}\nfn main() {{ f() }}"
    codes = [error.code for error in check_source(text).diagnostics.errors]
    assert codes == ([] if there else ["E0425"])


def test_a_broken_condition_is_an_error() -> None:
    (error,) = check_source("#[cfg()] fn f() {}\nfn main() {}").diagnostics.errors
    assert error.code == "E0805"


def test_unit_tests_are_found_and_judged() -> None:
    compilation = check_source(TESTED, settings=SETTINGS | {SETTING})
    assert not compilation.diagnostics.errors
    tests = find_tests(compilation)
    assert [t.name for t in tests if t.ignored] == ["tests::slow"]
    failures = {t.name.removeprefix("tests::"): run_interpreted(compilation, t, 100_000).failure for t in tests}
    assert failures == {
        "adds": "",
        "another_panic": "panic did not contain expected string 'overflow'",
        "calm": "test did not panic as expected",
        "divides": "",
        "fails": "panicked",
        "fine": "",
        "result": "ended with exit status 1",
        "slow": "took more than 100,000 steps",
    }
    shown = next(run_interpreted(compilation, t, 100_000) for t in tests if t.name == "tests::fails")
    assert shown.output == b"noise\n"
    assert b"thread 'tests::fails' panicked at main.rs:7:45:\n" in shown.errors


def test_tests_are_selected_by_name() -> None:
    tests = find_tests(check_source(TESTED, settings=SETTINGS | {SETTING}))
    assert [t.name for t in select(tests, ["add"])] == ["tests::adds"]
    assert select(tests, ["add"], exact=True) == []
    assert select(tests, []) == tests


def test_a_test_must_be_runnable_and_is_not_in_a_program() -> None:
    text = "#[test] fn one(a: i32) {}\nfn main() {}"
    assert not check_source(text).diagnostics.errors
    assert [e.code for e in check_source(text, settings=SETTINGS | {SETTING}).diagnostics.errors] == ["E0580"]
