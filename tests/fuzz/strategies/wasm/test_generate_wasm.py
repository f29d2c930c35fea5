"""The module generator: valid, reproducible, total over choices, and eventually every operation."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.wasm.binary import decode
from engines.rustwasm.wasm.ops import OPERATIONS
from engines.rustwasm.wasm.validate import validate
from fuzz.strategies.wasm import ChoiceSequence, generate_module

NEVER = frozenset(
    name
    for name in OPERATIONS
    if "relaxed" in name
    or name.startswith(("table.", "return_call", "any.", "extern."))
    or name
    in {
        "unreachable", "nop", "throw_ref", "br", "return", "select_typed", "memory.size", "memory.grow", "data.drop",
        "elem.drop", "ref.as_non_null", "br_on_null", "br_on_non_null", "br_on_cast", "br_on_cast_fail",
        "array.new_elem", "array.init_data", "array.init_elem",
    }
    or ("_lane" in name and ("load" in name or "store" in name))
)  # fmt: skip
"""What this generator leaves to mutants: limits of engines, and operations whose place is the compiler's own output."""


def test_modules_are_valid_and_use_every_operation_they_should() -> None:
    seen: Counter[str] = Counter()
    for seed in range(900):
        generated = generate_module(ChoiceSequence(seed=seed))
        module = decode(generated.binary)
        validate(module)
        seen.update(one[0] for function in module.functions for one in function.body)
    assert set(OPERATIONS) - set(seen) == NEVER


def test_a_seed_means_one_module() -> None:
    first, again = (generate_module(ChoiceSequence(seed=7)) for _ in range(2))
    assert first == again
    assert generate_module(ChoiceSequence(given=first.choices)) == first
    assert generate_module(ChoiceSequence(seed=8)).binary != first.binary


@given(st.lists(st.integers(0, (1 << 32) - 1), max_size=200))
@settings(deadline=None)
def test_every_choice_sequence_means_a_valid_module(choices: list[int]) -> None:
    generated = generate_module(ChoiceSequence(given=choices))
    validate(decode(generated.binary))
    assert generated.calls


def test_no_choices_mean_the_smallest_module() -> None:
    smallest = generate_module(ChoiceSequence())
    assert all(len(generate_module(ChoiceSequence(seed=seed)).binary) >= len(smallest.binary) for seed in range(50))
