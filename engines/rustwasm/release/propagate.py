"""Constants and copies: a local that is known to hold a constant, or what another local holds, is read as that.

One walk in order of evaluation with what is known so far. A loop forgets what its body writes before it starts; a block
that is branched out of forgets what it wrote when it ends.
"""

from __future__ import annotations

from typing import TypeAlias

from engines.rustwasm.release.tree import NEVER_RETURNS, Block, If, Node, Tree, targets, walk

Known: TypeAlias = dict[int, Node]


def _written(body: list[Node]) -> set[int]:
    return {node.imm[0] for node in walk(body) if node.op in ("local.set", "local.tee")}


def _forget(known: Known, locals_: set[int]) -> None:
    for local, value in list(known.items()):
        if local in locals_ or (value.op == "local.get" and value.imm[0] in locals_):
            del known[local]


def _learn(known: Known, local: int, value: Node) -> None:
    _forget(known, {local})
    if value.op == "local.tee":
        value = Node("local.get", value.imm, (), value.type)
    if value.op.endswith(".const") or (value.op == "local.get" and value.imm[0] != local):
        known[local] = Node(value.op, value.imm, (), value.type)


def _node(node: Node, known: Known) -> Node:
    """The node with what is known put in; `known` becomes what is known after it."""
    if isinstance(node, Block):
        return _block(node, known)
    node.args = [_node(argument, known) for argument in node.args]
    if isinstance(node, If):
        _branches(node, known)
    elif node.op == "local.get":
        found = known.get(node.imm[0])
        if found is not None:
            return Node(found.op, found.imm, (), node.type)
    elif node.op in ("local.set", "local.tee"):
        _learn(known, node.imm[0], node.args[0])
    return node


def _list(body: list[Node], known: Known) -> bool:
    """Rewrite statements; whether control may come out at their end."""
    for index, node in enumerate(body):
        body[index] = _node(node, known)
        if node.op in NEVER_RETURNS:
            return False
    return True


def _block(node: Block, known: Known) -> Node:
    if node.op == "loop":
        _forget(known, _written(node.body))
        _list(node.body, known)
        return node
    entry = dict(known)
    left = any(node.label in targets(inner) for inner in walk(node.body))
    if _list(node.body, known) and not left:
        return node
    known.clear()
    known.update(entry)
    _forget(known, _written(node.body))
    return node


def _branches(node: If, known: Known) -> None:
    one, two = dict(known), dict(known)
    then, other = _list(node.then, one), _list(node.other, two)
    known.clear()
    if then and other:
        known.update({local: value for local, value in one.items() if two.get(local) == value})
    else:
        known.update(one if then else two if other else {})


def propagate(tree: Tree) -> None:
    """Read constants and copies at their source."""
    _list(tree.body, {})
