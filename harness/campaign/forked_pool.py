"""A pool of forked processes for work that a compiler under test may never finish, or die of.

The parent loads what all need, then forks. Units are numbers; results come back in their order,
whoever was first. A worker that dies over a unit, or takes longer than it may, is replaced, and the unit is lost.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Any, Final

_FORK: Final = multiprocessing.get_context("fork")

Work = Callable[[int, Any], Any]


@dataclass(frozen=True)
class Lost:
    """A unit without a result. `why` says in words what became of its worker."""

    why: str


@dataclass
class _Worker:
    process: ForkProcess
    pipe: Connection
    unit: int = -1
    deadline: float = 0.0


class ForkedPool:
    """Runs units in `jobs` processes.

    Args:
        start: called once in every worker; gives the function that does a unit, called with its number and `news()`.
        jobs: processes at a time.
        seconds: wall clock for one unit.
        news: asked in the parent whenever a unit is handed out; what it says is sent along.
    """

    def __init__(
        self, start: Callable[[], Work], jobs: int, seconds: float, news: Callable[[], Any] = lambda: None
    ) -> None:
        if jobs < 1:
            raise ValueError(f"jobs is {jobs}; the legal range is 1 and more")
        self._start, self._jobs, self._seconds, self._news = start, jobs, seconds, news
        self._workers: list[_Worker] = []

    def results(self, units: Iterator[int]) -> Iterator[tuple[int, Any]]:
        """(unit, its result or `Lost`), in the order of `units`."""
        order: list[int] = []
        done: dict[int, Any] = {}
        more = True
        try:
            while more or order:
                while more and len(order) < 4 * self._jobs and (idle := self._idle()) is not None:
                    unit = next(units, None)
                    if unit is None:
                        more = False
                        break
                    order.append(unit)
                    self._hand_out(idle, unit)
                if any(worker.unit >= 0 for worker in self._workers):
                    done.update(self._collect())
                while order and order[0] in done:
                    unit = order.pop(0)
                    yield unit, done.pop(unit)
        finally:
            self.close()

    def close(self) -> None:
        """End every worker. Idempotent."""
        workers, self._workers = self._workers, []
        for worker in workers:
            worker.pipe.close()
            if worker.unit >= 0:
                worker.process.kill()
            worker.process.join(5.0)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.process.close()

    def _idle(self) -> _Worker | None:
        for worker in self._workers:
            if worker.unit < 0:
                return worker
        if len(self._workers) >= self._jobs:
            return None
        ours, theirs = _FORK.Pipe()
        others = [one.pipe for one in self._workers]
        process = _FORK.Process(target=_serve, args=(self._start, theirs, [ours, *others]), daemon=True)
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _hand_out(self, worker: _Worker, unit: int) -> None:
        worker.unit, worker.deadline = unit, time.monotonic() + self._seconds
        worker.pipe.send((unit, self._news()))

    def _collect(self) -> dict[int, Any]:
        """Wait until something is there: results, or workers that were lost."""
        busy = [worker for worker in self._workers if worker.unit >= 0]
        left = max(0.0, min(worker.deadline for worker in busy) - time.monotonic())
        ready = wait([worker.pipe for worker in busy], timeout=left + 0.05)
        found: dict[int, Any] = {}
        for worker in busy:
            if worker.pipe in ready:
                try:
                    found[worker.unit] = worker.pipe.recv()
                    worker.unit = -1
                    continue
                except EOFError:
                    worker.process.join(5.0)
                    status = worker.process.exitcode
                    how = f"signal {-status}" if status is not None and status < 0 else f"exit status {status}"
                    found[worker.unit] = Lost(f"the worker ended with {how}")
            elif time.monotonic() >= worker.deadline:
                found[worker.unit] = Lost(f"no result after {self._seconds:.0f} s")
                worker.process.kill()
                worker.process.join()
            else:
                continue
            worker.pipe.close()
            worker.process.close()
            self._workers.remove(worker)
        return found


def _serve(start: Callable[[], Work], pipe: Connection, inherited: list[Connection]) -> None:
    """The worker: until the parent closes its end. An interrupt is the parent's to deal with; a request
    to end is obeyed at once, whatever the parent does with one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for one in inherited:
        one.close()
    work = start()
    while True:
        try:
            unit, news = pipe.recv()
        except EOFError:
            return
        pipe.send(work(unit, news))
