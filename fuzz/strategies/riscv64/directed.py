"""Directed programs: each starts with an instruction whose operands have classes of their own choosing.

A *cell* is an instruction and an operand class for each of its first two register sources. Random programs meet most
cells seldom and some hardly ever (`div` of INT_MIN by -1 comes once in ten thousand programs). Here every instruction
has its turn before any comes again, as often as the others however rare it is otherwise, and takes its next cell, the
least likely ones first. So do gadgets whose operands are decided by where they point: accesses at edges, misaligned
atomics, reserved modes. Values of a cell are drawn anew each time, and after the first instruction the program is an
ordinary short one that spreads the result.

Program k of a seed depends on (seed, k) alone, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engines.vm.isa.describe import Instruction, OperandKind
from fuzz.coverage.operand_classes import FloatClass, IntegerClass, double_classes, integer_classes, single_classes
from fuzz.coverage.riscv64 import reads_single
from fuzz.strategies.riscv64 import operands
from fuzz.strategies.riscv64.choices import Choices
from fuzz.strategies.riscv64.counter_random import case_keys, words
from fuzz.strategies.riscv64.gadgets import Kind
from fuzz.strategies.riscv64.instructions import ALL, POOLS
from fuzz.strategies.riscv64.registers import ROLE, VARIANTS

_WITH_CELLS: Final = (Kind.OP, Kind.BRANCH)
_WITHOUT_CELLS: Final = (
    *(Kind.COMPRESSED, Kind.MEMORY, Kind.MEMORY_COMPRESSED, Kind.MEMORY_INDEXED, Kind.MEMORY_CROSSING, Kind.AMO),
    *(Kind.RESERVE, Kind.CSR, Kind.BRANCH_COMPRESSED, Kind.ROUNDING_RESERVED, Kind.STRADDLE, Kind.AMO_MISALIGNED),
    *(Kind.EDGE, Kind.NOISE, Kind.MEMORY_OVERWRITE, Kind.AMO_WILD, Kind.STACK_WILD),
)
_SITE: Final = 8
_VALUES_PER_CLASS: Final = 64
_ORDER_SEED: Final = 0x00D1_4EC7_0000
_FORMATS: Final = ("integer", "single", "double")


def _free_registers() -> NDArray[np.uint8]:
    """(VARIANTS, 4): integer registers without a role, for two sources, a third, and the destination."""
    rows = []
    for variant in range(VARIANTS):
        taken = {0, *ROLE[:, variant].tolist()}
        rows.append([register for register in range(31, 0, -1) if register not in taken][:4])
    return np.array(rows, np.uint8)


FREE: Final = _free_registers()
_FLOAT_REGISTERS: Final = np.array([10, 11, 12, 13], np.uint8)


def _format(instruction: Instruction, name: str) -> int | None:
    """How the instruction reads source `name`: an index into `_FORMATS`, None where it does not."""
    operand = next((o for o in instruction.reads if o.name == name and o.field is not None), None)
    if operand is None:
        return None
    if operand.kind is OperandKind.X:
        return 0
    return 1 if reads_single(instruction) else 2


@cache
def _values() -> tuple[NDArray[np.uint64], ...]:
    """Per format a (classes, `_VALUES_PER_CLASS`) table of values of each class."""
    random = words(case_keys(0x0C1A55, 0, 1 << 12), 0, 16).ravel()
    mask = (np.uint64(1) << (random & np.uint64(63))) - np.uint64(1)
    wide = np.concatenate([np.array(operands.INTEGERS, np.uint64), random & mask, ~(random & mask), random])
    singles = np.concatenate(
        [np.array((*operands.SINGLES, *operands.UNBOXED), np.uint64), wide | np.uint64(operands.BOX), wide]
    )
    doubles = np.concatenate(
        [np.array(operands.DOUBLES, np.uint64), wide, operands.floats(random, random[::-1].copy())]
    )
    tables = []
    for values, classify, count in (
        (wide, integer_classes, len(IntegerClass)),
        (singles, single_classes, len(FloatClass)),
        (doubles, double_classes, len(FloatClass)),
    ):
        classes = classify(values)
        table = np.zeros((count, _VALUES_PER_CLASS), np.uint64)
        for number in range(count):
            members = np.unique(values[classes == number])
            # Values of the boundary pools come first and are few; of many, evenly spaced ones are kept.
            if len(members):
                table[number] = members[np.linspace(0, len(members) - 1, _VALUES_PER_CLASS).astype(np.intp)]
        tables.append(table)
    return tuple(tables)


@dataclass(frozen=True)
class Units:
    """Instructions and gadgets that have their turn, as columns.

    Attributes:
        kind, choice: the gadget, and the instruction within its pool.
        formats: (U, 2) index into `_FORMATS` of each source, -1 without one.
        classes: (U, C, 2) operand classes of each cell, the least likely ones first; rows from `count` on are unused.
        count: (U,) cells; 0 where operands are left to chance.
    """

    kind: NDArray[np.uint8]
    choice: NDArray[np.uint8]
    formats: NDArray[np.int8]
    classes: NDArray[np.int8]
    count: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.kind)


def _likelihood() -> list[NDArray[np.float64]]:
    """How often each class occurs among the registers that ordinary programs start with, per format."""
    random = words(case_keys(0x11CE, 0, 1 << 10), 0, 64)
    x = operands.integers(random[:, :32], random[:, 32:]).ravel()
    f = operands.floats(random[:, :32], random[:, 32:]).ravel()
    sizes = (len(IntegerClass), len(FloatClass), len(FloatClass))
    classified = (integer_classes(x), single_classes(f), double_classes(f))
    return [np.bincount(one, minlength=size) / len(one) for one, size in zip(classified, sizes, strict=True)]


def _cells(formats: tuple[int, int], likelihood: list[NDArray[np.float64]]) -> list[tuple[int, int]]:
    """The operand classes of an instruction's sources, rare combinations first."""

    def classes(form: int) -> list[tuple[int, float]]:
        if form < 0:
            return [(-1, 1.0)]
        known = enumerate(likelihood[form].tolist())
        return [(number, chance) for number, chance in known if form != 2 or number != FloatClass.UNBOXED]

    pairs = [(p * q, a, b) for a, p in classes(formats[0]) for b, q in classes(formats[1])]
    return [(a, b) for _, a, b in sorted(pairs)]


