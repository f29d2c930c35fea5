"""Whole programs through the lowering to linear memory, in wasmtime, against what rustc's builds of them do."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import pytest
import wasmtime

from corpus.rust import RustProgram, rust_programs
from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build, build_bytes
from engines.rustwasm.wasm.binary.encoder import encode
from engines.rustwasm.wasm.module import Module
from engines.rustwasm.wasm.validate import validate

ALL = rust_programs()
RELEASE: Final = ("hello", "panic_index", "drop_order", "linked_list")


@cache
def _engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    config.consume_fuel = True
    return wasmtime.Engine(config)


def run(module: bytes, directory: Path) -> tuple[int, bytes, bytes]:
    """Exit status, standard output and standard error of a WASI command."""
    linker = wasmtime.Linker(_engine())
    linker.define_wasi()
    store = wasmtime.Store(_engine())
    store.set_fuel(2_000_000_000)
    wasi = wasmtime.WasiConfig()
    wasi.stdout_file = str(directory / "out")
    wasi.stderr_file = str(directory / "err")
    store.set_wasi(wasi)
    status = 0
    instance = linker.instantiate(store, wasmtime.Module(_engine(), module))
    start = instance.exports(store)["_start"]
    assert isinstance(start, wasmtime.Func)
    try:
        start(store)
    except wasmtime.ExitTrap as left:
        status = left.code
    return status, (directory / "out").read_bytes(), (directory / "err").read_bytes()


def compiled(source: str, name: str, profile: str) -> bytes:
    compilation = check_source(source, name)
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    return build_bytes(compilation, profile)


def agrees(program: RustProgram, profile: str, directory: Path) -> None:
    module = compiled(program.source, f"{program.name}.rs", profile)
    status, output, errors = run(module, directory)
    assert output.decode() == program.stdout
    assert status == program.exit_status
    if program.panic is not None:
        assert errors.decode().strip().startswith(program.panic.strip())


@pytest.mark.parametrize("program", ALL, ids=lambda program: program.name)
def test_development_builds_do_what_rustc_does(program: RustProgram, tmp_path: Path) -> None:
    agrees(program, "dev", tmp_path)


@pytest.mark.parametrize("name", RELEASE)
def test_release_builds_do_what_rustc_does(name: str, tmp_path: Path) -> None:
    agrees(next(one for one in ALL if one.name == name), "release", tmp_path)


def test_builds_are_the_same_every_time() -> None:
    source = next(one for one in ALL if one.name == "sorting").source
    assert compiled(source, "main.rs", "dev") == compiled(source, "main.rs", "dev")


def test_modules_are_valid_by_our_own_rules() -> None:
    source = next(one for one in ALL if one.name == "shapes").source
    module: Module = build(check_source(source), "dev")
    validate(module)
    assert len(encode(module)) > 1000


def test_no_such_profile() -> None:
    with pytest.raises(ValueError, match="no profile 'fast'; choose one of dev, release, freestanding"):
        build(check_source("fn main() {}"), "fast")


def test_freestanding_programs_import_nothing_that_they_do_not_use() -> None:
    module = build(
        check_source("fn main() { let v = [1, 2]; let mut i = 0; while v[i] > 0 { i += 1; } }"), "freestanding"
    )
    assert module.imports == []


HELLO: Final = 'fn main() { println!("Hello, world!"); }'
FIB: Final = """
#[no_mangle]
pub fn fib(n: u32) -> u32 { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }
fn main() {}
"""


def test_hello_fits_150_bytes_and_still_says_it(tmp_path: Path) -> None:
    module = build_bytes(check_source(HELLO), "release", names=False)
    assert len(module) <= 150
    assert run(module, tmp_path) == (0, b"Hello, world!\n", b"")


def test_fib_fits_75_bytes_and_is_exported() -> None:
    module = build_bytes(check_source(FIB), "freestanding", names=False)
    assert len(module) <= 75
    store = wasmtime.Store()
    fib = wasmtime.Instance(store, wasmtime.Module(store.engine, module), []).exports(store)["fib"]
    assert isinstance(fib, wasmtime.Func)
    assert fib(store, 20) == 6765
