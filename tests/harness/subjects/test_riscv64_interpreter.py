"""The native interpreter as an executor: what it does before the first case."""

from __future__ import annotations

from contextlib import closing

import pytest

from engines.vm.tiers.interpreter import build
from fuzz.strategies.riscv64 import generate
from harness.contract import End
from harness.subjects.riscv64_interpreter import InterpreterExecutor


def test_no_case_pays_for_building_the_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that built it in its first case answered TIMEOUT on a busy machine."""
    with closing(InterpreterExecutor()) as executor:

        def built(cache: object = None, *, has_vectors: bool = False) -> build.Interpreter:
            raise AssertionError("the first case builds the interpreter")

        monkeypatch.setattr(build, "interpreter", built)
        seen = executor.run_batch(generate(1, 0, 4, "short"))
    assert (seen.end == End.TRAP).all()
