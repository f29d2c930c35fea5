"""References that a closure is given and keeps: each of its calls may choose how long they last, so that they may go
neither into what it captures nor out of it (E0521, `lifetime may not live long enough`).

Source: RFC 387 ("Higher-ranked trait bounds"); The Rust Reference, "Lifetime elision".
"""

from __future__ import annotations

from typing import Any, TypeAlias

from engines.rustwasm.borrow.constraints import STATIC, Constraints
from engines.rustwasm.borrow.explain import Explainer
from engines.rustwasm.borrow.report import Reporter
from engines.rustwasm.borrow.shapes import Shapes
from engines.rustwasm.syntax.diagnostics import Diagnostics
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty

Escape: TypeAlias = tuple[int, int, str, tuple[int, int]]
"""(position of a parameter's region, position of what it must outlive, the parameter's name, where)."""


def escapes(constraints: Constraints, reporter: Reporter, summary: list[tuple[int, int]]) -> list[Escape]:
    """What a closure does with regions of its parameters that what it captures, gives back or `'static` asks for."""
    if constraints.mixed:
        return []
    body = constraints.body
    captures = len(constraints.locals[1]) - (body.locals[1].ty.kind == ty.REF)
    parameters = [(i, region) for i in range(2, body.arg_count + 1) for region in constraints.locals[i]]
    end = captures + len(parameters)
    found: list[Escape] = []
    explainer = Explainer(constraints, reporter)
    own = constraints.locals[1][-captures:] if captures else ()
    ends = [*own, *[region for _, region in parameters], *constraints.locals[0]]
    for longer, shorter in summary:
        if captures <= longer < end and longer != shorter:
            local, region = parameters[longer - captures]
            target = 0 if shorter == STATIC else ends[shorter]
            demand = explainer.blame(constraints.regions.path(region, target), target)
            found.append((longer, shorter, body.locals[local].name or "", demand.span))
    return found


def chosen_by_calls(shapes: Shapes, closure: Any, captures: int) -> frozenset[int]:
    """The positions of the regions that a closure's own parameters declare, if nothing else asked for a signature."""
    if closure.expected:
        return frozenset()
    found: list[int] = []
    at = captures
    for declared, one in zip(closure.declared, closure.inputs, strict=True):
        if declared is not None:
            _elided(shapes, declared, ty.erase(one), at, found)
        at += shapes.count(ty.erase(one))
    return frozenset(found)


def _elided(shapes: Shapes, declared: Ty, one: Ty, at: int, found: list[int]) -> None:
    """Add where lifetimes are left out in a declared type, which is `one` once it is inferred."""
    if declared.kind != one.kind or one.kind in (ty.DYN, ty.FNPTR, ty.FNDEF, ty.CLOSURE, ty.OPAQUE, ty.PROJECTION):
        return
    found += [at + i for i, name in enumerate(declared.regions) if not name]
    at += len(one.regions)
    for part, arg in zip(declared.args, one.args, strict=False):
        _elided(shapes, part, arg, at, found)
        at += shapes.count(arg)


def refuse(diagnostics: Diagnostics, found: list[Escape], chosen: frozenset[int], captures: int) -> None:
    """Report what keeps a region that calls choose."""
    for longer, shorter, name, span in found:
        if longer not in chosen:
            continue
        if shorter < captures:
            label = f"`{name}` escapes the closure body here"
            diagnostics.error("E0521", "borrowed data escapes outside of closure", span, label)
        else:
            label = "what is given to a closure does not have to last as long as what it gives back"
            diagnostics.error(None, "lifetime may not live long enough", span, label)
        return
