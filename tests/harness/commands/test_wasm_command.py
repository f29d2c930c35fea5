"""`counterproof wasm` as a user meets it."""

from __future__ import annotations

import json
import os
import signal
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engines.rustwasm.release import pipeline
from engines.rustwasm.wasm.binary import encode
from engines.rustwasm.wasm.text import parse_module
from harness.campaign import compiled_compiler
from harness.commands import wasm
from harness.commands.wasm import app
from harness.commands.wasm_crate import COPIES
from harness.contract import ProgramCase, ProgramObservation
from harness.registry import create

GOOD = 'fn main() {\n    let words = vec!["a", "b"];\n    println!("{} {}", words.len(), words[1]);\n}\n'
MOVED = 'fn main() {\n    let a = String::from("x");\n    let b = a;\n    println!("{} {}", a, b);\n}\n'


@pytest.fixture(autouse=True)
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COUNTERPROOF_CACHE", str(tmp_path / "caches"))
    return tmp_path / "caches"


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


def test_jobs_change_nothing_but_the_time(crate: Path, tmp_path: Path) -> None:
    found = []
    for jobs in ("1", "2"):
        out = tmp_path / f"{jobs}.wasm"
        command = ["build", "--profile", "release", "--no-cache", str(crate), "-o", str(out), "--jobs", jobs]
        assert CliRunner().invoke(app, command).exit_code == 0
        found.append(out.read_bytes())
    assert found[0] == found[1]


