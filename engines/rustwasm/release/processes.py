"""An errand in several processes: forks of this one that take functions as they become ready.

A fork has all that the parent has, so nothing is sent to it at first, and it lives for one errand. What a function
became goes to those that need it, by way of the parent. A fork gets work only while it waits for some, so neither side
can wait for the other to read. Where the parent is killed it ends with the work at hand.
"""

from __future__ import annotations

import os
import pickle
import signal
import traceback
from collections import deque
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection, Pipe, wait
from typing import Final, cast

from engines.rustwasm.release.errands import Errand, LostProcessError

LARGEST: Final = 32
"""Functions that are handed to a process at a time at most …"""
SHARE: Final = 4
"""… and a process gets at most one part in so many of those that are ready, divided by the processes."""


class _Worker:
    """A fork, as the parent sees it. `knows` are functions that were worked on there, or that it was told of."""

    def __init__(self, pid: int, pipe: Connection) -> None:
        self.pid = pid
        self.pipe = pipe
        self.idle = True
        self.knows: set[int] = set()


class Pool:
    """The processes of one errand; `run` starts and ends them."""

    def __init__(self, errand: Errand, order: Sequence[int], after: Mapping[int, Sequence[int]]) -> None:
        self._errand = errand
        self._after = after
        self._missing = {one: len(set(after.get(one, ()))) for one in order}
        self._later: dict[int, list[int]] = {}
        for one in order:
            for before in set(after.get(one, ())):
                self._later.setdefault(before, []).append(one)
        self._ready = deque(one for one in order if not self._missing[one])
        self._told: dict[int, bytes | None] = {}
        self._fresh: list[int] = []
        self._workers: list[_Worker] = []

    def run(self, jobs: int) -> None:
        """Do it in so many processes.

        Raises:
            LostProcessError: one ended by itself, or could not be started.
            Exception: what the errand raises.
        """
        left = len(self._missing)
        try:
            for _ in range(jobs):
                self._start()
            while left:
                self._hand_out()
                self._take()
                busy = {worker.pipe: worker for worker in self._workers if not worker.idle}
                for pipe in wait(list(busy)):
                    left -= self._receive(busy[cast("Connection", pipe)])
            self._take()
        finally:
            for worker in self._workers:
                worker.pipe.close()
                os.kill(worker.pid, signal.SIGKILL)
                os.waitpid(worker.pid, 0)

    def _start(self) -> None:
        ours, theirs = Pipe()
        try:
            pid = os.fork()
        except OSError as error:
            ours.close()
            theirs.close()
            raise LostProcessError(f"no process can be started: {error.strerror}; build with fewer jobs") from None
        if not pid:
            try:
                ours.close()
                for other in self._workers:
                    other.pipe.close()  # else that one would not notice that the parent ended
                _serve(self._errand, theirs)
            finally:
                os._exit(0)
        theirs.close()
        self._workers.append(_Worker(pid, ours))

    def _hand_out(self) -> None:
        """The next functions to those who have none, in order, with what they need of others."""
        for worker in self._workers:
            if not self._ready:
                return
            if not worker.idle:
                continue
            count = max(1, min(LARGEST, len(self._ready) // (SHARE * len(self._workers))))
            functions = [self._ready.popleft() for _ in range(count)]
            news: dict[int, bytes] = {}
            for function in functions:
                for before in self._after.get(function, ()):
                    told = self._told[before]
                    if told is not None and before not in worker.knows:
                        news[before] = told
            worker.knows.update(functions, news)
            worker.idle = False
            try:
                worker.pipe.send((functions, news))
            except OSError:
                self._lost(worker)

    def _receive(self, worker: _Worker) -> int:
        """What a process did; how many functions."""
        try:
            answers, raised = worker.pipe.recv()
        except (EOFError, OSError):
            self._lost(worker)
        if raised is not None:
            raise raised
        worker.idle = True
        for function, told in answers:
            self._told[function] = told
            self._fresh.append(function)
            for later in self._later.get(function, ()):
                self._missing[later] -= 1
                if not self._missing[later]:
                    self._ready.append(later)
        return len(answers)

    def _take(self) -> None:
        """Have here what was done elsewhere."""
        fresh, self._fresh = self._fresh, []
        for function in fresh:
            told = self._told[function]
            if told is not None:
                self._errand.take(function, pickle.loads(told))

    def _lost(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.pipe.close()
        status = os.waitstatus_to_exitcode(os.waitpid(worker.pid, 0)[1])
        how = f"by signal {-status}" if status < 0 else f"with status {status}"
        raise LostProcessError(f"a process that compiled functions ended {how}; with fewer jobs it takes less memory")


def _serve(errand: Errand, pipe: Connection) -> None:
    """A fork: work on what comes until the parent closes its end. An interrupt ends it without a word."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    while True:
        try:
            functions, news = pipe.recv()
        except EOFError:
            return
        answers: list[tuple[int, bytes | None]] = []
        raised: Exception | None = None
        try:
            for before, told in news.items():
                errand.take(before, pickle.loads(told))
            for function in functions:
                errand.work(function)
                result = errand.tell(function)
                answers.append((function, None if result is None else pickle.dumps(result, pickle.HIGHEST_PROTOCOL)))
        except Exception as error:  # noqa: BLE001  (the parent raises it)
            error.add_note(traceback.format_exc())
            raised = error
        pipe.send((answers, raised))
