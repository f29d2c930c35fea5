"""Rewrites of concrete MIR before lowering: where the library makes `&mut` of `&`, or borrows memory mutably.

A shared reference to a plain value is that value here, so `unsafe_mut(&place)` must borrow the place mutably at once;
and a RawArray is a reference itself, so a mutable borrow of one needs no cell. Nor does `mem::replace(&mut place,
value)` of a plain value: it reads the place and writes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

from engines.rustwasm.mir import body as m
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.definitions import FnDef
from engines.rustwasm.typing.types import Ty

_REPLACE: Final = "core::mem::replace"
_READS_MEMORY: Final = ("raw_array_mut", "raw_array_slice_mut", "raw_array_ref", "raw_array_slice")


def prepare(body: m.Body, plain: Callable[[Ty], bool]) -> None:
    """Rewrite a body in place; `plain` tells types whose values are no objects and are not dropped."""
    calls = [(block, block.terminator) for block in body.blocks if isinstance(block.terminator, m.Call)]
    named = [(block, call, _intrinsic(call)) for block, call in calls]
    if not any(name for _, _, name in named):
        return
    definitions, uses = _definitions(body)
    for block, call, name in named:
        if name == "unsafe_mut":
            _borrow_mutably(body, call, definitions)
        elif name in _READS_MEMORY:
            _borrow_shared(body, call, definitions, uses)
        elif name == _REPLACE and plain(call.function.ty.args[0]):  # type: ignore[union-attr]
            _read_and_write(body, block, call, definitions)


def _intrinsic(call: m.Call) -> str | None:
    """The intrinsic that is called, or `_REPLACE`."""
    function = call.function
    if not isinstance(function, m.Constant) or not isinstance(function.ty.data, FnDef):
        return None
    return _REPLACE if function.ty.data.path == _REPLACE else function.ty.data.intrinsic


def _definitions(body: m.Body) -> tuple[dict[int, list[tuple[m.Block, int]]], Counter[int]]:
    """Per local where it is written as a whole (block and statement, -1 for its call), and how often it is read."""
    found: dict[int, list[tuple[m.Block, int]]] = {}
    uses: Counter[int] = Counter()
    for block in body.blocks:
        for number, statement in enumerate(block.statements):
            if isinstance(statement, m.Assign):
                found.setdefault(statement.place.local, []).append((block, number))
                if isinstance(statement.rvalue, m.Ref):
                    uses[statement.rvalue.place.local] += 1
        if isinstance(block.terminator, m.Call):
            found.setdefault(block.terminator.destination.local, []).append((block, -1))
    return found, uses


def _single(
    operand: m.Operand, body: m.Body, definitions: dict[int, list[tuple[m.Block, int]]]
) -> tuple[int, m.Block, int] | None:
    """The local that an operand is, and its only definition."""
    if isinstance(operand, m.Constant) or operand.place.projection:
        return None
    local = operand.place.local
    places = definitions.get(local, [])
    if len(places) != 1 or 1 <= local <= body.arg_count:
        return None
    return local, *places[0]


def _read_and_write(
    body: m.Body, block: m.Block, call: m.Call, definitions: dict[int, list[tuple[m.Block, int]]]
) -> None:
    """`replace(&mut place, value)` as a read and a write of the place, if the reference is made in the same block."""
    found = _single(call.arguments[0], body, definitions)
    if found is None or call.target is None:
        return
    local, where, number = found
    if where is not block or number < 0 or body.locals[local].name is not None:
        return
    statement = block.statements[number]
    if not isinstance(statement, m.Assign) or not isinstance(statement.rvalue, m.Ref) or statement.place.projection:
        return
    place = statement.rvalue.place
    named = {place.local} | {step[1] for step in place.projection if step[0] == m.INDEX}
    if place.projection and place.projection[-1][0] in (m.DEREF, m.SUBSLICE):
        return
    for after in block.statements[number + 1 :]:
        if isinstance(after, m.StorageLive):
            continue
        if not isinstance(after, m.Assign) or after.place.projection or after.place.local in named:
            return
    span = call.span
    block.statements[number] = m.FakeRead(place, statement.span)
    block.statements.append(m.Assign(call.destination, m.Use(m.Copy(place)), span))
    block.statements.append(m.Assign(place, m.Use(call.arguments[1]), span))
    block.terminator = m.Goto(call.target)


def _borrow_mutably(body: m.Body, call: m.Call, definitions: dict[int, list[tuple[m.Block, int]]]) -> None:
    operand = call.arguments[0]
    while True:
        found = _single(operand, body, definitions)
        if found is None:
            return
        local, block, number = found
        old = body.locals[local]
        if old.ty.kind != t.REF:
            return
        if number < 0:
            if _intrinsic(block.terminator) == "raw_array_ref":
                body.locals[local] = m.Local(t.ref(old.ty.args[0], True), old.name, old.mutable, old.span)
            return
        statement = block.statements[number]
        assert isinstance(statement, m.Assign)
        if isinstance(statement.rvalue, m.Use):
            body.locals[local] = m.Local(t.ref(old.ty.args[0], True), old.name, old.mutable, old.span)
            operand = statement.rvalue.operand
            continue
        if not isinstance(statement.rvalue, m.Ref) or statement.place.projection:
            return
        place = statement.rvalue.place
        block.statements[number] = m.Assign(statement.place, m.Ref("mut", place), statement.span)
        body.locals[local] = m.Local(t.ref(old.ty.args[0], True), old.name, old.mutable, old.span)
        if len(place.projection) == 1 and place.projection[0][0] == m.DEREF:
            operand = m.Copy(m.Place(place.local))
            if body.locals[place.local].ty.data:
                return
            continue
        return


def _borrow_shared(
    body: m.Body, call: m.Call, definitions: dict[int, list[tuple[m.Block, int]]], uses: Counter[int]
) -> None:
    found = _single(call.arguments[0], body, definitions)
    if found is None:
        return
    local, block, number = found
    if number < 0 or uses[local]:
        return
    statement = block.statements[number]
    old = body.locals[local]
    if not isinstance(statement, m.Assign) or not isinstance(statement.rvalue, m.Ref) or not old.ty.data:
        return
    block.statements[number] = m.Assign(statement.place, m.Ref("shared", statement.rvalue.place), statement.span)
    body.locals[local] = m.Local(t.ref(old.ty.args[0], False), old.name, old.mutable, old.span)
