"""Which items are of GC mode: `#[wasm::gc]` on an item, `#![wasm::gc]` in what encloses it; and `#[cfg(...)]`.

The mode of a crate, module, impl or trait is that of the items in it, unless they say `#[wasm::linear]`. A struct or
enum that derives Copy stays a plain value there: that it is copied is what its author asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.meta import holds, read

GC: Final = "wasm::gc"
LINEAR: Final = "wasm::linear"
INHERITED: Final = "inherited"
"""Argument text of an attribute that an item did not write itself."""

_MODAL: Final = (t.FnItem, t.StructItem, t.EnumItem, t.ImplItem, t.TraitItem, t.ModItem)


def is_gc(item: Any) -> bool:
    """Is the item of GC mode?"""
    return any(a[0] == GC for a in item.attributes)


def gc_span(item: Any) -> t.Span:
    """Where the item is said to be of GC mode."""
    span: t.Span = next(a[2] for a in item.attributes if a[0] == GC)
    return span


def derives(item: Any, trait: str) -> bool:
    """Does `#[derive(...)]` name the trait?"""
    return any(
        a[0] == "derive" and trait in [one.rsplit("::", 1)[-1] for one in re.split(r"[\s,()]+", a[1].replace(" ", ""))]
        for a in item.attributes
    )


def inherit(items: Iterable[Any], span: t.Span) -> None:
    """Make the items of a GC scope GC, `span` being where the scope says so."""
    for item in items:
        if not isinstance(item, _MODAL) or any(a[0] in (GC, LINEAR) for a in item.attributes):
            continue
        if isinstance(item, (t.StructItem, t.EnumItem)) and derives(item, "Copy"):
            continue
        item.attributes.append((GC, INHERITED, span))


def configured(attributes: Iterable[tuple[str, str, t.Span]], settings: frozenset[str]) -> bool:
    """Is what has these attributes there under these settings? Every `#[cfg(...)]` of them must hold.

    Raises:
        BadCondition: a condition that cannot be read.
    """
    return all(holds(read(name, text), settings) for name, text, _ in attributes if name == "cfg")
