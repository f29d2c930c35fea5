"""What the grammar lets stand in items and the language does not: bodies that are missing or not allowed, visibility
where everything is public, generic parameters in the wrong order or that speak of later ones.

Source: The Rust Reference, "Items", "Generic parameters", "Associated Items", "Visibility and Privacy".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.attribute_rules import check_attributes
from engines.rustwasm.syntax.diagnostics import Diagnostics
from engines.rustwasm.syntax.repr_rules import check_discriminants

_KINDS: Final[dict[type, str]] = {
    t.StructItem: "struct", t.EnumItem: "enum", t.TraitItem: "trait", t.ImplItem: "implementation", t.ModItem: "module",
    t.UseItem: "`use` import", t.MacroItem: "macro definition",
}  # fmt: skip
_FEATURES: Final = {
    "inherent": "inherent associated types are unstable",
    "default": "associated type defaults are unstable",
}


def check_item(item: Any, diagnostics: Diagnostics) -> None:
    """Report what is wrong with an item as it is written, and with what is in it if it is a trait or an impl."""
    check_attributes(item, diagnostics)
    if isinstance(item, t.ImplItem):
        _check_impl(item, diagnostics)
    elif isinstance(item, t.TraitItem):
        _check_trait(item, diagnostics)
    elif isinstance(item, t.FnItem):
        if item.body is None:
            diagnostics.error(None, "free function without a body", item.span)
        check_generics(item.generics, diagnostics, False)
    elif isinstance(item, t.ConstItem):
        if item.value is None:
            what = "static" if item.is_static else "constant"
            diagnostics.error(None, f"free {what} item without body", item.span)
    elif isinstance(item, (t.StructItem, t.EnumItem)):
        check_generics(item.generics, diagnostics, True)
        if isinstance(item, t.EnumItem):
            check_discriminants(item, diagnostics)
    elif isinstance(item, t.AliasItem):
        if item.ty is None:
            diagnostics.error(None, "free type alias without body", item.span)
        if item.bounds:
            message = "bounds on `type`s in this context have no effect"
            diagnostics.error(None, message, item.bounds[0].span)
        check_generics(item.generics, diagnostics, True)


def _check_impl(item: t.ImplItem, diagnostics: Diagnostics) -> None:
    check_generics(item.generics, diagnostics, False)
    if item.public is not None:
        _refuse_visibility(item, diagnostics)
    if item.negative and item.trait is not None:
        if item.unsafe:
            diagnostics.error("E0198", "negative impls cannot be unsafe", item.trait.span)
        if item.items:
            diagnostics.error("E0749", "negative impls cannot have any items", item.items[0].span)
    for member in item.items:
        check_attributes(member, diagnostics)
        missing = ""
        if isinstance(member, t.FnItem):
            if item.trait is not None:
                _refuse_const(member, "trait impls", diagnostics)
            missing = "function" if member.body is None else ""
            check_generics(member.generics, diagnostics, False)
        elif isinstance(member, t.ConstItem) and not member.is_static:
            missing = "constant" if member.value is None else ""
        elif isinstance(member, t.AliasItem):
            missing = "type" if member.ty is None else ""
            if item.trait is None:
                diagnostics.error("E0658", _FEATURES["inherent"], member.span)
        else:
            _refuse_member(member, diagnostics)
            continue
        if missing:
            diagnostics.error(None, f"associated {missing} in `impl` without body", member.span)
        if item.trait is not None and member.public is not None:
            _refuse_visibility(member, diagnostics)


def _check_trait(item: t.TraitItem, diagnostics: Diagnostics) -> None:
    check_generics(item.generics, diagnostics, True, of_trait=True)
    for member in item.items:
        check_attributes(member, diagnostics)
        if isinstance(member, t.FnItem):
            _refuse_const(member, "traits", diagnostics)
            check_generics(member.generics, diagnostics, False)
            if member.body is None:
                _check_names(member, diagnostics)
        elif isinstance(member, t.AliasItem):
            if member.ty is not None:
                diagnostics.error("E0658", _FEATURES["default"], member.span)
        elif not isinstance(member, t.ConstItem) or member.is_static:
            _refuse_member(member, diagnostics)
            continue
        if member.public is not None:
            _refuse_visibility(member, diagnostics)


def _check_names(function: t.FnItem, diagnostics: Diagnostics) -> None:
    """A function without a body has names for parameters."""
    for pattern, _ in function.params:
        plain = isinstance(pattern, t.BindingPattern) and pattern.sub is None and not pattern.by_ref
        if plain and pattern.mutable:  # a lint of rustc's, so without a code
            diagnostics.error(None, "patterns aren't allowed in functions without bodies", pattern.span)
        elif not plain and not isinstance(pattern, t.WildPattern):
            diagnostics.error("E0642", "patterns aren't allowed in functions without bodies", pattern.span)


def _refuse_const(function: t.FnItem, where: str, diagnostics: Diagnostics) -> None:
    if function.is_const:
        message = f"functions in {where} cannot be declared const"
        diagnostics.error("E0379", message, _word(function, "const", diagnostics), f"{message.split(' cannot')[0]}")


def _refuse_visibility(item: Any, diagnostics: Diagnostics) -> None:
    message = "visibility qualifiers are not permitted here"
    span = (item.span[0], item.span[0] + 3)
    error = diagnostics.error("E0449", message, span)
    qualifier = re.match(r"pub(?:\s*\([^)]*\))?\s*", diagnostics.sources.snippet(item.span))
    if qualifier is not None:
        error.suggestion = ((span[0], span[0] + qualifier.end()), "", "remove the qualifier")


def _refuse_member(member: Any, diagnostics: Diagnostics) -> None:
    if isinstance(member, t.ConstItem):
        diagnostics.error(None, "associated `static` items are not allowed", member.span)
        return
    message = f"{_KINDS[type(member)]} is not supported in `trait`s or `impl`s"
    diagnostics.error(None, message, member.span)


def _word(item: Any, word: str, diagnostics: Diagnostics) -> t.Span:
    """Where the item says a word."""
    start = item.span[0] + max(0, diagnostics.sources.snippet((item.span[0], item.name_span[0])).find(word))
    return start, start + len(word)


def mentioned(syntax: Any) -> Iterator[t.Segment]:
    """The first segments of all paths in a type, an expression of an array's length included."""
    if isinstance(syntax, (t.TypePath, t.PathExpr)):
        path = syntax.path
        if path.qualified is None:
            yield path.segments[0]
        else:
            yield from mentioned(path.qualified[0])
        for segment in path.segments:
            if segment.args is not None:
                for one in (*segment.args.types, *[bound for _, bound in segment.args.bindings]):
                    yield from mentioned(one)
        if path.qualified is not None and path.qualified[1] is not None:
            yield from mentioned(t.TypePath(path.span, path.qualified[1]))
    elif isinstance(syntax, (t.TypeDyn, t.TypeImpl)):
        for bound in syntax.bounds:
            if bound.path is not None:
                yield from mentioned(t.TypePath(bound.span, bound.path))
    elif isinstance(syntax, (t.TypeRef, t.TypeRaw)):
        yield from mentioned(syntax.inner)
    elif isinstance(syntax, t.TypeArray):
        yield from mentioned(syntax.element)
        yield from mentioned(syntax.length)
    elif isinstance(syntax, t.TypeSlice):
        yield from mentioned(syntax.element)
    elif isinstance(syntax, t.TypeTuple):
        for one in syntax.elements:
            yield from mentioned(one)
    elif isinstance(syntax, t.TypeFn):
        for one in (*syntax.parameters, *([syntax.result] if syntax.result is not None else ())):
            yield from mentioned(one)


