"""Positions for the trees that a lowering makes.

A lowering tells the `Origin` of its function after each statement and terminator; every node that came since and has no
position gets that of the statement. Reads of locals and constants get none: they cannot fail, and are shared.
"""

from __future__ import annotations

from typing import Final

from engines.rustwasm.mir import body as m
from engines.rustwasm.release.tree import Node, Tree, walk
from engines.rustwasm.structure.relooper import Branch, Exit, Leave, Table
from engines.rustwasm.wasm.positions import Position

_LEAVES: Final = frozenset(("local.get", "global.get", "i32.const", "i64.const", "f32.const", "f64.const", "ref.null"))


class Origins:
    """What a lowering knows of one program's sources. `declared` says where functions are declared, by the names that
    the name section gives them."""

    def __init__(self) -> None:
        self.declared: dict[str, int] = {}

    def of(self, name: str, body: m.Body) -> Origin:
        """The origin of a function that is lowered from `body` and is called `name`."""
        if body.span != (0, 0):
            self.declared[name] = body.span[0]
        return Origin(name, body.span)


class Origin:
    """One function's."""

    def __init__(self, name: str, span: m.Span) -> None:
        self.name = name
        self.span = span
        self._positions: dict[int, Position] = {}
        self._out: list[Node] = []
        self._done = 0
        self._last: Position | None = self._at(span)

    def statement(self, statement: m.Statement, out: list[Node]) -> None:
        """`out` has what a statement became at its end."""
        if not isinstance(statement, m.StorageLive):
            self._place(self._at(statement.span), self._fresh(out))

    def terminator(self, terminator: m.Terminator, out: list[Node], leave: Exit) -> None:
        """`out` has what a terminator became at its end; `leave` is how its block ends."""
        made = self._fresh(out)
        match leave:
            case Branch(condition=condition):
                made.append(condition)
            case Table(selector=selector):
                made.append(selector)
            case Leave(statements=statements):
                made += statements
        span: m.Span | None = None
        if isinstance(terminator, m.Call):
            span = terminator.location
        elif isinstance(terminator, m.Drop):
            span = terminator.span
        elif isinstance(terminator, m.Switch) and not isinstance(terminator.operand, m.Constant):
            span = terminator.operand.span
        self._place(self._at(span), made)

    def whole(self, prologue: list[Node], tree: Tree) -> None:
        """The function is lowered: what comes before its first block is at its name."""
        self._place(self._at(self.span), prologue)
        tree.positioned = True

    def _at(self, span: m.Span | None) -> Position | None:
        if span is None or span == (0, 0):
            return None
        return self._positions.setdefault(span[0], Position(span[0], self.name))

    def _fresh(self, out: list[Node]) -> list[Node]:
        if out is not self._out:
            self._out, self._done = out, 0
        made = out[self._done :]
        self._done = len(out)
        return made

    def _place(self, position: Position | None, made: list[Node]) -> None:
        position = position or self._last
        if position is None:
            return
        self._last = position
        for node in walk(made):
            if node.op not in _LEAVES and not hasattr(node, "span"):
                node.span = position
