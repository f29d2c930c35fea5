"""Coverage of what happens to RV64 programs: exceptions by instruction, changes of fcsr, sequences of CSR accesses.

`fuzz.coverage.riscv64` reads what a batch contains; this reads what an executor made of it. Exceptions and changes of
fcsr come from the final states, sequences of CSR accesses from the code in address order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fuzz.coverage.riscv64 import instructions_of
from fuzz.strategies.riscv64.decoding import UNKNOWN, decode
from fuzz.strategies.riscv64.gadgets import Kind
from fuzz.strategies.riscv64.instructions import ALL, NUMBER, POOLS
from harness.contract import BatchObservation, End, MachineBatch, Trap

UNDEFINED: Final = len(ALL)
"""Row of words that are no instruction."""
FETCH: Final = len(ALL) + 1
"""Row of a pc outside the code."""
FORMS: Final = ("csrrw", "csrrs", "csrrc", "csrrwi", "csrrsi", "csrrci")
CSRS: Final = ("fflags", "frm", "fcsr")
"""CSRs 1, 2 and 3."""
FLAGS: Final = ("NX", "UF", "OF", "DZ", "NV")
"""Bits 0 … 4 of fflags."""
LEGAL_MODES: Final = ("rne", "rtz", "rdn", "rup", "rmm")


class Change(IntEnum):
    """What a run did to one exception flag: its value before, and 2 times its value after."""

    STAYED_CLEAR = 0
    CLEARED = 1
    RAISED = 2
    STAYED_SET = 3


def _possible() -> NDArray[np.bool_]:
    """(I + 2, traps): which trap each instruction can take where memory can fault and every mode of frm is tried.

    Left out, since implementations may differ: reserved modes of conversions that are always exact, and faults of an SC
    without a reservation (Unprivileged ISA §13.2)."""
    cells = np.zeros((len(ALL) + 2, len(Trap)), np.bool_)
    reserved = set(POOLS[Kind.ROUNDING_RESERVED].tolist())
    for number, instruction in enumerate(ALL):
        effects = instruction.effects
        row = cells[number]
        row[Trap.ILLEGAL_INSTRUCTION] = effects.csr or number in reserved
        row[Trap.BREAKPOINT] = instruction.name in ("ebreak", "c_ebreak")
        row[Trap.ENVIRONMENT_CALL] = instruction.name == "ecall"
        row[Trap.STORE_FAULT] = effects.store_bytes > 0 and effects.atomic != "conditional"
        row[Trap.LOAD_FAULT] = effects.load_bytes > 0 and not effects.store_bytes
        row[Trap.STORE_MISALIGNED] = effects.atomic in ("amo", "conditional")
        row[Trap.LOAD_MISALIGNED] = effects.atomic == "reserve"
    cells[UNDEFINED, Trap.ILLEGAL_INSTRUCTION] = True
    cells[FETCH, Trap.FETCH_FAULT] = True
    return cells


POSSIBLE: Final = _possible()
_ACCESSES: Final = len(FORMS) * len(CSRS)
_FORM: Final = np.full(256, -1, np.intp)
for _number, _name in enumerate(FORMS):
    _FORM[NUMBER[_name]] = _number


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Counts over the runs of all cases.

    Attributes:
        traps: (I + 2, traps) by the instruction at the final pc (or `UNDEFINED`, `FETCH`) and the trap taken.
        modes: (8, 8) runs by frm before and after.
        flags: (5, 4) runs by exception flag and `Change`.
        accesses: (18, 18) neighbours among the accesses to `CSRS` in a program's code; an access is its CSR's place
            times 6 plus its form's.
    """

    traps: NDArray[np.int64] = field(default_factory=lambda: np.zeros(POSSIBLE.shape, np.int64))
    modes: NDArray[np.int64] = field(default_factory=lambda: np.zeros((8, 8), np.int64))
    flags: NDArray[np.int64] = field(default_factory=lambda: np.zeros((len(FLAGS), len(Change)), np.int64))
    accesses: NDArray[np.int64] = field(default_factory=lambda: np.zeros((_ACCESSES, _ACCESSES), np.int64))

    def __add__(self, other: Outcomes) -> Outcomes:
        return Outcomes(
            self.traps + other.traps,
            self.modes + other.modes,
            self.flags + other.flags,
            self.accesses + other.accesses,
        )

    def missing_traps(self) -> list[str]:
        """`amoadd.w store_fault` for every exception not met."""
        return [f"{_row_name(n)} {Trap(t).name.lower()}" for n, t in np.argwhere(POSSIBLE & (self.traps == 0))]

    def missing_modes(self) -> list[str]:
        """`frm rne to rtz` for every change between legal modes that no run made."""
        names = LEGAL_MODES
        return [f"frm {names[a]} to {names[b]}" for a, b in np.argwhere(self.modes[:5, :5] == 0)]

    def missing_flags(self) -> list[str]:
        """`NV cleared` for every change of a flag that no run made."""
        return [f"{FLAGS[n]} {Change(c).name.lower()}" for n, c in np.argwhere(self.flags == 0)]

    def missing_accesses(self) -> list[str]:
        """`csrrw fflags, csrrs frm` for every pair of accesses that no code has as neighbours."""
        return [f"{_access_name(a)}, {_access_name(b)}" for a, b in np.argwhere(self.accesses == 0)]

    def lines(self) -> Iterator[str]:
        """Traps by instruction, then changes of fcsr."""
        yield f"{'instruction':<14}exceptions"
        for number in np.flatnonzero(self.traps.any(axis=1) | POSSIBLE.any(axis=1)).tolist():
            taken = [f"{t.name.lower()} {self.traps[number, t]}" for t in Trap if self.traps[number, t]]
            yield f"{_row_name(number):<14}{', '.join(taken)}"
        yield "frm before and after: " + ", ".join(
            f"{LEGAL_MODES[a]} to {LEGAL_MODES[b]} {self.modes[a, b]}" for a, b in np.argwhere(self.modes[:5, :5])
        )
        for number, flag in enumerate(FLAGS):
            yield f"{flag}: " + ", ".join(f"{c.name.lower()} {self.flags[number, c]}" for c in Change)

    def figures(self) -> dict[str, tuple[int, int]]:
        """(met, possible) of each dimension."""
        return {
            "exceptions": (int((POSSIBLE & (self.traps > 0)).sum()), int(POSSIBLE.sum())),
            "rounding mode changes": (int((self.modes[:5, :5] > 0).sum()), 25),
            "flag changes": (int((self.flags > 0).sum()), self.flags.size),
            "CSR access pairs": (int((self.accesses > 0).sum()), self.accesses.size),
        }


