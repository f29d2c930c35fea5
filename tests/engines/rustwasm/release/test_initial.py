"""Runs of constant stores: what becomes a copy of a segment, and that memory is the same afterwards."""

from __future__ import annotations

import pytest
import wasmtime

from engines.rustwasm.release.pipeline import optimise
from engines.rustwasm.wasm.binary.encoder import encode
from engines.rustwasm.wasm.module import Module
from engines.rustwasm.wasm.text import parse_module, print_module


def module(stores: str) -> Module:
    return parse_module(
        f'(module (memory (export "m") 1) (data (i32.const 100) "\\01\\02") (func (export "f") (param i32) {stores}))'
    )


def memory(made: Module) -> bytes:
    store = wasmtime.Store()
    exports = wasmtime.Instance(store, wasmtime.Module(store.engine, encode(made)), []).exports(store)
    function, held = exports["f"], exports["m"]
    assert isinstance(function, wasmtime.Func)
    assert isinstance(held, wasmtime.Memory)
    function(store, 64)
    return bytes(held.read(store, 0, 512))


DOUBLES = " ".join(f"(f64.store offset={8 * i} (local.get 0) (f64.const {i}.75))" for i in range(2, 9))
ZEROS = " ".join(f"(f64.store offset={8 * i} (local.get 0) (f64.const 0))" for i in range(4))
MIXED = "(i32.store8 offset=80 (local.get 0) (i32.const 300)) (i32.store16 offset=81 (local.get 0) (i32.const -2))"
OVER = "(f64.store offset=24 (local.get 0) (f64.const 5))"


@pytest.mark.parametrize("stores", [DOUBLES, ZEROS + DOUBLES, DOUBLES + MIXED, DOUBLES + OVER, MIXED + DOUBLES + ZEROS])
def test_constants_come_from_a_segment(stores: str) -> None:
    made = module(stores)
    better, _ = optimise(made, "stack")
    assert "memory.init" in print_module(better)
    assert len(encode(better)) < len(encode(made))
    assert memory(better) == memory(made)


def test_what_is_in_between_ends_a_run() -> None:
    made = module(OVER + "(i32.store (i32.const 200) (i32.load offset=24 (local.get 0)))" + MIXED)
    better, _ = optimise(made, "stack")
    assert "memory.init" not in print_module(better)
    assert memory(better) == memory(made)


@pytest.mark.parametrize("width", [1, 2, 4, 8])
@pytest.mark.parametrize("fill", [0, 1, 0xFE])
def test_bytes_as_many_as_a_number_has_are_one_store(width: int, fill: int) -> None:
    stores = " ".join(
        f"(i32.store8 offset={i + 3} (local.get 0) (i32.const {fill - i if fill else 0}))" for i in range(width)
    )
    made = module(stores)
    better, _ = optimise(made, "stack")
    assert print_module(better).count("store") == 1
    assert "memory.fill" not in print_module(better)
    assert memory(better) == memory(made)
