"""Observations as versioned JSON, in the same style as case files: what a finding keeps beside its case."""

from __future__ import annotations

import base64
import json
from typing import Any, Final

from harness.case_file import memory_document, memory_from, state_document, state_from
from harness.contract import (
    MACHINE_FIELDS,
    PROGRAM_FIELDS,
    STATE_DTYPES,
    CaseKind,
    End,
    MachineObservation,
    Observation,
    ProgramObservation,
    SourceObservation,
    Trap,
    WasmObservation,
)
from harness.strict_json import Node, parse

FORMAT: Final = "counterproof-observation"
VERSION: Final = 1

_WORD: Final = (1 << 64) - 1
_ENDS: Final = tuple(end.name for end in End)
_TRAPS: Final = tuple(trap.name for trap in Trap)


def write_observation(observation: Observation) -> str:
    """The observation as text, ending in a newline."""
    return json.dumps(observation_document(observation), indent=1) + "\n"


def read_observation(text: bytes | str, source: str = "observation") -> Observation:
    """Parse an observation file.

    Raises:
        DocumentError: with the place, the offending value and what is legal.
    """
    return observation_from(parse(text, source))


def observation_document(observation: Observation) -> dict[str, Any]:
    """The observation as a JSON-ready dictionary."""
    head: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    tail = {"observed": sorted(observation.observed), "detail": observation.detail}
    if isinstance(observation, MachineObservation):
        isa = next(name for name, dtype in STATE_DTYPES.items() if dtype == observation.state.dtype)
        body: dict[str, Any] = {
            "kind": str(CaseKind.MACHINE),
            "isa": isa,
            "end": observation.end.name,
            "trap": observation.trap.name,
            "tval": hex(observation.tval),
            "retired": observation.retired,
            "state": state_document(observation.state),
            "memory": memory_document(observation.memory),
        }
    elif isinstance(observation, ProgramObservation):
        body = _program_document(observation)
    elif isinstance(observation, WasmObservation):
        body = {
            "kind": str(CaseKind.WASM),
            "end": observation.end.name,
            "calls": [list(call) for call in observation.calls],
            "digests": [list(pair) for pair in observation.digests],
        }
    else:
        body = {
            "kind": str(CaseKind.SOURCE),
            "accepted": observation.accepted,
            "diagnostics": [list(pair) for pair in observation.diagnostics],
            "run": None if observation.run is None else observation_document(observation.run),
        }
    return head | body | tail


def _program_document(observation: ProgramObservation) -> dict[str, Any]:
    return {
        "kind": str(CaseKind.PROGRAM),
        "end": observation.end.name,
        "exit_status": observation.exit_status,
        "signal": observation.signal,
        "stdout": _base64(observation.stdout),
        "stderr": _base64(observation.stderr),
        "files": [[name, _base64(content)] for name, content in observation.files],
        "retired": observation.retired,
        "unknown_syscalls": [list(pair) for pair in observation.unknown_syscalls],
        "checkpoints": [list(pair) for pair in observation.checkpoints],
    }


def observation_from(node: Node) -> Observation:
    """The observation that a parsed document describes."""
    node.form(FORMAT, VERSION)
    kind = CaseKind(node.field("kind").choice(tuple(CaseKind)))
    if kind is CaseKind.MACHINE:
        return _machine(node)
    if kind is CaseKind.PROGRAM:
        return _program(node)
    if kind is CaseKind.WASM:
        return _wasm(node)
    return _source(node)


def _machine(node: Node) -> MachineObservation:
    node.only(
        "format", "version", "kind", "isa", "end", "trap", "tval", "retired", "state", "memory", "observed", "detail"
    )
    return MachineObservation(
        end=End[node.field("end").choice(_ENDS)],
        trap=Trap[node.field("trap").choice(_TRAPS)],
        tval=node.field("tval").word(),
        state=state_from(node.field("state"), node.field("isa").choice(tuple(STATE_DTYPES))),
        memory=memory_from(node.field("memory")),
        retired=node.field("retired").integer(0, _WORD),
        observed=_observed(node, MACHINE_FIELDS),
        detail=node.field("detail").string(),
    )


def _program(node: Node) -> ProgramObservation:
    node.only(
        "format", "version", "kind", "end", "exit_status", "signal", "stdout", "stderr", "files", "retired",
        "unknown_syscalls", "checkpoints", "observed", "detail",
    )  # fmt: skip
    return ProgramObservation(
        exit_status=node.field("exit_status").integer(-1, 255),
        signal=node.field("signal").integer(0, 64),
        stdout=node.field("stdout").base64(),
        stderr=node.field("stderr").base64(),
        end=End[node.field("end").choice(_ENDS)],
        files=tuple((a.string(), b.base64()) for a, b in _pairs(node.field("files"))),
        retired=node.field("retired").integer(0, _WORD),
        unknown_syscalls=tuple(
            (a.integer(-(1 << 63), _WORD), b.integer(0, _WORD)) for a, b in _pairs(node.field("unknown_syscalls"))
        ),
        checkpoints=tuple((a.integer(0, _WORD), b.string()) for a, b in _pairs(node.field("checkpoints"))),
        observed=_observed(node, PROGRAM_FIELDS),
        detail=node.field("detail").string(),
    )


def _wasm(node: Node) -> WasmObservation:
    node.only("format", "version", "kind", "end", "calls", "digests", "observed", "detail")
    return WasmObservation(
        calls=tuple(tuple(v.string() for v in call.elements()) for call in node.field("calls").elements()),
        end=End[node.field("end").choice(_ENDS)],
        digests=tuple((a.string(), b.string()) for a, b in _pairs(node.field("digests"))),
        observed=_observed(node, ("calls", "digests")),
        detail=node.field("detail").string(),
    )


def _source(node: Node) -> SourceObservation:
    node.only("format", "version", "kind", "accepted", "diagnostics", "run", "observed", "detail")
    run: ProgramObservation | None = None
    if node.field("run").is_present():
        seen = observation_from(node.field("run"))
        if not isinstance(seen, ProgramObservation):
            raise node.field("run").error("must be the observation of a program")
        run = seen
    return SourceObservation(
        accepted=node.field("accepted").boolean(),
        diagnostics=tuple((a.string(), b.integer(0, _WORD)) for a, b in _pairs(node.field("diagnostics"))),
        run=run,
        observed=_observed(node, ("accepted", "diagnostics", "run")),
        detail=node.field("detail").string(),
    )


def _pairs(node: Node) -> list[tuple[Node, Node]]:
    pairs = [pair.elements(2) for pair in node.elements()]
    return [(a, b) for a, b in pairs]


def _observed(node: Node, legal: tuple[str, ...]) -> frozenset[str]:
    return frozenset(e.choice(legal) for e in node.field("observed").elements())


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
