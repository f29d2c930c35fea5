"""The reference evaluator: runs a block over integers, by the evaluators of the table. Slow, exact, the judge of the
passes and of generated code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, NoReturn, Protocol

from engines.vm.bits import Bits
from engines.vm.errors import MachineError
from engines.vm.float_unit import FloatUnit
from engines.vm.ir.block import Block
from engines.vm.ir.ops import OPS, QUIET
from engines.vm.memory.address_space import Access, MemoryFault

_LAST_MODE: Final = 4
_WORD: Final = (1 << 64) - 1


class Memory(Protocol):
    """What a block needs of memory; `AddressSpace` is one."""

    def load(self, address: int, size_bytes: int) -> int:
        """Raises `MemoryFault`."""
        ...

    def store(self, address: int, value: int, size_bytes: int) -> None: ...


class Exit(NamedTuple):
    """How a block was left.

    Attributes:
        pc: where the guest goes on.
        retired: guest instructions of the block that retired.
        interpret: the interpreter must execute the instruction at `pc`: it traps, or needs what the block cannot do.
        at: number of the instruction of IR that left.
    """

    pc: int
    retired: int
    interpret: bool
    at: int


@dataclass
class GuestValues:
    """The guest state over which a block runs.

    Attributes:
        slots: the raw 64 bits of every slot.
        flags: sticky floating-point flags.
        mode: dynamic rounding mode, 3 bits.
        retired: retired count; `evaluate` adds to it.
    """

    slots: list[int]
    flags: int = 0
    mode: int = 0
    retired: int = 0

    def copy(self) -> GuestValues:
        return GuestValues(list(self.slots), self.flags, self.mode, self.retired)


class _Leave(MachineError):  # noqa: N818  (not an error)
    def __init__(self, pc: int, n: int, interpret: bool) -> None:
        super().__init__(pc, n, interpret)
        self.pc = pc
        self.n = n
        self.interpret = interpret


@dataclass
class _Machine:
    """What the table's evaluators are called with."""

    block: Block
    guest: GuestValues
    memory: Memory
    unit: FloatUnit = field(default_factory=FloatUnit)
    silent: FloatUnit = field(default_factory=FloatUnit)

    def const(self, value: int, width: int) -> Bits:
        return Bits(value, width)

    def get(self, slot: int) -> Bits:
        return Bits(self.guest.slots[slot], 64)

    def put(self, slot: int, value: Bits) -> None:
        self.guest.slots[slot] = value.value

    def retired(self, n: int) -> Bits:
        return Bits(self.guest.retired + n, 64)

    def float_unit(self, mode: int) -> FloatUnit:
        return self.silent if mode & QUIET else self.unit

    def dynamic_mode(self) -> int:
        return self.guest.mode

    def get_mode(self) -> Bits:
        return Bits(self.guest.mode, 64)

    def set_mode(self, value: Bits) -> None:
        self.guest.mode = value.value & 7

    def flags(self) -> Bits:
        return Bits(self.unit.flags, 64)

    def set_flags(self, value: Bits) -> None:
        self.unit.flags = value.value & 31

    def check_mode(self, n: int) -> None:
        if self.guest.mode > _LAST_MODE:
            self.interpret(n)

    def load(self, address: Bits, size_bytes: int, n: int) -> Bits:
        try:
            return Bits(self.memory.load(address.value, size_bytes), 8 * size_bytes)
        except MemoryFault:
            self.interpret(n)

    def store(self, address: Bits, value: Bits, n: int) -> None:
        try:
            self.memory.store(address.value, value.value, value.width // 8)
        except MemoryFault:
            self.interpret(n)

    def store_if(self, condition: Bits, address: Bits, value: Bits, n: int) -> None:
        if condition.value:
            self.store(address, value, n)

    def leave_if(self, condition: Bits, n: int) -> None:
        if condition.value:
            self.interpret(n)

    def exit_if(self, condition: Bits, pc: int, n: int) -> None:
        if condition.value:
            raise _Leave(pc, n, False)

    def jump(self, target: Bits, n: int) -> None:
        raise _Leave(target.value, n, False)

    def interpret(self, n: int) -> NoReturn:
        raise _Leave(self.block.pcs[n], n, True)


def evaluate(block: Block, guest: GuestValues, memory: Memory) -> Exit:
    """Run `block` once from its top; `guest` and `memory` change.

    Raises:
        ValueError: the block runs past its end, or an instruction is malformed (see `engines.vm.ir.verifier`).
    """
    machine = _Machine(block, guest, memory)
    machine.unit.flags = guest.flags
    values: list[Any] = []
    try:
        for instruction in block.code:
            op = OPS[instruction[0]]
            arity = op.arity
            operands = [values[number] for number in instruction[1 : 1 + arity]]
            values.append(op.evaluate(machine, *operands, *instruction[1 + arity :]))
    except _Leave as leave:
        guest.flags = machine.unit.flags
        guest.retired = guest.retired + leave.n & _WORD
        return Exit(leave.pc, leave.n, leave.interpret, len(values))
    raise ValueError(f"block {block.pc:#x} runs past its end; verify it first")


__all__ = ["Access", "Exit", "GuestValues", "Memory", "MemoryFault", "evaluate"]
