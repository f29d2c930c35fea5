"""Links object files of position-independent x86-64 code into flat images.

Starts load images and link none, so this is apart from what they are.
"""

from __future__ import annotations

import struct

from engines.vm.record import record
from engines.vm.runtime.image import Image, LinkError, refuse_outside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Final

EM_X86_64: Final = 62
_SHT_NULL: Final = 0
_SHT_NOBITS: Final = 8
_SHT_SYMTAB: Final = 2
_SHT_RELA: Final = 4
_SHF_ALLOC: Final = 2
_SHN_UNDEF: Final = 0
_STV_HIDDEN: Final = 2
_TEXT: Final = ".text"
_SHN_COMMON: Final = 0xFFF2
_ABS64: Final = 1
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
_DISTANCE_BYTES: Final = 4
"""A jump's distance is its last four bytes, and counts from behind them."""
NOTHING: Final[Mapping[str, str]] = {}
FAULTS: Final = ".faults"
"""A section that is not loaded: pairs of addresses, of each instruction that may fault and of its way out."""
_MOST_ALIGNMENT: Final = 4096


@record(frozen=True)
class _Section:
    name: str
    kind: int
    flags: int
    offset: int
    size: int
    link: int
    info: int
    align: int


@record(frozen=True)
class _Symbol:
    name: str
    section: int
    value: int
    is_global: bool
    is_hidden: bool


def link(*objects: bytes, instead: Mapping[str, str] = NOTHING) -> Image:
    """Link x86-64 ELF object files into a flat image. Code comes first, in the order of the files, then the rest.

    What they define globally and not hidden is exported; hidden symbols are for each other only. Jumps to a name of
    `instead`, which none defines, lead to the function that it names, and are told of in `links`.

    Raises:
        LinkError: not such a file, a damaged one, a relocation or section that is not position-independent, or a
            symbol that two files define.
    """
    try:
        return _link(objects, instead)
    except LinkError:
        raise
    except (struct.error, IndexError, ValueError, OverflowError) as error:
        raise LinkError(f"a damaged object file: {error}") from error


@record(frozen=True)
class _Object:
    data: bytes
    sections: list[_Section]
    symbols: list[_Symbol]

    @classmethod
    def of(cls, data: bytes) -> _Object:
        is_elf64 = data[:5] == b"\x7fELF\x02" and len(data) >= 64
        if not is_elf64 or struct.unpack_from("<H", data, 18)[0] != EM_X86_64:
            raise LinkError("not a 64-bit ELF object for x86-64")
        sections = _sections(data)
        return cls(data, sections, _symbols(data, sections))


def _link(objects: Sequence[bytes], instead: Mapping[str, str]) -> Image:
    files = [_Object.of(data) for data in objects]
    content, bases = _placed(files)
    known, exported = _defined(files, bases)
    refuse_outside("symbol", known, len(content))
    stubs: dict[str, int] = {}
    links: list[tuple[int, str]] = []
    for found, at in zip(files, bases, strict=True):
        for section in found.sections:
            if section.kind != _SHT_RELA or section.info not in at:
                continue
            for entry in range(section.offset, section.offset + section.size, 24):
                offset, info, addend = struct.unpack_from("<QQq", found.data, entry)
                symbol, kind = found.symbols[info >> 32], info & 0xFFFF_FFFF
                through_slot = kind in _THROUGH_SLOT
                target: int | None
                if symbol.section == _SHN_UNDEF and symbol.name in instead:
                    target = known[instead[symbol.name]] if kind == _PLT32 and addend == -_DISTANCE_BYTES else None
                    links.append((at[section.info] + offset, symbol.name))
                elif symbol.section == _SHN_UNDEF and symbol.name not in known:
                    if symbol.name not in stubs:
                        content += bytes(-len(content) % 16)
                        stubs[symbol.name] = len(content)
                        content += _JUMP + bytes(8)
                    target = stubs[symbol.name] + (8 if through_slot else 0)
                elif symbol.section == _SHN_UNDEF:
                    target = None if through_slot else known[symbol.name]
                else:
                    target = None if through_slot or symbol.section not in at else at[symbol.section] + symbol.value
                if target is None:
                    raise LinkError(f"relocation {kind} against {symbol.name!r} cannot be resolved inside a flat image")
                _apply(content, kind, at[section.info] + offset, target + addend, symbol.name)
    faults = [pair for found, at in zip(files, bases, strict=True) for pair in _faults(found, at)]
    imports = {name: stub + 8 for name, stub in stubs.items()}
    return Image(bytes(content), exported, imports, tuple(faults), tuple(links))


