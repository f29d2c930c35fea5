"""Statics have their values whoever calls first, and elements of constants are read where the constants lie."""

from __future__ import annotations

from contextlib import closing

import pytest
import wasmtime

from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import LOWERINGS, PROFILES, build_bytes
from engines.rustwasm.mir.interpreter import run_program
from harness.contract import ProgramCase, ProgramObservation
from harness.registry import create
from oracles.wasmtime_oracle import engine as engine_of

HOSTED = """
const fn squares() -> [u32; 4] { [1, 4, 9, 16] }
static START: u32 = 100;
static ALL: [u32; 4] = squares();
const STEPS: [u32; 3] = [5, 7, 11];
static NAMES: [&str; 2] = ["one", "three"];
#[no_mangle]
pub fn work(n: u32) -> u32 {
    let i = n as usize;
    START + ALL[i] + STEPS[i] + NAMES[i].len() as u32
}
fn main() { println!("{}", work(1)); }
"""
ELEMENTS = """
const K: [u32; 4] = [1, 2, 3, 4];
const PAIRS: [(u32, &str); 2] = [(1, "a"), (2, "bc")];
const GRID: [[u8; 2]; 2] = [[1, 2], [3, 4]];
struct Waves;
impl Waves { const T: [i8; 3] = [-1, 0, 1]; fn at(i: usize) -> i8 { Self::T[i] + Waves::T[2 - i] } }
fn changed(i: usize) -> u32 { let mut own = K; own[i] = 9; K[i] + own[i] }
#[allow(const_item_mutation)]
fn written(i: usize) -> u32 { K[i] = 77; K[i] += 1; let r = &mut K[i]; *r = 5; K[i] + *r }
fn total(i: usize) -> u32 {
    let mut sum = 0;
    for x in K.iter() { sum += x; }
    for (n, text) in PAIRS.iter() { sum += n + text.len() as u32; }
    sum + GRID[i][1 - i] as u32 + PAIRS[i].0 + PAIRS[i].1.len() as u32
}
fn generic<const N: usize>(i: usize) -> usize { const Z: [usize; 3] = [4, 5, 6]; Z[i] + N }
fn main() {
    for i in 0..2 { println!("{} {} {} {} {}", changed(i), written(i), total(i), Waves::at(i), generic::<7>(i)); }
    let twice = |i: usize| K[i] * 2;
    println!("{}", twice(3));
    let mut i = 0;
    while i < 3 { println!("{}", K[{ i += 1; i }]); }
}
"""


@pytest.mark.parametrize("lowering", LOWERINGS)
@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_functions_of_a_host_find_statics_with_their_values(profile: str, lowering: str) -> None:
    module = build_bytes(check_source(HOSTED), profile, lowering=lowering)
    engine = engine_of(optimising=False)
    store = wasmtime.Store(engine)
    store.set_wasi(wasmtime.WasiConfig())
    store.set_fuel(1 << 40)
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    work = linker.instantiate(store, wasmtime.Module(engine, module)).exports(store)["work"]
    assert isinstance(work, wasmtime.Func)
    assert [work(store, n) for n in (0, 1)] == [100 + 1 + 5 + 3, 100 + 4 + 7 + 5]


@pytest.mark.parametrize("source", [HOSTED, ELEMENTS], ids=["hosted", "elements"])
def test_programs_print_the_same_in_every_way(source: str) -> None:
    compilation = check_source(source)
    assert not compilation.diagnostics.has_errors
    wanted = run_program(compilation)
    assert wanted[0] == 0
    with closing(create("wasmtime", isolated=False)) as engine:
        for profile in ("dev", "release"):
            for lowering in LOWERINGS:
                seen = engine.run(ProgramCase("wasm32", build_bytes(compilation, profile, lowering=lowering)))
                assert isinstance(seen, ProgramObservation)
                assert (seen.exit_status, seen.stdout, seen.stderr) == wanted, (profile, lowering)


def test_an_element_of_a_constant_makes_no_copy_of_it() -> None:
    from engines.rustwasm.wasm.binary import decode

    numbers = ", ".join(str(n * n) for n in range(64))
    source = f"const K: [u32; 64] = [{numbers}]; #[no_mangle] pub fn work(i: usize) -> u32 {{ K[i & 63] }}"
    module = decode(build_bytes(check_source(source + " fn main() {}"), "freestanding", names=False))
    work = next(one.index for one in module.exports if one.name == "work")
    operations = [one[0] for one in module.functions[work].body]
    assert "i32.load" in operations
    assert not {"memory.init", "memory.copy", "call", "global.set"} & set(operations)
