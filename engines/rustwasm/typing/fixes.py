"""What mends a type error, in one place of the source: a conversion of the value, a bound of a parameter, a derive.

Source: the suggestions of rustc 1.95 for E0308, E0277, E0369 and E0599. What is made is text: nothing here decides
whether a program is accepted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.resolve.importable import importable
from engines.rustwasm.resolve.modules import TYPES
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import FnDef, TraitDef
from engines.rustwasm.typing.types import Ty, shallow

if TYPE_CHECKING:
    from engines.rustwasm.typing.coercion import Coercer
    from engines.rustwasm.typing.paths import PathChecker

Fix = tuple[t.Span, str, str]
"""What a diagnostic suggests: span, replacement, message."""
_TAKES_SUFFIX: Final = (
    t.PathExpr, t.Literal, t.Call, t.MethodCall, t.Field, t.Index, t.Array, t.Repeat, t.Tuple, t.Try,
)  # fmt: skip
_TAKES_PREFIX: Final = (*_TAKES_SUFFIX, t.Unary, t.Borrow)
_LITERAL: Final = re.compile(r"-?[0-9][0-9_]*")
_WIDTH: Final = re.compile(r"([iuf])(\d+)")
_DERIVED: Final[dict[str, tuple[str, ...]]] = {
    "Debug": ("Debug",), "Clone": ("Clone",), "Copy": ("Clone", "Copy"), "Default": ("Default",), "Hash": ("Hash",),
    "PartialEq": ("PartialEq",), "Eq": ("PartialEq", "Eq"), "PartialOrd": ("PartialEq", "PartialOrd"),
    "Ord": ("PartialEq", "Eq", "PartialOrd", "Ord"),
}  # fmt: skip
"""What can be derived, with what it needs, itself last."""


def widens(have: str, want: str) -> bool:
    """Is there a `From` that turns every value of one number type into one of the other?"""
    a, b = _WIDTH.fullmatch(have), _WIDTH.fullmatch(want)
    if b is None:
        return (have, want) in (("u8", "usize"), ("u16", "usize"), ("u8", "isize"), ("i16", "isize"))
    if a is None:
        return False
    bits, room = int(a[2]), int(b[2])
    if b[1] == "f" and a[1] != "f":
        return bits < room  # each integer of at most half the width: the mantissa holds it
    return bits < room and (a[1] == b[1] or (a[1] == "u" and b[1] == "i"))


def is_float(one: Ty) -> bool:
    return one.kind == ty.FLOAT or (one.kind == ty.INFER and one.data == "float")


def mismatch_fix(checker: Coercer, want: Ty, have: Ty, span: t.Span, node: Any) -> Fix | None:
    """What makes a value of the type `have` one of the type `want`."""
    text = checker.compilation.diagnostics.sources.snippet(span)
    before = text if node is None or isinstance(node, _TAKES_PREFIX) else f"({text})"
    behind = text if node is None or isinstance(node, _TAKES_SUFFIX) else f"({text})"
    if is_float(want) and have.kind == ty.INFER and have.data == "int":
        return (span, f"{text}.0", "use a float literal") if _LITERAL.fullmatch(text) else None
    if want.kind in (ty.INT, ty.FLOAT) and have.kind in (ty.INT, ty.FLOAT):
        return _number(ty.show(want), ty.show(have), span, text, behind, node)
    if want.kind == ty.CHAR and isinstance(node, t.Literal) and node.kind == "str" and len(node.value) == 1:
        return span, f"'{text[1:-1]}'", "if you meant to write a `char` literal, use single quotes"
    if want.kind == ty.BOOL and isinstance(node, t.Assignment):
        return (node.left.span[1], node.right.span[0]), " == ", "you might have meant to compare for equality"
    if want.kind == ty.REF:
        inner = shallow(want.args[0])
        if inner.kind == ty.STR and isinstance(node, t.Literal) and node.kind == "char" and text != "'\"'":
            return span, f'"{text[1:-1]}"', "if you meant to write a string literal, use double quotes"
        if have.kind == ty.REF and want.data and not have.data and checker.can_unify(inner, have.args[0]):
            if isinstance(node, t.Borrow) and not node.mutable:
                return (span[0] + 1, span[0] + 1), "mut ", "types differ in mutability"
            return None
        if checker.can_unify(inner, have):
            mutably = "mutably " if want.data else ""
            return span, f"&{'mut ' if want.data else ''}{before}", f"consider {mutably}borrowing here"
        if inner.kind == ty.STR and not want.data and have.kind == ty.ADT and have.data.lang == "String":
            return span, f"&{before}", "consider borrowing here"
    if have.kind == ty.REF and checker.can_unify(have.args[0], want):
        if isinstance(node, t.Borrow):
            inside = checker.compilation.diagnostics.sources.snippet(node.operand.span)
            return span, inside, "consider removing the borrow"
        if (
            want.kind == ty.INFER
            or checker.is_copy(want)
            or not checker.holds(checker.compilation.lang("Clone"), (want,))
        ):
            return span, f"*{before}", "consider dereferencing the borrow"
        return span, f"{behind}.clone()", "consider using clone here"
    if want.kind == ty.ADT:
        return _wrapped(checker, want, have, span, text, behind)
    return None


def _wrapped(checker: Coercer, want: Ty, have: Ty, span: t.Span, text: str, behind: str) -> Fix | None:
    lang = want.data.lang
    if lang == "String" and have.kind == ty.REF and shallow(have.args[0]).kind == ty.STR:
        return span, f"{behind}.to_string()", "try using a conversion method"
    if lang == "Option" and checker.can_unify(want.args[0], have):
        return span, f"Some({text})", "try wrapping the expression in `Some`"
    if lang == "Result" and checker.can_unify(want.args[0], have):
        return span, f"Ok({text})", "try wrapping the expression in `Ok`"
    if lang == "Box" and checker.can_unify(want.args[0], have):
        return span, f"Box::new({text})", "store this in the heap by calling `Box::new`"
    return None


def _number(want: str, have: str, span: t.Span, text: str, behind: str, node: Any) -> Fix | None:
    if isinstance(node, t.Literal) and node.suffix and text.endswith(have):
        if want[0] != "f" or have[0] == "f" or _LITERAL.fullmatch(text[: -len(have)]):
            message = f"change the type of the numeric literal from `{have}` to `{want}`"
            return span, text[: -len(have)] + want, message
        return None
    if widens(have, want):
        return span, f"{behind}.into()", f"you can convert `{have}` to `{want}`"
    if "f" in (want[0], have[0]):
        return None
    return span, f"{behind}.try_into().unwrap()", (
        f"you can convert `{have}` to `{want}` and panic if it doesn't fit"
    )  # fmt: skip


def bound_fix(function: FnDef, name: str, bound: str) -> Fix | None:
    """What gives the type parameter of that name, of a function or of the impl around it, one more bound."""
    for owner in (function, function.owner):
        generics = getattr(owner.syntax, "generics", None) if owner is not None else None
        for one in generics.params if generics is not None else ():
            if one.kind == "type" and one.name == name:
                if one.bounds:
                    end = one.bounds[-1].span[1]
                    return (end, end), f" + {bound}", f"consider further restricting type parameter `{name}`"
                end = one.span[1]
                return (end, end), f": {bound}", f"consider restricting type parameter `{name}`"
    return None


def unmet_fix(checker: PathChecker, trait: TraitDef, args: tuple[Ty, ...], bindings: str = "") -> Fix | None:
    """What gives a type a trait: a bound where it is a parameter, a derive where it is a type of the crate."""
    one = shallow(args[0])
    if one.kind == ty.PARAM:
        rest = [ty.show(arg) for arg in args[1:]]
        inner = ", ".join([*rest, bindings] if bindings else rest)
        return bound_fix(checker.function, ty.show(one), trait_path(checker, trait) + (f"<{inner}>" if inner else ""))
    names = _DERIVED.get(trait.name)
    if names is None or one.kind != ty.ADT or one.data.syntax is None or trait.module.root is checker.compilation.root:
        return None
    if one.data.module.root is not checker.compilation.root or (trait.name == "Default" and one.data.is_enum):
        return None
    known = checker.compilation.resolver
    missing: list[str] = []
    for name in names:
        binding = known.find(checker.type_env.module, name, TYPES)
        needed = binding.definition if binding is not None else None
        there = isinstance(needed, TraitDef) and checker.holds(needed, (one,) * len(needed.generics.names))
        if needed is trait or not there:
            missing.append(name)
    start = one.data.syntax.span[0]
    text = f"#[derive({', '.join(missing)})]"
    return (start, start), f"{text}\n", f"consider annotating `{ty.show(one)}` with `{text}`"


def trait_path(checker: PathChecker, trait: TraitDef) -> str:
    """The name of a trait as the module being checked can write it."""
    resolver, module = checker.compilation.resolver, checker.type_env.module
    name = trait.name
    binding = resolver.find(module, name, TYPES)
    if binding is not None and binding.definition is trait:
        return name
    found = [path for path, one in importable(resolver, name, TYPES, module, (TraitDef,)) if one is trait]
    return found[0] if found else name


def wildcard_arm(node: t.Match, text: str) -> Fix:
    """An arm for all that a `match`, of this text, has no arm for."""
    message = "ensure that all possible cases are being handled by adding a match arm with a wildcard pattern"
    if not node.arms:
        start, end = node.scrutinee.span[1], node.span[1]
        return (start, end), " { _ => todo!() }", message
    end = node.arms[-1].span[1]
    before = text[: node.arms[-1].span[0] - node.span[0]]
    own_line = before[before.rfind("\n") :]
    space = own_line if own_line.startswith("\n") and not own_line.strip() else " "
    return (end, end), f",{space}_ => todo!()", message


def surplus_fix(args: list[Any], wanted: int) -> Fix | None:
    """What leaves out the arguments at the end that nothing takes."""
    if len(args) <= wanted:
        return None
    start = args[wanted - 1].span[1] if wanted else args[0].span[0]
    return (start, args[-1].span[1]), "", f"remove the extra argument{'s' if len(args) > wanted + 1 else ''}"
