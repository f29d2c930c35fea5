"""The operations of the IR: one table with types, immediates, effects and evaluator.

An instruction in memory is a tuple `(opcode, *operands, *immediates)`: operands are value numbers, immediates are plain
integers. A value number is the index of the instruction in its block, so instructions without result use up a number.
`OPS[opcode]` is the description, `OPCODE[name]` the number.

An evaluator is called as `evaluate(machine, *operands, *immediates)`. It computes with `engines.vm.isa.algebra.Value`s,
so the same function gives the reference evaluator (over `Bits`) and proof obligations (over SMT terms). Every operation
is total: shift amounts count modulo the width, division by zero and overflow have results (see `_divide`).

`n` is the number of guest instructions of the block that have retired when the operation is reached; an operation that
may leave does so with the guest state exactly as the `put`s before it made it, and with `n` retired.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag, StrEnum
from typing import Any, Final

from engines.vm.ir.types import Type

VOID, I1, I32, I64, F32, F64 = Type


class Effect(IntFlag):
    """What an operation does besides computing its result. No effect at all: it may be removed, merged and moved."""

    NONE = 0
    READS_STATE = 1
    """Reads a guest register."""
    WRITES_STATE = 2
    READS_MEMORY = 4
    WRITES_MEMORY = 8
    MAY_LEAVE = 16
    """May leave the block with the precise guest state (`n` retired); nothing of the operation has happened then."""
    ENDS = 32
    """Always leaves: the last instruction of a block, and only there."""
    RAISES_FLAGS = 64
    """ORs into the sticky floating-point flags, unless it is quiet."""
    READS_FLAGS = 128
    WRITES_FLAGS = 256
    READS_MODE = 512
    """Depends on the dynamic rounding mode, at least where its mode is `dyn`."""
    WRITES_MODE = 1024
    ORDERS = 2048
    """Keeps accesses to memory on their side."""


class Imm(StrEnum):
    """The kinds of immediates."""

    CONSTANT = "constant"
    """A value of the result's type, unsigned."""
    SLOT = "slot"
    """A guest register: index into the block's `GuestState`."""
    OFFSET = "offset"
    """Signed 32 bits, added to an address modulo 2**64."""
    PC = "pc"
    """A guest address, unsigned 64 bits."""
    RETIRED = "retired"
    """`n`: guest instructions of this block retired before this operation or, where it goes to a new pc, with it."""
    MODE = "mode"
    """Rounding mode 0 … 4 or DYNAMIC; plus QUIET where nobody needs the flags."""
    FLAGS = "flags"
    """0, or QUIET where nobody needs the flags."""
    HINT = "hint"
    """A `Hint`: what kind of jump it is for return-address prediction; no meaning for the result."""
    REASON = "reason"
    """Index into `REASONS`."""


DYNAMIC: Final = 7
"""The rounding mode that the guest set last (`setmode`)."""
QUIET: Final = 8
"""Bit of a MODE or FLAGS immediate: the operation need not raise flags."""
MODES: Final = {0: "rne", 1: "rtz", 2: "rdn", 3: "rup", 4: "rmm", DYNAMIC: "dyn"}
HINTS: Final = ("plain", "call", "return", "return-call")
REASONS: Final = ("trap", "illegal", "fetch", "csr", "unlifted")
"""Why a block hands an instruction to the interpreter: it always traps, it is no instruction, it cannot be fetched, it
names a CSR that does not exist or is read-only, or the lifter has no translation."""


@dataclass(frozen=True)
class Op:
    """One operation at one type.

    Attributes:
        code: opcode, index into `OPS`.
        name: `add.i64`.
        result: type of the result; VOID if there is none.
        operands: types of the operands.
        immediates: kinds of the immediates, which follow the operands in the instruction.
        effects: see `Effect`.
        evaluate: `(machine, *operands, *immediates) -> result`; see the module and `engines.vm.ir.evaluator`.
        memory_bytes: size of the access of loads and stores, 0 for others.
        signed: the load sign-extends.
        commutes: the first two operands may change places.
        doc: one sentence.
    """

    code: int
    name: str
    result: Type
    operands: tuple[Type, ...]
    immediates: tuple[Imm, ...]
    effects: Effect
    evaluate: Callable[..., Any]
    doc: str
    memory_bytes: int = 0
    signed: bool = False
    commutes: bool = False

    @property
    def arity(self) -> int:
        return len(self.operands)

    @property
    def length(self) -> int:
        """Of the instruction's tuple."""
        return 1 + len(self.operands) + len(self.immediates)

    @property
    def operation(self) -> str:
        """The name without type: `add`."""
        return self.name.partition(".")[0]


