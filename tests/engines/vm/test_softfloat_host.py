"""softfloat against the host's floating-point unit and C library, in every rounding mode that they have, with flags.

Operations are performed by a small LLVM module with strict floating-point semantics; the rounding mode is set and the
flags are read with the C library's `fesetround` and `fetestexcept`, and the caller's environment is put back before
the native loop returns, so nothing else in the process ever runs under a foreign rounding mode.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import platform
from collections.abc import Callable

import llvmlite.binding as llvm
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.vm import softfloat as sf

RNE, RTZ, RDN, RUP = range(4)
NX, UF, OF, DZ, NV = 1, 2, 4, 8, 16

# <fenv.h>: per machine, the values of FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD, and of the exceptions.
FENV = {
    "x86_64": ((0, 0xC00, 0x400, 0x800), {1: NV, 4: DZ, 8: OF, 16: UF, 32: NX}),
    "aarch64": ((0, 0xC00000, 0x800000, 0x400000), {1: NV, 2: DZ, 4: OF, 8: UF, 16: NX}),
    "riscv64": ((0, 1, 2, 3), {16: NV, 8: DZ, 4: OF, 2: UF, 1: NX}),
}
TINY_AFTER_ROUNDING = {"x86_64", "riscv64"}
MACHINE = platform.machine()
pytestmark = pytest.mark.skipif(MACHINE not in FENV, reason=f"<fenv.h> values of {MACHINE} are not in FENV")

STRICT = 'metadata !"round.dynamic", metadata !"fpexcept.strict"'
EXCEPT = 'metadata !"fpexcept.strict"'

# name: LLVM IR that computes %r (a {t}), %q (a bit), %i (an i64) or %o (the other format's type).
OPERATIONS: dict[str, str | dict[int, str]] = {
    "add": f"%r = call {{t}} @llvm.experimental.constrained.fadd.{{s}}({{t}} %x, {{t}} %y, {STRICT})",
    "sub": f"%r = call {{t}} @llvm.experimental.constrained.fsub.{{s}}({{t}} %x, {{t}} %y, {STRICT})",
    "mul": f"%r = call {{t}} @llvm.experimental.constrained.fmul.{{s}}({{t}} %x, {{t}} %y, {STRICT})",
    "div": f"%r = call {{t}} @llvm.experimental.constrained.fdiv.{{s}}({{t}} %x, {{t}} %y, {STRICT})",
    "sqrt": f"%r = call {{t}} @llvm.experimental.constrained.sqrt.{{s}}({{t}} %x, {STRICT})",
    "fma": "%r = call {t} %fma({t} %x, {t} %y, {t} %z)",
    "eq": f'%q = call i1 @llvm.experimental.constrained.fcmp.{{s}}({{t}} %x, {{t}} %y, metadata !"oeq", {EXCEPT})',
    "lt": f'%q = call i1 @llvm.experimental.constrained.fcmps.{{s}}({{t}} %x, {{t}} %y, metadata !"olt", {EXCEPT})',
    "le": f'%q = call i1 @llvm.experimental.constrained.fcmps.{{s}}({{t}} %x, {{t}} %y, metadata !"ole", {EXCEPT})',
    "llrint": "%i = call i64 %llrint({t} %x)",
    "from_i64": f"%r = call {{t}} @llvm.experimental.constrained.sitofp.{{s}}.i64(i64 %a, {STRICT})",
    "to_other": {
        64: f"%o = call float @llvm.experimental.constrained.fptrunc.f32.f64(double %x, {STRICT})",
        32: f"%o = call double @llvm.experimental.constrained.fpext.f64.f32(float %x, {EXCEPT})",
    },
}

DECLARATIONS = """
declare {t} @llvm.experimental.constrained.fadd.{s}({t}, {t}, metadata, metadata)
declare {t} @llvm.experimental.constrained.fsub.{s}({t}, {t}, metadata, metadata)
declare {t} @llvm.experimental.constrained.fmul.{s}({t}, {t}, metadata, metadata)
declare {t} @llvm.experimental.constrained.fdiv.{s}({t}, {t}, metadata, metadata)
declare {t} @llvm.experimental.constrained.sqrt.{s}({t}, metadata, metadata)
declare i1 @llvm.experimental.constrained.fcmp.{s}({t}, {t}, metadata, metadata)
declare i1 @llvm.experimental.constrained.fcmps.{s}({t}, {t}, metadata, metadata)
declare {t} @llvm.experimental.constrained.sitofp.{s}.i64(i64, metadata, metadata)
"""

LOOP = """
define void @{name}(i64 %n, i32 %mode, ptr %as, ptr %bs, ptr %cs, ptr %results, ptr %exceptions,
                    ptr %functions, ptr %saved) strictfp {{
entry:
  %hold = load ptr, ptr %functions
  %p1 = getelementptr ptr, ptr %functions, i64 1
  %setround = load ptr, ptr %p1
  %p2 = getelementptr ptr, ptr %functions, i64 2
  %clear = load ptr, ptr %p2
  %p3 = getelementptr ptr, ptr %functions, i64 3
  %test = load ptr, ptr %p3
  %p4 = getelementptr ptr, ptr %functions, i64 4
  %restore = load ptr, ptr %p4
  %p5 = getelementptr ptr, ptr %functions, i64 5
  %fma = load ptr, ptr %p5
  %p6 = getelementptr ptr, ptr %functions, i64 6
  %llrint = load ptr, ptr %p6
  %h = call i32 %hold(ptr %saved) strictfp
  %m = call i32 %setround(i32 %mode) strictfp
  br label %loop
loop:
  %k = phi i64 [ 0, %entry ], [ %next, %loop ]
  %pa = getelementptr i64, ptr %as, i64 %k
  %a = load i64, ptr %pa
  %pb = getelementptr i64, ptr %bs, i64 %k
  %b = load i64, ptr %pb
  %pc = getelementptr i64, ptr %cs, i64 %k
  %c = load i64, ptr %pc
  %ta = {narrow} i64 %a {narrow_to}
  %tb = {narrow} i64 %b {narrow_to}
  %tc = {narrow} i64 %c {narrow_to}
  %x = bitcast i{w} %ta to {t}
  %y = bitcast i{w} %tb to {t}
  %z = bitcast i{w} %tc to {t}
  %cleared = call i32 %clear(i32 {all}) strictfp
  {body}
  {widen}
  %e = call i32 %test(i32 {all}) strictfp
  %pr = getelementptr i64, ptr %results, i64 %k
  store i64 %result, ptr %pr
  %pe = getelementptr i32, ptr %exceptions, i64 %k
  store i32 %e, ptr %pe
  %next = add i64 %k, 1
  %more = icmp ult i64 %next, %n
  br i1 %more, label %loop, label %done
done:
  %back = call i32 %restore(ptr %saved) strictfp
  ret void
}}
"""


def widening(name: str, fmt: int) -> str:
    if name in ("eq", "lt", "le"):
        return "%result = zext i1 %q to i64"
    if name == "llrint":
        return "%result = add i64 %i, 0"
    if name == "to_other":
        if fmt == 64:
            return "%w = bitcast float %o to i32\n  %result = zext i32 %w to i64"
        return "%result = bitcast double %o to i64"
    return f"%w = bitcast {{t}} %r to i{fmt}\n  %result = {'zext i32 %w to i64' if fmt == 32 else 'add i64 %w, 0'}"


def module_text() -> str:
    _, exceptions = FENV[MACHINE]
    parts = [
        "declare float @llvm.experimental.constrained.fptrunc.f32.f64(double, metadata, metadata)",
        "declare double @llvm.experimental.constrained.fpext.f64.f32(float, metadata)",
    ]
    for fmt, t in ((32, "float"), (64, "double")):
        parts.append(DECLARATIONS.format(t=t, s=f"f{fmt}"))
        for name, body in OPERATIONS.items():
            text = body if isinstance(body, str) else body[fmt]
            parts.append(
                LOOP.format(
                    name=f"{name}_{fmt}",
                    t=t,
                    w=fmt,
                    narrow="trunc" if fmt == 32 else "add",
                    narrow_to="to i32" if fmt == 32 else ", 0",
                    all=sum(exceptions),
                    body=text.format(t=t, s=f"f{fmt}") + " strictfp",
                    widen=widening(name, fmt).format(t=t),
                )
            )
    return "\n".join(parts)


Host = Callable[[str, int, int, NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64]], list[tuple[int, int]]]


@pytest.fixture(scope="module")
def host() -> Host:
    """`(operation, fmt, rm, a, b, c) -> [(result bits, fflags)]` as the host computes it."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    parsed = llvm.parse_assembly(module_text())
    parsed.verify()
    machine = llvm.Target.from_default_triple().create_target_machine(opt=1)
    engine = llvm.create_mcjit_compiler(parsed, machine)
    engine.finalize_object()
    libm = ctypes.CDLL(ctypes.util.find_library("m"))

    def pointers(*names: str) -> ctypes.Array[ctypes.c_void_p]:
        addresses = [ctypes.cast(getattr(libm, name), ctypes.c_void_p) for name in names]
        return (ctypes.c_void_p * len(names))(*addresses)

    environment = ("feholdexcept", "fesetround", "feclearexcept", "fetestexcept", "fesetenv")
    functions = {32: pointers(*environment, "fmaf", "llrintf"), 64: pointers(*environment, "fma", "llrint")}
    modes, exceptions = FENV[MACHINE]

    def run(
        name: str, fmt: int, rm: int, a: NDArray[np.uint64], b: NDArray[np.uint64], c: NDArray[np.uint64]
    ) -> list[tuple[int, int]]:
        count = len(a)
        results = np.zeros(count, np.uint64)
        raised = np.zeros(count, np.uint32)
        saved = ctypes.create_string_buffer(256)
        prototype = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int32, *[ctypes.c_void_p] * 7)
        call = prototype(engine.get_function_address(f"{name}_{fmt}"))
        arrays = [v.ctypes.data for v in (a, b, c, results, raised)]
        call(count, modes[rm], *arrays, ctypes.addressof(functions[fmt]), ctypes.addressof(saved))
        flags = np.zeros(count, np.uint32)
        for host_bit, guest_bit in exceptions.items():
            flags |= np.where(raised & host_bit, guest_bit, 0).astype(np.uint32)
        return list(zip(results.tolist(), flags.tolist(), strict=True))

    # MCJIT frees the code with the engine: keep it as long as the fixture's value.
    run.engine = engine  # type: ignore[attr-defined]
    return run


