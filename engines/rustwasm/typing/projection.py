"""Associated types: what `<T as Trait>::Name` is, under what is assumed (The Rust Reference, "Associated items")."""

from __future__ import annotations

from engines.rustwasm.syntax.diagnostics import Span
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import TraitDef
from engines.rustwasm.typing.traits import AMBIGUOUS, Selector
from engines.rustwasm.typing.types import Ty, shallow, subst


class Inference(Selector):
    """Unification, selection and projection."""

    def project(self, trait: TraitDef, name: str, args: tuple[Ty, ...]) -> Ty | None:
        """`<args[0] as trait<args[1:]>>::name`, or None if it is not known (yet) or rigid."""
        self_ty = shallow(args[0])
        if self_ty.kind == ty.ERROR:
            return ty.ERROR_TY
        if self_ty.kind == ty.INFER and self_ty.data == "type":
            return None
        if name not in trait.assoc_types:
            owner = self.collector.find_assoc(trait, name)
            if owner is not None and owner is not trait:
                trait, args = owner, args[: len(owner.generics.names)]
        if name == "Output" and trait.lang == "FnOnce":
            signature = self.signature_of(self_ty)
            if signature is not None:
                return signature[1]
        for assumption in self.env:
            for bound, value in assumption.bindings:
                if bound == name and (assumption.trait is trait or self.has_supertrait(assumption.trait, trait)):
                    mark = len(self.trail)
                    if self.unify(assumption.subject, self_ty):
                        return value
                    self.rollback(mark)
        if self.depth > 40:
            self.limited += 1
            return None
        self.depth += 1
        found = self.select(trait, args)
        self.depth -= 1
        if found is None or found is AMBIGUOUS:
            return None
        if found.kind == "impl":
            given = self.collector.impl_assoc(found.impl, name)
            if given is not None:
                for p in self.collector.impl_bounds(found.impl):
                    if p.trait is not None and p.bindings:
                        subject = self.normal_subst(p.subject, found.args)
                        full = (subject, *[self.normal_subst(a, found.args) for a in p.args])
                        for bound, value in p.bindings:
                            actual = self.project(p.trait, bound, full)
                            if actual is not None:
                                self.unify(actual, self.normal_subst(value, found.args))
                return self.normal_subst(given, found.args)
            default = trait.assoc_types.get(name, ([], None))[1]
            if default is not None:
                return self.normal_subst(ty.erase(self.collector.lower(default, self.collector.envs[trait])), args)
            return ty.ERROR_TY
        if found.kind == "param":
            for bound, value in found.bindings:
                if bound == name:
                    return self.normalize(value)
            if self_ty.kind == ty.PROJECTION:
                # That it has the trait is assumed; what the type is, its declaration may say all the same.
                for p in self.collector.assoc_bounds(*self_ty.data):
                    declared = self.select_bound(p, self_ty, trait, args, self_ty.args)
                    for bound, value in declared.bindings if declared is not None else ():
                        if bound == name:
                            return self.normalize(value)
        return None

    def has_supertrait(self, trait: TraitDef, upper: TraitDef) -> bool:
        return any(
            p.trait is upper or (p.trait is not None and self.has_supertrait(p.trait, upper)) for p in trait.supertraits
        )

    def normalize(self, one: Ty) -> Ty:
        """`one` with every projection (and, when revealing, every opaque type) that is known replaced.

        An unknown one whose Self is still a variable becomes a variable that `retry_projections` solves later.
        """
        if not one.flags & (ty.HAS_PROJECTION | (ty.HAS_OPAQUE if self.reveal else 0)):
            return one
        one = shallow(one)
        if one.kind == ty.PROJECTION:
            if one.flags & ~(ty.HAS_PROJECTION | ty.HAS_PARAM):
                return self.normalize_projection(one)
            return self.normalize_once(one)
        if one.kind == ty.OPAQUE and self.reveal:
            hidden = self.compilation.hidden_type(one.data)
            return self.normalize(subst(hidden, one.args))
        if not one.args:
            return one
        return ty.intern(one.kind, one.data, tuple([self.normalize(a) for a in one.args]), one.regions)

    def normalize_once(self, one: Ty) -> Ty:
        """`normalize` of a projection without variables, remembered."""
        if self.compilation.overflowed:
            return ty.ERROR_TY
        if self.impls_known != self.compilation.indexed:
            self.forget()
        ground = self.closed and not one.flags & ty.HAS_PARAM
        known = self.compilation.projections.get((one, self.reveal)) if ground else None
        if known is None:
            known = self.normal.get(one)
        if known is not None:
            return known
        if one in self.under_way:
            self.circular = True
            return one
        limited = self.limited
        self.under_way.add(one)
        value = ty.deep(self.normalize_projection(one))
        self.under_way.remove(one)
        if self.circular and not self.under_way:
            # What was found on the way took projections for unknown that are not.
            self.circular = False
            self.forget()
        if self.limited == limited and not value.flags & ~(ty.HAS_PROJECTION | ty.HAS_PARAM):
            if ground and not value.flags and not self.circular:
                self.compilation.projections[one, self.reveal] = value
            else:
                self.normal[one] = value
        return value

    def normalize_projection(self, one: Ty) -> Ty:
        args = tuple([self.normalize(a) for a in one.args])
        trait, name = one.data
        value = self.project(trait, name, args)
        if value is not None:
            return self.normalize(value)
        rigid = ty.projection(trait, name, args)
        if any(shallow(a).kind == ty.INFER or ty.deep(a).flags & ty.HAS_INFER for a in args):
            var = ty.variable()
            self.pending_projections.append((rigid, var, self.met))
            return var
        return rigid

    def retry_projections(self) -> bool:
        """Solve pending projections whose Self is known by now; True if some were."""
        progress = False
        pending = self.pending_projections
        self.pending_projections = []
        for rigid, var, met in pending:
            trait, name = rigid.data
            args = tuple([ty.deep(a) for a in rigid.args])
            value = self.project(trait, name, args)
            if value is None:
                self_ty = shallow(args[0])
                if not any(a.flags & ty.HAS_INFER for a in args) and self_ty.kind in (
                    ty.PARAM,
                    ty.PROJECTION,
                    ty.OPAQUE,
                ):
                    value = ty.projection(trait, name, args)
            if value is None:
                self.pending_projections.append((rigid, var, met))
            else:
                progress = True
                mark = self.snapshot()
                if not self.unify(var, value):
                    self.rollback(mark)
                    self.contradicted(trait, name, args, var, value, met)
        return progress

    def contradicted(self, trait: TraitDef, name: str, args: tuple[Ty, ...], wanted: Ty, found: Ty, met: Span) -> None:
        """A projection is another type than it was taken for. Where bodies are checked that is an error."""
