"""Every witness against a disassembler is shown on the live tool; what is right is so by LLVM's assembler, too."""

from __future__ import annotations

from dataclasses import replace

import capstone
import pytest

from engines.vm.isa.riscv64.coding import decode
from oracles.errata.disassemblers import DisassemblerDefect, load_disassembler_defects
from oracles.llvm_assembler import AssemblerUnavailableError, assemble_riscv64

DEFECTS = load_disassembler_defects()


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.id)
def test_the_tool_still_shows_it(defect: DisassemblerDefect) -> None:
    assert defect.tool == "capstone"
    if not defect.concerns(capstone.__version__):
        pytest.skip(f"capstone {capstone.__version__} is not among its versions: check the record")
    assert defect.reproduces()
    for witness in defect.witnesses:
        assert (decode(witness.word) is not None) == bool(witness.right), "our tables say what the record says is right"


def test_another_answer_does_not_reproduce() -> None:
    for defect in DEFECTS:
        first, *others = defect.witnesses
        assert not replace(defect, witnesses=(*others, replace(first, answer="fence.tso"))).reproduces()


def test_where_there_is_assembly_for_it_llvm_makes_the_word() -> None:
    """A fence with reserved fields has no assembly; all others have."""
    checked = 0
    for defect in DEFECTS:
        for witness in defect.witnesses:
            if witness.right.startswith("fence"):
                continue
            try:
                code = assemble_riscv64(witness.right)
            except AssemblerUnavailableError as error:
                pytest.skip(str(error))
            assert int.from_bytes(code, "little") == witness.word
            checked += 1
    assert checked >= 4


def test_ids_are_unique() -> None:
    assert len({defect.id for defect in DEFECTS}) == len(DEFECTS) >= 4
