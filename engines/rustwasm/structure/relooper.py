"""Structured code from a reducible graph.

A block's code is followed by its exit. Where two branches meet, the meeting block's code follows a Wasm block that the
branches leave; a loop's head starts a Wasm loop that back edges restart. The dominator tree says what is inside what.

Source: N. Ramsey, "Beyond Relooper: Recursive Translation of Unstructured Control Flow to Structured Control Flow"
(ICFP 2022), with an explicit stack of contexts in place of de Bruijn depths, since our labels are names.
"""

from __future__ import annotations

from typing import TypeAlias

from engines.rustwasm.release.tree import Block, If, Node
from engines.rustwasm.structure.graph import Graph


class Jump:
    """Go to a block."""

    __slots__ = ("target",)

    def __init__(self, target: int) -> None:
        self.target = target


class Branch:
    """Go to `then` if `condition` is not zero, else to `other`."""

    __slots__ = ("condition", "other", "then")

    def __init__(self, condition: Node, then: int, other: int) -> None:
        self.condition = condition
        self.then = then
        self.other = other


class Table:
    """Go to `targets[selector]`, or to `default` where there is none."""

    __slots__ = ("default", "selector", "targets")

    def __init__(self, selector: Node, targets: list[int], default: int) -> None:
        self.selector = selector
        self.targets = targets
        self.default = default


class Leave:
    """Leave the function by these statements: a return or a trap."""

    __slots__ = ("statements",)

    def __init__(self, statements: list[Node]) -> None:
        self.statements = statements


Exit: TypeAlias = Jump | Branch | Table | Leave


class BasicBlock:
    """Straight-line code and where it goes."""

    __slots__ = ("exit", "statements")

    def __init__(self, exit: Exit, statements: list[Node]) -> None:
        self.exit = exit
        self.statements = statements

    def successors(self) -> list[int]:
        leave = self.exit
        if isinstance(leave, Jump):
            return [leave.target]
        if isinstance(leave, Branch):
            return [leave.then, leave.other]
        return [*leave.targets, leave.default] if isinstance(leave, Table) else []


class _Structurer:
    def __init__(self, blocks: list[BasicBlock], first_label: int) -> None:
        self.blocks = blocks
        self.graph = Graph([block.successors() for block in blocks])
        self.next_label = first_label
        self.behind: dict[int, int] = {}
        """Merging block to the label of the Wasm block that its code follows."""
        self.loops: dict[int, int] = {}
        """Loop head to the label of its loop."""
        # A branch table can only branch, so its targets stand behind a Wasm block like merges.
        self.merges = set(self.graph.merges)
        for number in self.graph.order:
            if isinstance(blocks[number].exit, Table):
                self.merges.update(blocks[number].successors())

    def fresh(self) -> int:
        self.next_label += 1
        return self.next_label - 1

    def block(self, number: int, after: int | None) -> list[Node]:
        """The code of a block and of all that it dominates; `after` is what comes right behind that code."""
        merges = [child for child in self.graph.children[number] if child in self.merges]
        if number not in self.graph.heads:
            return self._nest(number, merges, after)
        self.loops[number] = self.fresh()
        return [Block("loop", self.loops[number], self._nest(number, merges, after), None)]

    def _nest(self, number: int, merges: list[int], after: int | None) -> list[Node]:
        """The block's code inside one Wasm block for each merge that it dominates; the last merge is outermost."""
        if not merges:
            return [*self.blocks[number].statements, *self._exit(number, after)]
        last = merges[-1]
        self.behind[last] = self.fresh()
        inner = self._nest(number, merges[:-1], last)
        return [Block("block", self.behind[last], inner, None), *self.block(last, after)]

    def _exit(self, number: int, after: int | None) -> list[Node]:
        leave = self.blocks[number].exit
        if isinstance(leave, Jump):
            return self._go(number, leave.target, after)
        if isinstance(leave, Branch):
            then, other = leave.then, leave.other
            if then == other:
                return [Node("drop", (), [leave.condition]), *self._go(number, then, after)]
            return [If(leave.condition, self._go(number, then, after), self._go(number, other, after), None)]
        if isinstance(leave, Table):
            labels = tuple([self._label(number, target) for target in leave.targets])
            return [Node("br_table", (labels, self._label(number, leave.default)), [leave.selector])]
        return leave.statements

    def _label(self, source: int, target: int) -> int:
        return self.loops[target] if self.graph.is_back(source, target) else self.behind[target]

    def _go(self, source: int, target: int, after: int | None) -> list[Node]:
        """From one block to another: fall off the end, branch, or be followed by its code."""
        if not self.graph.is_back(source, target):
            if target == after:
                return []
            if target not in self.merges:
                return self.block(target, after)
        return [Node("br", (self._label(source, target),))]


def _joined(blocks: list[BasicBlock]) -> list[BasicBlock]:
    """The graph with every block that only one jump leads to appended to the block with the jump."""
    if len(blocks) == 1:
        return blocks
    entered = [0] * len(blocks)
    entered[0] = 1
    for block in blocks:
        for target in block.successors():
            entered[target] += 1
    appended = {b.exit.target for b in blocks if isinstance(b.exit, Jump) and entered[b.exit.target] == 1}
    if not appended:
        return blocks
    made: dict[int, BasicBlock] = {}
    for number, block in enumerate(blocks):
        if number in appended:
            continue
        leave, statements = block.exit, block.statements
        if isinstance(leave, Jump) and leave.target in appended:
            statements = [*statements]
            while isinstance(leave, Jump) and leave.target in appended:
                following = blocks[leave.target]
                statements += following.statements
                leave = following.exit
            block = BasicBlock(leave, statements)
        made[number] = block
    return numbered(made)


def numbered(blocks: dict[int, BasicBlock]) -> list[BasicBlock]:
    """The blocks in the order of their numbers; where they go to are places in the list."""
    order = sorted(blocks)
    if order[-1] + 1 == len(order):
        return [blocks[number] for number in order]
    places = {number: place for place, number in enumerate(order)}
    made = []
    for number in order:
        leave = blocks[number].exit
        if isinstance(leave, Jump):
            leave = Jump(places[leave.target])
        elif isinstance(leave, Branch):
            leave = Branch(leave.condition, places[leave.then], places[leave.other])
        elif isinstance(leave, Table):
            leave = Table(leave.selector, [places[one] for one in leave.targets], places[leave.default])
        made.append(BasicBlock(leave, blocks[number].statements))
    return made


def structure(blocks: list[BasicBlock], first_label: int = 1) -> list[Node]:
    """Statements that do what the graph does, from block 0 on; labels are numbered from `first_label`.

    Raises:
        IrreducibleError: a loop has two entries.
    """
    joined = _joined(blocks)
    if len(joined) == 1 and isinstance(joined[0].exit, Leave):
        return [*joined[0].statements, *joined[0].exit.statements]
    return _Structurer(joined, first_label).block(0, None)
