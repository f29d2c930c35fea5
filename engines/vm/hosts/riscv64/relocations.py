"""Relocations of riscv64: distances in bytes of jumps and branches (RISC-V psABI, R_RISCV_JAL and R_RISCV_BRANCH)."""

from __future__ import annotations

from typing import Final

from engines.vm.isa.describe import EncodingError
from engines.vm.isa.riscv64 import INSTRUCTIONS

JAL: Final = 0
BRANCH: Final = 1
_FIELDS: Final = (INSTRUCTIONS["jal"].field("imm"), INSTRUCTIONS["beq"].field("imm"))


def apply(code: bytearray, kind: int, at: int, target: int) -> None:
    """Fill the field of the instruction at offset `at` so that it leads to offset `target` of the same code.

    Raises:
        ValueError: no such kind, a target between instructions, or the distance does not fit.
    """
    if kind not in (JAL, BRANCH):
        raise ValueError(f"relocation kind {kind}, must be {JAL} (JAL) or {BRANCH} (BRANCH)")
    field = _FIELDS[kind]
    distance = target - at
    if distance & 3:
        raise ValueError(f"distance {distance:#x} from {at:#x} to {target:#x} is no multiple of 4")
    try:
        bits = field.insert(distance)
    except EncodingError:
        raise ValueError(
            f"distance {distance:#x} from {at:#x} to {target:#x} does not fit into {field.bits} bits"
        ) from None
    word = int.from_bytes(code[at : at + 4], "little") & ~field.mask
    code[at : at + 4] = (word | bits).to_bytes(4, "little")
