"""What is hard is decided by searches of its own, and the page says only what was measured."""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ci import bench_direction
from ci.bench_direction import (
    BATCH_CASES,
    DIRECTED,
    ROTATION,
    SEARCHES,
    Batch,
    Found,
    examine,
    hard_third,
    interval,
    log_rank,
    make,
    page,
    profiles,
    rate,
    record,
    search,
    sooner,
)
from fuzz.strategies.riscv64.choices import GENERATOR_VERSION
from harness.compare import machine
from harness.registry import create

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
    text = page(results, 3, 9, 4.0, {"default": 0.0301})
    assert f"generator version {GENERATOR_VERSION}: of 3 injected bugs of the machine (drawn from 9)" in text
    assert "1 bugs; 2 seeds each, at most 4 s" in text
    assert "| one | 1 of 2, 3.500 | 2 of 2, 1.550 |" in text
    assert f"Kills per minute: {(2 / 3.1) / (1 / 7):.2f} times as many" in text
    assert "in ms: default 30.1." in text
    assert "sooner for 1 bugs and random ones for 0 (sign test, one-sided p = 5.0e-01)" in text
    low, high = interval(list(results.values()))
    assert low == pytest.approx(high)


def _of(random: list[Found], directed: list[Found]) -> dict[str, list[Found]]:
    return {"random": random, "directed": directed}


def test_the_log_rank_test_is_the_one_of_the_books() -> None:
    """Kills at 6, 7, 10 and 15 against 19 and 25, with censored searches: worked out by hand, risk set by risk set."""

    def at(seconds: float, killed: bool = True) -> Found:
        return Found(killed, 1, seconds)

    random = [at(19), at(25), at(20, False), at(12, False)]
    directed = [at(6), at(7), at(10), at(15)]
    # (directed at risk, all at risk) when each kill came.
    risks = [(4, 8), (3, 7), (2, 6), (1, 4), (0, 3), (0, 1)]
    expected = sum(few / every for few, every in risks)
    variance = sum(few * (every - few) / every**2 for few, every in risks)
    p = 0.5 * math.erfc((4 - expected) / math.sqrt(2 * variance))
    assert log_rank([_of(random, directed)]) == pytest.approx(p)
    assert log_rank([_of(directed, random)]) == pytest.approx(1 - p)


def test_earlier_kills_are_significant_and_equal_or_missing_ones_are_not() -> None:
    assert log_rank([_of([NEVER] * 3, [SOON] * 3)] * 9) < 1e-4
    assert log_rank([_of([NEVER] * 3, [SOON] * 3), *[_of([SOON, LATE], [SOON, LATE])] * 9]) > 1e-2
    assert log_rank([_of([LATE, SOON], [LATE, SOON])]) == pytest.approx(0.5)
    assert log_rank([_of([LATE] * 3, [LATE] * 3)]) == log_rank([_of([NEVER], [NEVER])]) == 1.0


def test_the_sign_test_leaves_out_ties_and_what_neither_finds() -> None:
    better, worse, tie, none = _of([LATE], [SOON]), _of([SOON], [LATE]), _of([SOON], [SOON]), _of([NEVER], [NEVER])
    assert sooner([better, better, better, tie, none]) == (3, 0, 1 / 8)
    assert sooner([better, worse]) == (1, 1, 3 / 4)
    assert sooner([tie, none]) == (0, 0, 1.0)


def test_a_directed_search_has_the_random_programs_and_more_after_each_batch() -> None:
    turns = len(ROTATION) + 1
    random, directed = (list(itertools.islice(profiles(kind), 30)) for kind in SEARCHES)
    assert random[:turns] == [*ROTATION, ROTATION[0]]
    assert directed[:: 1 + len(DIRECTED)] == random[:10]
    assert tuple(directed[1:3]) == DIRECTED
    for profile in DIRECTED:
        assert make(profile, 7, 1).code.tobytes() != make(profile, 7, 0).code.tobytes()


def test_a_search_has_the_costs_of_its_batches_and_ends_with_its_budget() -> None:
    pytest.importorskip("unicorn")
    cost = dict.fromkeys((*ROTATION, *DIRECTED), 1.0)
    with (
        contextlib.closing(create(bench_direction.ORACLE, isolated=False)) as oracle,
        contextlib.closing(create(bench_direction.SUBJECT, isolated=False)) as subject,
    ):
        random, directed = (record(kind, 7, 2.5, cost, subject, oracle) for kind in SEARCHES)
    assert [len(random), len(directed)] == [3, 3]
    assert random[0].batch.code.tobytes() == directed[0].batch.code.tobytes()
    assert random[1].batch.code.tobytes() != directed[1].batch.code.tobytes()
    assert {one.seconds for one in (*random, *directed)} == {1.0}


def test_of_the_last_batch_the_programs_up_to_the_one_that_shows_the_bug_count(monkeypatch: pytest.MonkeyPatch) -> None:
    class Seen:
        def __init__(self, rows: list[int]) -> None:
            self.rows = np.array(rows, np.intp)

        def diverged(self) -> NDArray[np.intp]:
            return self.rows

    class Subject:
        def run_batch(self, batch: object) -> object:
            return batch

    monkeypatch.setattr(machine, "compare_batches", lambda batch, subject, oracle: Seen(batch))
    excused = np.zeros(BATCH_CASES, np.bool_)
    excused[3] = True
    blank, explained, shown = (Batch(rows, None, excused, 2.0) for rows in ([], [3], [3, BATCH_CASES // 2 - 1, 90]))
    assert search([blank, explained], Subject()) == Found(False, 2 * BATCH_CASES, 4.0)
    assert search([blank, explained, shown, shown], Subject()) == Found(True, 2 * BATCH_CASES + BATCH_CASES // 2, 5.0)


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
