"""The GDB remote client against a stub that says anything at all: an answer or a `GdbError`, no other error."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fuzz.targets.target import Target, instrumented, replace, words

with instrumented(__name__):
    from oracles.gdb_packets import GdbError, encode_packet
    from oracles.gdb_remote import GdbRemote, parse_stop_reply, read_description

_TARGET_XML = (
    b'<?xml version="1.0"?><target><architecture>riscv:rv64</architecture><xi:include href="core.xml"/>'
    b'<feature><reg name="pc" bitsize="64" regnum="1"/></feature></target>'
)


class Stub:
    """A socket on whose other side the input speaks: one line is one packet's data; an empty line acknowledges."""

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = answers

    def settimeout(self, seconds: float) -> None:
        """Nothing waits here."""

    def sendall(self, data: bytes) -> None:
        """What the client says is not looked at."""

    def recv(self, size: int) -> bytes:
        if not self._answers:
            return b""
        line = self._answers.pop(0)
        return line[1:] if line.startswith(b"!") else b"+" + encode_packet(line)

    def close(self) -> None:
        """Nothing to close."""


def one_input(data: bytes) -> None:
    answers = data.split(b"\n")
    remotes = []
    try:
        remotes.append(GdbRemote(Stub(answers), 5.0))  # type: ignore[arg-type]
    except GdbError:
        return
    remote = remotes[0]
    steps: tuple[Callable[[], Any], ...] = (
        remote.halt_reason, lambda: remote.registers, lambda: remote.read_register("pc"), remote.read_general,
        lambda: remote.read_memory(0x1000, 64), lambda: remote.write_memory(0x1000, bytes(20)), remote.step,
        lambda: remote.insert_breakpoint(0x1000, 4), remote.resume, remote.interrupt, remote.kill,
    )  # fmt: skip
    for step in steps:
        try:
            step()
        except GdbError:
            continue
        except ValueError as error:
            if "no register" not in str(error):
                raise
    for direct in (lambda: parse_stop_reply(data), lambda: read_description(lambda annex: data)):
        try:
            direct()
        except GdbError:
            continue


def seeds() -> Iterable[bytes]:
    start = b"PacketSize=1000;qXfer:features:read+;QStartNoAckMode+;vContSupported+\nOK\n"
    xml = b"l" + _TARGET_XML + b'\nl<feature><reg name="x1" bitsize="64"/></feature>\n'
    values = b"0011223344556677\n" + b"00" * 16 + b"\n" + b"ab" * 64
    yield start + b"T05thread:01;swbreak:;\n" + xml + values + b"\nOK\nOK\n"
    yield start + b"S05\n" + xml + b"E01\nE.x\n\n\n\nvCont;c;s;t\nT05\nOK\nO6869\nW00\n"
    yield b"PacketSize=fff\nW00\nE14\n"
    yield _TARGET_XML
    yield b"T05thread:p1.1;library:;"


def planted() -> None:
    from oracles import gdb_remote

    def wrapper(original: Any) -> Any:
        def stop(packet: bytes) -> Any:
            return int(packet[1:3], 16) if packet.startswith(b"X") else original(packet)

        return stop

    replace(gdb_remote, "parse_stop_reply", wrapper)


TARGET = Target(
    one_input,
    "the GDB client: whatever a stub answers is an answer or a GdbError",
    ("oracles.gdb_remote",),
    seeds,
    planted,
    "the digits of one stop reply are not checked",
    dictionary=(
        *words("PacketSize= OK E01 T05 S05 W00 X09 O68 F vCont;c;s l< m"),
        *words("<reg name= bitsize= regnum= <xi:include <!ENTITY"),
        *(b"\n", b"\nX", b"!"),
    ),
    max_bytes=1500,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
