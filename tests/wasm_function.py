"""A function that a WebAssembly module exports, called in Wasmtime in this process."""

from __future__ import annotations

from collections.abc import Callable

import wasmtime

from engines.rustwasm.wasm.binary.encoder import encode
from engines.rustwasm.wasm.module import Module


def exported(module: Module | bytes, name: str = "f") -> Callable[..., int]:
    """The function `name` of an instance of its own, which may import WASI preview 1: integers to an integer."""
    store = wasmtime.Store()
    linker = wasmtime.Linker(store.engine)
    linker.define_wasi()
    store.set_wasi(wasmtime.WasiConfig())
    content = module if isinstance(module, bytes) else encode(module)
    function = linker.instantiate(store, wasmtime.Module(store.engine, content)).exports(store)[name]
    assert isinstance(function, wasmtime.Func)

    def call(*arguments: int) -> int:
        result = function(store, *arguments)
        assert isinstance(result, int)
        return result

    return call
