"""The IR tier: lifts blocks, runs some or all passes over them, and evaluates the IR over integers.

It is slow. It is there to be compared: with the reference tier it judges the lifter and the passes, apart from any
host.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engines.vm.guests.riscv64.state import Hart, word_of
from engines.vm.ir.block import Block
from engines.vm.ir.evaluator import GuestValues, evaluate
from engines.vm.lift.riscv64 import FLOAT_BASE, RESERVATION, RESERVATION_BYTES, STATE, Lifter
from engines.vm.memory.address_space import EXEC, PAGE_BITS, PAGE_BYTES, Access, AddressSpace, MemoryFault
from engines.vm.opt.pipeline import optimise
from engines.vm.tiers.reference import ReferenceTier
from engines.vm.tiers.stop import Stop, StopReason

BLOCK_BYTES: Final = 256
"""How far a block looks ahead."""
_MASK: Final = (1 << 64) - 1
_X, _F = word_of("x"), word_of("f")


class _Memory:
    """The guest's memory without writes to code: those are the interpreter's, as for every compiled block."""

    def __init__(self, memory: AddressSpace) -> None:
        self.load = memory.load
        self._memory = memory

    def store(self, address: int, value: int, size_bytes: int) -> None:
        memory = self._memory
        for page in {address >> PAGE_BITS, (address + size_bytes - 1 & _MASK) >> PAGE_BITS}:
            if page < len(memory.perm) and memory.perm[page] & EXEC:
                raise MemoryFault(address, Access.STORE)
        memory.store(address, value, size_bytes)


class IntermediateTier:
    """Runs harts on IR.

    Args:
        prepare: what is done to each block after lifting; all passes, if nothing else is said.
        branches: conditional branches that a block may go through, see `Lifter.block`.

    Attributes:
        lifter: with its counters.
        blocks, interpreted: blocks evaluated, and instructions left to the reference tier.
    """

    def __init__(self, prepare: Callable[[Block], Block] = optimise, branches: int = 2) -> None:
        self.lifter = Lifter()
        self.blocks = 0
        self.interpreted = 0
        self._prepare = prepare
        self._branches = branches
        self._reference = ReferenceTier()
        self._known: dict[tuple[int, bytes], Block] = {}

    def run(self, hart: Hart, limit_insns: int) -> Stop:
        """Run until the first trap or until exactly `limit_insns` more instructions have retired.

        Raises:
            ValueError: `limit_insns` is negative.
        """
        if limit_insns < 0:
            raise ValueError(f"limit_insns is {limit_insns}, must be at least 0")
        left = limit_insns
        while left:
            block = self._block(hart)
            if block is None or block.insns > left:
                self.interpreted += 1
                stop = self._reference.step(hart)
                if stop is not None:
                    return stop
                left -= 1
                continue
            self.blocks += 1
            retired, interpret = run_block(block, hart)
            left -= retired
            if interpret and left:
                self.interpreted += 1
                stop = self._reference.step(hart)
                if stop is not None:
                    return stop
                left -= 1
        return Stop(StopReason.LIMIT)

    def _block(self, hart: Hart) -> Block | None:
        """The block at the hart's pc, from the bytes that stand there now; None where nothing can be fetched."""
        pc = int(hart.cpu["pc"])
        code = fetchable(hart.memory, pc, BLOCK_BYTES)
        if not code:
            return None
        block = self._known.get((pc, code))
        if block is None:
            block = self._prepare(self.lifter.block(code, pc, branches=self._branches))
            self._known[pc, code] = block
        return block


def fetchable(memory: AddressSpace, pc: int, size_bytes: int) -> bytes:
    """The bytes from `pc` on that may be executed, up to `size_bytes`."""
    end = pc
    while end < pc + size_bytes and end < memory.limit and memory.perm[end >> PAGE_BITS] & EXEC:
        end = min(pc + size_bytes, (end | PAGE_BYTES - 1) + 1)
    return bytes(memory.view(pc, end - pc, Access.FETCH)) if end > pc else b""


def run_block(block: Block, hart: Hart) -> tuple[int, bool]:
    """Evaluate one block on a hart: how many instructions retired, and whether the interpreter must go on."""
    guest = load_guest(hart)
    left = evaluate(block, guest, _Memory(hart.memory))
    store_guest(hart, guest)
    hart.cpu["pc"] = left.pc
    return left.retired, left.interpret


def load_guest(hart: Hart) -> GuestValues:
    """The hart's registers as the slots of `STATE`."""
    words, cpu = hart.words, hart.cpu
    slots = [*words[_X : _X + 32], *words[_F : _F + 32], int(cpu["reservation"]), int(cpu["reservation_bytes"])]
    return GuestValues(slots, int(cpu["fflags"]), int(cpu["frm"]), int(cpu["retired"]))


def store_guest(hart: Hart, guest: GuestValues) -> None:
    """Give the registers back; the pc is left alone."""
    cpu = hart.cpu
    cpu["x"][:32] = guest.slots[:32]
    cpu["f"] = guest.slots[FLOAT_BASE : FLOAT_BASE + 32]
    cpu["reservation"] = guest.slots[RESERVATION]
    cpu["reservation_bytes"] = guest.slots[RESERVATION_BYTES]
    cpu["fflags"] = guest.flags
    cpu["frm"] = guest.mode
    cpu["retired"] = guest.retired


assert len(STATE.slots) == RESERVATION_BYTES + 1
