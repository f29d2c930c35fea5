"""Whole programs through the lowering to linear memory, in wasmtime, against what rustc's builds of them do."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
import wasmtime

from ci.bench_compiled_rust import programs
from corpus.rust import RustProgram, rust_programs
from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build, build_bytes
from engines.rustwasm.wasm.binary.encoder import encode
from engines.rustwasm.wasm.module import Module
from engines.rustwasm.wasm.text import print_module
from engines.rustwasm.wasm.validate import validate
from harness.contract import ProgramCase, ProgramObservation
from oracles.node_oracle import NodeOracle
from tests.wasi_command import started

LIBRARY_PROGRAMS: Final = Path(__file__).parents[1] / "library" / "programs"
ALL = rust_programs()
RELEASE: Final = tuple(one.name for one in ALL) if os.environ.get("COUNTERPROOF_ALL_RELEASE") else (
    "hello", "panic_index", "drop_order", "linked_list", "bank", "queues", "matrix", "rational", "brainfuck",
)  # fmt: skip
"""All in `tox -e release-rust`."""


def compiled(source: str, name: str, profile: str) -> bytes:
    compilation = check_source(source, name)
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    return build_bytes(compilation, profile)


def agrees(program: RustProgram, profile: str, directory: Path) -> None:
    module = compiled(program.source, f"{program.name}.rs", profile)
    if profile == "release" and os.environ.get("COUNTERPROOF_ALL_RELEASE"):
        with closing(NodeOracle()) as node:
            seen = node.run(ProgramCase("wasm32", module))
        assert isinstance(seen, ProgramObservation)
        assert (seen.stdout.decode(), seen.exit_status) == (program.stdout, program.exit_status)
    status, output, errors = started(module, directory)
    assert output.decode() == program.stdout
    assert status == program.exit_status
    if program.panic is not None:
        assert errors.decode().strip().startswith(program.panic.strip())


@pytest.mark.evidence("P10")
@pytest.mark.parametrize("program", ALL, ids=lambda program: program.name)
def test_development_builds_do_what_rustc_does(program: RustProgram, tmp_path: Path) -> None:
    agrees(program, "dev", tmp_path)


@pytest.mark.parametrize("name", RELEASE)
def test_release_builds_do_what_rustc_does(name: str, tmp_path: Path) -> None:
    agrees(next(one for one in ALL if one.name == name), "release", tmp_path)


def of_the_library(name: str, profile: str, directory: Path) -> None:
    """A program of the library's tests does what rustc's build of it did."""
    file = LIBRARY_PROGRAMS / f"{name}.rs"
    panic = file.with_suffix(".panic")
    status, output, errors = started(compiled(file.read_text(), file.name, profile), directory)
    assert output.decode() == file.with_suffix(".expected").read_text()
    assert status == (101 if panic.exists() else 0)
    assert errors.decode().strip().startswith(panic.read_text().strip() if panic.exists() else "")


@pytest.mark.parametrize("name", sorted(path.stem for path in LIBRARY_PROGRAMS.glob("*.rs")))
def test_programs_of_the_library_do_what_rustc_does(name: str, tmp_path: Path) -> None:
    of_the_library(name, "dev", tmp_path)


@pytest.mark.parametrize("name", ["constant_references", "receivers", "text_corners"])
def test_release_builds_of_programs_of_the_library(name: str, tmp_path: Path) -> None:
    of_the_library(name, "release", tmp_path)


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
    assert started(module, tmp_path) == (0, b"Hello, world!\n", b"")


def test_fib_fits_75_bytes_and_is_exported() -> None:
    module = build_bytes(check_source(FIB), "freestanding", names=False)
    assert len(module) <= 75
    store = wasmtime.Store()
    fib = wasmtime.Instance(store, wasmtime.Module(store.engine, module), []).exports(store)["fib"]
    assert isinstance(fib, wasmtime.Func)
    assert fib(store, 20) == 6765


SIEVE: Final = """
#[no_mangle]
pub fn sieve(limit: usize) -> usize {
    let mut composite = vec![false; limit];
    let mut count = 0;
    let mut n = 2;
    while n < limit {
        if !composite[n] {
            count += 1;
            let mut multiple = n * n;
            while multiple < limit {
                composite[multiple] = true;
                multiple += n;
            }
        }
        n += 1;
    }
    count
}
fn main() {}
"""


def test_sieve_frees_and_fits_230_bytes() -> None:
    module = build_bytes(check_source(SIEVE), "freestanding", names=False)
    assert len(module) <= 230
    store = wasmtime.Store()
    sieve = wasmtime.Instance(store, wasmtime.Module(store.engine, module), []).exports(store)["sieve"]
    assert isinstance(sieve, wasmtime.Func)
    assert [sieve(store, limit) for limit in (0, 1, 3, 100, 2_000)] == [0, 0, 1, 25, 303]
    with pytest.raises(wasmtime.Trap):
        sieve(store, -1)


def test_n_body_fits_1300_bytes() -> None:
    source, argument = programs()["nbody"]
    module = build_bytes(check_source(source + "fn main() {}"), "freestanding", names=False)
    assert len(module) <= 1300
    store = wasmtime.Store()
    work = wasmtime.Instance(store, wasmtime.Module(store.engine, module), []).exports(store)["work"]
    assert isinstance(work, wasmtime.Func)
    assert argument > 1000
    assert work(store, 1000) == 169087605


LETTERS: Final = """
trait Shape { fn area(&self) -> u32; fn name(&self) -> &'static str { "shape" } }
struct Square(u32);
struct Circle(u32);
impl Shape for Square { fn area(&self) -> u32 { self.0 * self.0 } }
impl Shape for Circle { fn area(&self) -> u32 { self.0 * 3 } fn name(&self) -> &'static str { "circle" } }
fn total(shapes: &[Box<dyn Shape>]) -> u32 { shapes.iter().map(|one| one.area()).sum() }
fn main() {
    let shapes: Vec<Box<dyn Shape>> = vec![Box::new(Square(3)), MORE];
    println!("{} {}", total(&shapes), shapes[0].name());
}
"""


@pytest.mark.parametrize(
    ("more", "output", "calls"), [("Box::new(Square(2))", "13", 0), ("Box::new(Circle(2))", "15", 2)]
)
def test_methods_of_the_only_kind_of_object_are_called_directly(
    more: str, output: str, calls: int, tmp_path: Path
) -> None:
    module = build(check_source(LETTERS.replace("MORE", more)), "release")
    # What drops an object looks into its table as well.
    assert print_module(module).count("call_indirect") == 1 + calls
    assert started(encode(module), tmp_path) == (0, f"{output} shape\n".encode(), b"")


HANDED_ON: Final = """
struct Count { at: u32, to: u32, step: u32, seen: [u32; 4], name: String }
impl Iterator for Count {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        if self.at >= self.to { return None; }
        self.at += self.step;
        self.seen[(self.at % 4) as usize] += 1;
        Some(self.at)
    }
}
impl Drop for Count { fn drop(&mut self) { println!("{} {:?}", self.name, self.seen); } }
fn count(to: u32, name: &str) -> Count { Count { at: 0, to, step: 1, seen: [0; 4], name: name.to_string() } }
fn main() {
    for i in 1..3 {
        let mut sum = 0;
        for one in count(i * 5, "inner") { sum += one; if one > 7 { break; } }
        println!("{}", sum);
    }
    let kept = count(3, "kept");
    let other = kept.into_iter();
    println!("{}", other.at);
}
"""


def test_iterators_that_are_handed_on_stay_what_they_were(tmp_path: Path) -> None:
    text = "inner [1, 2, 1, 1]\n15\ninner [2, 2, 2, 2]\n36\n0\nkept [0, 0, 0, 0]\n"
    for profile in ("dev", "release"):
        assert started(compiled(HANDED_ON, "main.rs", profile), tmp_path) == (0, text.encode(), b"")


REPEATED: Final = """
fn main() {
    let n = std::hint::black_box(5usize);
    println!("{:?} {:?} {:?}", vec![7u8; n], vec![0i64; n], vec![-1i16; n]);
    println!("{:?} {:?} {:?}", vec![1.5f32; n], vec![-0.0f64; n], vec![0.0f64; 3]);
    println!("{:?} {:?} {:?}", vec!['x'; 2], vec![true; n], vec![9u32; 0]);
    let mut v = vec![3u16; n];
    v.push(4);
    println!("{:?} {:?}", v, vec![1i128; 2]);
}
"""


@pytest.mark.parametrize("profile", ["dev", "release"])
def test_vectors_of_one_number_repeated(profile: str, tmp_path: Path) -> None:
    text = (
        "[7, 7, 7, 7, 7] [0, 0, 0, 0, 0] [-1, -1, -1, -1, -1]\n"
        "[1.5, 1.5, 1.5, 1.5, 1.5] [-0.0, -0.0, -0.0, -0.0, -0.0] [0.0, 0.0, 0.0]\n"
        "['x', 'x'] [true, true, true, true, true] []\n"
        "[3, 3, 3, 3, 3, 4] [1, 1]\n"
    )
    assert started(compiled(REPEATED, "main.rs", profile), tmp_path) == (0, text.encode(), b"")
