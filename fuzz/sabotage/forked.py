"""An executor that runs in a fork of this process: what ends the fork is an observation, the next run has another."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Final

import numpy as np

from fuzz.sabotage.child import how_it_ended
from harness.contract import (
    BatchObservation,
    Case,
    End,
    Executor,
    MachineBatch,
    MachineCase,
    MachineObservation,
    Observation,
    Trap,
    state_dtype,
)
from harness.contract.layout import DATA_BYTES

CASE_SECONDS: Final = 1.0
"""A case that takes more CPU time hangs."""
_PATIENCE: Final = 20
"""A fork that uses no CPU time is waited for so many times longer."""
_ENDING_SECONDS: Final = 0.2
"""A fork that closed its pipe has so long to end by itself, so that its status is its own."""


class ForkedExecutor:
    """`factory()` with a bug in it that may kill, hang or raise. As slow as a fork where one went wrong.

    Attributes:
        living_seconds: CPU time of the fork that is there, as of its latest answer; `cpu_seconds` has those that ended.
    """

    def __init__(self, factory: Callable[[], Executor]) -> None:
        self._executor = factory()
        self._fork: tuple[multiprocessing.context.ForkProcess, Connection] | None = None
        self.living_seconds = 0.0
        self.name = self._executor.name
        self.capabilities = self._executor.capabilities
        self.registered_name = self.name

    def run(self, case: Case) -> Observation:
        """Run one machine case; CRASH or TIMEOUT where its process did not answer."""
        assert isinstance(case, MachineCase)
        answer = self._answer(case, CASE_SECONDS)
        if isinstance(answer, MachineObservation):
            return answer
        assert isinstance(answer, str)
        return MachineObservation(
            end=End.TIMEOUT if answer == "timeout" else End.CRASH,
            trap=Trap.NONE,
            tval=0,
            state=np.zeros(1, state_dtype(case.isa))[0],
            memory=bytes(DATA_BYTES),
            retired=0,
            detail=answer,
        )

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        """Run all together; where that fails, each alone up to the first that does not answer: those after it are
        refused.
        """
        answer = self._answer(batch, CASE_SECONDS * 5)
        if isinstance(answer, BatchObservation):
            return answer
        found = BatchObservation.empty(batch.isa, len(batch))
        found.end[:] = End.REFUSED
        for row in range(len(batch)):
            seen = self.run(batch.case(row))
            assert isinstance(seen, MachineObservation)
            one = BatchObservation.of(batch.isa, [seen])
            for name in ("end", "trap", "tval", "state", "memory", "retired"):
                getattr(found, name)[row] = getattr(one, name)[0]
            if seen.end > End.LIMIT:
                break
        return found

    def close(self) -> None:
        self._end()
        self._executor.close()

    def _answer(self, asked: MachineCase | MachineBatch, seconds: float) -> object:
        """What the executor gives in so many seconds of CPU time, or why not: `timeout`, a signal, an exit status."""
        if self._fork is None:
            here, there = multiprocessing.Pipe()
            context = multiprocessing.get_context("fork")
            process = context.Process(target=_serve, args=(self._executor, here, there), daemon=True)
            process.start()
            there.close()
            self._fork = process, here
        process, here = self._fork
        in_time = True
        try:
            here.send((asked, seconds))
            in_time = here.poll(seconds * _PATIENCE)
            if in_time:
                answer, self.living_seconds = here.recv()
                return answer
        except (EOFError, ConnectionError):
            pass
        status = self._end()
        return "timeout" if not in_time or status == -signal.SIGPROF else how_it_ended(status)

    def _end(self) -> int:
        """End the fork, if it has not ended; its exit status, 0 where there is none."""
        if self._fork is None:
            return 0
        (process, here), self._fork, self.living_seconds = self._fork, None, 0.0
        here.close()
        process.join(_ENDING_SECONDS)
        process.kill()
        process.join()
        return process.exitcode or 0


def _serve(executor: Executor, here: Connection, there: Connection) -> None:
    """In the fork: answer until the other side is closed, or ends. SIGPROF ends what takes longer than it may."""
    here.close()  # or this copy of the other side would keep it open
    while True:
        try:
            asked, seconds = there.recv()
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, seconds)
        seen = executor.run(asked) if isinstance(asked, MachineCase) else executor.run_batch(asked)
        signal.setitimer(signal.ITIMER_PROF, 0)
        there.send((seen, time.process_time()))
