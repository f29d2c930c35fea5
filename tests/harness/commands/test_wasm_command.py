"""`counterproof wasm` as a user meets it."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engines.rustwasm.wasm.binary import encode
from engines.rustwasm.wasm.text import parse_module
from harness.commands.wasm import app
from harness.contract import ProgramCase, ProgramObservation
from harness.registry import create

GOOD = 'fn main() {\n    let words = vec!["a", "b"];\n    println!("{} {}", words.len(), words[1]);\n}\n'
MOVED = 'fn main() {\n    let a = String::from("x");\n    let b = a;\n    println!("{} {}", a, b);\n}\n'


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    path = tmp_path / "main.rs"
    path.write_text(GOOD)
    return path


def test_a_good_crate_is_accepted_and_runs(crate: Path) -> None:
    assert CliRunner().invoke(app, ["check", str(crate)]).exit_code == 0
    done = CliRunner().invoke(app, ["run", str(crate)])
    assert (done.exit_code, done.stdout) == (0, "2 b\n")


@pytest.mark.parametrize("profile", ["dev", "release"])
def test_a_crate_is_built_and_its_module_runs(crate: Path, profile: str) -> None:
    module = crate.with_suffix(".wasm")
    done = CliRunner().invoke(app, ["build", "--profile", profile, str(crate)])
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"{module}: {module.stat().st_size:,} bytes\n"
    with closing(create("wasmtime")) as wasmtime:
        seen = wasmtime.run(ProgramCase("wasm32", module.read_bytes(), ("main",)))
    assert isinstance(seen, ProgramObservation)
    assert (seen.exit_status, seen.stdout) == (0, b"2 b\n")


def test_what_cannot_be_built_is_said(crate: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["build", "--profile", "fast", str(crate)])
    assert done.exit_code == 2
    assert "--profile fast: there are dev, release, freestanding" in done.stderr
    done = CliRunner().invoke(app, ["build", str(crate), "-o", str(tmp_path / "none" / "x")])
    assert done.exit_code == 2
    assert "No such file or directory" in done.stderr
    crate.write_text(MOVED)
    assert CliRunner().invoke(app, ["build", str(crate)]).exit_code == 1
    crate.write_text("pub fn f() {}\n")
    done = CliRunner().invoke(app, ["build", str(crate)])
    assert done.exit_code == 1
    assert "main" in done.stderr


def test_an_error_has_its_code_and_place(crate: Path) -> None:
    crate.write_text(MOVED)
    done = CliRunner().invoke(app, ["check", str(crate)])
    assert done.exit_code == 1
    assert "E0382" in done.stderr
    assert "main.rs:4:" in done.stderr
    done = CliRunner().invoke(app, ["check", "--json", str(crate)])
    assert done.exit_code == 1
    first = json.loads(done.stderr.splitlines()[0])
    assert first["code"]["code"] == "E0382"
    assert first["spans"][0]["line_start"] == 4
    assert CliRunner().invoke(app, ["run", str(crate)]).exit_code == 1


def test_a_panic_is_status_101(crate: Path) -> None:
    crate.write_text('fn main() {\n    panic!("no {}", 1);\n}\n')
    done = CliRunner().invoke(app, ["run", str(crate)])
    assert done.exit_code == 101
    assert "panicked at" in done.stderr
    assert "no 1" in done.stderr


def test_an_endless_program_is_stopped(crate: Path) -> None:
    crate.write_text("fn main() {\n    loop {}\n}\n")
    done = CliRunner().invoke(app, ["run", "--fuel", "1000", str(crate)])
    assert done.exit_code == 124
    assert "stopped after 1,000 steps" in done.stderr


def test_modules_are_found_beside_the_main_file(crate: Path) -> None:
    crate.write_text('mod inner;\nfn main() {\n    println!("{}", inner::answer());\n}\n')
    done = CliRunner().invoke(app, ["check", str(crate)])
    assert done.exit_code == 1
    assert "E0583" in done.stderr
    (crate.parent / "inner.rs").write_text("pub fn answer() -> u32 {\n    42\n}\n")
    assert CliRunner().invoke(app, ["run", str(crate)]).stdout == "42\n"


@pytest.mark.parametrize("command", ["check", "run", "size"])
def test_a_file_that_is_not_there_is_status_2(command: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, [command, str(tmp_path / "none")])
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "No such file or directory" in done.stderr


def test_sources_that_are_not_text_are_refused(crate: Path) -> None:
    crate.write_bytes(b"fn main() {\xff}")
    done = CliRunner().invoke(app, ["check", str(crate)])
    assert done.exit_code in (1, 2)
    assert "UTF-8" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_crate_without_main_cannot_run(crate: Path) -> None:
    crate.write_text("pub fn f() {}\n")
    done = CliRunner().invoke(app, ["run", str(crate)])
    assert done.exit_code == 1
    assert "main" in done.stderr


def test_a_new_crate_says_hello_and_is_not_made_twice(tmp_path: Path) -> None:
    directory = tmp_path / "hello"
    assert CliRunner().invoke(app, ["new", str(directory)]).exit_code == 0
    assert CliRunner().invoke(app, ["run", str(directory / "src" / "main.rs")]).stdout == "Hello, world!\n"
    done = CliRunner().invoke(app, ["new", str(directory)])
    assert done.exit_code == 2
    assert "is there already" in done.stderr


def test_sizes_are_shown_by_section_and_function(tmp_path: Path) -> None:
    path = tmp_path / "m.wasm"
    path.write_bytes(encode(parse_module('(module (func $small) (func $large (export "x") nop nop nop nop))')))
    done = CliRunner().invoke(app, ["size", "--top", "1", str(path)])
    assert done.exit_code == 0
    assert "code" in done.stdout
    assert "large" in done.stdout
    assert "1 more functions" in done.stdout
    path.write_bytes(b"\0asm")
    done = CliRunner().invoke(app, ["size", str(path)])
    assert done.exit_code == 2
    assert "offset" in done.stderr
