"""From bytes to a module, or to the place where they are malformed.

Custom sections are kept; a name section that reads well becomes `module.names`, any other stays as bytes, since a
malformed custom section does not make the module malformed (§7.4).

Source: WebAssembly 3.0 chapter 5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from engines.rustwasm.wasm.binary.encoder import MAGIC, needs_data_count
from engines.rustwasm.wasm.binary.names import decode_names
from engines.rustwasm.wasm.binary.reader import MalformedModuleError, Reader
from engines.rustwasm.wasm.module import (
    CustomSection,
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
from engines.rustwasm.wasm.ops import BLOCKS, BY_OPCODE, CATCH_KINDS, OPERATIONS, Operation
from engines.rustwasm.wasm.types import (
    EMPTY,
    FUNC,
    FUNCREF,
    HEAP_NAMES,
    NUMBER_NAMES,
    PACKED_NAMES,
    ArrayType,
    CompositeType,
    FieldType,
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

MAX_LOCALS: Final = 50_000
"""Locals of one function that engines accept (JavaScript API §limits)."""

_ORDER: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 13: 6, 6: 7, 7: 8, 8: 9, 9: 10, 12: 11, 10: 12, 11: 13}
"""Section number to its place: sections stand in this order, each at most once (§5.5.2)."""
_NO_VECTORS: Final = (8, 12)
"""Start and data count have a number where the others have a vector."""

Item = TypeVar("Item")


def _vector(reader: Reader, item: Callable[[Reader], Item], smallest: int = 1) -> list[Item]:
    return [item(reader) for _ in range(reader.count(smallest))]


# -- Types (§5.3)


def heap_type(reader: Reader) -> int:
    start = reader.position
    value = reader.signed(33)
    if value < 0 and value not in HEAP_NAMES:
        raise MalformedModuleError(start, f"heap type {value & 0x7F:#x} is unknown")
    return value


def _type_at(reader: Reader, packed: bool) -> ValueType:
    start = reader.position
    byte = reader.byte()
    if byte in (0x63, 0x64):
        return Ref(byte == 0x63, heap_type(reader))
    value = byte - 0x80
    if value in NUMBER_NAMES or (packed and value in PACKED_NAMES):
        return value
    if value in HEAP_NAMES:
        return Ref(True, value)
    raise MalformedModuleError(start, f"byte {byte:#04x} is no {'storage' if packed else 'value'} type")


def value_type(reader: Reader) -> ValueType:
    return _type_at(reader, packed=False)


def reference_type(reader: Reader) -> Ref:
    start = reader.position
    type_ = value_type(reader)
    if not isinstance(type_, Ref):
        raise MalformedModuleError(start, f"{NUMBER_NAMES[type_]} is no reference type")
    return type_


def _flag(reader: Reader, what: str) -> bool:
    start = reader.position
    byte = reader.byte()
    if byte > 1:
        raise MalformedModuleError(start, f"{what} is {byte:#04x}; it is 0 or 1")
    return bool(byte)


def _field(reader: Reader) -> FieldType:
    storage = _type_at(reader, packed=True)
    return FieldType(storage, _flag(reader, "mutability"))


def _composite(reader: Reader) -> CompositeType:
    start = reader.position
    match reader.byte():
        case 0x60:
            parameters = tuple(_vector(reader, value_type))
            return FunctionType(parameters, tuple(_vector(reader, value_type)))
        case 0x5F:
            return StructType(tuple(_vector(reader, _field, 2)))
        case 0x5E:
            return ArrayType(_field(reader))
        case byte:
            raise MalformedModuleError(start, f"byte {byte:#04x} starts no composite type; 0x5e, 0x5f and 0x60 do")


def _sub_type(reader: Reader) -> SubType:
    if reader.at_end() or reader.data[reader.position] not in (0x4F, 0x50):
        return SubType(_composite(reader))
    final = reader.byte() == 0x4F
    supertypes = tuple(_vector(reader, Reader.u32))
    return SubType(_composite(reader), final, supertypes)


def _group(reader: Reader) -> RecursiveGroup:
    if not reader.at_end() and reader.data[reader.position] == 0x4E:
        reader.byte()
        return tuple(_vector(reader, _sub_type, 2))
    return (_sub_type(reader),)


def _limits(reader: Reader, what: str) -> Limits:
    start = reader.position
    flags = reader.byte()
    if flags & ~0x05:
        raise MalformedModuleError(start, f"{what} limits have flags {flags:#04x}; legal are 0x00, 0x01, 0x04 and 0x05")
    bits = 64 if flags & 4 else 32
    minimum = reader.unsigned(bits)
    return Limits(minimum, reader.unsigned(bits) if flags & 1 else None, bool(flags & 4))


def _table_type(reader: Reader) -> TableType:
    element = reference_type(reader)
    return TableType(element, _limits(reader, "table"))


def _memory_type(reader: Reader) -> Limits:
    return _limits(reader, "memory")


def _global_type(reader: Reader) -> GlobalType:
    type_ = value_type(reader)
    return GlobalType(type_, _flag(reader, "mutability"))


def _tag_type(reader: Reader) -> int:
    start = reader.position
    if reader.byte():
        raise MalformedModuleError(start, "a tag's attribute is not 0")
    return reader.u32()


# -- Instructions (§5.4)


def _block_type(reader: Reader) -> ValueType:
    start = reader.position
    byte = reader.data[start] if not reader.at_end() else reader.byte()
    if byte == 0x40:
        reader.byte()
        return EMPTY
    if 0x40 < byte < 0x80:
        return value_type(reader)
    value = reader.signed(33)
    if value < 0:
        raise MalformedModuleError(start, f"block type {value} is no type index")
    return value


def _catch(reader: Reader) -> tuple[str, int | None, int]:
    start = reader.position
    number = reader.byte()
    if number >= len(CATCH_KINDS):
        raise MalformedModuleError(
            start, f"catch clause {number:#04x} is unknown; known are 0 to {len(CATCH_KINDS) - 1}"
        )
    tag = reader.u32() if number < 2 else None
    return CATCH_KINDS[number], tag, reader.u32()


def _lane(reader: Reader) -> int:
    return reader.byte()


_ONE_VALUE: Final[dict[str, Callable[[Reader], Any]]] = {
    "s32": lambda reader: reader.signed(32),
    "s64": lambda reader: reader.signed(64),
    "f32bits": lambda reader: int.from_bytes(reader.take(4), "little"),
    "f64bits": lambda reader: int.from_bytes(reader.take(8), "little"),
    "blocktype": _block_type,
    "valuetypes": lambda reader: tuple(_vector(reader, value_type)),
    "heap": heap_type,
    "catches": lambda reader: tuple(_vector(reader, _catch, 2)),
    "lane": _lane,
    "lanes16": lambda reader: reader.take(16),
    "bytes16": lambda reader: reader.take(16),
}


def _memory(reader: Reader) -> tuple[int, int, int]:
    start = reader.position
    flags = reader.u32()
    if flags >= 0x80:
        raise MalformedModuleError(start, f"memory access flags {flags:#x} are over 0x7f")
    index = reader.u32() if flags & 0x40 else 0
    return flags & 0x3F, reader.unsigned(64), index


def _castflags(reader: Reader) -> tuple[int, Ref, Ref]:
    start = reader.position
    flags = reader.byte()
    if flags > 3:
        raise MalformedModuleError(start, f"cast flags {flags:#04x}; legal are 0 to 3")
    label = reader.u32()
    source = Ref(bool(flags & 1), heap_type(reader))
    return label, source, Ref(bool(flags & 2), heap_type(reader))


def _operation(reader: Reader) -> tuple[Operation, int]:
    """The operation at the cursor, and 1 if it is its row's nullable twin."""
    start = reader.position
    code = reader.byte()
    prefix = None
    if code in (0xFB, 0xFC, 0xFD):
        prefix, code = code, reader.u32()
        if prefix == 0xFB and code in (0x15, 0x17):
            return BY_OPCODE[prefix, code - 1], 1
    operation = BY_OPCODE.get((prefix, code))
    if operation is None:
        shown = f"{code:#04x}" if prefix is None else f"{prefix:#04x} {code}"
        raise MalformedModuleError(start, f"opcode {shown} is unknown")
    return operation, 0


