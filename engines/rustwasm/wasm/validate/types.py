"""Equality and subtyping of types.

Recursive groups are equal when they look alike up to the numbering of their own members (iso-recursive equality), so
each group is rolled up to a key in which a member names itself by its place in the group and everything older by its
canonical number; equal keys get equal canonical numbers. Reference types are compared by canonical number from then on.

Source: WebAssembly 3.0 §3.1.7 (rolling and unrolling), §3.3 (matching), §3.2 (valid types).
"""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.wasm.types import (
    ANY,
    ARRAY,
    EQ,
    EXN,
    EXTERN,
    FUNC,
    HEAP_NAMES,
    I8,
    I16,
    I31,
    NOEXN,
    NOEXTERN,
    NOFUNC,
    NONE,
    NUMBER_NAMES,
    REF_SHORTHANDS,
    STRUCT,
    ArrayType,
    CompositeType,
    FieldType,
    FunctionType,
    RecursiveGroup,
    Ref,
    StructType,
    SubType,
    ValueType,
)

MAX_SUBTYPING_DEPTH: Final = 63
"""The longest chain of supertypes that engines accept."""

_ABSTRACT_PARENTS: Final = {
    EQ: (ANY,),
    I31: (EQ, ANY),
    STRUCT: (EQ, ANY),
    ARRAY: (EQ, ANY),
    NONE: (I31, STRUCT, ARRAY, EQ, ANY),
    NOFUNC: (FUNC,),
    NOEXTERN: (EXTERN,),
    NOEXN: (EXN,),
}
_TOPS: Final = {
    **dict.fromkeys((ANY, EQ, I31, STRUCT, ARRAY, NONE), ANY),
    **dict.fromkeys((FUNC, NOFUNC), FUNC),
    **dict.fromkeys((EXTERN, NOEXTERN), EXTERN),
    **dict.fromkeys((EXN, NOEXN), EXN),
}
_BOTTOMS: Final = {ANY: NONE, FUNC: NOFUNC, EXTERN: NOEXTERN, EXN: NOEXN}


class InvalidModuleError(ValueError):
    """A module that is well formed and not valid. The message says where, what was found and what is needed."""


def shown(type_: ValueType | None) -> str:
    """A value type as the text format writes it; `None` is the bottom type of unreachable code."""
    if type_ is None:
        return "any type"
    if isinstance(type_, Ref):
        if type_ in REF_SHORTHANDS:
            return REF_SHORTHANDS[type_]
        heap = HEAP_NAMES.get(type_.heap, str(type_.heap))
        return f"(ref {'null ' if type_.nullable else ''}{heap})"
    return NUMBER_NAMES.get(type_, str(type_))


