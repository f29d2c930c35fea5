"""Repair of Unicorn's frequent defects, in flight, so that most programs compare in full.

Unicorn 2.1 neither checks that FP32 operands are NaN-boxed nor boxes FP32 results, has FMIN and FMAX of an older
manual, lacks the time CSR and has hpmcounters that nobody enabled (`oracles.errata` has a record of each). Four
programs of five would end in another state than the manual says, and could be compared only by single steps. So
Unicorn's arithmetic stays Unicorn's, and its surroundings are put right, from the manual and in code that shares
nothing with any subject:

- Instructions that Unicorn computes in C functions (`helper_fadd_s_riscv64` …) are reached through pointers that the
  dynamic linker filled in. These are redirected to functions compiled here. They exchange FP32 operands that are not
  boxed for the canonical NaN, call Unicorn's function, and box its result; they choose the number where FMIN or FMAX
  has one NaN operand; they raise invalid where infinity times zero meets a NaN; they answer time with cycle (both are
  clocks of the machine), and refuse the hpmcounters and writes of 0 to read-only CSRs.
- FMV.W.X and the FSGNJ.S family are translated without a C function. The driver watches these few instructions.
- A misaligned SC is translated into a quiet failure. The driver watches SC, too.
- A misaligned or faulting AMO is reported as a store (`oracles.unicorn_oracle`, which plays the trap entry).

By the same means Unicorn's optimizer is left out: short programs do not repay the fifth of the time that it takes.

Redirection is done once per process, before its first riscv64 engine is opened, and stands until the process ends; a
flag says whether the functions repair or pass through. An engine that somebody else opened earlier in the same process
would crash: give the oracle a process of its own.
"""

from __future__ import annotations

import ctypes
from typing import Any, Final

from oracles.unicorn_pointers import RedirectionError, function_address, pointers_to, redirect

CANONICAL_NAN: Final = 0x7FC0_0000

# Name of the C function: FP32 operands after the environment, other operands, whether the result is FP32.
_WITH_ENVIRONMENT: Final[dict[str, tuple[int, int, bool]]] = {
    "fadd_s": (2, 0, True),
    "fsub_s": (2, 0, True),
    "fmul_s": (2, 0, True),
    "fdiv_s": (2, 0, True),
    "fmin_s": (2, 0, True),
    "fmax_s": (2, 0, True),
    "fsqrt_s": (1, 0, True),
    "fmadd_s": (3, 0, True),
    "fmsub_s": (3, 0, True),
    "fnmadd_s": (3, 0, True),
    "fnmsub_s": (3, 0, True),
    "feq_s": (2, 0, False),
    "flt_s": (2, 0, False),
    "fle_s": (2, 0, False),
    "fcvt_w_s": (1, 0, False),
    "fcvt_wu_s": (1, 0, False),
    "fcvt_l_s": (1, 0, False),
    "fcvt_lu_s": (1, 0, False),
    "fcvt_d_s": (1, 0, False),
    "fcvt_s_w": (0, 1, True),
    "fcvt_s_wu": (0, 1, True),
    "fcvt_s_l": (0, 1, True),
    "fcvt_s_lu": (0, 1, True),
    "fcvt_s_d": (0, 1, True),
}
_CLASSIFY: Final = "fclass_s"
_MINMAX_DOUBLE: Final = ("fmin_d", "fmax_d")
_MINMAX: Final = ("fmin_s", "fmax_s", *_MINMAX_DOUBLE)
_FUSED_DOUBLE: Final = ("fmadd_d", "fmsub_d", "fnmadd_d", "fnmsub_d")
# Name: parameters after the environment; the CSR number is the second.
_CSR: Final = {"csrrw": 2, "csrrs": 3, "csrrc": 3}
_OPTIMIZER: Final = "optimize"
_OPTIMIZER_SYMBOL: Final = "tcg_optimize_riscv64"
_CYCLE, _TIME, _FIRST_HPMCOUNTER, _LAST_HPMCOUNTER = 0xC00, 0xC01, 0xC03, 0xC1F
_NO_CSR: Final = 0xFFF


def helper_symbol(name: str) -> str:
    return f"helper_{name}_riscv64"


def _source() -> str:
    """The redirecting functions as LLVM IR."""
    parts = [
        "@repairing = global i64 0\n@skipping = global i64 0\n",
        f"""
define internal i64 @checked(i64 %value) {{
  %upper = lshr i64 %value, 32
  %boxed = icmp eq i64 %upper, 4294967295
  %low = and i64 %value, 4294967295
  %checked = select i1 %boxed, i64 %low, i64 {CANONICAL_NAN}
  ret i64 %checked
}}
""",
    ]
    for name, (floats, others, boxes) in _WITH_ENVIRONMENT.items():
        parts.append(_redirected_float(name, "ptr %env", floats, others, boxes))
    parts.append(_redirected_float(_CLASSIFY, "", 1, 0, False))
    parts += [_redirected_minmax_double(name) for name in _MINMAX_DOUBLE]
    parts += [_redirected_fused_double(name) for name in _FUSED_DOUBLE]
    parts += [_redirected_csr(name, parameters) for name, parameters in _CSR.items()]
    parts.append(_SKIPPED_OPTIMIZER)
    return "".join(parts)


