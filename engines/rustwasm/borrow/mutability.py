"""May what is assigned to or borrowed mutably be changed? E0594 and E0596."""

from __future__ import annotations

import re
from typing import Any, Final

from engines.rustwasm.borrow import facts as f
from engines.rustwasm.borrow.describe import capture_name, guarded, place_type, quoted, step_type
from engines.rustwasm.borrow.report import Reporter
from engines.rustwasm.mir import body as m
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import FnDef, ImplDef, TraitDef

_SIGN: Final = re.compile(r"&\s*(?:'\w+\s+)?")
_OWN: Final = re.compile(r"&\s*(?:'\w+\s+)?self")


def check_mutability(facts: f.Facts, reporter: Reporter) -> None:
    """Report each assignment to and each mutable borrow of a place that is not mutable."""
    body = facts.body
    found = []
    for point, kind, place in facts.exclusive:
        local = body.locals[place.local]
        if place.projection or (local.name is not None and not local.mutable):
            culprit = immutable_part(body, place)
            if culprit is None or _empty_array(body, place) or _shares(body, kind, place):
                continue
            closure = reporter.closure_at(point, place)
            if closure is None or not closure[1].unique or culprit[0] not in ("local", "capture"):
                found.append((place.local, point, _borrow, place, culprit))
    for point, _, place in facts.partial:
        culprit = immutable_part(body, place)
        if culprit is not None:
            found.append((place.local, point, _assignment, place, culprit))
    for _, point, report, place, culprit in sorted(found, key=lambda one: one[:2]):
        report(facts, reporter, point, place, culprit)


def immutable_part(body: m.Body, place: m.Place) -> tuple[str, int, Any] | None:
    """Why a place cannot be changed: ("local" | "reference" | "pointer" | "capture" | "environment", number of steps,
    local or type or capture); None if it can."""
    local = body.locals[place.local]
    types = [local.ty]
    for step in place.projection:
        types.append(step_type(types[-1], step, 0))
    through = False
    for i in range(len(place.projection) - 1, -1, -1):
        step = place.projection[i]
        one = types[i]
        if step[0] == m.DEREF:
            if one.kind == ty.REF:
                if one.data:
                    # What a `&mut` leads to may change, however the `&mut` itself is held, but not behind a `&`.
                    through = True
                    continue
                kind = "environment" if local.name == "{environment}" and i == 0 else "reference"
                return kind, i, one
            if one.kind == ty.RAW:
                return None if one.data else ("pointer", i, one)
            if ty.is_handle(one):
                return None
        elif step[0] == m.FIELD and one.kind == ty.CLOSURE:
            capture = one.data.captures[step[1]]
            if capture.mode == "move":
                if not through and capture.variable is not None and not capture.variable.mutable:
                    return "capture", i, capture
                continue
    if through or local.name == "{environment}":
        return None
    if local.name is not None and not local.mutable:
        return "local", 0, local
    return None


def _shares(body: m.Body, kind: int, place: m.Place) -> bool:
    """Is it a method, index or `*` of the compiler's on a value that others may share? That need not be `mut`."""
    return kind == f.TWO_PHASE and ty.is_shared(place_type(body, place))


def _empty_array(body: m.Body, place: m.Place) -> bool:
    one = body.locals[place.local].ty
    return not place.projection and one.kind == ty.ARRAY and one.args[1].data == 0


def _borrow(facts: f.Facts, reporter: Reporter, point: int, place: m.Place, culprit: tuple[str, int, Any]) -> None:
    """E0596."""
    kind, at, what = culprit
    name = reporter.name(place)
    closure = reporter.closure_at(point, place)
    span = closure[1].span if closure is not None else f.event_span(facts, point, place)
    if closure is not None:
        assigned = _assigned_inside(closure[0], closure[1])
        if assigned is not None and kind in ("local", "capture"):
            message = f"cannot assign to {quoted(name)}, as it is not declared as mutable"
            error = reporter.error("E0594", message, assigned, "cannot assign")
            if kind == "local":
                reporter.suggest_mut(error, what)
            return
    if kind == "local":
        error = reporter.error(
            "E0596",
            f"cannot borrow {quoted(name)} as mutable, as {_as(name, what.name)} is not declared as mutable",
            span,
            "cannot borrow as mutable",
        )
        reporter.suggest_mut(error, what)
    elif kind == "capture":
        shown = capture_name(what)
        reporter.error(
            "E0596",
            f"cannot borrow `{name or shown}` as mutable, as it is not declared as mutable",
            span,
            "cannot borrow as mutable",
        )
    elif kind == "environment":
        reporter.error(
            "E0596",
            f"cannot borrow {quoted(name)} as mutable, as it is a captured variable in a `Fn` closure",
            span,
            "cannot borrow as mutable",
        )
    elif (variable := guarded(facts.body, place)) is not None:
        message = f"cannot borrow `{variable}` as mutable, as it is immutable for the pattern guard"
        _explain_guard(reporter.error("E0596", message, span, "cannot borrow as mutable"))
    else:
        behind = _behind(facts, place, at, what)
        error = reporter.error(
            "E0596", f"cannot borrow {_data(name)} as mutable, as it is {behind}", span, "cannot borrow as mutable"
        )
        _explain(reporter, error, place, at, "borrowed as mutable")


