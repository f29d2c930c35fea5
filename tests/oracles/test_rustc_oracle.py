"""rustc as a judge of source programs."""

from __future__ import annotations

import shutil

import pytest

from harness.contract import SourceCase, SourceObservation
from oracles.rustc_oracle import Rustc

pytestmark = pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")


def judged(source: str, *options: str, stdin: bytes = b"", name: str = "main.rs") -> SourceObservation:
    seen = Rustc().run(SourceCase("rust", ((name, source),), name, options, stdin))
    assert isinstance(seen, SourceObservation)
    return seen


def test_accepts() -> None:
    seen = judged("fn main() {}")
    assert seen.accepted and seen.diagnostics == () and seen.run is None


def test_rejects_with_code_and_line() -> None:
    seen = judged("fn main() {\n    let s = String::new();\n    drop(s);\n    drop(s);\n}\n")
    assert not seen.accepted
    assert seen.diagnostics == (("E0382", 4),)
    assert seen.detail == "use of moved value: `s`"


def test_an_error_inside_a_macro_of_the_library_is_where_the_macro_is_called() -> None:
    seen = judged("fn f<'a>(x: String) -> Vec<&'a String> {\n    vec![&x]\n}\nfn main() {}\n")
    assert seen.diagnostics == (("E0515", 2),)


def test_runs() -> None:
    source = 'fn main() { let mut t = String::new(); std::io::stdin().read_line(&mut t).unwrap(); print!("<{t}>"); }'
    seen = judged(source, "run", stdin=b"hello")
    assert seen.run is not None
    assert (seen.run.stdout, seen.run.exit_status) == (b"<hello>", 0)


def test_a_panic_is_status_101() -> None:
    seen = judged('fn main() { panic!("on purpose"); }', "run")
    assert seen.run is not None and seen.run.exit_status == 101
    assert b"on purpose" in seen.run.stderr


def test_several_files() -> None:
    files = (("main.rs", "mod part;\nfn main() { part::f(); }"), ("part.rs", "pub fn f() {}"))
    seen = Rustc().run(SourceCase("rust", files, "main.rs"))
    assert isinstance(seen, SourceObservation) and seen.accepted


def test_refuses_other_languages_and_options() -> None:
    oracle = Rustc()
    seen = oracle.run(SourceCase("c", (("main.c", ""),), "main.c"))
    assert isinstance(seen, SourceObservation) and "compiles rust, not 'c'" in seen.detail
    seen = oracle.run(SourceCase("rust", (("main.rs", ""),), "main.rs", ("-O",)))
    assert isinstance(seen, SourceObservation) and "not -O" in seen.detail and not seen.observed


def test_a_file_outside_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"'\.\./x\.rs' lies outside"):
        judged("fn main() {}", name="../x.rs")
