"""Work in a fork of this process: what it gives comes back through a pipe, and its end says the rest."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from harness.contract.waiting import readable

FAILED: Final = 70
"""The exit status of a fork whose work raised."""


@dataclass(frozen=True)
class Child:
    """A fork that works. `descriptor` is where its answer comes; closed at its end, so an answer is whole at the end of
    the file."""

    pid: int
    descriptor: int

    def read(self, seconds: float) -> tuple[bytes, bool]:
        """Its answer, and whether all of it came within so many seconds; what came until then where it did not."""
        data = bytearray()
        deadline = time.monotonic() + seconds
        while readable([self.descriptor], deadline - time.monotonic()):
            piece = os.read(self.descriptor, 1 << 20)
            if not piece:
                return bytes(data), True
            data += piece
        return bytes(data), False

    def end(self) -> int:
        """End it, if it has not ended. Its exit status; that of a signal is negative."""
        os.close(self.descriptor)
        os.kill(self.pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def start(work: Callable[[], bytes]) -> Child:
    """Have a fork of this process do the work, answer what it returns and end; nothing of the parent's unwinds in it,
    and where the work raises it ends with status FAILED and no answer."""
    read_end, write_end = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if not pid:
        status = FAILED
        try:
            os.close(read_end)
            answer = work()
            with os.fdopen(write_end, "wb") as stream:
                stream.write(answer)
            status = 0
        finally:
            os._exit(status)
    os.close(write_end)
    return Child(pid, read_end)


def how_it_ended(status: int) -> str:
    """An exit status as `Child.end` gives it, in words."""
    return f"ended by signal {-status}" if status < 0 else f"ended with status {status}"
