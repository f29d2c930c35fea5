"""Calls of a function by itself in last place: what becomes a loop gives the same, however deep."""

from __future__ import annotations

import pytest

from engines.rustwasm.release.pipeline import optimise
from engines.rustwasm.wasm.text import parse_module, print_module
from tests.wasm_function import exported

FIB = """(func $f (export "f") (param i32) (result i32)
  (if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (local.get 0)) (else (i32.add
    (call $f (i32.sub (local.get 0) (i32.const 1))) (call $f (i32.sub (local.get 0) (i32.const 2)))))))"""
SUM = """(func $f (export "f") (param i32) (result i32)
  (if (i32.eqz (local.get 0)) (then (return (i32.const 7))))
  (i32.add (call $f (i32.sub (local.get 0) (i32.const 1))) (local.get 0)))"""
PRODUCT = """(func $f (export "f") (param i32) (result i32)
  (if (i32.lt_u (local.get 0) (i32.const 2)) (then (return (i32.const 1))))
  (i32.mul (local.get 0) (call $f (i32.sub (local.get 0) (i32.const 1)))))"""
MIXED = """(func $f (export "f") (param i32) (result i32)
  (if (i32.lt_u (local.get 0) (i32.const 2)) (then (return (local.get 0))))
  (if (i32.and (local.get 0) (i32.const 1))
    (then (return (i32.add (local.get 0) (call $f (i32.sub (local.get 0) (i32.const 1)))))))
  (i32.mul (i32.const 3) (call $f (i32.sub (local.get 0) (i32.const 1)))))"""
LOCALS = """(func $f (export "f") (param i32) (result i32) (local i32)
  (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
  (local.set 1 (i32.add (local.get 1) (i32.const 5)))
  (i32.xor (local.get 1) (call $f (i32.sub (local.get 0) (i32.const 1)))))"""


@pytest.mark.parametrize(("text", "calls"), [(FIB, 1), (SUM, 0), (PRODUCT, 0), (MIXED, 2), (LOCALS, 0)])
def test_calls_in_last_place_become_a_loop(text: str, calls: int) -> None:
    made = parse_module(f"(module {text})")
    better, _ = optimise(made)
    assert print_module(better).count("call ") == calls
    for argument in (0, 1, 2, 3, 10, 17):
        assert exported(better)(argument) == exported(made)(argument)


def test_a_loop_needs_no_stack() -> None:
    made, _ = optimise(parse_module(f"(module {SUM})"))
    assert exported(made)(1_000_000) == (7 + 1_000_000 * 1_000_001 // 2 + (1 << 31)) % (1 << 32) - (1 << 31)


def test_a_call_that_something_follows_stays() -> None:
    text = """(memory 1) (func $f (export "f") (param i32) (result i32)
      (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
      (i32.add (call $f (i32.sub (local.get 0) (i32.const 1))) (i32.load8_u (local.get 0))))"""
    better, _ = optimise(parse_module(f"(module {text})"))
    assert "call " in print_module(better)
