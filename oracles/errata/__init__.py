"""Known disagreements of oracles, as data with executable witnesses.

A record names one wrong (or merely permitted) behaviour of one oracle: which instructions, under which condition on
their operands, which fields of the result it may spoil, the manual's sentence that decides, and a witness for it.
The comparison asks `explains` about the first instruction at which two single-stepped executors differ; nothing is
excused by name of a whole instruction, and nothing after the instruction is excused at all.

`load_errata` reads every record in this folder; the schema is described in `oracles.errata.records`.
"""

from oracles.errata.records import Erratum, ErratumKind, InstructionPattern, Witness, load_errata
from oracles.errata.rules import RuleError, differences, explains

__all__ = [
    "Erratum",
    "ErratumKind",
    "InstructionPattern",
    "RuleError",
    "Witness",
    "differences",
    "explains",
    "load_errata",
]
