"""The assembler: known encodings from the manual, linking at an address, and refusals."""

from __future__ import annotations

import pytest

from oracles.llvm_assembler import AssemblyError, assemble_riscv64, assemble_riscv64_with_symbols


def test_encodings_as_the_manual_prints_them() -> None:
    assert assemble_riscv64("addi x1, x2, 3") == (0x00310093).to_bytes(4, "little")
    assert assemble_riscv64("c.nop\nebreak") == bytes.fromhex("0100") + (0x9002).to_bytes(2, "little")
    assert assemble_riscv64("ebreak", features="rv64i") == (0x00100073).to_bytes(4, "little")


def test_labels_resolve_at_the_base() -> None:
    built = assemble_riscv64_with_symbols("nop\nhere: j here\n.dword here", base=0x8800_0000, features="rv64i")
    assert built.symbols["here"] == 0x8800_0004
    assert built.code[4:8] == (0x0000006F).to_bytes(4, "little")
    assert built.code[8:] == (0x8800_0004).to_bytes(8, "little")


@pytest.mark.parametrize("text", ["bogus x1", "addi x1, x2, 5000", "j nowhere", "fadd.d f0, f1"])
def test_what_llvm_refuses_is_an_error_with_its_words(text: str) -> None:
    with pytest.raises(AssemblyError, match=r"error"):
        assemble_riscv64(text)


def test_an_extension_that_is_off_is_refused() -> None:
    assert assemble_riscv64("mul x1, x2, x3", features="rv64im")
    with pytest.raises(AssemblyError):
        assemble_riscv64("mul x1, x2, x3", features="rv64i")
