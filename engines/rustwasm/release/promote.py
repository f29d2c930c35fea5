"""Frame slots to locals: what a function keeps on the shadow stack and only itself reads and writes.

A frame is a local that is set once, to the stack pointer minus a constant; an object in it is a local that is set once,
to a frame plus a constant. Where that local is only the address of loads and stores, nobody else can reach the object:
our code never makes an address from a number or from another object's. Its slots become locals; slots that are accessed
in several shapes stay. A frame without objects is not made at all.
"""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

from engines.rustwasm.release.tree import BRANCHES, NEVER_RETURNS, Block, If, Node, Tree, nodes_of, rewrite, walk
from engines.rustwasm.wasm import types as w

_TYPES = {"i32": w.I32, "i64": w.I64, "f32": w.F32, "f64": w.F64}
_FULL = {w.I32: 4, w.I64: 8, w.F32: 4, w.F64: 8}


class Slot(NamedTuple):
    """An access: where, what type of value, how many bytes."""

    offset: int
    type: int
    bytes: int


def _access(node: Node) -> Slot | None:
    """The slot that a load or store with the frame as its address means."""
    prefix, _, action = node.op.partition(".")
    if not action.startswith(("load", "store")) or prefix not in _TYPES:
        return None
    type_ = _TYPES[prefix]
    digits = action.removeprefix("load").removeprefix("store").partition("_")[0]
    count = int(digits) // 8 if digits else _FULL[type_]
    return Slot(node.imm[1], type_, count)


def frames_of(tree: Tree, stack: int) -> dict[int, Node]:
    """Locals that are set once, to the stack pointer less a constant, and that setting."""
    sets: dict[int, list[Node]] = {}
    for node in walk(tree.body):
        if node.op in ("local.set", "local.tee"):
            sets.setdefault(node.imm[0], []).append(node)
    out = {}
    for local, found in sets.items():
        if local < tree.parameters or len(found) != 1:
            continue
        value = found[0].args[0]
        if value.op in ("i32.add", "i32.sub") and value.args[0].op == "global.get" and value.args[0].imm[0] == stack:
            out[local] = found[0]
    return out


def _is_get(node: Node, local: int) -> bool:
    return node.op == "local.get" and node.imm[0] == local


def _returns(node: Node, local: int, stack: int) -> bool:
    """Whether the node sets the stack pointer from the frame: to it, or back to where it was."""
    if node.op != "global.set" or node.imm[0] != stack:
        return False
    value = node.args[0]
    if _is_get(value, local) or (value.op == "local.tee" and value.imm[0] == local):
        return True
    return value.op == "i32.add" and _is_get(value.args[0], local) and value.args[1].op == "i32.const"


def _slots(tree: Tree, bases: set[int], stack: int) -> dict[int, list[Slot]]:
    """Every access to the objects and frames whose address goes nowhere else."""
    found: dict[int, list[Slot]] = {base: [] for base in bases}
    uses: Counter[int] = Counter()
    allowed: Counter[int] = Counter()
    for node in walk(tree.body):
        if node.op == "local.get" or node.op == "local.tee":
            uses[node.imm[0]] += 1
        if not node.args:
            continue
        first = node.args[0]
        if first.op == "local.get" and first.imm[0] in bases:
            slot = _access(node)
            if slot is not None:
                found[first.imm[0]].append(slot)
                allowed[first.imm[0]] += 1
        if node.op == "global.set":
            for local in bases:
                if _returns(node, local, stack):
                    allowed[local] += 1
    return {local: slots for local, slots in found.items() if uses[local] == allowed[local]}


def _single(slots: list[Slot]) -> dict[Slot, None]:
    """Slots that no access overlaps in another shape."""
    shapes = dict.fromkeys(slots)
    good: dict[Slot, None] = {}
    for slot in shapes:
        if slot.type == w.I64 and slot.bytes < 8:
            continue
        end = slot.offset + slot.bytes
        if all(one == slot or one.offset >= end or one.offset + one.bytes <= slot.offset for one in shapes):
            good[slot] = None
    return good


