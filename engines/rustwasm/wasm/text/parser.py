"""From text to a module: two passes over the module's fields, identifiers first, contents second.

The identifiers of the text become the name section.

Source: WebAssembly 3.0 §6.6 (modules).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

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
from engines.rustwasm.wasm.text.instructions import InstructionReader
from engines.rustwasm.wasm.text.reader import Group, Source, TextError, Word
from engines.rustwasm.wasm.text.types import Cursor, Spaces, TypeReader
from engines.rustwasm.wasm.types import FUNC, FUNCREF, FunctionType, Limits, Ref, SubType, TableType, ValueType

__all__ = ["TextError", "parse_module"]

PAGE_BYTES: Final = 65_536

_SPACES: Final = {
    "func": ("function", ExternKind.FUNCTION),
    "table": ("table", ExternKind.TABLE),
    "memory": ("memory", ExternKind.MEMORY),
    "global": ("global", ExternKind.GLOBAL),
    "tag": ("tag", ExternKind.TAG),
}
_SEGMENTS: Final = {"elem": "element", "data": "data"}


class _Parser:
    def __init__(self, source: Source, fields: list[Group]) -> None:
        self.source = source
        self.module = Module()
        self.spaces = Spaces(self.module.names)
        self.types = TypeReader(source, self.module, self.spaces)
        self.fields = fields
        self.indices: dict[int, int] = {}
        """Position of a field in the text to its index, from the first pass."""

    def cursor(self, group: Group) -> Cursor:
        return self.types.cursor(group)

    # -- First pass: types and identifiers

    def define_all(self) -> None:
        groups = [field for field in self.fields if field.head in ("type", "rec")]
        for field in groups:
            for one in self._members(field):
                cursor = self.cursor(one)
                self.spaces.define(cursor, "type", cursor.identifier())
        index = 0
        for field in groups:
            members = self._members(field)
            definitions = tuple(self.types.definition(one, index + i) for i, one in enumerate(members))
            if len(definitions) == 1 and field.head == "type":
                self._remember(definitions[0], index)
            index += len(members)
            if definitions:
                self.module.types.append(definitions)
        own_before = ""
        for field in self.fields:
            cursor = self.cursor(field)
            if field.head == "import":
                cursor.name(), cursor.name()
                described = cursor.group("an import's type")
                if own_before:
                    raise self.source.error(field.position, f"an import after a {own_before}; imports come first")
                cursor = self.cursor(described)
                self._define(cursor, described)
            elif field.head in _SPACES:
                imported = self._define(cursor, field)
                own_before = own_before if imported else field.head
                if imported and own_before:
                    raise self.source.error(field.position, f"an import after a {own_before}; imports come first")
            elif field.head in _SEGMENTS:
                self.indices[field.position] = self.spaces.define(cursor, _SEGMENTS[field.head], cursor.identifier())
            elif field.head not in ("type", "rec", "export", "start"):
                raise self.source.error(field.position, f"({field.head} …) is no field of a module")

    def _members(self, field: Group) -> list[Group]:
        if field.head == "type":
            return [field]
        cursor, out = self.cursor(field), []
        while cursor.peek() is not None:
            member = cursor.group("(type …)")
            if member.head != "type":
                raise self.source.error(
                    member.position, f"({member.head} …) in a (rec …); only (type …) may stand there"
                )
            out.append(member)
        return out

    def _remember(self, definition: SubType, index: int) -> None:
        if definition.final and not definition.supertypes and isinstance(definition.composite, FunctionType):
            self.types.signatures.setdefault(definition.composite, index)

    def _define(self, cursor: Cursor, field: Group) -> bool:
        """Give an index to a function, table, memory, global or tag; whether it is an inline import."""
        if field.head not in _SPACES:
            raise self.source.error(field.position, f"({field.head} …) cannot be imported")
        self.indices[field.position] = self.spaces.define(cursor, _SPACES[field.head][0], cursor.identifier())
        return any(isinstance(item, Group) and item.head == "import" for item in cursor.items[cursor.index :][:64])

    # -- Second pass: contents

    def fill(self) -> Module:
        readers: dict[str, Callable[[Cursor, int], None]] = {
            "import": self._import,
            "func": self._function,
            "table": self._table,
            "memory": self._memory,
            "global": self._global,
            "tag": self._tag,
            "export": self._export,
            "start": self._start,
            "elem": self._element,
            "data": self._data,
        }
        for field in self.fields:
            if field.head in readers:
                cursor = self.cursor(field)
                if field.head in _SPACES or field.head in _SEGMENTS:
                    cursor.identifier()
                if field.head in _SPACES and self._inline(cursor, field.head, self.indices[field.position]):
                    continue
                readers[field.head](cursor, self.indices.get(field.position, 0))
        self.module.types += [(SubType(signature),) for signature in self.types.implicit]
        return self.module

    def _inline(self, cursor: Cursor, head: str, index: int) -> bool:
        """Inline exports, and an inline import if there is one: then the field is done."""
        for export in cursor.groups("export"):
            inner = self.cursor(export)
            self.module.exports.append(Export(inner.name(), _SPACES[head][1], index))
            inner.end()
        if cursor.peek_head() != "import":
            return False
        inner = self.cursor(cursor.group("import"))
        module, name = inner.name(), inner.name()
        inner.end()
        self._described(module, name, head, cursor, index)
        return True

    def _import(self, cursor: Cursor, index: int) -> None:
        module, name = cursor.name(), cursor.name()
        described = cursor.group("an import's type")
        cursor.end()
        inner = self.cursor(described)
        inner.identifier()
        self._described(module, name, described.head, inner, self.indices[described.position])

    def _described(self, module: str, name: str, head: str, cursor: Cursor, index: int) -> None:
        match head:
            case "func":
                use, _, names = self.types.type_use(cursor)
                self._name_locals(index, names)
                self.module.imports.append(Import(module, name, ExternKind.FUNCTION, use))
            case "tag":
                self.module.imports.append(Import(module, name, ExternKind.TAG, self.types.type_use(cursor)[0]))
            case "table":
                self.module.imports.append(Import(module, name, ExternKind.TABLE, self.types.table(cursor)))
            case "memory":
                self.module.imports.append(Import(module, name, ExternKind.MEMORY, self.types.limits(cursor)))
            case _:
                self.module.imports.append(Import(module, name, ExternKind.GLOBAL, self.types.global_(cursor)))
        cursor.end()

    def _name_locals(self, index: int, names: dict[int, str]) -> None:
        if names:
            self.module.names.locals[index] = names

    def _expression(self, cursor: Cursor) -> Expression:
        reader = InstructionReader(self.types, {})
        reader.sequence(cursor)
        return reader.out

    def _function(self, cursor: Cursor, index: int) -> None:
        use, signature, names = self.types.type_use(cursor)
        locals_: list[ValueType] = []
        for group in cursor.groups("local"):
            inner = self.cursor(group)
            identifier = inner.identifier()
            if identifier is not None:
                names[len(signature.parameters) + len(locals_)] = identifier
                locals_.append(self.types.value(inner))
                inner.end()
            else:
                locals_ += self.types.values(group)
        known: dict[str, int] = {}
        for number, name in names.items():
            if name in known:
                raise cursor.error(f"local ${name} is defined twice")
            known[name] = number
        self._name_locals(index, names)
        reader = InstructionReader(self.types, known)
        reader.sequence(cursor)
        if reader.label_names:
            self.module.names.labels[index] = reader.label_names
        self.module.functions.append(Function(use, locals_, reader.out))

    def _table(self, cursor: Cursor, index: int) -> None:
        # `(table reftype (elem …))` is a table of the segment's size (§6.6.4).
        wide = cursor.peek_word() == "i64"
        start = cursor.index
        cursor.index += wide
        if not cursor.peek_word()[:1].isdigit():
            element = self.types.reference(cursor)
            segment = self.cursor(cursor.group("(elem …)"))
            items = self._items(segment, element)
            cursor.end()
            self.module.tables.append(Table(TableType(element, Limits(len(items), len(items), wide))))
            offset: Expression = [("i64.const" if wide else "i32.const", 0)]
            plain = all(len(item) == 1 and item[0][0] == "ref.func" for item in items)
            held = Ref(False, FUNC) if plain and element == FUNCREF else element
            self.module.elements.append(Element(held, items, SegmentMode.ACTIVE, index, offset))
            return
        cursor.index = start
        type_ = self.types.table(cursor)
        initial = self._expression(cursor) if cursor.peek() is not None else None
        self.module.tables.append(Table(type_, initial))

    def _memory(self, cursor: Cursor, index: int) -> None:
        wide = cursor.peek_word() == "i64"
        following = cursor.items[cursor.index + wide] if cursor.index + wide < len(cursor.items) else None
        if isinstance(following, Group) and following.head == "data":
            cursor.index += wide
            content = self.cursor(cursor.group("(data …)")).strings()
            cursor.end()
            pages = -(-len(content) // PAGE_BYTES)
            self.module.memories.append(Limits(pages, pages, wide))
            offset: Expression = [("i64.const" if wide else "i32.const", 0)]
            self.module.data.append(Data(content, SegmentMode.ACTIVE, index, offset))
            return
        self.module.memories.append(self.types.limits(cursor))
        cursor.end()

    def _global(self, cursor: Cursor, index: int) -> None:
        type_ = self.types.global_(cursor)
        self.module.globals.append(Global(type_, self._expression(cursor)))

    def _tag(self, cursor: Cursor, index: int) -> None:
        self.module.tags.append(self.types.type_use(cursor)[0])
        cursor.end()

    def _export(self, cursor: Cursor, index: int) -> None:
        name = cursor.name()
        described = cursor.group("(func …), (table …), (memory …), (global …) or (tag …)")
        cursor.end()
        if described.head not in _SPACES:
            raise self.source.error(described.position, f"({described.head} …) cannot be exported")
        space, kind = _SPACES[described.head]
        inner = self.cursor(described)
        self.module.exports.append(Export(name, kind, self.spaces.use(inner, space)))
        inner.end()

    def _start(self, cursor: Cursor, index: int) -> None:
        if self.module.start is not None:
            raise cursor.error("a module has one start function")
        self.module.start = self.spaces.use(cursor, "function")
        cursor.end()

    def _offset(self, cursor: Cursor) -> Expression:
        group = cursor.group("(offset …) or a folded instruction")
        if group.head == "offset":
            return self._expression(self.cursor(group))
        reader = InstructionReader(self.types, {})
        reader.folded(group)
        return reader.out

    def _use(self, cursor: Cursor, head: str, space: str) -> int:
        """`(table x)` or `(memory x)`, 0 where it is left out."""
        if cursor.peek_head() != head:
            return 0
        inner = self.cursor(cursor.group(f"({head} …)"))
        index = self.spaces.use(inner, space)
        inner.end()
        return index

    def _items(self, cursor: Cursor, element: Ref) -> list[Expression]:
        items: list[Expression] = []
        while cursor.peek() is not None:
            if isinstance(cursor.peek(), Word):
                items.append([("ref.func", self.spaces.use(cursor, "function"))])
                continue
            group = cursor.group("an element")
            if group.head == "item":
                items.append(self._expression(self.cursor(group)))
            else:
                reader = InstructionReader(self.types, {})
                reader.folded(group)
                items.append(reader.out)
        return items

    def _element(self, cursor: Cursor, index: int) -> None:
        mode, table, offset = SegmentMode.PASSIVE, 0, []
        if cursor.keyword("declare"):
            mode = SegmentMode.DECLARATIVE
        elif cursor.peek_head() == "table" or (isinstance(cursor.peek(), Group) and cursor.peek_head() != "ref"):
            mode = SegmentMode.ACTIVE
            table = self._use(cursor, "table", "table")
            offset = self._offset(cursor)
        if cursor.keyword("func") or self.spaces.has_use(cursor) or cursor.peek() is None:
            type_ = Ref(False, FUNC)
        else:
            type_ = self.types.reference(cursor)
        self.module.elements.append(Element(type_, self._items(cursor, type_), mode, table, offset))

    def _data(self, cursor: Cursor, index: int) -> None:
        if not isinstance(cursor.peek(), Group):
            self.module.data.append(Data(cursor.strings()))
            return
        memory = self._use(cursor, "memory", "memory")
        offset = self._offset(cursor)
        self.module.data.append(Data(cursor.strings(), SegmentMode.ACTIVE, memory, offset))


def parse_module(text: str) -> Module:
    """The module that `text` spells: `(module …)`, or its fields alone.

    Raises:
        TextError: with line and column.
    """
    source = Source(text)
    nodes = source.nodes()
    name = None
    if len(nodes) == 1 and isinstance(nodes[0], Group) and nodes[0].head == "module":
        cursor = Cursor(source, nodes[0])
        name = cursor.identifier()
        nodes = cursor.items[cursor.index :]
    fields = []
    for node in nodes:
        if isinstance(node, Word):
            raise source.error(node.position, f"{node.text} where a field of a module is needed")
        fields.append(node)
    parser = _Parser(source, fields)
    parser.module.names.module = name
    parser.define_all()
    return parser.fill()
