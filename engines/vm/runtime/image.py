"""Flat images of position-independent x86-64 code: an object file linked once, so that loading it is one copy.

Loading an image needs no LLVM, which alone takes longer to import than everything else that a start does. On other
hosts `native_code` loads the object file through llvmlite.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Final

EM_X86_64: Final = 62
_SHT_NULL: Final = 0
_SHT_NOBITS: Final = 8
_SHT_SYMTAB: Final = 2
_SHT_RELA: Final = 4
_SHF_ALLOC: Final = 2
_SHN_UNDEF: Final = 0
_SHN_COMMON: Final = 0xFFF2
_PC32: Final = 2
_GOTPCREL: Final = 9
_PLT32: Final = 4
_PC64: Final = 24
_GOTPCRELX: Final = 41
_REX_GOTPCRELX: Final = 42
_THROUGH_SLOT: Final = frozenset((_GOTPCREL, _GOTPCRELX, _REX_GOTPCRELX))
_JUMP: Final = b"\xff\x25\x02\x00\x00\x00\x90\x90"
"""`jmp *2(%rip)`, padded to the 8-byte slot that follows."""
ALIGNMENT: Final = 64
_SLOT_BYTES: Final = 8
_MOST_ALIGNMENT: Final = 4096


class LinkError(ValueError):
    """An object file uses something that a flat image cannot hold. The message names it."""


@dataclass(frozen=True)
class Image:
    """Code that runs at any address once its imports are filled in.

    Attributes:
        content: code and constants.
        symbols: offsets of the global functions.
        imports: offsets of 8-byte slots that receive the addresses of functions from outside.
    """

    content: bytes
    symbols: dict[str, int]
    imports: dict[str, int]

    def to_bytes(self) -> bytes:
        header = json.dumps({"symbols": self.symbols, "imports": self.imports}).encode()
        return len(header).to_bytes(4, "little") + header + self.content

    @classmethod
    def from_bytes(cls, data: bytes) -> Image:
        """Read what `to_bytes` wrote.

        Raises:
            LinkError: not such bytes, or an offset in them is outside the content.
        """
        start = 4 + int.from_bytes(data[:4], "little")
        try:
            header = json.loads(data[4:start])
            symbols, imports = header["symbols"], header["imports"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise LinkError(f"a flat image's header of {start - 4} bytes is damaged: {error!r}") from None
        if start > len(data):
            raise LinkError(f"a flat image of {len(data)} bytes ends in its header of {start - 4} bytes")
        content = data[start:]
        _inside("symbol", symbols, len(content))
        _inside("import slot", imports, len(content) - _SLOT_BYTES)
        return cls(content, symbols, imports)


@dataclass(frozen=True)
class _Section:
    kind: int
    flags: int
    offset: int
    size: int
    link: int
    info: int
    align: int


@dataclass(frozen=True)
class _Symbol:
    name: str
    section: int
    value: int
    is_global: bool


def _inside(what: str, offsets: object, last: int) -> None:
    """Refuse names that are not mapped to offsets in `0 … last`."""
    if not isinstance(offsets, dict):
        raise LinkError(f"a flat image's {what}s are a {type(offsets).__name__}, must map names to offsets")
    for name, offset in offsets.items():
        if type(offset) is not int or not 0 <= offset <= last:
            raise LinkError(f"{what} {name!r} has offset {offset!r}; legal are 0 … {last}")


def link(object_code: bytes) -> Image:
    """Link one x86-64 ELF object file into a flat image.

    Raises:
        LinkError: not such a file, a damaged one, or a relocation or section that is not position-independent.
    """
    try:
        return _link(object_code)
    except LinkError:
        raise
    except (struct.error, IndexError, ValueError, OverflowError) as error:
        raise LinkError(f"a damaged object file: {error}") from error


def _link(object_code: bytes) -> Image:
    is_elf64 = object_code[:5] == b"\x7fELF\x02" and len(object_code) >= 64
    if not is_elf64 or struct.unpack_from("<H", object_code, 18)[0] != EM_X86_64:
        raise LinkError("not a 64-bit ELF object for x86-64")
    sections = _sections(object_code)
    bases: dict[int, int] = {}
    content = bytearray()
    for index, section in enumerate(sections):
        if section.flags & _SHF_ALLOC and section.size:
            content += bytes(-len(content) % max(section.align, 16))
            bases[index] = len(content)
            if section.kind == _SHT_NOBITS:
                raise LinkError("the object has zero-initialised data; generated code keeps its state in records")
            content += object_code[section.offset : section.offset + section.size]
    symbols = _symbols(object_code, sections)
    stubs: dict[str, int] = {}
    for section in sections:
        if section.kind != _SHT_RELA or section.info not in bases:
            continue
        for at in range(section.offset, section.offset + section.size, 24):
            offset, info, addend = struct.unpack_from("<QQq", object_code, at)
            place = bases[section.info] + offset
            symbol, kind = symbols[info >> 32], info & 0xFFFF_FFFF
            if symbol.section == _SHN_UNDEF:
                if symbol.name not in stubs:
                    content += bytes(-len(content) % 16)
                    stubs[symbol.name] = len(content)
                    content += _JUMP + bytes(8)
                target = stubs[symbol.name] + (8 if kind in _THROUGH_SLOT else 0)
            elif kind in _THROUGH_SLOT or symbol.section not in bases:
                raise LinkError(f"relocation {kind} against {symbol.name!r} cannot be resolved inside a flat image")
            else:
                target = bases[symbol.section] + symbol.value
            _apply(content, kind, place, target + addend, symbol.name)
    exported = {s.name: bases[s.section] + s.value for s in symbols if s.is_global and s.section in bases and s.name}
    _inside("symbol", exported, len(content))
    return Image(bytes(content), exported, {name: stub + 8 for name, stub in stubs.items()})


def _apply(content: bytearray, kind: int, place: int, target: int, name: str) -> None:
    distance = target - place
    if kind in (_PC32, _PLT32) or kind in _THROUGH_SLOT:
        struct.pack_into("<i", content, place, distance)
    elif kind == _PC64:
        struct.pack_into("<q", content, place, distance)
    else:
        raise LinkError(
            f"relocation type {kind} against {name!r} is not position-independent; compile with reloc='pic'"
        )


def _sections(data: bytes) -> list[_Section]:
    (table,) = struct.unpack_from("<Q", data, 40)
    size, count = struct.unpack_from("<HH", data, 58)
    found = []
    for index in range(count):
        _, kind, flags, _, offset, length, link, info, align, _ = struct.unpack_from(
            "<IIQQQQIIQQ", data, table + index * size
        )
        if kind not in (_SHT_NULL, _SHT_NOBITS) and offset + length > len(data):
            raise LinkError(f"section {index} ends at {offset + length:#x}, the file at {len(data):#x}")
        if align > _MOST_ALIGNMENT:
            raise LinkError(f"section {index} is aligned to {align} bytes; at most {_MOST_ALIGNMENT}")
        found.append(_Section(kind, flags, offset, length, link, info, align))
    return found


def _symbols(data: bytes, sections: list[_Section]) -> list[_Symbol]:
    found = []
    for section in sections:
        if section.kind == _SHT_SYMTAB:
            names = sections[section.link].offset
            for at in range(section.offset, section.offset + section.size, 24):
                name, info, _, index, value, _ = struct.unpack_from("<IBBHQQ", data, at)
                if index == _SHN_COMMON:
                    raise LinkError("the object has common symbols; generated code has none")
                end = data.index(b"\0", names + name)
                found.append(_Symbol(data[names + name : end].decode(), index, value, info >> 4 == 1))
    return found
