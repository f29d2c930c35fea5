"""Types of WebAssembly as small plain data.

Number, vector and packed types and abstract heap types are the negative numbers that the binary format gives them (a
one-byte signed LEB128), a heap type ≥ 0 is a type index, and a reference type is a `Ref`. So a type prints, compares,
hashes and encodes without a lookup.

Source: WebAssembly 3.0 §2.3 (types), §5.3 (their binary format).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

I32: Final = -0x01
I64: Final = -0x02
F32: Final = -0x03
F64: Final = -0x04
V128: Final = -0x05
I8: Final = -0x08
I16: Final = -0x09

NOEXN: Final = -0x0C
NOFUNC: Final = -0x0D
NOEXTERN: Final = -0x0E
NONE: Final = -0x0F
FUNC: Final = -0x10
EXTERN: Final = -0x11
ANY: Final = -0x12
EQ: Final = -0x13
I31: Final = -0x14
STRUCT: Final = -0x15
ARRAY: Final = -0x16
EXN: Final = -0x17

EMPTY: Final = -0x40
"""The block type of a block that takes and leaves nothing."""

NUMBER_NAMES: Final = {I32: "i32", I64: "i64", F32: "f32", F64: "f64", V128: "v128"}
PACKED_NAMES: Final = {I8: "i8", I16: "i16"}
HEAP_NAMES: Final = {
    NOEXN: "noexn",
    NOFUNC: "nofunc",
    NOEXTERN: "noextern",
    NONE: "none",
    FUNC: "func",
    EXTERN: "extern",
    ANY: "any",
    EQ: "eq",
    I31: "i31",
    STRUCT: "struct",
    ARRAY: "array",
    EXN: "exn",
}


class Ref(NamedTuple):
    """A reference type: `(ref null? heap)`. `heap` is a type index or one of the abstract heap types."""

    nullable: bool
    heap: int


ValueType: TypeAlias = int | Ref
"""A number or vector type, or a `Ref`."""

StorageType: TypeAlias = int | Ref
"""A value type, `I8` or `I16`."""

FUNCREF: Final = Ref(True, FUNC)
EXTERNREF: Final = Ref(True, EXTERN)
ANYREF: Final = Ref(True, ANY)
EQREF: Final = Ref(True, EQ)
I31REF: Final = Ref(True, I31)
EXNREF: Final = Ref(True, EXN)

REF_SHORTHANDS: Final = {
    FUNCREF: "funcref",
    EXTERNREF: "externref",
    ANYREF: "anyref",
    EQREF: "eqref",
    I31REF: "i31ref",
    EXNREF: "exnref",
    Ref(True, STRUCT): "structref",
    Ref(True, ARRAY): "arrayref",
    Ref(True, NONE): "nullref",
    Ref(True, NOFUNC): "nullfuncref",
    Ref(True, NOEXTERN): "nullexternref",
    Ref(True, NOEXN): "nullexnref",
}


class FieldType(NamedTuple):
    """What a field of a struct or the elements of an array hold."""

    storage: StorageType
    mutable: bool

    @property
    def unpacked(self) -> ValueType:
        """The type of the field's value on the stack."""
        return I32 if self.storage in (I8, I16) else self.storage


@dataclass(init=False, eq=False)
class FunctionType:
    """What a function takes and gives. Not to be changed once it is made."""

    parameters: tuple[ValueType, ...]
    results: tuple[ValueType, ...]

    def __init__(self, parameters: tuple[ValueType, ...] = (), results: tuple[ValueType, ...] = ()) -> None:
        self.parameters = parameters
        self.results = results

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FunctionType) and self.parameters == other.parameters and self.results == other.results

    def __hash__(self) -> int:
        return hash((self.parameters, self.results))


@dataclass(frozen=True)
class StructType:
    fields: tuple[FieldType, ...] = ()


@dataclass(frozen=True)
class ArrayType:
    element: FieldType


CompositeType: TypeAlias = FunctionType | StructType | ArrayType


@dataclass(frozen=True)
class SubType:
    """A type definition: its structure, its declared supertypes (at most one is valid), and whether it may have
    subtypes."""

    composite: CompositeType
    final: bool = True
    supertypes: tuple[int, ...] = ()


RecursiveGroup: TypeAlias = tuple[SubType, ...]
"""Types that are defined together and may name each other."""


@dataclass(frozen=True)
class Limits:
    """Sizes of a memory in pages or a table in entries; `wide` selects 64-bit addresses."""

    minimum: int
    maximum: int | None = None
    wide: bool = False

    @property
    def address(self) -> int:
        return I64 if self.wide else I32


class TableType(NamedTuple):
    element: Ref
    limits: Limits


class GlobalType(NamedTuple):
    value: ValueType
    mutable: bool
