"""Trees as rows of plain values, which pickle writes and reads without recursion however deep the tree is."""

from __future__ import annotations

import sys
from typing import Any, TypeAlias

from engines.rustwasm.release.tree import Block, If, Node, Tree, walk

Packed: TypeAlias = tuple[int, list[Any], tuple[Any, ...], int, list[tuple[Any, ...]]]
"""Parameters, locals, results, the next label, and the nodes: operands and bodies before what they belong to, which
says how many of the last ones are its own. Without positions."""


def packed(tree: Tree) -> Packed:
    """The tree as rows. Nodes that stand in several places become several."""
    rows: list[tuple[Any, ...]] = []
    for node in walk(tree.body):
        if node.__class__ is Node:
            rows.append((node.op, node.imm, node.type, len(node.args)))
        elif isinstance(node, Block):
            rows.append((node.label, node.op, node.type, len(node.body)))
        else:
            assert isinstance(node, If)
            rows.append((None, node.type, len(node.then), len(node.other)))
    return tree.parameters, tree.locals, tree.results, tree.labels, rows


def unpacked(content: Packed) -> Tree:
    """The tree of these rows."""
    parameters, locals_, results, labels, rows = content
    stack: list[Node] = []
    for first, second, third, count in rows:
        if isinstance(first, str):
            args: list[Node] = []
            if count:
                args = stack[-count:]
                del stack[-count:]
            stack.append(Node(sys.intern(first), second, args, third))
            continue
        at = len(stack) - count
        last = stack[at:]
        del stack[at:]
        if first is not None:
            stack.append(Block(sys.intern(second), first, last, third))
            continue
        at = len(stack) - third
        then = stack[at:]
        del stack[at:]
        stack.append(If(stack.pop(), then, last, second))
    tree = Tree(parameters, list(locals_), stack, results, growing=False)
    tree.labels = labels
    return tree


def copied(tree: Tree) -> Tree:
    """The same tree again, positions and all."""
    copy = unpacked(packed(tree))
    if tree.positioned:
        copy.positioned = True
        for old, new in zip(walk(tree.body), walk(copy.body), strict=True):
            if hasattr(old, "span"):
                new.span = old.span
    return copy
