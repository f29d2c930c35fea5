"""The decoder: inverse of encode, and equal to asking every record in turn."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.isa.derive.decode import Decoder, Node
from engines.vm.isa.describe import Instruction
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.coding import DECODER, decode, encode, length_of


@settings(deadline=None, max_examples=600)
@given(st.data())
def test_decode_inverts_encode(data: st.DataObject) -> None:
    record = data.draw(st.sampled_from(INSTRUCTIONS.instructions))
    values = {}
    for field in record.fields:
        value = data.draw(st.sampled_from(field.values))
        values[field.name] = field.maximum if value in field.excluded else value
    word = encode(record.name, **values)
    decoded = decode(word)
    assert decoded is not None
    assert decoded.instruction is record
    assert decoded.fields == values
    assert decoded.word == word
    assert length_of(word) == record.length
    for operand, argument in zip(record.operands, decoded.arguments, strict=True):
        assert argument == (operand.constant if operand.field is None else values[operand.field.name])


def matching(word: int, length: int) -> list[Instruction]:
    return [i for i in INSTRUCTIONS if i.length == length and i.matches(word)]


def test_every_16_bit_word_has_one_meaning_or_none() -> None:
    short = [i for i in INSTRUCTIONS if i.length == 2]
    for word in range(1 << 16):
        if word & 3 != 3:
            found = [i for i in short if i.matches(word)]
            assert len(found) <= 1
            assert DECODER.find(word, 2) is (found[0] if found else None)


def test_random_words_decode_as_the_table_says() -> None:
    rng = random.Random(7)
    opcodes = sorted({i.match & 0x7F for i in INSTRUCTIONS if i.length == 4})
    hits = 0
    for _ in range(4_000):
        word = rng.getrandbits(25) << 7 | rng.choice(opcodes)
        found = matching(word, 4)
        assert len(found) <= 1
        assert DECODER.find(word, 4) is (found[0] if found else None)
        hits += bool(found)
    assert hits > 500


def test_encode_then_decode_is_the_identity_on_legal_words() -> None:
    rng = random.Random(8)
    for _ in range(2_000):
        word = rng.getrandbits(32)
        decoded = decode(word)
        if decoded is not None:
            assert decoded.instruction.encode(**decoded.fields) == decoded.word


def test_the_tree_is_shallow() -> None:
    """A look-up tests a few masks, not every record."""

    def depth(tree: object) -> int:
        return 1 + max(map(depth, tree.children.values())) if isinstance(tree, Node) else len(tree)  # type: ignore[arg-type]

    assert all(depth(tree) <= 10 for tree in DECODER.trees.values())


@pytest.mark.parametrize(
    ("parcel", "length"), [(0x0000, 2), (0x0001, 2), (0xFFFE, 2), (0x0003, 4), (0x001F, 4), (0xFFFF, 4)]
)
def test_length_rule(parcel: int, length: int) -> None:
    assert length_of(parcel) == length


def test_bits_beyond_the_length_are_ignored_by_decode_and_refused_by_find() -> None:
    assert decode(0xFFFF_0001) == decode(0x0001)
    with pytest.raises(ValueError, match="word 0x10000 of 2 bytes; instructions have 2 or 4 bytes"):
        DECODER.find(0x10000, 2)
    with pytest.raises(ValueError, match="of 8 bytes"):
        DECODER.decode(0, 8)


def test_a_decoder_of_nothing_and_of_one() -> None:
    assert Decoder([]).trees == {}
    only = Decoder([INSTRUCTIONS["ecall"]])
    assert only.find(0x73, 4) is INSTRUCTIONS["ecall"]
    assert only.find(0x100073, 4) is None
