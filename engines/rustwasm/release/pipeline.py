"""The order of the passes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Final

from engines.rustwasm.release.coalesce import coalesce, drop_dead_sets
from engines.rustwasm.release.control import simplify_control
from engines.rustwasm.release.exits import join_values, split_values
from engines.rustwasm.release.flatten import flatten
from engines.rustwasm.release.fold import fold
from engines.rustwasm.release.groups import split_groups
from engines.rustwasm.release.initial import store_together
from engines.rustwasm.release.inline import inline, inlined
from engines.rustwasm.release.locals import drop_effectless, drop_first_zeros, sink
from engines.rustwasm.release.merge import merge_functions, merge_types, pack_data
from engines.rustwasm.release.number import number_values
from engines.rustwasm.release.objects import Facts, facts_of, made_here, objects_to_locals
from engines.rustwasm.release.one_block import allocator_of, place_one_block
from engines.rustwasm.release.promote import fold_addresses, join_frames, places_of, promote, settle
from engines.rustwasm.release.propagate import propagate
from engines.rustwasm.release.recursion import loops_for_calls
from engines.rustwasm.release.references import bodies
from engines.rustwasm.release.shake import shake
from engines.rustwasm.release.signatures import trim_signatures
from engines.rustwasm.release.tree import NotATreeError, Tree, fell, grow, nodes_of
from engines.rustwasm.release.writes import ATOMIC_BYTES, write_in_loops
from engines.rustwasm.wasm.binary.encoder import expression
from engines.rustwasm.wasm.module import Data, ExternKind, Function, Module
from engines.rustwasm.wasm.types import FunctionType, SubType
from engines.rustwasm.wasm.validate import validate

ROUNDS: Final = 4
"""Rounds of the passes over one function; each stops early when nothing got shorter."""

SIGNATURE_ROUNDS: Final = 3
"""Rounds of trimming what functions take and give."""

OBJECT_ROUNDS: Final = 6
"""The same of turning objects into locals, each of which may open another."""


@dataclass
class Report:
    """What optimising a module did.

    Attributes:
        functions: optimised.
        left: why functions were left as they are, and how many.
    """

    functions: int = 0
    left: Counter[str] = field(default_factory=Counter)


def optimise_tree(tree: Tree, share: bool = True, rounds: int = ROUNDS, ours: bool = False) -> None:
    """Run the passes over one body until they change nothing more, at most so many times. `share`: values that are
    never needed together get one local. `ours`: the code reads and writes only memory that there is."""
    size = -1
    for left in reversed(range(rounds)):
        if share:
            join_values(tree)
        else:
            split_values(tree)
        propagate(tree)
        if not share:
            number_values(tree, share=False)
        fold(tree)
        simplify_control(tree, join=share)
        flatten(tree, split=not share)
        if ours:
            fold_addresses(tree)
        sink(tree)
        drop_effectless(tree.body, ours)
        if drop_dead_sets(tree):
            drop_effectless(tree.body, ours)
        if share:
            coalesce(tree)
        if not left:
            break
        now = len(expression(fell(tree, 0).body))
        if now == size:
            break
        size = now


def optimise(module: Module, stack: str | None = None) -> tuple[Module, Report]:
    """A module that does the same. `stack` is the name of the global that points to a shadow stack, if the module has
    one and keeps to the rules of `promote`.

    Raises:
        InvalidModuleError: `module` is not valid.
    """
    module = pack_data(shake(merge_types(split_groups(module))))
    context = validate(module)
    report = Report()
    imported = len(module.imported(ExternKind.FUNCTION))
    trees: dict[int, Tree] = {}
    for index, function in enumerate(module.functions, imported):
        try:
            trees[index] = grow(context, function)
        except NotATreeError as error:
            report.left[str(error)] += 1
    ours = stack is not None
    pointer = next((index for index, name in module.names.globals.items() if name == stack), None)
    facts = facts_of(module, trees, inlined)
    for tree in trees.values():
        _improve(tree, pointer, facts, ours)
    named = _named(module)
    for index, function in enumerate(module.functions, imported):
        if index not in trees:
            named |= {one[1] for one in function.body if one[0] == "call"}
    allocator = allocator_of(module) if ours else None

    def into_callers(kept: set[int]) -> None:
        live = _called(trees, named)
        inline(
            {index: trees[index] for index in trees if index in live},
            kept,
            lambda tree: _improve(tree, pointer, facts, ours),
            lambda tree: made_here(tree) if pointer is None else places_of(tree, pointer),
        )

    into_callers(named if allocator is None else named | {allocator.alloc, allocator.free})
    if allocator is not None and place_one_block(trees, _called(trees, named), named, allocator):
        for index in named & trees.keys():
            _improve(trees[index], pointer, facts, ours)
    for turn in range(SIGNATURE_ROUNDS):
        changed = trim_signatures(trees, _called(trees, named), named)
        for index in sorted(changed):
            flatten(trees[index], split=True)
            _improve(trees[index], pointer, facts, ours)
        if turn and not changed:
            break
        into_callers(named)
    functions = list(module.functions)
    types = _Types(module)
    called = _called(trees, named)
    segments: list[bytes] = []
    for index, tree in trees.items():
        if index not in called:
            continue  # it was put where it was called; shaking drops it
        if pointer is not None:
            join_frames(tree, pointer)
            settle(tree, pointer)
        if ours:
            write_in_loops(tree, ATOMIC_BYTES)
        number_values(tree, share=True)
        optimise_tree(tree, ours=ours)
        if loops_for_calls(tree, index):
            optimise_tree(tree, ours=ours)
        drop_first_zeros(tree)
        if ours:
            store_together(tree, segments, len(module.data))
        functions[index - imported] = fell(tree, types.of(tree, functions[index - imported].type))
    report.functions = len(trees)
    data = [*module.data, *map(Data, segments)]
    out = replace(module, functions=functions, data=data, types=types.groups)
    return shake(merge_types(merge_functions(out))), report


class _Types:
    """The module's types, and those of trees that take or give something else than before."""

    def __init__(self, module: Module) -> None:
        self.defined = module.defined_types()
        self.groups = list(module.types)
        self.found = {
            one.composite: index
            for index, one in reversed(list(enumerate(self.defined)))
            if isinstance(one.composite, FunctionType) and one == SubType(one.composite)
        }

    def of(self, tree: Tree, old: int) -> int:
        """The index of the tree's type, which was that at `old` at first."""
        wanted = FunctionType(tuple(tree.locals[: tree.parameters]), tuple(tree.results))
        if self.defined[old].composite == wanted:
            return old
        if wanted not in self.found:
            self.found[wanted] = len(self.defined)
            self.defined.append(SubType(wanted))
            self.groups.append((SubType(wanted),))
        return self.found[wanted]


