"""Gadgets: what one slot of a program turns into.

A program is a sequence of slots; each slot holds one gadget, which always emits the same number of parcels (16-bit
units). So addresses are known before anything is encoded, and branch targets are slots, not bytes. Every gadget leaves
the kept registers (`registers.Role`) as it found them, and control only moves forward except through counted loops,
so every program ends.

What is not generated, because correct implementations may differ (and where that is written):

- values of cycle, time and instret: counters are only read into x0 (Zicntr, Unprivileged ISA §8.1);
- SC with an address or size other than that of the last LR, and stores of the same hart between LR and SC: success is
  up to the implementation (§13.2); LR is always followed by its SC, and a lone SC finds no reservation;
- jumps into other cases' code, and self-modifying code (code is not writable);
- encodings of ratified extensions that this machine lacks but an oracle may have (`encodings.foreign`).
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray


class Kind(IntEnum):
    """The gadget of a slot. The simplest come first: reduction and shrinking move towards 0."""

    NONE = 0
    """Nothing."""
    OP = 1
    """One 32-bit instruction that only computes: integer, multiply, floating point, fence."""
    COMPRESSED = 2
    """One 16-bit instruction that only computes."""
    HINT = 3
    """One 16-bit HINT encoding (§27.8), which does nothing."""
    CONSTANT = 4
    """An integer near a power of two, made in three instructions."""
    MEMORY = 5
    """One load or store, integer or FP, relative to a window pointer."""
    MEMORY_COMPRESSED = 6
    MEMORY_INDEXED = 7
    """A load or store whose address depends on data."""
    MEMORY_CROSSING = 8
    """A load or store at the boundary between the window's two pages."""
    MEMORY_CODE = 9
    """A load from the program's own code."""
    AMO = 10
    """An aligned AMO, or an SC without a reservation."""
    RESERVE = 11
    """LR, one instruction, SC to the same address."""
    FOLD = 12
    """Folds an integer register into the accumulator."""
    FOLD_FLOAT = 13
    """Folds the raw bits of an FP register into the accumulator."""
    FOLD_FLAGS = 14
    """Folds fcsr into the accumulator."""
    ROUNDING = 15
    """Sets a legal dynamic rounding mode."""
    CSR = 16
    """One of the six Zicsr forms on fflags, frm or fcsr, then a legal rounding mode."""
    COUNTER = 17
    """Reads a counter into x0."""
    STACK_OP = 18
    """An instruction that writes x2, and the repair."""
    STACK_ADJUST = 19
    """c.addi16sp and its inverse."""
    BRANCH = 20
    """A conditional forward branch over a few slots."""
    BRANCH_COMPRESSED = 21
    JUMP = 22
    JUMP_COMPRESSED = 23
    INDIRECT = 24
    """A forward jump to a computed address."""
    FOLD_BRANCH = 25
    """A forward branch on one bit of the accumulator: wrong data becomes wrong control flow."""
    TABLE = 26
    """A jump into four landing pads, chosen by two bits of the accumulator."""
    LOOP = 27
    """Repeats the next few slots a counted number of times. In a program without functions, one in its body too."""
    CALL = 28
    """Calls a later function; where there is none, jumps forward."""
    CALL_INDIRECT = 29
    SECTION = 30
    """Ends the main part (ebreak) or a function (return); what follows is the next function."""
    MEMORY_OVERWRITE = 31
    """A load into the register that holds its address, or a store of that address."""
    CSR_SEQUENCE = 32
    """Two Zicsr forms on fflags, frm or fcsr after each other, then a legal rounding mode."""
    EBREAK = 33
    ECALL = 34
    ILLEGAL = 35
    """A word that is defined to be illegal: all zeros, all ones, a write to a read-only CSR."""
    PRIVILEGED = 36
    """An instruction of the privileged architecture."""
    CSR_ILLEGAL = 37
    """A CSR that U-mode cannot access."""
    ROUNDING_RESERVED = 38
    """An FP instruction with a reserved static rounding mode."""
    DYNAMIC_RESERVED = 39
    """A reserved mode in frm, then an FP instruction that uses it."""
    EDGE = 40
    """An aligned access within 16 bytes of either edge of the window, inside or outside."""
    STRADDLE = 41
    """A misaligned access over either edge of the window. Few: whether the accessible part of such a store is written,
    and which portion the trap value names, is up to the implementation (Privileged ISA §3.7.1 and §3.1.16), and such
    differences are explained one by one (`oracles.errata`)."""
    WILD = 42
    """An access to an address that differs from a good one in high bits, or is far from any."""
    CODE_WRITE = 43
    AMO_MISALIGNED = 44
    JUMP_WILD = 45
    """A jump to unmapped memory or into the data window."""
    NOISE = 46
    """A 32-bit word: random, or a valid instruction with one bit flipped."""
    NOISE_COMPRESSED = 47
    """Any 16-bit word that is neither a jump nor a foreign extension's."""
    RESERVED_COMPRESSED = 48
    """A reserved 16-bit encoding."""
    AMO_WILD = 49
    """An aligned AMO or LR far from any memory. No SC: without a reservation it need not fault (§13.2)."""
    STACK_WILD = 50
    """A compressed access relative to an x2 that points far from any memory."""


