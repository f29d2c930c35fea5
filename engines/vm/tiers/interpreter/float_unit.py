"""The floating-point unit of the native interpreter: `engines.vm.isa.machine.FloatUnit` over LLVM values.

Two ways to compute, both equal to `softfloat` bit for bit, flags included:

- *Portable*: calls of internal functions that `float_unit_arithmetic` writes, integers only. Any mode, any host.
- *Host* (`float_unit_x86_64`): the host's own instructions while its control word holds the guest's rounding mode; the
  flags accumulate in the control word and are fetched when the guest can see them. What the host answers differently
  (a NaN, a mode other than the one loaded, a conversion out of range) goes to the careful handler, which is portable.

One `FloatSupport` serves one module: `unit` makes the unit of each handler, `enter` and `leave` surround a run, and
`functions` are the portable ones that the handlers turned out to need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from engines.vm.tiers.interpreter.emitter import Emitter
from engines.vm.tiers.interpreter.float_unit_arithmetic import FloatArithmetic
from engines.vm.tiers.interpreter.layout import CPU_OFFSETS
from engines.vm.tiers.interpreter.values import LlvmValue

PAIR: Final = "{ i64, i64 }"
"""What portable functions return: the result's bits, and the flags."""


class UnitMachine(Protocol):
    """What a unit needs of the handler machine that it belongs to. The handler has arguments `%cpu` and `%context`."""

    emitter: Emitter
    careful: bool

    def bail_if(self, condition: LlvmValue) -> None: ...


class FloatSupport:
    """Floating point for one module, portable on every host. `float_support` picks what suits a host best."""

    def __init__(self) -> None:
        self._functions: dict[str, str] = {}
        self._declarations: set[str] = set()

    def unit(self, machine: UnitMachine) -> FloatUnit:
        """The unit for one handler."""
        return FloatUnit(self, machine)

    def enter(self, emitter: Emitter, context: str, cpu: str) -> None:
        """Prepare the host for guest code: nothing, since nothing of the host is used."""

    def leave(self, emitter: Emitter, context: str, cpu: str) -> None:
        """Make `cpu.fflags` complete and give the host its own state back: both hold at any time."""

    @property
    def functions(self) -> list[str]:
        """The `define`s that the module must contain, once all handlers are written."""
        return [self._functions[name] for name in sorted(self._functions)]

    @property
    def declarations(self) -> set[str]:
        """The `declare` lines that `functions` need."""
        return set(self._declarations)

    def require(self, name: str, widths: Sequence[int], answer: Callable[..., tuple[LlvmValue, LlvmValue]]) -> None:
        """Have the function `@name`, of arguments of these widths, written by `answer(arithmetic, *arguments)`."""
        if name in self._functions:
            return
        emitter = Emitter()
        arguments = [emitter.named(f"%a{i}", width) for i, width in enumerate(widths)]
        result, flags = answer(_arithmetic(emitter), *arguments)
        first = emitter.name(f"insertvalue {PAIR} poison, i64 {result.zext(64).text}, 0")
        both = emitter.name(f"insertvalue {PAIR} {first}, i64 {flags.text}, 1")
        emitter.line(f"ret {PAIR} {both}")
        parameters = ", ".join(f"i{a.width} {a.text}" for a in arguments)
        body = "\n".join(emitter.lines)
        attributes = "nounwind willreturn memory(none) noinline"
        self._functions[name] = f"define internal {PAIR} @{name}({parameters}) {attributes} {{\n{body}\n}}"
        self._declarations |= emitter.declarations


def _arithmetic(emitter: Emitter) -> FloatArithmetic:
    def leading_zeros(value: LlvmValue) -> LlvmValue:
        width = value.width
        operands = [f"i{width} {value.text}", "i1 false"]
        return LlvmValue(emitter, emitter.call(f"i{width}", f"llvm.ctlz.i{width}", operands), width)

    return FloatArithmetic(emitter.const, leading_zeros)


