"""Types that may be written: their arguments meet the bounds of what they are given to, and have a size where one is
needed (E0277); what a reference for the whole program leads to lasts as long (E0310).

Source: The Rust Reference, "Trait and lifetime bounds", "Dynamically sized types"; RFC 1214 (well-formedness).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import AdtDef, FnDef, Generics, ImplDef, TraitDef
from engines.rustwasm.typing.lasting_types import CALLED, STATIC, Demand, KnownLifetimes, LastingTypes
from engines.rustwasm.typing.projection import Inference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engines.rustwasm.compilation import Compilation
    from engines.rustwasm.typing.definitions import ConstDef, Predicate
    from engines.rustwasm.typing.types import Ty

_UNSIZED: Final = frozenset((ty.STR, ty.SLICE, ty.DYN))
_SIZED_TRAITS: Final = frozenset(("Sized", "Clone", "Default"))
"""Traits that only types with a size implement. std says so of Clone and Default by a supertrait; the library leaves it
out, so that no body carries it among what it may assume."""


class TypeRules:
    """Checks the types that definitions of one crate are written with."""

    def __init__(self, compilation: Compilation) -> None:
        self.compilation = compilation
        self.lasting = LastingTypes(compilation)
        self._asking: dict[Ty, bool] = {}

    def asks(self, one: Ty) -> bool:
        """Whether something has to hold for the type to be well-formed, parameters without a size left aside."""
        if not one.args:
            return False
        found = self._asking.get(one)
        if found is None:
            kind = one.kind
            found = kind == ty.PROJECTION
            if kind == ty.ADT:
                generics = one.data.generics
                found = any(p.trait is not None for p in generics.predicates) or any(
                    arg.kind in _UNSIZED and i not in generics.unsized for i, arg in enumerate(one.args)
                )
            elif kind in (ty.TUPLE, ty.SLICE, ty.ARRAY):
                found = any(arg.kind in _UNSIZED for arg in one.args)
            found = found or any(map(self.asks, one.args))
            self._asking[one] = found
        return found

    def check(self, one: Ty, generics: Generics, span: t.Span) -> None:
        """Report the type if it cannot be written where these parameters and bounds are known."""
        one = ty.erase(one)
        if self.asks(one) or (generics.unsized and one.flags & ty.HAS_PARAM):
            check_type(Inference(self.compilation, generics.predicates), one, generics, span)

    def has_size(self, one: Ty, generics: Generics, span: t.Span) -> None:
        """Report a type that is the whole of a field, and has no size."""
        if lacks_size(None, ty.erase(one), generics):
            report_size(self.compilation, one, span)

    # Definitions

    def adt(self, adt: AdtDef) -> None:
        """The fields of a type. Only a struct's last one may be without a size."""
        sources = [adt.syntax] if isinstance(adt.syntax, t.StructItem) else adt.syntax.variants
        known = KnownLifetimes(self.lasting)
        known.add_bounds(adt.generics)
        for variant, source in zip(adt.variants, sources, strict=True):
            for i, (field, written) in enumerate(zip(variant.fields, source.fields, strict=True)):
                self.check(field.ty, adt.generics, written.ty.span)
                if adt.is_enum or i + 1 < len(variant.fields):
                    self.has_size(field.ty, adt.generics, written.ty.span)
                if field.ty.flags & (ty.HAS_PARAM | ty.HAS_REGION):
                    found: list[Demand] = []
                    self.lasting.of_type(field.ty, found)
                    known.report([one for one in found if one[1] == STATIC], written.ty.span)
        for longer, shorter in self.lasting.inferred(adt):
            known.add(longer, shorter)
        self._bounds_last(adt.generics.predicates, known)

    def _lasts(self, one: Ty, known: KnownLifetimes, span: t.Span) -> None:
        """Report what a type demands of lifetimes that is not known."""
        if one.flags & (ty.HAS_PARAM | ty.HAS_REGION):
            found: list[Demand] = []
            self.lasting.of_type(one, found)
            known.report(found, span)

    def _bounds_last(self, bounds: Sequence[Predicate], known: KnownLifetimes) -> None:
        """Report what the types and traits in bounds demand of lifetimes and is not known."""
        for p in bounds:
            self._lasts(p.subject, known, p.span)
            if p.trait is not None and p.trait.lang not in CALLED:
                found: list[Demand] = []
                for one in p.declared[0]:
                    self.lasting.of_type(one, found)
                self.lasting.of_trait(p.trait, p.lifetimes, (p.subject, *p.declared[0]), found)
                known.report(found, p.span)

    def function(self, function: FnDef) -> None:
        """Parameters and result."""
        item = function.syntax
        inputs = function.inputs[1:] if item.self_param is not None else function.inputs
        for one, (_, written) in zip(inputs, item.params, strict=True):
            self.check(one, function.generics, written.span)
        if item.result is not None:
            self.check(function.output, function.generics, item.result.span)
        if any(p.trait is not None and p.span != (0, 0) for p in function.generics.predicates):
            known = KnownLifetimes(self.lasting)
            known.add_bounds(function.generics)
            owner = function.owner
            if isinstance(owner, ImplDef) and owner.self_ty is not None:
                known.add_implied(owner.self_ty)
            for one in (*function.inputs, function.output):
                known.add_implied(one)
            self._bounds_last(function.generics.predicates, known)

    def const(self, const: ConstDef) -> None:
        """The type of a const or static, which has a size."""
        generics = const.body.generics
        self.check(const.ty, generics, const.syntax.ty.span)
        self.has_size(const.ty, generics, const.syntax.ty.span)
        owner = const.owner
        if owner is not None and const.ty.flags & (ty.HAS_PARAM | ty.HAS_REGION):
            known = KnownLifetimes(self.lasting)
            known.add_bounds(owner.generics)
            if isinstance(owner, ImplDef):
                for one in (owner.self_ty, *owner.trait_args):
                    known.add_implied(one)
            self._lasts(const.ty, known, const.syntax.ty.span)

    def trait(self, trait: TraitDef) -> None:
        """What the bounds of a trait and of its associated types demand of lifetimes."""
        self.compilation.collector.ensure_generics(trait)
        known = KnownLifetimes(self.lasting)
        known.add_bounds(trait.generics)
        me = ty.param(0, "Self")
        for name in self.lasting.of_self(trait, trait.lifetimes):
            known.add(me, name)
        self._bounds_last(trait.generics.predicates, known)
        self._bounds_last(trait.supertraits, known)
        for bounds, _ in trait.assoc_types.values():
            self._bounds_last(bounds, known)

    def impl(self, impl: ImplDef) -> None:
        """The type and the trait of an impl; what the trait asks of both, and of its associated types."""
        syntax = impl.syntax
        if impl.erased_self.flags & ty.HAS_ERROR or self.compilation.sources.snippet(impl.span).startswith("#"):
            return
        self.compilation.collector.impl_bounds(impl)
        self.check(impl.erased_self, impl.generics, syntax.self_ty.span)
        trait = impl.trait
        if trait is None or syntax.negative:
            return
        if trait.lang == "Copy" and impl.erased_self.kind not in (ty.ADT, ty.PARAM):
            return  # E0206 was said
        self._impl_lasts(impl, trait)
        args = (impl.erased_self, *impl.erased_args)
        types = [item for item in syntax.items if isinstance(item, t.AliasItem) and item.name in trait.assoc_types]
        if not trait.generics.predicates and not trait.supertraits and not types:
            return
        saved, self.compilation.current_impl = self.compilation.current_impl, impl
        inference = Inference(self.compilation, impl.generics.predicates)
        for p in (*trait.generics.predicates, *trait.supertraits):
            require(inference, p, args, syntax.self_ty.span)
        for item in types:
            one = self.compilation.collector.impl_assoc(impl, item.name)
            if one is not None and not one.flags & ty.HAS_ERROR:
                self.check(one, impl.generics, item.ty.span)
                for p in trait.assoc_types[item.name][0]:
                    require(inference, p, args, item.ty.span)
        self.compilation.current_impl = saved

    def _impl_lasts(self, impl: ImplDef, trait: TraitDef) -> None:
        """What an impl's trait asks of lifetimes, and what it says of associated types."""
        known = KnownLifetimes(self.lasting)
        known.add_bounds(impl.generics)
        whole = (impl.self_ty, *impl.trait_args)
        for one in whole:
            known.add_implied(one)
        self._bounds_last(impl.generics.predicates, known)
        found: list[Demand] = []
        for name in self.lasting.of_self(trait, impl.trait_lifetimes, own=True):
            self.lasting.outlive(impl.self_ty, name, "E0478", found)
        known.report(found, impl.syntax.self_ty.span, True)
        asked: list[Demand] = []
        self.lasting.of_trait(trait, impl.trait_lifetimes, whole, asked)
        known.report([one for one in asked if one not in found], impl.syntax.self_ty.span)
        names = dict(zip(trait.lifetimes, impl.trait_lifetimes, strict=False))
        for item in impl.syntax.items:
            if isinstance(item, t.AliasItem) and item.name in trait.assoc_types and not item.generics.where:
                self.compilation.collector.impl_assoc(impl, item.name)
                written = impl.declared_types.get(item.name)
                if written is not None and not written.flags & ty.HAS_ERROR:
                    self._lasts(written, known, item.ty.span)
                    said: list[Demand] = []
                    for p in trait.assoc_types[item.name][0]:
                        for name in p.regions:
                            self.lasting.outlive(written, names.get(name, name), "E0477", said)
                    known.report(said, item.ty.span)


