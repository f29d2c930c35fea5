"""Types behind parameters that have to last: what becomes a `dyn Trait + 'a`, or is passed where `T: 'a` is asked, has
to be promised to (E0309, E0310, E0311).

Source: RFC 2094 ("Named lifetimes"); The Rust Reference, "Lifetime bounds", "Trait object lifetime bounds".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from engines.rustwasm.borrow.shapes import Shapes
from engines.rustwasm.mir import body as m
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import FnDef
from engines.rustwasm.typing.fixes import bound_fix
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from engines.rustwasm.borrow.constraints import Constraints
    from engines.rustwasm.borrow.report import Reporter
    from engines.rustwasm.syntax.tree import Span
    from engines.rustwasm.typing.definitions import Generics, TraitDef

TypeTest: TypeAlias = tuple[Ty, int, int, "Span | None"]
"""(type parameter, region that it has to outlive, point, where: None at the point)."""


def asks_of_types(body: m.Body, shapes: Shapes) -> bool:
    """Whether a generic body without regions has types, or calls what has, that ask of others how long they last."""
    asking = shapes.asking
    output = getattr(body.definition, "output", None)
    if output is not None and output.kind == ty.OPAQUE and any(bound.regions for bound in output.data.bounds):
        return True
    for local in body.locals:
        if local.ty.flags & ty.HAS_PARAM and shapes.demands(local.ty)[1]:
            return True
    for block in body.blocks:
        for statement in block.statements:
            rvalue = statement.rvalue if isinstance(statement, m.Assign) else None
            if isinstance(rvalue, m.Aggregate) and rvalue.ty.kind == ty.ADT and lasting_parts(rvalue.ty.data.generics):
                return True
        call = block.terminator
        if isinstance(call, m.Call) and isinstance(call.function, m.Constant) and isinstance(
            call.function.ty.data, FnDef
        ):  # fmt: skip
            definition = call.function.ty.data
            for one in call.function.ty.args:
                if one.flags & ty.HAS_PARAM and shapes.demands(one)[1]:
                    return True
            found = asking.get(definition)
            if found is None:
                found = asking[definition] = any(p.regions for p in definition.generics.predicates)
            if found:
                return True
    return False


def lasting_parts(generics: Generics) -> bool:
    """Whether an item asks of its lifetimes or parameters how long they last."""
    return bool(generics.outlives) or any(p.regions for p in generics.predicates)


def outliving(shapes: Shapes, one: Ty) -> list[Ty]:
    """The parameters that a type holds values of, and associated types of them."""
    if one.kind in (ty.PARAM, ty.PROJECTION):
        return [one] if one.flags & ty.HAS_PARAM else []
    if not one.flags & (ty.HAS_PARAM | ty.HAS_CLOSURE):
        return []
    parts = shapes.captures(one) if one.kind == ty.CLOSURE else one.args
    return list(dict.fromkeys([each for part in parts for each in outliving(shapes, part)]))


def unsized_parts(one: Ty, wanted: Ty, regions: tuple[int, ...], shapes: Shapes) -> list[tuple[Ty, int]]:
    """Where a value becomes another type: what becomes a trait object in it, and the object's region."""
    if wanted.kind == ty.DYN:
        return [(one, regions[0])] if one.kind != ty.DYN and regions else []
    found: list[tuple[Ty, int]] = []
    if one.kind == wanted.kind and len(one.args) == len(wanted.args):
        at = len(wanted.regions)
        for part, other in zip(one.args, wanted.args, strict=True):
            count = shapes.count(other)
            if part is not other:
                found += unsized_parts(part, other, regions[at : at + count], shapes)
            at += count
    return found


