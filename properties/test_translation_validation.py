"""HX-13 on a small budget; `tox -e diff-jit` runs it longer."""

from __future__ import annotations

import pytest

from engines.vm.ir.ops import OPCODE
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.lift.riscv64 import Lifter
from engines.vm.smt.proofs import Outcome
from properties.translation_validation import Validation, examine, main, validate


@pytest.mark.evidence("HX-13")
def test_a_sample_of_blocks_is_proved() -> None:
    found = validate(0, seed=2, least_blocks=20)
    assert not found.refutations, found.refutations[0].detail + "\n" + found.refutations[0].listing
    assert found.blocks == 20 and found.count(Outcome.PROVED) >= 60
    assert found.count(Outcome.UNDECIDED) <= found.count(Outcome.PROVED) // 20


@pytest.mark.evidence("HX-13")
def test_a_mistranslated_block_is_refuted_with_a_counterexample() -> None:
    code = assemble("add a0, a1, a2\nret", 0x1000)
    block = Lifter().block(code, 0x1000)
    wrong = block.with_code([(OPCODE["sub.i64"], *i[1:]) if i[0] == OPCODE["add.i64"] else i for i in block.code])
    result = Validation()
    examine(code, wrong, result)
    (refutation,) = result.refutations
    assert refutation.step == "lifting" and "slot10: " in refutation.detail
    assert "add a0, a1, a2" in refutation.listing and "sub.i64" in refutation.listing


def test_the_command_reports(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seconds", "0.1", "--insns", "3"]) == 0
    assert "proved" in capsys.readouterr().out