def require(inference: Inference, p: Predicate, args: tuple[Ty, ...], span: t.Span) -> bool:
    """Report a bound that does not hold once parameters are what `args` say."""
    if p.trait is None:
        return True
    full = tuple([inference.normalize(ty.subst(one, args)) for one in (p.subject, *p.args)])
    if any(one.flags & ty.HAS_ERROR for one in full):
        return True
    if p.trait.lang == "Sized":
        if lacks_size(inference, full[0], None):
            report_size(inference.compilation, full[0], span)
            return False
        return True
    if not inference.holds(p.trait, full):
        report_bound(inference.compilation, p.trait, full, span)
        return False
    return True


def report_bound(compilation: Compilation, trait: TraitDef, full: tuple[Ty, ...], span: t.Span) -> None:
    shown = trait.name + (f"<{', '.join(map(ty.show, full[1:]))}>" if len(full) > 1 else "")
    message = f"the trait bound `{ty.show(full[0])}: {shown}` is not satisfied"
    label = f"the trait `{shown}` is not implemented for `{ty.show(full[0])}`"
    compilation.diagnostics.error("E0277", message, span, label)


def report_size(compilation: Compilation, one: Ty, span: t.Span) -> None:
    message = f"the size for values of type `{ty.show(one)}` cannot be known at compilation time"
    compilation.diagnostics.error("E0277", message, span, "doesn't have a size known at compile-time")


