"""Raw encodings: reserved, privileged, random.

Generators that only emit what the instruction table knows cannot find what the table gets wrong. So some words are
random, and lists of reserved encodings are written here from the manual and not derived from the table.

A random word may belong to a ratified extension that this machine does not have but an oracle does. Such words say
nothing about either, so they are moved into encodings that nobody has (`sanitised`); the same is done to random jumps,
whose targets would lie in other cases' code.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ILLEGAL_WORDS: Final = np.array(
    [
        0x0000_0000,  # defined illegal (Unprivileged ISA §1.5); the first parcel is a 16-bit instruction
        0xFFFF_FFFF,  # defined illegal, the prefix of encodings of 192 bits and more
        0xC000_1073,  # csrrw x0, cycle, x0: the assembler's `unimp`
        0xC020_1073,  # csrrw x0, instret, x0
        0xC010_5073,  # csrrwi x0, time, 0
        0xC000_E0F3,  # csrrsi x1, cycle, 1
        0x0000_2063,  # branch with funct3 = 2
        0x0000_706F ^ 0x4,  # opcode 1101011
        0x0000_7067,  # jalr with funct3 = 7
        0x0200_1013 | 1 << 31,  # slli with a bit above the shift amount
        0x0200_101B,  # slliw with shamt[5]
        0x0000_7003,  # load of an undefined width
        0x0000_4023,  # store of an undefined width
        0x1015_20AF,  # lr.w with an rs2
        0x1015_30AF,  # lr.d with an rs2
        0x5815_0053,  # fsqrt.s with an rs2
        0x5A15_0053,  # fsqrt.d with an rs2
        0xE015_1053,  # fclass.s with an rs2
        0xE015_00D3,  # fmv.x.w with an rs2
        0xF015_00D3,  # fmv.w.x with an rs2
        0xC045_00D3,  # fcvt to an undefined integer format
        0x2015_3053,  # fsgnj.s with funct3 = 3
        0xA015_3053,  # a comparison with funct3 = 3
        0x0015_402F,  # an atomic of an undefined width
        0x0400_70B3 ^ 0x6000,  # an operation with an undefined funct7
    ],
    np.uint32,
)

PRIVILEGED_WORDS: Final = np.array(
    [
        0x3020_0073,  # mret
        0x1020_0073,  # sret
        0x1200_0073,  # sfence.vma
        0x0020_0073,  # uret, of the withdrawn N extension
        0x7B20_0073,  # dret
    ],
    np.uint32,
)
"""Illegal in U-mode (Privileged ISA §3.3, §4.2). Not wfi: it may complete in U-mode if it does so in bounded time."""

HIDDEN_CSRS: Final = np.array(
    [
        *(
            0x300,
            0x301,
            0x304,
            0x305,
            0x340,
            0x341,
            0x342,
            0x343,
            0x344,
            0x3A0,
            0x3B0,
            0xB00,
            0xB02,
            0x320,
            0xF11,
            0xF14,
        ),
        *(0x100, 0x104, 0x105, 0x140, 0x141, 0x142, 0x143, 0x144, 0x180, 0x106),
        *(0x7A0, 0x7A1, 0x7B0, 0x7B1),
        *(0x0C0, 0x4C0, 0x8C0, 0x9C0, 0xCC0, 0x5C0, 0x6C0, 0x7C0, 0xBC0, 0xFC0, 0x046, 0x7FF, 0xDC0),
    ],
    np.uint32,
)
"""M-mode, S-mode and debug CSRs, and numbers that no standard extension uses: all illegal in U-mode."""


def _compressed(quadrant: int, funct3: int) -> NDArray[np.uint16]:
    """All halfwords of one quadrant and funct3."""
    middle = np.arange(1 << 11, dtype=np.uint16)
    return (np.uint16(funct3 << 13 | quadrant) | middle << np.uint16(2)).astype(np.uint16)


def _hints() -> NDArray[np.uint16]:
    """Every compressed HINT (Unprivileged ISA §27.8)."""
    rd = [np.uint16(r << 7) for r in range(32)]
    low = [np.uint16((imm & 31) << 2 | (imm >> 5) << 12) for imm in range(64)]
    found: list[int] = [0x0001 | int(i) for i in low[1:]]
    found += [0x0001 | int(r) for r in rd[1:]]
    found += [0x4001 | int(i) for i in low]
    found += [0x6001 | int(i) for i in low[1:]]
    found += [0x8002 | r2 << 2 for r2 in range(1, 32)]
    found += [0x9002 | r2 << 2 for r2 in range(1, 32)]
    found += [0x0002 | int(i) for i in low]
    found += [0x0002 | int(r) for r in rd[1:]]
    found += [0x8001 | r << 7 for r in range(8)]
    found += [0x8401 | r << 7 for r in range(8)]
    return np.array(found, np.uint16)


def _reserved() -> NDArray[np.uint16]:
    """Reserved compressed encodings that no ratified extension has taken since."""
    found: list[int] = [0x0000]
    found += [rd << 2 for rd in range(1, 8)]  # c.addi4spn with nzuimm = 0
    found += [0x2001 | imm << 2 | sign << 12 for imm in range(32) for sign in (0, 1)]  # c.addiw with rd = x0
    found += [0x6101]  # c.addi16sp with nzimm = 0
    found += [0x6001 | rd << 7 for rd in range(1, 32) if rd not in (1, 2, 3, 5, 7, 9, 11, 13, 15)]  # c.lui, nzimm = 0
    found += [0x4002 | imm << 2 | high << 12 for imm in range(32) for high in (0, 1)]  # c.lwsp with rd = x0
    found += [0x6002 | imm << 2 | high << 12 for imm in range(32) for high in (0, 1)]  # c.ldsp with rd = x0
    found += [0x8002]  # c.jr with rs1 = x0
    return np.array(found, np.uint16)


def _noise() -> NDArray[np.uint16]:
    """Every halfword except jumps (c.j, c.beqz, c.bnez, c.jr, c.jalr), c.addi16sp (which moves a kept register) and the
    encodings of Zcb and Zcmop."""
    parts = [_compressed(q, f) for q in range(3) for f in range(8) if (q, f) not in {(1, 5), (1, 6), (1, 7), (0, 4)}]
    words = np.concatenate(parts)
    jump = ((words & 0xE07F) == 0x8002) & (words != 0x8002) & (words != 0x9002)
    zcb = ((words & 0xFC03) == 0x9C01) & ((words & 0x0040) != 0)
    zcmop = ((words & 0xF8FF) == 0x6081) & ((words & 0x107C) == 0)
    stack = (words & 0xEF83) == 0x6101
    kept: NDArray[np.uint16] = words[~(jump | zcb | zcmop | stack)].astype(np.uint16)
    return kept


HINTS: Final = _hints()
RESERVED_COMPRESSED: Final = _reserved()
NOISE_COMPRESSED: Final = _noise()

_NOBODY: Final = np.uint32(0x6B)
"""Major opcode 1101011, reserved (Unprivileged ISA §35, table of opcodes)."""

_RESERVED_FUNCT7: Final = np.zeros(128, np.bool_)
_RESERVED_FUNCT7[[0x02, 0x03, 0x06, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x11, 0x12, 0x13, 0x21, 0x22, 0x23]] = (
    True
)
_RESERVED_FUNCT7[[0x41, 0x42, 0x43, 0x50, 0x60, 0x7F]] = True


def _base_integer(funct7: NDArray[Any], funct3: NDArray[Any]) -> NDArray[np.bool_]:
    """OP and OP-32 words that RV64IM or nobody has."""
    minus = (funct7 == 0x20) & ((funct3 == 0) | (funct3 == 5))
    return np.asarray((funct7 <= 1) | minus | _RESERVED_FUNCT7[funct7])


def foreign(words: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which 32-bit words may belong to a ratified extension outside RV64GC (Zb*, Zk*, V, Zfh, Zfa, Zicbom, Zacas, …).

    Errs on the side of saying yes.
    """
    opcode, funct3, funct7 = words & 0x7F, words >> 12 & 7, words >> 25
    fmt = funct7 & 3
    result = (opcode == 0x57) | (opcode == 0x77)
    result |= ((opcode == 0x07) | (opcode == 0x27)) & ~((funct3 >= 2) & (funct3 <= 4))
    result |= (opcode == 0x0F) & (funct3 >= 2)
    shift = (funct3 & 3) == 1
    result |= (opcode == 0x13) & shift & ~((funct7 <= 1) | ((funct7 >> 1 == 0x10) & (funct3 == 5)))
    result |= (opcode == 0x1B) & shift & ~((funct7 == 0) | ((funct7 == 0x20) & (funct3 == 5)))
    result |= ((opcode == 0x33) | (opcode == 0x3B)) & ~_base_integer(funct7, funct3)
    result |= (opcode == 0x2F) & ((funct3 & 6) != 2)
    funct5 = funct7 >> 2
    known_amo = ((funct5 & 3) == 0) | ((funct5 >= 1) & (funct5 <= 3)) | (funct5 >= 0x1A)
    result |= (opcode == 0x2F) & ~known_amo
    result |= (opcode == 0x53) & ~((fmt <= 1) & _base_float(funct5, words >> 20 & 31, funct3))
    result |= ((opcode >= 0x43) & (opcode <= 0x4F)) & (fmt == 2)
    return np.asarray(result | ((opcode == 0x73) & ((funct3 & 3) == 0) & ((words | 0x0010_0000) != 0x0010_0073)))