def check_generics(
    generics: t.GenericsSyntax, diagnostics: Diagnostics, defaults: bool, of_trait: bool = False
) -> None:
    """Report parameters out of order, reserved lifetimes, and defaults that are not allowed or speak of later
    parameters (`defaults`: may there be any) or of Self, which only a trait's may."""
    parameters = generics.params
    if not parameters:
        return
    other = None
    given = None
    for i, one in enumerate(parameters):
        if one.kind == "lifetime":
            if one.name in ("'static", "'_"):
                code, message = "E0262", f"invalid lifetime parameter name: `{one.name}`"
                if one.name == "'_":
                    code, message = "E0637", "`'_` cannot be used here"
                diagnostics.error(code, message, one.span, f"`{one.name}` is a reserved lifetime name")
            if other is not None:
                message = "lifetime parameters must be declared prior to type and const parameters"
                diagnostics.error(None, message, one.span)
            continue
        other = one
        if one.default is None:
            if given is not None:
                diagnostics.error(None, "generic parameters with a default must be trailing", given.span)
            continue
        given = one
        if not defaults:  # for types a lint of rustc's
            diagnostics.error(None, "defaults for generic parameters are not allowed here", one.span)
        later = {each.name for each in parameters[i:]}
        for segment in mentioned(one.default):
            if segment.name == "Self" and not of_trait:
                message = "generic parameters cannot use `Self` in their defaults"
                diagnostics.error("E0735", message, segment.span)
            elif segment.name in later:
                message = "generic parameter defaults cannot reference parameters before they are declared"
                diagnostics.error("E0128", message, segment.span, "cannot reference it before it is declared")
