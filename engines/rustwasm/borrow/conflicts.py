"""Accesses that loans in force forbid: E0499, E0502, E0503, E0505, E0506, E0515, E0597, E0716, E0373.

The rules are those of rustc_borrowck's `check_access_for_conflict`; its words, too.
"""

from __future__ import annotations

from typing import Any

from engines.rustwasm.borrow import facts as f
from engines.rustwasm.borrow import loans as scopes
from engines.rustwasm.borrow import regions as r
from engines.rustwasm.borrow.constraints import Constraints, Loan
from engines.rustwasm.borrow.describe import place_type, step_type
from engines.rustwasm.borrow.explain import Demand, Explainer
from engines.rustwasm.borrow.report import Reporter
from engines.rustwasm.mir import body as m
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty

_DEPTHS = {
    f.ASSIGN: scopes.SHALLOW,
    f.RESULT: scopes.SHALLOW,
    f.DEAD: scopes.SHALLOW,
    f.INSPECT: scopes.SHALLOW,
    f.DROP: scopes.DROP,
    f.REPLACE: scopes.DROP,
}
_WRITES = frozenset((f.ASSIGN, f.RESULT, f.MOVE, f.MUTABLE, f.TWO_PHASE, f.DEAD, f.DROP, f.REPLACE, f.RAW))


