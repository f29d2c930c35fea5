"""The messages of move and mutability checking, worded as rustc words them (rustc_borrowck::diagnostics)."""

from __future__ import annotations

import re
from typing import Any, Final

from engines.rustwasm.borrow import facts as f
from engines.rustwasm.borrow.describe import capture_name, describe, guarded, place_type, quoted, step_type
from engines.rustwasm.borrow.facts import Facts, event_span
from engines.rustwasm.mir import body as m
from engines.rustwasm.syntax.diagnostics import Diagnostic, Diagnostics
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import FnDef
from engines.rustwasm.typing.fixes import bound_fix
from engines.rustwasm.typing.types import Ty

Span = tuple[int, int]

_VERBS = {
    f.COPY: ("use", "used"), f.MOVE: ("use", "used"), f.SHARED: ("borrow", "borrowed"),
    f.MUTABLE: ("borrow", "borrowed"), f.TWO_PHASE: ("borrow", "borrowed"), f.RAW: ("borrow", "borrowed"),
    f.INSPECT: ("use", "used"), f.READ: ("use", "used"), f.ASSIGN: ("assign to", "assigned"),
    f.RESULT: ("assign to", "assigned"),
}  # fmt: skip
_VALUES: Final = {ty.INT: "42", ty.FLOAT: "42.0", ty.BOOL: "false", ty.CHAR: "'x'"}
_LANG_VALUES: Final = {"String": "String::new()", "Vec": "vec![]", "Option": "None"}
_DECLARED: Final = re.compile(r"((?:\s*:[^;=]*)?);")
"""What stands behind the name in a `let` without a value."""


