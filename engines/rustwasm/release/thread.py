"""Jumps past tests: where a branch arrives at a test whose outcome is known at the branch, it goes on from there.

    block @1                       block @3
      ...                            block @1
      (local.set 0 (i32.const 0))      ...
      (br @1)                    →     (local.set 0 (i32.const 0))
      ...                              (br @3)
    end                                ...
    (if (local.get 0) A else B)      end
                                     (if (local.get 0) A)        with A leaving
                                   end
                                   B

Source: the jump threading of optimising compilers, on structured code.
"""

from __future__ import annotations

from typing import Final

from engines.rustwasm.release.effects import OF_OPERATION
from engines.rustwasm.release.fold import fold_node
from engines.rustwasm.release.tree import NEVER_RETURNS, Block, If, Node, Tree

LARGEST_TEST: Final = 8
"""Operations of a test that is worth a try."""


def outcome(test: Node, known: dict[int, Node]) -> bool | None:
    """Whether the test holds, if what is known of locals tells."""
    value = _valued(test, known)
    return bool(value.imm[0]) if value.op == "i32.const" else None


def _valued(node: Node, known: dict[int, Node]) -> Node:
    if node.op == "local.get":
        found = known.get(node.imm[0])
        return node if found is None else Node(found.op, found.imm, (), node.type)
    return fold_node(Node(node.op, node.imm, [_valued(one, known) for one in node.args], node.type))


def test_of(node: Node) -> Node | None:
    """The condition of a conditional statement that can be tried."""
    if not (isinstance(node, If) and node.type is None) and node.op != "br_if":
        return None
    return node.args[0] if _count(node.args[0]) <= LARGEST_TEST else None


def _count(node: Node) -> int:
    if node.bodies() or node.op in ("local.set", "local.tee") or OF_OPERATION.get(node.op, 0):
        return LARGEST_TEST + 1
    return 1 + sum(_count(one) for one in node.args)


class Arrivals:
    """A conditional right behind a block or another conditional, and the ways from there to it on which the outcome of
    its test is known.

    Attributes:
        body, depth: the statement list that has both, and how deep in the tree it is.
        source, target: the block or conditional, and the conditional behind it.
        branches: branches to the end of `source`, with the test's outcome.
        ends: of a conditional, arms that end with a known outcome.
    """

    def __init__(self, body: list[Node], depth: int, source: Node, target: Node, test: Node) -> None:
        self.body = body
        self.depth = depth
        self.source = source
        self.target = target
        self.test = test
        self.branches: list[tuple[Node, bool]] = []
        self.ends: list[tuple[list[Node], bool]] = []

    def arrive(self, branch: Node, known: dict[int, Node]) -> None:
        value = outcome(self.test, known)
        if value is not None:
            self.branches.append((branch, value))

    def end(self, arm: list[Node], known: dict[int, Node]) -> None:
        value = outcome(self.test, known)
        if value is not None:
            self.ends.append((arm, value))


def redirect_all(tree: Tree, found: list[Arrivals]) -> None:
    """Redirect what was found, the innermost first."""
    for one in sorted(found, key=lambda one: -one.depth):
        if not one.branches and not one.ends:
            continue
        at = next((i for i, node in enumerate(one.body) if node is one.source), None)
        if at is None or at + 1 == len(one.body) or one.body[at + 1] is not one.target:
            continue  # an earlier redirection took one of them elsewhere
        known = [value for _, value in (*one.branches, *one.ends)]
        wanted = sum(known) * 2 > len(known)
        for arm, value in one.ends:
            if value is wanted:
                branch = Node("br", (-1,))
                arm.append(branch)
                one.branches.append((branch, value))
        branches = [branch for branch, value in one.branches if value is wanted]
        one.body[at : at + 2] = _redirect(tree, one.source, one.target, branches, wanted)


def _redirect(tree: Tree, source: Node, test: Node, branches: list[Node], wanted: bool) -> list[Node]:
    """The statements that `source` and the conditional `test` become; `branches` arrive at it with the outcome."""
    label = test.imm[0] if test.op == "br_if" and wanted else tree.fresh_label()
    for branch in branches:
        branch.imm = (label,)
    if not isinstance(test, If):
        return [source, test] if wanted else [Block("block", label, [source, test], None)]
    skipped, taken = (test.other, test.then) if wanted else (test.then, test.other)
    out = None
    if taken and not (skipped and skipped[-1].op in NEVER_RETURNS):
        out = tree.fresh_label()
        skipped = [*skipped, Node("br", (out,))]
    rest = If(test.args[0], [], skipped, None) if wanted else If(test.args[0], skipped, [], None)
    made: list[Node] = [Block("block", label, [source, rest], None), *taken]
    return made if out is None else [Block("block", out, made, None)]