def check_type(inference: Inference, one: Ty, generics: Generics | None, span: t.Span) -> bool:
    """Report the innermost part of a type that cannot be; False if there is one. Without `generics` parameters count as
    types with a size."""
    one = ty.shallow(one)
    for arg in one.args:
        if not check_type(inference, arg, generics, span):
            return False
    kind = one.kind
    sized: tuple[Any, ...] = ()
    predicates: list[Predicate] = []
    if kind == ty.ADT:
        predicates = one.data.generics.predicates
        sized = tuple([arg for i, arg in enumerate(one.args) if i not in one.data.generics.unsized])
    elif kind in (ty.SLICE, ty.ARRAY):
        sized = one.args[:1]
    elif kind == ty.TUPLE:
        sized = one.args[:-1]
    elif kind == ty.PROJECTION and not inference.holds(one.data[0], one.args):
        if not any(arg.flags & ty.HAS_ERROR for arg in one.args):
            report_bound(inference.compilation, one.data[0], one.args, span)
        return False
    for arg in sized:
        if lacks_size(inference, ty.shallow(arg), generics):
            report_size(inference.compilation, ty.deep(arg), span)
            return False
    return all(require(inference, p, one.args, span) for p in predicates)


def lacks_size(inference: Inference | None, one: Ty, generics: Generics | None) -> bool:
    """Whether values of the type, which may be a parameter of these `generics`, may be of any size."""
    if one.kind != ty.PARAM or generics is None:
        return one.kind in _UNSIZED
    if one.data[0] not in generics.unsized:
        return False
    stated = [p.trait for p in generics.predicates if p.subject is one and p.trait is not None]
    if inference is not None:
        stated += [p.trait for p in inference.env if p.subject is one]
    return not any(trait.name in _SIZED_TRAITS for trait in stated)


def parameters(one: Ty) -> list[Ty]:
    """The type parameters that a type mentions."""
    if one.kind == ty.PARAM:
        return [one]
    if not one.flags & ty.HAS_PARAM:
        return []
    found: list[Ty] = []
    for arg in one.args:
        found += [each for each in parameters(arg) if each not in found]
    return found
