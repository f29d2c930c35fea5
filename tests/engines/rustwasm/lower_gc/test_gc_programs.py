"""Whole programs through the lowering to WasmGC, in wasmtime and V8, against what rustc's builds of them do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final

import pytest

from corpus.rust import RustProgram, rust_programs
from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build
from engines.rustwasm.wasm.binary.encoder import encode
from engines.rustwasm.wasm.validate import validate
from harness.contract import Executor, ProgramCase, ProgramObservation
from harness.registry import ExecutorUnavailableError, create

ALL: Final = rust_programs()
RELEASE: Final = ("hello", "panic_index", "drop_order", "linked_list", "graph_rc")
FUEL: Final = 2_000_000_000


@pytest.fixture(scope="module")
def wasmtime_engine() -> Iterator[Executor]:
    with closing(create("wasmtime", isolated=False)) as engine:
        yield engine


@pytest.fixture(scope="module")
def node_engine() -> Iterator[Executor]:
    try:
        engine = create("node", isolated=False)
    except (ExecutorUnavailableError, RuntimeError) as error:
        pytest.skip(str(error))
    with closing(engine):
        yield engine


def compiled(source: str, name: str, profile: str = "dev") -> bytes:
    compilation = check_source(source, name)
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    module = build(compilation, profile, "gc")
    validate(module)
    return encode(module)


def run(engine: Executor, module: bytes) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a WASI command."""
    seen: Any = engine.run(ProgramCase("wasm32", module, ("program",), limit_insns=FUEL))
    assert isinstance(seen, ProgramObservation), seen
    return seen.exit_status, seen.stdout.decode(), seen.stderr.decode()


def agrees(engine: Executor, program: RustProgram, profile: str) -> None:
    status, output, errors = run(engine, compiled(program.source, f"{program.name}.rs", profile))
    assert output == program.stdout
    assert status == program.exit_status
    assert errors.strip() == (program.panic or "").strip()


@pytest.mark.parametrize("program", ALL, ids=lambda program: program.name)
def test_development_builds_do_what_rustc_does(program: RustProgram, wasmtime_engine: Executor) -> None:
    agrees(wasmtime_engine, program, "dev")


@pytest.mark.parametrize("name", RELEASE)
def test_release_builds_do_what_rustc_does(name: str, wasmtime_engine: Executor, node_engine: Executor) -> None:
    program = next(one for one in ALL if one.name == name)
    agrees(wasmtime_engine, program, "release")
    agrees(node_engine, program, "release")


@pytest.mark.parametrize("program", ALL[::4], ids=lambda program: program.name)
def test_development_builds_do_in_v8_what_rustc_does(program: RustProgram, node_engine: Executor) -> None:
    agrees(node_engine, program, "dev")


def test_builds_are_the_same_every_time() -> None:
    source = next(one for one in ALL if one.name == "sorting").source
    assert compiled(source, "main.rs") == compiled(source, "main.rs")


def test_no_such_lowering() -> None:
    with pytest.raises(ValueError, match="no lowering 'heap'; choose one of linear, gc"):
        build(check_source("fn main() {}"), "dev", "heap")


def test_nothing_but_writing_uses_memory() -> None:
    source = (
        "#[no_mangle] pub fn sum(n: i32) -> i32 { let v: Vec<i32> = (0..n).collect(); v.iter().sum() } fn main() {}"
    )
    module = build(check_source(source), "freestanding", "gc")
    assert module.memories == []
    assert module.imports == []
    assert [one.name for one in module.exports] == ["sum"]


def test_a_host_gets_numbers_only() -> None:
    source = "#[no_mangle] pub fn f(s: &str) -> usize { s.len() } fn main() {}"
    with pytest.raises(ValueError, match="`f` is exported, but &str is no type that a host has with WasmGC"):
        build(check_source(source), "freestanding", "gc")
