"""The loop that writes everything is enough where nobody knows how much there is to write.

`lower_linear.runtime` writes what is short at once and loops for the rest, so that a program that writes a constant
text has no loop. Where the length is not known at the end, the loop does both.
"""

from __future__ import annotations

from typing import Final

from engines.rustwasm.release.tree import Block, If, Node, Tree, rewrite

ATOMIC_BYTES: Final = 4096
"""Bytes that are written at once where the length is known (POSIX: `PIPE_BUF` of Linux)."""


def write_in_loops(tree: Tree, shortest: int) -> None:
    """Let the loop write what has `shortest` bytes at most, too."""

    def change(node: Node) -> Node:
        if not isinstance(node, If) or node.type is not None or len(node.other) != 1 or not node.then:
            return node
        test, loop, once = node.args[0], node.other[0], node.then[-1]
        if test.op != "i32.le_u" or test.args[1].op != "i32.const" or test.args[1].imm[0] != shortest:
            return node
        if not isinstance(loop, Block) or loop.op != "loop" or once.op != "drop" or once.args[0].op != "call":
            return node
        first = test.args[0]
        if first.op not in ("local.get", "local.tee"):
            return node
        kept = [Node("local.set", first.imm, first.args)] if first.op == "local.tee" else []
        return Block("block", tree.fresh_label(), [*kept, loop], None)

    rewrite(tree.body, change)
