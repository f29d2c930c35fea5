"""What a match's guard may not change: the places that the match tests (E0510) and what the arm's variables show.

rustc lends these places from the guard's start to its end ("fake borrows", rustc_mir_build::build::matches); so do we.
"""

from __future__ import annotations

from engines.rustwasm.borrow.constraints import Constraints, Loan
from engines.rustwasm.borrow.describe import step_type
from engines.rustwasm.borrow.facts import Facts
from engines.rustwasm.mir import body as m
from engines.rustwasm.typing import types as ty

NOWHERE = m.Place(0, ((m.DEREF,),))
"""What a loan without reference is for: no local."""


def add_guards(constraints: Constraints) -> None:
    """Add the loans of a body's guards: "guard" for what is tested, "shared" for what variables show."""
    facts = constraints.facts
    for guard in facts.body.guards:
        begin, inside = _points(facts, guard)
        if not inside:
            continue
        region = constraints.regions.fresh()
        constraints.regions.values[region] = inside
        lent = [(place, "shared") for place in guard.shown]
        lent += [(place, "guard") for place in _tested(guard.tested)]
        for place, kind in lent:
            if not _behind_shared(facts.body, place):
                constraints.loans.append(Loan(region, place, kind, begin, NOWHERE))


def _points(facts: Facts, guard: m.Guard) -> tuple[int, int]:
    """The guard's first point, and the points on ways from there to its end."""
    begin = end = -1
    for block, one in enumerate(facts.body.blocks):
        if one.terminator is guard.end:
            end = facts.ends[block]
        for i, statement in enumerate(one.statements):
            if statement is guard.begin:
                begin = facts.starts[block] + i
    if begin < 0 or end < 0:
        return begin, 0
    inside = 0
    work = [end]
    while work:
        point = work.pop()
        if inside >> point & 1 or point == begin:
            continue
        inside |= 1 << point
        block = facts.block_at(point)
        if point > facts.starts[block]:
            work.append(point - 1)
        else:
            work += [facts.ends[other] for other in facts.predecessors[block]]
    return begin, inside


def _tested(tested: list[m.Place]) -> list[m.Place]:
    """What is tested, and every pointer on the way to it."""
    found: dict[m.Place, None] = {}
    for place in tested:
        found[place] = None
        for i, step in enumerate(place.projection):
            if step[0] == m.DEREF:
                found[m.Place(place.local, place.projection[:i])] = None
    return list(found)


def _behind_shared(body: m.Body, place: m.Place) -> bool:
    """Is the place behind a `&`, raw pointer or handle? Who owns it nobody here can tell."""
    one = body.locals[place.local].ty
    for step in place.projection:
        if step[0] == m.DEREF and (ty.is_handle(one) or one.kind == ty.RAW or (one.kind == ty.REF and not one.data)):
            return True
        one = step_type(one, step, 0)
    return False
