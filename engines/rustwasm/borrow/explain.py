"""Why a loan is still in force: a later use, a later drop, or a lifetime of the signature."""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.borrow import facts as f
from engines.rustwasm.borrow import regions as r
from engines.rustwasm.borrow.constraints import Constraints, Loan
from engines.rustwasm.borrow.report import Reporter
from engines.rustwasm.mir import body as m
from engines.rustwasm.typing import types as ty

Span = tuple[int, int]

ACTIONS: Final = {
    r.RETURN: "returning this value", r.CALL: "argument", r.ASSIGN: "assignment", r.OTHER: "this usage",
    r.CAST: "coercion",
}  # fmt: skip


class Demand:
    """A lifetime of the signature that a region must outlive, and the constraint to blame."""

    __slots__ = ("category", "name", "point", "span")

    def __init__(self, name: str, category: int, point: int, span: Span) -> None:
        self.name = name
        self.category = category
        self.point = point
        self.span = span

    @property
    def returned(self) -> bool:
        return self.category == r.RETURN

    def text(self, borrowed: str | None) -> str:
        what = ACTIONS[self.category]
        name = self.name if not self.name.startswith("'?") and not self.name.startswith("'_") else "'1"
        return f"{what} requires that `{borrowed or 'value'}` is borrowed for `{name}`"


class Explainer:
    """Finds explanations in a solved body."""

    def __init__(self, constraints: Constraints, reporter: Reporter) -> None:
        self.constraints = constraints
        self.facts = constraints.facts
        self.body = constraints.body
        self.reporter = reporter

    def label(self, error: Any, span: Span, text: str) -> None:
        if (span, text) not in error.labels:
            error.labels.append((span, text))

    def demand(self, loan: Loan) -> Demand | None:
        """The signature's lifetime that the loan's region must outlive, if there is one."""
        regions = self.constraints.regions
        ends = regions.ends(loan.region)
        if not ends:
            return None
        target = 0 if 0 in ends else ends[-1]
        path = regions.path(loan.region, target)
        for one in ends:
            other = regions.path(loan.region, one)
            if any(entry[3] == r.RETURN for entry in other):
                target, path = one, other
                break
        return self.blame(path, target)

    def blame(self, path: list[tuple[int, int, int, int]], target: int) -> Demand:
        """The constraint of a chain to point at: the last that returns, else the last call, else assignment."""
        regions = self.constraints.regions
        for category in (r.RETURN, r.CAST, r.CALL, r.ASSIGN, r.OTHER):
            for entry in path[::-1]:
                if entry[3] == category:
                    return Demand(regions.names[target], category, entry[2], self.returned_span(entry[2], category))
        return Demand(regions.names[target], r.OTHER, 0, self.body.span)

    def returned_span(self, point: int, category: int) -> Span:
        return self.facts.span(point)

    def later_use(self, error: Any, loan: Loan, point: int, borrow: str) -> None:
        """Label the next use that keeps the loan in force."""
        found = self.next_use(loan, point)
        if found is None:
            demand = self.demand(loan)
            if demand is not None:
                self.label(error, demand.span, demand.text(self.reporter.name(loan.place)))
            return
        at, kind, place = found
        again = at <= point
        late = ", in later iteration of loop" if again else ""
        if kind in (f.DROP, f.REPLACE):
            local = self.body.locals[place.local]
            one = ty.show(local.ty)
            what = f"`{local.name}` is dropped" if local.name else "a temporary with access to the borrow is dropped"
            how = f"runs the destructor for type `{one}`"
            if local.ty.kind == ty.ADT and local.ty.data.drop is not None and local.ty.data.lang is None:
                how = f"runs the `Drop` code for type `{one}`"
            self.label(error, self.facts.span(at), f"{borrow} might be used here, when {what} and {how}")
            return
        span = self.reporter.use_span(at, place)
        if self.body.locals[place.local].name is None and isinstance(self.facts.at(at), m.Call):
            self.label(error, self.facts.span(at), f"{borrow} later used by call{late}")
        elif self.reporter.closure_at(at, place) is not None:
            self.label(error, span, f"{borrow} later captured here by closure{late}")
        else:
            self.label(error, span, f"{borrow} later used here{late}")

    def next_use(self, loan: Loan, point: int) -> tuple[int, int, m.Place] | None:
        """The nearest event after (or at) a point that uses a local whose type holds the loan's region."""
        regions = self.constraints.regions
        wanted = regions.reachable([loan.region])
        holders = {
            i for i, held in enumerate(self.constraints.locals) if any(region in wanted for region in held)
        }  # fmt: skip
        inside = regions.values[loan.region]
        by_point: dict[int, list[tuple[int, int, m.Place]]] = {}
        for events in self.facts.events:
            for event in events:
                if event[2].local in holders and event[1] not in (f.LIVE, f.DEAD):
                    by_point.setdefault(event[0], []).append(event)
        seen: set[int] = set()
        work = [(point, True)]
        for at, first in work:
            for event in by_point.get(at, ()):
                if event[1] in (f.ASSIGN, f.RESULT) and not event[2].projection:
                    continue
                if first and event[2].local == loan.place.local:
                    continue
                return event
            for after in self.facts.following(at):
                if after not in seen and inside >> after & 1:
                    seen.add(after)
                    work.append((after, False))
        return None