def canonical(fmt: int, answer: tuple[int, int]) -> tuple[int, int]:
    """Hosts propagate NaN payloads in their own ways; RISC-V results are canonical. Flags compare as they are."""
    bits, flags = answer
    infinity = sf.FORMATS[fmt].infinity
    if bits & (infinity | infinity - 1) > infinity:
        bits = sf.FORMATS[fmt].canonical_nan
    return bits, comparable(flags)


def comparable(flags: int) -> int:
    return flags if MACHINE in TINY_AFTER_ROUNDING else flags & ~UF


COUNT = 6000


@pytest.mark.parametrize("rm", [RNE, RTZ, RDN, RUP])
@pytest.mark.parametrize("fmt", [32, 64])
@pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "sqrt"])
def test_arithmetic(host: Host, boundary_floats, name: str, fmt: int, rm: int) -> None:  # type: ignore[no-untyped-def]
    a, b, c = boundary_floats(fmt, COUNT, rm)
    answers = host(name, fmt, rm, a, b, c)
    for x, y, answer in zip(a.tolist(), b.tolist(), answers, strict=True):
        ours = sf.sqrt(fmt, x, rm) if name == "sqrt" else getattr(sf, name)(fmt, x, y, rm)
        assert (ours[0], comparable(ours[1])) == canonical(fmt, answer), f"{name} {x:#x} {y:#x}"


