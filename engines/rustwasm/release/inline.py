"""Small functions, and functions with one caller, are put where they are called.

The call becomes a block: arguments are set to fresh locals in order, the callee's other locals start as zero again, and
a return leaves the block.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

from engines.rustwasm.release.errands import Errand, run
from engines.rustwasm.release.never_zero import says_so
from engines.rustwasm.release.packed import Packed, packed, unpacked
from engines.rustwasm.release.tree import (
    Block,
    If,
    Node,
    Tree,
    extra_results,
    nodes_of,
    rewrite,
    walk,
    with_extra_results,
)
from engines.rustwasm.wasm.types import F32, F64, I32, I64, V128, Ref, ValueType
from engines.rustwasm.wasm.validate.types import defaultable

SMALL: Final = 11
"""Operations of a function that is put everywhere it is called: about what a call and its own header cost."""
OPENING: Final = 40
"""The same for a function that is told a place in the caller's frame: then the place may become locals."""
LARGEST: Final = 4_000
"""Operations that a caller may grow to by functions with one caller: engines compile function by function."""

_ZEROS: Final = {
    I32: ("i32.const", (0,)),
    I64: ("i64.const", (0,)),
    F32: ("f32.const", (0,)),
    F64: ("f64.const", (0,)),
    V128: ("v128.const", (bytes(16),)),
}


def zero(type_: ValueType) -> Node:
    """The default value of a type."""
    if isinstance(type_, Ref):
        return Node("ref.null", (type_.heap,), (), type_)
    name, immediates = _ZEROS[type_]
    return Node(name, immediates, (), type_)


def size_of(tree: Tree) -> int:
    """Operations that will be left of a body."""
    nodes = nodes_of(tree.body)
    return len(nodes) - 4 * sum(map(says_so, nodes))


def _copied(node: Node, locals_: dict[int, int], labels: dict[int, int]) -> Node:
    args = [_copied(one, locals_, labels) for one in node.args]
    if isinstance(node, Block):
        return Block(node.op, labels[node.label], [_copied(one, locals_, labels) for one in node.body], node.type)
    if isinstance(node, If):
        then, other = ([_copied(one, locals_, labels) for one in arm] for arm in (node.then, node.other))
        return If(args[0], then, other, node.type)
    immediates = node.imm
    if node.op in ("local.get", "local.set", "local.tee"):
        immediates = (locals_[node.imm[0]],)
    elif node.op in ("br", "br_if"):
        immediates = (labels[node.imm[0]],)
    elif node.op == "br_table":
        immediates = (tuple(labels[one] for one in node.imm[0]), labels[node.imm[1]])
    copy = Node(node.op, immediates, args, node.type)
    if extra_results(node):
        with_extra_results(copy, tuple(locals_.get(one, -1) for one in extra_results(node)))
    return copy


def inlined(call: Node, callee: Tree, caller: Tree) -> Node:
    """The callee's body in place of the call, with locals and labels of its own in the caller."""
    locals_ = {index: caller.fresh_local(type_) for index, type_ in enumerate(callee.locals)}
    labels = {node.label: caller.fresh_label() for node in walk(callee.body) if isinstance(node, Block)}
    leave = caller.fresh_label()
    body = [Node("local.set", (locals_[index],), [argument]) for index, argument in enumerate(call.args)]
    body += [
        Node("local.set", (locals_[index],), [zero(callee.locals[index])])
        for index in range(callee.parameters, len(callee.locals))
        if defaultable(callee.locals[index])
    ]
    copied = [_copied(one, locals_, labels) for one in callee.body]
    if callee.positioned or caller.positioned:
        _keep_positions(call, callee.body, copied)
        caller.positioned = True

    extra = extra_results(call)

    def change(node: Node) -> Node:
        if node.op != "return":
            return node
        if not extra:
            return Node("br", (leave,), node.args)
        # The results are evaluated in order, then the extra ones go where the call puts them.
        first = caller.fresh_local(call.type)  # type: ignore[arg-type]
        kept = [first, *[one if one >= 0 else caller.fresh_local(callee.results[i]) for i, one in enumerate(extra, 1)]]
        sets = [Node("local.set", (local,), (value,)) for local, value in zip(kept, node.args, strict=True)]
        back = Node("br", (leave,), (Node("local.get", (first,), (), call.type),))
        return Block("block", caller.fresh_label(), [*sets, back], None)

    rewrite(copied, change)
    return Block("block", leave, [*body, *copied], call.type)


def _keep_positions(call: Node, body: list[Node], copied: list[Node]) -> None:
    """Copies come from where what was copied does, which was called from where the call does."""
    site = getattr(call, "span", None)
    for old, new in zip(walk(body), walk(copied), strict=True):
        found = getattr(old, "span", None)
        if site is not None:
            new.span = site if found is None else found.within(site)
        elif found is not None:
            new.span = found


