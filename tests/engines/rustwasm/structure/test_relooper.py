"""Structured code visits the blocks that the graph visits, in order, on an engine."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.release.tree import Block, Node, Tree, fell, walk
from engines.rustwasm.structure.graph import Graph, IrreducibleError
from engines.rustwasm.structure.relooper import BasicBlock, Branch, Jump, Leave, Table, structure
from engines.rustwasm.wasm.binary import encode
from engines.rustwasm.wasm.module import Export, ExternKind, Global, Module
from engines.rustwasm.wasm.types import I32, FunctionType, GlobalType, SubType
from engines.rustwasm.wasm.validate import validate
from harness.contract import WasmCase, WasmObservation
from oracles.wasmtime_oracle import WasmtimeOracle

STEPS = 60
ENGINE = WasmtimeOracle()


def const(value: int) -> Node:
    return Node("i32.const", (value,), (), I32)


def state(*operation: Node) -> Node:
    return Node("global.set", (0,), list(operation))


def current() -> Node:
    return Node("global.get", (0,), (), I32)


def step(block: int) -> list[Node]:
    """`state = state * 31 + block + 1`, one step less, and out when there are none left."""
    mixed = Node("i32.mul", (), [current(), const(31)], I32)
    left = Node("global.get", (1,), (), I32)
    return [
        state(Node("i32.add", (), [mixed, const(block + 1)], I32)),
        Node("global.set", (1,), [Node("i32.sub", (), [left, const(1)], I32)]),
    ]


def bit(shift: int, mask: int) -> Node:
    return Node("i32.and", (), [Node("i32.shr_u", (), [current(), const(shift)], I32), const(mask)], I32)


def blocks_of(successors: Sequence[Sequence[int]], out: int) -> list[BasicBlock]:
    """A block a node; where it goes depends on the state. Block `out` is the exit; all go there without steps left."""
    made: list[BasicBlock] = []
    for number, targets in enumerate(successors):
        match list(targets):
            case []:
                made.append(BasicBlock(Leave([Node("return")]), step(number)))
            case [only]:
                made.append(BasicBlock(Jump(only), step(number)))
            case [first, second]:
                made.append(BasicBlock(Branch(bit(number % 7, 1), first, second), step(number)))
            case [*several, default]:
                made.append(BasicBlock(Table(bit(number % 5, 3), several, default), step(number)))
    return made


def simulate(successors: Sequence[Sequence[int]]) -> int:
    value, block = 0, 0
    for _ in range(STEPS):
        value = (value * 31 + block + 1) & 0xFFFF_FFFF
        targets = list(successors[block])
        if not targets:
            return value
        if len(targets) == 1:
            block = targets[0]
        elif len(targets) == 2:
            block = targets[0] if value >> (block % 7) & 1 else targets[1]
        else:
            index = value >> (block % 5) & 3
            block = targets[index] if index < len(targets) - 1 else targets[-1]
    return value


def with_exits(blocks: list[BasicBlock]) -> list[BasicBlock]:
    """Before each block's exit: leave the function when the steps are used up."""
    out: list[BasicBlock] = []
    for block in blocks:
        spent = Node("i32.eqz", (), [Node("global.get", (1,), (), I32)], I32)
        leave = Block(
            "block",
            10_000 + len(out),
            [Node("br_if", (10_000 + len(out),), [Node("i32.eqz", (), [spent], I32)]), Node("return")],
            None,
        )
        out.append(BasicBlock(block.exit, [*block.statements, leave]))
    return out


def run(blocks: list[BasicBlock]) -> int:
    tree = Tree(0, [], structure(blocks, 1), ())
    tree.body.append(Node("unreachable"))
    module = Module(
        types=[(SubType(FunctionType()),)],
        functions=[fell(tree, 0)],
        globals=[Global(GlobalType(I32, True), [("i32.const", value)]) for value in (0, STEPS)],
        exports=[Export("f", ExternKind.FUNCTION, 0), Export("state", ExternKind.GLOBAL, 0)],
    )
    validate(module)
    seen = ENGINE.run(WasmCase(encode(module), (("f", ()),)))
    assert isinstance(seen, WasmObservation)
    assert seen.calls == ((),), seen.detail
    return int(dict(seen.digests)["state"].partition(":")[2], 16)


def random_graph(seed: int) -> list[list[int]]:
    """Successor lists of a random graph; half of the edges go forward, so that many graphs are reducible."""
    rng = random.Random(seed)
    count = rng.randrange(2, 12)
    out: list[list[int]] = []
    for number in range(count):
        degree = 0 if number == count - 1 else rng.choice((1, 1, 2, 2, 2, 4))
        targets = []
        for _ in range(degree):
            forward = number + 1 < count and rng.random() < 0.75
            targets.append(
                rng.randrange(number + 1, count)
                if forward
                else rng.randrange(max(1, number - 3), number + 1)
                if number
                else 1 % count
            )
        out.append(targets)
    return out


def test_random_graphs_do_what_they_say() -> None:
    reducible = loops = tables = 0
    for seed in range(1500):
        successors = random_graph(seed)
        try:
            graph = Graph(successors)
        except IrreducibleError:
            continue
        reducible += 1
        loops += bool(graph.heads)
        tables += any(len(targets) > 2 for targets in successors)
        assert run(with_exits(blocks_of(successors, len(successors) - 1))) == simulate(successors), successors
        if reducible == 250:
            break
    assert min(loops, tables) > 40


def test_a_diamond_has_no_branch() -> None:
    body = structure(blocks_of([[1, 2], [3], [3], []], 3))
    assert not [node for node in walk(body) if node.op.startswith("br")]


def test_a_loop_has_one_branch_back() -> None:
    body = structure(blocks_of([[1], [2, 3], [1], []], 3))
    assert [node.op for node in walk(body) if node.op.startswith("br")] == ["br"]


def test_a_loop_with_two_entries_is_refused() -> None:
    with pytest.raises(IrreducibleError, match=r"block [12] is entered from block [12]"):
        Graph([[1, 2], [2], [1, 3], []])


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=100)
def test_dominators_are_what_removal_shows(seed: int) -> None:
    successors = random_graph(seed)
    try:
        graph = Graph(successors)
    except IrreducibleError:
        return
    for above in graph.order:
        reached = {0} if above else set()
        todo = list(reached)
        while todo:
            for target in successors[todo.pop()]:
                if target != above and target not in reached:
                    reached.add(target)
                    todo.append(target)
        for below in graph.order:
            assert graph.dominates(above, below) == (below not in reached)
