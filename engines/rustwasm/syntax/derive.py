"""`#[derive(...)]` as source text of the impl that it stands for (The Rust Reference, "Derive")."""

from __future__ import annotations

from typing import Any

from engines.rustwasm.modes import attributes as modes
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.lexer import KEYWORDS, RESERVED

_BOUND = {
    "Debug": "::core::fmt::Debug", "Clone": "::core::clone::Clone", "Copy": "::core::marker::Copy",
    "PartialEq": "::core::cmp::PartialEq", "Eq": "::core::cmp::Eq", "PartialOrd": "::core::cmp::PartialOrd",
    "Ord": "::core::cmp::Ord", "Hash": "::core::hash::Hash", "Default": "::core::default::Default",
}  # fmt: skip


def derive_source(item: Any, trait: str) -> str | None:
    """The impl's text, or None for a trait that cannot be derived."""
    path = _BOUND.get(trait)
    if path is None:
        return None
    lifetimes = [p.name for p in item.generics.params if p.kind == "lifetime"]
    types = [p.name for p in item.generics.params if p.kind == "type"]
    consts = [(p.name, p.ty.path.segments[0].name) for p in item.generics.params if p.kind == "const"]
    declared = [*lifetimes, *(f"{n}: {path}" for n in types), *(f"const {n}: {ty}" for n, ty in consts)]
    used = [*lifetimes, *types, *(n for n, _ in consts)]
    head = f"impl<{', '.join(declared)}> {path} for {item.name}<{', '.join(used)}>"
    if not used:
        head = f"impl {path} for {item.name}"
    return f"{head} {{ {_BODIES[trait](item)} }}\n"


def _variants(item: Any) -> list[tuple[str, str, list[str], Any]]:
    """(path, shape, field names, syntax) of each variant."""
    if isinstance(item, t.StructItem):
        return [(item.name, item.shape, [f.name for f in item.fields], item)]
    return [(f"{item.name}::{v.name}", v.shape, [f.name for f in v.fields], v) for v in item.variants]


def _pattern(item: Any, path: str, shape: str, names: list[str], prefix: str) -> str:
    """A pattern that binds references to all fields; those of GC types would be copied out of the object."""
    if modes.is_gc(item):
        prefix = f"ref {prefix}"
    if shape == "unit":
        return path
    if shape == "tuple":
        return f"{path}({', '.join(prefix + n for n in names)})"
    return f"{path} {{ {', '.join(f'{_field(n)}: {prefix}{n}' for n in names)} }}"


def _field(name: str) -> str:
    """A field's name as it is written: with `r#` where it is a keyword."""
    return f"r#{name}" if name in KEYWORDS or name in RESERVED else name


def _debug(item: Any) -> str:
    arms = []
    for path, shape, names, _ in _variants(item):
        name = path.rsplit("::", 1)[-1]
        if shape == "unit":
            arms.append(f'{path} => __f.write_str("{name}")')
        elif shape == "tuple":
            fields = "".join(f".field(__a_{n})" for n in names)
            arms.append(f'{_pattern(item, path, shape, names, "__a_")} => __f.debug_tuple("{name}"){fields}.finish()')
        else:
            fields = "".join(f'.field("{n}", __a_{n})' for n in names)
            arms.append(f'{_pattern(item, path, shape, names, "__a_")} => __f.debug_struct("{name}"){fields}.finish()')
    body = f"match self {{ {', '.join(arms)} }}" if arms else "match *self {}"
    return f"fn fmt(&self, __f: &mut ::core::fmt::Formatter) -> ::core::fmt::Result {{ {body} }}"


def _clone(item: Any) -> str:
    if (
        any(a[0] == "derive" and "Copy" in a[1].replace(",", " ").split() for a in item.attributes)
        and not item.generics.params
    ):
        return "fn clone(&self) -> Self { *self }"
    arms = []
    for path, shape, names, _ in _variants(item):
        if shape == "unit":
            arms.append(f"{path} => {path}")
            continue
        made = [f"::core::clone::Clone::clone(__a_{n})" for n in names]
        if shape == "tuple":
            value = f"{path}({', '.join(made)})"
        else:
            value = f"{path} {{ {', '.join(f'{_field(n)}: {m}' for n, m in zip(names, made, strict=True))} }}"
        arms.append(f"{_pattern(item, path, shape, names, '__a_')} => {value}")
    body = f"match self {{ {', '.join(arms)} }}" if arms else "match *self {}"
    return f"fn clone(&self) -> Self {{ {body} }}"


