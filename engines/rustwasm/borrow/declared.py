"""What the types that a definition writes ask of traits, for any lifetimes: `R<'b, X>` that `X: T<'b>`, a projection
that its impl's bounds hold. What they ask of lifetimes alone says `typing.lasting_types`.

Source: RFC 1214 (well-formedness).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from engines.rustwasm.borrow import regions as r
from engines.rustwasm.borrow.calls import Calls
from engines.rustwasm.borrow.facts import Facts
from engines.rustwasm.borrow.shapes import Shapes, is_fn_trait
from engines.rustwasm.borrow.signatures import Environment, Signatures, Typed, UnknownRegionsError
from engines.rustwasm.borrow.type_outlives import imply, lasts
from engines.rustwasm.mir import body as m
from engines.rustwasm.syntax.diagnostics import Diagnostics
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import AdtDef, FnDef, Generics, ImplDef
from engines.rustwasm.typing.parameters import early_bound
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engines.rustwasm.syntax.tree import Span

Definition: TypeAlias = AdtDef | FnDef | ImplDef


class Declared(Calls):
    """The types of one definition, whose lifetimes may be any that its bounds, and `implied` types, allow."""

    def __init__(self, shapes: Shapes, signatures: Signatures, definition: Definition, implied: Sequence[Ty]) -> None:
        super().__init__(Facts(m.Body(definition.path, definition, 0, definition.span)), shapes, signatures, {})
        regions, generics = self.regions, definition.generics
        self.promised: dict[Ty, set[int]] = {}
        """What each parameter is known to outlive."""
        self.universe["'static"] = regions.universal("'static")
        for name in definition.lifetimes:
            self.universe[name] = regions.universal(name)
        parameters: list[Typed] = [(ty.param(i, name), ()) for i, name in enumerate(generics.names)]
        self.env = Environment(parameters, self.universe, regions.fresh)
        signatures.assumptions = generics.predicates
        signatures.assumed = self.env
        self._know(generics, implied)
        regions.close_known()

    def _know(self, generics: Generics, implied: Sequence[Ty]) -> None:
        for longer, shorter in generics.outlives:
            self.regions.known.add((self.env.region(longer), self.env.region(shorter)))
        for p in generics.predicates:
            if p.subject.kind == ty.PARAM:
                found = self.promised.setdefault(p.subject, set())
                found.update([self.env.region(name) for name in p.regions])
                if p.trait is not None and lasts(p.trait, set()):
                    found.add(0)
        for one in implied:
            try:
                whole = self.signatures.typed(one, self.env)
            except UnknownRegionsError:
                continue
            self.imply(*whole)
            imply(self.shapes, *whole, self.promised)

    def ask(self, one: Ty) -> None:
        """Say what a type asks for. Raises UnknownRegionsError."""
        for arg in one.args:
            self.ask(arg)
        if one.kind not in (ty.ADT, ty.PROJECTION):
            return
        args = [self.signatures.typed(arg, self.env) for arg in one.args]
        lifetimes = tuple([self.env.region(name) for name in one.regions])
        if one.kind == ty.PROJECTION:
            self.fulfil(one.data[0], args, lifetimes, r.OTHER)
            return
        env = Environment(args, dict(zip(one.data.lifetimes, lifetimes, strict=True)), self.regions.fresh)
        for bound in one.data.generics.predicates:
            if bound.trait is not None and not is_fn_trait(bound.trait):
                self._bound(bound, self._subject(bound, env), env, r.OTHER, 1)

    def refusal(self, late: frozenset[int]) -> tuple[str, str, str] | None:
        """Code, message and label for what is asked and nobody promises; `late` are lifetimes that calls choose."""
        regions = self.regions
        regions.solve()
        for longer in range(1, len(regions.names)):
            for shorter in regions.ends(longer):
                if shorter != longer and not regions.promised(longer, shorter):
                    label = f"`{regions.names[longer]}` has to outlive `{regions.names[shorter]}`"
                    if late & {longer, shorter}:
                        return "E0623", "lifetime mismatch", label
                    return "E0308", "mismatched types", label
        for parameter, region, _, _ in self.tests:
            known = self.promised.get(parameter, ())
            for end in [0] if region == 0 else regions.ends(region):
                if not any(regions.promised(longer, end) for longer in known):
                    shown = ty.show(parameter)
                    what = "the static lifetime" if end == 0 else f"the lifetime `{regions.names[end]}`"
                    message = f"the parameter type `{shown}` may not live long enough"
                    label = f"the parameter type `{shown}` must be valid for {what}"
                    return "E0310" if end == 0 else "E0309", message, label
        return None


def check_declared(
    shapes: Shapes,
    signatures: Signatures,
    definition: Definition,
    types: Sequence[tuple[Ty, Span]],
    diagnostics: Diagnostics,
) -> None:
    """Report types of a definition that ask for what it does not promise."""
    implied = [] if isinstance(definition, AdtDef) else [one for one, _ in types]
    if isinstance(definition, FnDef) and isinstance(definition.owner, ImplDef):
        implied += [definition.owner.self_ty, *definition.owner.trait_args]
    rules = signatures.compilation.type_rules
    for one, span in types:
        if not rules.asks(ty.erase(one)) or one.flags & ty.HAS_ERROR:
            continue
        declared = Declared(shapes, signatures, definition, implied)
        late: frozenset[int] = frozenset()
        if isinstance(definition, FnDef):
            own = {*early_bound(definition), *(definition.owner.lifetimes if definition.owner is not None else ())}
            late = frozenset([declared.universe[name] for name in definition.lifetimes if name not in own])
        try:
            declared.ask(one)
        except UnknownRegionsError:
            continue
        found = declared.refusal(late)
        if found is not None:
            diagnostics.error(found[0], found[1], span, found[2])
            return
