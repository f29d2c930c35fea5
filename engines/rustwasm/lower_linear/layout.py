"""Where the parts of a value lie in memory, and the Wasm values that it is made of.

A type is a sequence of *parts*: scalars at fixed offsets. A value lives either in memory, or in one Wasm local for each
part; loading and storing it is loading and storing its parts. Structs and tuples have the parts of their fields; fields
are placed by falling alignment, so padding is only at the end. An enum has a tag and the parts of all variants; parts
of two variants with the same place and storage are one. Where parts of different variants overlap otherwise, the value
stays in memory (`parts` is None), as arrays do.

An enum of two variants, one of them empty, whose other has a pointer that is never null, uses null instead of a tag.

`#[repr(C)]` structs keep the order of their fields and are laid out as C does on wasm32.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w

MAX_PARTS: Final = 8
"""Values of more parts stay in memory."""

POINTER_BYTES: Final = 4


class Storage(NamedTuple):
    """How a scalar is kept in memory: Wasm type, bytes, and whether a narrow one is sign extended when loaded."""

    type: int
    bytes: int
    signed: bool = False

    @property
    def load(self) -> str:
        name = w.NUMBER_NAMES[self.type]
        full = 8 if self.type in (w.I64, w.F64) else 4
        if self.bytes == full:
            return f"{name}.load"
        return f"{name}.load{self.bytes * 8}_{'s' if self.signed else 'u'}"

    @property
    def store(self) -> str:
        name = w.NUMBER_NAMES[self.type]
        full = 8 if self.type in (w.I64, w.F64) else 4
        return f"{name}.store" if self.bytes == full else f"{name}.store{self.bytes * 8}"


_accesses: dict[Storage, tuple[str, str, int]] = {}


def access(storage: Storage) -> tuple[str, str, int]:
    """How the storage is loaded and stored, and the exponent of its alignment."""
    found = _accesses.get(storage)
    if found is None:
        found = _accesses[storage] = (storage.load, storage.store, storage.bytes.bit_length() - 1)
    return found


POINTER: Final = Storage(w.I32, POINTER_BYTES)
LENGTH: Final = Storage(w.I32, 4)
TAG: Final = Storage(w.I32, 4)


class Part(NamedTuple):
    """A scalar of a value. `never_null` says that it is a pointer and not zero."""

    offset: int
    storage: Storage
    never_null: bool = False

    def moved(self, by: int) -> Part:
        return Part(self.offset + by, self.storage, self.never_null)


@dataclass(frozen=True)
class Variant:
    """A variant's or struct's fields: where each lies, and which of the value's parts are its own."""

    offsets: tuple[int, ...]
    parts: tuple[tuple[int, ...] | None, ...]
    """Per field the indices of its parts among the whole value's; None where the whole has none."""


class Layout:
    """A type's layout.

    Attributes:
        bytes, alignment: of the value in memory.
        parts: its scalars, or None where it lives in memory only.
        variants: of an ADT, tuple or closure, one entry for a struct.
        tag: index of the part that holds the variant's index; None without one.
        null_variant: the variant that a null pointer in part `niche` stands for.
        wasm: the Wasm types of the parts. It and `accesses` are not set where there are no parts.
        accesses: per part its offset, the operations that load and store it, the exponent of its alignment, and its
            Wasm type.
    """

    __slots__ = ("accesses", "alignment", "bytes", "niche", "null_variant", "parts", "tag", "variants", "wasm")

    def __init__(
        self,
        bytes: int,
        alignment: int,
        parts: tuple[Part, ...] | None,
        variants: tuple[Variant, ...] = (),
        tag: Part | None = None,
        niche: Part | None = None,
        null_variant: int = 0,
    ) -> None:
        self.bytes = bytes
        self.alignment = alignment
        self.parts = parts
        self.variants = variants
        self.tag = tag
        self.niche = niche
        self.null_variant = null_variant
        if parts is not None:
            self.wasm: tuple[int, ...] = tuple([part.storage.type for part in parts])
            self.accesses: list[tuple[int, str, str, int, int]] = [
                (part.offset, *access(part.storage), part.storage.type) for part in parts
            ]

    def part_index(self, part: Part) -> int:
        assert self.parts is not None
        return self.parts.index(part)


class NoLayoutError(ValueError):
    """A type that has no size: a slice, a str, a trait object, or one that generics left open."""


def pointee_is_fat(pointee: Ty) -> bool:
    """Whether a pointer to it has a second word: a length or a vtable."""
    return pointee.kind in (t.SLICE, t.STR, t.DYN)


