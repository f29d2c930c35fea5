"""The baseline compiler: forms a region around a pc, lifts, optimises, allocates, schedules and encodes it."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, NamedTuple

from engines.vm.hosts.contents import GETS, Contents
from engines.vm.hosts.host import Host
from engines.vm.hosts.selection import Selection, select
from engines.vm.ir.block import Block
from engines.vm.ir.ops import DYNAMIC, HINTS, OPCODE, OPS, REASONS, Imm, Instruction
from engines.vm.ir.types import Type
from engines.vm.lift.riscv64 import STATE, Lifter, Outline, Template, Word
from engines.vm.opt.pipeline import template_passes
from engines.vm.regalloc import checker
from engines.vm.regalloc.linear_scan import FLOAT_PLACE, Allocation, OutOfStack, Registers, allocate
from engines.vm.regalloc.liveness import Lives
from engines.vm.tiers.baseline.options import CompileError, Options

_JUMP: Final = OPCODE["jump"]
_BRANCH: Final = OPCODE["branch"]
_JUMPTO: Final = OPCODE["jumpto"]
_INTERPRET: Final = OPCODE["interpret"]
_UNLIFTED: Final = REASONS.index("unlifted")
_CALL: Final = HINTS.index("call")
_RETURN: Final = HINTS.index("return")
_CALLS: Final = (_CALL, HINTS.index("return-call"))
_MOST_GUESSES: Final = 2
"""More places where a jump may lead are found faster by a table."""
_TOWARDS_ZERO: Final = 1
_LARGEST_MODE: Final = 3
"""Modes 0 to 3 exist on every host; RMM does not."""
_MODE_AT: Final = {op.code: 1 + op.arity + op.immediates.index(Imm.MODE) for op in OPS if Imm.MODE in op.immediates}
_EXACT: Final = frozenset(OPCODE[name] for name in ("s2f.i32.f64", "u2f.i32.f64"))
_TRUNCATES: Final = frozenset(op.code for op in OPS if op.operation == "f2s")
_FLOAT_SLOTS: Final = frozenset(number for number, slot in enumerate(STATE.slots) if slot.type is Type.F64)
_WORTH_A_PIN: Final = 2
"""A guest register with no more reads and writes than a way in and out of the region costs stays in memory."""
_BLOCKS_PASSED: Final = 8
"""Of so many blocks a way through a region passes one, loops apart: as many more reads and writes must a pin save."""
_LOOP_WEIGHT: Final = 8
_DEEPEST: Final = 3
_SPILL_COST: Final = 2
"""A value that is spilled is stored and loaded; a guest register without a pin, one of both at a time."""
_DROPPED_AT_ONCE: Final = 2
_MOST_DROPS: Final = 2
_CALLEE_BYTES: Final = 128
"""From its first instruction on, code of a callee counts as if it were in a loop."""
_BLOCKS_KNOWN: Final = 2048
"""Blocks that a compiler remembers, some 8 KB each."""


_Part = tuple[Block, Selection, Allocation]


class _Selected(NamedTuple):
    """What to generate for a block; in the scheduler's order if `moved`."""

    selection: Selection
    lives: Lives | None
    moved: bool


class _Known(NamedTuple):
    """What was found out about a block, whatever region it is part of: a third of all blocks are compiled again, since
    regions overlap, and grow by what they call.

    Attributes:
        words: of the block that it is true of.
        opcodes: of its operations.
        slots: the guest registers that it reads and writes, in order, and how often. puts: those that it writes.
        selected: by whether code is for guarded memory.
    """

    words: list[Word]
    contents: Contents
    opcodes: frozenset[int]
    slots: dict[int, int]
    puts: set[int]
    selected: dict[bool, _Selected]


@dataclass
class Compiled:
    """Host code of a region, which runs anywhere.

    Attributes:
        heads: by guest pc, the offset of its entry.
        ranges: guest bytes that it was made from, as (start, end).
        blocks: what was generated, for listings.
        exits: guest pcs outside that it may lead to directly.
        faults: see `StoredRegion`.
        insns: guest instructions. host_insns: instructions of the host. seconds: of processor time, what it took.
    """

    code: bytes
    heads: dict[int, int]
    ranges: list[tuple[int, int]]
    exits: tuple[int, ...]
    blocks: list[Block]
    insns: int
    host_insns: int
    seconds: float
    faults: tuple[tuple[int, int], ...] | None = None


