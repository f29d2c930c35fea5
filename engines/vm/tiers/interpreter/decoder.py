"""The native decoder: a tree of switches over instruction words, generated from the instruction table.

The handler `decode` is what an entry of zeros leads to. It fetches the word, finds the instruction, fills the entry and
goes on in the handler found, so every instruction is decoded when it is first executed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engines.vm.isa.describe import Field, Instruction
from engines.vm.memory.address_space import DIRECT, EXEC, HAS_CODE, PAGE_BITS
from engines.vm.tiers.interpreter.emitter import Emitter
from engines.vm.tiers.interpreter.handlers import Bodies, set_cpu, table_pc
from engines.vm.tiers.interpreter.layout import CONTEXT_OFFSETS, IMMEDIATE_OFFSET, forward
from engines.vm.tiers.interpreter.machine import tail_call
from engines.vm.tiers.interpreter.shapes import Shape, Slot
from engines.vm.tiers.interpreter.values import LlvmValue

MAX_SWITCH_BITS = 8


@dataclass(frozen=True)
class Choice:
    """One leaf: words of `instruction` whose fields have the values `fixed` get the handler of `shape`.

    `shape` None leaves the instruction to the reference tier, which counts it under `number`.
    """

    instruction: Instruction
    fixed: tuple[tuple[str, int], ...]
    shape: Shape | None
    number: int = 0


def decoder(bodies: Bodies, choices: Sequence[Choice]) -> None:
    """Add the handler `decode`. Where several choices fit a word, the first in `choices` is taken."""
    emitter = Emitter()
    budget = emitter.named("%budget", 64)
    spent, fetch = emitter.label("spent"), emitter.label("fetch")
    emitter.branch(budget.eq(0), spent, fetch)
    emitter.begin(spent)
    tail_call(emitter, bodies.convention, "@limit", forward())

    emitter.begin(fetch)
    pc = table_pc(emitter)
    set_cpu(emitter, "pc", pc)
    parcel = emitter.load(emitter.offset("%memory", _checked(bodies, emitter, pc)), 16)
    wide, narrow = emitter.label("wide"), emitter.label("narrow")
    emitter.branch((parcel & 3).eq(3), wide, narrow)

    emitter.begin(wide)
    second = _checked(bodies, emitter, pc + 2)
    high = emitter.load(emitter.offset("%memory", second), 16)
    word = high.zext(32).shl(16) | parcel.zext(32)
    _mark(emitter, second)
    _decode(bodies, emitter, pc, word, [c for c in choices if c.instruction.length == 4], 4)

    emitter.begin(narrow)
    _decode(bodies, emitter, pc, parcel.zext(32), [c for c in choices if c.instruction.length == 2], 2)
    bodies.handler("decode", emitter)


def _checked(bodies: Bodies, emitter: Emitter, address: LlvmValue) -> LlvmValue:
    """`address`, once it is known that a parcel can be fetched there."""
    beyond, fault, onward, good = (emitter.label(h) for h in ("beyond", "fault", "inside", "good"))
    limit = emitter.load(emitter.offset("%context", CONTEXT_OFFSETS["code_limit"]), 64)
    emitter.branch(limit.ule(address), fault, onward, unlikely=True)
    emitter.begin(onward)
    flags = emitter.load(emitter.offset("%permissions", address.lshr(PAGE_BITS)), 8)
    emitter.branch((flags & EXEC).eq(0), beyond, good, unlikely=True)
    emitter.begin(beyond)
    emitter.jump(fault)
    emitter.begin(fault)
    bodies.fetch_fault(emitter, address)
    emitter.begin(good)
    return address


def _mark(emitter: Emitter, address: LlvmValue) -> None:
    """The page of `address` now has decoded code: stores to it are no longer direct."""
    pointer = emitter.offset("%permissions", address.lshr(PAGE_BITS))
    emitter.store(pointer, (emitter.load(pointer, 8) | HAS_CODE) & (~DIRECT & 0xFF))


def _decode(
    bodies: Bodies, emitter: Emitter, pc: LlvmValue, word: LlvmValue, choices: Sequence[Choice], length: int
) -> None:
    """End the block: find the choice for `word`."""
    _mark(emitter, pc)
    counter = emitter.offset("%context", CONTEXT_OFFSETS["decoded"])
    emitter.store(counter, emitter.load(counter, 64) + 1)
    illegal = emitter.label("illegal")
    leaves: list[tuple[str, Choice]] = []
    _tree(emitter, word, choices, (1 << 8 * length) - 1, illegal, leaves)
    for label, choice in leaves:
        emitter.begin(label)
        _leaf(bodies, emitter, word, choice)
    emitter.begin(illegal)
    _fill(emitter, f"illegal_{length}", [])
    tail_call(emitter, bodies.convention, f"@illegal_{length}", forward())


def _tree(
    emitter: Emitter,
    word: LlvmValue,
    choices: Sequence[Choice],
    unknown: int,
    illegal: str,
    leaves: list[tuple[str, Choice]],
) -> None:
    """End the block: switch on bits that all choices fix, until one is left or they fix no more bits in common."""
    common = unknown
    for choice in choices:
        common &= choice.instruction.mask
    low, width = _run(common, choices)
    if len(choices) < 2 or not width:
        _chain(emitter, word, choices, illegal, leaves)
        return
    groups: dict[int, list[Choice]] = {}
    for choice in choices:
        groups.setdefault(choice.instruction.match >> low & (1 << width) - 1, []).append(choice)
    labels = {key: emitter.label("group") for key in groups}
    cases = " ".join(f"i{width} {key}, label %{label}" for key, label in labels.items())
    emitter.line(f"switch i{width} {word.extract(low, width).text}, label %{illegal} [ {cases} ]")
    for key, group in groups.items():
        emitter.begin(labels[key])
        _tree(emitter, word, group, unknown & ~(((1 << width) - 1) << low), illegal, leaves)


def _run(common: int, choices: Sequence[Choice]) -> tuple[int, int]:
    """The run of at most `MAX_SWITCH_BITS` adjacent bits of `common` that tells most choices apart: (low, width)."""
    best, found = 1, (0, 0)
    low = 0
    while common >> low:
        width = 0
        while common >> low + width & 1 and width < MAX_SWITCH_BITS:
            width += 1
        if width:
            kinds = len({choice.instruction.match >> low & (1 << width) - 1 for choice in choices})
            if kinds > best:
                best, found = kinds, (low, width)
        low += max(width, 1)
    return found


def _chain(
    emitter: Emitter, word: LlvmValue, choices: Sequence[Choice], illegal: str, leaves: list[tuple[str, Choice]]
) -> None:
    """End the block: try the choices one after the other."""
    for choice in choices:
        instruction = choice.instruction
        fits = (word & instruction.mask).eq(instruction.match)
        for field in instruction.constrained:
            value = extract(field, word)
            for excluded in sorted(field.excluded):
                fits = fits & value.ne(excluded)
        for name, fixed in choice.fixed:
            fits = fits & extract(instruction.field(name), word).eq(fixed)
        label, onward = emitter.label("leaf"), emitter.label("other")
        leaves.append((label, choice))
        emitter.branch(fits, label, onward)
        emitter.begin(onward)
    emitter.jump(illegal)


def extract(field: Field, word: LlvmValue) -> LlvmValue:
    """The field's value in a 32-bit `word`, 32 bits wide."""
    value = word.emitter.const(0, 32)
    for piece in field.pieces:
        bits = word.lshr(piece.word_low) & ((1 << piece.width) - 1)
        value = value | bits.shl(piece.value_low)
    if field.signed and field.bits < 32:
        value = value.shl(32 - field.bits).ashr(32 - field.bits)
    return value + field.base if field.base else value


