"""What to say of a name that means nothing where it stands: it may be an outer function's, or mean something else.

Source: The Rust Reference, "Scopes" (items do not see the variables and generic parameters around them), "Namespaces".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.rustwasm.resolve.importable import NAMED_VALUES, suggest
from engines.rustwasm.resolve.modules import TYPES, VALUES, AliasDef, Module, kind_of
from engines.rustwasm.resolve.outside import FREE
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.macros import MACROS
from engines.rustwasm.typing.definitions import AdtDef, TraitDef
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation
    from engines.rustwasm.typing.check import BodyChecker
    from engines.rustwasm.typing.paths import PathChecker
    from engines.rustwasm.typing.type_env import TypeEnv


def report_outer_variable(compilation: Compilation, name: str, span: t.Span) -> bool:
    """E0434 or E0435 for a variable of a body around the one being checked, E0401 for a const parameter of it."""
    from engines.rustwasm.typing.patterns import bound_names

    constant = False
    for inner, outer in zip(compilation.checking[:0:-1], compilation.checking[-2::-1], strict=True):
        constant |= isinstance(inner.function.syntax, t.ConstItem)
        start, end = outer.function.syntax.span
        if not start <= span[0] < end:
            continue
        block = outer.declaring
        before = [s for s in block.statements if s.span[1] <= span[0]] if block is not None else []
        if name in outer.type_env.params:
            report_outer_parameter(compilation, span, outer)
            return True
        if any(name in scope for scope in outer.scopes) or any(
            name in bound_names(s.pattern, outer) for s in before if isinstance(s, t.LetStatement)
        ):
            if constant:
                message = "attempt to use a non-constant value in a constant"
                compilation.diagnostics.error("E0435", message, span, "non-constant value")
            else:
                message = "can't capture dynamic environment in a fn item"
                error = compilation.diagnostics.error("E0434", message, span)
                error.helps.append("use the `|| { ... }` closure form instead")
            return True
    return False


def report_unknown_type(compilation: Compilation, path: t.Path, env: TypeEnv) -> None:
    """E0401 for a generic parameter of an outer function, else what the resolver says."""
    name, span = path.segments[0].name, path.segments[0].span
    for outer in compilation.checking:
        start, end = outer.function.syntax.span
        if start <= span[0] < end and outer.type_env is not env and name in outer.type_env.params:
            report_outer_parameter(compilation, span, outer)
            return
    compilation.resolver.resolve(path, env.module, TYPES)


def report_outer_parameter(compilation: Compilation, span: t.Span, outer: BodyChecker, name: str = "") -> None:
    """E0401: what the function around an item is generic over, the item is not."""
    what = f"`{name}`" if name else "generic parameters"
    label = f"use of {what.removesuffix('s')} from outer item"
    error = compilation.diagnostics.error("E0401", f"can't use {what} from outer item", span, label)
    error.labels.append((outer.function.span, "the outer item"))


def report_unknown_self(compilation: Compilation, span: t.Span) -> None:
    """E0411 for `Self` where nothing is one, E0401 where it would be that of the outer item."""
    for outer in compilation.checking:
        start, end = outer.function.syntax.span
        if start <= span[0] < end and outer.type_env.self_ty is not None:
            report_outer_parameter(compilation, span, outer, "Self")
            return
    message = "cannot find type `Self` in this scope"
    compilation.diagnostics.error("E0411", message, span, "`Self` is only available in impls and traits")


def report_unresolved(checker: PathChecker, path: t.Path, definition: Any) -> None:
    """A value's path that leads nowhere: E0423 and E0424 for what is no value, E0434 and E0435 for a variable that may
    not be used here, else E0425 (E0531 in a pattern)."""
    segments = path.segments
    name = segments[-1].name
    sought, blamed = "value", path.span
    if checker.sought is not None and checker.sought[0] is path:
        sought, blamed = checker.sought[1:]
    if [s.name for s in segments] == ["self"]:
        label = "`self` value is only available in methods"
        checker.error("E0424", "expected value, found module `self`", path.span, label)
        return
    resolver = checker.compilation.resolver
    alone = len(segments) == 1
    if definition is None:
        if alone and report_outer_variable(checker.compilation, name, path.span):
            return
        definition, used = resolver.resolve(path, checker.type_env.module, TYPES, report=False)
        definition = definition if used == len(segments) else None
    kind = "type parameter" if alone and name in checker.type_env.params else ""
    if isinstance(definition, (AdtDef, TraitDef, AliasDef, Module, Ty)) and (alone or isinstance(definition, AdtDef)):
        kind = kind_of(definition)
    if kind:
        if sought == "function":
            sought = "function, tuple struct or tuple variant" if name[:1].isupper() else sought
        code = "E0532" if "struct" in sought and not sought.startswith("function") else "E0423"
        checker.error(code, f"expected {sought}, found {kind} `{name}`", blamed if kind == "struct" else path.span,
                      f"not a {sought}")  # fmt: skip
        return
    if not alone or name in ("super", "crate"):
        resolver.resolve(path, checker.type_env.module, VALUES)
        return
    if sought == "function" and name in MACROS:
        error = checker.error("E0423", f"expected function, found macro `{name}`", path.span, "not a function")
        error.suggestion = ((path.span[1], path.span[1]), "!", "use `!` to invoke the macro")
        return
    if sought == "function" and name[:1].isupper():
        sought = "function, tuple struct or tuple variant"
    if sought == "function" and name in FREE and resolver.outside(f"std::{FREE[name]}", path.span):
        return
    code = "E0531" if sought.startswith("tuple") else "E0425"
    error = checker.error(code, f"cannot find {sought} `{name}` in this scope", path.span, "not found in this scope")
    local = [n for scope in checker.scopes for n in scope]
    suggest(resolver, error, name, checker.type_env.module, path.span, VALUES, NAMED_VALUES, local)
