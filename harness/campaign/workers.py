"""An executor in a disposable worker process, behind the same interface as one in this process.

Whatever the worker does is an observation. When a batch kills it or makes it hang, the cases responsible are found by
running halves in fresh workers; they are answered with CRASH or TIMEOUT, and all others with what they really gave.
"""

from __future__ import annotations

import collections
import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from harness.campaign.limits import WorkerLimits
from harness.campaign.process import Failure, WorkerFailedError, WorkerProcess
from harness.campaign.slots import Layout, Lease, SlotPool
from harness.case_file import case_document
from harness.contract import (
    BatchObservation,
    Capabilities,
    Case,
    CaseKind,
    End,
    MachineBatch,
    MachineCase,
    MachineObservation,
    Observation,
    ProgramObservation,
    SourceObservation,
    Trap,
    WasmObservation,
    state_dtype,
)
from harness.contract.layout import DATA_BYTES
from harness.observation_file import observation_from
from harness.registry import ExecutorUnavailableError, describe
from harness.strict_json import DocumentError, Node

EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})
SEARCH_FLOOR_SECONDS: Final = 2.0
SEARCH_FACTOR: Final = 50.0
"""While the culprit of a hang is searched, a part gets this many times the mean time of its cases so far."""


@dataclass(frozen=True)
class Incident:
    """A case that ended its worker.

    Attributes:
        label: of the case.
        end: what it was answered with, CRASH or TIMEOUT; REFUSED where it was given up unrun.
        detail: signal, exit status and last output, for people.
    """

    label: str
    end: End
    detail: str


@dataclass(eq=False)
class Ticket:
    """A batch that a worker has been asked to run; redeem it with `collect`, in the order of submission."""

    batch: MachineBatch
    lease: Lease
    sent: bool = False
    sent_at: float = 0.0


