"""The handlers as LLVM functions: two for each shape, and the few that all share.

Every handler takes the registers of `layout.ARGUMENTS` and ends in a tail call. A fast handler first takes one from the
budget; what reaches a careful handler, `trap` or `fetch_beyond` has been taken already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from engines.vm.guests.riscv64.state import NO_RESERVATION
from engines.vm.guests.riscv64.traps import ExceptionCause
from engines.vm.isa.describe import Instruction, OperandKind
from engines.vm.memory.address_space import DIRECT, DIRTY, HAS_CODE, HAS_COMPILED, PAGE_BITS
from engines.vm.tiers.interpreter.emitter import Emitter
from engines.vm.tiers.interpreter.layout import (
    ARGUMENTS,
    CONTEXT_OFFSETS,
    CPU_OFFSETS,
    ESCAPE,
    LIMIT,
    OVERLAP_BYTES,
    PC_SHIFT,
    TRAP,
    forward,
)
from engines.vm.tiers.interpreter.machine import NO_CSRS, FloatEnvironment, HandlerMachine, tail_call
from engines.vm.tiers.interpreter.shapes import Constant, Shape
from engines.vm.tiers.interpreter.values import LlvmValue

PLACED: Final = frozenset((OperandKind.X, OperandKind.F, OperandKind.ROUNDING, OperandKind.V, OperandKind.MASK))
"""Operands that semantics get as places, to be asked for by the machine."""
FpFactory = Callable[[HandlerMachine], Any]
ReadCsr = Callable[[HandlerMachine], LlvmValue]


class Bodies:
    """Functions of one module under construction.

    Attributes:
        functions: finished `define`s.
        declarations: what they need from outside.
        convention: calling convention of handlers.
        more_csrs: see `HandlerMachine`.
    """

    def __init__(self, convention: str, fp: FpFactory, more_csrs: Mapping[int, ReadCsr] = NO_CSRS) -> None:
        self.more_csrs = more_csrs
        self.convention = convention
        self.fp = fp
        self.functions: list[str] = []
        self.declarations: set[str] = set()

    def handler(self, symbol: str, emitter: Emitter, *, cold: bool = False) -> None:
        """Finish a handler."""
        attributes = "nounwind cold" if cold else "nounwind"
        self.define(f"internal {self.convention} i64", symbol, ARGUMENTS, attributes, emitter)

    def define(self, result: str, symbol: str, parameters: str, attributes: str, emitter: Emitter) -> None:
        body = "\n".join(emitter.lines)
        self.functions.append(f"define {result} @{symbol}({parameters}) {attributes} {{\n{body}\n}}")
        self.declarations |= emitter.declarations

    def pair(self, instruction: Instruction, shape: Shape, *, rare: bool = False, escape: int | None = None) -> None:
        """The fast and the careful handler of `shape`; `instruction` is its base. A rare one's code may be slow.

        With `escape`, the careful one leaves the instruction to the reference tier, under that number.
        """
        careful_symbol = f"{shape.symbol}_careful"
        for careful in (False, True):
            emitter = Emitter()
            if careful and escape is not None:
                set_pc(emitter, table_pc(emitter))
                self._leave(emitter, emitter.named("%budget", 64) + 1, emitter.const(escape))
                self.handler(careful_symbol, emitter, cold=True)
                continue
            if careful:
                emitter.line("%left = add i64 %budget, 0")
            else:
                self.take_one(emitter)
            machine = HandlerMachine(
                emitter,
                shape.length,
                careful=careful,
                careful_symbol=careful_symbol,
                convention=self.convention,
                fp=self.fp,
                more_csrs=self.more_csrs,
            )
            instruction.run(machine, arguments_of(machine, instruction, shape))
            machine.finish()
            self.handler(careful_symbol if careful else shape.symbol, emitter, cold=careful or rare)

    def take_one(self, emitter: Emitter) -> None:
        """Take one instruction from the budget into `%left`, or leave with `LIMIT`."""
        spent = take(emitter, "%left", 1)
        onward, out = emitter.label("on"), emitter.label("spent")
        emitter.branch(spent, out, onward, unlikely=True)
        emitter.begin(out)
        tail_call(emitter, self.convention, "@limit", forward(budget="0"))
        emitter.begin(onward)

    # -- shared handlers ------------------------------------------------------------------------------------------

    def shared(self, environment: FloatEnvironment) -> None:
        """`limit`, `trap`, `fetch_beyond`, `illegal_2`, `illegal_4`, `escape` and `note_write`."""
        self._limit()
        self._trap()
        self._fetch_beyond()
        self._note_write(environment)
        for length in (2, 4):
            self._illegal(length)
        self._escape()

    def _limit(self) -> None:
        """The budget is spent before this entry's instruction."""
        emitter = Emitter()
        set_pc(emitter, table_pc(emitter))
        emitter.store(emitter.offset("%context", CONTEXT_OFFSETS["budget"]), emitter.const(0))
        emitter.line(f"ret i64 {LIMIT}")
        self.handler("limit", emitter, cold=True)

    def _trap(self) -> None:
        """The entry's instruction trapped; cause, value and instruction are in the CPU record already."""
        emitter = Emitter()
        set_pc(emitter, table_pc(emitter))
        self._leave_with_trap(emitter, emitter.named("%budget", 64) + 1)
        self.handler("trap", emitter, cold=True)

    def _fetch_beyond(self) -> None:
        """Execution goes on at `cpu.pc`, which has no entry: a fetch fault, if the budget reaches that far."""
        emitter = Emitter()
        spent, fault = emitter.label("spent"), emitter.label("fault")
        budget = emitter.named("%budget", 64)
        emitter.branch(budget.eq(0), spent, fault)
        emitter.begin(spent)
        emitter.store(emitter.offset("%context", CONTEXT_OFFSETS["budget"]), emitter.const(0))
        emitter.line(f"ret i64 {LIMIT}")
        emitter.begin(fault)
        pc = emitter.load(emitter.offset("%cpu", CPU_OFFSETS["pc"]), 64)
        self.fetch_fault(emitter, pc)
        self.handler("fetch_beyond", emitter, cold=True)

    def fetch_fault(self, emitter: Emitter, address: LlvmValue) -> None:
        """End a handler whose `%budget` was not taken from: the parcel at `address` cannot be fetched; pc is set."""
        set_cpu(emitter, "trap_cause", emitter.const(ExceptionCause.INSTRUCTION_ACCESS_FAULT))
        set_cpu(emitter, "trap_value", address)
        set_cpu(emitter, "instruction", emitter.const(0))
        self._leave_with_trap(emitter, emitter.named("%budget", 64))

    def _leave_with_trap(self, emitter: Emitter, budget: LlvmValue) -> None:
        emitter.store(emitter.offset("%context", CONTEXT_OFFSETS["budget"]), budget)
        set_cpu(emitter, "reservation", emitter.const(NO_RESERVATION))
        set_cpu(emitter, "reservation_bytes", emitter.const(0))
        emitter.line(f"ret i64 {TRAP}")

    def _illegal(self, length: int) -> None:
        """No instruction of `length` bytes has this word."""
        emitter = Emitter()
        self.take_one(emitter)
        word = emitter.load(emitter.offset("%memory", table_pc(emitter)), 8 * length, align=2).zext(64)
        set_cpu(emitter, "trap_cause", emitter.const(ExceptionCause.ILLEGAL_INSTRUCTION))
        set_cpu(emitter, "trap_value", word)
        set_cpu(emitter, "instruction", word)
        tail_call(emitter, self.convention, "@trap", forward(budget="%left"))
        self.handler(f"illegal_{length}", emitter, cold=True)

    def _escape(self) -> None:
        """This instruction is left to the reference tier; `immediate` says which it is, for the counters."""
        emitter = Emitter()
        self.take_one(emitter)
        set_pc(emitter, table_pc(emitter))
        number = emitter.load(emitter.offset("%entry", 8), 32).zext(64)
        self._leave(emitter, emitter.named("%budget", 64), number)
        self.handler("escape", emitter, cold=True)

    def _leave(self, emitter: Emitter, budget: LlvmValue, number: LlvmValue) -> None:
        """Hand the run back at this entry's instruction, which `budget` counts; the pc is set."""
        emitter.store(emitter.offset("%context", CONTEXT_OFFSETS["escape"]), number)
        emitter.store(emitter.offset("%context", CONTEXT_OFFSETS["budget"]), budget)
        emitter.line(f"ret i64 {ESCAPE}")

    def _note_write(self, environment: FloatEnvironment) -> None:
        """`note_write(context, address, size)`: after a store on pages that are not `DIRECT`.

        Discards the decoded entries that the written bytes may belong to, has compiled code invalidated, and keeps the
        pages' bookkeeping. `environment` gives the host its own floating-point state while foreign code runs.

        What is discarded loses its handler only: an instruction before the written bytes may be the second of a pair
        that they are no part of, whose handler reads its operands.
        """
        emitter = Emitter()
        address, size = emitter.named("%address", 64), emitter.named("%size", 64)
        permissions = emitter.load_pointer(emitter.offset("%context", CONTEXT_OFFSETS["permissions"]))
        table = emitter.load_pointer(emitter.offset("%context", CONTEXT_OFFSETS["table"]))
        end = address + size
        first = emitter.offset(permissions, address.lshr(PAGE_BITS))
        last = emitter.offset(permissions, (end - 1).lshr(PAGE_BITS))
        code = (emitter.load(first, 8) | emitter.load(last, 8)) & HAS_CODE
        discard, marks, loop, again = (emitter.label(hint) for hint in ("discard", "marks", "loop", "again"))
        emitter.branch(code.eq(0), marks, discard)
        emitter.begin(discard)
        counter = emitter.offset("%context", CONTEXT_OFFSETS["code_writes"])
        emitter.store(counter, emitter.load(counter, 64) + 1)
        start = (address - OVERLAP_BYTES) & ~1
        emitter.jump(loop)
        emitter.begin(loop)
        parcel = emitter.named("%parcel", 64)
        emitter.line(f"%parcel = phi i64 [ {start.text}, %{discard} ], [ %following, %{loop} ]")
        slot = emitter.offset(table, parcel.shl(PC_SHIFT))
        emitter.store(slot, emitter.const(0, 32))
        emitter.line("%following = add i64 %parcel, 2")
        emitter.branch(emitter.named("%following", 64).ult(end), loop, again)
        emitter.begin(again)
        compiled = (emitter.load(first, 8) | emitter.load(last, 8)) & HAS_COMPILED
        tell = emitter.label("tell")
        emitter.branch(compiled.eq(0), marks, tell)
        emitter.begin(tell)
        cpu = emitter.load_pointer(emitter.offset("%context", CONTEXT_OFFSETS["cpu"]))
        environment.leave(emitter, "%context", cpu)
        function = emitter.load_pointer(emitter.offset("%context", CONTEXT_OFFSETS["invalidate"]))
        emitter.line(f"call void {function}(i64 {address.text}, i64 {size.text})")
        environment.enter(emitter, "%context", cpu)
        emitter.jump(marks)
        emitter.begin(marks)
        for pointer in (first, last):
            flags = emitter.load(pointer, 8)
            direct = (flags & HAS_CODE).eq(0).select(emitter.const(DIRTY | DIRECT, 8), emitter.const(DIRTY, 8))
            emitter.store(pointer, flags | direct)
        emitter.line("ret void")
        self.define(
            "internal void", "note_write", "ptr %context, i64 %address, i64 %size", "nounwind noinline", emitter
        )