def _leaf(bodies: Bodies, emitter: Emitter, word: LlvmValue, choice: Choice) -> None:
    if choice.shape is None:
        _fill(emitter, "escape", [(IMMEDIATE_OFFSET, emitter.const(choice.number, 32))])
        tail_call(emitter, bodies.convention, "@escape", forward())
        return
    contents: dict[int, LlvmValue] = {}
    for operand, place in zip(choice.instruction.operands, choice.shape.places, strict=True):
        if isinstance(place, Slot) and place.offset not in contents:
            assert operand.field is not None
            value = extract(operand.field, word)
            if place.written:
                value = value.eq(0).select(emitter.const(32, 32), value)
            contents[place.offset] = value
    _fill(emitter, choice.shape.symbol, contents.items())
    tail_call(emitter, bodies.convention, f"@{choice.shape.symbol}", forward())


def _fill(emitter: Emitter, symbol: str, contents: Iterable[tuple[int, LlvmValue]]) -> None:
    """Write the entry. Values are 32 bits wide; those at byte slots fit into a byte."""
    handler = emitter.value(f"ptrtoint ptr @{symbol} to i64", 64)
    base = emitter.value("ptrtoint ptr %decode to i64", 64)
    halves = [(handler - base) & 0xFFFF_FFFF, emitter.const(0)]
    for offset, value in contents:
        half, shift = divmod(8 * offset, 64)
        halves[half] = halves[half] | value.zext(64).shl(shift)
    emitter.store("%entry", halves[0])
    emitter.store(emitter.offset("%entry", 8), halves[1])
