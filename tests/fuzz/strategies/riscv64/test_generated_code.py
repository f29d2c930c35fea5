"""What generated code contains, and what it must not: read back from the encoded words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from engines.vm.isa.derive.effects import Control
from engines.vm.isa.riscv64 import INSTRUCTIONS
from fuzz.coverage.riscv64 import Coverage, coverage_of
from fuzz.strategies.riscv64 import generate
from fuzz.strategies.riscv64.choices import Choices
from fuzz.strategies.riscv64.decoding import NUMBER_COMPRESSED, UNKNOWN, decode
from fuzz.strategies.riscv64.draw import draw
from fuzz.strategies.riscv64.emit import emit
from fuzz.strategies.riscv64.encodings import HINTS, RESERVED_COMPRESSED
from fuzz.strategies.riscv64.gadgets import FIRST_TRAP, PARCELS, Kind
from fuzz.strategies.riscv64.hypothesis_programs import any_choices
from fuzz.strategies.riscv64.instructions import ALL
from fuzz.strategies.riscv64.profiles import PROFILES
from fuzz.strategies.riscv64.program_layout import Layout
from harness.contract.case import MachineCase


def instructions(case: MachineCase) -> list[tuple[int, int, int]]:
    """(offset, word, instruction number) in address order."""
    code = case.code + b"\0\0"
    found, offset = [], 0
    while offset < len(case.code):
        half = int.from_bytes(code[offset : offset + 2], "little")
        length = 4 if half & 3 == 3 else 2
        word = int.from_bytes(code[offset : offset + length], "little")
        found.append((offset, word, int(decode(np.array([word], np.uint32))[0])))
        offset += length
    return found


@pytest.fixture(scope="module")
def measured() -> Coverage:
    """Coverage of every profile."""
    total = Coverage()
    for name in PROFILES:
        for seed in range(3 if name in ("default", "fp", "atomic") else 1):
            total += coverage_of(generate(seed, 0, 1500, name))
    return total


def test_every_instruction_is_generated(measured: Coverage) -> None:
    assert measured.missing_instructions() == []


def test_every_operand_class_is_generated_for_every_source(measured: Coverage) -> None:
    assert measured.missing_classes() == []


def test_every_rounding_mode_is_generated_for_every_rounding_instruction(measured: Coverage) -> None:
    assert measured.missing_rounding() == []


def test_undefined_words_of_both_lengths_are_generated(measured: Coverage) -> None:
    assert (measured.unknown > 100).all()


@pytest.mark.parametrize("profile", ["default", "short", "control"])
def test_every_gadget_of_a_profile_survives_layout(profile: str) -> None:
    chosen = PROFILES[profile]
    kinds = np.bincount(Layout(draw(1, 0, 4000, chosen)).kind, minlength=len(Kind))
    missing = [k.name for k in (*chosen.kinds, *chosen.traps) if kinds[k] == 0]
    assert missing == []


def test_every_hint_and_reserved_encoding_is_generated() -> None:
    emitted: set[int] = set()
    for kind, pool in ((Kind.HINT, HINTS), (Kind.RESERVED_COMPRESSED, RESERVED_COMPRESSED)):
        base = draw(0, 0, len(pool), PROFILES["short"])
        slots = {name: field[:, :1].copy() for name, field in base.slots.items()}
        slots["kind"][:] = kind
        slots["imm"][:, 0] = np.arange(len(pool))
        batch = emit(Choices(slots, base.state))
        emitted |= {int.from_bytes(batch.code[i, :2].tobytes(), "little") for i in range(len(pool))}
    assert emitted == {int(h) for h in HINTS} | {int(h) for h in RESERVED_COMPRESSED}
    assert all(NUMBER_COMPRESSED[h] != UNKNOWN for h in HINTS)
    assert all(NUMBER_COMPRESSED[h] == UNKNOWN for h in RESERVED_COMPRESSED)


@pytest.mark.parametrize("profile", ["default", "control", "compressed", "noise", "traps"])
def test_jumps_land_on_instructions_of_the_own_program(profile: str) -> None:
    jumps = 0
    for row in range(80):
        case = generate(11, row, 1, profile).case(0)
        code = instructions(case)
        starts = {offset for offset, _, _ in code}
        for offset, word, number in code:
            if number == UNKNOWN or ALL[number].effects.control not in (Control.BRANCH, Control.JUMP):
                continue
            field = next(f for f in ALL[number].fields if f.name == "imm")
            assert offset + field.extract(word) in starts, f"{ALL[number].mnemonic} at {offset:#x} of row {row}"
            jumps += 1
    assert jumps > 20 or profile == "noise"


@pytest.mark.parametrize("profile", ["default", "csr", "noise", "traps"])
def test_counters_are_never_read_into_a_register(profile: str) -> None:
    """The values of cycle, time and instret differ between correct implementations."""
    seen = 0
    for row in range(100):
        for _, word, number in instructions(generate(5, row, 1, profile).case(0)):
            if number != UNKNOWN and ALL[number].effects.csr and 0xC00 <= word >> 20 <= 0xC9F:
                writes = word >> 12 & 3 == 1 or word >> 15 & 31 != 0
                assert word >> 7 & 31 == 0 or writes, f"{word:#x} in row {row} reads a counter"
                seen += 1
    assert seen or profile == "noise"


@pytest.mark.parametrize("profile", ["default", "atomic", "noise"])
def test_reservations_are_used_at_once(profile: str) -> None:
    """LR, one computing instruction, SC of the same size through the same register or a copy of it: nothing that could
    end or leave the reservation. What SC does otherwise is up to the implementation."""
    reserves = 0
    for row in range(100):
        code = instructions(generate(2, row, 1, profile).case(0))
        for place, (_, word, number) in enumerate(code):
            if number == UNKNOWN or ALL[number].effects.atomic != "reserve":
                continue
            conditional, name = code[place + 2][1], ALL[number].name
            if code[place + 2][2] == UNKNOWN or not ALL[code[place + 2][2]].name.startswith("sc_"):
                # On its own only where it traps: misaligned.
                continue
            assert ALL[code[place + 2][2]].name == name.replace("lr", "sc")
            address, other = word >> 15 & 31, conditional >> 15 & 31
            copied = INSTRUCTIONS["addi"].encode(rd=address, rs1=other, imm=0)
            assert address == other or code[place - 1][1] == copied
            assert not ALL[code[place + 1][2]].effects.store_bytes
            reserves += 1
    assert reserves or profile == "noise"


@settings(deadline=None, max_examples=150)
@given(any_choices())
def test_any_choices_are_programs(choices: Choices) -> None:
    batch = emit(choices)
    case = batch.case(0)
    words = instructions(case)
    assert words
    # Every slot has the size that its gadget promises.
    layout = Layout(choices)
    size = PARCELS.take(layout.kind).reshape(layout.count, layout.width).astype(int)
    size[layout.loop_case, layout.loop_last] += 4
    assert size.sum() + 2 == layout.parcels[0] == len(case.code) // 2
    starts = {offset for offset, _, _ in words}
    assert {2 * int(p) for p in layout.place[0]} <= starts


def test_a_program_too_long_for_its_home_is_cut() -> None:
    base = draw(0, 0, 3, replace(PROFILES["default"], slots=(250, 250)))
    base.slots["kind"][:] = Kind.TABLE
    batch = emit(base)
    assert 3000 < batch.code_bytes.max() <= 4096 - 128


def test_a_program_has_at_most_three_functions() -> None:
    base = draw(0, 0, 2, PROFILES["short"])
    slots = {name: np.zeros((2, 6), field.dtype) for name, field in base.slots.items()}
    slots["kind"][:] = Kind.SECTION
    base.state["slots"] = 6
    layout = Layout(Choices(slots, base.state))
    assert layout.kind.reshape(2, 6).tolist() == [[Kind.SECTION] * 3 + [Kind.NONE] * 3] * 2
    assert layout.functions.tolist() == [3, 3]


def _loops(width: int, heads: list[int], length: int, section: int | None = None) -> Layout:
    base = draw(0, 0, 1, PROFILES["short"])
    slots = {name: np.zeros((1, width), field.dtype) for name, field in base.slots.items()}
    slots["kind"][0, heads] = Kind.LOOP
    slots["length"][0] = length
    if section is not None:
        slots["kind"][0, section] = Kind.SECTION
    base.state["slots"] = width
    return Layout(Choices(slots, base.state))


def test_loops_without_room_inside_another_vanish() -> None:
    layout = _loops(6, [0, 1, 3, 5], 1)
    assert (layout.loop_head.tolist(), layout.loop_last.tolist()) == ([0, 3], [2, 5])
    assert layout.kind.tolist() == [Kind.LOOP, Kind.NONE, Kind.NONE, Kind.LOOP, Kind.NONE, Kind.NONE]
    assert not layout.inner.any()


def test_a_loop_inside_another_ends_before_it() -> None:
    layout = _loops(8, [0, 1, 2, 6], 4)
    assert (layout.loop_head.tolist(), layout.loop_last.tolist()) == ([0, 1, 6], [5, 4, 7])
    assert np.flatnonzero(layout.inner).tolist() == [1], "a third loop around them vanishes"


def test_programs_with_functions_have_no_loop_inside_another() -> None:
    layout = _loops(8, [0, 1], 4, section=7)
    assert (layout.loop_head.tolist(), layout.functions.tolist()) == ([0], [1])


def test_equal_homes_are_replaced_by_rows() -> None:
    base = draw(0, 0, 5, PROFILES["short"])
    base.state["home"] = 7
    assert len(np.unique(emit(base).code_address)) == 5


def test_traps_come_last_in_the_order_of_gadgets() -> None:
    traps = set().union(*(set(p.traps) for p in PROFILES.values()))
    assert all(kind >= FIRST_TRAP for kind in traps)
    assert all(kind < FIRST_TRAP for p in PROFILES.values() for kind in p.kinds)
