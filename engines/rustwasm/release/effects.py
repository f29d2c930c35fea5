"""What evaluating a tree reads, writes and may do besides, and whether two trees may change places.

Exact about traps: which of two traps comes first is observable, and so is a write before a trap.
"""

from __future__ import annotations

from typing import Final

from engines.rustwasm.release.tree import NEVER_RETURNS, Block, Node, branches_to, extra_results, targets
from engines.rustwasm.wasm.ops import OPERATIONS

READS: Final = 1
"""Reads memory, a global, a table, a mutable field or element."""
WRITES: Final = 2
"""Writes one of them, or allocates nothing that could be told apart but grows memory."""
TRAPS: Final = 4
LEAVES: Final = 8
"""May leave the function, or never end."""
BRANCHES: Final = 16
"""May go elsewhere within the function, where locals are still seen."""
CALLS: Final = READS | WRITES | TRAPS | LEAVES
"""A call may do anything to everything but the caller's locals."""

_TRAPPING_WORDS: Final = ("div_s", "div_u", "rem_s", "rem_u")


def _of_operation(name: str) -> int:
    if name.startswith(("call", "return_call")):
        return CALLS
    if name.startswith("br"):
        return BRANCHES
    if name in NEVER_RETURNS:
        return LEAVES | (TRAPS if name == "unreachable" else 0)
    action = name.partition(".")[2]
    operation = OPERATIONS.get(name)
    if operation is None:
        return 0
    accesses = any(one.kind == "memory" for one in operation.immediates)
    if accesses:
        return TRAPS | (WRITES if "store" in action else READS)
    if name == "global.get" or name in ("memory.size", "table.size"):
        return READS
    if name == "global.set":
        return WRITES
    if name == "memory.grow":
        return READS | WRITES
    if name.startswith(("memory.", "table.", "data.", "elem.")):
        return READS | WRITES | TRAPS
    if name.startswith("struct.new"):
        return 0
    if name.startswith("array.new"):
        return TRAPS
    if name == "array.len":
        return TRAPS
    if name.startswith(("struct.get", "array.get")):
        return READS | TRAPS
    if name.startswith(("struct.", "array.")):
        return WRITES | READS | TRAPS
    if name in ("ref.cast", "ref.as_non_null"):
        return TRAPS
    if name.startswith("i31.get"):
        return TRAPS
    if action in _TRAPPING_WORDS and name[0] == "i":
        return TRAPS
    if action.startswith("trunc_f"):
        return TRAPS
    return 0


OF_OPERATION: Final = {name: _of_operation(name) for name in OPERATIONS}


def _conflict(mine: int, theirs: int) -> bool:
    ends = TRAPS | LEAVES | BRANCHES
    if mine & WRITES and theirs & (READS | WRITES | ends):
        return True
    if theirs & WRITES and mine & (READS | ends):
        return True
    return bool(mine & ends and theirs & ends)


FLAGS_CONFLICT: Final = tuple(tuple(_conflict(mine, theirs) for theirs in range(32)) for mine in range(32))
"""Whether something with the first flags may not be moved behind something with the second, locals apart."""


class Effects:
    """Effects of a tree: locals read and written, flags, and labels outside of it that it branches to (then the flags
    may lack BRANCHES: see `all_flags`)."""

    __slots__ = ("flags", "labels", "reads", "writes")

    def __init__(self) -> None:
        self.reads: set[int] = set()
        self.writes: set[int] = set()
        self.labels: set[int] = set()
        self.flags = 0

    @property
    def all_flags(self) -> int:
        return self.flags | BRANCHES if self.labels else self.flags

    def include(self, other: Effects) -> None:
        """Add those of another tree."""
        self.flags |= other.flags
        self.reads |= other.reads
        self.writes |= other.writes
        if other.labels:
            self.labels |= other.labels

    def leave(self, block: Block) -> None:
        """These were the effects of a block's body; now they are those of the block."""
        if block.label in self.labels:
            self.labels.discard(block.label)
            if block.op == "loop":
                self.flags |= LEAVES

    def add(self, node: Node) -> None:
        """Of the operation itself, without its operands."""
        op = node.op
        if op == "local.get":
            self.reads.add(node.imm[0])
        elif op in ("local.set", "local.tee"):
            self.writes.add(node.imm[0])
        elif op in ("block", "if"):
            pass
        elif op == "loop":
            # May not end: nothing may be moved across it that could be seen.
            self.flags |= LEAVES
        else:
            self.flags |= OF_OPERATION[op]
            self.writes.update(extra_results(node))

    def conflicts(self, later: Effects) -> bool:
        """Whether something with these effects may not be moved behind something with `later` effects."""
        if self.writes & (later.reads | later.writes) or self.reads & later.writes:
            return True
        mine, theirs = self.all_flags, later.all_flags
        if (mine & BRANCHES and later.writes) or (theirs & BRANCHES and self.writes):
            return True
        return FLAGS_CONFLICT[mine][theirs]

    @property
    def matter(self) -> bool:
        """Whether evaluating and dropping the value would be noticed."""
        return bool(self.writes or self.all_flags & ~READS)


def effects_of(node: Node) -> Effects:
    """Effects of a tree; branches to blocks inside it do not leave it."""
    out = Effects()
    _collect(node, out, set())
    return out


def _collect(node: Node, out: Effects, inside: set[int]) -> None:
    for argument in node.args:
        _collect(argument, out, inside)
    if isinstance(node, Block):
        inside.add(node.label)
        if node.op == "loop" and not branches_to(node, node.label):
            for one in node.body:
                _collect(one, out, inside)
            return
    for body in node.bodies():
        for one in body:
            _collect(one, out, inside)
    reached = targets(node)
    if reached and all(label in inside for label in reached):
        return
    out.add(node)
