"""The order of the passes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Final

from engines.rustwasm.release.coalesce import coalesce, drop_dead_sets
from engines.rustwasm.release.control import simplify_control
from engines.rustwasm.release.errands import ONE, Errand, Jobs, run
from engines.rustwasm.release.exits import join_values, split_values
from engines.rustwasm.release.flatten import flatten
from engines.rustwasm.release.fold import fold
from engines.rustwasm.release.groups import split_groups
from engines.rustwasm.release.initial import store_together
from engines.rustwasm.release.inline import inline, inlined
from engines.rustwasm.release.locals import drop_effectless, drop_first_zeros, sink
from engines.rustwasm.release.merge import merge_functions, merge_types, pack_data
from engines.rustwasm.release.never_zero import forget_never_zero
from engines.rustwasm.release.number import number_values
from engines.rustwasm.release.objects import facts_of, made_here, objects_to_locals
from engines.rustwasm.release.one_block import allocator_of, place_one_block
from engines.rustwasm.release.packed import Packed, packed, unpacked
from engines.rustwasm.release.promote import fold_addresses, join_frames, places_of, promote, settle
from engines.rustwasm.release.propagate import propagate
from engines.rustwasm.release.recursion import loops_for_calls
from engines.rustwasm.release.references import bodies
from engines.rustwasm.release.rotate import rotate_loops
from engines.rustwasm.release.shake import shake
from engines.rustwasm.release.signatures import trim_signatures
from engines.rustwasm.release.tree import NotATreeError, Tree, fell, grow, nodes_of
from engines.rustwasm.release.writes import ATOMIC_BYTES, write_in_loops
from engines.rustwasm.wasm.binary.encoder import expression
from engines.rustwasm.wasm.module import Data, ExternKind, Function, Module
from engines.rustwasm.wasm.positions import Positioned
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
            flatten(tree, split=True)
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


def optimise(module: Module, stack: str | None = None, jobs: Jobs = ONE) -> tuple[Module, Report]:
    """A module that does the same; the same one in however many processes. `stack` is the name of the global that
    points to a shadow stack, if the module has one and keeps to the rules of `promote`.

    Raises:
        InvalidModuleError: `module` is not valid.
        LostProcessError: one of several processes ended before it was done.
    """
    module = pack_data(shake(merge_types(split_groups(module))))
    return _Optimiser(module, stack, jobs).optimised()


class _Optimiser:
    """A module on its way through the passes.

    Attributes:
        trees: bodies by function index.
        named: functions that something else than a call names.
        pointer: the global that points to the shadow stack.
        ours: the code keeps to our rules.
        jobs: processes for passes over all functions.
    """

    def __init__(self, module: Module, stack: str | None, jobs: Jobs) -> None:
        self.module = module
        self.imported = len(module.imported(ExternKind.FUNCTION))
        self.report = Report()
        self.trees: dict[int, Tree] = {}
        self.ours = stack is not None
        self.pointer = next((index for index, name in module.names.globals.items() if name == stack), None)
        self.facts = facts_of(module, self.trees, inlined)
        self.named = _named(module)
        self.jobs = 1 if _positioned(module) else jobs.count(sum(len(one.body) for one in module.functions))

    def optimised(self) -> tuple[Module, Report]:
        self._grow()
        trees, named = self.trees, self.named
        allocator = allocator_of(self.module) if self.ours else None
        self._into_callers(named if allocator is None else named | {allocator.alloc, allocator.free})
        if allocator is not None and place_one_block(trees, _called(trees, named), named, allocator):
            for index in named & trees.keys():
                self.improve(trees[index])
        for turn in range(SIGNATURE_ROUNDS):
            changed = trim_signatures(trees, _called(trees, named), named)
            self._look_again()
            run(_Again(self), sorted(changed), self.jobs)
            if turn and not changed:
                break
            self._into_callers(named)
        self.report.functions = len(trees)
        return shake(merge_types(merge_functions(self._felled()))), self.report

    def _grow(self) -> None:
        """Trees for all functions, improved; those first that others may take in."""
        errand = _First(self)
        functions = range(self.imported, self.imported + len(self.module.functions))
        before = self.named if self.facts is not None else set()
        for index in functions:
            if index in before:
                errand.work(index)
                if self.facts is not None:
                    self.facts.look_at(index)
        run(errand, [index for index in functions if index not in before], self.jobs)
        found = sorted(self.trees.items())
        self.trees.clear()
        self.trees.update(found)
        for index, function in enumerate(self.module.functions, self.imported):
            if index not in self.trees:
                self.named |= {one[1] for one in function.body if one[0] == "call"}
        self.report.left = Counter(errand.left[index] for index in functions if index in errand.left)

    def improve(self, tree: Tree) -> None:
        """The passes that need a local for every value."""
        if self.pointer is not None:
            fold_addresses(tree)
        optimise_tree(tree, share=False, rounds=1, ours=self.ours)
        while self.pointer is not None and promote(tree, self.pointer):
            optimise_tree(tree, share=False, rounds=1, ours=self.ours)
        rounds = 0
        while self.facts is not None and rounds < OBJECT_ROUNDS and objects_to_locals(tree, self.facts):
            optimise_tree(tree, share=False, rounds=1, ours=self.ours)
            rounds += 1

    def _frames(self, tree: Tree) -> set[int]:
        return made_here(tree) if self.pointer is None else places_of(tree, self.pointer)

    def _look_again(self) -> None:
        if self.facts is not None:
            self.facts.look_again(self.named)

    def _into_callers(self, kept: set[int]) -> None:
        self._look_again()
        live = _called(self.trees, self.named)
        trees = {index: tree for index, tree in self.trees.items() if index in live}
        inline(trees, kept, self.improve, self._frames, self.jobs)

    def _felled(self) -> Module:
        """The module of the trees, after the passes that share locals."""
        module, trees = self.module, self.trees
        called = _called(trees, self.named)
        order = [index for index in trees if index in called]  # others were put where they were called
        run(_Last(self), order, self.jobs)
        functions = list(module.functions)
        types = _Types(module)
        segments: list[bytes] = []
        for index in order:
            tree = trees[index]
            if self.ours:
                store_together(tree, segments, len(module.data))
            old = functions[index - self.imported].type
            functions[index - self.imported] = fell(tree, types.of(tree, old))
        data = [*module.data, *map(Data, segments)]
        return replace(module, functions=functions, data=data, types=types.groups)


class _Again(Errand):
    """Improves trees whose callers or callees changed."""

    def __init__(self, optimiser: _Optimiser) -> None:
        self.all = optimiser
        self.trees = optimiser.trees

    def work(self, function: int) -> None:
        tree = self.trees[function]
        flatten(tree, split=True)
        self.all.improve(tree)

    def tell(self, function: int) -> Packed | None:
        return packed(self.trees[function])

    def take(self, function: int, told: Packed) -> None:
        self.trees[function].become(unpacked(told))


class _First(Errand):
    """Grows a function's tree and improves it. `left`: why functions are none."""

    def __init__(self, optimiser: _Optimiser) -> None:
        self.all = optimiser
        self.trees = optimiser.trees
        self.context = validate(optimiser.module)
        self.left: dict[int, str] = {}

    def work(self, function: int) -> None:
        try:
            tree = grow(self.context, self.all.module.functions[function - self.all.imported])
        except NotATreeError as error:
            self.left[function] = str(error)
            return
        self.trees[function] = tree
        self.all.improve(tree)

    def tell(self, function: int) -> tuple[Packed | None, str]:
        if function in self.left:
            return None, self.left[function]
        return packed(self.trees[function]), ""

    def take(self, function: int, told: tuple[Packed | None, str]) -> None:
        content, why = told
        if content is None:
            self.left[function] = why
        else:
            self.trees[function] = unpacked(content)


class _Last(_Again):
    """What is done to a tree when no other will take it in."""

    def work(self, function: int) -> None:
        tree, ours, pointer = self.trees[function], self.all.ours, self.all.pointer
        if pointer is not None:
            join_frames(tree, pointer)
            settle(tree, pointer)
        if ours:
            write_in_loops(tree, ATOMIC_BYTES)
        number_values(tree, share=True)
        forget_never_zero(tree)
        rotate_loops(tree)
        optimise_tree(tree, ours=ours)
        if loops_for_calls(tree, function):
            optimise_tree(tree, ours=ours)
        drop_first_zeros(tree)


def _positioned(module: Module) -> bool:
    """Whether instructions know where they come from: such trees stay in one process."""
    return any(isinstance(one, Positioned) for function in module.functions for one in function.body)


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
