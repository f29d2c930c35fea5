"""What an instruction does to control, memory and CSRs, found by evaluating its semantics once over unknown values.

Nothing of this is written by hand in the tables, so it cannot disagree with the semantics.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from engines.vm.isa.vector import VLEN

if TYPE_CHECKING:
    from engines.vm.isa.describe import Operand


class Control(StrEnum):
    """How an instruction may leave the straight line."""

    NONE = "none"
    BRANCH = "branch"
    """To a pc-relative target or the next instruction."""
    JUMP = "jump"
    """Always, to a pc-relative target."""
    INDIRECT = "indirect"
    """Always, to a target that registers decide."""
    TRAP = "trap"
    """Always, by an exception."""


@dataclass(frozen=True)
class Effects:
    """Facts about one instruction.

    Attributes:
        control: see `Control`.
        load_bytes, store_bytes: size of the memory access, 0 for none. An AMO has both.
        atomic: `reserve`, `conditional`, `amo`, or empty.
        csr: accesses a CSR that an operand names.
        rounding: has an rm field that it resolves, so it may trap as illegal.
        float_operations: names of the `FloatUnit` operations used.
        fence, fence_i: orders memory; synchronises fetches.
        is_vector: depends on vector state.
        may_be_illegal: some operands or states make it illegal.
    """

    control: Control = Control.NONE
    load_bytes: int = 0
    store_bytes: int = 0
    atomic: str = ""
    csr: bool = False
    rounding: bool = False
    float_operations: frozenset[str] = frozenset()
    fence: bool = False
    fence_i: bool = False
    is_vector: bool = False
    may_be_illegal: bool = False

    @property
    def ends_block(self) -> bool:
        """No straight-line successor, or one that must be fetched anew."""
        return self.control is not Control.NONE or self.fence_i

    @property
    def may_trap(self) -> bool:
        """Whether some operands make it trap."""
        accesses = self.load_bytes or self.store_bytes or self.csr
        return bool(self.control is Control.TRAP or accesses or self.rounding or self.may_be_illegal)


@dataclass(frozen=True)
class Unknown:
    """A value of which only the width is known, and whether registers took part in it."""

    width: int
    from_register: bool = False

    def _with(self, other: Unknown | int, width: int | None = None) -> Unknown:
        if isinstance(other, Unknown) and other.width != self.width:
            raise TypeError(f"operands of {self.width} and {other.width} bits in one operation")
        tainted = self.from_register or (isinstance(other, Unknown) and other.from_register)
        return Unknown(width or self.width, tainted)

    def _compare(self, other: Unknown | int) -> Unknown:
        return self._with(other, 1)

    __add__ = __sub__ = __mul__ = __and__ = __or__ = __xor__ = _with
    shl = lshr = ashr = udiv = urem = sdiv = srem = _with
    eq = ne = ult = ule = slt = sle = _compare

    def __invert__(self) -> Self:
        return self

    def __neg__(self) -> Self:
        return self

    def __bool__(self) -> bool:
        raise TypeError("semantics ask for the truth of a value; use select")

    def zext(self, width: int) -> Unknown:
        if width < self.width:
            raise TypeError(f"cannot extend {self.width} bits to {width}")
        return Unknown(width, self.from_register)

    sext = zext

    def trunc(self, width: int) -> Unknown:
        if width > self.width:
            raise TypeError(f"cannot truncate {self.width} bits to {width}")
        return Unknown(width, self.from_register)

    def extract(self, low: int, width: int) -> Unknown:
        if low + width > self.width:
            raise TypeError(f"bits {low} … {low + width - 1} of a value of {self.width}")
        return Unknown(width, self.from_register)

    def select(self, if_one: Unknown, if_zero: Unknown) -> Unknown:
        if self.width != 1:
            raise TypeError(f"select on {self.width} bits, needs 1")
        merged = if_one._with(if_zero)
        return Unknown(merged.width, merged.from_register or self.from_register)


class _Registers:
    def __getitem__(self, register: Any) -> Unknown:
        return Unknown(64, True)

    def __setitem__(self, register: Any, value: Unknown) -> None:
        if value.width != 64:
            raise TypeError(f"a register is written with {value.width} bits, needs 64")


class _FloatUnit:
    """Every operation of `FloatUnit`, giving an unknown value of the right width."""

    def __init__(self, used: set[str]) -> None:
        self.used = used

    def __getattr__(self, name: str) -> Callable[..., Unknown]:
        def operation(*arguments: Any, **options: Any) -> Unknown:
            self.used.add(name)
            return Unknown(_RESULT_BITS[name](arguments), True)

        return operation


def _format(arguments: tuple[Any, ...]) -> int:
    return int(arguments[0])


_RESULT_BITS: dict[str, Callable[[tuple[Any, ...]], int]] = {
    **dict.fromkeys(("add", "sub", "mul", "div", "sqrt", "fma", "minimum", "maximum", "from_int"), _format),
    **dict.fromkeys(("eq", "lt", "le"), lambda arguments: 1),
    "classify": lambda arguments: 64,
    "to_int": lambda arguments: int(arguments[2]),
    "convert": lambda arguments: int(arguments[1]),
}


class _VectorUnit:
    """Every operation of `VectorUnit`; only what it does to memory is noted."""

    enabled = Unknown(1)
    vl = vtype = vstart = Unknown(64)

    def __init__(self, probe: _Probe) -> None:
        self._probe = probe

    def number(self, register: Any) -> Unknown:
        return Unknown(64)

    def is_masked(self, vm: Any) -> bool:
        return False

    def first_element(self, vs2: Any) -> Unknown:
        return Unknown(64, True)

    def load(self, vd: Any, vm: Any, address: Unknown, element_bytes: int) -> None:
        self._probe.load_bytes = element_bytes

    def store(self, vs3: Any, vm: Any, address: Unknown, element_bytes: int) -> None:
        self._probe.store_bytes = element_bytes

    def load_registers(self, vd: Any, count: int, address: Unknown, element_bytes: int) -> None:
        self._probe.load_bytes = count * VLEN // 8

    def store_registers(self, vs3: Any, count: int, address: Unknown) -> None:
        self._probe.store_bytes = count * VLEN // 8

    def _quiet(self, *arguments: Any) -> None:
        """Changes vector registers and nothing else."""

    configure = elementwise = compare = merge = reduce = mask_logical = set_first_element = move_registers = _quiet


@dataclass
class _Probe:
    """A machine that only takes notes."""

    control: Control = Control.NONE
    load_bytes: int = 0
    store_bytes: int = 0
    atomic: str = ""
    csr: bool = False
    rounding: bool = False
    is_vector: bool = False
    may_be_illegal: bool = False
    fences: set[str] = field(default_factory=set)
    float_operations: set[str] = field(default_factory=set)
    x: _Registers = field(default_factory=_Registers)
    f: _Registers = field(default_factory=_Registers)
    pc: Unknown = Unknown(64)
    next_pc: Unknown = Unknown(64)

    @property
    def fp(self) -> _FloatUnit:
        return _FloatUnit(self.float_operations)

    @property
    def vector(self) -> _VectorUnit:
        self.is_vector = True
        return _VectorUnit(self)

    def illegal_if(self, condition: Unknown) -> None:
        self.may_be_illegal = True

    def const(self, value: int, width: int = 64) -> Unknown:
        return Unknown(width)

    def is_x0(self, register: Any) -> Unknown:
        return Unknown(1)

    def jump(self, target: Unknown) -> None:
        self.control = Control.INDIRECT if target.from_register else Control.JUMP

    def branch(self, taken: Unknown, target: Unknown) -> None:
        self.control = Control.BRANCH

    def load(self, address: Unknown, size_bytes: int) -> Unknown:
        self.load_bytes = size_bytes
        return Unknown(8 * size_bytes, True)

    def store(self, address: Unknown, value: Unknown) -> None:
        self.store_bytes = value.width // 8

    def load_reserved(self, address: Unknown, size_bytes: int) -> Unknown:
        self.atomic = "reserve"
        return self.load(address, size_bytes)

    def store_conditional(self, address: Unknown, value: Unknown) -> Unknown:
        self.atomic = "conditional"
        self.store(address, value)
        return Unknown(64, True)

    def amo(
        self, address: Unknown, size_bytes: int, update: Callable[[Unknown, Unknown], Unknown], operand: Unknown
    ) -> Unknown:
        self.atomic = "amo"
        old = self.load(address, size_bytes)
        self.store(address, update(old, operand))
        return old

    def trap_if(self, condition: Unknown, cause: int, value: Unknown) -> None:
        raise NotImplementedError("no RISC-V instruction traps on a condition of its own")

    def trap(self, cause: int, value: Unknown) -> None:
        self.control = Control.TRAP

    def illegal(self) -> None:
        self.control = Control.TRAP

    def rounding_mode(self, rm: Any) -> Unknown:
        self.rounding = True
        return Unknown(3)

    def csr_exchange(
        self, csr: Any, rd: Any, update: Callable[[Unknown], Unknown], *, reads: Unknown, writes: Unknown
    ) -> None:
        self.csr = True
        if update(Unknown(64)).width != 64:
            raise TypeError("a CSR update must give 64 bits")

    def fence(self) -> None:
        self.fences.add("fence")

    def fence_i(self) -> None:
        self.fences.add("fence_i")


def probe(semantics: Callable[..., None], operands: Iterable[Operand]) -> Effects:
    """Evaluate `semantics` over unknown operands and report what it did.

    Raises:
        TypeError: the semantics mix widths, or ask for the truth of a value.
    """
    machine = _Probe()
    semantics(machine, *(Unknown(12 if o.kind == "csr" else 64) for o in operands))
    return Effects(
        control=machine.control,
        load_bytes=machine.load_bytes,
        store_bytes=machine.store_bytes,
        atomic=machine.atomic,
        csr=machine.csr,
        rounding=machine.rounding,
        float_operations=frozenset(machine.float_operations),
        fence="fence" in machine.fences,
        fence_i="fence_i" in machine.fences,
        is_vector=machine.is_vector,
        may_be_illegal=machine.may_be_illegal,
    )
