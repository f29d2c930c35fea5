"""The machine protocol of RISC-V over graph nodes: evaluating a semantics function writes down what it does.

Registers, immediates and static rounding modes stay symbolic; what decides the *shape* of the result is concrete:
whether a register is x0, whether two operands name the same register, the CSR's number, whether `rm` is dynamic or
reserved.
Wherever the semantics trap, the block leaves to the interpreter, which traps by executing the instruction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from engines.vm.guests.riscv64.state import NO_RESERVATION
from engines.vm.ir.ops import DYNAMIC, REASONS
from engines.vm.lift.nodes import Expression, Graph, LiftError, Node

FFLAGS, FRM, FCSR = 0x001, 0x002, 0x003
COUNTERS: Final = frozenset((0xC00, 0xC01, 0xC02))
"""cycle, time, instret: all count retired instructions."""


@dataclass(frozen=True)
class Register:
    """A register operand: the name of the template's parameter that holds its slot, and whether it is x0."""

    name: str
    is_x0: bool = False


@dataclass(frozen=True)
class Rounding:
    """An rm operand, or a resolved mode: the expression of the MODE immediate. None if it is reserved."""

    mode: Expression | None


class TemplateMachine:
    """Implements `engines.vm.isa.machine.Machine` for one instruction of `length` bytes.

    Attributes:
        graph: what was written down.
        target, taken: the new pc and, for a conditional branch, its condition.
        stopped: a reason (index into `REASONS`) why the interpreter must execute the instruction; None if it need not.
    """

    def __init__(self, length: int) -> None:
        self.graph = Graph()
        self.length = length
        self.x = _Registers(self, is_float=False)
        self.f = _Registers(self, is_float=True)
        self.fp = _FloatUnit(self.graph)
        self.target: Node | None = None
        self.taken: Node | None = None
        self.stopped: int | None = None

    def const(self, value: int, width: int = 64) -> Node:
        return self.graph.const(value, width)

    def is_x0(self, register: Any) -> Node:
        return self.const(int(register.is_x0), 1)

    @property
    def pc(self) -> Node:
        return self.graph.const("pc", 64)

    @property
    def next_pc(self) -> Node:
        return self.graph.const(f"pc + {self.length}", 64)

    def jump(self, target: Node) -> None:
        self.target = target

    def branch(self, taken: Node, target: Node) -> None:
        self.target, self.taken = target, taken

    # -- memory ---------------------------------------------------------------------------------------------------

    def load(self, address: Node, size_bytes: int) -> Node:
        return self.graph.effect("load", 8 * size_bytes, (address,))

    def store(self, address: Node, value: Node) -> None:
        self.graph.effect("store", 0, (address, value))

    def load_reserved(self, address: Node, size_bytes: int) -> Node:
        self._aligned(address, size_bytes)
        value = self.load(address, size_bytes)
        self._set_reservation(address, self.const(size_bytes))
        return value

    def store_conditional(self, address: Node, value: Node) -> Node:
        size_bytes = value.width // 8
        self._aligned(address, size_bytes)
        graph = self.graph
        held = graph.effect("get", 64, (), ("RESERVATION",)).eq(address)
        held = held & graph.effect("get", 64, (), ("RESERVATION_BYTES",)).eq(size_bytes)
        graph.effect("storeif", 0, (held, address, value))
        self._set_reservation(self.const(NO_RESERVATION), self.const(0))
        return (held ^ 1).zext(64)

    def amo(self, address: Node, size_bytes: int, update: Callable[[Node, Node], Node], operand: Node) -> Node:
        self._aligned(address, size_bytes)
        old = self.load(address, size_bytes)
        self.store(address, update(old, operand))
        return old

    def _aligned(self, address: Node, size_bytes: int) -> None:
        self.graph.effect("leaveif", 0, ((address & (size_bytes - 1)).ne(0),))

    def _set_reservation(self, address: Node, size_bytes: Node) -> None:
        self.graph.effect("put", 0, (address,), ("RESERVATION",))
        self.graph.effect("put", 0, (size_bytes,), ("RESERVATION_BYTES",))

    def fence(self) -> None:
        self.graph.effect("fence", 0)

    def fence_i(self) -> None:
        """The block ends: what follows is fetched anew."""
        self.target = self.next_pc

    # -- traps ----------------------------------------------------------------------------------------------------

    def trap_if(self, condition: Node, cause: int, value: Node) -> None:
        self.graph.effect("leaveif", 0, (condition,))

    def trap(self, cause: int, value: Node) -> None:
        self._stop("trap")

    def illegal(self) -> None:
        self._stop("illegal")

    def _stop(self, reason: str) -> None:
        if self.stopped is None:
            self.stopped = REASONS.index(reason)

    # -- rounding mode and CSRs -----------------------------------------------------------------------------------

    def rounding_mode(self, rm: Rounding) -> Rounding:
        if rm.mode is None:
            self.illegal()
            return Rounding(0)
        if rm.mode == DYNAMIC:
            self.graph.effect("checkmode", 0)
        return rm

    def csr_exchange(self, csr: Node, rd: Any, update: Callable[[Node], Node], *, reads: Node, writes: Node) -> None:
        number = csr.constant
        missing = number not in COUNTERS and number not in (FFLAGS, FRM, FCSR)
        writing = self._decided(writes)
        if missing or (writing and number in COUNTERS):
            self._stop("csr")
            return
        old = self._csr(number)
        if writing:
            new = update(old)
            if number == FRM:
                self.graph.effect("setmode", 0, (new,))
            else:
                self.graph.effect("setflags", 0, (new,))
            if number == FCSR:
                self.graph.effect("setmode", 0, (new.lshr(5),))
        if self._decided(reads):
            self.x[rd] = old

    def _decided(self, condition: Node) -> bool:
        if not isinstance(condition.constant, int):
            raise LiftError(f"{condition!r} must be known when the template is made")
        return bool(condition.constant)

    def _csr(self, number: Expression | None) -> Node:
        graph = self.graph
        if number == FFLAGS:
            return graph.effect("getflags", 64)
        if number == FRM:
            return graph.effect("getmode", 64)
        if number == FCSR:
            return graph.effect("getmode", 64).shl(5) | graph.effect("getflags", 64)
        return graph.effect("retired", 64)


