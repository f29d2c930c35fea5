"""Statements out of operands: a block that gives an operand's value and that no branch leaves puts its statements
before the statement that uses it, if nothing evaluated before the block would notice.

Source: WebAssembly 3.0 §4.6.5 (a block's instructions run in place).
"""

from __future__ import annotations

from engines.rustwasm.release.effects import Effects, effects_of
from engines.rustwasm.release.tree import Block, If, Node, Tree, label_uses


def flatten(tree: Tree, split: bool = False) -> None:
    """Flatten all statement lists of the tree. `split`: blocks with values that branches leave get a local."""
    _Flattener(tree, split).statements(tree.body)


class _Flattener:
    def __init__(self, tree: Tree, split: bool) -> None:
        self.tree = tree
        self.split = split
        self.uses = label_uses(tree.body)

    def statements(self, body: list[Node]) -> None:
        out: list[Node] = []
        for node in body:
            if self.bodies(node):
                self.operands(node, Effects(), out)
            out.append(node)
        body[:] = out

    def bodies(self, node: Node) -> bool:
        """Flatten the lists inside; whether one of them is in an operand."""
        found = False
        for argument in node.args:
            if argument.args or argument.__class__ is not Node:
                found |= self.bodies(argument) or argument.__class__ is not Node
        if node.__class__ is not Node:
            for inner in node.bodies():
                self.statements(inner)
        return found

    def operands(self, node: Node, before: Effects, out: list[Node]) -> bool:
        """Take what can be taken out of the operands of `node`; `before` are the effects of what is evaluated before
        them. Whether all of the operands were seen."""
        for index, argument in enumerate(node.args):
            if self.split and argument.op == "local.tee" and argument.args[0].bodies():
                # The local is as good as a fresh one, and tests of it are understood.
                if before.conflicts(effects_of(argument)):
                    return False
                out.append(Node("local.set", argument.imm, argument.args))
                node.args[index] = argument = Node("local.get", argument.imm, (), argument.type)
            while isinstance(argument, Block) and argument.op == "block" and argument.type is not None:
                if self.uses[argument.label]:
                    if not self.split or node.op == "local.set" or before.conflicts(effects_of(argument)):
                        return False
                    local = self.tree.fresh_local(argument.type)
                    out.append(Node("local.set", (local,), (argument,)))
                    node.args[index] = argument = Node("local.get", (local,), (), argument.type)
                    break
                *statements, value = argument.body or [argument]
                if value is argument or value.type is None:
                    return False
                moved = Effects()
                for one in statements:
                    moved.include(effects_of(one))
                if moved.labels or before.conflicts(moved):
                    return False
                out += statements
                node.args[index] = argument = value
            if isinstance(argument, If) and self.split and node.op != "local.set" and argument.type is not None:
                if before.conflicts(effects_of(argument)):
                    return False
                local = self.tree.fresh_local(argument.type)
                out.append(Node("local.set", (local,), (argument,)))
                node.args[index] = argument = Node("local.get", (local,), (), argument.type)
            if argument.bodies():
                if isinstance(argument, If) and not self.operands(argument, before, out):
                    return False
                before.include(effects_of(argument))
                continue
            if not self.operands(argument, before, out):
                return False
            before.add(argument)
        return True