def _rebase(tree: Tree, frames: set[int], kept: set[int]) -> None:
    """Locals that only ever hold a place in a frame or object are read as that place, but for those `kept`."""
    sets = Counter(node.imm[0] for node in walk(tree.body) if node.op in ("local.set", "local.tee"))
    known: dict[int, tuple[int, int]] = {}

    def place(value: Node) -> tuple[int, int] | None:
        if value.op == "local.get":
            return (value.imm[0], 0) if value.imm[0] in frames else known.get(value.imm[0])
        if value.op == "i32.add" and value.args[1].op == "i32.const" and value.args[1].imm[0] >= 0:
            base = place(value.args[0])
            return None if base is None else (base[0], base[1] + value.args[1].imm[0])
        return None

    def defines(node: Node) -> bool:
        return (
            node.op in ("local.set", "local.tee")
            and sets[node.imm[0]] == 1
            and node.imm[0] >= tree.parameters
            and node.imm[0] not in kept
        )

    # A read may stand before the set, in a loop that comes back to it.
    for node in walk(tree.body):
        if defines(node):
            found = place(node.args[0])
            if found is not None:
                known[node.imm[0]] = found

    def change(node: Node) -> Node:
        if node.op in ("local.set", "local.tee") and node.imm[0] in known and defines(node):
            return Node("nop") if node.op == "local.set" else node.args[0]
        if node.op == "local.get" and node.imm[0] in known:
            frame, offset = known[node.imm[0]]
            value = Node("local.get", (frame,), (), w.I32)
            if not offset:
                return value
            return Node("i32.add", (), (value, Node("i32.const", (offset,), (), w.I32)), w.I32)
        return node

    rewrite(tree.body, change)


def fold_addresses(tree: Tree) -> None:
    """Constants that are added to an address go to the offset of the access: addresses of what our code may access do
    not wrap around."""
    for node in nodes_of(tree.body):
        if node.args and node.args[0].op == "i32.add" and node.op.partition(".")[2].startswith(("load", "store")):
            address = node.args[0]
            while address.op == "i32.add" and address.args[1].op == "i32.const" and address.args[1].imm[0] >= 0:
                node.imm = (node.imm[0], node.imm[1] + address.args[1].imm[0], *node.imm[2:])
                node.args[0] = address = address.args[0]


def _objects(tree: Tree, frames: dict[int, Node]) -> set[int]:
    """Locals that are set once, to a frame plus a constant; they are set right behind their frame from now on."""
    sets = Counter(node.imm[0] for node in walk(tree.body) if node.op in ("local.set", "local.tee"))
    places: dict[int, list[Node]] = {frame: [] for frame in frames}
    objects: set[int] = set()

    def change(node: Node) -> Node:
        if node.op not in ("local.set", "local.tee") or sets[node.imm[0]] != 1 or node.imm[0] < tree.parameters:
            return node
        value = node.args[0]
        if value.op != "i32.add" or value.args[1].op != "i32.const" or value.args[1].imm[0] <= 0:
            return node
        if value.args[0].op != "local.get" or value.args[0].imm[0] not in frames:
            return node
        objects.add(node.imm[0])
        places[value.args[0].imm[0]].append(Node("local.set", node.imm, (value,)))
        return Node("nop") if node.op == "local.set" else Node("local.get", node.imm, (), w.I32)

    rewrite(tree.body, change)
    behind = {id(frames[frame]): statements for frame, statements in places.items() if statements}
    if behind:
        _insert(tree.body, behind)
    if behind:
        raise AssertionError(f"frames are not set by statements: {behind}")
    return objects


def places_of(tree: Tree, stack: int) -> set[int]:
    """Locals that hold the address of a frame or of an object in one."""
    frames = frames_of(tree, stack)
    return {*frames, *_objects(tree, frames)}


def _insert(body: list[Node], behind: dict[int, list[Node]]) -> None:
    """Put statements behind the one that has the definition whose identity they are given for, and take them out of
    `behind`."""
    out: list[Node] = []
    for node in body:
        out.append(node)
        stack = [node]
        while stack:
            one = stack.pop()
            if one.__class__ is not Node:
                for inner in one.bodies():
                    _insert(inner, behind)
            if id(one) in behind:
                out += behind.pop(id(one))
            stack += one.args
    body[:] = out


def promote(tree: Tree, stack: int) -> bool:
    """Move frame slots to locals; `stack` is the global with the stack pointer. Whether anything changed."""
    changed = False
    frames = frames_of(tree, stack)
    if not frames:
        return False
    objects = _objects(tree, frames)
    _rebase(tree, set(frames) | objects, objects)
    fold_addresses(tree)
    found = _slots(tree, {*frames, *objects}, stack)
    homes: dict[int, dict[Slot, int]] = {}
    for local, slots in found.items():
        homes[local] = {slot: tree.fresh_local(slot.type) for slot in _single(slots)}
    if any(homes.values()):
        _replace(tree, homes)
        changed = True
    for local, slots in found.items():
        if local in frames and len(homes[local]) == len(set(slots)):
            _remove(tree, local, stack, frames[local])
            changed = True
    return changed


