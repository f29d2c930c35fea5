"""Conversions between the modes: which there are, how they are written, and what each costs.

| from | to | written | cost |
|---|---|---|---|
| `Vec<T>` | `GcArray<T>` | `GcArray::from(v)` | none: the vector's memory becomes the array's |
| `[T; N]` | `GcArray<T>` | `GcArray::from(a)` | N elements are moved |
| `&[T]` | `GcArray<T>` | `GcArray::from(s)` | every element is copied |
| `GcArray<T>` | `Vec<T>` | `a.to_vec()`, `Vec::from(a)` | every element is copied: the array stays shared |
| `String` | `GcString` | `GcString::from(s)` | none |
| `&str` | `GcString` | `GcString::from(s)` | every byte is copied |
| `GcString` | `String` | `String::from(s)`, `s.to_string()` | every byte is copied |
| `GcString` | `&str` | `&s`, `s.as_str()` | none |
| `Box<T>` | `GcBox<T>`, `GcRc<T>` | `GcBox::from(b)` | none |
| `GcBox<T>` | `Box<T>` | `b.to_box()` | the value is copied |
"""

from __future__ import annotations

from typing import Final, NamedTuple

from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty

FREE: Final = "free"
ELEMENTS: Final = "elements"
BYTES: Final = "bytes"
VALUE: Final = "value"


class Conversion(NamedTuple):
    """One way across. `before` and `after` stand around the converted expression; `cost` is one of the above."""

    before: str
    after: str
    cost: str

    @property
    def price(self) -> str:
        """What it costs, in words."""
        return {
            FREE: "the conversion costs nothing: the memory changes its owner",
            ELEMENTS: "the conversion copies every element",
            BYTES: "the conversion copies every byte of the text",
            VALUE: "the conversion copies the value",
        }[self.cost]


_ACROSS: Final[dict[tuple[str, str], Conversion]] = {
    ("Vec", "GcArray"): Conversion("GcArray::from(", ")", FREE),
    ("array", "GcArray"): Conversion("GcArray::from(", ")", ELEMENTS),
    ("slice", "GcArray"): Conversion("GcArray::from(", ")", ELEMENTS),
    ("GcArray", "Vec"): Conversion("", ".to_vec()", ELEMENTS),
    ("GcArray", "slice"): Conversion("", ".as_slice()", FREE),
    ("String", "GcString"): Conversion("GcString::from(", ")", FREE),
    ("str", "GcString"): Conversion("GcString::from(", ")", BYTES),
    ("GcString", "String"): Conversion("String::from(", ")", BYTES),
    ("GcString", "str"): Conversion("", ".as_str()", FREE),
    ("Box", "GcBox"): Conversion("GcBox::from(", ")", FREE),
    ("Box", "GcRc"): Conversion("GcRc::from(", ")", FREE),
    ("GcBox", "Box"): Conversion("", ".to_box()", VALUE),
    ("GcBox", "GcRc"): Conversion("GcRc::from(", ")", FREE),
}


def _head(one: Ty) -> str:
    one = ty.shallow(one)
    if one.kind == ty.ARRAY:
        return "array"
    if one.kind == ty.REF:
        inner = ty.shallow(one.args[0])
        return {ty.STR: "str", ty.SLICE: "slice", ty.ARRAY: "slice"}.get(inner.kind, "")
    return str(one.data.lang or "") if one.kind == ty.ADT else ""


def conversion(have: Ty, want: Ty) -> Conversion | None:
    """The explicit conversion from one type to another of the other mode; None if there is none."""
    return _ACROSS.get((_head(have), _head(want)))