OPS: Final[list[Op]] = []
OPCODE: Final[dict[str, int]] = {}


def _op(
    name: str,
    result: Type,
    operands: tuple[Type, ...],
    evaluate: Callable[..., Any],
    doc: str,
    immediates: tuple[Imm, ...] = (),
    effects: Effect = Effect.NONE,
    **more: Any,
) -> None:
    assert name not in OPCODE, name
    OPCODE[name] = len(OPS)
    OPS.append(Op(len(OPS), name, result, operands, immediates, effects, evaluate, doc, **more))


# -- constants, integers ------------------------------------------------------------------------------------------

for _t in (I1, I32, I64, F32, F64):
    _op(
        f"const.{_t.spelling}",
        _t,
        (),
        lambda m, value, width=_t.width: m.const(value, width),
        "A constant.",
        (Imm.CONSTANT,),
    )


def _amount(a: Any, b: Any) -> Any:
    """Shift amounts count modulo the width."""
    return b & a.width - 1


def _divide(operation: str, a: Any, b: Any, m: Any) -> Any:
    """Division by zero: the quotient has all bits set, the remainder is the dividend. On signed overflow the quotient
    is the dividend and the remainder 0. These are RISC-V's rules and, unsigned, SMT-LIB's."""
    one, ones = m.const(1, b.width), m.const(-1, a.width)
    by_zero = b.eq(0)
    if operation in ("udiv", "urem"):
        divisor = by_zero.select(one, b)
        return by_zero.select(ones, a.udiv(divisor)) if operation == "udiv" else by_zero.select(a, a.urem(divisor))
    overflow = a.eq(1 << a.width - 1) & b.eq(-1)
    divisor = (by_zero | overflow).select(one, b)
    return by_zero.select(ones, a.sdiv(divisor)) if operation == "sdiv" else by_zero.select(a, a.srem(divisor))


_BINARY: Final[dict[str, tuple[bool, str, Callable[..., Any]]]] = {
    "add": (True, "Sum.", lambda m, a, b: a + b),
    "sub": (False, "Difference.", lambda m, a, b: a - b),
    "mul": (True, "Lower half of the product.", lambda m, a, b: a * b),
    "and": (True, "Bitwise and.", lambda m, a, b: a & b),
    "or": (True, "Bitwise or.", lambda m, a, b: a | b),
    "xor": (True, "Bitwise exclusive or.", lambda m, a, b: a ^ b),
    "shl": (False, "Shift left by the amount modulo the width.", lambda m, a, b: a.shl(_amount(a, b))),
    "lshr": (False, "Shift right, zeros in, by the amount modulo the width.", lambda m, a, b: a.lshr(_amount(a, b))),
    "ashr": (False, "Shift right, sign in, by the amount modulo the width.", lambda m, a, b: a.ashr(_amount(a, b))),
    "udiv": (False, "Unsigned quotient; by 0: all bits set.", lambda m, a, b: _divide("udiv", a, b, m)),
    "urem": (False, "Unsigned remainder; by 0: the dividend.", lambda m, a, b: _divide("urem", a, b, m)),
    "sdiv": (False, "Signed quotient; by 0: -1; overflow: the dividend.", lambda m, a, b: _divide("sdiv", a, b, m)),
    "srem": (False, "Signed remainder; by 0: the dividend; overflow: 0.", lambda m, a, b: _divide("srem", a, b, m)),
}
for _t in (I32, I64):
    for _name, (_commutes, _doc, _evaluate) in _BINARY.items():
        _op(f"{_name}.{_t.spelling}", _t, (_t, _t), _evaluate, _doc, commutes=_commutes)
