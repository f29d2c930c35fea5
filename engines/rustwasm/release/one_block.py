"""Programs that have at most one memory block at a time need no allocator: the block is always at the same place.

That is so when only one function of the module allocates and frees, which only the host calls, and whichever way it
takes, a block is freed before the next is made and before the function ends. Memory grows if the block does not fit;
where it cannot grow, whatever touches what is not there traps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from engines.rustwasm.release.tree import NEVER_RETURNS, Block, If, Node, Tree, rewrite, targets, walk
from engines.rustwasm.wasm.module import Module
from engines.rustwasm.wasm.types import I32

_PAGE_SHIFT: Final = 16
_HEADER: Final = 4
"""Bytes between where the heap starts and the first block, which is aligned to 8."""


class Allocator(NamedTuple):
    """The functions that allocate (size → address) and free (address), and where the first block would be."""

    alloc: int
    free: int
    base: int


def allocator_of(module: Module) -> Allocator | None:
    """The allocator of a module of ours, found by the names that `lower_linear` gives; None if it has none."""
    functions = {name: index for index, name in module.names.functions.items()}
    heap = next((index for index, name in module.names.globals.items() if name == "heap"), None)
    alloc, free = functions.get("runtime alloc"), functions.get("runtime free")
    if heap is None or alloc is None or free is None:
        return None
    return Allocator(alloc, free, module.globals[heap].initial[0][1] + _HEADER)


def place_one_block(trees: Mapping[int, Tree], live: set[int], callable_: set[int], allocator: Allocator) -> bool:
    """Put the only block where it always is; whether that could be done. `live` are the functions that something
    reaches, `callable_` those that the host or a table may call.

    A function may be called by the host while it runs, if it calls the host: where anything does, nothing is done.
    """
    if not live <= trees.keys():
        return False
    calls = {index: [node for node in walk(trees[index].body) if node.op == "call"] for index in live}
    users = [
        index
        for index in live - {allocator.alloc, allocator.free}
        if any(node.imm[0] in (allocator.alloc, allocator.free) for node in calls[index])
    ]
    called = {node.imm[0] for found in calls.values() for node in found}
    if len(users) != 1 or users[0] not in callable_ or users[0] in called:
        return False
    tree = trees[users[0]]
    try:
        if _Blocks(tree, allocator).statements(tree.body, _FREE) & _HELD:
            return False
    except _SeveralBlocksError:
        return False

    def change(node: Node) -> Node:
        if node.op != "call" or node.imm[0] not in (allocator.alloc, allocator.free):
            return node
        return _placed(tree, node.args[0], allocator.base) if node.imm[0] == allocator.alloc else Node("nop")

    rewrite(tree.body, change)
    return True


_FREE: Final = 1
"""No block may be in use."""
_HELD: Final = 2
"""One may."""


class _SeveralBlocksError(Exception):
    """Two blocks may be in use at a time, or one when the function ends, or what is freed is not known."""


class _Blocks:
    """Follows the function with what may be: nothing in use, one block in use, or either; 0 where control does not
    come."""

    def __init__(self, tree: Tree, allocator: Allocator) -> None:
        self.allocator = allocator
        self.at_label: dict[int, int] = {}
        sets: dict[int, bool] = {}
        for node in walk(tree.body):
            if node.op in ("local.set", "local.tee"):
                sets[node.imm[0]] = sets.get(node.imm[0], True) and self._allocates(node.args[0])
        self.blocks = {local for local, only in sets.items() if only and local >= tree.parameters}
        """Locals that hold nothing but blocks' addresses."""

    def _allocates(self, node: Node) -> bool:
        return node.op == "call" and node.imm[0] == self.allocator.alloc

    def statements(self, body: list[Node], state: int) -> int:
        for node in body:
            state = self.node(node, state)
        return state

    def node(self, node: Node, state: int) -> int:
        """The state behind a node."""
        for argument in node.args:
            state = self.node(argument, state)
        if isinstance(node, Block):
            return self._block(node, state)
        if isinstance(node, If):
            return self.statements(node.then, state) | self.statements(node.other, state)
        if node.op == "call" and state:
            return self._call(node, state)
        if node.op == "return" and state & _HELD:
            raise _SeveralBlocksError
        for label in targets(node):
            self.at_label[label] = self.at_label.get(label, 0) | state
        return 0 if node.op in NEVER_RETURNS else state

    def _call(self, node: Node, state: int) -> int:
        if self._allocates(node):
            if state != _FREE:
                raise _SeveralBlocksError
            return _HELD
        if node.imm[0] != self.allocator.free:
            return state
        (block,) = node.args
        if state != _HELD or block.op != "local.get" or block.imm[0] not in self.blocks:
            raise _SeveralBlocksError
        return _FREE

    def _block(self, block: Block, state: int) -> int:
        if block.op == "block":
            return self.statements(block.body, state) | self.at_label.get(block.label, 0)
        while True:
            end = self.statements(block.body, state)
            again = self.at_label.get(block.label, 0)
            if not again & ~state:
                return end
            state |= again


def _i32(value: int) -> Node:
    return Node("i32.const", (value,), (), I32)


def _op(name: str, *args: Node) -> Node:
    return Node(name, (), args, I32)


def _placed(tree: Tree, size: Node, base: int) -> Node:
    """What is in place of an allocation: memory that is large enough, and the address."""
    kept = tree.fresh_local(I32)
    room = _op("i32.sub", _op("i32.shl", Node("memory.size", (0,), (), I32), _i32(_PAGE_SHIFT)), _i32(base))
    pages = _op("i32.add", _op("i32.shr_u", Node("local.get", (kept,), (), I32), _i32(_PAGE_SHIFT)), _i32(1))
    grow = Node("drop", (), (Node("memory.grow", (0,), (pages,), I32),))
    test = _op("i32.gt_u", Node("local.get", (kept,), (), I32), room)
    body = [Node("local.set", (kept,), (size,)), If(test, [grow], [], None), _i32(base)]
    return Block("block", tree.fresh_label(), body, I32)
