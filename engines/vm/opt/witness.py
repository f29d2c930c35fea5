"""Rules about guest state, memory and flags are code, not patterns. Each shows what it does on a pair of blocks.

A test proves by SMT that the two blocks of a witness are equivalent for all states, and that the pass turns the first
into the second.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Witness:
    """A named rule with an example.

    Attributes:
        name: of the rule.
        before, after: lines of IR text between `pcs` and the closing brace, over `engines.vm.opt.witness.REGISTERS`.
    """

    name: str
    before: str
    after: str


REGISTERS = (("a", "i64"), ("b", "i64"), ("c", "i64"), ("p", "f64"), ("q", "f64"))
"""Names and types of the slots that witnesses use."""
