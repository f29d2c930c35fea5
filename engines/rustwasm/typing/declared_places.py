"""The types of places with the lifetimes that are written: typing knows types without them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.paths import Variable
from engines.rustwasm.typing.types import Ty


def declared_type(variables: Mapping[Variable, Ty], node: Any) -> Ty | None:
    """The type of a place that is one of these variables, whose types are written, or a part of one, before the place's
    adjustments. None if it is another place, or if what is written does not tell."""
    if isinstance(node, t.PathExpr):
        return variables.get(node.target) if isinstance(node.target, Variable) else None
    if isinstance(node, t.Unary):
        return _behind(declared_type(variables, node.operand)) if node.op == "*" and node.target is None else None
    if not isinstance(node, t.Field) or not isinstance(node.target, int):
        return None
    base = declared_type(variables, node.base)
    for kind, *_ in node.base.adjust or ():
        base = _behind(base) if kind == "deref" else None
    if base is None or base.kind not in (ty.ADT, ty.TUPLE):
        return None
    if base.kind == ty.TUPLE:
        return base.args[node.target]
    lifetimes = dict(zip(base.data.lifetimes, base.regions, strict=True))
    held: Ty = base.data.variants[0].fields[node.target].ty
    return ty.subst(ty.map_regions(held, lambda name: lifetimes.get(name, name)), base.args)


def _behind(one: Ty | None) -> Ty | None:
    """What a reference or a Box leads to."""
    if one is None or not (one.kind == ty.REF or (one.kind == ty.ADT and one.data.lang == "Box")):
        return None
    return one.args[0]
