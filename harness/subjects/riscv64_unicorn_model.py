"""Our machine with the known defects of Unicorn 2.1.4 put in: what Unicorn is predicted to do.

Unicorn's treatment of single-precision values in 64-bit registers is wrong so often that most programs with F
instructions differ from it. Where a batch differs, this model runs the differing programs: if it gives exactly what
Unicorn gave, in every field, the known defects explain the difference, and everything else in the program has been
compared as strictly as ever. Nothing is masked. Each change here belongs to an erratum of
`oracles/errata/unicorn.json`, which has the manual's sentence and a witness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import FunctionType
from typing import Any, Final

from engines.vm.guests.riscv64.traps import ExceptionCause
from engines.vm.isa.describe import Extension, Instruction, InstructionSet
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64 import a as atomic
from engines.vm.isa.riscv64 import d as double
from engines.vm.isa.riscv64 import f as single
from engines.vm.isa.riscv64.fields import FIELDS, MANUAL
from harness.subjects.riscv64_interpreter import InterpreterExecutor

VARIANT: Final = "unicorn"
CANONICAL_NAN: Final = {32: 0x7FC0_0000, 64: 0x7FF8_0000_0000_0000}
INFINITY: Final = {32: 0x7F80_0000, 64: 0x7FF0_0000_0000_0000}
QUIET: Final = {32: 1 << 22, 64: 1 << 51}

Semantics = Callable[..., None]


def _read(m: Any, fmt: int, register: Any) -> Any:
    """unicorn-fp32-operand-box-unchecked: the low half is used whether it is boxed or not."""
    return m.f[register].trunc(fmt) if fmt == 32 else m.f[register]


def _write(m: Any, fmt: int, register: Any, value: Any) -> None:
    """unicorn-fp32-result-not-boxed: the upper half becomes zeros."""
    m.f[register] = value if fmt == 64 else value.zext(64)


def _is_nan(m: Any, fmt: int, a: Any) -> Any:
    return m.const(INFINITY[fmt], fmt).ult(a & ((1 << fmt - 1) - 1))


def _sign_injection(m: Any, op: str, rd: Any, rs1: Any, rs2: Any) -> None:
    """unicorn-fsgnj*-s-moves-64-bits: the upper halves take part."""
    a, b = m.f[rs1], m.f[rs2]
    upper, lower = 0xFFFF_FFFF_8000_0000, 0x7FFF_FFFF
    if op == "fsgnj.s":
        m.f[rd] = (b & upper) | (a & lower)
    elif op == "fsgnjn.s":
        m.f[rd] = (~b & upper) | (a & lower)
    else:
        m.f[rd] = a ^ (b & upper)


def _move_from_integer(m: Any, op: str, rd: Any, rs1: Any) -> None:
    """unicorn-fmv-w-x-not-boxed."""
    m.f[rd] = m.x[rs1]


def _minimum_maximum(m: Any, op: str, rd: Any, rs1: Any, rs2: Any) -> None:
    """unicorn-fmin-fmax-signaling-nan: a signalling NaN gives the canonical NaN."""
    fmt = single.format_of(op)
    a, b = _read(m, fmt, rs1), _read(m, fmt, rs2)
    signalling = m.const(0, 1)
    for operand in (a, b):
        signalling = signalling | (_is_nan(m, fmt, operand) & (operand & QUIET[fmt]).eq(0))
    result = (m.fp.minimum if op.startswith("fmin") else m.fp.maximum)(fmt, a, b)
    _write(m, fmt, rd, signalling.select(m.const(CANONICAL_NAN[fmt], fmt), result))


def _fused_multiply_add(m: Any, op: str, rd: Any, rs1: Any, rs2: Any, rs3: Any, rm: Any) -> None:
    """unicorn-fma-infinity-times-zero-plus-nan: ∞ × 0 + quiet NaN raises nothing. With ∞ × 1 in its place nothing is
    raised either, and the result is the canonical NaN all the same."""
    fmt = single.format_of(op)
    mode = m.rounding_mode(rm)
    product, addend = single.NEGATED[op.partition(".")[0]]
    a, b, c = (_read(m, fmt, register) for register in (rs1, rs2, rs3))
    magnitude = (1 << fmt - 1) - 1
    zero_a, zero_b = (a & magnitude).eq(0), (b & magnitude).eq(0)
    infinite_a, infinite_b = (a & magnitude).eq(INFINITY[fmt]), (b & magnitude).eq(INFINITY[fmt])
    quiet = _is_nan(m, fmt, c) & (c & QUIET[fmt]).ne(0)
    silent = quiet & ((zero_a & infinite_b) | (infinite_a & zero_b))
    one = m.const(0x3F80_0000 if fmt == 32 else 0x3FF0_0000_0000_0000, fmt)
    a, b = (silent & zero_a).select(one, a), (silent & zero_b).select(one, b)
    _write(m, fmt, rd, m.fp.fma(fmt, a, b, c, mode, negate_product=product, negate_addend=addend))


def _atomic(original: Semantics) -> Semantics:
    """unicorn-amo-misaligned-cause and unicorn-amo-fault-cause: an AMO traps as the load that it starts with."""

    def semantics(m: Any, op: str, rd: Any, rs1: Any, rs2: Any) -> None:
        size_bytes = 4 if op.endswith(".w") else 8
        m.trap_if((m.x[rs1] & (size_bytes - 1)).ne(0), ExceptionCause.LOAD_ADDRESS_MISALIGNED, m.x[rs1])
        m.load(m.x[rs1], size_bytes)
        original(m, op, rd, rs1, rs2)

    return semantics


def _with_boxing(clause: Semantics) -> Semantics:
    """The clause with Unicorn's idea of reading and writing singles in place of `f.read` and `f.write`."""
    assert isinstance(clause, FunctionType)
    scope = {**clause.__globals__, "read": _read, "write": _write, "single": _SingleNames()}
    return FunctionType(clause.__code__, scope, clause.__name__, clause.__defaults__, clause.__closure__)


