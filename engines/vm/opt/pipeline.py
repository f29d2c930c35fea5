"""The passes in order, each alone by name, and all of them as one fast function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from engines.vm.ir.block import Block
from engines.vm.opt import (
    address_folding,
    branch_simplification,
    constant_folding,
    copy_elimination,
    dead_code,
    float_flags,
    guest_registers,
    redundant_loads,
)
from engines.vm.opt.dead_code import DeadCode
from engines.vm.opt.forward import Forward
from engines.vm.opt.rewriting import Rule
from engines.vm.opt.templates import TemplatePasses
from engines.vm.opt.witness import Witness

Pass = Callable[[Block], Block]

RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "constant folding": constant_folding.RULES,
    "copy elimination": copy_elimination.RULES,
    "address folding": address_folding.RULES,
    "branch simplification": branch_simplification.RULES,
}
"""Rewrite rules by pass."""

WITNESSES: Final[Mapping[str, tuple[Witness, ...]]] = {
    "guest-register caching": guest_registers.WITNESSES,
    "redundant load elimination": redundant_loads.WITNESSES,
    "flag elimination": float_flags.WITNESSES,
    "dead code elimination": dead_code.WITNESSES,
}
"""Rules that are code, by pass."""


def _sequence(*steps: Pass) -> Pass:
    def run(block: Block) -> Block:
        for step in steps:
            block = step(block)
        return block

    return run


@cache
def passes() -> Mapping[str, Pass]:
    """Every pass alone, by name, in the order in which the pipeline has them."""
    unused = DeadCode(puts=False, flags=False)
    return {
        "constant folding": Forward(constant_folding.RULES, fold=True).run,
        "copy elimination": Forward(copy_elimination.RULES, merge=True).run,
        "guest-register caching": _sequence(Forward((), registers=True).run, DeadCode(flags=False).run),
        "redundant load elimination": Forward((), loads=True).run,
        "flag elimination": _sequence(Forward((), floats=True).run, DeadCode(puts=False).run),
        "address folding": Forward(address_folding.RULES).run,
        "branch simplification": Forward(branch_simplification.RULES, leaving=True).run,
        "dead code elimination": unused.run,
    }


@cache
def _all() -> tuple[Forward, DeadCode]:
    rules = tuple(rule for group in RULES.values() for rule in group)
    walk = Forward(rules, fold=True, merge=True, registers=True, loads=True, floats=True, leaving=True, late=True)
    return walk, DeadCode()


def template_passes(slots: int) -> TemplatePasses:
    """All passes, for a lifter's templates of a guest that has so many registers."""
    return TemplatePasses(*_all(), slots)


def optimise(block: Block) -> Block:
    """`block` after all passes; the one given is left as it is."""
    walk, dead = _all()
    return block.with_code(dead.code(walk.code(block.code)))
