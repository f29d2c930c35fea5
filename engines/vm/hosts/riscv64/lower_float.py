"""Lowering of floating point to riscv64: what the guest does, the host does.

fcsr holds the guest's rounding mode and collects its flags (see `abi`). An f32 is a NaN-boxed register, so boxing is a
copy; only bits whose box must not be looked at pass through an integer register.
"""

from __future__ import annotations

from typing import Any, Final

from engines.vm.hosts.riscv64.encode import FFLAGS, FRM
from engines.vm.hosts.riscv64.lower import LOADS, S0, S1, STORES, Lowering, Method, integer_methods
from engines.vm.hosts.riscv64.registers import CPU, FLOAT_MOVE, FLOAT_SCRATCH, ZERO
from engines.vm.ir.ops import OPCODE, QUIET

F0, F1 = FLOAT_SCRATCH
F2: Final = FLOAT_MOVE
LARGEST_MODE: Final = 4


class FloatLowering(Lowering):
    """`Lowering` with floating point."""

    def float_constant(self, d: int, bits: int) -> None:
        """64 bits; those of an f32 come boxed where they are used."""
        s = ZERO
        if bits:
            self.asm.imm(S0, bits)
            s = S0
        self.asm.r("fmv_d_x", d, s)

    def single_use(self, value: int, scratch: int) -> int:
        """As `float_use`, of an f32: constants are boxed."""
        constant = self.constants.get(value)
        if constant is None:
            return self.float_use(value, scratch)
        self.asm.imm(S0, constant)
        self.asm.r("fmv_w_x", scratch, S0)
        return scratch

    def operands(self, values: tuple[int, ...], double: bool) -> list[int]:
        fetch = self.float_use if double else self.single_use
        return [fetch(value, scratch) for value, scratch in zip(values, (F0, F1, F2), strict=False)]

    # -- operations -------------------------------------------------------------------------------------------------

    def arithmetic(self, number: int, values: tuple[int, ...], name: str, double: bool, mode: int) -> None:
        s, t = (*self.operands(values, double), 0)[:2]
        d = self.float_target(number)
        self.asm.f(name, d, s, t, mode & ~QUIET)
        self.float_done(number, d)

    def fused_multiply(self, number: int, values: tuple[int, ...], name: str, double: bool, mode: int) -> None:
        a, b, c = self.operands(values, double)
        d = self.float_target(number)
        self.asm.f4(name, d, a, b, c, mode & ~QUIET)
        self.float_done(number, d)

    def two(self, number: int, values: tuple[int, ...], name: str, double: bool) -> None:
        s, t = self.operands(values, double)
        d = self.float_target(number)
        self.asm.r(name, d, s, t)
        self.float_done(number, d)

    def sign(self, number: int, a: int, name: str, double: bool) -> None:
        (s,) = self.operands((a,), double)
        d = self.float_target(number)
        self.asm.r(name, d, s, s)
        self.float_done(number, d)

    def to_register(self, number: int, values: tuple[int, ...], name: str, double: bool) -> None:
        """Comparisons, classes, and bits."""
        s, t = (*self.operands(values, double), 0)[:2]
        d = self.target(number)
        self.asm.r(name, d, s, t)
        self.done(number, d)

    def copy_sign(self, number: int, values: tuple[int, ...], double: bool) -> None:
        self.two(number, values, "fsgnj_d" if double else "fsgnj_s", double)

    def to_integer(self, number: int, a: int, name: str, double: bool, mode: int) -> None:
        (s,) = self.operands((a,), double)
        d = self.target(number)
        self.asm.f(name, d, s, 0, mode & ~QUIET)
        self.done(number, d)

    def from_integer(self, number: int, a: int, name: str, mode: int) -> None:
        d = self.float_target(number)
        self.asm.f(name, d, self.use(a, S0), 0, mode & ~QUIET)
        self.float_done(number, d)

    def widen(self, number: int, a: int) -> None:
        (s,) = self.operands((a,), False)
        d = self.float_target(number)
        self.asm.r("fcvt_d_s", d, s)
        self.float_done(number, d)

    def from_bits(self, number: int, a: int, name: str) -> None:
        d = self.float_target(number)
        self.asm.r(name, d, self.use(a, S0))
        self.float_done(number, d)

    def box(self, number: int, a: int) -> None:
        (s,) = self.operands((a,), False)
        self.float_done(number, s)

    def unbox(self, number: int, a: int) -> None:
        """Box and payload are looked at by an instruction for singles: not boxed is the canonical NaN."""
        s = self.float_use(a, F0)
        d = self.float_target(number)
        self.asm.r("fsgnj_s", d, s, s)
        self.float_done(number, d)

    def low(self, number: int, a: int) -> None:
        d = self.float_target(number)
        self.asm.r("fmv_x_w", S0, self.float_use(a, F0))
        self.asm.r("fmv_w_x", d, S0)
        self.float_done(number, d)

    def float_select(self, number: int, c: int, a: int, b: int, double: bool) -> None:
        s, t = self.operands((a, b), double)
        over = self.asm.label()
        name, x, y = self.condition(c)
        self.copy_float(F2, s)
        self.asm.near(name, x, y, over)
        self.copy_float(F2, t)
        self.asm.bind(over)
        self.float_done(number, F2)

    # -- flags and mode -----------------------------------------------------------------------------------------------

    def get_flags(self, number: int) -> None:
        self.asm.csr("csrrs", S0, FFLAGS, ZERO)
        self.load_word(S1, CPU, self.layout["fflags"])
        self.asm.r("or", S0, S0, S1)
        self.done(number, S0)

    def set_flags(self, a: int) -> None:
        self.asm.i("andi", S0, self.use(a, S0), 31)
        self.asm.csr("csrrw", ZERO, FFLAGS, ZERO)
        self.store_word(S0, CPU, self.layout["fflags"])

    def get_mode(self, number: int) -> None:
        d = self.target(number)
        self.load_word(d, CPU, self.layout["frm"])
        self.done(number, d)

    def set_mode(self, a: int) -> None:
        self.asm.i("andi", S0, self.use(a, S0), 7)
        self.store_word(S0, CPU, self.layout["frm"])
        self.asm.csr("csrrw", ZERO, FRM, S0)

    def check_mode(self, n: int) -> None:
        self.load_word(S0, CPU, self.layout["frm"])
        self.asm.i("sltiu", S0, S0, LARGEST_MODE + 1)
        self.asm.branch("beq", S0, ZERO, self.interpret_label(n))

    # -- memory -------------------------------------------------------------------------------------------------------

    def load_float(self, number: int, instruction: tuple[int, ...], name: str, size: int) -> None:
        _, base, offset, n = instruction
        at = self.address(number, base, offset, size, n, store=False)
        d = self.float_target(number)
        self.asm.i(name, d, at, 0)
        self.float_done(number, d)

    def store_float(self, number: int, instruction: tuple[int, ...], name: str, size: int) -> None:
        _, base, value, offset, n = instruction
        s = self.float_use(value, F0)
        self.asm.s(name, s, self.address(number, base, offset, size, n, store=True), 0)


