"""Source maps: which place in the sources a byte of a module comes from, for browsers.

Source: ECMA-426 (Source Map, revision 3). The whole module is line 1, columns are offsets of bytes in it; a custom
section `sourceMappingURL` names the map (WebAssembly tool conventions, "Debugging").
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Final

from engines.rustwasm.debug.dwarf import CODE_SECTION, Locate
from engines.rustwasm.debug.layout import CodeRange
from engines.rustwasm.wasm.binary.names import name_bytes
from engines.rustwasm.wasm.module import CustomSection

_DIGITS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def vlq(value: int) -> str:
    """A number in base 64, least significant digit first, the sign in the lowest bit (ECMA-426 §9)."""
    value = -value << 1 | 1 if value < 0 else value << 1
    out = ""
    while True:
        digit, value = value & 31, value >> 5
        out += _DIGITS[digit | 32 if value else digit]
        if not value:
            return out


def source_map(
    ranges: list[CodeRange], code_offset: int, locate: Locate, text_of: Callable[[str], str | None], file: str
) -> str:
    """The map as JSON. `code_offset` is where in the module the contents of the code section begin, `text_of` gives the
    text of a source by its name, `file` is the name of the module."""
    sources: dict[str, int] = {}
    parts: list[str] = []
    before = (0, 0, 0, 0)
    last: tuple[int, int, int] | None = None
    end = 0
    for start, stop, offset in _pieces(ranges):
        at = code_offset + start
        if offset is None:
            if last is not None:
                parts.append(vlq(at - before[0]))  # a segment of one number: from here on nothing is known
                before, last = (at, *before[1:]), None
            continue
        name, line, column = locate(offset)
        place = (sources.setdefault(name, len(sources)), line - 1, column - 1)
        if place != last:
            here = (at, *place)
            parts.append("".join(vlq(new - old) for new, old in zip(here, before, strict=True)))
            before, last = here, place
        end = code_offset + stop
    if last is not None:
        parts.append(vlq(end - before[0]))
    found = {
        "version": 3,
        "file": file,
        "sources": list(sources),
        "sourcesContent": [text_of(name) for name in sources],
        "names": [],
        "mappings": ",".join(parts),
    }
    return json.dumps(found, ensure_ascii=False)


def _pieces(ranges: list[CodeRange]) -> Iterator[tuple[int, int, int | None]]:
    """All code, in order, with its places in the sources; None for code of which nobody knows where it comes from."""
    for one in ranges:
        at = one.start
        for row in one.rows:
            # The declaration of locals, before the first row, belongs to it.
            if row.start > at and at != one.start:
                yield at, row.start, None
            yield row.start, row.end, row.position.offset
            at = row.end
        if at < one.end:
            yield at, one.end, None


def url_section(url: str) -> CustomSection:
    """The custom section that says where the map is."""
    return CustomSection("sourceMappingURL", name_bytes(url), CODE_SECTION)
