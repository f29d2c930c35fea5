"""The text format: round trips, agreement with wasmtime's reader, and errors that say where."""

from __future__ import annotations

import struct

import pytest
import wasmtime
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.wasm.binary import decode, encode
from engines.rustwasm.wasm.module import Names
from engines.rustwasm.wasm.text import TextError, parse_module, print_module
from engines.rustwasm.wasm.text.numbers import float_bits, float_text, integer
from tests.engines.rustwasm.wasm.samples import EVERYTHING

FORMS = [
    EVERYTHING,
    '(func (export "f") (import "m" "n") (param $x i32))',
    '(memory (export "m") (data "abc" "def")) (table funcref (elem $f)) (func $f)',
    "(table $t (ref null func) (elem (ref.func $f) (item ref.null func))) (func $f)",
    "(func (param i32) (result i32) (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2))))",
    "(func (block $a (block $b (br_table $a $b $a (i32.const 1)))))",
    "(func (param i32 i64) (block (param i32 i64) (result i64) br 0) drop)",
    "(memory 1) (memory 1)"
    " (func (result v128) (v128.load8_lane 1 offset=3 2 (i32.const 0) (v128.const f32x4 1 2 3 nan)))",
    "(memory 1) (func (result v128) (v128.load8_lane 2 (i32.const 0) (v128.const i64x2 1 2)))",
    "(func (result f32 f64) f32.const 0x1.8p-140 f64.const 1e-310)",
    '(func $"a b" (call $"a b")) (; comment (; nested ;) ;) ;; line',
    "(type $s (struct (field i32 i64 (mut i8)))) (func (param (ref $s)) (drop (struct.get_s $s 2 (local.get 0))))",
    "(tag (param i32)) (func (try_table (catch 0 0) (catch_all 0)))",
]


@pytest.mark.parametrize("text", FORMS)
def test_text_means_what_wasmtime_says(text: str) -> None:
    ours, theirs = parse_module(text), decode(bytes(wasmtime.wat2wasm(text)))
    ours.names = theirs.names = Names()
    ours.data_count = theirs.data_count = False
    assert encode(ours) == encode(theirs)


@pytest.mark.parametrize("text", FORMS)
def test_a_printed_module_reads_back(text: str) -> None:
    module = parse_module(text)
    printed = print_module(module)
    assert parse_module(printed) == module
    assert print_module(parse_module(printed)) == printed


@pytest.mark.parametrize("width", [32, 64])
@given(data=st.data())
@settings(deadline=None)
def test_floats_survive(width: int, data: st.DataObject) -> None:
    bits = data.draw(st.integers(0, (1 << width) - 1))
    assert float_bits(float_text(bits, width), width) == bits


@pytest.mark.parametrize("bits", [0x7F7FFFFF, 0xFF7FFFFF, 0x00000001, 0x80000000, 0x7F800001])
def test_floats_at_the_edges_survive(bits: int) -> None:
    assert float_bits(float_text(bits, 32), 32) == bits


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(deadline=None)
def test_decimal_floats_are_rounded_as_python_rounds_them(value: float) -> None:
    (expected,) = struct.unpack("<Q", struct.pack("<d", value))
    assert float_bits(f"{value:.25e}", 64) == struct.unpack("<Q", struct.pack("<d", float(f"{value:.25e}")))[0]
    assert float_bits(value.hex().replace("0x0p", "0x0.0p"), 64) == expected


@pytest.mark.parametrize(("text", "value"), [("0xffff_ffff", -1), ("-0x8000_0000", -(1 << 31)), ("+7", 7)])
def test_integers_are_read_as_signed(text: str, value: int) -> None:
    assert integer(text, 32) == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("(func", r"line 1, column 1: '\(' is not closed"),
        ("(func))", "line 1, column 7"),
        ("\n  (fun)", r"line 2, column 3: \(fun …\) is no field"),
        ("(func i32.cons 1)", "i32.cons is no instruction"),
        ("(func i32.const 0x1_0000_0000)", "does not fit in 32 bits"),
        ("(func local.get $x)", r"local \$x is not defined"),
        ("(func block)", "not closed by end"),
        ("(func end)", "end without a block"),
        ("(func $f) (func $f)", "defined twice"),
        ('(data "\\zz")', "escape"),
        ('(func (export "\\ff"))', "not UTF-8"),
        ("(memory 1) (func (i32.load align=3 (i32.const 0)))", "no power of two"),
        ("(func f32.const 1e40)", "out of range"),
        ("(func f32.const nan:0x800000)", "NaN payload"),
        ("(; open", "not closed"),
        ("(" * 600, "nested parentheses"),
        ('(func) (import "m" "n" (func))', "imports come first"),
    ],
)
def test_errors_name_the_place_and_the_problem(text: str, problem: str) -> None:
    with pytest.raises(TextError, match=problem):
        parse_module(text)


TOKENS = [
    "(", ")", "module", "func", "type", "param", "result", "i32", "$x", "0", "1", "-1", "local.get", "block",
    "end", "if", "then", "else", "br_table", "ref", "null", "struct", "field", "rec", "sub", "memory", "data",
    '"a"', "elem", "table", "funcref", "import", "export", "global", "mut", "i32.const", "call_indirect",
    "try_table", "catch", "v128.const", "i8x16", "offset=", "align=8", "i32.load", "select", "memory.init",
    ";;", "(;", ";)", "nan:0x", "\\", '"', "\n",
]  # fmt: skip


@given(st.lists(st.sampled_from(TOKENS), max_size=40))
@settings(deadline=None, max_examples=300)
def test_any_text_gives_a_module_or_a_clear_error(tokens: list[str]) -> None:
    try:
        parse_module(" ".join(tokens))
    except TextError as error:
        assert error.line >= 1
        assert error.column >= 1
