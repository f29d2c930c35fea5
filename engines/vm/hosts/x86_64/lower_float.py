"""Lowering of floating point to x86_64 with AVX and FMA3.

MXCSR holds the guest's rounding mode and collects its flags while native code runs, as in
`engines.vm.tiers.interpreter.float_unit_x86_64`. The region's entry checks that the mode is the one assumed. A result
that is a NaN becomes the canonical one in cold code; `∞ × 0 + qNaN`, where x86 raises nothing, is made up for there.

Doubles that arithmetic makes are *loose* at first: a NaN among them stands for the canonical one whatever its bits are.
They are settled before anything looks at their bits: moves, stores, guest registers in memory. Pinned guest registers
are settled at the end of a block, two by one comparison, or on the way out of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any, Final

from engines.vm.hosts.selection import Selection
from engines.vm.hosts.x86_64 import encode as x86
from engines.vm.hosts.x86_64.abi import FLOAT_CONTROL, LENT_HOME, slot_offset
from engines.vm.hosts.x86_64.lower import Lowering, Method, integer_methods, signed32
from engines.vm.hosts.x86_64.registers import CPU, MEMORY, RAX, RCX, RDX, RSP
from engines.vm.ir.block import Block
from engines.vm.ir.ops import ARITY, OPCODE, OPS, Instruction
from engines.vm.ir.types import Type
from engines.vm.regalloc.linear_scan import FLOAT_PLACE, STACK, Allocation
from engines.vm.regalloc.liveness import Step

T0: Final = 14
T1: Final = 15
_CANONICAL: Final = {1: 0x7FF8_0000_0000_0000, 0: 0x7FC0_0000}
_ARITHMETIC: Final = {"fadd": 0x58, "fmul": 0x59, "fsub": 0x5C, "fdiv": 0x5E}
_FUSED: Final = {"fmadd": 0xA9, "fmsub": 0xAB, "fnmsub": 0xAD, "fnmadd": 0xAF}
_MXCSR_INVALID: Final = 1
_NOTHING: Final[frozenset[int]] = frozenset()


_SAME_TO_ALL_NANS: Final = frozenset(
    op.code
    for op in OPS
    if op.operation in {*_ARITHMETIC, *_FUSED, "fsqrt", "feq", "flt", "fle", "f2s", "fwiden", "fnarrow"}
)
"""Operations whose result and flags do not depend on which quiet NaN an operand is."""


_LOOKS: Final = {
    op.code: tuple(1 + k for k, type in enumerate(op.operands) if type is Type.F64)
    for op in OPS
    if Type.F64 in op.operands and op.code not in _SAME_TO_ALL_NANS and op.operation != "put"
}
"""Operations that depend on which NaN an operand is, and where these operands stand."""
_SETTLES: Final = frozenset(OPCODE[name] for name in ("jump", "branch", "jumpto", "exitif"))


def _bare(code: list[Instruction]) -> set[int]:
    """The values that others see as they are: guest registers, memory, moves and bits."""
    return {v for i in code if i[0] not in _SAME_TO_ALL_NANS for v in i[1 : 1 + ARITY[i[0]]]}


class FloatLowering(Lowering):
    """`Lowering` with floating point. `double` is 1 for f64, 0 for f32."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._settled: dict[tuple[int, frozenset[int]], int] = {}

    bare_of: list[Instruction] | None = None
    bare: AbstractSet[int] = frozenset()
    loose: set[int]
    """Values of the block that are."""

    def block(self, block: Block, selection: Selection, allocation: Allocation) -> None:
        self.loose = set()
        self.unsettled = _NOTHING
        super().block(block, selection, allocation)

    # -- loose doubles ----------------------------------------------------------------------------------------------

    def settle(self, value: int) -> None:
        """Make a value's bits what they must be, in its place."""
        if value not in self.loose:
            return
        self.loose.discard(value)
        asm = self.asm
        place = self.places[value]
        register = self.float_use(value, T0)
        if self.unsettled:
            self.unsettled -= {slot for slot in self.unsettled if self.pins[slot] == place}
        fix, back = asm.label(), asm.label()
        self.unordered(register, register, 1)
        asm.jcc(x86.P, fix)
        asm.bind(back)

        def cold() -> None:
            asm.bind(fix)
            asm.imm(RAX, _CANONICAL[1])
            self.from_integer(register, RAX)
            if place >= STACK:
                asm.float_store(register, RSP, slot_offset(place - STACK))
            asm.jmp(back)

        self.cold.append(cold)

    def have_put(self, run: Sequence[Step]) -> None:
        if not self.loose and not self.unsettled:
            return
        unsettled = set(self.unsettled)
        for step in run:
            if self.pins.get(step.slot, 0) >= FLOAT_PLACE:
                value = self.code[step.value][1]
                (unsettled.add if value in self.loose else unsettled.discard)(step.slot)
        self.unsettled = frozenset(unsettled)

    def settle_all(self) -> None:
        """Settle the pinned guest registers, two by one comparison."""
        asm = self.asm
        registers = sorted(self.pins[slot] - FLOAT_PLACE for slot in self.unsettled)
        self.unsettled = _NOTHING
        for at in range(0, len(registers), 2):
            pair = registers[at : at + 2]
            fix, back = asm.label(), asm.label()
            self.unordered(pair[0], pair[-1], 1)
            asm.jcc(x86.P, fix)
            asm.bind(back)
            self.cold.append(partial(self._settle_registers, pair, RAX, fix, back))

    def _settle_registers(self, registers: Sequence[int], scratch: int, label: int, onward: int) -> None:
        asm = self.asm
        asm.bind(label)
        for register in registers:
            over = asm.label()
            self.unordered(register, register, 1)
            asm.jcc(x86.NP, over)
            asm.imm(scratch, _CANONICAL[1])
            self.from_integer(register, scratch)
            asm.bind(over)
        asm.jmp(onward)

    def settled(self, label: int) -> int:
        if not self.unsettled:
            return label
        key = (label, self.unsettled)
        found = self._settled.get(key)
        if found is None:
            found = self._settled[key] = self.asm.label()
            registers = sorted(self.pins[slot] - FLOAT_PLACE for slot in self.unsettled)
            self.cold.append(partial(self._settle_registers, registers, RDX, found, label))
        return found

    def _control(self, instruction: Instruction) -> None:
        if self.unsettled and instruction[0] in _SETTLES:
            self.settle_all()
        super()._control(instruction)

    # -- places -----------------------------------------------------------------------------------------------------

    def float_use(self, value: int, scratch: int) -> int:
        constant = self.constants.get(value)
        if constant is not None:
            self.asm.imm(RAX, constant)
            self.from_integer(scratch, RAX)
            return scratch
        place = self.places[value]
        if place < STACK:
            return place - FLOAT_PLACE
        self.asm.float_load(scratch, RSP, slot_offset(place - STACK))
        return scratch

    def float_target(self, value: int) -> int:
        place = self.places[value]
        return place - FLOAT_PLACE if place < STACK else T0

    def float_done(self, value: int, register: int) -> None:
        place = self.places[value]
        if place >= STACK:
            self.asm.float_store(register, RSP, slot_offset(place - STACK))
        elif place - FLOAT_PLACE != register:
            self.copy(place - FLOAT_PLACE, register)

    def copy(self, d: int, s: int) -> None:
        if d != s:
            self.asm.vex(x86.PP_NONE, 0x28, d, 0, s)

    def from_integer(self, d: int, s: int) -> None:
        self.asm.vex(x86.PP_66, 0x6E, d, 0, s, 1)

    def to_integer(self, d: int, s: int, w: int = 1) -> None:
        self.asm.vex(x86.PP_66, 0x7E, s, 0, d, w)

    def scalar(self, opcode: int, d: int, a: int, b: int, double: int) -> None:
        self.asm.vex(x86.PP_F2 if double else x86.PP_F3, opcode, d, a, b)

    def unordered(self, a: int, b: int, double: int) -> None:
        """vucomis: sets P where one is a NaN."""
        self.asm.vex(x86.PP_66 if double else x86.PP_NONE, 0x2E, a, 0, b)

    def canonical(self, number: int, d: int, double: int) -> None:
        """Make a NaN in `d`, the result of `number`, the canonical one: later if it is a double, and not at all if only
        operations ask for it to which all quiet NaNs are the same."""
        asm = self.asm
        if self.bare_of is not self.code:
            self.bare_of, self.bare = self.code, _bare(self.code)
        if number not in self.bare:
            return
        if double:
            self.loose.add(number)
            return
        fix, back = asm.label(), asm.label()
        self.unordered(d, d, double)
        asm.jcc(x86.P, fix)
        asm.bind(back)

        def cold() -> None:
            asm.bind(fix)
            asm.imm(RAX, _CANONICAL[double])
            self.from_integer(d, RAX)
            asm.jmp(back)

        self.cold.append(cold)

    # -- operations -------------------------------------------------------------------------------------------------

    def arithmetic(self, number: int, a: int, b: int, opcode: int, double: int) -> None:
        s, t = self.float_use(a, T0), self.float_use(b, T1)
        d = self.float_target(number)
        self.scalar(opcode, d, s, t, double)
        self.canonical(number, d, double)
        self.float_done(number, d)

    def square_root(self, number: int, a: int, double: int) -> None:
        s = self.float_use(a, T0)
        d = self.float_target(number)
        self.scalar(0x51, d, s, s, double)
        self.canonical(number, d, double)
        self.float_done(number, d)

    def fused_multiply(self, number: int, operands: tuple[int, ...], opcode: int, double: int) -> None:
        """An operand that is in no register goes to the second scratch register, a second such one to one borrowed."""
        asm = self.asm
        places = [self.places.get(value, STACK) for value in operands]
        self.copy(T0, self.float_use(operands[0], T0))
        where = [place - FLOAT_PLACE for place in places[1:]]
        lent = -1
        spare = T1
        for index, place in enumerate(places[1:]):
            if place >= STACK:
                if spare != T1:
                    lent = next(r for r in range(T0) if r + FLOAT_PLACE not in (*places, self.places[number]))
                    asm.float_store(lent, RSP, LENT_HOME)
                    spare = lent
                where[index] = self.float_use(operands[1 + index], spare)
                spare = -1
        b, c = where
        asm.vex(x86.PP_66, opcode, T0, b, c, double, table=2)
        fix, back = asm.label(), asm.label()
        self.unordered(T0, T0, double)
        asm.jcc(x86.P, fix)
        asm.bind(back)
        if lent >= 0:
            asm.float_load(lent, RSP, LENT_HOME)
        self.float_done(number, T0)
        a = self.constants.get(operands[0])
        self.cold.append(lambda: self._fused_nan(fix, back, (places[0], a, b, c), double))

    def _fused_nan(self, fix: int, back: int, operands: tuple[int, int | None, int, int], double: int) -> None:
        """Where the addend is a NaN, ask for the product alone: it alone raises NV for `∞ × 0`."""
        asm = self.asm
        place, constant, b, c = operands
        done = asm.label()
        asm.bind(fix)
        self.unordered(c, c, double)
        asm.jcc(x86.NP, done)
        if constant is not None:
            asm.imm(RAX, constant)
            self.from_integer(T0, RAX)
        elif place >= STACK:
            asm.float_load(T0, RSP, slot_offset(place - STACK))
        else:
            self.copy(T0, place - FLOAT_PLACE)
        asm.mxcsr(3, RSP, FLOAT_CONTROL)
        self.scalar(0x59, T0, T0, b, double)
        asm.mxcsr(3, RSP, FLOAT_CONTROL + 4)
        asm.load(RAX, RSP, FLOAT_CONTROL + 4, 0)
        asm.alu_imm(x86.AND, RAX, _MXCSR_INVALID, 0)
        asm.rm(0x09, RAX, RSP, FLOAT_CONTROL, 0)
        asm.mxcsr(2, RSP, FLOAT_CONTROL)
        asm.bind(done)
        asm.imm(RAX, _CANONICAL[double])
        self.from_integer(T0, RAX)
        asm.jmp(back)

    def float_compare(self, number: int, a: int, b: int, predicate: int, double: int) -> None:
        """Predicates 0, 1 and 2 of vcmps: EQ is quiet; LT and LE signal, as vcomis does."""
        s, t = self.float_use(a, T0), self.float_use(b, T1)
        if predicate:
            self.asm.vex(x86.PP_66 if double else x86.PP_NONE, 0x2F, t, 0, s)
            return self.truth(number, x86.A if predicate == 1 else x86.AE)
        self.scalar(0xC2, T0, s, t, double)
        self.asm.code.append(predicate)
        self.to_integer(RAX, T0, 0)
        self.asm.alu_imm(x86.AND, RAX, 1, 0)
        return self.done(number, RAX)

    def sign(self, number: int, a: int, double: int, *, clear: bool) -> None:
        self.to_integer(RAX, self.float_use(a, T0))
        top = 63 if double else 31
        self.asm.rr(0x1BA, 6 if clear else 7, RAX)  # btr, btc
        self.asm.code.append(top)
        d = self.float_target(number)
        self.from_integer(d, RAX)
        self.float_done(number, d)

    def copy_sign(self, number: int, a: int, b: int, double: int) -> None:
        asm = self.asm
        s, t = self.float_use(a, T0), self.float_use(b, T1)
        self.to_integer(RCX, t, double)
        self.to_integer(RAX, s, double)
        top = 63 if double else 31
        asm.shift_imm(x86.SHR, RCX, top, double)
        asm.shift_imm(x86.SHL, RCX, top, double)
        asm.rr(0x1BA, 6, RAX)
        asm.code.append(top)
        asm.alu(x86.OR, RAX, RCX)
        d = self.float_target(number)
        self.from_integer(d, RAX)
        self.float_done(number, d)

    def to_bits(self, number: int, a: int, w: int) -> None:
        d = self.target(number)
        self.to_integer(d, self.float_use(a, T0), w)
        self.done(number, d)

    def from_bits(self, number: int, a: int) -> None:
        d = self.float_target(number)
        self.from_integer(d, self.use(a, RAX))
        self.float_done(number, d)

    def box(self, number: int, a: int) -> None:
        asm = self.asm
        self.to_integer(RAX, self.float_use(a, T0), 0)
        asm.imm(RCX, 0xFFFF_FFFF_0000_0000)
        asm.alu(x86.OR, RAX, RCX)
        d = self.float_target(number)
        self.from_integer(d, RAX)
        self.float_done(number, d)

    def unbox(self, number: int, a: int) -> None:
        asm = self.asm
        s = self.float_use(a, T0)
        self.to_integer(RAX, s)
        asm.shift_imm(x86.SHR, RAX, 32)
        asm.alu_imm(x86.CMP, RAX, -1, 0)
        fix, back = asm.label(), asm.label()
        d = self.float_target(number)
        self.copy(d, s)
        asm.jcc(x86.NE, fix)
        asm.bind(back)
        self.float_done(number, d)

        def cold() -> None:
            asm.bind(fix)
            asm.imm(RAX, _CANONICAL[0])
            self.from_integer(d, RAX)
            asm.jmp(back)

        self.cold.append(cold)

    def low(self, number: int, a: int) -> None:
        self.float_done(number, self.float_use(a, T0))

    def to_signed(self, number: int, a: int, mode: int, double: int, w: int) -> None:
        """Out of range and NaNs answer the "integer indefinite", which is RISC-V's answer for negative ones alone."""
        asm = self.asm
        s = self.float_use(a, T0)
        asm.vex(x86.PP_F2 if double else x86.PP_F3, 0x2C if mode & 7 == 1 else 0x2D, RAX, 0, s, w)
        fix, back = asm.label(), asm.label()
        asm.imm(RCX, 1 << (63 if w else 31))
        asm.alu(x86.CMP, RAX, RCX, w)
        asm.jcc(x86.E, fix)
        asm.bind(back)
        self.done(number, RAX)

        def cold() -> None:
            asm.bind(fix)
            asm.vex(x86.PP_66, 0xEF, T1, T1, T1)
            self.unordered(s, T1, double)
            largest = asm.label()
            asm.jcc(x86.P, largest)
            asm.jcc(x86.BE, back)
            asm.bind(largest)
            asm.alu_imm(x86.SUB, RAX, 1, w)
            asm.jmp(back)

        self.cold.append(cold)

    def from_signed(self, number: int, a: int, double: int, w: int) -> None:
        asm = self.asm
        s = self.use(a, RAX)
        d = self.float_target(number)
        asm.vex(x86.PP_66, 0xEF, T1, T1, T1)
        asm.vex(x86.PP_F2 if double else x86.PP_F3, 0x2A, d, T1, s, w)
        self.float_done(number, d)

    def from_unsigned32(self, number: int, a: int, double: int) -> None:
        asm = self.asm
        s = self.use(a, RAX)
        asm.mov(RAX, s, 0)
        d = self.float_target(number)
        asm.vex(x86.PP_66, 0xEF, T1, T1, T1)
        asm.vex(x86.PP_F2 if double else x86.PP_F3, 0x2A, d, T1, RAX, 1)
        self.float_done(number, d)

    def convert(self, number: int, a: int, widen: int) -> None:
        s = self.float_use(a, T0)
        d = self.float_target(number)
        self.scalar(0x5A, d, s, s, 1 - widen)
        self.canonical(number, d, widen)
        self.float_done(number, d)

    def float_select(self, number: int, c: int, a: int, b: int) -> None:
        asm = self.asm
        self.copy(T1, self.float_use(a, T1))
        self.copy(T0, self.float_use(b, T0))
        over = asm.label()
        asm.jcc(self.condition(c) ^ 1, over)
        self.copy(T0, T1)
        asm.bind(over)
        self.float_done(number, T0)

    # -- memory and guest registers -----------------------------------------------------------------------------------

    def load_float(self, number: int, instruction: tuple[int, ...], double: int) -> None:
        _, base, offset, n = instruction
        index, disp = self.address(number, base, offset, 8 if double else 4, n, store=False)
        d = self.float_target(number)
        self.may_fault(n)
        self.asm.float_load(d, MEMORY, disp, bool(double), index)
        self.float_done(number, d)

    def store_float(self, number: int, instruction: tuple[int, ...], double: int) -> None:
        _, base, value, offset, n = instruction
        s = self.float_use(value, T0)
        index, disp = self.address(number, base, offset, 8 if double else 4, n, store=True)
        self.may_fault(n)
        self.asm.float_store(s, MEMORY, disp, bool(double), index)

    def get_float(self, number: int, slot: int) -> None:
        pin = self.pins.get(slot)
        if pin is not None:
            if slot in self.unsettled:
                self.loose.add(number)
            self.float_done(number, pin - FLOAT_PLACE)
            return
        d = self.float_target(number)
        self.asm.float_load(d, CPU, self.slots[slot].offset)
        self.float_done(number, d)

    def put_float_memory(self, slot: int, value: int) -> None:
        self.settle(value)
        self.asm.float_store(self.float_use(value, T0), CPU, self.slots[slot].offset)

    def put_constant(self, place: int, constant: int) -> None:
        if place < FLOAT_PLACE:
            self.asm.imm(place, constant)
        else:
            self.asm.imm(RAX, constant)
            self.from_integer(place - FLOAT_PLACE, RAX)


