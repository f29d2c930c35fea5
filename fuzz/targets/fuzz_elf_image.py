"""ELF executables: refused with a reason, or loaded so that guest memory holds what the segments say."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import cache
from typing import Any

from fuzz.targets.target import FindingError, Target, instrumented, replace

with instrumented(__name__):
    from engines.vm.memory.address_space import READ, AddressSpace
    from engines.vm.user import elf

_MOST_LOADED_BYTES = 1 << 20
_SPACE_BITS = 36


@cache
def _memory() -> AddressSpace:
    return AddressSpace(_SPACE_BITS)


def one_input(data: bytes) -> None:
    for machine in elf.Machine:
        try:
            program = elf.parse(data, machine, _SPACE_BITS)
        except elf.ElfError:
            continue
        if program.high - program.low > _MOST_LOADED_BYTES:
            continue
        memory = _memory()
        bias = 0x10000 if program.position_independent else 0
        try:
            elf.load(memory, data, program, bias)
            _check(memory, data, program, bias)
        except elf.ElfError:
            pass
        finally:
            for start, end in list(memory.regions()):
                memory.unmap(start, end - start)


def _check(memory: AddressSpace, data: bytes, program: elf.Elf, bias: int) -> None:
    """Readable segments hold the file's bytes, then zeros, up to the page where the next segment begins."""
    ends = [segment.first_page for segment in program.segments[1:]] + [1 << 64]
    for segment, limit in zip(program.segments, ends, strict=True):
        size = min(segment.end, limit) - segment.address
        if not segment.permission & READ or size <= 0:
            continue
        want = data[segment.offset : segment.offset + segment.file_bytes].ljust(size, b"\0")[:size]
        if memory.read(segment.address + bias, size) != want:
            raise FindingError(f"segment {segment.index} is not in memory as the file has it")


def _executable(kind: int, *segments: tuple[int, int, int, int, int, bytes]) -> bytes:
    """Segments are (type, flags, address, offset, memory bytes, content)."""
    head = struct.pack(
        "<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", kind, 243, 1, 0x10000, 64, 0, 5, 64, 56, len(segments), 0, 0, 0
    )
    body = bytearray(head)
    for type_, flags, address, offset, size, content in segments:
        body += struct.pack("<IIQQQQQQ", type_, flags, offset, address, address, len(content), size, 4096)
    for _, _, _, offset, _, content in segments:
        body = body.ljust(offset + len(content), b"\0")
        if offset:  # the segment at the start of the file holds the headers themselves
            body[offset : offset + len(content)] = content
    return bytes(body)


def seeds() -> Iterable[bytes]:
    yield _executable(2, (1, 5, 0x10000, 0, 0x200, bytes(0x180)))
    yield _executable(2, (1, 5, 0x10000, 0, 0x100, bytes(0x100)), (1, 6, 0x11140, 0x140, 0x2000, b"data"))
    yield _executable(3, (3, 4, 0x10120, 0x120, 8, b"/lib/ld\0"), (1, 5, 0x10000, 0, 0x180, bytes(0x80)))
    yield _executable(2, (1, 7, 0x10000, 0, 64, bytes(64)), (0x6474E551, 7, 0, 0x130, 0, b""))


def planted() -> None:
    def wrapper(original: Any) -> Any:
        def interpreter(image: bytes, headers: list[tuple[int, ...]]) -> str | None:
            for kind, _, offset, _, _, size, _, _ in headers:
                if kind == elf.SegmentType.INTERP and not size:
                    return chr(image[offset : offset + size][-1])
            found: str | None = original(image, headers)
            return found

        return interpreter

    replace(elf, "_interpreter", wrapper)


TARGET = Target(
    one_input,
    "ELF executables: refused with a reason, or loaded as their segments say",
    ("engines.vm.user.elf",),
    seeds,
    planted,
    "the size of the interpreter's path is not checked",
    dictionary=(b"\x7fELF\x02\x01\x01", b"\xf3\0", b"\x01\0\0\0\x05\0\0\0", b"\x03\0\0\0", b"\x51\xe5\x74\x64"),
    max_bytes=1024,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
