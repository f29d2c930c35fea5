"""What instructions and definitions of a module refer to, and the same with other numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from engines.rustwasm.wasm.module import Expression, Instruction, Module
from engines.rustwasm.wasm.ops import IMMEDIATE_WORDS, OPERATIONS
from engines.rustwasm.wasm.positions import Positioned
from engines.rustwasm.wasm.types import (
    ArrayType,
    CompositeType,
    FieldType,
    FunctionType,
    Ref,
    StructType,
    SubType,
    ValueType,
)

Renumber: TypeAlias = Callable[[str, int], int]
"""(space, old index) → new index; spaces are `type function table memory global tag element data`."""

_SPACES: Final = {
    "type": "type",
    "function": "function",
    "table": "table",
    "memoryindex": "memory",
    "global": "global",
    "tag": "tag",
    "element": "element",
    "data": "data",
}


def value_type(type_: ValueType, renumber: Renumber) -> ValueType:
    if isinstance(type_, Ref) and type_.heap >= 0:
        return Ref(type_.nullable, renumber("type", type_.heap))
    return type_


def _immediate(kind: str, values: tuple[Any, ...], renumber: Renumber) -> tuple[Any, ...]:
    if kind in _SPACES:
        return (renumber(_SPACES[kind], values[0]),)
    match kind:
        case "memory":
            return (*values[:2], renumber("memory", values[2]))
        case "blocktype" if not isinstance(values[0], Ref) and values[0] >= 0:
            return (renumber("type", values[0]),)
        case "blocktype" | "reference":
            return (value_type(values[0], renumber),)
        case "heap" if values[0] >= 0:
            return (renumber("type", values[0]),)
        case "valuetypes":
            return (tuple(value_type(one, renumber) for one in values[0]),)
        case "castflags":
            return (values[0], value_type(values[1], renumber), value_type(values[2], renumber))
        case "catches":
            return (
                tuple((kind, None if tag is None else renumber("tag", tag), label) for kind, tag, label in values[0]),
            )
    return values


_PLAIN: Final = frozenset({"s32", "s64", "u32", "f32bits", "f64bits", "local", "label", "labels", "field", "lane"})
REFERRING: Final = frozenset(
    name
    for name, operation in OPERATIONS.items()
    if any(one.kind not in _PLAIN | {"lanes16", "bytes16"} for one in operation.immediates)
)
"""Operations whose immediates may name a definition."""


def instruction(one: Instruction, renumber: Renumber) -> Instruction:
    """The instruction with every index renumbered."""
    if one[0] not in REFERRING:
        return one
    out: list[Any] = [one[0]]
    position = 1
    for immediate in OPERATIONS[one[0]].immediates:
        count = IMMEDIATE_WORDS.get(immediate.kind, 1)
        out += _immediate(immediate.kind, one[position : position + count], renumber)
        position += count
    return tuple(out) if one.__class__ is tuple else Positioned.of(tuple(out), one.position)  # type: ignore[attr-defined]


def expression(body: Expression, renumber: Renumber) -> Expression:
    return [instruction(one, renumber) for one in body]


def composite(type_: CompositeType, renumber: Renumber) -> CompositeType:
    def field(one: FieldType) -> FieldType:
        return FieldType(value_type(one.storage, renumber), one.mutable)

    match type_:
        case FunctionType(parameters, results):
            return FunctionType(
                tuple(value_type(one, renumber) for one in parameters),
                tuple(value_type(one, renumber) for one in results),
            )
        case StructType(fields):
            return StructType(tuple(map(field, fields)))
        case ArrayType(element):
            return ArrayType(field(element))


def definition(type_: SubType, renumber: Renumber) -> SubType:
    supertypes = tuple(renumber("type", one) for one in type_.supertypes)
    return SubType(composite(type_.composite, renumber), type_.final, supertypes)


def uses_of(body: Expression) -> Iterator[tuple[str, int]]:
    """`(space, index)` of everything that the instructions name."""
    found: list[tuple[str, int]] = []

    def note(space: str, index: int) -> int:
        found.append((space, index))
        return index

    expression(body, note)
    yield from found


def uses_of_type(type_: SubType) -> Iterator[int]:
    found: list[int] = []

    def note(_: str, index: int) -> int:
        found.append(index)
        return index

    definition(type_, note)
    yield from found


def uses_of_value_type(type_: ValueType) -> Iterator[tuple[str, int]]:
    if isinstance(type_, Ref) and type_.heap >= 0:
        yield "type", type_.heap


def bodies(module: Module) -> Iterator[Expression]:
    """Every expression of a module: function bodies, initial values, offsets and elements."""
    for function in module.functions:
        yield function.body
    for one in module.globals:
        yield one.initial
    for table in module.tables:
        if table.initial is not None:
            yield table.initial
    for segment in module.elements:
        yield segment.offset
        yield from segment.items
    for data in module.data:
        yield data.offset
