"""The frame of a region on x86_64: places of values, ways in and out, indirect jumps, what blocks take for granted.

See `engines.vm.hosts.region.RegionCode` for what each method is for, and `abi` for what holds at entries and exits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from engines.vm.hosts import near_bases
from engines.vm.hosts.region import RegionCode
from engines.vm.hosts.selection import Selection
from engines.vm.hosts.x86_64 import encode as x86
from engines.vm.hosts.x86_64.abi import (
    CONTEXT_HOME,
    DECODE_HOME,
    FRAME_BYTES,
    FRAME_HOME,
    NEAR_SLOTS,
    slot_offset,
)
from engines.vm.hosts.x86_64.encode import Assembler
from engines.vm.hosts.x86_64.registers import BUDGET, CPU, PERMISSIONS, R13, RAX, RBP, RCX, RDX, RSI, RSP
from engines.vm.ir.block import Block
from engines.vm.regalloc.linear_scan import FLOAT_PLACE, GUEST, STACK, Allocation

_LARGEST_SPAN: Final = 1 << 14
"""Bytes of guest code that a table of distances is made for; it takes twice as many. Beyond, one of hashes is made."""
_MOST_HASHES: Final = 1 << 10
_NEAR_BYTES: Final = 1 << 21
"""As far as jal reaches, and more: where code is, there is an entry so far around it."""
_NO_SLOTS: Final[frozenset[int]] = frozenset()
PAGES: Final = 1 << 24
PAGE_BITS: Final = 12
LOW_ADDRESSES: Final = 1 << 31
"""Guest addresses that are a displacement."""


class Frame(RegionCode):
    """Code for one region on x86_64, without the operations."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(Assembler(), *arguments, **named)
        self.asm: Assembler
        self.common_entry = self.asm.label()
        self.shared_entries = False
        self.indirect_exit: int = self.asm.label()
        self.leaves_indirectly = False
        self.limit_label = self.asm.label()
        self.table_label = self.asm.label()
        self.has_table = False
        self._hashes: tuple[int, dict[int, int]] | None = None
        self.near: dict[int, int] = {}
        self.faults: list[tuple[int, int]] = []
        self.bases: dict[int, tuple[near_bases.Summary, frozenset[int]]] = {}
        self._checks: dict[tuple[int, frozenset[int]], int] = {}
        self._loaded: tuple[bytes, int] | None = None

    # -- places ---------------------------------------------------------------------------------------------------

    def use(self, value: int, scratch: int) -> int:
        """The register that holds an integer operand; `scratch`, if it must be fetched."""
        constant = self.constants.get(value)
        if constant is not None:
            self.asm.imm(scratch, constant)
            return scratch
        place = self.places[value]
        if place < STACK:
            return place
        self.asm.load(scratch, *self.memory_of(place))
        return scratch

    def memory_of(self, place: int) -> tuple[int, int]:
        """Base and displacement of a place that is no register."""
        if place >= GUEST:
            return CPU, self.slots[place - GUEST].offset
        return RSP, slot_offset(place - STACK)

    def into(self, register: int, value: int) -> None:
        """Fetch an integer operand into a given register. Flags stay."""
        found = self.use(value, register)
        if found != register:
            self.asm.mov(register, found)

    def target(self, value: int, scratch: int = RAX) -> int:
        place = self.places[value]
        return place if place < STACK else scratch

    def done(self, value: int, register: int) -> None:
        """The result of `value` is in `register`: take it home."""
        place = self.places[value]
        if place >= STACK:
            self.asm.store(register, RSP, slot_offset(place - STACK))
        elif place != register:
            self.asm.mov(place, register)

    def move(self, target: int, source: int) -> None:
        """Between places of one class."""
        asm = self.asm
        if source >= STACK:
            if target >= FLOAT_PLACE:
                asm.float_load(target - FLOAT_PLACE, *self.memory_of(source))
            else:
                asm.load(target, *self.memory_of(source))
        elif target >= FLOAT_PLACE:
            asm.vex(x86.PP_NONE, 0x28, target - FLOAT_PLACE, 0, source - FLOAT_PLACE)
        else:
            asm.mov(target, source)

    def load_pin(self, place: int, offset: int) -> None:
        if place >= FLOAT_PLACE:
            self.asm.float_load(place - FLOAT_PLACE, CPU, offset)
        else:
            self.asm.load(place, CPU, offset)

    def store_pin(self, place: int, offset: int) -> None:
        if place >= FLOAT_PLACE:
            self.asm.float_store(place - FLOAT_PLACE, CPU, offset)
        else:
            self.asm.store(place, CPU, offset)

    # -- entering and leaving -------------------------------------------------------------------------------------

    def entry(self, pc: int) -> None:
        """Where code is entered often, all of it; elsewhere a few bytes that lead to what such entries share."""
        asm = self.asm
        if pc not in self.often:
            asm.lea_label(RAX, self.arrival(pc))
            if self.frm is not None:
                asm.imm(RCX, self.handlers[pc])
            asm.jmp(self.common_entry)
            self.shared_entries = True
            return
        if self.frm is not None:
            out = asm.label()
            asm.load(RAX, CPU, self.layout["frm"])
            asm.alu_imm(x86.CMP, RAX, self.frm)
            asm.jcc(x86.NE, out)
            handler = self.handlers[pc]

            def refuse() -> None:
                asm.bind(out)
                asm.imm(RAX, handler)
                asm.alu(x86.ADD, RAX, RSI)
                asm.jmp_reg(RAX)

            self.cold.append(refuse)
        self.load_region()
        asm.jmp(self.arrival(pc))

    def load_region(self) -> None:
        """Everything that the region keeps in registers and below the stack pointer. rax and rcx stay."""
        asm = self.asm
        if self._loaded is not None:
            asm.repeat(*self._loaded)
            return
        start, insns = len(asm.code), asm.insns
        if self.stack_slots > NEAR_SLOTS:
            asm.lea(RSP, RSP, -FRAME_BYTES)
        asm.store(RDX, RSP, CONTEXT_HOME)
        asm.store(RSI, RSP, DECODE_HOME)
        asm.store(RBP, RSP, FRAME_HOME)
        for slot, place in self.pins.items():
            self.load_pin(place, self.slots[slot].offset)
        self._loaded = bytes(asm.code[start:]), asm.insns - insns

    def finish(self) -> None:
        """What the entries of pcs that are not entered often share: rax is where to go on, rcx the handler."""
        if not self.shared_entries:
            return
        asm = self.asm
        asm.bind(self.common_entry)
        out = asm.label()
        if self.frm is not None:
            asm.cmp_memory(CPU, self.layout["frm"], self.frm)
            asm.jcc(x86.NE, out)
        self.load_region()
        asm.jmp_reg(RAX)
        if self.frm is not None:
            asm.bind(out)
            asm.alu(x86.ADD, RCX, RSI)
            asm.jmp_reg(RCX)

    def restore_stack(self) -> None:
        if self.stack_slots > NEAR_SLOTS:
            self.asm.lea(RSP, RSP, FRAME_BYTES)

    def take_budget(self, insns: int, out: int) -> None:
        assert self._block is not None
        self.near = {}
        if self.bases:
            summary, granted = self.bases[self._block.pc]
            if granted:
                self.near = {number: near_bases.REACH for number, slot in summary.gets.items() if slot in granted}
        self.asm.alu_imm(x86.SUB, BUDGET, insns)
        self.asm.jcc(x86.B, out)

    def give_back(self, insns: int) -> None:
        self.asm.alu_imm(x86.ADD, BUDGET, insns)

    def leave_to(self, pc: int) -> None:
        asm = self.asm
        for block in self.labels:
            if abs(pc - block) < _NEAR_BYTES:
                asm.imm(RAX, pc << 3)
                asm.jmp(self.settled(self.common_exit))
                return
        asm.imm(RAX, pc)  # a constant that was computed; the guest may jump anywhere
        self.leave_to_rax()

    def settled(self, label: int) -> int:
        """A label from where all unsettled guest registers are settled on the way to `label`."""
        return label

    def leave_to_handler(self, pc: int, handler: int) -> None:
        self.asm.imm(RAX, pc << 3)
        self.asm.imm(RCX, handler)
        self.asm.jmp(self.settled(self.common_handler))

    def exits(self) -> None:
        """What all ways out share: write the pinned registers back and go to the entry in rax, or to its handler."""
        asm = self.asm
        for common, by_handler in ((self.common_exit, False), (self.common_handler, True)):
            asm.bind(common)
            self.store_pins()
            asm.load(RBP, RSP, FRAME_HOME)
            asm.load(RDX, RSP, CONTEXT_HOME)
            asm.load(RSI, RSP, DECODE_HOME)
            self.restore_stack()
            if self.guarded:
                asm.load(PERMISSIONS, RDX, self.layout["permissions"])
            asm.load(R13, RDX, self.layout["table"])
            asm.alu(x86.ADD, R13, RAX)
            if not by_handler:
                asm.rm(0x63, RCX, R13, 0)
            asm.alu(x86.ADD, RCX, RSI)
            asm.jmp_reg(RCX)
        asm.bind(self.beyond)
        self.store_pins()
        asm.load(RBP, RSP, FRAME_HOME)
        self.restore_stack()
        asm.store(RAX, CPU, self.layout["pc"])
        asm.store(BUDGET, RDX, self.layout["budget"])
        asm.imm(RAX, self.layout["unseen"])
        asm.ret()
        self.emit_table()
        if self.guarded:
            asm.bind(self.limit_label)
            asm.code += (PAGES << PAGE_BITS).to_bytes(8, "little")

    def jump_label(self, label: int) -> None:
        self.asm.jmp(label)

    # -- indirect jumps ---------------------------------------------------------------------------------------------

    def jumpto(self, value: int, hint: int) -> None:
        """Where a region has but one or two places that a return, or a call, leads to, they are looked at first: what
        is compared and branched on takes less than the table, and is foretold better."""
        asm = self.asm
        register = self.use(value, RAX)
        for pc in self.guesses.get(hint, ()):
            if 0 <= pc < LOW_ADDRESSES:
                asm.alu_imm(x86.CMP, register, pc)
                asm.jcc(x86.E, self.arrival(pc))
        if register != RAX:
            asm.mov(RAX, register)
        self.leave_to_rax()

    def leave_to_rax(self) -> None:
        """Go on at the pc in rax: in this region, if it has a block there, by way of a table of distances."""
        asm = self.asm
        first = min(self.labels)
        span = max(self.labels) + 2 - first
        self.has_table = True
        if span > _LARGEST_SPAN or not 0 <= first < LOW_ADDRESSES:
            bits, _ = self.hashes()
            asm.mov(RCX, RAX, 0)
            asm.alu_imm(x86.AND, RCX, bits, 0)
            asm.lea_label(RDX, self.table_label)
            asm.rm(0x3B, RAX, RDX, 0, index=RCX, scale=2)
            asm.jcc(x86.NE, self.outside())
            asm.rm(0x63, RCX, RDX, 4 * (bits + 2), index=RCX, scale=1)
        else:
            asm.lea(RCX, RAX, -first)
            asm.alu_imm(x86.CMP, RCX, span)
            asm.jcc(x86.AE, self.outside())
            asm.lea_label(RDX, self.table_label)
            asm.rm(0x63, RCX, RDX, 0, index=RCX, scale=1)
        asm.alu(x86.ADD, RCX, RDX)
        asm.jmp_reg(RCX)

    def hashes(self) -> tuple[int, dict[int, int]]:
        """For a region that is spread out: the bits of a pc that say where it is in the table, and what is there.

        Places are numbered by those bits themselves, so by even numbers. Where two of the pcs that are entered often
        have the same, the later one is left out: a jump there leaves the region.
        """
        if self._hashes is None:
            wanted = sorted(self.labels.keys() & self.often)
            size = 2
            while size < _MOST_HASHES and len({pc & 2 * size - 2 for pc in wanted}) < len(wanted):
                size *= 2
            self._hashes = 2 * size - 2, {pc & 2 * size - 2: pc for pc in reversed(wanted)}
        return self._hashes

    # -- what blocks take for granted -------------------------------------------------------------------------------

    def generate(self, blocks: Sequence[tuple[Block, Selection, Allocation]]) -> tuple[bytes, dict[int, int]]:
        if self.guarded:
            self.bases = near_bases.find([selection.contents for _, selection, _ in blocks])
        return super().generate(blocks)

    def granted(self, pc: int) -> frozenset[int]:
        """The guest registers that the block at `pc` takes for granted to be near the address space."""
        found = self.bases.get(pc)
        return found[1] if found else _NO_SLOTS

    def missing(self, pc: int) -> frozenset[int]:
        """Those of them that the end of the block at hand does not show to be so."""
        wanted = self.granted(pc)
        if not wanted:
            return wanted
        assert self._block is not None
        summary, near = self.bases[self._block.pc]
        return frozenset(slot for slot in wanted if not summary.gives(slot, near))

    def edge(self, pc: int) -> int:
        missing = self.missing(pc)
        return self._checked(pc, missing) if missing else self.labels[pc]

    def fall_into(self, pc: int) -> None:
        self._check(pc, self.missing(pc))

    def arrival(self, pc: int) -> int:
        wanted = self.granted(pc)
        return self._checked(pc, wanted) if wanted else self.labels[pc]

    def _checked(self, pc: int, slots: frozenset[int]) -> int:
        """A label where `slots` are looked at before the block at `pc` begins."""
        label = self._checks.get((pc, slots))
        if label is None:
            label = self._checks[pc, slots] = self.asm.label()

            def check() -> None:
                self.asm.bind(label)
                self._check(pc, slots)
                self.asm.jmp(self.labels[pc])

            self.cold.append(check)
        return label

    def _check(self, pc: int, slots: frozenset[int]) -> None:
        """Let the interpreter begin the block at `pc` if one of `slots` holds no address."""
        asm = self.asm
        for slot in sorted(slots):
            register = self.pins.get(slot)
            if register is None:
                register = RAX
                asm.load(RAX, CPU, self.slots[slot].offset)
            asm.cmp_label(register, self.limit_label)
            asm.jcc(x86.AE, self._way(pc, 0, True))

    def emit_table(self) -> None:
        """For each parcel from the first block's pc to the last one's: how far from the table the code for it is.

        Or, by hash, pcs of 64 bits (1 is none), then how far from the table the code for each is.
        """
        if self.has_table and self._hashes is not None:
            bits, places = self._hashes
            self.asm.bind(self.table_label)
            for place in range(0, bits + 2, 2):
                self.asm.code += places.get(place, 1).to_bytes(8, "little")
            arrivals = [(place >> 1, self.arrival(pc)) for place, pc in places.items()]
            self.asm.table(self.asm.label(), bits + 2 >> 1, self.indirect_exit, arrivals, origin=self.table_label)
        elif self.has_table:
            first = min(self.labels)
            entries = [((pc - first) >> 1, self.arrival(pc)) for pc in self.labels]
            count = (max(self.labels) + 2 - first) >> 1
            self.asm.table(self.table_label, count, self.indirect_exit, entries)

    def outside(self) -> int:
        """The label of the way on to the pc in rax, which has no block in this region."""
        if not self.leaves_indirectly:
            self.leaves_indirectly = True

            def leave() -> None:
                asm = self.asm
                asm.bind(self.indirect_exit)
                asm.load(RDX, RSP, CONTEXT_HOME)
                asm.rm(0x3B, RAX, RDX, self.layout["code_limit"])
                asm.jcc(x86.AE, self.beyond)
                asm.shift_imm(x86.SHL, RAX, 3)
                asm.jmp(self.common_exit)

            self.cold.append(leave)
        return self.indirect_exit
