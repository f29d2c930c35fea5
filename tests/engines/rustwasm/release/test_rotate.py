"""Loops that test at their end: one jump each time round, and the same result however often they run."""

from __future__ import annotations

import pytest

from engines.rustwasm.release.pipeline import optimise
from engines.rustwasm.wasm.module import Module
from engines.rustwasm.wasm.text import parse_module, print_module
from tests.wasm_function import exported

HEAD = '(memory 1) (func (export "f") (param i32) (result i32) (local $i i32) (local $sum i32)'
NEXT = "(local.set $sum (i32.xor (i32.sub (local.get $i) (i32.const 7)) (i32.mul (local.get $sum) (i32.const 3))))"
STEP = "(local.set $i (i32.add (local.get $i) (i32.const 1)))"
TEST = "(i32.lt_u (local.get $i) (local.get 0))"
INSIDE = f"(loop $l (if {TEST} (then {NEXT} {STEP} (br $l)))) (local.get $sum)"
LEAVING = f"(block $out (loop $l (br_if $out (i32.eqz {TEST})) {NEXT} {STEP} (br $l))) (local.get $sum)"
RETURNING = f"(loop $l (if (i32.eqz {TEST}) (then (return (local.get $sum)))) {NEXT} {STEP} (br $l)) (unreachable)"
OTHER_ARM = f"""(loop $l (if (i32.eqz {TEST}) (then (local.set $sum (i32.add (local.get $sum) (i32.const 9))))
  (else {NEXT} {STEP} (br $l)))) (local.get $sum)"""
CONTINUED = f"""(loop $l (if {TEST} (then {STEP} (br_if $l (i32.and (local.get $i) (i32.const 1))) {NEXT} (br $l))))
  (local.get $sum)"""
COUNTED = f"""(local.set $i (i32.const 0))
  (loop $l (if (i32.lt_u (local.get $i) (i32.const 7)) (then {NEXT} {STEP} (br $l)))) (local.get $sum)"""
BOTH_WAYS = f"(loop $l (if {TEST} (then {NEXT} {STEP} (br $l)) (else {STEP} (br_if $l {TEST})))) (local.get $sum)"


def words(made: Module) -> list[str]:
    return print_module(made).split()


@pytest.mark.parametrize("body", [INSIDE, LEAVING, RETURNING, OTHER_ARM, CONTINUED, COUNTED, BOTH_WAYS])
def test_a_loop_does_the_same_when_it_tests_last(body: str) -> None:
    made = parse_module(f"(module {HEAD} {body}))")
    better, _ = optimise(made)
    assert words(better).count("loop") == 1
    for argument in (0, 1, 2, 3, 10, 17):
        assert exported(better)(argument) == exported(made)(argument)


@pytest.mark.parametrize("body", [INSIDE, LEAVING, RETURNING, OTHER_ARM, CONTINUED, COUNTED])
def test_a_loop_has_one_jump_each_time_round(body: str) -> None:
    better, _ = optimise(parse_module(f"(module {HEAD} {body}))"))
    assert "br" not in words(better)


def test_a_loop_that_runs_at_least_once_is_not_tested_before() -> None:
    better, _ = optimise(parse_module(f"(module {HEAD} {COUNTED}))"))
    assert "if" not in words(better)
    assert words(better).count("i32.lt_u") == 1


@pytest.mark.parametrize(
    "within", ["(call 0 (local.get $i)) drop", "(loop $m (br_if $m (i32.load (local.get $i))))"], ids=["call", "loop"]
)
def test_only_innermost_loops_without_calls_turn_round(within: str) -> None:
    body = f"(loop $l (if {TEST} (then {within} {NEXT} {STEP} (br $l)))) (local.get $sum)"
    better, _ = optimise(parse_module(f"(module {HEAD} {body}))"))
    assert "br" in words(better)


def test_a_long_test_is_not_worth_a_second_one() -> None:
    test = "(i32.lt_u (i32.mul (i32.load (local.get $i)) (i32.load offset=4 (local.get $i))) (local.get 0))"
    body = f"(loop $l (if {test} (then {NEXT} {STEP} (br $l)))) (local.get $sum)"
    better, _ = optimise(parse_module(f"(module {HEAD} {body}))"))
    assert words(better).count("i32.mul") == 2  # NEXT has one
