"""Advice on what crossing between the modes costs and on what makes the collector work: warnings, never errors.

| code | what |
|---|---|
| GC101 | a conversion that copies, in a loop |
| GC102 | a conversion and back again |
| GC103 | a conversion that copies where one that takes the memory would do |
| GC104 | text that grows by `+` in a loop: every step copies all of it |
| GC105 | an array made anew in every round of an inner loop: work for the collector |
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from engines.rustwasm.mir import body as m
from engines.rustwasm.modes.conversions import FREE, Conversion, conversion
from engines.rustwasm.syntax.diagnostics import Diagnostic
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import FnDef, ImplDef
from engines.rustwasm.typing.types import Ty

_METHODS: Final = {"to_vec": "Vec", "to_box": "Box", "to_string": "String"}
_MAKERS: Final = frozenset(("new", "with_capacity", "filled", "from_fn"))
_VIEWS: Final = frozenset(("as_str", "as_slice", "deref", "index"))


class Crossing(NamedTuple):
    """A call that converts: from which type to which, and how."""

    call: m.Call
    have: Ty
    want: Ty
    how: Conversion


def advise(compilation: Any) -> list[Diagnostic]:
    """Add the advice on a crate without errors to its diagnostics; what was added."""
    before = len(compilation.diagnostics.messages)
    for function in compilation.declarations.functions:
        body = compilation.body_of(function) if function in compilation.typed else function.mir
        if body is not None:
            for closure in body.closures:
                if closure.body is not None and closure.body.mir is not None:
                    _Adviser(compilation, closure.body.mir).run()
            _Adviser(compilation, body).run()
    added: list[Diagnostic] = compilation.diagnostics.messages[before:]
    return added


def loop_depths(body: m.Body) -> list[int]:
    """Per block, in how many loops it lies: cycles of the graph, then cycles without their heads, and so on."""
    depths = [0] * len(body.blocks)
    following = [m.successors(block.terminator) for block in body.blocks]
    work = [list(range(len(body.blocks)))]
    while work:
        for cycle in _cycles(work.pop(), following):
            for block in cycle:
                depths[block] += 1
            head = min(cycle)
            work.append([block for block in cycle if block != head])
    return depths


def _cycles(blocks: list[int], following: list[list[int]]) -> Iterator[list[int]]:
    """Strongly connected parts with a cycle in them, among the given blocks (Tarjan)."""
    inside = set(blocks)
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    held: set[int] = set()
    for root in blocks:
        if root in index:
            continue
        work = [(root, 0)]
        while work:
            block, at = work.pop()
            if at == 0:
                index[block] = low[block] = len(index)
                stack.append(block)
                held.add(block)
            targets = following[block]
            descended = False
            while at < len(targets):
                target = targets[at]
                at += 1
                if target not in inside:
                    continue
                if target not in index:
                    work += [(block, at), (target, 0)]
                    descended = True
                    break
                if target in held:
                    low[block] = min(low[block], index[target])
            if descended:
                continue
            if low[block] == index[block]:
                part: list[int] = []
                while not part or part[-1] != block:
                    part.append(stack.pop())
                    held.discard(part[-1])
                if len(part) > 1 or block in following[block]:
                    yield part
            if work:
                parent = work[-1][0]
                low[parent] = min(low[parent], low[block])


class _Adviser:
    """Looks at one body."""

    def __init__(self, compilation: Any, body: m.Body) -> None:
        self.compilation = compilation
        self.body = body
        self.made_by: dict[int, m.Call] = {}
        self.copy_of: dict[int, int] = {}

    def run(self) -> None:
        calls = [(i, b.terminator) for i, b in enumerate(self.body.blocks) if type(b.terminator) is m.Call]
        if not any(self.crosses(call) or self.works(call) for _, call in calls):
            return
        for block in self.body.blocks:
            for statement in block.statements:
                if isinstance(statement, m.Assign) and not statement.place.projection:
                    source = self.source(statement.rvalue)
                    if source is not None:
                        self.copy_of[statement.place.local] = source
        for _, call in calls:
            if not call.destination.projection:
                self.made_by[call.destination.local] = call
        depths = loop_depths(self.body)
        for i, call in calls:
            crossing = self.crosses(call)
            if crossing is not None:
                self.judge(crossing, depths[i])
            work = self.works(call)
            if work == "text" and depths[i]:
                warning = self.warn("GC104", "text grows by `+` in a loop", call.span, "copies all of the text so far")
                warning.notes.append("n steps copy n * n / 2 times the length of a step")
                warning.helps.append("push the parts to a `String` and convert that once: it costs nothing")
            elif work == "array" and depths[i] > 1:
                warning = self.warn("GC105", "a new array in every round of an inner loop", call.span, "made here")
                warning.notes.append("every round leaves an object to the collector")
                warning.helps.append("make it before the loop and `clear()` it, if no one keeps it")

    def source(self, rvalue: m.Rvalue) -> int | None:
        """The local whose value or place an rvalue hands on."""
        if isinstance(rvalue, m.Use) and not isinstance(rvalue.operand, m.Constant):
            return rvalue.operand.place.local
        return rvalue.place.local if isinstance(rvalue, m.Ref) else None

    def warn(self, code: str, message: str, span: m.Span, label: str) -> Diagnostic:
        warning: Diagnostic = self.compilation.diagnostics.warning(code, message, span, label)
        return warning

    def judge(self, crossing: Crossing, depth: int) -> None:
        call, have, want, how = crossing
        shown = f"`{ty.show(have)}` to `{ty.show(want)}`"
        first = self.origin(call.arguments[0])
        back = self.crosses(first) if first is not None else None
        if back is not None and conversion(back.want, back.have) is not None and _head(back.have) == _head(want):
            warning = self.warn("GC102", f"conversion of {shown} of what was just converted", call.span, "back again")
            warning.labels.append((back.call.span, "converted here"))
            warning.notes.append(how.price)
            warning.helps.append(f"keep the `{ty.show(back.have)}`, or stay with `{ty.show(have)}`")
            return
        if how.cost == FREE:
            return
        if first is not None and self.is_view(first):
            owner = self.body.locals[self.root(first.arguments[0])].ty
            while owner.kind == ty.REF:
                owner = owner.args[0]
            better = conversion(owner, want)
            if better is not None and better.cost == FREE:
                warning = self.warn("GC103", f"conversion of {shown} copies", call.span, how.price)
                warning.helps.append(
                    f"`{better.before}...{better.after}` of the `{ty.show(owner)}` itself takes its memory, if it is"
                    " not needed afterwards"
                )
                return
        if depth:
            warning = self.warn("GC101", f"conversion of {shown} in a loop", call.span, f"in every round {how.price}")
            warning.helps.append("convert once before the loop, or let the loop use the converted type")

    def root(self, operand: m.Operand) -> int:
        """The local that an operand's value or reference comes from."""
        assert not isinstance(operand, m.Constant)
        local = operand.place.local
        for _ in range(20):
            if local not in self.copy_of:
                break
            local = self.copy_of[local]
        return local

    def origin(self, operand: m.Operand) -> m.Call | None:
        """The call that made an operand's value."""
        return None if isinstance(operand, m.Constant) else self.made_by.get(self.root(operand))

    def is_view(self, call: m.Call) -> bool:
        callee = _callee(call)
        return callee is not None and callee.name in _VIEWS and bool(call.arguments) and (
            not isinstance(call.arguments[0], m.Constant)
        )  # fmt: skip

    def type_of(self, operand: m.Operand) -> Ty:
        if isinstance(operand, m.Constant):
            return operand.ty
        one = self.body.locals[operand.place.local].ty
        for step in operand.place.projection:
            if step[0] == m.FIELD:
                one = step[2]
            elif step[0] == m.DEREF:
                one = ty.pointee(one)
        return one

    def crosses(self, call: m.Call) -> Crossing | None:
        """The conversion that a call is."""
        callee = _callee(call)
        if callee is None or not call.arguments:
            return None
        want = self.body.locals[call.destination.local].ty if not call.destination.projection else None
        have = self.type_of(call.arguments[0])
        if callee.name in _METHODS:
            while have.kind == ty.REF and have.args[0].kind == ty.ADT:
                have = have.args[0]
            if want is None or _head(want) != _METHODS[callee.name]:
                return None
        elif callee.name not in ("from", "into"):
            return None
        how = conversion(have, want) if want is not None else None
        return Crossing(call, have, want, how) if how is not None and want is not None else None

    def works(self, call: m.Call) -> str | None:
        """Does a call make text of two texts ("text"), or an array ("array")?"""
        callee = _callee(call)
        if callee is None or not isinstance(call.function, m.Constant):
            return None
        args = call.function.ty.args
        if callee.name in ("add", "add_assign") and args and _head(args[0]) == "GcString":
            return "text"
        owner = callee.owner
        if isinstance(owner, ImplDef) and owner.erased_self is not None and owner.trait is None:
            name = _head(owner.erased_self)
            if name == "GcString" and callee.name == "concat":
                return "text"
            if name == "GcArray" and callee.name in _MAKERS:
                return "array"
        return None


def _callee(call: m.Call | None) -> FnDef | None:
    if call is None or not isinstance(call.function, m.Constant):
        return None
    found = call.function.ty.data
    return found if isinstance(found, FnDef) else None


def _head(one: Ty) -> str:
    return str(one.data.lang or one.data.name) if one.kind == ty.ADT else ""
