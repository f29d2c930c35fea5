"""IR over SMT terms: the table's evaluators, called with a machine that makes formulas."""

from __future__ import annotations

from typing import Any, Final

import z3

from engines.vm.ir.block import Block
from engines.vm.ir.ops import OPS, QUIET
from engines.vm.smt.terms import Term
from engines.vm.smt.world import FloatTerms, World

_LAST_MODE: Final = 4


class BlockMachine:
    """What the table's evaluators are called with; immediates may be terms where a rule leaves them open.

    Args:
        pcs: guest addresses, for operations that leave to the interpreter; None to name them by an unknown function.
    """

    def __init__(self, world: World, pcs: list[int] | None) -> None:
        self.world = world
        self._pcs = pcs
        self._unit = FloatTerms(world)
        self._silent = FloatTerms(None)

    def const(self, value: Any, width: int) -> Term:
        return value if isinstance(value, Term) else Term.of(value, width)

    def get(self, slot: int) -> Term:
        return self.world.slots[slot]

    def put(self, slot: int, value: Term) -> None:
        self.world.slots[slot] = value

    def retired(self, n: Any) -> Term:
        return Term(z3.BitVec("retired", 64)) + self.const(n, 64)

    def float_unit(self, mode: int) -> FloatTerms:
        return self._silent if mode & QUIET else self._unit

    def dynamic_mode(self) -> Term:
        return self.world.mode

    def get_mode(self) -> Term:
        return self.world.mode.zext(64)

    def set_mode(self, value: Term) -> None:
        self.world.mode = value.trunc(3)

    def flags(self) -> Term:
        return self.world.flags.zext(64)

    def set_flags(self, value: Term) -> None:
        self.world.flags = value.trunc(5)

    def check_mode(self, n: Any) -> None:
        self._interpret(z3.UGT(self.world.mode.t, _LAST_MODE), n)

    def load(self, address: Term, size_bytes: int, n: Any) -> Term:
        self._interpret(z3.Not(self.world.permits("readable", address, size_bytes)), n)
        return self.world.read(address, size_bytes)

    def store(self, address: Term, value: Term, n: Any) -> None:
        self.store_if(Term.truth(z3.BoolVal(True)), address, value, n)

    def store_if(self, condition: Term, address: Term, value: Term, n: Any) -> None:
        permitted = self.world.permits("writable", address, value.width // 8)
        self._interpret(z3.And(condition.condition, z3.Not(permitted)), n)
        after = self.world.written(address, value)
        self.world.memory = z3.simplify(z3.If(condition.condition, after, self.world.memory))

    def leave_if(self, condition: Term, n: Any) -> None:
        self._interpret(condition.condition, n)

    def exit_if(self, condition: Term, pc: Any, n: Any) -> None:
        self.world.leave(condition.condition, self.world.snapshot(self.const(pc, 64), self.const(n, 64), False))

    def jump(self, target: Term, n: Any) -> None:
        self.world.leave(z3.BoolVal(True), self.world.snapshot(target, self.const(n, 64), False))

    def interpret(self, n: Any) -> None:
        self._interpret(z3.BoolVal(True), n)

    def _interpret(self, condition: Any, n: Any) -> None:
        if self._pcs is None:
            at = Term(z3.Function("pcs", z3.BitVecSort(64), z3.BitVecSort(64))(self.const(n, 64).t))
        else:
            at = Term.of(self._pcs[n], 64)
        self.world.leave(condition, self.world.snapshot(at, self.const(n, 64), True))


def block_world(block: Block) -> World:
    """All ways out of a block, from an unknown state."""
    world = World.unknown(len(block.state.slots))
    machine = BlockMachine(world, block.pcs)
    values: list[Any] = []
    for instruction in block.code:
        op = OPS[instruction[0]]
        operands = [values[number] for number in instruction[1 : 1 + op.arity]]
        values.append(op.evaluate(machine, *operands, *instruction[1 + op.arity :]))
    return world
