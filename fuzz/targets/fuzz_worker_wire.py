"""Messages of worker processes: what a damaged worker sends is a message or an error of the protocol."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from typing import Any

from fuzz.strategies.json_documents import mutate_json
from fuzz.targets.target import FindingError, Target, instrumented, replace

with instrumented(__name__):
    from harness.campaign import wire
    from harness.campaign.wire import (
        HEADER,
        MAGIC,
        FrameReader,
        WireError,
        capabilities_document,
        capabilities_from,
    )
    from harness.contract import Capabilities, CaseKind
    from harness.observation_file import observation_from
    from harness.strict_json import DocumentError, Node


class Connection:
    """A socket that receives `data`, 100 bytes at a time."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def recvmsg(self, size: int, ancillary_size: int = 0, flags: int = 0) -> tuple[bytes, list[Any], int, None]:
        piece, self._data = self._data[:100], self._data[100:]
        return piece, [], 0, None


def one_input(data: bytes) -> None:
    reader = FrameReader(Connection(data))  # type: ignore[arg-type]
    try:
        while True:
            _read(reader.next())
    except WireError:
        return


def _read(message: Node) -> None:
    """Read a message as what it may be; capabilities must survive being written."""
    try:
        found = capabilities_from(message)
    except DocumentError:
        pass
    else:
        if capabilities_document(found) != json.loads(json.dumps(capabilities_document(found))):
            raise FindingError(f"capabilities that JSON cannot hold: {found}")
    try:
        observation_from(message.field("observation"))
    except DocumentError:
        return


def _frame(document: bytes) -> bytes:
    return HEADER.pack(MAGIC, len(document)) + document


def seeds() -> Iterable[bytes]:
    one = frozenset(("x",))
    capabilities = Capabilities(frozenset((CaseKind.MACHINE,)), one, one, one, version="v", notes=("n",))
    yield _frame(json.dumps(capabilities_document(capabilities)).encode())
    yield _frame(b'{"observed": ["x"], "seconds": 1.5, "detail": ""}') * 2
    seen = {"format": "counterproof-observation", "version": 1, "kind": "program", "end": "TRAP", "exit_status": 1}
    seen |= {"signal": 0, "stdout": "", "stderr": "", "files": [], "retired": 0, "unknown_syscalls": []}
    seen |= {"checkpoints": [], "observed": [], "detail": ""}
    yield _frame(json.dumps({"observation": seen}).encode())


def _mutate(data: bytes, max_bytes: int, seed: int) -> bytes:
    """The document inside the first frame mutated, its header made right most of the time."""
    if len(data) < HEADER.size or seed % 8 == 0:
        from fuzz.targets.sampling import mutant

        return mutant(data, data, TARGET, random.Random(seed))[:max_bytes]
    return _frame(mutate_json(data[HEADER.size :], max_bytes - HEADER.size, seed))


def planted() -> None:
    def wrapper(original: Any) -> Any:
        def parse(text: bytes, source: str) -> Node:
            if text.startswith(b"["):
                raise TypeError("list indices must be integers")
            found: Node = original(text, source)
            return found

        return parse

    replace(wire, "parse", wrapper)


TARGET = Target(
    one_input,
    "messages of worker processes: frames, capabilities, observations",
    ("harness.campaign.wire",),
    seeds,
    planted,
    "a message that is no object is not refused",
    dictionary=(MAGIC, b"\0\0\0\0", b'{"', b'"kinds"', b"null"),
    mutate=_mutate,
    max_bytes=3000,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
