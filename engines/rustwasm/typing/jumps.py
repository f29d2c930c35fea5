"""What `break`, `continue` and `return` leave: E0267, E0268, E0426, E0572, E0590, E0695, E0696, E0767.

Source: The Rust Reference, "Loops and other breakable expressions", "Return expressions".
"""

from __future__ import annotations

from typing import Any

from engines.rustwasm.syntax import tree as t


class Target:
    """What may be left: `kind` is loop, while, for or block; `breaks` says whether something does. The condition of a
    `while` is inside it, but only a label leads out of there (`in_condition`)."""

    __slots__ = ("breaks", "in_condition", "kind", "label", "merge", "node")

    def __init__(self, label: str | None, kind: str, merge: Any, node: Any) -> None:
        self.label = label
        self.kind = kind
        self.merge = merge
        self.node = node
        self.breaks = False
        self.in_condition = False


def find_target(checker: Any, node: Any, what: str) -> Target | None:
    """What a `break` or `continue` leaves; None after saying why there is nothing."""
    if node.label is not None:
        return _labelled(checker, node, what)
    if not checker.loops:
        _report_outside(checker, node, what)
        return None
    span = node.span
    innermost: Target = checker.loops[-1]
    if innermost.kind == "block":
        label = f"`{what}` statements that would diverge to or through a labeled block need to bear a label"
        checker.error("E0695", f"unlabeled `{what}` inside of a labeled block", span, label)
        return None
    if innermost.in_condition:
        message = "`break` or `continue` with no label in the condition of a `while` loop"
        checker.error("E0590", message, span, "unlabeled `break` in the condition of a `while` loop")
        return None
    return innermost


def _report_outside(checker: Any, node: Any, what: str) -> None:
    label = f"cannot `{what}` inside of a closure"
    if checker.closure is not None:
        checker.error("E0267", f"`{what}` inside of a closure", node.span, label)
    else:
        label = f"cannot `{what}` outside of a loop or labeled block"
        checker.error("E0268", f"`{what}` outside of a loop or labeled block", node.span, label)


def _labelled(checker: Any, node: Any, what: str) -> Target | None:
    label = node.label
    for target in checker.loops[::-1]:
        if target.label == label:
            if what == "continue" and target.kind == "block":
                message = "`continue` pointing to a labeled block"
                checker.error("E0696", message, node.span, "labeled blocks cannot be `continue`'d")
                return None
            return target  # type: ignore[no-any-return]  # `checker` is any checker of bodies
    start = node.span[0] + checker.compilation.sources.snippet(node.span).find(label)
    span = (start, start + len(label))
    if any(target.label == label for loops in checker.loops_outside for target in loops):
        error = checker.error("E0767", f"use of unreachable label `{label}`", span, f"unreachable label `{label}`")
        error.notes.append("labels are unreachable through functions, closures, async blocks and modules")
    else:
        checker.error("E0426", f"use of undeclared label `{label}`", span, f"undeclared label `{label}`")
    if not checker.loops:
        _report_outside(checker, node, what)
    return None


def check_return(checker: Any, node: t.Return) -> bool:
    """Report a `return` that is in no function: in a constant, array length or discriminant."""
    if checker.closure is None and isinstance(checker.function.syntax, t.ConstItem):
        checker.error("E0572", "return statement outside of function body", node.span)
        return False
    return True
