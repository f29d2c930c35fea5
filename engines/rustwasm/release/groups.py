"""Recursive groups of types split into the smallest ones: types stand together only where each needs the other.

What is alone can be shared with an equal type and left out where nobody needs it. Types that were told apart by their
place in a group alone become equal: only for code that never counts on a cast to fail.
"""

from __future__ import annotations

from dataclasses import replace

from engines.rustwasm.release import references
from engines.rustwasm.wasm.module import Element, Expression, Function, Global, Import, Module, Table
from engines.rustwasm.wasm.types import GlobalType, Limits, Ref, SubType, TableType, ValueType


def split_groups(module: Module) -> Module:
    """The module with minimal recursive groups, those that others need first."""
    if all(len(group) == 1 for group in module.types):
        return module
    definitions = module.defined_types()
    groups = _components([list(references.uses_of_type(one)) for one in definitions])
    numbers = {old: new for new, old in enumerate(index for group in groups for index in group)}

    def renumber(space: str, index: int) -> int:
        return numbers[index] if space == "type" else index

    return _renumbered(module, [[definitions[one] for one in group] for group in groups], renumber)


def _components(uses: list[list[int]]) -> list[list[int]]:
    """Strongly connected components, those that others use first (R. Tarjan, 1972), each in order of its numbers."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    open_: list[int] = []
    waiting: set[int] = set()
    out: list[list[int]] = []
    for start in range(len(uses)):
        if start in order:
            continue
        work = [(start, iter(uses[start]))]
        order[start] = low[start] = len(order)
        open_.append(start)
        waiting.add(start)
        while work:
            one, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[one])
                if low[one] == order[one]:
                    at = open_.index(one)
                    out.append(sorted(open_[at:]))
                    waiting.difference_update(open_[at:])
                    del open_[at:]
            elif following not in order:
                order[following] = low[following] = len(order)
                open_.append(following)
                waiting.add(following)
                work.append((following, iter(uses[following])))
            elif following in waiting:
                low[one] = min(low[one], order[following])
    return out


def _renumbered(module: Module, groups: list[list[SubType]], renumber: references.Renumber) -> Module:
    def body(expression: Expression) -> Expression:
        return references.expression(expression, renumber)

    def value(type_: ValueType) -> ValueType:
        return references.value_type(type_, renumber)

    def reference(type_: Ref) -> Ref:
        found = value(type_)
        assert isinstance(found, Ref)
        return found

    out = replace(module)
    out.types = [tuple(references.definition(one, renumber) for one in group) for group in groups]
    out.functions = [
        Function(renumber("type", one.type), [value(t) for t in one.locals], body(one.body)) for one in module.functions
    ]
    out.globals = [
        Global(GlobalType(value(one.type.value), one.type.mutable), body(one.initial)) for one in module.globals
    ]
    out.tables = [
        Table(
            TableType(reference(one.type.element), one.type.limits), None if one.initial is None else body(one.initial)
        )
        for one in module.tables
    ]
    out.elements = [
        Element(reference(one.type), [body(item) for item in one.items], one.mode, one.table, body(one.offset))
        for one in module.elements
    ]
    out.tags = [renumber("type", one) for one in module.tags]
    out.imports = [Import(one.module, one.name, one.kind, _imported(one, renumber)) for one in module.imports]
    types = {renumber("type", index): name for index, name in module.names.types.items()}
    fields = {renumber("type", index): names for index, names in module.names.fields.items()}
    out.names = replace(module.names, types=types, fields=fields)
    return out


def _imported(one: Import, renumber: references.Renumber) -> int | TableType | Limits | GlobalType:
    if isinstance(one.type, int):
        return renumber("type", one.type)
    if isinstance(one.type, GlobalType):
        return GlobalType(references.value_type(one.type.value, renumber), one.type.mutable)
    if isinstance(one.type, TableType):
        element = references.value_type(one.type.element, renumber)
        assert isinstance(element, Ref)
        return TableType(element, one.type.limits)
    return one.type