def test_a_build_that_loses_a_process_says_so_and_writes_nothing(crate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parent, work = os.getpid(), pipeline._First.work

    def dies(self: pipeline._First, function: int) -> None:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        work(self, function)

    monkeypatch.setattr(pipeline._First, "work", dies)
    done = CliRunner().invoke(app, ["build", "--profile", "release", str(crate), "--jobs", "2"])
    assert (done.exit_code, done.stdout) == (3, "")
    assert "ended by signal 9; with fewer jobs it takes less memory" in done.stderr
    assert not crate.with_suffix(".wasm").exists()


def test_debug_information_is_made_in_one_process_which_is_said(crate: Path) -> None:
    done = CliRunner().invoke(app, ["build", "-g", str(crate), "--jobs", "2"])
    assert done.exit_code == 0
    assert done.stderr == "counterproof: built in one process: debug information is made in one\n"


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
    directory = tmp_path / "crates" / "hello"
    assert CliRunner().invoke(app, ["new", str(directory)]).exit_code == 0
    assert CliRunner().invoke(app, ["run", str(directory / "src" / "main.rs")]).stdout == "Hello, world!\n"
    done = CliRunner().invoke(app, ["new", str(directory)])
    assert done.exit_code == 2
    assert "is there already" in done.stderr


def test_a_crate_that_is_not_text_is_named_once(tmp_path: Path) -> None:
    main = tmp_path / "main.rs"
    main.write_bytes(b"fn main() {}\xff")
    done = CliRunner().invoke(app, ["check", str(main)])
    assert done.exit_code == 2
    assert done.stderr == f"counterproof: {main}: byte 12 (0xff) is not valid UTF-8; save the file as UTF-8\n"


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


TESTED = """mod deeper;
fn main() {}
#[test]
fn holds() { assert_eq!(deeper::double(2), 4); }
#[test]
#[should_panic]
fn panics() { panic!("as wanted"); }
"""
DEEPER = """pub fn double(x: i32) -> i32 { x * 2 }
#[test]
fn breaks() { println!("said"); assert!(double(1) == 3, "one doubled"); }
"""


@pytest.mark.parametrize("engine", ["mir", "wasmtime"])
def test_the_tests_of_a_crate_are_run(tmp_path: Path, engine: str) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.rs").write_text(TESTED)
    (tmp_path / "src" / "deeper.rs").write_text(DEEPER)
    done = CliRunner().invoke(app, ["test", str(tmp_path), "--engine", engine])
    assert done.exit_code == 101
    assert "running 3 tests\ntest deeper::breaks ... FAILED\ntest holds ... ok\n" in done.stdout
    assert "test panics - should panic ... ok\n" in done.stdout
    assert "---- deeper::breaks stdout ----\nsaid\n" in done.stdout
    assert "thread 'deeper::breaks' panicked at " in done.stdout
    assert "deeper.rs:3:33:\none doubled\n" in done.stdout
    assert "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out" in done.stdout
    done = CliRunner().invoke(app, ["test", str(tmp_path), "hold", "--engine", engine])
    assert done.exit_code == 0
    assert "1 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out" in done.stdout


def test_tests_are_listed_and_bad_names_refused(tmp_path: Path) -> None:
    (tmp_path / "main.rs").write_text("fn main() {}\n#[test]\nfn one() {}\n")
    done = CliRunner().invoke(app, ["test", str(tmp_path), "--list"])
    assert (done.exit_code, done.stdout) == (0, "one: test\n\n1 tests, 0 benchmarks\n")
    done = CliRunner().invoke(app, ["test", str(tmp_path), "--engine", "jvm"])
    assert done.exit_code == 2
    assert "--engine jvm: there are mir, wasmtime, wasmtime-pulley, node" in done.stderr
    done = CliRunner().invoke(app, ["test", str(tmp_path / "none")])
    assert done.exit_code == 2
    (tmp_path / "empty").mkdir()
    done = CliRunner().invoke(app, ["run", str(tmp_path / "empty")])
    assert done.exit_code == 2
    assert "there is no crate here" in done.stderr


def test_a_program_runs_on_every_engine(crate: Path) -> None:
    for engine in ("wasmtime", "node"):
        done = CliRunner().invoke(app, ["run", str(crate), "--engine", engine])
        assert (done.exit_code, done.stdout) == (0, "2 b\n")
    crate.write_text("fn main() { loop {} }\n")
    done = CliRunner().invoke(app, ["run", str(crate), "--engine", "wasmtime", "--fuel", "1000"])
    assert done.exit_code == 124
    crate.write_text('fn main() { panic!("oh"); }\n')
    done = CliRunner().invoke(app, ["run", str(crate), "--engine", "wasmtime"])
    assert done.exit_code == 101
    assert f"thread 'main' panicked at {crate}:1:13:\noh\n" in done.stderr


def test_modules_in_a_circle_and_missing_ones_are_said(tmp_path: Path) -> None:
    main = tmp_path / "main.rs"
    main.write_text("mod a;\nfn main() {}\n")
    done = CliRunner().invoke(app, ["check", str(main)])
    assert done.exit_code == 1
    assert "error[E0583]: file not found for module `a`" in done.stderr
    assert 'create file "a.rs" or "a/mod.rs"' in done.stderr
    (tmp_path / "a.rs").write_bytes(b"pub fn f() {}\n\xff")
    done = CliRunner().invoke(app, ["check", str(main)])
    assert done.exit_code == 1
    assert "byte 14 (0xff) is not valid UTF-8" in done.stderr
    (tmp_path / "a").mkdir()
    (tmp_path / "a.rs").write_text("mod a;\n")
    (tmp_path / "a" / "a.rs").symlink_to(tmp_path / "a.rs")
    (tmp_path / "a" / "a").symlink_to(tmp_path / "a")
    done = CliRunner().invoke(app, ["check", str(main)])
    assert done.exit_code == 1
    assert "circular modules" in done.stderr


def test_a_second_build_comes_from_the_cache(crate: Path, caches: Path) -> None:
    module = crate.with_suffix(".wasm")
    assert CliRunner().invoke(app, ["build", str(crate)]).exit_code == 0
    first = module.read_bytes()
    (kept,) = [path for path in (caches / "rust").iterdir() if first in path.read_bytes()]
    module.unlink()
    assert CliRunner().invoke(app, ["build", str(crate)]).exit_code == 0
    assert module.read_bytes() == first
    kept.write_bytes(kept.read_bytes()[:-1])
    assert CliRunner().invoke(app, ["build", str(crate)]).exit_code == 0
    assert module.read_bytes() == first
    assert CliRunner().invoke(app, ["build", "--no-cache", str(crate)]).exit_code == 0
    assert module.read_bytes() == first


def test_a_compiler_that_cannot_be_compiled_is_told(crate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses() -> Path:
        raise compiled_compiler.CompilingError("there is no C compiler")

    monkeypatch.setattr(wasm, "one_shot", lambda: True)
    monkeypatch.setattr(compiled_compiler, "compiled", refuses)
    assert CliRunner().invoke(app, ["check", str(crate)], env={"COUNTERPROOF_COMPILED": "0"}).exit_code == 0
    done = CliRunner().invoke(app, ["check", str(crate)], env={"COUNTERPROOF_COMPILED": "1"})
    assert done.exit_code == 2
    assert "there is no C compiler; unset it" in done.output


def test_a_compiled_compiler_is_used_before_anything_else(
    crate: Path, caches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[Path] = []
    (caches / COPIES).mkdir(parents=True)
    monkeypatch.setattr(wasm, "one_shot", lambda: True)
    monkeypatch.setattr(compiled_compiler, "compiled", lambda: Path("place"))
    monkeypatch.setattr(compiled_compiler, "use", used.append)
    assert CliRunner().invoke(app, ["check", str(crate)], env={"COUNTERPROOF_COMPILED": "1"}).exit_code == 0
    assert used == [Path("place")]
    monkeypatch.setattr(compiled_compiler, "existing", lambda: Path("made"))
    assert CliRunner().invoke(app, ["check", str(crate)], env={"COUNTERPROOF_COMPILED": "0"}).exit_code == 0
    assert used == [Path("place")]
    assert CliRunner().invoke(app, ["check", str(crate)], env={"COUNTERPROOF_COMPILED": None}).exit_code == 0
    assert used == [Path("place"), Path("made")]


def test_a_compiled_compiler_of_other_sources_is_told(
    crate: Path, caches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wasm, "one_shot", lambda: True)
    done = CliRunner().invoke(app, ["check", str(crate)], env={"COUNTERPROOF_COMPILED": None})
    assert (done.exit_code, done.output) == (0, "")
    (compiled_compiler._place().parent / "of other sources").mkdir(parents=True)
    done = CliRunner().invoke(app, ["check", str(crate)], env={"COUNTERPROOF_COMPILED": None})
    assert done.exit_code == 0
    assert "is of other sources and not used: `counterproof wasm accelerate`" in done.output


def test_accelerate_says_where_the_copy_is_or_why_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_compiler, "compiled", lambda tell: Path("place"))
    done = CliRunner().invoke(app, ["accelerate"])
    assert (done.exit_code, done.output) == (0, "place: the compiler as machine code\n")

    def refuses(tell: object) -> Path:
        raise compiled_compiler.CompilingError("there is no C compiler")

    monkeypatch.setattr(compiled_compiler, "compiled", refuses)
    done = CliRunner().invoke(app, ["accelerate"])
    assert (done.exit_code, done.output) == (2, "counterproof: there is no C compiler\n")
