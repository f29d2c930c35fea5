"""Every operator at extreme operands: right in our compiler, and an operator that is another shows."""

from __future__ import annotations

import os

import pytest

from fuzz.sabotage import BUGS
from fuzz.strategies.rust.operators import amounts, operands, operators
from fuzz.strategies.rust.scene import INTEGERS
from harness.campaign.rust_runs import RustRunner
from harness.registry import create
from harness.subjects.rustwasm_program import Build


def divergences(type_: str) -> int:
    engine = create("wasmtime", isolated=False)
    return len(list(RustRunner([Build()], [engine]).examine(operators(type_))))


@pytest.mark.parametrize("type_", INTEGERS)
def test_operands_reach_both_ends_and_pass_the_middle(type_: str) -> None:
    bits, signed = INTEGERS[type_]
    values = operands(type_)
    assert len(set(values)) == len(values)
    assert min(values) == (-(1 << bits - 1) if signed else 0)
    assert max(values) == (1 << bits - signed) - 1
    assert {(1 << bits - 1) - 1, -(1 << bits - 1) if signed else 1 << bits - 1} <= set(values)
    assert max(amounts(type_)) == bits - 1


@pytest.mark.parametrize("type_", ["i8", "u64", "i128"])
def test_our_compiler_prints_what_the_model_says(type_: str) -> None:
    assert divergences(type_) == 0


@pytest.mark.parametrize(("bug", "type_"), [("rust-lowers-i32-div-u-as-i32-div-s", "u32")])
def test_an_operator_that_is_another_shows(bug: str, type_: str) -> None:
    child = os.fork()
    if not child:
        status = 1
        try:
            BUGS[bug].inject()
            status = 0 if divergences(type_) else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
