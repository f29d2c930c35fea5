"""Blocks as text: round trip, golden files, and what happens to text that is no IR."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.ir.block import Block
from engines.vm.ir.ops import OPCODE
from engines.vm.ir.parser import IrSyntaxError, parse_block, parse_blocks
from engines.vm.ir.printer import print_block
from engines.vm.ir.verifier import verify
from engines.vm.opt.pipeline import optimise
from fuzz.strategies.ir.blocks import STATE, blocks

GOLDEN = sorted((Path(__file__).resolve().parents[3] / "filetests" / "ir").glob("*.ir"))


@settings(deadline=None, max_examples=150)
@given(blocks())
def test_what_is_printed_reads_back(block: Block) -> None:
    verify(block)
    text = print_block(block)
    assert parse_block(text, STATE) == block
    assert print_block(parse_block(text, STATE)) == text


@pytest.mark.parametrize("path", GOLDEN, ids=lambda p: p.stem)
def test_golden_files(path: Path) -> None:
    """Each file: blocks, a line of dashes, the same blocks after all passes. `COUNTERPROOF_BLESS=1` renews it."""
    given_text = path.read_text(encoding="utf-8").split("\n----\n")[0]
    comments = "".join(line + "\n" for line in given_text.splitlines() if line.startswith(";"))
    found = parse_blocks(given_text, STATE)
    for block in found:
        verify(block)
    before = "\n".join(print_block(block) for block in found)
    after = "\n".join(print_block(optimise(block)) for block in found)
    text = f"{comments}{before}----\n{after}".replace("}\n----\n", "}\n\n----\n")
    if os.environ.get("COUNTERPROOF_BLESS"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def test_there_are_golden_files() -> None:
    assert len(GOLDEN) >= 4


HEAD = "block 0x1000 end 0x1004 {\n  pcs 0x1000\n"


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("blok 1", 1, 1, "expected 'block'"),
        ("block 0x1000 end", 1, 17, "the line ends"),
        ("block 99999999999999999999 end 0 {", 1, 7, "0 … 64 bits"),
        ("block 1" + "0" * 60 + " end 0 {", 1, 7, "characters"),
        (HEAD, 3, 1, "ends inside a block"),
        (HEAD + "  %0 = add.i65 %1, %2\n}", 3, 8, "no operation is called 'add.i65'"),
        (HEAD + "  %0 = add.i64 %1, %2\n}", 3, 16, "%1 is not defined above"),
        (HEAD + "  %0 = const.i64 1\n  %1 = add.i32 %0, %0\n}", 4, 16, "%0 is i64; needs i32"),
        (HEAD + "  %0 = const.i64 1\n  %0 = const.i64 2\n}", 4, 3, "defined already"),
        (HEAD + "  const.i64 1\n}", 3, 1, "has a result"),
        (HEAD + "  %0 = fence\n}", 3, 1, "has no result"),
        (HEAD + "  %0 = const.i32 0x100000000\n}", 3, 18, "does not fit 32 bits"),
        (HEAD + "  %0 = get.i64 f0\n}", 3, 16, "f0 is f64, not i64"),
        (HEAD + "  %0 = get.i64 x9\n}", 3, 16, "is not a register of toy"),
        (HEAD + "  checkmode @1\n}", 3, 13, "out of range 0 … 0"),
        (HEAD + "  %0 = const.f64 0\n  %1 = fadd.f64 %0, %0, up\n}", 4, 25, "is not a rounding mode"),
        (HEAD + "  jump 0x1004, @1, plain extra\n}", 3, 26, "after the end"),
        (HEAD + "  jump 0x1004 @1\n}", 3, 15, "expected ','"),
        (HEAD + "  %0 = const.i64 ?\n}", 3, 18, "'?' is no part of IR text"),
        (HEAD + "  %0 = load.i64 %0, 0\n}", 3, 17, "not defined"),
    ],
)
def test_mistakes_are_named_with_line_and_column(text: str, line: int, column: int, says: str) -> None:
    with pytest.raises(IrSyntaxError) as refused:
        parse_blocks(text, STATE)
    assert says in str(refused.value)
    assert (refused.value.line, refused.value.column) == (line, column)


@settings(deadline=None, max_examples=300)
@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from([HEAD, "}", "%0", "=", ",", "@1", *OPCODE, "\n", " "])).map("".join)
)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_blocks(text, STATE)
    except IrSyntaxError as error:
        assert error.line >= 1 and error.column >= 1
    else:
        assert all(isinstance(block, Block) for block in found)


def test_one_block_means_one() -> None:
    with pytest.raises(IrSyntaxError, match="0 blocks, need 1"):
        parse_block("; nothing", STATE)
