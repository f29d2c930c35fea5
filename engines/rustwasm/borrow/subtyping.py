"""Which regions must outlive which where a value of one type is used as one of another (RFC 2094, "Subtyping")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engines.rustwasm.borrow import regions as r
from engines.rustwasm.borrow.facts import Facts
from engines.rustwasm.borrow.generality import Generality
from engines.rustwasm.borrow.regions import Regions
from engines.rustwasm.borrow.shapes import CONTRAVARIANT, COVARIANT, Shapes, is_fn_trait
from engines.rustwasm.borrow.signatures import Signatures, Typed, UnknownRegionsError
from engines.rustwasm.borrow.type_outlives import TypeTest, outliving
from engines.rustwasm.mir import body as m
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import TraitDef
from engines.rustwasm.typing.types import Ty


class Subtyping:
    """The regions of a body and the constraints between them. `point` is where what is demanded next stands."""

    def __init__(self, facts: Facts, shapes: Shapes, signatures: Signatures, general: Generality | None) -> None:
        self.facts = facts
        self.body: m.Body = facts.body
        self.shapes = shapes
        self.signatures = signatures
        self.regions = Regions(facts.points)
        self.tests: list[TypeTest] = []
        """What parameters have to outlive."""
        self.point = 0
        self.general = general
        self.empties: list[tuple[int, int]] = []
        """Regions that every lifetime has to outlive, and where."""

    def unknown(self, one: Ty, closure: Any = None, at: int = 0) -> tuple[int, ...]:
        """New regions for a type of which nothing else is known, but for where it stands in the signature of a
        closure."""
        if self.shapes.binders(one):
            return tuple([region or self.regions.fresh() for region in self.called(one, closure, at)])
        return self.regions.fresh_many(self.shapes.count(one))

    def called(self, one: Ty, closure: Any = None, at: int = 0) -> Sequence[int]:
        """Per region of a type of which nothing else is known: the number of what calls choose, or 0; while it is
        collected what these are, a slot for each."""
        general = self.general
        if general is None:
            return self.signatures.written.bound(one)
        slots = general.slots(self.body, one, closure, at)
        return slots if general.collecting else [general.bound(slot) for slot in slots]

    def relate(self, source: Typed, target: Typed, category: int) -> None:
        """`source` may be used where `target` is wanted."""
        one = target[0]
        if source[0] is not one:
            self._coerce(source, target, category)
            return
        if not target[1]:
            return
        constraints, point = self.regions.constraints, self.point
        given, wanted = source[1], target[1]
        if self.general is not None and self.general.collecting:
            for start, end, outer in self.shapes.binders(one):
                self.general.use(given[start:end], wanted[start:end], outer == CONTRAVARIANT)
            return
        for start, end, outer in self.shapes.binders(one):
            mine, other = given[start:end], wanted[start:end]
            if mine != other and any(region < 0 for region in (*mine, *other)):
                inner = self.shapes.variances(one)[start:end]
                if outer != CONTRAVARIANT:
                    self._relate_bound(mine, other, inner, category)
                if outer != COVARIANT:
                    self._relate_bound(other, mine, [-variance for variance in inner], category)
        for i, variance in enumerate(self.shapes.variances(one)):
            a, b = given[i], wanted[i]
            if a != b and a >= 0 and b >= 0:  # as `Regions.outlives` has it
                if a and variance != CONTRAVARIANT:
                    constraints.append((a, b, point, category))
                if b and variance != COVARIANT:
                    constraints.append((b, a, point, category))

    def same(self, one: Typed, other: Typed, category: int) -> None:
        """Two types are one: what a bound says of an associated type does not let it last longer, either."""
        self.relate(one, other, category)
        self.relate(other, one, category)

    def _relate_bound(
        self, given: tuple[int, ...], wanted: tuple[int, ...], variances: Sequence[int], category: int
    ) -> None:
        """A function pointer or `dyn Fn` may be used where another is wanted: what the wanted one binds is any
        lifetime, for each of which there has to be one for what the given one binds.

        Source: Rustonomicon, "Higher-Rank Trait Bounds"; rustc-dev-guide, "Placeholders and universes".
        """
        shorter: dict[tuple[str, int], set[tuple[str, int]]] = {}
        for one, another, variance in zip(given, wanted, variances, strict=True):
            mine = ("some" if one < 0 else "", one)
            other = ("any" if another < 0 else "", another)
            if variance != CONTRAVARIANT:
                shorter.setdefault(mine, set()).add(other)
            if variance != COVARIANT:
                shorter.setdefault(other, set()).add(mine)
        for longer in [node for node in shorter if node[0] != "some"]:
            seen = {longer}
            work = [longer]
            while work:
                for node in shorter.get(work.pop(), ()):
                    if node not in seen:
                        seen.add(node)
                        if node[0] == "some":
                            work.append(node)
            for kind, region in seen - {longer}:
                if kind == "any":
                    # Any lifetime is outlived by 'static only; two of them are not the same.
                    self.regions.outlives(longer[1], 0, self.point, category)
                    if longer[0] == "any":
                        self.empties.append((0, self.point))
                elif not kind and longer[0] == "any":
                    self.empties.append((region, self.point))
                elif not kind:
                    self.regions.outlives(longer[1], region, self.point, category)

    def _coerce(self, source: Typed, target: Typed, category: int) -> None:
        one, wanted = source[0], target[0]
        if not source[1] or not target[1]:
            return
        outlives, point = self.regions.outlives, self.point
        if wanted.kind == ty.DYN and one.kind != ty.DYN:
            for at in self.shapes.outlived(one):
                outlives(source[1][at], target[1][0], point, r.RETURN if category == r.RETURN else r.CAST)
            self._bindings(source, target)
            return
        if one.kind in (ty.CLOSURE, ty.FNDEF) and wanted.kind == ty.FNPTR:
            return
        same = one.kind == wanted.kind and (one.data == wanted.data or one.kind == ty.REF)
        if wanted.kind == ty.SLICE and one.kind == ty.ARRAY:
            same = True
        if same and len(one.regions) == len(wanted.regions) and one.kind not in (ty.CLOSURE, ty.OPAQUE, ty.DYN):
            own = len(one.regions)
            for a, b in zip(source[1][:own], target[1][:own], strict=True):
                outlives(a, b, point, category)
            at = bt = own
            for part, other in zip(one.args, wanted.args, strict=False):
                na, nb = self.shapes.count(part), self.shapes.count(other)
                self.relate((part, source[1][at : at + na]), (other, target[1][bt : bt + nb]), category)
                at += na
                bt += nb
            return
        for region in source[1]:
            for shorter in target[1]:
                outlives(region, shorter, point, category)

    def fulfil(
        self, trait: TraitDef, args: list[Typed], lifetimes: tuple[int, ...], category: int, depth: int = 0
    ) -> None:
        """What having a trait demands."""
        raise NotImplementedError

    def _bindings(self, source: Typed, target: Typed) -> None:
        """What becomes a `dyn Trait<Name = T>` has T for Name."""
        trait, names = target[0].data
        own = len(target[0].args) - len(names)
        if is_fn_trait(trait):
            return
        lifetimes = target[1][1 : len(target[0].regions)]
        held = self.signatures.split((ty.tuple_of(target[0].args), target[1][len(target[0].regions) :]))
        self.fulfil(trait, [source, *held[:own]], lifetimes, r.CAST)
        for name, wanted in zip(names, held[own:], strict=True):
            if wanted[1]:
                try:
                    found = self.signatures.associated(trait, name, [source, *held[:own]], lifetimes)
                except UnknownRegionsError:
                    continue
                self.relate(found, wanted, r.CAST)
                self.relate(wanted, found, r.CAST)

    def well_formed(self, whole: Typed, category: int = r.CALL) -> None:
        """What a written type, or one of a signature, demands of its regions and parameters."""
        one, regions = whole
        if len(regions) > 1 or one.flags & ty.HAS_PARAM or (regions and one.kind == ty.ADT):
            pairs, parameters = self.shapes.demands(one)
            for longer, shorter in pairs:
                self.regions.outlives(regions[longer], regions[shorter] if shorter >= 0 else 0, self.point, category)
            for parameter, shorter in parameters:
                region = regions[shorter] if shorter >= 0 else 0
                if region >= 0:
                    self.tests.append((parameter, region, self.point, None))

    def imply(self, one: Ty, regions: tuple[int, ...]) -> None:
        """`&'a &'b T` in a signature promises `'b: 'a`."""
        if len(regions) > 1:
            for longer, shorter in self.shapes.demands(one)[0]:
                if regions[longer] >= 0 and regions[shorter] >= 0:
                    self.regions.known.add((regions[longer], regions[shorter] if shorter >= 0 else 0))

    def lasting(self, one: Ty) -> None:
        """What a type demands to be `'static`."""
        if one.flags & ty.HAS_PARAM:
            for parameter, shorter in self.shapes.demands(one)[1]:
                if shorter < 0:
                    self.tests.append((parameter, 0, self.point, None))

    def _last(self, one: Ty, region: int) -> None:
        """What a type holds has to outlive a region."""
        self.tests += [(parameter, region, self.point, None) for parameter in outliving(self.shapes, one)]
