"""The vector unit of compiled regions: vtype is known when an instruction is lowered, so host vectors come out at once.

A block begins under an assumption: the vtype that a way to it leaves, or at a head the one that the hart had when the
region was asked for. The first instruction of a block that depends on it compares, and leaves to the interpreter where
it is another one; from there on, and behind `vsetvli` and `vsetivli`, it is certain. Vector registers stay in the
hart's record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engines.vm.guests.riscv64.state import VILL, VLEN_BYTES
from engines.vm.isa.vector import VLEN
from engines.vm.memory.address_space import DIRECT, READ
from engines.vm.tiers.interpreter.lanes import Lanes
from engines.vm.tiers.interpreter.vectors import SEWS, Body, HandlerVectors
from engines.vm.tiers.llvm.region import Block, Decoded, Region, successors

if TYPE_CHECKING:
    from collections.abc import Callable

    from engines.vm.tiers.interpreter.values import LlvmValue
    from engines.vm.tiers.llvm.machine import RegionMachine

CONFIGURES: Final = frozenset(("vsetvli", "vsetivli"))
_VTYPE_BITS: Final = 8


class RegionVectors(HandlerVectors):
    """`HandlerVectors` for one vtype.

    Attributes:
        assumed: the vtype that code is written for.
        certain: it is that one, V is on, and vstart is 0: an earlier instruction of the block has seen to it.
    """

    def __init__(self, machine: RegionMachine) -> None:
        super().__init__(machine)
        self.assumed = VILL
        self.certain = False
        self._is_full = False

    def begin_block(self, assumed: int) -> None:
        self.assumed, self.certain = assumed, False

    def executed(self, insn: Decoded) -> None:
        """An instruction was lowered as a whole."""
        after = vtype_after(insn)
        if after is not None:
            self.assumed, self.certain = after, True
        elif insn.base.name == "vsetvl":
            self.certain = False

    def _ascertain(self) -> None:
        if not self.certain:
            self.machine.bail_if(self._get("vs").eq(0))
            self.machine.bail_if(self._get("vtype").ne(self.assumed))
            self.machine.bail_if(self._get("vstart").ne(0))
            self.certain = True

    @property
    def vtype(self) -> LlvmValue:
        self._ascertain()
        return self.machine.const(self.assumed)

    @property
    def vstart(self) -> LlvmValue:
        return self.machine.const(0) if self.certain else super().vstart

    @property
    def _sew(self) -> int:
        return SEWS[self.assumed >> 3 & 3]

    @property
    def _registers(self) -> int:
        """Of a group."""
        log2 = self.assumed & 7
        return 1 << log2 if log2 < 4 else 1

    @property
    def _most(self) -> int:
        """VLMAX."""
        log2 = self.assumed & 7
        return VLEN * self._registers // self._sew >> (8 - log2 if log2 > 4 else 0)

    def for_registers(self, vl: LlvmValue, body: Body) -> None:
        """Register by register, as long as there are elements; where vl is VLMAX, as in most rounds of most loops,
        without asking."""
        emitter = self.emitter
        self._ascertain()
        full, part, done = emitter.label("full"), emitter.label("part"), emitter.label("done")
        emitter.branch(vl.eq(self._most), full, part)
        emitter.begin(full)
        self._is_full = True
        for step in range(self._registers):
            body(self._sew, self.machine.const(step))
        self._is_full = False
        emitter.jump(done)
        emitter.begin(part)
        for step in range(self._registers):
            some = emitter.label("some")
            emitter.branch(vl.ule(step * (VLEN // self._sew)), done, some)
            emitter.begin(some)
            body(self._sew, self.machine.const(step))
        emitter.jump(done)
        emitter.begin(done)

    def _active(self, vm: Any, vl: LlvmValue, sew: int, step: LlvmValue) -> Lanes:
        if not self._is_full or self.is_masked(vm):
            return super()._active(vm, vl, sew, step)
        lanes = VLEN // sew
        return Lanes(self.emitter, "", lanes, 1).constant(*(int(lane < self._most) for lane in range(lanes)))

    def _move(self, register: Any, vm: Any, address: LlvmValue, count: LlvmValue, size: int, *, is_load: bool) -> None:
        """Whole registers at once where vl is VLMAX, or the instruction moves such."""
        self._ascertain()
        most = self._most if count.constant is None else count.constant
        total = most * size
        if self.is_masked(vm) or total % VLEN_BYTES:
            super()._move(register, vm, address, count, size, is_load=is_load)
            return
        emitter = self.emitter
        full, part, done = emitter.label("full"), emitter.label("part"), emitter.label("done")
        emitter.branch(count.eq(most), full, part)
        emitter.begin(part)
        super()._move(register, vm, address, count, size, is_load=is_load)
        emitter.jump(done)
        emitter.begin(full)
        self._admit(address, self.machine.const(total), READ if is_load else DIRECT)
        memory = emitter.offset("%memory", address)
        for step in range(total // VLEN_BYTES):
            file, place = self.pointer(register, step), emitter.offset(memory, step * VLEN_BYTES)
            source, target = (place, file) if is_load else (file, place)
            emitter.store(target, emitter.load(source, VLEN, align=1), align=1)
        emitter.jump(done)
        emitter.begin(done)

    def _by_width(self, function: Callable[[int], LlvmValue]) -> LlvmValue:
        self._ascertain()
        return function(self._sew)


def vtype_after(insn: Decoded) -> int | None:
    """The vtype that an instruction sets, if that is known."""
    if insn.base.name not in CONFIGURES:
        return None
    vtype = insn.argument("vtypei")
    log2_lmul, log2_sew = (vtype & 7) - (8 if vtype & 4 else 0), 3 + (vtype >> 3 & 7)
    legal = vtype >> _VTYPE_BITS == 0 and log2_lmul != -4 and log2_sew <= min(6, 6 + log2_lmul)
    return vtype if legal else VILL


def assumptions(region: Region, at_heads: int) -> dict[int, int]:
    """By pc of a block, the vtype that it most likely begins with: what the first way found to it leaves."""
    found: dict[int, int] = {}
    todo = [(head, at_heads) for head in region.heads]
    for pc, vtype in todo:
        if pc not in found:
            found[pc] = vtype
            block: Block = region.blocks[pc]
            for insn in block.insns:
                after = vtype_after(insn)
                vtype = vtype if after is None else after
            todo.extend((following, vtype) for following in successors(region, block))
    return found


__all__ = ["RegionVectors", "assumptions", "vtype_after"]