def instruction(reader: Reader) -> Instruction:
    """The instruction at the cursor.

    Raises:
        MalformedModuleError: no operation has this opcode, or an immediate is malformed.
    """
    operation, nullable = _operation(reader)
    values: list[Any] = [operation.name]
    for one in operation.immediates:
        match one.kind:
            case "memory":
                values += _memory(reader)
            case "castflags":
                values += _castflags(reader)
            case "labels":
                values += (tuple(_vector(reader, Reader.u32)), reader.u32())
            case "reference":
                values.append(Ref(bool(nullable), heap_type(reader)))
            case kind:
                values.append(_ONE_VALUE.get(kind, Reader.u32)(reader))
    return tuple(values)


_PLAIN: Final = {
    operation.code: (operation.name,)
    for operation in OPERATIONS.values()
    if operation.prefix is None and not operation.immediates
}


def expression(reader: Reader) -> Expression:
    """Instructions up to the `end` that closes the expression, which is read and left out."""
    out: Expression = []
    conditionals: list[bool] = []
    data = reader.data
    while True:
        plain = _PLAIN.get(data[reader.position]) if reader.position < reader.end else None
        if plain is None:
            one = instruction(reader)
            if one[0] in BLOCKS:
                conditionals.append(one[0] == "if")
        else:
            one = plain
            if one[0] == "end":
                reader.position += 1
                if not conditionals:
                    return out
                conditionals.pop()
                out.append(one)
                continue
            if one[0] == "else":
                if not conditionals or not conditionals[-1]:
                    raise reader.malformed("else without an if")
                conditionals[-1] = False
            reader.position += 1
        out.append(one)


