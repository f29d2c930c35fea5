"""Types without values, and places that may hold none though their type has none.

A match need not name what has no values where what is matched is known to hold a value: not behind a reference. A
field counts where it is visible.

Source: rustc, "Exhaustiveness checking" (`rustc_pattern_analysis::constructor`, "Empty types"); Rust RFC 3719 and the
stabilisation of `min_exhaustive_patterns` in Rust 1.82.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty, shallow

if TYPE_CHECKING:
    from engines.rustwasm.typing.check import BodyChecker


class EmptyTypes:
    """Which types have no values, as one body sees them."""

    def __init__(self, checker: BodyChecker) -> None:
        self.checker = checker
        self.module = checker.type_env.module
        self.variants: dict[Ty, list[tuple[Any, list[Ty]]]] = {}
        self.known: dict[Ty, bool] = {}

    def constructors(self, one: Ty) -> list[tuple[Any, list[Ty]]]:
        """("ctor", index) for each variant of a struct or enum, with the types of its fields."""
        found = self.variants.get(one)
        if found is None:
            self.checker.collector.ensure_fields(one.data)
            found = self.variants[one] = [
                (
                    ("ctor", variant.index),
                    [self.checker.normal_subst(ty.erase(field.ty), one.args) for field in variant.fields],
                )
                for variant in one.data.variants
            ]
        return found

    def lacks_values(self, one: Ty, index: int) -> bool:
        """Whether a variant has none: one of its visible fields has none."""
        fields = one.data.variants[index].fields
        return any(
            self.is_empty(each) and (field.public is None or self.module.inside(field.public))
            for field, each in zip(fields, self.constructors(one)[index][1], strict=True)
        )

    def is_empty(self, one: Ty) -> bool:
        one = shallow(one)
        if one.kind == ty.NEVER:
            return True
        if one.kind == ty.TUPLE:
            return any(map(self.is_empty, one.args))
        if one.kind == ty.ARRAY:
            length = shallow(one.args[1])
            return length.kind == ty.CONST and length.data > 0 and self.is_empty(one.args[0])
        if one.kind != ty.ADT:
            return False
        known = self.known.get(one)
        if known is None:
            self.known[one] = False  # what holds itself, by way of a pointer, has values as far as that goes
            known = all(self.lacks_values(one, variant.index) for variant in one.data.variants)
            self.known[one] = known
        return known


def has_no_variants(one: Ty) -> bool:
    """Whether a type has no values as no pattern could name one."""
    return one.kind == ty.NEVER or (one.kind == ty.ADT and one.data.is_enum and not one.data.variants)


def holds_a_value(node: Any) -> bool:
    """Whether the place or value that an expression gives is known to hold a value of its type."""
    if isinstance(node, t.Unary):
        return node.op != "*"
    if isinstance(node, (t.Field, t.Index)):
        return not node.base.adjust and holds_a_value(node.base)
    return True
