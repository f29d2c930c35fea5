"""Reading types and identifiers from the text's nested lists.

Source: WebAssembly 3.0 §6.4 (types), §6.3.5 (identifiers).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from engines.rustwasm.wasm.module import Module, Names
from engines.rustwasm.wasm.text.numbers import unsigned
from engines.rustwasm.wasm.text.reader import Group, Node, Source, TextError, Word
from engines.rustwasm.wasm.types import (
    HEAP_NAMES,
    NUMBER_NAMES,
    PACKED_NAMES,
    REF_SHORTHANDS,
    ArrayType,
    CompositeType,
    FieldType,
    FunctionType,
    GlobalType,
    Limits,
    Ref,
    StructType,
    SubType,
    TableType,
    ValueType,
)

_NUMBERS: Final = {name: number for number, name in NUMBER_NAMES.items()}
_PACKED: Final = {name: number for number, name in PACKED_NAMES.items()}
_HEAPS: Final = {name: number for number, name in HEAP_NAMES.items()}
_SHORTHANDS: Final = {name: type_ for type_, name in REF_SHORTHANDS.items()}

Result = TypeVar("Result")


class Cursor:
    """The items of one list, read from left to right."""

    def __init__(self, source: Source, group: Group, skip: int = 1) -> None:
        self.source = source
        self.items = group.items
        self.index = skip
        self.position = group.position

    def error(self, problem: str) -> TextError:
        at = self.items[self.index].position if self.index < len(self.items) else self.position
        return self.source.error(at, problem)

    def peek(self) -> Node | None:
        return self.items[self.index] if self.index < len(self.items) else None

    def next(self, what: str) -> Node:
        node = self.peek()
        if node is None:
            raise self.error(f"{what} is missing")
        self.index += 1
        return node

    def word(self, what: str) -> Word:
        node = self.next(what)
        if not isinstance(node, Word):
            self.index -= 1
            raise self.error(f"found a list where {what} is needed")
        return node

    def group(self, what: str) -> Group:
        node = self.next(what)
        if not isinstance(node, Group):
            self.index -= 1
            raise self.error(f"found {node.text} where {what} is needed")
        return node

    def peek_word(self) -> str:
        node = self.peek()
        return node.text if isinstance(node, Word) else ""

    def peek_head(self) -> str:
        node = self.peek()
        return node.head if isinstance(node, Group) else ""

    def keyword(self, text: str) -> bool:
        """Skip the word `text` if it is next."""
        if self.peek_word() == text:
            self.index += 1
            return True
        return False

    def groups(self, *heads: str) -> list[Group]:
        """The next lists that start with one of `heads`."""
        out = []
        while (node := self.peek()) is not None and isinstance(node, Group) and node.head in heads:
            out.append(node)
            self.index += 1
        return out

    def identifier(self) -> str | None:
        """The name of the next word if it is an identifier."""
        text = self.peek_word()
        if not text.startswith("$"):
            return None
        word = self.word("an identifier")
        if text == "$":
            raise self.source.error(word.position, "an identifier is empty")
        if text.startswith('$"'):
            content = self.source.string(Word(text[1:], word.position + 1))
            try:
                return content.decode()
            except UnicodeDecodeError:
                raise self.source.error(word.position, f"identifier {text} is not UTF-8") from None
        return text[1:]

    def number(self, parse: Callable[..., Result], what: str, *arguments: int) -> Result:
        word = self.word(what)
        try:
            return parse(word.text, *arguments)
        except ValueError as error:
            raise self.source.error(word.position, f"{what}: {error}") from None

    def strings(self) -> bytes:
        out = b""
        while self.peek() is not None:
            out += self.source.string(self.word("a string"))
        return out

    def name(self) -> str:
        word = self.word("a name in quotes")
        try:
            return self.source.string(word).decode()
        except UnicodeDecodeError:
            raise self.source.error(word.position, f"name {word.text} is not UTF-8") from None

    def end(self) -> None:
        if self.peek() is not None:
            node = self.items[self.index]
            shown = node.text if isinstance(node, Word) else f"({node.head} …"
            raise self.error(f"{shown} is not legal here")


class Spaces:
    """The index spaces of the module under construction: identifier to index, and how many there are."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.known: dict[str, dict[str, int]] = {}
        self.sizes: dict[str, int] = {}

    def define(self, cursor: Cursor, space: str, identifier: str | None) -> int:
        """Take the next index of a space for an optional identifier."""
        index = self.sizes.get(space, 0)
        self.sizes[space] = index + 1
        if identifier is not None:
            taken = self.known.setdefault(space, {})
            if identifier in taken:
                raise cursor.error(f"{space} ${identifier} is defined twice")
            taken[identifier] = index
            getattr(self.names, _NAME_FIELDS[space])[index] = identifier
        return index

    def use(self, cursor: Cursor, space: str) -> int:
        """An index of a space, by number or identifier."""
        identifier = cursor.identifier()
        if identifier is None:
            return cursor.number(unsigned, f"a {space} index")
        index = self.known.get(space, {}).get(identifier)
        if index is None:
            cursor.index -= 1
            raise cursor.error(f"{space} ${identifier} is not defined")
        return index

    def has_use(self, cursor: Cursor) -> bool:
        """Whether an index is next."""
        text = cursor.peek_word()
        return text.startswith("$") or text[:1].isdigit()


