"""Operands are evaluated from left to right, each read when its turn comes (The Rust Reference, "Evaluation order of
operands"): what a program prints on the way is what a small evaluator of those rules says."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.compilation import check_source
from engines.rustwasm.mir.interpreter import run_program
from fuzz.strategies.rust.generate import generate_dense
from fuzz.strategies.rust.operand_places import Access
from fuzz.strategies.rust.operand_terms import Term
from fuzz.strategies.rust.operands import Operands, operands
from fuzz.strategies.rust.scene import Scene
from fuzz.strategies.wasm.choices import CHOICE_LIMIT, ChoiceSequence


class Traced(Operands):
    """Every operand says when it is evaluated, but those that only read a variable: what is further right changes
    them."""

    def number(self, access: Access, depth: int) -> Term:
        one = super().number(access, depth)
        return one if one.bare or one.text.isdigit() else self.told(one)


def _traced(scene: Scene) -> None:
    operands(scene, Traced)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, CHOICE_LIMIT - 1), min_size=8, max_size=120), st.integers(0, 1 << 32))
def test_operands_are_read_and_changed_from_left_to_right(given: list[int], seed: int) -> None:
    program = generate_dense(ChoiceSequence(given, seed), _traced, 1)
    compilation = check_source(program.source)
    assert not compilation.diagnostics.has_errors, program.source
    status, output, errors = run_program(compilation)
    assert (status, output.decode(), errors) == (0, program.stdout, b""), program.source
