"""A strict client of the GDB remote serial protocol: any engine that has a gdbstub can answer machine cases.

Source: "Debugging with GDB", appendix E, sections "Packets", "Stop Reply Packets", "General Query Packets" and
appendix G "Target Descriptions". Every exchange has a deadline; what a stub may not send is an error that says what
arrived, and a stub that sends for ever is cut off.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self
from xml.etree import ElementTree

from oracles.gdb_packets import (
    Frame,
    FrameReader,
    GdbClosedError,
    GdbError,
    GdbProtocolError,
    GdbRemoteError,
    GdbTimeoutError,
    Kind,
    encode_packet,
)

RETRIES: Final = 3
"""How often a damaged packet is asked for again, and ours sent again, before we give up."""
MAX_DESCRIPTION_BYTES: Final = 1 << 20
MAX_REGISTERS: Final = 8192
MAX_REGISTER_BITS: Final = 65536
MAX_CONSOLE_BYTES: Final = 1 << 20


@dataclass(frozen=True)
class Register:
    """One register of the target description; `number` is what `p` and `P` take."""

    name: str
    bits: int
    number: int
    group: str = ""


@dataclass(frozen=True)
class StopReply:
    """Why the target stopped. Exactly one of `signal`, `exit_status` and `killed_by` is not None.

    Attributes:
        signal: GDB's signal number (which equals Linux's for those of interest below 16) of a stopped target.
        exit_status: of a process that exited.
        killed_by: signal that ended the process.
        details: the `name:value` pairs of a `T` packet.
    """

    signal: int | None = None
    exit_status: int | None = None
    killed_by: int | None = None
    details: tuple[tuple[str, str], ...] = ()


def parse_stop_reply(packet: bytes) -> StopReply:
    """Read `S`, `T`, `W` and `X` packets.

    Raises:
        GdbProtocolError: anything else, or malformed fields.
    """
    text = packet.decode("latin-1")
    matched = re.fullmatch(r"([STWX])([0-9a-fA-F]{2})(.*)", text, re.DOTALL)
    if matched is None:
        raise GdbProtocolError(f"{text[:80]!r} is not a stop reply")
    letter, number, rest = matched.group(1), int(matched.group(2), 16), matched.group(3)
    if letter == "S" and not rest:
        return StopReply(signal=number)
    if letter == "T":
        pairs = []
        for item in filter(None, rest.split(";")):
            name, colon, value = item.partition(":")
            if not colon or not name:
                raise GdbProtocolError(f"{item[:80]!r} in a stop reply is not name:value")
            pairs.append((name, value))
        return StopReply(signal=number, details=tuple(pairs))
    if letter in "WX" and re.fullmatch(r"(;process:[0-9a-fA-F]+)?", rest):
        return StopReply(exit_status=number) if letter == "W" else StopReply(killed_by=number)
    raise GdbProtocolError(f"{text[:80]!r} is not a stop reply")


def parse_hex(text: bytes) -> bytes:
    """Bytes from pairs of hexadecimal digits.

    Raises:
        GdbProtocolError: an odd length or another character.
    """
    try:
        return bytes.fromhex(text.decode("ascii")) if not re.search(rb"\s", text) else _refuse_hex(text)
    except (UnicodeDecodeError, ValueError):
        return _refuse_hex(text)


def _refuse_hex(text: bytes) -> bytes:
    raise GdbProtocolError(f"{text[:40]!r} is not pairs of hexadecimal digits")


class GdbRemote:
    """A connection to a stub.

    Args:
        connection: a connected stream socket; `close` closes it.
        timeout_s: for one request and its answer, and for a resumed target unless `resume` is given another.

    Attributes:
        packet_bytes: the longest packet that the stub takes.
        supported: features out of its `qSupported` answer.
        console: what the target wrote through `O` packets.
    """

    def __init__(self, connection: socket.socket, timeout_s: float = 10.0) -> None:
        self._socket = connection
        self._timeout_s = timeout_s
        self._reader = FrameReader()
        self._frames: list[Frame] = []
        self._acknowledging = True
        self._registers: dict[str, Register] | None = None
        self._binary_writes: bool | None = None
        self._continues: frozenset[str] | None = None
        self.packet_bytes = 400
        self.supported: dict[str, str] = {}
        self.console = b""
        self._handshake()

    @classmethod
    def connect(cls, address: str | tuple[str, int], timeout_s: float = 10.0) -> GdbRemote:
        """Connect to a Unix socket path or a (host, port) pair, waiting until the stub listens.

        Raises:
            GdbTimeoutError: nobody listens within `timeout_s`.
        """
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        deadline = time.monotonic() + timeout_s
        while True:
            connection = socket.socket(family, socket.SOCK_STREAM)
            connection.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                connection.connect(address)
            except (ConnectionRefusedError, FileNotFoundError) as error:
                connection.close()
                if time.monotonic() > deadline:
                    raise GdbTimeoutError(f"no gdbstub at {address!r} within {timeout_s:g} s: {error}") from None
                time.sleep(0.002)
                continue
            if family == socket.AF_INET:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                return cls(connection, timeout_s)
            except GdbError:
                connection.close()
                raise

    # Exchanges

    def request(self, data: bytes, timeout_s: float | None = None) -> bytes:
        """Send a packet and return the answer's data; an empty answer means "not supported".

        Raises:
            GdbTimeoutError, GdbClosedError, GdbProtocolError: see their names.
        """
        deadline = time.monotonic() + (self._timeout_s if timeout_s is None else timeout_s)
        self._send(data, deadline)
        return self._receive(deadline)

    def expect_ok(self, data: bytes) -> None:
        """Send a request whose only good answer is `OK`."""
        answer = self.checked(data)
        if answer != b"OK":
            raise GdbProtocolError(f"{answer[:40]!r} where OK was due, after {data[:40]!r}")

    def checked(self, data: bytes, timeout_s: float | None = None) -> bytes:
        """`request`, with `E…` answers raised.

        Raises:
            GdbRemoteError: the stub answered with an error, or with nothing, which means that it cannot.
        """
        answer = self.request(data, timeout_s)
        if re.fullmatch(rb"E[0-9a-fA-F]{2}|E\..*", answer, re.DOTALL):
            raise GdbRemoteError(f"the stub answered {answer.decode('latin-1')[:80]} to {data[:40]!r}")
        if not answer:
            raise GdbRemoteError(f"the stub does not support {data[:40]!r}")
        return answer

    def _send(self, data: bytes, deadline: float) -> None:
        packet = encode_packet(data)
        for _ in range(RETRIES + 1):
            self._write(packet, deadline)
            if not self._acknowledging:
                return
            frame = self._frame(deadline)
            while frame.kind is Kind.NOTIFICATION:
                frame = self._frame(deadline)
            if frame.kind is Kind.ACK:
                return
            if frame.kind is not Kind.NACK:
                raise GdbProtocolError(f"a {frame.kind.value} where an acknowledgement of {data[:40]!r} was due")
        raise GdbProtocolError(f"the stub refused {data[:40]!r} {RETRIES + 1} times")

    def _receive(self, deadline: float) -> bytes:
        damaged = 0
        while True:
            frame = self._frame(deadline)
            if frame.kind is Kind.PACKET:
                if self._acknowledging:
                    self._write(b"+", deadline)
                return frame.data
            if frame.kind is Kind.BAD_CHECKSUM:
                damaged += 1
                if not self._acknowledging or damaged > RETRIES:
                    raise GdbProtocolError(f"a packet with a wrong checksum: {frame.data[:40]!r}")
                self._write(b"-", deadline)
            elif frame.kind is not Kind.NOTIFICATION:
                raise GdbProtocolError(f"an unexpected {frame.kind.value} where an answer was due")

    def _frame(self, deadline: float) -> Frame:
        while not self._frames:
            self._frames += self._reader.feed(self._read(deadline))
        return self._frames.pop(0)

    def _read(self, deadline: float) -> bytes:
        left = deadline - time.monotonic()
        if left <= 0:
            raise GdbTimeoutError("the stub did not answer in time")
        self._socket.settimeout(left)
        try:
            data = self._socket.recv(65536)
        except TimeoutError:
            raise GdbTimeoutError("the stub did not answer in time") from None
        except OSError as error:
            raise GdbClosedError(f"the connection broke: {error}") from None
        if not data:
            raise GdbClosedError("the stub closed the connection")
        return data

    def _write(self, data: bytes, deadline: float) -> None:
        self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            self._socket.sendall(data)
        except TimeoutError:
            raise GdbTimeoutError("the stub did not take our packet in time") from None
        except OSError as error:
            raise GdbClosedError(f"the connection broke: {error}") from None

    def _handshake(self) -> None:
        answer = self.request(b"qSupported:swbreak+;hwbreak+;vContSupported+;xmlRegisters=riscv").decode("latin-1")
        for feature in filter(None, answer.split(";")):
            name, equals, value = feature.partition("=")
            self.supported[name if equals else feature[:-1]] = value if equals else feature[-1]
        if "PacketSize" in self.supported:
            try:
                self.packet_bytes = int(self.supported["PacketSize"], 16)
            except ValueError:
                raise GdbProtocolError(f"PacketSize is {self.supported['PacketSize']!r}, not hexadecimal") from None
            if not 64 <= self.packet_bytes <= 1 << 20:
                raise GdbProtocolError(f"PacketSize is {self.packet_bytes}, outside [64, {1 << 20}]")
        if self.supported.get("QStartNoAckMode") == "+":
            self.expect_ok(b"QStartNoAckMode")
            self._acknowledging = False

    # Registers

    @property
    def registers(self) -> dict[str, Register]:
        """All registers by name, from the stub's target description.

        Raises:
            GdbRemoteError: the stub has no target description.
        """
        if self._registers is None:
            listed = read_description(self.read_object)
            self._registers = {register.name: register for register in listed}
        return self._registers

    def read_object(self, annex: str) -> bytes:
        """A whole `qXfer:features:read` object."""
        chunk = max(self.packet_bytes - 16, 32)
        collected = b""
        while True:
            request = f"qXfer:features:read:{annex}:{len(collected):x},{chunk:x}"
            answer = self.checked(request.encode())
            if answer[:1] not in (b"m", b"l"):
                raise GdbProtocolError(f"{answer[:20]!r} begins with neither m nor l, after {request}")
            collected += answer[1:]
            if answer[:1] == b"l":
                return collected
            if len(answer) == 1:
                raise GdbProtocolError(f"an empty part of {annex} that is not the last")
            if len(collected) > MAX_DESCRIPTION_BYTES:
                raise GdbProtocolError(f"{annex} is longer than {MAX_DESCRIPTION_BYTES} bytes")

    def read_register(self, name: str) -> int:
        """One register, little endian."""
        register = self._register(name)
        raw = parse_hex(self.checked(f"p{register.number:x}".encode()))
        if len(raw) * 8 != register.bits:
            raise GdbProtocolError(f"{name} came with {len(raw) * 8} bits, the target description says {register.bits}")
        return int.from_bytes(raw, "little")

    def write_register(self, name: str, value: int) -> None:
        register = self._register(name)
        if value < 0 or value >> register.bits:
            raise ValueError(f"{value:#x} does not fit the {register.bits} bits of {name}")
        raw = value.to_bytes(register.bits // 8, "little").hex()
        self.expect_ok(f"P{register.number:x}={raw}".encode())

    def read_general(self) -> dict[str, int]:
        """The registers of the `g` packet, in the order of their numbers; those marked unavailable are left out."""
        answer = self.checked(b"g")
        values: dict[str, int] = {}
        at = 0
        for register in sorted(self.registers.values(), key=lambda r: r.number):
            digits = answer[at : at + register.bits // 4]
            if len(digits) < register.bits // 4:
                break
            at += len(digits)
            if set(digits) != {ord("x")}:
                values[register.name] = int.from_bytes(parse_hex(digits), "little")
        return values

    def write_general(self, values: dict[str, int]) -> None:
        """The registers of the `G` packet; `values` must name those that `read_general` gave, all of them."""
        ordered = sorted((self._register(name) for name in values), key=lambda r: r.number)
        if [r.number for r in ordered] != list(range(len(ordered))):
            raise ValueError("a G packet takes the first registers of the target without a gap")
        raw = b"".join(values[r.name].to_bytes(r.bits // 8, "little") for r in ordered)
        self.expect_ok(b"G" + raw.hex().encode())

    def _register(self, name: str) -> Register:
        try:
            return self.registers[name]
        except KeyError:
            raise ValueError(f"the target has no register {name!r}; it has {', '.join(self.registers)}") from None

    # Memory

    def read_memory(self, address: int, size: int) -> bytes:
        """`size` bytes at `address`.

        Raises:
            GdbRemoteError: not readable.
        """
        chunk = max((self.packet_bytes - 8) // 2, 16)
        collected = b""
        while len(collected) < size:
            wanted = min(chunk, size - len(collected))
            part = parse_hex(self.checked(f"m{address + len(collected):x},{wanted:x}".encode()))
            if not 0 < len(part) <= wanted:
                raise GdbProtocolError(f"{len(part)} bytes of memory where 1 to {wanted} were due")
            collected += part
        return collected

    def write_memory(self, address: int, data: bytes) -> None:
        """Write `data` at `address`, in binary where the stub can."""
        if self._binary_writes is None:
            self._binary_writes = self.request(f"X{address:x},0:".encode()) == b"OK"
        chunk = max((self.packet_bytes - 40) // 2, 16)
        for offset in range(0, len(data), chunk):
            part = data[offset : offset + chunk]
            head = f"{address + offset:x},{len(part):x}:".encode()
            self.expect_ok(b"X" + head + part if self._binary_writes else b"M" + head + part.hex().encode())

    # Running

    def halt_reason(self) -> StopReply:
        return self._stop(self.checked(b"?"), time.monotonic() + self._timeout_s)

    def step(self, timeout_s: float | None = None) -> StopReply:
        """Run one instruction."""
        return self._resume("s", timeout_s)

    def resume(self, timeout_s: float | None = None) -> StopReply:
        """Run until the target stops by itself.

        Raises:
            GdbTimeoutError: it did not; it still runs, see `interrupt`.
        """
        return self._resume("c", timeout_s)

    def interrupt(self) -> StopReply:
        """Stop a running target."""
        deadline = time.monotonic() + self._timeout_s
        self._write(b"\x03", deadline)
        return self._stop(self._receive(deadline), deadline)

    def _resume(self, action: str, timeout_s: float | None) -> StopReply:
        if self._continues is None:
            answer = self.request(b"vCont?").decode("latin-1")
            self._continues = frozenset(answer.split(";")[1:]) if answer.startswith("vCont") else frozenset()
        deadline = time.monotonic() + (self._timeout_s if timeout_s is None else timeout_s)
        self._send(f"vCont;{action}".encode() if action in self._continues else action.encode(), deadline)
        return self._stop(self._receive(deadline), deadline)

    def _stop(self, packet: bytes, deadline: float) -> StopReply:
        while packet[:1] == b"O" and packet != b"OK":
            self.console += parse_hex(packet[1:])
            if len(self.console) > MAX_CONSOLE_BYTES:
                raise GdbProtocolError(f"the target wrote more than {MAX_CONSOLE_BYTES} bytes to the console")
            packet = self._receive(deadline)
        if packet[:1] == b"F":
            raise GdbProtocolError("the target asks for a file operation, which is refused")
        if packet[:1] == b"E":
            raise GdbRemoteError(f"the stub answered {packet.decode('latin-1')[:80]} instead of stopping")
        return parse_stop_reply(packet)

    def insert_breakpoint(self, address: int, size: int) -> None:
        """A software breakpoint for an instruction of `size` bytes."""
        self.expect_ok(f"Z0,{address:x},{size:x}".encode())

    def remove_breakpoint(self, address: int, size: int) -> None:
        self.expect_ok(f"z0,{address:x},{size:x}".encode())

    def kill(self) -> None:
        """End the target and the connection. Some stubs answer first and wait for the acknowledgement."""
        deadline = time.monotonic() + self._timeout_s
        try:
            self._send(b"k", deadline)
            self._receive(deadline)
        except GdbClosedError:
            pass
        finally:
            self.close()

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def read_description(read_object: Callable[[str], bytes]) -> list[Register]:
    """The registers of `target.xml` and of what it includes, numbered as the manual says: consecutively in the order of
    the documents, `regnum` setting the count anew.

    Args:
        read_object: gives a document by its annex name.

    Raises:
        GdbProtocolError: not XML, entity declarations, includes that nest or repeat too much, bad numbers.
    """
    found: list[Register] = []
    pending = ["target.xml"]
    seen: set[str] = set()
    following = 0
    while pending:
        annex = pending.pop(0)
        if annex in seen or len(seen) > 64:
            raise GdbProtocolError(f"the target description includes {annex!r} twice, or too many documents")
        seen.add(annex)
        text = read_object(annex)
        if b"<!ENTITY" in text:
            raise GdbProtocolError(f"{annex} declares entities, which is refused")
        try:
            root = ElementTree.fromstring(text.replace(b"<xi:include", b"<include"))  # QEMU leaves xi undeclared
        except (ElementTree.ParseError, ValueError, LookupError) as error:
            raise GdbProtocolError(f"{annex} is not XML: {error}") from None
        pending[:0] = [element.get("href", "") for element in root.iter("include")]
        for element in root.iter("reg"):
            register = _parse_register(element, following)
            following = register.number + 1
            found.append(register)
            if len(found) > MAX_REGISTERS:
                raise GdbProtocolError(f"the target description lists more than {MAX_REGISTERS} registers")
    return found


def _parse_register(element: ElementTree.Element, following: int) -> Register:
    name, bits, number = element.get("name", ""), element.get("bitsize", ""), element.get("regnum", str(following))
    if not name or not re.fullmatch(r"[0-9]{1,6}", bits) or not re.fullmatch(r"[0-9]{1,6}", number):
        raise GdbProtocolError(f"register {name!r} with bitsize {bits!r} and regnum {number!r} is malformed")
    if int(bits) % 8 or not 8 <= int(bits) <= MAX_REGISTER_BITS:
        raise GdbProtocolError(f"register {name} has {bits} bits, not a multiple of 8 in [8, {MAX_REGISTER_BITS}]")
    return Register(name, int(bits), int(number), element.get("group", ""))
