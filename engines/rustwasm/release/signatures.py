"""Parameters and results that say nothing: not read, always the same constant, or never used.

    (func $pad (param $self i32) (param $fill i32) (result i32) ... (i32.const 0))
    (if (call $pad (local.get 0) (i32.const 32)) (return ...))        where every caller gives 32

    (func $pad (param $self i32) (local $fill i32) (local.set $fill (i32.const 32)) ...)
    (call $pad (local.get 0))

Only functions that nothing but calls names. Source: dead argument elimination and interprocedural constant propagation
of optimising compilers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from engines.rustwasm.release.effects import effects_of
from engines.rustwasm.release.tree import Block, If, Node, Tree, extra_results, rewrite, walk, with_extra_results


def trim_signatures(trees: Mapping[int, Tree], live: set[int], named: set[int]) -> set[int]:
    """Trim what functions take and give; which functions changed, as callees or callers. `live` are the functions that
    something reaches, `named` those that something else than a call names."""
    calls: dict[int, list[tuple[int, Node]]] = defaultdict(list)
    dropped: set[int] = set()
    for caller in sorted(live & trees.keys()):
        for node in walk(trees[caller].body):
            if node.op == "call" and node.imm[0] in trees:
                calls[node.imm[0]].append((caller, node))
            elif node.op == "drop" and node.args[0].op == "call":
                dropped.add(id(node.args[0]))
    changed: set[int] = set()
    replaced: dict[int, Node | None] = {}
    for index in sorted(calls):
        tree, sites = trees[index], calls[index]
        if index in named:
            continue
        gone = _parameters(tree, index, sites)
        without, value = _result(tree, sites, dropped)
        if gone or without:
            changed |= {index, *(caller for caller, _ in sites)}
        if gone:
            _remove(tree, gone)
            for _, node in sites:
                node.args = [one for number, one in enumerate(node.args) if number not in gone]
        if without:
            _without_result(tree)
            replaced |= {id(node): value for _, node in sites}
    if replaced:
        for index in changed:
            _put_results(trees[index], replaced)
    return changed


def _is_constant(node: Node) -> bool:
    return node.op in ("i32.const", "i64.const", "f32.const", "f64.const")


def _parameters(tree: Tree, index: int, sites: list[tuple[int, Node]]) -> dict[int, Node | None]:
    """Parameters that may go, with the constant that each always is, or None if nobody reads it."""
    read = {node.imm[0] for node in walk(tree.body) if node.op == "local.get"}
    written = {node.imm[0] for node in walk(tree.body) if node.op in ("local.set", "local.tee")}
    out: dict[int, Node | None] = {}
    for number in range(tree.parameters):
        given = [
            node.args[number]
            for caller, node in sites
            # A function that passes its own parameter on gives what it was given.
            if not (caller == index and node.args[number].op == "local.get" and node.args[number].imm == (number,))
            or number in written
        ]
        if not given:
            continue
        if number not in read:
            if not any(effects_of(one).matter for one in given):
                out[number] = None
        elif _is_constant(given[0]) and all(one == given[0] for one in given):
            out[number] = given[0]
    return out


def _remove(tree: Tree, gone: dict[int, Node | None]) -> None:
    """Make parameters ordinary locals, set to their constants at first."""
    kept = [number for number in range(tree.parameters) if number not in gone]
    order = [*kept, *gone, *range(tree.parameters, len(tree.locals))]
    new = {old: position for position, old in enumerate(order)}

    def change(node: Node) -> Node:
        if node.op in ("local.get", "local.set", "local.tee"):
            node.imm = (new[node.imm[0]],)
        elif extra_results(node):
            with_extra_results(node, tuple(one if one < 0 else new[one] for one in extra_results(node)))
        return node

    rewrite(tree.body, change)
    tree.locals = [tree.locals[old] for old in order]
    tree.parameters = len(kept)
    tree.body[:0] = [
        Node("local.set", (new[number],), (Node(value.op, value.imm, (), value.type),))
        for number, value in gone.items()
        if value is not None
    ]


def _result(tree: Tree, sites: list[tuple[int, Node]], dropped: set[int]) -> tuple[bool, Node | None]:
    """Whether the result may go, and the constant that it always is, if callers need it."""
    if len(tree.results) != 1:
        return False, None
    if all(id(node) in dropped for _, node in sites):
        return True, None
    values = [node.args[0] for node in walk(tree.body) if node.op == "return"]
    values = [*_ends(tree.body), *[one for value in values for one in _leaves(value)]]
    if values and _is_constant(values[0]) and all(one == values[0] for one in values):
        return True, values[0]
    return False, None


def _ends(body: list[Node]) -> list[Node]:
    """What the value at the end of a statement list may be, if it has one."""
    return _leaves(body[-1]) if body and body[-1].type is not None else []


def _leaves(value: Node) -> list[Node]:
    """What a value may be."""
    if isinstance(value, If):
        return [*_ends(value.then), *_ends(value.other)]
    if isinstance(value, Block):
        left = [] if value.op == "loop" else walk(value.body)
        ways = [one.args[0] for one in left if one.op == "br" and one.imm[0] == value.label]
        # A table may leave with anything.
        tables = [one for one in left if one.op == "br_table"]
        return [*_ends(value.body), *[one for way in ways for one in _leaves(way)], *tables]
    return [value]


def _without_result(tree: Tree) -> None:
    """Give nothing back; what would have been given is evaluated all the same."""

    def change(node: Node) -> Node:
        if node.op != "return":
            return node
        return Block("block", tree.fresh_label(), [Node("drop", (), node.args), Node("return")], None)

    rewrite(tree.body, change)
    if tree.body and tree.body[-1].type is not None:
        tree.body[-1] = Node("drop", (), (tree.body[-1],))
    tree.results = ()


def _put_results(tree: Tree, replaced: dict[int, Node | None]) -> None:
    """Calls that give nothing any more are statements, followed by the constant."""

    def change(node: Node) -> Node:
        if node.op == "drop" and id(node.args[0]) in replaced:
            call = node.args[0]
            call.type = None
            return call
        if id(node) not in replaced or node.type is None:
            return node
        value = replaced[id(node)]
        if value is None:
            return node
        result = node.type
        node.type = None
        return Block("block", tree.fresh_label(), [node, Node(value.op, value.imm, (), result)], result)

    rewrite(tree.body, change)