class _Registers:
    def __init__(self, machine: TemplateMachine, *, is_float: bool) -> None:
        self._machine = machine
        self._is_float = is_float
        self._read: dict[str, Node] = {}

    def __getitem__(self, register: Register) -> Node:
        if register.is_x0:
            return self._machine.const(0)
        found = self._read.get(register.name)
        if found is None:
            found = self._machine.graph.effect("get", 64, (), (register.name,), self._is_float)
            self._read[register.name] = found
        return found

    def __setitem__(self, register: Register, value: Node) -> None:
        if value.width != 64:
            raise LiftError(f"a register is written with {value.width} bits, needs 64")
        self._read.clear()
        if not register.is_x0:
            self._machine.graph.effect("put", 0, (value,), (register.name,), self._is_float)


class _FloatUnit:
    """Every operation of `FloatUnit` as an effect: it raises flags."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def _float(self, op: str, fmt: int, args: tuple[Node, ...], rm: Rounding) -> Node:
        assert rm.mode is not None
        return self._graph.effect(f"{op}.{_FORMAT[fmt]}", fmt, args, (rm.mode,), True)

    def add(self, fmt: int, a: Node, b: Node, rm: Rounding) -> Node:
        return self._float("fadd", fmt, (a, b), rm)

    def sub(self, fmt: int, a: Node, b: Node, rm: Rounding) -> Node:
        return self._float("fsub", fmt, (a, b), rm)

    def mul(self, fmt: int, a: Node, b: Node, rm: Rounding) -> Node:
        return self._float("fmul", fmt, (a, b), rm)

    def div(self, fmt: int, a: Node, b: Node, rm: Rounding) -> Node:
        return self._float("fdiv", fmt, (a, b), rm)

    def sqrt(self, fmt: int, a: Node, rm: Rounding) -> Node:
        return self._float("fsqrt", fmt, (a,), rm)

    def fma(
        self, fmt: int, a: Node, b: Node, c: Node, rm: Rounding, *, negate_product: bool, negate_addend: bool
    ) -> Node:
        return self._float(_FUSED[negate_product, negate_addend], fmt, (a, b, c), rm)

    def minimum(self, fmt: int, a: Node, b: Node) -> Node:
        return self._float("fmin", fmt, (a, b), _LOUD)

    def maximum(self, fmt: int, a: Node, b: Node) -> Node:
        return self._float("fmax", fmt, (a, b), _LOUD)

    def eq(self, fmt: int, a: Node, b: Node) -> Node:
        return self._graph.effect(f"feq.{_FORMAT[fmt]}", 1, (a, b), (0,))

    def lt(self, fmt: int, a: Node, b: Node) -> Node:
        return self._graph.effect(f"flt.{_FORMAT[fmt]}", 1, (a, b), (0,))

    def le(self, fmt: int, a: Node, b: Node) -> Node:
        return self._graph.effect(f"fle.{_FORMAT[fmt]}", 1, (a, b), (0,))

    def classify(self, fmt: int, a: Node) -> Node:
        return self._graph.effect(f"fclass.{_FORMAT[fmt]}", 64, (a,))

    def to_int(self, fmt: int, a: Node, width: int, signed: bool, rm: Rounding) -> Node:
        assert rm.mode is not None
        return self._graph.effect(f"f2{'s' if signed else 'u'}.{_FORMAT[fmt]}.i{width}", width, (a,), (rm.mode,))

    def from_int(self, fmt: int, a: Node, signed: bool, rm: Rounding) -> Node:
        return self._float(f"{'s' if signed else 'u'}2f.i{a.width}", fmt, (a,), rm)

    def convert(self, source_fmt: int, target_fmt: int, a: Node, rm: Rounding) -> Node:
        if source_fmt < target_fmt:
            return self._graph.effect("fwiden.f32.f64", 64, (a,), (0,), True)
        assert rm.mode is not None
        return self._graph.effect("fnarrow.f64.f32", 32, (a,), (rm.mode,), True)


_FORMAT: Final = {32: "f32", 64: "f64"}
_LOUD: Final = Rounding(0)
_FUSED: Final = {
    (False, False): "fmadd",
    (False, True): "fmsub",
    (True, False): "fnmsub",
    (True, True): "fnmadd",
}
