"""What constants may call: E0015 (The Rust Reference, "Const evaluation", "Const functions").

rustc says E0658 in place of E0015 where an impl of the standard library is to become const; here it is E0015 always.
"""

from __future__ import annotations

from typing import Any

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import FnDef, TraitDef
from engines.rustwasm.typing.types import Ty


def constant_context(function: FnDef) -> str:
    """What rustc calls the body of a const, static or const function; "" for any other."""
    item = function.syntax
    if isinstance(item, t.FnItem):
        return "constant functions" if item.is_const else ""
    return "statics" if item.is_static else "constants"


def check_call(checker: Any, callee: Ty, span: t.Span) -> None:
    """Report a call, of something of type `callee`, that the constant being checked may not do."""
    if callee.kind == ty.FNDEF:
        definition = callee.data
        if not isinstance(definition, FnDef):
            return
        in_trait = isinstance(definition.owner, TraitDef)
        if not in_trait and (definition.syntax.is_const or definition.intrinsic is not None):
            return
        kind = "function"
        if definition.owner is not None:
            kind = "method" if definition.receiver is not None else "associated function"
        what = f"{kind} `{definition.path}`"
    elif callee.kind == ty.FNPTR:
        message = f"function pointer calls are not allowed in {checker.constant}"
        checker.error(None, message, span)
        return
    elif callee.kind in (ty.ERROR, ty.NEVER):
        return
    else:
        what = "closure"
    refuse(checker, f"cannot call non-const {what}", span)


def check_format(checker: Any, node: t.Format, types: list[Ty]) -> None:
    """Report text that is made while compiling: a panic may say a literal, or `"{}"` of a `&str`."""
    specs = [piece for piece in node.pieces if isinstance(piece, t.FormatSpec)]
    if node.kind != "panic":
        refuse(checker, "cannot call non-const formatting", node.span)
    elif specs and not (len(node.pieces) == 1 and specs[0].trait == "Display" and _is_text(types[specs[0].argument])):
        refuse(checker, "cannot call non-const formatting macro", node.span)


def _is_text(one: Ty) -> bool:
    one = ty.shallow(one)
    return one.kind == ty.REF and ty.shallow(one.args[0]) is ty.STR_TY


def refuse(checker: Any, what: str, span: t.Span, code: str = "E0015") -> None:
    """`what` cannot be done here."""
    error = checker.error(code, f"{what} in {checker.constant}", span)
    calls = "constant functions, tuple structs and tuple variants"
    error.notes.append(f"calls in {checker.constant} are limited to {calls}")
