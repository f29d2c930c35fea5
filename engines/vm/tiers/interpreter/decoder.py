"""The native decoder: a tree of switches over instruction words, generated from the instruction table.

The handler `decode` is what an entry without a handler leads to. It fetches the word, finds the instruction, fills the
entry and goes on in the handler found, so every instruction is decoded when it is first executed. If the instruction
may begin a pair, the next word is looked at too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engines.vm.isa.describe import Field, Instruction
from engines.vm.memory.address_space import DIRECT, EXEC, HAS_CODE, PAGE_BITS
from engines.vm.tiers.interpreter.emitter import Emitter
from engines.vm.tiers.interpreter.fusion import Pair, first_kinds
from engines.vm.tiers.interpreter.handlers import Bodies, set_cpu, table_pc
from engines.vm.tiers.interpreter.layout import (
    CONTEXT_OFFSETS,
    ENTRY_BYTES,
    IMMEDIATE_OFFSET,
    PC_SHIFT,
    UNSEEN,
    forward,
)
from engines.vm.tiers.interpreter.machine import dispatch, tail_call
from engines.vm.tiers.interpreter.shapes import Shape, Slot
from engines.vm.tiers.interpreter.values import LlvmValue

MAX_SWITCH_BITS = 8
_ATTRIBUTES = "nounwind noinline cold"
"""Every instruction is decoded once: code of the decoder is worth little of the time that a first start has."""


@dataclass(frozen=True)
class Choice:
    """One leaf: words of `instruction` whose fields have the values `fixed` get the handler of `shape`.

    `shape` None leaves the instruction to the reference tier, which counts it under `number`. `kind` is the shape's
    number in pairs, 0 if it is in none.
    """

    instruction: Instruction
    fixed: tuple[tuple[str, int], ...]
    shape: Shape | None
    number: int = 0
    kind: int = 0


def decoder(bodies: Bodies, choices: Sequence[Choice], pairs: Sequence[Pair]) -> None:
    """Add the handler `decode` and the functions that it calls.

    Where several choices or pairs fit, the first is taken.
    """
    for length in (2, 4):
        _fill_function(bodies, [c for c in choices if c.instruction.length == length], length)
    _pair_function(bodies, pairs)
    emitter = Emitter()
    budget = emitter.named("%budget", 64)
    spent, fetch = emitter.label("spent"), emitter.label("fetch")
    emitter.branch(budget.eq(0), spent, fetch)
    emitter.begin(spent)
    tail_call(emitter, bodies.convention, "@limit", forward())

    emitter.begin(fetch)
    pc = table_pc(emitter)
    set_cpu(emitter, "pc", pc)
    unseen, on = emitter.label("unseen"), emitter.label("on")
    stop = emitter.load(emitter.offset("%context", CONTEXT_OFFSETS["stop_unseen"]), 64)
    emitter.branch(stop.ne(0), unseen, on, unlikely=True)
    emitter.begin(unseen)
    emitter.store(emitter.offset("%context", CONTEXT_OFFSETS["budget"]), budget)
    emitter.line(f"ret i64 {UNSEEN}")
    emitter.begin(on)
    low = emitter.load(emitter.offset("%memory", _checked(bodies, emitter, pc)), 16)
    wide, narrow, filled = emitter.label("wide"), emitter.label("narrow"), emitter.label("filled")
    emitter.branch((low & 3).eq(3), wide, narrow)
    emitter.begin(wide)
    second = _checked(bodies, emitter, pc + 2)
    high = emitter.load(emitter.offset("%memory", second), 16)
    _mark(emitter, second)
    wide_kind = _fill(emitter, "%entry", high.zext(32).shl(16) | low.zext(32), 4)
    wide_end = emitter.block
    emitter.jump(filled)
    emitter.begin(narrow)
    narrow_kind = _fill(emitter, "%entry", low.zext(32), 2)
    emitter.jump(filled)
    emitter.begin(filled)
    kind = emitter.phi(32, [(wide_kind, wide_end), (narrow_kind, narrow)])
    size = emitter.phi(64, [(emitter.const(4), wide_end), (emitter.const(2), narrow)])
    _mark(emitter, pc)
    counter = emitter.offset("%context", CONTEXT_OFFSETS["decoded"])
    emitter.store(counter, emitter.load(counter, 64) + 1)
    _look_ahead(bodies, emitter, pc, kind, size)
    bodies.handler("decode", emitter, cold=True)


def _look_ahead(bodies: Bodies, emitter: Emitter, pc: LlvmValue, kind: LlvmValue, length: LlvmValue) -> None:
    """End `decode`: if the instruction decoded and the next one make a pair, give the entry the pair's handler."""
    go, look, word_at = emitter.label("go"), emitter.label("look"), emitter.label("word")
    fuse = emitter.load(emitter.offset("%context", CONTEXT_OFFSETS["fuse"]), 64)
    may_begin = (kind - 1).ult(first_kinds())
    emitter.branch(may_begin & fuse.ne(0), look, go)

    emitter.begin(look)
    following = pc + length
    same_page = ((following + 2) ^ pc).lshr(PAGE_BITS).eq(0)
    emitter.branch(same_page, word_at, go)

    emitter.begin(word_at)
    low = emitter.load(emitter.offset("%memory", following), 16)
    scratch = emitter.offset("%context", CONTEXT_OFFSETS["scratch"])
    wide, narrow, filled = emitter.label("wide"), emitter.label("narrow"), emitter.label("filled")
    emitter.branch((low & 3).eq(3), wide, narrow)
    emitter.begin(wide)
    high = emitter.load(emitter.offset("%memory", following + 2), 16)
    wide_kind = _fill(emitter, scratch, high.zext(32).shl(16) | low.zext(32), 4)
    emitter.jump(filled)
    emitter.begin(narrow)
    narrow_kind = _fill(emitter, scratch, low.zext(32), 2)
    emitter.jump(filled)
    emitter.begin(filled)
    second_kind = emitter.phi(32, [(wide_kind, wide), (narrow_kind, narrow)])
    arguments = ["ptr %entry", f"ptr {scratch}", f"i32 {kind.text}", f"i32 {second_kind.text}"]
    handler = LlvmValue(emitter, emitter.call("i32", "pair", arguments, declare=False), 32)
    fused, copy, set_handler = emitter.label("fused"), emitter.label("copy"), emitter.label("set")
    emitter.branch(handler.eq(0), go, fused)

    emitter.begin(fused)
    next_entry = emitter.offset("%entry", length.shl(PC_SHIFT))
    emitter.branch(emitter.load(next_entry, 32).eq(0), copy, set_handler)
    emitter.begin(copy)
    emitter.store(next_entry, emitter.load(scratch, 8 * ENTRY_BYTES, align=8), align=8)
    emitter.jump(set_handler)
    emitter.begin(set_handler)
    emitter.store("%entry", handler)
    emitter.jump(go)

    emitter.begin(go)
    dispatch(emitter, bodies.convention, "%entry", "%budget")