for _name in ("and", "or", "xor"):
    _commutes, _doc, _evaluate = _BINARY[_name]
    _op(f"{_name}.i1", I1, (I1, I1), _evaluate, _doc, commutes=True)

_op(
    "mulhs.i64",
    I64,
    (I64, I64),
    lambda m, a, b: (a.sext(128) * b.sext(128)).extract(64, 64),
    "Upper half of the signed product.",
    commutes=True,
)
_op(
    "mulhu.i64",
    I64,
    (I64, I64),
    lambda m, a, b: (a.zext(128) * b.zext(128)).extract(64, 64),
    "Upper half of the unsigned product.",
    commutes=True,
)
_op(
    "mulhsu.i64",
    I64,
    (I64, I64),
    lambda m, a, b: (a.sext(128) * b.zext(128)).extract(64, 64),
    "Upper half of the product of a signed first and an unsigned second operand.",
)

_COMPARE: Final[dict[str, tuple[bool, str, Callable[..., Any]]]] = {
    "eq": (True, "Whether equal.", lambda m, a, b: a.eq(b)),
    "ne": (True, "Whether not equal.", lambda m, a, b: a.ne(b)),
    "ult": (False, "Whether less, unsigned.", lambda m, a, b: a.ult(b)),
    "ule": (False, "Whether less or equal, unsigned.", lambda m, a, b: a.ule(b)),
    "slt": (False, "Whether less, signed.", lambda m, a, b: a.slt(b)),
    "sle": (False, "Whether less or equal, signed.", lambda m, a, b: a.sle(b)),
}
for _t in (I32, I64):
    for _name, (_commutes, _doc, _evaluate) in _COMPARE.items():
        _op(f"{_name}.{_t.spelling}", I1, (_t, _t), _evaluate, _doc, commutes=_commutes)

for _t in (I1, I32, I64, F32, F64):
    _op(
        f"select.{_t.spelling}",
        _t,
        (I1, _t, _t),
        lambda m, c, a, b: c.select(a, b),
        "The second operand where the first is 1, else the third.",
    )

_op("zext.i1.i32", I32, (I1,), lambda m, a: a.zext(32), "Zero-extends.")
_op("zext.i1.i64", I64, (I1,), lambda m, a: a.zext(64), "Zero-extends.")
_op("zext.i32.i64", I64, (I32,), lambda m, a: a.zext(64), "Zero-extends.")
_op("sext.i32.i64", I64, (I32,), lambda m, a: a.sext(64), "Sign-extends.")
_op("sext8.i64", I64, (I64,), lambda m, a: a.trunc(8).sext(64), "Sign-extends the low 8 bits.")
_op("sext16.i64", I64, (I64,), lambda m, a: a.trunc(16).sext(64), "Sign-extends the low 16 bits.")
_op("trunc.i64.i32", I32, (I64,), lambda m, a: a.trunc(32), "The low 32 bits.")
_op("trunc.i64.i1", I1, (I64,), lambda m, a: a.trunc(1), "Bit 0.")

# -- floating point: bits -----------------------------------------------------------------------------------------

_op("bits.f32.i32", I32, (F32,), lambda m, a: a, "The bits, in an integer register.")
_op("bits.f64.i64", I64, (F64,), lambda m, a: a, "The bits, in an integer register.")
_op("float.i32.f32", F32, (I32,), lambda m, a: a, "The bits, in a floating-point register.")
_op("float.i64.f64", F64, (I64,), lambda m, a: a, "The bits, in a floating-point register.")
_op("nanbox.f32.f64", F64, (F32,), lambda m, a: a.zext(64) | 0xFFFF_FFFF_0000_0000, "Below 32 bits that are set.")
_op(
    "unbox.f64.f32",
    F32,
    (F64,),
    lambda m, a: a.extract(32, 32).eq(-1).select(a.trunc(32), m.const(0x7FC0_0000, 32)),
    "The low 32 bits where the upper ones are all set, else the canonical NaN.",
)
_op("low.f64.f32", F32, (F64,), lambda m, a: a.trunc(32), "The low 32 bits, whatever the upper ones are.")


def _sign(a: Any) -> int:
    return 1 << int(a.width) - 1


