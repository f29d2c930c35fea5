"""Lifetimes of the signature: what the body demands of them must be promised (`lifetime may not live long enough`,
E0521)."""

from __future__ import annotations

from engines.rustwasm.borrow import regions as r
from engines.rustwasm.borrow.calls import STATIC
from engines.rustwasm.borrow.constraints import Constraints
from engines.rustwasm.borrow.explain import ACTIONS, Demand, Explainer
from engines.rustwasm.borrow.report import Reporter
from engines.rustwasm.typing import types as ty


def positions(constraints: Constraints) -> list[int]:
    """The regions of a closure's captures, parameters and result."""
    body = constraints.body
    own = constraints.locals[1]
    environment = body.locals[1].ty
    first = int(environment.kind == ty.REF)
    captured = constraints.shapes.captured(environment.args[0] if first else environment)
    found = list(own[first : first + captured])
    for i in range(2, body.arg_count + 1):
        found += constraints.locals[i]
    return [*found, *constraints.locals[0]]


def summarize(constraints: Constraints) -> list[tuple[int, int]]:
    """What a closure's body demands, as pairs of positions, or what `Calls.demanded` numbers."""
    body, regions = constraints.body, constraints.regions
    where: dict[int, int] = {0: STATIC}
    for i, name in enumerate(body.definition.lifetimes):
        where.setdefault(constraints.universe[name], -2 - i)
    out: list[tuple[int, int]] = []
    for i, region in enumerate(positions(constraints)):
        named = where.setdefault(region, i)
        if named <= STATIC:
            out += [(i, named), (named, i)] if named < STATIC else [(i, STATIC)]
    for region, at in where.items():
        if region > 0:
            out += [(at, where[end]) for end in regions.ends(region) if end != region and end in where]
    return out


def check_lifetimes(constraints: Constraints, reporter: Reporter) -> None:
    """Report each relation between the signature's lifetimes that the body needs and the signature does not give."""
    regions = constraints.regions
    explainer = Explainer(constraints, reporter)
    reported: set[tuple[int, int]] = set()
    for longer in range(1, len(regions.names)):
        ends = [e for e in regions.ends(longer) if e != longer and not regions.promised(longer, e)]
        if not ends:
            continue
        direct = [e for e in ends if not any(o != e and e in regions.ends(o) for o in ends)] or ends
        shorter = 0 if 0 in ends else direct[0]
        path = regions.path(longer, shorter)
        demand = explainer.blame(path, shorter)
        if (longer, demand.point) in reported:
            continue
        reported.add((longer, demand.point))
        _report(constraints, reporter, longer, shorter, demand)
    if not reported:
        _check_hidden(constraints, reporter, explainer)


def choose_hidden(constraints: Constraints) -> None:
    """Each region of the type behind an `impl Trait` is one that its bounds name, or 'static: the least that is long
    enough, and not too long for what goes into it (rustc-dev-guide, "Member constraints")."""
    regions = constraints.regions
    for region in constraints.hidden:
        below = regions.ends(region)
        above = _above(constraints, region)
        fitting = [
            one
            for one in constraints.captured
            if all(regions.promised(one, end) for end in below) and all(regions.promised(up, one) for up in above)
        ]
        ordered = [
            one
            for one in fitting
            if all(regions.promised(one, other) or regions.promised(other, one) for other in fitting)
        ]
        for least in ordered:
            if least not in below and all(regions.promised(one, least) for one in ordered):
                regions.outlives_too(region, least, 0, r.OTHER)
                break


def _above(constraints: Constraints, region: int) -> list[int]:
    """The lifetimes of the signature that have to outlive a region."""
    regions = constraints.regions
    return [one for one in range(1, len(regions.names)) if region in regions.reachable([one])]


