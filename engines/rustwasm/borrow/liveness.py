"""At which points a local may be used or dropped later (RFC 2094, "Liveness", "Drop")."""

from __future__ import annotations

from engines.rustwasm.borrow import facts as f
from engines.rustwasm.borrow.constraints import Constraints
from engines.rustwasm.borrow.dataflow import backward, bits
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
    for events in facts.events:
        for _, kind, place in events:
            if kind in (f.DROP, f.REPLACE) and place.local in used and place.local not in dropped:
                regions = constraints.locals[place.local]
                positions = constraints.shapes.dropped(constraints.body.locals[place.local].ty)
                dropped[place.local] = tuple([regions[p] for p in positions])
    droppable = {i for i, regions in dropped.items() if regions}
    if droppable:
        for local, points in live_points(facts, droppable, drops=True).items():
            for region in dropped[local]:
                values[region] |= points


def live_points(facts: f.Facts, wanted: set[int], drops: bool) -> dict[int, int]:
    """For each wanted local the set of points from which a use (or a drop, if `drops`) can be reached before it is
    assigned (or, for drops, moved)."""
    order = sorted(wanted)
    bit = {local: 1 << i for i, local in enumerate(order)}
    gens, kills = [], []
    spans: dict[int, int] = dict.fromkeys(order, 0)
    touched: list[list[tuple[int, int, bool]]] = []
    for block, events in enumerate(facts.events):
        gen = kill = 0
        list_: list[tuple[int, int, bool]] = []
        for point, kind, place in reversed(events):
            one = bit.get(place.local)
            if one is None:
                continue
            action = _action(kind, place, drops)
            if action is None:
                continue
            list_.append((point, place.local, action))
            if action:
                gen |= one
            else:
                gen &= ~one
                kill |= one
        if not drops and 0 in bit and type(facts.body.blocks[block].terminator) is m.Return and not kill & bit[0]:
            gen |= bit[0]
            list_.insert(0, (facts.ends[block], 0, True))
        gens.append(gen)
        kills.append(kill)
        touched.append(list_)
    _, ends = backward(facts.predecessors, facts.successors, gens, kills)
    for block, out in enumerate(ends):
        first, last = facts.starts[block], facts.ends[block]
        upto: dict[int, int] = {}
        for i in bits(out):
            upto[order[i]] = last
        for point, local, action in touched[block]:
            end = upto.get(local)
            if action:
                if end is None or end < point:
                    upto[local] = point
            elif end is not None:
                spans[local] |= (1 << (end + 1)) - (1 << (point + 1))
                del upto[local]
        for local, end in upto.items():
            spans[local] |= (1 << (end + 1)) - (1 << first)
    return spans


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