for _t in (F32, F64):
    _s = _t.spelling
    _op(f"fneg.{_s}", _t, (_t,), lambda m, a: a ^ _sign(a), "With the sign bit inverted; NaNs too, no flags.")
    _op(f"fabs.{_s}", _t, (_t,), lambda m, a: a & _sign(a) - 1, "With the sign bit cleared; NaNs too, no flags.")
    _op(
        f"fcopysign.{_s}",
        _t,
        (_t, _t),
        lambda m, a, b: (a & _sign(a) - 1) | (b & _sign(a)),
        "The first operand with the sign bit of the second; NaNs too, no flags.",
    )

# -- floating point: arithmetic -----------------------------------------------------------------------------------
# `m.float_unit(mode)` is a `FloatUnit` (engines.vm.isa.machine), one without effect on the flags where QUIET is set.

_ROUNDED = Effect.RAISES_FLAGS | Effect.READS_MODE


def _mode(m: Any, mode: int) -> Any:
    return m.dynamic_mode() if mode & 7 == DYNAMIC else mode & 7


for _t in (F32, F64):
    _s, _w = _t.spelling, _t.width
    for _name, _doc in (("add", "Sum"), ("sub", "Difference"), ("mul", "Product"), ("div", "Quotient")):
        _op(
            f"f{_name}.{_s}",
            _t,
            (_t, _t),
            lambda m, a, b, mode, f=_name, w=_w: getattr(m.float_unit(mode), f)(w, a, b, _mode(m, mode)),
            f"{_doc}, rounded once.",
            (Imm.MODE,),
            _ROUNDED,
            commutes=_name in ("add", "mul"),
        )
    _op(
        f"fsqrt.{_s}",
        _t,
        (_t,),
        lambda m, a, mode, w=_w: m.float_unit(mode).sqrt(w, a, _mode(m, mode)),
        "Square root, rounded once.",
        (Imm.MODE,),
        _ROUNDED,
    )
    for _name, _product, _addend, _doc in (
        ("fmadd", False, False, "a*b + c"),
        ("fmsub", False, True, "a*b - c"),
        ("fnmsub", True, False, "-(a*b) + c"),
        ("fnmadd", True, True, "-(a*b) - c"),
    ):
        _op(
            f"{_name}.{_s}",
            _t,
            (_t, _t, _t),
            lambda m, a, b, c, mode, w=_w, p=_product, q=_addend: m.float_unit(mode).fma(
                w, a, b, c, _mode(m, mode), negate_product=p, negate_addend=q
            ),
            f"{_doc}, rounded once.",
            (Imm.MODE,),
            _ROUNDED,
            commutes=True,
        )
    for _name, _method, _doc in (("fmin", "minimum", "Smaller"), ("fmax", "maximum", "Larger")):
        _op(
            f"{_name}.{_s}",
            _t,
            (_t, _t),
            lambda m, a, b, flags, f=_method, w=_w: getattr(m.float_unit(flags), f)(w, a, b),
            f"{_doc} operand, IEEE 754-2019 {_method}Number; -0 is less than +0.",
            (Imm.FLAGS,),
            Effect.RAISES_FLAGS,
        )
    for _name, _doc in (("eq", "Equal, quiet."), ("lt", "Less; signalling."), ("le", "Less or equal; signalling.")):
        _op(
            f"f{_name}.{_s}",
            I1,
            (_t, _t),
            lambda m, a, b, flags, f=_name, w=_w: getattr(m.float_unit(flags), f)(w, a, b),
            f"{_doc} A NaN gives 0.",
            (Imm.FLAGS,),
            Effect.RAISES_FLAGS,
            commutes=_name == "eq",
        )
    _op(
        f"fclass.{_s}",
        I64,
        (_t,),
        lambda m, a, w=_w: m.float_unit(QUIET).classify(w, a),
        "One of ten bits that says what class the operand has (RISC-V fclass).",
    )
    for _i, _signed in ((I32, True), (I32, False), (I64, True), (I64, False)):
        _sign_letter = "s" if _signed else "u"
        _op(
            f"f2{_sign_letter}.{_s}.{_i.spelling}",
            _i,
            (_t,),
            lambda m, a, mode, w=_w, iw=_i.width, g=_signed: m.float_unit(mode).to_int(w, a, iw, g, _mode(m, mode)),
            "Conversion to an integer; saturates, a NaN gives the largest.",
            (Imm.MODE,),
            _ROUNDED,
        )
        _op(
            f"{_sign_letter}2f.{_i.spelling}.{_s}",
            _t,
            (_i,),
            lambda m, a, mode, w=_w, g=_signed: m.float_unit(mode).from_int(w, a, g, _mode(m, mode)),
            "Conversion from an integer, rounded once.",
            (Imm.MODE,),
            _ROUNDED,
        )
