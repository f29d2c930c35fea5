"""The interpreter's floating-point units, compiled: host against portable on a million boundary-biased operands per
operation, and portable against softfloat on twenty thousand, results and flags."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray

from engines.vm import softfloat
from engines.vm.guests.riscv64.state import CPU
from engines.vm.tiers.interpreter.emitter import BRANCH_WEIGHTS, Emitter
from engines.vm.tiers.interpreter.float_unit import FloatSupport, float_support
from engines.vm.tiers.interpreter.layout import CONTEXT
from engines.vm.tiers.interpreter.values import LlvmValue

NATIVE_COUNT: Final = 1_000_000
JUDGED_COUNT: Final = 20_000
RTZ, RMM = 1, 4
U64 = NDArray[np.uint64]
HAS_HOST_UNIT = platform.machine() in {"x86_64", "AMD64"}

Compute = Callable[..., LlvmValue]
"""Of the unit, three operands and the rounding mode."""
Judge = Callable[..., tuple[int, int]]
"""Of three operands and the rounding mode."""
Inputs = Callable[[str, int], tuple[U64, U64, U64]]


@dataclass(frozen=True)
class Operation:
    """One operation of a unit and its judge. Integer operands come from the same bits as `a`, all 64 of them."""

    fmt: int
    compute: Compute
    judge: Judge
    integers: bool = False


def low(value: LlvmValue, width: int) -> LlvmValue:
    return value.trunc(width)


def operations() -> dict[str, Operation]:
    table: dict[str, Operation] = {}
    for fmt in (32, 64):

        def of(name: str, compute: Compute, judge: Judge, integers: bool = False, fmt: int = fmt) -> None:
            table[f"{name}_{fmt}"] = Operation(fmt, compute, judge, integers)

        for name in ("add", "sub", "mul", "div"):

            def compute(fp: Any, a: Any, b: Any, c: Any, rm: Any, name: str = name, fmt: int = fmt) -> LlvmValue:
                result: LlvmValue = getattr(fp, name)(fmt, low(a, fmt), low(b, fmt), rm)
                return result

            def judge(a: int, b: int, c: int, rm: int, name: str = name, fmt: int = fmt) -> tuple[int, int]:
                result: tuple[int, int] = getattr(softfloat, name)(fmt, a, b, rm)
                return result

            of(name, compute, judge)
        for name in ("eq", "lt", "le", "minimum", "maximum"):

            def compare(fp: Any, a: Any, b: Any, c: Any, rm: Any, name: str = name, fmt: int = fmt) -> LlvmValue:
                result: LlvmValue = getattr(fp, name)(fmt, low(a, fmt), low(b, fmt))
                return result

            def decide(a: int, b: int, c: int, rm: int, name: str = name, fmt: int = fmt) -> tuple[int, int]:
                result: tuple[int, int] = getattr(softfloat, name)(fmt, a, b)
                return result

            of(name, compare, decide)
        of(
            "sqrt",
            lambda fp, a, b, c, rm, fmt=fmt: fp.sqrt(fmt, low(a, fmt), rm),
            lambda a, b, c, rm, fmt=fmt: softfloat.sqrt(fmt, a, rm),
        )
        of(
            "classify",
            lambda fp, a, b, c, rm, fmt=fmt: fp.classify(fmt, low(a, fmt)),
            lambda a, b, c, rm, fmt=fmt: softfloat.classify(fmt, a),
        )
        of(
            "convert",
            lambda fp, a, b, c, rm, fmt=fmt: fp.convert(fmt, 96 - fmt, low(a, fmt), rm),
            lambda a, b, c, rm, fmt=fmt: softfloat.convert(fmt, 96 - fmt, a, rm),
        )
        for name, (product, addend) in {
            "fmadd": (False, False),
            "fmsub": (False, True),
            "fnmsub": (True, False),
            "fnmadd": (True, True),
        }.items():
            of(
                name,
                lambda fp, a, b, c, rm, fmt=fmt, p=product, q=addend: fp.fma(
                    fmt, low(a, fmt), low(b, fmt), low(c, fmt), rm, negate_product=p, negate_addend=q
                ),
                lambda a, b, c, rm, fmt=fmt, p=product, q=addend: softfloat.fma(fmt, a, b, c, rm, p, q),
            )
        for width in (32, 64):
            for signed in (False, True):
                integer = f"{'i' if signed else 'u'}{width}"
                of(
                    f"to_{integer}",
                    lambda fp, a, b, c, rm, fmt=fmt, w=width, s=signed: fp.to_int(fmt, low(a, fmt), w, s, rm),
                    lambda a, b, c, rm, fmt=fmt, w=width, s=signed: softfloat.to_int(fmt, a, w, s, rm),
                )
                of(
                    f"truncate_{integer}",
                    lambda fp, a, b, c, rm, fmt=fmt, w=width, s=signed: fp.to_int(
                        fmt, low(a, fmt), w, s, fp.emitter.const(RTZ, 3)
                    ),
                    lambda a, b, c, rm, fmt=fmt, w=width, s=signed: softfloat.to_int(fmt, a, w, s, RTZ),
                )
                of(
                    f"from_{integer}",
                    lambda fp, a, b, c, rm, fmt=fmt, w=width, s=signed: fp.from_int(fmt, low(a, w), s, rm),
                    lambda a, b, c, rm, fmt=fmt, w=width, s=signed: softfloat.from_int(fmt, a, w, s, rm),
                    integers=True,
                )
        for mode in (RTZ, RMM):
            of(
                f"add_mode{mode}",
                lambda fp, a, b, c, rm, fmt=fmt, m=mode: fp.add(fmt, low(a, fmt), low(b, fmt), fp.emitter.const(m, 3)),
                lambda a, b, c, rm, fmt=fmt, m=mode: softfloat.add(fmt, a, b, m),
            )
    return table


OPERATIONS: Final = operations()


class OneOperation:
    """The handler machine of a function that performs one operation; the fast one calls the careful one to bail out."""

    def __init__(self, emitter: Emitter, careful: bool) -> None:
        self.emitter = emitter
        self.careful = careful
        self.bail: str | None = None

    def bail_if(self, condition: LlvmValue) -> None:
        assert not self.careful
        self.bail = self.bail or self.emitter.label("bail")
        self.emitter.leave_if(condition, self.bail)


PARAMETERS: Final = "ptr %cpu, ptr %context, i64 %a, i64 %b, i64 %c, i64 %rm"
LOOP_PARAMETERS: Final = (
    "ptr %cpu, ptr %context, i64 %n, ptr %as, ptr %bs, ptr %cs, ptr %modes, ptr %frms, ptr %results, ptr %raised"
)


def one(support: FloatSupport, name: str, careful: bool) -> str:
    """`@fast_name` or `@careful_name`: one operation."""
    emitter = Emitter()
    machine = OneOperation(emitter, careful)
    a, b, c = (emitter.named(f"%{n}", 64) for n in "abc")
    rm = emitter.named("%rm", 64).trunc(3)
    result = OPERATIONS[name].compute(support.unit(machine), a, b, c, rm)
    emitter.line(f"ret i64 {result.zext(64).text}")
    if machine.bail:
        emitter.begin(machine.bail)
        call = emitter.call("i64", f"careful_{name}", PARAMETERS.split(", "), declare=False)
        emitter.line(f"ret i64 {call}")
    kind = "careful" if careful else "fast"
    support.all_declarations |= emitter.declarations  # type: ignore[attr-defined]
    body = "\n".join(emitter.lines)
    return f"define internal i64 @{kind}_{name}({PARAMETERS}) nounwind noinline {{\n{body}\n}}"


def loop(support: FloatSupport, name: str, kind: str) -> str:
    """`@loop_kind_name`: the operation over arrays. Every element has its own `frm` and `rm`, and starts flagless."""
    emitter = Emitter()
    fp = support.unit(OneOperation(emitter, False))
    support.enter(emitter, "%context", "%cpu")
    head, tail = emitter.label("head"), emitter.label("tail")
    emitter.jump(head)
    emitter.begin(head)
    index = emitter.named("%index", 64)
    emitter.line(f"%index = phi i64 [ 0, %start ], [ %next, %{head} ]")
    a, b, c, mode, frm = (
        emitter.load(emitter.offset(f"%{array}", index.shl(3)), 64) for array in ("as", "bs", "cs", "modes", "frms")
    )
    fp.set_fcsr(emitter.const(0), frm)
    arguments = ["ptr %cpu", "ptr %context", *(f"i64 {v.text}" for v in (a, b, c, mode))]
    result = LlvmValue(emitter, emitter.call("i64", f"{kind}_{name}", arguments, declare=False), 64)
    emitter.store(emitter.offset("%results", index.shl(3)), result)
    emitter.store(emitter.offset("%raised", index.shl(3)), fp.fflags())
    emitter.line("%next = add i64 %index, 1")
    emitter.branch(emitter.named("%next", 64).ult(emitter.named("%n", 64)), head, tail)
    emitter.begin(tail)
    support.leave(emitter, "%context", "%cpu")
    emitter.line("ret void")
    body = "\n".join(emitter.lines)
    return f"define void @loop_{kind}_{name}({LOOP_PARAMETERS}) nounwind {{\n{body}\n}}"


def module_text(support: FloatSupport) -> str:
    support.all_declarations = set()  # type: ignore[attr-defined]
    parts: list[str] = []
    for name in OPERATIONS:
        parts += [one(support, name, False), one(support, name, True)]
        parts += [loop(support, name, "fast"), loop(support, name, "careful")]
    declarations = support.declarations | support.all_declarations  # type: ignore[attr-defined]
    return "\n".join([*sorted(declarations), *support.functions, *parts, BRANCH_WEIGHTS])


class Compiled:
    """The compiled module: `run` gives results and flags as arrays."""

    def __init__(self, support: FloatSupport) -> None:
        import llvmlite.binding as llvm

        from engines.vm.runtime.llvm import compile_object, host_target

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        self.code = compile_object(module_text(support), host_target())
        machine = llvm.Target.from_default_triple().create_target_machine(reloc="pic", codemodel="small")
        self.engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        self.engine.add_object_file(llvm.ObjectFileRef.from_data(self.code))
        self.engine.finalize_object()

    def run(self, kind: str, name: str, a: U64, b: U64, c: U64, modes: U64, frms: U64) -> tuple[U64, U64]:
        cpu, context = np.zeros(1, CPU), np.zeros(1, CONTEXT)
        results, raised = np.zeros(len(a), np.uint64), np.zeros(len(a), np.uint64)
        arrays = [np.ascontiguousarray(v).ctypes for v in (a, b, c, modes, frms, results, raised)]
        prototype = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 2, ctypes.c_uint64, *[ctypes.c_void_p] * 7)
        function = prototype(self.engine.get_function_address(f"loop_{kind}_{name}"))
        function(cpu.ctypes.data, context.ctypes.data, len(a), *(v.data for v in arrays))
        return results, raised


@pytest.fixture(scope="module")
def best() -> Compiled:
    """What this host uses."""
    import llvmlite.binding as llvm

    return Compiled(float_support(platform.machine(), llvm.get_host_cpu_features()))


@pytest.fixture(scope="module")
def inputs(boundary_floats: Any) -> Callable[[str, int], tuple[U64, U64, U64]]:
    """`(operation's name, count) -> operands`."""

    @cache
    def generate(fmt: int, integers: bool, count: int) -> tuple[U64, U64, U64]:
        a, b, c = boundary_floats(fmt, count, 100)
        if integers:
            a = boundary_floats(64, count, 101)[0]
            a = (a.view(np.int64) >> (b % np.uint64(64)).astype(np.int64)).view(np.uint64)
        return a, b, c

    return lambda name, count: generate(OPERATIONS[name].fmt, OPERATIONS[name].integers, count)


@cache
def rounding(count: int) -> tuple[U64, U64]:
    """Modes of the instruction and of frm: equal, as nearly always, in three of four cases."""
    rng = np.random.default_rng(102)
    modes = rng.integers(0, 5, count, dtype=np.uint64)
    others = rng.integers(0, 5, count, dtype=np.uint64)
    return modes, np.where(rng.integers(0, 4, count) == 0, others, modes)


def report(name: str, a: U64, b: U64, c: U64, modes: U64, index: int) -> str:
    return f"{name} a={a[index]:#x} b={b[index]:#x} c={c[index]:#x} rm={modes[index]}"


@pytest.mark.parametrize("name", OPERATIONS)
def test_portable_equals_softfloat(best: Compiled, inputs: Inputs, name: str) -> None:
    a, b, c = inputs(name, JUDGED_COUNT)
    modes, frms = rounding(JUDGED_COUNT)
    results, raised = best.run("careful", name, a, b, c, modes, frms)
    judge = OPERATIONS[name].judge
    operands = zip(a.tolist(), b.tolist(), c.tolist(), modes.tolist(), strict=True)
    answers = zip(results.tolist(), raised.tolist(), strict=True)
    for index, (operand, answer) in enumerate(zip(operands, answers, strict=True)):
        assert answer == judge(*operand), report(name, a, b, c, modes, index)


@pytest.mark.skipif(not HAS_HOST_UNIT, reason="this host's unit is the portable one")
@pytest.mark.parametrize("name", OPERATIONS)
def test_host_equals_portable(best: Compiled, inputs: Inputs, name: str) -> None:
    a, b, c = inputs(name, NATIVE_COUNT)
    modes, frms = rounding(NATIVE_COUNT)
    fast, fast_raised = best.run("fast", name, a, b, c, modes, frms)
    careful, careful_raised = best.run("careful", name, a, b, c, modes, frms)
    wrong = np.flatnonzero((fast != careful) | (fast_raised != careful_raised))
    assert not len(wrong), report(name, a, b, c, modes, int(wrong[0]))
