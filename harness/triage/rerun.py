"""Running a finding again: once, or many times to see whether it is flaky.

Every run has fresh workers, so that nothing is carried over from one run to the next.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Final

from harness.compare.program import compare_programs
from harness.compare.wasm import compare_wasm
from harness.contract import (
    Case,
    Executor,
    MachineCase,
    Observation,
    ProgramCase,
    ProgramObservation,
    SourceCase,
    Verdict,
    WasmCase,
    WasmObservation,
)
from harness.triage.signature import program_signature

RUNS: Final = 10
"""So often a finding is run again."""
CONFIDENCE: Final = 0.99
"""That a flaky finding is really gone when it stayed away so often."""
MOST_RUNS: Final = 500
RECORDED_ONLY: Final = ("native", "manifest")
"""References that cannot be asked again: the host's own build of a program is not part of its case."""


class NotReplayableError(ValueError):
    """The case cannot be run again here; the message says why."""


@dataclass(frozen=True)
class Answer:
    """The outcome of one run.

    Attributes:
        signature: of the divergence; empty unless there is one.
        explained: the two differ, and the oracle's errata account for all of it: then the verdict is AGREE.
        detail: what differs, or why nothing can be compared.
    """

    verdict: Verdict
    signature: str = ""
    explained: bool = False
    detail: str = ""


Judge = Callable[[Case, str, str], Answer]
"""Runs a case on subject and oracle, named as in the registry."""


@dataclass(frozen=True)
class Reruns:
    """The outcomes of several runs of one case."""

    answers: tuple[Answer, ...]

    def count(self, verdict: Verdict) -> int:
        return sum(answer.verdict is verdict for answer in self.answers)

    @property
    def diverged(self) -> int:
        return self.count(Verdict.DIVERGED)

    @property
    def judged(self) -> int:
        """Runs that could be compared."""
        return len(self.answers) - self.count(Verdict.INCOMPARABLE)

    @property
    def rate(self) -> float:
        """Share of the judged runs that diverged; 0.0 where none could be judged."""
        return self.diverged / self.judged if self.judged else 0.0

    @property
    def signatures(self) -> Counter[str]:
        return Counter(answer.signature for answer in self.answers if answer.verdict is Verdict.DIVERGED)

    @property
    def explained(self) -> bool:
        """Errata account for what differs in every run that was judged."""
        return self.judged > 0 and self.diverged == 0 and any(answer.explained for answer in self.answers)


def judge(case: Case, subject: str, oracle: str, recorded: Observation | None = None) -> Answer:
    """Run `case` once on both sides, in fresh workers.

    Args:
        recorded: what the oracle saw when the finding was made; it speaks where the oracle is of `RECORDED_ONLY`.

    Raises:
        NotReplayableError: nobody can compare such a case.
        UnknownExecutorError, ExecutorUnavailableError: a side cannot be had.
    """
    from harness.registry import create

    if isinstance(case, SourceCase):
        return _sources(case, subject, recorded)
    with ExitStack() as opened:
        ours = opened.enter_context(closing(create(subject)))
        if isinstance(case, ProgramCase):
            return _programs(case, ours, oracle, recorded, opened)
        theirs = opened.enter_context(closing(create(oracle)))
        if isinstance(case, MachineCase):
            return _machines(case, ours, theirs)
        if isinstance(case, WasmCase):
            return _wasm(case, ours, theirs)
    raise NotReplayableError(f"{case.kind} cases cannot be run again yet; machine, program, source and Wasm cases can")


def rerun(
    case: Case, subject: str, oracle: str, runs: int = RUNS, ask: Judge = judge, progress: Callable[[int], object] = abs
) -> Reruns:
    """Run `case` so often.

    Args:
        progress: told the number of runs done, after each.

    Raises:
        ValueError: fewer than one run.
    """
    if runs < 1:
        raise ValueError(f"runs is {runs}, must be at least 1")
    answers = []
    for number in range(1, runs + 1):
        answers.append(ask(case, subject, oracle))
        progress(number)
    return Reruns(tuple(answers))


