"""Coverage of RV64 batches: instruction × operand class, rounding modes, hazards.

Measured on the machine cases and not on the generator's choices, so it also holds for seeds, mutants and reduced cases.
The code of a case is read from its entry on, instruction after instruction. An operand's class is known where its
register still holds the initial value, that is where no earlier instruction in address order writes it; other operands
are counted as computed. So the figures are lower bounds of what a run meets, provided that the instruction is reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engines.vm.isa.derive.effects import Control
from engines.vm.isa.describe import Instruction, Operand, OperandKind
from fuzz.coverage.operand_classes import FloatClass, IntegerClass, double_classes, integer_classes, single_classes
from fuzz.strategies.riscv64.decoding import UNKNOWN, decode
from fuzz.strategies.riscv64.instructions import ALL
from harness.contract.case import MachineBatch

CLASSES: Final = 16
COMPUTED: Final = 15
"""Column of operands whose value is not the initial one."""
SOURCES: Final = ("rs1", "rs2", "rs3")


class Format(IntEnum):
    """How an instruction reads a source register."""

    NONE = 0
    INTEGER = 1
    SINGLE = 2
    DOUBLE = 3


class Hazard(IntEnum):
    """Relations between an instruction's registers, and with the instruction before it."""

    RD_IS_X0 = 0
    RD_IS_RS1 = 1
    RD_IS_RS2 = 2
    RS1_IS_RS2 = 3
    READS_PREVIOUS = 4
    """A source is the destination of the instruction before it."""
    OVERWRITES_PREVIOUS = 5
    """The destination is that of the instruction before it."""


def reads_single(i: Instruction) -> bool:
    """Whether an instruction with floating-point sources reads them as singles."""
    base = i.expands_to or i.name
    return base == "fsw" or base.rpartition("_")[2] in ("s", "w")


def _address(i: Instruction, operand: Operand) -> bool:
    """Whether the operand is an address: generators decide its value, and wild values end the program."""
    e = i.effects
    return operand.name == "rs1" and bool(e.load_bytes or e.store_bytes or e.control is Control.INDIRECT)


@dataclass(frozen=True)
class _Place:
    """Where an instruction names a register: field, or constant."""

    shift: int = 0
    mask: int = 0
    base: int = 0
    format: Format = Format.NONE
    counted: bool = False


def _place(i: Instruction, operand: Operand | None) -> _Place:
    if operand is None:
        return _Place()
    single = Format.SINGLE if reads_single(i) else Format.DOUBLE
    form = Format.INTEGER if operand.kind is OperandKind.X else single
    if operand.field is None:
        return _Place(0, 0, operand.constant, form)
    (piece,) = operand.field.pieces
    counted = not _address(i, operand)
    return _Place(piece.word_low, (1 << piece.width) - 1, operand.field.base, form, counted)


def _named(operands: tuple[Operand, ...], name: str) -> Operand | None:
    return next((o for o in operands if o.name == name), None)


_SOURCE_PLACES: Final = [[_place(i, _named(i.reads, name)) for i in ALL] for name in SOURCES]
_DESTINATION_PLACES: Final = [_place(i, _named(i.writes, "rd")) for i in ALL]


class _Columns:
    """The places of one operand for all instructions, as arrays; entry `UNKNOWN` is empty."""

    def __init__(self, places: list[_Place]) -> None:
        padded = places + [_Place()] * (256 - len(places))
        first = {Format.NONE: 64, Format.INTEGER: 0, Format.SINGLE: 32, Format.DOUBLE: 32}
        self.shift = np.array([p.shift for p in padded], np.uint32)
        self.mask = np.array([p.mask for p in padded], np.uint32)
        self.base = np.array([p.base + first[p.format] for p in padded], np.uint32)
        self.format = np.array([p.format for p in padded], np.intp)

    def registers(self, words: NDArray[np.uint32], number: NDArray[np.intp]) -> NDArray[np.intp]:
        """Register numbers, FP registers from 32 on, 64 where there is none; x0 stays 0."""
        value = words >> self.shift.take(number)
        value &= self.mask.take(number)
        value += self.base.take(number)
        return value.astype(np.intp)


_SOURCES: Final = [_Columns(places) for places in _SOURCE_PLACES]
_DESTINATION: Final = _Columns(_DESTINATION_PLACES)
_ROUNDS: Final = np.array(
    [i.length == 4 and any(f.name == "rm" for f in i.fields) for i in ALL] + [False] * (256 - len(ALL))
)
_LEGAL_ROUNDING: Final = (0, 1, 2, 3, 4, 7)

_CLASS_NAMES: Final = {
    Format.NONE: (),
    Format.INTEGER: tuple(IntegerClass),
    Format.SINGLE: tuple(FloatClass),
    Format.DOUBLE: tuple(c for c in FloatClass if c is not FloatClass.UNBOXED),
}


