"""Modules are at most three times as large as what clang -Oz makes of the same program in C (requirement P1)."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from ci.bench_compiled_rust import programs
from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build_bytes
from tests.wasi_command import started
from tests.wasm_function import exported

C_SOURCES = Path(__file__).with_name("c")
MOST = 3.0
MASK = 0xFFFFFFFF
HELLO = 'fn main() { println!("Hello, world!"); }'

pytestmark = pytest.mark.skipif(importlib.util.find_spec("ziglang") is None, reason="ziglang is not installed")


def by_clang(name: str, directory: Path, *flags: str) -> bytes:
    """The module of `c/NAME.c`, for WASI preview 1, without symbols."""
    module = directory / f"{name}.wasm"
    command = [sys.executable, "-m", "ziglang", "cc", "-target", "wasm32-wasi", "-Oz", "-s", *flags]
    subprocess.run([*command, str(C_SOURCES / f"{name}.c"), "-o", str(module)], check=True, timeout=300)
    return module.read_bytes()


@pytest.mark.evidence("P1")
@pytest.mark.parametrize(("name", "argument"), [("fib", 15), ("sieve", 2_000), ("nbody", 200), ("trees", 2)])
def test_a_function_is_at_most_three_times_its_twin_in_c(name: str, argument: int, tmp_path: Path) -> None:
    theirs = by_clang(name, tmp_path, "-mexec-model=reactor", "-Wl,--export=work")
    ours = build_bytes(check_source(programs()[name][0] + "\nfn main() {}\n"), "release", names=False)
    assert exported(ours, "work")(argument) & MASK == exported(theirs, "work")(argument) & MASK
    assert len(ours) <= MOST * len(theirs)


@pytest.mark.evidence("P1")
def test_hello_is_at_most_three_times_its_twin_in_c_and_below_1500_bytes(tmp_path: Path) -> None:
    theirs = by_clang("hello", tmp_path)
    ours = build_bytes(check_source(HELLO), "release", names=False)
    assert started(ours, tmp_path) == started(theirs, tmp_path) == (0, b"Hello, world!\n", b"")
    assert len(ours) <= min(MOST * len(theirs), 1_500)