def _round(value: int, alignment: int) -> int:
    return -(-value // alignment) * alignment


def _scalar(storage: Storage) -> Layout:
    return Layout(storage.bytes, storage.bytes, (Part(0, storage),))


def _pointer(pointee: Ty, never_null: bool) -> Layout:
    first = Part(0, POINTER, never_null)
    if pointee_is_fat(pointee):
        return Layout(8, 4, (first, Part(4, LENGTH)))
    return Layout(4, 4, (first,))


def _integer(bits: int, signed: bool) -> Layout:
    if bits == 128:
        half = Storage(w.I64, 8)
        return Layout(16, 16, (Part(0, half), Part(8, half)))
    if bits == 64:
        return _scalar(Storage(w.I64, 8))
    return _scalar(Storage(w.I32, bits // 8, signed and bits < 32))


def field_types(ty: Ty, variant: int = 0) -> tuple[Ty, ...]:
    """Types of the fields of a tuple, closure, struct or variant, generics replaced."""
    if ty.kind == t.TUPLE:
        return ty.args
    if ty.kind == t.CLOSURE:
        captures = ty.data.captures
        return tuple(
            t.subst(t.erase(one.ty if one.mode == "move" else t.ref(one.ty, one.mode == "mut")), ty.args)
            for one in captures
        )
    fields = ty.data.variants[variant].fields
    return tuple(t.subst(t.erase(one.ty), ty.args) for one in fields)


def _overlaps(parts: list[Part]) -> bool:
    ranges = sorted((part.offset, part.offset + part.storage.bytes) for part in parts)
    return any(left[1] > right[0] for left, right in itertools.pairwise(ranges))


def _same(parts: list[Part], part: Part) -> bool:
    return any(one.offset == part.offset and one.storage == part.storage for one in parts)


def _index(parts: list[Part], part: Part) -> int:
    return next(i for i, one in enumerate(parts) if one.offset == part.offset and one.storage == part.storage)


class Layouts:
    """Layouts of the types of one program, made on demand and kept.

    `fields(type, variant)` gives the types of the fields of a tuple, closure, struct or variant, free of generics and
    projections: `field_types` where there are no projections, else `mir.instances` knows.
    """

    def __init__(self, fields: Callable[[Ty, int], tuple[Ty, ...]]) -> None:
        self._fields = fields
        self.known: dict[Ty, Layout] = {}
        """What `of` has found."""
        self.making: set[Ty] = set()
        """What `of` is looking at."""

    def fields(self, ty: Ty, variant: int = 0) -> tuple[Ty, ...]:
        return self._fields(ty, variant)

    def ask(self, fields: Callable[[Ty, int], tuple[Ty, ...]]) -> None:
        """Have another function say the types of fields from now on; what it says must be the same."""
        self._fields = fields

    def of(self, ty: Ty) -> Layout:
        """The layout of a sized type without generics.

        Raises:
            NoLayoutError: the type has no size.
            ValueError: it holds itself, by way of an associated type.
        """
        found = self.known.get(ty)
        if found is None:
            if ty in self.making:
                raise ValueError(
                    f"the type `{t.show(ty)}` has infinite size: it holds itself by way of an associated type; "
                    "let there be a `Box`, `Rc` or `&` between"
                )
            self.making.add(ty)
            try:
                found = self.known[ty] = self._make(ty)
            finally:
                self.making.remove(ty)
        return found

    def _place_fields(self, fields: tuple[Ty, ...], start: int, keep_order: bool) -> tuple[tuple[int, ...], int, int]:
        """Offsets of the fields from `start` on, the end, and the largest alignment."""
        layouts = [self.of(ty) for ty in fields]
        order = list(range(len(fields)))
        if not keep_order:
            order.sort(key=lambda i: -layouts[i].alignment)
        offsets = [0] * len(fields)
        position, alignment = start, 1
        for i in order:
            position = _round(position, layouts[i].alignment)
            offsets[i] = position
            position += layouts[i].bytes
            alignment = max(alignment, layouts[i].alignment)
        return tuple(offsets), position, alignment

    def _parts_of_fields(self, fields: tuple[Ty, ...], offsets: tuple[int, ...]) -> list[list[Part]] | None:
        out = []
        for ty, offset in zip(fields, offsets, strict=True):
            parts = self.of(ty).parts
            if parts is None:
                return None
            out.append([part.moved(offset) for part in parts])
        return out

    def _struct(self, ty: Ty) -> Layout:
        fields = self.fields(ty)
        keep_order = ty.kind == t.ADT and any("repr(C)" in one.replace(" ", "") for one in ty.data.attributes)
        offsets, end, alignment = self._place_fields(fields, 0, keep_order)
        of_fields = self._parts_of_fields(fields, offsets)
        size = _round(end, alignment)
        parts = None if of_fields is None else tuple(part for one in of_fields for part in one)
        if parts is None or of_fields is None or len(parts) > MAX_PARTS:
            return Layout(size, alignment, None, (Variant(offsets, (None,) * len(fields)),))
        indices, first = [], 0
        for one in of_fields:
            indices.append(tuple(range(first, first + len(one))))
            first += len(one)
        return Layout(size, alignment, parts, (Variant(offsets, tuple(indices)),))

    def _enum(self, ty: Ty) -> Layout:
        variants = range(len(ty.data.variants))
        fields = [self.fields(ty, variant) for variant in variants]
        niche = self._niche(fields)
        tag = None if niche is not None or len(fields) < 2 else TAG
        start = 0 if tag is None else tag.bytes
        placed = [self._place_fields(one, start, False) for one in fields]
        alignment = max([one[2] for one in placed] + ([tag.bytes] if tag else [1]))
        size = _round(max((one[1] for one in placed), default=0) if placed else 0, alignment)
        size = max(size, start)
        merged: list[Part] | None = [Part(0, tag)] if tag else []
        of_variants: list[list[list[Part]] | None] = []
        for one, (offsets, _, _) in zip(fields, placed, strict=True):
            of_fields = self._parts_of_fields(one, offsets)
            of_variants.append(of_fields)
            if of_fields is None or merged is None:
                merged = None
                continue
            # Variants leave parts of the others zero, so no pointer in an enum of several is known to be there.
            own = [part if len(fields) < 2 else part._replace(never_null=False) for each in of_fields for part in each]
            merged += [part for part in own if not _same(merged, part)]
        if merged is not None and (len(merged) > MAX_PARTS or _overlaps(merged)):
            merged = None
        made = []
        for one, (offsets, _, _), of_fields in zip(fields, placed, of_variants, strict=True):
            if merged is None or of_fields is None:
                made.append(Variant(offsets, (None,) * len(one)))
                continue
            made.append(Variant(offsets, tuple(tuple(_index(merged, part) for part in each) for each in of_fields)))
        null_part, null_variant = None, 0
        if niche is not None:
            full, field, index = niche
            offset = placed[full][0][field]
            inner = self.of(fields[full][field]).parts
            assert inner is not None
            null_part, null_variant = inner[index].moved(offset), 1 - full
            if merged is not None:
                null_part = merged[_index(merged, null_part)]
        return Layout(
            size,
            alignment,
            None if merged is None else tuple(merged),
            tuple(made),
            None if tag is None else Part(0, tag),
            null_part,
            null_variant,
        )

    def _niche(self, fields: list[tuple[Ty, ...]]) -> tuple[int, int, int] | None:
        """(variant, field, part) of the pointer that is never null, if one variant is empty and the other has such."""
        if len(fields) != 2 or all(fields) or not any(fields):
            return None
        full = 0 if fields[0] else 1
        for field, ty in enumerate(fields[full]):
            for index, part in enumerate(self.of(ty).parts or ()):
                if part.never_null:
                    return full, field, index
        return None

    def _make(self, ty: Ty) -> Layout:
        kind = ty.kind
        if kind == t.INT:
            return _integer(ty.data[0], ty.data[1])
        if kind == t.FLOAT:
            return _scalar(Storage(w.F32, 4) if ty.data == 32 else Storage(w.F64, 8))
        if kind == t.BOOL:
            return _scalar(Storage(w.I32, 1))
        if kind == t.CHAR:
            return _scalar(Storage(w.I32, 4))
        if kind == t.REF:
            return _pointer(ty.args[0], True)
        if kind == t.RAW:
            return _pointer(ty.args[0], False)
        if kind == t.FNPTR:
            return Layout(4, 4, (Part(0, POINTER, True),))
        if kind in (t.NEVER, t.FNDEF):
            return Layout(0, 1, ())
        if kind == t.ARRAY:
            element, count = self.of(ty.args[0]), ty.args[1].data
            empty = element.bytes == 0 or count == 0
            return Layout(element.bytes * count, element.alignment, () if empty else None)
        if kind == t.ADT and ty.data.lang == "Box":
            return _pointer(ty.args[0], True)
        if t.is_handle(ty):
            return _pointer(t.pointee(ty), True)
        if kind == t.ADT and ty.data.is_enum:
            return self._enum(ty)
        if kind in (t.ADT, t.TUPLE, t.CLOSURE):
            return self._struct(ty)
        raise NoLayoutError(f"{t.show(ty)} has no size")


_CLOSED: Final = Layouts(field_types)


def layout_of(ty: Ty) -> Layout:
    """The layout of a sized type without generics or projections.

    Raises:
        NoLayoutError: the type has no size.
    """
    return _CLOSED.of(ty)
