"""Locals that are never needed at the same time share one, and sets that nobody reads go.

Liveness is computed backwards over the tree; a branch brings the liveness of its target. Two locals interfere when one
is set while the other is live. Locals joined by a copy prefer one place, and the copy between them is then a no-op.

Source: Chaitin's interference graphs; greedy colouring in order of use.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from engines.rustwasm.release.tree import (
    BRANCHES,
    CONSTANTS,
    Block,
    If,
    Node,
    Tree,
    extra_results,
    nodes_of,
    rewrite,
    targets,
    with_extra_results,
)
from engines.rustwasm.wasm.types import Ref, ValueType
from engines.rustwasm.wasm.validate.types import defaultable


class _Liveness:
    """One backward pass with the labels' liveness of the pass before; repeated until that is stable. Sets of locals are
    integers: bit n is local n. Without `conflicts` only what is dead is found."""

    def __init__(self, tree: Tree, conflicts: bool = True) -> None:
        self.tree = tree
        self.record = conflicts
        self.at_label: dict[int, int] = {}
        self.loops: dict[int, int] = {}
        self.conflicts: dict[int, int] = defaultdict(int)
        """Local to locals that are live where it is set."""
        self.copies: Counter[tuple[int, int]] = Counter()
        self.dead: set[int] = set()
        """Identities of sets whose value is not read."""
        self.unread: set[tuple[int, int]] = set()
        """The same for extra results of calls: identity of the call, local."""

    def run(self) -> int:
        """What is live at the start. Liveness only grows from pass to pass: so do conflicts, and the last says what is
        dead."""
        while True:
            before = dict(self.loops)
            self.dead.clear()
            self.unread.clear()
            self.copies.clear()
            start = self._statements(self.tree.body, 0)
            if before == self.loops:
                return start

    def interference(self) -> dict[int, int]:
        """Local to locals that may not share its place."""
        out = defaultdict(int, self.conflicts)
        for local, others in self.conflicts.items():
            for other in members(others):
                out[other] |= 1 << local
        return out

    def _statements(self, body: list[Node], live: int) -> int:
        for node in reversed(body):
            live = self._node(node, live)
        return live

    def _node(self, node: Node, live: int) -> int:
        """Liveness before `node`, given that after it."""
        op = node.op
        if op == "local.get":
            local: int = node.imm[0]
            return live | 1 << local
        if isinstance(node, Block):
            return self._block(node, live)
        if isinstance(node, If):
            before = self._statements(node.then, live) | self._statements(node.other, live)
            return self._node(node.args[0], before)
        if op in ("br", "br_table", "return", "unreachable", "throw"):
            live = 0
        if op in BRANCHES:
            for label in targets(node):
                live |= self.at_label.get(label, self.loops.get(label, 0))
        elif op in ("local.set", "local.tee"):
            live = self._set(node, live)
        elif op == "call" or op == "call_indirect":
            live = self._call(node, live)
        for argument in reversed(node.args):
            if argument.op == "local.get":
                live |= 1 << argument.imm[0]
            elif argument.op not in CONSTANTS:
                live = self._node(argument, live)
        return live

    def _block(self, node: Block, live: int) -> int:
        if node.op == "block":
            self.at_label[node.label] = live
            return self._statements(node.body, live)
        before = self._statements(node.body, live)
        self.loops[node.label] = self.loops.get(node.label, 0) | before
        return before

    def _set(self, node: Node, live: int) -> int:
        local: int = node.imm[0]
        without = live & ~(1 << local)
        if without == live:
            self.dead.add(id(node))
        if self.record:
            source = node.args[0]
            others = without
            if source.op == "local.get":
                others &= ~(1 << source.imm[0])
                if source.imm[0] != local:
                    self.copies[local, source.imm[0]] += 1
            self.conflicts[local] |= others
        return without

    def _call(self, node: Node, live: int) -> int:
        """A call that sets several locals at once."""
        extra = extra_results(node)
        if not extra:
            return live
        own = 0
        for local in extra:
            own |= 1 << local if local >= 0 else 0
        self.unread.update((id(node), local) for local in extra if local >= 0 and not live >> local & 1)
        if self.record:
            for local in members(own):
                self.conflicts[local] |= (live | own) & ~(1 << local)
        return live & ~own


def members(bits: int) -> list[int]:
    """The numbers of the bits that are set, rising."""
    out = []
    while bits:
        low = bits & -bits
        out.append(low.bit_length() - 1)
        bits ^= low
    return out


def live_at_start(tree: Tree) -> set[int]:
    """Locals besides parameters that may be read before they are set: there they are zero."""
    return {one for one in members(_Liveness(tree, conflicts=False).run()) if one >= tree.parameters}


def drop_dead_sets(tree: Tree) -> bool:
    """Sets whose value no path reads keep their value's effects only; whether there may be one."""
    liveness = _Liveness(tree, conflicts=False)
    liveness.run()
    if not liveness.dead and not liveness.unread:
        return False

    def change(node: Node) -> Node:
        extra = extra_results(node)
        if extra:
            with_extra_results(node, tuple(-1 if (id(node), one) in liveness.unread else one for one in extra))
            return node
        if id(node) not in liveness.dead:
            return node
        return node.args[0] if node.op == "local.tee" else Node("drop", (), node.args)

    # A dead set of a non-defaultable local stays: a get that validation sees may need it.
    liveness.dead = {
        id(node) for node in nodes_of(tree.body) if id(node) in liveness.dead and defaultable(tree.locals[node.imm[0]])
    }
    rewrite(tree.body, change)
    return True


