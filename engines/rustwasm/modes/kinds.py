"""What a type is in the eyes of the mode rules: does it own, does it share, does it borrow.

| kind | examples | a GC type may hold it | an ownership type may hold it |
|---|---|---|---|
| plain | numbers, `()`, `fn` pointers, structs of plain fields | yes | yes |
| GC | `#[wasm::gc]` types, GcArray, GcString, GcBox, GcRc | yes | no |
| owning | what has something to drop: Vec, String, Box, Rc, closures that own | no | yes |
| borrowing | references, iterators and closures with references | no (`&'static str` yes) | by rustc's rules |
| cells | Cell, RefCell | no | yes |

Option, Result, tuples and arrays are what their parts are. A type parameter counts as plain: what it stands for is
checked where it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty

_CELLS: Final = frozenset(("Cell", "RefCell", "UnsafeCell", "OnceCell"))
_OWNERS: Final = frozenset((
    "String", "VecDeque", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "BinaryHeap", "Weak", "Cow",
))  # fmt: skip
"""Library types named when what they are made of owns."""


class Kinds:
    """Answers for the types of one compilation, kept."""

    def __init__(self, compilation: Any) -> None:
        self.compilation = compilation
        self._owning: dict[Ty, Ty | None] = {}
        self._shared: dict[Ty, Ty | None] = {}
        self._borrowing: dict[Ty, Ty | None] = {}
        self._cell: dict[Ty, Ty | None] = {}
        self._mixed: dict[Ty, tuple[Ty, Ty] | None] = {}

    def parts(self, one: Ty) -> list[Ty]:
        """What a value of the type is made of, pointers not followed."""
        if one.kind == ty.ADT:
            adt = one.data.surface or one.data
            self.compilation.collector.ensure_fields(adt)
            return [ty.subst(ty.erase(f.ty), one.args) for v in adt.variants for f in v.fields]
        if one.kind == ty.CLOSURE:
            return [
                ty.subst(ty.erase(c.ty if c.mode == "move" else ty.ref(c.ty, c.mode == "mut")), one.args)
                for c in one.data.captures
            ]
        if one.kind in (ty.TUPLE, ty.ARRAY, ty.SLICE):
            return [a for a in one.args if a.kind != ty.CONST]
        return []

    def _find(self, known: dict[Ty, Ty | None], one: Ty, is_it: Callable[[Ty], bool | None]) -> Ty | None:
        """The first part of the type for which `is_it` holds; False from it ends the search below a part."""
        if one in known:
            return known[one]
        known[one] = None  # of a type that contains itself, until known
        answer = is_it(one)
        found: Ty | None = one if answer else None
        if answer is None:
            for part in self.parts(one):
                found = self._find(known, part, is_it)
                if found is not None:
                    break
            if found is not None and known is self._owning and one.kind == ty.ADT and self._named(one):
                found = one
        known[one] = found
        return found

    def _named(self, one: Ty) -> bool:
        """Is it the type itself that messages name, and not the part of it that owns?"""
        return one.data.module.root is self.compilation.root or one.data.name in _OWNERS

    def owning(self, one: Ty) -> Ty | None:
        """The part of the type that owns something to drop; None if there is none."""
        if one in self._owning:
            return self._owning[one]

        def is_it(part: Ty) -> bool | None:
            if part.kind == ty.ADT:
                if ty.is_shared(part):
                    return False
                return True if part.data.drop is not None or part.data.lang == "Box" else None
            return True if part.kind == ty.DYN else None

        return self._find(self._owning, one, is_it)

    def shared(self, one: Ty) -> Ty | None:
        """The GC type that a value of the type holds."""
        return self._find(self._shared, one, lambda part: True if ty.is_shared(part) else None)

    def borrowing(self, one: Ty) -> Ty | None:
        """The reference that a value of the type holds."""
        if one in self._borrowing:
            return self._borrowing[one]

        def is_it(part: Ty) -> bool | None:
            if ty.is_shared(part):
                return False
            return True if part.kind == ty.REF else None

        return self._find(self._borrowing, one, is_it)

    def cell(self, one: Ty) -> Ty | None:
        """The Cell or RefCell in the type."""

        def is_it(part: Ty) -> bool | None:
            if part.kind != ty.ADT:
                return None
            return False if ty.is_shared(part) else (True if part.data.name in _CELLS else None)

        return self._find(self._cell, one, is_it)

    def unfit(self, one: Ty) -> tuple[str, Ty] | None:
        """Why a GC object cannot hold the type: ("owning" | "cell" | "borrowing", the part to blame), or None."""
        for kind, find in (("owning", self.owning), ("cell", self.cell), ("borrowing", self.borrowing)):
            found = find(one)
            if found is not None:
                return kind, found
        return None

    def mixed(self, one: Ty) -> tuple[Ty, Ty] | None:
        """An ownership type in the type that holds a GC type: (holder, GC type)."""
        if one in self._mixed:
            return self._mixed[one]
        self._mixed[one] = None
        found: tuple[Ty, Ty] | None = None
        if one.kind == ty.ADT and not ty.is_shared(one) and one.data.surface is None:
            user = one.data.module.root is self.compilation.root
            if user or one.data.drop is not None or one.data.lang == "Box":
                for arg in one.args:
                    held = self.shared(arg)
                    if held is not None:
                        found = (one, held)
                        break
        if found is None:
            for part in [a for a in one.args if a.kind != ty.CONST] + (
                self.parts(one) if one.kind in (ty.ADT, ty.CLOSURE) and not ty.is_shared(one) else []
            ):
                found = self.mixed(part)
                if found is not None:
                    break
        self._mixed[one] = found
        return found


def counterpart(one: Ty) -> str | None:
    """The GC type to write in place of an ownership type or reference; None if there is no such type."""
    if one.kind == ty.REF and one.args[0] is ty.STR_TY:
        return "GcString"
    if one.kind == ty.REF and one.args[0].kind == ty.SLICE:
        return f"GcArray<{_written(one.args[0].args[0])}>"
    if one.kind != ty.ADT:
        return None
    name = one.data.lang or one.data.name
    if name == "String":
        return "GcString"
    if name in ("Vec", "VecDeque"):
        return f"GcArray<{_written(one.args[0])}>"
    if name == "Box":
        inner = one.args[0]
        return ty.show(inner) if ty.is_shared(inner) else f"GcBox<{_written(inner)}>"
    if name in ("Rc", "RefCell", "Cell"):
        return f"GcRc<{_written(one.args[0])}>"
    return None


def _written(one: Ty) -> str:
    """A type argument, its own ownership types replaced: `Rc<RefCell<T>>` is `GcRc<T>`."""
    if one.kind == ty.ADT and one.data.name in _CELLS and one.args:
        one = one.args[0]
    return counterpart(one) or ty.show(one)


def ownership_counterpart(one: Ty) -> str | None:
    """The ownership type that a GC library type is converted to and from."""
    if one.kind != ty.ADT:
        return None
    inner = [ty.show(a) for a in one.args]
    return {
        "GcString": "String",
        "GcArray": f"Vec<{inner[0]}>" if inner else None,
        "GcBox": f"Box<{inner[0]}>" if inner else None,
    }.get(one.data.lang or "")


def overlays(one: Ty) -> bool:
    """Is it an enum, not of GC mode, in which the fields of two variants lie at one place?"""
    if one.kind != ty.ADT or not one.data.is_enum or one.data.gc or one.data.surface is not None:
        return False
    return sum(1 for variant in one.data.variants if variant.fields) > 1
