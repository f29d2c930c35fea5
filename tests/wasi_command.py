"""A WebAssembly module that is a command of WASI preview 1, run in Wasmtime in this process."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import wasmtime

FUEL: Final = 2_000_000_000
"""A command that does not end traps."""


@cache
def _engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    config.consume_fuel = True
    return wasmtime.Engine(config)


def started(module: bytes, directory: Path) -> tuple[int, bytes, bytes]:
    """Exit status, standard output and standard error, by way of files in `directory`."""
    linker = wasmtime.Linker(_engine())
    linker.define_wasi()
    store = wasmtime.Store(_engine())
    store.set_fuel(FUEL)
    wasi = wasmtime.WasiConfig()
    wasi.stdout_file = str(directory / "out")
    wasi.stderr_file = str(directory / "err")
    store.set_wasi(wasi)
    start = linker.instantiate(store, wasmtime.Module(_engine(), module)).exports(store)["_start"]
    assert isinstance(start, wasmtime.Func)
    status = 0
    try:
        start(store)
    except wasmtime.ExitTrap as left:
        status = left.code
    return status, (directory / "out").read_bytes(), (directory / "err").read_bytes()
