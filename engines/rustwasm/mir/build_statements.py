"""Blocks and `let` statements."""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.body import Place
from engines.rustwasm.mir.build_operands import OperandBuilder
from engines.rustwasm.mir.scopes import Scope
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.captures import pattern_parts, variables
from engines.rustwasm.typing.coercion import is_place
from engines.rustwasm.typing.paths import Variable

_EXTENDING: Final = frozenset((t.Borrow, t.Tuple, t.Array, t.StructLiteral, t.Block, t.If, t.Match, t.Call, t.Cast))
"""What a `let`'s value may be that keeps temporaries inside it."""
_BRANCHING: Final = frozenset((t.If, t.Match))
_ENDING: Final = frozenset((t.Block, t.If, t.Match))
"""What ends variables of its own: a `let` reads the value that it has after that."""


class StatementBuilder(OperandBuilder):
    """Builds what opens a scope, and what declares variables in it."""

    def block_expression(self, place: Place, node: t.Block) -> None:
        depth = len(self.scopes)
        done: int | None = None
        if node.label is not None:
            done = self.block()
            self.loops.append((node, done, None, place, depth))
        scope = self.push()
        for statement in node.statements:
            if isinstance(statement, t.LetStatement):
                self.let_statement(statement, scope)
            else:
                self.push(temporaries=True)
                self.statement(statement.expr)
                self.pop(statement.span)
        if node.tail is not None:
            self.into(place, node.tail)
        elif self.type_of(node) is ty.UNIT:
            self.assign(place, m.Aggregate(ty.UNIT, []), node.span)
        self.pop(node.span)
        if done is not None:
            self.loops.pop()
            self.goto(done, done)

    def let_statement(self, node: t.LetStatement, scope: Scope) -> None:
        pattern = node.pattern
        simple = isinstance(pattern, t.BindingPattern) and isinstance(pattern.target, Variable) and pattern.sub is None
        if node.value is None:
            self.body.deferred = True
            for binding in variables(pattern):
                place = self.declare_variable(binding.target, scope)
                if simple:
                    self.declared(node, place.local)
            return
        self.push(temporaries=True)
        inner = self.temporaries[-1]
        if type(node.value) in _EXTENDING and _extend(node.value, self.kept, scope):
            self.body.deferred = True
        if simple and pattern.mode is None:
            variable = pattern.target
            local = self.local(self.checker.final(variable.ty), variable.name, variable.mutable, variable.span)
            self.declared(node, local)
            self.emit(m.StorageLive(local))
            self.into(Place(local), node.value)
            if type(node.value) in _ENDING:
                self.emit(m.FakeRead(Place(local), node.span))
            self.pop(node.span)
            scope.locals.append((local, self.needs_drop(self.body.locals[local].ty)))
            self.places[variable] = Place(local)
            return
        if is_place(node.value):
            place = self.adjusted_place(node.value)
        else:
            one = self.adjusted_type(node.value)
            local = self.local(one, None, False, node.value.span)
            self.declared(node, local)
            self.emit(m.StorageLive(local))
            holder = scope if _borrows(pattern) else inner
            place = Place(local)
            self.into(place, node.value)
            holder.locals.append((local, self.needs_drop(one)))
        if node.otherwise is None:
            if not isinstance(pattern, t.WildPattern):
                self.bind_irrefutable(pattern, place, scope)
            self.pop(node.span)
            return
        fail = self.block()
        self.scrutinee = node.value.span
        self.match_pattern(pattern, place, fail, scope)
        following = self.block()
        self.leave(inner, node.span)
        self.goto(following, fail)
        self.leave(inner, node.span)
        self.into(Place(self.local(ty.NEVER_TY, None, False, node.span)), node.otherwise)
        self.end(m.Unreachable(), following)
        self.scopes.pop()
        self.temporaries.pop()

    def declared(self, node: t.LetStatement, local: int) -> None:
        """Keep the lifetimes that a `let` gives to a local."""
        one = self.checker.declared.get(node)
        if one is not None:
            self.body.declared.append((local, one))


def _extend(node: Any, kept: dict[Any, Scope], scope: Scope) -> bool:
    """Add what the value of a `let` keeps, and in which scope: operands of its borrows, in its parts and in the ends of
    its branches. True if some of it may not be made (The Rust Reference, "Temporary lifetime extension")."""
    kind = type(node)
    parts: list[Any] = []
    if kind is t.Borrow:
        inner = node.operand
        while isinstance(inner, (t.Field, t.Index, t.Borrow)) or (isinstance(inner, t.Unary) and inner.op == "*"):
            if isinstance(inner, t.Borrow):
                kept[inner] = scope
            inner = inner.base if isinstance(inner, (t.Field, t.Index)) else inner.operand
        if not isinstance(inner, t.PathExpr) or not is_place(inner):
            kept[inner] = scope
        parts = [node.operand]
    elif kind is t.Tuple or kind is t.Array:
        parts = node.elements
    elif kind is t.StructLiteral:
        parts = [part for _, part, _ in node.fields]
    elif kind is t.Cast:
        parts = [node.operand]
    elif kind is t.Block:
        parts = [node.tail]
    elif kind is t.If:
        parts = [node.then, node.otherwise]
    elif kind is t.Match:
        parts = [arm.body for arm in node.arms]
    elif kind is t.Call and isinstance(node.callee, t.PathExpr):
        target = node.callee.target
        if isinstance(target, tuple) and target[0] == "variant":
            parts = node.args
    known = len(kept)
    deferred = [_extend(part, kept, scope) for part in parts]
    return any(deferred) or (kind in _BRANCHING and len(kept) > known)


def _borrows(pattern: Any) -> bool:
    """Does the pattern say `ref` anywhere? Then the value it takes apart lives as long as its variables."""
    if isinstance(pattern, t.BindingPattern) and pattern.by_ref:
        return True
    return any(_borrows(part) for part in pattern_parts(pattern))
