"""A region as an LLVM module: one function with all blocks, and one entry for each head."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from engines.vm.isa.describe import OperandKind
from engines.vm.memory.address_space import ADDRESS_BITS
from engines.vm.tiers.interpreter.emitter import BRANCH_WEIGHTS, Emitter
from engines.vm.tiers.interpreter.float_unit_x86_64 import X86FloatSupport
from engines.vm.tiers.interpreter.handlers import PLACED
from engines.vm.tiers.interpreter.layout import CONTEXT_OFFSETS, CPU_OFFSETS, PC_SHIFT
from engines.vm.tiers.interpreter.shapes import Constant
from engines.vm.tiers.interpreter.values import LlvmValue
from engines.vm.tiers.llvm.accesses import GuardedMachine
from engines.vm.tiers.llvm.arms import Arms, arms_of
from engines.vm.tiers.llvm.bounds import Bounds, Known
from engines.vm.tiers.llvm.fetched import fetched
from engines.vm.tiers.llvm.joined_loads import joined_loads, restarts
from engines.vm.tiers.llvm.links import Links
from engines.vm.tiers.llvm.loops import loops_of
from engines.vm.tiers.llvm.machine import RegionMachine, UnloweredError, cpu_offset
from engines.vm.tiers.llvm.nans import Nans, State, loose
from engines.vm.tiers.llvm.operands import reads, written
from engines.vm.tiers.llvm.region import Block, Decoded, End, Region, address
from engines.vm.tiers.llvm.unchecked import text_of, unchecked_loops
from engines.vm.tiers.llvm.unsaved import NONE, Names, unsaved
from engines.vm.tiers.llvm.vectors import assumptions

States = dict[int, State]
PARCEL_BITS: Final = 1
"""Instructions lie at multiples of two bytes (ISA, chapter "C")."""
MOST_COMPARED: Final = 3
"""Addresses that a jump compares one by one."""
_WORDS: Final = CPU_OFFSETS["f"] // 8 + 32
"""Of the record, as far as the registers go."""


@dataclass
class Module:
    """LLVM text, the entry's symbol by pc of a head, and what the code assumes.

    Attributes:
        inner, links: see `Links`.
        assumes_frm: whether the code is right for one rounding mode only, which it checks when it is entered.
    """

    text: str
    heads: dict[int, str]
    assumes_frm: bool
    inner: dict[int, str]
    links: dict[str, tuple[int, str]]


def usable(insn: Decoded, frm: int, floats: X86FloatSupport) -> str | None:
    """Why the instruction has no lowering; None if it has one."""
    emitter = Emitter()
    try:
        machine = RegionMachine(emitter, frm, floats)
        machine.begin(insn)
        _run(machine, insn)
    except UnloweredError as error:
        return str(error)
    return None


def _run(machine: RegionMachine, insn: Decoded) -> None:
    """Write an instruction that was begun."""
    arguments: list[Any] = []
    for operand, value in zip(insn.base.operands, insn.arguments, strict=True):
        if operand.kind in PLACED:
            arguments.append(Constant(value))
        elif operand.kind is OperandKind.CSR:
            arguments.append(machine.const(value, 12))
        else:
            arguments.append(machine.const(value))
    insn.base.run(machine, arguments)


@dataclass
class _Leave:
    """A place that leaves to the interpreter at an instruction: which, with what budget, and what registers to save.

    The budget there is `unspent` more than `budget`. `is_own`: LLVM must not join it with other places.
    `loose`: registers that may hold a NaN as the host makes it. `again`: LLVM's names of values that registers to save
    had when what is executed again began.
    """

    label: str
    pc: int
    budget: LlvmValue
    dirty: Names
    unspent: int = 0
    is_own: bool = False
    loose: frozenset[int] = frozenset()
    again: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Lowering:
    """Writes one region.

    Args:
        handler: distance from `decode` of the interpreter's handler of the instruction at a pc.
        guarded: write code for guarded memory.
        vtype: of the hart when the region was asked for; None where it has no vectors.
    """

    region: Region
    convention: str
    frm: int
    floats: X86FloatSupport
    handler: Callable[[int], int]
    guarded: bool = False
    vtype: int | None = None
    emitter: Emitter = field(default_factory=Emitter)
    leaves: list[_Leave] = field(default_factory=list)
    detours: list[tuple[str, str, int]] = field(default_factory=list)

    @cached_property
    def _innermost(self) -> frozenset[int]:
        """The blocks of innermost loops."""
        return frozenset().union(*(loop.blocks for loop in loops_of(self.region) if loop.is_innermost))

    def module(self) -> Module:
        """The text of the region."""
        region, emitter = self.region, self.emitter
        self.links = Links(emitter, self.convention, self.guarded)
        self.machine = RegionMachine(emitter, self.frm, self.floats)
        self.bounds: Bounds | None = None
        if self.guarded:
            self.machine, self.bounds = GuardedMachine(emitter, self.frm, self.floats), Bounds(region)
        emitter.lines.clear()
        self.nans = Nans(region, are_exchanged=self.machine.exchanges_nans)
        writes = {pc: frozenset(n for i in block.insns for n in written(i)) for pc, block in region.blocks.items()}
        self.unsaved = unsaved(region, writes)
        asked_for = {head: self._asked_for(head) for head in region.heads}
        self.held = fetched(region, {pc: asked_for.get(pc, NONE) | names for pc, names in self.unsaved.items()})
        self.unchecked = unchecked_loops(region) if self.guarded else {}
        apart = [loop.function(self.frm, self.floats, _run) for loop in self.unchecked.values()]
        emitter.declarations.update(loop.declaration for loop in self.unchecked.values())
        self.vtypes = {} if self.vtype is None else assumptions(region, self.vtype)
        for pc in sorted(region.blocks):
            self._block(region.blocks[pc])
        self._write_leaves()
        body = emitter.lines
        emitter.lines = ["start:"]
        self._start()
        functions = self.links.functions(region.heads, emitter.lines + body)
        parts = [*sorted(emitter.declarations), *functions, BRANCH_WEIGHTS, "!1 = !{}"]
        loops = text_of(apart, max((len(loop.loop.ranges) for loop in self.unchecked.values()), default=0))
        links = self.links
        return Module("\n".join(parts) + "\n" + loops, links.heads, self.machine.uses_frm, links.inner, links.targets)

    def _asked_for(self, head: int) -> Names:
        """The registers that are compared where the region is entered."""
        bases = self.bounds.at_head(head) if self.bounds else []
        return frozenset([*(f"x{r}" for r in bases), *(f"f{r}" for r in self.nans.missing({}, head))])

    # -- writing --------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        emitter, region = self.emitter, self.region
        names = sorted(self.machine.touched)
        for name in names:
            emitter.line(f"%{name}. = alloca {_kind(name)}")
        self.links.begin()
        emitter.line("%budget. = alloca i64")
        emitter.line("%leave_budget. = alloca i64")
        emitter.line("%leave_pc. = alloca i64")
        emitter.line("%leave_loose. = alloca i32")
        emitter.line("%leave_unsaved. = alloca i64")
        emitter.line(f"%saved. = alloca [{_WORDS} x i64]")
        emitter.line("store i64 %budget, ptr %budget.")
        self.links.choose([f"e_{pc:x}" for pc in region.heads])
        for pc in region.heads:
            emitter.begin(f"e_{pc:x}")
            if self.machine.uses_frm:
                frm = emitter.load(emitter.offset("%cpu", CPU_OFFSETS["frm"]), 64)
                self._detour_if(frm.ne(self.frm), f"m_{pc:x}")
            self._hold(NONE)
            self._fetch(self.held[pc])
            self._compare(self.bounds.at_head(pc) if self.bounds else [], f"m_{pc:x}")
            self._refuse_nans(self.nans.missing({}, pc), f"m_{pc:x}")
            if pc not in region.checks:
                self._take_at_head(pc)
            emitter.jump(f"b_{pc:x}")
        for pc in region.heads:
            emitter.begin(f"m_{pc:x}")
            budget = emitter.value("load i64, ptr %budget.", 64)
            emitter.line(f"store i64 {budget.text}, ptr %leave_budget.")
            emitter.line(f"store i64 {pc}, ptr %leave_pc.")
            emitter.line("store i32 0, ptr %leave_loose.")
            emitter.line("store i64 0, ptr %leave_unsaved.")
            self._forget(self.unsaved_at_heads)
            emitter.jump("leave_at_head")
        self._write_detours()

    def _take_at_head(self, pc: int) -> None:
        """What `_take` does, for a head that is no check."""
        taken, short = self.region.longest[pc], self.emitter.label("short")
        self._subtract(self.emitter.named("%budget", 64), taken, short)
        self.detours.append((short, f"m_{pc:x}", taken))

    def _detour_if(self, condition: LlvmValue, label: str) -> None:
        """Go to `label` in the rare case that `condition` holds. It is a block of its own that goes there: of jumps to
        one place LLVM makes one, and computes each condition as a number for that."""
        detour = self.emitter.label("detour")
        self.emitter.leave_if(condition, detour)
        self.detours.append((detour, label, 0))

    def _write_detours(self) -> None:
        for detour, label, given_back in self.detours:
            self.emitter.begin(detour)
            self.emitter.line('call void asm sideeffect "", ""()')
            if given_back:
                left = self.emitter.value("load i64, ptr %budget.", 64) + given_back
                self.emitter.line(f"store i64 {left.text}, ptr %budget.")
            self.emitter.jump(label)

    def _compare(self, registers: Iterable[int], label: str) -> None:
        """Go to `label` where one of `registers` is no address in the arena."""
        for register in registers:
            value: LlvmValue = self.machine.x[Constant(register)]
            self._detour_if(self.emitter.const((1 << ADDRESS_BITS) - 1).ult(value), label)

    def _refuse_nans(self, registers: Iterable[int], label: str) -> None:
        """Go to `label` where one of `registers` holds a NaN."""
        for register in registers:
            self._detour_if(self.machine.is_nan(register, self.nans.formats[register]), label)

    def _block(self, block: Block) -> None:
        """A block. A check takes from the budget what the longest way to the next check retires, or leaves, as who
        enters behind one does; so in every block `%budget.` has given what the block and its longest way on retire.
        Shorter ways give back."""
        emitter, machine, dirty = self.emitter, self.machine, self.unsaved[block.pc]
        emitter.begin(f"b_{block.pc:x}")
        budget = emitter.value("load i64, ptr %budget.", 64)
        taken = self.region.longest[block.pc]
        self._hold(self.held[block.pc])
        states = dict(self.nans.before[block.pc])
        if block.pc in self.unchecked:
            self._run_unchecked(block, budget, dirty, states)
            emitter.begin(f"l_{block.pc:x}")
            budget = emitter.value("load i64, ptr %budget.", 64)
        if block.pc in self.region.checks and taken:
            budget = self._take(block.pc, budget, taken, dirty, loose(states))
        if block.end is End.LEAVE:
            label = emitter.label("leave")
            emitter.jump(label)
            self.leaves.append(_Leave(label, address(block.pc), budget, dirty, loose=loose(states)))
            return
        written_: set[str] = set()
        known = self.bounds.before[block.pc].copy() if self.bounds else Known()
        machine.known = known
        words = joined_loads(block.insns) if self.guarded else {}
        repeated = restarts(block.insns, words)
        again: dict[str, str] = {}
        if isinstance(machine, GuardedMachine):
            machine.in_loop = block.pc in self._innermost
        if self.vtypes:
            machine.vector.begin_block(self.vtypes[block.pc])
        for index, insn in enumerate(block.insns):
            if index not in repeated or index == repeated[index].start:
                could_be_nan, leaves_at, now = loose(states), index, dirty | written_
                overwritten = frozenset(n for i in repeated.get(index, ()) for n in written(block.insns[i]))
                again = {name: emitter.name(f"load i64, ptr %{name}.") for name in sorted(now & overwritten)}
            self._fetch(reads(insn))
            machine.begin(insn)
            if isinstance(machine, GuardedMachine) and index in words:
                machine.word, machine.is_first = words[index], index == words[index].first
            machine.makes_loose = self.nans.makes_loose(insn)
            shown = {register: self.nans.formats[register] for register in self.nans.shown(insn, states)}
            if machine.exchanges_nans:
                machine.shown = shown
            else:
                for register, fmt in shown.items():
                    machine.leave_if_nan(register, fmt)
            _run(machine, insn)
            known.execute(insn)
            self.nans.execute(insn, states)
            pc, unspent = block.insns[leaves_at].pc, taken - leaves_at
            if machine.bail is not None:
                self.leaves.append(_Leave(machine.bail, pc, budget, now, unspent, self.guarded, could_be_nan, again))
            if machine.fault is not None:  # what the exit needs is prepared there, not before the access
                self.leaves.append(_Leave(machine.fault, pc, budget, now, unspent, True, could_be_nan, again))
            if insn is block.insns[-1] and block.end is End.INDIRECT:
                break
            written_.update(machine.commit())
            if self.vtypes:
                machine.vector.executed(insn)
        now = dirty | written_
        if block.end is End.INDIRECT:
            self._indirect(block, budget, now, known, states)
        elif (arms := arms_of(self.region, block)) is not None and block.pc in self._innermost:
            self._join(block, arms, budget, now, known, states)
        elif block.end is End.BRANCH:
            assert machine.taken is not None
            ways = [self._way(block, target, now, known, states) for target in block.targets]
            emitter.branch(machine.taken, ways[0], ways[1])
            self._write_ways(block, ways, budget, now, known, states)
        else:
            way = self._way(block, block.targets[0], now, known, states)
            emitter.jump(way)
            self._write_ways(block, [way], budget, now, known, states)

    def _run_unchecked(self, block: Block, budget: LlvmValue, dirty: Names, states: States) -> None:
        """Where a loop is entered: run it without checks and go on behind it, or go to where it has them."""
        assert self.bounds is not None
        loop, onward = self.unchecked[block.pc], block.targets[1]
        # Its last round asks for its longest way on.
        left_over = self.region.longest[block.pc] - len(block.insns)
        retired = loop.enter(self.machine, budget, left_over, f"l_{block.pc:x}")
        after = self.bounds.after(block)
        now = dirty | {name for insn in block.insns for name in written(insn)}
        self._go_on(block, onward, budget - retired - left_over, now, after, states)

    def _begin_of(self, block: Block, target: int) -> str:
        """The label of a block of the region, as `block` goes there: to an unchecked loop's own beginning only who
        enters it."""
        return f"{'l' if target == block.pc and target in self.unchecked else 'b'}_{target:x}"

    def _join(self, block: Block, arms: Arms, budget: LlvmValue, dirty: Names, known: Known, states: States) -> None:
        """End a block with both arms of its branch."""
        emitter, machine, condition = self.emitter, self.machine, self.machine.taken
        assert condition is not None
        insns = [insn for arm in arms.arms for insn in arm.block.insns]
        names = sorted({name for insn in insns for name in written(insn)})
        self._fetch([*names, *(name for insn in insns for name in reads(insn))])
        before = self._values(names)
        found, conditions, knowns = [], [], []
        for arm in arms.arms:
            self._assign(names, before)
            after = known.copy()
            for insn in arm.block.insns:
                machine.begin(insn)
                _run(machine, insn)
                machine.commit()
                after.execute(insn)
            assert machine.taken is not None
            found.append(self._values(names))
            conditions.append(machine.taken ^ 1 if arm.is_turned else machine.taken)
            knowns.append(after)
        self._assign(names, [condition.select(one, other) for one, other in zip(*found, strict=True)])
        labels = [emitter.label("way") for _ in arms.places]
        emitter.branch(condition.select(*conditions), *labels)
        for index, label in enumerate(labels):
            emitter.begin(label)
            place, (first, second) = arms.places[index], (arm.ways[index] for arm in arms.arms)
            given = self._given_back(block, first, place), self._given_back(block, second, place)
            # What the last step of the first arm gives back `_go_on` adds.
            more = [emitter.const(unspent - self._unspent(first[-1], place)) for unspent in given]
            left = budget + (more[0] if given[0] == given[1] else condition.select(*more))
            self._go_on(first[-1], place, left, dirty | frozenset(names), knowns[0].meet(knowns[1]), states)

    def _given_back(self, block: Block, way: tuple[Block, ...], place: int) -> int:
        """What of the budget that `block` and its longest way on were given is not needed on `way` to `place`."""
        steps = zip((block, *way), (*(after.pc for after in way), place), strict=True)
        return sum(self._unspent(before, after) for before, after in steps)

    def _values(self, names: Iterable[str]) -> list[LlvmValue]:
        """The values of integer registers."""
        return [self.machine.x[Constant(int(name[1:]))] for name in names]

    def _assign(self, names: Iterable[str], values: Iterable[LlvmValue]) -> None:
        for name, value in zip(names, values, strict=True):
            self.emitter.line(f"store i64 {value.text}, ptr %{name}.")

    def _take(self, pc: int, budget: LlvmValue, insns: int, dirty: Names, loose: frozenset[int]) -> LlvmValue:
        """The budget less `insns`; leaves where that is too much."""
        short = self.emitter.label("short")
        left = self._subtract(budget, insns, short)
        self.leaves.append(_Leave(short, address(pc), left, dirty, insns, True, loose))
        return left

    def _subtract(self, budget: LlvmValue, insns: int, short: str) -> LlvmValue:
        """The budget less `insns`, which is set; where that is too much, goes to `short`."""
        emitter = self.emitter
        # Assembly, or LLVM would count what is left at each exit in a register of its own; and no callbr with a way
        # out, since LLVM may keep what that gives in a stack slot, written on the ordinary way only.
        asm = 'asm sideeffect "subq $3, $0", "=r,={@ccb},0,n,~{flags}"'
        both = emitter.name(f"call {{ i64, i8 }} {asm}(i64 {budget.text}, i64 {insns})")
        left = emitter.value(f"extractvalue {{ i64, i8 }} {both}, 0", 64)
        borrow = emitter.name(f"extractvalue {{ i64, i8 }} {both}, 1")
        emitter.line(f"store i64 {left.text}, ptr %budget.")
        emitter.leave_if(emitter.value(f"icmp ne i8 {borrow}, 0", 1), short)
        return left

    def _unspent(self, block: Block, target: int | None = None) -> int:
        """What of the budget that `block` and its longest way on were given it does not need on the way to `target`;
        or, without one, on a way out of the region."""
        longest = self.region.longest
        unspent = longest[block.pc] - len(block.insns)
        return unspent - longest[target] if target in longest and target not in self.region.checks else unspent

    def _missing(self, known: Known, target: int) -> list[int]:
        return self.bounds.missing(known, target) if self.bounds and target in self.region.blocks else []

    def _way(self, block: Block, target: int, dirty: Names, known: Known, states: States) -> str:
        """The label to go to for `target`; written by `_write_ways` where it is not that of the target's block."""
        is_inside = target in self.region.blocks
        if is_inside and not (
            self._unspent(block, target)
            or self._missing(known, target)
            or self.nans.missing(states, target)
            or dirty != self.unsaved[target]
            or not self.held[target] <= self.fetched
        ):
            return self._begin_of(block, target)
        return self.emitter.label("way")

    def _write_ways(
        self, block: Block, ways: list[str], budget: LlvmValue, dirty: Names, known: Known, states: States
    ) -> None:
        for label, target in zip(ways, block.targets, strict=True):
            if label != self._begin_of(block, target):
                self.emitter.begin(label)
                self._go_on(block, target, budget, dirty, known, states)

    def _go_on(self, block: Block, target: int, budget: LlvmValue, dirty: Names, known: Known, states: States) -> None:
        """End the way from `block` to `target`, which is in the region or outside."""
        unspent = self._unspent(block, target)
        left = budget + unspent
        if target not in self.region.blocks:
            self._exit(target, left, dirty, loose(states))
            return
        fetched_before = frozenset(self.fetched)
        missing, numbers = self._missing(known, target), self.nans.missing(states, target)
        if missing or numbers:
            self._fetch([*(f"x{r}" for r in missing), *(f"f{r}" for r in numbers)])
            label = self.emitter.label("far")
            self._compare(missing, label)
            self._refuse_nans(numbers, label)
            unspent = self._unspent(block)
            self.leaves.append(_Leave(label, address(target), budget, dirty, unspent, True, loose(states)))
        self._save(dirty - self.unsaved[target], loose(states))
        self._fetch(self.held[target])
        self._hold(fetched_before)
        self.emitter.line(f"store i64 {left.text}, ptr %budget.")
        self.emitter.jump(self._begin_of(block, target))

    def _hold(self, names: Names) -> None:
        """From here on the variables of these registers hold their values, and no others."""
        self.machine.fetched = self.fetched = set(names)

    def _fetch(self, names: Iterable[str]) -> None:
        """Read registers from the record that are not held."""
        emitter = self.emitter
        for name in sorted(frozenset(names) - self.fetched):
            self.machine.touched.add(name)
            self.fetched.add(name)
            kind, pointer = _kind(name), emitter.offset("%cpu", cpu_offset(name))
            emitter.line(f"store {kind} {emitter.name(f'load {kind}, ptr {pointer}, align 8')}, ptr %{name}.")

    def _forget(self, names: Iterable[str]) -> None:
        """The variables of registers have no values from here on, and need no host registers."""
        for name in sorted(names):
            self.emitter.line(f"store {_kind(name)} poison, ptr %{name}.")

    def _save(self, dirty: Names, loose: frozenset[int], chosen: LlvmValue | None = None, record: str = "%cpu") -> None:
        """Write registers to the record, or what is laid out as it; those of `loose` with the guest's NaN, if `chosen`
        has their bits."""
        emitter, machine = self.emitter, self.machine
        for name in sorted(dirty):
            pointer = emitter.offset(record, cpu_offset(name))
            register = int(name[1:])
            if name[0] == "f" and register in loose:
                value = machine.canonical(register, self.nans.formats[register])
                if chosen is not None:
                    value = chosen.lshr(register).trunc(1).select(value, machine.f[Constant(register)])
                kind, text = "i64", value.text
            else:
                kind = _kind(name)
                text = emitter.name(f"load {kind}, ptr %{name}.")
            emitter.line(f"store {kind} {text}, ptr {pointer}, align 8")

    def _save_some(self, dirty: Names) -> None:
        """Write those of the registers to the record that `%leave_unsaved.` has the bits of."""
        self._hold(dirty)
        emitter = self.emitter
        chosen = emitter.value("load i32, ptr %leave_loose.", 32)
        self._save(dirty, frozenset(self.nans.formats), chosen, "%saved.")
        again, one, done = emitter.label("again"), emitter.label("one"), emitter.label("done")
        emitter.jump(again)
        emitter.begin(again)
        rest = emitter.value("load i64, ptr %leave_unsaved.", 64)
        emitter.branch(rest.eq(0), done, one)
        emitter.begin(one)
        offset = (emitter.intrinsic("llvm.cttz.i64", [rest, emitter.const(1, 1)], 64) + 1).shl(3)
        emitter.store(emitter.offset("%cpu", offset), emitter.load(emitter.offset("%saved.", offset), 64))
        emitter.line(f"store i64 {(rest & (rest - 1)).text}, ptr %leave_unsaved.")
        emitter.jump(again)
        emitter.begin(done)

    def _exit(self, target: int, left: LlvmValue, dirty: Names, loose: frozenset[int]) -> None:
        """Go on at `target`, outside, whatever code its entry leads to."""
        self._save(dirty, loose)
        self.links.jump(target, left)

    def _write_leaves(self) -> None:
        """All ways to the interpreter meet in one place, which saves what any of them may have to."""
        emitter, region = self.emitter, self.region
        inside = [leave for leave in self.leaves if leave.pc not in region.heads]
        at_heads = [leave for leave in self.leaves if leave.pc in region.heads]
        self.unsaved_at_heads = NONE.union(*(leave.dirty for leave in at_heads))
        for leaves, common in ((inside, "leave"), (at_heads, "leave_at_head")):
            unsaved_ = NONE.union(*(leave.dirty for leave in leaves))
            for leave in leaves:
                emitter.begin(leave.label)
                if leave.is_own:
                    emitter.line('call void asm sideeffect "", ""()')
                for name, value in leave.again.items():
                    emitter.line(f"store i64 {value}, ptr %{name}.")
                budget = leave.budget + leave.unspent if leave.unspent else leave.budget
                emitter.line(f"store i64 {budget.text}, ptr %leave_budget.")
                emitter.line(f"store i64 {leave.pc}, ptr %leave_pc.")
                emitter.line(f"store i32 {sum(1 << register for register in leave.loose)}, ptr %leave_loose.")
                emitter.line(f"store i64 {sum(1 << _bit(name) for name in leave.dirty)}, ptr %leave_unsaved.")
                self._forget(unsaved_ - leave.dirty)
                emitter.jump(common)
            if leaves or common == "leave_at_head":  # who enters may have to leave at once
                emitter.begin(common)
                self._save_some(unsaved_)
                budget = emitter.value("load i64, ptr %leave_budget.", 64)
                pc = emitter.value("load i64, ptr %leave_pc.", 64)
                self.links.account("sub", budget)
                table = emitter.load_pointer(emitter.offset("%context", CONTEXT_OFFSETS["table"]))
                entry = emitter.offset(table, pc.shl(PC_SHIFT))
                if common == "leave":
                    self.links.dispatch(entry, budget)
                else:  # the entry leads here
                    distance = emitter.const(self.handler(region.heads[0]))
                    for head in region.heads[1:]:
                        distance = pc.eq(head).select(emitter.const(self.handler(head)), distance)
                    self.links.leave_for(entry, distance, budget)

    def _indirect(self, block: Block, budget: LlvmValue, dirty: Names, known: Known, states: States) -> None:
        emitter, machine, last = self.emitter, self.machine, block.insns[-1]
        target = machine.target
        assert target is not None
        limit = emitter.load(emitter.offset("%context", CONTEXT_OFFSETS["code_limit"]), 64)
        wild = machine.bail or emitter.label("wild")
        if machine.bail is None:
            unspent = self._unspent(block) + 1
            self.leaves.append(_Leave(wild, last.pc, budget, dirty, unspent, loose=loose(states)))
        after = dirty | frozenset(machine.pending())
        if block.targets:
            other = emitter.label("other")
            places = {pc: emitter.label("place") for pc in block.targets}
            self._switch(block, {address(pc): label for pc, label in places.items()}, other)
            for pc, label in places.items():
                emitter.begin(label)
                machine.commit(keep=True)
                self._go_on(block, pc, budget, after, known, states)
            emitter.begin(other)
        left = budget + self._unspent(block)
        if block.is_return and self.region.returned_to:  # which writes no register
            self._save(after, loose(states))
            elsewhere = emitter.label("elsewhere")
            callers = {pc: emitter.label("caller") for pc in self.region.returned_to}
            self._switch(block, callers, elsewhere)
            for pc, label in callers.items():
                emitter.begin(label)
                self.links.jump(pc, left)
            emitter.begin(elsewhere)
            emitter.leave_if(limit.ule(target), wild)
        else:
            emitter.leave_if(limit.ule(target), wild)
            machine.commit()
            self._save(after, loose(states))
        self.links.ask(target, left)

    def _switch(self, block: Block, places: Mapping[int, str], other: str) -> None:
        """Go to the label of the address that the indirect jump at the end of `block` goes to, or to `other`.

        Few addresses are compared with what the register says, bit 0 and all: where that is set, `other` clears it.
        """
        last, target = block.insns[-1], self.machine.target
        assert target is not None
        shift = 0 if len(places) <= MOST_COMPARED else PARCEL_BITS  # what lies twice as close may be a table
        whole = self.machine.x[Constant(last.argument("rs1"))] + last.argument("imm")
        target = target.lshr(shift) if shift else whole
        cases = " ".join(f"i64 {pc >> shift}, label %{label}" for pc, label in places.items())
        self.emitter.line(f"switch i64 {target.text}, label %{other} [ {cases} ]")


def _kind(name: str) -> str:
    """The type of a register's variable."""
    return "i64" if name[0] == "x" else "double"


def _bit(name: str) -> int:
    """A register's bit in a set: bits are in the order of the record, x1 first."""
    return cpu_offset(name) // 8 - 1


__all__ = ["Lowering", "Module", "usable"]
