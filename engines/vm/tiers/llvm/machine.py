"""The machine protocol over LLVM values for compiled regions: operands are constants, registers are variables.

Differs from the interpreter's handlers in three ways. Guest registers are local variables of the LLVM function, which
LLVM keeps in host registers. An instruction's register writes take effect when it is complete, so whatever leaves in
the middle of it leaves the state before it. And what is unusual leaves the region: the interpreter executes the
instruction again, from its beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from engines.vm.errors import MachineError
from engines.vm.softfloat import FORMATS, RMM
from engines.vm.tiers.interpreter.emitter import Emitter
from engines.vm.tiers.interpreter.float_unit_x86_64 import X86FloatSupport, X86FloatUnit
from engines.vm.tiers.interpreter.layout import CPU_OFFSETS
from engines.vm.tiers.interpreter.machine import DYNAMIC, HandlerMachine
from engines.vm.tiers.interpreter.shapes import Constant, Place
from engines.vm.tiers.interpreter.values import LlvmValue
from engines.vm.tiers.llvm.bounds import Known
from engines.vm.tiers.llvm.region import Decoded
from engines.vm.tiers.llvm.vectors import RegionVectors

_EXCHANGE: Final = 0x1111_1100
"""For VFIXUPIMM, four bits for each class of operand, both kinds of NaN first: 0 keeps the destination, 1 takes it."""
LAST_MODE: Final = 3
"""Rounding modes 0 to 3 exist on the host; RMM does not."""


class UnloweredError(MachineError):
    """An instruction that the interpreter keeps; the message says why, for the counters."""


class RegionMachine(HandlerMachine):
    """Lowers one instruction after the other into one function.

    Attributes:
        insn: the instruction at hand.
        fault: the label that it goes to where the host refuses its access; None if it has no such access.
        known: what is known of the registers before the instruction.
        uses_frm: whether code was written that is right for `frm` only.
        touched: registers with a variable, as LLVM names: `x5`, `f7`.
        fetched: those of them that hold their values where code is being written; None where all do.
        makes_loose: whether the instruction's result may be a NaN as the host makes it.
        shown: floating-point registers that may hold such a NaN and whose bits the instruction shows, with its format:
            it reads the guest's NaN instead. exchanges_nans: this is to be used; else the instruction is to be left.
    """

    def __init__(self, emitter: Emitter, frm: int, floats: X86FloatSupport) -> None:
        super().__init__(
            emitter, 4, careful=False, careful_symbol="", convention="", fp=lambda m: RegionFloatUnit(floats, self)
        )
        self.frm = frm
        self.uses_frm = False
        self.insn: Decoded
        self.fault: str | None = None
        self.known = Known()
        self.touched: set[str] = set()
        self.fetched: set[str] | None = None
        self.makes_loose = False
        self.shown: Mapping[int, int] = {}
        self.exchanges_nans = self._has_exchange = floats.avx512
        self._region_vectors: RegionVectors | None = None
        self.x: Any = _Variables(self, "x")
        self.f: Any = _Variables(self, "f")

    @property
    def vector(self) -> RegionVectors:
        if self._region_vectors is None:
            self._region_vectors = RegionVectors(self)
        return self._region_vectors

    def begin(self, insn: Decoded) -> None:
        """Go on with another instruction."""
        self.insn, self.length = insn, insn.length
        self._bail = self.fault = None
        self._target = self._taken = None
        self.shown = {}

    def is_nan(self, register: int, fmt: int) -> LlvmValue:
        """Whether a floating-point register holds a NaN of a format, boxed or not. Raises nothing."""
        magnitude = self.f.held(register).trunc(fmt) & ((1 << (fmt - 1)) - 1)
        return self.const(FORMATS[fmt].infinity, fmt).ult(magnitude)

    def canonical(self, register: int, fmt: int) -> LlvmValue:
        """What a floating-point register holds, and the guest's NaN where that is a NaN of a format. Raises nothing."""
        value: LlvmValue = self.f.held(register)
        box = -1 << fmt & 0xFFFF_FFFF_FFFF_FFFF
        guests = FORMATS[fmt].canonical_nan
        if not self._has_exchange:
            return self.is_nan(register, fmt).select(self.const(guests | box), value)
        # One instruction, where a comparison and a jump cost two each (SDM, VFIXUPIMMSD; no flag is asked for).
        kind, suffix = ("float", "ss") if fmt == 32 else ("double", "sd")
        names = [self.emitter.name(f"bitcast i{fmt} {text} to {kind}") for text in (guests, value.trunc(fmt).text)]
        table = self.emitter.name(f"bitcast i{fmt} {_EXCHANGE} to {kind}")
        operands = ", ".join(f"{kind} {name}" for name in (*names, table))
        fixed = self.emitter.name(f'call {kind} asm "vfixupimm{suffix} $$0, $3, $2, $0", "=v,0,v,v"({operands})')
        # Of a NaN in this format the box is there: only what is no NaN may lack it.
        return (value & box) | self.emitter.value(f"bitcast {kind} {fixed} to i{fmt}", fmt).zext(64)

    def leave_if_nan(self, register: int, fmt: int) -> None:
        """Leave before the instruction where a register holds a NaN of a format, which is no signalling one."""
        kind = "float" if fmt == 32 else "double"
        name = self.emitter.name(f"bitcast i{fmt} {self.f[Constant(register)].trunc(fmt).text} to {kind}")
        self.bail_if(self.emitter.value(f"fcmp uno {kind} {name}, {name}", 1))

    @property
    def bail(self) -> str | None:
        """The label that the instruction leaves through, if it may leave."""
        return self._bail

    @property
    def taken(self) -> LlvmValue | None:
        """The condition of a branch."""
        return self._taken

    @property
    def target(self) -> LlvmValue | None:
        """Where a jump goes."""
        return self._target

    def pending(self) -> list[str]:
        """The registers that `commit` will write."""
        return [*self.x.pending(), *self.f.pending()]

    def commit(self, *, keep: bool = False) -> list[str]:
        """Write the registers; the names of those written. `keep`: on this path only, they are to be written again."""
        return [*self.x.commit(keep), *self.f.commit(keep)]

    def _pc_plus(self, distance: int) -> LlvmValue:
        return self.const(self.insn.pc + distance)

    def immediate(self, place: Place) -> LlvmValue:
        assert isinstance(place, Constant)
        return self.const(place.value)

    def instruction_bits(self) -> LlvmValue:
        raise UnloweredError("an illegal instruction")

    def rounding_mode(self, rm: Place) -> LlvmValue:
        """The mode, a constant: what `frm` holds never changes inside a region."""
        assert isinstance(rm, Constant)
        mode = self.frm if rm.value == DYNAMIC else rm.value
        if mode > LAST_MODE:
            raise UnloweredError("rounding to nearest, ties away" if mode == RMM else "a reserved rounding mode")
        if rm.value == DYNAMIC:
            self.uses_frm = True
        return self.const(mode, 3)

    def csr_read(self, csr: LlvmValue) -> LlvmValue:
        raise UnloweredError("a CSR")

    def csr_write(self, csr: LlvmValue, value: LlvmValue) -> None:
        raise UnloweredError("a CSR")

    def csr_exchange(
        self,
        csr: LlvmValue,
        rd: Place,
        update: Callable[[LlvmValue], LlvmValue],
        *,
        reads: LlvmValue,
        writes: LlvmValue,
    ) -> None:
        raise UnloweredError("a CSR")

    def fence_i(self) -> None:
        raise UnloweredError("fence.i")

    def trap(self, cause: int, value: LlvmValue) -> None:
        raise UnloweredError("an instruction that always traps")

    def flags(self, address: LlvmValue) -> LlvmValue:
        pointer = self.emitter.offset("%permissions", address.lshr(12))
        return self.emitter.value(f"load i8, ptr {pointer}, align 1, !invariant.load !1", 8)


