"""The judge of what runs machine code: generated programs on a subject, against what Unicorn said of them."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fuzz.sabotage import BUGS
from fuzz.sabotage.forked import ForkedExecutor
from fuzz.sabotage.judges import SMALL, Budget, Kill, StillbornError, cpu_seconds
from fuzz.strategies.riscv64 import generate, tabulated
from fuzz.strategies.riscv64.systematic import programs, systematic
from harness.compare.errata import errata_of
from harness.compare.machine import compare_batches
from harness.contract import BatchObservation, Executor, MachineBatch, MachineCase
from harness.reduce.finding import signature_function
from harness.reduce.machine import Reduction, reduce_machine_case
from harness.reduce.search import Signature
from harness.registry import create
from harness.report.reproducer import load_reproducer, write_reproducer
from oracles.errata import Erratum

ORACLE: Final = "unicorn-riscv64"
SLOW: Final = frozenset(("riscv64-reference",))
"""Executors in Python: they run the first `SLOW_BATCHES` only."""
SLOW_BATCHES: Final = 11
SEED: Final = 1
BATCH_CASES: Final = 256
TURNS: Final = ("default",) * 3 + ("fp", "memory", "compressed", "control", "atomic", "traps", "noise")
SEARCH_ROUNDS: Final = 18
"""How often `TURNS` are gone through."""
COMPILING: Final = ("baseline", "llvm", "ir")
"""Parts of the names of executors that compile or evaluate each program anew, a hundred times slower than others."""
COMPILING_TURNS: Final = ("default", "fp", "memory", "jit", "control", "directed", "loops", "atomic", "traps", "jit")
COMPILING_ROUNDS: Final = 3
EVALUATING_ROUNDS: Final = 2
"""Evaluators of the IR, in Python, go through so many of these, and leave out the tabulated loops, which are long: they
are for code that runs hot, and what a translation does with extreme operands is proved by z3."""
TABULATED: Final = "profile tabulated case"
COMPILING_PIECE: Final = 32
"""They run so many programs of a batch at a time, so that what shows at once is seen at once."""
SYSTEMATIC_ROUNDS: Final = 8
"""After so many rounds all systematic programs have had their turn, fewer in the earlier ones."""
BATCH_SECONDS: Final = 20.0
"""A batch that takes more CPU time hangs, and so does a single case that takes a quarter of it: everything is examined
once more, case by case, each in a process of its own."""
REDUCTION_SECONDS: Final = 9.0
"""After so much CPU time no candidate is tried any more."""
STARTS: Final = 4
"""So many programs that show a bug, of those that ran together, are reduced one after the other until one is small,
the first in half of the time: registers under pressure or a loop that runs away make some a poor start."""
ALONE: Final = "the case alone agrees: it takes those before it"


@dataclass(frozen=True, eq=False)
class Recorded:
    """A batch, what the oracle saw of it, and the rows on which our honest subject and the oracle differ (errata)."""

    label: str
    batch: MachineBatch
    oracle: BatchObservation
    excused: NDArray[np.bool_]

    def pieces(self, rows: int) -> Iterator[Recorded]:
        """The same in consecutive pieces of so many rows, the last one maybe shorter."""
        for start in range(0, len(self.batch), rows):
            end = min(start + rows, len(self.batch))
            batch, oracle = self.batch.rows(start, end), self.oracle.rows(start, end)
            yield Recorded(self.label, batch, oracle, self.excused[start:end])


@cache
def recorded(compiling: bool = False) -> tuple[Recorded, ...]:
    """The programs with the oracle's answers, made once per process: rounds of random ones, and after each round its
    share of the systematic ones; for executors that are `compiling`, rounds of what is made for compilers, and after
    the first batch the tabulated ones."""
    found: list[Recorded] = []

    def record(label: str, batch: MachineBatch) -> None:
        theirs = oracle.run_batch(batch)
        comparison = compare_batches(batch, honest.run_batch(batch), theirs)
        excused = np.zeros(len(batch), np.bool_)
        excused[comparison.diverged()] = True
        found.append(Recorded(label, batch, theirs, excused))

    with closing(create(ORACLE)) as oracle, closing(create("riscv64-interpreter", isolated=False)) as honest:
        first = listed = 0
        for turn in range(1, (COMPILING_ROUNDS if compiling else SEARCH_ROUNDS) + 1):
            for profile in COMPILING_TURNS if compiling else TURNS:
                record(f"seed {SEED} profile {profile} case", generate(SEED, first, BATCH_CASES, profile))
                if compiling and not first:
                    for start in range(0, tabulated.programs(), BATCH_CASES):
                        record(TABULATED, tabulated.tabulated(start, BATCH_CASES))
                first += BATCH_CASES
            while not compiling and listed < min(programs(), programs() * turn * turn // SYSTEMATIC_ROUNDS**2):
                record("profile systematic case", systematic(listed, BATCH_CASES))
                listed += BATCH_CASES
    return tuple(found)


@cache
def _oracle() -> tuple[Executor, tuple[Erratum, ...]]:
    """The oracle for what is reduced, and the errata that it shows: asked for before any bug is on, and never closed,
    as every fork has its own copy."""
    oracle = create(ORACLE, isolated=False)
    return oracle, errata_of(oracle)


@cache
def _relinked() -> object:
    from fuzz.sabotage.relinked import RelinkedInterpreter

    return RelinkedInterpreter()


def _relink(bug: str) -> None:
    """Let this process have the native interpreter with `bug`, which is on.

    Raises:
        StillbornError: nothing can be built of it.
    """
    from engines.vm.tiers.interpreter import build
    from fuzz.sabotage.relinked import RelinkedInterpreter

    relinked = _relinked()
    assert isinstance(relinked, RelinkedInterpreter)
    # Built now: a bug with which nothing can be built is not an observation.
    try:
        current = relinked.current(BUGS[bug].only_rows)
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        raise StillbornError(f"the interpreter cannot be built: {str(error).splitlines()[0]}") from error
    build.interpreter = lambda cache=None, *, has_vectors=False: current


class GeneratedPrograms:
    """The executor `subject` on the recorded programs, fast; after a crash or a hang, case by case."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self._compiling = any(part in subject.split("-") for part in COMPILING)
        self.by = f"{subject} against {ORACLE}"

    def prepare(self) -> None:
        recorded(self._compiling)
        self.prepare_subject()
        _oracle()
        with closing(create(self.subject, isolated=False)) as subject:
            subject.run_batch(next(recorded(self._compiling)[0].pieces(COMPILING_PIECE)).batch)

    def prepare_subject(self) -> None:
        """What `subject_with_bug` starts from; once, before any bug is on."""
        _relinked()

    def examine(self, budget: Budget) -> Kill | None:
        return self._examine(budget, self.subject_with_bug(budget.bug))

    def examine_carefully(self, budget: Budget) -> Kill | None:
        """After `examine` ended its process: the subject in processes of its own, whose end is an observation."""
        return self._examine(budget, ForkedExecutor(partial(self.subject_with_bug, budget.bug)))

    def subject_with_bug(self, bug: str) -> Executor:
        """The subject as `bug`, which is on in this process, leaves it.

        Raises:
            StillbornError: it cannot be built.
        """
        if self.subject not in SLOW:
            _relink(bug)
        return create(self.subject, isolated=False)

    def _examine(self, budget: Budget, subject: Executor) -> Kill | None:
        found = self._search(budget, subject)
        if found is None:
            return None
        number, cases = found
        kill = Kill(self.by, number, "")
        oracle, errata = _oracle()
        judged = signature_function(subject, oracle, errata=errata)
        if budget.out is None:
            return replace(kill, signature=judged(cases[0]) or ALONE)
        return self._reduced(kill, budget, cases, subject, judged)

    def _entries(self) -> Sequence[Recorded]:
        """What the subject runs, as fast as it is."""
        everything = recorded(self._compiling)
        if self.subject in SLOW:
            return everything[:SLOW_BATCHES]
        if "ir" in self.subject.split("-"):
            batches = EVALUATING_ROUNDS * len(COMPILING_TURNS)
            return [entry for entry in everything if entry.label != TABULATED][:batches]
        return everything

    def _search(self, budget: Budget, subject: Executor) -> tuple[int, list[MachineCase]] | None:
        """How many were examined up to the first case that shows the bug, that one, and others that ran with it."""
        begun, cases = _seconds(subject), 0
        for entry in self._entries():
            for piece in entry.pieces(COMPILING_PIECE if self._compiling else BATCH_CASES):
                if _seconds(subject) - begun > budget.seconds:
                    return None
                with _alarm(0.0 if isinstance(subject, ForkedExecutor) else BATCH_SECONDS):
                    seen = subject.run_batch(piece.batch)
                diverged = compare_batches(piece.batch, seen, piece.oracle).diverged()
                shown = diverged[~piece.excused[diverged]]
                if len(shown):
                    rows = [int(row) for row in shown[:STARTS]]
                    starts = [replace(piece.batch.case(row), label=f"{entry.label} {cases + row}") for row in rows]
                    return cases + rows[0] + 1, starts
                cases += len(piece.batch)
        return None

    def _reduced(
        self, kill: Kill, budget: Budget, cases: Sequence[MachineCase], subject: Executor, judged: Signature
    ) -> Kill:
        assert budget.out is not None
        begun = _seconds(subject)

        def signature_of(candidate: MachineCase) -> str | None:
            with _alarm(0.0 if isinstance(subject, ForkedExecutor) else BATCH_SECONDS / 4):
                return judged(candidate)

        starts = [case for case in cases if signature_of(case) is not None]
        if not starts:
            return replace(kill, signature=ALONE, instructions=1_000_000)

        def reduced(case: MachineCase, share: float) -> Reduction:
            deadline = begun + REDUCTION_SECONDS * share

            def in_time(candidate: MachineCase) -> str | None:
                return None if _seconds(subject) > deadline and candidate is not case else signature_of(candidate)

            return reduce_machine_case(case, subject, in_time, oracle=_oracle()[0])

        others = starts[1:]
        reduction = reduced(starts[0], 0.5 if others else 1.0)
        for number, start in enumerate(others, 1):
            if reduction.instructions <= SMALL:
                break
            another = reduced(start, 0.5 + 0.5 * number / len(others))
            reduction = min(reduction, another, key=lambda one: one.instructions)
        seconds = _seconds(subject) - begun
        write_reproducer(
            budget.out,
            reduction.case,
            subject,
            _oracle()[0],
            signature=reduction.signature,
            instructions=reduction.instructions,
            command=f"COUNTERPROOF_SABOTAGE={budget.bug} counterproof repro {budget.out}",
        )
        read_back, _, _ = load_reproducer(budget.out)
        replays = signature_of(read_back) == reduction.signature
        return replace(
            kill,
            signature=reduction.signature,
            instructions=reduction.instructions,
            reduction_s=seconds,
            replays=replays,
        )


def _seconds(subject: Executor) -> float:
    """`cpu_seconds`, and those of the process that the subject runs in."""
    return cpu_seconds() + (subject.living_seconds if isinstance(subject, ForkedExecutor) else 0.0)


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """SIGPROF, which ends this process, if the block takes more CPU time; 0 for never."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


__all__ = ["GeneratedPrograms", "Recorded", "recorded"]
