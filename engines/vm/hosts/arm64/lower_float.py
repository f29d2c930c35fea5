"""Lowering of floating point to arm64.

FPCR holds the guest's rounding mode and asks for default NaNs, which are RISC-V's canonical ones; FPSR collects flags
(see `abi`). What differs from RISC-V is made up for here:

- *Underflow.* Arm detects tininess before rounding, RISC-V after it. Where FPSR reports an underflow, cold code takes
  the report out of FPSR, asks again with operands scaled up if the result is the least normal number, and writes true
  underflows into the CPU record. So FPSR.UFC is 0 outside of that code.
- *Conversions of NaNs to integers* give 0 on Arm, the largest integer on RISC-V.
- *Minimum and maximum* of a signalling NaN and a number give a NaN on Arm, the number on RISC-V.
- *Rounding modes* named by an instruction are put into FPCR around it; round to nearest, ties away, exists only for
  conversions to integers.
"""

from __future__ import annotations

from typing import Any, Final

from engines.vm.hosts.arm64 import encode as arm
from engines.vm.hosts.arm64.abi import control_of, flags, set_mode
from engines.vm.hosts.arm64.lower import LARGEST_MODE, S0, S1, S2, SPARE, Lowering, Method, integer_methods
from engines.vm.hosts.arm64.registers import CPU, FLOAT_MOVE, FLOAT_SCRATCH, MEMORY, SP, ZR
from engines.vm.hosts.load_store import LENT
from engines.vm.ir.ops import DYNAMIC, OPCODE

F0, F1, F2 = FLOAT_SCRATCH
RESULT: Final = FLOAT_MOVE
_ARITHMETIC: Final = {"fadd": arm.FADD, "fsub": arm.FSUB, "fmul": arm.FMUL, "fdiv": arm.FDIV}
_UNDERFLOW: Final = frozenset((arm.FMUL, arm.FDIV))
"""A sum or difference that is tiny is exact."""
_FUSED: Final = {"fmadd": arm.FMADD, "fmsub": arm.FNMSUB, "fnmsub": arm.FMSUB, "fnmadd": arm.FNMADD}
_TO_INTEGER: Final = (arm.FCVTNS, arm.FCVTZS, arm.FCVTMS, arm.FCVTPS, arm.FCVTAS)
_UFC: Final = 8
_INVALID: Final = 1
_INEXACT: Final = 16
_UF: Final = 2
_SCALE: Final = 64
_MANTISSA: Final = (23, 52)
_BIAS: Final = (127, 1023)
_QUIET_BIT: Final = (1 << 22, 1 << 51)


