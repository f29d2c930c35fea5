"""What is behind an `impl Trait` result may not hold that `impl Trait` (E0720): it would have no end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from engines.rustwasm.typing.check import BodyChecker


def refuse_endless(checker: BodyChecker, opaque: Any) -> None:
    """Report each opaque type on the way from `opaque` to itself, and let them stand for nothing."""
    way = _way(opaque, opaque.hidden, [])
    for one in sorted(way, key=lambda each: each.span[0]):
        checker.error("E0720", "cannot resolve opaque type", one.span, "recursive opaque type")
        one.hidden = ty.ERROR_TY


def _way(opaque: Any, one: Ty, passed: list[Any]) -> list[Any]:
    """The opaque types through which `one` leads to `opaque`, that one last; empty if it does not."""
    if one.kind == ty.OPAQUE:
        if one.data is opaque:
            return [*passed, opaque]
        if one.data.hidden is None or one.data in passed:
            return []
        return _way(opaque, one.data.hidden, [*passed, one.data])
    if not one.flags & ty.HAS_OPAQUE:
        return []
    return next((way for part in one.args if (way := _way(opaque, part, passed))), [])