def _countable() -> NDArray[np.bool_]:
    """(instructions, sources, CLASSES): the cells that a generator can fill."""
    cells = np.zeros((len(ALL), len(SOURCES), CLASSES), np.bool_)
    for source, places in enumerate(_SOURCE_PLACES):
        for number, place in enumerate(places):
            if place.counted:
                cells[number, source, list(_CLASS_NAMES[place.format])] = True
    return cells


COUNTABLE: Final = _countable()


def _possible_hazards() -> NDArray[np.bool_]:
    """(instructions, hazards): the relations that encodings of each instruction can have, its fields tried at random.

    Those with the instruction before it need an integer or floating-point source, or destination, other than x0."""
    random = np.random.Generator(np.random.PCG64(1))
    cells = np.zeros((len(ALL), len(Hazard)), np.bool_)
    for number, instruction in enumerate(ALL):
        free = np.uint32(~instruction.mask & (0xFFFF_FFFF if instruction.length == 4 else 0xFFFF))
        drawn = random.integers(0, 1 << 32, _HAZARD_TRIALS, np.uint32)
        # Half of the words have equal register fields: chance alone makes five bits equal once in 32.
        register = drawn & np.uint32(31)
        equal = register << np.uint32(7) | register << np.uint32(15) | register << np.uint32(20)
        fields = np.uint32(0x01F0_0F80 | 0x1F << 15)
        drawn[::2] = (drawn & ~fields | equal)[::2]
        drawn[1::4] &= ~np.uint32(0xF80)
        words = np.uint32(instruction.match) | drawn & free
        words = words[decode(words) == number]
        numbers = np.full(len(words), number, np.intp)
        rd = _DESTINATION.registers(words, numbers)
        rs1, rs2, rs3 = (columns.registers(words, numbers) for columns in _SOURCES)
        readable = [(one < 64) & (one > 0) for one in (rs1, rs2, rs3)]
        cells[number] = [
            bool(test.any())
            for test in (
                rd == 0,
                (rd < 64) & (rd == rs1),
                (rd < 64) & (rd == rs2),
                (rs1 < 64) & (rs1 == rs2),
                readable[0] | readable[1] | readable[2],
                (rd < 64) & (rd > 0),
            )
        ]
    return cells


_HAZARD_TRIALS: Final = 1024


@cache
def possible_hazards() -> NDArray[np.bool_]:
    """(instructions, hazards): which hazards there are to cover."""
    return _possible_hazards()