def _fill(emitter: Emitter, entry: str, word: LlvmValue, length: int) -> LlvmValue:
    arguments = [f"ptr {entry}", f"i32 {word.text}", "ptr %decode"]
    return LlvmValue(emitter, emitter.call("i32", f"fill_{length}", arguments, declare=False), 32)


def _fill_function(bodies: Bodies, choices: Sequence[Choice], length: int) -> None:
    """`fill_LENGTH(entry, word, decode) -> kind`: write the entry of a word of that length."""
    emitter = Emitter()
    word = emitter.named("%word", 32)
    illegal = emitter.label("illegal")
    leaves: list[tuple[str, Choice]] = []
    _tree(emitter, word, choices, (1 << 8 * length) - 1, illegal, leaves)
    for label, choice in leaves:
        emitter.begin(label)
        _leaf(emitter, word, choice)
    emitter.begin(illegal)
    _write(emitter, f"illegal_{length}", [])
    emitter.line("ret i32 0")
    bodies.define("internal i32", f"fill_{length}", "ptr %entry, i32 %word, ptr %decode", _ATTRIBUTES, emitter)


def _pair_function(bodies: Bodies, pairs: Sequence[Pair]) -> None:
    """`pair(first, second, first_kind, second_kind) -> handler`: the distance of a pair's handler, 0 for none."""
    emitter = Emitter()
    groups: dict[tuple[int, int], list[Pair]] = {}
    for pair in pairs:
        groups.setdefault((pair.first.kind, pair.second.kind), []).append(pair)
    none = emitter.label("none")
    labels = {key: emitter.label("kinds") for key in groups}
    both = emitter.named("%first_kind", 32).shl(16) | emitter.named("%second_kind", 32)
    cases = " ".join(f"i32 {a << 16 | b}, label %{label}" for (a, b), label in labels.items())
    emitter.line(f"switch i32 {both.text}, label %{none} [ {cases} ]")
    for key, group in groups.items():
        emitter.begin(labels[key])
        for pair in group:
            found, other = emitter.label("found"), emitter.label("other")
            emitter.branch(pair.matches(emitter, "%first", "%second"), found, other)
            emitter.begin(found)
            emitter.line(f"ret i32 {_distance(emitter, pair.symbol, '@decode').trunc(32).text}")
            emitter.begin(other)
        emitter.jump(none)
    emitter.begin(none)
    emitter.line("ret i32 0")
    parameters = "ptr %first, ptr %second, i32 %first_kind, i32 %second_kind"
    bodies.define("internal i32", "pair", parameters, _ATTRIBUTES, emitter)


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


def _leaf(emitter: Emitter, word: LlvmValue, choice: Choice) -> None:
    if choice.shape is None:
        _write(emitter, "escape", [(IMMEDIATE_OFFSET, emitter.const(choice.number, 32))])
        emitter.line("ret i32 0")
        return
    contents: dict[int, LlvmValue] = {}
    for operand, place in zip(choice.instruction.operands, choice.shape.places, strict=True):
        if isinstance(place, Slot) and place.offset not in contents:
            assert operand.field is not None
            value = extract(operand.field, word)
            if place.written:
                value = value.eq(0).select(emitter.const(32, 32), value)
            contents[place.offset] = value
    _write(emitter, choice.shape.symbol, contents.items())
    emitter.line(f"ret i32 {choice.kind}")


def _write(emitter: Emitter, symbol: str, contents: Iterable[tuple[int, LlvmValue]]) -> None:
    """Write the entry. Values are 32 bits wide; those at byte slots fit into a byte."""
    halves = [_distance(emitter, symbol, "%decode") & 0xFFFF_FFFF, emitter.const(0)]
    for offset, value in contents:
        half, shift = divmod(8 * offset, 64)
        halves[half] = halves[half] | value.zext(64).shl(shift)
    emitter.store("%entry", halves[0])
    emitter.store(emitter.offset("%entry", 8), halves[1])


def _distance(emitter: Emitter, symbol: str, decode: str) -> LlvmValue:
    """From `decode` to a handler, 64 bits."""
    handler = emitter.value(f"ptrtoint ptr @{symbol} to i64", 64)
    return handler - emitter.value(f"ptrtoint ptr {decode} to i64", 64)
