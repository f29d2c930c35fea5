"""Floating point by the x86_64 host: SSE2 or AVX instructions, FMA3 where the processor has it.

While native code runs, MXCSR holds the guest's rounding mode (RMM, which x86 lacks, leaves nearest-even there and every
operation to the portable functions), all exceptions are masked, and denormals are not flushed. The sticky flags of
MXCSR collect what the instructions raise; the guest's fflags are `cpu.fflags` OR those (Intel SDM Vol. 1 §10.2.3).

Every instruction that depends on MXCSR or changes it is `asm sideeffect`: LLVM neither reorders nor drops these, and
knows no floating-point operation that it could fold. x86 detects tininess after rounding, as RISC-V does.

An operation that answers a NaN leaves it to the portable functions, which see the same operands: that makes the NaN
canonical, and raises NV for `∞ × 0 + qNaN`, which x86 does not. What the host had raised by then, they raise too.
"""

from __future__ import annotations

from typing import Final

from engines.vm.softfloat import FORMATS, RMM, RTZ, from_int
from engines.vm.tiers.interpreter.emitter import Emitter
from engines.vm.tiers.interpreter.float_unit import FloatSupport, FloatUnit, UnitMachine, widened
from engines.vm.tiers.interpreter.layout import CONTEXT_OFFSETS, CPU_OFFSETS
from engines.vm.tiers.interpreter.values import LlvmValue

MASKED: Final = 0x1F80
"""MXCSR with all exceptions masked, nearest-even, no flag raised, denormals kept."""
ROUNDING_SHIFT: Final = 13
ROUNDING_CONTROL: Final = 0b10_01_11_00
"""RC by frm, two bits each: RNE 00, RTZ 11, RDN 01, RUP 10; 00 for any frm above."""
FLAG_BITS: Final = ((0, 4), (2, 3), (3, 2), (4, 1), (5, 0))
"""Bits of MXCSR and of fflags: IE is NV, ZE is DZ, OE is OF, UE is UF, PE is NX. DE (bit 1) has no counterpart."""
SCALAR: Final = {32: "ss", 64: "sd"}
FLOAT: Final = {32: "float", 64: "double"}


class X86FloatSupport(FloatSupport):
    """Floating point for one module on an x86_64 host.

    Args:
        avx: write VEX instructions; mixing the older ones with LLVM's own AVX code would cost.
        fma: the processor has FMA3.
        avx512: it has AVX-512F.
    """

    def __init__(self, *, avx: bool, fma: bool, avx512: bool = False) -> None:
        super().__init__()
        self.avx = avx
        self.fma = fma and avx
        self.avx512 = avx512 and avx

    def unit(self, machine: UnitMachine) -> FloatUnit:
        """The host's unit for a fast handler, the portable one for a careful handler."""
        return X86FloatUnit(self, machine)

    def enter(self, emitter: Emitter, context: str, cpu: str) -> None:
        """Keep the host's MXCSR in `context.float_saved` and load the guest's."""
        saved = emitter.offset(context, CONTEXT_OFFSETS["float_saved"])
        scratch = emitter.offset(saved, 8)
        emitter.line(f'call void asm sideeffect "stmxcsr ($0)", "r,~{{memory}}"(ptr {saved})')
        frm = emitter.load(emitter.offset(cpu, CPU_OFFSETS["frm"]), 64)
        load_rounding(emitter, scratch, frm)

    def leave(self, emitter: Emitter, context: str, cpu: str) -> None:
        """Add the flags to `cpu.fflags` and restore the host's MXCSR, flags and all."""
        saved = emitter.offset(context, CONTEXT_OFFSETS["float_saved"])
        pointer = emitter.offset(cpu, CPU_OFFSETS["fflags"])
        emitter.store(pointer, emitter.load(pointer, 64) | raised(emitter, emitter.offset(saved, 8)))
        emitter.line(f'call void asm sideeffect "ldmxcsr ($0)", "r,~{{memory}}"(ptr {saved})')


def load_rounding(emitter: Emitter, scratch: str, frm: LlvmValue) -> None:
    """Put the mode of `frm` (64 bits, below 8) into MXCSR and clear its flags."""
    control = (emitter.const(ROUNDING_CONTROL).lshr((frm & 7).shl(1)) & 3).shl(ROUNDING_SHIFT) | MASKED
    emitter.store(scratch, control.trunc(32))
    emitter.line(f'call void asm sideeffect "ldmxcsr ($0)", "r,~{{memory}}"(ptr {scratch})')


