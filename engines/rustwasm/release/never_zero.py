"""What the linear lowering knows of pointers, said as code: `(drop (i32.div_u (i32.const 1) p))` traps if p is zero.

It never is: no division of the lowering's can trap, for what divides is tested before (`lower_linear.arithmetic`). So a
pass that understands divisions knows that `Some(reference)` is not the null that stands for `None`, and before the end
such statements go. The development profile has none.
"""

from __future__ import annotations

from engines.rustwasm.release.tree import Node, Tree, rewrite
from engines.rustwasm.wasm.types import I32


def never_zero(value: Node) -> Node:
    """A statement that says that the value is not zero."""
    return Node("drop", (), (Node("i32.div_u", (), (Node("i32.const", (1,), (), I32), value), I32),))


def says_so(node: Node) -> bool:
    """Whether the statement is such a one."""
    if node.op != "drop" or node.args[0].op != "i32.div_u":
        return False
    one = node.args[0].args[0]
    return one.op == "i32.const" and one.imm[0] == 1


def forget_never_zero(tree: Tree) -> None:
    """Of the statements only what else they do is left."""
    rewrite(tree.body, lambda node: Node("drop", (), (node.args[0].args[1],)) if says_so(node) else node)