@pytest.mark.parametrize("rm", [RNE, RTZ, RDN, RUP])
@pytest.mark.parametrize("fmt", [32, 64])
def test_fma(host: Host, boundary_floats, fmt: int, rm: int) -> None:  # type: ignore[no-untyped-def]
    a, b, c = boundary_floats(fmt, COUNT, 10 + rm)
    sign = sf.FORMATS[fmt].sign_bit
    inf = sf.FORMATS[fmt].infinity
    for negate_product in (False, True):
        for negate_addend in (False, True):
            x_host = a ^ np.uint64(sign) if negate_product else a
            z_host = c ^ np.uint64(sign) if negate_addend else c
            answers = host("fma", fmt, rm, x_host, b, z_host)
            for x, y, z, answer in zip(a.tolist(), b.tolist(), c.tolist(), answers, strict=True):
                magnitudes = {x & ~sign, y & ~sign}
                if magnitudes == {0, inf} and z & ~sign > inf:
                    continue  # IEEE 754-2019 §7.2 c leaves the flag to the implementation
                ours = sf.fma(fmt, x, y, z, rm, negate_product, negate_addend)
                want = canonical(fmt, answer)
                assert (ours[0], comparable(ours[1])) == want, f"{x:#x} * {y:#x} + {z:#x}"


