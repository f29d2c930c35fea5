"""Native code on its way into memory: flat images and object files are refused, or every offset in them is inside."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from fuzz.targets.target import FindingError, Target, instrumented, replace

with instrumented(__name__):
    from engines.vm.runtime import image, linker
    from engines.vm.runtime.image import Image, LinkError
    from engines.vm.runtime.linker import link


def one_input(data: bytes) -> None:
    for read in (Image.from_bytes, link):
        try:
            found = read(data)
        except LinkError:
            continue
        size = len(found.content)
        if not all(0 <= offset <= size for offset in found.symbols.values()):
            raise FindingError(f"a symbol outside the {size} bytes of the image: {found.symbols}")
        if not all(0 <= slot <= size - 8 for slot in found.imports.values()):
            raise FindingError(f"an import slot outside the {size} bytes of the image: {found.imports}")
        if Image.from_bytes(found.to_bytes()) != found:
            raise FindingError("an image that changes when it is written and read")


def _object(relocation: tuple[int, int, int], symbol_section: int = 1) -> bytes:
    """A relocatable file: 32 bytes of code, a table of two symbols, and one relocation `(offset, kind, symbol)`."""
    code, names = bytes(32), b"\0start\0puts\0"
    offset, kind, symbol = relocation
    symbols = struct.pack("<IBBHQQ", 1, 0x12, 0, symbol_section, 4, 8) + struct.pack("<IBBHQQ", 7, 0x10, 0, 0, 0, 0)
    relocations = struct.pack("<QQq", offset, symbol << 32 | kind, -4)
    body, table = b"", [(0, 0, 0, 0, 0, 0, 0)]
    for type_, flags, content, linked, info in (
        (1, 6, code, 0, 0), (3, 0, names, 0, 0), (2, 0, symbols, 2, 1), (4, 0, relocations, 3, 1)
    ):  # fmt: skip
        table.append((type_, flags, 64 + len(body), len(content), linked, info, 8))
        body += content + bytes(-len(content) % 8)
    head = struct.pack("<16sHHIQQQ", b"\x7fELF\x02\x01\x01", 1, 62, 1, 0, 0, 64 + len(body))
    head += struct.pack("<IHHHHHH", 0, 64, 0, 0, 64, 5, 2)
    sections = b"".join(struct.pack("<IIQQQQIIQQ", 0, t, f, 0, o, n, li, i, a, 0) for t, f, o, n, li, i, a in table)
    return head + body + sections


def seeds() -> Iterable[bytes]:
    yield Image(bytes(64), {"start": 0, "end": 63}, {"puts": 40}).to_bytes()
    yield Image(b"", {}, {}).to_bytes()
    yield _object((4, 2, 0))
    yield _object((8, 4, 1))
    yield _object((16, 24, 0))
    yield _object((4, 9, 1))


def planted() -> None:
    for module in (image, linker):
        replace(module, "refuse_outside", lambda original: lambda *given: None)


TARGET = Target(
    one_input,
    "flat images and object files: refused, or all their offsets are inside",
    ("engines.vm.runtime.image", "engines.vm.runtime.linker"),
    seeds,
    planted,
    "offsets in an image are not checked",
    dictionary=(b"\x7fELF\x02", b'{"symbols": {"', b'"}, "imports": {', b"\0\0\0\0", b"\xf2\xff", b"-1"),
    max_bytes=800,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
