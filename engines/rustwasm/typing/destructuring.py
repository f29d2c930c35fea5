"""Assignments that take a value apart: `(a, [_, b], P { x: c, .. }) = value`.

Such a one is `{ let (lhs0, [_, lhs1], P { x: lhs2, .. }) = value; a = lhs0; b = lhs1; c = lhs2; }`
(The Rust Reference, "Destructuring assignments").
"""

from __future__ import annotations

from typing import Any

from engines.rustwasm.resolve.modules import VALUES
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing.definitions import ConstDef, FnDef


def is_underscore(node: Any) -> bool:
    """Is this the `_` that drops what is assigned to it?"""
    return isinstance(node, t.PathExpr) and [s.name for s in node.path.segments] == ["_"]


def takes_apart(checker: Any, left: Any) -> bool:
    """Whether a value assigned to the expression is taken apart. A call is one of a tuple struct or variant."""
    if isinstance(left, (t.Tuple, t.Array, t.StructLiteral)):
        return True
    if not isinstance(left, t.Call) or not isinstance(left.callee, t.PathExpr):
        return False
    path = left.callee.path
    if len(path.segments) == 1 and checker.lookup_variable(path.segments[0].name) is not None:
        return False
    if path.qualified is not None:
        return True
    definition, _ = checker.resolver_of().resolve(path, checker.type_env.module, VALUES, report=False)
    return not isinstance(definition, (FnDef, ConstDef))


def take_apart(checker: Any, node: t.Assignment) -> None:
    """Make the assignment one to `_` of the block that does it."""
    assignments: list[Any] = []
    pattern = _pattern(checker, node.left, assignments)
    statements = [t.LetStatement(node.span, pattern, None, node.right, None), *assignments]
    span = node.left.span
    node.left = t.PathExpr(span, t.Path(span, [t.Segment(span, "_", None)]))
    node.right = t.Block(node.span, statements, None)


def _pattern(checker: Any, node: Any, assignments: list[Any]) -> Any:
    span = node.span
    if is_underscore(node):
        return t.WildPattern(span)
    if isinstance(node, t.Range) and node.low is None and node.high is None and not node.inclusive:
        return t.RestPattern(span)
    if takes_apart(checker, node):
        if isinstance(node, t.StructLiteral):
            fields = [(name, _pattern(checker, part, assignments), at) for name, part, at in node.fields]
            if node.base is not None and not isinstance(node.base, t.RestPattern):
                message = "functional record updates are not allowed in destructuring assignments"
                checker.error(None, message, node.base.span)
            return t.StructPattern(span, node.path, fields, node.base is not None)
        parts = node.args if isinstance(node, t.Call) else node.elements
        parts = [_pattern(checker, part, assignments) for part in parts]
        if isinstance(node, t.Call):
            return t.TupleStructPattern(span, node.callee.path, parts)
        return (t.TuplePattern if isinstance(node, t.Tuple) else t.SlicePattern)(span, parts)
    name = f"lhs {len(assignments)}"  # no name of the program's has a space
    value = t.PathExpr(span, t.Path(span, [t.Segment(span, name, None)]))
    assignments.append(t.ExprStatement(span, t.Assignment(span, node, value), True))
    return t.BindingPattern(span, name, False, False, None)
