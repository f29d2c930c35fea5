r"""Speed of what our Rust compiler makes, beside rustc: the same source, release builds in Wasmtime and V8.

The peer is `rustc -C opt-level=3` for wasm32-unknown-unknown in the same engine. A rustc without that target's library
(`rustup target add wasm32-unknown-unknown`, or Debian's rustc with libstd-rust-dev-wasm32 and lld) leaves only its
native code as a peer, and the output says so; native code is measured either way. Neither side checks arithmetic for
overflow: our profile is `freestanding` (release without messages of panics), rustc's is that of `-C opt-level=3`.

Debian's needs no installation (bookworm: 1.63):

    apt-get download rustc libstd-rust-1.63 libstd-rust-dev libstd-rust-dev-wasm32 lld-14 libllvm14
    for one in *.deb; do dpkg -x "$one" root; done
    printf '#!/bin/sh\nroot=%s\nexport LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu:$root/usr/lib/llvm-14/lib\nexec \
    $root/usr/bin/rustc --sysroot=$root/usr -C linker=$root/usr/lib/llvm-14/bin/wasm-ld "$@"\n' "$PWD/root" > rustc63
    chmod +x rustc63        # then --wasm-rustc ./rustc63

`python -m ci.bench_compiled_rust`: processor time of one call, the least of some calls in turns; and the time from the
bytes of hello to its result, beside that of a program that does nothing (`--start-up`: only that).

Start-up is measured in one process, by the clock on the wall: least and median of many turns. Inside the clock is all
that depends on the module: reading and validating its bytes, compiling it, a store with a fresh WASI context, memory
and globals, imports looked up by name, `_start` called and come back. Outside it are the engine, the functions of WASI
(one linker for all modules of an engine, as a host has), and the process itself. Output is thrown away.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from statistics import median
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
START: Final = """
const bytes = require("fs").readFileSync(process.argv[2]);
let memory, written = 0;
const fd_write = (stream, list, count, result) => {
  const view = new DataView(memory.buffer);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += view.getUint32(list + 8 * i + 4, true);
  view.setUint32(result, sum, true);
  written += sum;
  return 0;
};
const all = [];
for (let i = 0; i < 200; i++) {
  const start = process.hrtime.bigint();
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { wasi_snapshot_preview1: { fd_write } });
  memory = instance.exports.memory;
  instance.exports._start();
  all.push(Number(process.hrtime.bigint() - start) / 1e6);
}
all.sort((a, b) => a - b);
console.log(all[0], all[100], written);
"""
WASM_TARGET: Final = "wasm32-unknown-unknown"


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


def wasm_rustc(given: str | None) -> str | None:
    """A rustc that has the library of wasm32-unknown-unknown: the one given, the first on PATH, or the system's."""
    for one in (given,) if given else (shutil.which("rustc"), shutil.which("rustc", path=os.defpath)):
        if one is None:
            continue
        command = [one, "--print", "target-libdir", "--target", WASM_TARGET]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode == 0 and any(Path(answer.stdout.strip()).glob("libcore-*.rlib")):
            return one
    return None


def start_up(module: bytes, turns: int = 200) -> dict[str, list[float]]:
    """Milliseconds from a module's bytes to its end in Wasmtime, least and median, in all and of each part; as the
    oracle runs programs: compiled once and quickly, by one thread."""
    import wasmtime

    from oracles.wasmtime_oracle import engine as engine_of

    engine = engine_of(optimising=False)
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    rows = []
    for _ in range(turns):
        times = [time.perf_counter()]
        compiled = wasmtime.Module(engine, module)
        times.append(time.perf_counter())
        store = wasmtime.Store(engine)
        store.set_wasi(wasmtime.WasiConfig())
        store.set_fuel(1 << 62)
        instance = linker.instantiate(store, compiled)
        times.append(time.perf_counter())
        run = instance.exports(store)["_start"]
        assert isinstance(run, wasmtime.Func)
        run(store)
        times.append(time.perf_counter())
        rows.append([times[3] - times[0], *[after - before for before, after in pairwise(times)]])
    parts = ("all", "compile", "instantiate", "run")
    return {
        part: [round(1000 * one, 3) for one in (min(column), median(column))]
        for part, column in zip(parts, zip(*rows, strict=True), strict=True)
    }