@dataclass(frozen=True, eq=False)
class Coverage:
    """Counts over all instructions in the code of the cases.

    Attributes:
        cases: number of cases.
        instructions: (I,) occurrences, by instruction number.
        operands: (I, 3, CLASSES) occurrences by source and class; column `COMPUTED` for values not known here.
        rounding: (I, 8) occurrences by static rounding mode.
        hazards: (I, len(Hazard)).
        unknown: words of 16 and of 32 bits that are no instruction.
    """

    cases: int = 0
    instructions: NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(ALL), np.int64))
    operands: NDArray[np.int64] = field(default_factory=lambda: np.zeros((len(ALL), len(SOURCES), CLASSES), np.int64))
    rounding: NDArray[np.int64] = field(default_factory=lambda: np.zeros((len(ALL), 8), np.int64))
    hazards: NDArray[np.int64] = field(default_factory=lambda: np.zeros((len(ALL), len(Hazard)), np.int64))
    unknown: NDArray[np.int64] = field(default_factory=lambda: np.zeros(2, np.int64))

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(
            self.cases + other.cases,
            self.instructions + other.instructions,
            self.operands + other.operands,
            self.rounding + other.rounding,
            self.hazards + other.hazards,
            self.unknown + other.unknown,
        )

    @property
    def total_instructions(self) -> int:
        """How many instructions there are to cover."""
        return len(ALL)

    @property
    def covered_instructions(self) -> int:
        return int((self.instructions > 0).sum())

    @property
    def total_classes(self) -> int:
        """How many cells instruction × source × operand class there are to cover."""
        return int(COUNTABLE.sum())

    @property
    def covered_classes(self) -> int:
        return int(((self.operands > 0) & COUNTABLE).sum())

    def missing_instructions(self) -> list[str]:
        return [ALL[n].mnemonic for n in np.flatnonzero(self.instructions == 0)]

    def missing_classes(self) -> list[str]:
        """`fdiv.s rs2 NEGATIVE_ZERO` for every cell not met."""
        missing = []
        for number, source, column in np.argwhere(COUNTABLE & (self.operands == 0)):
            form = _SOURCE_PLACES[source][number].format
            name = IntegerClass(column).name if form is Format.INTEGER else FloatClass(column).name
            missing.append(f"{ALL[number].mnemonic} {SOURCES[source]} {name}")
        return missing

    def missing_hazards(self) -> list[str]:
        """`div rd_is_rs2` for every hazard that an encoding can have and that was not met."""
        missing = np.argwhere(possible_hazards() & (self.hazards == 0))
        return [f"{ALL[number].mnemonic} {Hazard(hazard).name.lower()}" for number, hazard in missing]

    def missing_rounding(self) -> list[str]:
        """`fadd.s rm=2` for every legal static mode (or dyn, 7) not met."""
        return [
            f"{ALL[n].mnemonic} rm={mode}"
            for n in np.flatnonzero(_ROUNDS[: len(ALL)])
            for mode in _LEGAL_ROUNDING
            if self.rounding[n, mode] == 0
        ]

    def summary(self) -> str:
        """One line."""
        return (
            f"instructions {self.covered_instructions}/{self.total_instructions}, "
            f"operand classes {self.covered_classes}/{self.total_classes}, "
            f"{int(self.instructions.sum())} instructions and {int(self.unknown.sum())} undefined words "
            f"in {self.cases} cases"
        )

    def figures(self) -> dict[str, tuple[int, int]]:
        """(met, possible) of each dimension."""
        rounds = int(_ROUNDS.sum()) * len(_LEGAL_ROUNDING)
        hazards = possible_hazards()
        return {
            "instructions": (self.covered_instructions, self.total_instructions),
            "operand classes": (self.covered_classes, self.total_classes),
            "rounding modes": (rounds - len(self.missing_rounding()), rounds),
            "hazards": (int((hazards & (self.hazards > 0)).sum()), int(hazards.sum())),
        }

    def rows(self) -> Iterator[str]:
        """One line per instruction: occurrences, classes met of each source, rounding modes, hazards."""
        yield f"{'instruction':<14}{'count':>9}  {'rs1':>6} {'rs2':>6} {'rs3':>6}  {'rm':>3}  hazards"
        met = (self.operands > 0) & COUNTABLE
        for number, instruction in enumerate(ALL):
            shares = []
            for source in range(len(SOURCES)):
                possible = int(COUNTABLE[number, source].sum())
                shares.append(f"{int(met[number, source].sum())}/{possible}" if possible else "")
            modes = str(int((self.rounding[number] > 0).sum())) if _ROUNDS[number] else ""
            hazards = " ".join(h.name.lower() for h in Hazard if self.hazards[number, h])
            columns = " ".join(f"{share:>6}" for share in shares)
            yield f"{instruction.mnemonic:<14}{int(self.instructions[number]):>9}  {columns}  {modes:>3}  {hazards}"

    def table(self) -> str:
        """The rows, the summary, and what is missing."""
        lines = [*self.rows(), self.summary()]
        for title, holes in (
            ("instructions never met", self.missing_instructions()),
            ("operand classes never met", self.missing_classes()),
            ("hazards never met", self.missing_hazards()),
            ("rounding modes never met", self.missing_rounding()),
        ):
            lines.append(f"{title}: {len(holes)}" + "".join(f"\n  {hole}" for hole in holes))
        return "\n".join(lines)


