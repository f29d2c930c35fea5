"""Which functions are put where they are called."""

from __future__ import annotations

from engines.rustwasm.release.inline import OPENING, SMALL, inline, size_of
from engines.rustwasm.release.tree import Node, Tree, nodes_of
from engines.rustwasm.wasm.types import I32

FRAME, CALLER, CALLEE, LARGE = 1, 10, 20, 30


def _get(local: int) -> Node:
    return Node("local.get", (local,), (), I32)


def _stores(count: int) -> Tree:
    """A function of one address that stores so many constants there."""
    body = [Node("i32.store", (2, 4 * i, 0), (_get(0), Node("i32.const", (i,), (), I32))) for i in range(count)]
    return Tree(1, [I32], body, ())


def _called(statements: list[Node]) -> set[int]:
    """What the caller still calls, when it has called `statements` with a frame in a local."""
    callee, large = _stores(8), _stores(OPENING)
    assert SMALL < size_of(callee) <= OPENING < size_of(large)
    caller = Tree(1, [I32, I32], statements, ())
    trees = {CALLER: caller, CALLEE: callee, LARGE: large}
    inline(trees, {CALLER, CALLEE, LARGE}, lambda tree: None, lambda tree: {FRAME} if tree is caller else set())
    return {node.imm[0] for node in nodes_of(caller.body) if node.op == "call"}


def test_a_function_told_a_frame_is_put_in_where_the_frame_may_become_locals() -> None:
    call = Node("call", (CALLEE,), (_get(FRAME),))
    assert _called([call, Node("drop", (), (Node("i32.load", (2, 0, 0), (_get(FRAME),), I32),))]) == set()
    beside = Node("i32.add", (), (_get(FRAME), Node("i32.const", (4,), (), I32)), I32)
    assert _called([call, Node("call", (CALLEE,), (beside,))]) == set()
    assert _called([Node("call", (CALLEE,), (_get(0),))]) == {CALLEE}


def test_it_is_not_where_something_else_needs_the_frame_in_memory() -> None:
    call = Node("call", (CALLEE,), (_get(FRAME),))
    assert _called([call, Node("call", (LARGE,), (_get(FRAME),))]) == {CALLEE, LARGE}
    stored = Node("i32.store", (2, 0, 0), (_get(0), _get(FRAME)))
    assert _called([call, stored]) == {CALLEE}
    somewhere = Node("i32.add", (), (_get(FRAME), _get(0)), I32)
    assert _called([call, Node("drop", (), (Node("i32.load", (2, 0, 0), (somewhere,), I32),))]) == {CALLEE}
