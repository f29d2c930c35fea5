"""What every start uses instead of `collections`, `functools` and `weakref` answers as those do."""

from __future__ import annotations

import collections
import copy
import gc
import pickle
import weakref
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.vm import quick

WORDS = st.lists(st.sampled_from("abcd"))


@given(WORDS, st.dictionaries(st.sampled_from("abcd"), st.integers(-3, 3)), st.none() | st.integers(0, 5))
def test_counters_count_as_the_standard_class(words: list[str], more: dict[str, int], most: int | None) -> None:
    ours, standard = quick.Counter(words), collections.Counter(words)
    for counter in (ours, standard):
        counter.update(more)
        counter["a"] += 2
    assert ours == standard
    assert list(ours) == list(standard)
    assert ours.most_common(most) == standard.most_common(most)
    assert ours["never"] == 0 and "never" not in ours
    assert repr(ours) == repr(standard)
    assert pickle.loads(pickle.dumps(ours)) == copy.copy(ours) == ours.copy() == ours


def test_counters_have_no_union() -> None:
    """A dictionary's would not be the standard counter's."""
    with pytest.raises(TypeError):
        quick.Counter("a") | quick.Counter("b")


def test_once_calls_once_and_keeps_no_failure() -> None:
    calls = []

    @quick.once
    def find() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise OSError
        return len(calls)

    with pytest.raises(OSError):
        find()
    assert [find(), find()] == [2, 2]
    find.cache_clear()
    assert find() == 3


class Key:
    pass


@pytest.mark.parametrize("kind", [quick.WeakKeyDictionary, weakref.WeakKeyDictionary])
def test_entries_go_with_their_keys(kind: Any) -> None:
    held = kind()
    first, second = Key(), Key()
    held[first], held[second] = 1, 2
    held[first] = 3
    assert (held[first], held.get(second), held.get(Key()), len(held)) == (3, 2, None, 2)
    third = Key()
    assert [held.setdefault(third, 4), held.setdefault(third, 5)] == [4, 4]
    del third
    assert first in held and Key() not in held
    assert sorted(held.values()) == [2, 3]
    del first
    gc.collect()
    assert list(held.values()) == [2]
    with pytest.raises(KeyError):
        held[Key()]
