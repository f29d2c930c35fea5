"""Lifetimes of the signature: what the body demands of them must be promised (`lifetime may not live long enough`,
E0521)."""

from __future__ import annotations

from engines.rustwasm.borrow import regions as r
from engines.rustwasm.borrow.constraints import Constraints
from engines.rustwasm.borrow.explain import Demand, Explainer
from engines.rustwasm.borrow.report import Reporter
from engines.rustwasm.typing import types as ty


def summarize(constraints: Constraints) -> list[tuple[int, int]]:
    """What a closure's body demands, as pairs of positions in the regions of its captures, parameters and result."""
    body = constraints.body
    regions = constraints.regions
    own = constraints.locals[1]
    captures = own[1:] if body.locals[1].ty.kind == ty.REF else own
    positions = list(captures)
    for i in range(2, body.arg_count + 1):
        positions += constraints.locals[i]
    positions += constraints.locals[0]
    where: dict[int, int] = {}
    for i, region in enumerate(positions):
        where.setdefault(region, i)
    out = []
    for i, region in enumerate(positions):
        out += [(i, where[end]) for end in regions.ends(region) if end != region and end in where]
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


def _report(constraints: Constraints, reporter: Reporter, longer: int, shorter: int, demand: Demand) -> None:
    regions = constraints.regions
    names = {longer: regions.names[longer], shorter: regions.names[shorter]}
    anonymous = [u for u in (longer, shorter) if names[u].startswith(("'_", "'?"))]
    for i, u in enumerate(anonymous):
        names[u] = f"'{i + 1}"
    argument = _argument(constraints, longer)
    if shorter == 0 and argument is not None and demand.category == r.CALL:
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
    action = {r.RETURN: "returning this value", r.CALL: "argument", r.ASSIGN: "assignment", r.OTHER: "this usage"}
    if demand.category == r.RETURN and not anonymous and shorter != 0:
        label = f"function was supposed to return data with lifetime `{names[shorter]}` but it is returning data with "
        label += f"lifetime `{names[longer]}`"
    else:
        label = f"{action[demand.category]} requires that `{names[longer]}` must outlive `{names[shorter]}`"
    error = reporter.error(None, "lifetime may not live long enough", demand.span, label)
    if argument is not None and longer in anonymous:
        local = constraints.body.locals[argument]
        error.labels.append((local.span, f"let's call the lifetime of this reference `{names[longer]}`"))
    if not anonymous:
        error.helps.append(
            f"consider adding the following bound: `{names[longer]}: {names[shorter]}`"
            if shorter
            else f"consider replacing `{names[longer]}` with `'static`"
        )


def _argument(constraints: Constraints, region: int) -> int | None:
    for i in range(1, constraints.body.arg_count + 1):
        if region in constraints.locals[i] and constraints.body.locals[i].name is not None:
            return i
    return None
