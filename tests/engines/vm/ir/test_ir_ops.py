"""The table of IR operations: complete, consistent, total; and the reference page is what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.bits import Bits
from engines.vm.ir.block import Block
from engines.vm.ir.builder import Builder
from engines.vm.ir.evaluator import GuestValues, evaluate
from engines.vm.ir.listing import COMMAND, page
from engines.vm.ir.ops import ARITY, LEAVES, OPCODE, OPS, PURE, RETIRED_AT, Effect, Imm
from engines.vm.ir.types import Type
from fuzz.strategies.ir.blocks import STATE
from fuzz.strategies.ir.window import Window

ROOT = Path(__file__).resolve().parents[4]


def test_the_committed_page_is_current() -> None:
    path = ROOT / "docs" / "reference" / "ir.md"
    if os.environ.get("COUNTERPROOF_BLESS"):
        path.write_text(page(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == page(), f"the table changed; run `{COMMAND}` and commit the page"


def test_the_command_prints_the_page() -> None:
    module = COMMAND.split()[2]
    printed = subprocess.run([sys.executable, "-m", module], cwd=ROOT, capture_output=True, check=True, timeout=60)
    assert printed.stdout.decode("utf-8").replace("\r\n", "\n") == page()


def test_opcodes_number_the_table() -> None:
    assert [op.code for op in OPS] == list(range(len(OPS))) == [OPCODE[op.name] for op in OPS]


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_facts_agree_with_each_other(op: object) -> None:
    row = OPS[OPCODE[op.name]]  # type: ignore[attr-defined]
    leaves = bool(row.effects & (Effect.MAY_LEAVE | Effect.ENDS))
    assert leaves == LEAVES[row.code] == (Imm.RETIRED in row.immediates and row.name != "retired")
    assert PURE[row.code] == (row.effects == Effect.NONE)
    assert ARITY[row.code] == len(row.operands) <= 3
    assert (row.memory_bytes > 0) == (row.operation in ("load", "store", "storeif"))
    assert not RETIRED_AT[row.code] or row.immediates[RETIRED_AT[row.code] - 1 - row.arity] is Imm.RETIRED
    if row.effects & Effect.RAISES_FLAGS:
        assert row.immediates[-1] in (Imm.MODE, Imm.FLAGS), "passes set QUIET in the last immediate"
    assert row.doc.endswith(".")


def run(name: str, *operands: int) -> int:
    """The result of an integer operation by the evaluator."""
    op = OPS[OPCODE[name]]
    build = Builder(STATE, 0)
    build.insn(0)
    values = [build.const(v, t) for v, t in zip(operands, op.operands, strict=True)]
    result = build.emit(name, *values)
    widened = build.emit(f"zext.{op.result.spelling}.i64", result) if op.result is not Type.I64 else result
    build.put("r0", widened)
    build.emit("jump", 4, 1, 0)
    guest = GuestValues([0] * len(STATE.slots))
    evaluate(build.finish(4), guest, Window())
    return guest.slots[0]


def signed(value: int, width: int) -> int:
    return value - (1 << width) if value >> width - 1 else value


EXPECTED: dict[str, Callable[[int, int, int], int]] = {
    "add": lambda a, b, w: a + b,
    "sub": lambda a, b, w: a - b,
    "mul": lambda a, b, w: a * b,
    "and": lambda a, b, w: a & b,
    "or": lambda a, b, w: a | b,
    "xor": lambda a, b, w: a ^ b,
    "shl": lambda a, b, w: a << b % w,
    "lshr": lambda a, b, w: a >> b % w,
    "ashr": lambda a, b, w: signed(a, w) >> b % w,
    "udiv": lambda a, b, w: a // b if b else -1,
    "urem": lambda a, b, w: a % b if b else a,
    "sdiv": lambda a, b, w: _quotient(signed(a, w), signed(b, w)),
    "srem": lambda a, b, w: signed(a, w) - signed(b, w) * _quotient(signed(a, w), signed(b, w)) if b else a,
    "eq": lambda a, b, w: a == b,
    "ne": lambda a, b, w: a != b,
    "ult": lambda a, b, w: a < b,
    "ule": lambda a, b, w: a <= b,
    "slt": lambda a, b, w: signed(a, w) < signed(b, w),
    "sle": lambda a, b, w: signed(a, w) <= signed(b, w),
}
"""What operations give, said a second time in Python's integers."""


def _quotient(a: int, b: int) -> int:
    return -1 if b == 0 else abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


EDGES = (0, 1, 2, 31, 32, 33, 63, 64, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 63, (1 << 63) - 1, (1 << 64) - 1)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(EDGES) | st.integers(0, 2**64 - 1), st.sampled_from(EDGES) | st.integers(0, 2**64 - 1))
def test_integer_operations(a: int, b: int) -> None:
    for width in (32, 64):
        x, y = a % (1 << width), b % (1 << width)
        for name, expected in EXPECTED.items():
            found = run(f"{name}.i{width}", x, y)
            bits = 1 if name in ("eq", "ne", "ult", "ule", "slt", "sle") else width
            assert found == int(expected(x, y, width)) % (1 << bits), (name, width, x, y)
    assert run("mulhu.i64", a, b) == a * b >> 64
    assert run("mulhs.i64", a, b) == (signed(a, 64) * signed(b, 64) >> 64) % (1 << 64)
    assert run("mulhsu.i64", a, b) == (signed(a, 64) * b >> 64) % (1 << 64)


def test_unboxing_wants_ones_above() -> None:
    unbox = OPS[OPCODE["unbox.f64.f32"]].evaluate

    class Machine:
        const = staticmethod(Bits)

    assert unbox(Machine(), Bits(0xFFFF_FFFF_1234_5678, 64)) == Bits(0x1234_5678, 32)
    assert unbox(Machine(), Bits(0xFFFF_FFFE_1234_5678, 64)) == Bits(0x7FC0_0000, 32)


def test_a_block_that_runs_past_its_end_is_refused() -> None:
    block = Block(STATE, 0, [(OPCODE["const.i64"], 1)], [0], 4)
    with pytest.raises(ValueError, match="runs past its end"):
        evaluate(block, GuestValues([0] * len(STATE.slots)), Window())
