"""References that a closure is given and keeps: each of its calls may choose how long they last, so that they may go
neither into what it captures nor out of it (E0521, `lifetime may not live long enough`).

Source: RFC 387 ("Higher-ranked trait bounds"); The Rust Reference, "Lifetime elision".
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any, TypeAlias

from engines.rustwasm.borrow.calls import STATIC
from engines.rustwasm.borrow.constraints import Constraints
from engines.rustwasm.borrow.explain import Explainer
from engines.rustwasm.borrow.lifetimes import positions
from engines.rustwasm.borrow.report import Reporter
from engines.rustwasm.borrow.shapes import Shapes, elided
from engines.rustwasm.syntax.diagnostics import Diagnostics
from engines.rustwasm.typing import types as ty

Escape: TypeAlias = tuple[int, int, str, tuple[int, int]]
"""(position of a parameter's region, position of what it must outlive, the parameter's name, where)."""


def escapes(constraints: Constraints, reporter: Reporter, summary: list[tuple[int, int]]) -> list[Escape]:
    """What a closure does with regions of its parameters that what it captures, gives back or `'static` asks for."""
    if constraints.mixed:
        return []
    body = constraints.body
    ends = positions(constraints)
    parameters = [(i, region) for i in range(2, body.arg_count + 1) for region in constraints.locals[i]]
    end = len(ends) - len(constraints.locals[0])
    captures = end - len(parameters)
    found: list[Escape] = []
    explainer = Explainer(constraints, reporter)
    for longer, shorter in summary:
        if captures <= longer < end and longer != shorter:
            local, region = parameters[longer - captures]
            target = constraints.demanded(shorter, ends)
            demand = explainer.blame(constraints.regions.path(region, target), target)
            found.append((longer, shorter, body.locals[local].name or "", demand.span))
    return found


def refuse_captured(constraints: Constraints, reporter: Reporter) -> None:
    """Report what a closure gives back or keeps of itself: a reference to a variable that it owns, or to what it alone
    may change, for longer than one call."""
    environment = constraints.body.locals[1].ty
    if constraints.mixed or environment.kind != ty.REF:
        return
    own = constraints.locals[1][0]
    ends = [end for end in constraints.regions.ends(own) if end != own]
    if not ends:
        return
    demand = Explainer(constraints, reporter).blame(constraints.regions.path(own, ends[-1]), ends[-1])
    if environment.data:
        label = "returns a reference to a captured variable which escapes the closure body"
        reporter.error(None, "captured variable cannot escape `FnMut` closure body", demand.span, label)
    else:
        label = "returning this value requires that what the closure owns lasts longer than one call of it"
        reporter.error(None, "lifetime may not live long enough", demand.span, label)


def chosen_by_calls(shapes: Shapes, closure: Any, captures: int) -> frozenset[int]:
    """The positions of the regions that a closure's own parameters declare, if nothing else asked for a signature."""
    if closure.expected:
        return frozenset()
    found: list[int] = []
    at = captures
    for declared, one in zip(closure.declared, closure.inputs, strict=True):
        if declared is not None:
            elided(shapes, declared, ty.erase(one), at, found)
        at += shapes.count(ty.erase(one))
    return frozenset(found)


def refuse(diagnostics: Diagnostics, found: list[Escape], chosen: Container[int], captures: int) -> None:
    """Report what keeps a region that calls choose."""
    for longer, shorter, name, span in found:
        if longer not in chosen:
            continue
        if STATIC <= shorter < captures:
            label = f"`{name}` escapes the closure body here"
            diagnostics.error("E0521", "borrowed data escapes outside of closure", span, label)
        else:
            label = "what is given to a closure does not have to last as long as what it gives back"
            diagnostics.error(None, "lifetime may not live long enough", span, label)
        return