def check_type_outlives(
    constraints: Constraints, reporter: Reporter, where: dict[int, int] | None
) -> list[tuple[Ty, int, Span]]:
    """Report each parameter that has to last longer than anything promises. In a closure only longer than a lifetime
    with a name: for the others, whose positions `where` tells, it gives back what whoever makes it has to promise."""
    asked: list[tuple[Ty, int, Span]] = []
    regions = constraints.regions
    named = {0, *[constraints.universe.get(name, 0) for name in constraints.body.definition.lifetimes]}
    promised = _promised(constraints)
    reported: set[tuple[Ty, Span]] = set()
    for one, region, point, place in constraints.tests:
        ends = [0] if region == 0 else regions.ends(region)
        for end in ends:
            span = place or constraints.facts.span(point)
            if where is not None and end not in named:
                if end in where:
                    asked.append((one, where[end], span))
                continue
            if _lasts(constraints, promised, one, end) or (one, span) in reported:
                continue
            reported.add((one, span))
            name = regions.names[end]
            anonymous = name.startswith(("'_", "'?"))
            code = "E0310" if end == 0 else ("E0311" if anonymous else "E0309")
            shown = ty.show(one)
            what = "parameter" if one.kind == ty.PARAM else "associated"
            message = f"the {what} type `{shown}` may not live long enough"
            label = f"the {what} type `{shown}` must be valid for " + (
                "the anonymous lifetime" if anonymous else f"the lifetime `{name}`" if end else "the static lifetime"
            )
            error = reporter.error(code, message, span, label)
            definition = constraints.body.definition
            if not anonymous and isinstance(definition, FnDef):
                error.suggestion = bound_fix(definition, shown, name)
            if not anonymous and error.suggestion is None:
                error.helps.append(f"consider adding an explicit lifetime bound: `{shown}: {name}`")
    return asked


def _lasts(constraints: Constraints, promised: dict[Ty, set[int]], one: Ty, end: int) -> bool:
    """Whether a parameter or associated type is known to outlive a lifetime: the latter as its trait says of it, or as
    all that it depends on does."""
    if any(constraints.regions.promised(longer, end) for longer in promised.get(one, ())):
        return True
    if one.kind != ty.PROJECTION:
        return False
    trait, name = one.data
    for bound in trait.assoc_types[name][0]:
        if "'static" in bound.regions or (bound.trait is not None and lasts(bound.trait, set())):
            return True
    inner = [each for arg in one.args for each in outliving(constraints.shapes, arg)]
    return all(_lasts(constraints, promised, each, end) for each in inner)


def _promised(constraints: Constraints) -> dict[Ty, set[int]]:
    """What each parameter outlives: as its bounds say, those of its traits, and as `&'a T` in the signature implies."""
    definition = constraints.body.definition
    found: dict[Ty, set[int]] = {}
    for p in definition.generics.predicates:
        if p.subject.kind in (ty.PARAM, ty.PROJECTION):
            own = found.setdefault(ty.erase(p.subject), set())
            own.update(constraints.universe[name] for name in p.regions if name in constraints.universe)
            if p.trait is not None and lasts(p.trait, set()):
                own.add(0)
    for i in range(constraints.body.arg_count + 1):
        imply(constraints.shapes, constraints.body.locals[i].ty, constraints.locals[i], found)
    around = constraints.around()
    if around is not None and constraints.signatures.assumed is not None:
        for declared in (*around.inputs, around.output):
            one = ty.erase(declared)
            held = constraints.signatures.regions(declared, constraints.signatures.assumed, one)
            if held is not None:
                imply(constraints.shapes, one, held, found)
    return found


def lasts(trait: TraitDef, seen: set[TraitDef]) -> bool:
    """Whether what has the trait is `'static`."""
    seen.add(trait)
    if any(bound.lifetime == "'static" for bound in trait.syntax.supertraits or ()):
        return True
    uppers = [p.trait for p in trait.supertraits if p.trait is not None]
    return any(lasts(upper, seen) for upper in uppers if upper not in seen)


def imply(shapes: Shapes, one: Ty, regions: tuple[int, ...], found: dict[Ty, set[int]]) -> None:
    """A type in the signature promises what it needs to be well-formed."""
    if one.flags & ty.HAS_PARAM:
        for parameter, shorter in shapes.demands(one)[1]:
            found.setdefault(parameter, set()).add(regions[shorter] if shorter >= 0 else 0)
