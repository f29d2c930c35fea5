"""The machine protocol of RISC-V: what a semantics function may do to the guest.

One instruction's semantics is a function `(m: Machine, operands…) -> None`. Operands arrive by the names in its bit
pattern: register fields as opaque `Reg` (only ever used to index `m.x` / `m.f`), immediates as 64-bit `Value`, already
sign-extended and scaled as the manual prints them, `rm` as opaque `RoundingField`, `csr` as a 12-bit `Value`.

Order of effects: traps first, then memory, then registers, then pc. A function that may trap does so before it changes
anything. If the function does not set the pc, execution continues at `m.next_pc`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NewType, Protocol, TypeVar

from engines.vm.isa.algebra import Bit, Value
from engines.vm.isa.vector import VectorUnit

Reg = NewType("Reg", object)
RoundingField = NewType("RoundingField", object)
V = TypeVar("V", bound=Value)


class RegisterFile(Protocol):
    """64-bit registers. For `x`, register 0 reads 0 and drops writes; for `f`, raw bits."""

    def __getitem__(self, register: Any) -> Any: ...
    def __setitem__(self, register: Any, value: Any) -> None: ...


class FloatUnit(Protocol):
    """IEEE 754 arithmetic on raw bits, `fmt` being 32 or 64 (widths of the operands).

    Every operation ORs the exceptions that it raises into fflags. NaN results are canonical. Callers unbox and box.
    `rm` is what `Machine.rounding_mode` returned.
    """

    def add(self, fmt: int, a: Any, b: Any, rm: Any) -> Any: ...
    def sub(self, fmt: int, a: Any, b: Any, rm: Any) -> Any: ...
    def mul(self, fmt: int, a: Any, b: Any, rm: Any) -> Any: ...
    def div(self, fmt: int, a: Any, b: Any, rm: Any) -> Any: ...
    def sqrt(self, fmt: int, a: Any, rm: Any) -> Any: ...
    def fma(self, fmt: int, a: Any, b: Any, c: Any, rm: Any, *, negate_product: bool, negate_addend: bool) -> Any:
        """`±(a*b) ± c` rounded once."""
        ...

    def minimum(self, fmt: int, a: Any, b: Any) -> Any:
        """IEEE 754-2019 minimumNumber, as `fmin` needs it (Unprivileged ISA §20.6)."""
        ...

    def maximum(self, fmt: int, a: Any, b: Any) -> Any: ...
    def eq(self, fmt: int, a: Any, b: Any) -> Any:
        """Quiet comparison; 1 bit."""
        ...

    def lt(self, fmt: int, a: Any, b: Any) -> Any:
        """Signalling comparison; 1 bit."""
        ...

    def le(self, fmt: int, a: Any, b: Any) -> Any: ...
    def classify(self, fmt: int, a: Any) -> Any:
        """The 10-bit mask of `fclass`, 64 bits wide."""
        ...

    def to_int(self, fmt: int, a: Any, width: int, signed: bool, rm: Any) -> Any:
        """Saturating conversion to a `width`-bit integer, as RISC-V `fcvt` (NaN gives the largest)."""
        ...

    def from_int(self, fmt: int, a: Any, signed: bool, rm: Any) -> Any:
        """`a.width` is 32 or 64."""
        ...

    def convert(self, source_fmt: int, target_fmt: int, a: Any, rm: Any) -> Any: ...


class Machine(Protocol):
    x: RegisterFile
    f: RegisterFile
    fp: FloatUnit

    @property
    def vector(self) -> VectorUnit:
        """Where the machine has V."""
        ...

    @property
    def pc(self) -> Any:
        """Address of this instruction, 64 bits."""
        ...

    @property
    def next_pc(self) -> Any:
        """`pc` plus this instruction's length."""
        ...

    def const(self, value: int, width: int = 64) -> Any: ...

    def is_x0(self, register: Reg) -> Bit:
        """1 where an operand field names x0; for the few rules that look at the number and not at the value (csrrs)."""
        ...

    def jump(self, target: Any) -> None:
        """Set the pc. `target` is even (IALIGN = 16 with C, so no misaligned fetch can arise)."""
        ...

    def branch(self, taken: Bit, target: Any) -> None:
        """Set the pc to `target` where `taken` is 1."""
        ...

    def load(self, address: Any, size_bytes: int) -> Any:
        """Little-endian load, `8 * size_bytes` wide, misaligned or not. A fault's tval is the address of the portion
        that caused it (Privileged ISA §3.1.16): where only the second of two pages fails, that page's first address."""
        ...

    def store(self, address: Any, value: Any) -> None:
        """Little-endian store of all of `value`, misaligned or not. On a fault, with tval as for `load`, nothing is
        stored; the manual would permit the accessible portion (Privileged ISA §3.7.1)."""
        ...

    def load_reserved(self, address: Any, size_bytes: int) -> Any:
        """Misaligned traps (load address misaligned)."""
        ...

    def store_conditional(self, address: Any, value: Any) -> Any:
        """64-bit 0 on success, 1 on failure. Misaligned traps (store/AMO address misaligned) even without a
        reservation; any SC ends the reservation."""
        ...

    def amo(self, address: Any, size_bytes: int, update: Callable[[Any, Any], Any], operand: Any) -> Any:
        """Store `update(old, operand)` and return `old`; both have `8 * size_bytes` bits. Misaligned traps
        (store/AMO address misaligned), a fault is a store/AMO fault."""
        ...

    def trap_if(self, condition: Bit, cause: int, value: Any) -> None:
        """Take the exception `cause` (mcause code) with `value` as tval where `condition` is 1."""
        ...

    def trap(self, cause: int, value: Any) -> None: ...

    def illegal(self) -> None:
        """Illegal instruction, tval = the instruction's bits (16 or 32)."""
        ...

    def illegal_if(self, condition: Bit) -> None:
        """`illegal` where `condition` is 1."""
        ...

    def rounding_mode(self, rm: Any) -> Any:
        """The effective mode of an `rm` field; traps as illegal for reserved values, static or from frm."""
        ...

    def csr_read(self, csr: Any) -> Any:
        """Traps as illegal where the CSR does not exist in U-mode."""
        ...

    def csr_write(self, csr: Any, value: Any) -> None:
        """Traps as illegal where it is read-only or does not exist."""
        ...

    def csr_exchange(self, csr: Any, rd: Any, update: Callable[[Any], Any], *, reads: Bit, writes: Bit) -> None:
        """Zicsr in one step: check access, read the old value into `rd` (zero-extended; no read where `reads` is 0),
        write `update(old)` where `writes` is 1."""
        ...

    def fence(self) -> None: ...
    def fence_i(self) -> None: ...