class FloatUnit:
    """Portable: every operation is a call, and ORs its flags into `cpu.fflags`.

    Operands and results have the widths that the protocol gives them; `rm` is a value of any width.
    """

    def __init__(self, support: FloatSupport, machine: UnitMachine) -> None:
        self.support = support
        self.machine = machine
        self.emitter = machine.emitter

    # -- fcsr -----------------------------------------------------------------------------------------------------

    def fflags(self) -> LlvmValue:
        """The accrued exceptions as the guest must see them now, 64 bits."""
        return self._cpu_load("fflags")

    def set_fcsr(self, fflags: LlvmValue, frm: LlvmValue) -> None:
        """Set both fields of fcsr, 64 bits each, of which 5 and 3 are used. `cpu.frm` must not change by other means
        while native code runs."""
        self._cpu_store("fflags", fflags & 31)
        self._cpu_store("frm", frm & 7)

    def _cpu_load(self, name: str) -> LlvmValue:
        return self.emitter.load(self.emitter.offset("%cpu", CPU_OFFSETS[name]), 64)

    def _cpu_store(self, name: str, value: LlvmValue) -> None:
        self.emitter.store(self.emitter.offset("%cpu", CPU_OFFSETS[name]), value)

    # -- operations -----------------------------------------------------------------------------------------------

    def _call(
        self,
        name: str,
        arguments: Sequence[LlvmValue],
        width: int,
        answer: Callable[..., tuple[LlvmValue, LlvmValue]],
    ) -> LlvmValue:
        """Call the portable function `@float_name` and keep its flags; its result has `width` bits."""
        symbol = f"float_{name}"
        self.support.require(symbol, [a.width for a in arguments], answer)
        texts = [f"i{a.width} {a.text}" for a in arguments]
        pair = self.emitter.call(PAIR, symbol, texts, declare=False)
        result = self.emitter.value(f"extractvalue {PAIR} {pair}, 0", 64).trunc(width)
        flags = self.emitter.value(f"extractvalue {PAIR} {pair}, 1", 64)
        self._cpu_store("fflags", self._cpu_load("fflags") | flags)
        return result

    def _mode(self, rm: LlvmValue) -> LlvmValue:
        return rm if rm.width >= 64 else rm.zext(64)

    def add(self, fmt: int, a: LlvmValue, b: LlvmValue, rm: LlvmValue) -> LlvmValue:
        return self._call(f"add_{fmt}", [a, b, self._mode(rm)], fmt, lambda soft, *v: soft.add(fmt, *v))

    def sub(self, fmt: int, a: LlvmValue, b: LlvmValue, rm: LlvmValue) -> LlvmValue:
        return FloatUnit.add(self, fmt, a, self._negated(b, True), rm)

    def mul(self, fmt: int, a: LlvmValue, b: LlvmValue, rm: LlvmValue) -> LlvmValue:
        return self._call(f"mul_{fmt}", [a, b, self._mode(rm)], fmt, lambda soft, *v: soft.mul(fmt, *v))

    def div(self, fmt: int, a: LlvmValue, b: LlvmValue, rm: LlvmValue) -> LlvmValue:
        return self._call(f"div_{fmt}", [a, b, self._mode(rm)], fmt, lambda soft, *v: soft.div(fmt, *v))

    def sqrt(self, fmt: int, a: LlvmValue, rm: LlvmValue) -> LlvmValue:
        return self._call(f"sqrt_{fmt}", [a, self._mode(rm)], fmt, lambda soft, *v: soft.sqrt(fmt, *v))

    def fma(
        self,
        fmt: int,
        a: LlvmValue,
        b: LlvmValue,
        c: LlvmValue,
        rm: LlvmValue,
        *,
        negate_product: bool,
        negate_addend: bool,
    ) -> LlvmValue:
        operands = [self._negated(a, negate_product), b, self._negated(c, negate_addend), self._mode(rm)]
        return self._call(f"fma_{fmt}", operands, fmt, lambda soft, *v: soft.fma(fmt, *v))

    def _negated(self, a: LlvmValue, negate: bool) -> LlvmValue:
        return a ^ (1 << (a.width - 1)) if negate else a

    def minimum(self, fmt: int, a: LlvmValue, b: LlvmValue) -> LlvmValue:
        return self._call(f"minimum_{fmt}", [a, b], fmt, lambda soft, *v: soft.minimum(fmt, *v))

    def maximum(self, fmt: int, a: LlvmValue, b: LlvmValue) -> LlvmValue:
        return self._call(f"maximum_{fmt}", [a, b], fmt, lambda soft, *v: soft.maximum(fmt, *v))

    def eq(self, fmt: int, a: LlvmValue, b: LlvmValue) -> LlvmValue:
        return self._call(f"eq_{fmt}", [a, b], 1, lambda soft, *v: soft.eq(fmt, *v))

    def lt(self, fmt: int, a: LlvmValue, b: LlvmValue) -> LlvmValue:
        return self._call(f"lt_{fmt}", [a, b], 1, lambda soft, *v: soft.lt(fmt, *v))

    def le(self, fmt: int, a: LlvmValue, b: LlvmValue) -> LlvmValue:
        return self._call(f"le_{fmt}", [a, b], 1, lambda soft, *v: soft.le(fmt, *v))

    def classify(self, fmt: int, a: LlvmValue) -> LlvmValue:
        """Raises nothing, so it is written in place."""
        result: LlvmValue = _arithmetic(self.emitter).classify(fmt, a)[0]
        return result

    def to_int(self, fmt: int, a: LlvmValue, width: int, signed: bool, rm: LlvmValue) -> LlvmValue:
        name = f"to_{'i' if signed else 'u'}{width}_{fmt}"
        return self._call(name, [a, self._mode(rm)], width, lambda soft, v, m: soft.to_int(fmt, v, width, signed, m))

    def from_int(self, fmt: int, a: LlvmValue, signed: bool, rm: LlvmValue) -> LlvmValue:
        value, signed = widened(a, signed)
        name = f"from_{'i' if signed else 'u'}64_{fmt}"
        return self._call(name, [value, self._mode(rm)], fmt, lambda soft, v, m: soft.from_int(fmt, v, signed, m))

    def convert(self, source_fmt: int, target_fmt: int, a: LlvmValue, rm: LlvmValue) -> LlvmValue:
        name = f"convert_{source_fmt}_{target_fmt}"
        operands = [a, self._mode(rm)]
        return self._call(name, operands, target_fmt, lambda soft, *v: soft.convert(source_fmt, target_fmt, *v))


def widened(a: LlvmValue, signed: bool) -> tuple[LlvmValue, bool]:
    """An integer as 64 bits; one that was narrower is a signed 64-bit integer either way."""
    if a.width == 64:
        return a, signed
    return (a.sext(64) if signed else a.zext(64)), True


def float_support(machine: str, features: Mapping[str, bool]) -> FloatSupport:
    """The best floating point for a host.

    Args:
        machine: as `platform.machine()` names it.
        features: LLVM's names of what the processor has (`llvmlite.binding.get_host_cpu_features()`). They shape the
            generated text, so a cache keyed by the text needs nothing else.
    """
    if machine in {"x86_64", "AMD64"}:
        from engines.vm.tiers.interpreter.float_unit_x86_64 import X86FloatSupport

        return X86FloatSupport(avx=features.get("avx", False), fma=features.get("fma", False))
    return FloatSupport()


__all__ = ["FloatSupport", "FloatUnit", "UnitMachine", "float_support"]
