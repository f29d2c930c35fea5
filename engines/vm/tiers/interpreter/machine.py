"""The machine protocol over LLVM values: evaluating a semantics function writes the body of its handler.

Every shape has two handlers. The *fast* one assumes that nothing unusual happens: accesses are aligned, permitted and
on pages that need no bookkeeping. Whenever an assumption fails it goes, before any effect, to the *careful* one, which
evaluates the same semantics again with everything spelt out: misaligned accesses, traps, stores over decoded code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from engines.vm.guests.riscv64.state import NO_RESERVATION, SINK
from engines.vm.guests.riscv64.traps import ExceptionCause
from engines.vm.memory.address_space import ADDRESS_BITS, DIRECT, PAGE_BITS, READ, WRITE
from engines.vm.tiers.interpreter.emitter import Emitter
from engines.vm.tiers.interpreter.layout import (
    CONTEXT_OFFSETS,
    CPU_OFFSETS,
    ENTRY_BYTES,
    PC_SHIFT,
    forward,
)
from engines.vm.tiers.interpreter.shapes import Constant, Place, Slot
from engines.vm.tiers.interpreter.values import LlvmValue

FFLAGS, FRM, FCSR = 0x001, 0x002, 0x003
COUNTERS: Final = (0xC00, 0xC01, 0xC02)
"""cycle, time, instret: all count retired instructions."""
DYNAMIC: Final = 7
"""The rm encoding that takes the mode from frm (Unprivileged ISA §20.2)."""


NO_CSRS: Final[Mapping[int, Any]] = {}


class FloatEnvironment(Protocol):
    """What a floating-point unit does around a run, in the C functions that enter and leave handlers.

    `context` and `cpu` name the pointers to the `CONTEXT` and `CPU` records.
    """

    def enter(self, emitter: Emitter, context: str, cpu: str) -> None: ...
    def leave(self, emitter: Emitter, context: str, cpu: str) -> None: ...


class HandlerMachine:
    """Implements `engines.vm.isa.machine.Machine` while a handler of an instruction of `length` bytes is written.

    Args:
        careful: write the careful handler.
        careful_symbol: the handler that a fast one goes to.
        convention: calling convention of handlers.
        entry, left: LLVM names of the instruction's entry, and of the budget without this instruction.
        fp: the floating-point unit over LLVM values, given this machine.
        more_csrs: CSRs beside those of every machine that handlers read, and how.
    """

    def __init__(
        self,
        emitter: Emitter,
        length: int,
        *,
        careful: bool,
        careful_symbol: str,
        convention: str,
        fp: Callable[[HandlerMachine], Any],
        entry: str = "%entry",
        left: str = "%left",
        more_csrs: Mapping[int, Callable[[HandlerMachine], LlvmValue]] = NO_CSRS,
    ) -> None:
        self.emitter = emitter
        self.length = length
        self.careful = careful
        self.careful_symbol = careful_symbol
        self.convention = convention
        self.entry = entry
        self.left = left
        self.more_csrs = more_csrs
        self.x = _Registers(self, "x")
        self.f = _Registers(self, "f")
        self._make_fp = fp
        self._fp: Any = None
        self._vector: Any = None
        self._bail: str | None = None
        self._traps: list[tuple[str, LlvmValue, LlvmValue]] = []
        self._target: LlvmValue | None = None
        self._taken: LlvmValue | None = None
        self._pc: LlvmValue | None = None

    @property
    def fp(self) -> Any:
        if self._fp is None:
            self._fp = self._make_fp(self)
        return self._fp

    @property
    def vector(self) -> Any:
        if self._vector is None:
            from engines.vm.tiers.interpreter.vectors import HandlerVectors

            self._vector = HandlerVectors(self)
        return self._vector

    # -- operands -------------------------------------------------------------------------------------------------

    def immediate(self, place: Place) -> LlvmValue:
        """A 64-bit operand from the entry's 32-bit constant."""
        if isinstance(place, Constant):
            return self.const(place.value)
        return self.emitter.load(self.emitter.offset(self.entry, place.offset), 32).sext(64)

    def csr_number(self, place: Place) -> LlvmValue:
        if isinstance(place, Constant):
            return self.const(place.value, 12)
        return self.emitter.load(self.emitter.offset(self.entry, place.offset), 16).trunc(12)

    def short(self, place: Place) -> LlvmValue:
        """An operand without sign from the entry's 16 bits for CSRs, as 64."""
        if isinstance(place, Constant):
            return self.const(place.value)
        return self.emitter.load(self.emitter.offset(self.entry, place.offset), 16).zext(64)

    def slot(self, place: Place) -> LlvmValue:
        """The byte in a slot as 64 bits: register number or rounding mode."""
        if isinstance(place, Constant):
            return self.const(place.value)
        return self.emitter.load(self.emitter.offset(self.entry, place.offset), 8).zext(64)

    def const(self, value: int, width: int = 64) -> LlvmValue:
        return self.emitter.const(value, width)

    def is_x0(self, register: Place) -> LlvmValue:
        if isinstance(register, Constant):
            return self.const(int(register.value == 0), 1)
        return self.slot(register).eq(SINK if register.written else 0)

    # -- control --------------------------------------------------------------------------------------------------

    @property
    def pc(self) -> LlvmValue:
        return self._pc_plus(0)

    @property
    def next_pc(self) -> LlvmValue:
        return self._pc_plus(self.length)

    def _pc_plus(self, distance: int) -> LlvmValue:
        emitter = self.emitter
        table = emitter.load(emitter.offset("%context", CONTEXT_OFFSETS["table"]), 64)
        entry = emitter.value(f"ptrtoint ptr {self.entry} to i64", 64)
        value = (entry - table).ashr(PC_SHIFT) + distance
        value.pc_offset = self.const(distance)
        return value

    def jump(self, target: LlvmValue) -> None:
        self._target, self._taken = target, None

    def branch(self, taken: LlvmValue, target: LlvmValue) -> None:
        self._target, self._taken = target, taken

    # -- traps ----------------------------------------------------------------------------------------------------

    def trap_if(self, condition: LlvmValue, cause: int, value: LlvmValue) -> None:
        if self.careful:
            label = self.emitter.label("trap")
            self._traps.append((label, self.const(int(cause)), value))
            self.emitter.leave_if(condition, label)
        else:
            self.bail_if(condition)

    def trap(self, cause: int, value: LlvmValue) -> None:
        self.trap_if(self.const(1, 1), cause, value)

    def illegal_if(self, condition: LlvmValue) -> None:
        if self.careful:
            self.trap_if(condition, ExceptionCause.ILLEGAL_INSTRUCTION, self.instruction_bits())
        else:
            self.bail_if(condition)

    def illegal(self) -> None:
        self.illegal_if(self.const(1, 1))

    def instruction_bits(self) -> LlvmValue:
        """The instruction itself, read again from memory: it is executable, since it was decoded."""
        pointer = self.emitter.offset("%memory", self.pc)
        return self.emitter.load(pointer, 8 * self.length, align=2).zext(64)

    def bail_if(self, condition: LlvmValue) -> None:
        """In a fast handler: go to the careful one where `condition` is 1. Nothing may have changed yet."""
        if self.careful:
            raise ValueError("a careful handler has nobody to go to")
        if self._bail is None:
            self._bail = self.emitter.label("bail")
        self.emitter.leave_if(condition, self._bail)

    # -- memory ---------------------------------------------------------------------------------------------------

    def load(self, address: LlvmValue, size_bytes: int) -> LlvmValue:
        align = self._admit(address, size_bytes, READ, ExceptionCause.LOAD_ACCESS_FAULT)
        return self.emitter.load(self.emitter.offset("%memory", address), 8 * size_bytes, align=align)

    def store(self, address: LlvmValue, value: LlvmValue) -> None:
        size_bytes = value.width // 8
        align = self._admit_store(address, size_bytes, WRITE)
        self._write(address, value, align)

    def load_reserved(self, address: LlvmValue, size_bytes: int) -> LlvmValue:
        self.trap_if((address & (size_bytes - 1)).ne(0), ExceptionCause.LOAD_ADDRESS_MISALIGNED, address)
        value = self.load(address, size_bytes)
        self._set_reservation(address, self.const(size_bytes))
        return value

    def store_conditional(self, address: LlvmValue, value: LlvmValue) -> LlvmValue:
        size_bytes = value.width // 8
        self.trap_if((address & (size_bytes - 1)).ne(0), ExceptionCause.STORE_ADDRESS_MISALIGNED, address)
        emitter = self.emitter
        held = self._cpu_load("reservation").eq(address) & self._cpu_load("reservation_bytes").eq(size_bytes)
        write, done = emitter.label("write"), emitter.label("done")
        emitter.branch(held, write, done)
        emitter.begin(write)
        align = self._admit_store(address, size_bytes, WRITE)
        self._write(address, value, align)
        emitter.jump(done)
        emitter.begin(done)
        self._set_reservation(self.const(NO_RESERVATION), self.const(0))
        return (held ^ 1).zext(64)

    def amo(
        self,
        address: LlvmValue,
        size_bytes: int,
        update: Callable[[LlvmValue, LlvmValue], LlvmValue],
        operand: LlvmValue,
    ) -> LlvmValue:
        self.trap_if((address & (size_bytes - 1)).ne(0), ExceptionCause.STORE_ADDRESS_MISALIGNED, address)
        align = self._admit_store(address, size_bytes, READ | WRITE)
        old = self.emitter.load(self.emitter.offset("%memory", address), 8 * size_bytes, align=align)
        self._write(address, update(old, operand), align)
        return old

    def fence(self) -> None:
        """One hart, and the host sees its own accesses in order: nothing to do."""

    def fence_i(self) -> None:
        """Nothing to do: stores to pages with decoded code discard the decoded entries at once."""

    def _admit_store(self, address: LlvmValue, size_bytes: int, needed: int) -> int:
        direct = DIRECT if self.careful else DIRECT | (needed & ~WRITE)
        return self._admit(address, size_bytes, needed if self.careful else direct, ExceptionCause.STORE_ACCESS_FAULT)

    def _admit(self, address: LlvmValue, size_bytes: int, needed: int, cause: int) -> int:
        """Check an access against the permission bytes; return the alignment that the host may assume.

        The trap value is the address of the portion that fails (Privileged ISA §3.1.16): the access's own, or where it
        runs into another page and only that one fails, that page's first.
        """
        emitter = self.emitter
        if self.careful:
            limit = 1 << ADDRESS_BITS
            self.trap_if(self.const(limit - 1).ult(address), cause, address)
            self.trap_if((self.flags(address) & needed).ne(needed), cause, address)
            if size_bytes > 1:
                last = address + (size_bytes - 1)
                self.trap_if(self.const(limit - size_bytes).ult(address), cause, self.const(limit))
                self.trap_if((self.flags(last) & needed).ne(needed), cause, last & -(1 << PAGE_BITS))
            return 1
        align_bits = size_bytes.bit_length() - 1
        rotated = address
        if align_bits:
            rotated = emitter.intrinsic("llvm.fshr.i64", [address, address, self.const(align_bits)], 64)
        self.bail_if(self.const((1 << (ADDRESS_BITS - align_bits)) - 1).ult(rotated))
        flags = self.flags(address) & needed
        self.bail_if(flags.ne(needed) if needed & (needed - 1) else flags.eq(0))
        return size_bytes

    def flags(self, address: LlvmValue) -> LlvmValue:
        return self.emitter.load(self.emitter.offset("%permissions", address.lshr(PAGE_BITS)), 8)

    def _write(self, address: LlvmValue, value: LlvmValue, align: int) -> None:
        emitter = self.emitter
        emitter.store(emitter.offset("%memory", address), value, align=align)
        if self.careful:
            arguments = ["ptr %context", f"i64 {address.text}", f"i64 {value.width // 8}"]
            emitter.call("void", "note_write", arguments, declare=False)

    def _set_reservation(self, address: LlvmValue, size_bytes: LlvmValue) -> None:
        self._cpu_store("reservation", address)
        self._cpu_store("reservation_bytes", size_bytes)

    # -- CSRs -----------------------------------------------------------------------------------------------------

    def rounding_mode(self, rm: Place) -> LlvmValue:
        """3 bits: the effective mode. Reserved ones trap."""
        if isinstance(rm, Constant) and rm.value != DYNAMIC:
            if rm.value > 4:
                self.illegal()
            return self.const(rm.value, 3)
        frm = self._cpu_load("frm").trunc(3)
        if isinstance(rm, Constant):
            mode = frm
        else:
            field = self.slot(rm).trunc(3)
            mode = field.eq(DYNAMIC).select(frm, field)
        self.illegal_if(self.const(4, 3).ult(mode))
        return mode

    def csr_read(self, csr: LlvmValue) -> LlvmValue:
        self.illegal_if(self._missing(csr))
        return self._csr_value(csr)

    def csr_write(self, csr: LlvmValue, value: LlvmValue) -> None:
        self.illegal_if(self._missing(csr) | self._read_only(csr))
        self._csr_set(csr, value, self.const(1, 1))

    def csr_exchange(
        self,
        csr: LlvmValue,
        rd: Place,
        update: Callable[[LlvmValue], LlvmValue],
        *,
        reads: LlvmValue,
        writes: LlvmValue,
    ) -> None:
        """None of our CSRs has a side effect when read, so `reads` makes no difference: rd is x0 where it is 0."""
        self.illegal_if(self._missing(csr) | (writes & self._read_only(csr)))
        old = self._csr_value(csr)
        new = update(old)
        self._csr_set(csr, new, writes)
        self.x[rd] = old

    def _missing(self, csr: LlvmValue) -> LlvmValue:
        found = csr.eq(FFLAGS)
        for number in (FRM, FCSR, *COUNTERS):
            found = found | csr.eq(number)
        for number in self.more_csrs:
            found = found | (csr.eq(number) & self.vector.enabled)
        return found ^ 1

    def _read_only(self, csr: LlvmValue) -> LlvmValue:
        """Unprivileged CSR numbers 0xC00 to 0xFFF are read-only (Privileged ISA §2.1)."""
        return csr.lshr(10).eq(3)

    def _csr_value(self, csr: LlvmValue) -> LlvmValue:
        emitter = self.emitter
        at_zero = emitter.load(emitter.offset("%context", CONTEXT_OFFSETS["retired_at_zero"]), 64)
        retired = at_zero - emitter.named(self.left, 64) - 1
        fflags, frm = self.fp.fflags(), self._cpu_load("frm")
        both = frm.shl(5) | fflags
        value = csr.eq(FFLAGS).select(fflags, retired)
        value = csr.eq(FRM).select(frm, value)
        for number, read in self.more_csrs.items():
            value = csr.eq(number).select(read(self), value)
        return csr.eq(FCSR).select(both, value)

    def _csr_set(self, csr: LlvmValue, value: LlvmValue, writes: LlvmValue) -> None:
        emitter = self.emitter
        write, done = emitter.label("write"), emitter.label("done")
        emitter.branch(writes, write, done)
        emitter.begin(write)
        fflags, frm = self.fp.fflags(), self._cpu_load("frm")
        whole = csr.eq(FCSR)
        fflags = (csr.eq(FFLAGS) | whole).select(value, fflags)
        self.fp.set_fcsr(fflags, whole.select(value.lshr(5), csr.eq(FRM).select(value, frm)))
        emitter.jump(done)
        emitter.begin(done)

    def _cpu_load(self, name: str) -> LlvmValue:
        return self.emitter.load(self.emitter.offset("%cpu", CPU_OFFSETS[name]), 64)

    def _cpu_store(self, name: str, value: LlvmValue) -> None:
        self.emitter.store(self.emitter.offset("%cpu", CPU_OFFSETS[name]), value)

    # -- the end of a handler -------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Write the way to the next handler, and the rare ways out."""
        if self._taken is None and self._target is not None:
            self._go_to_target()
        else:
            self.leave_if_taken()
            self._go_on()
        self.finish_bails()

    def leave_if_taken(self) -> None:
        """After a conditional branch: write the way to its target, and begin the block where it is not taken."""
        if self._taken is not None:
            taken, onward = self.emitter.label("taken"), self.emitter.label("onward")
            self.emitter.branch(self._taken, taken, onward)
            self.emitter.begin(taken)
            self._go_to_target()
            self.emitter.begin(onward)

    def finish_bails(self) -> None:
        """Write only the rare ways out: another machine's instruction follows in the same handler."""
        emitter = self.emitter
        if self._bail is not None:
            emitter.begin(self._bail)
            self._tail_call(f"@{self.careful_symbol}")
        for label, cause, value in self._traps:
            emitter.begin(label)
            self._cpu_store("trap_cause", cause)
            self._cpu_store("trap_value", value)
            self._cpu_store("instruction", self.instruction_bits())
            self._tail_call("@trap")

    def _go_on(self) -> None:
        self._dispatch(self.emitter.offset(self.entry, self.length // 2 * ENTRY_BYTES))

    def _go_to_target(self) -> None:
        emitter, target = self.emitter, self._target
        assert target is not None
        if target.pc_offset is not None:
            self._dispatch(emitter.offset(self.entry, target.pc_offset.shl(PC_SHIFT)))
            return
        code_limit = emitter.load(emitter.offset("%context", CONTEXT_OFFSETS["code_limit"]), 64)
        wild = emitter.label("wild")
        emitter.leave_if(code_limit.ule(target), wild)
        table = emitter.load_pointer(emitter.offset("%context", CONTEXT_OFFSETS["table"]))
        self._dispatch(emitter.offset(table, target.shl(PC_SHIFT)))
        emitter.begin(wild)
        self._cpu_store("pc", target)
        self._tail_call("@fetch_beyond")

    def _dispatch(self, entry: str) -> None:
        dispatch(self.emitter, self.convention, entry, self.left)

    def _tail_call(self, symbol: str) -> None:
        tail_call(self.emitter, self.convention, symbol, forward(self.entry, self.left))


def dispatch(emitter: Emitter, convention: str, entry: str, budget: str = "%left") -> None:
    """End a handler: go to the handler of `entry`."""
    distance = emitter.load(entry, 32).sext(64)
    handler = emitter.offset("%decode", distance)
    tail_call(emitter, convention, handler, forward(entry, budget))


def tail_call(emitter: Emitter, convention: str, handler: str, arguments: str) -> None:
    result = emitter.name(f"musttail call {convention} i64 {handler}({arguments})")
    emitter.line(f"ret i64 {result}")


class _Registers:
    """A register file in the CPU record.

    Attributes:
        known: values of operands that need not be loaded, by place.
        written: the value last written.
    """

    def __init__(self, machine: HandlerMachine, file: str) -> None:
        self._machine = machine
        self._base = CPU_OFFSETS[file]
        self._integer = file == "x"
        self.known: dict[Place, LlvmValue] = {}
        self.written: LlvmValue | None = None

    def __getitem__(self, register: Place) -> LlvmValue:
        if register in self.known:
            return self.known[register]
        if self._integer and register == Constant(0):
            return self._machine.const(0)
        return self._machine.emitter.load(self._pointer(register), 64)

    def __setitem__(self, register: Place, value: LlvmValue) -> None:
        if self._integer and register == Constant(0):
            return
        if value.width != 64:
            raise ValueError(f"{value!r} written to a 64-bit register")
        self._machine.emitter.store(self._pointer(register), value)
        self.written = value

    def _pointer(self, register: Place) -> str:
        emitter = self._machine.emitter
        if isinstance(register, Constant):
            return emitter.offset("%cpu", self._base + 8 * register.value)
        index = self._machine.slot(register)
        file = emitter.offset("%cpu", self._base)
        return emitter.name(f"getelementptr i64, ptr {file}, i64 {index.text}")


__all__ = ["HandlerMachine", "Slot", "dispatch", "tail_call"]