def _starts(parcels: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """(N, P): which parcels begin an instruction, the first one doing so: a parcel does unless the one before it begins
    an instruction of two."""
    long = np.ascontiguousarray(((parcels & np.uint16(3)) == 3).T)
    starts = np.ones(long.shape, np.bool_)
    for column in range(1, len(starts)):
        np.logical_and(starts[column - 1], long[column - 1], out=starts[column])
        np.logical_not(starts[column], out=starts[column])
    return np.ascontiguousarray(starts.T)


def instructions_of(
    code: NDArray[np.uint8], code_bytes: NDArray[np.uint32], entry: NDArray[np.uint64]
) -> tuple[NDArray[np.intp], NDArray[np.uint32]]:
    """(case, word) of every instruction, from each case's entry (an offset into its code) to its end, in address
    order."""
    if (entry & np.uint64(1)).any() or (entry >= code_bytes).any():
        raise ValueError("a case's pc is odd or outside its code")
    width = code.shape[1] // 2 + 2
    padded = np.zeros((len(code), width * 2), np.uint8)
    padded[:, : code.shape[1]] = code
    parcels = padded.view("<u2")
    skip = (entry // np.uint64(2)).astype(np.int64)
    if skip.any():
        column = np.arange(width)[None, :] + skip[:, None]
        parcels = np.take_along_axis(parcels, np.minimum(column, width - 1), axis=1)
    used = (code_bytes.astype(np.int64) + 1) // 2 - skip
    begins = _starts(parcels)
    begins &= np.arange(width, dtype=np.int16)[None, :] < used.astype(np.int16)[:, None]
    flat = np.flatnonzero(begins)
    source = parcels.reshape(-1)
    words = source.take(flat).astype(np.uint32)
    words |= source.take(flat + 1, mode="clip").astype(np.uint32) << np.uint32(16)
    return np.repeat(np.arange(len(code)), begins.sum(axis=1)), words


def _counts(keys: NDArray[Any], *shape: int) -> NDArray[np.int64]:
    return np.bincount(keys, minlength=int(np.prod(shape))).reshape(shape).astype(np.int64)


_BLOCK_CASES: Final = 512
"""Cases measured at once: few enough for the arrays of their instructions to stay in the cache."""


def coverage_of(batch: MachineBatch) -> Coverage:
    """Measure one batch.

    Raises:
        ValueError: not a riscv64 batch, or a pc outside its code.
    """
    if batch.isa != "riscv64":
        raise ValueError(f"coverage of {batch.isa} is not defined here; riscv64 is")
    total = Coverage()
    for row in range(0, len(batch), _BLOCK_CASES):
        block = slice(row, row + _BLOCK_CASES)
        total += _coverage_of(
            batch.initial[block],
            *instructions_of(
                batch.code[block], batch.code_bytes[block], batch.initial["pc"][block] - batch.code_address[block]
            ),
        )
    return total


def _coverage_of(initial: NDArray[np.void], case: NDArray[np.intp], words: NDArray[np.uint32]) -> Coverage:
    """Measure cases given as initial states and (case, word) of every instruction."""
    count = len(initial)
    number = decode(words).astype(np.intp)
    unknown_words = words[number == UNKNOWN]
    long = int(((unknown_words & np.uint32(3)) == 3).sum())

    destination = _DESTINATION.registers(words, number)
    sources = [columns.registers(words, number) for columns in _SOURCES]
    first_cell = case * 65
    # First writer of every register of every case: assigned backwards, so the earliest stays.
    order = np.arange(len(words))
    written = np.full(count * 65, len(words))
    written[(first_cell + destination)[::-1]] = order[::-1]
    written[::65] = len(words)

    by_format = np.zeros((len(Format), count, 65), np.uint8)
    by_format[Format.INTEGER, :, :32] = integer_classes(np.ascontiguousarray(initial["x"]))
    f = np.ascontiguousarray(initial["f"])
    by_format[Format.SINGLE, :, 32:64] = single_classes(f)
    by_format[Format.DOUBLE, :, 32:64] = double_classes(f)
    classes = by_format.reshape(-1)

    operands = np.zeros((len(ALL), len(SOURCES), CLASSES), np.int64)
    for index, (columns, register) in enumerate(zip(_SOURCES, sources, strict=True)):
        present = np.flatnonzero(register < 64)
        numbers = number.take(present)
        cell = (first_cell + register).take(present)
        kind = classes.take(columns.format.take(numbers) * (count * 65) + cell).astype(np.intp)
        overwritten = (written.take(cell) < present).astype(np.intp)
        kind += (COMPUTED - kind) * overwritten
        operands[:, index] = _counts(numbers * CLASSES + kind, len(ALL), CLASSES)

    rounds = np.flatnonzero(_ROUNDS.take(number))
    mode = (words.take(rounds) >> np.uint32(12) & np.uint32(7)).astype(np.intp)
    return Coverage(
        count,
        _counts(number, 256)[: len(ALL)],
        operands,
        _counts(number.take(rounds) * 8 + mode, len(ALL), 8),
        _hazards(number, case, destination, sources),
        np.array([len(unknown_words) - long, long], np.int64),
    )


def _hazards(
    number: NDArray[np.intp], case: NDArray[np.intp], rd: NDArray[np.intp], sources: list[NDArray[np.intp]]
) -> NDArray[np.int64]:
    rs1, rs2, rs3 = sources
    named = rd < 64
    previous = np.full(len(rd), 64)
    previous[1:] = rd[:-1]
    previous[1:] |= np.not_equal(case[1:], case[:-1]).astype(np.intp) << 6
    fresh = (previous < 64) & (previous > 0)
    tests = {
        Hazard.RD_IS_X0: rd == 0,
        Hazard.RD_IS_RS1: named & (rd == rs1),
        Hazard.RD_IS_RS2: named & (rd == rs2),
        Hazard.RS1_IS_RS2: (rs1 < 64) & (rs1 == rs2),
        Hazard.READS_PREVIOUS: fresh & ((previous == rs1) | (previous == rs2) | (previous == rs3)),
        Hazard.OVERWRITES_PREVIOUS: fresh & (previous == rd),
    }
    result = np.zeros((len(ALL), len(Hazard)), np.int64)
    for hazard, test in tests.items():
        result[:, hazard] = _counts(number.take(np.flatnonzero(test)), 256)[: len(ALL)]
    return result
