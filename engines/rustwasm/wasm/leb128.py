"""LEB128, the variable-length integers of the binary format (WebAssembly 3.0 §5.2.2)."""

from __future__ import annotations

from typing import Final

_BYTES: Final = [bytes((value,)) for value in range(0x80)]


def unsigned(value: int) -> bytes:
    """`value` ≥ 0 in the fewest bytes."""
    if value < 0x80:
        return _BYTES[value]
    if value < 0x4000:
        return bytes((value & 0x7F | 0x80, value >> 7))
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def signed(value: int) -> bytes:
    """`value` in the fewest bytes, the sign in bit 6 of the last."""
    if -0x40 <= value < 0x40:
        return _BYTES[value & 0x7F]
    if -0x2000 <= value < 0x2000:
        return bytes((value & 0x7F | 0x80, value >> 7 & 0x7F))
    out = bytearray()
    while not -0x40 <= value < 0x40:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value & 0x7F)
    return bytes(out)
