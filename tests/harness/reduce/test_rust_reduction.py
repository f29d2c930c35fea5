"""Rust programs get small: what is left compiles, still fails, and has ten lines at most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.mir import operators
from engines.rustwasm.mir.interpreter import Interpreter
from fuzz.strategies.rust import generate_program
from fuzz.strategies.wasm import ChoiceSequence
from harness.campaign.rust_reduction import reduced
from harness.campaign.rust_runs import RustRunner
from harness.reduce.rust import compiles, reduce_rust
from harness.registry import create
from harness.subjects.rustwasm_program import Build, CompiledProgram


def program_with(text: str, seed: int = 1, statements: int = 20) -> str:
    while True:
        program = generate_program(ChoiceSequence(seed=seed), statements)
        if text in program.source.partition("fn main() {")[2]:
            return program.source
        seed += 1


def prints(text: bytes) -> Callable[[str], bool]:
    return lambda source: text in CompiledProgram(source).interpret(fuel=100_000).stdout


@pytest.mark.parametrize(
    ("needle", "fails", "most"),
    [
        ("noisy(", prints(b"drop "), 10),
        (".swap(", lambda source: ".swap(" in source, 4),
        ("describe(Shape::Named", lambda source: "Shape::Named {" in source.partition("fn main")[2], 8),
        ("move ||", lambda source: "move ||" in source, 3),
        ("sum_checked(", lambda source: "?" in source, 10),
    ],
)
def test_programs_get_small(needle: str, fails: Callable[[str], bool], most: int) -> None:
    source = program_with(needle)
    result = reduce_rust(source, fails)
    assert compiles(result.source) and fails(result.source)
    assert result.lines <= most, result.source


@settings(deadline=None, max_examples=6)
@given(st.integers(0, 10_000))
def test_what_is_left_compiles_and_fails(seed: int) -> None:
    source = generate_program(ChoiceSequence(seed=seed), 5).source
    asked = []

    def fails(candidate: str) -> bool:
        asked.append(candidate)
        return "fn largest" in candidate

    result = reduce_rust(source, fails, 40)
    assert all(map(compiles, asked))
    assert result.source in asked and "fn largest" in result.source and result.tries <= 40


def test_what_does_not_fail_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fail"):
        reduce_rust("fn main() {}\n", lambda source: False)
    with pytest.raises(ValueError, match="does not compile"):
        reduce_rust("fn main() { x }\n", lambda source: True)


def planted_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    """The interpreter computes `^` as `|`."""
    original: Any = operators.binary

    def binary(op: str, *rest: Any) -> Any:
        return original("or" if op == "xor" else op, *rest)

    monkeypatch.setattr("engines.rustwasm.mir.interpreter.binary", binary)


def planted_drop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The interpreter drops nothing."""
    monkeypatch.setattr(Interpreter, "drop_slot", lambda self, container, key, one: None)


@pytest.mark.parametrize("plant", [planted_operator, planted_drop])
def test_a_planted_bug_becomes_a_few_lines(plant: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    engine = create("wasmtime", isolated=False)
    runner = RustRunner((Build(),), [engine])
    plant(monkeypatch)
    for seed in range(60):
        program = generate_program(ChoiceSequence(seed=seed), 8)
        found = [] if program.items else list(runner.examine(program, f"seed {seed}"))
        if found:  # types stay where a value of them shows the bug, so the program has none beside the prelude's
            break
    (one,) = found
    assert (one.engine, one.build) == ("mir", "dev")
    small = reduced(one, runner, found)
    assert small.reduced and len(small.reduced.splitlines()) <= 10, small.reduced
    monkeypatch.undo()
    assert not list(runner.examine(program, ""))
