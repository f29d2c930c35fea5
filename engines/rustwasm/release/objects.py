"""Objects to locals: what a function makes, and only itself reads and writes field by field.

A local of which every value is a fresh struct of one type, and that is read only as the holder of a field, becomes one
local per field; nobody else can reach the object. Such objects are the lowering's slices, cells and small tuples, once
the functions around them are inlined. A function that is called through a constant table or through the access of a
cell becomes one that is called directly, and small ones are put in place; a cast to what a value is anyhow goes.

Rule for the code that comes in: it does not count on the trap of an access to null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from engines.rustwasm.release.effects import effects_of
from engines.rustwasm.release.packed import copied
from engines.rustwasm.release.tree import Block, If, Node, Tree, extra_results, nodes_of, rewrite, walk
from engines.rustwasm.wasm.module import Instruction, Module
from engines.rustwasm.wasm.types import I32, Ref, StructType, SubType
from engines.rustwasm.wasm.validate.types import defaultable

_PACKED: Final = ("struct.get_s", "struct.get_u")
SMALL: Final = 12
"""Operations of a function that is put where a table led to it."""


@dataclass
class Facts:
    """What of the module the pass needs.

    Attributes:
        types: by index.
        tables: immutable globals that hold a struct, to the instructions that give its fields.
        trees: bodies by function index.
        inlined: puts a body in place of a call (`inline`).
        small: copies of bodies of at most SMALL operations of functions that something else than a call names: the
            same for all functions of a pass over them, whichever of these it has come to.
    """

    types: list[SubType]
    tables: dict[int, list[Instruction]]
    trees: dict[int, Tree]
    inlined: Callable[[Node, Tree, Tree], Node]
    small: dict[int, Tree] = field(default_factory=dict)

    def look_at(self, function: int) -> None:
        """Copy a function's body if it is small now."""
        tree = self.trees.get(function)
        if tree is not None and len(nodes_of(tree.body)) <= SMALL:
            self.small[function] = copied(tree)

    def look_again(self, functions: Iterable[int]) -> None:
        """Forget what was copied, which may call functions that take something else by now, and look at these."""
        self.small.clear()
        for function in sorted(functions):
            self.look_at(function)

    def struct(self, index: int) -> StructType:
        composite = self.types[index].composite
        assert isinstance(composite, StructType)
        return composite


def facts_of(module: Module, trees: dict[int, Tree], inlined: Callable[[Node, Tree, Tree], Node]) -> Facts | None:
    """The facts of a module; None if it has no structs, so that there is nothing to do."""
    types = module.defined_types()
    if not any(isinstance(one.composite, StructType) for one in types):
        return None
    tables = {}
    for index, one in enumerate(module.globals):
        last = one.initial[-1]
        fields = list(one.initial[:-1])
        constant = all(item[0] in ("ref.func", "ref.null", "i32.const") for item in fields)
        if not one.type.mutable and last[0] == "struct.new" and fields and constant:
            tables[index] = fields
    return Facts(types, tables, trees, inlined)


def made_here(tree: Tree) -> set[int]:
    """Locals that only ever hold objects that the function makes itself: told to nobody, those would be locals."""
    made: set[int] = set()
    other: set[int] = set(range(tree.parameters))
    for node in walk(tree.body):
        if node.op in ("local.set", "local.tee"):
            (made if node.args[0].op == "struct.new" else other).add(node.imm[0])
    return made - other


def objects_to_locals(tree: Tree, facts: Facts) -> bool:
    """Run the pass over a body; whether it changed something."""
    simplifier = _Simplifier(tree, facts)
    simplifier.constants()
    rewrite(tree.body, simplifier.change)
    replaced = _replace(tree, facts)
    return simplifier.changed or replaced


class _Simplifier:
    def __init__(self, tree: Tree, facts: Facts) -> None:
        self.tree = tree
        self.facts = facts
        self.changed = False

    def constants(self) -> None:
        """Locals that only ever hold one constant reference are read as that."""
        values: dict[int, list[Node]] = {}
        for node in walk(self.tree.body):
            if node.op in ("local.set", "local.tee"):
                values.setdefault(node.imm[0], []).append(node.args[0])
            for local in extra_results(node):
                values.setdefault(local, []).append(node)
        known = {
            local: found[0]
            for local, found in values.items()
            if local >= self.tree.parameters and len(found) == 1 and self._constant(found[0])
        }
        if not known:
            return

        def change(node: Node) -> Node:
            if node.op == "local.get" and node.imm[0] in known:
                self.changed = True
                one = known[node.imm[0]]
                return Node(one.op, one.imm, (), one.type)
            return node

        rewrite(self.tree.body, change)

    def _constant(self, node: Node) -> bool:
        return node.op == "ref.func" or (node.op == "global.get" and node.imm[0] in self.facts.tables)

    def change(self, node: Node) -> Node:
        made = self._changed(node)
        if made is not None:
            self.changed = True
            return made
        return node

    def _changed(self, node: Node) -> Node | None:
        op = node.op
        if op == "ref.is_null":
            return self._is_null(node)
        if op == "struct.get":
            return self._field(node)
        if op == "call_ref":
            return self._call(node)
        if op == "ref.cast":
            return self._cast(node)
        return None

    def _is_null(self, node: Node) -> Node | None:
        value = node.args[0]
        if value.op == "ref.null":
            return Node("i32.const", (1,), (), I32)
        made = value.op in ("ref.func", "struct.new")
        made = made or (value.op == "global.get" and value.imm[0] in self.facts.tables)
        return Node("i32.const", (0,), (), I32) if made and not effects_of(value).matter else None

    def _field(self, node: Node) -> Node | None:
        holder: Node = node.args[0]
        if holder.op == "global.get" and holder.imm[0] in self.facts.tables:
            item = self.facts.tables[holder.imm[0]][node.imm[1]]
            return Node(item[0], tuple(item[1:]), (), node.type)
        if holder.op == "struct.new":
            others = [one for i, one in enumerate(holder.args) if i != node.imm[1]]
            if not any(effects_of(one).matter for one in others):
                value: Node = holder.args[node.imm[1]]
                return value
        return None

    def _call(self, node: Node) -> Node | None:
        target = node.args[-1]
        if target.op != "ref.func":
            return None
        call = Node("call", (target.imm[0], *node.imm[1:]), node.args[:-1], node.type)
        body = self.facts.small.get(target.imm[0])
        if body is not None and not extra_results(node) and self.facts.trees.get(target.imm[0]) is not self.tree:
            return self.facts.inlined(call, body, self.tree)
        return call

    def _cast(self, node: Node) -> Node | None:
        value = node.args[0]
        known = self.tree.locals[value.imm[0]] if value.op == "local.get" else value.type
        target = node.imm[0]
        if isinstance(known, Ref) and known.heap == target.heap and (target.nullable or not known.nullable):
            return Node(value.op, value.imm, value.args, known) if value.op == "local.get" else value
        return None


