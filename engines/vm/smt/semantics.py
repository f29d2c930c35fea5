"""The machine protocol of RISC-V over SMT terms: the reference for blocks of any lifter or code generator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import z3

from engines.vm.guests.riscv64.state import NO_RESERVATION
from engines.vm.isa.describe import OperandKind
from engines.vm.isa.riscv64.coding import decode
from engines.vm.lift.riscv64 import FLOAT_BASE, RESERVATION, RESERVATION_BYTES, STATE
from engines.vm.smt.terms import Term
from engines.vm.smt.world import FloatTerms, Snapshot, World

FFLAGS, FRM, FCSR = 0x001, 0x002, 0x003
COUNTERS: Final = frozenset((0xC00, 0xC01, 0xC02))
_DYNAMIC: Final = 7
_LAST_MODE: Final = 4


class _Registers:
    def __init__(self, world: World, base: int, has_zero: bool) -> None:
        self._world = world
        self._base = base
        self._has_zero = has_zero

    def __getitem__(self, register: int) -> Term:
        return Term.of(0, 64) if self._has_zero and register == 0 else self._world.slots[self._base + register]

    def __setitem__(self, register: int, value: Term) -> None:
        if not (self._has_zero and register == 0):
            self._world.slots[self._base + register] = value


class TermMachine:
    """Implements `engines.vm.isa.machine.Machine`. Every trap leaves to the interpreter with the state before the
    instruction.

    Args:
        n: instructions retired before this one.
    """

    def __init__(self, world: World, address: int, length: int, n: int) -> None:
        self.world = world
        self.pc = Term.of(address, 64)
        self.next_pc = Term.of(address + length, 64)
        self.following = self.next_pc
        self.x = _Registers(world, 0, True)
        self.f = _Registers(world, FLOAT_BASE, False)
        self.fp = FloatTerms(world)
        self._n = n
        self._before: Snapshot = world.snapshot(self.pc, Term.of(n, 64), True)

    def const(self, value: int, width: int = 64) -> Term:
        return Term.of(value, width)

    def is_x0(self, register: Any) -> Term:
        return Term.truth(z3.BoolVal(register == 0))

    def jump(self, target: Term) -> None:
        self.following = target

    def branch(self, taken: Term, target: Term) -> None:
        self.following = taken.select(target, self.next_pc)

    def _trap(self, condition: Any) -> None:
        self.world.leave(condition, self._before)

    def load(self, address: Term, size_bytes: int) -> Term:
        self._trap(z3.Not(self.world.permits("readable", address, size_bytes)))
        return self.world.read(address, size_bytes)

    def store(self, address: Term, value: Term) -> None:
        self._store(z3.BoolVal(True), address, value)

    def _store(self, condition: Any, address: Term, value: Term) -> None:
        self._trap(z3.And(condition, z3.Not(self.world.permits("writable", address, value.width // 8))))
        self.world.memory = z3.simplify(z3.If(condition, self.world.written(address, value), self.world.memory))

    def load_reserved(self, address: Term, size_bytes: int) -> Term:
        self._aligned(address, size_bytes)
        value = self.load(address, size_bytes)
        self._reserve(address, Term.of(size_bytes, 64))
        return value

    def store_conditional(self, address: Term, value: Term) -> Term:
        self._aligned(address, value.width // 8)
        slots = self.world.slots
        held = slots[RESERVATION].eq(address) & slots[RESERVATION_BYTES].eq(value.width // 8)
        self._store(held.condition, address, value)
        self._reserve(Term.of(NO_RESERVATION, 64), Term.of(0, 64))
        return (~held).zext(64)

    def _reserve(self, address: Term, size_bytes: Term) -> None:
        self.world.slots[RESERVATION] = address
        self.world.slots[RESERVATION_BYTES] = size_bytes

    def _aligned(self, address: Term, size_bytes: int) -> None:
        self._trap((address & (size_bytes - 1)).ne(0).condition)

    def amo(self, address: Term, size_bytes: int, update: Callable[[Term, Term], Term], operand: Term) -> Term:
        self._aligned(address, size_bytes)
        old = self.load(address, size_bytes)
        self.store(address, update(old, operand))
        return old

    def trap_if(self, condition: Term, cause: int, value: Term) -> None:
        self._trap(condition.condition)

    def trap(self, cause: int, value: Term) -> None:
        self._trap(z3.BoolVal(True))

    def illegal(self) -> None:
        self._trap(z3.BoolVal(True))

    def rounding_mode(self, rm: int) -> Term:
        if rm != _DYNAMIC:
            if rm > _LAST_MODE:
                self.illegal()
            return Term.of(rm, 3)
        self._trap(z3.UGT(self.world.mode.t, _LAST_MODE))
        return self.world.mode

    def csr_exchange(self, csr: Term, rd: Any, update: Callable[[Term], Term], *, reads: Term, writes: Term) -> None:
        number = csr.t.as_long()
        writing = z3.is_true(z3.simplify(writes.condition))
        if (number not in COUNTERS and number not in (FFLAGS, FRM, FCSR)) or (writing and number in COUNTERS):
            self.illegal()
            return
        world = self.world
        if number in COUNTERS:
            old = Term(z3.BitVec("retired", 64)) + self._n
        else:
            flags, mode = world.flags.zext(64), world.mode.zext(64)
            old = {FFLAGS: flags, FRM: mode, FCSR: mode.shl(5) | flags}[number]
        if writing:
            new = update(old)
            if number == FRM:
                world.mode = new.trunc(3)
            else:
                world.flags = new.trunc(5)
            if number == FCSR:
                world.mode = new.extract(5, 3)
        if z3.is_true(z3.simplify(reads.condition)):
            self.x[rd] = old

    def fence(self) -> None:
        """One hart sees its own accesses in order."""

    def fence_i(self) -> None:
        """Fetches are not modelled: the code of a block is given."""


def reference_world(code: bytes, pcs: list[int], pc: int) -> World:
    """All ways out of the guest instructions at `pcs`, executed in this order as long as control goes that way.

    Args:
        code: the bytes from `pc` on.
    """
    world = World.unknown(len(STATE.slots))
    following = Term.of(pc, 64)
    for n, address in enumerate(pcs):
        world.leave(z3.simplify(following.t != address), world.snapshot(following, Term.of(n, 64), False))
        offset = address - pc & (1 << 64) - 1
        word = int.from_bytes(code[offset : offset + 4], "little")
        short = word & 3 != 3
        fetched = len(code) - offset >= (2 if short else 4)
        decoded = decode(word & 0xFFFF if short else word) if fetched else None
        machine = TermMachine(world, address, 2 if short else 4, n)
        if decoded is None:
            machine.illegal()
            return world
        operands = zip(decoded.instruction.operands, decoded.arguments, strict=True)
        decoded.instruction.run(machine, [_argument(o.kind, value) for o, value in operands])
        following = machine.following
    world.leave(z3.BoolVal(True), world.snapshot(following, Term.of(len(pcs), 64), False))
    return world


def _argument(kind: OperandKind, value: int) -> Any:
    if kind is OperandKind.IMMEDIATE:
        return Term.of(value, 64)
    return Term.of(value, 12) if kind is OperandKind.CSR else value
