"""Relocations of x86_64: one kind, a 32-bit distance counted from the end of its field (psABI R_X86_64_PC32)."""

from __future__ import annotations

from struct import Struct, error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

PC32: Final = 0
FIELD_BYTES: Final = 4
FIELD: Final = Struct("<i")


def apply(code: bytearray, kind: int, at: int, target: int) -> None:
    """Fill the field at offset `at` so that it leads to offset `target` of the same code.

    Raises:
        ValueError: no such kind, or the distance does not fit into 32 bits.
    """
    if kind != PC32:
        raise ValueError(f"relocation kind {kind}, must be {PC32} (PC32)")
    distance = target - (at + FIELD_BYTES)
    try:
        FIELD.pack_into(code, at, distance)
    except error:
        raise ValueError(f"distance {distance:#x} from {at:#x} to {target:#x} does not fit into 32 bits") from None