def _placed(files: Sequence[_Object]) -> tuple[bytearray, list[dict[int, int]]]:
    """The content of all sections that are loaded, and their offsets in it: of each file, by section."""
    content = bytearray()
    bases: list[dict[int, int]] = [{} for _ in files]
    wanted = [
        (section.name != _TEXT, number, index)
        for number, found in enumerate(files)
        for index, section in enumerate(found.sections)
        if section.flags & _SHF_ALLOC and section.size and section.name != FAULTS
    ]
    for _, number, index in sorted(wanted):
        section = files[number].sections[index]
        if section.kind == _SHT_NOBITS:
            raise LinkError("the object has zero-initialised data; generated code keeps its state in records")
        content += bytes(-len(content) % max(section.align, 16))
        bases[number][index] = len(content)
        content += files[number].data[section.offset : section.offset + section.size]
    return content, bases


def _defined(files: Sequence[_Object], bases: Sequence[dict[int, int]]) -> tuple[dict[str, int], dict[str, int]]:
    """Offsets of what the files define globally, and of what the image exports."""
    known: dict[str, int] = {}
    exported: dict[str, int] = {}
    for found, at in zip(files, bases, strict=True):
        for symbol in found.symbols:
            if not symbol.is_global or not symbol.name or symbol.section not in at:
                continue
            if symbol.name in known:
                raise LinkError(f"{symbol.name!r} is defined twice")
            known[symbol.name] = at[symbol.section] + symbol.value
            if not symbol.is_hidden:
                exported[symbol.name] = known[symbol.name]
    return known, exported


def _faults(found: _Object, bases: dict[int, int]) -> tuple[tuple[int, int], ...]:
    """The pairs of the section `FAULTS`, if there is one; all of it is relocated."""
    at: dict[int, int] = {}
    for section in found.sections:
        if section.kind == _SHT_RELA and found.sections[section.info].name == FAULTS:
            for entry in range(section.offset, section.offset + section.size, 24):
                offset, info, addend = struct.unpack_from("<QQq", found.data, entry)
                symbol = found.symbols[info >> 32]
                if info & 0xFFFF_FFFF != _ABS64 or symbol.section not in bases:
                    raise LinkError(f"relocation {info & 0xFFFF_FFFF} of {FAULTS} against {symbol.name!r}")
                at[offset] = bases[symbol.section] + symbol.value + addend
    if sorted(at) != list(range(0, 8 * len(at), 8)) or len(at) % 2:
        raise LinkError(f"{FAULTS} holds something else than pairs of addresses")
    return tuple((at[offset], at[offset + 8]) for offset in range(0, 8 * len(at), 16))


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
    size, count, names = struct.unpack_from("<HHH", data, 58)
    heads = [struct.unpack_from("<IIQQQQIIQQ", data, table + index * size) for index in range(count)]
    found = []
    for index, (name, kind, flags, _, offset, length, link, info, align, _) in enumerate(heads):
        if kind not in (_SHT_NULL, _SHT_NOBITS) and offset + length > len(data):
            raise LinkError(f"section {index} ends at {offset + length:#x}, the file at {len(data):#x}")
        if align > _MOST_ALIGNMENT:
            raise LinkError(f"section {index} is aligned to {align} bytes; at most {_MOST_ALIGNMENT}")
        text = _name(data, heads[names][4] + name) if names else ""
        found.append(_Section(text, kind, flags, offset, length, link, info, align))
    return found


def _symbols(data: bytes, sections: list[_Section]) -> list[_Symbol]:
    found = []
    for section in sections:
        if section.kind == _SHT_SYMTAB:
            names = sections[section.link].offset
            for at in range(section.offset, section.offset + section.size, 24):
                name, info, other, index, value, _ = struct.unpack_from("<IBBHQQ", data, at)
                if index == _SHN_COMMON:
                    raise LinkError("the object has common symbols; generated code has none")
                is_hidden = other & 3 == _STV_HIDDEN
                found.append(_Symbol(_name(data, names + name), index, value, info >> 4 == 1, is_hidden))
    return found


def _name(data: bytes, at: int) -> str:
    """The string at an offset."""
    return data[at : data.index(b"\0", at)].decode()
