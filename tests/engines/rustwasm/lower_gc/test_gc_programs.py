"""Whole programs through the lowering to WasmGC, in wasmtime and V8, against what rustc's builds of them do."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final

import pytest

from corpus.rust import RustProgram, gc_programs, rust_programs
from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build
from engines.rustwasm.wasm.binary.encoder import encode
from engines.rustwasm.wasm.validate import validate
from harness.contract import Executor, ProgramCase, ProgramObservation
from harness.registry import ExecutorUnavailableError, create
from oracles.node_oracle import NodeUnavailableError, find_node

ALL: Final = rust_programs()
WHOLE: Final = bool(os.environ.get("COUNTERPROOF_ALL_RELEASE"))
"""All programs on both engines, in `tox -e release-rust`."""
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
    all_agree((engine,), program, profile)


def all_agree(engines: tuple[Executor, ...], program: RustProgram, profile: str) -> None:
    module = compiled(program.source, f"{program.name}.rs", profile)
    for engine in engines:
        status, output, errors = run(engine, module)
        assert output == program.stdout
        assert status == program.exit_status
        assert errors.strip() == (program.panic or "").strip()


@pytest.mark.parametrize("program", ALL, ids=lambda program: program.name)
def test_development_builds_do_what_rustc_does(program: RustProgram, wasmtime_engine: Executor) -> None:
    agrees(wasmtime_engine, program, "dev")


@pytest.mark.parametrize("name", [one.name for one in ALL] if WHOLE else RELEASE)
def test_release_builds_do_what_rustc_does(name: str, wasmtime_engine: Executor, node_engine: Executor) -> None:
    program = next(one for one in ALL if one.name == name)
    all_agree((wasmtime_engine, node_engine), program, "release")


@pytest.mark.parametrize("program", ALL if WHOLE else ALL[::7], ids=lambda program: program.name)
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


def test_constant_text_needs_no_array() -> None:
    compilation = check_source('fn main() { println!("Hello, world!"); }')
    module = build(compilation, "release", "gc")
    module.names = type(module.names)()
    assert module.start is None
    assert module.globals == []
    assert len(encode(module)) <= 259  # MoonBit's for WasmGC


def test_long_constant_text_is_written_whole(wasmtime_engine: Executor) -> None:
    text = "0123456789" * 7_000
    status, output, _ = run(wasmtime_engine, compiled(f'fn main() {{ print!("{text}"); print!(""); }}', "main.rs"))
    assert (status, output) == (0, text)


def test_a_host_gets_numbers_only() -> None:
    source = "#[no_mangle] pub fn f(s: &str) -> usize { s.len() } fn main() {}"
    with pytest.raises(
        ValueError, match=r"GC020.*`f` at main.rs:1:\d+ is exported, but &str is no type that a host has"
    ):
        build(check_source(source), "freestanding", "gc")


CYCLES = """
use std::cell::RefCell;
use std::rc::Rc;
struct Node { next: RefCell<Option<Rc<Node>>>, load: Vec<u8> }
fn cycle(i: u32) -> Rc<Node> {
    let a = Rc::new(Node { next: RefCell::new(None), load: vec![i as u8; 1024] });
    let b = Rc::new(Node { next: RefCell::new(Some(a.clone())), load: vec![] });
    *a.next.borrow_mut() = Some(b);
    a
}
#[no_mangle] pub fn dropped(n: u32) -> u32 { (0..n).map(|i| cycle(i).load[7] as u32 & 1).sum() }
#[no_mangle] pub fn kept(n: u32) -> usize { (0..n).map(cycle).collect::<Vec<_>>().len() }
fn main() {}
"""
CALL = """
const bytes = Buffer.from(process.argv[1], "base64");
const { instance } = await WebAssembly.instantiate(bytes);
console.log(instance.exports[process.argv[2]](100000));
"""


@pytest.mark.evidence("P13")
def test_cycles_of_counted_pointers_are_reclaimed() -> None:
    # 100 MiB of cycles in a heap of 32 MiB: what is dropped goes, what is kept does not fit.
    try:
        node = find_node()
    except NodeUnavailableError as error:
        pytest.skip(str(error))
    module = base64.b64encode(compiled(CYCLES, "main.rs", "freestanding")).decode()
    done = {}
    for name in ("dropped", "kept"):
        command = [node, "--max-old-space-size=32", "--input-type=module", "-e", CALL, module, name]
        done[name] = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done["dropped"].returncode, done["dropped"].stdout) == (0, "50000\n")
    assert done["kept"].returncode != 0


@pytest.mark.evidence("WR-03", "WR-04")
@pytest.mark.parametrize("program", gc_programs(), ids=lambda program: program.name)
def test_programs_with_gc_types_print_what_is_expected(program: RustProgram, wasmtime_engine: Executor) -> None:
    agrees(wasmtime_engine, program, "dev")


def test_n_body_is_no_larger_than_moonbits() -> None:
    source = next(one for one in ALL if one.name == "nbody").source
    work = """
        #[no_mangle] pub fn work(steps: u32) -> u32 { let mut system = bodies(); offset_momentum(&mut system);
            for _ in 0..steps { advance(&mut system, 0.01); } (energy(&system) * -1e9) as u32 } fn main() {}"""
    module = build(check_source(source[: source.index("fn main")] + work), "freestanding", "gc")
    module.names = type(module.names)()
    assert len(encode(module)) <= 1309
