"""The vector part of the machine protocol: what a semantics function of V may do (RISC-V V 1.0; VLEN = 128).

A semantics function says what happens to *one element*, as a function over values of `engines.vm.isa.algebra`. A tier
evaluates it per element, or once over a whole host vector: the same algebra, lane by lane. SEW and LMUL are those of
vtype when the instruction is executed; the function learns SEW as the `width` of its arguments.

Elements from vl on (the tail) and elements that the mask leaves out keep their values, whatever vta and vma say: one
of the choices that §3.4.3 gives, and the one that QEMU makes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NewType, Protocol, TypeAlias

VectorReg = NewType("VectorReg", object)
MaskField = NewType("MaskField", object)
"""The vm bit, which evaluators know: `VectorUnit.is_masked` gives a plain bool."""

VLEN: Final = 128
"""Bits of a vector register."""
LARGEST_SEW_LOG2: Final = 6
"""ELEN = 64."""


@dataclass(frozen=True)
class Elements:
    """A source: the elements of a register group."""

    register: Any


@dataclass(frozen=True)
class Scalar:
    """A source: a 64-bit value, of which each element sees the low SEW bits."""

    value: Any


@dataclass(frozen=True)
class Indices:
    """A source: each element's own number."""


Source: TypeAlias = Elements | Scalar | Indices
ElementFunction: TypeAlias = Callable[..., Any]
"""From values of SEW bits, one per source, to one of SEW bits, or for comparisons of 1 bit."""


class VectorUnit(Protocol):
    """Vector state and operations of a machine. Rules on what is illegal are the semantics functions'.

    Every operation works on elements vstart … vl-1 (the body), as `vm` allows, and sets vstart to 0 afterwards.
    """

    @property
    def enabled(self) -> Any:
        """1 bit: mstatus.VS is not Off."""
        ...

    @property
    def vl(self) -> Any: ...
    @property
    def vtype(self) -> Any: ...
    @property
    def vstart(self) -> Any: ...

    def number(self, register: VectorReg) -> Any:
        """The number of the register that a field names, 64 bits."""
        ...

    def is_masked(self, vm: MaskField) -> bool: ...

    def configure(self, vl: Any, vtype: Any) -> None:
        """Set both, and vstart to 0."""
        ...

    def elementwise(self, vd: VectorReg, vm: MaskField, function: ElementFunction, *sources: Source) -> None: ...

    def compare(self, vd: VectorReg, vm: MaskField, function: ElementFunction, *sources: Source) -> None:
        """Results are bits of one mask register, bit i of element i (§4.5)."""
        ...

    def merge(self, vd: VectorReg, if_clear: Source, if_set: Source) -> None:
        """Each element of one source or the other, by its bit of v0; all of the body is written."""
        ...

    def reduce(
        self, vd: VectorReg, vm: MaskField, function: ElementFunction, neutral: Callable[[int], int], vs2: Any, vs1: Any
    ) -> None:
        """Element 0 of vs1 and all active ones of vs2, combined by `function`, which associates and commutes and has
        the neutral element `neutral(SEW)`, into element 0 of vd. Nothing is written where vl is 0."""
        ...

    def mask_logical(self, vd: VectorReg, function: ElementFunction, vs2: VectorReg, vs1: VectorReg) -> None:
        """Bit by bit over mask registers; function takes values of one bit or of many alike."""
        ...

    def first_element(self, vs2: VectorReg) -> Any:
        """Element 0, sign-extended to 64 bits; vl and vstart do not matter (§16.1)."""
        ...

    def set_first_element(self, vd: VectorReg, value: Any) -> None:
        """Nothing is written where vstart is not below vl."""
        ...

    def load(self, vd: VectorReg, vm: MaskField, address: Any, element_bytes: int) -> None:
        """Consecutive elements of that size. A fault in element i leaves those before it loaded and vstart at i."""
        ...

    def store(self, vs3: VectorReg, vm: MaskField, address: Any, element_bytes: int) -> None: ...

    def load_registers(self, vd: VectorReg, count: int, address: Any, element_bytes: int) -> None:
        """Whole registers, whatever vl and vtype are; vstart counts elements of that size."""
        ...

    def store_registers(self, vs3: VectorReg, count: int, address: Any) -> None: ...

    def move_registers(self, vd: VectorReg, count: int, vs2: VectorReg) -> None:
        """vstart counts elements of SEW bits."""
        ...
