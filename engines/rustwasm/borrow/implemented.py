"""Lifetimes of an impl's methods against those of its trait's: whoever calls the trait's may call the impl's.

Source: The Rust Reference, "Implementations" (trait implementations); rustc-dev-guide, "Early and late bound
parameters".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from engines.rustwasm.borrow import regions as r
from engines.rustwasm.borrow.calls import Calls
from engines.rustwasm.borrow.facts import Facts
from engines.rustwasm.borrow.shapes import Shapes
from engines.rustwasm.borrow.signatures import Environment, Signatures, Typed, UnknownRegionsError
from engines.rustwasm.borrow.type_outlives import imply, lasts
from engines.rustwasm.mir import body as m
from engines.rustwasm.syntax.diagnostics import Diagnostics
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import FnDef, ImplDef, Predicate, TraitDef
from engines.rustwasm.typing.parameters import early_bound
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from collections.abc import Sequence

Had: TypeAlias = "tuple[TraitDef, list[Typed], tuple[int, ...], list[tuple[str, Typed]]]"
"""A trait that something has: with these arguments (Self first), lifetimes and associated types."""


class Implemented(Calls):
    """A call of the impl's method with what the trait's is called with, for any lifetimes."""

    def __init__(self, shapes: Shapes, signatures: Signatures, impl: ImplDef, wanted: FnDef, given: FnDef) -> None:
        super().__init__(Facts(m.Body(given.path, given, 0, given.span)), shapes, signatures, {})
        self.impl = impl
        self.wanted = wanted
        self.given = given
        self.promised: dict[Ty, set[int]] = {}
        """What each parameter is known to outlive."""
        self.chosen: set[int] = set()
        """Lifetimes for each of which a bound of the impl's method has to hold."""
        self.methods: set[int] = set()
        """Lifetimes of the trait's method."""

    def run(self) -> None:
        """Say what the call demands. Raises UnknownRegionsError."""
        impl, wanted, given = self.impl, self.wanted, self.given
        trait, regions, signatures = impl.trait, self.regions, self.signatures
        assert trait is not None
        self.universe["'static"] = regions.universal("'static")

        def universal() -> int:
            return regions.universal(f"'?{len(regions.names)}")

        parameters: list[Typed] = [(ty.param(i, name), ()) for i, name in enumerate(given.generics.names)]
        header = Environment(parameters, self.universe, universal)
        signatures.assumptions = given.generics.predicates
        signatures.assumed = header
        parents = [signatures.typed(one, header) for one in (impl.self_ty, *impl.trait_args)]
        of_trait = {"'static": 0}
        for name, own in zip(trait.lifetimes, impl.trait_lifetimes, strict=False):
            of_trait[name] = header.region(own)
        around = len(regions.names)
        caller = Environment([*parents, *parameters[given.generics.parent_count :]], of_trait, universal)
        names = dict(self.universe)
        theirs, mine = early_bound(wanted), early_bound(given)
        names.update(zip(mine, [caller.region(name) for name in theirs], strict=False))
        signatures.assumed = Environment(parameters, names, universal)
        inputs = [self._known(one, caller) for one in wanted.inputs]
        output = self._known(wanted.output, caller)
        for longer, shorter in impl.generics.outlives:
            regions.known.add((header.region(longer), header.region(shorter)))
        for longer, shorter in wanted.generics.outlives:
            regions.known.add((caller.region(longer), caller.region(shorter)))
        for whole in (*parents, *inputs, output):
            if whole is not None:
                self.imply(*whole)
                imply(self.shapes, *whole, self.promised)
        self._promise(impl.generics.predicates, header)
        self._promise(wanted.generics.predicates, caller)
        regions.close_known()

        self.methods = set(range(around, len(regions.names)))
        asked = self._asked(parameters, names)
        callee = signatures.assumed = Environment(parameters, names, regions.fresh)
        for declared, argument in zip(given.inputs, inputs, strict=True):
            one = self._known(declared, callee)
            if one is not None and argument is not None and one[0] is argument[0]:
                self.relate(argument, one, r.CALL)
                self.well_formed(one)
        one = self._known(given.output, callee)
        if one is not None and output is not None and one[0] is output[0]:
            self.relate(one, output, r.RETURN)
            self.well_formed(one)
        for longer, shorter in given.generics.outlives:
            regions.outlives(callee.region(longer), callee.region(shorter), 0, r.OTHER)
        for bound in self._own_bounds():
            for name in bound.regions:
                self._last(bound.subject, callee.region(name))
        known = [*self._had(impl.generics.predicates, header), *self._had(wanted.generics.predicates, caller)]
        for had in asked:
            self._answer(known, *had)

    def _known(self, one: Ty, env: Environment) -> Typed | None:
        try:
            return self.signatures.typed(one, env)
        except UnknownRegionsError:
            return None

    def _own_bounds(self) -> list[Predicate]:
        """The bounds of the impl's method that are not the impl's."""
        return self.given.generics.predicates[len(self.impl.generics.predicates) :]

    def _asked(self, parameters: list[Typed], names: dict[str, int]) -> list[Had]:
        """The traits with lifetimes that the impl's method asks of its parameters; lifetimes that `for` binds are any.

        Lifetimes of an `impl Trait` that calls choose are left out: nothing says which of the trait's they stand for.
        """

        def any_one() -> int:
            region = self.regions.universal(f"'?{len(self.regions.names)}")
            self.chosen.add(region)
            return region

        found: list[Had] = []
        for bound in self._own_bounds():
            if bound.trait is None or bound.subject.kind != ty.PARAM:
                continue
            said, bindings = bound.declared
            named = set(bound.lifetimes)
            for one in (*said, *[each for _, each in bindings]):
                named |= set(ty.lifetimes(one))
            if all(name in names or not name or name[1] == "^" for name in named):
                found.append(self._typed_bound(bound, Environment(parameters, dict(names), any_one)))
        return found

    def _typed_bound(self, bound: Predicate, env: Environment) -> Had:
        said, bindings = bound.declared
        typed = self.signatures.typed
        args = [typed(bound.subject, env), *[typed(one, env) for one in said]]
        lifetimes = tuple([env.region(name) for name in bound.lifetimes])
        assert bound.trait is not None
        return bound.trait, args, lifetimes, [(name, typed(one, env)) for name, one in bindings]

    def _had(self, bounds: Sequence[Predicate], env: Environment) -> list[Had]:
        """What parameters are known to have, with what is above it."""
        found: list[Had] = []
        for bound in bounds:
            if bound.trait is not None:
                inner = Environment(env.args, dict(env.lifetimes), self.regions.fresh)
                trait, args, lifetimes, bindings = self._typed_bound(bound, inner)
                for upper, own, regions in self._with_uppers(trait, args, lifetimes):
                    found.append((upper, own, regions, bindings if upper is trait else []))
        return found

    def _answer(
        self,
        known: list[Had],
        trait: TraitDef,
        args: list[Typed],
        lifetimes: tuple[int, ...],
        bindings: list[tuple[str, Typed]],
    ) -> None:
        """A trait that is asked for is the one that is known to be had, if there is one of the same types."""
        had = [one for one in known if one[0] is trait and [a for a, _ in one[1]] == [a for a, _ in args]]
        if not had or any(one[1] == args and one[2] == lifetimes and one[3] == bindings for one in had):
            return
        _, own, regions, said = had[-1]
        pairs = list(zip(regions, lifetimes, strict=False))
        for (_, one), (_, other) in zip(own, args, strict=True):
            pairs += zip(one, other, strict=True)
        types = dict(said)
        for name, (erased, other) in bindings:
            if name in types and types[name][0] is erased:
                pairs += zip(types[name][1], other, strict=True)
        self._equal(pairs, r.CALL)

    def _promise(self, bounds: Sequence[Predicate], env: Environment) -> None:
        for bound in bounds:
            if bound.subject.kind != ty.PARAM:
                continue
            found = self.promised.setdefault(self.signatures.typed(bound.subject, env)[0], set())
            found.update([env.region(name) for name in bound.regions])
            if bound.trait is not None and lasts(bound.trait, set()):
                found.add(0)

    def refusal(self) -> tuple[str | None, str, str] | None:
        """Code, message and label for what is demanded and nobody promises."""
        regions = self.regions
        regions.solve()
        for longer in range(1, len(regions.names)):
            for shorter in regions.ends(longer):
                if shorter != longer and not regions.promised(longer, shorter):
                    return self._unequal(longer, shorter)
        for region, _ in self.empties:
            if regions.ends(region):
                return "E0308", "method not compatible with trait", "one type is more general than the other"
        for parameter, region, _, _ in self.tests:
            known = self.promised.get(parameter, ())
            for end in [0] if region == 0 else regions.ends(region):
                if not any(regions.promised(longer, end) for longer in known):
                    shown = f"{ty.show(parameter)}: {regions.names[end]}"
                    return "E0276", "impl has stricter requirements than trait", f"impl has extra requirement `{shown}`"
        return None

    def _unequal(self, longer: int, shorter: int) -> tuple[str | None, str, str]:
        """One lifetime does not outlive another. rustc has no code for it if a lifetime that the impl's method chooses
        stands between them."""
        path = self.regions.path(longer, shorter)
        if self.chosen & {longer, shorter} or any(one[3] == r.OTHER for one in path):
            if {longer, shorter} <= self.methods:
                return "E0623", "lifetime mismatch", "the trait says nothing of which of its lifetimes is longer"
            return "E0276", "impl has stricter requirements than trait", "impl has an extra requirement of lifetimes"
        if len(path) > 1:
            message = "`impl` item signature doesn't match `trait` item signature"
            return None, message, "some calls of the trait's cannot be calls of this one"
        return "E0308", "method not compatible with trait", "lifetime mismatch"


def check_implemented(shapes: Shapes, signatures: Signatures, impl: ImplDef, diagnostics: Diagnostics) -> None:
    """Report methods of a trait's impl that not all calls suit which the trait's suit."""
    trait = impl.trait
    assert trait is not None
    for name, given in impl.methods.items():
        wanted = trait.methods.get(name)
        if wanted is None or len(wanted.inputs) != len(given.inputs):
            continue
        bounds = given.generics.predicates[len(impl.generics.predicates) :]
        types = [*given.inputs, given.output]
        for bound in bounds:
            types += [*bound.declared[0], *[one for _, one in bound.declared[1]]]
        asks = given.generics.outlives or any(bound.regions or bound.lifetimes for bound in bounds)
        if not asks and not any(shapes.count(ty.erase(one)) for one in types):
            continue
        call = Implemented(shapes, signatures, impl, wanted, given)
        try:
            call.run()
        except UnknownRegionsError:
            continue
        found = call.refusal()
        if found is not None:
            code, message, label = found
            error = diagnostics.error(code, message, given.span, label)
            error.notes.append(f"the trait declares `{wanted.path}`")
