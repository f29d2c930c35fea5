"""The name section: names for debuggers, ignored by execution.

Source: WebAssembly 3.0 §7.4.1 and the extended-name-section proposal (labels, types, fields, tables, memories, globals,
elements, data, tags).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engines.rustwasm.wasm.leb128 import unsigned
from engines.rustwasm.wasm.module import Names

if TYPE_CHECKING:
    from engines.rustwasm.wasm.binary.reader import Reader

_FLAT: Final = {
    1: "functions",
    4: "types",
    5: "tables",
    6: "memories",
    7: "globals",
    8: "elements",
    9: "data",
    11: "tags",
}
_NESTED: Final = {2: "locals", 3: "labels", 10: "fields"}


def name_bytes(text: str) -> bytes:
    """A name: its length in bytes and its UTF-8 (§5.2.4)."""
    encoded = text.encode()
    return unsigned(len(encoded)) + encoded


def _map(names: dict[int, str]) -> bytes:
    return unsigned(len(names)) + b"".join(unsigned(index) + name_bytes(names[index]) for index in sorted(names))


def _indirect(names: dict[int, dict[int, str]]) -> bytes:
    return unsigned(len(names)) + b"".join(unsigned(index) + _map(names[index]) for index in sorted(names))


def encode_names(names: Names) -> bytes:
    """The section's content after its own name, subsections in the order of their numbers."""
    out = b""
    for number in range(12):
        if number == 0:
            content = b"" if names.module is None else name_bytes(names.module)
        elif number in _FLAT:
            flat = getattr(names, _FLAT[number])
            content = _map(flat) if flat else b""
        else:
            nested = getattr(names, _NESTED[number])
            content = _indirect(nested) if nested else b""
        if content:
            out += bytes((number,)) + unsigned(len(content)) + content
    return out


def _read_map(reader: Reader) -> dict[int, str]:
    return {reader.u32(): reader.name() for _ in range(reader.count(2))}


def decode_names(reader: Reader) -> Names:
    """Read a name section's content.

    Raises:
        MalformedModuleError: the content is not a name section; callers keep such a section as plain bytes.
    """
    names = Names()
    previous = -1
    while not reader.at_end():
        number = reader.byte()
        if number <= previous:
            raise reader.malformed(f"name subsection {number} after subsection {previous}; they are in ascending order")
        previous = number
        section = reader.sub(reader.u32())
        if number == 0:
            names.module = section.name()
        elif number in _FLAT:
            setattr(names, _FLAT[number], _read_map(section))
        elif number in _NESTED:
            nested = {section.u32(): _read_map(section) for _ in range(section.count(2))}
            setattr(names, _NESTED[number], nested)
        else:
            raise section.malformed(f"name subsection {number} is unknown; known are 0 to 11")
        section.expect_end(f"name subsection {number}")
    return names
