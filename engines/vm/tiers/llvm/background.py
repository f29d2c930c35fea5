"""Compiles regions on a thread of its own while the guest runs: neither LLVM nor native code holds Python's lock."""

from __future__ import annotations

import atexit
import os
import queue
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from engines.vm.tiers.llvm.compiler import Compiled, CompileError
from engines.vm.tiers.llvm.region import Region

SWITCH_SECONDS: Final = 0.0005
"""How long the compiling thread may keep the guest's thread waiting while it runs Python."""


@dataclass(frozen=True)
class Request:
    """A region to compile: where it was asked for, and the version of the guest code that it was read from.

    `guarded`: for guarded memory. `vtype`: the hart's, if it has vectors.
    """

    root: int
    region: Region
    guest: bytes
    frm: int
    space: int
    version: int
    guarded: bool = False
    vtype: int | None = None


_Place = tuple[int, int]
"""An address space, and the root of a region."""
Answer = tuple[Request, Compiled | None]


class BackgroundCompiler:
    """A queue, a thread that starts with the first request, and what it has finished.

    Args:
        compile: runs on the thread.

    Attributes:
        done: answers, oldest first; None where the region was refused.
        waiting: requests that are not answered. One that has not begun is replaced by a later one for its place, which
            knows more of where jumps go.
    """

    def __init__(self, compile: Callable[[Request], Compiled]) -> None:
        self._compile = compile
        self._queue: queue.SimpleQueue[_Place | None] = queue.SimpleQueue()
        self._latest: dict[_Place, Request] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pid = os.getpid()
        self.done: deque[Answer] = deque()
        self.waiting = 0
        held = weakref.ref(self)

        def stop() -> None:
            compiler = held()
            if compiler is not None:
                compiler.close()

        atexit.register(stop)
        self._stop = stop

    @property
    def forked(self) -> bool:
        """Whether this is a child of the process that the thread lives in."""
        return os.getpid() != self._pid

    def ask(self, request: Request) -> None:
        """Have a region compiled."""
        if self._thread is None:
            sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_SECONDS))
            self._thread = threading.Thread(target=self._work, name="llvm", daemon=True)
            self._thread.start()
        place = request.space, request.root
        with self._lock:
            waits = place in self._latest
            self._latest[place] = request
        if not waits:
            self.waiting += 1
            self._queue.put(place)

    def _work(self) -> None:
        while True:
            place = self._queue.get()
            if place is None:
                return
            with self._lock:
                request = self._latest.pop(place)
            try:
                made: Compiled | None = self._compile(request)
            except CompileError:
                made = None
            self.done.append((request, made))

    def close(self) -> None:
        """Forget what waits; wait for what is being compiled. A thread inside LLVM must not outlive the process."""
        if self._thread is None or self.forked:
            return
        try:
            while True:
                self._queue.get_nowait()
        except queue.Empty:
            self._queue.put(None)
        self._thread.join()
        self._thread = None
        self._latest.clear()
        atexit.unregister(self._stop)
