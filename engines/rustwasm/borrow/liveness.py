"""At which points a local may be used or dropped later (RFC 2094, "Liveness", "Drop")."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from engines.rustwasm.borrow import facts as f
from engines.rustwasm.borrow.constraints import Constraints
from engines.rustwasm.mir import body as m


def add_liveness(constraints: Constraints) -> None:
    """Put the points at which a local is live into the values of its type's regions. Only regions count that a loan's
    must outlive, or one that any lifetime outlives: nobody asks for the points of another."""
    facts, regions = constraints.facts, constraints.regions
    starts = [loan.region for loan in constraints.loans] + [region for region, _ in constraints.empties]
    if not starts:
        return
    values, universal = regions.values, len(regions.names)
    asked = regions.reachable(starts)
    for local, held in enumerate(constraints.locals):
        wanted = [region for region in held if region >= universal and region in asked]
        if not wanted:
            continue
        points = _walk_back(facts, local, drops=False)
        for region in wanted:
            values[region] |= points
        droppable = constraints.shapes.dropped(constraints.body.locals[local].ty)
        if droppable:
            points = _walk_back(facts, local, drops=True)
            if any(kind == f.MOVE and not place.projection for _, kind, place in facts.of_local[local]):
                points &= _filled(facts, local)
            for position in droppable:
                if held[position] >= 0:  # what calls of it choose does not last
                    values[held[position]] |= points


def _walk_back(facts: f.Facts, local: int, drops: bool) -> int:
    """The points from which a use of the local (or a drop, if `drops`) can be reached before it is assigned (or, for
    drops, moved): a walk back from each use to what ends it."""
    points: list[int] = []
    actions: list[bool] = []
    for point, kind, place in facts.of_local[local]:
        action = _action(kind, place, drops)
        if action is not None:
            points.append(point)
            actions.append(action)
    if local == 0 and not drops:
        for block, one in enumerate(facts.body.blocks):
            if isinstance(one.terminator, m.Return):
                at = bisect_left(points, facts.ends[block])
                points.insert(at, facts.ends[block])
                actions.insert(at, True)
    live = 0
    starts, ends, predecessors = facts.starts, facts.ends, facts.predecessors
    seen: set[int] = set()
    previous = before = -1  # the last point so far, and the last before that
    for i, used in enumerate(actions):
        point = points[i]
        if point != previous:
            before, previous = previous, point
        if not used:
            continue
        block = facts.block_at(point)
        start = starts[block]
        if before >= start:
            live |= (1 << (point + 1)) - (1 << (before + 1))
            continue
        live |= (1 << (point + 1)) - (1 << start)
        work = list(predecessors[block])
        while work:
            block = work.pop()
            if block in seen:
                continue
            seen.add(block)
            start, end = starts[block], ends[block]
            at = bisect_right(points, end) - 1
            if at >= 0 and points[at] >= start:
                live |= (1 << (end + 1)) - (1 << (points[at] + 1))
            else:
                live |= (1 << (end + 1)) - (1 << start)
                work.extend(predecessors[block])
    return live


def _filled(facts: f.Facts, local: int) -> int:
    """The points at which a local may hold a value: a drop of what was moved away does nothing."""
    ends = {
        point for point, kind, place in facts.of_local[local] if kind in (f.MOVE, f.DEAD) and not place.projection
    }  # fmt: skip
    work = [point for point, kind, _ in facts.of_local[local] if kind in (f.ASSIGN, f.RESULT)]
    work = [after for point in work for after in facts.following(point)]
    if 0 < local <= facts.body.arg_count:
        work.append(0)
    filled = 0
    while work:
        point = work.pop()
        if not filled >> point & 1:
            filled |= 1 << point
            if point not in ends:
                work += facts.following(point)
    return filled


def _action(kind: int, place: m.Place, drops: bool) -> bool | None:
    """Does an event make the place's local live before it (True), dead (False), or neither?"""
    if kind == f.ASSIGN or kind == f.RESULT:
        if not place.projection:
            return False
        return None if drops else True
    if kind == f.LIVE or kind == f.DEAD:
        return False
    if kind == f.DROP or kind == f.REPLACE:
        return True if drops else None
    if drops:
        return False if kind == f.MOVE and not place.projection else None
    return True
