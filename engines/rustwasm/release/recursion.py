"""Calls of a function by itself in last place become a loop, also where a sum or product of the result is returned.

    f(n) = if n < 2 { n } else { f(n - 1) + f(n - 2) }

    sum = 0; loop { if n < 2 { return sum + n } sum = sum + f(n - 1); n = n - 2 }

The operation has to be associative and commutative, as those on integers that wrap are. Source: accumulating
parameters, R. M. Burstall and J. Darlington, "A Transformation System for Developing Recursive Programs" (1977).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from engines.rustwasm.release.coalesce import live_at_start
from engines.rustwasm.release.effects import effects_of
from engines.rustwasm.release.inline import zero
from engines.rustwasm.release.tree import NEVER_RETURNS, Block, If, Node, Tree, walk
from engines.rustwasm.wasm.validate.types import defaultable

_IDENTITY: Final = {"add": 0, "or": 0, "xor": 0, "mul": 1, "and": -1}


class _Way(NamedTuple):
    """A way out of the function: the statement list that ends in it, and how it calls the function again, if so."""

    body: list[Node]
    call: Node | None
    operation: str | None
    other: Node | None


def loops_for_calls(tree: Tree, index: int) -> bool:
    """Turn calls of function `index` in last place of its own body into a loop; whether there were any."""
    if len(tree.results) > 1 or any(not defaultable(one) for one in tree.locals):
        return False
    ways: list[_Way] = []
    _ways(tree.body, index, bool(tree.results), ways)
    operations = {one.operation for one in ways if one.operation is not None}
    if len(operations) > 1 or all(one.call is None for one in ways):
        return False
    operation = operations.pop() if operations else None
    starting = live_at_start(tree)
    sum_ = None if operation is None else tree.fresh_local(tree.results[0])
    label = tree.fresh_label()
    for way in ways:
        _close(tree, way, operation, sum_, label, starting)
    result = tree.results[0] if tree.results else None
    tree.body = [Block("loop", label, tree.body, result)]
    if sum_ is not None and operation is not None:
        type_, _, action = operation.partition(".")
        first = Node(f"{type_}.const", (_IDENTITY[action],), (), result)
        tree.body.insert(0, Node("local.set", (sum_,), (first,)))
    return True


def _ways(body: list[Node], index: int, value: bool, ways: list[_Way]) -> None:
    """The ways that leave the function at the end of a statement list, and by every `return` inside."""
    last = body[-1] if body else None
    for node in body:
        for inner in (node, *node.args):
            for one in inner.bodies():
                if inner is last and isinstance(last, If) and (last.type is not None) == value:
                    _ways(one, index, value, ways)
                else:
                    _returns(one, index, value, ways)
    if last is None:
        if not value:
            ways.append(_Way(body, None, None, None))
    elif last.op == "return" or ((last.type is not None) == value and last.op != "if" and last.op not in NEVER_RETURNS):
        ways.append(_way(body, index, value))


def _returns(body: list[Node], index: int, value: bool, ways: list[_Way]) -> None:
    """The returns in a statement list whose end is none."""
    lists = [body, *[one for inner in walk(body) for one in inner.bodies()]]
    ways += [_way(one, index, value) for one in lists if one and one[-1].op == "return"]


def _way(body: list[Node], index: int, value: bool) -> _Way:
    last = body[-1]
    if not value:
        # A return behind the call adds nothing to it.
        if last.op == "return" and len(body) > 1 and body[-2].op == "call" and body[-2].imm[0] == index:
            body.pop()
            last = body[-1]
        return _Way(body, last if last.op == "call" and last.imm[0] == index else None, None, None)
    result = last.args[0] if last.op == "return" else last
    if result.op == "call" and result.imm[0] == index:
        return _Way(body, result, None, None)
    type_, _, action = result.op.partition(".")
    if type_ in ("i32", "i64") and action in _IDENTITY:
        left, right = result.args
        if right.op == "call" and right.imm[0] == index:
            return _Way(body, right, result.op, left)
        effects = effects_of(right)
        free = not (effects.all_flags or effects.writes or effects.reads & effects_of(left).writes)
        if left.op == "call" and left.imm[0] == index and free:
            return _Way(body, left, result.op, right)
    return _Way(body, None, None, None)


def _close(tree: Tree, way: _Way, operation: str | None, sum_: int | None, label: int, starting: set[int]) -> None:
    body = way.body
    if way.call is None:
        if operation is not None and body and sum_ is not None:
            last = body[-1]
            result = last.args[0] if last.op == "return" else last
            both = Node(operation, (), (result, Node("local.get", (sum_,), (), result.type)), result.type)
            body[-1] = Node("return", (), (both,)) if last.op == "return" else both
        return
    made: list[Node] = []
    if way.operation is not None and sum_ is not None and way.other is not None:
        before = Node("local.get", (sum_,), (), way.other.type)
        made.append(Node("local.set", (sum_,), (Node(way.operation, (), (way.other, before), way.other.type),)))
    fresh = [tree.fresh_local(tree.locals[parameter]) for parameter in range(tree.parameters)]
    made += [Node("local.set", (one,), (value,)) for one, value in zip(fresh, way.call.args, strict=True)]
    made += [
        Node("local.set", (parameter,), (Node("local.get", (one,), (), tree.locals[one]),))
        for parameter, one in enumerate(fresh)
    ]
    made += [Node("local.set", (local,), (zero(tree.locals[local]),)) for local in sorted(starting)]
    body[-1:] = [*made, Node("br", (label,))]