class TypeSpace:
    """The type index space of a module under construction."""

    def __init__(self) -> None:
        self.definitions: list[SubType] = []
        self.canonical: list[int] = []
        """Type index to canonical number; equal types have equal numbers."""
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._depth: list[int] = []
        self._ancestors: list[frozenset[int]] = []
        """Type index to the canonical numbers of itself and its declared supertypes."""
        self._next = 0

    def __len__(self) -> int:
        return len(self.definitions)

    # -- Definitions

    def add(self, group: RecursiveGroup) -> None:
        """Check a group and append its types.

        Raises:
            InvalidModuleError: a type refers beyond the group, or is no legal subtype of its supertype.
        """
        start = len(self.definitions)
        self.definitions += group
        key = tuple(self._rolled(definition, start) for definition in group)
        number = self._numbers.get(key)
        if number is None:
            number = self._next
            self._numbers[key] = number
            self._next += len(group)
        self.canonical += range(number, number + len(group))
        for index, definition in enumerate(group, start):
            self._ancestors.append(frozenset((self.canonical[index],)))
            self._depth.append(0)
            self._check_supertypes(index, definition)
        for index in range(start, len(self.definitions)):
            self._check_structure(index)

    def _rolled(self, definition: SubType, start: int) -> tuple[Any, ...]:
        end = len(self.definitions)

        def index(value: int) -> Any:
            if value < 0:
                return value
            if value >= end:
                raise InvalidModuleError(
                    f"type {start}: type index {value} is beyond its group; known are 0 to {end - 1}"
                )
            return ("own", value - start) if value >= start else ("old", self.canonical[value])

        def type_(value: ValueType) -> Any:
            return (value.nullable, index(value.heap)) if isinstance(value, Ref) else value

        def field(value: FieldType) -> Any:
            return type_(value.storage), value.mutable

        match definition.composite:
            case FunctionType(parameters, results):
                rolled: tuple[Any, ...] = ("func", tuple(map(type_, parameters)), tuple(map(type_, results)))
            case StructType(fields):
                rolled = ("struct", tuple(map(field, fields)))
            case ArrayType(element):
                rolled = ("array", field(element))
        return definition.final, tuple(index(value) for value in definition.supertypes), rolled

    def _check_supertypes(self, index: int, definition: SubType) -> None:
        if len(definition.supertypes) > 1:
            raise InvalidModuleError(
                f"type {index} has {len(definition.supertypes)} supertypes; at most one is allowed"
            )
        for parent in definition.supertypes:
            if parent >= index:
                raise InvalidModuleError(f"type {index}: its supertype {parent} is not defined before it")
            if self.definitions[parent].final:
                raise InvalidModuleError(f"type {index}: its supertype {parent} is final")
            self._depth[index] = self._depth[parent] + 1
            if self._depth[index] > MAX_SUBTYPING_DEPTH:
                raise InvalidModuleError(f"type {index}: more than {MAX_SUBTYPING_DEPTH} supertypes above it")
            self._ancestors[index] |= self._ancestors[parent]

    def _check_structure(self, index: int) -> None:
        """The structure of type `index` matches its supertype's; called once the whole group is known."""
        definition = self.definitions[index]
        for parent in definition.supertypes:
            if not self._composite_matches(definition.composite, self.definitions[parent].composite):
                raise InvalidModuleError(f"type {index} does not match its supertype {parent}")

    def _composite_matches(self, sub: CompositeType, sup: CompositeType) -> bool:
        match sub, sup:
            case FunctionType(), FunctionType():
                return self.all_match(sup.parameters, sub.parameters) and self.all_match(sub.results, sup.results)
            case StructType(), StructType():
                return len(sub.fields) >= len(sup.fields) and all(map(self._field_matches, sub.fields, sup.fields))
            case ArrayType(), ArrayType():
                return self._field_matches(sub.element, sup.element)
        return False

    def _field_matches(self, sub: FieldType, sup: FieldType) -> bool:
        if sub.mutable != sup.mutable or not self._storage_matches(sub.storage, sup.storage):
            return False
        return not sub.mutable or self._storage_matches(sup.storage, sub.storage)

    def _storage_matches(self, sub: ValueType, sup: ValueType) -> bool:
        return sub == sup if sub in (I8, I16) or sup in (I8, I16) else self.matches(sub, sup)

    # -- Matching (§3.3)

    def heap_matches(self, sub: int, sup: int) -> bool:
        if sub == sup:
            return True
        if sub >= 0:
            if sup >= 0:
                return self.canonical[sup] in self._ancestors[sub]
            abstract = self.abstract(sub)
            return abstract == sup or sup in _ABSTRACT_PARENTS.get(abstract, ())
        if sup >= 0:
            return sub == _BOTTOMS[self.top(sup)]
        return sup in _ABSTRACT_PARENTS.get(sub, ())

    def matches(self, sub: ValueType | None, sup: ValueType | None) -> bool:
        """Whether a value of type `sub` may stand where `sup` is wanted; `None` (bottom) matches everything."""
        if sub == sup or sub is None:
            return True
        if isinstance(sub, Ref) and isinstance(sup, Ref):
            return (sup.nullable or not sub.nullable) and self.heap_matches(sub.heap, sup.heap)
        return False

    def all_match(self, sub: tuple[ValueType, ...], sup: tuple[ValueType, ...]) -> bool:
        return len(sub) == len(sup) and all(map(self.matches, sub, sup))

    def abstract(self, heap: int) -> int:
        """The abstract heap type right above a heap type."""
        if heap < 0:
            return heap
        match self.definitions[heap].composite:
            case FunctionType():
                return FUNC
            case StructType():
                return STRUCT
            case ArrayType():
                return ARRAY

    def top(self, heap: int) -> int:
        """The top of a heap type's hierarchy: `ANY`, `FUNC`, `EXTERN` or `EXN`."""
        return _TOPS[self.abstract(heap)]

    # -- Access

    def check(self, type_: ValueType, where: str) -> None:
        """A type's indices exist.

        Raises:
            InvalidModuleError: they do not.
        """
        if isinstance(type_, Ref) and type_.heap >= len(self.definitions):
            raise InvalidModuleError(f"{where}: type index {type_.heap}; the module has {len(self.definitions)} types")

    def composite(self, index: int, where: str) -> CompositeType:
        if not 0 <= index < len(self.definitions):
            raise InvalidModuleError(f"{where}: type index {index}; the module has {len(self.definitions)} types")
        return self.definitions[index].composite

    def function(self, index: int, where: str) -> FunctionType:
        composite = self.composite(index, where)
        if not isinstance(composite, FunctionType):
            raise InvalidModuleError(f"{where}: type {index} is no function type")
        return composite

    def struct(self, index: int, where: str) -> StructType:
        composite = self.composite(index, where)
        if not isinstance(composite, StructType):
            raise InvalidModuleError(f"{where}: type {index} is no struct type")
        return composite

    def array(self, index: int, where: str) -> FieldType:
        composite = self.composite(index, where)
        if not isinstance(composite, ArrayType):
            raise InvalidModuleError(f"{where}: type {index} is no array type")
        return composite.element


def defaultable(type_: ValueType) -> bool:
    """Whether the type has a default value (§3.2.8): everything but non-nullable references."""
    return not (isinstance(type_, Ref) and not type_.nullable)