def start_ups(node: str | None, place: Path) -> dict[str, dict[str, dict[str, list[float]]]]:
    """Of hello and of an empty program, by engine; V8 where there is a Node."""
    (place / "start.js").write_text(START)
    out: dict[str, dict[str, dict[str, list[float]]]] = {"wasmtime": {}}
    for name, source in (("hello", 'fn main() { println!("Hello, world!"); }'), ("empty", "fn main() {}")):
        module = build_bytes(check_source(source), "release", names=False)
        out["wasmtime"][name] = start_up(module)
        if node is None:
            continue
        (place / "a.wasm").write_bytes(module)
        command = [node, str(place / "start.js"), str(place / "a.wasm")]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        out.setdefault("v8", {})[name] = {"all": [round(float(one), 3) for one in said[:2]]}
    return out


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ci.bench_compiled_rust", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="turns of all engines (default 3)")
    parser.add_argument("--wasm-rustc", help=f"a rustc with {WASM_TARGET} (default: the first on PATH that has it)")
    parser.add_argument("--start-up", action="store_true", help="measure start-up only; needs no rustc")
    parser.add_argument("--only", choices=sorted(programs()), action="append", help="measure this program only")
    given = parser.parse_args(arguments)
    rustc, node = shutil.which("rustc"), shutil.which("node")
    said = "milliseconds from bytes to result, least and median"
    if given.start_up:
        with tempfile.TemporaryDirectory() as directory:
            print(json.dumps({said: start_ups(node, Path(directory))}))
        return 0
    if rustc is None or node is None:
        print("counterproof: the benchmark needs rustc and node on PATH", file=sys.stderr)
        return 2
    peer = wasm_rustc(given.wasm_rustc)
    if peer is None:
        print(f"no rustc here has the library of {WASM_TARGET}: native code is the only peer", file=sys.stderr)
    else:
        print(json.dumps({"peer": subprocess.check_output([peer, "--version"], text=True).strip()}), flush=True)
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        for name, (source, argument) in programs().items():
            if (not given.only or name in given.only) and not compare(
                name, source, argument, given.rounds, rustc, peer, node, place
            ):
                return 1
        print(json.dumps({said: start_ups(node, place)}))
    return 0


def compare(
    name: str, source: str, argument: int, rounds: int, rustc: str, peer: str | None, node: str, place: Path
) -> bool:
    """Measure one program and print what was found; whether all gave the same result."""
    (place / "run.js").write_text(NODE)
    ours = build_bytes(check_source(source + "\nfn main() {}\n"), "freestanding", names=False)
    (place / "ours.wasm").write_bytes(ours)
    (place / "native.rs").write_text(source + MAIN)
    native = str(place / name)
    flags = ["--edition", "2021", "-C", "opt-level=3", "-A", "warnings"]
    subprocess.run([rustc, *flags, "-o", native, str(place / "native.rs")], check=True)
    modules = {"ours": ours}
    if peer is not None:
        (place / "peer.rs").write_text(source)
        made = place / "peer.wasm"
        library = ["--target", WASM_TARGET, "--crate-type", "cdylib", "-C", "panic=abort"]
        subprocess.run([peer, *flags, *library, "-o", str(made), str(place / "peer.rs")], check=True)
        modules["peer"] = made.read_bytes()
    least: dict[str, float] = {}
    results = set()
    for _ in range(rounds):
        found = {"native": outside([native, str(argument)])}
        for whose, module in modules.items():
            found[f"{whose} in wasmtime"] = in_wasmtime(module, argument)
            found[f"{whose} in v8"] = outside(
                [node, str(place / "run.js"), str(place / f"{whose}.wasm"), str(argument)]
            )
        for key, (seconds, result) in found.items():
            least[key] = min(least.get(key, seconds), seconds)
            results.add(result)
    said: dict[str, object] = {"program": name, "bytes": {whose: len(one) for whose, one in modules.items()}}
    said["seconds"] = {key: round(seconds, 4) for key, seconds in least.items()}
    engines = ("wasmtime", "v8")
    if peer is not None:
        said["against rustc -O3 in the same engine"] = {
            engine: round(least[f"ours in {engine}"] / least[f"peer in {engine}"], 2) for engine in engines
        }
    said["against native rustc -O3"] = {
        engine: round(least[f"ours in {engine}"] / least["native"], 2) for engine in engines
    }
    said["same result"] = len(results) == 1
    print(json.dumps(said), flush=True)
    return len(results) == 1


if __name__ == "__main__":
    sys.exit(main())
