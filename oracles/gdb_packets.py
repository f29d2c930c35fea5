"""Framing of the GDB remote serial protocol: packets, checksums, escapes, run lengths, and a strict reader.

Source: "Debugging with GDB", appendix E "GDB Remote Serial Protocol", section "Overview". A packet is
`$data#cc`, `cc` the sum of the bytes between the markers modulo 256 as two hexadecimal digits; `}` escapes the next
byte (exclusive-or 0x20); `*` repeats the byte before it. `%` instead of `$` begins a notification.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

MAX_PACKET_BYTES: Final = 1 << 20
"""Longest packet accepted, before and after expansion; real stubs stay below 128 KiB."""
_ESCAPE: Final = 0x7D
_REPEAT: Final = 0x2A
_MUST_ESCAPE: Final = frozenset(b"#$}*")


class GdbError(RuntimeError):
    """Anything that goes wrong between us and a stub."""


class GdbProtocolError(GdbError):
    """The stub sent something that the protocol does not allow."""


class GdbTimeoutError(GdbError):
    """The stub did not answer in time."""


class GdbClosedError(GdbError):
    """The connection ended."""


class GdbRemoteError(GdbError):
    """The stub answered `E…`: it understood the request and could not do it."""


class Kind(Enum):
    PACKET = "packet"
    NOTIFICATION = "notification"
    ACK = "ack"
    NACK = "nack"
    BAD_CHECKSUM = "bad checksum"


@dataclass(frozen=True)
class Frame:
    """One thing that arrived; `data` is unescaped and expanded for packets and notifications."""

    kind: Kind
    data: bytes = b""


def checksum(data: bytes) -> int:
    return sum(data) & 0xFF


def encode_packet(data: bytes) -> bytes:
    """`$data#cc` with everything escaped that must be; run lengths are never produced."""
    body = bytearray()
    for byte in data:
        if byte in _MUST_ESCAPE:
            body += bytes((_ESCAPE, byte ^ 0x20))
        else:
            body.append(byte)
    return b"$%b#%02x" % (bytes(body), checksum(bytes(body)))


def decode_body(body: bytes) -> bytes:
    """Undo escapes and run lengths.

    Raises:
        GdbProtocolError: an escape or a repeat without its operand, a repeat count below 3, or more than
            `MAX_PACKET_BYTES` bytes.
    """
    if _ESCAPE not in body and _REPEAT not in body:
        return body
    out = bytearray()
    at = 0
    while at < len(body):
        byte = body[at]
        if byte == _ESCAPE:
            if at + 1 == len(body):
                raise GdbProtocolError("a packet ends in the middle of an escape")
            out.append(body[at + 1] ^ 0x20)
            at += 2
        elif byte == _REPEAT:
            if not out or at + 1 == len(body):
                raise GdbProtocolError("a run length has nothing to repeat or no count")
            count = body[at + 1] - 29
            if not 3 <= count <= 97:
                raise GdbProtocolError(f"a run length of {count} is outside [3, 97]")
            out += out[-1:] * count
            at += 2
        else:
            out.append(byte)
            at += 1
        if len(out) > MAX_PACKET_BYTES:
            raise GdbProtocolError(f"a packet expands to more than {MAX_PACKET_BYTES} bytes")
    return bytes(out)


class FrameReader:
    """Cuts a byte stream into frames, however it is split; holds at most one unfinished packet."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """Take more bytes and return the frames that they complete.

        Raises:
            GdbProtocolError: bytes outside a packet, a malformed checksum or body, or a packet too long.
        """
        self._pending += data
        frames: list[Frame] = []
        while self._pending:
            frame, used = self._next()
            if frame is None:
                break
            frames.append(frame)
            del self._pending[:used]
        return frames

    def _next(self) -> tuple[Frame | None, int]:
        lead = self._pending[0]
        if lead == ord("+"):
            return Frame(Kind.ACK), 1
        if lead == ord("-"):
            return Frame(Kind.NACK), 1
        if lead not in b"$%":
            raise GdbProtocolError(f"byte {lead:#04x} outside a packet; expected one of $ % + -")
        end = self._pending.find(b"#")
        if end < 0 or end + 3 > len(self._pending):
            if len(self._pending) > MAX_PACKET_BYTES + 4:
                raise GdbProtocolError(f"a packet is longer than {MAX_PACKET_BYTES} bytes")
            return None, 0
        body, digits = bytes(self._pending[1:end]), bytes(self._pending[end + 1 : end + 3])
        if not all(d in b"0123456789abcdefABCDEF" for d in digits):
            raise GdbProtocolError(f"checksum {digits!r} is not two hexadecimal digits")
        if int(digits, 16) != checksum(body):
            return Frame(Kind.BAD_CHECKSUM, body), end + 3
        return Frame(Kind.PACKET if lead == ord("$") else Kind.NOTIFICATION, decode_body(body)), end + 3