@pytest.mark.parametrize("fmt", [32, 64])
@pytest.mark.parametrize("name", ["eq", "lt", "le"])
def test_comparisons(host: Host, boundary_floats, name: str, fmt: int) -> None:  # type: ignore[no-untyped-def]
    a, b, c = boundary_floats(fmt, COUNT, 20)
    for x, y, answer in zip(a.tolist(), b.tolist(), host(name, fmt, RNE, a, b, c), strict=True):
        assert getattr(sf, name)(fmt, x, y) == answer, f"{x:#x} {y:#x}"


@pytest.mark.parametrize("rm", [RNE, RTZ, RDN, RUP])
@pytest.mark.parametrize("fmt", [32, 64])
def test_conversions(host: Host, boundary_floats, fmt: int, rm: int) -> None:  # type: ignore[no-untyped-def]
    a, b, c = boundary_floats(fmt, COUNT, 30 + rm)
    target = 96 - fmt
    for x, answer in zip(a.tolist(), host("to_other", fmt, rm, a, b, c), strict=True):
        ours = sf.convert(fmt, target, x, rm)
        assert (ours[0], comparable(ours[1])) == canonical(target, answer), hex(x)
    for x, answer in zip(a.tolist(), host("llrint", fmt, rm, a, b, c), strict=True):
        ours = sf.to_int(fmt, x, 64, True, rm)
        if ours[1] & NV:
            assert answer[1] & NV  # the value is the C library's own choice
        else:
            assert ours == answer, hex(x)
    integers = (a.view(np.int64) >> (b % np.uint64(64)).astype(np.int64)).view(np.uint64)
    for x, answer in zip(integers.tolist(), host("from_i64", fmt, rm, integers, b, c), strict=True):
        assert sf.from_int(fmt, x, 64, True, rm) == answer, hex(x)


def test_the_host_is_really_switched(host: Host) -> None:
    """1/3 differs between the modes, and the caller's own mode is untouched."""
    one, three, zero = (np.array([v], np.uint64) for v in (0x3FF0000000000000, 0x4008000000000000, 0))
    up, down = (host("div", 64, rm, one, three, zero)[0] for rm in (RUP, RDN))
    assert up == (0x3FD5555555555556, NX)
    assert down == (0x3FD5555555555555, NX)
    assert float.fromhex("0x1.5555555555555p-2") == 1.0 / 3.0


def test_half_precision_against_numpy(boundary_floats) -> None:  # type: ignore[no-untyped-def]
    """numpy computes float16 in float32 and rounds again, which is innocuous for these operations (24 >= 2*11 + 2)."""
    a, b, _ = boundary_floats(16, 6000, 40)
    x, y = a.astype(np.uint16).view(np.float16), b.astype(np.uint16).view(np.float16)
    with np.errstate(all="ignore"):
        answers = {"add": x + y, "sub": x - y, "mul": x * y, "div": x / y}
    for name, answer in answers.items():
        for p, q, r in zip(a.tolist(), b.tolist(), answer.view(np.uint16).tolist(), strict=True):
            assert getattr(sf, name)(16, p, q, RNE)[0] == canonical(16, (r, 0))[0], f"{name} {p:#x} {q:#x}"
