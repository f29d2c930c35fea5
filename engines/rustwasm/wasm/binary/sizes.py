"""What the bytes of a module are spent on.

Source: WebAssembly 3.0 §5.5 (modules: sections), §5.5.13 (code section).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engines.rustwasm.wasm.binary.decoder import decode
from engines.rustwasm.wasm.binary.reader import Reader
from engines.rustwasm.wasm.module import ExternKind

_MAGIC_BYTES: Final = 8
_CODE: Final = 10
SECTIONS: Final = (
    *("custom", "types", "imports", "functions", "tables", "memories", "globals", "exports", "start", "elements"),
    *("code", "data", "data count", "tags"),
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes, their headers included; sections with the 8 bytes of magic and version make up `total`.

    Attributes:
        sections: (name, bytes), in order; custom sections as `custom NAME`.
        functions: (name, bytes) of each function body, in order; what has no name is `function N`.
    """

    total: int
    sections: tuple[tuple[str, int], ...]
    functions: tuple[tuple[str, int], ...]


def code_offset(data: bytes) -> int:
    """Where in a module the contents of its code section begin: offsets of instructions count from there.

    Raises:
        MalformedModuleError: `data` is no module.
        ValueError: it has no code section.
    """
    decode(data)
    reader = Reader(data, _MAGIC_BYTES)
    while not reader.at_end():
        number = reader.byte()
        size = reader.u32()
        if number == _CODE:
            return reader.position
        reader.take(size)
    raise ValueError("the module has no code section")


def sizes(data: bytes) -> Sizes:
    """Measure a module.

    Raises:
        MalformedModuleError: `data` is none.
    """
    module = decode(data)
    imported = sum(i.kind is ExternKind.FUNCTION for i in module.imports)
    exported = {e.index: e.name for e in module.exports if e.kind is ExternKind.FUNCTION}
    sections: list[tuple[str, int]] = [("magic and version", _MAGIC_BYTES)]
    bodies: list[int] = []
    reader = Reader(data, _MAGIC_BYTES)
    while not reader.at_end():
        start = reader.position
        number = reader.byte()
        content = reader.sub(reader.u32())
        name = SECTIONS[number]
        if number == 0:
            name += f" {content.name()}"
        elif number == _CODE:
            for _ in range(content.count()):
                begun = content.position
                content.take(content.u32())
                bodies.append(content.position - begun)
        sections.append((name, reader.position - start))
    names = module.names.functions
    functions = tuple(
        (names.get(index) or exported.get(index) or f"function {index}", size)
        for index, size in enumerate(bodies, imported)
    )
    return Sizes(len(data), tuple(sections), functions)
