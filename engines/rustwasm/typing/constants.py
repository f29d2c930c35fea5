"""Constant expressions that need no body: literals, arithmetic, names of constants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.rustwasm.mir.operators import round_float
from engines.rustwasm.resolve.modules import VALUES, Module
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import ConstDef
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation


def fold(compilation: Compilation, node: Any, wanted: Ty, module: Module, env: Any) -> Any:
    """The scalar that `node` certainly is, in range of `wanted`; None if it takes running something to know."""
    if isinstance(node, t.Literal):
        if node.kind == "int" and wanted.kind == ty.FLOAT:
            return None
        if node.kind == "float":
            return round_float(node.value, wanted) if wanted.kind == ty.FLOAT else None
        return node.value if node.kind in ("int", "bool", "char", "byte") else None
    if isinstance(node, t.Unary) and node.op == "-":
        inner = fold(compilation, node.operand, wanted, module, env)
        return None if inner is None else _fit(-inner, wanted)
    if isinstance(node, t.Binary) and wanted.kind == ty.INT and node.op in ("+", "-", "*"):
        left = fold(compilation, node.left, wanted, module, env)
        right = fold(compilation, node.right, wanted, module, env)
        if isinstance(left, int) and isinstance(right, int):
            return _fit({"+": left + right, "-": left - right, "*": left * right}[node.op], wanted)
        return None
    if isinstance(node, t.PathExpr) and node.path.qualified is None and node.path.segments[0].name not in ("Self",):
        if len(node.path.segments) == 1 and node.path.segments[0].name in env.params:
            return None
        definition, used = compilation.resolver.resolve(node.path, module, VALUES, report=False)
        if isinstance(definition, ConstDef) and used == len(node.path.segments) and not definition.is_static:
            return compilation.const_scalar(definition)
    return None


def _fit(value: Any, wanted: Ty) -> Any:
    """The value if the type can hold it: otherwise evaluation has to report the overflow."""
    if wanted.kind != ty.INT or not isinstance(value, int):
        return value
    bits, signed = wanted.data[:2]
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    return value if low <= value <= high else None