@dataclass
class CompileCounters:
    """What a compiler did.

    Attributes:
        regions, blocks, insns, host_insns, code_bytes, spilled, seconds (of processor time): totals.
        interpreted: instructions left to the interpreter, by the operation that has no lowering.
        refused: regions that were not compiled, by reason.
        per_insn_us: microseconds of processor time for each guest instruction, one figure per region.
        milliseconds: on the clock, per region.
    """

    regions: int = 0
    blocks: int = 0
    insns: int = 0
    host_insns: int = 0
    code_bytes: int = 0
    spilled: int = 0
    seconds: float = 0.0
    interpreted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    per_insn_us: list[float] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)


Fetch = Callable[[int, int], bytes]
"""`(pc, size) -> bytes`: what may be fetched from pc on, up to size."""


class BaselineCompiler:
    """Compiles for one host.

    Args:
        host: code generator and registers.
        options: see `Options`.
    """

    name = "baseline"

    def __init__(self, host: Host, options: Options | None = None) -> None:
        self.host = host
        self.options = options or Options()
        self.lifter = Lifter()
        self.counters = CompileCounters()
        self._plain = (host.methods.keys() | host.control) - _MODE_AT.keys()
        self._lowered: set[Template] = set()
        self._passes = template_passes(len(STATE.slots))
        self._outlines: dict[int, tuple[bytes, Outline]] = {}
        self._known: dict[tuple[int, int, Instruction | None], _Known] = {}

    def compile(
        self,
        pc: int,
        fetch: Fetch,
        frm: int,
        handler: Callable[[int, int, int], int],
        outside: Container[int] = frozenset(),
        *,
        guarded: bool = False,
        callees: Sequence[int] = (),
    ) -> Compiled:
        """The region around `pc`.

        Args:
            callees: where indirect calls of the region lead; their code becomes part of it.
            outside: pcs where other regions begin; it leads to them.
            frm: the guest's dynamic rounding mode.
            guarded: generate code for guarded memory, if the host can.
            handler: `(pc, word, length)` → the interpreter's handler, as distance from `decode`.

        Raises:
            CompileError: nothing to gain; the message is the reason.
        """
        collecting = gc.isenabled()
        gc.disable()  # a region is thousands of small objects, and no cycles worth looking for
        try:
            return self._compile(pc, fetch, frm, handler, outside, guarded, callees)
        finally:
            if collecting:
                gc.enable()

    def _compile(
        self,
        pc: int,
        fetch: Fetch,
        frm: int,
        handler: Callable[[int, int, int], int],
        outside: Container[int],
        guarded: bool,
        callees: Sequence[int],
    ) -> Compiled:
        begun, worked = time.perf_counter(), time.thread_time()
        blocks, heads = self._form(pc, fetch, frm, outside, callees)
        if not blocks:
            return self._refuse("the first instruction is the interpreter's")
        handlers = {head: handler(head, *_word(fetch(head, 4))) for head in blocks}
        order = [blocks[start] for start in sorted(blocks)]
        known = [self._look(one) for one in order]
        lowered = [one.contents.block for one in known]
        opcodes = frozenset().union(*[one.opcodes for one in known])
        assumed = None if opcodes.isdisjoint(_MODE_AT) else frm
        guarded = guarded and self.host.guards
        integers, integer_pins = self.host.usable(guarded, opcodes)
        depths = _depths(lowered, callees)
        pins, written, weights = self._pins(known, depths, integer_pins)
        try:
            pins, parts = self._fewer_pins(known, depths, weights, pins, integers, guarded)
        except OutOfStack:
            return self._refuse("more values than stack slots")
        for _, selection, allocation in parts:
            if self.options.check:
                checker.check(selection.steps, pins, allocation.places, allocation.in_place)
            self.counters.spilled += allocation.spilled
        generator = self.host.region(STATE.slots, pins, written, handlers, frozenset(heads), assumed)
        generator.guarded = guarded
        generator.guesses = _guesses(lowered, callees)
        code, entries = generator.generate(parts)
        faults = generator.fault_exits()
        seconds = time.thread_time() - worked
        insns = sum(block.insns for block in order)
        ranges = [(b.pc, b.end) for b in order]
        exits = tuple(sorted({pc for b in order for pc in _leads_to(b)} - blocks.keys()))
        made = Compiled(code, entries, ranges, exits, lowered, insns, generator.asm.insns, seconds)
        made.faults = None if faults is None else tuple(faults)
        counters = self.counters
        counters.regions += 1
        counters.blocks += len(order)
        counters.insns += insns
        counters.host_insns += made.host_insns
        counters.code_bytes += len(code)
        counters.seconds += seconds
        counters.per_insn_us.append(seconds / insns * 1e6)
        counters.milliseconds.append((time.perf_counter() - begun) * 1e3)
        return made

    def _fewer_pins(
        self,
        blocks: Sequence[_Known],
        depths: Mapping[int, int],
        weights: Mapping[int, int],
        pins: dict[int, int],
        integers: tuple[int, ...],
        guarded: bool,
    ) -> tuple[dict[int, int], list[_Part]]:
        """What to generate for each block; without some of the pins, the least used, if other values spill less for it
        than the guest registers lose.

        Raises:
            OutOfStack: more values at once than registers and stack slots.
        """
        registers = self._registers(pins, integers)
        parts: list[_Part] = [(one.contents.block, *self._assign(one, registers, guarded)) for one in blocks]
        for _ in range(_MOST_DROPS):
            spills = _weighed_spills(parts, depths)
            dropped = [slot for slot, place in pins.items() if place < FLOAT_PLACE][-_DROPPED_AT_ONCE:]
            lost = sum(weights[slot] for slot in dropped)
            if not dropped or spills <= lost:
                break
            fewer = {slot: place for slot, place in pins.items() if slot not in dropped}
            registers = self._registers(fewer, integers)
            other = [(block, s, allocate(s.steps, registers, known=a.lives)) for block, s, a in parts]
            if _weighed_spills(other, depths) + lost >= spills:
                break
            pins, parts = fewer, other
        return pins, parts

    def _registers(self, pins: Mapping[int, int], integers: tuple[int, ...]) -> Registers:
        taken = set(pins.values())
        return Registers(
            pins,
            tuple(r for r in integers if r not in taken),
            tuple(r for r in self.host.floats if r not in taken),
            self.host.stack_slots,
            self.host.guest_places,
        )

    def _assign(self, known: _Known, registers: Registers, guarded: bool) -> tuple[Selection, Allocation]:
        """What to generate for a block, in the scheduler's order or, if that needs more of the stack, in its own.

        Raises:
            OutOfStack: more values at once than registers and stack slots.
        """
        contents, tiled, enabled = known.contents, self.host.tiled, self.options.allocator
        selected = known.selected.get(guarded)
        if selected is None:
            plan = self.host.schedule(contents.block) if self.options.scheduler else None
            selection, moved = select(contents, plan, guarded=guarded, tiled=tiled), plan is not None
            allocation = allocate(selection.steps, registers, enabled)
            known.selected[guarded] = _Selected(selection, allocation.lives, moved)
        else:
            selection, lives, moved = selected
            allocation = allocate(selection.steps, registers, enabled, lives)
        if not (moved and allocation.spilled):
            return selection, allocation
        own = select(contents, guarded=guarded, tiled=tiled)
        other = allocate(own.steps, registers, enabled)
        return (own, other) if other.spilled < allocation.spilled else (selection, allocation)

    def _refuse(self, reason: str) -> Compiled:
        self.counters.refused[reason] += 1
        raise CompileError(reason)

    # -- forming --------------------------------------------------------------------------------------------------

    def _form(
        self, root: int, fetch: Fetch, frm: int, outside: Container[int], callees: Sequence[int]
    ) -> tuple[dict[int, Outline], set[int]]:
        """Blocks by pc; and the pcs that are entered often: where calls come back, where loops begin, and the root."""
        blocks: dict[int, Outline] = {}
        inside: dict[int, int] = {}
        roots = {root, *callees}
        heads = set(roots)
        todo, calls = [root, *callees], list[int]()
        insns = 0
        parts = 2 if callees else 1
        most_blocks, most_insns = parts * self.options.most_blocks, parts * self.options.most_insns
        while (todo or calls) and len(blocks) < most_blocks and insns < most_insns:
            pc = todo.pop(0) if todo else calls.pop(0)
            if pc in blocks or (pc in outside and pc not in roots):
                continue
            owner = inside.get(pc)
            if owner is not None:
                whole = blocks[owner]
                index = whole.pcs.index(pc)
                blocks[owner], blocks[pc] = whole.first(index), whole.rest(index)
                inside.update(dict.fromkeys(whole.pcs[index:], pc))
                continue
            code = fetch(pc, 256)
            if not code:
                continue
            found = self._outline(code, pc, frm)
            if found is None:
                continue
            block, after = found
            if not blocks.keys().isdisjoint(block.pcs):
                cut = next(i for i, address in enumerate(block.pcs) if address in blocks)
                block, after = block.first(cut), None
            blocks[pc] = block
            insns += block.insns
            inside.update(dict.fromkeys(block.pcs, pc))
            if after is not None:
                heads.add(after)
                todo.append(after)
                continue
            last = block.last
            if last[0] == _JUMP:
                if last[3] in _CALLS:
                    heads.add(block.end)
                    todo.append(block.end)
                    calls.append(last[1])
                else:
                    todo.append(last[1])
                    if last[1] <= block.pcs[-1]:
                        heads.add(last[1])
            elif last[0] == _BRANCH:
                todo += [last[3], last[2]]
                if last[2] <= block.pcs[-1]:
                    heads.add(last[2])
            elif last[0] == _JUMPTO and last[3] in _CALLS:
                heads.add(block.end)
                todo.append(block.end)
        return blocks, heads

    def _outline(self, code: bytes, pc: int, frm: int) -> tuple[Outline, int | None] | None:
        """A block that this host has lowerings for; and where to go on after an instruction that it has none for."""
        seen = self._outlines.get(pc)
        if seen is not None and code.startswith(seen[0]):
            return seen[1], None
        block = self.lifter.outline(code, pc)
        words, last = block.words, block.last
        if self._lowered.issuperset([word[0] for word in words]):
            if block.closing is None and last[0] != _INTERPRET:  # it ends by itself, wherever code does
                if len(self._outlines) == _BLOCKS_KNOWN:
                    self._outlines.clear()
                self._outlines[pc] = code[: block.end - pc], block
                return block, None
        else:
            for index, word in enumerate(words):
                wrong = self._unsupported(word, frm)
                if wrong is not None:
                    self.counters.interpreted[wrong] += 1
                    return None if index == 0 else (block.first(index), block.pcs[index] + word.length)
        if last[0] != _INTERPRET:
            return block, None
        self.counters.interpreted[REASONS[last[2]]] += 1
        return None if last[1] == 0 else (block.first(last[1]), block.end)

    def _unsupported(self, word: Word, frm: int) -> str | None:
        """The first operation of an instruction without a lowering, by name."""
        template = word.template
        if template in self._lowered:
            return None
        if self._plain.issuperset([operation[0] for operation in template.operations]):
            self._lowered.add(template)
            return None
        code: list[Instruction] = []
        template.emit(code, 0, 0, 0, *word.arguments)
        for instruction in code:
            opcode = instruction[0]
            at = _MODE_AT.get(opcode)
            if at is not None:
                mode = instruction[at] & 7
                static = self.host.modes
                usable = mode in static or (mode in (DYNAMIC, frm) and (frm <= _LARGEST_MODE or frm in static))
                if not (usable or opcode in _EXACT or (opcode in _TRUNCATES and mode == _TOWARDS_ZERO)):
                    return f"{OPS[opcode].operation} in another rounding mode"
            if opcode not in self.host.methods and opcode not in self.host.control:
                return OPS[opcode].name
        return None

    def _look(self, outline: Outline) -> _Known:
        """What is known of a block."""
        key = outline.pc, outline.end, outline.closing
        found = self._known.get(key)
        if found is None or found.words != outline.words:
            block = self.optimised(outline) if self.options.passes else self.lifter.lifted(outline)
            if len(self._known) == _BLOCKS_KNOWN:
                self._known.clear()
            opcodes = frozenset([i[0] for i in block.code])
            contents = Contents(block)
            found = self._known[key] = _Known(outline.words, contents, opcodes, *_slots(contents), {})
        return found

    def optimised(self, outline: Outline) -> Block:
        """The block after all passes."""
        code = self._passes.code(outline.words, outline.pcs, outline.closing)
        return Block(STATE, outline.pc, code, outline.pcs, outline.end)

    def _pins(
        self, blocks: Sequence[_Known], depths: Mapping[int, int], integer_pins: tuple[int, ...]
    ) -> tuple[dict[int, int], frozenset[int], Counter[int]]:
        """The guest registers worth a host register of their own, the most used first; all that are written; and how
        often each is read and written, more in loops."""
        weights: Counter[int] = Counter()
        written: set[int] = set()
        for known in blocks:
            weight = _weight(depths[known.contents.block.pc])
            written |= known.puts
            for slot, times in known.slots.items():
                weights[slot] = weights.get(slot, 0) + times * weight
        if not self.options.allocator:
            return {}, frozenset(), weights
        worth = _WORTH_A_PIN + len(blocks) // _BLOCKS_PASSED
        pins: dict[int, int] = {}
        integers, floats = list(integer_pins), list(self.host.float_pins)
        for slot, weight in weights.most_common():
            pool = floats if slot in _FLOAT_SLOTS else integers
            if pool and weight > worth:
                pins[slot] = pool.pop(0)
        assert all((place >= FLOAT_PLACE) == (slot in _FLOAT_SLOTS) for slot, place in pins.items())
        return pins, frozenset(written), weights


