"""Programs are given back what they waited for a processor, and nothing for waiting on anything else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from oracles.deadline import Deadline

BUSY = "import time\nwhile time.process_time() < 0.2: pass\nprint(flush=True)\nwhile True: pass"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("oracles.deadline.time.monotonic", lambda: now[0])
    return now


def waits(limit: Deadline, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "_waited_s", lambda: seconds)


def test_time_passes(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    limit = Deadline(os.getpid(), 10)
    waits(limit, 0.0, monkeypatch)
    assert limit.left_s() == 10
    clock[0] += 9
    assert limit.left_s() == 1
    clock[0] += 1
    assert limit.left_s() == 0


def test_what_was_waited_for_a_processor_is_given_back(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    limit = Deadline(os.getpid(), 10)
    waits(limit, 4.0, monkeypatch)
    clock[0] += 11
    assert limit.left_s() == 3
    waits(limit, 6.5, monkeypatch)
    clock[0] += 3
    assert limit.left_s() == 2.5
    clock[0] += 100
    assert limit.left_s() == -97.5


@pytest.fixture
def rivals() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Two that want the same processor all the time, and have run."""
    processor = min(os.sched_getaffinity(0))
    pinned = [f"import os\nos.sched_setaffinity(0, {{{processor}}})\n{BUSY}"] * 2
    found = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) for program in pinned]
    try:
        for one in found:
            assert one.stdout is not None
            assert one.stdout.readline()
        yield found
    finally:
        for one in found:
            one.kill()
            one.communicate()


@pytest.mark.skipif(not Path("/proc/self/schedstat").is_file(), reason="the kernel keeps no account of waiting")
def test_the_system_tells_what_was_waited(rivals: list[subprocess.Popen[bytes]]) -> None:
    assert any(Deadline(one.pid, 0.0)._waited_s() > 0 for one in rivals)


def test_a_process_that_is_gone_has_waited_for_nothing(clock: list[float]) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    limit = Deadline(child.pid, 1)
    clock[0] += 3
    assert limit.left_s() == -2
