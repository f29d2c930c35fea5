"""Lowering of integer operations, memory and control flow to x86_64.

One method per operation, called in order with registers assigned; each writes its instructions at once. A method may
write its result only after it has read its operands, for they may share a register. rax, rcx and rdx are free for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engines.vm.hosts import near_bases
from engines.vm.hosts.contents import COMPARISONS
from engines.vm.hosts.x86_64 import encode as x86
from engines.vm.hosts.x86_64.abi import slot_offset
from engines.vm.hosts.x86_64.frame import LOW_ADDRESSES, PAGE_BITS, PAGES, Frame
from engines.vm.hosts.x86_64.registers import CPU, MEMORY, PERMISSIONS, RAX, RCX, RDX, RSP
from engines.vm.ir.ops import OPCODE, OPS
from engines.vm.regalloc.linear_scan import GUEST, STACK

CONDITIONS: Final = {"eq": x86.E, "ne": x86.NE, "ult": x86.B, "ule": x86.BE, "slt": x86.L, "sle": x86.LE}
_COMPARE: Final = {
    OPCODE[f"{name}.i{width}"]: (condition, int(width == 64))
    for name, condition in CONDITIONS.items()
    for width in (32, 64)
}
_ALU: Final = {"add": x86.ADD, "sub": x86.SUB, "and": x86.AND, "or": x86.OR, "xor": x86.XOR}
_SHIFTS: Final = {"shl": (x86.SHL, x86.PP_66), "lshr": (x86.SHR, x86.PP_F2), "ashr": (x86.SAR, x86.PP_F3)}
_LOADS: Final = {
    "u8": (0x1B6, 0), "s8": (0x1BE, 1), "u16": (0x1B7, 0), "s16": (0x1BF, 1),
    "u32": (0x8B, 0), "s32": (0x63, 1), "i32": (0x8B, 0), "i64": (0x8B, 1),
}  # fmt: skip
USES_RDX: Final = frozenset(
    op.code for op in OPS if op.operation in ("mulhs", "mulhu", "mulhsu", "udiv", "urem", "sdiv", "srem")
)
"""Operations that need rdx; where a region for guarded memory has none, values may live there inside a block."""
_EXTENSIONS: Final = {0xFF: 0x1B6, 0xFFFF: 0x1B7, 0xFFFF_FFFF: 0x8B}
"""What is left of a value by these masks is moved: movzx and mov."""
_READ: Final = 1
_DIRECT: Final = 32
"""Permission bits, see `engines.vm.memory.address_space`; a test holds them equal."""
_REACH: Final = 1 << 30
"""Half of what is inaccessible before and after a guarded arena."""
_FAR: Final = 1 << 62


def signed32(value: int) -> int | None:
    """`value` (64 bits) as a sign-extended 32-bit immediate, if it is one."""
    value = (value ^ 1 << 63) - (1 << 63)
    return value if -(1 << 31) <= value < 1 << 31 else None


class Lowering(Frame):
    """Code for one region on x86_64."""

    # -- arithmetic -----------------------------------------------------------------------------------------------

    def alu(self, number: int, a: int, b: int, n: int, w: int) -> None:
        asm = self.asm
        if n != x86.SUB:
            if number in self.tiles.rotated:
                return self.rotation(number, w, *self.tiles.rotated[number])
            if number in self.tiles.scaled:
                return self.scaled_sum(number, *self.tiles.scaled[number])
            if a in self.constants or (self.places.get(a, 0) >= STACK > self.places.get(b, STACK)):
                a, b = b, a
        d = self.target(number)
        constant = self.constants.get(b)
        if constant is not None:
            imm = signed32(constant) if w else (constant ^ 1 << 31) - (1 << 31)
            if n == x86.AND and constant in _EXTENSIONS:
                opcode = _EXTENSIONS[constant]
                asm.rr(opcode, d, self.use(a, d), 0, byte=opcode == 0x1B6)
                return self.done(number, d)
            if imm is not None:
                s = self.use(a, d)
                if n == x86.ADD and s != d:
                    asm.lea(d, s, imm, w=w)
                else:
                    if s != d:
                        asm.mov(d, s, w)
                    if n == x86.XOR and imm == -1:
                        asm.unary(2, d, w)
                    elif n != x86.ADD or imm:
                        asm.alu_imm(n, d, imm, w)
                return self.done(number, d)
        slot = self.places.get(b, 0)
        if slot >= STACK:
            s = self.use(a, d)
            if s != d:
                asm.mov(d, s, w)
            asm.rm(8 * n + 3, d, *self.memory_of(slot), w)
            return self.done(number, d)
        t = self.use(b, RCX)
        s = self.use(a, RAX if t == d else d)
        if d == t and d != s:
            if n == x86.SUB:
                asm.unary(3, d, w)
                n = x86.ADD
            asm.alu(n, d, s, w)
        elif n == x86.ADD and d != s:
            asm.lea(d, s, 0, t, w=w)
        else:
            if d != s:
                asm.mov(d, s, w)
            asm.alu(n, d, t, w)
        return self.done(number, d)

    def scaled_sum(self, number: int, base: int, index: int, scale: int) -> None:
        """base + (index << scale)"""
        d = self.target(number)
        constant = self.constants.get(base)
        imm = None if constant is None else signed32(constant)
        if imm is not None:
            self.asm.lea_scaled(d, self.use(index, RCX), scale, imm)
        else:
            self.asm.lea(d, self.use(base, RAX), 0, self.use(index, RCX), scale)
        self.done(number, d)

    def rotation(self, number: int, w: int, value: int, right: int, extended: bool) -> None:
        """To the right; of 32 bits, then extended with their sign, if `extended`."""
        asm = self.asm
        d = self.target(number)
        s = self.use(value, d)
        if extended:
            w = 0
        if self.layout["bmi2"]:
            asm.rorx(d, s, right, w)
        else:
            if s != d:
                asm.mov(d, s, w)
            asm.shift_imm(x86.ROR, d, right, w)
        if extended:
            asm.rr(0x63, d, d)
        self.done(number, d)

    def mul(self, number: int, a: int, b: int, w: int) -> None:
        asm = self.asm
        d = self.target(number)
        place = self.places.get(b, 0)
        if place >= STACK:
            s = self.use(a, d)
            if s != d:
                asm.mov(d, s, w)
            asm.rm(0x1AF, d, *self.memory_of(place), w)
            return self.done(number, d)
        s, t = self.use(a, RAX), self.use(b, RCX)
        if d == t:
            s, t = t, s
        if d != s:
            asm.mov(d, s, w)
        asm.imul(d, t, w)
        return self.done(number, d)

    def shift(self, number: int, a: int, b: int, kind: tuple[int, int], w: int) -> None:
        asm = self.asm
        d = self.target(number)
        constant = self.constants.get(b)
        if constant is not None:
            s = self.use(a, d)
            if s != d:
                asm.mov(d, s, w)
            asm.shift_imm(kind[0], d, constant & (63 if w else 31), w)
        elif self.layout["bmi2"]:
            asm.shiftx(kind[1], d, self.use(a, RAX), self.use(b, RCX), w)
        else:
            self.into(RCX, b)
            self.into(RAX, a)
            asm.shift_cl(kind[0], RAX, w)
            d = RAX
        self.done(number, d)

    def high(self, number: int, a: int, b: int, signed: bool) -> None:
        t = self.use(b, RCX)
        self.into(RAX, a)
        self.asm.unary(5 if signed else 4, t)
        self.done(number, RDX)

    def high_mixed(self, number: int, a: int, b: int) -> None:
        asm = self.asm
        t = self.use(b, RCX)
        self.into(RAX, a)
        asm.unary(4, t)
        self.into(RAX, a)
        asm.shift_imm(x86.SAR, RAX, 63)
        asm.alu(x86.AND, RAX, t)
        asm.alu(x86.SUB, RDX, RAX)
        self.done(number, RDX)

    def divide(self, number: int, a: int, b: int, name: str, w: int) -> None:
        """x86 faults on a divisor of 0 and on overflow; RISC-V has results there."""
        asm = self.asm
        signed, remainder = name[0] == "s", name.endswith("rem")
        self.into(RCX, b)
        self.into(RAX, a)
        zero, minus, back = asm.label(), asm.label(), asm.label()
        asm.test(RCX, RCX, w)
        asm.jcc(x86.E, zero)
        if signed:
            asm.alu_imm(x86.CMP, RCX, -1, w)
            asm.jcc(x86.E, minus)
            asm.insns += 1
            asm.code += b"\x48\x99" if w else b"\x99"  # cqo, cdq
            asm.unary(7, RCX, w)
        else:
            asm.alu(x86.XOR, RDX, RDX, 0)
            asm.unary(6, RCX, w)
        asm.bind(back)
        self.done(number, RDX if remainder else RAX)

        def special() -> None:
            asm.bind(zero)
            asm.mov(RDX, RAX, w)
            asm.imm(RAX, -1)
            asm.jmp(back)
            if signed:
                asm.bind(minus)
                asm.unary(3, RAX, w)
                asm.alu(x86.XOR, RDX, RDX, 0)
                asm.jmp(back)

        self.cold.append(special)

    def extend(self, number: int, a: int, opcode: int, w: int) -> None:
        """movzx, movsx, movsxd and plain moves: `opcode d, a`."""
        d = self.target(number)
        s = self.use(a, RAX)
        if opcode == 0x8B and w and s == d:
            return self.done(number, d)
        self.asm.rr(opcode, d, s, w, byte=opcode in (0x1B6, 0x1BE))
        return self.done(number, d)

    def low_bit(self, number: int, a: int) -> None:
        self.into(RAX, a)
        self.asm.alu_imm(x86.AND, RAX, 1, 0)
        self.done(number, RAX)

    # -- conditions -----------------------------------------------------------------------------------------------

    def condition(self, value: int) -> int:
        """Set the flags for a truth value; the condition code that says it is 1."""
        asm = self.asm
        if value in self.fused:
            return self.compare(value)
        constant = self.constants.get(value)
        if constant is not None:
            asm.imm(RAX, constant)
            asm.test(RAX, RAX, 0)
        else:
            s = self.use(value, RAX)
            asm.test(s, s, 0)
        return x86.NE

    def compare(self, number: int) -> int:
        """Set the flags for a comparison; the condition code that says that it holds."""
        asm = self.asm
        opcode, a, b = self.code[number]
        condition, w = _COMPARE[opcode]
        if number in self.tiles.tested:
            self.test_bits(*self.tiles.tested[number], w)
            return condition
        constant = self.constants.get(b)
        if number in self.tiles.shifted:
            a, constant = self.tiles.shifted[number]
        place = self.places.get(a, 0)
        if constant is not None:
            imm = signed32(constant) if w else (constant ^ 1 << 31) - (1 << 31)
            if imm is not None and place >= STACK:
                asm.alu_memory_imm(x86.CMP, *self.memory_of(place), imm, w)
                return condition
        s = self.use(a, RAX)
        if constant is not None:
            if imm == 0 and condition in (x86.E, x86.NE, x86.L):
                asm.test(s, s, w)
                return condition
            if imm is not None:
                asm.alu_imm(x86.CMP, s, imm, w)
                return condition
        place = self.places.get(b, 0)
        if place >= STACK:
            asm.rm(0x3B, s, *self.memory_of(place), w)
        else:
            asm.alu(x86.CMP, s, self.use(b, RCX), w)
        return condition

    def test_bits(self, value: int, bits: int, w: int) -> None:
        """Set the zero flag for `value & bits`."""
        asm = self.asm
        s = self.use(value, RAX)
        imm = signed32(bits) if w else (bits ^ 1 << 31) - (1 << 31)
        if bits < 1 << 31:
            asm.test_imm(s, bits, 0)
        elif imm is not None:
            asm.test_imm(s, imm, w)
        else:
            asm.imm(RCX, bits)
            asm.test(s, RCX, w)

    def truth(self, number: int, condition: int) -> None:
        """Flags to 0 or 1."""
        asm = self.asm
        d = self.target(number)
        asm.setcc(condition, RAX)
        asm.rr(0x1B6, d, RAX, 0, byte=True)
        self.done(number, d)

    def comparison(self, number: int, instruction: tuple[int, ...]) -> None:
        self.truth(number, self.compare(number))

    def extend_truth(self, number: int, instruction: tuple[int, ...]) -> None:
        if instruction[1] in self.fused:
            self.truth(number, self.compare(instruction[1]))
        else:
            self.extend(number, instruction[1], 0x8B, 1)

    def select(self, number: int, c: int, a: int, b: int) -> None:
        asm = self.asm
        condition = self.condition(c)
        d = self.target(number)
        if d == self.places.get(a):
            a, b, condition = b, a, condition ^ 1
        self.into(d, b)
        asm.cmov(condition, d, self.use(a, RCX))
        self.done(number, d)

    # -- memory ---------------------------------------------------------------------------------------------------

    def address(self, number: int, base: int, offset: int, size: int, n: int, *, store: bool) -> tuple[int, int]:
        """Check an access; index register (-1: none) and displacement from guest memory. Clobbers rax and rcx."""
        asm = self.asm
        constant = self.constants.get(base)
        if constant is not None and constant + offset + size < LOW_ADDRESSES:
            return self.constant_address(constant + offset, size, n, store=store)
        if self.guarded:
            return self.guarded_address(base, offset, n)
        flag = _DIRECT if store else _READ
        if number in self.spans:
            span = self.spans[number]
            s = self.use(base, RAX)
            if span is None:
                return s, offset
            out = self.interpret_label(n)
            asm.lea(RCX, s, span[0])
            asm.lea(RDX, s, span[1])
            asm.shift_imm(x86.SHR, RCX, 12)
            asm.shift_imm(x86.SHR, RDX, 12)
            asm.alu_imm(x86.CMP, RCX, PAGES - 1)
            asm.jcc(x86.AE, out)
            asm.test_byte(PERMISSIONS, RCX, flag)
            asm.jcc(x86.E, out)
            asm.test_byte(PERMISSIONS, RDX, flag)
            asm.jcc(x86.E, out)
            return s, offset
        out = self.interpret_label(n)
        s = self.use(base, RAX)
        if offset:
            asm.lea(RAX, s, offset)
            s = RAX
        align = size.bit_length() - 1
        if align and self.layout["bmi2"]:
            asm.rorx(RCX, s, align)
        else:
            asm.mov(RCX, s)
            if align:
                asm.shift_imm(x86.ROR, RCX, align)
        asm.shift_imm(x86.SHR, RCX, 12 - align)
        asm.alu_imm(x86.CMP, RCX, PAGES)
        asm.jcc(x86.AE, out)
        asm.test_byte(PERMISSIONS, RCX, flag)
        asm.jcc(x86.E, out)
        return s, 0

    def constant_address(self, address: int, size: int, n: int, *, store: bool) -> tuple[int, int]:
        """As `address`, for one that is known and below 2 GiB."""
        if not self.guarded:
            asm = self.asm
            for page in {address >> PAGE_BITS, (address + size - 1) >> PAGE_BITS}:
                asm.test_byte_at(PERMISSIONS, page, _DIRECT if store else _READ)
                asm.jcc(x86.E, self.interpret_label(n))
        return -1, address

    def guarded_address(self, base: int, offset: int, n: int) -> tuple[int, int]:
        """As `address`, where the host finds out what fails: the access must only stay between the guards.

        A base is compared with the end of the address space unless an access or a comparison has shown before that it
        cannot be far from it; an access that is made shows that for all addresses derived from it.
        """
        asm = self.asm
        root, delta = self.origin(base)
        known = self.near.get(root, _FAR)
        s = self.use(base, RAX)
        if known + abs(delta) + abs(offset) > _REACH:
            if abs(offset) > _REACH >> 2:
                asm.imm(RCX, offset)
                asm.lea(RAX, s, 0, RCX)
                s, offset = RAX, 0
                root = -1
            asm.cmp_label(s, self.limit_label)
            asm.jcc(x86.AE, self.interpret_label(n))
            known = abs(delta)
        if root >= 0:
            self.near[root] = min(known, abs(delta + offset) + 8)
        return s, offset

    def origin(self, value: int) -> tuple[int, int]:
        """The value that an address is a constant distance from, and the distance, if it is not too long."""
        return near_bases.origin(self.code, self.constants, value, _REACH >> 1)

    def may_fault(self, n: int) -> None:
        """The instruction that comes next accesses guest memory; the guest's instruction is the block's number `n`."""
        if self.guarded:
            self.faults.append((len(self.asm.code), self.interpret_label(n)))

    def fault_exits(self) -> list[tuple[int, int]] | None:
        if not self.guarded:
            return None
        return [(at, self.asm.offset_of(label)) for at, label in self.faults]

    def load(self, number: int, instruction: tuple[int, ...], opcode: int, w: int, size: int) -> None:
        _, base, offset, n = instruction
        index, disp = self.address(number, base, offset, size, n, store=False)
        d = self.target(number)
        self.may_fault(n)
        self.asm.rm(opcode, d, MEMORY, disp, w, index)
        self.done(number, d)

    def store(self, number: int, instruction: tuple[int, ...], size: int) -> None:
        _, base, value, offset, n = instruction
        index, disp = self.address(number, base, offset, size, n, store=True)
        asm = self.asm
        constant = self.constants.get(value)
        if constant is not None and (size < 8 or signed32(constant) is not None):
            self.may_fault(n)
            asm.store_imm(size, MEMORY, disp, index, constant)
            return
        s = self.use(value, RCX)
        self.may_fault(n)
        if size == 2:
            asm.code.append(0x66)
        asm.rm(0x88 if size == 1 else 0x89, s, MEMORY, disp, int(size == 8), index, byte=size == 1)

    # -- guest registers --------------------------------------------------------------------------------------------

    def get(self, number: int, slot: int) -> None:
        pin = self.pins.get(slot)
        place = self.places[number]
        if place >= GUEST:
            return
        if pin is not None:
            if place >= STACK:
                self.asm.store(pin, RSP, slot_offset(place - STACK))
            elif place != pin:
                self.asm.mov(place, pin)
            return
        d = self.target(number)
        self.asm.load(d, CPU, self.slots[slot].offset)
        self.done(number, d)

    def put_memory(self, slot: int, value: int) -> None:
        constant = self.constants.get(value)
        imm = None if constant is None else signed32(constant)
        if imm is not None:
            self.asm.rm(0xC7, 0, CPU, self.slots[slot].offset)
            self.asm.code += (imm & 0xFFFF_FFFF).to_bytes(4, "little")
        else:
            self.asm.store(self.use(value, RAX), CPU, self.slots[slot].offset)

    def put_constant(self, place: int, constant: int) -> None:
        self.asm.imm(place, constant)

    # -- control flow -----------------------------------------------------------------------------------------------

    def jump_if(self, value: int, label: int, *, sense: bool = True) -> None:
        condition = self.condition(value)
        self.asm.jcc(condition if sense else condition ^ 1, label)


Method = Callable[[Any, int, tuple[int, ...]], None]


def integer_methods() -> dict[int, Method]:
    """How each integer and memory operation is lowered, by opcode."""
    table: Any = {}
    for op in OPS:
        name, w = op.operation, int(op.name.endswith("i64"))
        kind = op.name.partition(".")[2]
        if kind in ("i32", "i64") and name in _ALU:
            table[op.code] = lambda e, v, i, n=_ALU[name], w=w: e.alu(v, i[1], i[2], n, w)
        elif kind == "i1" and name in _ALU:
            table[op.code] = lambda e, v, i, n=_ALU[name]: e.alu(v, i[1], i[2], n, 0)
        elif name == "mul" and kind in ("i32", "i64"):
            table[op.code] = lambda e, v, i, w=w: e.mul(v, i[1], i[2], w)
        elif name in _SHIFTS:
            table[op.code] = lambda e, v, i, k=_SHIFTS[name], w=w: e.shift(v, i[1], i[2], k, w)
        elif name in ("udiv", "urem", "sdiv", "srem"):
            table[op.code] = lambda e, v, i, k=name, w=w: e.divide(v, i[1], i[2], k, w)
        elif op.code in COMPARISONS:
            table[op.code] = lambda e, v, i: e.comparison(v, i)
        elif name == "select" and kind in ("i1", "i32", "i64"):
            table[op.code] = lambda e, v, i: e.select(v, i[1], i[2], i[3])
        elif name == "load" and kind in _LOADS:
            access = (*_LOADS[kind], op.memory_bytes)
            table[op.code] = lambda e, v, i, a=access: e.load(v, i, *a)
        elif name == "store" and kind not in ("f32", "f64"):
            table[op.code] = lambda e, v, i, size=op.memory_bytes: e.store(v, i, size)
    table[OPCODE["mulhs.i64"]] = lambda e, v, i: e.high(v, i[1], i[2], True)
    table[OPCODE["mulhu.i64"]] = lambda e, v, i: e.high(v, i[1], i[2], False)
    table[OPCODE["mulhsu.i64"]] = lambda e, v, i: e.high_mixed(v, i[1], i[2])
    table[OPCODE["zext.i1.i32"]] = table[OPCODE["zext.i1.i64"]] = lambda e, v, i: e.extend_truth(v, i)
    for text, how in (
        ("zext.i32.i64", (0x8B, 0)), ("sext.i32.i64", (0x63, 1)), ("sext8.i64", (0x1BE, 1)),
        ("sext16.i64", (0x1BF, 1)), ("trunc.i64.i32", (0x8B, 1)),
    ):  # fmt: skip
        table[OPCODE[text]] = lambda e, v, i, how=how: e.extend(v, i[1], *how)
    table[OPCODE["trunc.i64.i1"]] = lambda e, v, i: e.low_bit(v, i[1])
    table[OPCODE["get.i64"]] = lambda e, v, i: e.get(v, i[1])
    table[OPCODE["fence"]] = lambda e, v, i: None
    methods: dict[int, Method] = table
    return methods
