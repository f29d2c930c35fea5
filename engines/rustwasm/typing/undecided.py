"""What is left when a body has been checked: types that nothing decides, and associated types that became other than
what was asked of them.

Source: The Rust Reference, "Type inference"; rustc's error index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.paths import Variable
from engines.rustwasm.typing.types import Ty, shallow
from engines.rustwasm.typing.wellformed_types import report_size

if TYPE_CHECKING:
    from engines.rustwasm.typing.check import BodyChecker


def check_bound_types(checker: BodyChecker) -> None:
    """E0271 for associated types of what was not known yet when a bound said what they are."""
    for trait, name, args, value, span in checker.bound_types:
        deep = tuple([ty.deep(one) for one in args])
        if any(one.flags & (ty.HAS_INFER | ty.HAS_ERROR) for one in deep):
            continue
        actual = checker.project(trait, name, deep)
        if actual is not None and not checker.can_unify(checker.normalize(actual), value):
            wanted = checker.show(value)
            message = f"type mismatch resolving `<{checker.show(deep[0])} as {trait.name}>::{name} == {wanted}`"
            checker.error("E0271", message, span, f"expected `{wanted}`, found `{checker.show(actual)}`")


def check_sizes(checker: BodyChecker) -> None:
    """E0277 for arguments without a size of generic functions that ask for one, as they do if they say nothing."""
    for generics, args, span in checker.instantiated:
        for i, one in enumerate(args):
            if shallow(one).kind in (ty.STR, ty.SLICE, ty.DYN) and i not in generics.unsized:
                report_size(checker.compilation, ty.deep(one), span)


def report_undecided(checker: BodyChecker) -> None:
    """The first of E0282, E0283, E0284 and E0790 for types that nothing in the body decides: others follow from it."""
    for trait, args, span in checker.pending[:1]:
        same = [rigid for rigid, _, _ in checker.pending_projections if rigid.data[0] is trait]
        projected = {shallow(one) for rigid in same for one in rigid.args}
        label = f"cannot satisfy `{checker.show(args[0])}: {trait.name}`"
        if any(shallow(one) is shallow(args[0]) and which is trait for one, which in checker.trait_selves):
            message = "cannot call associated function on trait without specifying the corresponding `impl` type"
            checker.error("E0790", message, span, "cannot call associated function of trait")
            return
        code = "E0284" if projected.intersection(map(shallow, args)) else "E0283"
        checker.error(code, "type annotations needed", span, label)


def report_variables(checker: BodyChecker) -> None:
    """E0282 for types that nothing decides, the casts of the body included, and no trait is asked of."""
    before = len(checker.compilation.diagnostics.errors)
    for pattern, where, _ in checker.irrefutable:
        if where == "local binding" and isinstance(pattern, t.BindingPattern) and isinstance(
            pattern.target, Variable
        ):  # fmt: skip
            one = ty.deep(pattern.target.ty)
            if one.flags & ty.HAS_INFER and one.kind == ty.ADT and any(map(_is_open, one.args)):
                checker.error("E0282", f"type annotations needed for `{checker.show(one)}`", pattern.span)
    if len(checker.compilation.diagnostics.errors) > before:
        return
    for _, args, span in checker.instantiated:
        for one in args:
            if one.flags & ty.HAS_INFER and _is_open(one):
                checker.error("E0282", "type annotations needed", span, "cannot infer type of a generic parameter")
                return
    for closure in checker.closures:
        for (pattern, _), one in zip(closure.syntax.parameters, closure.inputs, strict=True):
            if _holds_open(one):
                checker.error("E0282", "type annotations needed", pattern.span, "cannot infer type")
                return
        if _holds_open(closure.output):
            checker.error("E0282", "type annotations needed", closure.span, "cannot infer type of what it gives back")
            return
    for one, span in checker.left_open:
        if _holds_open(one):
            checker.error("E0282", "type annotations needed", span, "cannot infer type")
            return


def _holds_open(one: Ty) -> bool:
    """Whether a type has a part that nothing decides."""
    one = shallow(one)
    return bool(one.flags & ty.HAS_INFER) and (_is_open(one) or any(map(_holds_open, one.args)))


def _is_open(one: Ty) -> bool:
    one = shallow(one)
    return one.kind == ty.INFER and one.data == "type"