def join_frames(tree: Tree, stack: int) -> None:
    """Put frames of what was inlined into the function's own, which is made first: it is made larger once, and they are
    places in it. What would make a frame much larger stays, for functions that call themselves."""
    frames = frames_of(tree, stack)
    starts = [[node, *node.args] for node in tree.body[:2]]
    own = next((one for nodes in starts for one in frames if frames[one] in nodes), None)
    if own is None:
        return
    if _set_otherwise(tree, frames, stack):
        return
    late = _made_after_return(tree, own, frames, stack)
    size = _frame_bytes(frames[own])
    base, places = size, {}
    for local, definition in frames.items():
        count = _frame_bytes(definition)
        if local != own and local not in late and count >= 0 and base + count - size <= LARGEST_ADDED:
            places[local] = base
            base += count

    def change(node: Node) -> Node:
        if node.op in ("local.set", "local.tee") and node.imm[0] in places:
            offset = Node("i32.const", (places[node.imm[0]],), (), w.I32)
            place = Node("i32.add", (), (Node("local.get", (own,), (), w.I32), offset), w.I32)
            node.args = [place]
            return node
        if node is frames[own]:
            node.args[0].op = "i32.add"
            node.args[0].args[1] = Node("i32.const", (-base,), (), w.I32)
            return node
        for local in places:
            if _returns(node, local, stack):
                inner = node.args[0]
                return Node("local.set", inner.imm, inner.args) if inner.op == "local.tee" else Node("nop")
        if _returns(node, own, stack) and node.args[0].op == "i32.add":
            node.args[0].args[1] = Node("i32.const", (base,), (), w.I32)
        return node

    if places:
        rewrite(tree.body, change)


def _set_otherwise(tree: Tree, frames: dict[int, Node], stack: int) -> bool:
    """Whether the stack pointer is set to what is no frame, nor where one ends: such as to a local with that place."""
    return any(
        node.op == "global.set"
        and node.imm[0] == stack
        and not any(node is one or _returns(node, local, stack) for local, one in frames.items())
        for node in walk(tree.body)
    )


def _made_after_return(tree: Tree, own: int, frames: dict[int, Node], stack: int) -> set[int]:
    """Frames that may be made after the frame `own` was given back, which then is not the function's own but that of
    something put in before them: what is called meanwhile uses the same memory.
    """
    made = {id(definition): local for local, definition in frames.items()}
    late: set[int] = set()
    returned_at: dict[int, bool] = {}

    def visit(node: Node, returned: bool) -> bool:
        for one in node.args:
            returned = visit(one, returned)
        if isinstance(node, If):
            then, other = (run(body, returned) for body in node.bodies())
            return then or other
        if isinstance(node, Block):
            after = run(node.body, returned)
            if node.op == "loop" and returned_at.pop(node.label, False) and not returned:
                after = run(node.body, True)
            return returned_at.pop(node.label, False) or after
        if node.op in BRANCHES:
            labels = (*node.imm[0], node.imm[1]) if node.op == "br_table" else (node.imm[0],)
            for label in labels:
                returned_at[label] = returned_at.get(label, False) or returned
        if returned and id(node) in made:
            late.add(made[id(node)])
        return returned or (_returns(node, own, stack) and node.args[0].op == "i32.add")

    def run(body: list[Node], returned: bool) -> bool:
        for node in body:
            returned = visit(node, returned)
            if node.op in NEVER_RETURNS:
                return False
        return returned

    run(tree.body, False)
    return late


LARGEST_ADDED: Final = 512
"""Bytes that joining may add to a function's frame."""


def _frame_bytes(definition: Node) -> int:
    """How large a frame is; less than zero if its size is no constant."""
    value = definition.args[0]
    if value.args[1].op != "i32.const":
        return -1
    count: int = value.args[1].imm[0]
    return count if value.op == "i32.sub" else -count


def settle(tree: Tree, stack: int) -> None:
    """What is left of objects is places in frames."""
    frames = frames_of(tree, stack)
    if frames:
        _rebase(tree, set(frames), set())
        fold_addresses(tree)


def _replace(tree: Tree, homes: dict[int, dict[Slot, int]]) -> None:
    def change(node: Node) -> Node:
        if not node.args or node.args[0].op != "local.get" or node.args[0].imm[0] not in homes:
            return node
        slot = _access(node)
        home = None if slot is None else homes[node.args[0].imm[0]].get(slot)
        if slot is None or home is None:
            return node
        if ".store" in node.op:
            return Node("local.set", (home,), (node.args[1],))
        value = Node("local.get", (home,), (), slot.type)
        if slot.bytes == _FULL[slot.type]:
            return value
        if node.op.endswith("_s"):
            return Node(f"i32.extend{slot.bytes * 8}_s", (), (value,), w.I32)
        mask = Node("i32.const", ((1 << slot.bytes * 8) - 1,), (), w.I32)
        return Node("i32.and", (), (value, mask), w.I32)

    rewrite(tree.body, change)


def _remove(tree: Tree, local: int, stack: int, definition: Node) -> None:
    """Neither make room for the frame nor give it back."""

    def change(node: Node) -> Node:
        if node is definition and node.op == "local.set":
            return Node("nop")
        return Node("nop") if _returns(node, local, stack) else node

    rewrite(tree.body, change)
