"""Semantics with one step altered: machines and values that pass everything on, except for one operation.

A semantics function is evaluated over these proxies, whatever it is evaluated over otherwise (integers, LLVM values,
…). Every operation on a value and every use of the machine is a *step*; steps are numbered in the order of evaluation,
which is fixed, since semantics cannot branch on values. Step `at` is done as the alteration says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

Alteration = Callable[..., Any]
"""Does the step in another way. Arguments: the machine (not altered), then those of the step."""


@dataclass(frozen=True)
class Altered:
    """One way to do a step wrongly.

    Attributes:
        name: for bug names: `add-as-sub`.
        stands_for: the class of mistake.
    """

    name: str
    stands_for: str
    apply: Alteration


OPERATOR: Final = "a wrong operator"
CONSTANT: Final = "a constant off by one"
WIDTH: Final = "a wrong width"
SIGN: Final = "sign extension and zero extension confused"
SIGNEDNESS: Final = "signed and unsigned confused"
ORDER: Final = "operands in the wrong order"
BOUNDARY: Final = "a boundary off by one"
CONDITION: Final = "a condition the wrong way round"
EFFECT: Final = "an effect left out"
SPECIAL: Final = "a special case not treated"
ROUNDING: Final = "a rounding mode not honoured"
CAUSE: Final = "a wrong cause or trap value"


def _half(value: Any, back: Callable[[Any, int], Any]) -> Any:
    return back(value.trunc(value.width // 2), value.width) if value.width > 1 else value


def _value(name: str) -> Callable[..., Any]:
    return lambda m, a, *rest: getattr(a, name)(*rest)


def _off_by_one(name: str) -> Callable[..., Any]:
    return lambda m, a, b: getattr(a, name)(b) + 1


def _swapped(name: str) -> Callable[..., Any]:
    return lambda m, a, b: (m.const(b, a.width) if isinstance(b, int) else b).__getattribute__(name)(a)


VALUE_STEPS: Final[dict[str, tuple[Altered, ...]]] = {
    "__add__": (
        Altered("add-as-sub", OPERATOR, _value("__sub__")),
        Altered("add-off-by-one", CONSTANT, _off_by_one("__add__")),
    ),
    "__sub__": (
        Altered("sub-as-add", OPERATOR, _value("__add__")),
        Altered("sub-swapped", ORDER, _swapped("__sub__")),
    ),
    "__mul__": (
        Altered("mul-half-width", WIDTH, lambda m, a, b: _half(a * b, lambda v, w: v.zext(w))),
        Altered("mul-off-by-one", CONSTANT, _off_by_one("__mul__")),
    ),
    "__and__": (
        Altered("and-as-or", OPERATOR, _value("__or__")),
        Altered("and-left-out", EFFECT, lambda m, a, b: a),
    ),
    "__or__": (
        Altered("or-as-and", OPERATOR, _value("__and__")),
        Altered("or-as-xor", OPERATOR, _value("__xor__")),
    ),
    "__xor__": (
        Altered("xor-as-or", OPERATOR, _value("__or__")),
        Altered("xor-half-width", WIDTH, lambda m, a, b: _half(a ^ b, lambda v, w: v.zext(w))),
    ),
    "__invert__": (Altered("not-left-out", EFFECT, lambda m, a: a),),
    "shl": (
        Altered("shl-as-lshr", OPERATOR, _value("lshr")),
        Altered(
            "shl-amount-half",
            WIDTH,
            lambda m, a, b: a.shl((m.const(b, a.width) if isinstance(b, int) else b) & (a.width // 2 - 1)),
        ),
    ),
    "lshr": (
        Altered("lshr-as-ashr", SIGNEDNESS, _value("ashr")),
        Altered("lshr-as-shl", OPERATOR, _value("shl")),
    ),
    "ashr": (
        Altered("ashr-as-lshr", SIGNEDNESS, _value("lshr")),
        Altered("ashr-off-by-one", CONSTANT, _off_by_one("ashr")),
    ),
    "udiv": (Altered("udiv-off-by-one", CONSTANT, _off_by_one("udiv")),),
    "sdiv": (
        Altered("sdiv-off-by-one", CONSTANT, _off_by_one("sdiv")),
        Altered("sdiv-as-udiv", SIGNEDNESS, _value("udiv")),
    ),
    "urem": (Altered("urem-as-udiv", OPERATOR, _value("udiv")),),
    "srem": (
        Altered("srem-as-urem", SIGNEDNESS, _value("urem")),
        Altered("srem-as-sdiv", OPERATOR, _value("sdiv")),
    ),
    "eq": (
        Altered("eq-as-ne", CONDITION, _value("ne")),
        Altered("eq-never", SPECIAL, lambda m, a, b: m.const(0, 1)),
        Altered("eq-as-ule", BOUNDARY, _value("ule")),
    ),
    "ne": (
        Altered("ne-as-eq", CONDITION, _value("eq")),
        Altered("ne-as-ult", SIGNEDNESS, _value("ult")),
    ),
    "ult": (
        Altered("ult-as-ule", BOUNDARY, _value("ule")),
        Altered("ult-as-slt", SIGNEDNESS, _value("slt")),
    ),
    "ule": (
        Altered("ule-as-ult", BOUNDARY, _value("ult")),
        Altered("ule-as-sle", SIGNEDNESS, _value("sle")),
    ),
    "slt": (
        Altered("slt-as-sle", BOUNDARY, _value("sle")),
        Altered("slt-as-ult", SIGNEDNESS, _value("ult")),
    ),
    "sle": (
        Altered("sle-as-slt", BOUNDARY, _value("slt")),
        Altered("sle-as-ule", SIGNEDNESS, _value("ule")),
    ),
    "zext": (Altered("zext-as-sext", SIGN, _value("sext")),),
    "sext": (Altered("sext-as-zext", SIGN, _value("zext")),),
    "trunc": (
        Altered("trunc-too-narrow", WIDTH, lambda m, a, w: a.trunc(w) if w < 2 else a.trunc(w // 2).zext(w)),
        Altered("trunc-upper-part", WIDTH, lambda m, a, w: a.extract(a.width - w, w)),
    ),
    "extract": (Altered("extract-from-zero", CONSTANT, lambda m, a, low, w: a.trunc(w)),),
    "select": (
        Altered("select-swapped", CONDITION, lambda m, c, a, b: c.select(b, a)),
        Altered("select-never-first", SPECIAL, lambda m, c, a, b: b),
        Altered("select-never-second", SPECIAL, lambda m, c, a, b: a),
    ),
}


def _nearest_even(m: Any, mode: Any) -> Any:
    """RNE in the machine's own terms: an integer in the reference tier, a value elsewhere."""
    return 0 if isinstance(mode, int) else m.const(0, 3)


