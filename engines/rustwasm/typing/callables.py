"""What is passed to be called: how many parameters it takes, of which types, and how often it can be called.

Source: The Rust Reference, "Closure types" (call traits and coercions).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from engines.rustwasm.typing.check import BodyChecker
    from engines.rustwasm.typing.paths import PathChecker

_RANKS: Final = ("Fn", "FnMut", "FnOnce")


def report_parameter_count(checker: PathChecker, what: str, wanted: int, given: int, span: t.Span) -> None:
    """E0593."""
    expected = f"{wanted} argument{'' if wanted == 1 else 's'}"
    found = f"{given} argument{'' if given == 1 else 's'}"
    message = f"{what} is expected to take {expected}, but it takes {found}"
    checker.error("E0593", message, span, f"expected {what} that takes {expected}")


def report_uncallable(checker: PathChecker, callee: Ty, wanted: Ty, span: t.Span) -> None:
    """A closure or function that cannot be called with arguments of the types `wanted`: E0593 or E0631."""
    what = "closure" if callee.kind == ty.CLOSURE else "function"
    signature = checker.signature_of(callee)
    if signature is None or any(one.flags & ty.HAS_ERROR for one in signature[0]):
        return
    given = signature[0]
    if wanted.kind == ty.TUPLE and len(wanted.args) != len(given):
        report_parameter_count(checker, what, len(wanted.args), len(given), span)
    else:
        checker.error("E0631", f"type mismatch in {what} arguments", span)


def settle_kinds(checker: BodyChecker) -> None:
    """Which of Fn, FnMut and FnOnce each closure implements: of one that is written where it is wanted, what is wanted
    decides, and the borrow checker says what its body may not do then; of any other, its body. E0525 for those."""
    for closure, kind, _ in checker.closure_kinds:
        if _RANKS.index(closure.trait_kind) > _RANKS.index(kind):
            closure.trait_kind = kind
        elif kind == "FnOnce" and any(capture.mode != "ref" for capture in closure.captures):
            # It may give away what it holds; of one that only reads, how often it can be called makes no difference.
            closure.trait_kind = kind
    for closure, kind in checker.called_closures:
        if _RANKS.index(closure.trait_kind) > _RANKS.index(kind):
            own = closure.trait_kind
            message = f"expected a closure that implements the `{kind}` trait, but this closure only implements `{own}`"
            start = closure.span[0]
            end = min(closure.syntax.body.span[0], closure.span[1])
            head = checker.compilation.sources.snippet((start, end)).rstrip()
            span = (start, start + max(1, len(head)))
            checker.error("E0525", message, span, f"this closure implements `{own}`, not `{kind}`")
