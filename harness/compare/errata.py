"""Errata in the comparison: is a difference a known one, and does the rest of the case agree?

A case on which the executors differ is cut at its first differing instruction. If one erratum of the oracle explains
exactly that difference, the case goes on from the subject's state after the instruction, on both sides, and so forth
until the rest agrees or a difference is left that nothing explains.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from harness.compare.describe import compare_case
from harness.compare.first_difference import (
    ExecutedBits,
    FirstDifference,
    continuation,
    first_difference,
    observe,
)
from harness.contract import Executor, MachineCase, MachineObservation, Verdict
from oracles.errata import Erratum, explains, load_errata, reproduces

MAX_EVENTS = 64
"""A case in which more differences than this are explained one after the other is called diverged."""


@dataclass(frozen=True)
class ErrataResult:
    """What the errata make of one case.

    Attributes:
        explained: nothing is left that the errata do not explain.
        counts: how often each erratum applied.
        left: the first difference that nothing explains, where one was located.
    """

    explained: bool
    counts: Counter[str] = field(default_factory=Counter)
    left: FirstDifference | None = None


def errata_of(oracle: Executor) -> tuple[Erratum, ...]:
    """The errata that this oracle really has: those of its name and version whose witness it reproduces.

    An adapter may repair what the software behind it does wrong. An erratum that no longer shows must not explain
    anything, or it would excuse a subject that has the very same defect.
    """
    mine = (e for e in load_errata() if e.concerns(oracle.name, oracle.capabilities.version))
    return tuple(e for e in mine if reproduces(e, oracle))


def explain(
    case: MachineCase,
    subject: Executor,
    oracle: Executor,
    errata: tuple[Erratum, ...],
    whole: tuple[MachineObservation, MachineObservation] | None = None,
) -> ErrataResult:
    """Whether `errata` account for every difference of `subject` and `oracle` on `case`.

    Args:
        whole: what they gave for the whole case, where that is known.
    """
    counts: Counter[str] = Counter()
    base = case
    for _ in range(MAX_EVENTS):
        if whole is None:
            whole = observe(subject, base), observe(oracle, base)
        if compare_case(base, *whole).verdict is not Verdict.DIVERGED:
            return ErrataResult(True, counts)
        found = first_difference(base, subject, oracle, whole)
        whole = None
        if found is None:
            return ErrataResult(False, counts)
        if found.index:
            found = _judged(base, found, subject, oracle)
        erratum = _explaining(found, errata)
        if erratum is None:
            return ErrataResult(False, counts, found)
        counts[erratum.id] += 1
        rest = continuation(base, found.subject, found.index + 1)
        if rest is None:
            return ErrataResult(True, counts)
        base = rest
    return ErrataResult(False, counts, first_difference(base, subject, oracle))


def _judged(base: MachineCase, found: FirstDifference, subject: Executor, oracle: Executor) -> FirstDifference:
    """The difference at `found`'s instruction between subject and oracle, both from the state before it.

    Where they agree when started there, the history matters (a reservation): then `found` itself is judged, with the
    instructions that led to it.
    """
    step = replace(base, state=found.before.state.copy(), memory=found.before.memory, limit_insns=1)
    ours, theirs = observe(subject, step), observe(oracle, step)
    comparison = compare_case(step, ours, theirs)
    if comparison.verdict is Verdict.DIVERGED:
        return replace(found, subject=ours, oracle=theirs, comparison=comparison)
    return replace(found, executed=ExecutedBits(base, subject, found.index))


def _explaining(found: FirstDifference, errata: tuple[Erratum, ...]) -> Erratum | None:
    before, ours, theirs = found.before.state, found.subject, found.oracle
    return next((e for e in errata if explains(e, found.bits, before, ours, theirs, found.executed)), None)
