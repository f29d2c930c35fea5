"""Where in the code section every instruction is, and where it comes from.

Offsets count from the first byte of the section's contents, as DWARF for WebAssembly does
("DWARF for WebAssembly", §"Code addresses").
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from engines.rustwasm.wasm.binary.encoder import instruction, value_type
from engines.rustwasm.wasm.leb128 import unsigned
from engines.rustwasm.wasm.module import ExternKind, Function, Instruction, Module
from engines.rustwasm.wasm.positions import Position, position_of


@dataclass(frozen=True)
class Row:
    """Instructions from one offset up to another that come from one place."""

    start: int
    end: int
    position: Position


@dataclass(frozen=True)
class CodeRange:
    """One function's code, from its declaration of locals to its `end`: rows in order, with nothing between them but
    code of which nobody knows where it comes from. `name` is the name section's."""

    name: str
    start: int
    end: int
    rows: tuple[Row, ...]


def code_ranges(module: Module) -> list[CodeRange]:
    """Every function of a module, in order, as `encode` lays them out."""
    at = len(unsigned(len(module.functions)))
    imported = len(module.imported(ExternKind.FUNCTION))
    sizes: dict[Instruction, int] = {}
    found = []
    for index, function in enumerate(module.functions, imported):
        one, rows = _body(function, sizes)
        at += len(unsigned(one))
        placed = tuple(Row(at + row.start, at + row.end, row.position) for row in rows)
        found.append(CodeRange(module.names.functions.get(index, f"function {index}"), at, at + one, placed))
        at += one
    return found


def _body(function: Function, sizes: dict[Instruction, int]) -> tuple[int, list[Row]]:
    """The size of a code entry's contents, and its rows counted from their beginning."""
    runs = [(len(list(same)), type_) for type_, same in groupby(function.locals)]
    at = len(unsigned(len(runs))) + sum(len(unsigned(count)) + len(value_type(type_)) for count, type_ in runs)
    rows: list[Row] = []
    for one in function.body:
        size = sizes.get(one)
        if size is None:
            size = sizes[one] = len(instruction(one))
        position = position_of(one)
        if position is not None:
            last = rows[-1] if rows else None
            if last is not None and last.position is position and last.end == at:
                rows[-1] = Row(last.start, at + size, position)
            else:
                rows.append(Row(at, at + size, position))
        at += size
    return at + 1, rows
