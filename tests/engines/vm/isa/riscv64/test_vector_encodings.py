"""Encodings of vector instructions against LLVM's assembler, and text both ways."""

from __future__ import annotations

import random

import pytest

from engines.vm.isa.describe import EncodingError, OperandKind
from engines.vm.isa.riscv64.coding import decode as decode_without
from engines.vm.isa.riscv64.vector_coding import VECTOR_INSTRUCTIONS, assemble, decode, disassemble
from oracles.llvm_assembler import assemble_riscv64

INSTRUCTIONS = [i for i in VECTOR_INSTRUCTIONS if i.extension == "V"]
LEGAL_VTYPES = [v for v in range(256) if v >> 3 & 7 < 4 and v & 7 != 4]


def words(count: int) -> list[int]:
    """Some words of every instruction, with operands that LLVM accepts: it refuses reserved registers."""
    rng = random.Random(1)
    found = []
    for instruction in INSTRUCTIONS:
        for _ in range(count):
            fields = {f.name: rng.choice(f.values) for f in instruction.fields}
            whole = instruction.name[3:4].isdigit() or instruction.name[2:3].isdigit()
            for field in instruction.fields:
                if field.kind is OperandKind.V:
                    fields[field.name] = rng.choice((8, 16, 24)) if whole else rng.randrange(1, 32)
                if field.kind is OperandKind.VTYPE:
                    fields[field.name] = rng.choice(LEGAL_VTYPES)
            found.append(instruction.encode(**fields))
    return found


def test_llvm_assembles_our_text_to_our_words() -> None:
    sample = words(6)
    text = "\n".join(disassemble(word) for word in sample)
    code = assemble_riscv64(text, features="rv64gcv")
    theirs = [int.from_bytes(code[at : at + 4], "little") for at in range(0, len(code), 4)]
    assert [hex(word) for word in theirs] == [hex(word) for word in sample]


def test_our_assembler_reads_our_text() -> None:
    for word in words(3):
        assert assemble(disassemble(word)) == word.to_bytes(4, "little"), disassemble(word)


def test_without_v_none_of_them_is_an_instruction() -> None:
    for word in words(2):
        assert decode_without(word) is None
        assert decode(word) is not None


def test_reserved_vtypes_are_spelt_as_numbers() -> None:
    word = VECTOR_INSTRUCTIONS["vsetvli"].encode(rd=5, rs1=6, vtypei=0x404)
    assert disassemble(word) == "vsetvli t0, t1, 1028"
    assert assemble("vsetvli t0, t1, 1028") == word.to_bytes(4, "little")


def test_a_wrong_vtype_names_what_is_legal() -> None:
    with pytest.raises(ValueError, match="'e33' in vtype 'e33, m1, ta, ma'; legal there: e8, e16, e32, e64"):
        assemble("vsetvli t0, t1, e33, m1, ta, ma")
    with pytest.raises(ValueError, match="v0 … v31"):
        assemble("vadd.vv v1, v2, v32")
    assert issubclass(EncodingError, ValueError)
