"""What the machine was doing when, as spans of time: `counterproof vm run --spans FILE`.

While `recording` lasts, the methods of `PLACES` note when they began and how long they took, on every thread. Where
nobody records, nothing is measured and nothing costs anything. Files are in the Trace Event Format
(docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU: JSON object format, complete events), which
Perfetto and chrome://tracing show.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from typing import Any, Final, NamedTuple

from engines.vm.user import riscv64
from engines.vm.user.syscalls import table

MOST_SPANS: Final = 1_000_000
"""Later ones are counted, not kept: system calls alone can be a hundred thousand a second."""


class Span(NamedTuple):
    """Something that was done, in nanoseconds of `time.perf_counter_ns`.

    Attributes:
        thread: that did it, as `threading.get_native_id` has it.
        details: what it was done to, and with what result.
    """

    category: str
    name: str
    begun_ns: int
    took_ns: int
    thread: int
    details: dict[str, Any]


class Place(NamedTuple):
    """A method each of whose calls is a span.

    Attributes:
        name: of the span, or what makes it of the method's arguments, before the call.
        details: what a span says besides, of arguments (`self` is the first) and result.
    """

    category: str
    module: str
    owner: str
    method: str
    name: str | Callable[[tuple[Any, ...]], str]
    details: Callable[[tuple[Any, ...], Any], dict[str, Any]] | None = None


def _system_call(given: tuple[Any, ...]) -> str:
    return table.name_of(int(given[1].words[riscv64.NUMBER]))


def _stop(given: tuple[Any, ...], stop: Any) -> dict[str, Any]:
    return {"ended by": stop[0].name.lower()}


def _compiled(given: tuple[Any, ...], made: Any) -> dict[str, Any]:
    return {"instructions": made.insns, "code bytes": len(made.code)}


def _lowered(given: tuple[Any, ...], _: Any) -> dict[str, Any]:
    return {"pc": f"{given[1].heads[0]:#x}", "instructions": given[1].insns}


def _compiled_at(given: tuple[Any, ...], made: Any) -> dict[str, Any]:
    return {"pc": f"{given[1]:#x}", **_compiled(given, made)}


def _installed(given: tuple[Any, ...], handle: Any) -> dict[str, Any]:
    return {"code bytes": len(given[2]), "refused": handle is None}


def _changed(given: tuple[Any, ...], _: Any) -> dict[str, Any]:
    return {"address": f"{given[2]:#x}", "bytes": int(given[3])}


_TIERS: Final = "engines.vm.tiers"
_PROCESS: Final = "engines.vm.user.process"
PLACES: Final = (
    Place("load", _PROCESS, "Process", "load", "load the program"),
    Place("system call", _PROCESS, "Process", "_system_call", _system_call),
    Place("cache", f"{_TIERS}.executor", "TierExecutor", "prepare", "read kept code"),
    Place("cache", f"{_TIERS}.executor", "TierExecutor", "keep", "keep code"),
    Place("cache", f"{_TIERS}.code_cache", "CodeCache", "install", "install", _installed),
    Place("cache", f"{_TIERS}.code_cache", "CodeCache", "invalidate", "invalidate", _changed),
    Place("cache", f"{_TIERS}.code_cache", "CodeCache", "remove", "remove"),
    Place("compile", f"{_TIERS}.baseline.compiler", "BaselineCompiler", "compile", "baseline", _compiled_at),
    Place("compile", f"{_TIERS}.llvm.compiler", "LlvmCompiler", "lower", "lower to LLVM", _lowered),
    Place("compile", f"{_TIERS}.llvm.compiler", "LlvmCompiler", "encode", "LLVM", _compiled),
    Place("fallback", f"{_TIERS}.interpreter.tier", "InterpreterTier", "_escape", "one instruction, reference tier"),
)


class Recorder:
    """Spans as they end, of all threads.

    Attributes:
        dropped: how many came after the first `MOST_SPANS`.
    """

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.dropped = 0

    def around(
        self,
        category: str,
        name: str | Callable[[tuple[Any, ...]], str],
        function: Callable[..., Any],
        details: Callable[[tuple[Any, ...], Any], dict[str, Any]] | None = None,
    ) -> Callable[..., Any]:
        """`function`, each call of which becomes a span; one that raises says what."""

        @wraps(function)
        def measured(*given: Any, **named: Any) -> Any:
            title = name if isinstance(name, str) else name(given)
            begun = time.perf_counter_ns()
            try:
                result = function(*given, **named)
            except BaseException as error:
                self._add(category, title, begun, {"raised": f"{type(error).__name__}: {error}"})
                raise
            self._add(category, title, begun, details(given, result) if details else {})
            return result

        return measured

    def _add(self, category: str, name: str, begun_ns: int, details: dict[str, Any]) -> None:
        took = time.perf_counter_ns() - begun_ns
        if len(self.spans) < MOST_SPANS:
            self.spans.append(Span(category, name, begun_ns, took, threading.get_native_id(), details))
        else:
            self.dropped += 1

    def execution(self, tier: str, run: Callable[..., Any]) -> Callable[..., Any]:
        """The `run` of a tier, with a span for each time that it is entered."""
        return self.around("execute", f"{tier} tier", run, _stop)

    def trace(self) -> dict[str, Any]:
        """The trace, ready for JSON; times in microseconds."""
        pid = os.getpid()
        events = [
            {
                "ph": "X",
                "cat": span.category,
                "name": span.name,
                "ts": span.begun_ns / 1e3,
                "dur": span.took_ns / 1e3,
                "pid": pid,
                "tid": span.thread,
                "args": span.details,
            }
            for span in sorted(self.spans, key=lambda span: (span.begun_ns, -span.took_ns))
        ]
        return {"traceEvents": events, "displayTimeUnit": "ns", "otherData": {"spans dropped": self.dropped}}

    def write(self, path: str) -> None:
        """Write the trace to the file `path`.

        Raises:
            OSError: it cannot be written.
        """
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.trace(), file)


@contextmanager
def recording() -> Iterator[Recorder]:
    """Record the calls of `PLACES` in this process."""
    recorder = Recorder()
    replaced = []
    try:
        for place in PLACES:
            owner = getattr(import_module(place.module), place.owner)
            method = vars(owner)[place.method]
            replaced.append((owner, place.method, method))
            setattr(owner, place.method, recorder.around(place.category, place.name, method, place.details))
        yield recorder
    finally:
        for owner, name, method in reversed(replaced):
            setattr(owner, name, method)
