"""DWARF sections: which line an instruction comes from, which function it is in, and which calls were inlined there.

Version 4, 32 bits, one compilation unit. Sources: DWARF 4 §2.17 (ranges), §3.3 (subroutines), §6.2 (line numbers), §7.5
(encoding of entries); "DWARF for WebAssembly": addresses are offsets in the code section, sections are custom sections.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from engines.rustwasm.debug.layout import CodeRange
from engines.rustwasm.wasm.leb128 import signed, unsigned
from engines.rustwasm.wasm.module import CustomSection

PRODUCER: Final = "counterproof"
CODE_SECTION: Final = 11
"""Custom sections stand behind the section with this id, the data section, so that code is where it was without."""

_VERSION: Final = 4
_RUST: Final = 0x1C
_ADDRESS_BYTES: Final = 4

# Tags, attributes and forms (§7.5.4)
_COMPILE_UNIT, _INLINED, _SUBPROGRAM = 0x11, 0x1D, 0x2E
_NAME, _STMT_LIST, _LOW_PC, _HIGH_PC, _LANGUAGE = 0x03, 0x10, 0x11, 0x12, 0x13
_INLINE, _PRODUCER, _ABSTRACT_ORIGIN, _DECL_FILE, _DECL_LINE = 0x20, 0x25, 0x31, 0x3A, 0x3B
_RANGES, _CALL_COLUMN, _CALL_FILE, _CALL_LINE = 0x55, 0x57, 0x58, 0x59
_ADDR, _DATA2, _DATA4, _DATA1, _STRP, _UDATA, _REF4, _SEC_OFFSET = 0x01, 0x05, 0x06, 0x0B, 0x0E, 0x0F, 0x13, 0x17

_ABBREVIATIONS: Final = {
    "unit": (_COMPILE_UNIT, True, ((_PRODUCER, _STRP), (_LANGUAGE, _DATA2), (_NAME, _STRP), (_STMT_LIST, _SEC_OFFSET),
                                   (_LOW_PC, _ADDR), (_RANGES, _SEC_OFFSET))),
    "function": (_SUBPROGRAM, True, ((_NAME, _STRP), (_LOW_PC, _ADDR), (_HIGH_PC, _DATA4), (_DECL_FILE, _UDATA),
                                     (_DECL_LINE, _UDATA))),
    "plain function": (_SUBPROGRAM, True, ((_NAME, _STRP), (_LOW_PC, _ADDR), (_HIGH_PC, _DATA4))),
    "inlined function": (_SUBPROGRAM, False, ((_NAME, _STRP), (_DECL_FILE, _UDATA), (_DECL_LINE, _UDATA),
                                              (_INLINE, _DATA1))),
    "call": (_INLINED, True, ((_ABSTRACT_ORIGIN, _REF4), (_LOW_PC, _ADDR), (_HIGH_PC, _DATA4), (_CALL_FILE, _UDATA),
                              (_CALL_LINE, _UDATA), (_CALL_COLUMN, _UDATA))),
    "scattered call": (_INLINED, True, ((_ABSTRACT_ORIGIN, _REF4), (_RANGES, _SEC_OFFSET), (_CALL_FILE, _UDATA),
                                        (_CALL_LINE, _UDATA), (_CALL_COLUMN, _UDATA))),
    "entry": (_INLINED, True, ((_ABSTRACT_ORIGIN, _REF4), (_LOW_PC, _ADDR), (_HIGH_PC, _DATA4))),
    "scattered entry": (_INLINED, True, ((_ABSTRACT_ORIGIN, _REF4), (_RANGES, _SEC_OFFSET))),
}  # fmt: skip
_CODES: Final = {name: code for code, name in enumerate(_ABBREVIATIONS, 1)}

# Line number program (§6.2.5)
_OPCODE_BASE, _LINE_BASE, _LINE_RANGE = 13, -5, 14
_COPY, _ADVANCE_PC, _ADVANCE_LINE, _SET_FILE, _SET_COLUMN = 1, 2, 3, 4, 5
_OPERANDS: Final = bytes((0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1))
_END_SEQUENCE: Final = b"\x00\x01\x01"

Locate = Callable[[int], tuple[str, int, int]]
"""File, line and column of an offset in the sources."""


@dataclass
class _Call:
    """A call that was inlined: the pieces of code that came of it, and the calls inside. `offset` is where the call is,
    -1 in code that has no source."""

    function: str
    offset: int
    pieces: list[tuple[int, int]] = field(default_factory=list)
    calls: dict[tuple[str, int], _Call] = field(default_factory=dict)

    def add(self, start: int, end: int) -> None:
        if self.pieces and self.pieces[-1][1] == start:
            self.pieces[-1] = (self.pieces[-1][0], end)
        else:
            self.pieces.append((start, end))


def _calls(code: CodeRange) -> dict[tuple[str, int], _Call]:
    """The calls that were inlined into a function, those inside others with them."""
    found: dict[tuple[str, int], _Call] = {}
    for row in code.rows:
        chain = row.position.chain()
        sites = [(one.function, site.offset) for site, one in itertools.pairwise(chain)]
        if chain[0].function != code.name:
            sites.insert(0, (chain[0].function, -1))
        level = found
        for site in sites:
            call = level.setdefault(site, _Call(*site))
            call.add(row.start, row.end)
            level = call.calls
    return found


class _Writer:
    def __init__(self, locate: Locate, declared: dict[str, int]) -> None:
        self.locate = locate
        self.declared = declared
        self.strings: dict[str, int] = {}
        self.string_bytes = bytearray()
        self.files: dict[str, int] = {}
        self.ranges = bytearray()
        self.info = bytearray()
        self.abstract: dict[str, int] = {}

    # Parts

    def string(self, text: str) -> bytes:
        at = self.strings.get(text)
        if at is None:
            at = self.strings[text] = len(self.string_bytes)
            self.string_bytes += text.encode("utf-8", "replace").replace(b"\0", b"") + b"\0"
        return _word(at)

    def place(self, offset: int) -> tuple[int, int, int]:
        """Number of the file, line and column of an offset in the sources."""
        file, line, column = self.locate(offset)
        return self.files.setdefault(file, len(self.files) + 1), line, column

    def range_list(self, pieces: Sequence[tuple[int, int]]) -> bytes:
        """A list of ranges; its offset."""
        at = len(self.ranges)
        for start, end in pieces:
            self.ranges += _word(start) + _word(end)
        self.ranges += bytes(2 * _ADDRESS_BYTES)
        return _word(at)

    def entry(self, name: str, *values: bytes) -> None:
        self.info += unsigned(_CODES[name]) + b"".join(values)

    def declaration(self, name: str) -> tuple[bytes, bytes]:
        file, line, _ = self.place(self.declared[name])
        return unsigned(file), unsigned(line)

    # Entries

    def unit(self, ranges: list[CodeRange], name: str, header_bytes: int) -> None:
        covered = [(one.start, one.end) for one in ranges]
        names = (self.string(PRODUCER), _RUST.to_bytes(2, "little"), self.string(name))
        self.entry("unit", *names, _word(0), _word(0), self.range_list(covered))
        for inlined in _inlined(ranges):
            if inlined in self.declared:
                self.abstract[inlined] = header_bytes + len(self.info)
                self.entry("inlined function", self.string(inlined), *self.declaration(inlined), b"\1")
        for one in ranges:
            place = (self.string(one.name), _word(one.start), _word(one.end - one.start))
            if one.name in self.declared:
                self.entry("function", *place, *self.declaration(one.name))
            else:
                self.entry("plain function", *place)
            self.calls(_calls(one))
        self.info.append(0)

    def calls(self, found: dict[tuple[str, int], _Call]) -> None:
        """The entries of inlined calls, and the end of the list of children."""
        for call in found.values():
            if call.function not in self.abstract:
                continue
            origin = _word(self.abstract[call.function])
            place = tuple(map(unsigned, self.place(call.offset))) if call.offset >= 0 else ()
            kind = "call" if place else "entry"
            if len(call.pieces) == 1:
                ((start, end),) = call.pieces
                self.entry(kind, origin, _word(start), _word(end - start), *place)
            else:
                self.entry(f"scattered {kind}", origin, self.range_list(call.pieces), *place)
            self.calls(call.calls)
        self.info.append(0)

    # Lines

    def lines(self, ranges: list[CodeRange]) -> bytes:
        """The line number program."""
        program = bytearray()
        for one in ranges:
            if one.rows:
                self.sequence(program, one)
        files = b"".join(name.encode("utf-8", "replace") + b"\0\0\0\0" for name in self.files)
        header = bytes((1, 1, 1, _LINE_BASE & 0xFF, _LINE_RANGE, _OPCODE_BASE)) + _OPERANDS + b"\0" + files + b"\0"
        whole = _VERSION.to_bytes(2, "little") + _word(len(header)) + header + program
        return _word(len(whole)) + whole

    def sequence(self, program: bytearray, code: CodeRange) -> None:
        """The rows of one function."""
        at, file, line, column = code.start, 1, 1, 0
        program += b"\0" + unsigned(1 + _ADDRESS_BYTES) + b"\2" + _word(at)
        places = [(row.start, self.place(row.position.offset)) for row in code.rows]
        first = self.place(self.declared[code.name]) if code.name in self.declared else places[0][1]
        before: tuple[int, int, int] | None = None
        for start, place in [(code.start, first), *places]:
            if place == before:
                continue
            before = place
            if place[0] != file:
                file = place[0]
                program += bytes((_SET_FILE,)) + unsigned(file)
            if place[2] != column:
                column = place[2]
                program += bytes((_SET_COLUMN,)) + unsigned(column)
            _advance(program, start - at, place[1] - line)
            at, line = start, place[1]
        program += bytes((_ADVANCE_PC,)) + unsigned(code.end - at) + _END_SEQUENCE


def _advance(program: bytearray, distance: int, lines: int) -> None:
    """A row so many bytes and lines further."""
    if not _LINE_BASE <= lines < _LINE_BASE + _LINE_RANGE:
        program += bytes((_ADVANCE_LINE,)) + signed(lines)
        lines = 0
    opcode = lines - _LINE_BASE + _LINE_RANGE * distance + _OPCODE_BASE
    if opcode > 255:
        program += bytes((_ADVANCE_PC,)) + unsigned(distance)
        opcode = lines - _LINE_BASE + _OPCODE_BASE
    program.append(opcode)


def _inlined(ranges: list[CodeRange]) -> list[str]:
    """Names of the functions that were inlined somewhere."""
    found: dict[str, None] = {}
    for one in ranges:
        for row in one.rows:
            functions = [position.function for position in row.position.chain()]
            found.update(dict.fromkeys(functions[functions[0] == one.name :]))
    return list(found)


def _word(value: int) -> bytes:
    return value.to_bytes(4, "little")


def _abbreviations() -> bytes:
    out = bytearray()
    for name, (tag, children, attributes) in _ABBREVIATIONS.items():
        out += unsigned(_CODES[name]) + unsigned(tag) + bytes((children,))
        for attribute, form in attributes:
            out += unsigned(attribute) + unsigned(form)
        out += b"\0\0"
    return bytes(out) + b"\0"


def dwarf_sections(ranges: list[CodeRange], declared: dict[str, int], locate: Locate, name: str) -> list[CustomSection]:
    """The debug sections of a module: `ranges` are its functions, `declared` says where those are declared whose
    source is known, `name` is that of the main file."""
    writer = _Writer(locate, declared)
    header_bytes = 11
    writer.unit(ranges, name, header_bytes)
    header = _VERSION.to_bytes(2, "little") + _word(0) + bytes((_ADDRESS_BYTES,))
    content = {
        ".debug_abbrev": _abbreviations(),
        ".debug_info": _word(len(header) + len(writer.info)) + header + bytes(writer.info),
        ".debug_line": writer.lines(ranges),
        ".debug_ranges": bytes(writer.ranges),
        ".debug_str": bytes(writer.string_bytes),
    }
    return [CustomSection(section, data, CODE_SECTION) for section, data in content.items()]
