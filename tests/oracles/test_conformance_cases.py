"""The table of expectations: its encodings are what its assembly says, as capstone reads them."""

from __future__ import annotations

import re

import pytest

from harness.contract.layout import CODE_BASE
from oracles.conformance_cases import EBREAK, Expectation, _parse, expectations, trap_values

SYNONYMS = {
    "jr": "jalr", "nop": "addi", "csrr": "csrrs", "csrw": "csrrw", "csrwi": "csrrwi", "not": "xori", "sext.w": "addiw",
    "fmv.w.x": "fmv.w.x", "fsflags": "csrrw", "rdcycle": "csrrs", "frcsr": "csrrs", "fscsr": "csrrw", "frrm": "csrrs",
    "frflags": "csrrs", "fsrmi": "csrrwi", "fsrm": "csrrw", "fmv.s": "fsgnj.s", "negw": "subw", "neg": "sub",
    "j": "jal",
    "fsflagsi": "csrrwi", "li": "addi", "mv": "addi", "c.nop": "c.nop", "ret": "jalr", "bgez": "bge", "beqz": "beq",
}  # fmt: skip


def mnemonics(code: bytes) -> list[str]:
    from capstone import CS_ARCH_RISCV, CS_MODE_RISCV64, CS_MODE_RISCVC, Cs

    disassembler = Cs(CS_ARCH_RISCV, CS_MODE_RISCV64 | CS_MODE_RISCVC)
    return [instruction.mnemonic for instruction in disassembler.disasm(code, 0)]


def plain(mnemonic: str) -> str:
    short = re.sub(r"\.(aq|rl|aqrl)$", "", mnemonic)
    return SYNONYMS.get(short, short)


LEGAL = [e for e in expectations() if ".insn" not in e.assembly and e.assembly != "csrr a0, 0x8ff"]


@pytest.mark.parametrize("expectation", LEGAL, ids=lambda e: e.name)
def test_the_words_are_what_the_assembly_says(expectation: Expectation) -> None:
    written = [plain(part.split()[0]) for part in expectation.assembly.split("; ")]
    read = [plain(mnemonic) for mnemonic in mnemonics(expectation.code)]
    assert read == written


def test_names_are_unique_and_every_extension_is_there() -> None:
    names = [e.name for e in expectations()]
    assert len(set(names)) == len(names)
    assert {e.extension for e in expectations()} == {"I", "M", "A", "F", "D", "C", "Zicsr", "Zifencei"}


def test_a_row_becomes_a_case_and_an_observation() -> None:
    row = ["a name", "jal ra, .+8", "0080006f", "x11=ff @90002010=0102", "x1=+4 pc=+8 retired=1 @90002011=ff"]
    expectation = _parse("I", row)
    case = expectation.case(CODE_BASE + 0x1000)
    assert case.code == bytes.fromhex("6f008000") + EBREAK
    assert int(case.state["x"][11]) == 0xFF
    assert case.memory[0x10:0x12] == b"\x01\x02"
    right = expectation.right(case)
    assert int(right.state["x"][1]) == CODE_BASE + 0x1004
    assert int(right.state["pc"]) == CODE_BASE + 0x1008
    assert right.memory[0x10:0x12] == b"\x01\xff"
    assert trap_values(right) == {0, CODE_BASE + 0x1008}


@pytest.mark.parametrize(
    "row",
    [
        ["too short", "nop", "00000013", ""],
        ["no number", "nop", "xyz", "", ""],
        ["no token", "nop", "00000013", "x10", ""],
    ],
)
def test_a_bad_row_is_named(row: list[str]) -> None:
    with pytest.raises(ValueError, match=row[0]):
        _parse("I", row)