_op(
    "fwiden.f32.f64",
    F64,
    (F32,),
    lambda m, a, flags: m.float_unit(flags).convert(32, 64, a, 0),
    "Conversion to the wider format, exact; a signalling NaN is invalid, NaNs become canonical.",
    (Imm.FLAGS,),
    Effect.RAISES_FLAGS,
)
_op(
    "fnarrow.f64.f32",
    F32,
    (F64,),
    lambda m, a, mode: m.float_unit(mode).convert(64, 32, a, _mode(m, mode)),
    "Conversion to the narrower format, rounded once; NaNs become canonical.",
    (Imm.MODE,),
    _ROUNDED,
)
_op("getflags", I64, (), lambda m: m.flags(), "The sticky flags, 5 bits (NV 16, DZ 8, OF 4, UF 2, NX 1).",
    effects=Effect.READS_FLAGS)  # fmt: skip
_op("setflags", VOID, (I64,), lambda m, a: m.set_flags(a), "Sets the sticky flags to the low 5 bits.",
    effects=Effect.WRITES_FLAGS)  # fmt: skip
_op("getmode", I64, (), lambda m: m.get_mode(), "The dynamic rounding mode, 3 bits; it may be a reserved one.",
    effects=Effect.READS_MODE)  # fmt: skip
_op("setmode", VOID, (I64,), lambda m, a: m.set_mode(a), "Sets the dynamic rounding mode to the low 3 bits.",
    effects=Effect.WRITES_MODE)  # fmt: skip
_op("checkmode", VOID, (), lambda m, n: m.check_mode(n),
    "Leaves to the interpreter where the dynamic rounding mode is reserved (5, 6, 7); a host may leave for others.",
    (Imm.RETIRED,), Effect.READS_MODE | Effect.MAY_LEAVE)  # fmt: skip

# -- guest state --------------------------------------------------------------------------------------------------

for _t in (I64, F64):
    _op(f"get.{_t.spelling}", _t, (), lambda m, slot: m.get(slot), "A guest register.", (Imm.SLOT,), Effect.READS_STATE)
    _op(f"put.{_t.spelling}", VOID, (_t,), lambda m, a, slot: m.put(slot, a), "Sets a guest register.", (Imm.SLOT,),
        Effect.WRITES_STATE)  # fmt: skip
_op("retired", I64, (), lambda m, n: m.retired(n), "The retired count at block entry plus n.", (Imm.RETIRED,))

# -- memory -------------------------------------------------------------------------------------------------------

_LOADS = Effect.READS_MEMORY | Effect.MAY_LEAVE
_STORES = Effect.WRITES_MEMORY | Effect.MAY_LEAVE


def _load(m: Any, a: Any, offset: int, n: int, size: int, signed: bool, width: int) -> Any:
    value = m.load(a + offset, size, n)
    return value.sext(width) if signed else value.zext(width)


for _suffix, _t, _bytes, _signed in (
    *(("u8", I64, 1, False), ("s8", I64, 1, True), ("u16", I64, 2, False), ("s16", I64, 2, True)),
    *(("u32", I64, 4, False), ("s32", I64, 4, True), ("i32", I32, 4, False), ("i64", I64, 8, False)),
    *(("f32", F32, 4, False), ("f64", F64, 8, False)),
):
    _op(
        f"load.{_suffix}",
        _t,
        (I64,),
        lambda m, a, offset, n, b=_bytes, g=_signed, w=_t.width: _load(m, a, offset, n, b, g, w),
        f"Loads {_bytes} bytes{', sign-extended' if _signed else ', zero-extended' if _t.width > 8 * _bytes else ''}.",
        (Imm.OFFSET, Imm.RETIRED),
        _LOADS,
        memory_bytes=_bytes,
        signed=_signed,
    )