def inline(
    trees: dict[int, Tree],
    kept: set[int],
    improve: Callable[[Tree], None],
    frames: Callable[[Tree], set[int]],
    jobs: int = 1,
) -> None:
    """Put callees into callers, callees first, and improve what got something in; `kept` are functions that something
    else than calls names, `frames` gives a function's locals that point to its frame. In so many processes.

    Functions that call themselves, directly or through others, stay.
    """
    calls = {index: Counter(n.imm[0] for n in nodes_of(tree.body) if n.op == "call") for index, tree in trees.items()}
    order = _callees_first({index: sorted(one for one in found if one in trees) for index, found in calls.items()})
    place = {index: number for number, index in enumerate(order)}
    after = {index: [one for one in calls[index] if place.get(one, len(order)) < place[index]] for index in order}
    run(_Inlining(trees, kept, calls, improve, frames), order, jobs, after)


def _callees_first(calls: dict[int, list[int]]) -> list[int]:
    """All functions, each after those that it calls, except where they come back to it."""
    out: list[int] = []
    seen: set[int] = set()
    for start in sorted(calls):
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(calls[start]))]
        while stack:
            current, rest = stack[-1]
            following = next((one for one in rest if one not in seen), None)
            if following is None:
                stack.pop()
                out.append(current)
            else:
                seen.add(following)
                stack.append((following, iter(calls[following])))
    return out


class _Inlining(Errand):
    """Puts callees into one caller. It needs their bodies, and how large they are now: of those that come back to the
    caller, how large they were."""

    def __init__(
        self,
        trees: dict[int, Tree],
        kept: set[int],
        calls: dict[int, Counter[int]],
        improve: Callable[[Tree], None],
        frames: Callable[[Tree], set[int]],
    ) -> None:
        self.trees = trees
        self.kept = kept
        self.improve = improve
        self.frames = frames
        self.uses: Counter[int] = Counter()
        for found in calls.values():
            self.uses.update(found)
        self.recursive = _recursive(calls)
        self.sizes = {index: size_of(tree) for index, tree in trees.items()}
        self.changed: set[int] = set()

    def work(self, function: int) -> None:
        trees, sizes = self.trees, self.sizes
        tree = trees[function]
        local_frames = self.frames(tree)
        if local_frames:
            local_frames -= _told(tree, local_frames, lambda callee: sizes.get(callee, LARGEST) <= OPENING)
        before = sizes[function]

        def opens(node: Node) -> bool:
            """Whether the callee is told a place in our frame, which would be locals if nobody was."""
            return any(_place(argument) in local_frames for argument in node.args)

        def change(node: Node) -> Node:
            if node.op != "call":
                return node
            callee = node.imm[0]
            if callee not in trees or callee in self.recursive:
                return node
            once = self.uses[callee] == 1 and callee not in self.kept and sizes[function] + sizes[callee] <= LARGEST
            if sizes[callee] > SMALL and not once and not (sizes[callee] <= OPENING and opens(node)):
                return node
            sizes[function] += sizes[callee]
            self.changed.add(function)
            return inlined(node, trees[callee], tree)

        rewrite(tree.body, change)
        if sizes[function] != before:
            self.improve(tree)
            sizes[function] = size_of(tree)

    def tell(self, function: int) -> Packed | None:
        return packed(self.trees[function]) if function in self.changed else None

    def take(self, function: int, told: Packed) -> None:
        self.trees[function].become(unpacked(told))
        self.sizes[function] = size_of(self.trees[function])


def _place(node: Node) -> int | None:
    """The local that holds the address which an expression is, or is a constant away from."""
    if node.op == "i32.add" and node.args[1].op == "i32.const":
        node = node.args[0]
    return node.imm[0] if node.op == "local.get" else None


def _told(tree: Tree, frames: set[int], opened: Callable[[int], bool]) -> set[int]:
    """Those of `frames` that stay places in memory whatever is put in: something else than a load, a store or a call of
    a function that may be `opened` is told their address."""
    out = set()
    for node in nodes_of(tree.body):
        access = node.op.startswith("struct.") or node.op.partition(".")[2].startswith(("load", "store"))
        constant = node.op == "i32.add" and node.args[1].op == "i32.const"
        plain = constant or node.op in _PASSING or (node.op == "call" and opened(node.imm[0]))
        for position, argument in enumerate(node.args):
            found = _place(argument)
            if found in frames and not plain and not (access and not position):
                out.add(found)
    return out


_PASSING: Final = frozenset({"local.set", "local.tee", "global.set"})
"""Operations that only pass an address on."""


def _recursive(calls: dict[int, Counter[int]]) -> set[int]:
    """Functions that reach themselves."""
    out = set()
    for start in calls:
        seen: set[int] = set()
        todo = list(calls[start])
        while todo:
            one = todo.pop()
            if one == start:
                out.add(start)
                break
            if one not in seen:
                seen.add(one)
                todo += calls.get(one, ())
    return out
