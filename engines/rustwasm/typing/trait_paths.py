"""Paths of traits and what they lead to: the trait, its arguments, its associated types and those of its supertraits.

Source: The Rust Reference, "Paths", "Associated items" (associated types), "Trait and lifetime bounds".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.rustwasm.resolve.importable import suggest, suggest_similar
from engines.rustwasm.resolve.modules import TYPES, Module, kind_of
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import AdtDef, Generics, Predicate, TraitDef
from engines.rustwasm.typing.extents import Extents
from engines.rustwasm.typing.generic_arguments import lower_arguments
from engines.rustwasm.typing.type_env import TypeEnv, elide_result
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation


class TraitPaths:
    """What a path says of a trait. Types and generics, which its arguments need, come above (`Collector`)."""

    def __init__(self, compilation: Compilation) -> None:
        self.compilation = compilation
        self.resolver = compilation.resolver
        self.diagnostics = compilation.diagnostics
        self.done: set[Any] = set()
        self.envs: dict[Any, TypeEnv] = {}
        self.objects: dict[t.Span, tuple[TraitDef, t.Span, tuple[str, ...]]] = {}
        """Where traits of trait objects were named so far, which types to blame, and the associated types that are
        given: for `check_objects`."""
        self.quantified = False
        """Whether a trait was asked for with every lifetime (`for<'a> Trait<'a>`): for the borrow checker."""
        self.extents = Extents()
        self.called: dict[Ty, None] = {}
        """The function pointers and trait objects that are written, with their lifetimes: for `borrow.written`."""

    def lower(self, syntax: Any, env: TypeEnv) -> Ty:
        raise NotImplementedError

    def lifetime(self, name: str | None, env: TypeEnv, span: t.Span) -> str:
        raise NotImplementedError

    def ensure_generics(self, definition: AdtDef | TraitDef) -> None:
        raise NotImplementedError

    # Traits

    def trait_of(self, path: t.Path, env: TypeEnv) -> TraitDef | None:
        definition, _ = self.resolver.resolve(path, env.module, TYPES, report=False)
        if isinstance(definition, TraitDef):
            return definition
        name = path.segments[-1].name
        if definition is None:
            self.no_trait(path, env)
        else:
            message = f"expected trait, found {kind_of(definition)} `{name}`"
            self.diagnostics.error("E0404", message, path.span, "not a trait")
        return None

    def no_trait(self, path: t.Path, env: TypeEnv) -> None:
        """E0405, or E0433 where a module that the path leads through is unknown."""
        name, span = path.segments[-1].name, path.segments[-1].span
        place: Any = None
        if len(path.segments) > 1:
            before = t.Path(path.span, path.segments[:-1], path.absolute)
            place, _ = self.resolver.resolve(before, env.module, TYPES, report=False)
            if place is None:
                self.resolver.resolve(path, env.module, TYPES)
                return
        of_std = isinstance(place, Module) and place.root is self.resolver.library
        if of_std and self.resolver.outside(f"{place.path.replace('core', 'std', 1)}::{name}", span):
            return
        where = f"module `{place.name}`" if isinstance(place, Module) else "this scope"
        error = self.diagnostics.error("E0405", f"cannot find trait `{name}` in {where}", span, f"not found in {where}")
        if place is None:
            suggest(self.resolver, error, name, env.module, span, TYPES, (TraitDef,))
        else:
            suggest_similar(self.resolver, error, name, place, span, TYPES, (TraitDef,))

    def trait_args(
        self, trait: TraitDef, path: t.Path, env: TypeEnv, self_ty: Ty
    ) -> tuple[tuple[Ty, ...], tuple[tuple[str, Ty], ...]]:
        """Arguments without Self, and bindings, of a trait's path."""
        self.ensure_generics(trait)
        syntax = path.segments[-1].args
        generics = trait.generics
        given = lower_arguments(self, generics, syntax.types, 1, env) if syntax else []
        wanted = len(generics.names) - 1
        if len(given) > wanted or (len(given) < wanted - len(generics.defaults) and env.infer is None):
            self.wrong_count(trait, "trait", generics, len(given), path.segments[-1])
            given = [ty.ERROR_TY] * wanted
        for i in range(len(given), wanted):
            default = generics.defaults.get(i + 1)
            if default is not None:
                inner = TypeEnv(trait.module, self_ty)
                inner.params = {"Self": self_ty, **dict(zip(generics.names[1:], given, strict=False))}
                given.append(self.lower(default, inner))
            else:
                given.append(env.infer() if env.infer else ty.ERROR_TY)
        if (env.bound is not None or env.chosen is not None) and syntax is not None and syntax.sugar:
            elide_result(env, given[0].args)
        bindings: list[tuple[str, Ty]] = []
        for name, bound in syntax.bindings if syntax else ():
            if isinstance(bound, list):
                continue
            if self.find_assoc(trait, name) is None:
                message = f"associated type `{name}` not found for `{trait.name}`"
                self.diagnostics.error("E0220", message, path.span, f"associated type `{name}` not found")
                continue
            bindings.append((name, self.lower(bound, env)))
        return tuple(given), tuple(bindings)

    def trait_lifetimes(self, trait: TraitDef, path: t.Path, env: TypeEnv) -> tuple[str, ...]:
        """Lifetime arguments of a trait's path; `''` for what is left out and nothing stands for."""
        syntax = path.segments[-1].args
        given = syntax.lifetimes if syntax is not None else []
        if len(given) == len(trait.lifetimes):
            return tuple([self.lifetime(one, env, path.span) for one in given])
        return tuple([env.elide() if env.elide is not None else "" for _ in trait.lifetimes])

    def wrong_count(self, definition: Any, kind: str, generics: Generics, given: int, segment: t.Segment) -> None:
        expected = len(generics.names) - generics.parent_count
        least = expected - len(generics.defaults)
        if least == expected or given < least:
            takes = f"{'missing generics for' if given == 0 else ''}"
            s = "" if least == 1 else "s"
            message = (
                f"{kind} takes {least} generic argument{s} but {given} generic "
                f"{'argument was' if given == 1 else 'arguments were'} supplied"
            )
            if takes:
                message = f"missing generics for {kind} `{definition.name}`"
        else:
            message = f"{kind} takes at most {expected} generic arguments but {given} generic arguments were supplied"
        self.diagnostics.error(
            "E0107", message, segment.span, f"expected {expected} generic argument{'' if expected == 1 else 's'}"
        )

    def note(self, subject: Ty, bounds: list[t.Bound], env: TypeEnv) -> None:
        for bound in bounds:
            if bound.path is not None and not bound.maybe:
                trait = self.trait_of(bound.path, env)
                if trait is not None:
                    env.bounds.setdefault(subject.data[0], []).append((trait, bound))

    # Associated types

    def assoc_bounds(self, trait: TraitDef, name: str) -> list[Predicate]:
        self.ensure_generics(trait)
        return trait.assoc_types[name][0]

    def make_projection(
        self, trait: TraitDef, segment: t.Segment, args: tuple[Ty, ...], regions: tuple[str, ...]
    ) -> Ty:
        if segment.name not in trait.assoc_types:
            message = f"cannot find associated type `{segment.name}` in trait `{trait.name}`"
            self.diagnostics.error("E0576", message, segment.span, f"not found in `{trait.name}`")
            return ty.ERROR_TY
        return ty.projection(trait, segment.name, args, regions)

    def assoc_type(self, base: Ty, segment: t.Segment, env: TypeEnv) -> Ty:
        """`base::Name`: by the bounds on a parameter, by the trait being defined, or by the impl's own types."""
        name = segment.name
        if base.kind == ty.ERROR:
            return base
        if base.kind == ty.PARAM:
            index = base.data[0]
            if index == 0 and env.trait is not None:
                found = self.find_assoc(env.trait, name)
                if found is not None:
                    self.check_single(base, segment, [env.trait])
                    full = tuple([ty.param(i, n) for i, n in enumerate(env.trait.generics.names)])
                    own = tuple(env.trait.lifetimes) if found is env.trait else None
                    return ty.projection(found, name, self.upper_args(env.trait, full, found), own)
            bounds = env.bounds.get(index, ())
            for trait, bound in bounds:
                found = self.find_assoc(trait, name)
                if found is not None:
                    self.check_single(base, segment, [one for one, _ in bounds])
                    args: tuple[Ty, ...] = ()
                    own = self.trait_lifetimes(trait, bound.path, env) if found is trait and bound.path else None
                    if bound.path is not None and (found is trait or len(found.generics.names) != 1):
                        args, _ = self.trait_args(trait, bound.path, env, base)
                    return ty.projection(found, name, self.upper_args(trait, (base, *args), found), own)
        if base.kind == ty.PROJECTION:
            trait, inner = base.data
            for predicate in self.assoc_bounds(trait, inner):
                if predicate.trait is not None:
                    found = self.find_assoc(predicate.trait, name)
                    if found is not None:
                        full = (base, *[ty.subst(a, base.args) for a in predicate.args])
                        return ty.projection(found, name, self.upper_args(predicate.trait, full, found))
        impl_trait = env.generics and getattr(env, "trait", None)
        if (not impl_trait and base is env.self_ty) or base.kind not in (ty.PARAM, ty.PROJECTION):
            named = False
            current = self.compilation.current_impl
            if current is not None and current.trait is not None and ty.erase(base) is current.erased_self:
                found = self.find_assoc(current.trait, name)
                if found is not None:
                    full = (base, *current.erased_args)
                    own = current.trait_lifetimes if found is current.trait else None
                    return ty.projection(found, name, self.upper_args(current.trait, full, found), own)
                named = True
            if self.compilation.base is not None and not named:
                return self.ambiguous_type(segment.span)
            for trait in self.resolver.traits_in_scope(env.module):
                if self.compilation.base is None and name in trait.assoc_types and len(trait.generics.names) <= 1:
                    return ty.projection(trait, name, (base,))
        message = f"associated type `{name}` not found for `{ty.show(base)}` in the current scope"
        self.diagnostics.error("E0220", message, segment.span, "not found")
        return ty.ERROR_TY

    def ambiguous_type(self, span: t.Span) -> Ty:
        error = self.diagnostics.error("E0223", "ambiguous associated type", span)
        error.helps.append("use fully-qualified syntax: `<Type as Trait>::Name`")
        return ty.ERROR_TY

    def find_assoc(self, trait: TraitDef, name: str, seen: frozenset[int] = frozenset()) -> TraitDef | None:
        """The trait among `trait` and its supertraits that declares the associated type."""
        if name in trait.assoc_types:
            return trait
        if id(trait) in seen:
            return None
        env = TypeEnv(trait.module)
        for bound in trait.syntax.supertraits:
            if bound.path is not None:
                upper, _ = self.resolver.resolve(bound.path, env.module, TYPES, report=False)
                if isinstance(upper, TraitDef):
                    found = self.find_assoc(upper, name, seen | {id(trait)})
                    if found is not None:
                        return found
        return None

    def check_single(self, base: Ty, segment: t.Segment, traits: list[TraitDef]) -> None:
        """E0221 where more than one of the traits and their supertraits declare the type."""
        owners: list[TraitDef] = []
        seen: list[TraitDef] = []
        while traits:
            trait, traits = traits[0], traits[1:]
            if trait in seen:
                continue
            seen.append(trait)
            if segment.name in trait.assoc_types:
                owners.append(trait)
            self.ensure_generics(trait)
            traits = [*traits, *[p.trait for p in trait.supertraits if p.trait is not None]]
        if len(owners) > 1:
            message = f"ambiguous associated type `{segment.name}` in bounds of `{ty.show(base)}`"
            label = f"ambiguous associated type `{segment.name}`"
            error = self.diagnostics.error("E0221", message, segment.span, label)
            for owner in owners:
                error.labels.append((owner.span, f"`{owner.name}` declares one"))

    def upper_args(self, trait: TraitDef, full: tuple[Ty, ...], wanted: TraitDef) -> tuple[Ty, ...]:
        """Arguments (Self first) of the supertrait `wanted` of `trait<full>`."""
        if trait is wanted:
            return full
        self.ensure_generics(trait)
        for upper in trait.supertraits:
            if upper.trait is not None:
                inner = (full[0], *[ty.subst(ty.erase(a), full) for a in upper.args])
                if upper.trait is wanted or self.find_assoc(upper.trait, next(iter(wanted.assoc_types), "")) is wanted:
                    return self.upper_args(upper.trait, inner, wanted)
        return full[:1]
