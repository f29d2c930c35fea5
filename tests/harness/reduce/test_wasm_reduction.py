"""Reducing Wasm cases: what must be reached."""

from __future__ import annotations

import pytest

from engines.rustwasm.wasm.binary import decode
from engines.rustwasm.wasm.module import Instruction
from engines.rustwasm.wasm.types import FunctionType
from engines.rustwasm.wasm.validate import validate
from fuzz.strategies.wasm import ChoiceSequence, generate_module
from harness.contract import WasmCase
from harness.reduce.wasm import reduce_wasm


def instructions(case: WasmCase) -> list[Instruction]:
    return [one for function in decode(case.module).functions for one in function.body]


def with_operation(name: str) -> WasmCase:
    for seed in range(500):
        generated = generate_module(ChoiceSequence(seed=seed))
        case = WasmCase(generated.binary, generated.calls)
        if name in {one[0] for one in instructions(case)}:
            return case
    raise AssertionError(f"no module with {name}")


@pytest.mark.parametrize("name", ["i32.rem_s", "struct.get", "call", "f64.sqrt", "br_table", "try_table"])
def test_little_more_than_the_guilty_operation_is_left(name: str) -> None:
    case = with_operation(name)
    reduced = reduce_wasm(case, lambda one: any(i[0] == name for i in instructions(one)))
    validate(decode(reduced.module))
    types = [one.composite for one in decode(reduced.module).defined_types()]
    results = sum(len(one.results) for one in types if isinstance(one, FunctionType))
    assert len(instructions(reduced)) <= 8 + results
    assert len(reduced.calls) == 1


def test_the_number_of_tries_is_a_limit() -> None:
    asked = []

    def fails(case: WasmCase) -> bool:
        asked.append(case)
        return True

    reduce_wasm(with_operation("i32.add"), fails, tries=3)
    assert len(asked) <= 4


def test_a_case_that_does_not_fail_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fail"):
        reduce_wasm(with_operation("i32.add"), lambda case: False)