FIRST_TRAP: Final = Kind.EBREAK
"""Gadgets from here on end the program, or may."""

_PARCELS: Final[dict[Kind, int]] = {
    Kind.NONE: 0,
    Kind.OP: 2,
    Kind.COMPRESSED: 1,
    Kind.HINT: 1,
    Kind.CONSTANT: 6,
    Kind.MEMORY: 2,
    Kind.MEMORY_COMPRESSED: 1,
    Kind.MEMORY_INDEXED: 6,
    Kind.MEMORY_CROSSING: 2,
    Kind.MEMORY_CODE: 4,
    Kind.AMO: 4,
    Kind.RESERVE: 10,
    Kind.FOLD: 2,
    Kind.FOLD_FLOAT: 4,
    Kind.FOLD_FLAGS: 4,
    Kind.ROUNDING: 2,
    Kind.CSR: 4,
    Kind.COUNTER: 2,
    Kind.STACK_OP: 4,
    Kind.STACK_ADJUST: 2,
    Kind.BRANCH: 2,
    Kind.BRANCH_COMPRESSED: 1,
    Kind.JUMP: 2,
    Kind.JUMP_COMPRESSED: 1,
    Kind.INDIRECT: 6,
    Kind.FOLD_BRANCH: 4,
    Kind.TABLE: 16,
    Kind.LOOP: 2,
    Kind.CALL: 2,
    Kind.CALL_INDIRECT: 6,
    Kind.SECTION: 2,
    Kind.MEMORY_OVERWRITE: 4,
    Kind.CSR_SEQUENCE: 6,
    Kind.EBREAK: 2,
    Kind.ECALL: 2,
    Kind.ILLEGAL: 2,
    Kind.PRIVILEGED: 2,
    Kind.CSR_ILLEGAL: 2,
    Kind.ROUNDING_RESERVED: 2,
    Kind.DYNAMIC_RESERVED: 4,
    Kind.EDGE: 6,
    Kind.STRADDLE: 6,
    Kind.WILD: 8,
    Kind.CODE_WRITE: 4,
    Kind.AMO_MISALIGNED: 4,
    Kind.JUMP_WILD: 4,
    Kind.NOISE: 2,
    Kind.NOISE_COMPRESSED: 1,
    Kind.RESERVED_COMPRESSED: 1,
    Kind.AMO_WILD: 6,
    Kind.STACK_WILD: 6,
}

PARCELS: Final[NDArray[np.uint8]] = np.array([_PARCELS[kind] for kind in Kind], np.uint8)
"""Size of each gadget."""

LOOP_TAIL_PARCELS: Final = 4
"""Appended to the last slot of a loop's body: count down, branch back while positive."""
