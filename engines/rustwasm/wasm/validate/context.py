"""What instructions may refer to.

Source: WebAssembly 3.0 §3.1.8 (contexts).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from engines.rustwasm.wasm.types import FunctionType, GlobalType, Limits, Ref, TableType
from engines.rustwasm.wasm.validate.types import InvalidModuleError, TypeSpace

Item = TypeVar("Item")


@dataclass
class Context:
    """The index spaces of a module.

    Attributes:
        functions, tags: type indices.
        declared: function indices that `ref.func` may name inside bodies.
    """

    types: TypeSpace = field(default_factory=TypeSpace)
    functions: list[int] = field(default_factory=list)
    tables: list[TableType] = field(default_factory=list)
    memories: list[Limits] = field(default_factory=list)
    globals: list[GlobalType] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    elements: list[Ref] = field(default_factory=list)
    data: int = 0
    declared: set[int] = field(default_factory=set)

    @staticmethod
    def at(space: Sequence[Item], index: int, what: str, where: str) -> Item:
        """Item `index` of an index space.

        Raises:
            InvalidModuleError: there is none.
        """
        if index >= len(space):
            raise InvalidModuleError(f"{where}: {what} {index}; the module has {len(space)}")
        return space[index]

    def tag_type(self, index: int, where: str) -> FunctionType:
        return self.types.function(self.at(self.tags, index, "tag", where), where)

    def check_data(self, index: int, where: str) -> None:
        if index >= self.data:
            raise InvalidModuleError(f"{where}: data segment {index}; the module has {self.data}")
