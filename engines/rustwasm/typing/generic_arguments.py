"""Generic arguments of the kinds that their parameters are of, and what types const parameters may have: E0747, E0770.

Source: The Rust Reference, "Generic parameters" (const generics), "Paths" (generic arguments).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.rustwasm.resolve.modules import TYPES
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.item_rules import mentioned
from engines.rustwasm.typing import types as ty

if TYPE_CHECKING:
    from engines.rustwasm.typing.definitions import Generics
    from engines.rustwasm.typing.trait_paths import TraitPaths
    from engines.rustwasm.typing.type_env import TypeEnv
    from engines.rustwasm.typing.types import Ty


def lower_arguments(
    collector: TraitPaths, generics: Generics, written: list[Any], first: int, env: TypeEnv
) -> list[Ty]:
    """Arguments for the parameters from number `first` on. E0747 for the first constant in the place of a type, or
    type in that of a constant."""
    given = []
    right = True
    for i, one in enumerate(written, first):
        wanted = i in generics.const_params
        if wanted and isinstance(one, t.TypePath) and one.path.qualified is None and len(one.path.segments) == 1:
            found, _ = collector.resolver.resolve(one.path, env.module, TYPES, report=False)
            if found is None and one.path.segments[0].name not in env.params:
                one = t.PathExpr(one.span, one.path)
        value = collector.lower(one, env)
        is_value = isinstance(one, t.Expr)
        if value.kind == ty.PARAM and env.generics is not None:
            is_value = value.data[0] in env.generics.const_params
        elif not is_value and value.kind in (ty.INFER, ty.ERROR):
            is_value = wanted
        if wanted != is_value and i < len(generics.names) and right:
            right = False
            said, expected = ("type", "constant") if wanted else ("constant", "type")
            collector.diagnostics.error("E0747", f"{said} provided when a {expected} was expected", one.span)
        given.append(value if wanted == is_value else ty.ERROR_TY)
    return given


def const_parameter(collector: TraitPaths, written: Any, env: TypeEnv, syntax: t.GenericsSyntax) -> Ty:
    """The type of a const parameter: an integer's, `bool` or `char`, and no generic parameter has to do with it."""
    names = {p.name for p in syntax.params} | env.params.keys()
    message = "the type of const parameters must not depend on other generic parameters"
    depends = [one for one in mentioned(written) if one.name in names]
    for segment in depends:
        collector.diagnostics.error("E0770", message, segment.span, "the type must not depend on the parameter")
    one = ty.ERROR_TY if depends else collector.lower(written, env)
    if one.kind in (ty.INT, ty.BOOL, ty.CHAR, ty.ERROR) and (not depends or isinstance(written, t.TypePath)):
        return one
    shown = collector.diagnostics.sources.snippet(written.span)
    error = collector.diagnostics.error(
        None, f"`{shown}` is forbidden as the type of a const generic parameter", written.span
    )
    error.notes.append("the only supported types are integers, `bool`, and `char`")
    return ty.ERROR_TY
