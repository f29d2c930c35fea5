"""Validation of a whole module.

Source: WebAssembly 3.0 §3.5 (modules), §3.2 (types).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engines.rustwasm.wasm.module import (
    Data,
    Element,
    Export,
    Expression,
    ExternKind,
    Function,
    Module,
    SegmentMode,
    Table,
)
from engines.rustwasm.wasm.types import I32, I64, GlobalType, Limits, TableType
from engines.rustwasm.wasm.validate.body import BodyValidator, validate_constant
from engines.rustwasm.wasm.validate.context import Context
from engines.rustwasm.wasm.validate.types import InvalidModuleError, defaultable

__all__ = ["InvalidModuleError", "validate", "validate_function"]

MAX_PAGES: Final = {I32: 1 << 16, I64: 1 << 48}
"""Pages of a memory, by address type (§3.2.16)."""

MAX_ENTRIES: Final = {I32: (1 << 32) - 1, I64: (1 << 64) - 1}
"""Entries of a table, by address type (§3.2.17)."""


def _check_limits(limits: Limits, most: int, where: str) -> None:
    for size in (limits.minimum, limits.maximum):
        if size is not None and size > most:
            raise InvalidModuleError(f"{where}: size {size}; at most {most}")
    if limits.maximum is not None and limits.minimum > limits.maximum:
        raise InvalidModuleError(f"{where}: minimum {limits.minimum} is over the maximum {limits.maximum}")


class _ModuleValidator:
    """Builds the context in the order in which definitions may refer to each other, then checks bodies."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.context = Context()

    def run(self) -> None:
        module, context = self.module, self.context
        for group in module.types:
            context.types.add(group)
        self._imports()
        context.functions += [function.type for function in module.functions]
        for index, type_ in enumerate(context.functions):
            context.types.function(type_, f"function {index}")
        context.data = len(module.data)
        context.declared = set(self._declared())
        context.elements = [segment.type for segment in module.elements]
        # Constant expressions see the imported globals and the module's own that come before them (§3.5.13).
        own = iter(module.globals)
        tables = module.tables
        for table in tables:
            self._table(table)
        context.tables += [table.type for table in tables]
        for memory in module.memories:
            self._memory(memory, f"memory {len(context.memories)}")
            context.memories.append(memory)
        for tag in module.tags:
            self._tag(tag)
        for one in own:
            where = f"global {len(context.globals)}"
            context.types.check(one.type.value, where)
            validate_constant(context, one.initial, one.type.value, where)
            context.globals.append(one.type)
        for index, segment in enumerate(module.elements):
            self._element(segment, f"element segment {index}")
        for index, data in enumerate(module.data):
            self._data(data, f"data segment {index}")
        self._start()
        self._exports()
        imported = len(context.functions) - len(module.functions)
        for index, function in enumerate(module.functions, imported):
            validate_function(context, function, f"function {index}")

    def _imports(self) -> None:
        context = self.context
        for one in self.module.imports:
            where = f"import {one.module}.{one.name}"
            match one.type:
                case TableType():
                    self._table_type(one.type, where)
                    context.tables.append(one.type)
                case Limits():
                    self._memory(one.type, where)
                    context.memories.append(one.type)
                case GlobalType():
                    context.types.check(one.type.value, where)
                    context.globals.append(one.type)
                case int() if one.kind is ExternKind.TAG:
                    self._tag(one.type)
                case int():
                    context.types.function(one.type, where)
                    context.functions.append(one.type)

    def _declared(self) -> Iterator[int]:
        """Functions that `ref.func` may name in bodies: those that occur outside them (§3.5.12)."""
        module = self.module
        for export in module.exports:
            if export.kind is ExternKind.FUNCTION:
                yield export.index
        outside: list[Expression] = [one.initial for one in module.globals]
        outside += [table.initial for table in module.tables if table.initial is not None]
        outside += [item for segment in module.elements for item in (*segment.items, segment.offset)]
        outside += [segment.offset for segment in module.data]
        for body in outside:
            yield from (one[1] for one in body if one[0] == "ref.func")

    def _memory(self, limits: Limits, where: str) -> None:
        _check_limits(limits, MAX_PAGES[limits.address], where)

    def _table_type(self, type_: TableType, where: str) -> None:
        self.context.types.check(type_.element, where)
        _check_limits(type_.limits, MAX_ENTRIES[type_.limits.address], where)

    def _table(self, table: Table) -> None:
        where = f"table of {self.module.tables.index(table)}"
        self._table_type(table.type, where)
        if table.initial is not None:
            validate_constant(self.context, table.initial, table.type.element, where)
        elif not defaultable(table.type.element):
            raise InvalidModuleError(f"{where}: its element type has no default value and it has no initial value")

    def _tag(self, type_: int) -> None:
        where = f"tag {len(self.context.tags)}"
        if self.context.types.function(type_, where).results:
            raise InvalidModuleError(f"{where}: its type {type_} has results")
        self.context.tags.append(type_)

    def _element(self, segment: Element, where: str) -> None:
        context = self.context
        context.types.check(segment.type, where)
        for item in segment.items:
            validate_constant(context, item, segment.type, where)
        if segment.mode is SegmentMode.ACTIVE:
            table = context.at(context.tables, segment.table, "table", where)
            if not context.types.matches(segment.type, table.element):
                raise InvalidModuleError(f"{where}: its type does not match table {segment.table}")
            validate_constant(context, segment.offset, table.limits.address, where)

    def _data(self, segment: Data, where: str) -> None:
        if segment.mode is SegmentMode.ACTIVE:
            memory = self.context.at(self.context.memories, segment.memory, "memory", where)
            validate_constant(self.context, segment.offset, memory.address, where)

    def _start(self) -> None:
        if self.module.start is None:
            return
        type_ = self.context.at(self.context.functions, self.module.start, "function", "start")
        signature = self.context.types.function(type_, "start")
        if signature.parameters or signature.results:
            raise InvalidModuleError(f"start: function {self.module.start} has parameters or results")

    def _exports(self) -> None:
        context = self.context
        sizes = {
            ExternKind.FUNCTION: len(context.functions),
            ExternKind.TABLE: len(context.tables),
            ExternKind.MEMORY: len(context.memories),
            ExternKind.GLOBAL: len(context.globals),
            ExternKind.TAG: len(context.tags),
        }
        seen: set[str] = set()
        for export in self.module.exports:
            self._export(export, sizes[export.kind], seen)

    @staticmethod
    def _export(export: Export, size: int, seen: set[str]) -> None:
        if export.name in seen:
            raise InvalidModuleError(f"export {export.name!r} occurs twice")
        seen.add(export.name)
        if export.index >= size:
            raise InvalidModuleError(
                f"export {export.name!r}: {export.kind.name.lower()} {export.index}; there are {size}"
            )


def validate_function(context: Context, function: Function, where: str) -> None:
    """Check one function's locals and body.

    Raises:
        InvalidModuleError: with the place, what was found, and what is needed.
    """
    types = context.types
    signature = types.function(function.type, where)
    for type_ in function.locals:
        types.check(type_, where)
    locals_ = (*signature.parameters, *function.locals)
    BodyValidator(context, locals_, signature.results, where, len(signature.parameters)).run(function.body)


def validate(module: Module) -> Context:
    """Check a module; gives the context in which its functions are valid.

    Raises:
        InvalidModuleError: with the place, what was found, and what is needed.
    """
    validator = _ModuleValidator(module)
    validator.run()
    return validator.context
