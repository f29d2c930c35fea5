"""The GDB client: framing, a small honest stub, and stubs that lie, stall and flood."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.gdb_packets import (
    MAX_PACKET_BYTES,
    Frame,
    FrameReader,
    GdbClosedError,
    GdbError,
    GdbProtocolError,
    GdbRemoteError,
    GdbTimeoutError,
    Kind,
    checksum,
    decode_body,
    encode_packet,
)
from oracles.gdb_remote import GdbRemote, StopReply, parse_stop_reply, read_description

TARGET = (
    b'<?xml version="1.0"?><!DOCTYPE target SYSTEM "gdb-target.dtd"><target><architecture>riscv:rv64</architecture>'
    b'<xi:include href="cpu.xml"/></target>'
)
CPU = (
    b'<feature name="cpu"><reg name="zero" bitsize="64" regnum="0"/>'
    b'<reg name="ra" bitsize="64"/><reg name="pc" bitsize="64"/></feature>'
)
Reply = bytes | list[bytes] | None


class Stub:
    """A stub with three registers and 4 KiB of memory; `answers` overrides the answer to a request by its prefix."""

    def __init__(self, packet_bytes: int = 0x400, *, no_ack: bool = True, binary: bool = True) -> None:
        self.registers = [0, 0, 0]
        self.memory = bytearray(4096)
        self.answers: dict[bytes, Callable[[], bytes] | bytes] = {}
        self.requests: list[bytes] = []
        self.packet_bytes, self.no_ack, self.binary = packet_bytes, no_ack, binary
        self.drop_acks = 0

    def answer(self, request: bytes) -> bytes:
        for prefix, override in self.answers.items():
            if request.startswith(prefix):
                return override() if callable(override) else override
        if request.startswith(b"qSupported"):
            ack = b";QStartNoAckMode+" if self.no_ack else b""
            return b"PacketSize=%x;qXfer:features:read+%b" % (self.packet_bytes, ack)
        if request == b"QStartNoAckMode":
            return b"OK"
        if request.startswith(b"qXfer:features:read:"):
            _, _, _, annex, window = request.split(b":")
            text = {b"target.xml": TARGET, b"cpu.xml": CPU}[annex]
            offset, size = (int(n, 16) for n in window.split(b","))
            part = text[offset : offset + size]
            return (b"l" if offset + size >= len(text) else b"m") + part
        if request == b"?":
            return b"T05thread:01;"
        if request == b"vCont?":
            return b"vCont;c;C;s;S"
        if request == b"g":
            return b"".join(v.to_bytes(8, "little").hex().encode() for v in self.registers)
        if request.startswith(b"G"):
            self.registers = [
                int.from_bytes(bytes.fromhex(request[1 + 16 * i : 17 + 16 * i].decode()), "little") for i in range(3)
            ]
            return b"OK"
        if request.startswith(b"p"):
            number = int(request[1:], 16)
            return self.registers[number].to_bytes(8, "little").hex().encode() if number < 3 else b"E01"
        if request.startswith(b"P"):
            name, value = request[1:].split(b"=")
            self.registers[int(name, 16)] = int.from_bytes(bytes.fromhex(value.decode()), "little")
            return b"OK"
        if request.startswith(b"m"):
            address, size = (int(n, 16) for n in request[1:].split(b","))
            return self.memory[address : address + size].hex().encode() if address + size <= 4096 else b"E14"
        if request[:1] in (b"X", b"M"):
            if request[:1] == b"X" and not self.binary:
                return b""
            head, _, data = request.partition(b":")
            address, size = (int(n, 16) for n in head[1:].split(b","))
            raw = data if request[:1] == b"X" else bytes.fromhex(data.decode())
            assert len(raw) == size and len(encode_packet(request)) <= self.packet_bytes
            self.memory[address : address + size] = raw
            return b"OK"
        if request in (b"vCont;s", b"vCont;c"):
            self.registers[2] += 4
            return b"T05thread:01;"
        return b""

    def serve(self, connection: socket.socket) -> None:
        reader, acknowledging = FrameReader(), True
        with connection:
            while data := connection.recv(65536):
                for frame in reader.feed(data):
                    if frame.kind is Kind.PACKET:
                        self.requests.append(frame.data)
                        if acknowledging and self.drop_acks:
                            self.drop_acks -= 1
                            connection.sendall(b"-")
                            continue
                        connection.sendall((b"+" if acknowledging else b"") + encode_packet(self.answer(frame.data)))
                        acknowledging &= frame.data != b"QStartNoAckMode"


@contextmanager
def connected(serve: Callable[[socket.socket], None], timeout_s: float = 5.0) -> Iterator[GdbRemote]:
    ours, theirs = socket.socketpair()

    def quietly() -> None:
        try:
            serve(theirs)
        except OSError:
            theirs.close()

    thread = threading.Thread(target=quietly, daemon=True)
    thread.start()
    try:
        with GdbRemote(ours, timeout_s) as remote:
            yield remote
    finally:
        ours.close()
        thread.join(10)
        assert not thread.is_alive()


@pytest.mark.parametrize("no_ack", [True, False])
@pytest.mark.parametrize("binary", [True, False])
def test_an_honest_stub(no_ack: bool, binary: bool) -> None:
    stub = Stub(packet_bytes=64, no_ack=no_ack, binary=binary)
    with connected(stub.serve) as remote:
        assert list(remote.registers) == ["zero", "ra", "pc"]
        remote.write_register("ra", 0x0123456789ABCDEF)
        assert remote.read_register("ra") == 0x0123456789ABCDEF == stub.registers[1]
        assert remote.read_general() == {"zero": 0, "ra": 0x0123456789ABCDEF, "pc": 0}
        remote.write_general({"zero": 1, "ra": 2, "pc": 0x100})
        assert stub.registers == [1, 2, 0x100]
        contents = bytes(range(256)) * 4
        remote.write_memory(16, contents)
        assert remote.read_memory(16, len(contents)) == contents == bytes(stub.memory[16 : 16 + len(contents)])
        assert remote.halt_reason() == StopReply(signal=5, details=(("thread", "01"),))
        assert remote.step().signal == 5 and stub.registers[2] == 0x104
        assert remote.resume().signal == 5
        with pytest.raises(GdbRemoteError, match="E14"):
            remote.read_memory(4090, 100)
        with pytest.raises(GdbRemoteError, match="does not support"):
            remote.insert_breakpoint(0, 2)
        with pytest.raises(ValueError, match="no register"):
            remote.read_register("x99")
        with pytest.raises(ValueError, match="does not fit"):
            remote.write_register("ra", 1 << 64)


def test_a_lost_packet_is_sent_again() -> None:
    stub = Stub(no_ack=False)
    stub.drop_acks = 2
    with connected(stub.serve) as remote:
        assert remote.packet_bytes == 0x400
    assert stub.requests[0] == stub.requests[1] == stub.requests[2]


ANSWERS = [
    (b"?", b"T5", GdbProtocolError),
    (b"?", b"T05thread", GdbProtocolError),
    (b"?", b"S05x", GdbProtocolError),
    (b"?", b"Fopen,0,0", GdbProtocolError),
    (b"?", b"E01", GdbRemoteError),
    (b"p1", b"00", GdbProtocolError),
    (b"p1", b"zz" * 8, GdbProtocolError),
    (b"p1", b"0 " * 8, GdbProtocolError),
    (b"m0", b"00" * 4000, GdbProtocolError),
    (b"m0", b"0", GdbProtocolError),
    (b"P1", b"ok", GdbProtocolError),
    (b"vCont;s", b"OK", GdbProtocolError),
    (b"qXfer", b"x", GdbProtocolError),
    (b"qXfer", b"m", GdbProtocolError),
    (b"qXfer", b"m" + b"y" * 60000, GdbProtocolError),
    (b"qXfer", b"l<target>", GdbProtocolError),
    (b"qXfer", b'l<!DOCTYPE a [<!ENTITY b "c">]><target/>', GdbProtocolError),
    (b"qXfer", b'l<target><xi:include href="target.xml"/></target>', GdbProtocolError),
    (b"qXfer", b'l<target><reg name="a" bitsize="7"/></target>', GdbProtocolError),
    (b"qXfer", b'l<target><reg name="a" bitsize="99999999999999999999"/></target>', GdbProtocolError),
]


@pytest.mark.parametrize(("prefix", "answer", "error"), ANSWERS, ids=lambda v: repr(v)[:40])
def test_a_wrong_answer_is_an_error_of_its_kind(prefix: bytes, answer: bytes, error: type[GdbError]) -> None:
    stub = Stub()
    actions: dict[bytes, Callable[[GdbRemote], object]] = {
        b"?": GdbRemote.halt_reason,
        b"p1": lambda r: r.read_register("ra"),
        b"P1": lambda r: r.write_register("ra", 1),
        b"m0": lambda r: r.read_memory(0, 8),
        b"vCont;s": GdbRemote.step,
        b"qXfer": lambda r: r.registers,
    }
    with connected(stub.serve) as remote:
        if prefix != b"qXfer":
            assert remote.registers
        stub.answers[prefix] = answer
        with pytest.raises(error):
            actions[prefix](remote)


def raw(data: bytes, *, keep_open: bool = False, endless: bool = False) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        with connection:
            connection.recv(4096)
            connection.sendall(data)
            while endless:
                connection.sendall(data)
            while keep_open and connection.recv(4096):
                pass

    return serve


HOSTILE = [
    (raw(b""), GdbClosedError),
    (raw(b"", keep_open=True), GdbTimeoutError),
    (raw(b"+$PacketSize=400#", keep_open=True), GdbTimeoutError),
    (raw(b"+$PacketSize=400"), GdbClosedError),
    (raw(b"+garbage", keep_open=True), GdbProtocolError),
    (raw(b"+$PacketSize=zz#%02x" % checksum(b"PacketSize=zz"), keep_open=True), GdbProtocolError),
    (raw(b"+$PacketSize=1#%02x" % checksum(b"PacketSize=1"), keep_open=True), GdbProtocolError),
    (raw(b"+$abc#00$abc#00$abc#00$abc#00", keep_open=True), GdbProtocolError),
    (raw(b"+$abc#0g", keep_open=True), GdbProtocolError),
    (raw(b"+$" + b"a" * (MAX_PACKET_BYTES + 100), keep_open=True), GdbProtocolError),
    (raw(b"+$" + b"a*~" * 20000 + b"#%02x" % checksum(b"a*~" * 20000), keep_open=True), GdbProtocolError),
    (raw(b"-" * 10, keep_open=True), GdbProtocolError),
    (raw(b"++++", keep_open=True), GdbProtocolError),
    (raw(encode_packet(b"x"), keep_open=True), GdbProtocolError),
    (raw(b"%%Stop:T05#%02x" % checksum(b"Stop:T05"), endless=True), GdbTimeoutError),
    (raw(b"$" * 65536, endless=True), GdbProtocolError),
]


@pytest.mark.parametrize(("serve", "error"), HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_stub_ends_in_an_error_and_in_time(
    serve: Callable[[socket.socket], None], error: type[GdbError]
) -> None:
    with pytest.raises(error), connected(serve, timeout_s=0.4):
        pass


def test_endless_console_output_is_cut_off() -> None:
    stub = Stub()

    def serve(connection: socket.socket) -> None:
        honest = stub.answer

        def answer(request: bytes) -> bytes:
            if request == b"vCont;c":
                for _ in range(200):
                    connection.sendall(encode_packet(b"O" + b"41" * 8000))
            return honest(request)

        stub.answer = answer  # type: ignore[method-assign]
        stub.serve(connection)

    with connected(serve) as remote, pytest.raises(GdbProtocolError, match="console"):
        remote.resume()


def test_nobody_listens() -> None:
    with pytest.raises(GdbTimeoutError, match="no gdbstub"):
        GdbRemote.connect("/nonexistent/stub", timeout_s=0.05)


@given(st.binary(max_size=300), st.data())
def test_any_data_survives_framing_however_it_is_split(data: bytes, draw: st.DataObject) -> None:
    stream = b"+" + encode_packet(data) + b"-"
    cuts = sorted(draw.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    reader, frames = FrameReader(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        frames += reader.feed(stream[start:end])
    assert frames == [Frame(Kind.ACK), Frame(Kind.PACKET, data), Frame(Kind.NACK)]


@given(st.binary(min_size=1, max_size=60), st.integers(0, 10**6), st.integers(1, 255))
def test_one_changed_byte_never_gives_other_data(data: bytes, where: int, flip: int) -> None:
    """Data differing from what was sent is never delivered, unless the change moves the end of the packet."""
    stream = bytearray(encode_packet(data))
    at = where % len(stream)
    stream[at] ^= flip
    reader = FrameReader()
    try:
        frames = reader.feed(bytes(stream))
    except GdbProtocolError:
        return
    delivered = [f.data for f in frames if f.kind is Kind.PACKET]
    moved = stream.count(b"#") != 1
    assert moved or delivered in ([], [data])


@settings(deadline=None)
@given(st.lists(st.binary(max_size=80), max_size=8))
def test_arbitrary_bytes_only_raise_protocol_errors(chunks: list[bytes]) -> None:
    reader = FrameReader()
    try:
        for chunk in chunks:
            reader.feed(chunk)
    except GdbProtocolError:
        return


def test_run_lengths_as_the_manual_gives_them() -> None:
    assert decode_body(b"0* ") == b"0000"
    assert decode_body(b"}\x03") == b"#"
    for bad in (b"*", b"0*", b"0*\x1d", b"}"):
        with pytest.raises(GdbProtocolError):
            decode_body(bad)


@given(st.binary(max_size=40))
def test_stop_replies_parse_or_are_refused(packet: bytes) -> None:
    try:
        reply = parse_stop_reply(packet)
    except GdbProtocolError:
        return
    assert packet[:1] in (b"S", b"T", b"W", b"X")
    assert sum(v is not None for v in (reply.signal, reply.exit_status, reply.killed_by)) == 1


def test_register_numbers_follow_the_manual() -> None:
    listed = b'<reg name="a" bitsize="32"/><reg name="b" bitsize="32" regnum="7"/><reg name="c" bitsize="32"/>'
    text = b"<target>" + listed + b"</target>"
    assert [r.number for r in read_description(lambda annex: text)] == [0, 7, 8]


def test_a_stub_that_stops_answering_does_not_hold_us_up() -> None:
    given_up = threading.Event()
    stub = Stub()
    stub.answers[b"vCont;c"] = lambda: b"S05" if given_up.wait(60) else b"E01"
    with connected(stub.serve, timeout_s=5) as remote:
        with pytest.raises(GdbTimeoutError):
            remote.resume(timeout_s=0.05)
        given_up.set()