class FloatLowering(Lowering):
    """`Lowering` with floating point. `double` is 1 for f64, 0 for f32."""

    def mode(self, mode: int) -> bool:
        """Put a named mode into FPCR, the old FPCR into the spare register; whether there was anything to do."""
        mode &= 7
        if mode == DYNAMIC:
            return False
        if mode > LARGEST_MODE:
            raise NotImplementedError(f"rounding mode {mode} does not exist on arm64; screen blocks with `modes`")
        self.asm.mrs(SPARE, arm.FPCR)
        self.asm.imm(S0, control_of(mode))
        self.asm.msr(arm.FPCR, S0)
        return True

    def restore(self, changed: bool) -> None:
        if changed:
            self.asm.msr(arm.FPCR, SPARE)

    # -- arithmetic -----------------------------------------------------------------------------------------------

    def arithmetic(self, number: int, a: int, b: int, opcode: int, double: int, mode: int) -> None:
        s, t = self.float_use(a, F0), self.float_use(b, F1)
        changed = self.mode(mode)
        self.asm.fp(opcode, RESULT, s, t, double)
        if opcode in _UNDERFLOW:
            self.underflow((s, t), opcode, double)
        self.restore(changed)
        self.float_done(number, RESULT)

    def square_root(self, number: int, a: int, double: int, mode: int) -> None:
        s = self.float_use(a, F0)
        changed = self.mode(mode)
        d = self.float_target(number)
        self.asm.fp(arm.FSQRT, d, s, 0, double)
        self.restore(changed)
        self.float_done(number, d)

    def fused_multiply(self, number: int, operands: tuple[int, ...], opcode: int, double: int, mode: int) -> None:
        a, b, c = (self.float_use(value, scratch) for value, scratch in zip(operands, FLOAT_SCRATCH, strict=True))
        changed = self.mode(mode)
        self.asm.fma(opcode, RESULT, a, b, c, double)
        self.underflow((a, b, c), opcode, double)
        self.restore(changed)
        self.float_done(number, RESULT)

    def narrow(self, number: int, a: int, mode: int) -> None:
        s = self.float_use(a, F0)
        changed = self.mode(mode)
        self.asm.fcvt(RESULT, s, 0)
        self.underflow((s,), 0, 0)
        self.restore(changed)
        self.float_done(number, RESULT)

    def underflow(self, operands: tuple[int, ...], opcode: int, double: int) -> None:
        """Look at the exponent of the result: only 0 and 1 can have underflowed."""
        asm = self.asm
        mantissa = _MANTISSA[double]
        cold, back = asm.label(), asm.label()
        asm.convert(arm.TO_INTEGER, S0, RESULT, double, double)
        asm.bitfield(2, S1, S0, mantissa, 62 if double else 30, double)
        asm.add_imm(arm.SUBS, ZR, S1, 1, 0)
        asm.b_if(arm.LS, cold)
        asm.bind(back)
        self.cold.append(lambda: self._underflow(cold, back, operands, opcode, double))

    def _underflow(self, cold: int, back: int, operands: tuple[int, ...], opcode: int, double: int) -> None:
        """S0 has the bits of the result."""
        asm = self.asm
        mantissa = _MANTISSA[double]
        true = asm.label()
        asm.bind(cold)
        asm.mrs(S2, arm.FPSR)
        asm.logical_imm(arm.ANDS, ZR, S2, _UFC)
        asm.b_if(arm.EQ, back)
        asm.logical_imm(arm.AND, S2, S2, ~_UFC)
        asm.msr(arm.FPSR, S2)
        asm.lsl(S1, S0, 1, double)
        asm.logical_imm(arm.EOR, S1, S1, 1 << mantissa + 1, double)
        asm.cbnz(S1, true, double)
        self._scaled(operands, opcode, double)
        asm.convert(arm.TO_INTEGER, S1, RESULT, double, double)
        asm.convert(arm.TO_FLOAT, RESULT, S0, double, double)
        asm.msr(arm.FPSR, S2)
        asm.lsl(S1, S1, 1, double)
        asm.imm(S2, _SCALE + 1 << mantissa + 1)
        asm.rrr(arm.SUBS, ZR, S1, S2, double)
        asm.b_if(arm.HS, back)
        asm.bind(true)
        asm.access(arm.LOADS["i64"], S1, CPU, self.layout["fflags"])
        asm.logical_imm(arm.ORR, S1, S1, _UF)
        asm.access(arm.STORES["i64"], S1, CPU, self.layout["fflags"])
        asm.b(back)

    def _scaled(self, operands: tuple[int, ...], opcode: int, double: int) -> None:
        """The same once more, `2**_SCALE` times as large. Of two factors the smaller is scaled: that is exact."""
        asm = self.asm
        for n, operand in enumerate(operands):
            asm.access(arm.STORES["f64"], operand, SP, LENT + 8 * n)
        for n, scratch in zip(range(len(operands)), FLOAT_SCRATCH, strict=False):
            asm.access(arm.LOADS["f64"], scratch, SP, LENT + 8 * n)
        wide = 1 if not opcode else double
        asm.imm(S1, _BIAS[wide] + _SCALE << _MANTISSA[wide])
        if not opcode:
            asm.convert(arm.TO_FLOAT, F1, S1, 1, 1)
            asm.fp(arm.FMUL, F0, F0, F1)
            asm.fcvt(RESULT, F0, 0)
            return
        if opcode == arm.FDIV:
            asm.convert(arm.TO_FLOAT, RESULT, S1, double, double)
            asm.fp(arm.FMUL, F0, F0, RESULT, double)
            asm.fp(arm.FDIV, RESULT, F0, F1, double)
            return
        magnitude = arm.FABS
        asm.fp(magnitude, RESULT, F0, 0, double)
        asm.fp(magnitude, F2, F1, 0, double)
        asm.fcmp(arm.FCMP, RESULT, F2, double)
        asm.fcsel(F2, F0, F1, arm.MI)
        asm.fcsel(F1, F1, F0, arm.MI)
        asm.convert(arm.TO_FLOAT, RESULT, S1, double, double)
        asm.fp(arm.FMUL, F0, F2, RESULT, double)
        if opcode == arm.FMUL:
            asm.fp(arm.FMUL, RESULT, F0, F1, double)
            return
        asm.access(arm.LOADS["f64"], F2, SP, LENT + 16)
        asm.fp(arm.FMUL, F2, F2, RESULT, double)
        asm.fma(opcode, RESULT, F0, F1, F2, double)

    def extremum(self, number: int, a: int, b: int, opcode: int, double: int) -> None:
        asm = self.asm
        s, t = self.float_use(a, F0), self.float_use(b, F1)
        asm.fp(opcode, RESULT, s, t, double)
        asm.fcmp(arm.FCMP, RESULT, RESULT, double)
        cold, back = asm.label(), asm.label()
        asm.b_if(arm.VS, cold)
        asm.bind(back)
        self.float_done(number, RESULT)

        def not_a_number() -> None:
            """The first operand that is a number, else the canonical NaN that is there already."""
            asm.bind(cold)
            for operand in (s, t):
                other = asm.label()
                asm.fcmp(arm.FCMP, operand, operand, double)
                asm.b_if(arm.VS, other)
                self.copy_float(RESULT, operand)
                asm.b(back)
                asm.bind(other)
            asm.b(back)

        self.cold.append(not_a_number)

    def float_compare(self, number: int, a: int, b: int, opcode: int, condition: int, double: int) -> None:
        self.asm.fcmp(opcode, self.float_use(a, F0), self.float_use(b, F1), double)
        self.truth(number, condition)

    def sign(self, number: int, a: int, opcode: int, double: int) -> None:
        d = self.float_target(number)
        self.asm.fp(opcode, d, self.float_use(a, F0), 0, double)
        self.float_done(number, d)

    def copy_sign(self, number: int, a: int, b: int, double: int) -> None:
        asm = self.asm
        top = 1 << (63 if double else 31)
        asm.convert(arm.TO_INTEGER, S1, self.float_use(a, F0), double, double)
        asm.convert(arm.TO_INTEGER, S2, self.float_use(b, F1), double, double)
        asm.logical_imm(arm.AND, S1, S1, top - 1, double)
        asm.logical_imm(arm.AND, S2, S2, top, double)
        asm.rrr(arm.ORR, S1, S1, S2)
        self.from_register(number, S1, double)

    def classify(self, number: int, a: int, double: int) -> None:
        """Count how many limits the magnitude reaches: 0, subnormal, normal, infinite, then NaNs apart."""
        asm = self.asm
        mantissa = _MANTISSA[double]
        asm.convert(arm.TO_INTEGER, S0, self.float_use(a, F0), double, double)
        asm.lsl(S1, S0, 1, double)
        asm.lsr(S0, S0, 63 if double else 31, double)
        infinite = (2 * _BIAS[double] + 1) << mantissa + 1
        asm.imm(S2, 0)
        for limit in (1, 1 << mantissa + 1, infinite, infinite + 1, infinite + 2 * _QUIET_BIT[double]):
            asm.imm(SPARE, limit)
            asm.rrr(arm.SUBS, ZR, S1, SPARE, double)
            asm.csel(arm.CSINC, S2, S2, S2, arm.LO)
        nan, back = asm.label(), asm.label()
        asm.add_imm(arm.SUBS, ZR, S2, 4)
        asm.b_if(arm.HS, nan)
        asm.imm(SPARE, 3)
        asm.rrr(arm.SUB, SPARE, SPARE, S2)
        asm.add_imm(arm.ADD, S2, S2, 4)
        asm.rrr(arm.SUBS, ZR, S0, ZR)
        asm.csel(arm.CSEL, S2, SPARE, S2, arm.NE)
        asm.bind(back)
        asm.imm(SPARE, 1)
        d = self.target(number)
        asm.rrr(arm.LSLV, d, SPARE, S2)
        self.done(number, d)

        def not_a_number() -> None:
            asm.bind(nan)
            asm.add_imm(arm.ADD, S2, S2, 4)
            asm.b(back)

        self.cold.append(not_a_number)

    # -- conversions ------------------------------------------------------------------------------------------------

    def to_integer(self, number: int, a: int, mode: int, double: int, w: int, *, signed: bool) -> None:
        asm = self.asm
        s = self.float_use(a, F0)
        unsigned = 0 if signed else arm.UNSIGNED
        source = s
        back = asm.label()
        if mode & 7 == DYNAMIC:
            asm.fp(arm.FRINTI, RESULT, s, 0, double)
            source = RESULT
        opcode = _TO_INTEGER[1 if mode & 7 == DYNAMIC else mode & 7] + unsigned
        asm.convert(opcode, S0, source, double, w)
        asm.fcmp(arm.FCMP, s, source, double)
        nan, inexact = asm.label(), asm.label()
        asm.b_if(arm.VS, nan)
        if source != s:
            asm.b_if(arm.NE, inexact)
        asm.bind(back)
        self.done(number, S0)
        bits = 64 if w else 32

        def cold() -> None:
            if source != s:
                asm.bind(inexact)
                asm.mrs(S1, arm.FPSR)
                asm.msr(arm.FPSR, ZR)
                asm.convert(opcode, S0, source, double, w)
                asm.mrs(S2, arm.FPSR)
                asm.rrr(arm.ORR, S1, S1, S2)
                asm.logical_imm(arm.EOR, S2, S2, _INVALID)
                asm.logical_imm(arm.AND, S2, S2, _INVALID)
                asm.rrr(arm.ORR, S1, S1, S2, 1, _INEXACT.bit_length() - 1)
                asm.msr(arm.FPSR, S1)
                asm.b(back)
            asm.bind(nan)
            asm.imm(S0, (1 << bits - 1) - 1 if signed else (1 << bits) - 1)
            asm.b(back)

        self.cold.append(cold)

    def from_integer(self, number: int, a: int, mode: int, double: int, w: int, *, signed: bool) -> None:
        s = self.use(a, S1)
        exact = double and not w
        changed = False if exact else self.mode(mode)
        d = self.float_target(number)
        self.asm.convert(arm.SCVTF + (0 if signed else arm.UNSIGNED), d, s, double, w)
        self.restore(changed)
        self.float_done(number, d)

    def widen(self, number: int, a: int) -> None:
        d = self.float_target(number)
        self.asm.fcvt(d, self.float_use(a, F0), 1)
        self.float_done(number, d)

    def to_bits(self, number: int, a: int, w: int) -> None:
        d = self.target(number)
        self.asm.convert(arm.TO_INTEGER, d, self.float_use(a, F0), w, w)
        self.done(number, d)

    def from_bits(self, number: int, a: int, w: int) -> None:
        self.from_register(number, self.use(a, S0), w)

    def from_register(self, number: int, s: int, double: int) -> None:
        d = self.float_target(number)
        self.asm.convert(arm.TO_FLOAT, d, s, double, double)
        self.float_done(number, d)

    def box(self, number: int, a: int) -> None:
        self.asm.convert(arm.TO_INTEGER, S0, self.float_use(a, F0), 0, 0)
        self.asm.logical_imm(arm.ORR, S0, S0, 0xFFFF_FFFF_0000_0000)
        self.from_register(number, S0, 1)

    def unbox(self, number: int, a: int) -> None:
        asm = self.asm
        asm.convert(arm.TO_INTEGER, S0, self.float_use(a, F0), 1, 1)
        asm.imm(S1, 0x7FC0_0000)
        asm.asr(S2, S0, 32)
        asm.add_imm(arm.ADDS, ZR, S2, 1)
        asm.csel(arm.CSEL, S0, S0, S1, arm.EQ)
        self.from_register(number, S0, 0)

    def low(self, number: int, a: int) -> None:
        self.float_done(number, self.float_use(a, F0))

    def float_select(self, number: int, c: int, a: int, b: int) -> None:
        s, t = self.float_use(a, F0), self.float_use(b, F1)
        condition = self.condition(c)
        d = self.float_target(number)
        self.asm.fcsel(d, s, t, condition)
        self.float_done(number, d)

    # -- flags and mode -----------------------------------------------------------------------------------------------

    def get_flags(self, number: int) -> None:
        flags(self.asm, S0)
        self.load_word(S1, CPU, self.layout["fflags"])
        self.asm.rrr(arm.ORR, S0, S0, S1)
        self.done(number, S0)

    def set_flags(self, a: int) -> None:
        self.asm.logical_imm(arm.AND, S0, self.use(a, S0), 31)
        self.asm.msr(arm.FPSR, ZR)
        self.store_word(S0, CPU, self.layout["fflags"])

    def get_mode(self, number: int) -> None:
        d = self.target(number)
        self.load_word(d, CPU, self.layout["frm"])
        self.done(number, d)

    def set_mode(self, a: int) -> None:
        self.asm.logical_imm(arm.AND, S0, self.use(a, S0), 7)
        self.store_word(S0, CPU, self.layout["frm"])
        set_mode(self.asm, S0)

    def check_mode(self, n: int) -> None:
        self.load_word(S0, CPU, self.layout["frm"])
        self.asm.add_imm(arm.SUBS, ZR, S0, LARGEST_MODE)
        self.asm.b_if(arm.HI, self.interpret_label(n))

    # -- memory -------------------------------------------------------------------------------------------------------

    def load_float(self, number: int, instruction: tuple[int, ...], form: tuple[int, int], size: int) -> None:
        _, base, offset, n = instruction
        index = self.address(number, base, offset, size, n, store=False)
        d = self.float_target(number)
        self.asm.access_indexed(form, d, MEMORY, index)
        self.float_done(number, d)

    def store_float(self, number: int, instruction: tuple[int, ...], form: tuple[int, int], size: int) -> None:
        _, base, value, offset, n = instruction
        s = self.float_use(value, F0)
        self.asm.access_indexed(form, s, MEMORY, self.address(number, base, offset, size, n, store=True))


