"""Sets go to their gets: a value that is set and read once becomes the operand itself, and so the stack is used.

One pass over the statements in order of evaluation. A pending set may be moved to the first get of its local as long as
nothing evaluated between the two conflicts with it; a local that is read again keeps its value by `local.tee`.
"""

from __future__ import annotations

from collections import Counter

from engines.rustwasm.release.effects import BRANCHES, FLAGS_CONFLICT, OF_OPERATION, Effects, effects_of
from engines.rustwasm.release.tree import (
    CONSTANTS,
    Block,
    If,
    Node,
    Tree,
    extra_results,
    nodes_of,
    rewrite,
    targets,
    walk,
)


class _Pending:
    """A `local.set` that may still move, and the effects of it as a statement."""

    __slots__ = ("effects", "node")

    def __init__(self, node: Node, effects: Effects) -> None:
        self.node = node
        self.effects = effects


class _Waiting:
    """Sets that may still move, found by what would stop them: by the locals that they read and write, and by flags."""

    def __init__(self) -> None:
        self.sets: dict[int, _Pending] = {}
        self.reading: dict[int, set[int]] = {}
        """Local to targets of sets that read it; may name sets that are gone."""
        self.writing: dict[int, set[int]] = {}
        """The same for sets that write it inside their value."""
        self.flagged: dict[int, set[int]] = {}

    def add(self, local: int, pending: _Pending) -> None:
        self.sets[local] = pending
        for one in pending.effects.reads:
            self.reading.setdefault(one, set()).add(local)
        for one in pending.effects.writes:
            self.writing.setdefault(one, set()).add(local)
        flags = pending.effects.all_flags
        if flags:
            self.flagged.setdefault(flags, set()).add(local)

    def clear(self) -> None:
        if self.sets:
            self.sets.clear()
            self.reading.clear()
            self.writing.clear()
            self.flagged.clear()

    def read(self, local: int) -> None:
        """A local is read: sets that write it stay before that."""
        for one in self.writing.pop(local, ()):
            found = self.sets.get(one)
            if found is not None and local in found.effects.writes:
                del self.sets[one]

    def written(self, local: int) -> None:
        """A local is written: sets that read or write it stay before that."""
        self.read(local)
        for one in self.reading.pop(local, ()):
            found = self.sets.get(one)
            if found is not None and local in found.effects.reads:
                del self.sets[one]

    def flags(self, later: int) -> None:
        """Something with these flags happens."""
        if later & BRANCHES:
            # Every set writes, which the target of the branch may read.
            self.clear()
            return
        for flags in [one for one in self.flagged if FLAGS_CONFLICT[one][later]]:
            for local in self.flagged.pop(flags):
                found = self.sets.get(local)
                if found is not None and found.effects.all_flags == flags:
                    del self.sets[local]

    def happened(self, effects: Effects) -> None:
        if not self.sets:
            return
        flags = effects.all_flags
        if flags:
            self.flags(flags)
        for local in effects.reads:
            self.read(local)
        for local in effects.writes:
            self.written(local)


class _Sinker:
    """Visits nodes in order of evaluation. Every visit gives the effects of the whole node, and the labels outside of
    it that it branches to; what is visited has been told to what waits."""

    def __init__(self, gets: Counter[int]) -> None:
        self.gets = gets
        self.waiting = _Waiting()
        self.changed = False
        self.idle = False
        """Whether there are sets of locals that nobody reads, or of one to itself, if nothing changed."""

    def statements(self, body: list[Node], total: Effects) -> None:
        for index, node in enumerate(body):
            effects = Effects()
            body[index] = self.visit(node, effects)
            total.include(effects)
            if node.op == "local.set":
                self.waiting.add(node.imm[0], _Pending(node, effects))
        body[:] = [node for node in body if node.op != "nop"]

    def visit(self, node: Node, total: Effects) -> Node:
        """The node with sets moved in; its effects are added to `total`."""
        args = node.args
        for index, argument in enumerate(args):
            if argument.op == "local.get":
                args[index] = self._get(argument, total)
            elif argument.op not in CONSTANTS:
                args[index] = self.visit(argument, total)
        op = node.op
        waiting = self.waiting
        if op == "local.get":
            return self._get(node, total)
        if op in CONSTANTS:
            return node
        if isinstance(node, If):
            # What is pending at the test may not move into one arm, for the other would lack it.
            waiting.clear()
            for arm in (node.then, node.other):
                self.statements(arm, total)
                waiting.clear()
            return node
        if isinstance(node, Block):
            if op == "loop":
                waiting.clear()
            inner = Effects()
            self.statements(node.body, inner)
            waiting.clear()
            inner.leave(node)
            total.include(inner)
            return node
        if op in ("local.set", "local.tee"):
            local = node.imm[0]
            total.writes.add(local)
            waiting.written(local)
            waiting.sets.pop(local, None)
            if not self.gets[local] or (args[0].imm == node.imm and args[0].op in ("local.get", "local.tee")):
                self.idle = True
            return node
        flags = OF_OPERATION[op]
        if flags:
            total.flags |= flags & ~BRANCHES
            if flags & BRANCHES:
                total.labels.update(targets(node))
            waiting.flags(flags)
            for local in extra_results(node):
                total.writes.add(local)
                waiting.written(local)
                waiting.sets.pop(local, None)
        return node

    def _get(self, node: Node, total: Effects) -> Node:
        local = node.imm[0]
        pending = self.waiting.sets.pop(local, None)
        if pending is None:
            total.reads.add(local)
            self.waiting.read(local)
            return node
        self.changed = True
        definition, effects = pending.node, pending.effects
        value = definition.args[0]
        definition.op, definition.imm, definition.args = "nop", (), []
        self.gets[local] -= 1
        moved = value
        if self.gets[local]:
            moved = Node("local.tee", (local,), [value], node.type)
        else:
            effects.writes.discard(local)
        # Now it happens here, and what is still pending has to allow that.
        total.include(effects)
        self.waiting.happened(effects)
        return moved