class _SingleNames:
    """The module `f` as `d` sees it, with Unicorn's reading and writing."""

    FORMAT = single.FORMAT
    read = staticmethod(_read)
    write = staticmethod(_write)


_BOXING_CLAUSES: Final = (
    single.arithmetic,
    single.square_root,
    single.convert_to_integer,
    single.convert_from_integer,
    single.compare,
    single.classify,
    double.convert_format,
)

RESERVED: Final = Extension("reserved", MANUAL, FIELDS)
"""unicorn-c-reserved-quadrant-0 and -1: reserved 16-bit encodings that execute as no-operations."""


@RESERVED.clause(
    "27.8",
    """
    reserved.q0 | 100 imm[10:0] 00              | - | The reserved funct3 of quadrant 0.
    reserved.q1 | 100111 imm[6:4] 1 imm[3:0] 01 | - | The reserved places beside c.subw and c.addw.
    """,
)
def _no_operation(m: Any, op: str) -> None:
    """Does nothing."""
    m.fence()


def _changed(instruction: Instruction) -> Instruction:
    clause = getattr(instruction.semantics, "clause", None)
    replacement: Semantics | None = None
    if clause in _BOXING_CLAUSES:
        replacement = _with_boxing(clause)
    elif clause is single.sign_injection and instruction.mnemonic.endswith(".s"):
        replacement = _sign_injection
    elif instruction.mnemonic == "fmv.w.x":
        replacement = _move_from_integer
    elif clause is single.minimum_maximum:
        replacement = _minimum_maximum
    elif clause is single.fused_multiply_add:
        replacement = _fused_multiply_add
    elif clause is atomic.atomic_memory_operation:
        replacement = _atomic(atomic.atomic_memory_operation)
    if replacement is None:
        return instruction
    return replace(instruction, semantics=_bind(replacement, instruction.mnemonic))


def _bind(function: Semantics, mnemonic: str) -> Semantics:
    def semantics(m: Any, *operands: Any) -> None:
        function(m, mnemonic, *operands)

    return semantics


def unicorn_table() -> InstructionSet:
    """The instruction table with Unicorn's defects."""

    class _All(Extension):
        def __iter__(self) -> Iterator[Instruction]:
            yield from map(_changed, INSTRUCTIONS)
            yield from RESERVED

    return InstructionSet(_All("all", MANUAL, FIELDS))


class UnicornModelExecutor(InterpreterExecutor):
    """The native interpreter over `unicorn_table`. A prediction of Unicorn, not an engine to be tested."""