class _Variables:
    """A register file whose registers are variables `%x5.` of the function. Writes wait for `commit`."""

    def __init__(self, machine: RegionMachine, file: str) -> None:
        self._machine = machine
        self._file = file
        self._type = "i64" if file == "x" else "double"
        self._pending: dict[int, LlvmValue] = {}

    def __getitem__(self, register: Place) -> LlvmValue:
        assert isinstance(register, Constant)
        number, machine = register.value, self._machine
        if self._file == "x" and number == 0:
            return machine.const(0)
        if self._file == "f" and number in machine.shown:
            return machine.canonical(number, machine.shown[number])
        return self.held(number)

    def held(self, number: int) -> LlvmValue:
        """What the variable holds."""
        machine, emitter = self._machine, self._machine.emitter
        name = f"{self._file}{number}"
        machine.touched.add(name)
        assert machine.fetched is None or name in machine.fetched, f"{name} is read and was not fetched"
        value = emitter.name(f"load {self._type}, ptr %{name}.")
        if self._file == "f":
            value = emitter.name(f"bitcast double {value} to i64")
        return LlvmValue(emitter, value, 64)

    def __setitem__(self, register: Place, value: LlvmValue) -> None:
        assert isinstance(register, Constant)
        if self._file == "x" and register.value == 0:
            return
        if value.width != 64:
            raise ValueError(f"{value!r} written to a 64-bit register")
        self._pending[register.value] = value

    def pending(self) -> list[str]:
        return [f"{self._file}{number}" for number in self._pending]

    def commit(self, keep: bool) -> list[str]:
        emitter = self._machine.emitter
        names = []
        for number, value in self._pending.items():
            name = f"{self._file}{number}"
            text = value.text
            if self._file == "f":
                text = emitter.name(f"bitcast i64 {text} to double")
            emitter.line(f"store {self._type} {text}, ptr %{name}.")
            names.append(name)
        self._machine.touched.update(names)
        if self._machine.fetched is not None:
            self._machine.fetched.update(names)
        if not keep:
            self._pending.clear()
        return names


