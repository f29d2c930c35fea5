"""The binary format against wasmtime's text-to-binary tool, and against broken bytes."""

from __future__ import annotations

import pytest
import wasmtime
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.wasm.binary import MalformedModuleError, decode, encode
from engines.rustwasm.wasm.binary.encoder import MAGIC
from engines.rustwasm.wasm.binary.reader import Reader
from engines.rustwasm.wasm.leb128 import signed, unsigned
from engines.rustwasm.wasm.module import CustomSection, Data, Function, Module
from engines.rustwasm.wasm.ops import OPERATIONS
from engines.rustwasm.wasm.text import print_module
from engines.rustwasm.wasm.types import I32, ArrayType, FieldType, FunctionType, Limits, StructType, SubType
from tests.engines.rustwasm.wasm.samples import EVERYTHING, plain_operations, sample

EVERYTHING_BYTES = bytes(wasmtime.wat2wasm(EVERYTHING))


@pytest.mark.parametrize("bits", [32, 64])
@given(data=st.data())
@settings(deadline=None)
def test_numbers_survive(bits: int, data: st.DataObject) -> None:
    natural = data.draw(st.integers(0, (1 << bits) - 1))
    assert Reader(unsigned(natural)).unsigned(bits) == natural
    whole = data.draw(st.integers(-(1 << (bits - 1)), (1 << (bits - 1)) - 1))
    assert Reader(signed(whole)).signed(bits) == whole


@pytest.mark.parametrize("encoded", [b"\x80\x80\x80\x80\x10", b"\x80\x80\x80\x80\x80\x00", b"\xff"])
def test_numbers_that_are_too_long_are_malformed(encoded: bytes) -> None:
    with pytest.raises(MalformedModuleError):
        Reader(encoded).unsigned(32)


def test_a_module_of_everything_survives() -> None:
    module = decode(EVERYTHING_BYTES)
    assert encode(module) == EVERYTHING_BYTES
    assert decode(encode(module)) == module


@pytest.mark.parametrize("name", plain_operations())
def test_each_operation_is_encoded_as_wasmtime_encodes_its_text(name: str) -> None:
    # Text and binary share no code here: wasmtime reads the text, we write the bytes.
    module = Module(
        types=[(SubType(FunctionType()),), (SubType(StructType((FieldType(I32, True),))),)],
        functions=[Function(0, [I32], sample(OPERATIONS[name]))],
        memories=[Limits(1)],
        tags=[0],
        data=[Data(b"x")],
    )
    if name.startswith("array."):
        module.types[0] = (SubType(FunctionType()),)
        module.types.insert(0, (SubType(ArrayType(FieldType(I32, True))),))
        module.functions[0].type = module.tags[0] = 1
    expected = bytes(wasmtime.wat2wasm(print_module(module)))
    assert encode(module) == expected
    assert decode(expected) == module


def test_a_custom_section_keeps_its_place_and_bytes() -> None:
    module = Module(customs=[CustomSection("before", b"\1\2", 0), CustomSection("after", b"", 13)])
    assert decode(encode(module)).customs == [CustomSection("before", b"\1\2", 0), CustomSection("after", b"", 0)]


@given(st.lists(st.sampled_from((1, 2, 3, 4, 5, 13, 6, 7, 9, 10, 11)), unique=True), st.integers(0, 11))
@settings(deadline=None)
def test_custom_sections_behind_empty_sections_keep_their_order(numbers: list[int], at: int) -> None:
    """Empty sections are left out when a module is encoded: a custom section follows what is written before it."""
    order = [1, 2, 3, 4, 5, 13, 6, 7, 9, 10, 11]
    sections = [bytes((number, 1, 0)) for number in sorted(numbers, key=order.index)]
    sections.insert(min(at, len(sections)), b"\0\5\1c\1\2\3")
    module = decode(MAGIC + b"".join(sections))
    assert module.customs == [CustomSection("c", b"\1\2\3", 0)]
    assert decode(encode(module)) == module


def test_an_unreadable_name_section_is_kept_as_bytes() -> None:
    content = b"\x04name" + b"\x01\x7f"
    module = decode(encode(Module()) + b"\0" + unsigned(len(content)) + content)
    assert not module.names
    assert module.customs[0].content == b"\x01\x7f"


@pytest.mark.parametrize(
    ("tail", "problem"),
    [
        (b"\x0e\x00", "section 14 is unknown"),
        (b"\x03\x01\x00\x01\x01\x00", "section 1 after section 3"),
        (b"\x01\x05\x01", "5 bytes wanted"),
        (b"\x01\x03\x01\x40\x00", "starts no composite type"),
        (b"\x03\x02\x01\x00", "no code section"),
        (b"\x0c\x01\x02", "data count"),
        (b"\x07\x05\x01\x01\xff\x00\x00", "not UTF-8"),
    ],
)
def test_malformed_sections_say_what_is_wrong(tail: bytes, problem: str) -> None:
    with pytest.raises(MalformedModuleError, match=problem):
        decode(encode(Module()) + tail)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_give_a_module_or_a_clear_error(tail: bytes) -> None:
    try:
        module = decode(b"\0asm\x01\0\0\0" + tail)
    except MalformedModuleError as error:
        assert "offset" in str(error)
    else:
        assert decode(encode(module)) == module
