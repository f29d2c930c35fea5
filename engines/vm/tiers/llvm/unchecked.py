"""Counted loops without checks: what could stop one is asked before it begins, and LLVM may do several rounds at once.

Where such a loop is entered, it is found out how many rounds it goes, whether the budget suffices for all of them,
whether every page that it accesses permits that, and whether what it stores to is apart from all else that it accesses.
Then all rounds run in a function of plain loads and stores, which LLVM vectorises, and the region goes on behind the
loop. Where something is missing, or the rounds are too few to be worth it, the loop runs as any other.

Pages that guarded memory lets be stored to hold no code, so such a store tells nobody.

The functions are a text of their own, `LOOPS` apart from the region's: passes that know nothing of `callbr` optimise
them before they become part of the region.

Source: LLVM Language Reference, "'noalias' and 'alias.scope' Metadata" and "'llvm.loop'".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Final

from engines.vm.memory.address_space import ADDRESS_BITS, DIRECT, PAGE_BITS, READ
from engines.vm.tiers.interpreter.emitter import Emitter
from engines.vm.tiers.interpreter.float_unit_x86_64 import X86FloatSupport
from engines.vm.tiers.interpreter.shapes import Constant
from engines.vm.tiers.interpreter.values import LlvmValue
from engines.vm.tiers.llvm.bounds import written_integer
from engines.vm.tiers.llvm.counted import Counted, Linear, counted
from engines.vm.tiers.llvm.machine import RegionMachine
from engines.vm.tiers.llvm.operands import read_first
from engines.vm.tiers.llvm.region import Decoded, Region

LOOPS: Final = "; counted loops\n"
"""What separates the functions from the text of a region."""
PREFIX: Final = "counted_"
FEWEST_ROUNDS: Final = 8
MANY: Final = 2 * FEWEST_ROUNDS
"""Rounds: of fewer, `FEWEST_ROUNDS` are one vector. The widest ones have up to 64 elements, and would leave all rounds
to what does the rest one by one."""
_WIDEST: Final = 8
"""Bytes of an access of which the widest vectors have no more than `FEWEST_ROUNDS`."""
_MOST_ROUNDS: Final = 1 << 31
_ATTRIBUTES: Final = 'alwaysinline nounwind "no-builtins"'
"""Without the last LLVM would make calls of what fills and copies."""
_HIGHEST_COMPARED: Final = 1 << 62
"""What `blt` and `bltu` compare with is below, so that what comes behind it is greater too."""
Run = Callable[[RegionMachine, Decoded], None]
"""Writes an instruction that was begun."""


class PlainMachine(RegionMachine):
    """A `RegionMachine` whose accesses were checked before, of ranges that do not overlap where one is stored to."""

    def __init__(self, emitter: Emitter, frm: int, floats: X86FloatSupport) -> None:
        super().__init__(emitter, frm, floats)
        self.range = 0

    def load(self, address: LlvmValue, size_bytes: int) -> LlvmValue:
        width = 8 * size_bytes
        return self.emitter.value(f"load i{width}, ptr {self._pointer(address)}, align 1{self._scope()}", width)

    def store(self, address: LlvmValue, value: LlvmValue) -> None:
        self.emitter.line(f"store i{value.width} {value.text}, ptr {self._pointer(address)}, align 1{self._scope()}")

    def _pointer(self, address: LlvmValue) -> str:
        return self.emitter.name(f"getelementptr inbounds i8, ptr %memory, i64 {address.text}")

    def _scope(self) -> str:
        return f", !alias.scope !{_own(self.range)}, !noalias !{_others(self.range)}"


def _own(number: int) -> int:
    """Metadata: the list of a range's own scope; the scope comes before it, the list of all others after it."""
    return 3 * number + 11


def _others(number: int) -> int:
    return _own(number) + 1