def raised(emitter: Emitter, scratch: str) -> LlvmValue:
    """The flags of MXCSR as fflags, 64 bits."""
    emitter.line(f'call void asm sideeffect "stmxcsr ($0)", "r,~{{memory}}"(ptr {scratch})')
    control = emitter.load(scratch, 32).zext(64)
    flags = emitter.const(0)
    for host, guest in FLAG_BITS:
        flags = flags | (control.lshr(host) & 1).shl(guest)
    return flags


class X86FloatUnit(FloatUnit):
    """Host instructions in fast handlers. `%context.float_saved[1]` is its scratch memory."""

    support: X86FloatSupport

    def __init__(self, support: X86FloatSupport, machine: UnitMachine) -> None:
        super().__init__(support, machine)

    # -- fcsr -----------------------------------------------------------------------------------------------------

    def _scratch(self) -> str:
        return self.emitter.offset("%context", CONTEXT_OFFSETS["float_saved"] + 8)

    def fflags(self) -> LlvmValue:
        return self._cpu_load("fflags") | raised(self.emitter, self._scratch())

    def set_fcsr(self, fflags: LlvmValue, frm: LlvmValue) -> None:
        super().set_fcsr(fflags, frm)
        load_rounding(self.emitter, self._scratch(), frm)

    # -- host instructions ----------------------------------------------------------------------------------------

    def _uses_host(self, rm: LlvmValue) -> bool:
        """Whether the host may compute; if so, go on only where its mode is `rm`."""
        if self.machine.careful or rm.constant == RMM:
            return False
        frm = self._cpu_load("frm").trunc(3)
        mode = rm.trunc(3)
        if rm.constant is None:
            self.machine.bail_if(frm.ne(mode) | self.emitter.const(RMM - 1, 3).ult(frm))
        else:
            self.machine.bail_if(frm.ne(mode))
        return True

    def _to_float(self, fmt: int, bits: LlvmValue) -> str:
        return self.emitter.name(f"bitcast i{fmt} {bits.text} to {FLOAT[fmt]}")

    def _to_bits(self, fmt: int, name: str) -> LlvmValue:
        return self.emitter.value(f"bitcast {FLOAT[fmt]} {name} to i{fmt}", fmt)

    def _asm(self, result: str, template: str, constraints: str, *operands: str) -> str:
        return self.emitter.name(f'call {result} asm sideeffect "{template}", "{constraints}"({", ".join(operands)})')

    def _operate(self, mnemonic: str, fmt: int, *operands: LlvmValue) -> str:
        """`mnemonic` with the format's suffix on one or two operands, or three for FMA; the result's name."""
        t = FLOAT[fmt]
        texts = [f"{t} {self._to_float(fmt, operand)}" for operand in operands]
        name = f"{mnemonic}{SCALAR[fmt]}"
        if len(operands) == 3:
            return self._asm(t, f"v{name} $3, $2, $0", "=x,0,x,x", *texts)
        if not self.support.avx:
            constraints = "=x,0,x" if len(operands) == 2 else "=x,x"
            return self._asm(t, f"{name} ${len(operands)}, $0", constraints, *texts)
        if len(operands) == 2:
            return self._asm(t, f"v{name} $2, $1, $0", "=x,x,x", *texts)
        return self._asm(t, f"v{name} $1, $1, $0", "=x,x", *texts)

    def _number(self, fmt: int, name: str) -> LlvmValue:
        """The bits of a result, which is left to the portable functions if it is a NaN.

        It is never a signalling one, so the comparison raises nothing.
        """
        self.machine.bail_if(self.emitter.value(f"fcmp uno {FLOAT[fmt]} {name}, {name}", 1))
        return self._to_bits(fmt, name)

    # -- operations -----------------------------------------------------------------------------------------------

    def add(self, fmt: int, a: LlvmValue, b: LlvmValue, rm: LlvmValue) -> LlvmValue:
        if not self._uses_host(rm):
            return super().add(fmt, a, b, rm)
        return self._number(fmt, self._operate("add", fmt, a, b))

    def sub(self, fmt: int, a: LlvmValue, b: LlvmValue, rm: LlvmValue) -> LlvmValue:
        if not self._uses_host(rm):
            return super().sub(fmt, a, b, rm)
        return self._number(fmt, self._operate("sub", fmt, a, b))

    def mul(self, fmt: int, a: LlvmValue, b: LlvmValue, rm: LlvmValue) -> LlvmValue:
        if not self._uses_host(rm):
            return super().mul(fmt, a, b, rm)
        return self._number(fmt, self._operate("mul", fmt, a, b))

    def div(self, fmt: int, a: LlvmValue, b: LlvmValue, rm: LlvmValue) -> LlvmValue:
        if not self._uses_host(rm):
            return super().div(fmt, a, b, rm)
        return self._number(fmt, self._operate("div", fmt, a, b))

    def sqrt(self, fmt: int, a: LlvmValue, rm: LlvmValue) -> LlvmValue:
        if not self._uses_host(rm):
            return super().sqrt(fmt, a, rm)
        return self._number(fmt, self._operate("sqrt", fmt, a))

    def fma(
        self,
        fmt: int,
        a: LlvmValue,
        b: LlvmValue,
        c: LlvmValue,
        rm: LlvmValue,
        *,
        negate_product: bool,
        negate_addend: bool,
    ) -> LlvmValue:
        if not self.support.fma or not self._uses_host(rm):
            return super().fma(fmt, a, b, c, rm, negate_product=negate_product, negate_addend=negate_addend)
        mnemonic = f"f{'n' if negate_product else ''}m{'sub' if negate_addend else 'add'}213"
        return self._number(fmt, self._operate(mnemonic, fmt, a, b, c))

    def eq(self, fmt: int, a: LlvmValue, b: LlvmValue) -> LlvmValue:
        if self.machine.careful:
            return super().eq(fmt, a, b)
        return self._compare("cmpeq", fmt, a, b)

    def lt(self, fmt: int, a: LlvmValue, b: LlvmValue) -> LlvmValue:
        if self.machine.careful:
            return super().lt(fmt, a, b)
        return self._compare("cmplt", fmt, a, b)

    def le(self, fmt: int, a: LlvmValue, b: LlvmValue) -> LlvmValue:
        if self.machine.careful:
            return super().le(fmt, a, b)
        return self._compare("cmple", fmt, a, b)

    def _compare(self, mnemonic: str, fmt: int, a: LlvmValue, b: LlvmValue) -> LlvmValue:
        """Predicates 0, 1 and 2 of cmpsd: EQ is quiet, LT and LE signal; a mask of ones where true (SDM, CMPSD)."""
        return self._to_bits(fmt, self._operate(mnemonic, fmt, a, b)).trunc(1)

    def to_int(self, fmt: int, a: LlvmValue, width: int, signed: bool, rm: LlvmValue) -> LlvmValue:
        if self.machine.careful or (rm.constant != RTZ and not self._uses_host(rm)):
            return super().to_int(fmt, a, width, signed, rm)
        if not signed:
            # Bits compare like numbers where the sign is +; -0 and NaNs are above the bound.
            exact = from_int(fmt, (1 << 32) - 1 if width == 32 else (1 << 63) - 1, 64, True, RTZ)[0]
            self.machine.bail_if(self.emitter.const(exact, fmt).ult(a))
        host_width = width if signed else 64
        mnemonic = f"{'v' if self.support.avx else ''}cvt{'t' if rm.constant == RTZ else ''}{SCALAR[fmt]}2si"
        operand = f"{FLOAT[fmt]} {self._to_float(fmt, a)}"
        name = self._asm(f"i{host_width}", f"{mnemonic} $1, $0", "=r,x", operand)
        result = LlvmValue(self.emitter, name, host_width)
        if signed:
            # The "integer indefinite": out of range, or truly the most negative number.
            self.machine.bail_if(result.eq(1 << (width - 1)))
        return result.trunc(width)

    def from_int(self, fmt: int, a: LlvmValue, signed: bool, rm: LlvmValue) -> LlvmValue:
        """An integer of 32 bits is exact in 64, whatever the mode."""
        exact = a.width < FORMATS[fmt].precision
        if self.machine.careful or (not exact and not self._uses_host(rm)):
            return super().from_int(fmt, a, signed, rm)
        value, as_signed = widened(a, signed)
        if not as_signed:
            self.machine.bail_if(value.slt(0))
        suffix = f"cvtsi2{SCALAR[fmt]}q"
        t = FLOAT[fmt]
        template = f"v{suffix} $1, $2, $0" if self.support.avx else f"{suffix} $1, $0"
        constraints = "=x,r,x" if self.support.avx else "=x,r,0"
        name = self._asm(t, template, constraints, f"i64 {value.text}", f"{t} 0.0")
        return self._to_bits(fmt, name)

    def convert(self, source_fmt: int, target_fmt: int, a: LlvmValue, rm: LlvmValue) -> LlvmValue:
        widens = source_fmt < target_fmt
        if self.machine.careful or (not widens and not self._uses_host(rm)):
            return super().convert(source_fmt, target_fmt, a, rm)
        name = f"cvt{SCALAR[source_fmt]}2{SCALAR[target_fmt]}"
        template = f"v{name} $1, $1, $0" if self.support.avx else f"{name} $1, $0"
        operand = f"{FLOAT[source_fmt]} {self._to_float(source_fmt, a)}"
        return self._number(target_fmt, self._asm(FLOAT[target_fmt], template, "=x,x", operand))
