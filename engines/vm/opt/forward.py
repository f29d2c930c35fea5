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

PURE, GET, PUT, LOAD, STORE, _FLOAT, _CHECK, EXIT, _LEAVE, _SETFLAGS, _SETMODE, _OTHER, _END = range(13)


def _kind(opcode: int) -> int:
    op = OPS[opcode]
    named = {"get": GET, "put": PUT, "load": LOAD, "store": STORE, "storeif": STORE, "checkmode": _CHECK}
    named |= {"exitif": EXIT, "leaveif": _LEAVE, "setflags": _SETFLAGS, "setmode": _SETMODE}
    if op.operation in named:
        return named[op.operation]
    if op.effects == Effect.NONE:
        return PURE
    if op.effects & Effect.ENDS:
        return _END
    return _FLOAT if op.effects & Effect.RAISES_FLAGS else _OTHER


_KIND: Final = tuple(_kind(opcode) for opcode in range(len(OPS)))


def kind_of(opcode: int) -> int:
    """How the walk treats an operation: `GET`, `PUT`, `PURE`, `LOAD`, `STORE`, `EXIT`, or what `Walk.other` knows."""
    return _KIND[opcode]


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
    return _KIND[opcode] == PURE and op.arity > 0 and op.operation != "fclass"


class Walk:
    """Where a walk has come to in a block: the instructions so far, and what is known there.

    `emit`, `load`, `store` and `other` take the next instruction, its operands numbered as those of `out`, and return
    the number of its value. What they know of guest registers is the caller's.
    """

    __slots__ = ("_floats", "_memory", "_mode_checked", "_passes", "_readable", "known", "out")

    def __init__(self, passes: Forward) -> None:
        self.out: list[Instruction] = []
        self.known: dict[Instruction, int] = {}
        self._passes = passes
        self._floats: dict[Instruction, int] = {}
        self._memory: dict[tuple[int, int, int], tuple[int, int]] = {}
        self._readable: set[tuple[int, int, int]] = set()
        self._mode_checked = False

    def emit(self, i: Instruction) -> int:
        """An instruction without effects, or one that nothing is known of: simplify it, and append it if it is new."""
        known = self.known
        found = known.get(i)
        if found is not None:
            return found
        passes, out = self._passes, self.out
        rewrite = passes.rewrites[i[0]]
        if rewrite is not None:
            found = rewrite(out, self.emit, i)
            if found >= 0:
                return found
        number = len(out)
        if passes.merge and _KIND[i[0]] == PURE:
            known[i] = number
        out.append(i)
        return number

    def load(self, i: Instruction) -> int:
        """A load: one that gives what is known already is left out."""
        passes, out, opcode = self._passes, self.out, i[0]
        rewrite = passes.rewrites[opcode]
        if rewrite is not None and rewrite(out, self.emit, i) >= 0:
            i = out.pop()
        if passes.loads:
            key = (opcode, i[1], i[2])
            held = self._memory.get(key)
            if held is not None:
                return held[0]
            self._memory[key] = (len(out), _BYTES[opcode])
            self._readable.add((i[1], i[2], _BYTES[opcode]))
        out.append(i)
        return len(out) - 1

    def store(self, i: Instruction) -> int:
        passes, out = self._passes, self.out
        rewrite = passes.rewrites[i[0]]
        if rewrite is None or rewrite(out, self.emit, i) < 0:
            out.append(i)
        if passes.loads:
            passes._note_store(out[-1], self._memory, self._readable)
        return -1

    def other(self, kind: int, i: Instruction) -> int:
        """What raises flags, looks at modes, sets either, leaves the block or ends it."""
        passes, out = self._passes, self.out
        before = len(out)
        if kind == _FLOAT:
            if passes.floats:
                found = self._floats.get(i)
                if found is not None:
                    return found
                self._floats[i] = before
            out.append(i)
            return before
        if kind == _CHECK:
            if not (passes.floats and self._mode_checked):
                out.append(i)
            self._mode_checked = True
            return -1
        if kind in (EXIT, _LEAVE) and passes.leaving and out[i[1]] == (_CONST_I1, 0):
            return -1
        if kind == _SETMODE:
            self._mode_checked = False
            self._floats.clear()
        elif kind == _SETFLAGS:
            self._floats.clear()
        self.emit(i)
        return before


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
        self.rewrites: list[Rewrite | None] = [
            (self._when_needed if late else self._compiled)(opcode, by_opcode.get(opcode, ()), fold and _folds(opcode))
            if opcode in by_opcode or (fold and _folds(opcode))
            else None
            for opcode in range(len(OPS))
        ]
        self.merge = merge
        self.registers = registers
        self.loads = loads
        self.floats = floats
        self.leaving = leaving

    def _compiled(self, opcode: int, rules: Iterable[Rule], folds: bool) -> Rewrite:
        return compile_rules(opcode, rules, _fold(opcode) if folds else None)

    def _when_needed(self, opcode: int, rules: Iterable[Rule], folds: bool) -> Rewrite:
        def first(out: list[Any], emit: Any, i: Any) -> int:
            rewrite = self.rewrites[opcode] = self._compiled(opcode, rules, folds)
            return rewrite(out, emit, i)

        return first

    def run(self, block: Block) -> Block:
        """The block after the walk; the one given is left as it is."""
        return block.with_code(self.code(block.code))

    def code(self, code: list[Instruction]) -> list[Instruction]:
        """The instructions after the walk."""
        walk = Walk(self)
        out, emit = walk.out, walk.emit
        registers: dict[int, int] = {}
        kinds, arities, know_registers = _KIND, ARITY, self.registers
        numbers: list[int] = []
        number_of = numbers.append
        for i in code:
            opcode = i[0]
            kind = kinds[opcode]
            if kind == GET:
                slot = i[1]
                value = registers.get(slot, -1)
                if value < 0:
                    value = len(out)
                    out.append(i)
                    if know_registers:
                        registers[slot] = value
                number_of(value)
                continue
            if kind == PUT:
                value, slot = numbers[i[1]], i[2]
                number_of(-1)
                if know_registers:
                    if registers.get(slot) == value:
                        continue
                    registers[slot] = value
                out.append((opcode, value, slot))
                continue
            arity = arities[opcode]
            if arity:
                i = (opcode, *[numbers[value] for value in i[1 : 1 + arity]], *i[1 + arity :])
            if kind == PURE:
                number_of(emit(i))
            elif kind == LOAD:
                number_of(walk.load(i))
            elif kind == STORE:
                number_of(walk.store(i))
            else:
                number_of(walk.other(kind, i))
                if kind == EXIT and out and OPS[out[-1][0]].effects & Effect.ENDS:
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
