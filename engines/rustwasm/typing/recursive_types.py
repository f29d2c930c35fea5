"""Types that hold themselves, and so would have no end (E0072).

A value holds what its fields are; of what is named in a generic type's brackets, those whose parameter some field is.
Types are looked at after what they hold, so each is looked at once.

Source: The Rust Reference, "Type system", "Recursive types".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import AdtDef, FieldDef
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation

_POINTERS: Final = ("Box", "Vec", "Rc", "RawArray")
"""What the compiler knows to lead to its values."""
_SHOWN: Final = 5
"""How many types of a circle are named."""


def check_recursion(compilation: Compilation, adts: list[AdtDef]) -> None:
    """E0072 for types that contain themselves without indirection, once for those that contain each other."""
    search = _Search(compilation)
    for adt in adts:
        search.look(adt)


def _listed(circle: list[AdtDef]) -> str:
    names = [f"`{one.name}`" for one in circle]
    if len(names) == 1:
        return f"type {names[0]} has"
    if len(names) > _SHOWN:
        names[_SHOWN:] = [f"{len(names) - _SHOWN} more"]
    return f"types {', '.join(names[:-1])} and {names[-1]} have"


class _Search:
    def __init__(self, compilation: Compilation) -> None:
        self.compilation = compilation
        self.held: dict[AdtDef, frozenset[int]] = {}
        """Of types that were looked at: the parameters whose types they hold."""
        self.path: dict[AdtDef, Iterator[AdtDef]] = {}
        """Types that are being looked at, each held by the one before, with what else they hold."""
        self.fields: dict[AdtDef, FieldDef] = {}
        """Which field of a type of the path is looked at."""
        self.parameters: dict[AdtDef, set[int]] = {}
        """The parameters that the fields looked at hold."""

    def look(self, adt: AdtDef) -> None:
        """Look at a type, and before that at those that it holds; a loop, as chains are as long as sources."""
        self.enter(adt)
        while self.path:
            last = next(reversed(self.path))
            inner = next(self.path[last], None)
            if inner is None:
                self.held[last] = frozenset(self.parameters.pop(last))
                del self.path[last]
            elif inner in self.path:
                self.refuse(inner)
            else:
                self.enter(inner)

    def enter(self, adt: AdtDef) -> None:
        if adt not in self.held:
            self.parameters[adt] = set()
            self.path[adt] = self.parts(adt)

    def parts(self, adt: AdtDef) -> Iterator[AdtDef]:
        """The types that the fields hold; when one was given, it is looked at before the next is asked for."""
        if adt.gc or adt.lang in _POINTERS:
            return
        self.compilation.collector.ensure_fields(adt)
        for variant in adt.variants:
            for field in variant.fields:
                self.fields[adt] = field
                yield from self.of_type(adt, field.ty)

    def of_type(self, adt: AdtDef, one: Ty) -> Iterator[AdtDef]:
        if one.kind == ty.PARAM:
            self.parameters[adt].add(one.data[0])
        elif one.kind in (ty.TUPLE, ty.ARRAY):
            for part in one.args:
                yield from self.of_type(adt, part)
        elif one.kind == ty.ADT:
            if one.data not in self.held:
                yield one.data
            for index in sorted(self.held.get(one.data, ())):
                yield from self.of_type(adt, one.args[index])

    def refuse(self, first: AdtDef) -> None:
        """Report the types of the path from `first` on, and look no further at them."""
        path = list(self.path)
        circle = path[path.index(first) :]
        for one in circle:
            self.path[one] = iter(())
        start = circle.index(min(circle, key=lambda one: one.span))
        circle = circle[start:] + circle[:start]
        head = self.compilation.head_span(circle[0].syntax, "{(;")
        error = self.compilation.diagnostics.error("E0072", f"recursive {_listed(circle)} infinite size", head)
        error.labels.extend((self.fields[one].span, "recursive without indirection") for one in circle[:_SHOWN])
        error.helps.append("insert some indirection (e.g., a `Box`, `Rc`, or `&`) to break the cycle")
