"""Definitions that cannot be: traits that require themselves (E0391), discriminants out of range or given twice (E0081,
E0370), statics that threads may not share (E0277).

Source: The Rust Reference, "Supertraits", "Enumerations" and "Static items".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.resolve.modules import TYPES
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import AdtDef, ConstDef, TraitDef
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engines.rustwasm.compilation import Compilation

CELLS: Final = frozenset(("core::cell::Cell", "core::cell::RefCell", "core::cell::OnceCell"))
"""Types of the library that change behind a shared reference."""
_UNSHARED: Final = CELLS | {"core::rc::Rc", "core::rc::Weak"}
"""Types of the library that are not `Sync`."""
_REPR: Final = re.compile(r"\b([iu](?:8|16|32|64|128|size))\b")


def break_circles(compilation: Compilation, traits: Sequence[TraitDef]) -> None:
    """Report traits that are supertraits of themselves, and take the bounds that close a circle away."""
    state: dict[TraitDef, int] = {}
    for start in traits:
        stack: list[tuple[TraitDef, list[tuple[t.Bound, list[t.Bound], TraitDef]]]] = []
        if start not in state:
            state[start] = 1
            stack.append((start, _uppers(compilation, start)))
        while stack:
            trait, uppers = stack[-1]
            if not uppers:
                state[trait] = 2
                stack.pop()
                continue
            bound, bounds, upper = uppers.pop()
            if state.get(upper) == 1:
                _report_circle(compilation, [one for one, _ in stack], upper)
                bounds.remove(bound)
            elif upper not in state and upper.module.root is compilation.root:
                state[upper] = 1
                stack.append((upper, _uppers(compilation, upper)))


def _uppers(compilation: Compilation, trait: TraitDef) -> list[tuple[t.Bound, list[t.Bound], TraitDef]]:
    """(bound, list that it stands in, supertrait): those after the name and those of `where Self: ...`."""
    lists = [trait.syntax.supertraits]
    for subject, bounds, _ in trait.syntax.generics.where:
        if isinstance(subject, t.TypePath) and [s.name for s in subject.path.segments] == ["Self"]:
            lists.append(bounds)
    found = []
    for bounds in lists:
        for bound in bounds:
            if bound.path is not None:
                upper, _ = compilation.resolver.resolve(bound.path, trait.module, TYPES, report=False)
                if isinstance(upper, TraitDef):
                    found.append((bound, bounds, upper))
    return found


def _report_circle(compilation: Compilation, stack: list[TraitDef], first: TraitDef) -> None:
    circle = stack[stack.index(first) :]
    message = f"cycle detected when computing the super predicates of `{first.name}`"
    error = compilation.diagnostics.error("E0391", message, first.span)
    for one in circle[1:]:
        error.notes.append(f"...which requires computing the super predicates of `{one.name}`...")
    error.notes.append(
        f"...which again requires computing the super predicates of `{first.name}`, completing the cycle"
    )


def discriminant_type(adt: AdtDef) -> Ty:
    """The type of an enum's discriminants: isize unless `#[repr(...)]` says another."""
    for text in adt.attributes:
        if text.startswith("repr"):
            found = _REPR.search(text)
            if found is not None:
                return ty.PRIMITIVES[found[1]]
    return ty.ISIZE


def set_discriminants(compilation: Compilation, adt: AdtDef, sources: list[Any], env: Any) -> None:
    """Number the variants as they say, or one after the other."""
    wanted = discriminant_type(adt)
    bits, signed = wanted.data[:2]
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    error = compilation.diagnostics.error
    following = 0
    given: dict[int, t.Span] = {}
    for variant, source in zip(adt.variants, sources, strict=True):
        span = variant.span
        if source.discriminant is not None:
            span = source.discriminant.span
            value = compilation.const_integer(source.discriminant, adt.module, wanted, env)
            if value is not None and not low <= value <= high:
                one = error(None, f"literal out of range for `{ty.show(wanted)}`", span)
                one.notes.append(
                    f"the literal `{value}` does not fit into the type `{ty.show(wanted)}` whose range is "
                    f"`{low}..={high}`"
                )
                value = None
            following = following if value is None else value
        elif following > high:
            one = error("E0370", "enum discriminant overflowed", span, f"overflowed on value after `{high}`")
            one.notes.append(f"explicitly set `{variant.name} = {low}` if that is desired outcome")
            following = low
        if following in given:
            message = f"discriminant value `{following}` assigned more than once"
            whole = adt.syntax.span
            head = compilation.sources.snippet(whole).split("{")[0].rstrip()
            one = error("E0081", message, (whole[0], whole[0] + len(head)))
            one.labels += [(given[following], f"`{following}` assigned here"), (span, f"`{following}` assigned here")]
        given[following] = span
        variant.discriminant = following
        following += 1


def check_shared(compilation: Compilation, const: ConstDef) -> None:
    """Report a static of a type that is not `Sync`: `Cell`, `Rc`, raw pointers and what holds one."""
    found = _unshared(compilation, ty.erase(const.ty), set())
    if found is not None:
        message = f"`{ty.show(found)}` cannot be shared between threads safely"
        error = compilation.diagnostics.error("E0277", message, const.syntax.ty.span, message)
        error.notes.append("shared static variables must have a type that implements `Sync`")


def _unshared(compilation: Compilation, one: Ty, seen: set[Ty]) -> Ty | None:
    """The part of a type that threads may not share."""
    if one in seen:
        return None
    seen.add(one)
    if one.kind == ty.RAW:
        return one
    parts = list(one.args)
    if one.kind == ty.ADT:
        if one.data.path in _UNSHARED:
            return one
        if one.data.module.root is compilation.root:
            if any(impl.trait is not None and impl.trait.lang == "Sync" and impl.erased_self.data is one.data
                   for impl in compilation.declarations.impls if impl.erased_self.kind == ty.ADT):  # fmt: skip
                return None
            compilation.collector.ensure_fields(one.data)
            parts = [ty.subst(ty.erase(f.ty), one.args) for v in one.data.variants for f in v.fields]
    elif one.kind not in (ty.REF, ty.TUPLE, ty.ARRAY, ty.SLICE):
        return None
    return next((found for part in parts if (found := _unshared(compilation, part, seen)) is not None), None)