_SKIPPED_OPTIMIZER: Final = """
declare void @original_optimize(ptr)
define void @repaired_optimize(ptr %context) {
  %flag = load i64, ptr @skipping
  %skip = icmp ne i64 %flag, 0
  br i1 %skip, label %done, label %optimize
optimize:
  musttail call void @original_optimize(ptr %context)
  ret void
done:
  ret void
}
"""


def _opening(name: str, types: str, parameters: str) -> list[str]:
    """Declarations, and the way past the repair."""
    return [
        f"\ndeclare i64 @original_{name}({types})",
        f"define i64 @repaired_{name}({parameters}) {{",
        "  %flag = load i64, ptr @repairing",
        "  %on = icmp ne i64 %flag, 0",
        "  br i1 %on, label %repair, label %pass",
        "pass:",
        f"  %plain = musttail call i64 @original_{name}({parameters})",
        "  ret i64 %plain",
        "repair:",
    ]


def _redirected_float(name: str, environment: str, floats: int, others: int, boxes: bool) -> str:
    operands = [f"i64 %a{n}" for n in range(floats + others)]
    parameters = ", ".join(([environment] if environment else []) + operands)
    checked = [f"i64 %c{n}" for n in range(floats)] + operands[floats:]
    exchanged = ", ".join(([environment] if environment else []) + checked)
    types = ", ".join((["ptr"] if environment else []) + ["i64"] * len(operands))
    lines = _opening(name, types, parameters)
    lines += [f"  %c{n} = call i64 @checked(i64 %a{n})" for n in range(floats)]
    lines.append(f"  %result = call i64 @original_{name}({exchanged})")
    result = "%result"
    if name in _MINMAX:
        lines += _number_of_two("%c0", "%c1", 0x7FFF_FFFF, 0x7F80_0000)
        result = "%number"
    elif floats == 3:
        lines += _invalid_product("%c0", "%c1", "%c2", 0x7FFF_FFFF, 0x7F80_0000)
    if boxes:
        lines.append(f"  %boxed = or i64 {result}, {-(1 << 32)}")
        result = "%boxed"
    return "\n".join([*lines, f"  ret i64 {result}", "}\n"])


def _redirected_minmax_double(name: str) -> str:
    lines = _opening(name, "ptr, i64, i64", "ptr %env, i64 %a0, i64 %a1")
    lines.append(f"  %result = call i64 @original_{name}(ptr %env, i64 %a0, i64 %a1)")
    lines += _number_of_two("%a0", "%a1", 0x7FFF_FFFF_FFFF_FFFF, 0x7FF0_0000_0000_0000)
    return "\n".join([*lines, "  ret i64 %number", "}\n"])


def _redirected_fused_double(name: str) -> str:
    arguments = "ptr %env, i64 %a0, i64 %a1, i64 %a2"
    lines = _opening(name, "ptr, i64, i64, i64", arguments)
    lines.append(f"  %result = call i64 @original_{name}({arguments})")
    lines += _invalid_product("%a0", "%a1", "%a2", 0x7FFF_FFFF_FFFF_FFFF, 0x7FF0_0000_0000_0000)
    return "\n".join([*lines, "  ret i64 %result", "}\n"])


def _invalid_product(first: str, second: str, addend: str, magnitude: int, infinity: int) -> list[str]:
    """Raise invalid where infinity is multiplied by zero and a NaN is added, by having zero divided by zero."""
    return [
        f"  %factor0 = and i64 {first}, {magnitude}",
        f"  %factor1 = and i64 {second}, {magnitude}",
        f"  %addend = and i64 {addend}, {magnitude}",
        "  %zero0 = icmp eq i64 %factor0, 0",
        "  %zero1 = icmp eq i64 %factor1, 0",
        f"  %infinite0 = icmp eq i64 %factor0, {infinity}",
        f"  %infinite1 = icmp eq i64 %factor1, {infinity}",
        "  %way0 = and i1 %zero0, %infinite1",
        "  %way1 = and i1 %zero1, %infinite0",
        "  %product = or i1 %way0, %way1",
        f"  %nan = icmp ugt i64 %addend, {infinity}",
        "  %invalid = and i1 %product, %nan",
        "  br i1 %invalid, label %raise, label %finish",
        "raise:",
        "  %unused = call i64 @original_fdiv_s(ptr %env, i64 0, i64 0)",
        "  br label %finish",
        "finish:",
    ]


