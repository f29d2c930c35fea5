"""The borrow checker's door: one function and its closures, after its MIR is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.rustwasm.borrow.bounds import refuse_less_general, refuse_particular
from engines.rustwasm.borrow.calls import above_chosen
from engines.rustwasm.borrow.conflicts import Conflicts
from engines.rustwasm.borrow.constraints import Constraints, Loan
from engines.rustwasm.borrow.declared import Definition, check_declared
from engines.rustwasm.borrow.escapes import Escape, chosen_by_calls, escapes, refuse, refuse_captured
from engines.rustwasm.borrow.facts import ASSIGN, RESULT, Facts
from engines.rustwasm.borrow.generality import Generality
from engines.rustwasm.borrow.guards import add_guards
from engines.rustwasm.borrow.implemented import check_implemented
from engines.rustwasm.borrow.lifetimes import check_lifetimes, choose_hidden, positions, summarize
from engines.rustwasm.borrow.liveness import add_liveness
from engines.rustwasm.borrow.loans import compute_scopes
from engines.rustwasm.borrow.moves import Moves
from engines.rustwasm.borrow.mutability import check_mutability
from engines.rustwasm.borrow.report import Reporter
from engines.rustwasm.borrow.shapes import Shapes
from engines.rustwasm.borrow.short_loans import forget_short_loans
from engines.rustwasm.borrow.signatures import Signatures
from engines.rustwasm.borrow.type_outlives import asks_of_types, check_type_outlives
from engines.rustwasm.borrow.written import Written
from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.place_type import place_type
from engines.rustwasm.modes.rules import ENDINGS, EVERYTHING, NOTHING, ModeRules
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.diagnostics import Diagnostics
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import ImplDef

if TYPE_CHECKING:
    from engines.rustwasm.syntax.tree import Span
    from engines.rustwasm.typing.types import Ty


class BorrowChecker:
    """Checks the bodies of one compilation; keep one for all of them, it remembers what types look like. Without a
    compilation it judges bodies made by hand, which have no modes."""

    def __init__(self, compilation: Any, diagnostics: Diagnostics) -> None:
        self.compilation = compilation
        self.diagnostics = diagnostics
        self.shapes = Shapes(compilation.type_rules.lasting if compilation is not None else None)
        self.written = Written(compilation, self.shapes)
        self.modes = ModeRules(compilation, diagnostics) if compilation is not None else None
        self.summaries: dict[Any, list[tuple[int, int]]] = {}
        self.escapes: dict[Any, list[Escape]] = {}
        self.general: Generality | None = None
        """What function pointers and `dyn Fn` are for every lifetime, of the function that is checked."""

    def check_impl(self, impl: ImplDef) -> None:
        """Report methods of a trait's impl whose lifetimes are not those of the trait's."""
        signatures = Signatures(self.compilation, self.shapes, self.written)
        check_implemented(self.shapes, signatures, impl, self.diagnostics)
        signatures.call_closure = signatures.call_item = None  # as below

    def check_types(self, definition: Definition, types: list[tuple[Ty, Span]]) -> None:
        """Report types that a definition writes and that ask for traits with lifetimes that it does not promise."""
        asks = self.compilation.type_rules.asks
        for one, _ in types:
            if one.args and asks(ty.erase(one)):
                signatures = Signatures(self.compilation, self.shapes, self.written)
                check_declared(self.shapes, signatures, definition, types, self.diagnostics)
                signatures.call_closure = signatures.call_item = None  # as below
                break

    def check(self, body: m.Body) -> None:
        """Report every move, initialisation, mutability and borrow error of a body and of the closures made in it."""
        self._infer_generality(body)
        for closure in body.closures[::-1]:
            if closure.body is not None and closure.body.mir is not None:
                self._check_sorted(closure.body.mir, closure)
        self._check_sorted(body, None)

    def _infer_generality(self, body: m.Body) -> None:
        """Tell which function pointers in the types of a body, and of closures in it, are `for<'a>`."""
        self.general = None
        within = [(one.body.mir, one) for one in body.closures if one.body is not None and one.body.mir is not None]
        bodies: list[tuple[m.Body, Any]] = [(body, None), *within]
        if any(self.shapes.binders(local.ty) for one, _ in bodies for local in one.locals):
            general = Generality(self.shapes, self.written)
            for one, closure in bodies:
                general.enter(closure, 0)
                signatures = Signatures(self.compilation, self.shapes, self.written)
                Constraints(Facts(one), self.shapes, signatures, self.summaries, general, closure).run()
                signatures.call_closure = signatures.call_item = None  # as below
            general.solve()
            self.general = general

    def _check_sorted(self, body: m.Body, closure: Any) -> None:
        """The messages of one body are given in the order of the source."""
        before = len(self.diagnostics.messages)
        self._check_one(body, closure)
        if len(self.diagnostics.messages) > before + 1:
            self.diagnostics.messages[before:] = sorted(self.diagnostics.messages[before:], key=lambda d: d.span)

    def _check_one(self, body: m.Body, closure: Any) -> None:
        needed = EVERYTHING if self.modes is None else self.modes.check_body(body)
        if needed == NOTHING:
            return
        facts = Facts(body)
        reporter = Reporter(facts, self.diagnostics)
        moves = Moves(facts, reporter)
        moves.run()
        check_mutability(facts, reporter)
        count = self.shapes.count
        generic = bool(body.definition.generics.names)
        every = self.compilation is not None and self.compilation.collector.quantified
        if not body.guards and not every and not any(count(local.ty) for local in body.locals) and not (
            generic and asks_of_types(body, self.shapes)
        ) and not _passes_items(body) and not self._particular(body):  # fmt: skip
            return
        signatures = Signatures(self.compilation, self.shapes, self.written)
        constraints = Constraints(facts, self.shapes, signatures, self.summaries, self.general)
        self._check_regions(constraints, closure, reporter, moves, needed == ENDINGS)
        # It calls back: a circle that would keep all that is known of the body (the collector is off while compiling).
        signatures.call_closure = signatures.call_item = None

    def _check_regions(
        self, constraints: Constraints, closure: Any, reporter: Reporter, moves: Moves, endings: bool
    ) -> None:
        """With `endings` only the end of what is lent is asked about."""
        facts, body = constraints.facts, constraints.body
        generic = bool(body.definition.generics.names)
        unnamed = closure is None and len(constraints.regions.names) == 1 and not generic
        if unnamed and not facts.borrows and not body.guards and not constraints.every_asked and not (
            _passes_items(body) or self._particular(body) or self._binds(facts)
        ):  # fmt: skip
            return  # nothing is borrowed, and the signature promises nothing
        constraints.run()
        if constraints.every:
            refuse_particular(constraints, reporter)
        for passed, given in constraints.passed:
            if self.escapes.get(passed):
                held = self.shapes.captured(ty.intern(ty.CLOSURE, passed, ()))
                kept = [one for one in self.escapes.pop(passed) if given.get(one[0]) != given.get(one[1])]
                refuse(self.diagnostics, kept, given, held)
        promoted = _promoted(facts)
        lasting = [
            loan
            for loan in constraints.loans
            if loan.place.local in promoted
            and (loan.kind == "shared" or _takes_no_room(body, loan, promoted))
        ]  # fmt: skip
        if lasting:
            constraints.loans = [loan for loan in constraints.loans if loan not in lasting]
        if body.guards:
            add_guards(constraints)
        elif constraints.loans:
            forget_short_loans(constraints)
        add_liveness(constraints)
        promising = closure is not None or len(constraints.regions.names) > 1
        if promising or constraints.loans or lasting or constraints.tests or constraints.empties:
            constraints.regions.solve()
            choose_hidden(constraints)
        if constraints.empties:
            refuse_less_general(constraints, reporter)
        if lasting:
            _refuse_escaping(constraints, lasting, promoted, reporter)
        if constraints.loans:
            compute_scopes(constraints)
            Conflicts(constraints, reporter, moves.blamed, endings).run()
        if constraints.tests:
            where = {one: i for i, one in enumerate(positions(constraints))} if closure is not None else None
            asked = check_type_outlives(constraints, reporter, where)
            if asked:
                self.shapes.lasting[closure] = asked
        if closure is not None:
            summary = self.summaries[closure] = summarize(constraints)
            refuse_captured(constraints, reporter)
            self.escapes[closure] = found = escapes(constraints, reporter, summary)
            if found:
                captures = self.shapes.captured(ty.intern(ty.CLOSURE, closure, ()))
                chosen = chosen_by_calls(self.shapes, closure, captures)
                refuse(self.diagnostics, found, chosen, captures)
                self.summaries[closure] = [pair for pair in summary if pair[0] not in chosen]
            self._ask_of_captures(closure)
        elif len(constraints.regions.names) > 1:
            check_lifetimes(constraints, reporter)

    def _ask_of_captures(self, closure: Any) -> None:
        """What a closure whose own types leave lifetimes out puts into what it is given has to last for all calls."""
        one = ty.intern(ty.CLOSURE, closure, ())
        chosen = chosen_by_calls(self.shapes, closure, self.shapes.captured(one))
        if chosen:
            summary = self.summaries[closure]
            summary += above_chosen(self.shapes, one, summary, {at: at for at in chosen})

    def _binds(self, facts: Facts) -> bool:
        """Whether function pointers or `dyn Fn` are in the locals of a body, or in parts of them that it uses."""
        body, binders = facts.body, self.shapes.binders
        if any(binders(local.ty) for local in body.locals):
            return True
        parts = [place for uses in facts.of_local for _, _, place in uses if place.projection]
        return any(binders(place_type(body, place)) for place in parts)

    def _particular(self, body: m.Body) -> bool:
        """Whether a body has closures that not every call with any lifetime suits."""
        for local in body.locals:
            one = local.ty
            if one.kind == ty.CLOSURE and (self.escapes.get(one.data) or self.shapes.fixed(one)):
                return True
        return False


def _passes_items(body: m.Body) -> bool:
    """Whether a body passes functions, or gives one back, as values: what they are called with is asked of them; or
    calls one with lifetimes that are written."""
    if body.locals[0].ty.kind == ty.FNDEF:
        return True
    for block in body.blocks:
        call = block.terminator
        if isinstance(call, m.Call):
            if isinstance(call.function, m.Constant) and call.function.written:
                return True
            for one in call.arguments:
                if isinstance(one, m.Constant) and one.ty.kind == ty.FNDEF:
                    return True
    return False


def _takes_no_room(body: m.Body, loan: Loan, promoted: dict[int, str]) -> bool:
    """Whether the loan is one of an empty array."""
    return promoted[loan.place.local] == "empty" and body.locals[loan.place.local].ty.kind == ty.ARRAY


def _refuse_escaping(constraints: Constraints, loans: list[Loan], empty: dict[int, str], reporter: Reporter) -> None:
    """Constants that are lent for longer than the body runs are statics (`mir.promotion`) and no loans of it, but for
    those of generic types: such a one is in the frame, and may not be lent for longer unless it takes no room."""
    for loan in loans:
        if loan.kind == "shared" and constraints.regions.ends(loan.region):
            one = constraints.body.locals[loan.place.local].ty
            nothing = empty[loan.place.local] == "empty" and not (one.kind == ty.ADT and one.data.is_enum)
            if one.flags & (ty.HAS_PARAM | ty.HAS_PROJECTION) and not nothing:
                message = "a reference to a constant of a generic type that outlives the function is outside the subset"
                error = reporter.error(None, message, constraints.facts.span(loan.point))
                error.notes.append(f"the constant is of type `{ty.show(one)}`")


def _promoted(facts: Facts) -> dict[int, str]:
    """Temporaries that hold constants only: a shared borrow of one is `'static` (The Rust Reference, "Constant
    promotion"). Those that hold an empty array may be borrowed mutably, too."""
    body = facts.body
    borrowed = {
        assign.rvalue.place.local
        for _, assign in facts.borrows
        if isinstance(assign.rvalue, m.Ref) and body.locals[assign.rvalue.place.local].name is None
    }
    if not borrowed:
        return {}

    out: dict[int, str] = {}
    for local in borrowed:
        if _constant(facts, local, 0):
            rvalue = _made(facts, local)
            empty = isinstance(rvalue, m.Aggregate) and not rvalue.operands
            out[local] = "empty" if empty else "constant"
    return out


def _made(facts: Facts, local: int) -> m.Rvalue | None:
    """What the local is made of as a whole, once; None for any other."""
    found: m.Rvalue | None = None
    for point, kind, place in facts.of_local[local]:
        if kind in (ASSIGN, RESULT):
            if found is not None or kind == RESULT or place.projection:
                return None
            found = facts.at(point).rvalue
    return found


def _constant(facts: Facts, local: int, depth: int) -> bool:
    body = facts.body
    if body.locals[local].name is not None or local <= body.arg_count or depth > 20:
        return False
    if local in body.lasting:
        return True
    rvalue = _made(facts, local)
    return rvalue is not None and _constant_value(facts, rvalue, depth)


def _constant_operand(facts: Facts, one: m.Operand, depth: int) -> bool:
    if isinstance(one, m.Constant):
        return True
    return not one.place.projection and _constant(facts, one.place.local, depth + 1)


def _constant_value(facts: Facts, rvalue: m.Rvalue, depth: int) -> bool:
    if isinstance(rvalue, (m.Use, m.UnaryOp, m.Cast, m.Repeat)):
        return _constant_operand(facts, rvalue.operand, depth)
    if isinstance(rvalue, m.BinaryOp):
        if rvalue.op in ("div", "rem"):
            return False
        return _constant_operand(facts, rvalue.left, depth) and _constant_operand(facts, rvalue.right, depth)
    if isinstance(rvalue, m.Aggregate):
        static = isinstance(getattr(facts.body.definition, "syntax", None), t.ConstItem)
        if rvalue.ty.kind == ty.ADT and rvalue.ty.data.drop is not None and not static:
            return False
        return all(_constant_operand(facts, one, depth) for one in rvalue.operands)
    if isinstance(rvalue, m.Ref):
        place = rvalue.place
        return rvalue.kind == "shared" and not place.projection and _constant(facts, place.local, depth + 1)
    return False
