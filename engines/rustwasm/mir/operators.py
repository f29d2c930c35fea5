"""Arithmetic, comparisons and casts (The Rust Reference, "Operator expressions")."""

from __future__ import annotations

import math
import struct
from typing import Any

from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty

_WORDS = {"add": "add", "sub": "subtract", "mul": "multiply"}


def wrap(value: int, one: Ty) -> int:
    """The integer modulo the width of its type."""
    bits, signed = one.data[:2]
    value &= (1 << bits) - 1
    return value - (1 << bits) if signed and value >> (bits - 1) else value


def round_float(value: float, one: Ty) -> float:
    """The float rounded to its type."""
    if one.data == 32:
        try:
            return float(struct.unpack("<f", struct.pack("<f", value))[0])
        except OverflowError:
            return math.copysign(math.inf, value)
    return value


def binary(op: str, left: Any, right: Any, one: Ty, checks: bool) -> tuple[Any, str]:
    """(result, panic message or "")."""
    if op in ("eq", "ne", "lt", "le", "gt", "ge"):
        result = {
            "eq": left == right, "ne": left != right, "lt": left < right, "le": left <= right, "gt": left > right,
            "ge": left >= right,
        }[op]  # fmt: skip
        return int(result), ""
    if one.kind == ty.FLOAT:
        return _float(op, left, right, one), ""
    if op in ("and", "or", "xor"):
        return {"and": left & right, "or": left | right, "xor": left ^ right}[op], ""
    if op in ("div", "rem"):
        if right == 0:
            word = "divide by zero" if op == "div" else "calculate the remainder with a divisor of zero"
            return None, f"attempt to {word}"
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        if wrap(quotient, one) != quotient:
            return None, f"attempt to {'divide' if op == 'div' else 'calculate the remainder'} with overflow"
        return (quotient if op == "div" else left - quotient * right), ""
    if op in ("shl", "shr"):
        bits = one.data[0]
        if checks and not 0 <= right < bits:
            return None, f"attempt to shift {'left' if op == 'shl' else 'right'} with overflow"
        right &= bits - 1
        return wrap(left << right if op == "shl" else left >> right, one), ""
    exact = {"add": left + right, "sub": left - right, "mul": left * right}[op]
    result = wrap(exact, one)
    if checks and result != exact:
        return None, f"attempt to {_WORDS[op]} with overflow"
    return result, ""


def _float(op: str, left: float, right: float, one: Ty) -> float:
    if op == "add":
        result = left + right
    elif op == "sub":
        result = left - right
    elif op == "mul":
        result = left * right
    elif op == "div":
        if right == 0:
            negative = math.copysign(1, left) * math.copysign(1, right) < 0
            result = math.nan if left == 0 or math.isnan(left) else (-math.inf if negative else math.inf)
        else:
            result = left / right
    else:
        result = math.nan if right == 0 or math.isinf(left) else math.fmod(left, right)
    return round_float(result, one)


def unary(op: str, value: Any, one: Ty, checks: bool) -> tuple[Any, str]:
    """(result, panic message or "")."""
    if op == "not":
        return (1 - value if one.kind == ty.BOOL else wrap(~value, one)), ""
    if one.kind == ty.FLOAT:
        return -value, ""
    result = wrap(-value, one)
    return (None, "attempt to negate with overflow") if checks and result != -value else (result, "")


def numeric_cast(value: Any, source: Ty, target: Ty) -> Any:
    """`value as target`: integers wrap, floats to integers saturate, NaN is 0."""
    if target.kind == ty.FLOAT:
        if target.data == 32 and isinstance(value, int):
            return _int_to_f32(value)
        return round_float(float(value), target)
    if target.kind in (ty.BOOL, ty.CHAR):
        return int(value)
    if isinstance(value, float):
        if math.isnan(value):
            return 0
        bits, signed = target.data[:2]
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        if math.isinf(value):
            return high if value > 0 else low
        return max(low, min(high, int(value)))
    return wrap(int(value), target)


def _int_to_f32(value: int) -> float:
    """The nearest f32, rounded once (ties to even)."""
    magnitude = abs(value)
    extra = magnitude.bit_length() - 24
    if extra > 0:
        low = magnitude & ((1 << extra) - 1)
        magnitude >>= extra
        half = 1 << (extra - 1)
        if low > half or (low == half and magnitude & 1):
            magnitude += 1
        magnitude <<= extra
    return round_float(float(magnitude if value >= 0 else -magnitude), ty.F32)
