"""Constants and copies: a local that is known to hold a constant, or what another local holds, is read as that.

One walk in order of evaluation with what is known so far. A loop forgets what its body writes before it starts; a block
that is branched out of forgets what it wrote when it ends.
"""

from __future__ import annotations

from typing import TypeAlias

from engines.rustwasm.release.thread import Arrivals, redirect_all, test_of
from engines.rustwasm.release.tree import CONSTANTS, NEVER_RETURNS, Block, If, Node, Tree, extra_results, label_uses

Known: TypeAlias = dict[int, Node]


def propagate(tree: Tree) -> None:
    """Read constants and copies at their source, and let branches go past tests whose outcome is known."""
    propagation = _Propagation(tree)
    propagation.statements(tree.body, {})
    redirect_all(tree, propagation.found)


class _Propagation:
    def __init__(self, tree: Tree) -> None:
        self.found: list[Arrivals] = []
        self.behind: dict[int, Arrivals] = {}
        """Label of a block to the test behind it."""
        self.depth = 0
        self.uses = label_uses(tree.body)
        self.writes: dict[int, int] = {}
        """Identity of a block to the locals written in it, as bits."""
        self.copies: dict[int, set[int]] = {}
        """Local to locals that were once known to be copies of it."""
        self._written(tree.body)

    def _written(self, body: list[Node]) -> int:
        out = 0
        for node in body:
            op = node.op
            if op == "local.set" or op == "local.tee":
                out |= 1 << node.imm[0]
            elif op == "call" or op == "call_indirect":
                for local in extra_results(node):
                    out |= 1 << local if local >= 0 else 0
            if node.args:
                out |= self._written(node.args)
            if node.__class__ is Node:
                continue
            if isinstance(node, Block):
                self.writes[id(node)] = inner = self._written(node.body)
                out |= inner
            elif isinstance(node, If):
                out |= self._written(node.then) | self._written(node.other)
        return out

    def _forget_all(self, known: Known, written: int) -> None:
        for local, value in list(known.items()):
            if written >> local & 1 or (value.op == "local.get" and written >> value.imm[0] & 1):
                del known[local]

    def _learn(self, known: Known, local: int, value: Node) -> None:
        known.pop(local, None)
        for copy in self.copies.get(local, ()):
            found = known.get(copy)
            if found is not None and found.op == "local.get" and found.imm[0] == local:
                del known[copy]
        if value.op == "local.tee":
            value = Node("local.get", value.imm, (), value.type)
        if value.op.endswith(".const"):
            known[local] = Node(value.op, value.imm, (), value.type)
        elif value.op == "local.get" and value.imm[0] != local:
            known[local] = Node(value.op, value.imm, (), value.type)
            self.copies.setdefault(value.imm[0], set()).add(local)

    def node(self, node: Node, known: Known) -> Node:
        """The node with what is known put in; `known` becomes what is known after it."""
        if isinstance(node, Block):
            return self._block(node, known)
        args = node.args
        for index, argument in enumerate(args):
            if argument.op == "local.get":
                found = known.get(argument.imm[0])
                if found is not None:
                    args[index] = Node(found.op, found.imm, (), argument.type)
            elif argument.op not in CONSTANTS:
                args[index] = self.node(argument, known)
        if isinstance(node, If):
            self._branches(node, known)
        elif node.op == "local.get":
            found = known.get(node.imm[0])
            if found is not None:
                return Node(found.op, found.imm, (), node.type)
        elif node.op in ("local.set", "local.tee"):
            self._learn(known, node.imm[0], args[0])
        elif node.op == "br":
            arrivals = self.behind.get(node.imm[0])
            if arrivals is not None and not args:
                arrivals.arrive(node, known)
        else:
            for local in extra_results(node):
                self._learn(known, local, node)
        return node

    def statements(self, body: list[Node], known: Known) -> bool:
        """Rewrite statements; whether control may come out at their end."""
        self.depth += 1
        try:
            for index, node in enumerate(body):
                if node.__class__ is not Node and node.type is None and node.op != "loop" and index + 1 < len(body):
                    self._before(body, node, body[index + 1], known)
                else:
                    body[index] = self.node(node, known)
                if node.op in NEVER_RETURNS:
                    return False
            return True
        finally:
            self.depth -= 1

    def _before(self, body: list[Node], node: Node, following: Node, known: Known) -> None:
        """Visit a block or conditional that something follows."""
        test = test_of(following)
        arrivals = None
        if test is not None:
            arrivals = Arrivals(body, self.depth, node, following, test)
            self.found.append(arrivals)
        if isinstance(node, Block):
            if arrivals is not None:
                self.behind[node.label] = arrivals
            self._block(node, known)
        elif isinstance(node, If):
            node.args[0] = self.node(node.args[0], known)
            self._branches(node, known, arrivals)

    def _block(self, node: Block, known: Known) -> Node:
        written = self.writes[id(node)]
        if node.op == "loop":
            self._forget_all(known, written)
            self.statements(node.body, known)
            return node
        left = self.uses[node.label] > 0
        entry = dict(known) if left else {}
        if self.statements(node.body, known) and not left:
            return node
        known.clear()
        known.update(entry)
        self._forget_all(known, written)
        return node

    def _branches(self, node: If, known: Known, arrivals: Arrivals | None = None) -> None:
        one, two = dict(known), dict(known)
        then, other = self.statements(node.then, one), self.statements(node.other, two)
        if arrivals is not None:
            for arm, completes, end in ((node.then, then, one), (node.other, other, two)):
                if completes:
                    arrivals.end(arm, end)
        known.clear()
        if then and other:
            for local, value in one.items():
                found = two.get(local)
                if found is value or (found is not None and found == value):
                    known[local] = value
        else:
            known.update(one if then else two if other else {})