def _assigned_inside(closure: Any, capture: Any) -> m.Span | None:
    """Where a closure's body first assigns to what it captured, unless it borrows that mutably before."""
    body = closure.body.mir
    if body is None:
        return None
    index = closure.captures.index(capture)
    for block in body.blocks:
        for statement in block.statements:
            if not isinstance(statement, m.Assign):
                continue
            rvalue = statement.rvalue
            if isinstance(rvalue, m.Ref) and rvalue.kind != "shared" and _captured(rvalue.place, index):
                return None
            if _captured(statement.place, index):
                return statement.span
    return None


def _captured(place: m.Place, index: int) -> bool:
    return place.local == 1 and any(step[0] == m.FIELD and step[1] == index for step in place.projection[:2])


def _assignment(facts: f.Facts, reporter: Reporter, point: int, place: m.Place, culprit: tuple[str, int, Any]) -> None:
    """E0594."""
    kind, at, what = culprit
    name = reporter.name(place)
    span = facts.span(point)
    if kind == "local":
        error = reporter.error(
            "E0594",
            f"cannot assign to {quoted(name)}, as {_as(name, what.name)} is not declared as mutable",
            span,
            "cannot assign",
        )
        reporter.suggest_mut(error, what)
    elif kind == "capture":
        reporter.error(
            "E0594", f"cannot assign to {quoted(name)}, as it is not declared as mutable", span, "cannot assign"
        )
    elif kind == "environment":
        reporter.error(
            "E0594",
            f"cannot assign to {quoted(name)}, as it is a captured variable in a `Fn` closure",
            span,
            "cannot assign",
        )
    elif (variable := guarded(facts.body, place)) is not None:
        message = f"cannot assign to `{variable}`, as it is immutable for the pattern guard"
        _explain_guard(reporter.error("E0594", message, span, "cannot assign"))
    else:
        behind = _behind(facts, place, at, what)
        error = reporter.error("E0594", f"cannot assign to {_data(name)}, which is {behind}", span, "cannot assign")
        _explain(reporter, error, place, at, "written to")


def _explain_guard(error: Any) -> None:
    error.notes.append("variables bound in patterns are immutable until the end of the pattern guard")


def _as(name: str | None, local: str) -> str:
    return "it" if name == local else f"`{local}`"


def _data(name: str | None) -> str:
    return f"`{name}`" if name is not None else "data"


def _behind(facts: f.Facts, place: m.Place, at: int, one: ty.Ty) -> str:
    local = facts.body.locals[place.local]
    if one.kind == ty.RAW:
        return "behind a `*const` pointer"
    if local.name is None and at == 0:
        for block in facts.body.blocks:
            call = block.terminator
            if isinstance(call, m.Call) and call.destination == m.Place(place.local):
                function = call.function.ty if isinstance(call.function, m.Constant) else None
                if function is not None and function.data.name == "deref" and function.args:
                    return f"in an `{getattr(function.args[0].data, 'name', ty.show(function.args[0]))}`"
                if function is not None and function.data.name == "index" and function.args:
                    return f"in an index of `{ty.show(function.args[0])}`"
    return "behind a `&` reference"


def _explain(reporter: Reporter, error: Any, place: m.Place, at: int, verb: str) -> None:
    """Name the reference and how to make it a mutable one."""
    local = reporter.body.locals[place.local]
    if local.name is None or at != 0:
        return
    error.label = f"`{local.name}` is a `&` reference, so it cannot be {verb}"
    text = reporter.snippet(local.span)
    message = "consider changing this to be a mutable reference"
    definition = reporter.body.definition
    if place.local <= reporter.body.arg_count and text == local.name:
        syntax = definition.syntax if isinstance(definition, FnDef) else None  # none of a closure
        for pattern, written in syntax.params if syntax is not None else ():
            if pattern.span == local.span and isinstance(written, t.TypeRef) and not _of_trait(definition):
                sign = _SIGN.match(reporter.snippet(written.span))
                at = written.span[0] + (sign.end() if sign is not None else 0)
                error.suggestion = ((at, at), "mut ", message)
                return
        error.helps.append(message)
    elif local.name == "self" and _OWN.fullmatch(text) and not _of_trait(definition):
        error.suggestion = ((local.span[1] - 4, local.span[1] - 4), "mut ", message)


def _of_trait(definition: Any) -> bool:
    """Does a trait say which parameters the function has?"""
    owner = getattr(definition, "owner", None)
    return isinstance(owner, TraitDef) or (isinstance(owner, ImplDef) and owner.trait is not None)
