"""Assembler and disassembler: inverse on every encoding; labels, data and refusals."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.isa.derive.assemble import AssemblyError
from engines.vm.isa.derive.template import Template
from engines.vm.isa.describe import Extension, TableError
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.coding import assemble, assembler, decode, disassemble, disassemble_all, length_of
from engines.vm.isa.riscv64.fields import FIELDS
from engines.vm.isa.riscv64.spelling import RiscvSpelling


def word_of(text: str) -> int:
    return int.from_bytes(assemble(text), "little")


@settings(deadline=None, max_examples=800)
@given(st.data())
def test_text_assembles_to_the_word_it_came_from(data: st.DataObject) -> None:
    record = data.draw(st.sampled_from(INSTRUCTIONS.instructions))
    values = {}
    for field in record.fields:
        value = data.draw(st.sampled_from(field.values))
        values[field.name] = field.maximum if value in field.excluded else value
    word = record.encode(**values)
    text = disassemble(word)
    assert assemble(text) == word.to_bytes(record.length, "little")
    if not text.startswith("."):
        assert text.split()[0].removesuffix(".aqrl").removesuffix(".aq").removesuffix(".rl") == record.mnemonic


def test_every_16_bit_word_round_trips_through_text() -> None:
    words = [word for word in range(1 << 16) if word & 3 != 3]
    text = "\n".join(map(disassemble, words))
    assert assemble(text) == b"".join(word.to_bytes(2, "little") for word in words)


def test_random_words_round_trip_through_text() -> None:
    rng = random.Random(11)
    words = [rng.getrandbits(32) for _ in range(3_000)]
    for word in words:
        size = length_of(word)
        assert assemble(disassemble(word)) == (word % (1 << 8 * size)).to_bytes(size, "little")


@pytest.mark.parametrize(
    ("word", "text"),
    [
        (0x00310093, "addi ra, sp, 3"),
        (0xFE208EE3, "beq ra, sp, .-4"),
        (0x0040006F, "jal zero, .+4"),
        (0x12345537, "lui a0, 0x12345"),
        (0xFFFFF517, "auipc a0, 0xfffff"),
        (0xFF813503, "ld a0, -8(sp)"),
        (0x0FF0000F, "fence"),
        (0x0310000F, "fence rw, w"),
        (0x8330000F, ".word 0x8330000f"),
        (0x0000100F, "fence.i"),
        (0xC0102573, "csrrs a0, time, zero"),
        (0x30002573, "csrrs a0, 0x300, zero"),
        (0x0015F553, "fadd.s fa0, fa1, ft1"),
        (0x00159553, "fadd.s fa0, fa1, ft1, rtz"),
        (0x0015D553, ".word 0x0015d553"),
        (0xD2058553, "fcvt.d.w fa0, a1"),
        (0xD205F553, "fcvt.d.w fa0, a1, dyn"),
        (0x06B6252F, "amoadd.w.aqrl a0, a1, (a2)"),
        (0x1405B52F, "lr.d.aq a0, (a1)"),
        (0x7505, "c.lui a0, 0xfffe1"),
        (0x717D, "c.addi16sp sp, -16"),
        (0x1000, "c.addi4spn s0, sp, 32"),
        (0x0001, "c.nop"),
        (0x9002, "c.ebreak"),
        (0x0000, ".half 0x0000"),
        (0x0000001F, ".word 0x0000001f"),
    ],
)
def test_how_instructions_are_written(word: int, text: str) -> None:
    assert disassemble(word) == text
    assert word_of(text) == word


def test_names_and_numbers_of_registers() -> None:
    assert word_of("add x10, fp, t6") == word_of("add a0, s0, x31")
    assert word_of("fadd.d f10, fs0, ft11") == word_of("fadd.d fa0, f8, f31")
    assert word_of("csrrw a0, fcsr, a1") == word_of("csrrw a0, 3, a1") == word_of("csrrw a0, 0x003, a1")
    assert word_of("lw a0, (a1)") == word_of("lw a0, 0(a1)") == word_of("  lw\ta0 , 0 ( a1 ) // comment")
    assert word_of("addi a0, a0, 0b101") == word_of("addi a0, a0, 8 - 3") == word_of("addi a0, a0, +5")


def test_labels_point_both_ways_and_data_holds_addresses() -> None:
    text = """
    start:
    again: addi a0, a0, -1      # one line, two labels
        bnez a0, again
        j end
        .balign 8
    table: .dword start, end - start, .
        .word -1, 0xffffffff
        .half 1
        .byte 255, -128
        .zero 4
    end: c.nop
    """
    code, labels = assembler().assemble_with_labels(text, 0x1002)
    assert labels == {"start": 0x1002, "again": 0x1002, "table": 0x1010, "end": 0x1038}
    assert [t for _, _, t in disassemble_all(code[:12], 0x1002)] == [
        "addi a0, a0, -1",
        "bne a0, zero, .-4",
        "jal zero, .+46",
    ]
    assert code[12:14] == bytes(2)
    assert int.from_bytes(code[14:22], "little") == 0x1002
    assert int.from_bytes(code[22:30], "little") == 0x36
    assert int.from_bytes(code[30:38], "little") == 0x1010
    assert code[38:46] == b"\xff" * 8
    assert code[46:54] == b"\x01\x00\xff\x80" + bytes(4)
    assert code[54:] == b"\x01\x00"


def test_a_bare_number_is_a_distance() -> None:
    assert (
        assemble("nop\nj -4", 0x1000)[4:] == assemble("nop\nj .-4", 0x1000)[4:] == assemble("x: nop\nj x", 0x1000)[4:]
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nop\nfrob a0", r"line 2: frob a0: unknown mnemonic 'frob'"),
        ("addi a0, a0, 4000", r"imm = 4000 has no encoding: -2048 … 2047"),
        ("add a0, a1", r"operands 'a0, a1' do not have the form `add rd, rs1, rs2`"),
        (".zero 4294967296", r"line 1: .zero 4294967296: 4294967296 bytes of code; at most 16777216"),
        ("nop\n.balign 99999999999", r"line 2: .*bytes of code; at most 16777216"),
        ("ecall a0", r"do not have the form `ecall`"),
        ("lw a0, 4(a9)", r"'a9' is no integer register; x0 … x31 or an ABI name"),
        ("fadd.s fa0, a1, fa2", r"'a1' is no floating-point register"),
        ("fadd.s fa0, fa1, fa2, up", r"'up' is no rounding mode; rne, rtz"),
        ("fence rx, w", r"'rx' is no set of accesses"),
        ("fence rr, w", r"'rr' is no set of accesses"),
        ("fence rw", r"operands 'rw' do not have the form"),
        ("j nowhere", r"undefined label 'nowhere'; defined: none"),
        ("here: j there", r"undefined label 'there'; defined: here"),
        ("a: nop\na: nop", r"line 2: .* label 'a' is defined twice"),
        ("c.lui sp, 5", r"rd = 2 has no encoding here"),
        ("lui a0, 0x100000", r"imm = 1048576 has no encoding: 0 … 0xfffff"),
        ("c.addi4spn a0, ra, 8", r"takes sp here, not 'ra'"),
        ("beqz a0, .+4096", r"imm = 4096 has no encoding: -4096 … 4094 in steps of 2"),
        ("j .+1", r"imm = 1 has no encoding"),
        (".word 1 << 3", r"'1 << 3' is no expression"),
        (".word 08", r"'08' is no integer"),
        (".byte 256", r".byte 256 does not fit: -128 … 0xff"),
        (".zero -1", r".zero -1: must be 0 or more"),
        (".balign 0", r".balign 0: must be 1 or more"),
        (".text", r"unknown directive '.text'; known: .byte"),
        ("addi a0, a0,", r"'' is no expression"),
        ("addi.aq a0, a0, 1", r"unknown mnemonic 'addi.aq'"),
        ("li a0", r"li takes `li rd, constant`, not 'a0'"),
        ("li a0, x", r"li takes an integer, not 'x'; use la"),
        ("li a0, 0x10000000000000000", r"li 18446744073709551616: must be"),
        ("la a0", r"la takes `la rd, label`"),
        ("mv a0", r"mv takes operands \(rd, rs\), not 'a0'"),
    ],
)
def test_refusals_say_where_what_and_why(text: str, message: str) -> None:
    with pytest.raises(AssemblyError, match=message):
        assemble(text)


def test_disassembly_of_a_region_with_loose_ends() -> None:
    code = assemble("c.nop\nadd a0, a0, a1") + b"\x13\x05"
    assert disassemble_all(code, 0x100) == [
        (0x100, 0x0001, "c.nop"),
        (0x102, 0x00B50533, "add a0, a0, a1"),
        (0x106, 0x0513, ".half 0x0513"),
    ]
    assert disassemble_all(b"\x13") == [(0, 0x13, ".byte 0x13")]


@pytest.mark.parametrize(("assembly", "message"), [("rd, rs9", "'rs9' .* is no field"), ("rd; imm", "is no operand")])
def test_bad_templates_are_refused(assembly: str, message: str) -> None:
    extension = Extension("X", "Test manual", FIELDS)

    def nothing(m: object, op: str) -> None:
        """No effect."""

    extension.clause("1", f"x | imm[11:0] rs1 000 rd 0010011 | {assembly} | D.")(nothing)
    with pytest.raises(TableError, match=message):
        Template(next(iter(extension)), RiscvSpelling())


def test_every_text_names_its_instruction() -> None:
    for record in INSTRUCTIONS:
        if record.name == "fence":
            continue
        decoded = decode(word_of(disassemble(record.encode())))
        assert decoded is not None and decoded.instruction is record
