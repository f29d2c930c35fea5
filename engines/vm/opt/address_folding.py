"""Address folding: a constant that is added to an address becomes the offset of the access."""

from __future__ import annotations

from typing import Final

from engines.vm.ir.ops import OPS
from engines.vm.opt.rewriting import rules


def _table() -> str:
    """One rule per load and store: `load.s8(add.i64(x, A), O, N) => load.s8(x, {O + A}, N)`."""
    lines = []
    for op in OPS:
        if op.operation in ("load", "store", "storeif"):
            values = {"load": "{}", "store": "{}, v", "storeif": "c, {}, v"}[op.operation]
            left, right = values.format("add.i64(x, A)"), values.format("x")
            offset = f"{{{SIGNED} + O}}"
            lines.append(
                f"offset-of-{op.name} | - | {op.name}({left}, O, N) => {op.name}({right}, {offset}, N) | {FITS}"
            )
    return "\n".join(lines)


SIGNED: Final = "((A ^ 0x8000000000000000) - 0x8000000000000000)"
"""The constant with its sign, in Python's integers; the same bits in 64-bit terms."""
FITS: Final = "(A + O + 0x80000000 & 0xffffffffffffffff) < 0x100000000"
"""The sum has 32 bits with sign."""

RULES: Final = rules(_table())
