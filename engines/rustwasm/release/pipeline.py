"""The order of the passes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from engines.rustwasm.release.coalesce import coalesce, drop_dead_sets
from engines.rustwasm.release.control import simplify_control
from engines.rustwasm.release.fold import fold
from engines.rustwasm.release.locals import drop_effectless, drop_unread, sink
from engines.rustwasm.release.tree import NotATreeError, Tree, fell, grow
from engines.rustwasm.wasm.binary.encoder import expression
from engines.rustwasm.wasm.module import Function, Module
from engines.rustwasm.wasm.validate import validate
from engines.rustwasm.wasm.validate.context import Context

ROUNDS: Final = 4
"""Rounds of the passes over one function; each stops early when nothing got shorter."""


@dataclass
class Report:
    """What optimising a module did.

    Attributes:
        functions: optimised.
        left: why functions were left as they are, and how many.
    """

    functions: int = 0
    left: Counter[str] = field(default_factory=Counter)


def optimise_tree(tree: Tree) -> None:
    """Run the passes over one body until they change nothing more, at most `ROUNDS` times."""
    size = -1
    for _ in range(ROUNDS):
        fold(tree)
        simplify_control(tree)
        while sink(tree):
            pass
        drop_unread(tree)
        drop_effectless(tree.body)
        drop_dead_sets(tree)
        drop_effectless(tree.body)
        coalesce(tree)
        now = len(expression(fell(tree, 0).body))
        if now == size:
            break
        size = now


def optimise_function(context: Context, function: Function) -> Function:
    """A function that does the same and is not longer.

    Raises:
        NotATreeError: the function has what trees do not express.
    """
    tree = grow(context, function)
    optimise_tree(tree)
    return fell(tree, function.type)


def optimise(module: Module) -> tuple[Module, Report]:
    """A module that does the same.

    Raises:
        InvalidModuleError: `module` is not valid.
    """
    context = validate(module)
    report = Report()
    functions = []
    for function in module.functions:
        try:
            functions.append(optimise_function(context, function))
            report.functions += 1
        except NotATreeError as error:
            functions.append(function)
            report.left[str(error)] += 1
    out = Module(**{**vars(module), "functions": functions})
    return out, report
