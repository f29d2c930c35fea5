"""Round trips of machine code: fields to words and back, words to text and back, for every instruction of the table."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engines.vm.isa.describe import EncodingError, Instruction
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.coding import assemble, decode, disassemble, disassemble_all

TABLE = list(INSTRUCTIONS)
FIELD_VALUES = st.one_of(st.integers(0, 7), st.integers(-32, 31).map(lambda value: 2 * value), st.integers(-5000, 5000))


@st.composite
def words(draw: st.DrawFn) -> tuple[Instruction, int]:
    """An instruction and a word that matches its pattern, the free bits anything."""
    instruction = draw(st.sampled_from(TABLE))
    free = draw(st.integers(0, (1 << 8 * instruction.length) - 1))
    return instruction, instruction.match | free & ~instruction.mask & (1 << 8 * instruction.length) - 1


@pytest.mark.evidence("HX-03")
@settings(deadline=None, max_examples=600)
@given(words())
def test_a_word_decodes_to_fields_that_encode_to_it(drawn: tuple[Instruction, int]) -> None:
    _, word = drawn
    found = decode(word)
    assume(found is not None)
    assert found is not None
    assert found.instruction.encode(**found.fields) == word


@settings(deadline=None, max_examples=600)
@given(words())
def test_a_word_disassembles_to_text_that_assembles_to_it(drawn: tuple[Instruction, int]) -> None:
    instruction, word = drawn
    assert assemble(disassemble(word)) == word.to_bytes(instruction.length, "little")


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_legal_fields_encode_to_a_word_that_decodes_to_them(data: st.DataObject) -> None:
    instruction = data.draw(st.sampled_from(TABLE))
    values = {f.name: data.draw(FIELD_VALUES, label=f.name) for f in instruction.fields}
    try:
        word = instruction.encode(**values)
    except EncodingError as error:
        assert any(str(value) in str(error) for value in values.values())
        return
    found = decode(word)
    if found is not None and found.instruction is instruction:
        assert found.fields == values
    else:
        # Another instruction owns this word: a hint, or a compressed form with an operand that selects it.
        assert found is None or found.instruction.mask.bit_count() > instruction.mask.bit_count()


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=40))
def test_any_code_survives_being_shown(code: bytes) -> None:
    listing = disassemble_all(code, 0x1000)
    assert assemble("\n".join(text for _, _, text in listing), 0x1000) == code
    assert [address for address, _, _ in listing] == sorted({address for address, _, _ in listing})
