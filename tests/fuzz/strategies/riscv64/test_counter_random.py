"""The counter-based generator: known answers, and words that depend on nothing but (seed, case, site)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.strategies.riscv64.counter_random import GOLDEN, MASK64, Stream, case_keys, mix, mixed, words

# The published first outputs of SplitMix64 with seed 0.
SPLITMIX_0 = (0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F)


def test_words_of_key_zero_are_splitmix64() -> None:
    assert words(np.zeros(1, np.uint64), 0, 3)[0].tolist() == list(SPLITMIX_0)


@settings(deadline=None)
@given(st.lists(st.integers(0, MASK64), min_size=1, max_size=8))
def test_the_array_finaliser_equals_the_integer_one(values: list[int]) -> None:
    assert mix(np.array(values, np.uint64)).tolist() == [mixed(v) for v in values]


@settings(deadline=None)
@given(st.integers(0, 1 << 80), st.integers(0, 1 << 70), st.integers(1, 20), st.integers(0, 300))
def test_a_word_depends_on_its_own_case_and_site(seed: int, first: int, count: int, site: int) -> None:
    together = words(case_keys(seed, first, count), 0, site + 1)[-1, site]
    alone = words(case_keys(seed, first + count - 1, 1), site, 1)[0, 0]
    assert together == alone


def test_keys_differ_between_cases_and_seeds() -> None:
    keys = np.concatenate([case_keys(seed, 0, 1000) for seed in (0, 1, 2, 1 << 64, (1 << 64) + 1)])
    assert len(np.unique(keys)) == len(keys)


def test_negative_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="seed -1"):
        case_keys(-1, 0, 1)


def test_a_stream_is_splitmix64_of_its_mixed_key() -> None:
    stream = Stream(5)
    assert [stream.word(), stream.word()] == [mixed(mixed(5) + GOLDEN), mixed(mixed(5) + 2 * GOLDEN)]
    assert {Stream(6).below(3) for _ in range(1)} <= {0, 1, 2}
    stream = Stream(7)
    assert {stream.below(5) for _ in range(200)} == set(range(5))
