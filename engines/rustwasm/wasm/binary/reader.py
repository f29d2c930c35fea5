"""A cursor over a module's bytes that says where and why they are malformed.

Source: WebAssembly 3.0 §5.2 (values).
"""

from __future__ import annotations

from typing import Final

_U32_MAX: Final = 0xFFFF_FFFF


class MalformedModuleError(ValueError):
    """Bytes that are not a module. The message gives the offset, the offending value and what is legal there.

    Attributes:
        offset: of the offending byte in the whole module.
    """

    def __init__(self, offset: int, problem: str) -> None:
        super().__init__(f"offset {offset:#x}: {problem}")
        self.offset = offset


class Reader:
    """Reads `data[position:end]`; nothing is read beyond `end`."""

    __slots__ = ("data", "end", "position")

    def __init__(self, data: bytes, position: int = 0, end: int | None = None) -> None:
        self.data = data
        self.position = position
        self.end = len(data) if end is None else end

    def malformed(self, problem: str) -> MalformedModuleError:
        return MalformedModuleError(self.position, problem)

    def at_end(self) -> bool:
        return self.position >= self.end

    def expect_end(self, what: str) -> None:
        if self.position != self.end:
            raise self.malformed(f"{what} has {self.end - self.position} bytes too many")

    def byte(self) -> int:
        if self.position >= self.end:
            raise self.malformed("unexpected end")
        value = self.data[self.position]
        self.position += 1
        return value

    def take(self, count: int) -> bytes:
        if count > self.end - self.position:
            raise self.malformed(f"{count} bytes wanted, {self.end - self.position} left")
        start = self.position
        self.position += count
        return self.data[start : start + count]

    def sub(self, count: int) -> Reader:
        """A reader of the next `count` bytes, which this one skips."""
        start = self.position
        self.take(count)
        return Reader(self.data, start, start + count)

    def unsigned(self, bits: int) -> int:
        """An unsigned LEB128 number of at most `bits` bits (§5.2.2)."""
        start, value, shift = self.position, 0, 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift >= bits:
                raise MalformedModuleError(
                    start, f"an unsigned number of {bits} bits has more than {-(-bits // 7)} bytes"
                )
        if value >> bits:
            raise MalformedModuleError(start, f"{value:#x} is over the largest u{bits}")
        return value

    def signed(self, bits: int) -> int:
        """A signed LEB128 number of at most `bits` bits (§5.2.2)."""
        start, value, shift = self.position, 0, 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
            if shift >= bits:
                raise MalformedModuleError(start, f"a signed number of {bits} bits has more than {-(-bits // 7)} bytes")
        if byte & 0x40:
            value -= 1 << shift
        if not -(1 << (bits - 1)) <= value < 1 << (bits - 1):
            raise MalformedModuleError(start, f"{value} is outside s{bits}")
        return value

    def u32(self) -> int:
        return self.unsigned(32)

    def count(self, smallest: int = 1) -> int:
        """The length of a vector whose items take at least `smallest` bytes each."""
        start = self.position
        length = self.u32()
        if length * smallest > self.end - self.position:
            raise MalformedModuleError(
                start, f"a vector of {length} items does not fit in {self.end - self.position} bytes"
            )
        return length

    def name(self) -> str:
        start = self.position
        content = self.take(self.u32())
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            raise MalformedModuleError(start, f"a name is not UTF-8: {error.reason} at byte {error.start}") from None
