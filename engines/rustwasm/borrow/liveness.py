"""At which points a local may be used or dropped later (RFC 2094, "Liveness", "Drop")."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from engines.rustwasm.borrow import facts as f
from engines.rustwasm.borrow.constraints import Constraints
from engines.rustwasm.mir import body as m


def add_liveness(constraints: Constraints) -> None:
    """Put the points at which a local is live into the values of its type's regions."""
    facts, values = constraints.facts, constraints.regions.values
    tracked = [i for i, regions in enumerate(constraints.locals) if regions]
    universal = len(constraints.regions.names)
    used = {i for i in tracked if any(region >= universal for region in constraints.locals[i])}
    if used:
        for local, points in live_points(facts, used, drops=False).items():
            for region in constraints.locals[local]:
                values[region] |= points
    dropped: dict[int, tuple[int, ...]] = {}
    for local in used:
        if any(kind == f.DROP or kind == f.REPLACE for _, kind, _ in facts.of_local[local]):
            regions = constraints.locals[local]
            positions = constraints.shapes.dropped(constraints.body.locals[local].ty)
            dropped[local] = tuple([regions[p] for p in positions])
    droppable = {i for i, regions in dropped.items() if regions}
    if droppable:
        for local, points in live_points(facts, droppable, drops=True).items():
            for region in dropped[local]:
                values[region] |= points


def live_points(facts: f.Facts, wanted: set[int], drops: bool) -> dict[int, int]:
    """For each wanted local the set of points from which a use (or a drop, if `drops`) can be reached before it is
    assigned (or, for drops, moved): a walk back from each use to what ends it."""
    return {local: _walk_back(facts, local, drops) for local in wanted}


def _walk_back(facts: f.Facts, local: int, drops: bool) -> int:
    points: list[int] = []
    actions: list[bool] = []
    for point, kind, place in facts.of_local[local]:
        action = _action(kind, place, drops)
        if action is not None:
            points.append(point)
            actions.append(action)
    if local == 0 and not drops:
        for block, one in enumerate(facts.body.blocks):
            if type(one.terminator) is m.Return:
                at = bisect_left(points, facts.ends[block])
                points.insert(at, facts.ends[block])
                actions.insert(at, True)
    live = 0
    starts, ends, predecessors = facts.starts, facts.ends, facts.predecessors
    seen: set[int] = set()
    for i, used in enumerate(actions):
        if not used:
            continue
        point = points[i]
        live |= 1 << point
        before = i - 1
        while before >= 0 and points[before] == point:
            before -= 1
        previous = points[before] if before >= 0 else -1
        block = facts.block_at(point)
        work: list[int] = []
        start = starts[block]
        if previous >= start:
            live |= (1 << point) - (1 << (previous + 1))
        else:
            live |= (1 << point) - (1 << start)
            work.extend(predecessors[block])
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
