"""One worker process: started with limits, asked, watched while it answers, killed when it does not."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from harness.campaign.limits import WorkerLimits
from harness.campaign.slots import Slot
from harness.campaign.wire import FrameReader, WireError, capabilities_from, send
from harness.contract import Capabilities
from harness.registry import ExecutorUnavailableError
from harness.strict_json import Node

TAIL_BYTES: Final = 16 << 10
"""How much of a worker's output is kept for reports: the end."""
WATCH_SECONDS: Final = 0.25
"""How often a waiting campaign looks at the worker's memory."""


class Failure(StrEnum):
    """How a worker failed to answer."""

    DIED = "died"
    HUNG = "hung"
    MEMORY = "used too much memory"
    OUTPUT = "wrote too much output"
    GARBAGE = "spoke garbage"


class WorkerFailedError(Exception):
    """A worker did not answer; it is dead now."""

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(f"{failure}: {detail}")
        self.failure = failure
        self.detail = detail


class WorkerProcess:
    """A running worker, of which nothing may be asked before `greet`.

    Raises:
        WorkerFailedError: the worker died at once.
    """

    def __init__(self, name: str, limits: WorkerLimits) -> None:
        self._limits = limits
        self._tail = bytearray()
        self._written = 0
        self._known_slots: set[int] = set()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "harness.campaign.worker_main", name, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=_environment(),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._connection = ours
        self._reader = FrameReader(ours)
        assert self._process.stdout is not None
        self._output = self._process.stdout
        os.set_blocking(self._output.fileno(), False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(ours, selectors.EVENT_READ)
        self._selector.register(self._output, selectors.EVENT_READ)
        self.executor_name = ""
        self.capabilities = Capabilities(kinds=frozenset())
        self.ask({"op": "start", "limits": limits.document()}, limits.start_seconds)

    def greet(self) -> None:
        """Wait until the executor is built. Without this, the start goes on while the campaign does something else.

        Raises:
            ExecutorUnavailableError: the executor cannot be built in the worker (a library is missing).
            WorkerFailedError: the worker died or hung before it greeted.
        """
        if self.executor_name:
            return
        greeting = self.answer(self._limits.start_seconds)
        unavailable = greeting.optional("unavailable")
        if unavailable is not None:
            self.kill()
            raise ExecutorUnavailableError(unavailable.string())
        self.executor_name = greeting.field("name").string()
        self.capabilities = capabilities_from(greeting.field("capabilities"))

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, message: dict[str, Any], seconds: float, slot: Slot | None = None) -> None:
        """Send a request; `slot` travels as a descriptor the first time that this worker hears of it.

        Raises:
            WorkerFailedError: the worker is dead, or did not take the request in time.
        """
        descriptors: tuple[int, ...] = ()
        if slot is not None:
            message = message | {"slot": slot.number}
            if slot.number not in self._known_slots:
                self._known_slots.add(slot.number)
                descriptors = (slot.descriptor,)
        self._connection.settimeout(seconds)
        try:
            send(self._connection, message, descriptors)
        except TimeoutError:
            raise self._failed(Failure.HUNG, f"did not take a request within {seconds:g} s") from None
        except OSError:
            raise self._failed(Failure.DIED, "") from None
        self._connection.settimeout(None)

    def answer(self, seconds: float) -> Node:
        """Wait for the next answer.

        Raises:
            WorkerFailedError: there is none within `seconds`, or a limit was passed; the worker is dead then.
        """
        deadline = time.monotonic() + seconds
        self._written = 0
        try:
            frame = self._reader.buffered()
            while frame is None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise self._failed(Failure.HUNG, f"no answer within {seconds:g} s")
                for key, _ in self._selector.select(min(left, WATCH_SECONDS)):
                    if key.fileobj is self._output:
                        self._drain()
                    else:
                        frame = self._reader.receive()
                if frame is None:
                    self._check_memory()
        except WireError as error:
            failure = Failure.DIED if "closed" in str(error) else Failure.GARBAGE
            raise self._failed(failure, str(error)) from None
        except ConnectionError:
            raise self._failed(Failure.DIED, "") from None
        return frame

    def kill(self) -> None:
        """End the worker and everything that it started. Idempotent."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._selector.close()
        self._connection.close()
        self._output.close()

    def close(self, seconds: float = 5.0) -> None:
        """Let the worker finish by itself, and kill it if it does not. Idempotent."""
        if self._process.poll() is None and self._connection.fileno() >= 0:
            self._connection.shutdown(socket.SHUT_RDWR)
            deadline = time.monotonic() + seconds
            while self._process.poll() is None and time.monotonic() < deadline:
                with contextlib.suppress(OSError, ValueError):
                    self._drain_quietly()
                time.sleep(0.002)
        self.kill()

    def _drain_quietly(self) -> None:
        self._tail = (self._tail + os.read(self._output.fileno(), 1 << 16))[-TAIL_BYTES:]

    def _drain(self) -> None:
        try:
            data = os.read(self._output.fileno(), 1 << 16)
        except BlockingIOError:
            return
        if not data:  # every writer has closed it: nothing more to hear
            self._selector.unregister(self._output)
            return
        self._written += len(data)
        self._tail = (self._tail + data)[-TAIL_BYTES:]
        if self._written > self._limits.output_bytes:
            raise self._failed(Failure.OUTPUT, f"more than {self._limits.output_bytes} bytes")

    def _check_memory(self) -> None:
        resident = resident_bytes(self._process.pid)
        if resident > self._limits.resident_bytes:
            limit = self._limits.resident_bytes
            raise self._failed(Failure.MEMORY, f"{resident >> 20} MiB, the limit is {limit >> 20} MiB")

    def _failed(self, failure: Failure, detail: str) -> WorkerFailedError:
        """Kill the worker and say what is known about its end."""
        if failure in (Failure.DIED, Failure.GARBAGE):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.3)
        status = self._process.poll()
        with contextlib.suppress(OSError, ValueError):
            self._drain_quietly()
        self.kill()
        parts = [detail] if detail and failure is not Failure.DIED else []
        if status is not None:
            parts.append(_ending(status))
        if self._tail:
            parts.append("its last output:\n" + self._tail.decode(errors="replace")[-2000:])
        return WorkerFailedError(failure, "; ".join(parts))


def resident_bytes(pid: int) -> int:
    """Memory in use by the process; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") if len(fields) > 1 else 0


def _ending(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"


def _environment() -> dict[str, str]:
    """The campaign's own environment, with the same modules importable."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)}
