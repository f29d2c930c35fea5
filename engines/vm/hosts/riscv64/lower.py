"""Lowering of integer operations, memory and control flow to riscv64.

One method per operation, called in order with registers assigned; each writes its instructions at once. A method may
write its result only after it has read its operands, for they may share a register. The scratch registers are free
for it. An i32 is the low half of a register whose upper half means nothing; a truth value is 0 or 1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engines.vm.hosts.contents import COMPARISONS
from engines.vm.hosts.load_store import DIRECT, PAGE_BITS, PAGES_BITS, READ, LoadStoreLowering
from engines.vm.hosts.riscv64.encode import OPPOSITE, Assembler, fits
from engines.vm.hosts.riscv64.registers import (
    BUDGET,
    CONTEXT,
    CPU,
    FLOAT_SCRATCH,
    MEMORY,
    PERMISSIONS,
    SCRATCH,
    SP,
    ZERO,
)
from engines.vm.ir.ops import OPCODE, OPS

S0, S1, S2, SPARE = SCRATCH
_BRANCHES: Final = {"eq": ("beq", False), "ne": ("bne", False), "ult": ("bltu", False), "ule": ("bgeu", True),
                    "slt": ("blt", False), "sle": ("bge", True)}  # fmt: skip
"""The branch, and whether its operands change places."""
_COMPARE: Final = {
    OPCODE[f"{name}.i{width}"]: (name, width == 64) for name in _BRANCHES for width in (32, 64)
}  # fmt: skip
_IMMEDIATE: Final = {"add": "addi", "and": "andi", "or": "ori", "xor": "xori"}
_SHIFTS: Final = {"shl": "sll", "lshr": "srl", "ashr": "sra"}
_DIVISIONS: Final = {"udiv": "divu", "urem": "remu", "sdiv": "div", "srem": "rem"}
LOADS: Final = {
    "u8": "lbu", "s8": "lb", "u16": "lhu", "s16": "lh", "u32": "lwu", "s32": "lw", "i32": "lw", "i64": "ld",
    "f32": "flw", "f64": "fld",
}  # fmt: skip
STORES: Final = {"8": "sb", "16": "sh", "32": "sw", "i32": "sw", "i64": "sd", "f32": "fsw", "f64": "fsd"}


def signed(value: int, bits: int) -> int:
    return (value & (1 << bits) - 1 ^ 1 << bits - 1) - (1 << bits - 1)


class Lowering(LoadStoreLowering):
    """Code for one region on riscv64; see `engines.vm.hosts.region.RegionCode`."""

    scratch_integers = SCRATCH
    scratch_floats = FLOAT_SCRATCH
    cpu, context, stack, zero, budget, answer = CPU, CONTEXT, SP, ZERO, BUDGET, CPU

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(Assembler(), *arguments, **named)
        self.asm: Assembler

    # -- places ---------------------------------------------------------------------------------------------------

    def copy(self, d: int, s: int) -> None:
        self.asm.i("addi", d, s, 0)

    def copy_float(self, d: int, s: int) -> None:
        self.asm.r("fsgnj_d", d, s, s)

    def load_word(self, d: int, base: int, offset: int) -> None:
        self.asm.i("ld", d, base, offset)

    def store_word(self, s: int, base: int, offset: int) -> None:
        self.asm.s("sd", s, base, offset)

    def load_float_word(self, d: int, base: int, offset: int) -> None:
        self.asm.i("fld", d, base, offset)

    def store_float_word(self, s: int, base: int, offset: int) -> None:
        self.asm.s("fsd", s, base, offset)

    # -- budget, jumps ----------------------------------------------------------------------------------------------

    def take_budget(self, insns: int, out: int) -> None:
        self.asm.i("sltiu", S1, BUDGET, insns)
        self.asm.i("addi", BUDGET, BUDGET, -insns)
        self.asm.branch("bne", S1, ZERO, out)

    def give_back(self, insns: int) -> None:
        self.asm.i("addi", BUDGET, BUDGET, insns)

    def jump_label(self, label: int) -> None:
        self.asm.j(label)

    def jump_if(self, value: int, label: int, *, sense: bool = True) -> None:
        name, a, b = self.condition(value)
        self.asm.branch(name if sense else OPPOSITE[name], a, b, label)

    def retired(self, number: int, n: int) -> None:
        assert self._block is not None
        d = self.target(number)
        self.load_word(S0, CONTEXT, self.layout["retired_at_zero"])
        self.asm.r("sub", S0, S0, BUDGET)
        self.asm.i("addi", d, S0, n - self._block.insns)
        self.done(number, d)

    # -- arithmetic -----------------------------------------------------------------------------------------------

    def add_offset(self, d: int, s: int, offset: int) -> None:
        """`d = s + offset`."""
        if fits(offset):
            self.asm.i("addi", d, s, offset)
        else:
            self.asm.imm(SPARE, offset)
            self.asm.r("add", d, s, SPARE)

    def simple(self, number: int, a: int, b: int, name: str, wide: bool) -> None:
        """add, sub, and, or and xor; the upper half of an i32 may be anything."""
        if name != "sub" and a in self.constants:
            a, b = b, a
        d = self.target(number)
        s = self.use(a, S0)
        constant = self.constants.get(b)
        if constant is not None:
            value = signed(constant, 64 if wide else 32)
            if name == "sub":
                value = -value
            if fits(value):
                self.asm.i(_IMMEDIATE["add" if name == "sub" else name], d, s, value)
                return self.done(number, d)
        self.asm.r(name, d, s, self.use(b, S1))
        return self.done(number, d)

    def three(self, number: int, a: int, b: int, name: str) -> None:
        d = self.target(number)
        self.asm.r(name, d, self.use(a, S0), self.use(b, S1))
        self.done(number, d)

    def shift(self, number: int, a: int, b: int, name: str, wide: bool) -> None:
        d = self.target(number)
        s = self.use(a, S0)
        constant = self.constants.get(b)
        suffix = "" if wide else "w"
        if constant is not None:
            self.asm.shift(f"{name}i{suffix}", d, s, constant & (63 if wide else 31))
        else:
            self.asm.r(f"{name}{suffix}", d, s, self.use(b, S1))
        self.done(number, d)

    def extend(self, number: int, a: int, bits: int, *, signed: bool) -> None:
        asm = self.asm
        d = self.target(number)
        s = self.use(a, S0)
        if bits == 32 and signed:
            asm.i("addiw", d, s, 0)
        elif bits == 1:
            asm.i("andi", d, s, 1)
        else:
            asm.shift("slli", d, s, 64 - bits)
            asm.shift("srai" if signed else "srli", d, d, 64 - bits)
        self.done(number, d)

    def same(self, number: int, a: int) -> None:
        self.done(number, self.use(a, S0))

    # -- conditions -----------------------------------------------------------------------------------------------

    def condition(self, value: int) -> tuple[str, int, int]:
        """The branch that is taken where a truth value is 1."""
        if value in self.fused:
            return self.compare(self.code[value])
        return "bne", self.use(value, S0), ZERO

    def compare(self, instruction: tuple[int, ...]) -> tuple[str, int, int]:
        """A comparison as a branch: its name and operands. An i32 is sign-extended, which keeps both orders."""
        name, wide = _COMPARE[instruction[0]]
        branch, swap = _BRANCHES[name]
        operands = []
        for value, scratch in zip(instruction[1:3], (S0, S1), strict=True):
            constant = self.constants.get(value)
            if wide or constant == 0:
                operands.append(self.use(value, scratch))
            elif constant is not None:
                self.asm.imm(scratch, signed(constant, 32))
                operands.append(scratch)
            else:
                self.asm.i("addiw", scratch, self.use(value, scratch), 0)
                operands.append(scratch)
        a, b = operands
        return (branch, b, a) if swap else (branch, a, b)

    def truth(self, number: int, instruction: tuple[int, ...]) -> None:
        asm = self.asm
        branch, a, b = self.compare(instruction)
        d = self.target(number)
        if branch in ("beq", "bne"):
            s = a
            if b != ZERO:
                asm.r("xor", S0, a, b)
                s = S0
            if branch == "beq":
                asm.i("sltiu", d, s, 1)
            else:
                asm.r("sltu", d, ZERO, s)
        else:
            asm.r("sltu" if branch.endswith("u") else "slt", d, a, b)
            if branch.startswith("bge"):
                asm.i("xori", d, d, 1)
        self.done(number, d)

    def extend_truth(self, number: int, a: int) -> None:
        if a in self.fused:
            self.truth(number, self.code[a])
        else:
            self.same(number, a)

    def select(self, number: int, c: int, a: int, b: int) -> None:
        over = self.asm.label()
        self.into(S2, a)
        name, s, t = self.condition(c)
        self.asm.near(name, s, t, over)
        self.into(S2, b)
        self.asm.bind(over)
        self.done(number, S2)

    # -- memory ---------------------------------------------------------------------------------------------------

    def address(self, number: int, base: int, offset: int, size: int, n: int, *, store: bool) -> int:
        """Check an access; the first scratch register holds the host address."""
        asm = self.asm
        flag = DIRECT if store else READ
        out = self.interpret_label(n)
        s = self.use(base, S0)
        if number in self.spans:
            span = self.spans[number]
            if span is not None:
                self.add_offset(S1, s, span[0])
                self.add_offset(S2, s, span[1])
                asm.shift("srli", S1, S1, PAGE_BITS)
                asm.shift("srli", S2, S2, PAGE_BITS)
                asm.i("addi", SPARE, S1, 1)
                asm.shift("srli", SPARE, SPARE, PAGES_BITS)
                asm.branch("bne", SPARE, ZERO, out)
                asm.r("add", S1, S1, PERMISSIONS)
                asm.r("add", S2, S2, PERMISSIONS)
                asm.i("lbu", S1, S1, 0)
                asm.i("lbu", S2, S2, 0)
                asm.r("and", S1, S1, S2)
                asm.i("andi", S1, S1, flag)
                asm.branch("beq", S1, ZERO, out)
        else:
            if offset:
                self.add_offset(S0, s, offset)
                s, offset = S0, 0
            if size > 1:
                asm.i("andi", S1, s, size - 1)
                asm.branch("bne", S1, ZERO, out)
            asm.shift("srli", S1, s, PAGE_BITS)
            asm.shift("srli", S2, S1, PAGES_BITS)
            asm.branch("bne", S2, ZERO, out)
            asm.r("add", S1, S1, PERMISSIONS)
            asm.i("lbu", S1, S1, 0)
            asm.i("andi", S1, S1, flag)
            asm.branch("beq", S1, ZERO, out)
        if offset:
            self.add_offset(S0, s, offset)
            s = S0
        asm.r("add", S0, s, MEMORY)
        return S0

    def load(self, number: int, instruction: tuple[int, ...], name: str, size: int) -> None:
        _, base, offset, n = instruction
        at = self.address(number, base, offset, size, n, store=False)
        d = self.target(number)
        self.asm.i(name, d, at, 0)
        self.done(number, d)

    def store(self, number: int, instruction: tuple[int, ...], name: str, size: int) -> None:
        _, base, value, offset, n = instruction
        at = self.address(number, base, offset, size, n, store=True)
        self.asm.s(name, self.use(value, S1), at, 0)

    def store_if(self, number: int, instruction: tuple[int, ...], name: str, size: int) -> None:
        opcode, condition, *access = instruction
        over = self.asm.label()
        self.jump_if(condition, over, sense=False)
        self.store(number, (opcode, *access), name, size)
        self.asm.bind(over)


Method = Callable[[Any, int, tuple[int, ...]], None]


def integer_methods() -> dict[int, Method]:
    """How each integer and memory operation is lowered, by opcode."""
    table: Any = {}
    for op in OPS:
        name, wide = op.operation, op.name.endswith("i64")
        suffix = "" if wide else "w"
        kind = op.name.partition(".")[2]
        if name in ("add", "sub", "and", "or", "xor"):
            table[op.code] = lambda e, v, i, n=name, w=wide: e.simple(v, i[1], i[2], n, w)
        elif name == "mul":
            table[op.code] = lambda e, v, i: e.three(v, i[1], i[2], "mul")
        elif name in _SHIFTS:
            table[op.code] = lambda e, v, i, n=_SHIFTS[name], w=wide: e.shift(v, i[1], i[2], n, w)
        elif name in _DIVISIONS:
            table[op.code] = lambda e, v, i, n=_DIVISIONS[name] + suffix: e.three(v, i[1], i[2], n)
        elif op.code in COMPARISONS:
            table[op.code] = lambda e, v, i: e.truth(v, i)
        elif name == "select" and kind in ("i1", "i32", "i64"):
            table[op.code] = lambda e, v, i: e.select(v, i[1], i[2], i[3])
        elif name == "load" and kind not in ("f32", "f64"):
            access = (LOADS[kind], op.memory_bytes)
            table[op.code] = lambda e, v, i, a=access: e.load(v, i, *a)
        elif name == "store" and kind not in ("f32", "f64"):
            access = (STORES[kind], op.memory_bytes)
            table[op.code] = lambda e, v, i, a=access: e.store(v, i, *a)
        elif name == "storeif":
            access = (STORES[kind], op.memory_bytes)
            table[op.code] = lambda e, v, i, a=access: e.store_if(v, i, *a)
    for text, name in (("mulhs.i64", "mulh"), ("mulhu.i64", "mulhu"), ("mulhsu.i64", "mulhsu")):
        table[OPCODE[text]] = lambda e, v, i, n=name: e.three(v, i[1], i[2], n)
    table[OPCODE["zext.i1.i32"]] = table[OPCODE["zext.i1.i64"]] = lambda e, v, i: e.extend_truth(v, i[1])
    for text, bits, negative in (
        ("zext.i32.i64", 32, False), ("sext.i32.i64", 32, True), ("sext8.i64", 8, True), ("sext16.i64", 16, True),
        ("trunc.i64.i1", 1, False),
    ):  # fmt: skip
        table[OPCODE[text]] = lambda e, v, i, how=(bits, negative): e.extend(v, i[1], how[0], signed=how[1])
    table[OPCODE["trunc.i64.i32"]] = lambda e, v, i: e.same(v, i[1])
    table[OPCODE["get.i64"]] = lambda e, v, i: e.get(v, i[1])
    table[OPCODE["retired"]] = lambda e, v, i: e.retired(v, i[1])
    table[OPCODE["fence"]] = lambda e, v, i: None
    methods: dict[int, Method] = table
    return methods
