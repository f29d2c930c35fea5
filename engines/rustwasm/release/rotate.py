"""Loops that test at their end: one jump each time round instead of two.

    loop @1                        if (i32.lt_u i n)
      if (i32.lt_u i n)              loop @1
        ...                    →       ...
        (br @1)                        (br_if @1 (i32.lt_u i n))
      end                            end
    end                            end

Engines that compile block by block (Cranelift) keep the two jumps of the left form. What stands before the test is
evaluated before it in both places. Only innermost loops without calls turn round: elsewhere a jump is nothing beside
what the loop does, and the second test costs bytes.

Source: loop inversion (S. S. Muchnick, "Advanced Compiler Design and Implementation", 1997, §18.5).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from engines.rustwasm.release.fold import negated
from engines.rustwasm.release.tree import (
    BRANCHES,
    NEVER_RETURNS,
    Block,
    If,
    Node,
    Tree,
    branches_to,
    nodes_of,
    retarget,
)

LARGEST: Final = 5
"""Operations up to the test that are worth to be there twice."""


class _Test(NamedTuple):
    """How a loop begins: statements and the condition for `body`, which ends by going to the start; else `leave`."""

    before: list[Node]
    condition: Node
    body: list[Node]
    leave: list[Node]


def rotate_loops(tree: Tree) -> None:
    """Let innermost loops that test first test last."""
    _statements(tree, tree.body)


def _statements(tree: Tree, body: list[Node]) -> bool:
    """Rotate the loops in a statement list; whether there are loops or calls in it."""
    found = False
    out: list[Node] = []
    for node in body:
        busy = _inside(tree, node)
        made = None
        if isinstance(node, Block) and node.op == "loop":
            made = None if busy or node.type is not None else _rotated(tree, node)
            busy = True
        found |= busy
        out += [node] if made is None else made
    body[:] = out
    return found


def _inside(tree: Tree, node: Node) -> bool:
    """The same for what is in a node; a call is in itself."""
    found = node.op.startswith("call")
    for argument in node.args:
        found |= argument.op == "loop" or _inside(tree, argument)
    for inner in node.bodies():
        found |= _statements(tree, inner)
    return found


def _rotated(tree: Tree, loop: Block) -> list[Node] | None:
    test = _first_test(loop)
    if test is None:
        return None
    body = test.body[:-1]
    if any(branches_to(node, loop.label) for node in body):
        # Who goes to the start from elsewhere goes to the test.
        again = tree.fresh_label()
        for node in nodes_of(body):
            retarget(node, loop.label, again)
        body = [Block("block", again, body, None)]
    repeated = [_copied(node) for node in (*test.before, test.condition)]
    back = Node("br_if", (loop.label,), [repeated.pop()])
    turned = Block("loop", loop.label, [*body, *repeated, back], None)
    return [*test.before, If(test.condition, [turned], [], None), *test.leave]


def _first_test(loop: Block) -> _Test | None:
    """The test that a loop begins with, if it is short and all that passes it goes to the start again."""
    at = next((i for i, node in enumerate(loop.body) if node.__class__ is not Node or node.op in BRANCHES), None)
    if at is None:
        return None
    before, node, rest = loop.body[:at], loop.body[at], loop.body[at + 1 :]
    head = nodes_of([*before, *node.args])
    if len(head) > LARGEST or any(one.__class__ is not Node for one in head) or not node.args:
        return None
    found = None
    if isinstance(node, If):
        if not rest:
            arms = (node.then, node.other)
            found = _Test(before, node.args[0], *arms)
            if not _goes_to(node.then, loop.label):
                found = _Test(before, negated(node.args[0]), *arms[::-1])
        elif not node.other and node.then and node.then[-1].op in NEVER_RETURNS:
            found = _Test(before, negated(node.args[0]), rest, node.then)
    elif node.op == "br_if" and node.imm[0] != loop.label:
        found = _Test(before, negated(node.args[0]), rest, [Node("br", node.imm)])
    if found is None or not _goes_to(found.body, loop.label):
        return None
    return None if any(branches_to(one, loop.label) for one in found.leave) else found


def _goes_to(body: list[Node], label: int) -> bool:
    return bool(body) and body[-1].op == "br" and body[-1].imm[0] == label


def _copied(node: Node) -> Node:
    """A copy of a node without bodies that comes from the same place."""
    copy = Node(node.op, node.imm, [_copied(one) for one in node.args], node.type)
    if hasattr(node, "span"):
        copy.span = node.span
    return copy
