"""What to do about a name that is unknown where it stands: import it, or write it as it is declared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from engines.rustwasm.resolve.modules import TYPES, VALUES, AliasDef, Import, Module, Resolver, kind_of
from engines.rustwasm.resolve.nearest import nearest
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.diagnostics import Diagnostic
from engines.rustwasm.typing.definitions import AdtDef, ConstDef, FnDef, TraitDef, VariantDef
from engines.rustwasm.typing.types import PRIMITIVES

NAMED_TYPES: Final = (AdtDef, AliasDef)
PREFIXES: Final = (AdtDef, AliasDef, Module, TraitDef)
NAMED_VALUES: Final = (AdtDef, FnDef, ConstDef, VariantDef)
Kinds = tuple[type, ...]
"""Of which classes the definition may be that was meant."""

_NOT_OF_STD: Final = frozenset(
    (
        "binary_heap", "btree_map", "btree_set", "decimal", "float", "hash_map", "hash_set", "intrinsics", "panicking",
        "prelude", "raw", "vec_deque", "wide",
    )
)  # fmt: skip
"""Modules of our core library that std does not have, or not there, and the prelude, which needs no import."""
_HEAD: Final = re.compile(r"(?:\s*(?://(?!/)[^\n]*|/\*(?!\*).*?\*/|#!\[[^\]]*\]))*\s*", re.DOTALL)
"""What stands before a file's first item: comments and attributes of the file itself."""


def suggest(
    resolver: Resolver,
    error: Diagnostic,
    name: str,
    module: Module,
    span: t.Span,
    space: int,
    kinds: Kinds,
    variables: Iterable[str] = (),
) -> None:
    """Say how what is named so is imported into `module`, else which name of it or variable is written nearly so."""
    found = importable(resolver, name, space, module, kinds)
    if not found:
        suggest_similar(resolver, error, name, module, span, space, kinds, variables)
    elif len(found) > 1:
        ways = sorted(f"`use {path};`" for path, _ in found)
        error.helps.append(f"consider importing one of these: {', '.join(ways[:5])}")
    else:
        path, definition = found[0]
        suggest_import(resolver, error, path, kind_of(definition), module, span)


def importable(resolver: Resolver, name: str, space: int, module: Module, kinds: Kinds) -> list[tuple[str, Any]]:
    """The definitions that `module` may import by that name, each with its shortest path, those of the crate first."""
    found: dict[int, tuple[str, Any]] = {}
    for root, start in ((module.root, "crate"), (resolver.library, "std")):
        rooms: list[tuple[Any, str]] = [(root, start)] if root is not None else []
        seen: set[int] = set()
        for room, path in rooms:
            if id(room) in seen:
                continue
            seen.add(id(room))
            binding = resolver.member(room, name, space)
            if binding is not None and isinstance(binding.definition, kinds) and resolver.visible(binding, module):
                found.setdefault(id(binding.definition), (f"{path}::{name}", binding.definition))
            if isinstance(room, AdtDef):
                continue
            for other, inner in room.names[TYPES].items():
                place = inner.definition
                if not resolver.visible(inner, module) or (start == "std" and other in _NOT_OF_STD):
                    continue
                if isinstance(place, Module) or (isinstance(place, AdtDef) and place.is_enum and start == "crate"):
                    rooms.append((place, f"{path}::{other}"))
    return list(found.values())


def suggest_import(resolver: Resolver, error: Diagnostic, path: str, what: str, module: Module, span: t.Span) -> None:
    """The fix that makes the name at `span` known: a `use` above the crate's items; in other modules its whole path."""
    if module.named().parent is not None:
        error.suggestion = (span, path, f"consider using the whole path of this {what}")
        return
    file = resolver.diagnostics.sources.file_of(span[0])
    head = _HEAD.match(file.text)
    start = file.base + (head.end() if head is not None else 0)
    error.suggestion = ((start, start), f"use {path};\n", f"consider importing this {what}")


def suggest_path(resolver: Resolver, error: Diagnostic, one: Import, at: int, place: Any) -> None:
    """What is to be written for segment `at` of a `use` path, which `place` does not have; where only another module
    has what the path ends with, that one's path."""
    name, span = one.segments[at]
    last = at == len(one.segments) - 1
    suggest_similar(resolver, error, name, place, span, TYPES, PREFIXES if last else (Module, AdtDef))
    if last and error.suggestion is None:
        suggest_similar(resolver, error, name, place, span, VALUES, NAMED_VALUES)
    whole = (one.segments[0][1][0], one.segments[-1][1][1])
    text = resolver.diagnostics.sources.snippet(whole)
    if error.suggestion is None and last and text == "::".join(segment for segment, _ in one.segments):
        found = importable(resolver, name, TYPES, one.module, PREFIXES)
        found = found or importable(resolver, name, VALUES, one.module, NAMED_VALUES)
        if len(found) == 1:
            path, definition = found[0]
            error.suggestion = (whole, path, f"consider importing this {kind_of(definition)} instead")


def suggest_similar(
    resolver: Resolver,
    error: Diagnostic,
    name: str,
    place: Any,
    span: t.Span,
    space: int,
    kinds: Kinds,
    variables: Iterable[str] = (),
) -> None:
    """The fix that writes a name as `place` (a module or an enum) declares it."""
    known = set(variables)
    places: list[Any] = [place]
    if isinstance(place, Module) and place.root is not resolver.library and resolver.prelude is not None:
        places.append(resolver.prelude)
        if space == TYPES and AdtDef in kinds:
            known.update(PRIMITIVES)
    seen: set[int] = set()
    while places:
        scope = places.pop()
        if id(scope) in seen:
            continue
        seen.add(id(scope))
        if isinstance(scope, AdtDef):
            known.update(v.name for v in scope.variants)
        elif isinstance(scope, Module):
            known.update(n for n, binding in scope.names[space].items() if isinstance(binding.definition, kinds))
            places += [inner for inner, _ in scope.globs]
            if scope.block:
                places.append(scope.parent)
    close = nearest(name, known)
    if close is not None:
        error.suggestion = (span, close, "a similar name exists")
