"""The description language: what a table says, and that a bad table is refused with a clear error."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.isa.describe import (
    EncodingError,
    Extension,
    FieldType,
    InstructionSet,
    OperandKind,
    TableError,
    parse_pattern,
)
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.fields import FIELDS


def nothing(m: Any, op: str) -> None:
    """No operands, no effect."""


def table(rows: str, semantics: Any = nothing, **options: Any) -> Extension:
    extension = Extension("X", "Test manual", FIELDS)
    extension.clause("1.2", rows, **options)(semantics)
    return extension


def test_a_row_becomes_a_record() -> None:
    def semantics(m: Any, op: str, rd: Any, imm: Any) -> None:
        m.append((op, rd, imm))

    (record,) = table("x.do | imm[12|10:5] rd 00000 000 imm[4:1|11] 1100011 | rd, imm | Does it.", semantics)
    assert (record.name, record.mnemonic, record.extension, record.length) == ("x_do", "x.do", "X", 4)
    assert (record.section, record.doc) == ("Test manual §1.2", "Does it.")
    assert (record.mask, record.match) == (0x000FF07F, 0x00000063)
    imm = record.field("imm")
    assert [(p.word_low, p.value_low, p.width) for p in imm.pieces] == [(31, 12, 1), (25, 5, 6), (8, 1, 4), (7, 11, 1)]
    assert (imm.minimum, imm.maximum, imm.step, imm.signed) == (-4096, 4094, 2, True)
    word = record.encode(rd=3, imm=-2)
    assert word == 0xFE3_00FE3
    assert record.decode(word) == (3, -2)
    notes: list[object] = []
    record.run(notes, record.decode(word))
    assert notes == [("x.do", 3, -2)]


def test_an_expansion_maps_operands() -> None:
    def semantics(m: Any, op: str, rd: Any, rs1: Any, imm: Any) -> None:
        """Anything."""

    base = table("x.add | imm[11:0] rs1 000 rd 0010011 | rd, rs1, imm | Adds.", semantics)
    short = Extension("XC", "Test manual", FIELDS)
    short.expansions(
        "3",
        "x.short | 00 imm[5] rs1'/rd' 000 imm[4:0] 00 | rd', imm | x.add rd=rd' rs1=x2 imm=imm",
        {"x.add": next(iter(base))},
    )
    (record,) = short
    assert record.expands_to == "x_add"
    assert [(o.name, o.constant, o.field and o.field.name) for o in record.operands] == [
        ("rd", 0, "rd'"),
        ("rs1", 2, None),
        ("imm", 0, "imm"),
    ]
    assert record.decode(record.encode(**{"rd'": 9, "imm": -3})) == (9, 2, -3)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("0000000 rs2 rs1 000 rd 011001", "has 31 bits; an instruction has 16 or 32"),
        ("0000000 rs2 rs1 000 rd 0110011 0", "has 33 bits"),
        ("0000000 rs9 rs1 000 rd 0110011", "unknown field 'rs9'"),
        ("0000000 rs2 rs1 002 rd 0110011", "'002' in pattern .* is neither binary digits nor a field"),
        ("imm rs1 000 rd 0110011", "needs a bit list such as imm"),
        ("imm[0:11] rs1 000 rd 0110011", "bit ranges are written high:low"),
        ("imm[11:5] rs2 rs1 000 imm[5:1] 0100011", "'imm' .* has a bit twice"),
        ("imm[11:5] rs2 rs1 000 imm[3:0] 0 0100011", r"'imm' .* lacks bits \[4\]"),
        ("0000000 rs2 rs2 000 rd 0110011", "'rs2' .* has a bit twice"),
    ],
)
def test_bad_patterns_are_refused(pattern: str, message: str) -> None:
    with pytest.raises(TableError, match=message):
        parse_pattern(pattern, FIELDS)


@pytest.mark.parametrize(
    ("rows", "semantics", "message"),
    [
        ("x | 000000000000 rs1 000 rd 0110011 | rd", nothing, "4 columns .* not 3"),
        ("x | 000000000000 rs1 000 rd 0110011 | rd |  ", nothing, "4 columns|no description"),
        ("x | 000000000000 rs1 000 rd 0110011 | rd | D.", lambda m, op, rs2: None, "'rs2' is no field .* rs1, rd"),
        ("x | 000000000000 rs1 000 rd 0110011 | rd | D.", lambda rd, rs1: None, r"must begin with \(m, op\)"),
    ],
)
def test_bad_rows_are_refused(rows: str, semantics: Any, message: str) -> None:
    with pytest.raises(TableError, match=message):
        table(rows, semantics)


@pytest.mark.parametrize(
    ("expansion", "message"),
    [
        ("y.add rd=rd", "expands to 'y.add', which is no base instruction"),
        ("x.add", "gives no 'rd'"),
        ("x.add rd=rs7", "'rs7' .* is neither a field nor a constant"),
    ],
)
def test_bad_expansions_are_refused(expansion: str, message: str) -> None:
    def semantics(m: Any, op: str, rd: Any) -> None:
        """Anything."""

    base = table("x.add | 000000000000 rs1 000 rd 0110011 | rd | D.", semantics)
    short = Extension("XC", "Test manual", FIELDS)
    with pytest.raises(TableError, match=message):
        short.expansions("3", f"x.s | 00000000000 rd | rd | {expansion}", {"x.add": next(iter(base))})


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("000 rd 00000000", "001 rd 00000000", None),
        ("000 rd 00000000", "000 00000 00000000", "share the word 0x0"),
        ("000 rd≠0 00000000", "000 00000 00000000", None),
        ("000 rd≠{0,2} 00000000", "000 00010 00000000", None),
        ("000 rd≠{0,2} 00000000", "000 00001 00000000", "share the word 0x100"),
        ("000 rd≠0 00000000", "000 0000 nzimm[0] 00000000", "share the word"),
    ],
)
def test_overlaps_are_refused(first: str, second: str, message: str | None) -> None:
    a = table(f"x.a | {first} | - | D.")
    b = table(f"x.b | {second} | - | D.")
    if message is None:
        assert len(InstructionSet(a, b)) == 2
        return
    with pytest.raises(TableError, match=message):
        InstructionSet(a, b)


def test_a_name_is_given_once() -> None:
    a = table("x.a | 000 rd 00000000 | - | D.")
    with pytest.raises(TableError, match="x_a is described twice"):
        InstructionSet(a, table("x.a | 001 rd 00000000 | - | D."))


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("addi", {"imm": 2048}, r"addi: imm = 2048 has no encoding: -2048 … 2047"),
        ("addi", {"rd": 32}, r"rd = 32 has no encoding: 0 … 31"),
        ("beq", {"imm": 3}, r"imm = 3 has no encoding: -4096 … 4094 in steps of 2"),
        ("lui", {"imm": 1}, r"in steps of 4096"),
        ("c_lw", {"rd'": 7}, r"rd' = 7 has no encoding: 8 … 15"),
        ("c_lui", {"rd": 2, "nzimm": 4096}, r"rd = 2 has no encoding here: 2 excluded"),
        ("c_addi16sp", {"nzimm": 0}, r"nzimm = 0 has no encoding here: 0 excluded"),
        ("addi", {"rs2": 1}, r"addi has no field rs2; it has imm, rs1, rd"),
    ],
)
def test_what_does_not_fit_is_named(name: str, values: dict[str, int], message: str) -> None:
    with pytest.raises(EncodingError, match=message):
        INSTRUCTIONS[name].encode(**values)


def test_unknown_field_names_are_listed() -> None:
    with pytest.raises(KeyError, match="addi has no field 'rs2'"):
        INSTRUCTIONS["addi"].field("rs2")


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_fields_round_trip(data: st.DataObject) -> None:
    """insert then extract is the identity on every legal value, and touches no bit outside the field."""
    record = data.draw(st.sampled_from(INSTRUCTIONS.instructions))
    for field in record.fields:
        value = data.draw(st.sampled_from(field.values))
        if value in field.excluded:
            continue
        bits = field.insert(value)
        assert field.extract(bits) == value
        assert bits & ~field.mask == 0


def test_every_instruction_is_documented() -> None:
    for record in INSTRUCTIONS:
        assert record.section.startswith("Unprivileged ISA §"), record
        assert record.doc.endswith("."), record
        assert record.semantics.__doc__, record


def test_the_whole_of_rv64gc_is_there() -> None:
    counts: dict[str, int] = {}
    for record in INSTRUCTIONS:
        counts[record.extension] = counts.get(record.extension, 0) + 1
    assert counts == {"I": 52, "Zifencei": 1, "Zicsr": 6, "M": 13, "A": 22, "F": 30, "D": 32, "C": 37}


def test_vocabularies_of_other_isas_fit() -> None:
    length, mask, match, fields = parse_pattern("Rn 10000000001", {"Rn": FieldType(OperandKind.X, 5)})
    assert (length, mask, match) == (2, 0x07FF, 0x0401)
    assert [(f.name, f.mask) for f in fields] == [("Rn", 0xF800)]
