"""Messages between a campaign and a worker process: length-prefixed JSON over a socket, file descriptors beside it.

JSON and not pickle: a worker runs foreign native code that may have damaged it, so what it says is parsed, never
executed. A frame is `MAGIC`, the length as u32, and that many bytes of JSON, which is an object.
"""

from __future__ import annotations

import json
import socket
import struct
from typing import Any, Final

from harness.contract import Capabilities, CaseKind
from harness.strict_json import DocumentError, Node, parse

MAGIC: Final = b"CPW1"
HEADER: Final = struct.Struct("<4sI")
MAX_FRAME_BYTES: Final = 256 << 20


class WireError(Exception):
    """The other side did not speak the protocol, or closed the connection in the middle of a frame."""


def send(connection: socket.socket, message: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
    """Send one frame, with file descriptors attached to its first byte.

    Raises:
        WireError: the message is over `MAX_FRAME_BYTES`.
        OSError: the connection is gone, or its timeout passed.
    """
    payload = json.dumps(message).encode()
    if len(payload) > MAX_FRAME_BYTES:
        raise WireError(f"a message of {len(payload)} bytes is over the limit of {MAX_FRAME_BYTES}")
    frame = HEADER.pack(MAGIC, len(payload)) + payload
    sent = socket.send_fds(connection, [frame], list(descriptors)) if descriptors else 0
    connection.sendall(memoryview(frame)[sent:])


class FrameReader:
    """Assembles frames out of whatever arrives. Descriptors are collected in `descriptors`, in order of arrival."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = bytearray()
        self.descriptors: list[int] = []

    def receive(self) -> Node | None:
        """Read what is there once; the next frame if it is complete now, else None.

        Raises:
            WireError: end of the stream, or bytes that are no frame.
        """
        complete = self.buffered()
        if complete is not None:
            return complete
        data, descriptors, _, _ = socket.recv_fds(self._connection, 1 << 18, 8)
        self.descriptors += descriptors
        if not data:
            raise WireError("the connection was closed" + (" in the middle of a frame" if self._buffer else ""))
        self._buffer += data
        return self.buffered()

    def buffered(self) -> Node | None:
        """The next frame, if it has arrived already.

        Raises:
            WireError: bytes that are no frame.
        """
        if len(self._buffer) < HEADER.size:
            return None
        magic, length = HEADER.unpack_from(self._buffer)
        if magic != MAGIC or length > MAX_FRAME_BYTES:
            raise WireError(f"{bytes(self._buffer[:16]).hex()} is not the start of a frame")
        end = HEADER.size + length
        if len(self._buffer) < end:
            return None
        payload = bytes(self._buffer[HEADER.size : end])
        del self._buffer[:end]
        try:
            return parse(payload, "worker message")
        except DocumentError as error:
            raise WireError(str(error)) from None

    def next(self) -> Node:
        """Wait for the next frame.

        Raises:
            WireError: as `receive`.
        """
        while True:
            frame = self.receive()
            if frame is not None:
                return frame


def capabilities_document(capabilities: Capabilities) -> dict[str, Any]:
    """Capabilities as a JSON-ready dictionary."""
    return {
        "kinds": sorted(map(str, capabilities.kinds)),
        "isas": sorted(capabilities.isas),
        "extensions": sorted(capabilities.extensions),
        "observes": sorted(capabilities.observes),
        "exact_limit": capabilities.exact_limit,
        "native_batch": capabilities.native_batch,
        "isolated": capabilities.isolated,
        "version": capabilities.version,
        "notes": list(capabilities.notes),
    }


def capabilities_from(node: Node) -> Capabilities:
    """The capabilities that a document describes.

    Raises:
        DocumentError: a field is missing or illegal.
    """

    def names(field: str) -> frozenset[str]:
        return frozenset(e.string() for e in node.field(field).elements())

    return Capabilities(
        kinds=frozenset(CaseKind(e.choice(tuple(CaseKind))) for e in node.field("kinds").elements()),
        isas=names("isas"),
        extensions=names("extensions"),
        observes=names("observes"),
        exact_limit=node.field("exact_limit").boolean(),
        native_batch=node.field("native_batch").boolean(),
        isolated=node.field("isolated").boolean(),
        version=node.field("version").string(),
        notes=tuple(e.string() for e in node.field("notes").elements()),
    )