def _slots(contents: Contents) -> tuple[dict[int, int], set[int]]:
    """The guest registers that a block reads and writes, in order, and how often; and those that it writes."""
    code = contents.block.code
    slots: dict[int, int] = {}
    puts: set[int] = set()
    for number in contents.moves:
        instruction = code[number]
        if instruction[0] in GETS:
            slot = instruction[1]
        else:
            slot = instruction[2]
            puts.add(slot)
        slots[slot] = slots.get(slot, 0) + 1
    return slots, puts


def _depths(blocks: Sequence[Block], callees: Sequence[int]) -> dict[int, int]:
    """By pc of a block, in how many loops it is."""
    pcs = sorted([block.pc for block in blocks])
    place = {pc: index for index, pc in enumerate(pcs)}
    begin = [0] * (len(pcs) + 1)  # how many more loops the block is in than the one before it
    for block in blocks:
        last = block.code[-1]
        back = last[1] if last[0] == _JUMP else last[2] if last[0] == _BRANCH else None
        if back is not None and back in place and back <= block.pc:
            begin[place[back]] += 1
            begin[place[block.pc] + 1] -= 1
    depth = dict(zip(pcs, accumulate(begin), strict=False))
    for callee in callees:  # called again and again, or it would not be one
        for pc in depth:
            if callee <= pc < callee + _CALLEE_BYTES:
                depth[pc] += 1
    return depth


