"""Frame slots to locals: what a function keeps on the shadow stack and only itself reads and writes.

A frame is a local that is set once, to the stack pointer minus a constant. Where that local is only the address of
loads and stores, and the source of the stack pointer's return, nobody else can reach the frame: our code never makes an
address from a number, and what is below the stack pointer belongs to nobody. Its slots become locals; slots that are
accessed in several shapes stay. A frame without slots is not made at all.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from engines.rustwasm.release.tree import Node, Tree, rewrite, walk
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


def _slots(tree: Tree, local: int, stack: int) -> list[Slot] | None:
    """Every access to the frame, or None if its address goes elsewhere."""
    found = []
    uses = allowed = 0
    for node in walk(tree.body):
        uses += _is_get(node, local)
        if node.args and _is_get(node.args[0], local):
            slot = _access(node)
            if slot is not None:
                found.append(slot)
                allowed += 1
        if _returns(node, local, stack) and node.args[0].op != "local.tee":
            allowed += 1
        if node.op == "local.tee" and node.imm[0] == local:
            uses += 1
        if node.op == "global.set" and node.args[0].op == "local.tee" and node.args[0].imm[0] == local:
            allowed += 1
    return found if uses == allowed else None


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


def _rebase(tree: Tree, frames: set[int]) -> None:
    """Locals that only ever hold a place in a frame are read as that place."""
    sets = Counter(node.imm[0] for node in walk(tree.body) if node.op in ("local.set", "local.tee"))
    known: dict[int, tuple[int, int]] = {}

    def place(value: Node) -> tuple[int, int] | None:
        if value.op == "local.get":
            return (value.imm[0], 0) if value.imm[0] in frames else known.get(value.imm[0])
        if value.op == "i32.add" and value.args[1].op == "i32.const" and value.args[1].imm[0] >= 0:
            base = place(value.args[0])
            return None if base is None else (base[0], base[1] + value.args[1].imm[0])
        return None

    def change(node: Node) -> Node:
        if node.op in ("local.set", "local.tee") and sets[node.imm[0]] == 1 and node.imm[0] >= tree.parameters:
            found = place(node.args[0])
            if found is not None:
                known[node.imm[0]] = found
                return Node("nop") if node.op == "local.set" else node.args[0]
        elif node.op == "local.get" and node.imm[0] in known:
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

    def change(node: Node) -> Node:
        if node.args and node.op.partition(".")[2].startswith(("load", "store")):
            address = node.args[0]
            while address.op == "i32.add" and address.args[1].op == "i32.const" and address.args[1].imm[0] >= 0:
                node.imm = (node.imm[0], node.imm[1] + address.args[1].imm[0], *node.imm[2:])
                node.args[0] = address = address.args[0]
        return node

    rewrite(tree.body, change)


def promote(tree: Tree, stack: int) -> bool:
    """Move frame slots to locals; `stack` is the global with the stack pointer. Whether anything changed."""
    changed = False
    frames = frames_of(tree, stack)
    if frames:
        _rebase(tree, set(frames))
        fold_addresses(tree)
    for local, definition in frames.items():
        slots = _slots(tree, local, stack)
        if slots is None:
            continue
        good = _single(slots)
        homes = {slot: tree.fresh_local(slot.type) for slot in good}
        if homes:
            _replace(tree, local, homes)
            changed = True
        if len(good) == len(set(slots)):
            _remove(tree, local, stack, definition)
            changed = True
    return changed


def _replace(tree: Tree, local: int, homes: dict[Slot, int]) -> None:
    def change(node: Node) -> Node:
        if not node.args or not _is_get(node.args[0], local):
            return node
        slot = _access(node)
        home = None if slot is None else homes.get(slot)
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
