"""A guest of which nothing is known: registers, flags, memory and page permissions as SMT terms, and how it is left.

Floating-point operations are uninterpreted functions of operands and mode, one for the value and one for the flags: two
programs agree if they ask the same questions. What an operation computes is settled elsewhere (softfloat).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import z3

from engines.vm.smt.terms import Term

_BYTE: Final = z3.BitVecSort(8)
_ADDRESS: Final = z3.BitVecSort(64)


class Snapshot(NamedTuple):
    """The guest where it is left.

    Attributes:
        pc, retired: 64 bits; retired counts from the start of the block.
        interpret: whether the interpreter must go on.
    """

    pc: Any
    retired: Any
    interpret: bool
    slots: tuple[Any, ...]
    flags: Any
    mode: Any
    memory: Any


class Leaving(NamedTuple):
    """One way out: under which condition, and with what."""

    condition: Any
    snapshot: Snapshot


@dataclass
class World:
    """The guest's state while a program is evaluated.

    Attributes:
        alive: formula: the program has not been left yet.
        exits: ways out so far; their conditions exclude each other.
    """

    slots: list[Term]
    flags: Term
    mode: Term
    memory: Any
    alive: Any
    exits: list[Leaving]

    @classmethod
    def unknown(cls, slots: int) -> World:
        """The same unknown state at every call."""
        return cls(
            [Term(z3.BitVec(f"slot{i}", 64)) for i in range(slots)],
            Term(z3.BitVec("flags", 5)),
            Term(z3.BitVec("mode", 3)),
            z3.Array("memory", _ADDRESS, _BYTE),
            z3.BoolVal(True),
            [],
        )

    def snapshot(self, pc: Term, n: Term, interpret: bool) -> Snapshot:
        slots = tuple(slot.t for slot in self.slots)
        return Snapshot(pc.t, n.t, interpret, slots, self.flags.t, self.mode.t, self.memory)

    def leave(self, condition: Any, snapshot: Snapshot) -> None:
        """Leave where `condition` holds, if the program is still running."""
        taken = z3.simplify(z3.And(self.alive, condition))
        if not z3.is_false(taken):
            self.exits.append(Leaving(taken, snapshot))
            self.alive = z3.simplify(z3.And(self.alive, z3.Not(condition)))

    # -- memory ---------------------------------------------------------------------------------------------------

    @staticmethod
    def permits(kind: str, address: Term, size_bytes: int) -> Any:
        """Whether an access of `kind` (`readable`, `writable`) of so many bytes is permitted: a formula."""
        return z3.Function(f"{kind}{size_bytes}", _ADDRESS, z3.BoolSort())(address.t)

    def read(self, address: Term, size_bytes: int) -> Term:
        """Little-endian, permitted or not."""
        found = [z3.Select(self.memory, address.t + i) for i in range(size_bytes)]
        return Term(found[0] if size_bytes == 1 else z3.Concat(*reversed(found)))

    def written(self, address: Term, value: Term) -> Any:
        """The memory after a little-endian store."""
        memory = self.memory
        for i in range(value.width // 8):
            memory = z3.Store(memory, address.t + i, z3.Extract(8 * i + 7, 8 * i, value.t))
        return memory


class FloatTerms:
    """`FloatUnit` of uninterpreted functions.

    Args:
        world: whose flags are raised; None for a unit that raises none.
    """

    def __init__(self, world: World | None) -> None:
        self._world = world

    def _apply(self, name: str, width: int, *arguments: Any) -> Term:
        terms = [Term.of(a, 3).t if isinstance(a, int) else a.t for a in arguments]
        sorts = [term.sort() for term in terms]
        if self._world is not None:
            raised = Term(z3.Function(f"{name} flags", *sorts, z3.BitVecSort(5))(*terms))
            self._world.flags = self._world.flags | raised
        return Term(z3.Function(name, *sorts, z3.BitVecSort(width))(*terms))

    def add(self, fmt: int, a: Term, b: Term, rm: Any) -> Term:
        return self._apply(f"add{fmt}", fmt, a, b, rm)

    def sub(self, fmt: int, a: Term, b: Term, rm: Any) -> Term:
        return self._apply(f"sub{fmt}", fmt, a, b, rm)

    def mul(self, fmt: int, a: Term, b: Term, rm: Any) -> Term:
        return self._apply(f"mul{fmt}", fmt, a, b, rm)

    def div(self, fmt: int, a: Term, b: Term, rm: Any) -> Term:
        return self._apply(f"div{fmt}", fmt, a, b, rm)

    def sqrt(self, fmt: int, a: Term, rm: Any) -> Term:
        return self._apply(f"sqrt{fmt}", fmt, a, rm)

    def fma(self, fmt: int, a: Term, b: Term, c: Term, rm: Any, *, negate_product: bool, negate_addend: bool) -> Term:
        return self._apply(f"fma{fmt} {negate_product} {negate_addend}", fmt, a, b, c, rm)

    def minimum(self, fmt: int, a: Term, b: Term) -> Term:
        return self._apply(f"minimum{fmt}", fmt, a, b)

    def maximum(self, fmt: int, a: Term, b: Term) -> Term:
        return self._apply(f"maximum{fmt}", fmt, a, b)

    def eq(self, fmt: int, a: Term, b: Term) -> Term:
        return self._apply(f"eq{fmt}", 1, a, b)

    def lt(self, fmt: int, a: Term, b: Term) -> Term:
        return self._apply(f"lt{fmt}", 1, a, b)

    def le(self, fmt: int, a: Term, b: Term) -> Term:
        return self._apply(f"le{fmt}", 1, a, b)

    def classify(self, fmt: int, a: Term) -> Term:
        """Raises no flags."""
        return FloatTerms(None)._apply(f"classify{fmt}", 64, a)

    def to_int(self, fmt: int, a: Term, width: int, signed: bool, rm: Any) -> Term:
        return self._apply(f"to_int{fmt} {width} {signed}", width, a, rm)

    def from_int(self, fmt: int, a: Term, signed: bool, rm: Any) -> Term:
        return self._apply(f"from_int{a.width} {signed} {fmt}", fmt, a, rm)

    def convert(self, source_fmt: int, target_fmt: int, a: Term, rm: Any) -> Term:
        """Widening rounds nothing, so that its mode does not matter."""
        if source_fmt < target_fmt:
            return self._apply(f"convert{source_fmt} {target_fmt}", target_fmt, a)
        return self._apply(f"convert{source_fmt} {target_fmt}", target_fmt, a, rm)