class UncheckedLoop:
    """Writes one loop.

    Args:
        number: of the loop in its region.
        written: the integer registers that it writes.
    """

    def __init__(self, loop: Counted, number: int, written: list[int]) -> None:
        self.loop = loop
        self.symbol = f"{PREFIX}{number}"
        self._written = written
        self._result = f"{{ {', '.join('i64' for _ in written)} }}"
        self._read = sorted(int(name[1:]) for name in read_first(loop.block.insns))
        """What is passed. What a round writes first is not: nothing may hold it where the loop is entered."""

    # -- the function ---------------------------------------------------------------------------------------------

    def function(self, frm: int, floats: X86FloatSupport, run: Run) -> str:
        """Its text as a module of its own, without declarations."""
        emitter = Emitter()
        machine = PlainMachine(emitter, frm, floats)
        emitter.lines.clear()
        few, some, many = (self._body(machine, run) for _ in range(3))
        emitter.lines = ["start:"]
        for register in sorted({*self._read, *self._written}):
            emitter.line(f"%x{register}. = alloca i64")
        for register in self._read:
            emitter.line(f"store i64 %x{register}, ptr %x{register}.")
        rounds = emitter.named("%rounds", 64)
        if self.loop.widest_access < _WIDEST:
            emitter.branch(rounds.ult(MANY), "few", "many")
            self._repeat(emitter, "few", emitter.const(FEWEST_ROUNDS), few, "!3", "rest")
            left = rounds & (FEWEST_ROUNDS - 1)
            emitter.branch(left.eq(0), "end", "some")
            self._repeat(emitter, "some", left, some, "!3", "end")
        else:
            emitter.jump("many")
        self._repeat(emitter, "many", rounds, many, "!0", "end")
        emitter.begin("end")
        value = "poison"
        for place, register in enumerate(self._written):
            last = emitter.name(f"load i64, ptr %x{register}.")
            value = emitter.name(f"insertvalue {self._result} {value}, i64 {last}, {place}")
        emitter.line(f"ret {self._result} {value}")
        arguments = ", ".join(("ptr %memory", "i64 %rounds", *(f"i64 %x{register}" for register in self._read)))
        lines = "\n".join(emitter.lines)
        return f"define {self._result} @{self.symbol}({arguments}) {_ATTRIBUTES} {{\n{lines}\n}}"

    def _body(self, machine: PlainMachine, run: Run) -> list[str]:
        """The lines of a round, with names of their own."""
        emitter = machine.emitter
        for index, insn in enumerate(self.loop.block.insns):
            machine.range = self.loop.by_access.get(index, 0)
            machine.begin(insn)
            run(machine, insn)
            machine.commit()
        lines, emitter.lines = emitter.lines, []
        return lines

    def _repeat(
        self, emitter: Emitter, label: str, rounds: LlvmValue, body: list[str], metadata: str, onward: str
    ) -> None:
        """A loop of at least one round, from `label` on and to `onward`, which goes on being written unless it is the
        end."""
        emitter.begin(label)
        emitter.jump(f"{label}.round")
        emitter.begin(f"{label}.round")
        emitter.line(f"%{label}.done = phi i64 [ 0, %{label} ], [ %{label}.next, %{label}.round ]")
        emitter.lines += body
        emitter.line(f"%{label}.next = add nuw nsw i64 %{label}.done, 1")
        emitter.line(f"%{label}.is_last = icmp eq i64 %{label}.next, {rounds.text}")
        emitter.line(f"br i1 %{label}.is_last, label %{onward}, label %{label}.round, !llvm.loop {metadata}")
        if onward != "end":
            emitter.begin(onward)

    @property
    def declaration(self) -> str:
        arguments = ", ".join(("ptr", "i64", *("i64" for _ in self._read)))
        return f"declare {self._result} @{self.symbol}({arguments})"

    # -- before it, and behind it ---------------------------------------------------------------------------------

    def enter(self, machine: RegionMachine, budget: LlvmValue, left_over: int, instead: str) -> LlvmValue:
        """Run all rounds and set the registers, or go to `instead` before anything was changed.

        Args:
            budget: what is there before the first round. left_over: what must be left behind the last one.

        Returns: the instructions that retired.
        """
        emitter = machine.emitter
        rounds = self._rounds(machine, instead)
        retired = rounds * len(self.loop.block.insns)
        emitter.leave_if(budget.ult(retired + left_over), instead)
        ranges = [self._admit(machine, number, rounds, instead) for number in range(len(self.loop.ranges))]
        for one, other in combinations(range(len(ranges)), 2):
            if self.loop.ranges[one].is_stored or self.loop.ranges[other].is_stored:
                (start, end), (other_start, other_end) = ranges[one], ranges[other]
                emitter.leave_if(start.ult(other_end) & other_start.ult(end), instead)
        values = [machine.x[Constant(register)].text for register in self._read]
        arguments = ", ".join(("ptr %memory", f"i64 {rounds.text}", *(f"i64 {value}" for value in values)))
        result = emitter.name(f"call {self._result} @{self.symbol}({arguments})")
        for place, register in enumerate(self._written):
            machine.x[Constant(register)] = emitter.value(f"extractvalue {self._result} {result}, {place}", 64)
        machine.commit()
        return retired

    def _rounds(self, machine: RegionMachine, instead: str) -> LlvmValue:
        """How many there are. The branch at the end of round n, counted from zero, goes on while n steps are less than
        the distance of what it compares; at `bne`, steps must come to that exactly."""
        emitter, loop = machine.emitter, self.loop
        first, second = (_value(machine, linear) for linear in loop.compared)
        distance, step = (second - first, -loop.step) if loop.step < 0 else (first - second, loop.step)
        if loop.comparison != "bne":
            is_below = first.slt(second) if loop.comparison == "blt" else first.ult(second)
            emitter.leave_if((is_below & second.ult(_HIGHEST_COMPARED)) ^ 1, instead)
            distance = distance + (step - 1)
        steps = emitter.value(f"udiv i64 {distance.text}, {step}", 64) if step > 1 else distance
        is_unfit = emitter.const(_MOST_ROUNDS - FEWEST_ROUNDS).ult(steps - (FEWEST_ROUNDS - 1))
        if loop.comparison == "bne" and step > 1:
            is_unfit = is_unfit | (steps * step).ne(distance)
        # Told to be the rare side, so that the loop with checks is the one that LLVM keeps in registers: in a
        # vectorised one a reload is for many rounds, and short loops are to pay for nothing but this question.
        enough = emitter.label("enough")
        emitter.branch(is_unfit ^ 1, enough, instead, unlikely=True)
        emitter.begin(enough)
        return steps + 1

    def _admit(
        self, machine: RegionMachine, number: int, rounds: LlvmValue, instead: str
    ) -> tuple[LlvmValue, LlvmValue]:
        """Where a range begins and ends, if it may be accessed."""
        emitter, found = machine.emitter, self.loop.ranges[number]
        start = _value(machine, found.start)
        moved = (rounds - 1) * abs(found.step)
        if found.step < 0:
            start = start - moved
        end = start + (moved + found.size)
        limit = 1 << ADDRESS_BITS
        # Both are below 2⁴⁴ where the first one is in the arena.
        emitter.leave_if(emitter.const(limit - 1).ult(start) | emitter.const(limit).ult(end), instead)
        first, last = start.lshr(PAGE_BITS), (end - 1).lshr(PAGE_BITS)
        needed = READ | (DIRECT if found.is_stored else 0)
        flags = self._permission(emitter, first) & self._permission(emitter, last)
        emitter.leave_if((flags & needed).ne(needed), instead)
        some, each, admitted = emitter.label("some"), emitter.label("each"), emitter.label("admitted")
        before = emitter.block
        second = first + 1
        emitter.branch(second.ult(last), each, admitted, unlikely=True)
        emitter.begin(each)
        emitter.line(f"%{some} = phi i64 [ {second.text}, %{before} ], [ %{some}.next, %{some}.on ]")
        page = emitter.named(f"%{some}", 64)
        emitter.branch((self._permission(emitter, page) & needed).ne(needed), instead, f"{some}.on")
        emitter.begin(f"{some}.on")
        emitter.line(f"%{some}.next = add i64 %{some}, 1")
        emitter.branch(emitter.named(f"%{some}.next", 64).ult(last), each, admitted)
        emitter.begin(admitted)
        return start, end

    def _permission(self, emitter: Emitter, page: LlvmValue) -> LlvmValue:
        return emitter.load(emitter.offset("%permissions", page), 8)