for _suffix, _t, _bytes in (
    *(
        ("8", I64, 1),
        ("16", I64, 2),
        ("32", I64, 4),
        ("i32", I32, 4),
        ("i64", I64, 8),
        ("f32", F32, 4),
        ("f64", F64, 8),
    ),
):
    _op(
        f"store.{_suffix}",
        VOID,
        (I64, _t),
        lambda m, a, value, offset, n, b=_bytes: m.store(a + offset, value.trunc(8 * b), n),
        f"Stores the low {_bytes} bytes of the second operand.",
        (Imm.OFFSET, Imm.RETIRED),
        _STORES,
        memory_bytes=_bytes,
    )
for _suffix, _t, _bytes in (("i32", I32, 4), ("i64", I64, 8)):
    _op(
        f"storeif.{_suffix}",
        VOID,
        (I1, I64, _t),
        lambda m, c, a, value, offset, n: m.store_if(c, a + offset, value, n),
        "Stores the third operand where the first is 1; no access and no fault where it is 0.",
        (Imm.OFFSET, Imm.RETIRED),
        _STORES,
        memory_bytes=_bytes,
    )
_op("fence", VOID, (), lambda m: None, "Orders accesses to memory.", effects=Effect.ORDERS)

# -- leaving ------------------------------------------------------------------------------------------------------

_op("leaveif", VOID, (I1,), lambda m, c, n: m.leave_if(c, n),
    "Where the operand is 1, leaves to the interpreter, which executes the guest instruction again.",
    (Imm.RETIRED,), Effect.MAY_LEAVE)  # fmt: skip
_op("exitif", VOID, (I1,), lambda m, c, pc, n: m.exit_if(c, pc, n), "Where the operand is 1, goes on at a guest pc.",
    (Imm.PC, Imm.RETIRED), Effect.MAY_LEAVE)  # fmt: skip
_op("jump", VOID, (), lambda m, pc, n, hint: m.jump(m.const(pc, 64), n), "Goes on at a guest pc.",
    (Imm.PC, Imm.RETIRED, Imm.HINT), Effect.ENDS)  # fmt: skip
_op("branch", VOID, (I1,), lambda m, c, taken, onward, n: m.jump(c.select(m.const(taken, 64), m.const(onward, 64)), n),
    "Goes on at the first guest pc where the operand is 1, else at the second.",
    (Imm.PC, Imm.PC, Imm.RETIRED), Effect.ENDS)  # fmt: skip
_op("jumpto", VOID, (I64,), lambda m, a, n, hint: m.jump(a, n), "Goes on at the guest pc that is the operand.",
    (Imm.RETIRED, Imm.HINT), Effect.ENDS)  # fmt: skip
_op("interpret", VOID, (), lambda m, n, reason: m.interpret(n),
    "Leaves to the interpreter, which executes the guest instruction after the n retired ones.",
    (Imm.RETIRED, Imm.REASON), Effect.ENDS)  # fmt: skip

# -- what the loops over instructions ask for, by opcode --------------------------------------------------------------

ARITY: Final = tuple(op.arity for op in OPS)
RESULT: Final = tuple(op.result for op in OPS)
EFFECTS: Final = tuple(op.effects for op in OPS)
PURE: Final = tuple(op.effects == Effect.NONE for op in OPS)
"""May be removed when unused, and merged with an equal instruction. `get` is not: a `put` may come between."""
LEAVES: Final = tuple(bool(op.effects & (Effect.MAY_LEAVE | Effect.ENDS)) for op in OPS)
"""The guest state must be precise here."""
RETIRED_AT: Final = tuple(
    1 + op.arity + op.immediates.index(Imm.RETIRED) if Imm.RETIRED in op.immediates else 0 for op in OPS
)
"""Where in the instruction `n` stands; 0 where there is none."""

Instruction = tuple[int, ...]
"""`(opcode, *operands, *immediates)`."""