def float_methods() -> dict[int, Method]:
    """How each floating-point operation is lowered, by opcode."""
    table: Any = {}
    for double, t in ((0, "f32"), (1, "f64")):
        for name, opcode in _ARITHMETIC.items():
            table[OPCODE[f"{name}.{t}"]] = lambda e, v, i, o=opcode, d=double: e.arithmetic(v, i[1], i[2], o, d, i[3])
        for name, opcode in _FUSED.items():
            table[OPCODE[f"{name}.{t}"]] = lambda e, v, i, o=opcode, d=double: e.fused_multiply(v, i[1:4], o, d, i[4])
        for name, opcode in (("fmin", arm.FMINNM), ("fmax", arm.FMAXNM)):
            table[OPCODE[f"{name}.{t}"]] = lambda e, v, i, o=opcode, d=double: e.extremum(v, i[1], i[2], o, d)
        for name, how in (("feq", (arm.FCMP, arm.EQ)), ("flt", (arm.FCMPE, arm.MI)), ("fle", (arm.FCMPE, arm.LS))):
            table[OPCODE[f"{name}.{t}"]] = lambda e, v, i, h=how, d=double: e.float_compare(v, i[1], i[2], *h, d)
        for name, opcode in (("fneg", arm.FNEG), ("fabs", arm.FABS)):
            table[OPCODE[f"{name}.{t}"]] = lambda e, v, i, o=opcode, d=double: e.sign(v, i[1], o, d)
        table[OPCODE[f"fsqrt.{t}"]] = lambda e, v, i, d=double: e.square_root(v, i[1], d, i[2])
        table[OPCODE[f"fcopysign.{t}"]] = lambda e, v, i, d=double: e.copy_sign(v, i[1], i[2], d)
        table[OPCODE[f"fclass.{t}"]] = lambda e, v, i, d=double: e.classify(v, i[1], d)
        for w, kind in ((0, "i32"), (1, "i64")):
            for signed, letter in ((True, "s"), (False, "u")):
                form = (double, w, signed)
                table[OPCODE[f"f2{letter}.{t}.{kind}"]] = lambda e, v, i, h=form: e.to_integer(
                    v, i[1], i[2], h[0], h[1], signed=h[2]
                )
                table[OPCODE[f"{letter}2f.{kind}.{t}"]] = lambda e, v, i, h=form: e.from_integer(
                    v, i[1], i[2], h[0], h[1], signed=h[2]
                )
        size = 8 if double else 4
        table[OPCODE[f"load.{t}"]] = lambda e, v, i, f=arm.LOADS[t], z=size: e.load_float(v, i, f, z)
        table[OPCODE[f"store.{t}"]] = lambda e, v, i, f=arm.STORES[t], z=size: e.store_float(v, i, f, z)
        table[OPCODE[f"select.{t}"]] = lambda e, v, i: e.float_select(v, i[1], i[2], i[3])
    table[OPCODE["bits.f32.i32"]] = lambda e, v, i: e.to_bits(v, i[1], 0)
    table[OPCODE["bits.f64.i64"]] = lambda e, v, i: e.to_bits(v, i[1], 1)
    table[OPCODE["float.i32.f32"]] = lambda e, v, i: e.from_bits(v, i[1], 0)
    table[OPCODE["float.i64.f64"]] = lambda e, v, i: e.from_bits(v, i[1], 1)
    table[OPCODE["nanbox.f32.f64"]] = lambda e, v, i: e.box(v, i[1])
    table[OPCODE["unbox.f64.f32"]] = lambda e, v, i: e.unbox(v, i[1])
    table[OPCODE["low.f64.f32"]] = lambda e, v, i: e.low(v, i[1])
    table[OPCODE["fwiden.f32.f64"]] = lambda e, v, i: e.widen(v, i[1])
    table[OPCODE["fnarrow.f64.f32"]] = lambda e, v, i: e.narrow(v, i[1], i[2])
    table[OPCODE["getflags"]] = lambda e, v, i: e.get_flags(v)
    table[OPCODE["setflags"]] = lambda e, v, i: e.set_flags(i[1])
    table[OPCODE["getmode"]] = lambda e, v, i: e.get_mode(v)
    table[OPCODE["setmode"]] = lambda e, v, i: e.set_mode(i[1])
    table[OPCODE["checkmode"]] = lambda e, v, i: e.check_mode(i[1])
    table[OPCODE["get.f64"]] = lambda e, v, i: e.get_float(v, i[1])
    methods: dict[int, Method] = table
    return methods


def methods() -> dict[int, Method]:
    """All operations that this host lowers."""
    return {**integer_methods(), **float_methods()}


__all__ = ["FloatLowering", "methods"]
