"""Architectural state as numpy records: one dtype per ISA, one row per case.

Floating-point registers hold raw bits (FLEN = 64). `x[0]` is always 0. `pc` of an observation is the address of the
instruction that trapped, or of the next one to execute when the run ended at its limit.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

RISCV64: Final[np.dtype[Any]] = np.dtype(
    [("pc", "<u8"), ("x", "<u8", (32,)), ("f", "<u8", (32,)), ("fcsr", "<u8")], align=True
)

STATE_DTYPES: Final[dict[str, np.dtype[Any]]] = {"riscv64": RISCV64}


def state_dtype(isa: str) -> np.dtype[Any]:
    """Return the state record of `isa`.

    Raises:
        ValueError: `isa` has no state record; the message lists those that have.
    """
    try:
        return STATE_DTYPES[isa]
    except KeyError:
        raise ValueError(f"unknown ISA {isa!r}; known: {', '.join(sorted(STATE_DTYPES))}") from None
