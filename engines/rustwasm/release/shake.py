"""Remove what nothing reaches: functions, types, globals, tables, memories, tags and segments.

Roots are exports, the start function, and active segments of memories and tables that are reached. A recursive group
stays whole. What is left keeps its order, except that functions and single types that are named often come first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from engines.rustwasm.release.references import (
    definition,
    expression,
    uses_of,
    uses_of_type,
    uses_of_value_type,
    value_type,
)
from engines.rustwasm.wasm.module import (
    Data,
    Element,
    Export,
    ExternKind,
    Function,
    Global,
    Import,
    Module,
    Names,
    SegmentMode,
    Table,
)
from engines.rustwasm.wasm.types import GlobalType, Limits, Ref, TableType

_SPACES = {
    ExternKind.FUNCTION: "function",
    ExternKind.TABLE: "table",
    ExternKind.MEMORY: "memory",
    ExternKind.GLOBAL: "global",
    ExternKind.TAG: "tag",
}


class _Reached:
    """The definitions that are reached, by space and index."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.types = module.defined_types()
        self.groups: list[range] = []
        start = 0
        for group in module.types:
            self.groups += [range(start, start + len(group))] * len(group)
            start += len(group)
        self.imports: dict[str, list[Import]] = defaultdict(list)
        for one in module.imports:
            self.imports[_SPACES[one.kind]].append(one)
        self.kept: dict[str, set[int]] = defaultdict(set)
        self.todo: list[tuple[str, int]] = []

    def need(self, uses: Iterable[tuple[str, int]]) -> None:
        for space, index in uses:
            if index not in self.kept[space]:
                self.kept[space].add(index)
                self.todo.append((space, index))

    def run(self) -> None:
        module = self.module
        self.need((_SPACES[export.kind], export.index) for export in module.exports)
        if module.start is not None:
            self.need([("function", module.start)])
        while self.todo:
            while self.todo:
                space, index = self.todo.pop()
                self.need(self._of(space, index))
            # A segment is needed once its memory or table is, if it does anything.
            for number, data in enumerate(module.data):
                if data.mode is SegmentMode.ACTIVE and data.memory in self.kept["memory"] and data.content:
                    self.need([("data", number)])
            for number, segment in enumerate(module.elements):
                if segment.mode is SegmentMode.ACTIVE and segment.table in self.kept["table"]:
                    self.need([("element", number)])

    def _of(self, space: str, index: int) -> Iterable[tuple[str, int]]:
        module = self.module
        if space == "type":
            for member in self.groups[index]:
                yield "type", member
                for other in uses_of_type(self.types[member]):
                    yield "type", other
            return
        if space == "data":
            yield from uses_of(module.data[index].offset)
            if module.data[index].mode is SegmentMode.ACTIVE:
                yield "memory", module.data[index].memory
            return
        if space == "element":
            yield from self._element(module.elements[index])
            return
        imports = self.imports[space]
        if index < len(imports):
            yield from self._imported(imports[index])
            return
        index -= len(imports)
        match space:
            case "function":
                function = module.functions[index]
                yield "type", function.type
                for local in function.locals:
                    yield from uses_of_value_type(local)
                yield from uses_of(function.body)
            case "global":
                yield from uses_of_value_type(module.globals[index].type.value)
                yield from uses_of(module.globals[index].initial)
            case "table":
                yield from uses_of_value_type(module.tables[index].type.element)
                yield from uses_of(module.tables[index].initial or [])
            case "tag":
                yield "type", module.tags[index]

    def _element(self, segment: Element) -> Iterable[tuple[str, int]]:
        yield from uses_of_value_type(segment.type)
        yield from uses_of(segment.offset)
        for item in segment.items:
            yield from uses_of(item)
        if segment.mode is SegmentMode.ACTIVE:
            yield "table", segment.table

    @staticmethod
    def _imported(one: Import) -> Iterable[tuple[str, int]]:
        match one.type:
            case int():
                yield "type", one.type
            case TableType():
                yield from uses_of_value_type(one.type.element)
            case GlobalType():
                yield from uses_of_value_type(one.type.value)


def _referenced_functions(module: Module, kept: set[int]) -> set[int]:
    """Functions that bodies name by `ref.func` and nothing else declares (§3.5.12)."""
    imported = len(module.imported(ExternKind.FUNCTION))
    return {
        one[1]
        for number, function in enumerate(module.functions, imported)
        if number in kept
        for one in function.body
        if one[0] == "ref.func"
    }


