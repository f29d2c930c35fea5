"""Reproducer directories: `finding.json` and `case.json`, damaged in any way, are refused with file and place."""

from __future__ import annotations

import atexit
import json
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from fuzz.strategies.json_documents import mutate_json
from fuzz.targets.target import FindingError, Target, instrumented, replace, write_file

with instrumented(__name__):
    import numpy as np

    from harness.case_file import write_case
    from harness.contract import MachineCase, state_dtype
    from harness.contract.layout import CODE_BASE, DATA_BYTES
    from harness.report.reproducer import FORMAT, VERSION, load_reproducer
    from harness.strict_json import DocumentError

_BETWEEN = b"\0\0"
"""Separates the two files in an input."""


@cache
def _directory() -> Path:
    made = tempfile.TemporaryDirectory(prefix="fuzz-finding-")
    atexit.register(made.cleanup)
    return Path(made.name)


def one_input(data: bytes) -> None:
    finding, _, case = data.partition(_BETWEEN)
    write_file(_directory() / "finding.json", finding)
    write_file(_directory() / "case.json", case)
    try:
        loaded, subject, oracle = load_reproducer(_directory())
    except DocumentError as error:
        if ".json" not in str(error):
            raise FindingError(f"an error without its file: {error}") from None
        return
    if not (isinstance(loaded, MachineCase) and isinstance(subject, str) and isinstance(oracle, str)):
        raise FindingError(f"{type(loaded).__name__}, {subject!r}, {oracle!r} is no reproducer")


def seeds() -> Iterable[bytes]:
    state = np.zeros(1, state_dtype("riscv64"))[0]
    state["pc"] = CODE_BASE
    case = write_case(MachineCase("riscv64", state, b"\x73\0\x10\0", CODE_BASE, bytes(DATA_BYTES))).encode()
    head = {"format": FORMAT, "version": VERSION, "subject": "riscv64-interpreter", "oracle": "unicorn-riscv64"}
    rest = {"signature": "s", "fields": ["x"], "command": "c", "instructions": 1, "versions": {"python": "3"}}
    yield json.dumps(head | rest).encode() + _BETWEEN + case
    yield json.dumps(head).encode() + _BETWEEN + b'{"format": "counterproof-case", "version": 1, "kind": "wasm"}'


def _mutate(data: bytes, max_bytes: int, seed: int) -> bytes:
    finding, between, case = data.partition(_BETWEEN)
    if seed % 3:
        return (finding + between + mutate_json(case, max_bytes - len(finding) - 2, seed))[:max_bytes]
    return (mutate_json(finding, max_bytes - len(case) - 2, seed) + between + case)[:max_bytes]


def planted() -> None:
    from harness.strict_json import Node

    def wrapper(original: Any) -> Any:
        def string(self: Node) -> Any:
            return self._value if self.path == "$.oracle" else original(self)

        return string

    replace(Node, "string", wrapper)


TARGET = Target(
    one_input,
    "reproducer directories: refused with the file and the place, or loaded",
    ("harness.report.reproducer",),
    seeds,
    planted,
    "the type of one field is not checked",
    dictionary=(_BETWEEN, b'"subject":', b'"oracle":', b"null", b"[]", b"{}", b'"version": 1', b'"kind": "source"'),
    mutate=_mutate,
    max_bytes=6000,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