def _base_float(funct5: NDArray[Any], rs2: NDArray[Any], funct3: NDArray[Any]) -> NDArray[np.bool_]:
    """OP-FP words that F or D has, or that nobody has."""
    two_source = funct5 <= 3
    result = two_source | ((funct5 == 4) & (funct3 <= 7)) | ((funct5 == 5) & (funct3 != 2) & (funct3 != 3))
    result |= (funct5 == 8) & (rs2 <= 1)
    result |= (funct5 == 0x0B) & (rs2 == 0)
    result |= (funct5 == 0x14) & (funct3 != 4) & (funct3 != 5)
    result |= ((funct5 == 0x18) | (funct5 == 0x1A)) & (rs2 <= 3)
    return np.asarray(result | (((funct5 == 0x1C) | (funct5 == 0x1E)) & (rs2 == 0)))


def sanitised(words: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Words of 32-bit length that neither jump, nor are foreign, nor read a counter, nor reserve memory."""
    words = words | np.uint32(3)
    opcode, funct3 = words & 0x7F, words >> 12 & 7
    words = np.where(foreign(words), words & ~np.uint32(0x7F) | _NOBODY, words)
    words = np.where(opcode == 0x6F, words & ~np.uint32(0x7F) | _NOBODY, words)
    words = np.where((opcode == 0x63) & ((funct3 & 6) != 2), words & ~np.uint32(0x7000) | np.uint32(0x2000), words)
    words = np.where((opcode == 0x67) & (funct3 == 0), words | np.uint32(0x1000), words)
    reserve = (words & 0xF000_0000) == 0x1000_0000
    words = np.where((words & 0x7F == 0x2F) & reserve, words & np.uint32(0x07FF_FFFF), words)
    unnamed = (opcode == 0x73) & ((funct3 & 3) != 0) & (words >> 20 > 3)
    hidden = HIDDEN_CSRS.take(words >> 20 & 31) << np.uint32(20)
    return np.where(unnamed, words & np.uint32(0x000F_FFFF) | hidden, words)
