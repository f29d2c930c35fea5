"""Case files: cases as versioned JSON that people can read and edit, parsed strictly.

Registers and addresses are hexadecimal strings, code is hexadecimal, memory is a list of runs that are not zero, and
the bytes of programs and files are base64. `read_case(write_case(case))` gives the case back in every bit.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from engines.whole_file import read_whole
from harness.contract import STATE_DTYPES, Case, CaseKind, MachineCase, ProgramCase, SourceCase, WasmCase, state_dtype
from harness.contract.case import PROGRAM_ISAS
from harness.contract.layout import DATA_BASE, DATA_BYTES
from harness.strict_json import DocumentError, Node, parse

FORMAT: Final = "counterproof-case"
VERSION: Final = 1
RUN_GAP_BYTES: Final = 16
"""Runs of memory that are nearer to each other than this are written as one."""

_MAX_INSNS: Final = (1 << 63) - 1


def write_case(case: Case) -> str:
    """The case as text, ending in a newline; the same case gives the same text."""
    return json.dumps(case_document(case), indent=1) + "\n"


def read_case(text: bytes | str, source: str = "case") -> Case:
    """Parse a case file; `source` names it in messages.

    Raises:
        DocumentError: with the place, the offending value and what is legal.
    """
    return case_from(parse(text, source))


def load_case(path: Path) -> Case:
    """Read the case file at `path`.

    Raises:
        DocumentError: the content is not a case.
        OSError: it cannot be read.
    """
    return read_case(read_whole(path), str(path))


def case_document(case: Case) -> dict[str, Any]:
    """The case as a JSON-ready dictionary."""
    head: dict[str, Any] = {"format": FORMAT, "version": VERSION, "kind": str(case.kind)}
    if isinstance(case, MachineCase):
        return head | {
            "label": case.label,
            "isa": case.isa,
            "limit_insns": case.limit_insns,
            "code_address": hex(case.code_address),
            "code": case.code.hex(),
            "state": state_document(case.state),
            "memory": memory_document(case.memory),
        }
    if isinstance(case, ProgramCase):
        return head | {
            "label": case.label,
            "isa": case.isa,
            "limit_insns": case.limit_insns,
            "checkpoint_insns": case.checkpoint_insns,
            "argv": list(case.argv),
            "environment": [list(pair) for pair in case.environment],
            "stdin": _base64(case.stdin),
            "files": [[name, _base64(content)] for name, content in case.files],
            "image": _base64(case.image),
        }
    if isinstance(case, WasmCase):
        return head | {
            "label": case.label,
            "fuel": case.fuel,
            "calls": [[name, list(arguments)] for name, arguments in case.calls],
            "module": _base64(case.module),
        }
    return head | {
        "label": case.label,
        "language": case.language,
        "root": case.root,
        "options": list(case.options),
        "files": [list(pair) for pair in case.files],
        "stdin": _base64(case.stdin),
    }


def case_from(node: Node) -> Case:
    """The case that a parsed document describes.

    Raises:
        DocumentError: a field is missing, unknown or illegal.
    """
    node.form(FORMAT, VERSION)
    kind = CaseKind(node.field("kind").choice(tuple(CaseKind)))
    try:
        return _READERS[kind](node)
    except DocumentError:
        raise
    except ValueError as error:
        raise node.error(str(error)) from None


def _machine(node: Node) -> MachineCase:
    node.only(
        "format", "version", "kind", "label", "isa", "limit_insns", "code_address", "code", "state", "memory"
    )  # fmt: skip
    isa = node.field("isa").choice(tuple(STATE_DTYPES))
    return MachineCase(
        isa=isa,
        state=state_from(node.field("state"), isa),
        code=node.field("code").hexadecimal(),
        code_address=node.field("code_address").word(),
        memory=memory_from(node.field("memory")),
        limit_insns=node.field("limit_insns").integer(1, _MAX_INSNS),
        label=node.field("label").string(),
    )


def _program(node: Node) -> ProgramCase:
    node.only(
        "format", "version", "kind", "label", "isa", "limit_insns", "checkpoint_insns", "argv", "environment", "stdin",
        "files", "image",
    )  # fmt: skip
    return ProgramCase(
        isa=node.field("isa").choice(PROGRAM_ISAS),
        image=node.field("image").base64(),
        argv=tuple(_without_nul(e) for e in node.field("argv").elements()),
        environment=tuple(
            (_without_nul(name), _without_nul(value))
            for name, value in (pair.elements(2) for pair in node.field("environment").elements())
        ),
        stdin=node.field("stdin").base64(),
        files=tuple(
            (name.string(), content.base64())
            for name, content in (pair.elements(2) for pair in node.field("files").elements())
        ),
        limit_insns=node.field("limit_insns").integer(1, _MAX_INSNS),
        checkpoint_insns=node.field("checkpoint_insns").integer(0, _MAX_INSNS),
        label=node.field("label").string(),
    )


def _wasm(node: Node) -> WasmCase:
    node.only("format", "version", "kind", "label", "fuel", "calls", "module")
    return WasmCase(
        module=node.field("module").base64(),
        calls=tuple(
            (name.string(), tuple(a.string() for a in arguments.elements()))
            for name, arguments in (pair.elements(2) for pair in node.field("calls").elements())
        ),
        fuel=node.field("fuel").integer(1, _MAX_INSNS),
        label=node.field("label").string(),
    )


def _source(node: Node) -> SourceCase:
    node.only("format", "version", "kind", "label", "language", "root", "options", "files", "stdin")
    files = tuple(
        (name.string(), text.string()) for name, text in (p.elements(2) for p in node.field("files").elements())
    )
    root = node.field("root").string()
    if root not in dict(files):
        raise node.field("root").error(f"{root!r} is not among the files: {', '.join(dict(files)) or 'none'}")
    return SourceCase(
        language=node.field("language").string(),
        files=files,
        root=root,
        options=tuple(e.string() for e in node.field("options").elements()),
        stdin=node.field("stdin").base64(),
        label=node.field("label").string(),
    )


_READERS: Final[dict[CaseKind, Callable[[Node], Case]]] = {
    CaseKind.MACHINE: _machine,
    CaseKind.PROGRAM: _program,
    CaseKind.WASM: _wasm,
    CaseKind.SOURCE: _source,
}


def state_document(state: np.void) -> dict[str, Any]:
    """A state record as field name → hexadecimal string, or a list of them."""
    document: dict[str, Any] = {}
    for name in state.dtype.names or ():
        value = state[name]
        document[name] = [hex(int(v)) for v in value] if value.shape else hex(int(value))
    return document


def state_from(node: Node, isa: str) -> np.void:
    """The state record that a document describes."""
    dtype = state_dtype(isa)
    names = dtype.names or ()
    node.only(*names)
    record = np.zeros(1, dtype)
    for name in names:
        field = dtype[name]
        bits = field.base.itemsize * 8
        if field.shape:
            record[name][0] = [e.word(bits) for e in node.field(name).elements(field.shape[0])]
        else:
            record[name][0] = node.field(name).word(bits)
    scalar: np.void = record[0]
    return scalar


def memory_document(memory: bytes) -> list[list[str]]:
    """The data window as [address, hexadecimal bytes] runs; everything outside the runs is zero."""
    nonzero = np.flatnonzero(np.frombuffer(memory, np.uint8))
    if not len(nonzero):
        return []
    ends = np.flatnonzero(np.diff(nonzero) > RUN_GAP_BYTES)
    starts = nonzero[np.concatenate(([0], ends + 1))].tolist()
    stops = nonzero[np.concatenate((ends, [len(nonzero) - 1]))].tolist()
    return [[hex(DATA_BASE + a), memory[a : b + 1].hex()] for a, b in zip(starts, stops, strict=True)]


def memory_from(node: Node) -> bytes:
    """The data window that a list of runs describes."""
    memory = bytearray(DATA_BYTES)
    for run in node.elements():
        at, content = run.elements(2)
        address, data = at.word(), content.hexadecimal()
        if not DATA_BASE <= address <= DATA_BASE + DATA_BYTES - len(data):
            raise run.error(
                f"{len(data)} bytes at {address:#x} are outside the data window "
                f"[{DATA_BASE:#x}, {DATA_BASE + DATA_BYTES:#x})"
            )
        memory[address - DATA_BASE : address - DATA_BASE + len(data)] = data
    return bytes(memory)


def _without_nul(node: Node) -> str:
    text = node.string()
    if "\0" in text:
        raise node.error("contains a NUL character, which no argument or environment variable can")
    return text


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
