"""Worker processes: whatever an executor does is an observation, and the other cases are not harmed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import toy_executors as toy
from machine_batches import batch_of

from harness.campaign.limits import WorkerLimits
from harness.campaign.process import WorkerFailedError
from harness.campaign.workers import IsolatedExecutor, rows_of
from harness.contract import (
    BatchObservation,
    End,
    MachineBatch,
    MachineObservation,
    ProgramCase,
    ProgramObservation,
    Trap,
)
from harness.registry import ExecutorUnavailableError, UnknownExecutorError

LIMITS = WorkerLimits(case_seconds=60.0, batch_seconds=60.0, resident_bytes=512 << 20, output_bytes=4 << 20)
IMPATIENT = replace(LIMITS, case_seconds=1.0, batch_seconds=1.0)
"""For hangs: everything else is answered at once, however loaded the machine is."""
ARRAYS = ("end", "trap", "tval", "state", "memory", "retired")


@pytest.fixture
def bad(request: pytest.FixtureRequest) -> Iterator[IsolatedExecutor]:
    hangs = "hang" in request.node.name
    executor = IsolatedExecutor("toy_executors:Bad", IMPATIENT if hangs else LIMITS)
    yield executor
    executor.close()


def _batch(count: int, **bad_rows: int) -> MachineBatch:
    """Cases that add; row `bad_rows[way]` misbehaves in that way."""
    batch = batch_of(count, code=toy.addi(5, 6, 7) + toy.sd_window(5, 16) + toy.ebreak())
    for way, row in bad_rows.items():
        batch.code[row, 0] = toy.Bad.WAYS[way.rstrip("_")]
    return batch


def _same(left: BatchObservation, right: BatchObservation, rows: slice = slice(None)) -> None:
    for name in ARRAYS:
        assert (getattr(left, name)[rows] == getattr(right, name)[rows]).all(), name


def test_a_batch_comes_back_as_it_was_computed(bad: IsolatedExecutor) -> None:
    batch = _batch(40)
    seen = bad.run_batch(batch)
    _same(seen, toy.ToyMachine().run_batch(batch))
    assert seen.trap[0] == Trap.BREAKPOINT
    assert bad.capabilities.version == "Toy 1.0"
    assert bad.name == "bad"


def test_single_cases_and_programs_come_back(bad: IsolatedExecutor) -> None:
    case = _batch(3).case(1)
    seen = bad.run(case)
    expected = toy.ToyMachine().run(case)
    assert isinstance(seen, MachineObservation)
    assert isinstance(expected, MachineObservation)
    assert seen.state.tobytes() == expected.state.tobytes()
    assert toy.window_word(seen, 16) == int(case.state["x"][6]) + 7
    program = bad.run(ProgramCase("riscv64", b"\x7fELF", stdin=b"abc"))
    assert isinstance(program, ProgramObservation)
    assert program.stdout == b"cba"


def test_results_outlive_later_batches_and_memory_is_reused(bad: IsolatedExecutor) -> None:
    first = bad.run_batch(_batch(8))
    kept = first.state.copy()
    second = bad.run_batch(_batch(8).__class__(**{**_batch(8).__dict__, "initial": batch_of(8, seed=5).initial}))
    assert (first.state == kept).all()
    assert (first.state != second.state).any()
    assert len(bad._pool) == 0
    del first, second
    assert len(bad._pool) == 2
    bad.run_batch(_batch(8))
    assert len(bad._pool) == 2


@pytest.mark.parametrize(
    ("way", "end"),
    [
        ("segfault", End.CRASH),
        ("abort", End.CRASH),
        ("exit", End.CRASH),
        ("raise", End.CRASH),
        ("garbage", End.CRASH),
        ("close_all", End.CRASH),
        ("memory", End.CRASH),
        ("flood", End.CRASH),
        ("hang", End.TIMEOUT),
    ],
)
def test_only_the_culprit_of_a_batch_is_blamed(bad: IsolatedExecutor, way: str, end: End) -> None:
    batch = _batch(4, **{way: 1})
    seen = bad.run_batch(batch)
    good = toy.ToyMachine().run_batch(_batch(4))
    _same(seen, good, slice(0, 1))
    _same(seen, good, slice(2, 4))
    assert seen.end[1] == end
    assert [(i.label, i.end) for i in bad.incidents] == [("seed 1 case 1", end)]
    assert bad.run_batch(_batch(2)).end.tolist() == [End.TRAP, End.TRAP], "the next batch gets a fresh worker"


@pytest.mark.parametrize(
    ("way", "end", "detail"),
    [
        ("segfault", End.CRASH, "SIGSEGV"),
        ("exit", End.CRASH, "exit status 7"),
        ("raise", End.CRASH, "a foreign exception"),
        ("memory", End.CRASH, "MiB, the limit is 512 MiB"),
        ("flood", End.CRASH, "more than 4194304 bytes"),
        ("hang", End.TIMEOUT, "no answer within 1 s"),
        ("garbage", End.CRASH, "spoke garbage"),
    ],
)
def test_a_single_case_that_ends_the_worker_says_how(bad: IsolatedExecutor, way: str, end: End, detail: str) -> None:
    seen = bad.run(_batch(1, **{way: 0}).case(0))
    assert isinstance(seen, MachineObservation)
    assert seen.end is end
    assert detail in seen.detail
    program = bad.run(ProgramCase("riscv64", b"", stdin=bytes((toy.Bad.WAYS["exit"],))))
    assert isinstance(program, ProgramObservation)
    assert program.end is End.CRASH


def test_an_executor_that_closes_its_streams_goes_on(bad: IsolatedExecutor) -> None:
    seen = bad.run_batch(_batch(3, close_stdout=1))
    assert seen.end.tolist() == [End.TRAP] * 3
    assert not bad.incidents


def test_two_culprits_one_of_which_hangs(bad: IsolatedExecutor) -> None:
    seen = bad.run_batch(_batch(4, segfault=0, hang=3))
    assert seen.end[0] == End.CRASH
    assert seen.end[3] == End.TIMEOUT
    _same(seen, toy.ToyMachine().run_batch(_batch(4)), slice(1, 3))


def test_a_batch_full_of_culprits_is_given_up_and_says_so() -> None:
    executor = IsolatedExecutor("toy_executors:Bad", WorkerLimits(culprits=2))
    batch = _batch(8)
    batch.code[:, 0] = toy.Bad.WAYS["exit"]
    seen = executor.run_batch(batch)
    executor.close()
    assert (seen.end == End.CRASH).sum() == 2
    assert (seen.end == End.REFUSED).sum() == 6
    assert "given up" in executor.incidents[-1].detail


def test_batches_in_flight_survive_the_death_of_the_worker(bad: IsolatedExecutor) -> None:
    batches = [_batch(5), _batch(5, segfault=2), _batch(6), _batch(4, exit=0)]
    tickets = [bad.submit(batch) for batch in batches]
    seen = [bad.collect(ticket) for ticket in tickets]
    assert seen[1].end.tolist() == [End.TRAP, End.TRAP, End.CRASH, End.TRAP, End.TRAP]
    assert seen[3].end.tolist() == [End.CRASH, End.TRAP, End.TRAP, End.TRAP]
    for i in (0, 2):
        _same(seen[i], toy.ToyMachine().run_batch(batches[i]))


def test_a_batch_does_not_overtake_one_whose_worker_died(bad: IsolatedExecutor) -> None:
    # The new worker would answer the younger batch first, and that answer be taken for the older one's.
    bad.run_batch(_batch(1))
    worker = bad._worker
    assert worker is not None
    batches = [_batch(8, segfault=3), _batch(8)]
    first = bad.submit(batches[0])
    with contextlib.suppress(ChildProcessError):  # It may have died while the batch was submitted, and been reaped.
        os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)
    second = bad.submit(batches[1])
    assert bad.collect(first).end.tolist() == [End.TRAP] * 3 + [End.CRASH] + [End.TRAP] * 4
    _same(bad.collect(second), toy.ToyMachine().run_batch(batches[1]))


def test_a_worker_killed_from_outside_is_replaced(bad: IsolatedExecutor) -> None:
    assert bad.pid is not None
    os.kill(bad.pid, signal.SIGKILL)
    assert bad.run_batch(_batch(3)).end.tolist() == [End.TRAP] * 3
    assert bad.pid is not None
    os.kill(bad.pid, signal.SIGKILL)
    seen = bad.run(_batch(1).case(0))
    assert isinstance(seen, MachineObservation)
    assert seen.end in (End.TRAP, End.CRASH)
    assert bad.restarts >= 1


def test_a_worker_that_dies_before_a_request_is_sent_is_a_failure_of_the_worker(bad: IsolatedExecutor) -> None:
    worker = bad._worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)
    os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)
    with pytest.raises(WorkerFailedError, match="died: killed by SIGKILL"):
        worker.ask({"op": "ping"}, 5.0)
    assert bad.path(_batch(1).case(0), 2) == [int(_batch(1).initial["pc"][0]), int(_batch(1).initial["pc"][0]) + 4]


def test_tickets_are_collected_in_order(bad: IsolatedExecutor) -> None:
    first, second = bad.submit(_batch(1)), bad.submit(_batch(1))
    with pytest.raises(ValueError, match="in the order in which they were submitted"):
        bad.collect(second)
    with pytest.raises(RuntimeError, match="collect every submitted batch"):
        bad.run(_batch(1).case(0))
    bad.collect(first)
    bad.collect(second)


@pytest.mark.parametrize("name", ["WrongShape", "NeverFilled"])
def test_an_observation_that_cannot_be_one_is_a_crash(name: str) -> None:
    executor = IsolatedExecutor(f"toy_executors:{name}", LIMITS)
    seen = executor.run_batch(_batch(1))
    executor.close()
    assert seen.end.tolist() == [End.CRASH]
    assert "ValueError" in executor.incidents[0].detail


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("toy_executors:DiesAtBirth", "does not start: died.*SIGABRT"),
        ("toy_executors:NeedsMissingLibrary", "no_such_library_for_counterproof"),
        ("toy_executors:NotAnExecutor", "is no executor: it needs name"),
        ("toy_executors:Nobody", "has no 'Nobody'"),
    ],
)
def test_an_executor_that_cannot_be_built_says_why(name: str, message: str) -> None:
    with pytest.raises(ExecutorUnavailableError, match=f"(?s){message}"):
        IsolatedExecutor(name)


def test_an_unknown_executor_is_unknown_to_a_worker_too() -> None:
    with pytest.raises(UnknownExecutorError, match="no executor is called 'nonsense'"):
        IsolatedExecutor("nonsense")


def test_workers_end_with_their_campaign(tmp_path: Path) -> None:
    script = (
        "import os, sys, time\n"
        "from harness.campaign.workers import IsolatedExecutor\n"
        "print(IsolatedExecutor('toy_executors:ToyMachine').pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    path = os.pathsep.join([str(Path(toy.__file__).parent), *filter(None, sys.path)])
    campaign = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": path}, cwd=tmp_path
    )
    assert campaign.stdout is not None
    pid = int(campaign.stdout.readline())
    campaign.kill()
    campaign.wait()
    campaign.stdout.close()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    stat = Path(f"/proc/{pid}/stat")
    assert not stat.exists() or stat.read_text().split()[2] == "Z"


def test_rows_of_a_batch_are_a_batch() -> None:
    batch = _batch(6)
    part = rows_of(batch, slice(2, 5))
    assert len(part) == 3
    assert (part.initial == batch.initial[2:5]).all()
    assert part.case(0).code_address == batch.case(2).code_address
    assert np.shares_memory(part.code, batch.code)


@pytest.mark.parametrize(("name", "value"), [("case_seconds", 0.0), ("resident_bytes", -1), ("culprits", 0)])
def test_limits_are_positive(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} is {value}, must be positive"):
        WorkerLimits(**{name: value})  # type: ignore[arg-type]
