"""One copy of what is there twice: types, functions; and data segments without the zeros that memory starts with."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Final

from engines.rustwasm.release import references
from engines.rustwasm.wasm.module import (
    Data,
    Element,
    Export,
    Expression,
    ExternKind,
    Function,
    Global,
    Import,
    Module,
    SegmentMode,
    Table,
)
from engines.rustwasm.wasm.types import SubType, ValueType

SEGMENT_BYTES: Final = 8
"""About what another segment costs: so many zeros are worth a split."""


def merge_functions(module: Module) -> Module:
    """Functions of equal type, locals and body become one; calls that this makes equal are found in the next round."""
    imported = len(module.imported(ExternKind.FUNCTION))
    while True:
        first: dict[tuple[int, tuple[ValueType, ...], tuple[object, ...]], int] = {}
        same: dict[int, int] = {}
        for index, function in enumerate(module.functions, imported):
            key = (function.type, tuple(function.locals), tuple(function.body))
            kept = first.setdefault(key, index)
            if kept != index:
                same[index] = kept
        if not same or not _redirects(module, same):
            return module

        def renumber(space: str, index: int, same: dict[int, int] = same) -> int:
            return same.get(index, index) if space == "function" else index

        module = _renumbered(module, renumber)


def _redirects(module: Module, same: dict[int, int]) -> bool:
    """Whether anything still names one of the copies."""
    if any(one.kind is ExternKind.FUNCTION and one.index in same for one in module.exports):
        return True
    return any(
        space == "function" and index in same
        for body in references.bodies(module)
        for space, index in references.uses_of(body)
    )


def _renumbered(module: Module, renumber: references.Renumber) -> Module:
    def body(expression: Expression) -> Expression:
        return references.expression(expression, renumber)

    out = replace(module)
    out.functions = [Function(one.type, one.locals, body(one.body)) for one in module.functions]
    out.globals = [Global(one.type, body(one.initial)) for one in module.globals]
    out.tables = [Table(one.type, None if one.initial is None else body(one.initial)) for one in module.tables]
    out.elements = [
        Element(one.type, [body(item) for item in one.items], one.mode, one.table, body(one.offset))
        for one in module.elements
    ]
    out.exports = [
        Export(one.name, one.kind, renumber("function", one.index) if one.kind is ExternKind.FUNCTION else one.index)
        for one in module.exports
    ]
    if module.start is not None:
        out.start = renumber("function", module.start)
    return out


def merge_types(module: Module) -> Module:
    """Single types that are equal become one. Equal types in groups of several are equal to engines as well, and cost
    bytes only; they stay."""
    first: dict[SubType, int] = {}
    numbers: dict[int, int] = {}
    index = 0
    for group in module.types:
        for one in group:
            if len(group) == 1:
                renamed = references.definition(one, lambda _, old: numbers.get(old, old))
                numbers[index] = first.setdefault(renamed, index)
            index += 1
    if all(new == old for old, new in numbers.items()):
        return module

    def renumber(space: str, old: int) -> int:
        return numbers.get(old, old) if space == "type" else old

    out = _renumbered(module, renumber)
    out.types = [tuple(references.definition(one, renumber) for one in group) for group in module.types]
    out.functions = [
        Function(renumber("type", one.type), [references.value_type(t, renumber) for t in one.locals], one.body)
        for one in out.functions
    ]
    out.tags = [renumber("type", one) for one in module.tags]
    out.imports = [
        Import(one.module, one.name, one.kind, renumber("type", one.type) if isinstance(one.type, int) else one.type)
        for one in module.imports
    ]
    return out


def pack_data(module: Module) -> Module:
    """Active segments at constant places lose zeros at their ends, and long runs of zeros inside.

    Only where no instruction names a data segment, so that their numbers are free, and no memory is imported, since
    its contents are not ours to assume; and where segments do not overlap.
    """
    if any(one.kind is ExternKind.MEMORY for one in module.imports) or any(
        space == "data" for function in module.functions for space, _ in references.uses_of(function.body)
    ):
        return module
    constant = all(
        one.mode is SegmentMode.ACTIVE and len(one.offset) == 1 and one.offset[0][0] == "i32.const"
        for one in module.data
    )
    if not constant or _overlap(module.data):
        return module
    out = replace(module)
    out.data = [piece for one in module.data for piece in _pieces(one)]
    return out


def _overlap(segments: list[Data]) -> bool:
    ranges = sorted((one.memory, one.offset[0][1], one.offset[0][1] + len(one.content)) for one in segments)
    return any(left[0] == right[0] and left[2] > right[1] for left, right in itertools.pairwise(ranges))


def _pieces(segment: Data) -> list[Data]:
    content, base = segment.content, segment.offset[0][1]
    out = []
    position = 0
    while position < len(content):
        if not content[position]:
            position += 1
            continue
        zeros = content.find(bytes(SEGMENT_BYTES), position)
        stop = len(content) if zeros < 0 else zeros
        piece = content[position:stop].rstrip(b"\0")
        out.append(Data(piece, SegmentMode.ACTIVE, segment.memory, [("i32.const", base + position)]))
        position = stop
    return out