def agreeing_runs_needed(rate: float, least: int = RUNS) -> int:
    """So many agreeing runs in a row close a finding that diverged in this share of its runs.

    One that always diverged needs `least`. A flaky one needs as many as make it unlikely (1 − `CONFIDENCE`) that it
    stayed away by chance, `MOST_RUNS` at most.
    """
    if not 0.0 <= rate <= 1.0:
        raise ValueError(f"rate is {rate}, must be between 0 and 1")
    if rate in (0.0, 1.0):
        return least
    likely = math.log(1.0 - CONFIDENCE) / math.log1p(-rate)
    return max(least, math.ceil(min(likely, MOST_RUNS)))


def _machines(case: MachineCase, subject: Executor, oracle: Executor) -> Answer:
    from harness.compare.describe import compare_case
    from harness.compare.errata import errata_of, explain
    from harness.compare.first_difference import first_difference, observe
    from harness.triage.signature import machine_signature

    whole = observe(subject, case), observe(oracle, case)
    comparison = compare_case(case, *whole)
    if comparison.verdict is not Verdict.DIVERGED:
        return Answer(comparison.verdict, detail=comparison.discard)
    errata = errata_of(oracle)
    found = None
    if errata:
        judged = explain(case, subject, oracle, errata, whole)
        if judged.explained:
            return Answer(Verdict.AGREE, explained=True, detail=", ".join(judged.counts))
        found = judged.left
    else:
        found = first_difference(case, subject, oracle, whole)
    signature = machine_signature(case.isa, found, comparison, *whole)
    return Answer(Verdict.DIVERGED, signature, detail=", ".join(comparison.fields))


def _programs(
    case: ProgramCase, subject: Executor, oracle: str, recorded: Observation | None, opened: ExitStack
) -> Answer:
    from harness.registry import create

    ours = subject.run(case)
    if oracle in RECORDED_ONLY:
        if recorded is None:
            raise NotReplayableError(f"what {oracle} saw of {case.label or 'this program'} was not recorded")
        theirs = recorded
    else:
        theirs = opened.enter_context(closing(create(oracle))).run(case)
    if not (isinstance(ours, ProgramObservation) and isinstance(theirs, ProgramObservation)):
        raise NotReplayableError(f"{case.label or 'this program'}: {oracle} or {subject.name} runs no programs")
    compared = compare_programs(ours, theirs)
    if compared.verdict is not Verdict.DIVERGED:
        return Answer(compared.verdict, detail=compared.discard)
    return Answer(Verdict.DIVERGED, program_signature(case.label, compared.fields), detail=", ".join(compared.fields))


def _sources(case: SourceCase, subject: str, recorded: Observation | None) -> Answer:
    from harness.campaign.rust_replay import NotOfRustError, again

    try:
        found = again(case, subject, recorded)
    except NotOfRustError as error:
        raise NotReplayableError(str(error)) from None
    if found is None:
        return Answer(Verdict.AGREE)
    return Answer(Verdict.DIVERGED, found.signature, detail=found.signature)


def _wasm(case: WasmCase, subject: Executor, oracle: Executor) -> Answer:
    ours, theirs = subject.run(case), oracle.run(case)
    if not (isinstance(ours, WasmObservation) and isinstance(theirs, WasmObservation)):
        raise NotReplayableError(f"{case.label or 'this module'}: {oracle.name} or {subject.name} runs no Wasm")
    compared = compare_wasm(ours, theirs)
    if compared.verdict is not Verdict.DIVERGED:
        return Answer(compared.verdict, detail=compared.discard)
    kinds = ", ".join(dict.fromkeys(field.partition("[")[0] for field in compared.fields))
    return Answer(Verdict.DIVERGED, f"wasm: {kinds} differ", detail=", ".join(compared.fields))
