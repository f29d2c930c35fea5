"""Sets go to their gets: a value that is set and read once becomes the operand itself, and so the stack is used.

One pass over the statements in order of evaluation. A pending set may be moved to the first get of its local as long as
nothing evaluated between the two conflicts with it; a local that is read again keeps its value by `local.tee`.
"""

from __future__ import annotations

from collections import Counter

from engines.rustwasm.release.effects import Effects, effects_of
from engines.rustwasm.release.tree import Block, If, Node, Tree, rewrite, walk


class _Pending:
    """A `local.set` that may still move: where it stands, and the effects of its value."""

    __slots__ = ("body", "effects", "node")

    def __init__(self, node: Node, body: list[Node]) -> None:
        self.node = node
        self.body = body
        self.effects = effects_of(node)


class _Sinker:
    def __init__(self, gets: Counter[int]) -> None:
        self.gets = gets
        self.pending: dict[int, _Pending] = {}
        self.changed = False

    def statements(self, body: list[Node]) -> None:
        for index, node in enumerate(body):
            body[index] = self.visit(node)
            if node.op == "local.set" and body[index] is node:
                self.pending[node.imm[0]] = _Pending(node, body)
        body[:] = [node for node in body if node.op != "nop"]

    def visit(self, node: Node) -> Node:
        for index, argument in enumerate(node.args):
            node.args[index] = self.visit(argument)
        if node.op == "local.get":
            return self._get(node)
        if isinstance(node, If):
            # What is pending at the test may not move into one arm, for the other would lack it.
            self.pending.clear()
            for arm in (node.then, node.other):
                self.statements(arm)
                self.pending.clear()
        elif isinstance(node, Block):
            if node.op == "loop":
                self.pending.clear()
            self.statements(node.body)
            self.pending.clear()
        own = Effects()
        own.add(node)
        self._happened(own, node.imm[0] if node.op in ("local.set", "local.tee") else None)
        return node

    def _happened(self, effects: Effects, written: int | None) -> None:
        if effects.flags or effects.writes:
            for local in [one for one, pending in self.pending.items() if pending.effects.conflicts(effects)]:
                del self.pending[local]
        elif effects.reads:
            # Only reads of locals: they conflict with nothing but values that write those.
            reads = effects.reads
            for local in [one for one, pending in self.pending.items() if not reads.isdisjoint(pending.effects.writes)]:
                del self.pending[local]
        if written is not None:
            self.pending.pop(written, None)

    def _get(self, node: Node) -> Node:
        local = node.imm[0]
        pending = self.pending.pop(local, None)
        if pending is None:
            own = Effects()
            own.add(node)
            self._happened(own, None)
            return node
        self.changed = True
        position = next(i for i, one in enumerate(pending.body) if one is pending.node)
        pending.body[position] = Node("nop")
        value = pending.node.args[0]
        self.gets[local] -= 1
        moved = value if not self.gets[local] else Node("local.tee", (local,), [value], node.type)
        # Now it happens here, and what is still pending has to allow that.
        self._happened(effects_of(moved), None)
        return moved


def _count(tree: Tree) -> Counter[int]:
    return Counter(node.imm[0] for node in walk(tree.body) if node.op == "local.get")


def sink(tree: Tree) -> bool:
    """Move sets to their first get; whether anything moved."""
    sinker = _Sinker(_count(tree))
    sinker.statements(tree.body)
    return sinker.changed


def drop_unread(tree: Tree) -> None:
    """Sets of locals that nobody reads keep their value's effects only."""
    gets = _count(tree)

    def change(node: Node) -> Node:
        if node.op == "local.tee" and not gets[node.imm[0]]:
            return node.args[0]
        if node.op == "local.set" and not gets[node.imm[0]]:
            return Node("drop", (), node.args)
        if node.op == "local.set" and node.args[0].op == "local.get" and node.args[0].imm == node.imm:
            return Node("nop")
        return node

    rewrite(tree.body, change)


def drop_effectless(body: list[Node]) -> None:
    """Statements that do nothing go; a dropped operation whose operands do something leaves those."""
    out: list[Node] = []
    for node in body:
        _inside(node)
        if node.op == "drop":
            out += _dropped(node.args[0])
        elif node.op != "nop":
            out.append(node)
    body[:] = out


def _inside(node: Node) -> None:
    for argument in node.args:
        _inside(argument)
    for inner in node.bodies():
        drop_effectless(inner)


def _dropped(value: Node) -> list[Node]:
    """Statements with the effects of `value` and no value."""
    if not effects_of(value).matter:
        return []
    if value.op == "local.tee":
        return [Node("local.set", value.imm, value.args)]
    own = Effects()
    own.add(value)
    if not own.matter and not value.bodies():
        return [one for argument in value.args for one in _dropped(argument)]
    return [Node("drop", (), [value])]
