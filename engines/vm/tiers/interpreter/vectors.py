"""The vector unit over LLVM values: a guest register of 128 bits is one of the host's, an operation one or a few of its
instructions (RISC-V V 1.0; VLEN = 128).

A handler asks vtype for SEW when it runs: it has a loop over the registers of a group for each of the four widths.
Compiled regions know vtype (`engines.vm.tiers.llvm.vectors`), and write such a loop out for it. What is rare is left to
the reference tier before anything has changed: vstart is not 0, an access that may fault or must be noted, and whatever
is illegal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from engines.vm.guests.riscv64.state import VLEN_BYTES
from engines.vm.isa.vector import VLEN, ElementFunction, Elements, Scalar, Source
from engines.vm.memory.address_space import ADDRESS_BITS, DIRECT, READ
from engines.vm.tiers.interpreter.lanes import Lanes, from_bits, splat, to_bits
from engines.vm.tiers.interpreter.layout import CONTEXT_OFFSETS, CPU_OFFSETS
from engines.vm.tiers.interpreter.shapes import Constant

if TYPE_CHECKING:
    from engines.vm.tiers.interpreter.machine import HandlerMachine
    from engines.vm.tiers.interpreter.values import LlvmValue

SEWS: Final = (8, 16, 32, 64)
_LOG2_VLEN_BYTES: Final = 4
_WORD_ALIGN: Final = 8
"""Registers lie in a record of 64-bit words."""
_FURTHEST: Final = 8 * VLEN_BYTES
"""Bytes of the largest access."""

Body = Callable[[int, "LlvmValue"], None]
"""`(SEW, r)`: what is done for the r-th register of the groups."""


class HandlerVectors:
    """Implements `engines.vm.isa.vector.VectorUnit` for `HandlerMachine`."""

    def __init__(self, machine: HandlerMachine) -> None:
        self.machine = machine
        self.emitter = machine.emitter

    # -- state ----------------------------------------------------------------------------------------------------

    def _get(self, name: str) -> LlvmValue:
        return self.emitter.load(self.emitter.offset("%cpu", CPU_OFFSETS[name]), 64)

    def _set(self, name: str, value: LlvmValue) -> None:
        self.emitter.store(self.emitter.offset("%cpu", CPU_OFFSETS[name]), value)

    @property
    def enabled(self) -> LlvmValue:
        return self._get("vs").ne(0)

    @property
    def vl(self) -> LlvmValue:
        return self._get("vl")

    @property
    def vtype(self) -> LlvmValue:
        return self._get("vtype")

    @property
    def vstart(self) -> LlvmValue:
        return self._get("vstart")

    def number(self, register: Any) -> LlvmValue:
        return self.machine.slot(register)

    def is_masked(self, vm: Any) -> bool:
        """Handlers know: each instruction has one for each value of vm."""
        if isinstance(vm, Constant):
            return not vm.value
        if isinstance(vm, int):
            return not vm
        raise TypeError(f"vm is {vm!r}; it must be known when a handler is written")

    def configure(self, vl: LlvmValue, vtype: LlvmValue) -> None:
        self._set("vl", vl)
        self._set("vtype", vtype)
        self._set("vstart", self.machine.const(0))

    def _begin(self) -> LlvmValue:
        """Leave where vstart is not 0; the number of elements."""
        self.machine.bail_if(self.vstart.ne(0))
        return self.vl

    # -- registers ------------------------------------------------------------------------------------------------

    def pointer(self, register: Any, step: LlvmValue | int = 0) -> str:
        """Of the register `step` behind one that a field names."""
        number = self.number(register) + step
        return self.emitter.offset("%cpu", number.shl(_LOG2_VLEN_BYTES) + CPU_OFFSETS["v"])

    def _lanes(self, pointer: str, sew: int) -> Lanes:
        count = VLEN // sew
        text = self.emitter.name(f"load <{count} x i{sew}>, ptr {pointer}, align {_WORD_ALIGN}")
        return Lanes(self.emitter, text, count, sew)

    def _put_lanes(self, pointer: str, value: Lanes) -> None:
        self.emitter.line(f"store {value.type} {value.text}, ptr {pointer}, align {_WORD_ALIGN}")

    def _indices(self, sew: int, step: LlvmValue) -> Lanes:
        """The numbers of the elements in the r-th register; they fit, for there are at most 128 of 8 bits."""
        count = VLEN // sew
        first = splat((step * count).trunc(sew), count)
        return first + first.constant(*range(count))

    def _source(self, source: Source, sew: int, step: LlvmValue) -> Lanes:
        if isinstance(source, Elements):
            return self._lanes(self.pointer(source.register, step), sew)
        if isinstance(source, Scalar):
            return splat(source.value.trunc(sew), VLEN // sew)
        return self._indices(sew, step)

    def _mask_bits(self, register: Any, sew: int, step: LlvmValue) -> LlvmValue:
        """The bits of a mask register that belong to the r-th register of a group."""
        count = VLEN // sew
        whole = self.emitter.load(self.pointer(register), VLEN, align=_WORD_ALIGN)
        return whole.lshr((step * count).zext(VLEN)).trunc(count)

    def _active(self, vm: Any, vl: LlvmValue, sew: int, step: LlvmValue) -> Lanes:
        """Lanes that are below vl and in the mask."""
        below = self._indices(sew, step).ult(splat(vl.trunc(sew), VLEN // sew))
        return below & from_bits(self._mask_bits(Constant(0), sew, step)) if self.is_masked(vm) else below

    # -- loops ----------------------------------------------------------------------------------------------------

    def for_registers(self, vl: LlvmValue, body: Body) -> None:
        """Write `body` for each width, in a loop over the registers that hold the first `vl` elements."""
        emitter = self.emitter
        done = emitter.label("done")
        some = emitter.label("some")
        emitter.branch(vl.eq(0), done, some)
        emitter.begin(some)
        labels = {sew: emitter.label(f"e{sew}_") for sew in SEWS}
        vsew = self.vtype.lshr(3) & 3
        cases = " ".join(f"i64 {number}, label %{label}" for number, label in enumerate(labels.values()))
        emitter.line(f"switch i64 {vsew.text}, label %{labels[SEWS[-1]]} [ {cases} ]")
        for sew, label in labels.items():
            emitter.begin(label)
            again = emitter.label("again")
            step, following = f"%step{again}", f"%following{again}"
            emitter.jump(again)
            emitter.begin(again)
            emitter.line(f"{step} = phi i64 [ 0, %{label} ], [ {following}, %{again}_end ]")
            body(sew, emitter.named(step, 64))
            emitter.jump(f"{again}_end")
            emitter.begin(f"{again}_end")
            emitter.line(f"{following} = add i64 {step}, 1")
            more = (emitter.named(following, 64) * (VLEN // sew)).ult(vl)
            emitter.branch(more, again, done)
        emitter.begin(done)

    # -- operations -----------------------------------------------------------------------------------------------

    def elementwise(self, vd: Any, vm: Any, function: ElementFunction, *sources: Source) -> None:
        vl = self._begin()

        def body(sew: int, step: LlvmValue) -> None:
            result = function(*(self._source(source, sew, step) for source in sources))
            self._write(vd, sew, step, self._active(vm, vl, sew, step), result)

        self.for_registers(vl, body)

    def _write(self, vd: Any, sew: int, step: LlvmValue, active: Lanes, result: Lanes) -> None:
        pointer = self.pointer(vd, step)
        self._put_lanes(pointer, active.select(result, self._lanes(pointer, sew)))

    def compare(self, vd: Any, vm: Any, function: ElementFunction, *sources: Source) -> None:
        vl = self._begin()

        def body(sew: int, step: LlvmValue) -> None:
            result = function(*(self._source(source, sew, step) for source in sources))
            active = to_bits(self._active(vm, vl, sew, step)).zext(VLEN)
            distance = (step * (VLEN // sew)).zext(VLEN)
            self._put_bits(vd, active.shl(distance), to_bits(result).zext(VLEN).shl(distance))

        self.for_registers(vl, body)

    def _put_bits(self, vd: Any, active: LlvmValue, bits: LlvmValue) -> None:
        pointer = self.pointer(vd)
        old = self.emitter.load(pointer, VLEN, align=_WORD_ALIGN)
        self.emitter.store(pointer, (old & ~active) | (bits & active), align=_WORD_ALIGN)

    def merge(self, vd: Any, if_clear: Source, if_set: Source) -> None:
        vl = self._begin()

        def body(sew: int, step: LlvmValue) -> None:
            chosen = from_bits(self._mask_bits(Constant(0), sew, step))
            result = chosen.select(self._source(if_set, sew, step), self._source(if_clear, sew, step))
            self._write(vd, sew, step, self._active(1, vl, sew, step), result)

        self.for_registers(vl, body)

    def reduce(
        self, vd: Any, vm: Any, function: ElementFunction, neutral: Callable[[int], int], vs2: Any, vs1: Any
    ) -> None:
        """What was combined so far is kept aside, as vd may be one of vs2's group."""
        vl = self._begin()
        total = self.emitter.offset("%context", CONTEXT_OFFSETS["scratch"])

        def body(sew: int, step: LlvmValue) -> None:
            value = self._source(Elements(vs2), sew, step)
            value = self._active(vm, vl, sew, step).select(value, value.constant(neutral(sew)))
            part = self._folded(value, function)
            begun = self.emitter.load(self.pointer(vs1), sew, align=1)
            before = step.eq(0).select(begun, self.emitter.load(total, sew))
            one = Lanes(self.emitter, self._single(before), 1, sew)
            result = function(one, part)
            final = self.emitter.value(f"extractelement {result.type} {result.text}, i32 0", sew)
            self.emitter.store(total, final)
            last = (step * (VLEN // sew) + VLEN // sew).ult(vl) ^ 1
            write, onward = self.emitter.label("write"), self.emitter.label("onward")
            self.emitter.branch(last, write, onward)
            self.emitter.begin(write)
            self.emitter.store(self.pointer(vd), final, align=1)
            self.emitter.jump(onward)
            self.emitter.begin(onward)

        self.for_registers(vl, body)

    def _single(self, value: LlvmValue) -> str:
        return self.emitter.name(f"insertelement <1 x i{value.width}> poison, i{value.width} {value.text}, i32 0")

    def _folded(self, value: Lanes, function: ElementFunction) -> Lanes:
        """All lanes combined, halves with halves."""
        while value.count > 1:
            half = value.count // 2
            parts = []
            for first in (0, half):
                which = ", ".join(f"i32 {first + i}" for i in range(half))
                text = f"shufflevector {value.type} {value.text}, {value.type} poison, <{half} x i32> <{which}>"
                parts.append(Lanes(self.emitter, self.emitter.name(text), half, value.width))
            value = function(*parts)
        return value

    def mask_logical(self, vd: Any, function: ElementFunction, vs2: Any, vs1: Any) -> None:
        vl = self._begin()
        a, b = (self.emitter.load(self.pointer(register), VLEN, align=_WORD_ALIGN) for register in (vs2, vs1))
        ones = self.emitter.const(-1, VLEN)
        body = vl.ult(VLEN).select(~ones.shl((vl & VLEN - 1).zext(VLEN)), ones)
        self._put_bits(vd, body, function(a, b))

    def first_element(self, vs2: Any) -> LlvmValue:
        """vstart does not matter, but is 0 afterwards."""
        self._begin()
        whole = self.emitter.load(self.pointer(vs2), 64)
        return self._by_width(lambda sew: whole.trunc(sew).sext(64))

    def set_first_element(self, vd: Any, value: LlvmValue) -> None:
        empty = self._begin().eq(0)
        pointer = self.pointer(vd)
        old = self.emitter.load(pointer, 64)
        mask = self._by_width(lambda sew: self.machine.const((1 << sew) - 1))
        self.emitter.store(pointer, empty.select(old, (old & ~mask) | (value & mask)))

    def _by_width(self, function: Callable[[int], LlvmValue]) -> LlvmValue:
        vsew = self.vtype.lshr(3) & 3
        found = function(SEWS[-1])
        for number, sew in enumerate(SEWS[:-1]):
            found = vsew.eq(number).select(function(sew), found)
        return found

    # -- memory ---------------------------------------------------------------------------------------------------

    def load(self, vd: Any, vm: Any, address: LlvmValue, element_bytes: int) -> None:
        self._move(vd, vm, address, self._begin(), element_bytes, is_load=True)

    def store(self, vs3: Any, vm: Any, address: LlvmValue, element_bytes: int) -> None:
        self._move(vs3, vm, address, self._begin(), element_bytes, is_load=False)

    def load_registers(self, vd: Any, count: int, address: LlvmValue, element_bytes: int) -> None:
        self._begin()
        self._move(vd, 1, address, self.machine.const(count * VLEN_BYTES), 1, is_load=True)

    def store_registers(self, vs3: Any, count: int, address: LlvmValue) -> None:
        self._begin()
        self._move(vs3, 1, address, self.machine.const(count * VLEN_BYTES), 1, is_load=False)

    def move_registers(self, vd: Any, count: int, vs2: Any) -> None:
        """All are read before one is written: groups may overlap only where they are the same."""
        self._begin()
        values = [self._lanes(self.pointer(vs2, step), 64) for step in range(count)]
        for step, value in enumerate(values):
            self._put_lanes(self.pointer(vd, step), value)

    def _move(self, register: Any, vm: Any, address: LlvmValue, count: LlvmValue, size: int, *, is_load: bool) -> None:
        """Move `count` elements: sixteen bytes at a time, then the rest one by one; masked ones all one by one."""
        emitter, machine = self.emitter, self.machine
        total = count * size
        self._admit(address, total, READ if is_load else DIRECT)
        memory, file = emitter.offset("%memory", address), self.pointer(register)
        source, target = (memory, file) if is_load else (file, memory)
        start = machine.const(0)
        if not self.is_masked(vm):
            start = total & -VLEN_BYTES

            def whole(at: LlvmValue) -> None:
                value = emitter.load(emitter.offset(source, at), VLEN, align=1)
                emitter.store(emitter.offset(target, at), value, align=1)

            self._each(machine.const(0), start, VLEN_BYTES, whole)

        def single(at: LlvmValue) -> None:
            done = emitter.label("done")
            if self.is_masked(vm):
                index = at.lshr(size.bit_length() - 1)
                byte = emitter.load(emitter.offset(self.pointer(Constant(0)), index.lshr(3)), 8)
                active = emitter.label("active")
                emitter.branch(byte.lshr((index & 7).trunc(8)).trunc(1), active, done)
                emitter.begin(active)
            value = emitter.load(emitter.offset(source, at), 8 * size, align=1)
            emitter.store(emitter.offset(target, at), value, align=1)
            emitter.jump(done)
            emitter.begin(done)

        self._each(start, total, size, single)

    def _each(self, start: LlvmValue, end: LlvmValue, step: int, body: Callable[[LlvmValue], None]) -> None:
        """Write a loop from `start` by `step` bytes as long as it is below `end`."""
        emitter = self.emitter
        loop, last, done = emitter.label("loop"), emitter.label("last"), emitter.label("done")
        before = emitter.label("before")
        emitter.jump(before)
        emitter.begin(before)
        emitter.branch(start.ult(end), loop, done)
        emitter.begin(loop)
        at = f"%at_{loop}"
        emitter.line(f"{at} = phi i64 [ {start.text}, %{before} ], [ {at}_next, %{last} ]")
        body(emitter.named(at, 64))
        emitter.jump(last)
        emitter.begin(last)
        emitter.line(f"{at}_next = add i64 {at}, {step}")
        emitter.branch(emitter.named(f"{at}_next", 64).ult(end), loop, done)
        emitter.begin(done)

    def _admit(self, address: LlvmValue, size_bytes: LlvmValue, needed: int) -> None:
        """Leave unless all bytes lie on pages with the permission bit; at most two pages are touched."""
        machine = self.machine
        machine.bail_if(self.emitter.const((1 << ADDRESS_BITS) - _FURTHEST).ult(address))
        last = address + size_bytes - size_bytes.ne(0).zext(64)
        machine.bail_if(((machine.flags(address) & machine.flags(last)) & needed).eq(0))


def _read(name: str) -> Callable[[HandlerMachine], LlvmValue]:
    def read(machine: HandlerMachine) -> LlvmValue:
        found: LlvmValue = getattr(machine.vector, name)
        return found

    return read


READ_CSRS: Final[dict[int, Callable[[HandlerMachine], LlvmValue]]] = {
    0xC20: _read("vl"),
    0xC21: _read("vtype"),
    0xC22: lambda machine: machine.const(VLEN_BYTES),
}
"""vl, vtype and vlenb, which programs read; the others are left to the reference tier."""

__all__ = ["READ_CSRS", "SEWS", "HandlerVectors"]
