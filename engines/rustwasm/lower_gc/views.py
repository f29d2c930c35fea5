"""References to the middle of an array: rewrites of concrete MIR before lowering.

A reference to an array is the array object, so `rest` of `[first, rest @ ..] = &mut array` cannot be one: the middle is
no object of its own. Such a reference becomes one to a slice of the whole array, in the function and, as a variant, in
the functions that it is passed to:

| before, `_5: &mut [i32; 3]` | after, `_5: &mut [i32]` |
|---|---|
| `_5 = &mut (*_3)[1..-0]` | `_s = &mut (*_3) as &mut [i32]; _5 = &mut (*_s)[1..-0]` |
| `_6 = move _5 as &mut [i32] (unsize)` | `_6 = move _5` |
| `_7 = copy (*_5)` | `_7 = [i32; 3] {copy (*_5)[0], copy (*_5)[1], copy (*_5)[2]}` |
| `(*_5) = value` | its elements one by one |
| `(*_5)[_i]`, `len(*_5)`, `_8 = &mut (*_5)`, `_9 = copy _5` | the same; `_8` and `_9` become such references, too |

A shared reference that is stored or returned stays one to an array: a copy of the middle, with the same objects in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.place_type import place_type
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.types import Ty

LONGEST: Final = 1024
"""Elements of a middle that is read or written as a whole."""


class ViewError(ValueError):
    """A mutable reference to the middle of an array goes where only whole arrays can; the message says where."""


def viewed(body: m.Body, parameters: tuple[int, ...], locate: Callable[[int], tuple[str, int, int]]) -> m.Body:
    """The body with references to middles of arrays as references to slices: a copy, or the body itself if there are
    none. `parameters` get a slice where the body takes an array.

    Raises:
        ViewError: such a reference, mutable or a parameter, is stored, returned, or captured.
    """
    middles = set(_borrowed_middles(body))
    given = set(parameters)
    if not middles and not given:
        return body
    try:
        return _Rewriter(body, middles | given, given, locate).run()
    except ViewError:
        mutable = {local for local in middles if body.locals[local].ty.data}
        if mutable == middles:
            raise
        return _Rewriter(body, mutable | given, given, locate).run() if mutable or given else body


def mask(body: m.Body, given: list[Ty]) -> tuple[int, ...]:
    """The parameters for which a slice is given and an array is taken."""
    return tuple(
        [
            number
            for number, one in enumerate(given, 1)
            if one.kind == t.REF and one.args[0].kind == t.SLICE and _to_array(body.locals[number].ty)
        ]
    )


def _to_array(one: Ty) -> bool:
    return one.kind == t.REF and one.args[0].kind == t.ARRAY


def _ends_in_middle(place: m.Place) -> bool:
    return bool(place.projection) and place.projection[-1][0] == m.SUBSLICE


def _slice(one: Ty) -> Ty:
    """The reference to a slice for one to an array."""
    return t.ref(t.slice_of(one.args[0].args[0]), bool(one.data)) if _to_array(one) else one


def _borrowed_middles(body: m.Body) -> Iterator[int]:
    for block in body.blocks:
        for statement in block.statements:
            if (
                isinstance(statement, m.Assign)
                and isinstance(statement.rvalue, m.Ref)
                and not statement.place.projection
                and _ends_in_middle(statement.rvalue.place)
                and _to_array(body.locals[statement.place.local].ty)
            ):
                yield statement.place.local


class _Rewriter:
    def __init__(
        self, body: m.Body, views: set[int], parameters: set[int], locate: Callable[[int], tuple[str, int, int]]
    ) -> None:
        self.old = body
        self.views = views
        self.parameters = parameters
        self.locate = locate
        self.body = m.Body(body.name, body.definition, body.arg_count, body.span)
        self.body.closures = body.closures
        self.body.locals = list(body.locals)
        self.out: list[m.Statement] = []

    def run(self) -> m.Body:
        self._spread()
        for local in self.views:
            old = self.old.locals[local]
            self.body.locals[local] = m.Local(_slice(old.ty), old.name, old.mutable, old.span)
        for block in self.old.blocks:
            made = m.Block()
            self.out = made.statements
            for statement in block.statements:
                if isinstance(statement, m.Assign):
                    self._assign(statement)
                else:
                    self.out.append(statement)
            made.terminator = self._terminator(block.terminator)
            self.body.blocks.append(made)
        return self.body

    # Which locals

    def _spread(self) -> None:
        """What a view is given to is a view, too."""
        changed = True
        while changed:
            changed = False
            for block in self.old.blocks:
                for statement in block.statements:
                    if not isinstance(statement, m.Assign) or statement.place.projection:
                        continue
                    local = statement.place.local
                    if local in self.views or not _to_array(self.old.locals[local].ty):
                        continue
                    if self._hands_on(statement.rvalue):
                        if local <= self.old.arg_count and local not in self.parameters:
                            self._refuse("becomes the result or a parameter", statement.span)
                        self.views.add(local)
                        changed = True

    def _hands_on(self, rvalue: m.Rvalue) -> bool:
        if isinstance(rvalue, m.Use) and not isinstance(rvalue.operand, m.Constant):
            place = rvalue.operand.place
            return place.local in self.views and not place.projection
        if isinstance(rvalue, m.Ref) and rvalue.place.local in self.views:
            steps = [step[0] for step in rvalue.place.projection]
            return steps == [m.DEREF] or steps == [m.DEREF, m.SUBSLICE]
        return False

    def _refuse(self, what: str, span: m.Span) -> None:
        file, line, column = self.locate(span[0])
        raise ViewError(
            f"error[GC021]: {file}:{line}:{column}: a mutable reference to the middle of an array {what}; there it has "
            "to be one to a whole array, which the middle is not. Make it one to a slice: `let rest: &mut [_] = rest;`"
        )

    # Statements

    def _fresh(self, one: Ty, span: m.Span) -> m.Place:
        self.body.locals.append(m.Local(one, None, False, span))
        return m.Place(len(self.body.locals) - 1)

    def _assign(self, statement: m.Assign) -> None:
        place, rvalue, span = statement.place, statement.rvalue, statement.span
        if place.local in self.views and not place.projection:
            self._define(place, rvalue, span)
            return
        if self._is_whole(place):
            held = self._fresh(self.old.locals[place.local].ty.args[0], span)
            self._assign(m.Assign(held, rvalue, span))
            for index in range(self._length(place, span)):
                step = (m.CONSTANT_INDEX, index, False)
                element = m.Move(m.Place(held.local, (step,)))
                self.out.append(m.Assign(m.Place(place.local, (*place.projection, step)), m.Use(element), span))
            return
        self.out.append(m.Assign(place, self._rvalue(rvalue, span), span))

    def _define(self, place: m.Place, rvalue: m.Rvalue, span: m.Span) -> None:
        """A view gets its value."""
        old = self.old.locals[place.local].ty
        if self._hands_on(rvalue):
            self.out.append(m.Assign(place, rvalue, span))
        elif isinstance(rvalue, m.Ref) and _ends_in_middle(rvalue.place):
            whole = m.Place(rvalue.place.local, rvalue.place.projection[:-1])
            array = place_type(self.old, whole)
            pointer = self._fresh(t.ref(array, bool(old.data)), span)
            fat = self._fresh(_slice(t.ref(array, bool(old.data))), span)
            self.out.append(m.Assign(pointer, m.Ref(rvalue.kind, whole), span))
            self.out.append(m.Assign(fat, m.Cast("unsize", m.Move(pointer), self.body.locals[fat.local].ty), span))
            part = m.Place(fat.local, ((m.DEREF,), rvalue.place.projection[-1]))
            self.out.append(m.Assign(place, m.Ref(rvalue.kind, part), span))
        else:
            pointer = self._fresh(old, span)
            self.out.append(m.Assign(pointer, self._rvalue(rvalue, span), span))
            self.out.append(m.Assign(place, m.Cast("unsize", m.Move(pointer), _slice(old)), span))

    def _rvalue(self, rvalue: m.Rvalue, span: m.Span) -> m.Rvalue:
        if isinstance(rvalue, m.Cast) and self._is_view(rvalue.operand):
            if rvalue.kind != "unsize" or rvalue.ty.args[0].kind != t.SLICE:
                self._refuse(f"is cast to `{t.show(rvalue.ty)}`", span)
            return m.Use(rvalue.operand)
        if isinstance(rvalue, m.Ref) and rvalue.place.local in self.views and not rvalue.place.projection:
            self._refuse("is borrowed itself", span)
        if isinstance(rvalue, m.Use):
            return self._whole(rvalue.operand, span) or rvalue
        if isinstance(rvalue, m.Aggregate):
            return m.Aggregate(rvalue.ty, [self._operand(one, span) for one in rvalue.operands], rvalue.variant)
        if isinstance(rvalue, m.Repeat):
            return m.Repeat(self._operand(rvalue.operand, span), rvalue.count)
        return rvalue

    def _terminator(self, terminator: m.Terminator) -> m.Terminator:
        if not isinstance(terminator, m.Call):
            return terminator
        arguments = [one if self._is_view(one) else self._operand(one, terminator.span) for one in terminator.arguments]
        destination = terminator.destination
        if destination.local in self.views:
            self._refuse("is also the result of a call", terminator.span)
        return m.Call(
            terminator.function, arguments, destination, terminator.target, terminator.span, terminator.location
        )

    # Operands

    def _is_view(self, operand: m.Operand) -> bool:
        if isinstance(operand, m.Constant):
            return False
        return operand.place.local in self.views and not operand.place.projection

    def _is_whole(self, place: m.Place) -> bool:
        return place.local in self.views and [step[0] for step in place.projection] == [m.DEREF]

    def _operand(self, operand: m.Operand, span: m.Span) -> m.Operand:
        """An operand that must be one value."""
        if self._is_view(operand):
            self._refuse("is stored", span)
        whole = self._whole(operand, span)
        if whole is None:
            return operand
        assert isinstance(operand, m.Copy)
        held = self._fresh(self.old.locals[operand.place.local].ty.args[0], span)
        self.out.append(m.Assign(held, whole, span))
        return m.Move(held)

    def _whole(self, operand: m.Operand, span: m.Span) -> m.Rvalue | None:
        """The middle as an array of its own, if the operand reads all of it."""
        if isinstance(operand, m.Constant) or not self._is_whole(operand.place):
            return None
        place = operand.place
        elements: list[m.Operand] = [
            m.Copy(m.Place(place.local, (*place.projection, (m.CONSTANT_INDEX, index, False))))
            for index in range(self._length(place, span))
        ]
        return m.Aggregate(self.old.locals[place.local].ty.args[0], elements)

    def _length(self, place: m.Place, span: m.Span) -> int:
        length: int = self.old.locals[place.local].ty.args[0].args[1].data
        if length > LONGEST:
            self._refuse(f"of {length} elements is read or written as a whole (of at most {LONGEST})", span)
        return length


__all__ = ["LONGEST", "ViewError", "mask", "viewed"]
