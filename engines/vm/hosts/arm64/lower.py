"""Lowering of integer operations, memory and control flow to arm64.

One method per operation, called in order with registers assigned; each writes its instructions at once. A method may
write its result only after it has read its operands, for they may share a register. The scratch registers are free
for it. An i32 is the low half of a register whose upper half means nothing; a truth value is 0 or 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engines.vm.hosts.arm64 import encode as arm
from engines.vm.hosts.arm64.encode import Assembler, logical_immediate
from engines.vm.hosts.arm64.registers import (
    BUDGET,
    CONTEXT,
    CPU,
    FLOAT_SCRATCH,
    MEMORY,
    PERMISSIONS,
    SCRATCH,
    SP,
    ZR,
)
from engines.vm.hosts.contents import COMPARISONS
from engines.vm.hosts.load_store import DIRECT, PAGE_BITS, PAGES_BITS, READ, LoadStoreLowering
from engines.vm.ir.ops import OPCODE, OPS

S0, S1, S2, SPARE = SCRATCH
LARGEST_MODE: Final = 3
"""Of the rounding modes that FPCR has."""
CONDITIONS: Final = {"eq": arm.EQ, "ne": arm.NE, "ult": arm.LO, "ule": arm.LS, "slt": arm.LT, "sle": arm.LE}
_COMPARE: Final = {
    OPCODE[f"{name}.i{width}"]: (condition, int(width == 64))
    for name, condition in CONDITIONS.items()
    for width in (32, 64)
}
_ADDITIVE: Final = {"add": (arm.ADD, arm.SUB), "sub": (arm.SUB, arm.ADD)}
"""The instruction, and the one for the negated immediate."""
_LOGICAL: Final = {"and": arm.AND, "or": arm.ORR, "xor": arm.EOR}
_SHIFTS: Final = {"shl": (arm.LSLV, "lsl"), "lshr": (arm.LSRV, "lsr"), "ashr": (arm.ASRV, "asr")}


def additive_immediate(value: int) -> bool:
    """Whether an addition takes `value` as it is."""
    return 0 <= value <= 0xFFF or (not value & 0xFFF and 0 <= value <= 0xFFF000)


class Lowering(LoadStoreLowering):
    """Code for one region on arm64; see `engines.vm.hosts.region.RegionCode`."""

    scratch_integers = SCRATCH
    scratch_floats = FLOAT_SCRATCH
    cpu, context, stack, zero, budget, answer = CPU, CONTEXT, SP, ZR, BUDGET, 0

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(Assembler(), *arguments, **named)
        self.asm: Assembler

    # -- places ---------------------------------------------------------------------------------------------------

    def copy(self, d: int, s: int) -> None:
        self.asm.mov(d, s)

    def copy_float(self, d: int, s: int) -> None:
        self.asm.fp(arm.FMOV, d, s)

    def load_word(self, d: int, base: int, offset: int) -> None:
        self.asm.access(arm.LOADS["i64"], d, base, offset)

    def store_word(self, s: int, base: int, offset: int) -> None:
        self.asm.access(arm.STORES["i64"], s, base, offset)

    def load_float_word(self, d: int, base: int, offset: int) -> None:
        self.asm.access(arm.LOADS["f64"], d, base, offset)

    def store_float_word(self, s: int, base: int, offset: int) -> None:
        self.asm.access(arm.STORES["f64"], s, base, offset)

    def float_constant(self, d: int, bits: int) -> None:
        s = ZR
        if bits:
            self.asm.imm(S0, bits)
            s = S0
        self.asm.convert(arm.TO_FLOAT, d, s, 1, 1)

    # -- budget, jumps ----------------------------------------------------------------------------------------------

    def take_budget(self, insns: int, out: int) -> None:
        self.asm.add_imm(arm.SUBS, BUDGET, BUDGET, insns)
        self.asm.b_if(arm.LO, out)

    def give_back(self, insns: int) -> None:
        self.asm.add_imm(arm.ADD, BUDGET, BUDGET, insns)

    def jump_label(self, label: int) -> None:
        self.asm.b(label)

    def jump_if(self, value: int, label: int, *, sense: bool = True) -> None:
        if value in self.fused:
            condition = self.compare(self.code[value])
            self.asm.b_if(condition if sense else condition ^ 1, label)
        elif sense:
            self.asm.cbnz(self.use(value, S0), label)
        else:
            self.asm.cbz(self.use(value, S0), label)

    def retired(self, number: int, n: int) -> None:
        assert self._block is not None
        d = self.target(number)
        self.load_word(S0, CONTEXT, self.layout["retired_at_zero"])
        self.asm.rrr(arm.SUB, S0, S0, BUDGET)
        self.asm.add_imm(arm.SUB, d, S0, self._block.insns - n)
        self.done(number, d)

    # -- arithmetic -----------------------------------------------------------------------------------------------

    def add_offset(self, d: int, s: int, offset: int) -> None:
        """`d = s + offset`."""
        asm = self.asm
        if s != ZR and additive_immediate(abs(offset)):
            asm.add_imm(arm.ADD if offset >= 0 else arm.SUB, d, s, abs(offset))
        else:
            asm.imm(SPARE, offset)
            asm.rrr(arm.ADD, d, s, SPARE)

    def additive(self, number: int, a: int, b: int, opcodes: tuple[int, int], w: int) -> None:
        if opcodes[0] == arm.ADD and a in self.constants:
            a, b = b, a
        d = self.target(number)
        s = self.use(a, S0)
        constant = self.constants.get(b)
        if constant is not None and s != ZR:
            bits = 64 if w else 32
            value = (constant ^ 1 << bits - 1) - (1 << bits - 1)
            if additive_immediate(abs(value)):
                self.asm.add_imm(opcodes[value < 0], d, s, abs(value), w)
                return self.done(number, d)
        self.asm.rrr(opcodes[0], d, s, self.use(b, S1), w)
        return self.done(number, d)

    def logical(self, number: int, a: int, b: int, opcode: int, w: int) -> None:
        if a in self.constants:
            a, b = b, a
        d = self.target(number)
        s = self.use(a, S0)
        constant = self.constants.get(b)
        if constant is not None and logical_immediate(constant, 64 if w else 32) is not None:
            self.asm.logical_imm(opcode, d, s, constant, w)
        else:
            self.asm.rrr(opcode, d, s, self.use(b, S1), w)
        self.done(number, d)

    def three(self, number: int, a: int, b: int, opcode: int, w: int) -> None:
        d = self.target(number)
        self.asm.rrr(opcode, d, self.use(a, S0), self.use(b, S1), w)
        self.done(number, d)

    def multiply(self, number: int, a: int, b: int, w: int) -> None:
        d = self.target(number)
        self.asm.rrrr(arm.MADD, d, self.use(a, S0), self.use(b, S1), ZR, w)
        self.done(number, d)

    def high_mixed(self, number: int, a: int, b: int) -> None:
        """The unsigned one, less b where a is negative."""
        asm = self.asm
        s, t = self.use(a, S0), self.use(b, S1)
        asm.rrr(arm.UMULH, S2, s, t)
        asm.asr(SPARE, s, 63)
        asm.rrr(arm.AND, SPARE, SPARE, t)
        d = self.target(number)
        asm.rrr(arm.SUB, d, S2, SPARE)
        self.done(number, d)

    def shift(self, number: int, a: int, b: int, kind: tuple[int, str], w: int) -> None:
        d = self.target(number)
        s = self.use(a, S0)
        constant = self.constants.get(b)
        if constant is not None:
            getattr(self.asm, kind[1])(d, s, constant & (63 if w else 31), w)
        else:
            self.asm.rrr(kind[0], d, s, self.use(b, S1), w)
        self.done(number, d)

    def divide(self, number: int, a: int, b: int, opcode: int, w: int, *, remainder: bool) -> None:
        """arm64 answers 0 for a division by 0, so the remainder comes out right; the quotient must be -1."""
        asm = self.asm
        s, t = self.use(a, S0), self.use(b, S1)
        d = self.target(number)
        asm.rrr(opcode, S2, s, t, w)
        if remainder:
            asm.rrrr(arm.MSUB, d, S2, t, s, w)
        else:
            asm.rrr(arm.SUBS, ZR, t, ZR, w)
            asm.csel(arm.CSINV, d, S2, ZR, arm.NE, w)
        self.done(number, d)

    def extend(self, number: int, a: int, bits: int, *, signed: bool) -> None:
        d = self.target(number)
        self.asm.bitfield(0 if signed else 2, d, self.use(a, S0), 0, bits - 1)
        self.done(number, d)

    def same(self, number: int, a: int) -> None:
        self.done(number, self.use(a, S0))

    # -- conditions -----------------------------------------------------------------------------------------------

    def condition(self, value: int) -> int:
        """Set the flags for a truth value; the condition code that says it is 1."""
        if value in self.fused:
            return self.compare(self.code[value])
        self.asm.rrr(arm.SUBS, ZR, self.use(value, S0), ZR)
        return arm.NE

    def compare(self, instruction: tuple[int, ...]) -> int:
        condition, w = _COMPARE[instruction[0]]
        s = self.use(instruction[1], S0)
        constant = self.constants.get(instruction[2])
        if constant is not None and s != ZR and additive_immediate(constant):
            self.asm.add_imm(arm.SUBS, ZR, s, constant, w)
        else:
            self.asm.rrr(arm.SUBS, ZR, s, self.use(instruction[2], S1), w)
        return condition

    def truth(self, number: int, condition: int) -> None:
        d = self.target(number)
        self.asm.cset(d, condition)
        self.done(number, d)

    def extend_truth(self, number: int, a: int) -> None:
        if a in self.fused:
            self.truth(number, self.compare(self.code[a]))
        else:
            self.same(number, a)

    def select(self, number: int, c: int, a: int, b: int) -> None:
        condition = self.condition(c)
        d = self.target(number)
        self.asm.csel(arm.CSEL, d, self.use(a, S0), self.use(b, S1), condition)
        self.done(number, d)

    # -- memory ---------------------------------------------------------------------------------------------------

    def address(self, number: int, base: int, offset: int, size: int, n: int, *, store: bool) -> int:
        """Check an access; the register with the guest address, the first scratch one at most."""
        asm = self.asm
        flag = DIRECT if store else READ
        out = self.interpret_label(n)
        s = self.use(base, S0)
        if number in self.spans:
            span = self.spans[number]
            if span is not None:
                self.add_offset(S1, s, span[0])
                self.add_offset(S2, s, span[1])
                asm.lsr(S1, S1, PAGE_BITS)
                asm.lsr(S2, S2, PAGE_BITS)
                asm.add_imm(arm.ADD, SPARE, S1, 1)
                asm.lsr(SPARE, SPARE, PAGES_BITS)
                asm.cbnz(SPARE, out)
                asm.access_indexed(arm.LOADS["u8"], S1, PERMISSIONS, S1)
                asm.access_indexed(arm.LOADS["u8"], S2, PERMISSIONS, S2)
                asm.rrr(arm.AND, S1, S1, S2)
                asm.logical_imm(arm.ANDS, ZR, S1, flag, 0)
                asm.b_if(arm.EQ, out)
            if offset:
                self.add_offset(S0, s, offset)
                s = S0
            return s
        if offset:
            self.add_offset(S0, s, offset)
            s = S0
        align = size.bit_length() - 1
        if align:
            asm.ror(S1, s, align)
            asm.lsr(S1, S1, PAGE_BITS - align)
        else:
            asm.lsr(S1, s, PAGE_BITS)
        asm.lsr(S2, S1, PAGES_BITS)
        asm.cbnz(S2, out)
        asm.access_indexed(arm.LOADS["u8"], S1, PERMISSIONS, S1)
        asm.logical_imm(arm.ANDS, ZR, S1, flag, 0)
        asm.b_if(arm.EQ, out)
        return s

    def load(self, number: int, instruction: tuple[int, ...], form: tuple[int, int], size: int) -> None:
        _, base, offset, n = instruction
        index = self.address(number, base, offset, size, n, store=False)
        d = self.target(number)
        self.asm.access_indexed(form, d, MEMORY, index)
        self.done(number, d)

    def store(self, number: int, instruction: tuple[int, ...], form: tuple[int, int], size: int) -> None:
        _, base, value, offset, n = instruction
        index = self.address(number, base, offset, size, n, store=True)
        self.asm.access_indexed(form, self.use(value, S1), MEMORY, index)

    def store_if(self, number: int, instruction: tuple[int, ...], form: tuple[int, int], size: int) -> None:
        opcode, condition, *access = instruction
        over = self.asm.label()
        self.jump_if(condition, over, sense=False)
        self.store(number, (opcode, *access), form, size)
        self.asm.bind(over)


Method = Callable[[Any, int, tuple[int, ...]], None]


def integer_methods() -> dict[int, Method]:
    """How each integer and memory operation is lowered, by opcode."""
    table: Any = {}
    for op in OPS:
        name, w = op.operation, int(op.name.endswith("i64"))
        kind = op.name.partition(".")[2]
        if name in _ADDITIVE:
            table[op.code] = lambda e, v, i, o=_ADDITIVE[name], w=w: e.additive(v, i[1], i[2], o, w)
        elif name in _LOGICAL:
            table[op.code] = lambda e, v, i, o=_LOGICAL[name], w=w: e.logical(v, i[1], i[2], o, w)
        elif name == "mul":
            table[op.code] = lambda e, v, i, w=w: e.multiply(v, i[1], i[2], w)
        elif name in _SHIFTS:
            table[op.code] = lambda e, v, i, k=_SHIFTS[name], w=w: e.shift(v, i[1], i[2], k, w)
        elif name in ("udiv", "urem", "sdiv", "srem"):
            divide = (arm.UDIV if name[0] == "u" else arm.SDIV, name.endswith("rem"))
            table[op.code] = lambda e, v, i, k=divide, w=w: e.divide(v, i[1], i[2], k[0], w, remainder=k[1])
        elif op.code in COMPARISONS:
            table[op.code] = lambda e, v, i: e.truth(v, e.compare(i))
        elif name == "select" and kind in ("i1", "i32", "i64"):
            table[op.code] = lambda e, v, i: e.select(v, i[1], i[2], i[3])
        elif name == "load" and kind not in ("f32", "f64"):
            access = (arm.LOADS[kind], op.memory_bytes)
            table[op.code] = lambda e, v, i, a=access: e.load(v, i, *a)
        elif name == "store" and kind not in ("f32", "f64"):
            access = (arm.STORES[kind], op.memory_bytes)
            table[op.code] = lambda e, v, i, a=access: e.store(v, i, *a)
        elif name == "storeif":
            access = (arm.STORES[kind], op.memory_bytes)
            table[op.code] = lambda e, v, i, a=access: e.store_if(v, i, *a)
    table[OPCODE["mulhs.i64"]] = lambda e, v, i: e.three(v, i[1], i[2], arm.SMULH, 1)
    table[OPCODE["mulhu.i64"]] = lambda e, v, i: e.three(v, i[1], i[2], arm.UMULH, 1)
    table[OPCODE["mulhsu.i64"]] = lambda e, v, i: e.high_mixed(v, i[1], i[2])
    table[OPCODE["zext.i1.i32"]] = table[OPCODE["zext.i1.i64"]] = lambda e, v, i: e.extend_truth(v, i[1])
    for text, bits, signed in (
        ("zext.i32.i64", 32, False), ("sext.i32.i64", 32, True), ("sext8.i64", 8, True), ("sext16.i64", 16, True),
        ("trunc.i64.i1", 1, False),
    ):  # fmt: skip
        table[OPCODE[text]] = lambda e, v, i, how=(bits, signed): e.extend(v, i[1], how[0], signed=how[1])
    table[OPCODE["trunc.i64.i32"]] = lambda e, v, i: e.same(v, i[1])
    table[OPCODE["get.i64"]] = lambda e, v, i: e.get(v, i[1])
    table[OPCODE["retired"]] = lambda e, v, i: e.retired(v, i[1])
    table[OPCODE["fence"]] = lambda e, v, i: None
    methods: dict[int, Method] = table
    return methods
