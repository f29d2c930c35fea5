"""The walk from a block's first instruction to its last that all forward passes share.

Each instruction is looked at once: operands are replaced by what they were found to equal, rewrite rules are tried,
what is known of guest registers, memory and modes is used and brought up to date. One walk instead of one per pass is
what the cost of compiling allows; a pass alone is the same walk with the others' rules left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from engines.vm.bits import Bits
from engines.vm.ir.block import Block
from engines.vm.ir.ops import ARITY, OPCODE, OPS, Effect, Instruction
from engines.vm.opt.rewriting import Rewrite, Rule, compile_rules

_PURE, _GET, _PUT, _LOAD, _STORE, _FLOAT, _CHECK, _EXIT, _LEAVE, _SETFLAGS, _SETMODE, _OTHER, _END = range(13)


def _kind(opcode: int) -> int:
    op = OPS[opcode]
    named = {"get": _GET, "put": _PUT, "load": _LOAD, "store": _STORE, "storeif": _STORE, "checkmode": _CHECK}
    named |= {"exitif": _EXIT, "leaveif": _LEAVE, "setflags": _SETFLAGS, "setmode": _SETMODE}
    if op.operation in named:
        return named[op.operation]
    if op.effects == Effect.NONE:
        return _PURE
    if op.effects & Effect.ENDS:
        return _END
    return _FLOAT if op.effects & Effect.RAISES_FLAGS else _OTHER


_KIND: Final = tuple(_kind(opcode) for opcode in range(len(OPS)))
_CONST_I1: Final = OPCODE["const.i1"]
_FORWARDED: Final = {OPCODE[f"store.{s}"]: OPCODE[f"load.{s}"] for s in ("i32", "i64", "f32", "f64")}
"""Loads that give exactly what the store took."""
_BYTES: Final = tuple(op.memory_bytes for op in OPS)
_STOREIF: Final = frozenset(op.code for op in OPS if op.operation == "storeif")


class _Constants:
    """What evaluators of operations without effects need."""

    def const(self, value: int, width: int) -> Bits:
        return Bits(value, width)

    def float_unit(self, mode: int) -> Any:
        raise AssertionError("operations of the floating-point unit are not computed at compile time")


def _fold(opcode: int) -> Any:
    """The operation over constants, as integers."""
    op = OPS[opcode]
    widths = [type.width for type in op.operands]
    machine = _Constants()

    def compute(*values: int) -> int:
        operands = (Bits(value, width) for value, width in zip(values, widths, strict=True))
        return int(op.evaluate(machine, *operands).value)

    return compute


def _folds(opcode: int) -> bool:
    op = OPS[opcode]
    return _KIND[opcode] == _PURE and op.arity > 0 and op.operation != "fclass"


class Forward:
    """A forward walk with some of the passes.

    Args:
        rules: rewrite rules.
        fold: compute operations on constants.
        merge: one instruction for equal ones.
        registers: know guest registers.
        loads: know memory.
        floats: know which flags were raised and modes checked.
        leaving: drop exits that are never taken.
        late: compile the rules of an opcode when it first occurs, for most of them never do.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        *,
        fold: bool = False,
        merge: bool = False,
        registers: bool = False,
        loads: bool = False,
        floats: bool = False,
        leaving: bool = False,
        late: bool = False,
    ) -> None:
        by_opcode: dict[int, list[Rule]] = {}
        for rule in rules:
            by_opcode.setdefault(rule.opcode, []).append(rule)
        self._rewrites: list[Rewrite | None] = [
            (self._when_needed if late else self._compiled)(opcode, by_opcode.get(opcode, ()), fold and _folds(opcode))
            if opcode in by_opcode or (fold and _folds(opcode))
            else None
            for opcode in range(len(OPS))
        ]
        self._merge = merge
        self._registers = registers
        self._loads = loads
        self._floats = floats
        self._leaving = leaving

    def _compiled(self, opcode: int, rules: Iterable[Rule], folds: bool) -> Rewrite:
        return compile_rules(opcode, rules, _fold(opcode) if folds else None)

    def _when_needed(self, opcode: int, rules: Iterable[Rule], folds: bool) -> Rewrite:
        def first(out: list[Any], emit: Any, i: Any) -> int:
            rewrite = self._rewrites[opcode] = self._compiled(opcode, rules, folds)
            return rewrite(out, emit, i)

        return first

    def run(self, block: Block) -> Block:
        """The block after the walk; the one given is left as it is."""
        return block.with_code(self.code(block.code))

    def code(self, code: list[Instruction]) -> list[Instruction]:
        """The instructions after the walk: one dispatch, kept flat because it is what compiling costs."""
        out: list[Instruction] = []
        known: dict[Instruction, int] = {}
        floats: dict[Instruction, int] = {}
        registers: dict[int, int] = {}
        memory: dict[tuple[int, int, int], tuple[int, int]] = {}
        readable: set[tuple[int, int, int]] = set()
        mode_checked = False
        rewrites, merge, kinds, arities = self._rewrites, self._merge, _KIND, ARITY
        know_registers, know_loads, know_floats = self._registers, self._loads, self._floats
        numbers: list[int] = []
        number_of = numbers.append

        def emit(i: Instruction) -> int:
            found = known.get(i)
            if found is not None:
                return found
            rewrite = rewrites[i[0]]
            if rewrite is not None:
                found = rewrite(out, emit, i)
                if found >= 0:
                    return found
            number = len(out)
            if merge and kinds[i[0]] == _PURE:
                known[i] = number
            out.append(i)
            return number

        for i in code:
            opcode = i[0]
            kind = kinds[opcode]
            if kind == _GET:
                slot = i[1]
                value = registers.get(slot, -1)
                if value < 0:
                    value = len(out)
                    out.append(i)
                    if know_registers:
                        registers[slot] = value
                number_of(value)
                continue
            if kind == _PUT:
                value, slot = numbers[i[1]], i[2]
                if know_registers:
                    if registers.get(slot) == value:
                        number_of(-1)
                        continue
                    registers[slot] = value
                out.append((opcode, value, slot))
                number_of(-1)
                continue
            arity = arities[opcode]
            if arity == 1:
                i = (opcode, numbers[i[1]], *i[2:])
            elif arity == 2:
                if kind == _PURE:  # none of these has an immediate
                    i = (opcode, numbers[i[1]], numbers[i[2]])
                else:
                    i = (opcode, numbers[i[1]], numbers[i[2]], *i[3:])
            elif arity == 3:
                i = (opcode, numbers[i[1]], numbers[i[2]], numbers[i[3]], *i[4:])
            if kind == _PURE:
                number_of(emit(i))
                continue
            before = len(out)
            if kind == _LOAD:
                rewrite = rewrites[opcode]
                value = -1 if rewrite is None else rewrite(out, emit, i)
                if value >= 0:
                    i = out.pop()
                if know_loads:
                    key = (opcode, i[1], i[2])
                    held = memory.get(key)
                    if held is not None:
                        number_of(held[0])
                        continue
                    memory[key] = (len(out), _BYTES[opcode])
                    readable.add((i[1], i[2], _BYTES[opcode]))
                number_of(len(out))
                out.append(i)
                continue
            if kind == _STORE:
                rewrite = rewrites[opcode]
                if rewrite is None or rewrite(out, emit, i) < 0:
                    out.append(i)
                number_of(-1)
                if know_loads:
                    self._note_store(out[-1], memory, readable)
                continue
            if kind == _FLOAT:
                if know_floats:
                    found = floats.get(i)
                    if found is not None:
                        number_of(found)
                        continue
                    floats[i] = before
                number_of(before)
                out.append(i)
                continue
            if kind == _CHECK:
                number_of(-1)
                if not (know_floats and mode_checked):
                    out.append(i)
                mode_checked = True
                continue
            if kind in (_EXIT, _LEAVE) and self._leaving and out[i[1]] == (_CONST_I1, 0):
                number_of(-1)
                continue
            if kind == _SETMODE:
                mode_checked = False
                floats.clear()
            elif kind == _SETFLAGS:
                floats.clear()
            number_of(before)
            emit(i)
            if kind == _EXIT and OPS[out[-1][0]].effects & Effect.ENDS:
                break
        return out

    @staticmethod
    def _note_store(
        i: Instruction, memory: dict[tuple[int, int, int], tuple[int, int]], readable: set[tuple[int, int, int]]
    ) -> None:
        """Forget what a store may have changed, and remember what it wrote."""
        opcode = i[0]
        size = _BYTES[opcode]
        conditional = opcode in _STOREIF
        base, offset = (i[2], i[4]) if conditional else (i[1], i[3])
        if memory:
            for key in list(memory):
                _, other, at = key
                if other != base or (at < offset + size and offset < at + memory[key][1]):
                    del memory[key]
        load = _FORWARDED.get(opcode)
        if load is not None and (base, offset, size) in readable:
            memory[load, base, offset] = (i[2], size)
