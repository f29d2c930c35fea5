"""Coherence: who may implement what for which type, and that no two impls are for the same one.

Source: The Rust Reference, "Implementations" (trait implementation coherence, orphan rules, inherent implementations);
RFC 2451.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.projection import Inference
from engines.rustwasm.typing.traits import AMBIGUOUS, head

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation
    from engines.rustwasm.typing.definitions import ImplDef, TraitDef
    from engines.rustwasm.typing.types import Ty

_PRIMITIVES = (ty.INT, ty.FLOAT, ty.BOOL, ty.CHAR, ty.STR)
_FUNDAMENTAL = ("Sized", "Fn", "FnMut", "FnOnce")
"""Traits that nobody may implement for more types later."""


def check_coherence(compilation: Compilation, impl: ImplDef) -> None:
    """Report an impl of this crate that may not be here, or is for what an earlier one is for: E0117, E0210 and E0119
    of traits, E0116, E0118, E0390 and E0592 of inherent ones."""
    if impl.erased_self.kind == ty.ERROR:
        return
    if impl.trait is not None:
        if _may_be_here(compilation, impl):
            _check_overlap(compilation, impl)
    elif impl.syntax.trait is None:
        _check_inherent(compilation, impl)
        _check_names(compilation, impl)


def _core(one: Ty) -> Ty:
    """What counts of a type: references and boxes are of the crate that what they lead to is of."""
    while one.kind == ty.REF or (one.kind == ty.ADT and one.data.lang == "Box"):
        one = one.args[0]
    return one


def _is_local(compilation: Compilation, one: Ty) -> bool:
    if one.kind == ty.DYN:
        return one.data[0].module.root is compilation.root
    return one.kind == ty.ADT and one.data.module.root is compilation.root


def _may_be_here(compilation: Compilation, impl: ImplDef) -> bool:
    """A trait of another crate needs a type of this one, and no bare parameter before it."""
    assert impl.trait is not None
    if impl.trait.module.root is compilation.root:
        return True
    types = [_core(one) for one in (impl.erased_self, *impl.erased_args)]
    local = next((i for i, one in enumerate(types) if _is_local(compilation, one)), len(types))
    span = compilation.head_span(impl.syntax)
    bare = next((one for one in types[:local] if one.kind == ty.PARAM), None)
    if bare is not None:
        name = ty.show(bare)
        covered = "covered by another type when it appears before the first local type"
        used = "used as the type parameter for some local type"
        how = covered if local < len(types) else used
        error = compilation.diagnostics.error(
            "E0210", f"type parameter `{name}` must be {how} (e.g., `MyStruct<{name}>`)", span,
            f"type parameter `{name}` must be {how}",
        )  # fmt: skip
        error.notes.append("only traits defined in the current crate can be implemented for a type parameter")
    elif local == len(types):
        one = impl.erased_self
        what = "primitive types" if one.kind in _PRIMITIVES else "arbitrary types"
        if one.kind in (ty.ADT, ty.DYN):
            what = "types defined outside of the crate"
        error = compilation.diagnostics.error(
            "E0117", f"only traits defined in the current crate can be implemented for {what}", span,
            f"`{ty.show(one)}` is not defined in the current crate",
        )  # fmt: skip
        error.helps.append("define and implement a trait or new type instead")
    return bare is None and local < len(types)


def _check_inherent(compilation: Compilation, impl: ImplDef) -> None:
    """Methods are defined where their type is."""
    one = impl.erased_self
    if _is_local(compilation, one):
        return
    span = compilation.head_span(impl.syntax)
    error = compilation.diagnostics.error
    if one.kind == ty.PARAM:
        message = "no nominal type found for inherent implementation"
        error("E0118", message, span, "impl requires a nominal type").helps.append("implement a trait instead")
    elif one.kind in (ty.ADT, ty.DYN):
        message = "cannot define inherent `impl` for a type outside of the crate where the type is defined"
        error("E0116", message, span, "impl for type defined outside of crate").helps.append(
            "define and implement a trait or new type instead"
        )
    else:
        message = "cannot define inherent `impl` for primitive types"
        error("E0390", message, span).helps.append("consider using an extension trait instead")


def _meeting(compilation: Compilation, one: ImplDef, other: ImplDef) -> tuple[Ty, ...]:
    """A type (and arguments of the trait) that both impls may be for; nothing if there is none."""
    inference = Inference(compilation, [])
    mine = inference.fresh_args(len(one.generics.names))
    theirs = inference.fresh_args(len(other.generics.names))
    given = tuple([inference.normal_subst(each, mine) for each in (one.erased_self, *one.erased_args)])
    if not inference.match_impl(other, theirs, given):
        return ()
    for _ in range(2):  # what the second's clauses tell of the types, the first's have not seen yet
        if not (_may_hold(compilation, inference, one, mine) and _may_hold(compilation, inference, other, theirs)):
            return ()
    return tuple([ty.deep(each) for each in given])


def _may_hold(compilation: Compilation, inference: Inference, impl: ImplDef, args: tuple[Ty, ...]) -> bool:
    """Whether the where clauses of an impl hold for these arguments, now or once other crates have more impls."""
    for i, one in enumerate(args):
        if ty.shallow(one).kind in (ty.STR, ty.SLICE, ty.DYN) and i not in impl.generics.unsized:
            return False
    for p in compilation.collector.impl_bounds(impl):
        if p.trait is None:
            continue
        full = tuple([inference.normal_subst(each, args) for each in (p.subject, *p.args)])
        found = inference.select(p.trait, full, nested=True)
        if found is None:
            if _is_known(compilation, p.trait, full):
                return False
            continue
        for name, bound in p.bindings:
            value = None if found is AMBIGUOUS else inference.project(p.trait, name, full)
            if value is not None and not inference.unify(value, inference.normal_subst(bound, args)):
                return False
    return True


def _is_known(compilation: Compilation, trait: TraitDef, args: tuple[Ty, ...]) -> bool:
    """Whether no other crate may ever implement a trait for types for which nobody does: neither one that has a type
    that is not known yet, nor the trait's own."""
    cores = [_core(ty.deep(one)) for one in args]
    if any(one.kind == ty.INFER for one in cores):
        return False
    if trait.module.root is compilation.root or trait.lang in _FUNDAMENTAL:
        return True
    return any(_is_local(compilation, one) for one in cores)


