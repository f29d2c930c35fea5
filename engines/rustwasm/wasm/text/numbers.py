"""Numbers of the text format: exact conversion between literals and bits.

Source: WebAssembly 3.0 §6.3.1 (integers), §6.3.2 (floats).
"""

from __future__ import annotations

import re
import struct
from fractions import Fraction
from typing import Final

_FORMATS: Final = {32: ("<f", "<I", 23, 8), 64: ("<d", "<Q", 52, 11)}

_INTEGER: Final = re.compile(r"[+-]?(?:0x[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*|[0-9]+(?:_[0-9]+)*)\Z")
_DECIMAL: Final = re.compile(r"(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\Z")
_HEXADECIMAL: Final = re.compile(r"0x([0-9a-fA-F]+)(?:\.([0-9a-fA-F]*))?(?:[pP]([+-]?\d+))?\Z")
_UNDERSCORES: Final = re.compile(r"(?<![0-9a-fA-F])_|_(?![0-9a-fA-F])")
_MAX_EXPONENT_DIGITS: Final = 6
"""Longer exponents overflow or underflow for sure; they are cut so that no giant power is computed."""


def integer(text: str, bits: int) -> int:
    """The value of an integer literal as its signed interpretation.

    Raises:
        ValueError: it is no integer, or needs more than `bits` bits.
    """
    if not _INTEGER.match(text):
        raise ValueError(f"{text!r} is no integer")
    value = int(text.replace("_", ""), 0 if "x" in text else 10)
    if not -(1 << (bits - 1)) <= value < 1 << bits:
        raise ValueError(f"{text} does not fit in {bits} bits")
    return value - (1 << bits) if value >> (bits - 1) > 0 else value


def unsigned(text: str, bits: int = 32) -> int:
    """The value of an unsigned integer literal.

    Raises:
        ValueError: it is none, or over the largest value of `bits` bits.
    """
    if not _INTEGER.match(text) or text[0] in "+-":
        raise ValueError(f"{text!r} is no unsigned integer")
    value = int(text.replace("_", ""), 0 if "x" in text else 10)
    if value >> bits:
        raise ValueError(f"{text} is over the largest u{bits}")
    return value


def round_to_bits(value: Fraction, width: int) -> int:
    """Bits of the `width`-bit float nearest to `value` ≥ 0, ties to even; infinity is the all-ones exponent."""
    _, _, mantissa, exponent_bits = _FORMATS[width]
    if not value:
        return 0
    bias = (1 << (exponent_bits - 1)) - 1
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    if Fraction(2) ** exponent > value:
        exponent -= 1
    exponent = max(exponent, 1 - bias)
    scaled = value / Fraction(2) ** (exponent - mantissa)
    rounded = round(scaled)
    biased = exponent + bias - 1
    return min((biased << mantissa) + rounded, ((1 << exponent_bits) - 1) << mantissa)


def _magnitude(text: str) -> Fraction:
    if match := _HEXADECIMAL.match(text):
        whole, fraction, exponent = match[1], match[2] or "", match[3] or "0"
        return Fraction(int(whole + fraction, 16), 16 ** len(fraction)) * _power(2, exponent)
    if match := _DECIMAL.match(text):
        whole, fraction, exponent = match[1], match[2] or "", match[3] or "0"
        return Fraction(int(whole + fraction), 10 ** len(fraction)) * _power(10, exponent)
    raise ValueError(f"{text!r} is no number")


def _power(base: int, exponent: str) -> Fraction:
    digits = exponent.lstrip("+-").lstrip("0")
    if len(digits) > _MAX_EXPONENT_DIGITS:
        raise ValueError(f"the exponent {exponent} is out of range")
    return Fraction(base) ** int(exponent)


def float_bits(text: str, width: int) -> int:
    """Bits of a float literal.

    Raises:
        ValueError: it is no float, is out of range, or its NaN payload is.
    """
    _, _, mantissa, exponent_bits = _FORMATS[width]
    sign = int(text.startswith("-")) << (width - 1)
    body = text[1:] if text[:1] in ("+", "-") else text
    infinity = ((1 << exponent_bits) - 1) << mantissa
    if body == "inf":
        return sign | infinity
    if body == "nan":
        return sign | infinity | 1 << (mantissa - 1)
    if body.startswith("nan:0x"):
        payload = unsigned(body[4:], 64)
        if not 0 < payload < 1 << mantissa:
            raise ValueError(f"NaN payload {payload:#x}; legal are 1 to {(1 << mantissa) - 1:#x}")
        return sign | infinity | payload
    if _UNDERSCORES.search(body):
        raise ValueError(f"{text!r}: an underscore stands between digits")
    bits = round_to_bits(_magnitude(body.replace("_", "")), width)
    if bits >= infinity:
        raise ValueError(f"{text} is out of range of a float of {width} bits")
    return sign | bits


def float_text(bits: int, width: int) -> str:
    """The shortest literal with these bits."""
    unpack, pack, mantissa, exponent_bits = _FORMATS[width]
    sign = "-" if bits >> (width - 1) else ""
    exponent, fraction = bits >> mantissa & (1 << exponent_bits) - 1, bits & (1 << mantissa) - 1
    if exponent == (1 << exponent_bits) - 1:
        if not fraction:
            return sign + "inf"
        return sign + ("nan" if fraction == 1 << (mantissa - 1) else f"nan:{fraction:#x}")
    value: float = struct.unpack(unpack, struct.pack(pack, bits))[0]
    if width == 64:
        return repr(value)
    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        # Few digits may round up beyond the largest float.
        if round_to_bits(abs(Fraction(text)), 32) == bits & 0x7FFF_FFFF:
            return text
    return repr(value)