def shake(module: Module) -> Module:
    """The module without what nothing reaches."""
    reached = _Reached(module)
    reached.run()
    kept = reached.kept
    declared = [number for number, segment in enumerate(module.elements) if segment.mode is SegmentMode.DECLARATIVE]
    needed = _referenced_functions(module, kept["function"])
    maps = {space: _numbering(module, reached, space) for space in ("function", "table", "memory", "global", "tag")}
    maps["type"] = _type_numbering(module, reached)
    maps["data"] = {old: new for new, old in enumerate(sorted(kept["data"]))}
    maps["element"] = {old: new for new, old in enumerate(sorted(kept["element"] - set(declared)))}

    def renumber(space: str, index: int) -> int:
        return maps[space][index]

    def order(space: str, count: int) -> list[int]:
        """Own definitions of a space that are kept, in their new order, counted from the first own one."""
        first = len(reached.imports[space])
        return sorted((i for i in range(count) if first + i in maps[space]), key=lambda i: maps[space][first + i])

    out = Module(customs=module.customs, names=_names(module.names, maps))
    out.types = _types(module, maps["type"])
    for one in module.imports:
        space = _SPACES[one.kind]
        index = reached.imports[space].index(one)
        if index in maps[space]:
            out.imports.append(Import(one.module, one.name, one.kind, _import_type(one, renumber)))
    for i in order("function", len(module.functions)):
        function = module.functions[i]
        locals_ = [value_type(local, renumber) for local in function.locals]
        out.functions.append(Function(renumber("type", function.type), locals_, expression(function.body, renumber)))
    for i in order("table", len(module.tables)):
        table = module.tables[i]
        initial = None if table.initial is None else expression(table.initial, renumber)
        element = value_type(table.type.element, renumber)
        assert isinstance(element, Ref)
        out.tables.append(Table(TableType(element, table.type.limits), initial))
    out.memories = [module.memories[i] for i in order("memory", len(module.memories))]
    out.tags = [renumber("type", module.tags[i]) for i in order("tag", len(module.tags))]
    for i in order("global", len(module.globals)):
        type_ = module.globals[i].type
        out.globals.append(
            Global(
                GlobalType(value_type(type_.value, renumber), type_.mutable),
                expression(module.globals[i].initial, renumber),
            )
        )
    out.exports = [Export(one.name, one.kind, renumber(_SPACES[one.kind], one.index)) for one in module.exports]
    out.start = None if module.start is None else renumber("function", module.start)
    for i in sorted(maps["element"]):
        out.elements.append(_element(module.elements[i], renumber))
    _declare(out, {renumber("function", index) for index in needed})
    for i in sorted(maps["data"]):
        data = module.data[i]
        active = data.mode is SegmentMode.ACTIVE
        memory = renumber("memory", data.memory) if active else 0
        out.data.append(Data(data.content, data.mode, memory, expression(data.offset, renumber)))
    return out


def _declare(module: Module, needed: set[int]) -> None:
    """Declare the functions that bodies refer to and nothing outside them names."""
    known = {export.index for export in module.exports if export.kind is ExternKind.FUNCTION}
    for segment in module.elements:
        known |= {one[1] for item in segment.items for one in item if one[0] == "ref.func"}
    for one in module.globals:
        known |= {each[1] for each in one.initial if each[0] == "ref.func"}
    missing = sorted(needed - known)
    if missing:
        items = [[("ref.func", index)] for index in missing]
        module.elements.append(Element(Ref(False, -0x10), items, SegmentMode.DECLARATIVE))


def _import_type(one: Import, renumber) -> int | TableType | Limits | GlobalType:  # type: ignore[no-untyped-def]
    match one.type:
        case int():
            index: int = renumber("type", one.type)
            return index
        case TableType():
            element = value_type(one.type.element, renumber)
            assert isinstance(element, Ref)
            return TableType(element, one.type.limits)
        case GlobalType():
            return GlobalType(value_type(one.type.value, renumber), one.type.mutable)
    return one.type


def _element(segment: Element, renumber) -> Element:  # type: ignore[no-untyped-def]
    type_ = value_type(segment.type, renumber)
    assert isinstance(type_, Ref)
    active = segment.mode is SegmentMode.ACTIVE
    return Element(
        type_,
        [expression(item, renumber) for item in segment.items],
        segment.mode,
        renumber("table", segment.table) if active else 0,
        expression(segment.offset, renumber),
    )


def _use_counts(module: Module, kept: set[int]) -> Counter[tuple[str, int]]:
    imported = len(module.imported(ExternKind.FUNCTION))
    counts: Counter[tuple[str, int]] = Counter()
    for number, function in enumerate(module.functions, imported):
        if number in kept:
            counts.update(uses_of(function.body))
            counts["type", function.type] += 1
    return counts


def _numbering(module: Module, reached: _Reached, space: str) -> dict[int, int]:
    imported = len(reached.imports[space])
    kept = sorted(reached.kept[space])
    own = [index for index in kept if index >= imported]
    if space == "function":
        counts = _use_counts(module, reached.kept["function"])
        own.sort(key=lambda index: -counts["function", index])
    ordered = [index for index in kept if index < imported] + own
    return {old: new for new, old in enumerate(ordered)}


def _type_numbering(module: Module, reached: _Reached) -> dict[int, int]:
    """Groups stay in order, for a type may only name what comes before its group; plain function types that name no
    other type come first, by use."""
    counts = _use_counts(module, reached.kept["function"])
    plain: list[range] = []
    rest: list[range] = []
    start = 0
    for group in module.types:
        members = range(start, start + len(group))
        start += len(group)
        if members[0] not in reached.kept["type"]:
            continue
        alone = len(group) == 1 and not list(uses_of_type(group[0])) and group[0].final
        (plain if alone else rest).append(members)
    plain.sort(key=lambda members: -counts["type", members[0]])
    ordered = [index for members in (*plain, *rest) for index in members]
    return {old: new for new, old in enumerate(ordered)}


def _types(module: Module, numbering: dict[int, int]) -> list:  # type: ignore[type-arg]
    groups = []
    start = 0
    for group in module.types:
        if start in numbering:
            renumbered = tuple(definition(one, lambda _, index: numbering[index]) for one in group)
            groups.append((numbering[start], renumbered))
        start += len(group)
    return [group for _, group in sorted(groups, key=lambda pair: pair[0])]


def _names(names: Names, maps: dict[str, dict[int, int]]) -> Names:
    def flat(space: str, old: dict[int, str]) -> dict[int, str]:
        return {maps[space][index]: name for index, name in sorted(old.items()) if index in maps[space]}

    return Names(
        module=names.module,
        functions=flat("function", names.functions),
        types=flat("type", names.types),
        tables=flat("table", names.tables),
        memories=flat("memory", names.memories),
        globals=flat("global", names.globals),
        data=flat("data", names.data),
        tags=flat("tag", names.tags),
    )
