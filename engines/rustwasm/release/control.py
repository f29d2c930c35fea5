"""Blocks and branches that are not needed go.

Works bottom up on statement lists. A statement list may end in a value; every rule keeps that.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from engines.rustwasm.release.effects import effects_of
from engines.rustwasm.release.fold import condition, negated
from engines.rustwasm.release.tree import (
    NEVER_RETURNS,
    Block,
    If,
    Node,
    Tree,
    branches_to,
    extra_results,
    label_uses,
    walk,
)
from engines.rustwasm.wasm.types import Ref, ValueType

SELECT_COST: Final = 4
"""Arms with at most so many operations without effects become a `select`."""
_SPECIAL: Final = frozenset({"br_if", "drop"})
"""Operations that may become something else or nothing."""


class Uses(Counter[int]):
    """Branches to each label, or more: what code that went had is still counted. `join`: a local that both arms of a
    conditional set last is set to the value of the conditional."""

    join = True


def simplify_control(tree: Tree, join: bool = True) -> None:
    """Simplify the whole tree."""
    uses = Uses(label_uses(tree.body))
    uses.join = join
    _statements(tree.body, uses)
    if len(tree.results) < 2:
        # Several results are given by `return` only: a statement list ends in one value at most.
        _leave_at_end(tree.body, tree.results[0] if tree.results else None)
    uses = Uses(label_uses(tree.body))
    uses.join = join
    _statements(tree.body, uses)


# -- Statement lists


def _statements(body: list[Node], uses: Uses) -> None:
    out: list[Node] = []
    for node in body:
        if node.__class__ is Node and node.op not in _SPECIAL:
            _operands(node.args, uses)
            out.append(node)
            if node.op in NEVER_RETURNS or (node.type is None and _never_ends(node)):
                break
            continue
        for one in (part for whole in _simplified(node, uses) for part in _parts(whole)):
            if out and isinstance(one, If) and _joined(out[-1], one):
                one = out[-1]
            else:
                out.append(one)
            if one.op in NEVER_RETURNS or _never_ends(one):
                break
        if out and (out[-1].op in NEVER_RETURNS or _never_ends(out[-1])):
            break
    _leave_first(out)
    body[:] = out


def _leave_first(body: list[Node]) -> None:
    """A branch behind an arm that leaves comes first: then what the arm does needs no arm."""
    if len(body) < 2 or body[-1].op != "br" or body[-1].args:
        return
    test, branch = body[-2:]
    if isinstance(test, If) and test.type is None and not test.other and test.then[-1].op in NEVER_RETURNS:
        body[-2:] = [Node("br_if", branch.imm, [negated(test.args[0])]), *test.then]


def _never_ends(node: Node) -> bool:
    """Whether what follows the statement is not reached, as validation sees it."""
    return node.type is None and any(argument.op in NEVER_RETURNS for argument in node.args)


def _simplified(node: Node, uses: Uses) -> list[Node]:
    """The statements that `node` becomes; the last has its value, if it has one."""
    _operands(node.args, uses)
    if isinstance(node, Block):
        return _block(node, uses)
    if isinstance(node, If):
        return _if(node, uses)
    if node.op == "br_if":
        value = _constant(node.args[0])
        if value is not None:
            return [Node("br", node.imm)] if value else []
    if node.op == "drop" and isinstance(node.args[0], Block | If) and not node.args[0].type:
        return [node.args[0]]
    return [node]


def _operands(args: list[Node], uses: Uses) -> None:
    """The same for operands, which have to stay one node each."""
    for index, node in enumerate(args):
        if node.__class__ is Node and node.op not in _SPECIAL:
            if node.args:
                _operands(node.args, uses)
            continue
        simplified = _simplified(node, uses)
        if len(simplified) == 1:
            args[index] = simplified[0]
        elif node.type is not None:
            args[index] = Block("block", -1, simplified, node.type)


def _constant(node: Node) -> int | None:
    return node.imm[0] if node.op == "i32.const" else None


# -- Blocks


def _block(block: Block, uses: Uses) -> list[Node]:
    _statements(block.body, uses)
    if block.op == "loop":
        if uses[block.label]:
            return [block]
        block.op = "block"
    _fall_through(block.body, block.label, block.type, uses)
    _guard(block, uses)
    if not uses[block.label]:
        return _spliced(block.body, block.type)
    return [block]


def _spliced(body: list[Node], type_: ValueType | None) -> list[Node]:
    """The contents of a block that no branch leaves."""
    if type_ is not None and (not body or body[-1].type is None):
        # The block never gives its value; what follows is not reached either.
        return body if body and body[-1].op in NEVER_RETURNS else [*body, Node("unreachable")]
    return body


def _guard(block: Block, uses: Uses) -> None:
    """A block that only one test leaves early is a conditional around what follows the test."""
    if block.type is not None or uses[block.label] != 1:
        return
    for index, node in enumerate(block.body):
        if node.op == "br_if" and node.imm[0] == block.label:
            rest = block.body[index + 1 :]
            uses[block.label] = 0
            block.body[index:] = _statement_if(If(negated(node.args[0]), rest, [], None), uses)
            return


def _fall_through(body: list[Node], label: int, type_: ValueType | None, uses: Uses) -> None:
    """Statements that end in a branch to `label`, where falling off their end arrives as well."""
    if not body:
        return
    last = body[-1]
    if last.op == "br" and last.imm[0] == label:
        body[-1:] = last.args
        uses[label] -= 1
    elif last.op == "br_if" and last.imm[0] == label and type_ is None:
        body[-1] = Node("drop", (), last.args)
        uses[label] -= 1
    elif isinstance(last, If) and (last.type is None) == (type_ is None):
        _fall_through(last.then, label, type_, uses)
        _fall_through(last.other, label, type_, uses)
    elif isinstance(last, If) and type_ is not None and last.then and last.other:
        # Both arms leave with a value: then the conditional has it.
        if all(arm[-1].op == "br" and arm[-1].imm[0] == label for arm in (last.then, last.other)):
            last.type = type_
            for arm in (last.then, last.other):
                arm[-1:] = arm[-1].args
                uses[label] -= 1
    elif isinstance(last, Block) and last.op == "block" and last.type is None and type_ is None:
        _fall_through(last.body, label, type_, uses)


def _leave_at_end(body: list[Node], type_: ValueType | None) -> None:
    """A return at the end of the function is none."""
    if len(body) > 1 and body[-1].op == "unreachable" and _returns(body[-2]):
        body.pop()
    if not body:
        return
    last = body[-1]
    if last.op == "return":
        body[-1:] = last.args
    elif isinstance(last, If) and ((last.type is None) == (type_ is None) or _returns(last)):
        last.type = type_
        _leave_at_end(last.then, type_)
        _leave_at_end(last.other, type_)
    elif isinstance(last, Block) and last.op == "loop" and _returns(last):
        last.type = type_
        _leave_at_end(last.body, type_)


def _returns(node: Node) -> bool:
    """Whether the statement always ends in a return or a trap, in a place where falling off it can take its place."""
    if isinstance(node, If):
        return node.type is None and _list_returns(node.then) and _list_returns(node.other)
    return isinstance(node, Block) and node.op == "loop" and node.type is None and _list_returns(node.body)


def _list_returns(body: list[Node]) -> bool:
    return bool(body) and (body[-1].op in ("return", "unreachable") or _returns(body[-1]))


# -- Conditionals


def _if(node: If, uses: Uses) -> list[Node]:
    _statements(node.then, uses)
    _statements(node.other, uses)
    node.args[0] = condition(node.args[0])
    value = _constant(node.args[0])
    if value is not None:
        return _spliced(node.then if value else node.other, node.type)
    if node.type is None:
        return _statement_if(node, uses)
    return [_value_if(node)]


def _statement_if(node: If, uses: Uses) -> list[Node]:
    test = node.args[0]
    if not node.then and not node.other:
        return [Node("drop", (), [test])]
    if not node.then:
        return _statement_if(If(negated(test), node.other, [], None), uses)
    if len(node.then) == 1 and node.then[0].op == "br" and not node.then[0].args:
        # What follows a branch needs no arm of its own.
        return [Node("br_if", node.then[0].imm, [test]), *node.other]
    if len(node.other) == 1 and node.other[0].op == "br" and not node.other[0].args:
        return [Node("br_if", node.other[0].imm, [negated(test)]), *node.then]
    if node.other and node.then[-1].op in NEVER_RETURNS:
        return [If(test, node.then, [], None), *node.other]
    first, second = node.then[-1], node.other[-1] if node.other else None
    if uses.join and second is not None and first.op == second.op == "local.set" and first.imm == second.imm:
        # Both arms end in a set of the same local: the conditional gives the value.
        type_ = _common_type(first.args[0].type, second.args[0].type)
        if type_ is not None:
            node.then[-1:], node.other[-1:] = first.args, second.args
            node.type = type_
            return [Node("local.set", first.imm, [_value_if(node)])]
    return [node]


def _joined(first: Node, second: If) -> bool:
    """Put a conditional into the one before it if that has the same test, of a local that it does not set."""
    if not isinstance(first, If) or first.type is not None or second.type is not None:
        return False
    test, same = first.args[0], True
    again = second.args[0]
    while test.op == "i32.eqz":
        test, same = test.args[0], not same
    while again.op == "i32.eqz":
        again, same = again.args[0], not same
    if test.op != "local.get" or again.op != "local.get" or test.imm != again.imm:
        return False
    local = test.imm[0]
    for node in walk([*first.then, *first.other]):
        if (node.op in ("local.set", "local.tee") and node.imm[0] == local) or local in extra_results(node):
            return False
    arms = (second.then, second.other) if same else (second.other, second.then)
    for arm, more in zip((first.then, first.other), arms, strict=True):
        if not arm or (arm[-1].op not in NEVER_RETURNS and not _never_ends(arm[-1])):
            arm += more
    return True


def _parts(node: Node) -> list[Node]:
    """The statements that a simplified one can be taken apart into."""
    if isinstance(node, If):
        return _without_arm(node)
    return _without_tail(node) if isinstance(node, Block) and node.op == "loop" else [node]


def _without_tail(loop: Block) -> list[Node]:
    """What follows the last branch back to a loop's start happens behind the loop."""
    last = len(loop.body) - 1
    while last >= 0 and not branches_to(loop.body[last], loop.label):
        last -= 1
    tail = loop.body[last + 1 :]
    if not tail or last < 0:
        return [loop]
    return [Block("loop", loop.label, loop.body[: last + 1], None), *tail]


