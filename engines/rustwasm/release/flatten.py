"""Statements out of operands: a block that gives an operand's value and that no branch leaves puts its statements
before the statement that uses it, if nothing evaluated before the block would notice.

Source: WebAssembly 3.0 §4.6.5 (a block's instructions run in place).
"""

from __future__ import annotations

from collections import Counter

from engines.rustwasm.release.effects import Effects, effects_of
from engines.rustwasm.release.tree import Block, If, Node, Tree, label_uses


def flatten(tree: Tree) -> None:
    """Flatten all statement lists of the tree."""
    uses = label_uses(tree.body)
    _statements(tree.body, uses)


def _statements(body: list[Node], uses: Counter[int]) -> None:
    out: list[Node] = []
    for node in body:
        _bodies(node, uses)
        if node.args:
            before = Effects()
            _operands(node, before, out, uses)
        out.append(node)
    body[:] = out


def _bodies(node: Node, uses: Counter[int]) -> None:
    for argument in node.args:
        _bodies(argument, uses)
    if isinstance(node, Block):
        _statements(node.body, uses)
    elif isinstance(node, If):
        _statements(node.then, uses)
        _statements(node.other, uses)


def _operands(node: Node, before: Effects, out: list[Node], uses: Counter[int]) -> bool:
    """Take what can be taken out of the operands of `node`; `before` are the effects of what is evaluated before them.
    Whether all of the operands were seen."""
    for index, argument in enumerate(node.args):
        while isinstance(argument, Block) and argument.op == "block" and not uses[argument.label]:
            *statements, value = argument.body or [argument]
            if value is argument or value.type is None:
                return False
            moved = Effects()
            for one in statements:
                moved.include(effects_of(one))
            if moved.labels or before.conflicts(moved):
                return False
            out += statements
            node.args[index] = argument = value
        if argument.bodies():
            if isinstance(argument, If) and not _operands(argument, before, out, uses):
                return False
            before.include(effects_of(argument))
            continue
        if not _operands(argument, before, out, uses):
            return False
        before.add(argument)
    return True