def _is_fieldless(item: Any) -> bool:
    return isinstance(item, t.EnumItem) and all(v.shape == "unit" for v in item.variants)


def _eq(item: Any) -> str:
    if _is_fieldless(item):
        body = "::core::intrinsics::discriminant(self) == ::core::intrinsics::discriminant(__other)"
    else:
        arms = []
        variants = _variants(item)
        for path, shape, names, _ in variants:
            pair = f"({_pattern(item, path, shape, names, '__a_')}, {_pattern(item, path, shape, names, '__b_')})"
            arms.append(f"{pair} => {' && '.join(f'*__a_{n} == *__b_{n}' for n in names) or 'true'}")
        if len(variants) > 1:
            arms.append("_ => false")
        body = f"match (self, __other) {{ {', '.join(arms)} }}"
    return f"fn eq(&self, __other: &Self) -> bool {{ {body} }}"


def _ordering(item: Any, partial: bool) -> str:
    ordering = "::core::cmp::Ordering"
    call = "::core::cmp::PartialOrd::partial_cmp" if partial else "::core::cmp::Ord::cmp"
    equal = f"::core::option::Option::Some({ordering}::Equal)" if partial else f"{ordering}::Equal"
    ranks = "::core::intrinsics::discriminant"
    by_rank = f"{call}(&{ranks}(self), &{ranks}(__other))"
    if _is_fieldless(item):
        body = by_rank
    else:
        arms = []
        variants = _variants(item)
        for path, shape, names, _ in variants:
            pair = f"({_pattern(item, path, shape, names, '__a_')}, {_pattern(item, path, shape, names, '__b_')})"
            chain = equal
            for i, n in enumerate(names[::-1]):
                one = f"{call}(__a_{n}, __b_{n})"
                chain = one if i == 0 else f"match {one} {{ {equal} => {chain}, __unequal => __unequal }}"
            arms.append(f"{pair} => {chain}")
        if len(variants) > 1:
            arms.append(f"_ => {by_rank}")
        body = f"match (self, __other) {{ {', '.join(arms)} }}"
    if partial:
        return f"fn partial_cmp(&self, __other: &Self) -> ::core::option::Option<{ordering}> {{ {body} }}"
    return f"fn cmp(&self, __other: &Self) -> {ordering} {{ {body} }}"


def _hash(item: Any) -> str:
    arms = []
    variants = _variants(item)
    for path, shape, names, _ in variants:
        calls = "".join(f"::core::hash::Hash::hash(__a_{n}, __state); " for n in names)
        arms.append(f"{_pattern(item, path, shape, names, '__a_')} => {{ {calls} }}")
    rank = "::core::hash::Hash::hash(&::core::intrinsics::discriminant(self), __state); " if len(variants) > 1 else ""
    body = f"match self {{ {', '.join(arms)} }}" if arms else ""
    return f"fn hash<HH: ::core::hash::Hasher>(&self, __state: &mut HH) {{ {rank}{body} }}"


def _default(item: Any) -> str:
    made = "::core::default::Default::default()"
    value = ""
    for path, shape, names, syntax in _variants(item):
        if isinstance(item, t.EnumItem) and not any(a[0] == "default" for a in syntax.attributes):
            continue
        if shape == "unit":
            value = path
        elif shape == "tuple":
            value = f"{path}({', '.join(made for _ in names)})"
        else:
            value = f"{path} {{ {', '.join(f'{_field(n)}: {made}' for n in names)} }}"
    return f"fn default() -> Self {{ {value} }}"


_BODIES: dict[str, Any] = {
    "Debug": _debug, "Clone": _clone, "Copy": lambda _: "", "PartialEq": _eq, "Eq": lambda _: "",
    "PartialOrd": lambda item: _ordering(item, True), "Ord": lambda item: _ordering(item, False), "Hash": _hash,
    "Default": _default,
}  # fmt: skip
