"""`counterproof wasm build -g --source-map`."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from engines.rustwasm.wasm.binary import decode
from harness.commands.wasm import app

MAIN = 'fn main() {\n    println!("hello");\n}\n'


def customs(path: Path) -> set[str]:
    return {one.name for one in decode(path.read_bytes()).customs}


def test_debug_information_is_added_where_it_is_asked_for(tmp_path: Path) -> None:
    main = tmp_path / "main.rs"
    main.write_text(MAIN)
    runner = CliRunner()
    module = tmp_path / "out.wasm"
    build = ["build", str(main), "-o", str(module)]
    assert runner.invoke(app, build).exit_code == 0
    plain = module.stat().st_size
    assert not customs(module)
    assert runner.invoke(app, [*build, "-g"]).exit_code == 0
    assert {".debug_info", ".debug_line"} <= customs(module)
    assert not (tmp_path / "out.wasm.map").exists()
    done = runner.invoke(app, [*build, "--source-map"])
    assert done.exit_code == 0
    assert customs(module) == {"sourceMappingURL"}
    assert str(tmp_path / "out.wasm.map") in done.output
    found = json.loads((tmp_path / "out.wasm.map").read_text())
    assert (found["version"], found["file"]) == (3, "out.wasm")
    assert str(main) in found["sources"]
    assert runner.invoke(app, build).exit_code == 0
    assert module.stat().st_size == plain


MIDDLE = (
    "fn whole() { let mut a = [1, 2, 3]; let [_, rest @ ..] = &mut a; let h = (rest, 1); h.0[0] = 2; }\n"
    "#[test] fn middle() { whole(); }\nfn main() { whole(); }\n"
)


def test_what_a_lowering_refuses_is_told_by_every_command(tmp_path: Path) -> None:
    main = tmp_path / "main.rs"
    main.write_text(MIDDLE)
    for command in (["build"], ["run", "--engine", "wasmtime"], ["test", "--engine", "wasmtime"]):
        done = CliRunner().invoke(app, [*command, "--lowering", "gc", str(main)])
        assert isinstance(done.exception, SystemExit), (command, done.exception)
        assert done.exit_code in (1, 101)
        assert "GC021" in done.output, command


def test_a_map_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    main = tmp_path / "main.rs"
    main.write_text(MAIN)
    (tmp_path / "out.wasm.map").mkdir()
    done = CliRunner().invoke(app, ["build", str(main), "-o", str(tmp_path / "out.wasm"), "--source-map"])
    assert done.exit_code == 2
    assert "out.wasm.map" in done.output
    assert "Traceback" not in done.output


def test_a_crate_with_errors_gives_no_module(tmp_path: Path) -> None:
    main = tmp_path / "main.rs"
    main.write_text("fn main() { 1 + true; }")
    done = CliRunner().invoke(app, ["build", "--debug", str(main)])
    assert done.exit_code == 1
    assert not (tmp_path / "main.wasm").exists()
    done = CliRunner().invoke(app, ["build", "--debug", "--profile", "fast", str(main)])
    assert done.exit_code == 2
