"""Types without lifetimes: what is right by construction of a program whose lifetimes are drawn.

`parse("&mut Vec<View>")` reads one; `written` writes it with lifetimes. A capital letter alone is a variable of a rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

Lifetime: TypeAlias = Callable[[], str]
"""The lifetime at the next place that has one; empty where it is left out."""


@dataclass(frozen=True)
class Type:
    """`head` is a name, `&`, `&mut`, `[]` (of one argument, unsized) or `()` of any number."""

    head: str
    args: tuple[Type, ...] = ()


@dataclass(frozen=True)
class Struct:
    """A struct that generated functions use.

    Attributes:
        lifetimes: how many parameters it has.
        fields: that may be named; none where it is built by functions only.
        traits: of `Copy`, `Clone`, `Default`, `Drop`.
    """

    name: str
    lifetimes: int
    fields: tuple[tuple[str, Type], ...]
    traits: frozenset[str] = frozenset()


ELIDED: Final = "'_"

_TOKEN: Final = re.compile(r"&mut\b|&|\w+(?: \w+)?|[<>(),\[\]]")


@cache
def parse(text: str) -> Type:
    """The type that is written."""
    tokens = _TOKEN.findall(text)
    found, rest = _read(tokens)
    if rest:
        raise ValueError(f"{text!r} goes on after a type, with {rest[0]!r}")
    return found


def _read(tokens: list[str]) -> tuple[Type, list[str]]:
    head, rest = tokens[0], tokens[1:]
    if head in ("&", "&mut"):
        inner, rest = _read(rest)
        return Type(head, (inner,)), rest
    if head == "[":
        inner, rest = _read(rest)
        return Type("[]", (inner,)), rest[1:]
    close = {"(": ")", "<": ">"}.get(head if head == "(" else rest[0] if rest else "")
    if close is None:
        return Type(head), rest
    rest = rest if head == "(" else rest[1:]
    args = []
    while rest[0] != close:
        inner, rest = _read(rest)
        args.append(inner)
        rest = rest[1:] if rest[0] == "," else rest
    return Type("()" if head == "(" else head, tuple(args)), rest[1:]


STRUCTS: Final[dict[str, Struct]] = {
    one.name: one
    for one in (
        Struct("Loud", 0, (("text", parse("String")),), frozenset(("Drop",))),
        Struct("Pair", 0, (("a", parse("String")), ("b", parse("String"))), frozenset(("Clone", "Default"))),
        Struct("View", 1, (("r", parse("&String")), ("n", parse("i32"))), frozenset(("Copy", "Clone"))),
        Struct("Edit", 1, (("m", parse("&mut String")), ("n", parse("i32")))),
        Struct("Both", 2, (("r", parse("&String")), ("m", parse("&mut String")))),
        Struct("Guard", 1, (("m", parse("&mut String")),), frozenset(("Drop",))),
        Struct("Watch", 1, (("r", parse("&String")),), frozenset(("Drop", "Clone"))),
        Struct("Inv", 1, (("c", parse("Cell<&String>")),)),
        Struct("Sink", 1, (("v", parse("Vec<&String>")),), frozenset(("Clone", "Default"))),
        Struct("Deep", 2, (("m", parse("&mut Edit")), ("k", parse("i32")))),
        Struct("Wrap", 1, (("o", parse("Option<&mut Pair>")),), frozenset(("Default",))),
        Struct("Take", 1, (("f", parse("TakesRef")),), frozenset(("Copy", "Clone"))),
        Struct("Chain", 1, (("here", parse("&String")), ("next", parse("Option<Box<Chain>>"))), frozenset(("Clone",))),
    )
}

_UNSIZED: Final = frozenset(("[]", "dyn Look"))
_OPAQUE: Final = frozenset(("Iter", "BoxFn", "BoxMap", "BoxLook"))


def sized(type_: Type) -> bool:
    return type_.head not in _UNSIZED


def has(type_: Type, trait: str) -> bool:
    """Whether values of the type are `Copy`, `Clone`, `Default` or `Drop`; of a type parameter none is known."""
    head = type_.head
    if head == "&":
        return trait in ("Copy", "Clone")
    if head in ("i32", "bool"):
        return trait != "Drop"
    if head == "String":
        return trait in ("Clone", "Default")
    if head in STRUCTS:
        return trait in STRUCTS[head].traits
    if head == "TakesRef":
        return trait in ("Copy", "Clone")
    if head in ("Option", "Vec") and trait == "Default":
        return True
    if head in ("()", "Option"):
        return trait != "Drop" and all(has(one, trait) for one in type_.args)
    if head in ("Vec", "Box"):
        return trait in ("Clone", "Default") and has(type_.args[0], trait)
    if head == "Cell":
        return (trait == "Clone" and has(type_.args[0], "Copy")) or (trait == "Default" and has(type_.args[0], trait))
    return False


def concrete(type_: Type) -> bool:
    """Whether two values of it have one type in Rust; not so of iterators."""
    return type_.head not in ("Iter", "ImplFn") and all(concrete(one) for one in type_.args)


def coerced(type_: Type) -> bool:
    """Whether it has a trait object in it, so that a variable is to say its type."""
    return type_.head in _OPAQUE or type_.head == "dyn Look" or any(coerced(one) for one in type_.args)


def lifetimes_in(type_: Type) -> int:
    """Places of the type that have a lifetime."""
    own = {
        "&": 1,
        "&mut": 1,
        "BoxFn": 1,
        "BoxMap": 1,
        "BoxLook": 1,
        "TakesRef": 1,
        "Iter": 1,
        "ImplFn": 1,
        "dyn Look": 0,
    }
    count = STRUCTS[type_.head].lifetimes if type_.head in STRUCTS else own.get(type_.head, 0)
    return count + sum(lifetimes_in(one) for one in type_.args)


def inferred(type_: Type) -> str:
    """The type as a body may write it, without lifetimes."""
    return written(type_, lambda: "")


def written(type_: Type, lifetime: Lifetime) -> str:
    """The type in Rust; `lifetime` is asked for each place that has one, from left to right."""
    head, args = type_.head, type_.args
    if head in ("&", "&mut"):
        name = lifetime()
        return f"&{name}{' ' if name else ''}{'mut ' if head == '&mut' else ''}{written(args[0], lifetime)}"
    if head == "[]":
        return f"[{written(args[0], lifetime)}]"
    if head == "()":
        inner = ", ".join(written(one, lifetime) for one in args)
        return f"({inner},)" if len(args) == 1 else f"({inner})"
    if head == "BoxLook":
        return f"Box<dyn Look + {lifetime() or ELIDED}>"
    if head == "BoxMap":
        return f"Box<dyn Fn(&String) -> &String + {lifetime() or ELIDED}>"
    if head == "BoxFn":
        return f"Makes<{lifetime() or ELIDED}, {written(args[0], lifetime)}>"
    if head == "ImplFn":
        result = written(args[0], lambda: lifetime() or "'static")
        return f"impl Fn() -> {result} + {lifetime() or ELIDED}"
    if head == "TakesRef":
        name = lifetime()
        return f"fn(&{name}{' ' if name else ''}String)"
    if head == "Iter":
        item = written(args[0], lifetime)
        return f"impl Iterator<Item = {item}> + {lifetime() or ELIDED}"
    if head in STRUCTS and STRUCTS[head].lifetimes:
        names = [lifetime() or ELIDED for _ in range(STRUCTS[head].lifetimes)]
        return f"{head}<{', '.join(names)}>"
    if args:
        return f"{head}<{', '.join(written(one, lifetime) for one in args)}>"
    return head


def is_variable(type_: Type) -> bool:
    """Whether it is one of a rule's, `A` to `C`."""
    return type_.head in ("A", "B", "C") and not type_.args


