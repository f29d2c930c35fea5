"""What written types, and traits of what they are had for, demand of lifetimes: `&'a T` that T lasts for `'a`, a struct
what its bounds say and its fields need (E0309, E0310, E0477, E0478, E0491, E0803).

Source: RFC 1214 (well-formedness, implied bounds, outlives of projections); RFC 2093 (inferred outlives).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from engines.rustwasm.typing import types as ty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engines.rustwasm.compilation import Compilation
    from engines.rustwasm.syntax.tree import Span
    from engines.rustwasm.typing.definitions import AdtDef, Generics, Predicate, TraitDef
    from engines.rustwasm.typing.types import Ty

Demand: TypeAlias = tuple["str | Ty", str, str, str]
"""(lifetime, parameter or projection; lifetime that it has to outlive; code if it is a lifetime that does not; what is
shown)."""
STATIC: Final = "'static"
CALLED: Final = frozenset(("Fn", "FnMut", "FnOnce"))
"""Traits of what is called."""


class LastingTypes:
    """Demands of one compilation's types."""

    def __init__(self, compilation: Compilation | None) -> None:
        self.compilation = compilation
        self._inferred: dict[AdtDef, dict[tuple[str | Ty, str], None]] = {}
        self._lasting: dict[TraitDef, bool] = {}

    # Demands

    def of_type(self, one: Ty, found: list[Demand]) -> None:
        """What has to hold for a type to be well-formed. What function pointers and `dyn Fn` bind is left out."""
        if not one.args and not one.regions:
            return
        kind = one.kind
        if kind == ty.REF:
            self.outlive(one.args[0], one.regions[0], "E0491", found)
        elif kind == ty.ADT:
            adt = one.data
            self._of_generics(adt.generics, adt.lifetimes, one.regions, one.args, "E0477", found)
            names = _mapped(adt.lifetimes, one.regions)
            for longer, shorter in self.inferred(adt):
                self._outlive_mapped(longer, names.get(shorter, ""), names, one.args, "E0478", found)
        elif kind == ty.DYN and one.data[0].lang not in CALLED:
            trait = one.data[0]
            held = one.args[: len(trait.generics.names) - 1]
            self._of_generics(trait.generics, trait.lifetimes, one.regions[1:], (ty.ERROR_TY, *held), "E0477", found)
        for arg in one.args:
            self.of_type(arg, found)

    def of_trait(self, trait: TraitDef, lifetimes: Sequence[str], args: Sequence[Ty], found: list[Demand]) -> None:
        """What has to hold for `args[0]: trait<lifetimes, args[1..]>` to be said."""
        self._of_generics(trait.generics, trait.lifetimes, lifetimes, args, "E0478", found)

    def of_self(self, trait: TraitDef, lifetimes: Sequence[str], own: bool = False) -> list[str]:
        """The lifetimes for which all that has a trait lasts: as it says, and unless only its `own` bounds are asked
        for as what is above it does."""
        if not self._says_lifetimes(trait):
            return []
        found: list[str] = []
        self._of_self(trait, lifetimes, found, {upper.trait for upper in trait.supertraits} if own else set())
        return found

    def _of_self(self, trait: TraitDef, lifetimes: Sequence[str], found: list[str], seen: set[TraitDef | None]) -> None:
        if trait in seen:
            return
        seen.add(trait)
        names = _mapped(trait.lifetimes, lifetimes)
        found += [names[name] for name in _said(trait) if names.get(name)]
        for upper in trait.supertraits:
            if upper.trait is not None:
                self._of_self(upper.trait, [names.get(name, "") for name in upper.lifetimes], found, seen)

    def _says_lifetimes(self, trait: TraitDef) -> bool:
        """Whether a trait, or one above it, says how long what has it lasts."""
        known = self._lasting.get(trait)
        if known is None:
            self._lasting[trait] = False  # traits in a circle are an error
            above = [upper.trait for upper in trait.supertraits if upper.trait is not None]
            known = self._lasting[trait] = bool(_said(trait)) or any(map(self._says_lifetimes, above))
        return known

    def _of_generics(
        self,
        generics: Generics,
        lifetimes: Sequence[str],
        regions: Sequence[str],
        args: Sequence[Ty],
        code: str,
        found: list[Demand],
    ) -> None:
        if not generics.outlives and not generics.predicates:
            return
        names = _mapped(lifetimes, regions)
        for longer, shorter in generics.outlives:
            self._outlive_mapped(longer, names.get(shorter, ""), names, args, "E0478", found)
        for p in generics.predicates:
            for name in p.regions:
                if p.subject.kind == ty.PARAM:
                    self._outlive_mapped(p.subject, names.get(name, ""), names, args, code, found)

    def _outlive_mapped(
        self, longer: str | Ty, region: str, names: dict[str, str], args: Sequence[Ty], code: str, found: list[Demand]
    ) -> None:
        """A definition's own lifetime or parameter has to outlive a lifetime, once they are what stands for them."""
        if isinstance(longer, str):
            named = names.get(longer, "")
            if named and region and named[1] != "^":
                found.append((named, region, code, named))
        elif longer.kind == ty.PARAM:
            if longer.data[0] < len(args):
                self.outlive(args[longer.data[0]], region, code, found)
        else:
            self.outlive(ty.subst(longer, tuple(args)), region, code, found)

    def outlive(self, one: Ty, region: str, code: str, found: list[Demand], whole: str = "") -> None:
        """What has to hold for a type to last as long as a lifetime."""
        if not region or region[1] == "^":
            return
        if one.kind in (ty.PARAM, ty.PROJECTION):
            found.append((one, region, code, ty.show(one)))
            return
        whole = whole or ty.show(one)
        found += [(name, region, code, whole) for name in one.regions if name and name[1] != "^"]
        for arg in one.args:
            self.outlive(arg, region, code, found, whole)

    def inferred(self, adt: AdtDef) -> dict[tuple[str | Ty, str], None]:
        """What a struct or enum demands of its lifetimes and parameters since its fields need it, but for what has to
        be `'static`, which it has to say itself."""
        known = self._inferred.get(adt)
        if known is not None:
            return known  # whole, or as much as is known of a type that leads back to itself
        known = self._inferred[adt] = {}
        if self.compilation is not None:
            self.compilation.collector.ensure_fields(adt)
        before = -1
        while len(known) != before:
            before = len(known)
            found: list[Demand] = []
            for variant in adt.variants:
                for field in variant.fields:
                    self.of_type(field.ty, found)
            for longer, shorter, _, _ in found:
                if longer != shorter and longer != STATIC and shorter in adt.lifetimes:
                    known[longer, shorter] = None
        return known


