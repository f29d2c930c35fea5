"""Reading instructions, flat or folded, into one flat list.

Source: WebAssembly 3.0 §6.5 (instructions).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engines.rustwasm.wasm.module import Expression, Instruction
from engines.rustwasm.wasm.ops import CATCH_KINDS, OPERATIONS, Immediate
from engines.rustwasm.wasm.text.numbers import float_bits, integer, unsigned
from engines.rustwasm.wasm.text.reader import Group, Word
from engines.rustwasm.wasm.text.types import Cursor, TypeReader
from engines.rustwasm.wasm.types import EMPTY, FunctionType, ValueType

_LANE_FORMATS: Final = {"i8x16": (8, 16), "i16x8": (16, 8), "i32x4": (32, 4), "i64x2": (64, 2)}
_FLOAT_LANE_FORMATS: Final = {"f32x4": (32, 4), "f64x2": (64, 2)}

_MEMORY_FIRST: Final = frozenset({"memory.size", "memory.grow", "memory.fill"})


class InstructionReader:
    """Reads one function body or constant expression."""

    def __init__(self, types: TypeReader, locals_: dict[str, int]) -> None:
        self.types = types
        self.spaces = types.spaces
        self.locals = locals_
        self.labels: list[str | None] = []
        self.blocks = 0
        self.label_names: dict[int, str] = {}
        """Number of a block in the body to its identifier."""
        self.out: Expression = []

    # -- Sequences

    def sequence(self, cursor: Cursor) -> None:
        """Instructions up to the end of the list; plain blocks in it are closed by `end`."""
        depth = len(self.labels)
        while (node := cursor.peek()) is not None:
            if isinstance(node, Group):
                cursor.index += 1
                self.folded(node)
            else:
                self.plain(cursor)
        if len(self.labels) != depth:
            raise cursor.error("a block is not closed by end")

    def plain(self, cursor: Cursor) -> None:
        """One instruction in plain form."""
        word = cursor.word("an instruction")
        name = word.text
        if name in ("block", "loop", "if", "try_table"):
            self.open(cursor, name)
        elif name == "end" or name == "else":
            if not self.labels:
                cursor.index -= 1
                raise cursor.error(f"{name} without a block")
            identifier = cursor.identifier()
            if identifier is not None and identifier != self.labels[-1]:
                raise cursor.error(f"{name} ${identifier} closes a block of another name")
            self.out.append((name,))
            if name == "end":
                self.labels.pop()
        else:
            self.out.append(self.instruction(cursor, word))

    def open(self, cursor: Cursor, name: str) -> None:
        """A block's head; its label stays open."""
        label = cursor.identifier()
        type_ = self.block_type(cursor)
        if name == "try_table":
            clauses = tuple(self.catch(group) for group in cursor.groups(*CATCH_KINDS))
            self.out.append((name, type_, clauses))
        else:
            self.out.append((name, type_))
        self.enter(label)

    def enter(self, label: str | None) -> None:
        self.labels.append(label)
        if label is not None:
            self.label_names[self.blocks] = label
        self.blocks += 1

    def folded(self, group: Group) -> None:
        """`(instruction …)`: operands first, then the instruction; blocks hold their body."""
        cursor = self.types.cursor(group, 0)
        word = cursor.word("an instruction")
        if word.text == "if":
            self.folded_if(cursor)
        elif word.text in ("block", "loop", "try_table"):
            self.open(cursor, word.text)
            self.sequence(cursor)
            self.close()
        else:
            if word.text in ("end", "else"):
                raise self.types.source.error(word.position, f"{word.text} cannot be folded")
            one = self.instruction(cursor, word)
            while cursor.peek() is not None:
                self.folded(cursor.group("a folded instruction"))
            self.out.append(one)

    def close(self) -> None:
        self.out.append(("end",))
        self.labels.pop()

    def folded_if(self, cursor: Cursor) -> None:
        label = cursor.identifier()
        type_ = self.block_type(cursor)
        while cursor.peek() is not None and cursor.peek_head() != "then":
            self.folded(cursor.group("a folded condition or (then …)"))
        then = cursor.group("(then …)")
        self.out.append(("if", type_))
        self.enter(label)
        self.sequence(self.types.cursor(then))
        if cursor.peek_head() == "else":
            self.out.append(("else",))
            self.sequence(self.types.cursor(cursor.group("(else …)")))
        cursor.end()
        self.close()

    # -- Immediates

    def block_type(self, cursor: Cursor) -> ValueType:
        if cursor.peek_head() == "type":
            return self.types.type_use(cursor)[0]
        signature, names = self.types.signature(cursor)
        if names:
            raise cursor.error("a block's parameters have no identifiers")
        if signature == FunctionType():
            return EMPTY
        if not signature.parameters and len(signature.results) == 1:
            return signature.results[0]
        return self.types.implicit_type(signature)

    def label(self, cursor: Cursor) -> int:
        identifier = cursor.identifier()
        if identifier is None:
            return cursor.number(unsigned, "a label")
        for depth, name in enumerate(reversed(self.labels)):
            if name == identifier:
                return depth
        cursor.index -= 1
        raise cursor.error(f"label ${identifier} is not open here")

    def local(self, cursor: Cursor) -> int:
        identifier = cursor.identifier()
        if identifier is None:
            return cursor.number(unsigned, "a local index")
        if identifier not in self.locals:
            cursor.index -= 1
            raise cursor.error(f"local ${identifier} is not defined")
        return self.locals[identifier]

    def catch(self, group: Group) -> tuple[str, int | None, int]:
        cursor = self.types.cursor(group)
        tag = self.spaces.use(cursor, "tag") if group.head in CATCH_KINDS[:2] else None
        label = self.label(cursor)
        cursor.end()
        return group.head, tag, label

    def field(self, cursor: Cursor, type_: int) -> int:
        identifier = cursor.identifier()
        if identifier is None:
            return cursor.number(unsigned, "a field index")
        known = self.types.fields.get(type_, {})
        if identifier not in known:
            cursor.index -= 1
            raise cursor.error(f"type {type_} has no field ${identifier}")
        return known[identifier]

    def memory_argument(self, cursor: Cursor, natural: int) -> tuple[int, int, int]:
        """Alignment exponent, offset, memory index."""
        memory = self.optional(cursor, "memory")
        alignment, offset = natural, 0
        if cursor.peek_word().startswith("offset="):
            offset = self._keyed(cursor, 64)
        if cursor.peek_word().startswith("align="):
            value = self._keyed(cursor, 32)
            if value.bit_count() != 1:
                cursor.index -= 1
                raise cursor.error(f"alignment {value} is no power of two")
            alignment = value.bit_length() - 1
        return alignment, offset, memory

    def _keyed(self, cursor: Cursor, bits: int) -> int:
        word = cursor.word("a keyword argument")
        try:
            return unsigned(word.text.partition("=")[2], bits)
        except ValueError as error:
            raise self.types.source.error(word.position, str(error)) from None

    def optional(self, cursor: Cursor, space: str) -> int:
        """An index that may be left out and is then 0; a lane index after it is not mistaken for one."""
        return self.spaces.use(cursor, space) if self.spaces.has_use(cursor) else 0

    def vector(self, cursor: Cursor) -> bytes:
        shape = cursor.word("a vector shape").text
        if shape in _LANE_FORMATS:
            bits, count = _LANE_FORMATS[shape]
            lanes = [cursor.number(integer, "a lane", bits) % (1 << bits) for _ in range(count)]
        elif shape in _FLOAT_LANE_FORMATS:
            bits, count = _FLOAT_LANE_FORMATS[shape]
            lanes = [cursor.number(float_bits, "a lane", bits) for _ in range(count)]
        else:
            cursor.index -= 1
            raise cursor.error(f"{shape} is no vector shape; {', '.join((*_LANE_FORMATS, *_FLOAT_LANE_FORMATS))} are")
        return b"".join(lane.to_bytes(bits // 8, "little") for lane in lanes)

    def immediate(self, cursor: Cursor, immediate: Immediate, given: list[Any]) -> Any:
        match immediate.kind:
            case "type" | "function" | "table" | "global" | "tag" | "element" | "data":
                return self.spaces.use(cursor, immediate.kind)
            case "memoryindex":
                return self.spaces.use(cursor, "memory")
            case "field":
                return self.field(cursor, given[1])
            case "heap":
                return self.types.heap(cursor)
            case "lanes16":
                return bytes(cursor.number(unsigned, "a lane", 8) for _ in range(16))
            case "bytes16":
                return self.vector(cursor)
            case kind:
                return _READERS[kind](self, cursor)

    def instruction(self, cursor: Cursor, word: Word) -> Instruction:
        """The instruction that `word` starts, with its immediates.

        Raises:
            TextError: it is unknown, or an immediate is missing or illegal.
        """
        name = word.text
        if special := _SPECIAL.get(name):
            return special(self, cursor, name)
        operation = OPERATIONS.get(name)
        if operation is None or name == "select_typed":
            raise self.types.source.error(word.position, f"{name} is no instruction")
        values: list[Any] = [name]
        for immediate in operation.immediates:
            if immediate.kind == "memory":
                lanes = len(operation.immediates) > 1
                if lanes and not self._memory_before_lane(cursor):
                    values += self._without_memory(cursor, immediate.parameter)
                else:
                    values += self.memory_argument(cursor, immediate.parameter)
            elif immediate.kind == "castflags":
                values += (self.label(cursor), self.types.reference(cursor), self.types.reference(cursor))
            elif immediate.kind == "labels":
                labels = [self.label(cursor)]
                while self.spaces.has_use(cursor):
                    labels.append(self.label(cursor))
                values += (tuple(labels[:-1]), labels[-1])
            elif name in ("table.get", "table.set", "table.size", "table.grow", "table.fill"):
                values.append(self.optional(cursor, "table"))
            else:
                values.append(self.immediate(cursor, immediate, values))
        return tuple(values)

    def _memory_before_lane(self, cursor: Cursor) -> bool:
        """Whether a lane access starts with a memory index: an index, and more words that go on with the access."""
        following = cursor.items[cursor.index + 1] if cursor.index + 1 < len(cursor.items) else None
        if not self.spaces.has_use(cursor) or not isinstance(following, Word):
            return False
        return following.text[0].isdigit() or following.text.startswith(("offset=", "align="))

    def _without_memory(self, cursor: Cursor, natural: int) -> tuple[int, int, int]:
        if cursor.peek_word().startswith(("offset=", "align=")):
            return self.memory_argument(cursor, natural)
        return natural, 0, 0


_READERS: Final[dict[str, Callable[[InstructionReader, Cursor], Any]]] = {
    "s32": lambda reader, cursor: cursor.number(integer, "an integer", 32),
    "s64": lambda reader, cursor: cursor.number(integer, "an integer", 64),
    "u32": lambda reader, cursor: cursor.number(unsigned, "a number"),
    "f32bits": lambda reader, cursor: cursor.number(float_bits, "a float", 32),
    "f64bits": lambda reader, cursor: cursor.number(float_bits, "a float", 64),
    "lane": lambda reader, cursor: cursor.number(unsigned, "a lane", 8),
    "label": InstructionReader.label,
    "local": InstructionReader.local,
    "reference": lambda reader, cursor: reader.types.reference(cursor),
}


def _select(reader: InstructionReader, cursor: Cursor, name: str) -> Instruction:
    if cursor.peek_head() != "result":
        return (name,)
    types = [type_ for group in cursor.groups("result") for type_ in reader.types.values(group)]
    return ("select_typed", tuple(types))


def _call_indirect(reader: InstructionReader, cursor: Cursor, name: str) -> Instruction:
    table = reader.optional(cursor, "table")
    index, _, names = reader.types.type_use(cursor)
    if names:
        raise cursor.error("parameters of an indirect call have no identifiers")
    return (name, index, table)


def _init(space: str, segment: str) -> Callable[[InstructionReader, Cursor, str], Instruction]:
    def read(reader: InstructionReader, cursor: Cursor, name: str) -> Instruction:
        start = cursor.index
        words = 0
        while reader.spaces.has_use(cursor):
            cursor.index += 1
            words += 1
        cursor.index = start
        target = reader.spaces.use(cursor, space) if words > 1 else 0
        return (name, reader.spaces.use(cursor, segment), target)

    return read


def _copy(space: str) -> Callable[[InstructionReader, Cursor, str], Instruction]:
    def read(reader: InstructionReader, cursor: Cursor, name: str) -> Instruction:
        if not reader.spaces.has_use(cursor):
            return (name, 0, 0)
        return (name, reader.spaces.use(cursor, space), reader.spaces.use(cursor, space))

    return read


def _one_memory(reader: InstructionReader, cursor: Cursor, name: str) -> Instruction:
    return (name, reader.optional(cursor, "memory"))


_SPECIAL: Final[dict[str, Callable[[InstructionReader, Cursor, str], Instruction]]] = {
    "select": _select,
    "call_indirect": _call_indirect,
    "return_call_indirect": _call_indirect,
    "table.init": _init("table", "element"),
    "memory.init": _init("memory", "data"),
    "table.copy": _copy("table"),
    "memory.copy": _copy("memory"),
    **dict.fromkeys(_MEMORY_FIRST, _one_memory),
}
