"""What stands in a block's code, found out by one look at each operation, for all that asks it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engines.vm.ir.block import Block
from engines.vm.ir.ops import ARITY, OPCODE, OPS

if TYPE_CHECKING:
    from engines.vm.hosts.near_bases import Summary

UNUSED: Final = -1
SHARED: Final = -2
CONSTANTS: Final = frozenset(OPCODE[f"const.{t}"] for t in ("i1", "i32", "i64", "f32", "f64"))
COMPARISONS: Final = frozenset(
    OPCODE[f"{name}.{t}"] for name in ("eq", "ne", "ult", "ule", "slt", "sle") for t in ("i32", "i64")
)
GETS: Final = frozenset((OPCODE["get.i64"], OPCODE["get.f64"]))
PUTS: Final = frozenset((OPCODE["put.i64"], OPCODE["put.f64"]))
ACCESSES: Final = frozenset(op.code for op in OPS if op.operation in ("load", "store"))
_CONSTANT, _MOVE, _ACCESS, _COMPARISON = range(1, 5)
_KINDS: Final = {_CONSTANT: CONSTANTS, _MOVE: GETS | PUTS, _ACCESS: ACCESSES, _COMPARISON: COMPARISONS}
_KIND: Final = tuple(next((kind for kind, codes in _KINDS.items() if op.code in codes), 0) for op in OPS)


class Contents:
    """What a block consists of.

    Attributes:
        users: by value: the number of the only operation that uses it, once; or `UNUSED` or `SHARED`.
        constants: bits by value.
        moves: numbers of all `get`s and `put`s, in order. accesses: of loads and stores that are always made.
            comparisons: of those of integers.
        nearness: what `near_bases` found out about the block, once it was asked.
    """

    __slots__ = ("accesses", "block", "comparisons", "constants", "moves", "nearness", "users")

    def __init__(self, block: Block) -> None:
        self.block = block
        self.constants: dict[int, int] = {}
        self.moves: list[int] = []
        self.accesses: list[int] = []
        self.comparisons: list[int] = []
        self.nearness: Summary | None = None
        users = self.users = [UNUSED] * len(block.code)
        kinds, arities = _KIND, ARITY
        for number, i in enumerate(block.code):
            opcode = i[0]
            arity = arities[opcode]
            if arity:
                value = i[1]
                users[value] = number if users[value] == -1 else SHARED
                if arity > 1:
                    value = i[2]
                    users[value] = number if users[value] == -1 else SHARED
                    if arity > 2:
                        value = i[3]
                        users[value] = number if users[value] == -1 else SHARED
            kind = kinds[opcode]
            if kind:
                if kind == _MOVE:
                    self.moves.append(number)
                elif kind == _CONSTANT:
                    self.constants[number] = i[1]
                elif kind == _ACCESS:
                    self.accesses.append(number)
                else:
                    self.comparisons.append(number)


__all__ = ["ACCESSES", "COMPARISONS", "CONSTANTS", "GETS", "PUTS", "SHARED", "UNUSED", "Contents"]
