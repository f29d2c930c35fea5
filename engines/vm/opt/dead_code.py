"""Dead code elimination, from a block's last instruction to its first: results nobody uses, guest registers and flags
that are overwritten before anybody can see them."""

from __future__ import annotations

from typing import Final

from engines.vm.ir.block import Block
from engines.vm.ir.ops import ARITY, LEAVES, OPS, PURE, QUIET, Effect, Instruction
from engines.vm.opt.witness import Witness

WITNESSES: Final = (
    Witness(
        "unused-result",
        "%0 = get.i64 a\n%1 = get.i64 b\n%2 = add.i64 %0, %1\nput.i64 %0, c\njump 0x2000, @1, plain",
        "%0 = get.i64 a\nput.i64 %0, c\njump 0x2000, @1, plain",
    ),
    Witness(
        "an-unused-load-may-leave",
        "%0 = get.i64 a\n%1 = load.i64 %0, 0, @0\njump 0x2000, @1, plain",
        "%0 = get.i64 a\n%1 = load.i64 %0, 0, @0\njump 0x2000, @1, plain",
    ),
)

_RAISES: Final = tuple(bool(op.effects & Effect.RAISES_FLAGS) for op in OPS)
_PLAIN, _PUT, _GET, _LEAVE, _RAISE, _SETFLAGS, _GETFLAGS = range(7)
_KINDS: Final = {"get": _GET, "put": _PUT, "getflags": _GETFLAGS, "setflags": _SETFLAGS}
_KIND: Final = tuple(
    _LEAVE if LEAVES[op.code] else _RAISE if _RAISES[op.code] else _KINDS.get(op.operation, _PLAIN) for op in OPS
)
_REMOVABLE: Final = tuple(PURE[op.code] or op.operation in ("get", "getflags", "getmode") for op in OPS)
"""No effect but its result."""
_NOTHING: Final = (False,) * len(OPS)


class DeadCode:
    """The pass.

    Args:
        results: remove operations whose results nobody uses.
        puts: remove puts that are overwritten unseen.
        flags: make floating-point operations quiet whose flags are overwritten unseen.
    """

    def __init__(self, *, results: bool = True, puts: bool = True, flags: bool = True) -> None:
        self._results = results
        self._puts = puts
        self._flags = flags

    def run(self, block: Block) -> Block:
        """The block without dead code; the one given is left as it is."""
        return block.with_code(self.code(block.code))

    def code(self, code: list[Instruction]) -> list[Instruction]:
        """The instructions that are left, renumbered."""
        used = bytearray(len(code))
        kept: list[Instruction | None] = list(code)
        overwritten: set[int] = set()
        flags_dead = False
        remove_results, remove_puts, remove_flags = self._results, self._puts, self._flags
        kinds, arities, removable = _KIND, ARITY, _REMOVABLE if remove_results else _NOTHING
        first = number = len(code)
        for i in reversed(code):
            number -= 1
            opcode = i[0]
            kind = kinds[opcode]
            if not kind:
                if not used[number] and removable[opcode]:
                    kept[number] = None
                    first = number
                    continue
            elif kind == _PUT:
                slot = i[2]
                if slot in overwritten:
                    kept[number] = None
                    first = number
                    continue
                if remove_puts:
                    overwritten.add(slot)
            elif kind == _GET:
                if not used[number] and removable[opcode]:
                    kept[number] = None
                    first = number
                else:
                    overwritten.discard(i[1])
                continue
            elif kind == _LEAVE:
                if overwritten:
                    overwritten.clear()
                flags_dead = False
            elif kind == _RAISE:
                if flags_dead and not i[-1] & QUIET:
                    i = (*i[:-1], i[-1] | QUIET)
                    kept[number] = i
                if i[-1] & QUIET and not used[number] and remove_results:
                    kept[number] = None
                    first = number
                    continue
            elif kind == _SETFLAGS:
                if flags_dead:
                    kept[number] = None
                    first = number
                    continue
                flags_dead = remove_flags
            elif used[number] or not removable[opcode]:
                flags_dead = False
            else:
                kept[number] = None
                first = number
                continue
            arity = arities[opcode]
            if arity:
                used[i[1]] = 1
                if arity > 1:
                    used[i[2]] = 1
                    if arity > 2:
                        used[i[3]] = 1
        return _compact(kept, first)


def _compact(kept: list[Instruction | None], first: int) -> list[Instruction]:
    """The instructions that are left, with operands renumbered; all before `first` are."""
    out: list[Instruction] = kept[:first]  # type: ignore[assignment]  # none of these is None
    numbers = list(range(first))
    arities = ARITY
    for i in kept[first:]:
        numbers.append(len(out))
        if i is None:
            continue
        arity = arities[i[0]]
        if arity == 1:
            i = (i[0], numbers[i[1]], *i[2:])
        elif arity == 2:
            i = (i[0], numbers[i[1]], numbers[i[2]], *i[3:])
        elif arity == 3:
            i = (i[0], numbers[i[1]], numbers[i[2]], numbers[i[3]], *i[4:])
        out.append(i)
    return out