def coalesce(tree: Tree) -> None:
    """Give locals places, as few as the greedy order finds, and renumber them by type and use."""
    liveness = _Liveness(tree)
    at_start = liveness.run()
    uses = Counter(one for node in nodes_of(tree.body) for one in _named(node))
    # A local that is live at the start is read before it is set: it starts as zero, and parameters as the arguments.
    parameters = (1 << tree.parameters) - 1
    starting = at_start & ~parameters
    interferes = liveness.interference()
    for left in members(at_start | parameters):
        interferes[left] |= (at_start | parameters) & ~(1 << left)
    place: dict[int, int] = {parameter: parameter for parameter in range(tree.parameters)}
    order = sorted((one for one in uses if one >= tree.parameters), key=lambda one: (-uses[one], one))
    held: list[int] = [1 << parameter for parameter in range(tree.parameters)]
    partners: dict[int, list[int]] = defaultdict(list)
    for left, right in liveness.copies:
        partners[left].append(right)
        partners[right].append(left)
    types: list[ValueType] = list(tree.locals[: tree.parameters])
    for local in order:
        type_ = tree.locals[local]
        first = tree.parameters if starting >> local & 1 else 0
        chosen = None
        if not (isinstance(type_, Ref) and not type_.nullable):
            joined = Counter[int]()
            for one in partners.get(local, ()):
                if one in place:
                    joined[place[one]] += liveness.copies[local, one] + liveness.copies[one, local]
            mine = interferes.get(local, 0)
            found = [at for at in range(first, len(types)) if types[at] == type_ and not held[at] & mine]
            chosen = max(found, key=lambda at: (joined[at], -at), default=None)
        if chosen is None:
            types.append(type_)
            held.append(0)
            chosen = len(types) - 1
        place[local] = chosen
        held[chosen] |= 1 << local
    _renumber(tree, place, types)


def _named(node: Node) -> tuple[int, ...]:
    """Locals that the operation reads or writes."""
    if node.op in ("local.get", "local.set", "local.tee"):
        return node.imm
    return tuple(one for one in extra_results(node) if one >= 0)


def _renumber(tree: Tree, place: dict[int, int], types: list[ValueType]) -> None:
    uses = Counter(place[one] for node in nodes_of(tree.body) for one in _named(node))
    own = list(range(tree.parameters, len(types)))
    groups: dict[ValueType, list[int]] = defaultdict(list)
    for one in own:
        groups[types[one]].append(one)
    ordered = sorted(groups.values(), key=lambda group: -sum(uses[one] for one in group))
    final = {one: one for one in range(tree.parameters)}
    locals_ = list(types[: tree.parameters])
    for group in ordered:
        for one in sorted(group, key=lambda one: -uses[one]):
            final[one] = len(locals_)
            locals_.append(types[one])

    def change(node: Node) -> Node:
        if node.op in ("local.get", "local.set", "local.tee"):
            node.imm = (final[place[node.imm[0]]],)
        elif extra_results(node):
            with_extra_results(node, tuple(-1 if one < 0 else final[place[one]] for one in extra_results(node)))
        return node

    rewrite(tree.body, change)
    tree.locals = locals_
