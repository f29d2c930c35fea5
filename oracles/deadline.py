"""Limits on how long a program may take, by the clock on the wall, that a busy machine does not shorten.

Source: Linux, Documentation/scheduler/sched-stats.rst, "/proc/<pid>/schedstat".
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

_NANOSECONDS: Final = 1e-9


class Deadline:
    """When a process has had its time: so many seconds, and as many more as it was ready to run while others had the
    processors. Who sleeps, or waits for input, gets no more for it.

    Args:
        pid: a child of this process. Only its first thread is looked at.
        seconds: what it may take on a machine that does nothing else.
    """

    def __init__(self, pid: int, seconds: float) -> None:
        self._schedule = Path(f"/proc/{pid}/schedstat")
        self._without_waiting = self._end = time.monotonic() + seconds

    def left_s(self) -> float:
        """Seconds that are left; zero or less when its time is over. Later there may be more, never less than
        the clock took."""
        if self._end <= time.monotonic():
            self._end = self._without_waiting + self._waited_s()
        return self._end - time.monotonic()

    def _waited_s(self) -> float:
        """How long it waited for a processor; 0 where the system keeps no account of it."""
        try:
            return int(self._schedule.read_text().split()[1]) * _NANOSECONDS
        except (OSError, IndexError):
            return 0.0