def _number_of_two(first: str, second: str, magnitude: int, infinity: int) -> list[str]:
    """%number: the operand that is a number where the other is a NaN, else %result."""
    return [
        f"  %magnitude0 = and i64 {first}, {magnitude}",
        f"  %magnitude1 = and i64 {second}, {magnitude}",
        f"  %nan0 = icmp ugt i64 %magnitude0, {infinity}",
        f"  %nan1 = icmp ugt i64 %magnitude1, {infinity}",
        "  %one = xor i1 %nan0, %nan1",
        f"  %other = select i1 %nan0, i64 {second}, i64 {first}",
        "  %number = select i1 %one, i64 %other, i64 %result",
    ]


def _redirected_csr(name: str, count: int) -> str:
    """A tail call, since Unicorn finds the instruction by its function's return address when the access is illegal."""
    parameters = ["ptr %env"] + [f"i64 %a{n}" for n in range(count)]
    exchanged = ["ptr %env", "i64 %a0", "i64 %csr", *parameters[3:]]
    lines = _opening(name, ", ".join(["ptr"] + ["i64"] * count), ", ".join(parameters))
    lines += [
        f"  %is.time = icmp eq i64 %a1, {_TIME}",
        f"  %clock = select i1 %is.time, i64 {_CYCLE}, i64 %a1",
        f"  %from.first = sub i64 %clock, {_FIRST_HPMCOUNTER}",
        f"  %is.hpm = icmp ule i64 %from.first, {_LAST_HPMCOUNTER - _FIRST_HPMCOUNTER}",
        "  %group = lshr i64 %a1, 10",
        "  %read.only = icmp eq i64 %group, 3",
        f"  %writes = icmp ne i64 {'%a2' if count == 3 else '1'}, 0",
        "  %forbidden = and i1 %read.only, %writes",
        "  %none = or i1 %is.hpm, %forbidden",
        f"  %csr = select i1 %none, i64 {_NO_CSR}, i64 %clock",
        f"  %result = musttail call i64 @original_{name}({', '.join(exchanged)})",
        "  ret i64 %result",
        "}\n",
    ]
    return "\n".join(lines)


class Repair:
    """The redirection, installed by the first call of `installed`."""

    _instance: Repair | None = None

    @classmethod
    def installed(cls, library: ctypes.CDLL) -> Repair:
        """Redirect `library`'s FP32 functions, or return what an earlier call installed.

        Raises:
            RedirectionError: a function or a pointer to it is not found; nothing was changed.
        """
        if cls._instance is None:
            cls._instance = cls(library)
        return cls._instance

    @classmethod
    def installed_where_possible(cls, library: ctypes.CDLL) -> Repair | None:
        """As `installed`; None where this build of Unicorn cannot be redirected."""
        try:
            return cls.installed(library)
        except RedirectionError:
            return None

    @classmethod
    def present(cls) -> Repair | None:
        """What an earlier call installed in this process, if any did."""
        return cls._instance

    def __init__(self, library: ctypes.CDLL) -> None:
        import llvmlite.binding as llvm

        names = [*_WITH_ENVIRONMENT, _CLASSIFY, *_MINMAX_DOUBLE, *_FUSED_DOUBLE, *_CSR]
        symbols = {name: helper_symbol(name) for name in names} | {_OPTIMIZER: _OPTIMIZER_SYMBOL}
        pointers = pointers_to(library, symbols.values())
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        builder = llvm.JITLibraryBuilder()
        builder.add_ir(_source())
        for name, symbol in symbols.items():
            builder.import_symbol(f"original_{name}", function_address(library, symbol))
            builder.export_symbol(f"repaired_{name}")
        builder.export_symbol("repairing")
        builder.export_symbol("skipping")
        self._jit = llvm.create_lljit_compiler(llvm.Target.from_default_triple().create_target_machine(opt=2, jit=True))
        self._tracker: Any = builder.link(self._jit, "counterproof_unicorn_repair")
        self._repairing = ctypes.c_uint64.from_address(self._tracker["repairing"])
        self._skipping = ctypes.c_uint64.from_address(self._tracker["skipping"])
        for name, symbol in symbols.items():
            redirect(pointers[symbol], int(self._tracker[f"repaired_{name}"]))

    def set(self, *, repairing: bool, short_programs: bool) -> None:
        """Repair from now on, or pass through; leave out Unicorn's optimizer, which short programs do not repay."""
        self._repairing.value = int(repairing)
        self._skipping.value = int(short_programs)
