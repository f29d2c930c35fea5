"""What a module exports, read by wasmtime: JavaScript does not tell the types of functions and globals."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import wasmtime


@dataclass(frozen=True)
class Interface:
    """Exported functions with their result types, and exported memories and numeric globals with `memory` or a type."""

    functions: dict[str, tuple[str, ...]]
    state: tuple[tuple[str, str], ...]


@functools.cache
def _engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    config.wasm_threads = False
    config.parallel_compilation = False  # a fork has none of the threads that compile
    return wasmtime.Engine(config)


def interface(module: bytes) -> Interface | None:
    """The exports of a module, or `None` where wasmtime does not accept it."""
    try:
        exports = wasmtime.Module(_engine(), module).exports
    except wasmtime.WasmtimeError:
        return None
    functions: dict[str, tuple[str, ...]] = {}
    state = []
    for export in exports:
        kind = export.type
        if isinstance(kind, wasmtime.FuncType):
            functions[export.name] = tuple(str(one) for one in kind.results)
        elif isinstance(kind, wasmtime.MemoryType):
            state.append((export.name, "memory"))
        elif isinstance(kind, wasmtime.GlobalType) and str(kind.content) in ("i32", "i64", "f32", "f64"):
            state.append((export.name, str(kind.content)))
    return Interface(functions, tuple(state))
