"""Loans that end before anything could conflict with them: most borrows are arguments of a call and gone after it.

A *run* is a stretch of blocks of which each is the only successor of the one before it and has no other predecessor;
its points follow each other. If everything that holds a loan's region is given its value in the loan's run after the
borrow, and is mentioned no more after the run, then the loan is in force at most from the borrow to the last mention.
Where no access of the borrowed local in between could be refused, for any loan of the local, nothing has to be solved
for them. What is said here is an approximation from above: a loan that is kept costs time, and nothing else.
"""

from __future__ import annotations

from engines.rustwasm.borrow import facts as f
from engines.rustwasm.borrow.constraints import Constraints, Loan

_HARMLESS_TO_SHARED = frozenset((f.COPY, f.SHARED, f.INSPECT, f.READ, f.LIVE))
_HARMLESS_TO_EXCLUSIVE = frozenset((f.READ, f.LIVE))


def forget_short_loans(constraints: Constraints) -> None:
    """Take the loans of each local out of `constraints.loans` of which none can meet an access that it forbids."""
    facts, regions = constraints.facts, constraints.regions
    universal = len(regions.names)
    run_ends = _run_ends(facts)
    holders: dict[int, int] = {}
    for local, held in enumerate(constraints.locals):
        for region in held:
            if region >= universal:
                holders[region] = local if region not in holders else -1
    lasting: set[int] = set()
    for loan in constraints.loans:
        local = loan.place.local
        if local in lasting:
            continue
        end = _last_mention(constraints, loan, holders, run_ends[facts.block_at(loan.point)])
        if end < 0:
            lasting.add(local)
            continue
        allowed = _HARMLESS_TO_SHARED if loan.kind == "shared" else _HARMLESS_TO_EXCLUSIVE
        for point, kind, _ in facts.of_local[local]:
            if point > loan.point and kind not in allowed:
                if point <= end:
                    lasting.add(local)
                break
    if len(lasting) < len(constraints.loans):
        constraints.loans = [loan for loan in constraints.loans if loan.place.local in lasting]


def _run_ends(facts: f.Facts) -> list[int]:
    """For each block the last point of the run that it is in."""
    ends = list(facts.ends)
    for block in range(len(ends) - 2, -1, -1):
        if facts.successors[block] == [block + 1] and len(facts.predecessors[block + 1]) == 1:
            ends[block] = ends[block + 1]
    return ends


def _last_mention(constraints: Constraints, loan: Loan, holders: dict[int, int], run_end: int) -> int:
    """The last point at which something is mentioned that may hold the loan's reference; -1 if one of these may be
    mentioned elsewhere than in the rest of the loan's run."""
    regions = constraints.regions
    universal = len(regions.names)
    of_local = constraints.facts.of_local
    start = last = loan.point
    reached = [loan.region]
    seen = {loan.region}
    for region in reached:
        if region < universal:
            return -1
        for shorter in regions.all_shorter(region):
            if shorter not in seen:
                seen.add(shorter)
                reached.append(shorter)
        local = holders.get(region)
        if local is None:
            continue
        if local < 0:
            return -1
        events = of_local[local]
        first = 1 if events and events[0][1] == f.LIVE else 0
        if first == len(events):
            continue
        point, kind, place = events[first]
        end = events[-1][0]
        if (kind != f.ASSIGN and kind != f.RESULT) or place.projection or point < start or end > run_end or not local:
            return -1
        if end > last:
            last = end
    return last
