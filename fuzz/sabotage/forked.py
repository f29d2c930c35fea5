"""An executor whose every run happens in a fork of this process: what ends the fork is an observation."""

from __future__ import annotations

import pickle
import signal
from collections.abc import Callable
from typing import Final

import numpy as np

from fuzz.sabotage.child import how_it_ended, start
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


class ForkedExecutor:
    """`factory()` with a bug in it that may kill, hang or raise. As slow as a fork per case, where one went wrong."""

    def __init__(self, factory: Callable[[], Executor]) -> None:
        self._factory = factory
        self._executor = factory()
        self.name = self._executor.name
        self.capabilities = self._executor.capabilities
        self.registered_name = self.name

    def run(self, case: Case) -> Observation:
        """Run one machine case; CRASH or TIMEOUT where its process did not answer."""
        assert isinstance(case, MachineCase)
        answer = _in_fork(lambda: self._executor.run(case), CASE_SECONDS)
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
        """Run all in one fork; where that fails, each in its own up to the first that does not answer: those after it
        are refused.
        """
        answer = _in_fork(lambda: self._executor.run_batch(batch), CASE_SECONDS * 5)
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
        self._executor.close()


def _in_fork(work: Callable[[], object], seconds: float) -> object:
    """What `work` returns within so many seconds of CPU time, or why not: `timeout`, a signal, an exit status."""

    def answer() -> bytes:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        return pickle.dumps(work())

    child = start(answer)
    data, in_time, status = b"", False, 0
    try:
        data, in_time = child.read(seconds * _PATIENCE)
    finally:
        status = child.end()
    if not in_time or status == -signal.SIGPROF:
        return "timeout"
    try:
        return pickle.loads(data)
    except (EOFError, pickle.UnpicklingError):
        return how_it_ended(status)