def _mode_of(m: Any, rm: Any) -> Any:
    return _nearest_even(m, m.rounding_mode(rm))


def _unreserved_load(m: Any, address: Any, size_bytes: int) -> Any:
    return m.load(address, size_bytes)


def _plain_store(m: Any, address: Any, value: Any) -> Any:
    m.store(address, value)
    return m.const(0)


def _failing_store(m: Any, address: Any, value: Any) -> Any:
    m.store_conditional(address, value)
    return m.const(1)


def _unlocked_amo(m: Any, address: Any, size_bytes: int, update: Any, operand: Any) -> Any:
    old = m.load(address, size_bytes)
    m.store(address, update(old, operand))
    return old


def _new_value_amo(m: Any, address: Any, size_bytes: int, update: Any, operand: Any) -> Any:
    return update(m.amo(address, size_bytes, update, operand), operand)


def _narrow_load(m: Any, address: Any, size_bytes: int) -> Any:
    if size_bytes == 1:
        return m.load(address + 1, 1)
    return m.load(address, size_bytes // 2).zext(8 * size_bytes)


def _narrow_store(m: Any, address: Any, value: Any) -> None:
    m.store(address, value.trunc(value.width // 2) if value.width > 8 else value ^ 1)


MACHINE_STEPS: Final[dict[str, tuple[Altered, ...]]] = {
    "jump": (
        Altered("jump-left-out", EFFECT, lambda m, target: None),
        Altered("jump-two-further", CONSTANT, lambda m, target: m.jump(target + 2)),
    ),
    "branch": (
        Altered("branch-inverted", CONDITION, lambda m, taken, target: m.branch(taken ^ 1, target)),
        Altered("branch-two-further", CONSTANT, lambda m, taken, target: m.branch(taken, target + 2)),
    ),
    "load": (
        Altered("load-too-narrow", WIDTH, _narrow_load),
        Altered("load-address-even", CONSTANT, lambda m, address, size: m.load(address & -2, size)),
    ),
    "store": (
        Altered("store-too-narrow", WIDTH, _narrow_store),
        Altered("store-left-out", EFFECT, lambda m, address, value: None),
        Altered("store-address-even", CONSTANT, lambda m, address, value: m.store(address & -2, value)),
    ),
    "load_reserved": (
        Altered("no-reservation", EFFECT, _unreserved_load),
        Altered("reserved-load-left-out", EFFECT, lambda m, address, size: m.const(0, 8 * size)),
    ),
    "store_conditional": (
        Altered("always-succeeds", SPECIAL, _plain_store),
        Altered("always-fails", SPECIAL, _failing_store),
        Altered("result-inverted", CONDITION, lambda m, address, value: m.store_conditional(address, value) ^ 1),
    ),
    "amo": (
        Altered("alignment-unchecked", SPECIAL, _unlocked_amo),
        Altered("store-left-out", EFFECT, lambda m, a, size, update, b: m.amo(a, size, lambda old, _: old, b)),
        Altered("new-value-returned", ORDER, _new_value_amo),
    ),
    "trap": (
        Altered("cause-off-by-one", CAUSE, lambda m, cause, value: m.trap(int(cause) + 1, value)),
        Altered("value-of-pc", CAUSE, lambda m, cause, value: m.trap(cause, m.pc)),
    ),
    "rounding_mode": (Altered("nearest-even-always", ROUNDING, _mode_of),),
    "csr_exchange": (
        Altered(
            "csr-never-written",
            EFFECT,
            lambda m, csr, rd, update, reads, writes: m.csr_exchange(csr, rd, update, reads=reads, writes=writes & 0),
        ),
        Altered(
            "csr-always-written",
            SPECIAL,
            lambda m, csr, rd, update, reads, writes: m.csr_exchange(csr, rd, update, reads=reads, writes=writes | 1),
        ),
        Altered(
            "csr-number-even",
            CONSTANT,
            lambda m, csr, rd, update, reads, writes: m.csr_exchange(csr & -2, rd, update, reads=reads, writes=writes),
        ),
    ),
    "x[]=": (
        Altered("writeback-left-out", EFFECT, lambda m, register, value: m.x.__setitem__(register, m.x[register])),
        Altered(
            "writeback-lower-half",
            WIDTH,
            lambda m, register, value: m.x.__setitem__(register, value.trunc(32).zext(64)),
        ),
    ),
    "f[]=": (
        Altered("writeback-left-out", EFFECT, lambda m, register, value: m.f.__setitem__(register, m.f[register])),
        Altered(
            "result-not-boxed",
            SPECIAL,
            lambda m, register, value: m.f.__setitem__(register, value.trunc(32).zext(64)),
        ),
    ),
    "fp.add": (
        Altered("fadd-as-fsub", OPERATOR, lambda m, fmt, a, b, rm: m.fp.sub(fmt, a, b, rm)),
        Altered("fadd-truncates", ROUNDING, lambda m, fmt, a, b, rm: m.fp.add(fmt, a, b, _nearest_even(m, rm) + 1)),
    ),
    "fp.sub": (
        Altered("fsub-swapped", ORDER, lambda m, fmt, a, b, rm: m.fp.sub(fmt, b, a, rm)),
        Altered("fsub-as-fadd", OPERATOR, lambda m, fmt, a, b, rm: m.fp.add(fmt, a, b, rm)),
    ),
    "fp.mul": (Altered("fmul-as-fdiv", OPERATOR, lambda m, fmt, a, b, rm: m.fp.div(fmt, a, b, rm)),),
    "fp.div": (Altered("fdiv-swapped", ORDER, lambda m, fmt, a, b, rm: m.fp.div(fmt, b, a, rm)),),
    "fp.sqrt": (
        Altered("fsqrt-truncates", ROUNDING, lambda m, fmt, a, rm: m.fp.sqrt(fmt, a, _nearest_even(m, rm) + 1)),
    ),
    "fp.fma": (
        Altered(
            "product-sign",
            CONDITION,
            lambda m, fmt, a, b, c, rm, negate_product, negate_addend: m.fp.fma(
                fmt, a, b, c, rm, negate_product=not negate_product, negate_addend=negate_addend
            ),
        ),
        Altered(
            "addend-sign",
            CONDITION,
            lambda m, fmt, a, b, c, rm, negate_product, negate_addend: m.fp.fma(
                fmt, a, b, c, rm, negate_product=negate_product, negate_addend=not negate_addend
            ),
        ),
        Altered("operands-rotated", ORDER, lambda m, fmt, a, b, c, rm, **signs: m.fp.fma(fmt, a, c, b, rm, **signs)),
    ),
    "fp.minimum": (
        Altered("fmin-as-fmax", OPERATOR, lambda m, fmt, a, b: m.fp.maximum(fmt, a, b)),
        Altered("fmin-by-less", SPECIAL, lambda m, fmt, a, b: m.fp.lt(fmt, a, b).select(a, b)),
    ),
    "fp.maximum": (
        Altered("fmax-as-fmin", OPERATOR, lambda m, fmt, a, b: m.fp.minimum(fmt, a, b)),
        Altered("fmax-by-less", SPECIAL, lambda m, fmt, a, b: m.fp.lt(fmt, b, a).select(a, b)),
    ),
    "fp.eq": (
        Altered("feq-bitwise", SPECIAL, lambda m, fmt, a, b: a.eq(b)),
        Altered("feq-as-fle", BOUNDARY, lambda m, fmt, a, b: m.fp.le(fmt, a, b)),
    ),
    "fp.lt": (Altered("flt-as-fle", BOUNDARY, lambda m, fmt, a, b: m.fp.le(fmt, a, b)),),
    "fp.le": (Altered("fle-as-flt", BOUNDARY, lambda m, fmt, a, b: m.fp.lt(fmt, a, b)),),
    "fp.classify": (
        Altered("fclass-shifted", CONSTANT, lambda m, fmt, a: m.fp.classify(fmt, a).shl(1)),
        Altered("fclass-of-magnitude", SIGNEDNESS, lambda m, fmt, a: m.fp.classify(fmt, a & ((1 << fmt - 1) - 1))),
    ),
    "fp.to_int": (
        Altered(
            "signedness", SIGNEDNESS, lambda m, fmt, a, width, signed, rm: m.fp.to_int(fmt, a, width, not signed, rm)
        ),
        Altered(
            "to-int-truncates",
            ROUNDING,
            lambda m, fmt, a, width, signed, rm: m.fp.to_int(fmt, a, width, signed, _nearest_even(m, rm) + 1),
        ),
    ),
    "fp.from_int": (
        Altered("signedness", SIGNEDNESS, lambda m, fmt, a, signed, rm: m.fp.from_int(fmt, a, not signed, rm)),
        Altered(
            "from-int-truncates",
            ROUNDING,
            lambda m, fmt, a, signed, rm: m.fp.from_int(fmt, a, signed, _nearest_even(m, rm) + 1),
        ),
    ),
    "fp.convert": (
        Altered(
            "convert-truncates",
            ROUNDING,
            lambda m, source, target, a, rm: m.fp.convert(source, target, a, _nearest_even(m, rm) + 1),
        ),
    ),
}


class Steps:
    """Counts the steps of one evaluation; does step `at` by `alteration`.

    Attributes:
        seen: of every step so far its kind, the width of the value that it is a step on (0 where on none), and the
            width that it asks for, where it resizes.
    """

    def __init__(self, at: int = -1, alteration: Altered | None = None) -> None:
        self.at = at
        self.alteration = alteration
        self.seen: list[tuple[str, int, int]] = []

    def take(
        self, kind: str, width: int, machine: Any, honest: Callable[[], Any], *arguments: Any, **named: Any
    ) -> Any:
        asked = arguments[1] if kind in ("zext", "sext", "trunc") else 0
        self.seen.append((kind, width, asked))
        if len(self.seen) - 1 != self.at:
            return honest()
        assert self.alteration is not None
        return self.alteration.apply(machine, *arguments, **named)


@dataclass(frozen=True)
class Context:
    """The machine underneath, and the count."""

    machine: Any
    steps: Steps
    units: dict[str, Any] = field(default_factory=dict)


class AlteredValue:
    """A value whose operations are steps."""

    __slots__ = ("_context", "_value")

    def __init__(self, context: Context, value: Any) -> None:
        self._context = context
        self._value = value

    @property
    def width(self) -> int:
        return int(self._value.width)

    def _step(self, name: str, *operands: Any) -> AlteredValue:
        inner = [_inside(operand) for operand in operands]
        context, value = self._context, self._value
        result = context.steps.take(
            name, self.width, context.machine, lambda: getattr(value, name)(*inner), value, *inner
        )
        return AlteredValue(context, result)


def _operation(name: str) -> Callable[..., AlteredValue]:
    def operation(self: AlteredValue, *operands: Any) -> AlteredValue:
        return self._step(name, *operands)

    return operation


for _name in (*VALUE_STEPS, "__neg__"):
    setattr(AlteredValue, _name, _operation(_name))


def _inside(value: Any) -> Any:
    return value._value if isinstance(value, AlteredValue) else value


def _outside(context: Context, value: Any) -> Any:
    """Values are wrapped; register numbers, rounding modes as integers, None are not."""
    return AlteredValue(context, value) if hasattr(value, "zext") else value


class _Registers:
    def __init__(self, context: Context, file: str) -> None:
        self._context = context
        self._file = file

    def __getitem__(self, register: Any) -> AlteredValue:
        return AlteredValue(self._context, getattr(self._context.machine, self._file)[register])

    def __setitem__(self, register: Any, value: Any) -> None:
        context, inner = self._context, _inside(value)
        file = getattr(context.machine, self._file)
        context.steps.take(
            f"{self._file}[]=", 64, context.machine, lambda: file.__setitem__(register, inner), register, inner
        )


class _FloatUnit:
    def __init__(self, context: Context) -> None:
        self._context = context

    def __getattr__(self, name: str) -> Callable[..., Any]:
        context = self._context

        def operation(*arguments: Any, **named: Any) -> Any:
            inner = [_inside(argument) for argument in arguments]
            unit = getattr(context.machine.fp, name)
            result = context.steps.take(
                f"fp.{name}", 0, context.machine, lambda: unit(*inner, **named), *inner, **named
            )
            return _outside(context, result)

        return operation


class AlteredMachine:
    """A machine whose uses are steps."""

    def __init__(self, machine: Any, steps: Steps) -> None:
        self._context = Context(machine, steps)
        self.x = _Registers(self._context, "x")
        self.f = _Registers(self._context, "f")
        self.fp = _FloatUnit(self._context)

    @property
    def pc(self) -> AlteredValue:
        return AlteredValue(self._context, self._context.machine.pc)

    @property
    def next_pc(self) -> AlteredValue:
        return AlteredValue(self._context, self._context.machine.next_pc)

    def const(self, value: int, width: int = 64) -> AlteredValue:
        return AlteredValue(self._context, self._context.machine.const(value, width))

    def is_x0(self, register: Any) -> AlteredValue:
        return AlteredValue(self._context, self._context.machine.is_x0(register))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        context = self._context

        def use(*arguments: Any, **named: Any) -> Any:
            inner = [_callback(context, argument) for argument in arguments]
            named = {key: _inside(value) for key, value in named.items()}
            method = getattr(context.machine, name)
            result = context.steps.take(name, 0, context.machine, lambda: method(*inner, **named), *inner, **named)
            return _outside(context, result)

        return use


def _callback(context: Context, argument: Any) -> Any:
    """What the machine below gets: functions of values are called with wrapped ones."""
    if not callable(argument) or isinstance(argument, AlteredValue):
        return _inside(argument)

    def called(*values: Any) -> Any:
        return _inside(argument(*(_outside(context, value) for value in values)))

    return called


def altered(semantics: Callable[..., None], at: int, alteration: Altered) -> Callable[..., None]:
    """`semantics` with step `at` done by `alteration`."""

    def wrong(m: Any, *operands: Any) -> None:
        machine = AlteredMachine(m, Steps(at, alteration))
        semantics(machine, *(_outside(machine._context, operand) for operand in operands))

    return wrong


def steps_of(semantics: Callable[..., None], operands: tuple[Any, ...], machine: Any) -> list[tuple[str, int, int]]:
    """The steps that an evaluation of `semantics` over `machine` takes."""
    steps = Steps()
    wrapper = AlteredMachine(machine, steps)
    semantics(wrapper, *(_outside(wrapper._context, operand) for operand in operands))
    return steps.seen