def _weight(depth: int) -> int:
    return int(_LOOP_WEIGHT ** min(depth, _DEEPEST))


def _weighed_spills(parts: Sequence[_Part], depths: Mapping[int, int]) -> int:
    return sum(
        _SPILL_COST * _weight(depths[block.pc]) * allocation.spilled
        for block, _, allocation in parts
        if allocation.spilled
    )


def _guesses(blocks: Sequence[Block], callees: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Where returns and indirect calls lead that stay inside a region, by hint; nothing where that is too many."""
    heads = {block.pc for block in blocks}
    links = {block.end for block in blocks if block.code[-1][0] in (_JUMP, _JUMPTO) and block.code[-1][3] in _CALLS}
    places = {_RETURN: sorted(links & heads), _CALL: [callee for callee in callees if callee in heads]}
    return {hint: tuple(pcs) for hint, pcs in places.items() if len(pcs) <= _MOST_GUESSES}


def _leads_to(block: Outline) -> tuple[int, ...]:
    """Guest pcs where a block goes on, the one after a call among them."""
    last = block.last
    if last[0] == _JUMP:
        return last[1], block.end
    if last[0] == _BRANCH:
        return last[2], last[3], block.end
    return (block.end,)


def _word(code: bytes) -> tuple[int, int]:
    word = int.from_bytes(code[:2], "little")
    if word & 3 != 3:
        return word, 2
    return int.from_bytes(code[:4], "little"), 4


__all__ = ["BaselineCompiler", "CompileCounters", "CompileError", "Compiled", "Fetch", "Mapping", "Options"]