# -- Sections (§5.5)


def _kind(reader: Reader) -> ExternKind:
    start = reader.position
    byte = reader.byte()
    if byte > max(ExternKind):
        raise MalformedModuleError(start, f"import or export kind {byte:#04x}; legal are 0 to {max(ExternKind)}")
    return ExternKind(byte)


_EXTERN_TYPES: Final[dict[ExternKind, Callable[[Reader], int | TableType | Limits | GlobalType]]] = {
    ExternKind.FUNCTION: Reader.u32,
    ExternKind.TABLE: _table_type,
    ExternKind.MEMORY: _memory_type,
    ExternKind.GLOBAL: _global_type,
    ExternKind.TAG: _tag_type,
}


def _import(reader: Reader) -> Import:
    module, name = reader.name(), reader.name()
    kind = _kind(reader)
    return Import(module, name, kind, _EXTERN_TYPES[kind](reader))


def _table(reader: Reader) -> Table:
    if not reader.at_end() and reader.data[reader.position] == 0x40:
        reader.byte()
        start = reader.position
        if reader.byte():
            raise MalformedModuleError(start, "the byte after 0x40 in a table is not 0")
        return Table(_table_type(reader), expression(reader))
    return Table(_table_type(reader))


def _global(reader: Reader) -> Global:
    return Global(_global_type(reader), expression(reader))


def _export(reader: Reader) -> Export:
    name = reader.name()
    return Export(name, _kind(reader), reader.u32())


def _element(reader: Reader) -> Element:
    start = reader.position
    flags = reader.u32()
    if flags > 7:
        raise MalformedModuleError(start, f"element segment flags {flags}; legal are 0 to 7")
    explicit, by_expression = bool(flags & 2), bool(flags & 4)
    mode = (SegmentMode.DECLARATIVE if explicit else SegmentMode.PASSIVE) if flags & 1 else SegmentMode.ACTIVE
    table, offset = 0, []
    if mode is SegmentMode.ACTIVE:
        table = reader.u32() if explicit else 0
        offset = expression(reader)
    type_ = FUNCREF if by_expression else Ref(False, FUNC)
    if flags & 3:
        if by_expression:
            type_ = reference_type(reader)
        elif reader.byte():
            raise MalformedModuleError(reader.position - 1, "an element segment's kind is not 0 (functions)")
    if by_expression:
        items = _vector(reader, expression)
    else:
        items = [[("ref.func", index)] for index in _vector(reader, Reader.u32)]
    return Element(type_, items, mode, table, offset)


