"""Campaigns on the Rust-subset compiler: does it accept what is right and reject what is wrong, for the right reason?

Generated valid programs have to be accepted; generated faulty ones rejected with one error, of the planted kind, at the
planted line. A judge (rustc), where there is one, is asked about every so many programs, so that the generator itself
is cross-examined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from fuzz.strategies.rust import generate_faulty, generate_program
from fuzz.strategies.rust.modes import faulty as generate_gc_fault
from fuzz.strategies.wasm import ChoiceSequence
from harness.contract import Executor, SourceCase, SourceObservation

ROOT = "main.rs"
GC_FAULT = "gc-fault"


@dataclass(frozen=True)
class Misjudgement:
    """A program that somebody judged otherwise than the generator.

    Attributes:
        kind: `valid` or the name of the planted fault.
        expected: (code, line) of the errors that there are: none or one.
    """

    seed: int
    who: str
    kind: str
    source: str
    expected: tuple[tuple[str, int], ...]
    found: tuple[tuple[str, int], ...]
    messages: str

    @property
    def label(self) -> str:
        return f"seed {self.seed} {self.kind}"

    @property
    def signature(self) -> str:
        """Who misjudged which kind of program how, without lines."""
        said = ", ".join(sorted({code or "no code" for code, _ in self.found})) or "accepted"
        return f"{self.who}: {self.kind}: {said}"


@dataclass
class RustStatistics:
    """What a campaign did so far."""

    valid: int = 0
    faulty: int = 0
    asked: int = 0
    """Programs that the judge was asked about."""
    codes: Counter[str] = field(default_factory=Counter)
    """Faulty programs by the planted error's code."""
    discards: Counter[str] = field(default_factory=Counter)


class RustCampaign:
    """Judges programs of consecutive seeds: of each seed a valid one and a faulty one.

    Args:
        subject: the compiler under test.
        judge: asked about every `judge_every`th seed; None for nobody.
        modes_every: the faulty program of every so many seeds breaks a rule of GC mode, which the judge knows nothing
            of; 0 for none.
    """

    def __init__(
        self,
        subject: Executor,
        judge: Executor | None = None,
        judge_every: int = 50,
        modes_every: int = 0,
        show: Callable[[RustStatistics], None] = lambda statistics: None,
    ) -> None:
        if judge_every < 1:
            raise ValueError(f"judge_every is {judge_every}; the legal range is 1 and more")
        self.subject = subject
        self.judge = judge
        self.judge_every = judge_every
        self.modes_every = modes_every
        self.show = show
        self.statistics = RustStatistics()

    def run(self, seeds: Iterator[int]) -> Iterator[Misjudgement]:
        """Misjudgements as they are found."""
        for seed in seeds:
            valid = generate_program(ChoiceSequence(seed=seed))
            self.statistics.valid += 1
            yield from self.ask(seed, "valid", valid.source, ())
            of_modes = self.modes_every > 0 and seed % self.modes_every == 0
            kind, source, code, line = _gc_fault(seed) if of_modes else _fault(seed)
            self.statistics.faulty += 1
            self.statistics.codes[code or "none"] += 1
            yield from self.ask(seed, kind, source, ((code, line),))
            self.show(self.statistics)

    def ask(self, seed: int, kind: str, source: str, expected: tuple[tuple[str, int], ...]) -> Iterator[Misjudgement]:
        """Have one program judged; who misjudges it."""
        case = SourceCase("rust", ((ROOT, source),), ROOT, label=f"seed {seed} {kind}")
        executors = [self.subject]
        if self.judge is not None and seed % self.judge_every == 0 and not kind.startswith(GC_FAULT):
            executors.append(self.judge)
            self.statistics.asked += 1
        for executor in executors:
            seen = executor.run(case)
            if not isinstance(seen, SourceObservation):
                raise TypeError(f"{executor.name} answered a source program with a {type(seen).__name__}")
            if "diagnostics" not in seen.observed:
                self.statistics.discards[seen.detail] += 1
            elif seen.accepted != (not expected) or seen.diagnostics != expected:
                yield Misjudgement(seed, executor.name, kind, source, expected, seen.diagnostics, seen.detail)


def _fault(seed: int) -> tuple[str, str, str, int]:
    """Kind, source, code and line of a faulty program."""
    made = generate_faulty(ChoiceSequence(seed=seed))
    return made.fault, made.source, made.code, made.line


def _gc_fault(seed: int) -> tuple[str, str, str, int]:
    """The same of one that breaks a rule of GC mode."""
    made = generate_gc_fault(Random(seed))
    return f"{GC_FAULT}-{made.code}", made.source, made.code, made.line
