"""Expression trees of this lowering: what `lower_linear.nodes` has for numbers, for references and objects too."""

from __future__ import annotations

from engines.rustwasm.lower_linear.nodes import copied, f32, f64, get, i32, i64, integer, op, set_
from engines.rustwasm.release.tree import Node
from engines.rustwasm.wasm import types as w
from engines.rustwasm.wasm.types import ValueType

__all__ = [
    "copied", "default", "f32", "f64", "get", "i32", "i64", "integer", "is_null", "null", "op", "select", "set_",
    "simple", "struct_get", "struct_new", "struct_set",
]  # fmt: skip


def null(type_: ValueType) -> Node:
    assert isinstance(type_, w.Ref)
    return Node("ref.null", (type_.heap,), (), type_)


def default(type_: ValueType) -> Node:
    """The value that a local of the type starts with."""
    if isinstance(type_, w.Ref):
        return null(type_)
    return {w.I32: i32, w.I64: i64, w.F32: f32, w.F64: f64}[type_](0)


def is_null(value: Node) -> Node:
    return Node("ref.is_null", (), (value,), w.I32)


def struct_get(index: int, field: int, holder: Node, type_: ValueType) -> Node:
    return Node("struct.get", (index, field), (holder,), type_)


def struct_set(index: int, field: int, holder: Node, value: Node) -> Node:
    return Node("struct.set", (index, field), (holder, value))


def struct_new(index: int, values: list[Node]) -> Node:
    return Node("struct.new", (index,), values, w.Ref(True, index))


def select(yes: Node, no: Node, condition: Node) -> Node:
    assert yes.type is not None
    if isinstance(yes.type, w.Ref):
        return Node("select_typed", ((yes.type,),), (yes, no, condition), yes.type)
    return Node("select", (), (yes, no, condition), yes.type)


def simple(node: Node) -> bool:
    """Whether evaluating it often is as cheap as keeping its value; it reads at most a local."""
    return node.op in ("local.get", "ref.null") or node.op.endswith(".const")