def _without_arm(node: If) -> list[Node]:
    """A conditional that gives a value by one arm and leaves by the other: the value needs no arm."""
    if node.type is None or not node.then or not node.other:
        return [node]
    if node.then[-1].op in NEVER_RETURNS:
        return [If(node.args[0], node.then, [], None), *node.other]
    if node.other[-1].op in NEVER_RETURNS and negated(node.args[0]).op != "i32.eqz":
        return [If(negated(node.args[0]), node.other, [], None), *node.then]
    return [node]


def _common_type(one: ValueType | None, other: ValueType | None) -> ValueType | None:
    """The type of a value that is one or the other; None where a reference is to one thing or another."""
    if one == other:
        return one
    if isinstance(one, Ref) and isinstance(other, Ref) and one.heap == other.heap:
        return Ref(True, one.heap)
    return None


def _value_if(node: If) -> Node:
    if len(node.then) != 1 or len(node.other) != 1 or isinstance(node.type, Ref):
        return node
    first, second = node.then[0], node.other[0]
    if first.type is None or second.type is None:
        return node
    effects = [effects_of(one) for one in (first, second)]
    cheap = _cost(first) + _cost(second) <= SELECT_COST
    # Arms are evaluated before the test now: neither may do or depend on anything that the test changes.
    tested = effects_of(node.args[0])
    if cheap and not any(one.flags or one.writes or one.reads & tested.writes for one in effects):
        return Node("select", (), [first, second, node.args[0]], node.type)
    return node


def _cost(node: Node) -> int:
    return 1 + sum(map(_cost, node.args)) + (SELECT_COST if node.bodies() else 0)
