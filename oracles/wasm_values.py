"""Arguments and results of Wasm calls as text: `i32:0x…`, `i64:0x…`, `f32:0x…`, `f64:0x…`, the bits of the value.

A NaN result is `f32:nan` or `f64:nan`: which NaN an operation gives is not determined (WebAssembly 3.0 §4.3.3). A
reference is `ref:null` or `ref:some`.
"""

from __future__ import annotations

import struct
from typing import Final

_WIDTHS: Final = {"i32": 32, "i64": 64, "f32": 32, "f64": 64}
_FORMATS: Final = {"f32": ("<f", "<I"), "f64": ("<d", "<Q")}


def parse_value(text: str) -> int | float:
    """A value as wasmtime takes it: signed integers, floats.

    Raises:
        ValueError: the text is not `type:bits` with bits in range.
    """
    kind, _, digits = text.partition(":")
    if kind not in _WIDTHS:
        raise ValueError(f"{text!r}: a value is i32, i64, f32 or f64, a colon and its bits")
    width = _WIDTHS[kind]
    bits = int(digits, 0)
    if not 0 <= bits < 1 << width:
        raise ValueError(f"{text!r}: bits are 0 to {(1 << width) - 1:#x}")
    if kind in _FORMATS:
        unpack, pack = _FORMATS[kind]
        value: float = struct.unpack(unpack, struct.pack(pack, bits))[0]
        return value
    return bits - (1 << width) if bits >> (width - 1) else bits


def value_text(kind: str, value: object) -> str:
    """A result as text; `kind` is the export's result type, anything but the four number types is a reference."""
    if kind in _FORMATS:
        assert isinstance(value, float)
        if value != value:
            return f"{kind}:nan"
        unpack, pack = _FORMATS[kind]
        return f"{kind}:{struct.unpack(pack, struct.pack(unpack, value))[0]:#x}"
    if kind in _WIDTHS:
        assert isinstance(value, int)
        return f"{kind}:{value & ((1 << _WIDTHS[kind]) - 1):#x}"
    return "ref:null" if value is None else "ref:some"