class Reporter:
    """Adds the errors of one body to the compilation's diagnostics."""

    def __init__(self, facts: Facts, diagnostics: Diagnostics) -> None:
        self.facts = facts
        self.body = facts.body
        self.diagnostics = diagnostics

    def error(self, code: str | None, message: str, span: Span, label: str = "") -> Diagnostic:
        return self.diagnostics.error(code, message, span, label)

    def name(self, place: m.Place) -> str | None:
        return describe(self.body, place)

    def snippet(self, span: Span) -> str:
        return self.diagnostics.sources.snippet(span)

    # Closures

    def closure_at(self, point: int, place: Any) -> tuple[Any, Any] | None:
        """The closure (its definition) and capture that the event at `point` serves: an operand of its aggregate or the
        borrow made for it; None for any other event."""
        statement = self.facts.at(point)
        if not isinstance(statement, m.Assign):
            return None
        if isinstance(statement.rvalue, m.Aggregate) and statement.rvalue.ty.kind == ty.CLOSURE:
            closure = statement.rvalue.ty.data
            for capture, operand in zip(closure.captures, statement.rvalue.operands, strict=True):
                if not isinstance(operand, m.Constant) and operand.place is place:
                    return closure, capture
            return None
        if isinstance(statement.rvalue, m.Ref) and not statement.place.projection:
            return self.closure_of(statement.place.local, point)
        return None

    def closure_of(self, local: int, point: int) -> tuple[Any, Any] | None:
        """The closure that the borrow in temporary `local`, made at `point`, is captured by."""
        if self.body.locals[local].name is not None:
            return None
        block = self.body.blocks[self.facts.block_at(point)]
        start = point - self.facts.starts[self.facts.block_at(point)]
        for statement in block.statements[start:]:
            if not isinstance(statement, m.Assign) or not isinstance(statement.rvalue, m.Aggregate):
                continue
            if statement.rvalue.ty.kind != ty.CLOSURE:
                continue
            for capture, operand in zip(statement.rvalue.ty.data.captures, statement.rvalue.operands, strict=True):
                if not isinstance(operand, m.Constant) and operand.place == m.Place(local):
                    return statement.rvalue.ty.data, capture
        return None

    def closure_head(self, span: Span) -> Span:
        """The `|parameters|` of a closure expression, with `move`."""
        text = self.snippet(span)
        first = text.find("|")
        second = text.find("|", first + 1)
        return (span[0], span[0] + second + 1) if first >= 0 and second >= 0 else span

    def use_span(self, point: int, place: Any) -> Span:
        """What to underline for an event: for a closure's capture the head of the closure."""
        closure = self.closure_at(point, place)
        if closure is not None:
            return self.closure_head(closure[0].span)
        return event_span(self.facts, point, place)

    # Moves

    def moved(
        self,
        point: int,
        kind: int,
        place: m.Place,
        path: m.Place,
        moves: list[tuple[int, m.Place, bool]],
        partial: bool,
    ) -> None:
        """E0382."""
        verb, done = _VERBS[kind]
        name = self.name(place)
        if partial and len(place.projection) > len(path.projection):  # an element, which may be the one that was moved
            name = self.name(path)
            if place.projection[len(path.projection)][0] == m.INDEX:
                verb, done = _VERBS[f.COPY]
        if kind in (f.ASSIGN, f.RESULT):
            verb = "assign to part of"
            name = self.name(path)
        partially = "partially " if partial and kind not in (f.ASSIGN, f.RESULT) else ""
        span = self.use_span(point, place)
        shown = self.name(path) or name
        message = f"{verb} of {partially}moved value" if verb != "assign to part of" else f"{verb} moved value"
        if name is not None:
            message += f": `{shown if not partial else name}`"
        if len(moves) == 1 and moves[0][0] == point and moves[0][1] is place:
            label = "value moved here, in previous iteration of loop"
        else:
            label = f"value {done} here after {'partial ' if partially else ''}move"
        error = self.error("E0382", message, span, label)
        moved_place = moves[0][1]
        if not partial and not path.projection:
            local = self.body.locals[path.local]
            if local.name is not None:
                self._because(error, local.span, f"`{local.name}`", local.ty)
        for at, what, back in moves:
            if at == point and what is place and len(moves) == 1:
                continue
            where = self.use_span(at, what)
            closure = self.closure_at(at, what)
            if closure is not None:
                error.labels.append((where, f"value {partially}moved into closure here"))
                error.labels.append((closure[1].span, "variable moved due to use in closure"))
                continue
            into = self._receiver(at, what)
            late = ", in previous iteration of loop" if back else ""
            text = f"value {partially}moved here{late}"
            if into is not None:
                text = f"`{self.name(what) or 'value'}` {partially}moved due to this method call{late}"
                error.notes.append(
                    f"`{into}` takes ownership of the receiver `self`, which moves `{self.name(what) or 'value'}`"
                )
            error.labels.append((where, text))
        if partial or path.projection:
            one = place_type(self.body, moved_place)
            moved_name = self.name(moved_place)
            error.notes.append(
                f"{'partial ' if partial else ''}move occurs because {quoted(moved_name)} has type `{ty.show(one)}`, "
                "which does not implement the `Copy` trait"
            )
        one = place_type(self.body, moved_place)
        where = self.use_span(moves[0][0], moved_place)
        if one.kind == ty.ADT and not one.data.is_enum and self.closure_at(moves[0][0], moved_place) is None:
            self.suggest_clone(error, where, moved_place)
        elif one.kind == ty.PARAM and isinstance(self.body.definition, FnDef):
            error.suggestion = bound_fix(self.body.definition, ty.show(one), "Copy")

    def suggest_clone(self, error: Diagnostic, where: Span, place: m.Place) -> None:
        """Say that a copy can be given away instead, where what is given away is named there."""
        if self.snippet(where) == (self.name(place) or ""):
            end = (where[1], where[1])
            error.suggestion = (end, ".clone()", "consider cloning the value if the performance cost is acceptable")

    def _because(self, error: Diagnostic, span: Span, name: str, one: Ty) -> None:
        error.labels.append(
            (span, f"move occurs because {name} has type `{ty.show(one)}`, which does not implement the `Copy` trait")
        )

    def _receiver(self, point: int, place: Any) -> str | None:
        """The name of the method whose `self` the place is moved into at a call."""
        call = self.facts.at(point)
        if not isinstance(call, m.Call) or not call.arguments or not isinstance(call.function, m.Constant):
            return None
        first = call.arguments[0]
        definition = call.function.ty.data
        if isinstance(first, m.Constant) or first.place is not place or getattr(definition, "receiver", None) is None:
            return None
        return f"{definition.name}"

    def uninitialized(self, point: int, kind: int, place: m.Place, possibly: bool) -> None:
        """E0381."""
        local = self.body.locals[place.local]
        name = local.name or "value"
        span = self.use_span(point, place)
        if kind in (f.ASSIGN, f.RESULT):
            error = self.error(
                "E0381",
                f"partially assigned binding `{name}` isn't fully initialized",
                span,
                f"`{self.name(place) or name}` partially assigned here but it isn't fully initialized",
            )
            error.helps.append("partial initialization isn't supported, fully initialize the binding with a default "
                               "value and mutate it, or use `std::mem::MaybeUninit`")  # fmt: skip
        else:
            how = "is possibly-uninitialized" if possibly else "isn't initialized"
            done = _VERBS[kind][1]
            error = self.error(
                "E0381", f"used binding `{name}` {how}", span, f"`{self.name(place) or name}` {done} here but it {how}"
            )
            self.suggest_value(error, local)
        error.labels.append((local.span, "binding declared here but left uninitialized"))

    def suggest_value(self, error: Diagnostic, local: m.Local) -> None:
        """Say which value a variable that is declared without one could have."""
        lang = local.ty.data.lang if local.ty.kind == ty.ADT else None
        value = _VALUES.get(local.ty.kind) if lang is None else _LANG_VALUES.get(lang)
        file = self.diagnostics.sources.file_of(local.span[0])
        declared = _DECLARED.match(file.text, file.offset(local.span[1]))
        if value is not None and declared is not None and self.snippet(local.span) == local.name:
            end = local.span[1] + len(declared[1])
            error.suggestion = ((end, end), f" = {value}", "consider assigning a value")

    def assigned_twice(self, point: int, local: int, first: int | None) -> None:
        """E0384."""
        one = self.body.locals[local]
        span = self.facts.span(point)
        if first is None:
            message = f"cannot assign to immutable argument `{one.name}`"
            error = self.error("E0384", message, span, "cannot assign to immutable argument")
        else:
            error = self.error(
                "E0384",
                f"cannot assign twice to immutable variable `{one.name}`",
                span,
                "cannot assign twice to immutable variable",
            )
            error.labels.append((one.span, f"first assignment to `{one.name}`"))
        self.suggest_mut(error, one)

    def suggest_mut(self, error: Diagnostic, local: m.Local) -> None:
        start = (local.span[0], local.span[0])
        if self.snippet(local.span) == local.name:
            error.suggestion = (start, "mut ", "consider making this binding mutable")

    def illegal_move(self, point: int, place: m.Place, why: tuple[int, str, Ty]) -> None:
        """E0507, E0508, E0509."""
        at, kind, one = why
        scrutinee = self._scrutinee(point, place)
        span = event_span(self.facts, point, place) if scrutinee is None else scrutinee
        before = len(self.diagnostics.messages)
        whole = self.name(place)
        moved = place_type(self.body, place)
        because = f"move occurs because {quoted(whole)} has type `{ty.show(moved)}`, which does not implement "
        because += "the `Copy` trait"
        if kind == "index":
            one = one.args[0] if one.kind == ty.REF else one
            form = "array" if one.kind == ty.ARRAY else "slice"
            message = f"cannot move out of type `{ty.show(one)}`, a non-copy {form}"
            error = self.error("E0508", message, span, "cannot move out of here")
            error.notes.append(because)
        elif kind == "drop":
            message = f"cannot move out of type `{ty.show(one)}`, which implements the `Drop` trait"
            error = self.error("E0509", message, span, "cannot move out of here")
            error.labels.append((span, because))
        else:
            receiver = (whole or "").lstrip("*")
            if receiver and self.snippet(span).startswith(f"{receiver}."):
                span = (span[0], span[0] + len(receiver))  # the whole call moves what its receiver leads to
            error = self.error("E0507", self._cannot_move(place, at, one), span)
            error.label = because
        if scrutinee is not None and len(self.diagnostics.messages) > before:
            error.label = ""
            error.labels.append((event_span(self.facts, point, place), "data moved here"))
            error.notes.append(
                "move occurs because a variable of the pattern has a type that does not implement the `Copy` trait"
            )
            error.suggestion = ((span[0], span[0]), "&", "consider borrowing here")
            return
        if kind == "borrow" and self._is_value(point) and self.snippet(span):
            error.suggestion = ((span[0], span[0]), "&", "consider borrowing here")
            return
        end = (span[1], span[1])
        error.suggestion = (end, ".clone()", "consider cloning the value if the performance cost is acceptable")

    def _is_value(self, point: int) -> bool:
        statement = self.facts.at(point)
        return isinstance(statement, m.Assign) and isinstance(statement.rvalue, m.Use)

    def _scrutinee(self, point: int, place: m.Place) -> Span | None:
        """The expression that is matched if the move binds a part of it to a variable of a pattern."""
        statement = self.facts.at(point)
        if not isinstance(statement, m.Assign) or self.body.locals[statement.place.local].name is None:
            return None
        best: Span | None = None
        for events in self.facts.events:
            for at, kind, read in events:
                whole = len(read.projection)
                prefix = whole < len(place.projection) and place.projection[:whole] == read.projection
                if kind == f.READ and read.local == place.local and prefix:
                    best = self.facts.span(at)
        return best

    def _cannot_move(self, place: m.Place, at: int, one: Ty) -> str:
        """The headline of E0507: what is moved out of what."""
        local = self.body.locals[place.local]
        if one.kind == ty.REF and self._environment(place, at):
            capture = next(iter(self._captures(place)), None)
            name = capture_name(capture) if capture is not None else "value"
            kind = "FnMut" if one.data else "Fn"
            return f"cannot move out of `{name}`, a captured variable in an `{kind}` closure"
        source = self._overloaded(place.local) if local.name is None and at == 0 else None
        if source is not None:
            return source
        shown = guarded(self.body, place)
        if shown is not None:
            return f"cannot move out of `{shown}` in pattern guard"
        whole = self.name(place)
        if one.kind == ty.RAW:
            return f"cannot move out of `{whole}` which is behind a raw pointer"
        how = "mutable" if one.data else "shared"
        if whole is None:
            return f"cannot move out of a {how} reference"
        return f"cannot move out of `{whole}` which is behind a {how} reference"

    def _captures(self, place: m.Place) -> list[Any]:
        one = self.body.locals[place.local].ty
        out = []
        for step in place.projection:
            if step[0] == m.FIELD and one.kind == ty.CLOSURE:
                out.append(one.data.captures[step[1]])
            one = step_type(one, step, 0)
        return out

    def _environment(self, place: m.Place, at: int) -> bool:
        """Is the reference after `at` steps the closure's own parameter, or the capture behind it?"""
        return self.body.locals[place.local].name == "{environment}" and at <= 2

    def _overloaded(self, local: int) -> str | None:
        """How to name what a temporary reference points to: the result of `deref` or `index`."""
        for block in self.body.blocks:
            call = block.terminator
            if not isinstance(call, m.Call) or call.destination != m.Place(local):
                continue
            if isinstance(call.function, m.Constant):
                definition = call.function.ty.data
                subject = call.function.ty.args[0] if call.function.ty.args else None
                if definition.name in ("index", "index_mut") and subject is not None:
                    return f"cannot move out of index of `{ty.show(subject)}`"
                if definition.name in ("deref", "deref_mut") and subject is not None:
                    lang = getattr(subject.data, "name", "")
                    return f"cannot move out of an `{lang}`" if lang in ("Rc", "Arc") else (
                        f"cannot move out of dereference of `{ty.show(subject)}`"
                    )  # fmt: skip
        return None