def _data(reader: Reader) -> Data:
    start = reader.position
    flags = reader.u32()
    if flags > 2:
        raise MalformedModuleError(start, f"data segment flags {flags}; legal are 0 to 2")
    memory = reader.u32() if flags == 2 else 0
    offset = expression(reader) if flags != 1 else []
    mode = SegmentMode.PASSIVE if flags == 1 else SegmentMode.ACTIVE
    return Data(reader.take(reader.u32()), mode, memory, offset)


def _code(reader: Reader, type_: int) -> Function:
    body = reader.sub(reader.u32())
    locals_: list[ValueType] = []
    for _ in range(body.count(2)):
        start = body.position
        count = body.u32()
        if len(locals_) + count > MAX_LOCALS:
            raise MalformedModuleError(start, f"{len(locals_) + count} locals are more than {MAX_LOCALS}")
        locals_ += [value_type(body)] * count
    instructions = expression(body)
    body.expect_end("a function body")
    return Function(type_, locals_, instructions)


class _Decoder:
    """Reads section after section into `module`."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.module = Module()
        self.function_types: list[int] = []
        self.data_count: int | None = None
        self.uses_data = False

    def section(self, number: int, reader: Reader) -> None:
        module = self.module
        match number:
            case 1:
                module.types = _vector(reader, _group, 2)
            case 2:
                module.imports = _vector(reader, _import, 4)
            case 3:
                self.function_types = _vector(reader, Reader.u32)
            case 4:
                module.tables = _vector(reader, _table, 3)
            case 5:
                module.memories = _vector(reader, _memory_type, 2)
            case 6:
                module.globals = _vector(reader, _global, 3)
            case 7:
                module.exports = _vector(reader, _export, 3)
            case 8:
                module.start = reader.u32()
            case 9:
                module.elements = _vector(reader, _element, 2)
            case 10:
                self.code(reader)
            case 11:
                module.data = _vector(reader, _data, 2)
            case 12:
                self.data_count = reader.u32()
            case 13:
                module.tags = _vector(reader, _tag_type, 2)
        reader.expect_end(f"section {number}")

    def code(self, reader: Reader) -> None:
        start = reader.position
        count = reader.count()
        if count != len(self.function_types):
            raise MalformedModuleError(start, f"{count} function bodies for {len(self.function_types)} function types")
        self.module.functions = [_code(reader, type_) for type_ in self.function_types]

    def custom(self, reader: Reader, after: int) -> None:
        name = reader.name()
        if name == "name" and not self.module.names:
            try:
                self.module.names = decode_names(Reader(reader.data, reader.position, reader.end))
                return
            except MalformedModuleError:
                pass  # An unreadable name section is a custom section like any other.
        self.module.customs.append(CustomSection(name, reader.data[reader.position : reader.end], after))

    def finish(self) -> Module:
        module, reader = self.module, self.reader
        if self.function_types and not module.functions:
            raise reader.malformed(f"{len(self.function_types)} function types but no code section")
        if self.data_count is not None and self.data_count != len(module.data):
            raise reader.malformed(
                f"the data count section says {self.data_count}, there are {len(module.data)} segments"
            )
        needed = needs_data_count(module)
        if needed and self.data_count is None:
            raise reader.malformed("an instruction names a data segment, which needs a data count section")
        module.data_count = self.data_count is not None and not needed
        return module


def decode(data: bytes) -> Module:
    """The module that `data` encodes.

    Raises:
        MalformedModuleError: `data` is no module.
    """
    reader = Reader(data)
    if reader.take(min(8, len(data))) != MAGIC:
        raise MalformedModuleError(0, f"a module starts with {MAGIC.hex(' ')}, not with {data[:8].hex(' ')}")
    decoder = _Decoder(reader)
    place, last, kept = 0, 0, 0
    while not reader.at_end():
        start = reader.position
        number = reader.byte()
        content = reader.sub(reader.u32())
        if number == 0:
            decoder.custom(content, kept)
            continue
        if number not in _ORDER:
            raise MalformedModuleError(start, f"section {number} is unknown; known are 0 to 13")
        if _ORDER[number] <= place:
            raise MalformedModuleError(start, f"section {number} after section {last}; each comes once, in order")
        place, last = _ORDER[number], number
        begin = content.position
        decoder.section(number, content)
        content.position = begin
        if number in _NO_VECTORS or content.u32():  # an empty section is left out when the module is encoded
            kept = number
    return decoder.finish()
