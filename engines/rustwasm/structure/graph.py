"""Order, dominators and loop heads of a control-flow graph given by successor lists; block 0 is the entry.

Source: K. D. Cooper, T. J. Harvey, K. Kennedy, "A Simple, Fast Dominance Algorithm" (2001).
"""

from __future__ import annotations

from collections.abc import Sequence


class IrreducibleError(ValueError):
    """A loop has two entries; the message names a block that is entered besides the loop's head."""


class Graph:
    """A graph and what is known of it. Blocks that the entry does not reach are in none of the lists.

    Attributes:
        order: reverse postorder.
        number: block to its place in `order`.
        dominator: block to its immediate dominator; the entry's is itself.
        children: block to the blocks that it dominates immediately, in reverse postorder.
        heads: blocks that a back edge goes to.
        merges: blocks that two or more forward edges go to.
    """

    def __init__(self, successors: Sequence[Sequence[int]]) -> None:
        self.successors = successors
        self.order = self._reverse_postorder()
        self.number = {block: place for place, block in enumerate(self.order)}
        self.predecessors: dict[int, list[int]] = {block: [] for block in self.order}
        for block in self.order:
            for target in successors[block]:
                self.predecessors[target].append(block)
        self.dominator = self._dominators()
        self.children: dict[int, list[int]] = {block: [] for block in self.order}
        for block in self.order[1:]:
            self.children[self.dominator[block]].append(block)
        self.heads: set[int] = set()
        self.merges: set[int] = set()
        for block in self.order:
            forward = 0
            for source in self.predecessors[block]:
                if self.is_back(source, block):
                    if not self.dominates(block, source):
                        raise IrreducibleError(
                            f"block {block} is entered from block {source} besides the head of its loop"
                        )
                    self.heads.add(block)
                else:
                    forward += 1
            if forward > 1:
                self.merges.add(block)

    def is_back(self, source: int, target: int) -> bool:
        """Whether the edge goes back in the order."""
        return self.number[target] <= self.number[source]

    def dominates(self, above: int, below: int) -> bool:
        """Whether every way to `below` passes `above`."""
        while self.number[below] > self.number[above]:
            below = self.dominator[below]
        return above == below

    def _reverse_postorder(self) -> list[int]:
        seen = {0}
        out: list[int] = []
        stack = [(0, iter(self.successors[0]))]
        while stack:
            block, rest = stack[-1]
            for target in rest:
                if target not in seen:
                    seen.add(target)
                    stack.append((target, iter(self.successors[target])))
                    break
            else:
                stack.pop()
                out.append(block)
        return out[::-1]

    def _dominators(self) -> dict[int, int]:
        dominator = {0: 0}
        changed = True
        while changed:
            changed = False
            for block in self.order[1:]:
                known = [source for source in self.predecessors[block] if source in dominator]
                new = known[0]
                for other in known[1:]:
                    new = self._common(dominator, new, other)
                if dominator.get(block) != new:
                    dominator[block] = new
                    changed = True
        return dominator

    def _common(self, dominator: dict[int, int], left: int, right: int) -> int:
        while left != right:
            while self.number[left] > self.number[right]:
                left = dominator[left]
            while self.number[right] > self.number[left]:
                right = dominator[right]
        return left
