"""Address folding: a constant that is added to an address becomes the offset of the access."""

from __future__ import annotations

from typing import Final

from engines.vm.ir.ops import OPS
from engines.vm.opt.rewriting import rules


def _table() -> str:
    """One rule per load and store: `load.s8(add.i64(x, A), O, N) => load.s8(x, {A + O}, N)`."""
    lines = []
    for op in OPS:
        if op.operation in ("load", "store", "storeif"):
            values = {"load": "{}", "store": "{}, v", "storeif": "c, {}, v"}[op.operation]
            left, right = values.format("add.i64(x, A)"), values.format("x")
            rule = f"{op.name}({left}, O, N) => {op.name}({right}, {{{SUM} - 0x80000000}}, N)"
            lines.append(f"offset-of-{op.name} | - | {rule} | {SUM} < 0x100000000")
    return "\n".join(lines)


SUM: Final = "(A + O + 0x80000000 & 0xffffffffffffffff)"
"""The new offset plus 2**31: below 2**32 where it has 32 bits with sign."""

RULES: Final = rules(_table())
