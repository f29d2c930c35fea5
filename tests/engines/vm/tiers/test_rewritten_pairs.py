"""Code that is written in place, beside and inside of pairs of instructions that run by one handler.

A pair's handler reads the operands of both entries. What is written near must not take the second's away unless the
pair goes, too; see `note_write` of the handlers, and `DecodedCode.discard`.
"""

from __future__ import annotations

import math
import platform

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.baseline.tier import BaselineTier
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.reference import ReferenceTier

CODE = 0x1000
PAIRS = ("addi a0, a0, 1\naddi a1, a1, 1", "c.addi a0, 1\nc.addi a1, 1", "c.addi a0, 1\naddi a1, a1, 1")
STORES = {1: "sb", 2: "sh", 4: "sw", 8: "sd"}


@pytest.fixture(scope="module", params=["interpreter", "baseline"])
def tier(request: pytest.FixtureRequest) -> InterpreterTier:
    if request.param == "interpreter":
        return InterpreterTier()
    if platform.machine() != "x86_64":
        pytest.skip("runs x86_64 code directly")
    return BaselineTier(slice_insns=8, share=math.inf)


def hart_with(code: bytes, at: int = CODE) -> Hart:
    memory = AddressSpace(bits=24)
    memory.map(CODE, 0x2000, READ | WRITE | EXEC)
    memory.write(at, code)
    hart = Hart(memory)
    hart.cpu["pc"] = at
    return hart


def loop(body: str) -> bytes:
    """`body` for ever."""
    code = assemble(body)
    return code + assemble(f"jal zero, {-len(code)}")


def aim(hart: Hart, address: int, size: int) -> None:
    """Let stores of a6 to a7 write what is there already."""
    hart.cpu["x"][17] = address
    hart.cpu["x"][16] = int.from_bytes(hart.memory.read(address, size), "little")


@pytest.mark.parametrize("size", STORES)
@pytest.mark.parametrize("distance", range(-2, 16))
@pytest.mark.parametrize("pair", PAIRS)
def test_a_pair_before_a_store_stays_whole(tier: InterpreterTier, pair: str, distance: int, size: int) -> None:
    """Each round of a loop executes a pair, and writes code before, in or behind it as it was."""
    lead = "c.addi a5, 1\n"
    hart = hart_with(loop(f"{lead}{pair}\n{STORES[size]} a6, 0(a7)\naddi a2, zero, 7\nadd a3, a3, a2\nadd a3, a3, a2"))
    aim(hart, CODE + distance + (2 if distance < 0 else 0), size)
    tier.run(hart, 8 * 10)
    assert [int(hart.cpu["x"][n]) for n in (10, 11, 15, 13)] == [10, 10, 10, 140]
    assert hart.cpu["x"][0] == 0


@pytest.mark.parametrize("before", range(0, 18, 2))
@pytest.mark.parametrize("pair", PAIRS)
def test_a_pair_before_a_page_that_python_writes_stays_whole(tier: InterpreterTier, pair: str, before: int) -> None:
    """Listeners hear of whole pages: a loop that begins some bytes before the end of one."""
    hart = hart_with(loop(f"{pair}\nadd a3, a3, a0\naddi a2, zero, 7\nadd a3, a3, a2"), CODE + 0x1000 - before)
    for _ in range(10):
        tier.run(hart, 6)
        hart.memory.write(CODE + 0x1000, hart.memory.read(CODE + 0x1000, 1))
    assert [int(hart.cpu["x"][n]) for n in (10, 11, 13)] == [10, 10, 125]
    assert hart.cpu["x"][0] == 0


POOL = (
    "addi a0, a0, 1",
    "addi a1, a0, 3",
    "c.addi a1, 1",
    "c.addi a2, -1",
    "add a2, a2, a0",
    "add a3, a3, a1",
    "c.add a3, a2",
    "c.slli a2, 1",
    "slli a0, a0, 1",
    "xor a4, a4, a3",
    "c.mv a5, a0",
    "sb a6, 0(a7)",
    "sh a6, 0(a7)",
    "sd a6, 0(a7)",
)
SAME_SIZE = {size: [text for text in POOL[:11] if len(assemble(text)) == size] for size in (2, 4)}


@given(data=st.data(), body=st.lists(st.sampled_from(POOL), min_size=2, max_size=14))
@settings(deadline=None, max_examples=120)
def test_code_written_anywhere_runs_as_it_is_now(tier: InterpreterTier, data: st.DataObject, body: list[str]) -> None:
    """Between runs Python writes any bytes of the loop as they are, or another instruction; its stores do so, too."""
    pieces = [assemble(text) for text in body]
    code = b"".join(pieces)
    begin = CODE + 0x1000 - data.draw(st.integers(0, len(code) // 2)) * 2
    harts = [hart_with(code + assemble(f"jal zero, {-len(code)}"), begin) for _ in range(2)]
    runners: tuple[InterpreterTier | ReferenceTier, ...] = (tier, ReferenceTier())
    starts = [sum(map(len, pieces[:n])) for n in range(len(pieces))]
    for _ in range(data.draw(st.integers(1, 6))):
        at, size = data.draw(st.integers(0, len(code) - 1)), data.draw(st.integers(1, 12))
        number = data.draw(st.integers(0, len(pieces) - 1))
        other = assemble(data.draw(st.sampled_from(SAME_SIZE[len(pieces[number])])))
        replaces = data.draw(st.booleans())
        aimed = begin + data.draw(st.integers(0, len(code) - 1))
        insns = data.draw(st.integers(0, 60))
        for hart, runner in zip(harts, runners, strict=True):
            if replaces:
                hart.memory.write(begin + starts[number], other)
            else:
                hart.memory.write(begin + at, hart.memory.read(begin + at, size))
            aim(hart, aimed, 8)
            runner.run(hart, insns)
        assert harts[0].cpu.tobytes() == harts[1].cpu.tobytes()
        assert harts[0].memory.read(begin, 0x100) == harts[1].memory.read(begin, 0x100)