class Conflicts:
    """Checks the accesses of one body against its loans."""

    def __init__(self, constraints: Constraints, reporter: Reporter, skip: set[int], endings: bool) -> None:
        self.constraints = constraints
        self.facts = constraints.facts
        self.body = constraints.body
        self.reporter = reporter
        self.explainer = Explainer(constraints, reporter)
        self.skip = skip
        self.endings = endings
        """Does only the end of what is lent count, as in GC functions, where any number of `&mut` lead to one place?"""
        self.done: set[tuple[str, int, int]] = set()
        self.blamed: set[tuple[int, m.Place]] = set()

    def run(self) -> None:
        by_local = scopes.loans_by_local(self.constraints)
        if not by_local:
            return
        for local, loans in by_local.items():
            for point, kind, place in self.facts.of_local[local]:
                if kind != f.LIVE and kind != f.READ and (not self.endings or kind == f.DEAD or kind == f.DROP):
                    for loan in loans:
                        if loan.scope >> point & 1 and (loan.point != point or kind in _WRITES):
                            self._check(point, kind, place, loan)
        for block, one in enumerate(self.body.blocks):
            if type(one.terminator) is m.Return:
                self._at_return(self.facts.ends[block], by_local)
        if not self.endings:
            self._activations(by_local)

    def _check(self, point: int, kind: int, place: m.Place, loan: Loan) -> None:
        if point in self.skip:
            return
        depth = _DEPTHS.get(kind, scopes.DEEP)
        exclusive = loan.kind != "shared"
        if kind == f.ASSIGN and not self._outlasts(point, loan):
            return
        if loan.kind == "guard":
            self._guarded(point, kind, place, loan)
            return
        if kind not in _WRITES:
            if not exclusive or loan.reserved >> point & 1 or self._read_before(point, place, loan):
                return
        elif kind == f.TWO_PHASE and not exclusive:
            return
        if not scopes.conflict(self.body, loan.place, place, depth):
            return
        if kind in (f.DEAD, f.DROP):
            self._dropped(point, place, loan)
        elif kind in (f.ASSIGN, f.RESULT, f.REPLACE):
            self._assigned(point, place, loan)
        elif kind == f.MOVE:
            self._moved(point, place, loan)
        elif kind in (f.SHARED, f.MUTABLE, f.TWO_PHASE, f.RAW):
            self._borrowed(point, kind, place, loan)
        else:
            self._used(point, place, loan)

    def _guarded(self, point: int, kind: int, place: m.Place, loan: Loan) -> None:
        """A guard's access to what its match tests: E0510 where it changes it as a whole."""
        if kind not in _WRITES or kind in (f.MOVE, f.TWO_PHASE) or len(place.projection) > len(loan.place.projection):
            return
        if scopes.conflict(self.body, loan.place, place, _DEPTHS.get(kind, scopes.DEEP)) and self._spot(point, place):
            self._changed(point, kind, place, loan)

    def _changed(self, point: int, kind: int, place: m.Place, loan: Loan) -> None:
        mine, _ = self._names(place, loan)
        verb = "mutably borrow" if kind in (f.MUTABLE, f.TWO_PHASE, f.RAW) else "assign"
        message = f"cannot {verb} {mine} in match guard"
        error = self.reporter.error("E0510", message, self.reporter.use_span(point, place), f"cannot {verb}")
        self.explainer.label(error, self.facts.span(loan.point), "value is immutable in match guard")

    def _outlasts(self, point: int, loan: Loan) -> bool:
        """Is the loan still wanted when the statement writes? Its operands are read before: what is behind a reference
        that is read no more may be written, but not what the value that is written holds a reference to (rustc reads
        it into a temporary, which is alive then)."""
        inside = self.constraints.regions.values[loan.region]
        if any(inside >> after & 1 for after in self.facts.following(point)):
            return True
        value = self.facts.at(point).rvalue
        if not isinstance(value, m.Use) or isinstance(value.operand, m.Constant):
            return False
        _, held = self.constraints.typed(value.operand.place)
        return not self.constraints.regions.reachable([loan.region]).isdisjoint(held)

    def _read_before(self, point: int, place: m.Place, loan: Loan) -> bool:
        """Is the read an argument of a call that stands before the borrow, which another argument is?"""
        span = f.event_span(self.facts, point, place)
        made = self.facts.span(loan.point)
        call = self.facts.at(point)
        return (
            isinstance(call, m.Call)
            and span != call.span
            and call.span[0] <= span[0] < made[0] < call.span[1]
        )  # fmt: skip

    def _activations(self, by_local: dict[int, list[Loan]]) -> None:
        """A two-phase borrow becomes a mutable one where its reference is first used."""
        for loan in self.constraints.loans:
            if loan.kind != "two_phase" or not loan.reserved:
                continue
            for point in self._activation_points(loan):
                for other in by_local.get(loan.place.local, ()):
                    if other is loan or not other.scope >> point & 1 or other.reserved >> point & 1:
                        continue
                    if other.kind == "guard":
                        self._guarded(loan.point, f.MUTABLE, loan.place, other)
                    elif scopes.conflict(self.body, other.place, loan.place, scopes.DEEP):
                        self._borrowed(point, f.TWO_PHASE, loan.place, other, loan)

    def _activation_points(self, loan: Loan) -> list[int]:
        return [
            point
            for point, kind, _ in self.facts.of_local[loan.target.local]
            if kind <= f.READ and loan.reserved >> point & 1
        ]

    def _at_return(self, point: int, by_local: dict[int, list[Loan]]) -> None:
        """Temporaries without destructor have no end of storage: they end with the function."""
        for local, loans in by_local.items():
            if self.body.locals[local].name is not None:
                continue
            whole = m.Place(local)
            for loan in loans:
                if loan.scope >> point & 1 and scopes.conflict(self.body, loan.place, whole, scopes.SHALLOW):
                    self._dropped(point, whole, loan)

    # Messages

    def _once(self, code: str, point: int, loan: Loan) -> bool:
        key = (code, point, loan.point)
        if key in self.done:
            return False
        self.done.add(key)
        return True

    def _spot(self, point: int, place: m.Place) -> bool:
        """Is this the first message about the place at the point?"""
        key = (point, place)
        if key in self.blamed:
            return False
        self.blamed.add(key)
        return True

    def _loan_span(self, loan: Loan) -> m.Span:
        closure = self._closure(loan)
        return self.reporter.closure_head(closure[0].span) if closure is not None else self.facts.span(loan.point)

    def _closure(self, loan: Loan) -> tuple[Any, Any] | None:
        if loan.target.projection:
            return None
        return self.reporter.closure_of(loan.target.local, loan.point)

    def _names(self, place: m.Place, loan: Loan) -> tuple[str, str]:
        mine = self.reporter.name(place)
        theirs = self.reporter.name(loan.place)
        return (f"`{mine}`" if mine else "value"), (f"`{theirs}`" if theirs else "value")

    def _assigned(self, point: int, place: m.Place, loan: Loan) -> None:
        local = self.body.locals[place.local]
        if local.name is None and not place.projection:
            self._dropped(point, place, loan)
            return
        if not self._spot(point, place):
            return
        mine, theirs = self._names(place, loan)
        error = self.reporter.error(
            "E0506",
            f"cannot assign to {mine} because it is borrowed",
            self.facts.span(point),
            f"{mine} is assigned to here but it was already borrowed",
        )
        self._borrow_label(error, loan, f"{theirs} is borrowed here")
        self.explainer.later_use(error, loan, point, "borrow")

    def _moved(self, point: int, place: m.Place, loan: Loan) -> None:
        if not self._spot(point, place):
            return
        mine, theirs = self._names(place, loan)
        closure = self.reporter.closure_at(point, place)
        error = self.reporter.error(
            "E0505",
            f"cannot move out of {mine} because it is borrowed",
            self.reporter.use_span(point, place),
            f"move out of {mine} occurs here",
        )
        if closure is not None:
            error.labels.append((closure[1].span, "move occurs due to use in closure"))
        elif loan.kind == "shared":
            one = place_type(self.body, place)
            if one.kind == ty.ADT and not one.data.is_enum:
                self.reporter.suggest_clone(error, self.reporter.use_span(point, place), place)
        self._declaration(error, loan)
        self._borrow_label(error, loan, f"borrow of {theirs} occurs here")
        self.explainer.later_use(error, loan, point, "borrow")

    def _used(self, point: int, place: m.Place, loan: Loan) -> None:
        if not self._spot(point, place):
            return
        mine, theirs = self._names(place, loan)
        error = self.reporter.error(
            "E0503",
            f"cannot use {mine} because it was mutably borrowed",
            self.reporter.use_span(point, place),
            f"use of borrowed {theirs}",
        )
        self._borrow_label(error, loan, f"{theirs} is borrowed here")
        self.explainer.later_use(error, loan, point, "borrow")

    def _borrowed(self, point: int, kind: int, place: m.Place, loan: Loan, activated: Loan | None = None) -> None:
        if not self._spot(activated.point if activated is not None else point, place):
            return
        mine, _ = self._names(place, loan)
        span = self.reporter.use_span(point, place)
        first = self._loan_span(loan)
        mutable = kind != f.SHARED
        if activated is not None:
            span = self.facts.span(point)
        elif self._uniquely(point, kind, place, loan, mine, span):
            return
        if mutable and loan.kind != "shared":
            again = first == span
            label = f"{mine} was mutably borrowed here in the previous iteration of the loop" if again else (
                "second mutable borrow occurs here"
            )  # fmt: skip
            message = f"cannot borrow {mine} as mutable more than once at a time"
            error = self.reporter.error("E0499", message, span, label)
            if not again:
                self._borrow_label(error, loan, "first mutable borrow occurs here")
            self.explainer.later_use(error, loan, point, "borrow" if again else "first borrow")
        else:
            new, old = ("mutable", "immutable") if mutable else ("immutable", "mutable")
            message = f"cannot borrow {mine} as {new} because it is also borrowed as {old}"
            error = self.reporter.error("E0502", message, span, f"{new} borrow occurs here")
            self._borrow_label(error, loan, f"{old} borrow occurs here")
            self.explainer.later_use(error, loan, point, f"{old} borrow")
        closure = self.reporter.closure_at(point, place) if activated is None else None
        if closure is not None:
            order = "second" if mutable and loan.kind != "shared" else ("mutable" if mutable else "immutable")
            error.labels.append((closure[1].span, f"{order} borrow occurs due to use of {mine} in closure"))

    def _uniquely(self, point: int, kind: int, place: m.Place, loan: Loan, mine: str, span: m.Span) -> bool:
        """Report a conflict with a closure that changes what a variable leads to that may not change itself: it has to
        be the only one who does (E0500, E0501, E0524)."""
        new = self._unique(self.reporter.closure_at(point, place), place) and kind != f.SHARED
        old = self._unique(self._closure(loan), loan.place) and loan.kind != "shared"
        if not new and not old:
            return False
        if new and old:
            message = f"two closures require unique access to {mine} at the same time"
            error = self.reporter.error("E0524", message, span, "second closure is constructed here")
            self._borrow_label(error, loan, "first closure is constructed here")
        elif new:
            message = f"closure requires unique access to {mine} but it is already borrowed"
            error = self.reporter.error("E0500", message, span, "closure construction occurs here")
            self._borrow_label(error, loan, "borrow occurs here")
        else:
            how = "mutable" if kind != f.SHARED else "immutable"
            message = f"cannot borrow {mine} as {how} because previous closure requires unique access"
            error = self.reporter.error("E0501", message, span, "second borrow occurs here")
            self._borrow_label(error, loan, "closure construction occurs here")
        self.explainer.later_use(error, loan, point, "first borrow")
        return True

    def _unique(self, closure: tuple[Any, Any] | None, place: m.Place) -> bool:
        if closure is None or closure[1].mode != "mut":
            return False
        local = self.body.locals[place.local]
        fixed = local.name is not None and local.name != "{environment}" and not local.mutable
        return fixed or closure[1].unique

    def _borrow_label(self, error: Any, loan: Loan, text: str) -> None:
        self.explainer.label(error, self._loan_span(loan), text)
        closure = self._closure(loan)
        if closure is not None:
            name = self.reporter.name(loan.place) or "value"
            self.explainer.label(error, closure[1].span, f"borrow occurs due to use of `{name}` in closure")

    def _declaration(self, error: Any, loan: Loan) -> None:
        local = self.body.locals[loan.place.local]
        if local.name is not None:
            self.explainer.label(error, local.span, f"binding `{local.name}` declared here")

    def _dropped(self, point: int, place: m.Place, loan: Loan) -> None:
        """What is borrowed ends while the loan is still wanted."""
        if not self._once("end", 0, loan):
            return
        local = self.body.locals[loan.place.local]
        span = self._loan_span(loan)
        if self._destroyed(place, loan):
            message = "borrow may still be in use when destructor runs"
            error = self.reporter.error("E0713", message, span)
            self.explainer.label(error, self.facts.span(point), "the value is dropped here, which runs its destructor")
            self.explainer.later_use(error, loan, point, "borrow")
            return
        closure = self._closure(loan)
        demand = self.explainer.demand(loan)
        if demand is not None and closure is not None and local.name is not None and demand.category != r.CAST:
            self._escaping_closure(loan, closure, demand)
            return
        if demand is not None and demand.returned:
            self._returned(loan, demand.span, span)
            return
        end = self.facts.span(point)
        if local.name is None:
            error = self.reporter.error(
                "E0716",
                "temporary value dropped while borrowed",
                span,
                "creates a temporary value which is freed while still in use",
            )
            self.explainer.label(error, end, "temporary value is freed at the end of this statement")
            error.notes.append("consider using a `let` binding to create a longer lived value")
        else:
            name = self.reporter.name(loan.place) or local.name
            error = self.reporter.error(
                "E0597", f"`{name}` does not live long enough", span, "borrowed value does not live long enough"
            )
            self._declaration(error, loan)
            self.explainer.label(error, end, f"`{name}` dropped here while still borrowed")
        if demand is not None:
            self.explainer.label(error, demand.span, demand.text(self.reporter.name(loan.place)))
        else:
            self.explainer.later_use(error, loan, point, "borrow")

    def _destroyed(self, dropped: m.Place, loan: Loan) -> bool:
        """Is what is lent a part of something whose destructor may still use it?"""
        steps = loan.place.projection
        if dropped.projection[: len(steps)] == steps:
            return False
        one = self.body.locals[loan.place.local].ty
        for step in steps:
            if step[0] == m.FIELD and one.kind == ty.ADT and one.data.drop is not None:
                return True
            one = step_type(one, step, 0)
        return False

    def _returned(self, loan: Loan, returned: m.Span, span: m.Span) -> None:
        """E0515."""
        local = self.body.locals[loan.place.local]
        constant = self.body.definition.syntax
        if local.name is None and isinstance(constant, t.ConstItem):
            if not constant.mutable:  # what a `static mut` keeps may be changed
                self._lasting(loan, span)
            return
        direct = returned == span
        what = "reference to" if direct else "value referencing"
        name = self.reporter.name(loan.place)
        if local.name is None:
            owner = "temporary value"
            label = "temporary value created here"
        else:
            kind = "function parameter" if loan.place.local <= self.body.arg_count else "local variable"
            if loan.place.projection and name != local.name:
                kind = "local data"
            owner = f"{kind} `{name}`"
            label = f"`{name}` is borrowed here"
        error = self.reporter.error(
            "E0515",
            f"cannot return {what} {owner}",
            returned,
            f"returns a {'reference to' if direct else 'value referencing'} data owned by the current function",
        )
        if not direct:
            self.explainer.label(error, span, label)

    def _lasting(self, loan: Loan, span: m.Span) -> None:
        """E0764 and E0492: a constant keeps a temporary that could be changed."""
        code, what, label = "E0764", "mutable", "this mutable borrow refers to such a temporary"
        if loan.kind == "shared":
            code, what = "E0492", "interior mutable shared"
            label = "this borrow of an interior mutable value refers to such a temporary"
        message = (
            f"{what} borrows of temporaries that have their lifetime extended until the end of the program are not "
            "allowed"
        )
        error = self.reporter.error(code, message, span, label)
        error.notes += [
            "temporaries in constants and statics can have their lifetime extended until the end of the program",
            "to avoid accidentally creating global mutable state, such temporaries must be immutable",
        ]
        error.helps.append(
            "if you really want global mutable state, try replacing the temporary by an interior mutable `static` or "
            "a `static mut`"
        )

    def _escaping_closure(self, loan: Loan, closure: tuple[Any, Any], demand: Demand) -> None:
        """E0373."""
        definition, capture = closure
        name = self.reporter.name(loan.place) or "value"
        head = self.reporter.closure_head(definition.span)
        error = self.reporter.error(
            "E0373",
            f"closure may outlive the current function, but it borrows `{name}`, which is owned by the "
            "current function",
            head,
            f"may outlive borrowed value `{name}`",
        )
        self.explainer.label(error, capture.span, f"`{name}` is borrowed here")
        error.notes.append("closure is returned here" if demand.returned else "function requires argument type to "
                           "outlive `'static`")  # fmt: skip
        message = f"to force the closure to take ownership of `{name}` (and any other referenced variables), use the "
        error.suggestion = ((head[0], head[0]), "move ", message + "`move` keyword")