def _value(machine: RegionMachine, linear: Linear) -> LlvmValue:
    """A sum of registers as they are now."""
    total: LlvmValue = machine.const(linear.constant)
    for register, factor in linear.terms:
        total = machine.x[Constant(register)] * factor + total
    return total


def unchecked_loops(region: Region) -> dict[int, UncheckedLoop]:
    """By pc of its block, each loop of a region that may run without checks."""
    found: dict[int, UncheckedLoop] = {}
    for pc, block in sorted(region.blocks.items()):
        loop = counted(block)
        if loop is not None:
            written = {written_integer(insn) for insn in block.insns} - {None}
            found[pc] = UncheckedLoop(loop, len(found), sorted(filter(None, written)))
    return found


def text_of(functions: list[str], most_ranges: int) -> str:
    """The text of all functions of a region, which follows the region's; empty where there is none."""
    return LOOPS + "\n".join([*functions, *_metadata(most_ranges)]) + "\n" if functions else ""


def _metadata(ranges: int) -> Iterator[str]:
    """Vectors are not interleaved: loops of a few dozen rounds would be left to what does the rest one by one."""
    yield "!0 = distinct !{!0, !1}"
    yield '!1 = !{!"llvm.loop.interleave.count", i32 1}'
    yield "!2 = distinct !{!2}"
    yield "!3 = distinct !{!3, !1, !4}"
    yield '!4 = !{!"llvm.loop.unroll.disable"}'
    for number in range(ranges):
        yield f"!{_own(number) - 1} = distinct !{{!{_own(number) - 1}, !2}}"
        yield f"!{_own(number)} = !{{!{_own(number) - 1}}}"
        others = ", ".join(f"!{_own(other) - 1}" for other in range(ranges) if other != number)
        yield f"!{_others(number)} = !{{{others}}}"


__all__ = ["FEWEST_ROUNDS", "LOOPS", "PREFIX", "PlainMachine", "UncheckedLoop", "text_of", "unchecked_loops"]
