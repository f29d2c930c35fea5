"""Lifting RISC-V: guest code to blocks of IR, by templates made from the semantics functions.

A *shape* of an instruction fixes what decides the form of its IR (`engines.vm.lift.shapes`): which register operands
are x0, whether `rm` is static, dynamic or reserved … Each shape becomes one template (`engines.vm.lift.template`).
Words are remembered with their template and operands, so a word that was seen before costs one call.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, NamedTuple

from engines.vm.guests.riscv64.state import word_of
from engines.vm.ir.block import Block, GuestState, Slot
from engines.vm.ir.ops import DYNAMIC, OPCODE, REASONS, RETIRED_AT, Instruction
from engines.vm.ir.types import Type
from engines.vm.isa.describe import Instruction as IsaInstruction
from engines.vm.isa.describe import Operand, OperandKind
from engines.vm.isa.riscv64.coding import DECODER
from engines.vm.isa.riscv64.fields import F_NAMES, X_NAMES
from engines.vm.lift.legalise import Legaliser, Operation, masked
from engines.vm.lift.machine import Register, Rounding, TemplateMachine
from engines.vm.lift.nodes import Expression
from engines.vm.lift.shapes import FLOAT_BASE, Shape, Splitter, shape_of, splitter
from engines.vm.lift.template import Emit, compile_template
from engines.vm.runtime.generated_code import GENERATED

RESERVATION: Final = FLOAT_BASE + 32
RESERVATION_BYTES: Final = RESERVATION + 1


def _slots() -> tuple[Slot, ...]:
    x = (Slot(name, Type.I64, 8 * (word_of("x") + i)) for i, name in enumerate(X_NAMES))
    f = (Slot(name, Type.F64, 8 * (word_of("f") + i)) for i, name in enumerate(F_NAMES))
    rest = (Slot(name, Type.I64, 8 * word_of(name)) for name in ("reservation", "reservation_bytes"))
    return (*x, *f, *rest)


STATE: Final = GuestState("riscv64", _slots())
"""x0 … x31 are slots 0 … 31, f0 … f31 are 32 … 63, by ABI name. Slot 0 (zero) is never used."""

_MASK: Final = (1 << 64) - 1
_JUMP: Final = OPCODE["jump"]
_INTERPRET: Final = OPCODE["interpret"]
_FETCH: Final = REASONS.index("fetch")
_ILLEGAL: Final = REASONS.index("illegal")


class Template:
    """A shape's IR; compared by identity.

    Attributes:
        key: which it is: the instruction's name, and its splitter's key.
        parameters: names of its operands, as immediates use them.
        operations: with operands relative to its start.
        aside: for conditional branches, those of the form that leaves where the branch is taken and else goes on.
        ends: nothing follows it in a block.
    """

    def __init__(
        self,
        key: tuple[str, Hashable],
        parameters: Sequence[str],
        operations: tuple[Operation, ...],
        aside: tuple[Operation, ...] | None,
        ends: bool,
    ) -> None:
        self.key = key
        self.parameters = parameters
        self.operations = operations
        self.aside = aside
        self.ends = ends

    @cached_property
    def emit(self) -> Emit:
        """Appends it."""
        return compile_template(self.key, self.parameters, self.operations)

    @cached_property
    def onward(self) -> Emit:
        """Appends the form of a conditional branch that goes on."""
        assert self.aside is not None
        return compile_template(self.key, self.parameters, self.aside, "onward")


class Word(NamedTuple):
    """An instruction word, ready to lift; `branches` conditionally."""

    template: Template
    arguments: tuple[int, ...]
    length: int
    ends: bool
    branches: bool


class Outline:
    """A block before it is lifted: where its instructions stand, what they are, where it leads.

    Attributes:
        pc, end: guest addresses of its first byte, and after its last.
        pcs, words: of its instructions; an illegal one has no word.
        closing: what the block ends in, if it is not its last word that ends it.
        last: the operation that the block ends in; its operands mean nothing.
    """

    __slots__ = ("closing", "end", "last", "pc", "pcs", "words")

    def __init__(self, pcs: list[int], words: list[Word], end: int, closing: Instruction | None) -> None:
        self.pc = pcs[0]
        self.pcs = pcs
        self.words = words
        self.end = end
        self.closing = closing
        if closing is None:
            out: list[Instruction] = []
            words[-1].template.emit(out, 0, len(words) - 1, pcs[-1], *words[-1].arguments)
            closing = out[-1]
        self.last = closing

    @property
    def insns(self) -> int:
        """Guest instructions."""
        return len(self.pcs)

    def first(self, count: int) -> Outline:
        """The block of its first `count` instructions, at least 1, and fewer than it has."""
        end = self.pcs[count]
        return Outline(self.pcs[:count], self.words[:count], end, (_JUMP, end, count, 0))

    def rest(self, count: int) -> Outline:
        """The block of the instructions that follow on the first `count`."""
        closing = self.closing
        if closing is not None:
            at = RETIRED_AT[closing[0]]
            closing = (*closing[:at], closing[at] - count, *closing[at + 1 :])
        return Outline(self.pcs[count:], self.words[count:], self.end, closing)


@dataclass
class LiftCounters:
    """What a lifter did.

    Attributes:
        insns: guest instructions lifted.
        words: different words seen.
        templates: shapes made.
        interpreted: instructions left to the interpreter, by reason.
    """

    insns: int = 0
    words: int = 0
    templates: int = 0
    interpreted: dict[str, int] = field(default_factory=dict)


class Lifter:
    """Turns RISC-V code into blocks.

    Attributes:
        counters: since it was made.
    """

    def __init__(self) -> None:
        self.counters = LiftCounters()
        self._words: dict[int, Word | None] = {}
        self._splitters: dict[str, tuple[Splitter, dict[Hashable, Template]]] = {}

    def outline(self, code: bytes | memoryview, pc: int, limit_insns: int = 64, branches: int = 0) -> Outline:
        """What the block that begins at `pc` consists of. The arguments are those of `block`.

        Raises:
            ValueError: `pc` is odd, or `limit_insns` is below 1.
        """
        if pc & 1 or limit_insns < 1:
            raise ValueError(f"pc is {pc:#x}, must be even; limit_insns is {limit_insns}, must be at least 1")
        pcs: list[int] = []
        words: list[Word] = []
        known = self._words
        position, size = 0, len(code)
        closing: Instruction | None = None
        while True:
            address = pc + position & _MASK
            if len(words) == limit_insns or position + 2 > size:
                closing = self._stop(address, pcs)
                break
            word = code[position] | code[position + 1] << 8
            if word & 3 == 3:
                if position + 4 > size:
                    closing = self._stop(address, pcs)
                    break
                word |= code[position + 2] << 16 | code[position + 3] << 24
            found = known[word] if word in known else self._prepare(word)
            pcs.append(address)
            if found is None:
                self._count("illegal")
                closing = (_INTERPRET, len(words), _ILLEGAL)
                position += 4 if word & 3 == 3 else 2
                break
            words.append(found)
            position += found[2]
            if found[3]:
                if not found[4] or branches == 0 or len(words) == limit_insns:
                    break
                branches -= 1
        self.counters.insns += len(pcs)
        outline = Outline(pcs, words, pc + position & _MASK, closing)
        if closing is None and outline.last[0] == _INTERPRET:
            self._count(REASONS[outline.last[2]])
        return outline

    def block(self, code: bytes | memoryview, pc: int, limit_insns: int = 64, branches: int = 0) -> Block:
        """The block that begins at `pc`.

        Args:
            code: the bytes from `pc` on that may be fetched; the block stops where they end.
            limit_insns: at most so many guest instructions.
            branches: conditional branches that the block may contain before its end; it goes on where they are not
                taken and leaves where they are.

        Raises:
            ValueError: `pc` is odd, or `limit_insns` is below 1.
        """
        return self.lifted(self.outline(code, pc, limit_insns, branches))

    def lifted(self, outline: Outline) -> Block:
        """The block."""
        out: list[Instruction] = []
        pcs, words = outline.pcs, outline.words
        last = -1 if outline.closing is not None else len(words) - 1
        for n, (address, word) in enumerate(zip(pcs, words, strict=False)):
            if not word.branches or n == last:
                word.template.emit(out, len(out), n, address, *word.arguments)
                continue
            word.template.onward(out, len(out), n, address, *word.arguments)
            if out[-1][2] == address + word.length & _MASK:
                out.pop()  # a branch to the next instruction leaves nowhere
        if outline.closing is not None:
            out.append(outline.closing)
        return Block(STATE, outline.pc, out, pcs, outline.end)

    def _stop(self, pc: int, pcs: list[int]) -> Instruction:
        """End a block in front of `pc`."""
        if pcs:
            return _JUMP, pc, len(pcs), 0
        pcs.append(pc)
        self._count("fetch")
        return _INTERPRET, 0, _FETCH

    def _count(self, reason: str) -> None:
        counts = self.counters.interpreted
        counts[reason] = counts.get(reason, 0) + 1

    def word(self, word: int) -> Word | None:
        """What is known of an instruction word; None if it is illegal."""
        if word not in self._words:
            self._prepare(word)
        return self._words[word]

    def _prepare(self, word: int) -> Word | None:
        self.counters.words += 1
        instruction = DECODER.find(word, 4 if word & 3 == 3 else 2)
        if instruction is None:
            self._words[word] = None
            return None
        split, templates = self._splitters.get(instruction.name) or self._new(instruction)
        key, arguments = split(word)
        template = templates.get(key)
        if template is None:
            template = templates[key] = self._template(instruction, key, word)
        parts = (template, arguments, instruction.length, template.ends, template.aside is not None)
        found = self._words[word] = tuple.__new__(Word, parts)  # a third of the class's own time
        return found

    def _new(self, instruction: IsaInstruction) -> tuple[Splitter, dict[Hashable, Template]]:
        found: tuple[Splitter, dict[Hashable, Template]] = (splitter(instruction), {})
        self._splitters[instruction.name] = found
        return found

    def _template(self, instruction: IsaInstruction, key: Hashable, word: int) -> Template:
        def write() -> str:
            made = make_template(instruction, shape_of(instruction, instruction.decode(word)))
            return "".join(f"{name} = {value!r}\n" for name, value in zip(_PARTS, made, strict=True))

        self.counters.templates += 1
        namespace: dict[str, Any] = {}
        which = (instruction.name, key)
        GENERATED.execute_written(("template", *which), write, f"<template {instruction.name}>", namespace)
        parameters = [f"o{i}" for i in range(len(instruction.operands))]
        return Template(which, parameters, *(namespace[name] for name in _PARTS))


_PARTS: Final = ("operations", "aside", "ends")


def make_template(
    instruction: IsaInstruction, shape: Shape
) -> tuple[tuple[Operation, ...], tuple[Operation, ...] | None, bool]:
    """Evaluate the semantics for a shape: the operations, those aside, and whether it ends; see `Template`.

    Raises:
        LiftError: the semantics do what templates cannot express.
    """
    machine = TemplateMachine(instruction.length)
    operands = [_operand(machine, o, shape, i) for i, o in enumerate(instruction.operands)]
    instruction.run(machine, operands)
    if machine.stopped is not None:
        return ((_INTERPRET, (), ("n", machine.stopped)),), None, True
    writer = Legaliser()
    for node in machine.graph.effects:
        writer.effect(node)
    straight = len(writer.operations)
    target = machine.target
    aside = None
    if target is not None:
        after = "n + 1"
        following = masked(f"pc + {instruction.length}", 64)
        if machine.taken is not None:
            condition = writer.as_integer(machine.taken)
            assert target.constant is not None
            to = masked(target.constant, 64)
            aside = _named((*writer.operations, (OPCODE["exitif"], (condition,), (to, after))))
            writer.emit("branch", (condition,), (to, following, after))
        elif target.constant is not None:
            writer.emit("jump", (), (masked(target.constant, 64), after, shape.hint))
        else:
            writer.emit("jumpto", (writer.as_integer(target),), (after, shape.hint))
    return _named(writer.operations), aside, len(writer.operations) > straight


def _operand(machine: TemplateMachine, operand: Operand, shape: Shape, index: int) -> Any:
    known = shape.known[index]
    if operand.kind in (OperandKind.X, OperandKind.F):
        return Register(f"o{shape.alias[index]}", shape.zeros[index])
    if operand.kind is OperandKind.ROUNDING:
        if known is None:
            return Rounding(f"o{index}")
        return Rounding(DYNAMIC if known == DYNAMIC else None)
    width = 12 if operand.kind is OperandKind.CSR else 64
    return machine.graph.const(f"o{index}" if known is None else known, width)


def _named(operations: Any) -> tuple[Operation, ...]:
    """With the named slots of the guest's state put in."""
    slots: dict[Expression, int] = {"RESERVATION": RESERVATION, "RESERVATION_BYTES": RESERVATION_BYTES}
    return tuple((code, operands, tuple(slots.get(i, i) for i in imms)) for code, operands, imms in operations)


__all__ = [
    "FLOAT_BASE",
    "RESERVATION",
    "RESERVATION_BYTES",
    "STATE",
    "LiftCounters",
    "Lifter",
    "Outline",
    "Template",
    "Word",
    "make_template",
]
