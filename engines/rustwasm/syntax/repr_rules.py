"""`#[repr(...)]`: what it may say of which types, and discriminants that need one: E0084, E0517, E0552, E0565, E0566,
E0587, E0589, E0634, E0692, E0693, E0731, E0732 (The Rust Reference, "Representations", "Enumerations")."""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.diagnostics import Diagnostics, Span
from engines.rustwasm.syntax.meta import Meta, read

_INTEGERS: Final = ("i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize")
_PLAIN: Final = (*_INTEGERS, "C", "Rust", "transparent")
_LARGEST: Final = 1 << 29


def check_repr(item: Any, diagnostics: Diagnostics) -> None:
    """Report what is wrong with what a struct or enum says of its representation."""
    if not isinstance(item, (t.StructItem, t.EnumItem)):
        return
    is_enum = isinstance(item, t.EnumItem)
    hints: list[Meta] = []
    where: Span | None = None
    for name, text, span in item.attributes:
        meta = read(name, text)
        if name != "repr" or meta.form != "list":
            continue
        where = where or span
        hints += [one for one in meta.items if _is_hint(one, is_enum, span, diagnostics)]
    if where is not None:
        _check_together(item, hints, where, diagnostics)


def _is_hint(one: Meta, is_enum: bool, span: Span, diagnostics: Diagnostics) -> bool:
    """Report a hint that there is not, or not for such a type."""
    error = diagnostics.error
    what = "an enum" if one.name in _INTEGERS else "a struct or union"
    if one.form == "literal":
        error("E0565", "meta item in `repr` must be an identifier", span)
    elif one.name in ("align", "packed"):
        return _is_amount(one, is_enum, span, diagnostics)
    elif one.name == "simd":
        error("E0658", "SIMD types are experimental and possibly buggy", span)
    elif one.name not in _PLAIN:
        error("E0552", "unrecognized representation hint", span).helps.append(
            "valid reprs are `Rust`, `C`, `align`, `packed`, `transparent` and the integer types"
        )
    elif one.form != "word":
        takes = "a value" if one.form == "value" else "a parenthesized argument list"
        error("E0552", f"invalid representation hint: `{one.name}` does not take {takes}", span)
    elif one.name in _INTEGERS and not is_enum:
        error("E0517", f"attribute should be applied to {what}", span)
    else:
        return True
    return False


def _is_amount(one: Meta, is_enum: bool, span: Span, diagnostics: Diagnostics) -> bool:
    """`align(N)`, `packed` or `packed(N)`, N being a power of two."""
    name = one.name
    invalid = f"invalid `repr({name})` attribute"
    if one.form == "value" or (one.form == "list" and len(one.items) != 1):
        diagnostics.error("E0693", f"incorrect `repr({name})` attribute format", span)
    elif one.form == "word" and name == "align":
        diagnostics.error("E0589", f"{invalid}: `align` needs an argument", span)
    elif one.form == "list" and not one.items[0].value.isdigit():
        diagnostics.error("E0589", f"{invalid}: not an unsuffixed integer", span)
    elif one.form == "list" and not _is_power(int(one.items[0].value)):
        diagnostics.error("E0589", f"{invalid}: not a power of two up to {_LARGEST}", span)
    elif is_enum and name == "packed":
        diagnostics.error("E0517", "attribute should be applied to a struct or union", span)
    else:
        return True
    return False


def _is_power(value: int) -> bool:
    return 0 < value <= _LARGEST and value & (value - 1) == 0


def _check_together(item: Any, hints: list[Meta], span: Span, diagnostics: Diagnostics) -> None:
    """Hints that contradict each other or the type."""
    names = [one.name for one in hints]
    integers = [name for name in names if name in _INTEGERS]
    variants = item.variants if isinstance(item, t.EnumItem) else None
    simple = variants is not None and all(one.shape == "unit" for one in variants)
    layouts = len({"Rust", "C"}.intersection(names))
    error = diagnostics.error
    if variants is not None and not variants and hints:
        error("E0084", "unsupported representation for zero-variant enum", span)
    if "transparent" in names and len(names) > 1:
        kind = "struct" if variants is None else "enum"
        error("E0692", f"transparent {kind} cannot have other repr hints", span)
    elif "transparent" in names and variants is not None and len(variants) != 1:
        message = f"transparent enum needs exactly one variant, but has {len(variants)}"
        error("E0731", message, (item.span[0], item.name_span[1]))
    elif len(integers) > 1 or layouts == 2 or (integers and layouts and (simple or "Rust" in names)):
        error("E0566", "conflicting representation hints", span)
    packed = [one for one in hints if one.name == "packed"]
    if packed and "align" in names:
        error("E0587", "type has conflicting packed and align representation hints", item.name_span)
    if len({one.items[0].value if one.items else "1" for one in packed}) > 1:
        error("E0634", "type has conflicting packed representation hints", item.name_span)


def check_discriminants(item: t.EnumItem, diagnostics: Diagnostics) -> None:
    """E0732: values for variants of an enum that has others than unit ones, without a type for the values."""
    if all(one.shape == "unit" for one in item.variants) or not any(one.discriminant for one in item.variants):
        return
    hints = [one.name for name, text, _ in item.attributes if name == "repr" for one in read(name, text).items]
    if not any(one in _INTEGERS for one in hints):
        message = "`#[repr(inttype)]` must be specified for enums with explicit discriminants and non-unit variants"
        diagnostics.error("E0732", message, item.name_span)
