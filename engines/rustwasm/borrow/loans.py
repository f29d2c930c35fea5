"""Which loans are in force where, and when two places overlap (RFC 2094, "Layer 3", "Layer 4")."""

from __future__ import annotations

from engines.rustwasm.borrow import facts as f
from engines.rustwasm.borrow.constraints import Constraints, Loan
from engines.rustwasm.borrow.describe import is_box, step_type
from engines.rustwasm.mir import body as m
from engines.rustwasm.typing import types as ty

SHALLOW = 0
DEEP = 1
DROP = 2


def compute_scopes(constraints: Constraints) -> None:
    """Fill in `scope` and `reserved` of every loan: the points that a way from the borrow reaches inside its region
    without overwriting what the borrow went through."""
    facts = constraints.facts
    kills = _kills(constraints)
    for loan in constraints.loans:
        inside = constraints.regions.values[loan.region] & constraints.regions.everywhere
        stops = 0
        for point, place in kills.get(loan.place.local, ()):
            if loan.place.projection[: len(place.projection)] == place.projection:
                stops |= 1 << point
        loan.scope = _reach(facts, loan.point, inside, stops)
        if loan.kind == "two_phase" and not loan.target.projection:
            uses = 0
            for point, kind, _ in facts.of_local[loan.target.local]:
                if kind <= f.READ:
                    uses |= 1 << point
            loan.reserved = _reach(facts, loan.point, inside, uses | stops)


def _kills(constraints: Constraints) -> dict[int, list[tuple[int, m.Place]]]:
    borrowed = {loan.place.local for loan in constraints.loans}
    found: dict[int, list[tuple[int, m.Place]]] = {}
    for local in borrowed:
        for point, kind, place in constraints.facts.of_local[local]:
            if kind in (f.ASSIGN, f.RESULT, f.DEAD):
                found.setdefault(local, []).append((point, place))
    return found


def _reach(facts: f.Facts, point: int, inside: int, stops: int) -> int:
    """Points that ways from after `point` reach through points of `inside`; a way ends after a point of `stops`."""
    block = facts.block_at(point)
    found = 0
    work: list[tuple[int, int]] = []
    seen: set[int] = set()
    if point < facts.ends[block]:
        work.append((block, point + 1))
    else:
        work.extend((b, facts.starts[b]) for b in facts.successors[block])
    while work:
        block, start = work.pop()
        if start == facts.starts[block]:
            if block in seen:
                continue
            seen.add(block)
        end = facts.ends[block]
        window = (1 << (end + 1)) - (1 << start)
        missing = ~inside & window
        last = end
        leaves = True
        if missing:
            last = (missing & -missing).bit_length() - 2
            leaves = False
        stop = stops & ((1 << (last + 1)) - (1 << start)) if last >= start else 0
        if stop:
            last = (stop & -stop).bit_length() - 1
            leaves = False
        if last >= start:
            found |= (1 << (last + 1)) - (1 << start)
        if leaves:
            work.extend((b, facts.starts[b]) for b in facts.successors[block])
    return found


def conflict(body: m.Body, borrowed: m.Place, accessed: m.Place, depth: int) -> bool:
    """May an access of one place touch what a loan of another (with the same local) covers?"""
    one = body.locals[borrowed.local].ty
    mine, theirs = borrowed.projection, accessed.projection
    for i, step in enumerate(mine):
        if i >= len(theirs):
            kind = step[0]
            if kind == m.DEREF:
                if depth == SHALLOW:
                    return False
                if depth == DROP and not is_box(one):
                    return False
            elif kind == m.FIELD and depth == DROP and one.kind == ty.ADT and one.data.drop is not None:
                return True
        else:
            other = theirs[i]
            if step[0] != other[0]:
                if not indices_overlap(step, other, one):
                    return False
            elif not _same_part(step, other, one):
                return False
        one = step_type(one, step, 0)
    return True


def _same_part(step: m.Projection, other: m.Projection, whole: ty.Ty) -> bool:
    """May two steps of one kind, out of a value of this type, lead to the same part?"""
    if step[0] == m.FIELD or step[0] == m.DOWNCAST:
        return bool(step[1] == other[1])
    return indices_overlap(step, other, whole)


def indices_overlap(step: m.Projection, other: m.Projection, whole: ty.Ty) -> bool:
    """May two steps into an array or slice mean the same element? True for steps that are no indices."""
    kinds = (step[0], other[0])
    if kinds == (m.CONSTANT_INDEX, m.CONSTANT_INDEX):
        return bool(step[1] == other[1] and step[2] == other[2])
    if kinds == (m.SUBSLICE, m.CONSTANT_INDEX):
        step, other = other, step
        kinds = (m.CONSTANT_INDEX, m.SUBSLICE)
    if kinds == (m.CONSTANT_INDEX, m.SUBSLICE):
        if whole.kind == ty.ARRAY:  # its elements are counted from the start
            return bool(other[1] <= step[1] < whole.args[1].data - other[2])
        return bool(step[1] > other[2] if step[2] else step[1] >= other[1])
    return True


def loans_by_local(constraints: Constraints) -> dict[int, list[Loan]]:
    found: dict[int, list[Loan]] = {}
    for loan in constraints.loans:
        if loan.scope:
            found.setdefault(loan.place.local, []).append(loan)
    return found
