"""The pool of forked workers: order, and what becomes of units whose worker dies or hangs."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.campaign.forked_pool import ForkedPool, Lost, Work


def faulty() -> Work:
    def work(unit: int, news: Any) -> Any:
        if unit == 3:
            os._exit(7)
        if unit == 5:
            time.sleep(60)
        if unit == 6:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.02 if unit % 2 else 0)
        return unit * 10, news

    return work


@settings(deadline=None, max_examples=8)
@given(st.integers(1, 3), st.lists(st.integers(7, 99), unique=True, max_size=12))
def test_results_come_in_the_order_of_the_units(jobs: int, units: list[int]) -> None:
    got = list(ForkedPool(faulty, jobs, 20.0, lambda: "news").results(iter(units)))
    assert got == [(unit, (unit * 10, "news")) for unit in units]


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_lost_worker_costs_its_unit_only(jobs: int) -> None:
    got = dict(ForkedPool(faulty, jobs, 1.5).results(iter(range(9))))
    lost = {unit: one.why for unit, one in got.items() if isinstance(one, Lost)}
    assert list(got) == list(range(9))
    assert lost == {
        3: "the worker ended with exit status 7",
        5: "no result after 2 s",
        6: "the worker ended with signal 9",
    }


def test_a_stopped_run_leaves_no_process() -> None:
    pool = ForkedPool(faulty, 2, 30.0)
    results = pool.results(iter([8, 5]))
    assert next(results) == (8, (80, None))
    workers = [worker.process.pid or 0 for worker in pool._workers]
    assert len(workers) == 2 and all(workers), "one is in the middle of a unit"
    results.close()  # type: ignore[attr-defined]
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


def test_jobs_out_of_range() -> None:
    with pytest.raises(ValueError, match="jobs is 0; the legal range is 1 and more"):
        ForkedPool(faulty, 0, 1.0)
