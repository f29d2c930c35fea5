"""What is hard is decided by searches of its own, and the page says only what was measured."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

import pytest

from ci import bench_direction
from ci.bench_direction import SEARCHES, Found, examine, hard_third, interval, mann_whitney, page, rate, record
from fuzz.strategies.riscv64.choices import GENERATOR_VERSION

SOON, LATE, NEVER = Found(True, 10, 0.1), Found(True, 900, 3.0), Found(False, 1000, 4.0)


def test_the_hard_third_is_what_random_programs_miss_or_find_late() -> None:
    chosen = {f"easy-{n}": [SOON] for n in range(4)} | {"late": [LATE], "missed": [NEVER]}
    assert hard_third(chosen) == ["missed", "late"]


def test_a_missed_bug_is_no_kill_and_costs_its_whole_search() -> None:
    results = [{"random": [LATE, NEVER], "directed": [SOON, SOON]}]
    assert rate(results, "random") == pytest.approx(60 / 7)
    assert rate(results, "directed") == pytest.approx(60 / 0.1)


def test_the_page_has_the_hard_bugs_and_their_ratio() -> None:
    results = {"one": {"random": [NEVER, LATE], "directed": [SOON, LATE]}}
    text = page(results, 3, 2, 4.0)
    assert "of 3 injected bugs" in text and f"generator version {GENERATOR_VERSION}:" in text
    assert "| one | 1 of 2, 3.50 | 2 of 2, 1.55 |" in text
    assert f"Ratio over the hard third: {(2 / 3.1) / (1 / 7):.2f}" in text
    low, high = interval(list(results.values()))
    assert low == pytest.approx(high)


def test_earlier_kills_are_significant_and_equal_ones_are_not() -> None:
    assert mann_whitney([float(n) for n in range(30)], [float(n) / 9 for n in range(30)]) < 1e-4
    assert mann_whitney([1.0] * 9, [1.0] * 9) == 1.0


def test_batches_that_both_searches_have_cost_the_same_in_both() -> None:
    pytest.importorskip("unicorn")
    known: dict[tuple[str, int], bench_direction.Batch] = {}
    random, directed = (record(kind, 7, 0.2, known) for kind in SEARCHES)
    assert random[0] is directed[0]
    assert len(directed) > 2 and len(known) == len(random) + len(directed) - 1
    assert all(one.seconds > 0 for one in known.values())


@pytest.mark.parametrize("ends", [False, True])
def test_a_bug_that_takes_its_process_along_has_no_result(ends: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def here(name: str, recorded: Mapping[str, Any], write_end: int) -> None:
        if ends:
            os._exit(9)
        with os.fdopen(write_end, "w") as stream:
            json.dump({"random": [[True, 10, 0.1]]}, stream)

    monkeypatch.setattr(bench_direction, "_examine_here", here)
    assert examine("any", {}) == (None if ends else {"random": [SOON]})


def test_a_bug_that_hangs_is_ended_by_processor_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def here(name: str, recorded: Mapping[str, Any], write_end: int) -> None:
        begun = time.process_time()
        while time.process_time() - begun < 60:
            sys.getsizeof(name)
        raise AssertionError("it was not ended")

    monkeypatch.setattr(bench_direction, "_examine_here", here)
    monkeypatch.setattr(bench_direction, "HANG_SECONDS", 1)
    begun = os.times()
    assert examine("any", {}) is None
    ended = os.times()
    assert ended.children_user + ended.children_system - begun.children_user - begun.children_system < 30