def _replace(tree: Tree, facts: Facts) -> bool:
    """Give the fields of objects that do not leave the function locals of their own."""
    candidates = _candidates(tree, facts)
    if not candidates:
        return False
    fields = {
        local: [tree.fresh_local(one.unpacked) for one in facts.struct(index).fields]
        for local, index in candidates.items()
    }

    def change(node: Node) -> Node:
        op = node.op
        if op == "struct.get" and _held(node) in fields:
            holder = node.args[0]
            value = Node("local.get", (fields[_held(node)][node.imm[1]],), (), node.type)
            if holder.op == "local.get":
                return value
            return Block("block", tree.fresh_label(), [*_sets(holder, fields, tree), value], node.type)
        if op == "struct.set" and _held(node) in fields:
            # The holder, if it is made here, was made before the value.
            write = Node("local.set", (fields[_held(node)][node.imm[1]],), (node.args[1],))
            holder = node.args[0]
            if holder.op == "local.get":
                return write
            return Block("block", tree.fresh_label(), [*_sets(holder, fields, tree), write], None)
        if op == "ref.is_null" and _held(node) in fields:
            holder = node.args[0]
            zero = Node("i32.const", (0,), (), I32)
            if holder.op == "local.get":
                return zero
            return Block("block", tree.fresh_label(), [*_sets(holder, fields, tree), zero], I32)
        if op == "local.set" and node.imm[0] in fields:
            return Block("block", tree.fresh_label(), _sets(node, fields, tree), None)
        return node

    rewrite(tree.body, change)
    return True


def _held(node: Node) -> int:
    """The local that holds the object of which a field is meant; -1 if it is no local's."""
    holder = node.args[0]
    return holder.imm[0] if holder.op in ("local.get", "local.tee") else -1


def _sets(made: Node, fields: dict[int, list[int]], tree: Tree) -> list[Node]:
    """The statements of setting a local to a fresh object, field by field; the fields' values may read the old one."""
    values = made.args[0].args
    locals_ = fields[made.imm[0]]
    own = set(locals_)
    reads = any(one.op == "local.get" and one.imm[0] in own for value in values for one in walk([value]))
    if not reads:
        return [Node("local.set", (local,), (value,)) for local, value in zip(locals_, values, strict=True)]
    kept = [tree.fresh_local(tree.locals[local]) for local in locals_]
    first = [Node("local.set", (local,), (value,)) for local, value in zip(kept, values, strict=True)]
    return first + [
        Node("local.set", (local,), (Node("local.get", (one,), (), tree.locals[one]),))
        for local, one in zip(locals_, kept, strict=True)
    ]


def _candidates(tree: Tree, facts: Facts) -> dict[int, int]:
    """Locals that can be replaced, to the type of their objects."""
    made: dict[int, int] = {}
    barred: set[int] = set(range(tree.parameters))
    uses: dict[int, int] = {}
    allowed: dict[int, int] = {}
    for node in walk(tree.body):
        op = node.op
        for local in extra_results(node):
            barred.add(local)
        if op == "local.get":
            uses[node.imm[0]] = uses.get(node.imm[0], 0) + 1
        elif op in ("local.set", "local.tee"):
            local, value = node.imm[0], node.args[0]
            if value.op != "struct.new" or made.setdefault(local, value.imm[0]) != value.imm[0]:
                barred.add(local)
            if op == "local.tee":
                uses[local] = uses.get(local, 0) + 1
        elif op in ("struct.get", "struct.set", "ref.is_null"):
            local = _held(node)
            if local >= 0:
                allowed[local] = allowed.get(local, 0) + 1
    out = {}
    for local, index in made.items():
        if local in barred or uses.get(local, 0) != allowed.get(local, 0):
            continue
        if all(defaultable(one.unpacked) for one in facts.struct(index).fields):
            out[local] = index
    return out


__all__ = ["Facts", "If", "facts_of", "objects_to_locals"]