def float_methods() -> dict[int, Method]:
    """How each floating-point operation is lowered, by opcode. What is missing is left to the interpreter."""
    table: Any = {}
    for double, t in ((0, "f32"), (1, "f64")):
        for name, opcode in _ARITHMETIC.items():
            table[OPCODE[f"{name}.{t}"]] = lambda e, v, i, o=opcode, d=double: e.arithmetic(v, i[1], i[2], o, d)
        for name, opcode in _FUSED.items():
            table[OPCODE[f"{name}.{t}"]] = lambda e, v, i, o=opcode, d=double: e.fused_multiply(v, i[1:4], o, d)
        for predicate, name in enumerate(("feq", "flt", "fle")):
            code = OPCODE[f"{name}.{t}"]
            table[code] = lambda e, v, i, p=predicate, d=double: e.float_compare(v, i[1], i[2], p, d)
        table[OPCODE[f"fsqrt.{t}"]] = lambda e, v, i, d=double: e.square_root(v, i[1], d)
        table[OPCODE[f"fneg.{t}"]] = lambda e, v, i, d=double: e.sign(v, i[1], d, clear=False)
        table[OPCODE[f"fabs.{t}"]] = lambda e, v, i, d=double: e.sign(v, i[1], d, clear=True)
        table[OPCODE[f"fcopysign.{t}"]] = lambda e, v, i, d=double: e.copy_sign(v, i[1], i[2], d)
        for w, integer in ((0, "i32"), (1, "i64")):
            table[OPCODE[f"f2s.{t}.{integer}"]] = lambda e, v, i, d=double, w=w: e.to_signed(v, i[1], i[2], d, w)
            table[OPCODE[f"s2f.{integer}.{t}"]] = lambda e, v, i, d=double, w=w: e.from_signed(v, i[1], d, w)
        table[OPCODE[f"u2f.i32.{t}"]] = lambda e, v, i, d=double: e.from_unsigned32(v, i[1], d)
        table[OPCODE[f"load.{t}"]] = lambda e, v, i, d=double: e.load_float(v, i, d)
        table[OPCODE[f"store.{t}"]] = lambda e, v, i, d=double: e.store_float(v, i, d)
        table[OPCODE[f"select.{t}"]] = lambda e, v, i: e.float_select(v, i[1], i[2], i[3])
    table[OPCODE["bits.f32.i32"]] = lambda e, v, i: e.to_bits(v, i[1], 0)
    table[OPCODE["bits.f64.i64"]] = lambda e, v, i: e.to_bits(v, i[1], 1)
    table[OPCODE["float.i32.f32"]] = table[OPCODE["float.i64.f64"]] = lambda e, v, i: e.from_bits(v, i[1])
    table[OPCODE["nanbox.f32.f64"]] = lambda e, v, i: e.box(v, i[1])
    table[OPCODE["unbox.f64.f32"]] = lambda e, v, i: e.unbox(v, i[1])
    table[OPCODE["low.f64.f32"]] = lambda e, v, i: e.low(v, i[1])
    table[OPCODE["fwiden.f32.f64"]] = lambda e, v, i: e.convert(v, i[1], 1)
    table[OPCODE["fnarrow.f64.f32"]] = lambda e, v, i: e.convert(v, i[1], 0)
    table[OPCODE["get.f64"]] = lambda e, v, i: e.get_float(v, i[1])
    for code, operands in _LOOKS.items():
        if code in table:
            table[code] = _settling(table[code], operands)
    methods: dict[int, Method] = table
    return methods


def _settling(method: Method, operands: Sequence[int]) -> Method:
    """The method, after its operands were settled."""

    def settle_first(e: FloatLowering, number: int, instruction: Instruction) -> None:
        for at in operands:
            e.settle(instruction[at])
        method(e, number, instruction)

    return settle_first


def methods() -> dict[int, Method]:
    """All operations that this host lowers."""
    return {**integer_methods(), **float_methods()}


__all__ = ["FloatLowering", "methods", "signed32"]
