"""What bounds demand of regions: lifetimes that last, traits whose impls are for some lifetimes only.

Source: The Rust Reference, "Trait and lifetime bounds", "Implementations".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from engines.rustwasm.borrow import regions as r
from engines.rustwasm.borrow.facts import Facts
from engines.rustwasm.borrow.generality import Generality
from engines.rustwasm.borrow.report import Reporter
from engines.rustwasm.borrow.shapes import Shapes, is_fn_trait
from engines.rustwasm.borrow.signatures import Environment, Signatures, Typed, UnknownRegionsError
from engines.rustwasm.borrow.subtyping import Subtyping
from engines.rustwasm.borrow.type_outlives import lasting_parts
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import Generics, ImplDef, Predicate, TraitDef
from engines.rustwasm.typing.types import Ty

_MOST: Final = 4
"""How deep bounds of impls are followed."""
_BY_BOUNDS: Final = frozenset((ty.PARAM, ty.PROJECTION, ty.OPAQUE, ty.DYN))

_Had: TypeAlias = tuple[TraitDef, list[Typed], tuple[int, ...]]
"""A trait that something has: with these arguments (Self first) and lifetimes."""


class Bounds(Subtyping):
    """Constraints of where clauses."""

    def __init__(self, facts: Facts, shapes: Shapes, signatures: Signatures, general: Generality | None) -> None:
        super().__init__(facts, shapes, signatures, general)
        self.every: list[tuple[int, int, TraitDef | Ty, Ty]] = []
        """Regions of lifetimes for each of which a trait has to be had: (region, point, trait, by what), or a
        function pointer or `dyn Fn` become."""
        self.every_asked = signatures.compilation is not None and signatures.compilation.collector.quantified

    def _bounds(self, generics: Generics, env: Environment, category: int = r.CALL, depth: int = 0) -> None:
        """What the where clauses of a callee, of a type that is made, or of an impl (then `depth` is not 0) demand."""
        for longer, shorter in generics.outlives:
            self.regions.outlives(env.region(longer), env.region(shorter), self.point, category)
        for bound in generics.predicates:
            if bound.subject.kind == ty.PARAM and bound.subject.data[0] >= len(env.args):
                continue
            try:
                subject = self._subject(bound, env)
            except UnknownRegionsError:
                continue
            for name in bound.regions:
                for at in self.shapes.outlived(subject[0]):
                    self.regions.outlives(subject[1][at], env.region(name), self.point, category)
                self._last(subject[0], env.region(name))
            if bound.trait is None:
                continue
            try:
                self._bound(bound, subject, env, category, depth)
            except UnknownRegionsError:
                continue

    def _subject(self, bound: Predicate, env: Environment) -> Typed:
        """What a bound is of: any lifetime may stand where its `for` binds one."""
        if bound.subject.kind == ty.PARAM:
            found: Typed = env.args[bound.subject.data[0]]
            return found
        if bound.trait is None:
            return self.signatures.typed(bound.written, env)
        trait, one = bound.trait, bound.subject
        every = Environment(env.args, env.lifetimes, lambda: self._every(trait, one))
        return self.signatures.typed(bound.written, every)

    def _bound(self, bound: Any, subject: Typed, env: Environment, category: int, depth: int) -> None:
        if is_fn_trait(bound.trait):
            if not depth:
                self._calls(bound, subject, env)
            return
        every = Environment(env.args, env.lifetimes, lambda: self._every(bound.trait, subject[0]))
        args = [subject, *[self.signatures.typed(a, every) for a in bound.declared[0]]]
        lifetimes = tuple([every.region(name) for name in bound.lifetimes])
        self.fulfil(bound.trait, args, lifetimes, category, depth)
        for name, declared in bound.declared[1]:
            result = self.signatures.associated(bound.trait, name, args, lifetimes)
            if result[1]:
                self.same(result, self.signatures.typed(declared, env), r.CALL)

    def _every(self, trait: TraitDef, subject: Ty) -> int:
        """The region of a lifetime for each of which a bound has to hold (`for<'a> Trait<'a>`)."""
        region = self.regions.fresh()
        self.every.append((region, self.point, trait, subject))
        return region

    def _calls(self, bound: Any, subject: Typed, env: Environment, category: int = r.CALL) -> None:
        """What a bound of `Fn` demands: `borrow.calls` says."""
        raise NotImplementedError

    def fulfil(
        self, trait: TraitDef, args: list[Typed], lifetimes: tuple[int, ...], category: int, depth: int = 0
    ) -> None:
        """`args[0]: trait<lifetimes, args[1..]>`: the impl that makes it true may make regions equal (`Vec<&'a str>:
        FromIterator<&'b str>`) or ask that they last, and so may those that its own bounds need."""
        kind = args[0][0].kind
        if depth > _MOST or kind == ty.CLOSURE:
            return
        if by_bounds(args[0][0]):
            if (lifetimes or any(a[1] for a in args[1:])) and self._assume(trait, args, lifetimes, category):
                return
            if kind != ty.DYN:
                return
        if not (args[0][1] and any(a[1] for a in args[1:])) and not self.demands(trait):
            return
        for impl, env in self.signatures.impls(trait, args, lifetimes):
            self._equal(self.signatures.equal, category)
            env.fresh = self.regions.fresh
            try:
                self.signatures.from_bounds(impl, env)
            except UnknownRegionsError:
                return
            self.signatures.compilation.collector.impl_bounds(impl)
            self._bounds(impl.generics, env, category, depth + 1)
            return

    def _equal(self, pairs: list[tuple[int, int]], category: int) -> None:
        if self.general is not None and self.general.collecting:
            self.general.use([one for one, _ in pairs], [other for _, other in pairs])
        for one, other in pairs:
            self.regions.outlives(one, other, self.point, category)
            self.regions.outlives(other, one, self.point, category)

    def _assume(self, trait: TraitDef, args: list[Typed], lifetimes: tuple[int, ...], category: int) -> bool:
        """What is known by its bounds only has a trait for the lifetimes and arguments that a bound says."""
        subject, regions = args[0]
        if subject.kind == ty.DYN:
            end = len(subject.regions)
            held = self.signatures.split((ty.tuple_of(subject.args), regions[end:]))
            of_trait = [args[0], *held[: len(held) - len(subject.data[1])]]
            known = self._with_uppers(subject.data[0], of_trait, regions[1:end])
            return self._meet(known, trait, args, lifetimes, category)
        for bound, env in self._stated(args[0]):
            if bound.trait is not None:
                inner = Environment(env.args, dict(env.lifetimes), self.regions.fresh)
                declared = [args[0], *[self.signatures.typed(a, inner) for a in bound.declared[0]]]
                own = tuple([inner.region(name) for name in bound.lifetimes])
                if self._meet(self._with_uppers(bound.trait, declared, own), trait, args, lifetimes, category):
                    return True
        return False

    def _stated(self, subject: Typed) -> Iterator[tuple[Predicate, Environment]]:
        """The bounds by which a parameter, projection or `impl Trait` is known, and what their names stand for."""
        one, signatures = subject[0], self.signatures
        if one.kind == ty.OPAQUE:
            env = signatures.behind(subject)
            yield from [(bound, env) for bound in one.data.bounds]
            return
        if signatures.assumed is not None:
            for bound in signatures.assumptions:
                if bound.subject is one or ty.erase(bound.subject) is one:
                    yield bound, signatures.assumed
        if one.kind == ty.PROJECTION:
            trait, name = one.data
            own = len(one.regions)
            held = signatures.split((ty.tuple_of(one.args), subject[1][own:]))
            env = Environment(held, dict(zip(trait.lifetimes, subject[1][:own], strict=True)), self.regions.fresh)
            yield from [(bound, env) for bound in trait.assoc_types[name][0]]

    def _meet(
        self, known: Iterator[_Had], trait: TraitDef, args: list[Typed], lifetimes: tuple[int, ...], category: int
    ) -> bool:
        """Whether one of the traits that are known to be had is the one that is asked for, which then is that one."""
        for had, declared, own in known:
            if had is trait and [one for one, _ in declared] == [one for one, _ in args]:
                self._equal(list(zip(own, lifetimes, strict=True)), category)
                for (_, one), (_, other) in zip(declared[1:], args[1:], strict=True):
                    self._equal(list(zip(one, other, strict=True)), category)
                return True
        return False

    def _with_uppers(
        self, trait: TraitDef, args: list[Typed], lifetimes: tuple[int, ...], depth: int = 0
    ) -> Iterator[_Had]:
        """A trait that is had, and what it has above it."""
        yield trait, args, lifetimes
        if depth <= _MOST:
            env = Environment(args, dict(zip(trait.lifetimes, lifetimes, strict=True)), self.regions.fresh)
            for upper in trait.supertraits:
                if upper.trait is not None:
                    declared = [args[0], *[self.signatures.typed(a, env) for a in upper.declared[0]]]
                    own = tuple([env.region(name) for name in upper.lifetimes])
                    yield from self._with_uppers(upper.trait, declared, own, depth + 1)

    def demands(self, trait: TraitDef) -> bool:
        """Whether having the trait may demand anything of regions: it has lifetimes of its own, or an impl that is for
        some lifetimes only."""
        known = self.shapes.demanding
        found = known.get(trait)
        if found is None:
            known[trait] = False  # for traits that need each other
            impls = self.signatures.compilation.impl_index(trait).values()
            found = known[trait] = bool(trait.lifetimes) or any(self._particular(i) for some in impls for i in some)
        return found

    def binds(self, generics: Generics) -> bool:
        """Whether the where clauses of a type demand anything of regions."""
        traits = [p.trait for p in generics.predicates if p.trait is not None]
        return lasting_parts(generics) or any(map(self.demands, traits))

    def _particular(self, impl: ImplDef) -> bool:
        names: list[Any] = []
        for one in (impl.self_ty, *impl.trait_args):
            _mentions(one, names)
        predicates = self.signatures.compilation.collector.impl_bounds(impl)
        return (
            "'static" in names
            or len(set(names)) < len(names)
            or bool(impl.generics.outlives)
            or any(
                p.regions or (p.trait is not None and not is_fn_trait(p.trait) and self.demands(p.trait))
                for p in predicates
            )
        )


def by_bounds(one: Ty) -> bool:
    """Whether only bounds tell what traits something has, and for which lifetimes and arguments."""
    return one.kind in _BY_BOUNDS


def refuse_particular(constraints: Bounds, reporter: Reporter) -> None:
    """Report traits that are had for some lifetimes only and are asked for with any."""
    regions = constraints.regions
    reported: set[int] = set()
    chosen = {region for region, _, _, _ in constraints.every}
    for region, point, trait, subject in constraints.every:
        shorter = regions.reachable([region]) - {region}
        if point not in reported and any(one < region or one in chosen for one in shorter):
            reported.add(point)
            code = None
            if isinstance(trait, Ty):
                code, name = ("E0308", "") if trait.kind == ty.FNPTR else (None, trait.data[0].name)
            else:
                name = trait.name
            message = f"implementation of `{name}` is not general enough" if name else "mismatched types"
            if subject.kind == ty.PARAM:
                code, message = "E0277", f"the trait bound `{ty.show(subject)}: {name}` is not satisfied"
            reporter.error(code, message, constraints.facts.span(point), "has to hold for every lifetime")


def refuse_less_general(constraints: Bounds, reporter: Reporter) -> None:
    """Report function pointers and `dyn Fn` that are wanted for any lifetime and are for some."""
    regions = constraints.regions
    reported: set[int] = set()
    for region, point in constraints.empties:
        if regions.values[region] and point not in reported:
            reported.add(point)
            label = "one type is more general than the other"
            reporter.error("E0308", "mismatched types", constraints.facts.span(point), label)


def _mentions(one: Ty, names: list[Any]) -> None:
    """Add the lifetimes and parameters that a type mentions."""
    names.extend([name for name in one.regions if name])
    if one.kind == ty.PARAM:
        names.append(one.data[0])
    for arg in one.args:
        _mentions(arg, names)
