"""Which items are of GC mode: `#[wasm::gc]` on an item, `#![wasm::gc]` in what encloses it; and `#[cfg(...)]`.

The mode of a crate, module, impl or trait is that of the items in it, unless they say `#[wasm::linear]`. A struct or
enum that derives Copy stays a plain value there: that it is copied is what its author asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from engines.rustwasm.syntax import tree as t

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


def configured(item: Any, settings: frozenset[str]) -> bool:
    """Is the item there under these settings? Every `#[cfg(...)]` of it must hold.

    Raises:
        ValueError: a condition that cannot be read.
    """
    return all(_holds(a[1], settings) for a in item.attributes if a[0] == "cfg")


def _holds(text: str, settings: frozenset[str]) -> bool:
    tokens = re.findall(r'[\w:]+|"[^"]*"|[(),=]', text)
    if not tokens or tokens[0] != "(":
        raise ValueError(f"`cfg{text}` has no condition in parentheses")
    values, rest = _conditions(tokens[1:], settings)
    if rest or len(values) != 1:
        raise ValueError(f"`cfg{text}` must hold exactly one condition")
    return values[0]


def _conditions(tokens: list[str], settings: frozenset[str]) -> tuple[list[bool], list[str]]:
    """Conditions up to the closing parenthesis: their values, and what follows it."""
    values: list[bool] = []
    while tokens and tokens[0] != ")":
        name, tokens = tokens[0], tokens[1:]
        if tokens[:1] == ["("]:
            inner, tokens = _conditions(tokens[1:], settings)
            if name == "not" and len(inner) == 1:
                values.append(not inner[0])
            elif name in ("all", "any"):
                values.append(all(inner) if name == "all" else any(inner))
            else:
                raise ValueError(f"`{name}(...)` is no condition: the legal ones are `not`, `all` and `any`")
        elif tokens[:1] == ["="]:
            values.append(f'{name}="{tokens[1].strip(chr(34))}"' in settings)
            tokens = tokens[2:]
        else:
            values.append(name in settings)
        if tokens[:1] == [","]:
            tokens = tokens[1:]
    if not tokens:
        raise ValueError("the condition of a `cfg` is not closed")
    return values, tokens[1:]
