"""Values that leave blocks: as values of the blocks, which is short, or in a local, which other passes understand.

(local.set 0 (block @1 ... (br @1 A) ... B))   ↔   block @1 ... (local.set 0 A) (br @1) ... (local.set 0 B) end
"""

from __future__ import annotations

from collections import Counter, defaultdict

from engines.rustwasm.release.tree import NEVER_RETURNS, Block, If, Node, Tree, label_uses, nodes_of, rewrite


def split_values(tree: Tree) -> None:
    """Blocks that give the value of a set, and that branches leave, set the local themselves."""
    if not any(node.op == "local.set" and node.args[0].__class__ is not Node for node in nodes_of(tree.body)):
        return
    tables = {label for node in nodes_of(tree.body) if node.op == "br_table" for label in (*node.imm[0], node.imm[1])}
    uses = label_uses(tree.body)
    homes: dict[int, int] = {}

    def change(node: Node) -> Node:
        if node.op != "local.set":
            return node
        block = node.args[0]
        if isinstance(block, If):
            return _split_if(block, node)
        if not isinstance(block, Block) or block.op != "block" or not uses[block.label] or block.label in tables:
            return node
        homes[block.label] = node.imm[0]
        block.type = None
        if block.body and block.body[-1].type is not None:
            block.body[-1] = Node("local.set", node.imm, (block.body[-1],))
        return block

    rewrite(tree.body, change)
    if not homes:
        return

    def leave(node: Node) -> Node:
        if node.op != "br" or not node.args or node.imm[0] not in homes:
            return node
        put = Node("local.set", (homes[node.imm[0]],), node.args)
        return Block("block", tree.fresh_label(), [put, Node("br", node.imm)], None)

    rewrite(tree.body, leave)


def _split_if(conditional: If, put: Node) -> Node:
    """A conditional whose value is put in a local, as one whose arms put it there."""
    for arm in (conditional.then, conditional.other):
        if arm and arm[-1].type is not None:
            arm[-1] = Node("local.set", put.imm, (arm[-1],))
    conditional.type = None
    return conditional


def join_values(tree: Tree) -> None:
    """Blocks all of whose ways out end by setting the same local give the local's value."""
    ways: dict[int, list[tuple[list[Node], int]]] = defaultdict(list)
    _ways(tree.body, ways)
    uses = label_uses(tree.body)
    _lists(tree.body, ways, uses)


def _ways(body: list[Node], ways: dict[int, list[tuple[list[Node], int]]]) -> None:
    """Where branches stand in statement lists, by label."""
    for index, node in enumerate(body):
        if node.op == "br":
            ways[node.imm[0]].append((body, index))
        for argument in node.args:
            _ways([argument], ways)
        for inner in node.bodies():
            _ways(inner, ways)


def _lists(body: list[Node], ways: dict[int, list[tuple[list[Node], int]]], uses: Counter[int]) -> None:
    for index, node in enumerate(body):
        for argument in node.args:
            _lists([argument], ways, uses)
        for inner in node.bodies():
            _lists(inner, ways, uses)
        if isinstance(node, Block) and node.op == "block" and node.type is None and uses[node.label]:
            body[index] = _joined(node, ways[node.label], uses)


def _joined(block: Block, ways: list[tuple[list[Node], int]], uses: Counter[int]) -> Node:
    last = block.body[-1] if block.body else None
    if last is None or len(ways) != uses[block.label]:
        return block
    places = []
    for body, _ in ways:
        # Joining inner blocks may have moved it: it is the last of its list.
        if len(body) < 2 or body[-1].op != "br" or body[-1].imm != (block.label,) or body[-1].args:
            return block
        places.append(body)
    setters = [body[-2] for body in places]
    if last.op == "local.set":
        setters.append(last)
    elif last.op not in NEVER_RETURNS:
        return block
    local = setters[0].imm[:1]
    if any(one.op != "local.set" or one.imm != local or one.args[0].type is None for one in setters):
        return block
    type_ = setters[0].args[0].type
    if any(one.args[0].type != type_ for one in setters):
        return block
    for body in places:
        body[-2:] = [Node("br", (block.label,), body[-2].args)]
    if last.op == "local.set":
        block.body[-1] = last.args[0]
    block.type = type_
    return Node("local.set", local, (block,))
