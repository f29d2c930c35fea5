"""What load-store hosts (arm64, riscv64) share: places, guest registers, entries and exits of a region.

Compiled code is a function without arguments of its own: `abi` of each host says which registers hold what between the
gateway and a region's exit. A region is left by writing the pinned registers back, storing the guest's pc and what is
left of the budget, and returning how it goes on: `ONWARD` or `INTERPRET`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Final

from engines.vm.hosts.region import RegionCode
from engines.vm.regalloc.linear_scan import FLOAT_PLACE, STACK

ONWARD: Final = 0
"""The guest goes on at its pc, in whatever code there is for it."""
INTERPRET: Final = 1
"""The interpreter must execute the instruction at the pc."""
STACK_SLOTS: Final = 128
"""64-bit slots for values that found no register, from the stack pointer upwards."""
LENT: Final = 8 * STACK_SLOTS
"""Three more words, for operations that need more registers than they are given."""
FRAME_BYTES: Final = LENT + 32
READ: Final = 1
DIRECT: Final = 32
"""Permission bits, see `engines.vm.memory.address_space`; a test holds them equal."""
PAGE_BITS: Final = 12
PAGES_BITS: Final = 24
"""There are 2**24 permission bytes."""


class LoadStoreLowering(RegionCode):
    """`RegionCode` with places.

    Attributes:
        scratch_integers: four registers that no value lives in; exits find the guest's pc in the first.
        scratch_floats: as many as an operation has operands.
    """

    scratch_integers: ClassVar[Sequence[int]]
    scratch_floats: ClassVar[Sequence[int]]
    cpu: ClassVar[int]
    context: ClassVar[int]
    stack: ClassVar[int]
    zero: ClassVar[int]
    budget: ClassVar[int]
    answer: ClassVar[int]

    # -- what a host says -----------------------------------------------------------------------------------------

    @abstractmethod
    def copy(self, d: int, s: int) -> None:
        """Move between integer registers."""

    @abstractmethod
    def copy_float(self, d: int, s: int) -> None:
        """Move all 64 bits between float registers."""

    @abstractmethod
    def load_word(self, d: int, base: int, offset: int) -> None:
        """64 bits of memory to an integer register."""

    @abstractmethod
    def store_word(self, s: int, base: int, offset: int) -> None: ...

    @abstractmethod
    def load_float_word(self, d: int, base: int, offset: int) -> None: ...

    @abstractmethod
    def store_float_word(self, s: int, base: int, offset: int) -> None: ...

    @abstractmethod
    def float_constant(self, d: int, bits: int) -> None:
        """Constant bits to a float register, by way of the first scratch register."""

    # -- places ---------------------------------------------------------------------------------------------------

    def use(self, value: int, scratch: int) -> int:
        """The register that holds an integer operand; `scratch`, if it must be fetched. Zero has its own register."""
        constant = self.constants.get(value)
        if constant is not None:
            if not constant:
                return self.zero
            self.asm.imm(scratch, constant)
            return scratch
        place = self.places[value]
        if place < STACK:
            return place
        self.load_word(scratch, self.stack, 8 * (place - STACK))
        return scratch

    def into(self, register: int, value: int) -> None:
        """Fetch an integer operand into a given register."""
        found = self.use(value, register)
        if found != register:
            self.copy(register, found)

    def target(self, value: int) -> int:
        """Where an operation puts its integer result; the first scratch register where the value lives in memory."""
        place = self.places[value]
        return place if place < STACK else self.scratch_integers[0]

    def done(self, value: int, register: int) -> None:
        """The result of `value` is in `register`: take it home."""
        place = self.places[value]
        if place >= STACK:
            self.store_word(register, self.stack, 8 * (place - STACK))
        elif place != register:
            self.copy(place, register)

    def float_use(self, value: int, scratch: int) -> int:
        constant = self.constants.get(value)
        if constant is not None:
            self.float_constant(scratch, constant)
            return scratch
        place = self.places[value]
        if place < STACK:
            return place - FLOAT_PLACE
        self.load_float_word(scratch, self.stack, 8 * (place - STACK))
        return scratch

    def float_target(self, value: int) -> int:
        place = self.places[value]
        return place - FLOAT_PLACE if place < STACK else self.scratch_floats[0]

    def float_done(self, value: int, register: int) -> None:
        place = self.places[value]
        if place >= STACK:
            self.store_float_word(register, self.stack, 8 * (place - STACK))
        elif place - FLOAT_PLACE != register:
            self.copy_float(place - FLOAT_PLACE, register)

    def move(self, target: int, source: int) -> None:
        """Between places of one class; the source may be a stack slot."""
        if source >= STACK:
            offset = 8 * (source - STACK)
            if target >= FLOAT_PLACE:
                self.load_float_word(target - FLOAT_PLACE, self.stack, offset)
            else:
                self.load_word(target, self.stack, offset)
        elif target >= FLOAT_PLACE:
            self.copy_float(target - FLOAT_PLACE, source - FLOAT_PLACE)
        else:
            self.copy(target, source)

    # -- guest registers --------------------------------------------------------------------------------------------

    def store_pin(self, place: int, offset: int) -> None:
        if place >= FLOAT_PLACE:
            self.store_float_word(place - FLOAT_PLACE, self.cpu, offset)
        else:
            self.store_word(place, self.cpu, offset)

    def get(self, number: int, slot: int) -> None:
        pin = self.pins.get(slot)
        if pin is not None:
            self.done(number, pin)
            return
        d = self.target(number)
        self.load_word(d, self.cpu, self.slots[slot].offset)
        self.done(number, d)

    def get_float(self, number: int, slot: int) -> None:
        pin = self.pins.get(slot)
        if pin is not None:
            self.float_done(number, pin - FLOAT_PLACE)
            return
        d = self.float_target(number)
        self.load_float_word(d, self.cpu, self.slots[slot].offset)
        self.float_done(number, d)

    def put_memory(self, slot: int, value: int) -> None:
        self.store_word(self.use(value, self.scratch_integers[0]), self.cpu, self.slots[slot].offset)

    def put_float_memory(self, slot: int, value: int) -> None:
        self.store_float_word(self.float_use(value, self.scratch_floats[0]), self.cpu, self.slots[slot].offset)

    def put_constant(self, place: int, constant: int) -> None:
        if place < FLOAT_PLACE:
            self.asm.imm(place, constant)
        else:
            self.float_constant(place - FLOAT_PLACE, constant)

    # -- entering and leaving -------------------------------------------------------------------------------------

    def entry(self, pc: int) -> None:
        for slot, place in self.pins.items():
            offset = self.slots[slot].offset
            if place >= FLOAT_PLACE:
                self.load_float_word(place - FLOAT_PLACE, self.cpu, offset)
            else:
                self.load_word(place, self.cpu, offset)
        self.jump_label(self.labels[pc])

    def leave_to(self, pc: int) -> None:
        self.asm.imm(self.scratch_integers[0], pc)
        self.jump_label(self.common_exit)

    def leave_to_handler(self, pc: int, handler: int) -> None:
        self.asm.imm(self.scratch_integers[0], pc)
        self.jump_label(self.common_handler)

    def jumpto(self, value: int, hint: int) -> None:
        self.into(self.scratch_integers[0], value)
        self.jump_label(self.common_exit)

    def exits(self) -> None:
        """What all ways out share."""
        asm = self.asm
        for common, answer in ((self.common_exit, ONWARD), (self.common_handler, INTERPRET)):
            asm.bind(common)
            self.store_pins()
            self.store_word(self.scratch_integers[0], self.cpu, self.layout["pc"])
            self.store_word(self.budget, self.context, self.layout["budget"])
            asm.imm(self.answer, answer)
            asm.ret()


__all__ = ["DIRECT", "FRAME_BYTES", "INTERPRET", "LENT", "ONWARD", "READ", "STACK_SLOTS", "LoadStoreLowering"]
