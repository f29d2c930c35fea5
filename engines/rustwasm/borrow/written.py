"""Function pointers and `dyn Fn` types as a crate writes them: which lifetimes each of their calls chooses.

Inference knows types without lifetimes, so whether `fn(&str)` was `for<'a> fn(&'a str)` or `fn(&'a str)` of some other
`'a` is not seen in it. Where a type is written at what has it, that tells. For the rest it is guessed from what the
crate writes: a lifetime is chosen by calls where all types that may be meant leave it out (or say `for<..>`). A wrong
guess is refused where it meets what it is made of, and never unsound.

Source: The Rust Reference, "Higher-ranked trait bounds", "Lifetime elision".
"""

from __future__ import annotations

from typing import Any

from engines.rustwasm.borrow.shapes import Shapes, bound_region, is_fn_trait
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty


def parts(one: Ty) -> tuple[tuple[Ty, ...], Ty] | None:
    """Parameters and result of a function pointer or `dyn Fn`; None for any other type."""
    if one.kind == ty.FNPTR:
        return one.args[:-1], one.args[-1]
    if one.kind == ty.DYN and is_fn_trait(one.data[0]) and len(one.args) == 2:
        return one.args[0].args, one.args[1]
    return None


class Written:
    """The types of what is called that a crate writes."""

    def __init__(self, compilation: Any, shapes: Shapes) -> None:
        self.compilation = compilation
        self.shapes = shapes
        self._bound: dict[Ty, tuple[int, ...]] = {}
        self._all: dict[tuple[int, Any, int], list[Ty]] | None = None

    def _found(self) -> dict[tuple[int, Any, int], list[Ty]]:
        if self._all is None:
            self._all = {}
            for one in self.compilation.collector.called if self.compilation is not None else ():
                called = parts(one)
                if called is not None and not one.flags & (ty.HAS_INFER | ty.HAS_ERROR):
                    self._all.setdefault(_key(one, called), []).append(ty.with_bounds(one))
        return self._all

    def _meant(self, one: Ty) -> list[Ty]:
        """The written types that may be the one that is erased to `one`."""
        called = parts(one)
        if called is None:
            return []
        return [other for other in self._found().get(_key(one, called), ()) if _fits(other, one)]

    def bound(self, one: Ty) -> tuple[int, ...]:
        """Per region of a type: its number if a function pointer or `dyn Fn` in it binds it, else 0."""
        found = self._bound.get(one)
        if found is None:
            found = self._bound[one] = tuple(self._find(one))
        return found

    def _find(self, one: Ty) -> list[int]:
        called = parts(one)
        if called is None:
            if not self.shapes.binders(one):
                return [0] * self.shapes.count(one)
            inner = self.shapes.captures(one) if one.kind == ty.CLOSURE else one.args
            out = [0] * (len(one.regions) if one.kind != ty.CLOSURE else 0)
            for part in inner:
                out += self._find(part)
            return out + [0] * (self.shapes.count(one) - len(out))
        own = [0] * len(one.regions)
        patterns: list[list[int]] = []
        for other in self._meant(one):
            pattern: list[int] = []
            for part, erased in zip(other.args, one.args, strict=True):
                self._pattern(part, erased, pattern)
            patterns.append(pattern)
        if patterns:
            return own + [tried[0] if min(tried) and max(tried) < 0 else 0 for tried in zip(*patterns, strict=True)]
        inputs = sum([self.shapes.count(part) for part in called[0]])
        results = self.shapes.count(called[1])
        return own + [-2 - i for i in range(inputs)] + [-2 if inputs == 1 else 0] * results

    def _pattern(self, declared: Ty, erased: Ty, out: list[int]) -> None:
        if declared.kind != erased.kind or erased.kind in (ty.CLOSURE, ty.FNDEF, ty.OPAQUE):
            out += [0] * self.shapes.count(erased)
            return
        out += [bound_region(name) if name and name[1] == "^" and name[2] != ">" else 0 for name in declared.regions]
        for part, other in zip(declared.args, erased.args, strict=True):
            self._pattern(part, other, out)


def _key(one: Ty, called: tuple[tuple[Ty, ...], Ty]) -> tuple[int, Any, int]:
    return one.kind, one.data[0] if one.kind == ty.DYN else None, len(called[0])


def _fits(written: Ty, one: Ty) -> bool:
    """May a written type be meant by an erased one? Parameters and what depends on impls may be anything."""
    if written.kind in (ty.PARAM, ty.PROJECTION, ty.OPAQUE):
        return True
    return (
        written.kind == one.kind
        and written.data == one.data
        and len(written.args) == len(one.args)
        and all(map(_fits, written.args, one.args))
    )
