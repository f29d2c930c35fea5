"""What `#[repr(transparent)]` and `#[repr(packed)]` ask of the types of fields: E0588, E0690 (The Rust Reference,
"Representations")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.meta import read
from engines.rustwasm.typing import types as ty

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation
    from engines.rustwasm.typing.definitions import AdtDef
    from engines.rustwasm.typing.types import Ty


def hints(adt: AdtDef) -> dict[str, int]:
    """The names in a type's `#[repr(...)]`, with the number of `align(N)` and `packed(N)`: 1 of `packed`."""
    found: dict[str, int] = {}
    for name, text, _ in adt.syntax.attributes if adt.syntax is not None else ():
        if name == "repr":
            for one in read(name, text).items:
                amount = one.items[0].value if one.items else "1"
                found[one.name] = int(amount) if amount.isdigit() else 1
    return found


def check_representation(compilation: Compilation, adt: AdtDef) -> None:
    """Report a transparent type of several fields that take room, and a packed one that holds an aligned one."""
    if not adt.syntax.attributes:
        return
    said = hints(adt)
    if "transparent" in said:
        _check_transparent(compilation, adt)
    if "packed" in said:
        aligned = _aligned_within(compilation, adt, set())
        if aligned is not None:
            message = "packed type cannot transitively contain a `#[repr(align)]` type"
            error = compilation.diagnostics.error("E0588", message, compilation.head_span(adt.syntax, "{(;"))
            error.labels.append((aligned.span, f"`{aligned.name}` has a `#[repr(align)]` attribute"))


def _check_transparent(compilation: Compilation, adt: AdtDef) -> None:
    if adt.is_enum and len(adt.variants) != 1:
        return  # E0731 was said
    fields = [field for variant in adt.variants for field in variant.fields]
    taking = [field for field in fields if not _is_trivial(compilation, ty.erase(field.ty), 0)]
    if len(taking) > 1:
        what = "the variant of a transparent enum" if adt.is_enum else "transparent struct"
        needs = f"needs at most one field with non-trivial size or alignment, but has {len(taking)}"
        span = compilation.head_span(adt.syntax, "{(;")
        error = compilation.diagnostics.error("E0690", f"{what} {needs}", span, needs)
        source = adt.syntax if isinstance(adt.syntax, t.StructItem) else adt.syntax.variants[0]
        for field, written in zip(fields, source.fields, strict=True):
            if field in taking:
                error.labels.append((written.ty.span, "this field has non-zero size or requires alignment"))


def _is_trivial(compilation: Compilation, one: Ty, depth: int) -> bool:
    """Whether values of the type take no bytes and may lie anywhere."""
    if depth > 60:
        return False
    if one.kind == ty.TUPLE:
        return all(_is_trivial(compilation, part, depth + 1) for part in one.args)
    if one.kind == ty.ARRAY:
        element = one.args[0]
        nothing = one.args[1].kind == ty.CONST and one.args[1].data == 0
        byte = element.kind == ty.BOOL or (element.kind == ty.INT and element.data[0] == 8)
        return (nothing and byte) or _is_trivial(compilation, element, depth + 1)
    if one.kind != ty.ADT or one.data.is_enum or one.data.gc:
        return False
    compilation.collector.ensure_fields(one.data)
    if hints(one.data).get("align", 1) > 1:
        return False
    fields = [ty.subst(ty.erase(field.ty), one.args) for variant in one.data.variants for field in variant.fields]
    return all(_is_trivial(compilation, part, depth + 1) for part in fields)


def _aligned_within(compilation: Compilation, adt: AdtDef, seen: set[AdtDef]) -> AdtDef | None:
    """The type with `#[repr(align)]` that a value of the type holds itself."""
    seen.add(adt)
    compilation.collector.ensure_fields(adt)
    for variant in adt.variants:
        for field in variant.fields:
            inner = field.ty.data
            if field.ty.kind == ty.ADT and inner not in seen:
                if "align" in hints(inner):
                    return inner  # type: ignore[no-any-return]  # what a type is of is not typed
                found = _aligned_within(compilation, inner, seen)
                if found is not None:
                    return found
    return None
