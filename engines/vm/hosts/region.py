"""The frame of a region's code, the same for all hosts: blocks, ways in and out, guest registers, cold code.

A region is a set of blocks that jump to each other directly. The guest registers that it uses most are pinned to host
registers from its entries to its exits; all others live in the CPU record. Every exit writes the pinned registers that
the region changes back first, so the guest's state is precise wherever the code is left.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from engines.vm.hosts.selection import Selection, Tiles
from engines.vm.ir.block import Block, Slot
from engines.vm.ir.ops import OPCODE, RETIRED_AT, Instruction
from engines.vm.regalloc.linear_scan import FLOAT_PLACE, STACK, Allocation
from engines.vm.regalloc.liveness import PUT, Step
from engines.vm.regalloc.parallel_moves import sequence

_PUT_FLOAT: Final = OPCODE["put.f64"]
_JUMP: Final = OPCODE["jump"]
_BRANCH: Final = OPCODE["branch"]
_JUMPTO: Final = OPCODE["jumpto"]
_INTERPRET: Final = OPCODE["interpret"]
_EXITIF: Final = OPCODE["exitif"]
_LEAVEIF: Final = OPCODE["leaveif"]
_CHECKMODE: Final = OPCODE["checkmode"]

Method = Callable[[Any, int, Instruction], None]


class RegionCode:
    """Base of the hosts' `Lowering`.

    Args:
        asm: the host's assembler.
        methods: how the host lowers each operation, by opcode.
        slots: the guest's registers.
        pins: place by pinned slot. written: the pinned slots that the region puts.
        handlers: the interpreter's handler for each pc that gets an entry, as distance from `decode`. often: those of
            these pcs where the region is entered again and again.
        frm: the rounding mode that the region takes for granted, None if it has no use for one.
        layout: offsets of the CPU and context records, and what the processor can do.

    Attributes:
        guarded: whether the code is for guarded memory, where the host finds out what accesses fail; set before
            `generate`, for hosts whose `Host.guards` says that they can.
        guesses: by hint of an indirect jump, the pcs of the region where it most likely leads, for hosts that look.
        unsettled: pinned slots that have something to be done to them before anyone outside may see them, for hosts
            that put that off.
    """

    def __init__(
        self,
        asm: Any,
        methods: Mapping[int, Method],
        slots: Sequence[Slot],
        pins: Mapping[int, int],
        written: frozenset[int],
        handlers: Mapping[int, int],
        often: frozenset[int],
        frm: int | None,
        layout: Mapping[str, int],
        float_scratch: int,
        integer_scratch: int,
    ) -> None:
        self.asm = asm
        self.methods = methods
        self.slots = slots
        self.pins = pins
        self.written = written
        self.handlers = handlers
        self.often = often
        self.frm = frm
        self.layout = layout
        self.scratch = (integer_scratch, float_scratch)
        self.cold: list[Callable[[], None]] = []
        self.common_exit, self.common_handler, self.beyond = asm.label(), asm.label(), asm.label()
        self.labels: dict[int, int] = {}
        self.stack_slots = 0
        self.places: Mapping[int, int] = {}
        self.constants: Mapping[int, int] = {}
        self.fused: set[int] = set()
        self.spans: Mapping[int, tuple[int, int] | None] = {}
        self.code: list[Instruction] = []
        self.tiles = Tiles({}, {}, {}, {}, {}, set())
        self.guarded = False
        self.guesses: Mapping[int, tuple[int, ...]] = {}
        self._ways: dict[tuple[int, int, bool, frozenset[int]], int] = {}
        self.unsettled: frozenset[int] = frozenset()
        self._block: Block | None = None
        self._insns = 0

    # -- what a host says -----------------------------------------------------------------------------------------

    @abstractmethod
    def entry(self, pc: int) -> None:
        """Code of an entry: from the handlers' convention to the region's, and on to the block at `pc`."""

    def finish(self) -> None:
        """Code that entries share, after all of them."""

    @abstractmethod
    def take_budget(self, insns: int, out: int) -> None:
        """Take `insns` from the budget; to `out` if it was less."""

    @abstractmethod
    def give_back(self, insns: int) -> None: ...

    @abstractmethod
    def leave_to(self, pc: int) -> None: ...

    @abstractmethod
    def leave_to_handler(self, pc: int, handler: int) -> None: ...

    @abstractmethod
    def exits(self) -> None: ...

    @abstractmethod
    def jump_label(self, label: int) -> None: ...

    @abstractmethod
    def jump_if(self, value: int, label: int, *, sense: bool = True) -> None: ...

    @abstractmethod
    def jumpto(self, value: int, hint: int) -> None: ...

    @abstractmethod
    def move(self, target: int, source: int) -> None: ...

    @abstractmethod
    def store_pin(self, place: int, offset: int) -> None: ...

    @abstractmethod
    def put_memory(self, slot: int, value: int) -> None: ...

    @abstractmethod
    def put_float_memory(self, slot: int, value: int) -> None: ...

    @abstractmethod
    def put_constant(self, place: int, constant: int) -> None: ...

    # -- the frame ------------------------------------------------------------------------------------------------

    def generate(self, blocks: Sequence[tuple[Block, Selection, Allocation]]) -> tuple[bytes, dict[int, int]]:
        """All code; and the offset of the entry of each head."""
        asm = self.asm
        self.stack_slots = max((allocation.stack_slots for _, _, allocation in blocks), default=0)
        for block, _, _ in blocks:
            self.labels[block.pc] = asm.label()
        heads: dict[int, int] = {}
        for pc in self.handlers:
            heads[pc] = len(asm.code)
            self.entry(pc)
        self.finish()
        for index, (block, selection, allocation) in enumerate(blocks):
            self._next = blocks[index + 1][0].pc if index + 1 < len(blocks) else -1
            self.block(block, selection, allocation)
        position = 0
        while position < len(self.cold):
            self.unsettled = frozenset()
            self.cold[position]()
            position += 1
        self.exits()
        return asm.link(), heads

    def fault_exits(self) -> list[tuple[int, int]] | None:
        """Of code for guarded memory (`guarded`): offsets of each instruction that may fault, and of its way out."""
        return None

    def ways_out(self) -> dict[tuple[int, int, bool], int]:
        """For listings: the offset of each way out, by guest pc, unused budget, and whether the interpreter goes on."""
        found: dict[tuple[int, int, bool], int] = {}
        for (pc, unused, interpret, _), label in self._ways.items():
            offset = self.asm.offset_of(label)
            found[pc, unused, interpret] = min(offset, found.get((pc, unused, interpret), offset))
        return found

    def block(self, block: Block, selection: Selection, allocation: Allocation) -> None:
        self._block, self._insns = block, block.insns
        self.places, self.constants, self.tiles = allocation.places, selection.contents.constants, selection.tiles
        self.fused, self.spans, self.code = selection.fused, selection.spans, block.code
        if self.tiles.same:
            places = self.places
            self.places = {**places, **{n: places[of] for n, of in self.tiles.same.items() if of in places}}
        self.asm.bind(self.labels[block.pc])
        self.take_budget(self._insns, self.interpret_label(0))
        methods, code, in_place = self.methods, block.code, allocation.in_place
        run: list[Step] = []
        for step in selection.steps:
            if step[3] == PUT:
                run.append(step)
                continue
            if run:
                self._puts(run, in_place)
                run = []
            instruction = code[step[0]]
            method = methods.get(instruction[0])
            if method is not None:
                method(self, step[0], instruction)
            else:
                self._control(instruction)

    def _puts(self, run: Sequence[Step], in_place: set[int]) -> None:
        """Guest registers that are written at once."""
        moves: dict[int, int] = {}
        constants: list[tuple[int, int]] = []
        code, pins, known = self.code, self.pins, self.constants
        for number, _, _, _, slot in run:
            opcode, value, _ = code[number]
            pin = pins.get(slot)
            if pin is None:
                if opcode == _PUT_FLOAT:
                    self.put_float_memory(slot, value)
                else:
                    self.put_memory(slot, value)
                continue
            if constants:
                constants = [c for c in constants if c[0] != pin]
            if number in in_place:
                moves.pop(pin, None)
            elif value in known:
                moves.pop(pin, None)
                constants.append((pin, known[value]))
            else:
                moves[pin] = self.places[value]
        if moves:
            for scratch, first, after in ((self.scratch[0], 0, FLOAT_PLACE), (self.scratch[1], FLOAT_PLACE, STACK)):
                chosen = {t: s for t, s in moves.items() if first <= t < after}
                if chosen:
                    for target, source in sequence(chosen, scratch):
                        self.move(target, source)
        for pin, constant in constants:
            self.put_constant(pin, constant)
        self.have_put(run)

    def have_put(self, run: Sequence[Step]) -> None:
        """Guest registers were written at once, those in memory and those that are pinned."""

    def _control(self, instruction: Instruction) -> None:
        opcode = instruction[0]
        block = self._block
        assert block is not None
        if opcode == _JUMP:
            self._go(instruction[1], instruction[2])
        elif opcode == _BRANCH:
            _, condition, taken, onward, n = instruction
            if taken == self._next and taken in self.labels:
                self.jump_if(condition, self.way(onward, n), sense=False)
                self._go(taken, n)
            else:
                self.jump_if(condition, self.way(taken, n))
                self._go(onward, n)
        elif opcode == _EXITIF:
            self.jump_if(instruction[1], self.way(instruction[2], instruction[3]))
        elif opcode == _LEAVEIF:
            self.jump_if(instruction[1], self.interpret_label(instruction[2]))
        elif opcode == _JUMPTO:
            if self._insns != instruction[2]:
                self.give_back(self._insns - instruction[2])
            self.jumpto(instruction[1], instruction[3])
        elif opcode == _INTERPRET:
            self.jump_label(self.interpret_label(instruction[RETIRED_AT[opcode]]))
        elif opcode != _CHECKMODE:
            raise NotImplementedError(f"opcode {opcode} has no lowering; blocks must be screened with `methods`")

    def _go(self, pc: int, n: int) -> None:
        if pc != self._next or n != self._insns or pc not in self.labels:
            self.jump_label(self.way(pc, n))
        else:
            self.fall_into(pc)

    def edge(self, pc: int) -> int:
        """The label to jump to from the end of the block at hand to the block at `pc`."""
        return self.labels[pc]

    def fall_into(self, pc: int) -> None:
        """What is to be done between the end of the block at hand and the one at `pc`, which comes next."""

    def arrival(self, pc: int) -> int:
        """The label where the block at `pc` can be entered from anywhere."""
        return self.labels[pc]

    def way(self, pc: int, n: int) -> int:
        """The label of the way on to a guest pc with `n` retired: a block of the region or an exit."""
        unused = self._insns - n
        label = self.labels.get(pc)
        if label is not None and not unused:
            return self.edge(pc)
        return self._way(pc, unused, False)

    def interpret_label(self, n: int) -> int:
        """The label of the way to the interpreter at the block's instruction `n`."""
        assert self._block is not None
        return self._way(self._block.pcs[n], self._insns - n, True)

    def _way(self, pc: int, unused: int, interpret: bool) -> int:
        unsettled = self.unsettled
        key = (pc, unused, interpret, unsettled)
        label = self._ways.get(key)
        if label is None:
            label = self._ways[key] = int(self.asm.label())
            self.cold.append(lambda: self._out(pc, unused, interpret, label, unsettled))
        return label

    def _out(self, pc: int, unused: int, interpret: bool, label: int, unsettled: frozenset[int]) -> None:
        self.asm.bind(label)
        self.unsettled = unsettled
        if unused:
            self.give_back(unused)
        inside = self.labels.get(pc)
        if inside is not None and not interpret:
            self.jump_label(self.arrival(pc))
        elif interpret and pc in self.handlers:
            self.leave_to_handler(pc, self.handlers[pc])
        else:
            self.leave_to(pc)

    def store_pins(self) -> None:
        for slot, place in self.pins.items():
            if slot in self.written:
                self.store_pin(place, self.slots[slot].offset)


__all__ = ["RegionCode"]
