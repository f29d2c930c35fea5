"""Which traits `dyn` can stand before (The Rust Reference, "Dyn compatibility"): E0038."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engines.rustwasm.typing import types as ty

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation
    from engines.rustwasm.syntax import tree as t
    from engines.rustwasm.typing.definitions import FnDef, TraitDef
    from engines.rustwasm.typing.types import Ty

_PARAMETER: Final = "it uses `Self` as a type parameter"


def check_objects(compilation: Compilation) -> None:
    """Report the trait objects met so far whose traits can have none. Signatures are asked, so it is done when none is
    being made."""
    met = compilation.collector.objects
    while met:
        bound, (trait, whole, given) = met.popitem()
        check_types(compilation, trait, bound, given)
        found = _violation(compilation, trait, set())
        if found is not None:
            span = bound if found[1] == _PARAMETER else whole
            message = f"the trait `{trait.name}` is not dyn compatible"
            error = compilation.diagnostics.error("E0038", message, span, f"`{trait.name}` is not dyn compatible")
            error.labels.append((found[0], f"...because {found[1]}"))


def check_types(compilation: Compilation, trait: TraitDef, span: t.Span, given: tuple[str, ...]) -> None:
    """E0191 for associated types that a trait object leaves open."""
    known = set(given)
    missing: list[str] = []
    seen: list[TraitDef] = []
    traits = [trait]
    while traits:
        one = traits.pop()
        if one in seen:
            continue
        seen.append(one)
        compilation.collector.ensure_generics(one)
        missing += [f"`{name}` in `{one.name}`" for name in one.assoc_types if name not in known]
        for upper in one.supertraits:
            if upper.trait is not None:
                known.update(name for name, _ in upper.bindings)
                traits.append(upper.trait)
    if missing:
        s = "" if len(missing) == 1 else "s"
        message = f"the value of the associated type{s} {', '.join(missing)} must be specified"
        compilation.diagnostics.error("E0191", message, span, f"associated type{s} must be specified")


def _violation(compilation: Compilation, trait: TraitDef, seen: set[TraitDef]) -> tuple[t.Span, str] | None:
    """Where and why no type-erased value can have the trait; None if one can."""
    seen.add(trait)
    compilation.collector.ensure_generics(trait)
    for upper in trait.supertraits:
        assert upper.trait is not None
        if upper.trait.lang == "Sized":
            return upper.span, "it requires `Self: Sized`"
        if any(map(_mentions_self, upper.args)):
            return upper.span, _PARAMETER
    for const in trait.assoc_consts.values():
        return const.span, f"it contains the associated const `{const.name}`"
    for method in trait.methods.values():
        reason = _of_method(compilation, method)
        if reason is not None:
            return method.span, f"method `{method.name}` {reason}"
    for upper in trait.supertraits:
        if upper.trait is not None and upper.trait not in seen:
            found = _violation(compilation, upper.trait, seen)
            if found is not None:
                return found
    return None


def _of_method(compilation: Compilation, method: FnDef) -> str | None:
    compilation.collector.ensure_signature(method)
    generics = method.generics
    if any(p.trait is not None and p.trait.lang == "Sized" and _is_self(p.subject) for p in generics.predicates):
        return None
    if method.receiver is None:
        return "has no `self` parameter"
    if any(_mentions_self(one) for one in method.inputs[1:]):
        return "references the `Self` type in its parameters"
    if _mentions_self(method.output):
        return "references the `Self` type in its return type"
    if ty.erase(method.output).flags & ty.HAS_OPAQUE:
        return "references an `impl Trait` type in its return type"
    if len(generics.names) > generics.parent_count:
        return "has generic type parameters"
    return None


def _is_self(one: Ty) -> bool:
    return one.kind == ty.PARAM and one.data[0] == 0


def _mentions_self(one: Ty) -> bool:
    """Whether a type says `Self`, other than in `Self::Name`."""
    if _is_self(one):
        return True
    inner = one.args[1:] if one.kind == ty.PROJECTION and one.args and _is_self(one.args[0]) else one.args
    return any(map(_mentions_self, inner))
