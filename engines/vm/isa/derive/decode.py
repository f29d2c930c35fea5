"""A decoder derived from an instruction table: words to instructions through a tree of masks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from engines.vm.isa.describe import Instruction


class Decoded(NamedTuple):
    """An instruction as it stands in memory.

    Attributes:
        instruction: its record.
        word: its bits.
        arguments: what the semantics take, in the order of `instruction.operands`.
    """

    instruction: Instruction
    word: int
    arguments: tuple[int, ...]

    @property
    def fields(self) -> dict[str, int]:
        """Every field of the pattern by name, those that semantics do not take included."""
        return {f.name: f.extract(self.word) for f in self.instruction.fields}


class Node(NamedTuple):
    """`word & mask` selects a child."""

    mask: int
    children: dict[int, Tree]


Tree: TypeAlias = Node | tuple[Instruction, ...]
"""A node, or the few instructions left that no common bit tells apart."""


def build_tree(instructions: Iterable[Instruction]) -> Tree:
    """The decision tree of instructions of one length: split by the bits that all of them fix, until none is left."""
    candidates = tuple(instructions)
    return _split(candidates, 0)


def _split(candidates: tuple[Instruction, ...], tested: int) -> Tree:
    common = ~tested
    for i in candidates:
        common &= i.mask
    if len(candidates) <= 1 or common <= 0:
        return candidates
    groups: dict[int, list[Instruction]] = {}
    for i in candidates:
        groups.setdefault(i.match & common, []).append(i)
    return Node(common, {key: _split(tuple(group), tested | common) for key, group in groups.items()})


class Decoder:
    """Decodes words of the lengths that occur in a table.

    `find` gives the record alone, `decode` the operands too; both give None for words that are no instruction.
    """

    def __init__(self, instructions: Iterable[Instruction]) -> None:
        by_length: dict[int, list[Instruction]] = {}
        for i in instructions:
            by_length.setdefault(i.length, []).append(i)
        self.trees: dict[int, Tree] = {length: build_tree(group) for length, group in by_length.items()}

    def find(self, word: int, length: int) -> Instruction | None:
        """The instruction of `length` bytes that `word` is.

        Raises:
            ValueError: no instruction has this length, or `word` does not fit it.
        """
        tree = self.trees.get(length)
        if tree is None or word >> 8 * length:
            lengths = " or ".join(map(str, sorted(self.trees)))
            raise ValueError(f"word {word:#x} of {length} bytes; instructions have {lengths} bytes")
        while isinstance(tree, Node):
            found = tree.children.get(word & tree.mask)
            if found is None:
                return None
            tree = found
        for instruction in tree:
            if instruction.matches(word):
                return instruction
        return None

    def decode(self, word: int, length: int) -> Decoded | None:
        instruction = self.find(word, length)
        if instruction is None:
            return None
        return Decoded(instruction, word, instruction.decode(word))
