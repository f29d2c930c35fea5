"""A module as data: what the binary and the text format both say.

Source: WebAssembly 3.0 §2.5 (modules).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, TypeAlias

from engines.rustwasm.wasm.types import GlobalType, Limits, RecursiveGroup, Ref, SubType, TableType, ValueType

Instruction: TypeAlias = tuple[Any, ...]
"""`(name, *immediates)`: see `ops` for each operation's immediates."""

Expression: TypeAlias = list[Instruction]
"""Instructions without the closing `end`."""


class ExternKind(IntEnum):
    """What an import or export is; the numbers are the binary format's (§5.5.5)."""

    FUNCTION = 0
    TABLE = 1
    MEMORY = 2
    GLOBAL = 3
    TAG = 4


@dataclass
class Import:
    """One import. `type` is a type index for functions and tags, else the table's, memory's or global's type."""

    module: str
    name: str
    kind: ExternKind
    type: int | TableType | Limits | GlobalType


@dataclass
class Function:
    """A function of the module: index of its type, its locals beyond the parameters, its body."""

    type: int
    locals: list[ValueType] = field(default_factory=list)
    body: Expression = field(default_factory=list)


@dataclass
class Table:
    """A table; without `initial` its entries start as null."""

    type: TableType
    initial: Expression | None = None


@dataclass
class Global:
    type: GlobalType
    initial: Expression


@dataclass
class Export:
    name: str
    kind: ExternKind
    index: int


class SegmentMode(IntEnum):
    ACTIVE = 0
    PASSIVE = 1
    DECLARATIVE = 2


@dataclass
class Element:
    """An element segment: `items` are constant expressions; an active one has a table and an offset."""

    type: Ref
    items: list[Expression]
    mode: SegmentMode = SegmentMode.PASSIVE
    table: int = 0
    offset: Expression = field(default_factory=list)


@dataclass
class Data:
    """A data segment: an active one has a memory and an offset."""

    content: bytes
    mode: SegmentMode = SegmentMode.PASSIVE
    memory: int = 0
    offset: Expression = field(default_factory=list)


@dataclass
class CustomSection:
    """A custom section, kept as bytes, and the id of the section that it follows (0: before all)."""

    name: str
    content: bytes
    after: int = 13


@dataclass
class Names:
    """The name section (appendix, §7.4.1): index to name, and per function or type index a map of its own."""

    module: str | None = None
    functions: dict[int, str] = field(default_factory=dict)
    locals: dict[int, dict[int, str]] = field(default_factory=dict)
    types: dict[int, str] = field(default_factory=dict)
    fields: dict[int, dict[int, str]] = field(default_factory=dict)
    tables: dict[int, str] = field(default_factory=dict)
    memories: dict[int, str] = field(default_factory=dict)
    globals: dict[int, str] = field(default_factory=dict)
    elements: dict[int, str] = field(default_factory=dict)
    data: dict[int, str] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)
    labels: dict[int, dict[int, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in dataclasses.fields(self))


@dataclass
class Module:
    """A whole module; index spaces count imports first (§2.5.1)."""

    types: list[RecursiveGroup] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    memories: list[Limits] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    globals: list[Global] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    start: int | None = None
    elements: list[Element] = field(default_factory=list)
    data: list[Data] = field(default_factory=list)
    data_count: bool = False
    """Whether a data count section is present that no instruction needs; one that is needed goes without saying."""
    customs: list[CustomSection] = field(default_factory=list)
    names: Names = field(default_factory=Names)

    def defined_types(self) -> list[SubType]:
        """The type index space."""
        return [definition for group in self.types for definition in group]

    def imported(self, kind: ExternKind) -> list[Import]:
        return [one for one in self.imports if one.kind is kind]