def float_methods() -> dict[int, Method]:
    """How each floating-point operation is lowered, by opcode."""
    table: Any = {}
    for t, e, double in (("f32", "s", False), ("f64", "d", True)):
        for name in ("fadd", "fsub", "fmul", "fdiv"):
            how = (f"{name}_{e}", double)
            table[OPCODE[f"{name}.{t}"]] = lambda g, v, i, h=how: g.arithmetic(v, i[1:3], *h, i[3])
        how = (f"fsqrt_{e}", double)
        table[OPCODE[f"fsqrt.{t}"]] = lambda g, v, i, h=how: g.arithmetic(v, i[1:2], *h, i[2])
        for name in ("fmadd", "fmsub", "fnmsub", "fnmadd"):
            how = (f"{name}_{e}", double)
            table[OPCODE[f"{name}.{t}"]] = lambda g, v, i, h=how: g.fused_multiply(v, i[1:4], *h, i[4])
        for name in ("fmin", "fmax"):
            how = (f"{name}_{e}", double)
            table[OPCODE[f"{name}.{t}"]] = lambda g, v, i, h=how: g.two(v, i[1:3], *h)
        for name in ("feq", "flt", "fle"):
            how = (f"{name}_{e}", double)
            table[OPCODE[f"{name}.{t}"]] = lambda g, v, i, h=how: g.to_register(v, i[1:3], *h)
        how = (f"fclass_{e}", double)
        table[OPCODE[f"fclass.{t}"]] = lambda g, v, i, h=how: g.to_register(v, i[1:2], *h)
        for name, form in (("fneg", "fsgnjn"), ("fabs", "fsgnjx")):
            how = (f"{form}_{e}", double)
            table[OPCODE[f"{name}.{t}"]] = lambda g, v, i, h=how: g.sign(v, i[1], *h)
        table[OPCODE[f"fcopysign.{t}"]] = lambda g, v, i, d=double: g.copy_sign(v, i[1:3], d)
        for kind, letter in (("i32", "w"), ("i64", "l")):
            for sign, suffix in (("s", ""), ("u", "u")):
                how = (f"fcvt_{letter}{suffix}_{e}", double)
                table[OPCODE[f"f2{sign}.{t}.{kind}"]] = lambda g, v, i, h=how: g.to_integer(v, i[1], *h, i[2])
                back, exact = f"fcvt_{e}_{letter}{suffix}", double and letter == "w"
                table[OPCODE[f"{sign}2f.{kind}.{t}"]] = lambda g, v, i, n=back, x=exact: g.from_integer(
                    v, i[1], n, 0 if x else i[2]
                )
        size = 8 if double else 4
        table[OPCODE[f"load.{t}"]] = lambda g, v, i, n=LOADS[t], z=size: g.load_float(v, i, n, z)
        table[OPCODE[f"store.{t}"]] = lambda g, v, i, n=STORES[t], z=size: g.store_float(v, i, n, z)
        table[OPCODE[f"select.{t}"]] = lambda g, v, i, d=double: g.float_select(v, i[1], i[2], i[3], d)
    table[OPCODE["bits.f32.i32"]] = lambda g, v, i: g.to_register(v, i[1:2], "fmv_x_w", False)
    table[OPCODE["bits.f64.i64"]] = lambda g, v, i: g.to_register(v, i[1:2], "fmv_x_d", True)
    table[OPCODE["float.i32.f32"]] = lambda g, v, i: g.from_bits(v, i[1], "fmv_w_x")
    table[OPCODE["float.i64.f64"]] = lambda g, v, i: g.from_bits(v, i[1], "fmv_d_x")
    table[OPCODE["nanbox.f32.f64"]] = lambda g, v, i: g.box(v, i[1])
    table[OPCODE["unbox.f64.f32"]] = lambda g, v, i: g.unbox(v, i[1])
    table[OPCODE["low.f64.f32"]] = lambda g, v, i: g.low(v, i[1])
    table[OPCODE["fwiden.f32.f64"]] = lambda g, v, i: g.widen(v, i[1])
    table[OPCODE["fnarrow.f64.f32"]] = lambda g, v, i: g.arithmetic(v, i[1:2], "fcvt_s_d", True, i[2])
    table[OPCODE["getflags"]] = lambda g, v, i: g.get_flags(v)
    table[OPCODE["setflags"]] = lambda g, v, i: g.set_flags(i[1])
    table[OPCODE["getmode"]] = lambda g, v, i: g.get_mode(v)
    table[OPCODE["setmode"]] = lambda g, v, i: g.set_mode(i[1])
    table[OPCODE["checkmode"]] = lambda g, v, i: g.check_mode(i[1])
    table[OPCODE["get.f64"]] = lambda g, v, i: g.get_float(v, i[1])
    methods: dict[int, Method] = table
    return methods


def methods() -> dict[int, Method]:
    """All operations that this host lowers."""
    return {**integer_methods(), **float_methods()}


__all__ = ["FloatLowering", "methods"]