class KnownLifetimes:
    """What may be taken for granted of lifetimes and parameters somewhere."""

    def __init__(self, lasting: LastingTypes) -> None:
        self.lasting = lasting
        self.shorter: dict[str, set[str]] = {}
        self.of: dict[Ty, set[str]] = {}

    def add(self, longer: str | Ty, shorter: str) -> None:
        if isinstance(longer, str):
            self.shorter.setdefault(longer, set()).add(shorter)
        else:
            self.of.setdefault(ty.erase(longer), set()).add(shorter)

    def add_bounds(self, generics: Generics) -> None:
        """What is said of parameters, and what follows from the traits that they are said to have."""
        for longer, shorter in generics.outlives:
            self.add(longer, shorter)
        for p in generics.predicates:
            self._add_bound(p)

    def _add_bound(self, p: Predicate) -> None:
        for name in p.regions:
            self.add(p.subject, name)
        if p.trait is not None:
            for name in self.lasting.of_self(p.trait, p.lifetimes):
                self.add(p.subject, name)

    def add_implied(self, one: Ty) -> None:
        """What a type says by standing where all types are taken for well-formed."""
        found: list[Demand] = []
        self.lasting.of_type(one, found)
        for longer, shorter, _, _ in found:
            self.add(longer, shorter)

    def holds(self, longer: str | Ty, shorter: str) -> bool:
        """Whether it is known that something outlives a lifetime."""
        if isinstance(longer, str):
            return self._lasts([longer], shorter)
        if self._lasts(list(self.of.get(ty.erase(longer), ())), shorter):
            return True
        return longer.kind == ty.PROJECTION and self._projection(longer, shorter)

    def _lasts(self, work: list[str], shorter: str) -> bool:
        seen: set[str] = set()
        while work:
            name = work.pop()
            if name in (shorter, STATIC):
                return True
            if name not in seen:
                seen.add(name)
                work += self.shorter.get(name, ())
        return False

    def _projection(self, one: Ty, shorter: str) -> bool:
        """An associated type lasts as the trait says of it, or as all that it depends on does."""
        if one.args[0].kind not in (ty.PARAM, ty.PROJECTION):
            return True
        trait, name = one.data
        names = _mapped(trait.lifetimes, one.regions)
        for p in trait.assoc_types[name][0]:
            said = [names.get(each, "") for each in p.regions]
            if p.trait is not None:
                said += self.lasting.of_self(p.trait, [names.get(each, "") for each in p.lifetimes])
            if self._lasts([each for each in said if each], shorter):
                return True
        found: list[Demand] = []
        for arg in one.args:
            self.lasting.outlive(arg, shorter, "", found)
        known = [self.holds(each, end) for each, end, _, _ in found]
        return all(known) and all(self.holds(each, shorter) for each in one.regions if each)

    def report(self, demands: list[Demand], span: Span, conflicting: bool = False) -> None:
        """Say what is demanded and not known. `conflicting` is for what an impl's trait asks of its type."""
        compilation = self.lasting.compilation
        assert compilation is not None
        diagnostics = compilation.diagnostics
        told: set[tuple[str | Ty, str]] = set()
        for longer, shorter, code, whole in demands:
            if (longer, shorter) in told or self.holds(longer, shorter):
                continue
            told.add((longer, shorter))
            if isinstance(longer, str):
                _report_lifetime(compilation, longer, shorter, code, whole, span)
                if conflicting:
                    message = f"cannot infer an appropriate lifetime for `{longer}` due to conflicting requirements"
                    diagnostics.error("E0803", message, span)
                continue
            shown = ty.show(longer)
            what = "parameter" if longer.kind == ty.PARAM else "associated"
            message = f"the {what} type `{shown}` may not live long enough"
            lasts = "the static lifetime" if shorter == STATIC else f"the lifetime `{shorter}`"
            label = f"the {what} type `{shown}` must be valid for {lasts}"
            anonymous = shorter.startswith("'_")
            lifetime_code = "E0310" if shorter == STATIC else "E0311" if anonymous else "E0309"
            error = diagnostics.error(lifetime_code, message, span, label)
            if not anonymous:
                error.helps.append(f"consider adding an explicit lifetime bound: `{shown}: {shorter}`")


def _report_lifetime(compilation: Compilation, longer: str, shorter: str, code: str, whole: str, span: Span) -> None:
    error = compilation.diagnostics.error
    if code == "E0491":
        message = f"in type `&{shorter} {whole}`, reference has a longer lifetime than the data it references"
        error(code, message, span)
    elif code == "E0477":
        error(code, f"the type `{whole}` does not fulfill the required lifetime", span)
    else:
        one = error("E0478", "lifetime bound not satisfied", span)
        one.notes.append(f"`{longer}` has to outlive `{shorter}`")


def _said(trait: TraitDef) -> list[str]:
    """The lifetimes for which all that has the trait lasts, as it says itself."""
    said = [bound.lifetime for bound in trait.syntax.supertraits or () if bound.lifetime]
    for p in trait.generics.predicates:
        if p.subject.kind == ty.PARAM and p.subject.data[0] == 0:
            said += p.regions
    return said


def _mapped(names: Sequence[str], regions: Sequence[str]) -> dict[str, str]:
    """What a definition's lifetimes stand for; `''` where that is not known."""
    found = dict(zip(names, regions, strict=False))
    found[STATIC] = STATIC
    return found