def _row_name(number: int) -> str:
    return {UNDEFINED: "undefined", FETCH: "fetch"}.get(number) or ALL[number].mnemonic


def _access_name(access: int) -> str:
    csr, form = divmod(int(access), len(FORMS))
    return f"{FORMS[form]} {CSRS[csr]}"


def outcomes_of(batch: MachineBatch, seen: BatchObservation) -> Outcomes:
    """Measure one batch and what an executor, which must observe traps and states, saw of it.

    Raises:
        ValueError: not a riscv64 batch, or the observation is not of this many cases.
    """
    if batch.isa != "riscv64" or len(batch) != len(seen):
        raise ValueError(f"{len(batch)} cases of {batch.isa} and observations of {len(seen)}; riscv64 is defined here")
    ran = np.isin(seen.end, (End.TRAP, End.LIMIT))
    return Outcomes(_traps(batch, seen), *_changes(batch, seen, ran), _neighbours(batch))


def _traps(batch: MachineBatch, seen: BatchObservation) -> NDArray[np.int64]:
    rows = np.flatnonzero(seen.end == End.TRAP)
    offset = seen.state["pc"][rows].astype(np.int64) - batch.code_address[rows].astype(np.int64)
    inside = (offset >= 0) & (offset < batch.code_bytes[rows].astype(np.int64))
    padded = np.zeros((len(batch), batch.code.shape[1] + 4), np.uint8)
    padded[:, : batch.code.shape[1]] = batch.code
    at = np.where(inside, offset, 0)[:, None] + np.arange(4)
    words = np.ascontiguousarray(padded[rows[:, None], at]).view("<u4")[:, 0].astype(np.uint32)
    number = decode(words).astype(np.intp)
    number[number == UNKNOWN] = UNDEFINED
    number[~inside] = FETCH
    result = np.zeros(POSSIBLE.shape, np.int64)
    np.add.at(result, (number, seen.trap[rows]), 1)
    return result


def _changes(
    batch: MachineBatch, seen: BatchObservation, ran: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    before, after = (state["fcsr"][ran].astype(np.int64) for state in (batch.initial, seen.state))
    modes = np.zeros((8, 8), np.int64)
    np.add.at(modes, (before >> 5 & 7, after >> 5 & 7), 1)
    flags = np.zeros((len(FLAGS), len(Change)), np.int64)
    for bit in range(len(FLAGS)):
        np.add.at(flags[bit], (before >> bit & 1) + 2 * (after >> bit & 1), 1)
    return modes, flags


def _neighbours(batch: MachineBatch) -> NDArray[np.int64]:
    case, words = instructions_of(batch.code, batch.code_bytes, batch.initial["pc"] - batch.code_address)
    form = _FORM.take(decode(words))
    csr = (words >> np.uint32(20)).astype(np.intp) - 1
    accesses = np.flatnonzero((form >= 0) & (csr >= 0) & (csr < len(CSRS)))
    key = csr.take(accesses) * len(FORMS) + form.take(accesses)
    same = np.flatnonzero(case.take(accesses[1:]) == case.take(accesses[:-1]))
    result = np.zeros((_ACCESSES, _ACCESSES), np.int64)
    np.add.at(result, (key[same], key[same + 1]), 1)
    return result