def unified(pattern: Type, type_: Type, known: Mapping[str, Type]) -> dict[str, Type] | None:
    """`known` with what the pattern's variables have to be for it to be the type; None where it cannot."""
    if is_variable(pattern):
        if pattern.head in known:
            return dict(known) if known[pattern.head] == type_ else None
        return {**known, pattern.head: type_}
    if pattern.head != type_.head or len(pattern.args) != len(type_.args):
        return None
    found: dict[str, Type] | None = dict(known)
    for left, right in zip(pattern.args, type_.args, strict=True):
        if found is not None:
            found = unified(left, right, found)
    return found


def substituted(pattern: Type, known: Mapping[str, Type]) -> Type:
    if is_variable(pattern):
        return known.get(pattern.head, pattern)
    return Type(pattern.head, tuple(substituted(one, known) for one in pattern.args))


def variables_in(pattern: Type) -> Iterator[str]:
    if is_variable(pattern):
        yield pattern.head
    for one in pattern.args:
        yield from variables_in(one)


def owned(pattern: Type) -> Iterator[str]:
    """The variables that stand elsewhere than by themselves or behind a reference, where a type has to be sized."""
    for one in pattern.args:
        if not is_variable(one):
            yield from owned(one)
        elif pattern.head not in ("&", "&mut"):
            yield one.head
