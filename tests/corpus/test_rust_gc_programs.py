"""The corpus of GC programs on the reference interpreter, in linear memory and in WasmGC: all do the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.rust import GC_PROGRAMS, PROGRAMS, RustProgram, gc_programs
from engines.rustwasm.compilation import Compilation, check_source
from engines.rustwasm.driver import build_bytes
from engines.rustwasm.mir.interpreter import run_program
from tests.wasi_command import started

ALL = gc_programs()
IN_LINEAR_MEMORY = ("aliases", "doubly_linked", "huffman", "mixed_words", "panic_array", "shapes", "texts")
TWINS = {path.stem for path in GC_PROGRAMS.glob("*.rs")} & {path.stem for path in PROGRAMS.glob("*.rs")}


def checked(program: RustProgram) -> Compilation:
    compilation = check_source(program.source, f"{program.name}.rs")
    assert not compilation.diagnostics.messages, compilation.diagnostics.render()
    return compilation


def agrees(program: RustProgram, result: tuple[int, bytes, bytes]) -> None:
    status, output, errors = result
    assert output.decode() == program.stdout
    assert status == program.exit_status
    assert errors.decode().strip() == (program.panic or "").strip()


def test_there_are_enough_and_every_file_belongs_to_one() -> None:
    assert len(ALL) >= 20
    assert len(TWINS) >= 12
    assert {path.stem for path in GC_PROGRAMS.iterdir()} == {program.name for program in ALL}
    assert not {path.stem for path in GC_PROGRAMS.glob("*.expected")} & TWINS


@pytest.mark.evidence("P11", "WR-04")
@pytest.mark.parametrize("program", ALL, ids=lambda program: program.name)
def test_the_interpreter_agrees(program: RustProgram) -> None:
    agrees(program, run_program(checked(program), fuel=200_000_000))


@pytest.mark.evidence("P11", "P12", "WR-03")
@pytest.mark.parametrize("program", ALL, ids=lambda program: program.name)
def test_its_wasm_gc_build_agrees(program: RustProgram, tmp_path: Path) -> None:
    agrees(program, started(build_bytes(checked(program), "dev", lowering="gc"), tmp_path))


@pytest.mark.parametrize("program", [p for p in ALL if p.name in IN_LINEAR_MEMORY], ids=lambda program: program.name)
def test_its_build_for_linear_memory_agrees(program: RustProgram, tmp_path: Path) -> None:
    agrees(program, started(build_bytes(checked(program), "dev"), tmp_path))