_NAME_FIELDS: Final = {
    "type": "types",
    "function": "functions",
    "table": "tables",
    "memory": "memories",
    "global": "globals",
    "element": "elements",
    "data": "data",
    "tag": "tags",
}


class TypeReader:
    """Reads types; type indices may be used before they are defined, so all identifiers are defined first."""

    def __init__(self, source: Source, module: Module, spaces: Spaces) -> None:
        self.source = source
        self.module = module
        self.spaces = spaces
        self.fields: dict[int, dict[str, int]] = {}
        self.signatures: dict[FunctionType, int] = {}
        self.implicit: list[FunctionType] = []

    def cursor(self, group: Group, skip: int = 1) -> Cursor:
        return Cursor(self.source, group, skip)

    def heap(self, cursor: Cursor) -> int:
        text = cursor.peek_word()
        if text in _HEAPS:
            cursor.index += 1
            return _HEAPS[text]
        return self.spaces.use(cursor, "type")

    def reference(self, cursor: Cursor) -> Ref:
        text = cursor.peek_word()
        if text in _SHORTHANDS:
            cursor.index += 1
            return _SHORTHANDS[text]
        group = cursor.group("a reference type")
        if group.head != "ref":
            raise self.source.error(group.position, f"({group.head} …) is no reference type")
        inner = self.cursor(group)
        nullable = inner.keyword("null")
        type_ = Ref(nullable, self.heap(inner))
        inner.end()
        return type_

    def value(self, cursor: Cursor) -> ValueType:
        text = cursor.peek_word()
        if text in _NUMBERS:
            cursor.index += 1
            return _NUMBERS[text]
        if isinstance(cursor.peek(), Word) and text not in _SHORTHANDS:
            raise cursor.error(f"{text} is no value type")
        return self.reference(cursor)

    def values(self, group: Group) -> list[ValueType]:
        inner = self.cursor(group)
        out = []
        while inner.peek() is not None:
            out.append(self.value(inner))
        return out

    def storage(self, cursor: Cursor) -> ValueType:
        text = cursor.peek_word()
        if text in _PACKED:
            cursor.index += 1
            return _PACKED[text]
        return self.value(cursor)

    def field(self, cursor: Cursor) -> FieldType:
        if cursor.peek_head() == "mut":
            inner = self.cursor(cursor.group("mut"))
            field = FieldType(self.storage(inner), True)
            inner.end()
            return field
        return FieldType(self.storage(cursor), False)

    def limits(self, cursor: Cursor) -> Limits:
        wide = cursor.keyword("i64")
        if not wide:
            cursor.keyword("i32")
        bits = 64 if wide else 32
        minimum = cursor.number(unsigned, "a minimum", bits)
        maximum = cursor.number(unsigned, "a maximum", bits) if cursor.peek_word()[:1].isdigit() else None
        return Limits(minimum, maximum, wide)

    def table(self, cursor: Cursor) -> TableType:
        limits = self.limits(cursor)
        return TableType(self.reference(cursor), limits)

    def global_(self, cursor: Cursor) -> GlobalType:
        if cursor.peek_head() == "mut":
            inner = self.cursor(cursor.group("mut"))
            type_ = GlobalType(self.value(inner), True)
            inner.end()
            return type_
        return GlobalType(self.value(cursor), False)

    def signature(self, cursor: Cursor) -> tuple[FunctionType, dict[int, str]]:
        """`(param …)* (result …)*` and the parameters' identifiers."""
        parameters: list[ValueType] = []
        names: dict[int, str] = {}
        for group in cursor.groups("param"):
            inner = self.cursor(group)
            identifier = inner.identifier()
            if identifier is not None:
                names[len(parameters)] = identifier
                parameters.append(self.value(inner))
                inner.end()
            else:
                parameters += self.values(group)
        results = [type_ for group in cursor.groups("result") for type_ in self.values(group)]
        return FunctionType(tuple(parameters), tuple(results)), names

    def type_use(self, cursor: Cursor) -> tuple[int, FunctionType, dict[int, str]]:
        """A type index, explicit or found by its signature, with the signature and parameter names that were spelt."""
        if cursor.peek_head() == "type":
            inner = self.cursor(cursor.group("type"))
            index = self.spaces.use(inner, "type")
            inner.end()
            spelt, names = self.signature(cursor)
            definitions = self.module.defined_types()
            composite = definitions[index].composite if index < len(definitions) else None
            if not isinstance(composite, FunctionType):
                if spelt != FunctionType():
                    raise cursor.error(f"type {index} is no function type")
                return index, FunctionType(), names
            if spelt not in (FunctionType(), composite):
                raise cursor.error(f"the signature differs from type {index}'s")
            return index, composite, names
        spelt, names = self.signature(cursor)
        return self.implicit_type(spelt), spelt, names

    def implicit_type(self, signature: FunctionType) -> int:
        """The first plain definition of this signature, added at the end of the types if there is none (§6.4.10)."""
        index = self.signatures.get(signature)
        if index is None:
            index = self.spaces.sizes.get("type", 0) + len(self.implicit)
            self.implicit.append(signature)
            self.signatures[signature] = index
        return index

    # -- Definitions

    def composite(self, group: Group, index: int) -> CompositeType:
        inner = self.cursor(group)
        match group.head:
            case "func":
                signature, _ = self.signature(inner)
                inner.end()
                return signature
            case "struct":
                return self._struct(inner, index)
            case "array":
                element = self.field(inner)
                inner.end()
                return ArrayType(element)
        raise self.source.error(group.position, f"({group.head} …) is no type; func, struct, array and sub are")

    def _struct(self, cursor: Cursor, index: int) -> StructType:
        fields: list[FieldType] = []
        while cursor.peek() is not None:
            group = cursor.group("(field …)")
            if group.head != "field":
                raise self.source.error(group.position, f"({group.head} …) where (field …) is needed")
            inner = self.cursor(group)
            identifier = inner.identifier()
            if identifier is not None:
                known = self.fields.setdefault(index, {})
                if identifier in known:
                    raise inner.error(f"field ${identifier} is defined twice")
                known[identifier] = len(fields)
                self.spaces.names.fields.setdefault(index, {})[len(fields)] = identifier
                fields.append(self.field(inner))
                inner.end()
            else:
                while inner.peek() is not None:
                    fields.append(self.field(inner))
        return StructType(tuple(fields))

    def definition(self, group: Group, index: int) -> SubType:
        """One `(type …)`."""
        cursor = self.cursor(group)
        cursor.identifier()
        body = cursor.group("a type")
        cursor.end()
        if body.head != "sub":
            return SubType(self.composite(body, index))
        inner = self.cursor(body)
        final = inner.keyword("final")
        supertypes = []
        while self.spaces.has_use(inner):
            supertypes.append(self.spaces.use(inner, "type"))
        composite = self.composite(inner.group("a type"), index)
        inner.end()
        return SubType(composite, final, tuple(supertypes))
