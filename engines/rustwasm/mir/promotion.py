"""Which borrowed constants live as long as the program (The Rust Reference, "Destructors": constant promotion and the
temporaries of constants).

`&[1, 2, 3]` is `'static`. Where the reference may outlive the function, the constant becomes a nameless static;
elsewhere a place in the frame does as well. `borrow.check` decides the same of MIR, and rejects what lives too short.
"""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.mir.scopes import needs_drop
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import ConstDef, FnDef
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.typing.wellformed import CELLS

_OPEN: Final = ty.HAS_INFER | ty.HAS_PARAM | ty.HAS_PROJECTION | ty.HAS_OPAQUE | ty.HAS_ERROR
_SIMPLE: Final = frozenset((ty.INT, ty.FLOAT, ty.BOOL, ty.CHAR, ty.STR, ty.NEVER, ty.CONST))


def may_hold_reference(one: Ty) -> bool:
    """Whether a value of the type may lead to something that it does not own."""
    if one.kind in _SIMPLE:
        return False
    if one.kind == ty.ADT:
        return bool(one.data.lifetimes) or any(map(may_hold_reference, one.args))
    return one.kind not in (ty.TUPLE, ty.ARRAY, ty.SLICE) or any(map(may_hold_reference, one.args))


def may_let_out(inputs: list[Ty], output: Ty) -> bool:
    """Whether a function of this signature may leave a reference somewhere that it was given no reference to."""
    behind = [one.args[0] for one in inputs if one.kind == ty.REF]
    return may_hold_reference(output) or any(map(may_hold_reference, behind))


def is_constant(builder: Any, node: Any, calls: bool) -> bool:
    """Whether an expression, apart from its adjustments, has the same value whenever it is evaluated, without effects,
    and can be lent for ever. `calls` allows calls of functions, as constants may do them."""
    return _is_constant(builder, node, calls, 0) and _is_frozen(builder, node, 0)


def _is_frozen(builder: Any, node: Any, depth: int) -> bool:
    """Whether nothing changes the value of a constant expression behind a shared reference, or happens when it is
    dropped: its type has no such values, or it is made of others (`None`, of a type that may hold a `Cell`)."""
    one = builder.type_of(node)
    if one.flags & _OPEN or depth > 200:
        return False
    if not needs_drop(builder.checker, one, 0) and not _has_cell(builder, one, set()):
        return True
    if one.kind == ty.ADT and (one.data.drop is not None or one.data.path in CELLS or one.data.gc):
        return False
    parts: list[Any] | None = None
    if isinstance(node, t.PathExpr) and isinstance(node.target, tuple):
        what, definition = node.target[:2]
        parts = [] if what == "variant" else None
        if what == "const" and definition.body is not None and builder.compilation.body_of(definition.body) is not None:
            parts = [definition.body.syntax.value]
    elif isinstance(node, (t.Tuple, t.Array)):
        parts = node.elements
    elif isinstance(node, t.StructLiteral):
        parts = [value for _, value, _ in node.fields]
    elif isinstance(node, t.Call) and isinstance(node.callee, t.PathExpr) and isinstance(node.callee.target, tuple):
        parts = node.args if node.callee.target[0] == "variant" else None
    return parts is not None and all(_is_frozen(builder, part, depth + 1) for part in parts)


def _has_cell(builder: Any, one: Ty, seen: set[Ty]) -> bool:
    if one.kind in _SIMPLE or one in seen:
        return False
    seen.add(one)
    parts = list(one.args)
    if one.kind == ty.ADT:
        if one.data.path in CELLS or one.data.gc:
            return True
        builder.compilation.collector.ensure_fields(one.data)
        parts = [ty.subst(ty.erase(field.ty), one.args) for v in one.data.variants for field in v.fields]
    elif one.kind not in (ty.TUPLE, ty.ARRAY):
        return False
    return any(_has_cell(builder, part, seen) for part in parts)


def _is_constant(builder: Any, node: Any, calls: bool, depth: int) -> bool:
    if depth > 200:
        return False

    def all_of(nodes: list[Any]) -> bool:
        return all(_is_plain(one) and _is_constant(builder, one, calls, depth + 1) for one in nodes)

    kind = type(node)
    if kind is t.Literal:
        return True
    if kind is t.PathExpr:
        return _names_constant(node.target)
    if kind is t.Tuple or kind is t.Array:
        return all_of(node.elements)
    if kind is t.Repeat:
        return bool(node.target.kind == ty.CONST) and all_of([node.element])
    if kind is t.Unary:
        return node.op != "*" and node.target is None and all_of([node.operand])
    if kind is t.Binary:
        return node.op not in ("/", "%") and node.target is None and all_of([node.left, node.right])
    if kind is t.Borrow:
        return not node.mutable and all_of([node.operand])
    if kind is t.Cast:
        return node.target in ("numeric", "enum") and all_of([node.operand])
    if kind is t.StructLiteral:
        return node.base is None and all_of([value for _, value, _ in node.fields])
    if kind is t.Call and isinstance(node.callee, t.PathExpr) and isinstance(node.callee.target, tuple):
        what, definition = node.callee.target[:2]
        return (what == "variant" or (calls and isinstance(definition, FnDef))) and all_of(node.args)
    return calls and kind is t.MethodCall and all_of([node.receiver, *node.args])


def _is_plain(node: Any) -> bool:
    """Whether what is done to a value where it stands is nothing that somebody wrote."""
    return all(one[0] != "overloaded" and (one[0] != "borrow" or not one[2]) for one in node.adjust or ())


def _names_constant(target: Any) -> bool:
    if not isinstance(target, tuple) or target[0] not in ("const", "variant", "fn"):
        return False
    definition = target[1]
    if isinstance(definition, ConstDef) and definition.is_static:
        return False
    return not any(arg.flags & _OPEN for arg in map(ty.deep, target[2]))
