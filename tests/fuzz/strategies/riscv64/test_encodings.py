"""Raw encodings: nothing of RV64GC is called foreign, and sanitised noise is harmless."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.isa.derive.effects import Control
from fuzz.strategies.riscv64.decoding import UNKNOWN, decode
from fuzz.strategies.riscv64.encodings import (
    HIDDEN_CSRS,
    ILLEGAL_WORDS,
    NOISE_COMPRESSED,
    PRIVILEGED_WORDS,
    foreign,
    sanitised,
)
from fuzz.strategies.riscv64.instructions import ALL

WORDS = st.lists(st.integers(0, (1 << 32) - 1), min_size=1, max_size=64).map(lambda v: np.array(v, np.uint32))


@settings(deadline=None)
@given(st.integers(0, (1 << 32) - 1))
def test_no_instruction_of_rv64gc_is_foreign(bits: int) -> None:
    words = [i.match | bits & ~i.mask & 0xFFFF_FFFF for i in ALL if i.length == 4]
    wrong = [ALL[n].mnemonic for n, word in enumerate(words) if foreign(np.array([word], np.uint32))[0]]
    assert wrong == []


def test_known_foreign_words_are_foreign() -> None:
    words = {
        "andn x1, x2, x3": 0x4031_70B3,
        "sh1add x1, x2, x3": 0x2031_20B3,
        "czero.eqz x1, x2, x3": 0x0E31_50B3,
        "rori x1, x2, 3": 0x6031_5093,
        "clz x1, x2": 0x6001_1093,
        "zext.h x1, x2": 0x0801_40BB,
        "clmul x1, x2, x3": 0x0A31_10B3,
        "aes64ds x1, x2, x3": 0x3A31_00B3,
        "vadd.vv v1, v2, v3": 0x0221_80D7,
        "vle8.v v1, (x2)": 0x0201_0087,
        "flh f1, 0(x2)": 0x0001_1087,
        "fadd.h f1, f2, f3": 0x0431_70D3,
        "fli.s f1, 1.0": 0xF018_00D3 | 0x0010_0000,
        "cbo.zero (x2)": 0x0041_200F,
        "amocas.w x1, x2, (x3)": 0x2821_A0AF,
        "amoadd.b x1, x2, (x3)": 0x0021_80AF,
        "wrs.nto": 0x00D0_0073,
        "mop.r.0 x1, x2": 0x81C1_40F3,
    }
    missed = [name for name, word in words.items() if not foreign(np.array([word], np.uint32))[0]]
    assert missed == []


@settings(deadline=None, max_examples=400)
@given(WORDS)
def test_sanitised_words_do_not_jump_reserve_or_read_counters(words: np.ndarray) -> None:
    clean = sanitised(words)
    assert ((clean & 3) == 3).all()
    for word, number in zip(clean.tolist(), decode(clean).tolist(), strict=True):
        if number == UNKNOWN:
            continue
        effects = ALL[number].effects
        assert effects.control in (Control.NONE, Control.TRAP)
        assert effects.atomic in ("", "amo")
        assert not effects.csr or word >> 20 <= 3 or word >> 20 in HIDDEN_CSRS


@settings(deadline=None)
@given(WORDS)
def test_sanitising_leaves_no_foreign_word(words: np.ndarray) -> None:
    assert not foreign(sanitised(words)).any()


def test_compressed_noise_holds_no_jump() -> None:
    numbers = decode(NOISE_COMPRESSED.astype(np.uint32))
    known = {ALL[n].effects.control for n in set(numbers.tolist()) - {UNKNOWN}}
    assert known == {Control.NONE, Control.TRAP}
    assert UNKNOWN in numbers


def test_illegal_words_are_no_instructions_or_write_counters() -> None:
    for word, number in zip(ILLEGAL_WORDS.tolist(), decode(ILLEGAL_WORDS).tolist(), strict=True):
        assert number == UNKNOWN or (ALL[number].effects.csr and word >> 30 == 3), hex(word)
    assert (decode(PRIVILEGED_WORDS) == UNKNOWN).all()
