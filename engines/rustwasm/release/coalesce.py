"""Locals that are never needed at the same time share one, and sets that nobody reads go.

Liveness is computed backwards over the tree; a branch brings the liveness of its target. Two locals interfere when one
is set while the other is live. Locals joined by a copy prefer one place, and the copy between them is then a no-op.

Source: Chaitin's interference graphs; greedy colouring in order of use.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from engines.rustwasm.release.tree import Block, If, Node, Tree, rewrite, targets, walk
from engines.rustwasm.wasm.types import Ref, ValueType
from engines.rustwasm.wasm.validate.types import defaultable


class _Liveness:
    """One backward pass with the labels' liveness of the pass before; repeated until that is stable."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.at_label: dict[int, frozenset[int]] = {}
        self.loops: dict[int, frozenset[int]] = {}
        self.interferes: dict[int, set[int]] = defaultdict(set)
        self.copies: Counter[tuple[int, int]] = Counter()
        self.dead: set[int] = set()
        """Identities of sets whose value is not read."""
        self.record = False

    def run(self) -> frozenset[int]:
        while True:
            before = dict(self.loops)
            self._statements(self.tree.body, frozenset())
            if before == self.loops:
                break
        self.record = True
        return self._statements(self.tree.body, frozenset())

    def _statements(self, body: list[Node], live: frozenset[int]) -> frozenset[int]:
        for node in reversed(body):
            live = self._node(node, live)
        return live

    def _node(self, node: Node, live: frozenset[int]) -> frozenset[int]:
        """Liveness before `node`, given that after it."""
        if isinstance(node, Block):
            return self._block(node, live)
        if isinstance(node, If):
            before = self._statements(node.then, live) | self._statements(node.other, live)
            return self._node(node.args[0], before)
        reached = targets(node)
        if node.op in ("br", "br_table", "return", "unreachable", "throw"):
            live = frozenset()
        for label in reached:
            live |= self.at_label.get(label, self.loops.get(label, frozenset()))
        if node.op in ("local.set", "local.tee"):
            live = self._set(node, live)
        elif node.op == "local.get":
            live |= {node.imm[0]}
        for argument in reversed(node.args):
            live = self._node(argument, live)
        return live

    def _block(self, node: Block, live: frozenset[int]) -> frozenset[int]:
        if node.op == "block":
            self.at_label[node.label] = live
            return self._statements(node.body, live)
        before = self._statements(node.body, live)
        self.loops[node.label] = self.loops.get(node.label, frozenset()) | before
        return before

    def _set(self, node: Node, live: frozenset[int]) -> frozenset[int]:
        local = node.imm[0]
        if self.record:
            if local not in live:
                self.dead.add(id(node))
            source = node.args[0]
            copied = source.imm[0] if source.op == "local.get" else None
            for other in live:
                if other not in (local, copied):
                    self.interferes[local].add(other)
                    self.interferes[other].add(local)
            if copied is not None and copied != local:
                self.copies[local, copied] += 1
        return live - {local}


def drop_dead_sets(tree: Tree) -> None:
    """Sets whose value no path reads keep their value's effects only."""
    liveness = _Liveness(tree)
    liveness.run()

    def change(node: Node) -> Node:
        if id(node) not in liveness.dead:
            return node
        return node.args[0] if node.op == "local.tee" else Node("drop", (), node.args)

    # A dead set of a non-defaultable local stays: a get that validation sees may need it.
    liveness.dead = {
        id(node) for node in walk(tree.body) if id(node) in liveness.dead and defaultable(tree.locals[node.imm[0]])
    }
    rewrite(tree.body, change)


def coalesce(tree: Tree) -> None:
    """Give locals places, as few as the greedy order finds, and renumber them by type and use."""
    liveness = _Liveness(tree)
    at_start = liveness.run()
    uses = Counter(node.imm[0] for node in walk(tree.body) if node.op in ("local.get", "local.set", "local.tee"))
    # A local that is live at the start is read before it is set: it starts as zero, and parameters as the arguments.
    starting = [local for local in at_start if local >= tree.parameters]
    entering = (*starting, *range(tree.parameters))
    for left in entering:
        liveness.interferes[left].update(right for right in entering if right != left)
    place: dict[int, int] = {parameter: parameter for parameter in range(tree.parameters)}
    order = sorted((one for one in uses if one >= tree.parameters), key=lambda one: (-uses[one], one))
    held: dict[int, list[int]] = defaultdict(list)
    for parameter in range(tree.parameters):
        held[parameter].append(parameter)
    types: list[ValueType] = list(tree.locals[: tree.parameters])
    for local in order:
        first = tree.parameters if local in starting else 0
        chosen = _choose(local, tree.locals[local], types, held, liveness, first)
        if chosen is None:
            types.append(tree.locals[local])
            chosen = len(types) - 1
        place[local] = chosen
        held[chosen].append(local)
    _renumber(tree, place, types)


def _choose(
    local: int,
    type_: ValueType,
    types: list[ValueType],
    held: dict[int, list[int]],
    liveness: _Liveness,
    first: int,
) -> int | None:
    """A place from `first` on, of the right type, whose locals do not interfere; one joined by copies if there is."""
    if isinstance(type_, Ref) and not type_.nullable:
        return None
    found = []
    for candidate, other in enumerate(types):
        if candidate < first or other != type_:
            continue
        if all(one not in liveness.interferes[local] for one in held[candidate]):
            found.append(candidate)
    if not found:
        return None

    def joined(candidate: int) -> int:
        return sum(liveness.copies[local, one] + liveness.copies[one, local] for one in held[candidate])

    return max(found, key=lambda candidate: (joined(candidate), -candidate))


def _renumber(tree: Tree, place: dict[int, int], types: list[ValueType]) -> None:
    uses = Counter(place[node.imm[0]] for node in walk(tree.body) if node.op.startswith("local."))
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
        return node

    rewrite(tree.body, change)
    tree.locals = locals_