def _check_hidden(constraints: Constraints, reporter: Reporter, explainer: Explainer) -> None:
    """Report what is behind an `impl Trait` and has a lifetime that its bounds do not name."""
    regions = constraints.regions
    for region in constraints.locals[0] if constraints.captured else ():
        ends = regions.ends(region) if region >= 0 else []
        if (ends or region in constraints.hidden) and not any(
            one in ends and all(regions.promised(one, end) for end in ends) for one in constraints.captured
        ):
            above = _above(constraints, region) or ends or [0]
            demand = explainer.blame(regions.path(above[0], region), above[0])
            shown = ty.show(constraints.body.definition.output)
            message = f"hidden type for `{shown}` captures lifetime that does not appear in bounds"
            error = reporter.error("E0700", message, demand.span, "opaque type defined here does not name the lifetime")
            error.helps.append("add `+ '_`, or the lifetime's name, to the bounds of the `impl Trait`")
            return


def _report(constraints: Constraints, reporter: Reporter, longer: int, shorter: int, demand: Demand) -> None:
    regions = constraints.regions
    names = {longer: regions.names[longer], shorter: regions.names[shorter]}
    anonymous = [u for u in (longer, shorter) if names[u].startswith(("'_", "'?"))]
    for i, u in enumerate(anonymous):
        names[u] = f"'{i + 1}"
    argument = _argument(constraints, longer)
    if shorter == 0 and argument is not None and demand.category == r.CALL and _late(constraints, names[longer]):
        name = constraints.body.locals[argument].name
        error = reporter.error(
            "E0521",
            "borrowed data escapes outside of function",
            demand.span,
            f"`{name}` escapes the function body here",
        )
        error.labels.append(
            (constraints.body.locals[argument].span, f"`{name}` is a reference that is only valid in the function body")
        )
        error.labels.append((demand.span, "argument requires that `'1` must outlive `'static`"))
        return
    if (
        len(anonymous) == 1
        and longer in anonymous
        and shorter != 0
        and argument is not None
        and not _is_self(constraints, argument)
    ):
        local = constraints.body.locals[argument]
        what = f"the type of `{local.name}`" if local.name else "parameter type"
        error = reporter.error(
            "E0621", f"explicit lifetime required in {what}", demand.span, f"lifetime `{names[shorter]}` required"
        )
        return
    if demand.category == r.RETURN and len(anonymous) != 1 and shorter != 0:
        label = (
            f"{_kind(constraints)} was supposed to return data with lifetime `{names[shorter]}` but it is returning "
        )
        label += f"data with lifetime `{names[longer]}`"
    else:
        label = f"{ACTIONS[demand.category]} requires that `{names[longer]}` must outlive `{names[shorter]}`"
    error = reporter.error(None, "lifetime may not live long enough", demand.span, label)
    for region in anonymous:
        at = _argument(constraints, region)
        if at is not None:
            span = constraints.body.locals[at].span
            error.labels.append((span, f"let's call the lifetime of this reference `{names[region]}`"))
    if not anonymous:
        error.helps.append(
            f"consider adding the following bound: `{names[longer]}: {names[shorter]}`"
            if shorter
            else f"consider replacing `{names[longer]}` with `'static`"
        )


def _late(constraints: Constraints, name: str) -> bool:
    """Do the calls of a function choose the lifetime, since no bound names it? (The compiler's "late bound".)"""
    generics = constraints.body.definition.generics
    bounded = [one for pair in generics.outlives for one in pair]
    return name not in bounded and not any(name in p.regions for p in generics.predicates)


def _argument(constraints: Constraints, region: int) -> int | None:
    for i in range(1, constraints.body.arg_count + 1):
        if region in constraints.locals[i]:
            return i
    return None


def _kind(constraints: Constraints) -> str:
    owner = constraints.body.definition.owner
    return (
        "function"
        if owner is None
        else ("method" if constraints.body.definition.receiver is not None else "associated function")
    )


def _is_self(constraints: Constraints, argument: int) -> bool:
    return argument == 1 and getattr(constraints.body.definition, "receiver", None) is not None
