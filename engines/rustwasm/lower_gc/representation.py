"""How a type of the language is represented: which Wasm value it is, and whether that value has an identity.

Every value is one Wasm value. An *object* (struct, tuple, closure, array, enum with data) is a reference to a struct or
array that belongs to one place alone: moving hands it over, copying copies it, a borrow of the place is that same
reference. Anything else is a *plain* value: numbers, references, boxes, counted pointers. A struct of one field is
represented as that field; an enum of two variants, one empty, the other one reference, as that reference or null.
All references are nullable: access traps on null without a test, and locals need no first value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from engines.rustwasm.lower_linear.layout import pointee_is_fat
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w
from engines.rustwasm.wasm.types import FieldType, ValueType

(
    NUMBER, EMPTY, WIDE, POINTER, SHARED, SLICE, DYN, RAW, FUNCTION, MEMORY, TAG, OPTION, MIXED, STRUCT, ARRAY, ENUM,
) = range(16)  # fmt: skip
"""Kinds. NUMBER: integers, floats, bool, char; EMPTY: no information, 0 where a value must stand; WIDE: a 128-bit
integer in a struct that never changes; POINTER: reference or box: of an object that object, else a cell; SHARED: `&` of
a plain value, which is that value; SLICE, DYN: pointers with a length or table; RAW: pointer to a whole box; MEMORY:
RawArray; TAG: an enum without data; OPTION: a reference or null; MIXED: an enum that is the reference which one variant
holds, or a small integer (`i31`): the number that its other variant holds, or the index of one without data.
STRUCT, ARRAY and ENUM are objects."""

OBJECTS: Final = (STRUCT, ARRAY, ENUM)

SLICE_ARRAY, SLICE_START, SLICE_LENGTH = range(3)
DYN_OBJECT, DYN_TABLE = range(2)
RAW_COUNTS, RAW_VALUE = range(2)
CELL_VALUE, CELL_HOLDER, CELL_KEY, CELL_ACCESS = range(4)
ACCESS_GET, ACCESS_SET = range(2)


@dataclass(frozen=True)
class Slot:
    """Where a field is in its object. `type` is the storage's, `value` that of the field's representation."""

    number: int
    type: ValueType
    value: ValueType


@dataclass(frozen=True)
class Representation:
    """One type's.

    Attributes:
        kind: see above.
        wasm: the type of its values.
        index: of objects, the type index of the struct or array.
        never_null: it is a reference and not null.
        full: of MIXED, the variant that is a reference.
    """

    kind: int
    wasm: ValueType
    index: int = -1
    never_null: bool = False
    full: int = -1

    @property
    def is_object(self) -> bool:
        return self.kind in OBJECTS


_EMPTY: Final = Representation(EMPTY, w.I32)
_SOLE_OWNERS: Final = ("core::cell::Cell", "core::cell::RefCell", "core::cell::OnceCell")


class Representations:
    """Representations of the types of one program, and the Wasm types that they need.

    `fields(type, variant)` gives the types of the fields of a tuple, closure, struct or variant. `singles` are types of
    imports and exports, each a group of its own before the one group of all others.
    """

    def __init__(self, fields: Callable[[Ty, int], tuple[Ty, ...]], singles: list[w.FunctionType]) -> None:
        self.fields = fields
        self.singles = singles
        self.first = len(singles)
        self.composites: list[w.CompositeType | None] = []
        self.names: dict[int, str] = {}
        self._made: dict[object, int] = {}
        self._known: dict[Ty, Representation] = {}
        self._visiting: set[Ty] = set()
        self._forced: set[Ty] = set()
        self._empty: dict[Ty, bool] = {}
        self._slots: dict[Ty, tuple[list[list[Slot | None]], list[ValueType]]] = {}

    # Wasm types

    def reserve(self) -> int:
        """A type index whose type comes later."""
        self.composites.append(None)
        return self.first + len(self.composites) - 1

    def define(self, index: int, composite: w.CompositeType) -> None:
        self.composites[index - self.first] = composite

    def composite(self, index: int) -> w.StructType:
        """A struct type that is defined."""
        found = self.composites[index - self.first]
        assert isinstance(found, w.StructType)
        return found

    def defined(self) -> list[w.CompositeType]:
        """All types from `first` on. Objects that only pointers name are defined now."""
        while True:
            waiting = [key for key, index in self._made.items() if self.composites[index - self.first] is None]
            if not waiting:
                return [one for one in self.composites if one is not None]
            for key in waiting:
                assert isinstance(key, tuple)
                if key[0] == "object":
                    self.slots(key[1])
                else:
                    self.define(self._made[key], w.StructType(()))

    def made(self, key: object, make: Callable[[], w.CompositeType]) -> int:
        """The index of the type that `key` stands for."""
        found = self._made.get(key)
        if found is None:
            composite = make()
            found = self._made.get(key)
            if found is None:
                found = self._made[key] = self.reserve()
                self.define(found, composite)
        return found

    def function_type(self, parameters: tuple[ValueType, ...], results: tuple[ValueType, ...]) -> int:
        return self.made(("function", parameters, results), lambda: w.FunctionType(parameters, results))

    def array_type(self, storage: w.StorageType) -> int:
        """Arrays of this storage."""
        return self.made(("array", storage), lambda: w.ArrayType(FieldType(storage, True)))

    def struct_type(self, key: object, fields: tuple[ValueType, ...], mutable: bool = True) -> int:
        return self.made(key, lambda: w.StructType(tuple([FieldType(one, mutable) for one in fields])))

    def slice_type(self, storage: w.StorageType) -> int:
        """Pointers to slices: array, start, length."""
        array = w.Ref(True, self.array_type(storage))
        return self.struct_type(("slice", storage), (array, w.I32, w.I32), False)

    def access_type(self, value: ValueType) -> int:
        """How a place inside something is read and written: two functions of (holder, key)."""
        getter = self.function_type((w.EQREF, w.I32), (value,))
        setter = self.function_type((w.EQREF, w.I32, value), ())
        return self.struct_type(("access", value), (w.Ref(True, getter), w.Ref(True, setter)), False)

    def cell_type(self, value: ValueType) -> int:
        """A place of a plain value that something points to: its value, or with `access` the place inside a holder."""
        fields = (value, w.EQREF, w.I32, w.Ref(True, self.access_type(value)))
        return self.struct_type(("cell", value), fields)

    def raw_type(self, box: ValueType, counts: ValueType) -> int:
        return self.struct_type(("raw", box), (counts, box))

    def table_type(self, dyn: Ty) -> int:
        """The table of methods of a trait object; `program` defines it when all calls are known."""
        found = self._made.get(("table", dyn))
        if found is None:
            found = self._made["table", dyn] = self.reserve()
        return found

    def dyn_type(self, dyn: Ty) -> int:
        return self.struct_type(("dyn", dyn), (w.EQREF, w.Ref(True, self.table_type(dyn))), False)

    def wide_type(self) -> int:
        return self.struct_type("wide", (w.I64, w.I64), False)

    # Types of the language

    def is_empty(self, ty: Ty) -> bool:
        """Whether all values of the type are the same, so that there is nothing to keep."""
        found = self._empty.get(ty)
        if found is None:
            self._empty[ty] = False  # of a type that contains itself, until known
            kind = ty.kind
            if kind in (t.NEVER, t.FNDEF):
                found = True
            elif kind == t.ARRAY:
                found = False
            elif kind in (t.TUPLE, t.CLOSURE) or (
                kind == t.ADT
                and not ty.data.is_enum
                and not t.is_handle(ty)
                and ty.data.lang not in ("Box", "RawArray")
            ):
                found = all(self.is_empty(one) for one in self.fields(ty, 0))
            else:
                found = False
            self._empty[ty] = found
        return found

    def sole_field(self, ty: Ty) -> int | None:
        """The one field as which a struct or closure is represented."""
        if ty.kind == t.ADT:
            if ty.data.is_enum or t.is_handle(ty) or ty.data.lang in ("Box", "RawArray") or self._owns(ty):
                return None
        elif ty.kind != t.CLOSURE:
            return None
        if self.of(ty).kind == EMPTY:
            return None
        return None if ty in self._forced else self._sole(ty)

    def _owns(self, ty: Ty) -> bool:
        """Whether the place itself is what others share: cells."""
        return ty.data.path in _SOLE_OWNERS or ty.data.path.endswith("$object")

    def _sole(self, ty: Ty) -> int | None:
        held = [i for i, one in enumerate(self.fields(ty, 0)) if not self.is_empty(one)]
        return held[0] if len(held) == 1 else None

    def of(self, ty: Ty) -> Representation:
        """The representation of a sized type without generics."""
        found = self._known.get(ty)
        if found is None:
            if ty in self._visiting:
                self._forced.add(ty)
                return self._object(ty, STRUCT if not (ty.kind == t.ADT and ty.data.is_enum) else ENUM)
            self._visiting.add(ty)
            found = self._make(ty)
            self._visiting.discard(ty)
            if ty in self._forced and not found.is_object:
                found = self._object(ty, STRUCT if not (ty.kind == t.ADT and ty.data.is_enum) else ENUM)
            self._known[ty] = found
        return found

    def _object(self, ty: Ty, kind: int) -> Representation:
        index = self._made.get(("object", ty))
        if index is None:
            index = self._made["object", ty] = self.reserve()
            self.names[index] = t.show(ty)
        return Representation(kind, w.Ref(True, index), index, True)

    def _make(self, ty: Ty) -> Representation:
        kind = ty.kind
        if kind == t.INT:
            bits = ty.data[0]
            if bits == 128:
                return Representation(WIDE, w.Ref(True, self.wide_type()), -1, True)
            return Representation(NUMBER, w.I64 if bits == 64 else w.I32)
        if kind == t.FLOAT:
            return Representation(NUMBER, w.F64 if ty.data == 64 else w.F32)
        if kind in (t.BOOL, t.CHAR):
            return Representation(NUMBER, w.I32)
        if self.is_empty(ty):
            return _EMPTY
        if kind == t.REF:
            return self._reference(ty)
        if kind == t.RAW:
            return Representation(RAW, w.Ref(True, self.raw_of(ty.args[0])), -1, True)
        if kind == t.FNPTR:
            return Representation(FUNCTION, w.Ref(True, self.signature(ty.args[:-1], ty.args[-1])), -1, True)
        if kind == t.ARRAY:
            index = self.array_type(self.storage(ty.args[0]))
            return Representation(ARRAY, w.Ref(True, index), index, True)
        if kind in (t.SLICE, t.STR, t.DYN):
            raise ValueError(f"{t.show(ty)} has no size: only pointers to it are values")
        return self._composite(ty)

    def _composite(self, ty: Ty) -> Representation:
        if ty.kind == t.ADT:
            if ty.data.lang == "RawArray":
                return Representation(MEMORY, w.Ref(True, self.array_type(self.storage(ty.args[0]))), -1, True)
            if ty.data.lang == "Box" or t.is_handle(ty):
                return self.box(t.pointee(ty))
            if ty.data.is_enum:
                return self._enum(ty)
        sole = None
        if ty.kind == t.CLOSURE or (ty.kind == t.ADT and not self._owns(ty)):
            sole = self._sole(ty)
        if sole is not None:
            inner = self.of(self.fields(ty, 0)[sole])
            if ty not in self._forced:
                return inner
        return self._object(ty, STRUCT)

    def _reference(self, ty: Ty) -> Representation:
        pointee = ty.args[0]
        if pointee_is_fat(pointee):
            return self.fat(pointee)
        inner = self.of(pointee)
        if inner.is_object:
            return Representation(POINTER, inner.wasm, -1, True)
        if ty.data:
            return self.box(pointee)
        return Representation(SHARED, inner.wasm, -1, inner.never_null)

    def fat(self, pointee: Ty) -> Representation:
        if pointee.kind == t.DYN:
            return Representation(DYN, w.Ref(True, self.dyn_type(pointee)), -1, True)
        element = t.U8 if pointee.kind == t.STR else pointee.args[0]
        return Representation(SLICE, w.Ref(True, self.slice_type(self.storage(element))), -1, True)

    def box(self, pointee: Ty) -> Representation:
        """What points to a value that may be changed through it."""
        if pointee_is_fat(pointee):
            return self.fat(pointee)
        inner = self.of(pointee)
        if inner.is_object:
            return Representation(POINTER, inner.wasm, -1, True)
        return Representation(POINTER, w.Ref(True, self.cell_type(inner.wasm)), -1, True)

    def of_pointer(self, ty: Ty) -> Representation:
        """Of a sized type its own, of any other that of pointers to it."""
        return self.fat(ty) if pointee_is_fat(ty) else self.of(ty)

    def raw_of(self, pointee: Ty) -> int:
        return self.raw_type(self.box(pointee).wasm, w.Ref(True, self.counts_type()))

    def counts_type(self) -> int:
        """The struct of an Rc's counts; `program` says which type of the library it is."""
        return self.of(self.counts).index

    counts: Ty

    def signature(self, parameters: tuple[Ty, ...], result: Ty) -> int:
        """The Wasm type of functions of these types."""
        return self.function_type(*self.convention(parameters, result))

    def convention(
        self, parameters: tuple[Ty, ...] | list[Ty], result: Ty
    ) -> tuple[tuple[ValueType, ...], tuple[ValueType, ...]]:
        """Wasm parameters and results: empty types are left out."""
        inputs = tuple([self.of(one).wasm for one in parameters if self.of(one).kind != EMPTY])
        return inputs, (() if self.of(result).kind == EMPTY else (self.of(result).wasm,))

    def storage(self, ty: Ty) -> w.StorageType:
        """How elements of an array are kept."""
        ty = self.peel(ty)
        if ty.kind == t.INT and ty.data[0] in (8, 16):
            return w.I8 if ty.data[0] == 8 else w.I16
        if ty.kind == t.BOOL:
            return w.I8
        one = self.of(ty)
        if one.kind == EMPTY or (one.kind == TAG and len(ty.data.variants) <= 128):
            return w.I8
        return one.wasm

    # Enums and fields

    def _enum(self, ty: Ty) -> Representation:
        variants = [self._held(ty, v) for v in range(len(ty.data.variants))]
        if not any(variants):
            return Representation(TAG, w.I32)
        if len(variants) == 2 and not all(variants):
            full = variants[0] or variants[1]
            if len(full) == 1:
                inner = self.of(full[0])
                if inner.never_null and ty not in self._forced:
                    return Representation(OPTION, inner.wasm)
        mixed = -1 if self._owns(ty) else self._full_of_mixed(variants)
        if mixed >= 0 and ty not in self._forced:
            return Representation(MIXED, w.EQREF, -1, True, mixed)
        return self._object(ty, ENUM)

    def _full_of_mixed(self, variants: list[list[Ty]]) -> int:
        """The variant whose reference stands for a value where integers stand for all others; -1 if it is not so."""
        filled = [i for i, held in enumerate(variants) if held]
        if len(filled) > 2 or (len(filled) == 2 < len(variants)) or any(len(held) > 1 for held in variants):
            return -1
        references = [i for i in filled if self._is_told_apart(variants[i][0])]
        numbers = [i for i in filled if self.of(variants[i][0]).kind in (NUMBER, TAG)]
        if len(references) != 1 or len(references) + len(numbers) != len(filled):
            return -1
        return references[0] if all(self.of(variants[i][0]).wasm == w.I32 for i in numbers) else -1

    def _is_told_apart(self, ty: Ty) -> bool:
        """Whether it is a reference to a type of its own, which no integer and no null is."""
        found = self.of(ty)
        return found.never_null and found.kind != FUNCTION and isinstance(found.wasm, w.Ref) and found.wasm.heap >= 0

    def number_of_mixed(self, ty: Ty) -> Ty | None:
        """The type of the number that the other variant of a MIXED holds; None if the others hold nothing."""
        held = [one for v in range(len(ty.data.variants)) if v != self.of(ty).full for one in self._held(ty, v)]
        return held[0] if held else None

    def value_of_mixed(self, ty: Ty, variant: int) -> ValueType:
        """The type of the value that a variant of a MIXED holds."""
        held = self._held(ty, variant)
        return self.of(held[0]).wasm if held else w.I32

    def is_small(self, ty: Ty) -> bool:
        """Whether every value of a NUMBER or TAG fits the 31 bits of an `i31`."""
        ty = self.peel(ty)
        return not (ty.kind == t.INT and ty.data[0] == 32)

    def number_type(self) -> int:
        """What holds a number of 32 bits that does not fit an `i31`."""
        return self.struct_type("number", (w.I32,), False)

    def _held(self, ty: Ty, variant: int) -> list[Ty]:
        return [one for one in self.fields(ty, variant) if not self.is_empty(one)]

    def full_variant(self, ty: Ty) -> int:
        """The variant of an OPTION or MIXED that is a reference."""
        if self.of(ty).kind == MIXED:
            return self.of(ty).full
        return 0 if self._held(ty, 0) else 1

    def slots(self, ty: Ty) -> tuple[list[list[Slot | None]], list[ValueType]]:
        """Of a STRUCT or ENUM: per variant the slots of its fields, and the types of all slots. An enum's first slot is
        the variant's number; variants share the others: numbers of one type, references of one type or of any."""
        found = self._slots.get(ty)
        if found is None:
            found = self._slots[ty] = self._enum_slots(ty) if self.of(ty).kind == ENUM else self._struct_slots(ty)
            fields = tuple([FieldType(one, True) for one in found[1]])
            self.define(self.of(ty).index, w.StructType(fields))
        return found

    def _struct_slots(self, ty: Ty) -> tuple[list[list[Slot | None]], list[ValueType]]:
        types: list[ValueType] = []
        fields: list[Slot | None] = []
        for one in self.fields(ty, 0):
            if self.is_empty(one):
                fields.append(None)
                continue
            wasm = self.of(one).wasm
            fields.append(Slot(len(types), wasm, wasm))
            types.append(wasm)
        return [fields], types

    def _enum_slots(self, ty: Ty) -> tuple[list[list[Slot | None]], list[ValueType]]:
        types: list[ValueType] = [w.I32]
        by_sort: dict[object, list[int]] = {}
        chosen: list[list[tuple[int, ValueType] | None]] = []
        for variant in range(len(ty.data.variants)):
            used: dict[object, int] = {}
            row: list[tuple[int, ValueType] | None] = []
            for one in self.fields(ty, variant):
                if self.is_empty(one):
                    row.append(None)
                    continue
                found = self.of(one)
                is_ref = isinstance(found.wasm, w.Ref)
                sort: object = "ref" if is_ref and found.kind != FUNCTION else found.wasm
                numbers = by_sort.setdefault(sort, [])
                place = used.get(sort, 0)
                used[sort] = place + 1
                if place == len(numbers):
                    numbers.append(len(types))
                    types.append(found.wasm)
                number = numbers[place]
                if types[number] != found.wasm:
                    types[number] = w.EQREF
                row.append((number, found.wasm))
            chosen.append(row)
        fields = [[None if one is None else Slot(one[0], types[one[0]], one[1]) for one in row] for row in chosen]
        return fields, types

    def peel(self, ty: Ty) -> Ty:
        """The type as which a struct of one field is represented."""
        while True:
            sole = self.sole_field(ty)
            if sole is None:
                return ty
            ty = self.fields(ty, 0)[sole]

    def needs_copy(self, ty: Ty) -> bool:
        """Whether a copy must be another object."""
        ty = self.peel(ty)
        one = self.of(ty)
        if one.kind in (OPTION, MIXED):
            return self.needs_copy(self._held(ty, self.full_variant(ty))[0])
        return one.is_object
