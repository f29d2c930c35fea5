"""Proofs that two programs do the same: rewrite rules for all values, blocks for all guest states.

A proof is a query that z3 finds unsatisfiable; a model is a counterexample and is printed. A query that runs out of
time is neither, and is reported as undecided.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import z3

from engines.vm.ir.block import Block
from engines.vm.ir.ops import OPS
from engines.vm.ir.types import Type
from engines.vm.opt.rewriting import Constant, Rule, Variable, evaluate_constant
from engines.vm.opt.rewriting import Term as RuleTerm
from engines.vm.smt.blocks import BlockMachine, block_world
from engines.vm.smt.semantics import reference_world
from engines.vm.smt.terms import Holds, Term, Unsigned
from engines.vm.smt.world import Snapshot, World

TIMEOUT_MS: Final = 20_000


class Outcome(StrEnum):
    PROVED = "proved"
    REFUTED = "refuted"
    UNDECIDED = "undecided"
    """z3 gave up or ran out of time."""


@dataclass(frozen=True)
class Proof:
    """The answer.

    Attributes:
        detail: for a refutation, what differs and the counterexample; for an undecided one, z3's reason.
    """

    outcome: Outcome
    detail: str = ""

    @property
    def holds(self) -> bool:
        return self.outcome is Outcome.PROVED


PROVED: Final = Proof(Outcome.PROVED)


def prove_same(ours: World, theirs: World, timeout_ms: int = TIMEOUT_MS) -> Proof:
    """Prove that two evaluations that began in the same unknown state end in the same one."""
    for mine in ours.exits:
        for other in theirs.exits:
            both = z3.simplify(z3.And(mine.condition, other.condition))
            if z3.is_false(both):
                continue
            differing = _differences(mine.snapshot, other.snapshot)
            if not differing:
                continue
            proof = _refute(both, differing, timeout_ms)
            if not proof.holds:
                return proof
    return PROVED


def _differences(mine: Snapshot, other: Snapshot) -> list[tuple[str, Any, Any]]:
    """What is not the same term: name and both terms."""
    if mine.interpret != other.interpret:
        return [("interpret", z3.BoolVal(mine.interpret), z3.BoolVal(other.interpret))]
    pairs = [("pc", mine.pc, other.pc), ("retired", mine.retired, other.retired)]
    pairs += [(f"slot{i}", a, b) for i, (a, b) in enumerate(zip(mine.slots, other.slots, strict=True))]
    pairs += [("flags", mine.flags, other.flags), ("mode", mine.mode, other.mode)]
    pairs += [("memory", mine.memory, other.memory)]
    return [(name, a, b) for name, a, b in pairs if not a.eq(b)]


def _refute(condition: Any, differing: list[tuple[str, Any, Any]], timeout_ms: int) -> Proof:
    solver = z3.Solver()
    solver.set("timeout", timeout_ms)
    solver.add(condition, z3.Or(*(a != b for _, a, b in differing)))
    answer = solver.check()
    if answer == z3.unsat:
        return PROVED
    if answer == z3.unknown:
        return Proof(Outcome.UNDECIDED, solver.reason_unknown())
    model = solver.model()
    shown = []
    for name, a, b in differing:
        if not z3.is_true(model.eval(a == b, model_completion=True)):
            values = [model.eval(term, model_completion=True) for term in (a, b)]
            shown.append(f"{name}: {' against '.join(_hexadecimal(value) for value in values)}")
    where = [f"{d.name()} = {_hexadecimal(model[d])}" for d in model.decls() if d.arity() == 0]
    return Proof(Outcome.REFUTED, f"{'; '.join(shown)}; where {', '.join(sorted(where)) or 'nothing matters'}")


def _hexadecimal(value: Any) -> str:
    return f"{value.as_long():#x}" if z3.is_bv_value(value) else str(value).replace("\n", " ")[:200]


def prove_blocks(before: Block, after: Block, timeout_ms: int = TIMEOUT_MS) -> Proof:
    """Prove that a block does the same as another, for all guest states: what passes must keep."""
    return prove_same(block_world(before), block_world(after), timeout_ms)


def prove_lifted(code: bytes, block: Block, timeout_ms: int = TIMEOUT_MS) -> Proof:
    """Prove that a RISC-V block does what the instructions' semantics say.

    Args:
        code: the guest's bytes from `block.pc` on.
    """
    return prove_same(reference_world(code, block.pcs, block.pc), block_world(block), timeout_ms)


# -- rewrite rules ------------------------------------------------------------------------------------------------


def prove_rule(rule: Rule, timeout_ms: int = TIMEOUT_MS) -> Proof:
    """Prove that both sides of a rewrite rule do the same wherever its condition holds."""
    names = _names(rule)
    constants = {name: Unsigned(z3.BitVec(name, width)) for name, (width, value) in names.items() if not value}
    variables = {name: Term(z3.BitVec(name, width)) for name, (width, value) in names.items() if value}
    where = evaluate_constant(rule.where, dict(constants), rule.width) if rule.where else Holds(z3.BoolVal(True))
    worlds = []
    values: list[Any] = []
    for side in (rule.left, rule.right):
        world = World.unknown(0)
        evaluate = _Evaluation(rule, BlockMachine(world, None), variables, constants)
        value = evaluate.term(side, rule.left.op.result)
        values.append(value)
        if z3.is_true(world.alive) or not world.exits or not z3.is_false(world.alive):
            end = world.snapshot(Term.of(0, 64), Term.of(0, 64), False)
            world.leave(z3.BoolVal(True), end)
        worlds.append(world)
    for world in worlds:
        world.exits = [leaving._replace(condition=z3.And(where.formula, leaving.condition)) for leaving in world.exits]
    if values[0] is not None:
        proof = _refute(where.formula, [("value", values[0].t, values[1].t)], timeout_ms)
        if not proof.holds:
            return proof
    return prove_same(worlds[0], worlds[1], timeout_ms)


def _names(rule: Rule) -> dict[str, tuple[int, bool]]:
    """Names of the left side: width, and whether it is a value (else a constant)."""
    found: dict[str, tuple[int, bool]] = {}

    def visit(term: RuleTerm, width: int) -> None:
        if isinstance(term, Variable):
            found[term.name] = (width, True)
        elif isinstance(term, Constant):
            if term.binds:
                found[term.text] = (width, False)
        else:
            for operand, type in zip(term.operands, term.op.operands, strict=True):
                visit(operand, type.width)
            for immediate in term.immediates:
                visit(immediate, 64)

    visit(rule.left, 0)
    return found


class _Evaluation:
    """Evaluates one side of a rule."""

    def __init__(
        self, rule: Rule, machine: BlockMachine, variables: dict[str, Term], constants: dict[str, Unsigned]
    ) -> None:
        self.rule = rule
        self.machine = machine
        self.variables = variables
        self.constants = constants

    def term(self, term: RuleTerm, type: Type) -> Any:
        if isinstance(term, Variable):
            return self.variables[term.name]
        if isinstance(term, Constant):
            return self.constant(term, type.width)
        operands = [self.term(o, t) for o, t in zip(term.operands, term.op.operands, strict=True)]
        immediates = [self.constant(i, 64) for i in term.immediates]
        return OPS[term.op.code].evaluate(self.machine, *operands, *immediates)

    def constant(self, term: Constant, width: int) -> Term:
        value = evaluate_constant(term.text, dict(self.constants), self.rule.width)
        if isinstance(value, int):
            return Term.of(value, width)
        found = Term(value.t)
        return found if found.width == width else found.trunc(width)
