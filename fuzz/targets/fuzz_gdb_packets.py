"""Framing of the GDB remote protocol: any bytes, however they are split, give the same frames or the same refusal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fuzz.targets.target import FindingError, Target, instrumented, replace

with instrumented(__name__):
    from oracles import gdb_packets
    from oracles.gdb_packets import Frame, FrameReader, GdbProtocolError, Kind, decode_body, encode_packet


def one_input(data: bytes) -> None:
    whole = _frames([data])
    if whole != _frames([data[i : i + 1] for i in range(len(data))]):
        raise FindingError(f"{data!r} gives other frames byte by byte")
    packet = encode_packet(data)
    if FrameReader().feed(packet) != [Frame(Kind.PACKET, data)]:
        raise FindingError(f"{data!r} does not survive encoding")


def _frames(pieces: list[bytes]) -> tuple[list[Frame], str]:
    """The frames up to the first refusal, and its class."""
    reader = FrameReader()
    frames: list[Frame] = []
    for piece in pieces:
        try:
            frames += reader.feed(piece)
        except GdbProtocolError:
            # `feed` gives nothing of what came in the same piece, so only what both splits agree on is compared.
            return [], "refused"
    return frames, ""


def seeds() -> Iterable[bytes]:
    yield b"+$OK#9a$S05#b8-"
    yield b'$T05thread:01;06:0*"00;#' + b"00"
    yield b"%Stop:T05#cc$m}\x03}\x04#00"
    body = b"0* abc"
    yield b"$" + body + b"#%02x" % (sum(body) & 0xFF)
    yield encode_packet(b"}#$*")


def planted() -> None:
    def wrapper(original: Any) -> Any:
        def body(data: bytes) -> bytes:
            if data.endswith(b"}") and not data.endswith(b"}}"):
                return decode_body(data[:-1]) + bytes((data[len(data)],))
            return bytes(original(data))

        return body

    replace(gdb_packets, "decode_body", wrapper)


def _mutate(data: bytes, max_bytes: int, seed: int) -> bytes:
    """Bytes changed anywhere, and checksums made right again most of the time."""
    import random

    from fuzz.targets.sampling import mutant

    chance = random.Random(seed)
    changed = mutant(data, data, TARGET, chance)
    if chance.random() < 0.8:
        at = changed.find(b"$")
        end = changed.find(b"#", at)
        if at >= 0 and end >= 0:
            changed = changed[:end] + b"#%02x" % (sum(changed[at + 1 : end]) & 0xFF) + changed[end + 3 :]
    return changed[:max_bytes]


TARGET = Target(
    one_input,
    "GDB packets: the same frames however the stream is split; any data survives encoding",
    ("oracles.gdb_packets",),
    seeds,
    planted,
    "an escape at the end of a packet reads beyond it",
    dictionary=(b"$", b"#", b"%", b"+", b"-", b"}", b"*", b"* ", b"}\x03", b"#00", b"OK", b"~"),
    mutate=_mutate,
    max_bytes=256,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
