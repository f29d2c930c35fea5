"""From a module to its bytes, the shortest encoding of everything.

Source: WebAssembly 3.0 chapter 5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from engines.rustwasm.wasm.binary.names import encode_names, name_bytes
from engines.rustwasm.wasm.leb128 import signed, unsigned
from engines.rustwasm.wasm.module import (
    Data,
    Element,
    Export,
    Expression,
    ExternKind,
    Function,
    Global,
    Import,
    Instruction,
    Module,
    SegmentMode,
    Table,
)
from engines.rustwasm.wasm.ops import CATCH_KINDS, OPERATIONS, Immediate, Operation
from engines.rustwasm.wasm.types import (
    FUNCREF,
    REF_SHORTHANDS,
    ArrayType,
    FunctionType,
    GlobalType,
    Limits,
    RecursiveGroup,
    Ref,
    StructType,
    SubType,
    TableType,
    ValueType,
)

MAGIC: Final = b"\0asm\x01\0\0\0"

_DATA_INDEX_OPERATIONS: Final = frozenset(
    name for name, operation in OPERATIONS.items() if any(one.kind == "data" for one in operation.immediates)
)


def value_type(type_: ValueType) -> bytes:
    """A value, packed or reference type, in its shorthand where it has one (§5.3.4)."""
    if isinstance(type_, Ref):
        if type_ in REF_SHORTHANDS:
            return signed(type_.heap)
        return (b"\x63" if type_.nullable else b"\x64") + signed(type_.heap)
    return signed(type_)


def _vector(items: Sequence[bytes]) -> bytes:
    return unsigned(len(items)) + b"".join(items)


def _limits(limits: Limits) -> bytes:
    flags = (limits.maximum is not None) | limits.wide << 2
    maximum = b"" if limits.maximum is None else unsigned(limits.maximum)
    return bytes((flags,)) + unsigned(limits.minimum) + maximum


def _table_type(type_: TableType) -> bytes:
    return value_type(type_.element) + _limits(type_.limits)


def _global_type(type_: GlobalType) -> bytes:
    return value_type(type_.value) + bytes((type_.mutable,))


# -- Types (§5.3)


def _composite(definition: SubType) -> bytes:
    match definition.composite:
        case FunctionType(parameters, results):
            return b"\x60" + _vector([value_type(t) for t in parameters]) + _vector([value_type(t) for t in results])
        case StructType(fields):
            return b"\x5f" + _vector([value_type(f.storage) + bytes((f.mutable,)) for f in fields])
        case ArrayType(element):
            return b"\x5e" + value_type(element.storage) + bytes((element.mutable,))


def _sub_type(definition: SubType) -> bytes:
    if definition.final and not definition.supertypes:
        return _composite(definition)
    supertypes = _vector([unsigned(index) for index in definition.supertypes])
    return (b"\x4f" if definition.final else b"\x50") + supertypes + _composite(definition)


def _group(group: RecursiveGroup) -> bytes:
    if len(group) == 1:
        return _sub_type(group[0])
    return b"\x4e" + _vector([_sub_type(definition) for definition in group])


# -- Instructions (§5.4)


def _block_type(type_: ValueType) -> bytes:
    return value_type(type_) if isinstance(type_, Ref) else signed(type_)


def _catches(clauses: Iterable[tuple[str, int | None, int]]) -> bytes:
    encoded = []
    for kind, tag, label in clauses:
        number = CATCH_KINDS.index(kind)
        encoded.append(bytes((number,)) + (b"" if tag is None else unsigned(tag)) + unsigned(label))
    return _vector(encoded)


def _float(width: int) -> Callable[[int], bytes]:
    return lambda bits: bits.to_bytes(width, "little")


def _signed_of(bits: int) -> Callable[[int], bytes]:
    half, full = 1 << (bits - 1), 1 << bits
    return lambda value: signed(value if value < half else value - full)


_ONE_VALUE: Final[dict[str, Callable[[Any], bytes]]] = {
    "s32": _signed_of(32),
    "s64": _signed_of(64),
    "f32bits": _float(4),
    "f64bits": _float(8),
    "blocktype": _block_type,
    "valuetypes": lambda types: _vector([value_type(t) for t in types]),
    "heap": signed,
    "catches": _catches,
    "lane": lambda lane: bytes((lane,)),
    "lanes16": bytes,
    "bytes16": bytes,
}


def _memory(alignment: int, offset: int, index: int) -> bytes:
    if index:
        return unsigned(alignment | 0x40) + unsigned(index) + unsigned(offset)
    return unsigned(alignment) + unsigned(offset)


def _opcode(operation: Operation, add: int = 0) -> bytes:
    if operation.prefix is None:
        return bytes((operation.code + add,))
    return bytes((operation.prefix,)) + unsigned(operation.code + add)


def _immediates(immediates: tuple[Immediate, ...], values: Instruction) -> bytes:
    out, position = b"", 1
    for one in immediates:
        if one.kind == "memory":
            out += _memory(*values[position : position + 3])
            position += 3
        elif one.kind == "labels":
            out += _vector([unsigned(label) for label in values[position]]) + unsigned(values[position + 1])
            position += 2
        else:
            out += _ONE_VALUE.get(one.kind, unsigned)(values[position])
            position += 1
    return out


def _castflags(values: Instruction) -> bytes:
    _, label, source, target = values
    flags = source.nullable | target.nullable << 1
    return bytes((flags,)) + unsigned(label) + signed(source.heap) + signed(target.heap)


def instruction(values: Instruction) -> bytes:
    """One instruction.

    Raises:
        KeyError: no operation has this name.
    """
    operation = OPERATIONS[values[0]]
    if not operation.immediates:
        return _opcode(operation)
    kind = operation.immediates[0].kind
    if kind == "reference":
        return _opcode(operation, int(values[1].nullable)) + signed(values[1].heap)
    if kind == "castflags":
        return _opcode(operation) + _castflags(values)
    return _opcode(operation) + _immediates(operation.immediates, values)


_cache: dict[Instruction, bytes] = {}
_CACHE_LIMIT: Final = 1 << 16


def expression(instructions: Expression) -> bytes:
    """Instructions and the closing `end` (§5.4.9)."""
    out = bytearray()
    cached = _cache.get
    for one in instructions:
        encoded = cached(one)
        if encoded is None:
            encoded = instruction(one)
            if len(_cache) >= _CACHE_LIMIT:
                _cache.clear()
            _cache[one] = encoded
        out += encoded
    out.append(0x0B)
    return bytes(out)


# -- Sections (§5.5)


def _import(one: Import) -> bytes:
    match one.type:
        case int() if one.kind is ExternKind.TAG:
            described = b"\0" + unsigned(one.type)
        case int():
            described = unsigned(one.type)
        case TableType():
            described = _table_type(one.type)
        case Limits():
            described = _limits(one.type)
        case GlobalType():
            described = _global_type(one.type)
    return name_bytes(one.module) + name_bytes(one.name) + bytes((one.kind,)) + described


def _table(one: Table) -> bytes:
    if one.initial is None:
        return _table_type(one.type)
    return b"\x40\0" + _table_type(one.type) + expression(one.initial)


def _global(one: Global) -> bytes:
    return _global_type(one.type) + expression(one.initial)


def _export(one: Export) -> bytes:
    return name_bytes(one.name) + bytes((one.kind,)) + unsigned(one.index)


def _element(one: Element) -> bytes:
    functions = [item[0][1] for item in one.items if len(item) == 1 and item[0][0] == "ref.func"]
    by_index = len(functions) == len(one.items) and one.type in (FUNCREF, Ref(False, FUNCREF.heap))
    items = _vector([unsigned(f) for f in functions] if by_index else [expression(item) for item in one.items])
    if one.mode is SegmentMode.ACTIVE:
        offset = expression(one.offset)
        # A list of function indices is non-nullable; flags 0 and 4 mean table 0 and leave the type out.
        if by_index and one.type == Ref(False, FUNCREF.heap):
            return b"\0" + offset + items if not one.table else b"\2" + unsigned(one.table) + offset + b"\0" + items
        if one.type == FUNCREF and not one.table:
            items = _vector([expression(item) for item in one.items])
            return b"\4" + offset + items
        items = _vector([expression(item) for item in one.items])
        return b"\6" + unsigned(one.table) + offset + value_type(one.type) + items
    declarative = one.mode is SegmentMode.DECLARATIVE
    if by_index and one.type == Ref(False, FUNCREF.heap):
        return (b"\3" if declarative else b"\1") + b"\0" + items
    return (b"\7" if declarative else b"\5") + value_type(one.type) + _vector([expression(item) for item in one.items])


def _data(one: Data) -> bytes:
    content = unsigned(len(one.content)) + one.content
    if one.mode is SegmentMode.PASSIVE:
        return b"\1" + content
    if one.memory:
        return b"\2" + unsigned(one.memory) + expression(one.offset) + content
    return b"\0" + expression(one.offset) + content


def _code(one: Function) -> bytes:
    runs = [(len(list(same)), type_) for type_, same in groupby(one.locals)]
    body = _vector([unsigned(count) + value_type(type_) for count, type_ in runs]) + expression(one.body)
    return unsigned(len(body)) + body


def needs_data_count(module: Module) -> bool:
    """Whether a function names a data segment, so that validation in one pass needs their number first (§5.5.16)."""
    return any(one[0] in _DATA_INDEX_OPERATIONS for function in module.functions for one in function.body)


def encode(module: Module, codes: Sequence[bytes] | None = None) -> bytes:
    """The module's bytes.

    A data count section is written where an instruction needs it or `module.data_count` asks for it; a name section
    where `module.names` says anything. `codes` are the code entries (§5.5.13) where the functions are encoded already.
    """
    if codes is None:
        codes = [_code(one) for one in module.functions]
    sections: list[tuple[int, bytes]] = [
        (1, _vector([_group(group) for group in module.types])),
        (2, _vector([_import(one) for one in module.imports])),
        (3, _vector([unsigned(one.type) for one in module.functions])),
        (4, _vector([_table(one) for one in module.tables])),
        (5, _vector([_limits(one) for one in module.memories])),
        (13, _vector([b"\0" + unsigned(one) for one in module.tags])),
        (6, _vector([_global(one) for one in module.globals])),
        (7, _vector([_export(one) for one in module.exports])),
        (8, b"\0" if module.start is None else unsigned(module.start)),
        (9, _vector([_element(one) for one in module.elements])),
        (12, unsigned(len(module.data))),
        (10, _vector(codes)),
        (11, _vector([_data(one) for one in module.data])),
    ]
    written = {
        8: module.start is not None,
        12: module.data_count or needs_data_count(module),
    }
    out = [MAGIC]

    def custom(after: int) -> None:
        for section in module.customs:
            if section.after == after:
                content = name_bytes(section.name) + section.content
                out.append(b"\0" + unsigned(len(content)) + content)

    custom(0)
    for number, content in sections:
        if written.get(number, content != b"\0"):
            out.append(bytes((number,)) + unsigned(len(content)) + content)
        custom(number)
    if module.names:
        content = name_bytes("name") + encode_names(module.names)
        out.append(b"\0" + unsigned(len(content)) + content)
    return b"".join(out)
