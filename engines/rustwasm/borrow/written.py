"""Function pointers and `dyn Fn` types as a crate writes them: which lifetimes each of their calls chooses.

Inference knows types without lifetimes, so whether `fn(&str)` was `for<'a> fn(&'a str)` or `fn(&'a str)` of some other
`'a` is not seen in it. What the crate writes tells: a lifetime is chosen by calls where all types that may be meant
leave it out (or say `for<..>`).

Source: The Rust Reference, "Higher-ranked trait bounds", "Lifetime elision".
"""

from __future__ import annotations

from typing import Any

from engines.rustwasm.borrow.shapes import Shapes, elided, is_fn_trait
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
        self._all: dict[tuple[int, Any, int], list[Ty]] | None = None

    def _found(self) -> dict[tuple[int, Any, int], list[Ty]]:
        if self._all is None:
            self._all = {}
            for one in self.compilation.collector.called if self.compilation is not None else ():
                called = parts(one)
                if called is not None and not one.flags & (ty.HAS_INFER | ty.HAS_ERROR):
                    self._all.setdefault(_key(one, called), []).append(one)
        return self._all

    def _meant(self, one: Ty) -> list[Ty]:
        """The written types that may be the one that is erased to `one`."""
        called = parts(one)
        if called is None:
            return []
        return [other for other in self._found().get(_key(one, called), ()) if _fits(other, one)]

    def chosen(self, one: Ty) -> tuple[frozenset[int], frozenset[int]] | None:
        """Positions of the regions that calls choose, in the parameters and in the result; None if nothing tells."""
        called = parts(one)
        inputs: list[frozenset[int]] = []
        results: list[frozenset[int]] = []
        for other in self._meant(one):
            wanted = parts(other)
            if called is not None and wanted is not None:
                inputs.append(self._elided(wanted[0], called[0]))
                results.append(self._elided((wanted[1],), (called[1],)))
        if not inputs:
            return None
        return frozenset.intersection(*inputs), frozenset.intersection(*results)

    def only(self, one: Ty, own: set[Ty]) -> tuple[Ty, Ty] | None:
        """Tuple of parameters and result as written, if all that may be meant are the same and name no lifetime but
        those of the function whose types are `own`."""
        meant = [(parts(other), other) for other in self._meant(one)]
        if not meant or meant[0][0] is None or any(other != meant[0][0] for other, _ in meant):
            return None
        inputs, result = ty.tuple_of(meant[0][0][0]), meant[0][0][1]
        names = ty.lifetimes(inputs) | ty.lifetimes(result)
        foreign = names - {"'static"} and not all(other in own for _, other in meant)
        return None if foreign or (inputs.flags | result.flags) & ty.HAS_PARAM else (inputs, result)

    def _elided(self, declared: tuple[Ty, ...], erased: tuple[Ty, ...]) -> frozenset[int]:
        found: list[int] = []
        at = 0
        for one, other in zip(declared, erased, strict=True):
            elided(self.shapes, one, other, at, found)
            at += self.shapes.count(other)
        return frozenset(found)


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