def _improve(tree: Tree, pointer: int | None, facts: Facts | None, ours: bool) -> None:
    """The passes that need a local for every value."""
    if pointer is not None:
        fold_addresses(tree)
    optimise_tree(tree, share=False, rounds=1, ours=ours)
    while pointer is not None and promote(tree, pointer):
        optimise_tree(tree, share=False, rounds=1, ours=ours)
    rounds = 0
    while facts is not None and rounds < OBJECT_ROUNDS and objects_to_locals(tree, facts):
        optimise_tree(tree, share=False, rounds=1, ours=ours)
        rounds += 1


def _named(module: Module) -> set[int]:
    """Functions that are exported, started, or referred to."""
    named = {export.index for export in module.exports if export.kind is ExternKind.FUNCTION}
    if module.start is not None:
        named.add(module.start)
    for body in bodies(module):
        named |= {one[1] for one in body if one[0] == "ref.func"}
    return named


def _called(trees: dict[int, Tree], named: set[int]) -> set[int]:
    """Functions that something reaches: what is named, and what those call."""
    out: set[int] = set()
    todo = list(named)
    while todo:
        index = todo.pop()
        if index not in out:
            out.add(index)
            if index in trees:
                todo += [node.imm[0] for node in nodes_of(trees[index].body) if node.op == "call"]
    return out


def optimise_function(module: Module, number: int) -> Function:
    """One function of a valid module, optimised alone.

    Raises:
        NotATreeError: the function has what trees do not express.
    """
    tree = grow(validate(module), module.functions[number])
    optimise_tree(tree)
    return fell(tree, module.functions[number].type)
