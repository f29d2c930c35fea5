"""What compiling goes through: operations, shapes and forms of a program written here, and sums over programs."""

from __future__ import annotations

import pytest

from engines.vm.isa.riscv64.coding import assemble
from fuzz.strategies.riscv64 import generate
from harness.contract import MachineBatch
from harness.subjects.translation import Translation, possible_shapes, translation_of


def _compiled(*lines: str) -> Translation:
    """Of a program that begins where a generated one did."""
    batch = generate(1, 0, 1, "short")
    code = assemble("\n".join(lines))
    case = batch.case(0)
    assert len(code) <= 256
    whole = type(case)(**{**{name: getattr(case, name) for name in case.__dataclass_fields__}, "code": code})
    return translation_of(MachineBatch.of([whole]))


def test_a_program_written_here_is_counted_exactly() -> None:
    found = _compiled("add a0, a1, a2", "ld a3, 8(a0)", "bne a0, a3, -8", "c.ebreak")
    assert found.shapes["2+ branch to itself, loads"] == 1
    assert found.operations["branch"] == 1 and found.operations["add.i64"] >= 1 and found.operations["load.i64"] == 1
    assert "mul.i64" in found.missing_operations() and "add.i64" not in found.missing_operations()
    assert any(form.startswith("ld ") for form in found.forms["riscv64"])
    assert any(form.startswith("ldr ") for form in found.forms["arm64"])
    assert any(form.startswith("mov r64, m64") for form in found.forms["x86_64"])


def test_a_program_that_only_the_interpreter_runs_is_refused_with_the_reason() -> None:
    found = _compiled("c.ebreak")
    assert not found.operations and set(found.refused.values()) == {1} and len(found.refused) == 3


@pytest.mark.evidence("HX-09")
def test_generated_programs_reach_what_there_is_and_name_the_rest() -> None:
    one, other = (translation_of(generate(7, 24 * n, 24, profile)) for n, profile in enumerate(("default", "jit")))
    both = one + other
    assert both.shapes == one.shapes + other.shapes
    assert set(both.shapes) <= set(possible_shapes())
    for name, (met, possible) in both.figures().items():
        never = both.missing_operations() if name == "IR operations" else both.missing_shapes()
        assert met + len(never) == possible and met > possible // 3
    for host, forms in both.forms.items():
        assert len(forms) > 60 and not any(form.startswith("?") for form in forms)
        assert all(" (" in form for form in both.rare_forms(host))
