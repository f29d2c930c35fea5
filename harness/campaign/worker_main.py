"""The worker process: one executor, answering requests until its campaign goes away.

Started as `python -m harness.campaign.worker_main EXECUTOR DESCRIPTOR`. Requests come over the socket DESCRIPTOR:

    {"op": "start", "limits": …}                    answered by the executor's name and capabilities
    {"op": "run", "case": …, "cpu_seconds": …}      answered by an observation
    {"op": "batch", "layout": …, …} + a memfd       the observation is written into the slot
    {"op": "machine", …} as batch                   the same for one machine case, by `run`
    {"op": "path", "count": n, …} as batch          the pc before each of its first n instructions
    {"op": "ping"}                                  answered at once

Whatever the executor raises ends the worker: its traceback is on standard error, and the campaign makes the death an
observation. Standard output and error go to a pipe that the campaign reads, bounds and keeps the end of.
"""

from __future__ import annotations

import ctypes
import faulthandler
import mmap
import os
import signal
import socket
import sys
import time
from collections import Counter
from typing import Any

import numpy as np

from harness.campaign.limits import apply_limits, keep_freed_memory, limit_cpu
from harness.campaign.slots import Layout
from harness.campaign.wire import FrameReader, WireError, capabilities_document, send
from harness.case_file import case_from
from harness.compare.first_difference import observe, path_of
from harness.compare.machine import check_shape
from harness.contract import BatchObservation, Executor, MachineBatch
from harness.contract.counts import Counting
from harness.observation_file import observation_document
from harness.strict_json import Node

_PR_SET_PDEATHSIG = 1


class Worker:
    """One executor and its connection."""

    def __init__(self, name: str, connection: socket.socket) -> None:
        self._name = name
        self._connection = connection
        self._reader = FrameReader(connection)
        self._executor: Executor | None = None
        self._mapped: dict[int, mmap.mmap] = {}
        self._counted: Counter[str] = Counter()

    def serve(self) -> None:
        """Answer requests until the campaign closes the connection."""
        while True:
            try:
                request = self._reader.next()
            except WireError:
                break
            send(self._connection, self._answer(request))
        if self._executor is not None:
            self._executor.close()

    def _answer(self, request: Node) -> dict[str, Any]:
        operation = request.field("op").choice(("start", "run", "batch", "machine", "path", "ping"))
        if operation == "start":
            return self._start(request.field("limits"))
        if operation == "ping":
            return {}
        if self._executor is None:
            raise request.error("the first request must be start")
        limit_cpu(request.field("cpu_seconds").number())
        if operation == "run":
            return {"observation": observation_document(self._executor.run(case_from(request.field("case"))))}
        return self._batch(self._executor, operation, request)

    def _start(self, limits: Node) -> dict[str, Any]:
        if os.environ.get("COUNTERPROOF_SABOTAGE"):
            from fuzz.sabotage import apply_from_environment

            apply_from_environment()
        from harness.registry import ExecutorUnavailableError, UnknownExecutorError, create

        try:
            executor = create(self._name, isolated=False)
        except (ExecutorUnavailableError, UnknownExecutorError) as error:
            return {"unavailable": str(error)}
        apply_limits(limits)
        capabilities = capabilities_document(executor.capabilities)
        self._executor = executor
        return {"name": executor.name, "capabilities": capabilities}

    def _batch(self, executor: Executor, operation: str, request: Node) -> dict[str, Any]:
        layout = Layout.from_document(request.field("layout"))
        base = np.frombuffer(self._mapping(request.field("slot").integer(0, 1 << 62)), np.uint8)
        inputs, outputs = layout.views(base)
        batch = MachineBatch(
            isa=layout.isa,
            **inputs,
            limit_insns=request.field("limit_insns").integer(1, (1 << 63) - 1),
            label=request.field("label").string(),
        )
        if operation == "path":
            count = request.field("count").integer(0, 1 << 40)
            return {"path": list(map(hex, path_of(batch.case(0), executor, count)))}
        start = time.perf_counter()
        detail = ""
        if operation == "machine":
            single = observe(executor, batch.case(0))
            seen, detail = BatchObservation.of(batch.isa, [single]), single.detail
        else:
            seen = executor.run_batch(batch)
        seconds = time.perf_counter() - start
        check_shape(batch, seen, executor.name)
        for name, array in outputs.items():
            np.copyto(array, getattr(seen, name))
        answer = {"observed": sorted(seen.observed), "seconds": seconds, "detail": detail}
        return answer | {"counts": self._new_counts(executor)}

    def _new_counts(self, executor: Executor) -> dict[str, int]:
        """What the executor counted since the last answer."""
        if not isinstance(executor, Counting):
            return {}
        now = Counter(executor.counts())
        new = {name: count - self._counted[name] for name, count in now.items() if count > self._counted[name]}
        self._counted = now
        return new

    def _mapping(self, slot: int) -> mmap.mmap:
        """The mapping of slot number `slot`; its descriptor came with the first request that names it."""
        if slot not in self._mapped:
            descriptor = self._reader.descriptors.pop(0)
            self._mapped[slot] = mmap.mmap(descriptor, os.fstat(descriptor).st_size)
            os.close(descriptor)
        return self._mapped[slot]


def main(arguments: list[str]) -> int:
    """Run the worker that `arguments` (executor name, descriptor number) describe."""
    name, descriptor = arguments
    faulthandler.enable()
    keep_freed_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    connection = socket.socket(fileno=int(descriptor))
    try:
        Worker(name, connection).serve()
    except OSError:
        return 1  # the campaign is gone, there is nobody to tell
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