def _check_overlap(compilation: Compilation, impl: ImplDef) -> None:
    """Compared with what comes before it: impls of the library, and those declared earlier."""
    trait = impl.trait
    assert trait is not None
    key = head(impl.erased_self)
    index = compilation.impl_index(trait)
    others = [*index.get(key, ()), *index.get(None, ())] if key is not None else compilation.trait_impls(trait)
    for other in others:
        here = other.module.root is compilation.root
        if other is impl or (other, "conflict") in compilation.collector.done or (here and other.span >= impl.span):
            continue
        both = _meeting(compilation, impl, other)
        if not both:
            continue
        compilation.collector.done.add((impl, "conflict"))
        derived = [one for one in (impl, other) if here and compilation.sources.snippet(one.span).startswith("#")]
        wrong = derived[0] if derived else impl
        args = f"<{', '.join(map(ty.show, both[1:]))}>" if both[1:] else ""
        span = wrong.span if derived else compilation.head_span(impl.syntax)
        error = compilation.diagnostics.error(
            "E0119",
            f"conflicting implementations of trait `{trait.name}{args}` for type `{ty.show(both[0])}`",
            span,
            f"conflicting implementation for `{ty.show(both[0])}`",
        )
        if here:
            first = other if wrong is impl else impl
            error.labels.append((compilation.head_span(first.syntax), "first implementation here"))
        else:
            error.notes.append(f"conflicting implementation in the library: `{other.path}`")
        return


def _check_names(compilation: Compilation, impl: ImplDef) -> None:
    """Methods and functions of one type have names of their own."""
    for other in compilation.inherent_impls(head(impl.erased_self)):
        if other.module.root is not compilation.root or other.span >= impl.span:
            continue
        for name in [one for one in other.methods if one in impl.methods]:  # not a set: messages have an order
            if _meeting(compilation, impl, other):
                span = compilation.head_span(other.methods[name].syntax)
                error = compilation.diagnostics.error(
                    "E0592", f"duplicate definitions with name `{name}`", span,
                    f"duplicate definitions for `{name}`",
                )  # fmt: skip
                again = compilation.head_span(impl.methods[name].syntax)
                error.labels.append((again, f"other definition for `{name}`"))
