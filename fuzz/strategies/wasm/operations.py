"""Which operations calculate a value of a type, and which of them make a NaN whose bits are not determined.

Source: WebAssembly 3.0 §4.3.3 (NaN propagation).
"""

from __future__ import annotations

from typing import Final

from engines.rustwasm.wasm.module import Expression
from engines.rustwasm.wasm.ops import ADDRESS, OPERATIONS, Operation
from engines.rustwasm.wasm.types import F32, F64, V128, Ref

_CANONICAL: Final = {"f32": 0x7FC0_0000, "f64": 0x7FF8_0000_0000_0000}
_NAN_LANES: Final = {
    "f32x4": b"\x00\x00\xc0\x7f" * 4,
    "f64x2": b"\x00\x00\x00\x00\x00\x00\xf8\x7f" * 2,
}
_ARITHMETIC: Final = ("add", "sub", "mul", "div", "sqrt", "min", "max", "ceil", "floor", "trunc", "nearest")
_CONVERSIONS: Final = ("promote_f32", "demote_f64", "demote_f64x2_zero", "promote_low_f32x4")


def _suits(operation: Operation) -> bool:
    signature = operation.signature
    if signature is None or len(signature.results) != 1 or not signature.operands:
        return False
    if any(one.kind not in ("lane", "lanes16") for one in operation.immediates):
        return False
    if any(isinstance(type_, Ref) or type_ == ADDRESS for type_ in (*signature.operands, *signature.results)):
        return False
    return "relaxed" not in operation.name


def _calculations() -> dict[int, tuple[Operation, ...]]:
    out: dict[int, list[Operation]] = {}
    for operation in OPERATIONS.values():
        if _suits(operation) and operation.signature is not None:
            result = operation.signature.results[0]
            assert isinstance(result, int)
            out.setdefault(result, []).append(operation)
    return {type_: tuple(found) for type_, found in out.items()}


CALCULATIONS: Final = _calculations()
"""Result type to the operations that calculate it from numbers and vectors."""


def _nan_shape(operation: Operation) -> str | None:
    shape, _, action = operation.name.partition(".")
    if shape in ("f32", "f64", "f32x4", "f64x2") and action in (*_ARITHMETIC, *_CONVERSIONS):
        return shape
    return None


MAKES_NAN: Final = {
    operation.name: shape
    for found in CALCULATIONS.values()
    for operation in found
    if (shape := _nan_shape(operation)) is not None
}
"""Operation to the shape (`f32`, `f64`, `f32x4`, `f64x2`) of the NaNs that it makes."""


def canonical_nan(shape: str, local: int) -> Expression:
    """Replace every NaN of the value on the stack by the canonical one; `local` holds the value meanwhile."""
    if shape in _CANONICAL:
        return [
            ("local.tee", local),
            (f"{shape}.const", _CANONICAL[shape]),
            ("local.get", local),
            ("local.get", local),
            (f"{shape}.eq",),
            ("select",),
        ]
    return [
        ("local.tee", local),
        ("v128.const", _NAN_LANES[shape]),
        ("local.get", local),
        ("local.get", local),
        (f"{shape}.eq",),
        ("v128.bitselect",),
    ]


assert {F32, F64, V128} <= set(CALCULATIONS)