def sink(tree: Tree) -> None:
    """Move sets to their first get until none moves; sets of locals that nobody reads keep their value's effects
    only."""
    gets = Counter([node.imm[0] for node in nodes_of(tree.body) if node.op == "local.get"])
    while True:
        sinker = _Sinker(gets)
        sinker.statements(tree.body, Effects())
        if not sinker.changed:
            break
    if sinker.idle:
        _drop_unread(tree, gets)


def _drop_unread(tree: Tree, gets: Counter[int]) -> None:

    def change(node: Node) -> Node:
        if node.op not in ("local.set", "local.tee"):
            return node
        if node.op == "local.tee" and not gets[node.imm[0]]:
            return node.args[0]
        if node.op == "local.set" and not gets[node.imm[0]]:
            return Node("drop", (), node.args)
        if node.op == "local.set" and node.args[0].op == "local.get" and node.args[0].imm == node.imm:
            return Node("nop")
        if node.op == "local.tee" and node.args[0].op in ("local.get", "local.tee") and node.args[0].imm == node.imm:
            return node.args[0]
        return node

    rewrite(tree.body, change)


def drop_first_zeros(tree: Tree) -> None:
    """Locals start as zero: a set to zero that no other set precedes goes."""
    _first_zeros(tree.body, set(range(tree.parameters)))


def _first_zeros(body: list[Node], written: set[int]) -> None:
    for index, node in enumerate(body):
        if node.op == "local.set" and node.args[0].op.endswith(".const") and node.imm[0] not in written:
            value = node.args[0].imm[0]
            if value == 0 or value == bytes(16):
                body[index] = Node("nop")
                continue
        if isinstance(node, Block) and node.op == "block":
            _first_zeros(node.body, written)
        else:
            for one in walk([node]):
                if one.op in ("local.set", "local.tee"):
                    written.add(one.imm[0])
                written.update(extra_results(one))
    body[:] = [node for node in body if node.op != "nop"]


def drop_effectless(body: list[Node], loads: bool = False) -> None:
    """Statements that do nothing go; a dropped operation whose operands do something leaves those. `loads`: no read of
    memory traps."""
    out: list[Node] = []
    for node in body:
        if node.args or node.__class__ is not Node:
            _inside(node, loads)
        if node.op == "drop":
            out += _dropped(node.args[0], loads)
        elif node.op != "nop":
            out.append(node)
    body[:] = out


def _inside(node: Node, loads: bool) -> None:
    for argument in node.args:
        if argument.args or argument.__class__ is not Node:
            _inside(argument, loads)
    if node.__class__ is not Node:
        for inner in node.bodies():
            drop_effectless(inner, loads)


def _dropped(value: Node, loads: bool) -> list[Node]:
    """Statements with the effects of `value` and no value."""
    if loads and ".load" in value.op:
        return _dropped(value.args[0], loads)
    if not effects_of(value).matter:
        return []
    if value.op == "local.tee":
        return [Node("local.set", value.imm, value.args)]
    own = Effects()
    own.add(value)
    if not own.matter and not value.bodies():
        return [one for argument in value.args for one in _dropped(argument, loads)]
    return [Node("drop", (), [value])]
