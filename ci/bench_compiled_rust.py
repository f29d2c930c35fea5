"""Speed of what our Rust compiler makes, beside rustc: the same source, release builds in Wasmtime and V8 against
`rustc -C opt-level=3` for the host. Where rustc has no wasm target the peer is native code, and the ratios say so.

`python -m ci.bench_compiled_rust`: processor time of one call, the least of some calls in turns; and the time from the
bytes of hello to its result.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from corpus.rust import rust_programs
from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build_bytes

FIB: Final = "#[no_mangle]\npub fn work(n: u32) -> u32 { if n < 2 { n } else { work(n - 1) + work(n - 2) } }\n"
SIEVE: Final = """
#[no_mangle]
pub fn work(limit: u32) -> u32 {
    let limit = limit as usize;
    let mut composite = vec![false; limit];
    let mut count = 0;
    let mut n = 2;
    while n < limit {
        if !composite[n] {
            count += 1;
            let mut multiple = if n <= limit / n { n * n } else { limit };
            while multiple < limit { composite[multiple] = true; multiple += n; }
        }
        n += 1;
    }
    count
}
"""
NBODY: Final = """
#[no_mangle]
pub fn work(steps: u32) -> u32 {
    let mut system = bodies();
    offset_momentum(&mut system);
    for _ in 0..steps { advance(&mut system, 0.01); }
    (energy(&system) * -1e9) as u32
}
"""
TREES: Final = """
struct Tree { left: Option<Box<Tree>>, right: Option<Box<Tree>> }
fn grow(depth: u32) -> Option<Box<Tree>> {
    if depth == 0 { None } else { Some(Box::new(Tree { left: grow(depth - 1), right: grow(depth - 1) })) }
}
fn count(tree: &Option<Box<Tree>>) -> u32 {
    match tree { None => 0, Some(node) => 1 + count(&node.left) + count(&node.right) }
}
#[no_mangle]
pub fn work(rounds: u32) -> u32 { let mut sum = 0; for _ in 0..rounds { sum += count(&grow(14)); } sum }
"""
MAIN: Final = """
fn main() {
    let argument: u32 = std::env::args().nth(1).unwrap().parse().unwrap();
    println!("{}", work(argument));
}
"""
NODE: Final = """
const fs = require("fs");
const work = new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(process.argv[2])), {}).exports.work;
let least = Infinity, result = 0;
for (let i = 0; i < 5; i++) {
  const start = process.cpuUsage();
  result = work(Number(process.argv[3]));
  const used = process.cpuUsage(start);
  least = Math.min(least, (used.user + used.system) / 1e6);
}
console.log(least, result >>> 0);
"""


def programs() -> dict[str, tuple[str, int]]:
    """Name to source (without `main`) and argument."""
    nbody = next(one.source for one in rust_programs() if one.name == "nbody")
    return {
        "fib": (FIB, 35),
        "sieve": (SIEVE, 5_000_000),
        "nbody": (re.sub(r"fn main\(\) \{.*", "", nbody, flags=re.S) + NBODY, 500_000),
        "trees": (TREES, 20),
    }


def in_wasmtime(module: bytes, argument: int, calls: int = 5) -> tuple[float, int]:
    """Least processor seconds of a call, and what it gives."""
    import wasmtime

    store = wasmtime.Store()
    work = wasmtime.Instance(store, wasmtime.Module(store.engine, module), []).exports(store)["work"]
    assert isinstance(work, wasmtime.Func)
    least, result = float("inf"), 0
    for _ in range(calls):
        start = time.process_time()
        result = work(store, argument) & 0xFFFFFFFF
        least = min(least, time.process_time() - start)
    return least, result


def outside(command: list[str]) -> tuple[float, int]:
    """The same, said by another process as `seconds result`; with only a result, it is the whole process's time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    *seconds, result = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return float(seconds[0]) if seconds else used, int(result)


def start_up() -> float:
    """Least seconds from the bytes of hello to its end in Wasmtime, its output thrown away."""
    import wasmtime

    module = build_bytes(check_source('fn main() { println!("Hello, world!"); }'), "release", names=False)
    engine = wasmtime.Engine()
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    least = float("inf")
    for _ in range(20):
        start = time.perf_counter()
        store = wasmtime.Store(engine)
        store.set_wasi(wasmtime.WasiConfig())
        run = linker.instantiate(store, wasmtime.Module(engine, module)).exports(store)["_start"]
        assert isinstance(run, wasmtime.Func)
        run(store)
        least = min(least, time.perf_counter() - start)
    return least


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ci.bench_compiled_rust", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="turns of all engines (default 3)")
    rounds = parser.parse_args(arguments).rounds
    rustc, node = shutil.which("rustc"), shutil.which("node")
    if rustc is None or node is None:
        print("counterproof: the benchmark needs rustc and node on PATH", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        (place / "run.js").write_text(NODE)
        for name, (source, argument) in programs().items():
            module = build_bytes(check_source(source + "\nfn main() {}\n"), "freestanding", names=False)
            (place / "a.wasm").write_bytes(module)
            (place / "a.rs").write_text(source + MAIN)
            native = str(place / name)
            subprocess.run(
                [rustc, "--edition", "2021", "-C", "opt-level=3", "-A", "warnings", "-o", native, str(place / "a.rs")],
                check=True,
            )
            least = {"rustc": float("inf"), "wasmtime": float("inf"), "v8": float("inf")}
            results = set()
            for _ in range(rounds):
                found = {
                    "rustc": outside([native, str(argument)]),
                    "wasmtime": in_wasmtime(module, argument),
                    "v8": outside([node, str(place / "run.js"), str(place / "a.wasm"), str(argument)]),
                }
                for engine, (seconds, result) in found.items():
                    least[engine] = min(least[engine], seconds)
                    results.add(result)
            print(
                json.dumps(
                    {
                        "program": name,
                        "bytes": len(module),
                        "seconds": {engine: round(seconds, 4) for engine, seconds in least.items()},
                        "against native rustc -O3": {
                            engine: round(least[engine] / least["rustc"], 2) for engine in ("wasmtime", "v8")
                        },
                        "same result": len(results) == 1,
                    }
                ),
                flush=True,
            )
            if len(results) != 1:
                return 1
    print(json.dumps({"hello": "bytes to result in wasmtime", "milliseconds": round(start_up() * 1000, 3)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
