"""Parameters and results that say nothing go, and functions still do the same."""

from __future__ import annotations

import pytest

from engines.rustwasm.release import inline
from engines.rustwasm.release.pipeline import optimise
from engines.rustwasm.wasm.module import Module
from engines.rustwasm.wasm.text import parse_module, print_module
from tests.wasm_function import exported

BODY = "(i32.store (local.get 0) (i32.mul (i32.add (local.get 0) (local.get 1)) (i32.load offset=4 (local.get 0))))"


def module(callee: str, caller: str) -> Module:
    return parse_module(
        f'(module (memory (export "m") 1) (func $f {callee}) (func (export "g") (param i32) (result i32) {caller}'
        " (i32.load (local.get 0))))"
    )


def called(made: Module, argument: int) -> int:
    return exported(made, "g")(argument)


@pytest.mark.parametrize(
    ("callee", "caller", "signature"),
    [
        (
            f"(param i32 i32) (result i32) {BODY} (i32.const 0)",
            "(if (call $f (local.get 0) (i32.const 7)) (then unreachable))"
            " (if (call $f (i32.const 8) (i32.const 7)) (then unreachable))",
            "(param i32)",
        ),
        (
            f"(param i32 i32 i32) {BODY}",
            "(call $f (local.get 0) (i32.const 1) (local.get 0)) (call $f (i32.const 8) (i32.const 2) (i32.const 3))",
            "(param i32 i32)",
        ),
        (
            f"(param i32 i32) (result i32) {BODY} (i32.load (local.get 1))",
            "(drop (call $f (local.get 0) (i32.const 12))) (drop (call $f (i32.const 8) (i32.const 4)))",
            "(param i32 i32)",
        ),
        (
            f"(param i32 i32) (result i32) {BODY} (i32.load (local.get 1))",
            "(if (call $f (local.get 0) (i32.const 12)) (then (drop (call $f (i32.const 8) (i32.const 4)))))",
            "(param i32 i32) (result i32)",
        ),
    ],
)
def test_what_says_nothing_goes(callee: str, caller: str, signature: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inline, "SMALL", 0)
    made = module(callee, caller)
    better, _ = optimise(made)
    text = print_module(better)
    assert any(line.strip().startswith("(func") and line.strip().endswith(signature) for line in text.splitlines())
    for argument in (0, 4, 8, 16):
        assert called(better, argument) == called(made, argument)


def test_functions_in_a_table_keep_what_they_take() -> None:
    made = parse_module(
        "(module (table 1 funcref) (elem (i32.const 0) $f) (func $f (param i32 i32) (result i32) (local.get 0))"
        ' (func (export "g") (param i32) (result i32) (call_indirect (param i32 i32) (result i32)'
        " (call $f (local.get 0) (i32.const 1)) (i32.const 2) (i32.const 0))))"
    )
    better, _ = optimise(made)
    assert called(better, 5) == 5