class RegionFloatUnit(X86FloatUnit):
    """Host instructions under the rounding mode that the region assumes. What is portable only has no lowering."""

    machine: RegionMachine

    def _call(self, name: str, arguments: Any, width: int, answer: Any) -> LlvmValue:
        raise UnloweredError(f"floating point: {name}")

    def _asm(self, result: str, template: str, constraints: str, *operands: str) -> str:
        """All registers that the host has, or LLVM would copy from and to those above 15; but what a comparison of
        AVX-512 makes is no vector."""
        constraints = constraints if "cmp" in template else constraints.replace("x", "v")
        return super()._asm(result, template, constraints, *operands)

    def _uses_host(self, rm: LlvmValue) -> bool:
        self.machine.uses_frm = True
        return rm.constant == self.machine.frm

    def _number(self, fmt: int, name: str) -> LlvmValue:
        """What `nans` says may be loose is not asked."""
        return self._to_bits(fmt, name) if self.machine.makes_loose else super()._number(fmt, name)

    def minimum(self, fmt: int, a: LlvmValue, b: LlvmValue) -> LlvmValue:
        return self._extreme(fmt, a, b, a | b, smallest=True)

    def maximum(self, fmt: int, a: LlvmValue, b: LlvmValue) -> LlvmValue:
        return self._extreme(fmt, a, b, a & b, smallest=False)

    def _extreme(self, fmt: int, a: LlvmValue, b: LlvmValue, equal: LlvmValue, *, smallest: bool) -> LlvmValue:
        """NaNs are left to the interpreter before the comparison raises NV for a quiet one. Zeros of either sign
        compare equal; their bits decide, and so they may for other equal numbers."""
        for operand in (a, b):
            magnitude = operand & ((1 << (fmt - 1)) - 1)
            self.machine.bail_if(self.emitter.const(FORMATS[fmt].infinity, fmt).ult(magnitude))
        below, above = self._compare("cmplt", fmt, a, b), self._compare("cmplt", fmt, b, a)
        if not smallest:
            below, above = above, below
        return below.select(a, above.select(b, equal))


def cpu_offset(name: str) -> int:
    """Byte offset in the CPU record of a register named as variables are: `x5`, `f7`."""
    return CPU_OFFSETS[name[0]] + 8 * int(name[1:])


__all__ = ["RegionFloatUnit", "RegionMachine", "UnloweredError", "cpu_offset"]
