"""The vector unit of the reference tier: one element after the other, over integers (RISC-V V 1.0, VLEN = 128)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from engines.vm.bits import Bits
from engines.vm.guests.riscv64.state import VILL, VLEN_BYTES
from engines.vm.isa.vector import ElementFunction, Elements, Scalar, Source

if TYPE_CHECKING:
    from engines.vm.guests.riscv64.state import Hart
    from engines.vm.tiers.reference import ReferenceMachine

VSTART, VXSAT, VXRM, VCSR = 0x008, 0x009, 0x00A, 0x00F
VL, VTYPE, VLENB = 0xC20, 0xC21, 0xC22
CSRS: Final = frozenset((VSTART, VXSAT, VXRM, VCSR, VL, VTYPE, VLENB))
_VSTART_MASK: Final = 8 * VLEN_BYTES - 1
"""vstart has as many bits as the largest element index needs (V 1.0 §3.7)."""
_STATE: Final = ("vl", "vtype", "vstart", "vxrm", "vxsat", "vs")


class ReferenceVectors:
    """Implements `engines.vm.isa.vector.VectorUnit`; without V, everything is off.

    Attributes:
        file: the 32 registers, 16 bytes each.
        state: the CSRs and vs, by name.
    """

    def __init__(self, machine: ReferenceMachine) -> None:
        self.machine = machine
        self.file = bytearray(32 * VLEN_BYTES)
        self.state = dict.fromkeys(_STATE, 0)

    def load_from(self, hart: Hart) -> None:
        """Take over the hart's vector state, if it has such."""
        if hart.has_vectors:
            self.file[:] = hart.cpu["v"].tobytes()
            self.state = {name: int(hart.cpu[name]) for name in _STATE}

    def store_to(self, hart: Hart) -> None:
        """Give it back."""
        if hart.has_vectors:
            start = hart.layout.offsets["v"]
            hart.words.cast("B")[start : start + len(self.file)] = self.file
            for name, value in self.state.items():
                hart.cpu[name] = value

    # -- CSRs -----------------------------------------------------------------------------------------------------

    def has_csr(self, number: int) -> bool:
        return bool(self.state["vs"]) and number in CSRS

    def csr(self, number: int) -> int:
        state = self.state
        return {
            VSTART: state["vstart"],
            VXSAT: state["vxsat"],
            VXRM: state["vxrm"],
            VCSR: state["vxrm"] << 1 | state["vxsat"],
            VL: state["vl"],
            VTYPE: state["vtype"],
            VLENB: VLEN_BYTES,
        }[number]

    def set_csr(self, number: int, value: int) -> None:
        """Bits without a field are dropped."""
        state = self.state
        if number == VSTART:
            state["vstart"] = value & _VSTART_MASK
        if number in (VXSAT, VCSR):
            state["vxsat"] = value & 1
        if number in (VXRM, VCSR):
            state["vxrm"] = (value >> 1 if number == VCSR else value) & 3

    # -- state ----------------------------------------------------------------------------------------------------

    @property
    def enabled(self) -> Bits:
        return Bits(bool(self.state["vs"]), 1)

    @property
    def vl(self) -> Bits:
        return Bits(self.state["vl"], 64)

    @property
    def vtype(self) -> Bits:
        return Bits(self.state["vtype"], 64)

    @property
    def vstart(self) -> Bits:
        return Bits(self.state["vstart"], 64)

    @property
    def sew(self) -> int:
        """Bits."""
        assert self.state["vtype"] != VILL
        return 8 << (self.state["vtype"] >> 3 & 7)

    def number(self, register: Any) -> Bits:
        return Bits(register, 64)

    def is_masked(self, vm: Any) -> bool:
        return not vm

    def configure(self, vl: Bits, vtype: Bits) -> None:
        self.state |= {"vl": vl.value, "vtype": vtype.value, "vstart": 0}

    # -- elements -------------------------------------------------------------------------------------------------

    def get(self, register: int, index: int, size_bytes: int) -> int:
        """Element `index` of the group that begins at `register`."""
        at = register * VLEN_BYTES + index * size_bytes
        return int.from_bytes(self.file[at : at + size_bytes], "little")

    def put(self, register: int, index: int, size_bytes: int, value: int) -> None:
        at = register * VLEN_BYTES + index * size_bytes
        self.file[at : at + size_bytes] = value.to_bytes(size_bytes, "little")

    def bit(self, register: int, index: int) -> int:
        return self.file[register * VLEN_BYTES + index // 8] >> index % 8 & 1

    def put_bit(self, register: int, index: int, value: int) -> None:
        at = register * VLEN_BYTES + index // 8
        self.file[at] = self.file[at] & ~(1 << index % 8) | value << index % 8

    def active(self, vm: Any, count: int | None = None) -> Iterator[int]:
        """The numbers of active elements; vstart is 0 when they are through."""
        last = self.state["vl"] if count is None else count
        for index in range(self.state["vstart"], last):
            if vm or self.bit(0, index):
                yield index
        self.state["vstart"] = 0

    def _values(self, sources: tuple[Source, ...], index: int) -> list[Bits]:
        sew = self.sew
        found = []
        for source in sources:
            if isinstance(source, Elements):
                found.append(Bits(self.get(source.register, index, sew // 8), sew))
            elif isinstance(source, Scalar):
                found.append(source.value.trunc(sew))
            else:
                found.append(Bits(index, sew))
        return found

    # -- operations -----------------------------------------------------------------------------------------------

    def elementwise(self, vd: Any, vm: Any, function: ElementFunction, *sources: Source) -> None:
        for index in self.active(vm):
            self.put(vd, index, self.sew // 8, function(*self._values(sources, index)).value)

    def compare(self, vd: Any, vm: Any, function: ElementFunction, *sources: Source) -> None:
        """vd may be a source or the mask: what is read of it for an element was not written yet."""
        results = [(index, function(*self._values(sources, index)).value) for index in self.active(vm)]
        for index, value in results:
            self.put_bit(vd, index, value)

    def merge(self, vd: Any, if_clear: Source, if_set: Source) -> None:
        for index in self.active(1):
            source = if_set if self.bit(0, index) else if_clear
            self.put(vd, index, self.sew // 8, self._values((source,), index)[0].value)

    def reduce(
        self, vd: Any, vm: Any, function: ElementFunction, neutral: Callable[[int], int], vs2: Any, vs1: Any
    ) -> None:
        size = self.sew // 8
        total = Bits(self.get(vs1, 0, size), self.sew)
        for index in self.active(vm):
            total = function(total, Bits(self.get(vs2, index, size), self.sew))
        if self.state["vl"]:
            self.put(vd, 0, size, total.value)

    def mask_logical(self, vd: Any, function: ElementFunction, vs2: Any, vs1: Any) -> None:
        for index in self.active(1):
            value = function(Bits(self.bit(vs2, index), 1), Bits(self.bit(vs1, index), 1))
            self.put_bit(vd, index, value.value)

    def first_element(self, vs2: Any) -> Bits:
        self.state["vstart"] = 0
        return Bits(self.get(vs2, 0, self.sew // 8), self.sew).sext(64)

    def set_first_element(self, vd: Any, value: Bits) -> None:
        if self.state["vstart"] < self.state["vl"]:
            self.put(vd, 0, self.sew // 8, value.trunc(self.sew).value)
        self.state["vstart"] = 0

    # -- memory ---------------------------------------------------------------------------------------------------

    def load(self, vd: Any, vm: Any, address: Bits, element_bytes: int) -> None:
        self._load(vd, self.active(vm), address, element_bytes)

    def store(self, vs3: Any, vm: Any, address: Bits, element_bytes: int) -> None:
        self._store(vs3, self.active(vm), address, element_bytes)

    def load_registers(self, vd: Any, count: int, address: Bits, element_bytes: int) -> None:
        self._load(vd, self.active(1, count * VLEN_BYTES // element_bytes), address, element_bytes)

    def store_registers(self, vs3: Any, count: int, address: Bits) -> None:
        self._store(vs3, self.active(1, count * VLEN_BYTES), address, 1)

    def move_registers(self, vd: Any, count: int, vs2: Any) -> None:
        size = self.sew // 8
        for index in self.active(1, count * VLEN_BYTES // size):
            self.put(vd, index, size, self.get(vs2, index, size))

    def _load(self, vd: int, indices: Iterator[int], address: Bits, size: int) -> None:
        for index in indices:
            self.state["vstart"] = index
            self.put(vd, index, size, self.machine.load(address + index * size, size).value)

    def _store(self, vs3: int, indices: Iterator[int], address: Bits, size: int) -> None:
        for index in indices:
            self.state["vstart"] = index
            self.machine.store(address + index * size, Bits(self.get(vs3, index, size), 8 * size))


__all__ = ["CSRS", "ReferenceVectors"]
