"""Choices as bytes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.strategies.riscv64.choices import GENERATOR_VERSION, SLOT, SLOT_FIELDS, STATE, Choices
from fuzz.strategies.riscv64.draw import draw
from fuzz.strategies.riscv64.emit import emit
from fuzz.strategies.riscv64.hypothesis_programs import any_choices
from fuzz.strategies.riscv64.profiles import PROFILES


def same(a: Choices, b: Choices) -> bool:
    return (
        a.memory_seed == b.memory_seed
        and np.array_equal(a.state, b.state)
        and all(np.array_equal(a.slots[n], b.slots[n]) for n in SLOT_FIELDS)
    )


@settings(deadline=None)
@given(any_choices())
def test_bytes_and_back(choices: Choices) -> None:
    assert same(Choices.from_bytes(choices.to_bytes()), choices.row(0))


def test_a_row_read_back_emits_the_same_case() -> None:
    choices = draw(6, 100, 20, PROFILES["default"])
    batch = emit(choices)
    for i in range(20):
        case, again = batch.case(i), emit(Choices.from_bytes(choices.to_bytes(i))).case(0)
        assert case.code == again.code
        assert case.code_address == again.code_address
        assert np.array_equal(case.state["x"], again.state["x"])
        assert case.memory == again.memory


def test_bad_bytes_are_refused_with_the_reason() -> None:
    good = draw(1, 0, 1, PROFILES["short"]).to_bytes()
    with pytest.raises(ValueError, match="3 bytes are too short"):
        Choices.from_bytes(good[:3])
    with pytest.raises(ValueError, match="begin with b'cprv', this with b'xprv'"):
        Choices.from_bytes(b"x" + good[1:])
    with pytest.raises(ValueError, match=f"version 99; this is version {GENERATOR_VERSION}"):
        Choices.from_bytes(good[:4] + b"\x63\0" + good[6:])
    slots_at = 16 + STATE.fields["slots"][1]  # type: ignore[index]
    with pytest.raises(ValueError, match=r"the state speaks of 200 slots, the header of \d+"):
        Choices.from_bytes(good[:slots_at] + b"\xc8" + good[slots_at + 1 :])
    with pytest.raises(ValueError, match="do not hold"):
        Choices.from_bytes(good[:-1])


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_are_a_program(data: bytes) -> None:
    choices = Choices.from_noise(data)
    assert 1 <= choices.width <= 255
    emit(choices)


def test_shapes_are_checked() -> None:
    slots = {name: np.zeros((2, 3), SLOT[name]) for name in SLOT_FIELDS}
    with pytest.raises(ValueError, match="wrong"):
        Choices(slots, np.zeros(1, STATE))
    with pytest.raises(ValueError, match="at least one program"):
        Choices.of([])
    with pytest.raises(ValueError, match="at most 255"):
        Choices.of([(np.zeros(256, SLOT), np.zeros(1, STATE)[0])])