@cache
def units() -> Units:
    """Every instruction that computes or branches, with its cells, and every instruction of the other gadgets."""
    likelihood = _likelihood()
    rows: list[tuple[int, int, tuple[int, int], list[tuple[int, int]]]] = []
    for kind in (*_WITH_CELLS, *_WITHOUT_CELLS):
        for choice, number in enumerate(POOLS[kind].tolist()):
            found = [_format(ALL[number], name) for name in ("rs1", "rs2")]
            first, second = (-1 if one is None else one for one in found)
            cells = _cells((first, second), likelihood) if kind in _WITH_CELLS else []
            rows.append((kind, choice, (first, second) if cells else (-1, -1), cells))
    most = max(len(row[3]) for row in rows)
    classes = np.full((len(rows), most, 2), -1, np.int8)
    for unit, row in enumerate(rows):
        if row[3]:
            classes[unit, : len(row[3])] = row[3]
    return Units(
        np.array([row[0] for row in rows], np.uint8),
        np.array([row[1] for row in rows], np.uint8),
        np.array([row[2] for row in rows], np.int8),
        classes,
        np.array([len(row[3]) for row in rows], np.intp),
    )


@lru_cache(maxsize=64)
def _order(seed: int, turn: int) -> NDArray[np.intp]:
    """The order of the units in turn number `turn`."""
    keys = case_keys(seed + _ORDER_SEED, turn * len(units()), len(units()))
    return np.argsort(keys, kind="stable")


def _turns(seed: int, first_index: int, count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The unit of each program, and how many turns it had before."""
    turns, within = np.divmod(np.arange(first_index, first_index + count), len(units()))
    unit = np.empty(count, np.intp)
    for turn in np.unique(turns).tolist():
        rows = turns == turn
        unit[rows] = _order(seed, turn)[within[rows]]
    return unit, turns


def direct(choices: Choices, seed: int, first_index: int) -> Choices:
    """`choices` with the first slot and its operands replaced by those of each program's cell, in place."""
    known = units()
    unit, turn = _turns(seed, first_index, len(choices))
    random = words(case_keys(seed + _ORDER_SEED, first_index, len(choices)), _SITE, 2)[:, 0]
    registers = FREE[choices.state["variant"]]
    slots: dict[str, NDArray[Any]] = choices.slots
    slots["kind"][:, 0] = known.kind[unit]
    slots["insn"][:, 0] = known.choice[unit]
    celled = np.flatnonzero(known.count[unit])
    slots["rd"][celled, 0] = registers[celled, 3]
    slots["rm"][celled, 0] = (random[celled] >> np.uint64(48)) % np.uint64(5)
    slots["rs3"][celled, 0] = _FLOAT_REGISTERS[2]
    cell = turn[celled] % known.count[unit[celled]]
    for source, name in enumerate(("rs1", "rs2")):
        formats = known.formats[unit[celled], source]
        classes = known.classes[unit[celled], cell, source]
        pick = (random[celled] >> np.uint64(8 * source)) % np.uint64(_VALUES_PER_CLASS)
        slots[name][celled, 0] = np.where(formats > 0, _FLOAT_REGISTERS[source], registers[celled, source])
        for number in range(len(_FORMATS)):
            chosen = formats == number
            rows = celled[chosen]
            values = _values()[number][classes[chosen], pick[chosen].astype(np.intp)]
            if number:
                choices.state["f"][rows, _FLOAT_REGISTERS[source]] = values
            else:
                choices.state["x"][rows, registers[rows, source]] = values
    return choices


__all__ = ["FREE", "Units", "direct", "units"]