def take(emitter: Emitter, left: str, count: int) -> LlvmValue:
    """`left = %budget - count`; 1 bit: whether there was less than that. One subtraction and its carry."""
    emitter.declarations.add("declare { i64, i1 } @llvm.usub.with.overflow.i64(i64, i64)")
    both = emitter.name(f"call {{ i64, i1 }} @llvm.usub.with.overflow.i64(i64 %budget, i64 {count})")
    emitter.line(f"{left} = extractvalue {{ i64, i1 }} {both}, 0")
    return emitter.value(f"extractvalue {{ i64, i1 }} {both}, 1", 1)


def arguments_of(machine: HandlerMachine, instruction: Instruction, shape: Shape) -> list[Any]:
    """The arguments of the semantics function, after the machine: places for registers, values for the rest."""
    arguments: list[Any] = []
    for operand, place in zip(instruction.operands, shape.places, strict=True):
        if operand.kind in PLACED:
            arguments.append(place)
        elif operand.kind is OperandKind.CSR:
            arguments.append(machine.csr_number(place))
        elif operand.kind is OperandKind.VTYPE:
            arguments.append(machine.short(place))
        elif operand.kind is OperandKind.IMMEDIATE:
            arguments.append(machine.immediate(place))
        else:
            arguments.append(machine.const(place.value) if isinstance(place, Constant) else machine.slot(place))
    return arguments


def table_pc(emitter: Emitter) -> LlvmValue:
    table = emitter.load(emitter.offset("%context", CONTEXT_OFFSETS["table"]), 64)
    return (emitter.value("ptrtoint ptr %entry to i64", 64) - table).ashr(PC_SHIFT)


def set_pc(emitter: Emitter, pc: LlvmValue) -> None:
    set_cpu(emitter, "pc", pc)


def set_cpu(emitter: Emitter, name: str, value: LlvmValue) -> None:
    emitter.store(emitter.offset("%cpu", CPU_OFFSETS[name]), value)
