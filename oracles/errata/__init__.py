"""Known disagreements of oracles, as data with executable witnesses.

A record names one wrong (or merely permitted) behaviour of one oracle: which instructions, under which condition on
their operands, which fields of the result it may spoil, the manual's sentence that decides, and a witness for it.
The comparison asks `explains` about the first instruction at which two single-stepped executors differ; nothing is
excused by name of a whole instruction, and nothing after the instruction is excused at all.

Where a wrong value is common and harmless (Unicorn leaves the upper half of every FP32 result zero), a record also has
a rule over final states: `tolerated` applies it to whole batches; only what it does not cover needs single-stepping.

`load_errata` reads every record in this folder; the schema is described in `oracles.errata.records`.
"""

from oracles.errata.records import Erratum, ErratumKind, FinalTolerance, InstructionPattern, Witness, load_errata
from oracles.errata.reproduction import answers, reproduces
from oracles.errata.rules import RuleError, differences, explains, tolerated

__all__ = [
    "Erratum",
    "ErratumKind",
    "FinalTolerance",
    "InstructionPattern",
    "RuleError",
    "Witness",
    "answers",
    "differences",
    "explains",
    "load_errata",
    "reproduces",
    "tolerated",
]