class IsolatedExecutor:
    """The executor `name` of the registry, in a worker process. Without `wait`, the worker starts meanwhile, and what
    is wrong with it is raised at first use.

    Beside the executor protocol, `submit` and `collect` let a campaign go on while the worker runs a batch.

    Raises:
        UnknownExecutorError: nothing has that name.
        ExecutorUnavailableError: the worker cannot build it; the message says what to install, or how it failed.
    """

    def __init__(self, name: str, limits: WorkerLimits | None = None, wait: bool = True) -> None:
        self.registered_name = name
        self.limits = limits or WorkerLimits(case_seconds=describe(name).case_seconds)
        self.incidents: list[Incident] = []
        """Cases that ended a worker, oldest first; the owner may clear it."""
        self.restarts = 0
        self._pool = SlotPool()
        self._queue: collections.deque[Ticket] = collections.deque()
        self._seconds_per_case = 0.0
        self._answered_at = 0.0
        self._busy_seconds = 0.0
        self._counts: collections.Counter[str] = collections.Counter()
        self._worker: WorkerProcess | None = None
        self._greeted: tuple[str, Capabilities] | None = None
        try:
            self._worker = WorkerProcess(name, self.limits)
        except WorkerFailedError as error:
            raise ExecutorUnavailableError(f"{name} does not start: {error}") from None
        if wait:
            self._known()

    @property
    def name(self) -> str:
        return self._known()[0]

    @property
    def capabilities(self) -> Capabilities:
        return self._known()[1]

    def _known(self) -> tuple[str, Capabilities]:
        """Name and capabilities, as the first worker greeted."""
        if self._greeted is None:
            assert self._worker is not None
            try:
                self._worker.greet()
            except WorkerFailedError as error:
                raise ExecutorUnavailableError(f"{self.registered_name} does not start: {error}") from None
            self._greeted = (self._worker.executor_name, self._worker.capabilities)
        return self._greeted

    @property
    def pid(self) -> int | None:
        """The process id of the worker, None while there is none."""
        return None if self._worker is None else self._worker.pid

    def take_busy_seconds(self) -> float:
        """Time that the executor spent inside `run_batch` since the last call of this, as the worker measured it."""
        seconds, self._busy_seconds = self._busy_seconds, 0.0
        return seconds

    def take_counts(self) -> collections.Counter[str]:
        """What the executor counted since the last call of this (`harness.contract.counts`); empty if it does not."""
        counts, self._counts = self._counts, collections.Counter()
        return counts

    def run(self, case: Case) -> Observation:
        """Run one case; a worker that dies or hangs over it gives CRASH or TIMEOUT, with the reason in `detail`."""
        if self._queue:
            raise RuntimeError("collect every submitted batch before run")
        seconds = self.limits.case_seconds
        try:
            if isinstance(case, MachineCase):
                return self._run_machine(case, seconds)
            worker = self._ready()
            worker.ask({"op": "run", "case": case_document(case), "cpu_seconds": 2 * seconds}, seconds)
            answer = worker.answer(seconds)
            return self._understood(answer.field("observation"), case)
        except WorkerFailedError as error:
            self._worker = None
            end = End.TIMEOUT if error.failure is Failure.HUNG else End.CRASH
            self.incidents.append(Incident(case.label, end, str(error)))
            return ended(case, end, str(error))

    def path(self, case: MachineCase, count: int) -> list[int]:
        """The pc before each of the first `count` instructions of `case`.

        Raises:
            WorkerFailedError: the worker died or hung over it.
        """
        seconds = self.limits.batch_seconds
        ticket = self._ticket(MachineBatch.of([case]))
        self._send(ticket, seconds, "path", {"count": count})
        assert self._worker is not None
        answer = self._worker.answer(seconds)
        return [element.word() for element in answer.field("path").elements(count)]

    def _run_machine(self, case: MachineCase, seconds: float) -> MachineObservation:
        """`run` of a machine case, whose state and memory travel in shared memory."""
        ticket = self._ticket(MachineBatch.of([case]))
        self._send(ticket, seconds, "machine")
        seen, detail = self._receive(ticket, seconds)
        try:
            return replace(seen.row(0), detail=detail)
        except ValueError as error:
            raise self._garbage(str(error)) from None

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        return self.collect(self.submit(batch))

    def submit(self, batch: MachineBatch) -> Ticket:
        """Ask the worker to run `batch` and return at once. The batch's arrays are copied."""
        ticket = self._ticket(batch)
        self._queue.append(ticket)
        try:
            self._send(ticket, self.limits.batch_seconds)
        except WorkerFailedError:
            self._lost()  # collect finds the ticket unsent and deals with it
        return ticket

    def collect(self, ticket: Ticket) -> BatchObservation:
        """Wait for the oldest ticket's observation, whose arrays stay valid for as long as somebody holds them.

        Raises:
            ValueError: `ticket` is not the oldest one.
        """
        if not self._queue or self._queue[0] is not ticket:
            raise ValueError("tickets are collected once each, in the order in which they were submitted")
        self._queue.popleft()
        try:
            if not ticket.sent:
                self._send(ticket, self.limits.batch_seconds)
            seen, _ = self._receive(ticket, self.limits.batch_seconds)
        except WorkerFailedError as error:
            self._lost()
            seen = self._search(ticket.batch, error)
        for waiting in self._queue:
            if not waiting.sent:
                try:
                    self._send(waiting, self.limits.batch_seconds)
                except WorkerFailedError:
                    self._lost()
                    break
        return seen

    def close(self) -> None:
        """End the worker. Idempotent."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None
        self._queue.clear()

    def _ready(self) -> WorkerProcess:
        """A live worker.

        Raises:
            WorkerFailedError: a new one dies before it greets.
        """
        if self._worker is not None and not self._worker.is_alive():
            self._lost()
        if self._worker is None:
            self.restarts += 1
            self._worker = WorkerProcess(self.registered_name, self.limits)
        self._worker.greet()
        return self._worker

    def _lost(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker = None
        for ticket in self._queue:
            ticket.sent = False

    def _ticket(self, batch: MachineBatch) -> Ticket:
        lease = self._pool.lease(Layout.of(batch))
        lease.fill(batch)
        return Ticket(batch, lease)

    def _send(self, ticket: Ticket, seconds: float, operation: str = "batch", more: Mapping[str, Any] = EMPTY) -> None:
        request: dict[str, Any] = {
            "op": operation,
            "layout": ticket.lease.layout.document(),
            "limit_insns": ticket.batch.limit_insns,
            "label": ticket.batch.label,
            "cpu_seconds": 2 * seconds,
            **more,
        }
        worker = self._ready()
        if self._is_overtaking(ticket):
            return
        worker.ask(request, seconds, ticket.lease.slot)
        ticket.sent, ticket.sent_at = True, time.monotonic()

    def _is_overtaking(self, ticket: Ticket) -> bool:
        """Whether an older ticket lost its worker and waits to be sent again: answers come in the order of requests,
        so this one has to wait behind it."""
        if ticket not in self._queue:
            return False
        older = itertools.takewhile(lambda one: one is not ticket, self._queue)
        return not all(one.sent for one in older)

    def _receive(self, ticket: Ticket, seconds: float) -> tuple[BatchObservation, str]:
        """The observation of a ticket that was sent, and its detail."""
        worker = self._worker
        assert worker is not None, "a sent ticket has a worker"
        answer = worker.answer(seconds)
        now = time.monotonic()
        if len(ticket.batch):
            elapsed = now - max(ticket.sent_at, self._answered_at)
            self._seconds_per_case = max(self._seconds_per_case, elapsed / len(ticket.batch))
        self._answered_at = now
        try:
            self._busy_seconds += answer.field("seconds").number()
            for name, count in answer.field("counts").items():
                self._counts[name] += count.integer(0, 1 << 62)
            observed = frozenset(e.string() for e in answer.field("observed").elements())
            detail = answer.field("detail").string()
        except DocumentError as error:
            worker.kill()
            raise WorkerFailedError(Failure.GARBAGE, str(error)) from None
        return ticket.lease.observation(observed), detail

    def _understood(self, node: Node, case: Case) -> Observation:
        try:
            seen = observation_from(node)
        except (DocumentError, ValueError) as error:
            raise self._garbage(str(error)) from None
        if not isinstance(seen, _OBSERVATION_OF[case.kind]):
            raise self._garbage(f"a {type(seen).__name__} for a {case.kind} case")
        return seen

    def _garbage(self, detail: str) -> WorkerFailedError:
        if self._worker is not None:
            self._worker.kill()
        return WorkerFailedError(Failure.GARBAGE, detail)

    def _search(self, batch: MachineBatch, first: WorkerFailedError) -> BatchObservation:
        """Run `batch`, known to end the worker, in parts; only the culprits are answered with CRASH or TIMEOUT."""
        found = BatchObservation.empty(batch.isa, len(batch), self.capabilities.observes)
        parts = [(0, len(batch), first)]
        culprits = 0
        while parts:
            low, high, failure = parts.pop()
            if culprits >= self.limits.culprits:
                found.end[low:high] = End.REFUSED
                detail = f"{high - low} cases given up: {culprits} of the batch had ended a worker already"
                self._report(batch, low, End.REFUSED, detail)
                continue
            if high - low == 1:
                culprits += 1
                end = End.TIMEOUT if failure.failure is Failure.HUNG else End.CRASH
                found.end[low] = end
                self._report(batch, low, end, str(failure))
                continue
            middle = (low + high) // 2
            for part in ((middle, high), (low, middle)):
                error = self._attempt(batch, part, found)
                if error is not None:
                    parts.append((*part, error))
        return found

    def _attempt(self, batch: MachineBatch, part: tuple[int, int], found: BatchObservation) -> WorkerFailedError | None:
        """Run one part alone; its rows are filled unless it ends the worker too."""
        low, high = part
        smaller = rows_of(batch, slice(low, high))
        expected = self._seconds_per_case * SEARCH_FACTOR * (high - low)
        seconds = min(self.limits.batch_seconds, max(SEARCH_FLOOR_SECONDS, expected))
        ticket = self._ticket(smaller)
        try:
            self._send(ticket, seconds)
            seen, _ = self._receive(ticket, seconds)
        except WorkerFailedError as error:
            self._lost()
            return error
        for name in ("end", "trap", "tval", "state", "memory", "retired"):
            getattr(found, name)[low:high] = getattr(seen, name)
        return None

    def _report(self, batch: MachineBatch, row: int, end: End, detail: str) -> None:
        self.incidents.append(Incident(f"{batch.label} case {row}".strip(), end, detail))


_OBSERVATION_OF: dict[CaseKind, type] = {
    CaseKind.MACHINE: MachineObservation,
    CaseKind.PROGRAM: ProgramObservation,
    CaseKind.WASM: WasmObservation,
    CaseKind.SOURCE: SourceObservation,
}


def ended(case: Case, end: End, detail: str) -> Observation:
    """The observation of a case of which nothing was seen but its end."""
    if isinstance(case, MachineCase):
        zero = np.zeros(1, state_dtype(case.isa))[0]
        return MachineObservation(end, Trap.NONE, 0, zero, bytes(DATA_BYTES), 0, detail=detail)
    if case.kind is CaseKind.PROGRAM:
        return ProgramObservation(-1, 0, b"", b"", end, detail=detail)
    if case.kind is CaseKind.WASM:
        return WasmObservation((), end, detail=detail)
    return SourceObservation(accepted=False, observed=frozenset(), detail=detail)


def rows_of(batch: MachineBatch, rows: slice) -> MachineBatch:
    """Some consecutive cases of a batch as a batch; labels count from the first of them."""
    return replace(
        batch,
        initial=batch.initial[rows],
        code=batch.code[rows],
        code_bytes=batch.code_bytes[rows],
        code_address=batch.code_address[rows],
        memory=batch.memory if len(batch.memory) == 1 else batch.memory[rows],
    )
