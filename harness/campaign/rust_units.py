"""The unit of a Rust campaign: the programs of some consecutive seeds, judged and run, in a worker.

Of each seed a valid and a faulty program are judged (`harness.campaign.rust`); then the valid ones run, gathered in one
crate (`harness.campaign.rust_runs`). What diverges there is looked for in its programs alone, the smaller case.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from engines.rustwasm.mir.verifier import verify_program
from fuzz.strategies.rust import Outcome, ValidProgram, generate_crate
from fuzz.strategies.rust.operators import operators
from fuzz.strategies.rust.scene import INTEGERS
from harness.campaign.compiled_compiler import differing as differing_modules
from harness.campaign.compiled_compiler import digests, in_use
from harness.campaign.rust import Misjudgement, RustCampaign
from harness.campaign.rust_reduction import reduced
from harness.campaign.rust_runs import GENERATOR, ROOT, RustDivergence, RustRunner, differing, expectation
from harness.contract import Executor, ProgramObservation, SourceCase, SourceObservation
from harness.registry import create
from harness.subjects.rustwasm_program import BUILDS, Build, CompiledProgram


@dataclass(frozen=True)
class RustPlan:
    """What a campaign does; the same plan from the same first seed gives the same result.

    Attributes:
        subject: whose verdicts are judged.
        judge: asked about every `judge_every`th seed, and to build and run every `native_every`th crate; "" for nobody.
        builds: names of builds; none for verdicts only.
        engines: executors that run modules.
        programs: of one crate.
        statements: in the `main` of each, at most.
        verify: also check the MIR of every crate.
        modes_every: of every so many seeds there are programs of GC mode and a fault of it; 0 for none.
        faulty: so many seeds, the first, also give a faulty program, and their valid one is judged alone; those of the
            others are judged in their crate.
        sources_every: where the compiler is a compiled copy, its sources have to give the same modules of every so many
            crates.
    """

    subject: str = "rustwasm-check"
    judge: str = ""
    judge_every: int = 50
    native_every: int = 20
    builds: tuple[str, ...] = ("dev", "release")
    engines: tuple[str, ...] = ("wasmtime", "node")
    programs: int = 16
    statements: int = 20
    first_seed: int = 1
    seeds: int = 2_000
    verify: bool = False
    modes_every: int = 4
    faulty: int = 2_000
    sources_every: int = 40

    def __post_init__(self) -> None:
        for name in ("judge_every", "native_every", "programs", "statements", "seeds", "sources_every"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; the legal range is 1 and more")
        for name in ("modes_every", "faulty"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}; the legal range is 0 and more")
        known = [build.name for build in BUILDS]
        for name in self.builds:
            if name not in known:
                raise ValueError(f"no build is called {name!r}; there are {', '.join(known)}")

    @property
    def units(self) -> int:
        return -(-self.seeds // self.programs)

    def seeds_of(self, unit: int) -> range:
        first = self.first_seed + unit * self.programs
        return range(first, min(first + self.programs, self.first_seed + self.seeds))

    def made_builds(self) -> tuple[Build, ...]:
        return tuple(build for build in BUILDS if build.name in self.builds)


@dataclass
class UnitResult:
    """What came of one unit, or of several.

    Attributes:
        modes: programs of GC mode and their twins in ownership types.
        runs: programs run by an engine or the interpreter, a crate counting once.
        judged: crates that the judge built and ran.
        cpu_seconds: processor time of the workers, without that of processes that they started (Node, rustc).
    """

    valid: int = 0
    faulty: int = 0
    modes: int = 0
    asked: int = 0
    runs: int = 0
    judged: int = 0
    cpu_seconds: float = 0.0
    codes: Counter[str] = field(default_factory=Counter)
    discards: Counter[str] = field(default_factory=Counter)
    misjudgements: list[Misjudgement] = field(default_factory=list)
    divergences: list[RustDivergence] = field(default_factory=list)

    def add(self, other: UnitResult) -> None:
        """Count the other's in; what was found stays there."""
        for name in ("valid", "faulty", "modes", "asked", "runs", "judged", "cpu_seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.codes += other.codes
        self.discards += other.discards


class UnitWorker:
    """Does units of a plan. Building it opens executors, so it is built in the worker.

    Raises:
        UnknownExecutorError, ExecutorUnavailableError: an executor cannot be had.
    """

    def __init__(self, plan: RustPlan) -> None:
        self.plan = plan
        self._subject = create(plan.subject, isolated=False)
        self._judge = create(plan.judge, isolated=False) if plan.judge else None
        engines = [create(name, isolated=False) for name in plan.engines] if plan.builds else []
        self._runner = RustRunner(plan.made_builds(), engines, verified if plan.verify else None)

    def close(self) -> None:
        for one in (self._subject, self._judge, *self._runner.engines):
            if one is not None:
                one.close()

    def __call__(self, unit: int, news: object = None) -> UnitResult:
        """`news` are the signatures that need no reduction any more."""
        began = time.process_time()
        result = self._done(unit, news if isinstance(news, frozenset) else frozenset())
        result.cpu_seconds = time.process_time() - began
        return result

    def _done(self, unit: int, known: frozenset[str]) -> UnitResult:
        seeds = self.plan.seeds_of(unit)
        plan = self.plan
        campaign = RustCampaign(self._subject, self._judge, plan.judge_every, plan.modes_every)
        alone = iter(seeds if not plan.builds else [one for one in seeds if one < plan.first_seed + plan.faulty])
        names = {self._subject.name: self.plan.subject}  # as it is asked for again
        misjudged = [replace(one, who=names.get(one.who, one.who)) for one in campaign.run(alone)]
        seen = campaign.statistics
        result = UnitResult(
            seen.valid, seen.faulty, asked=seen.asked, codes=seen.codes, discards=seen.discards, misjudgements=misjudged
        )
        if self.plan.builds:
            result.valid = len(seeds)
            before = self._runner.runs
            self._run(unit, seeds, result, known)
            result.runs = self._runner.runs - before
        return result

    def _run(self, unit: int, seeds: Sequence[int], result: UnitResult, known: frozenset[str]) -> None:
        if unit < len(INTEGERS):
            fixed = operators(tuple(INTEGERS)[unit])
            result.divergences += self._runner.examine(fixed, fixed.label)
        whole, members = generate_crate(seeds, self.plan.statements, self.plan.modes_every)
        result.modes = len(members) - len(seeds)
        label = f"seeds {seeds[0]} to {seeds[-1]}"
        found = list(self._runner.examine(whole, label))
        if found:
            found = list(narrowed(self._runner.examine, found, members))
            for position, one in enumerate(found):
                if one.signature not in known:
                    same = [other for other in found if other.source == one.source]
                    found[position] = reduced(one, self._runner, same)
        elif in_use() and unit % self.plan.sources_every == 0:
            found = list(self._by_sources(whole, label))
        result.divergences += found
        if self._judge is not None and unit % self.plan.native_every == 0:
            result.judged += 1
            native = generate_crate(seeds, self.plan.statements)[0] if self.plan.modes_every else whole
            result.divergences += judged(self._judge, native, label)

    def _by_sources(self, program: ValidProgram, label: str) -> Iterator[RustDivergence]:
        """Builds in which the compiled copy of the compiler differs from its sources."""
        expected = expectation(program.dev)
        for name in differing_modules(program.source, digests(CompiledProgram(program.source), self._runner.builds)):
            why = "the compiled compiler gives another module than its sources"
            yield RustDivergence(label, program.source, name, "compiler", "sources", ("compiler",), expected, None, why)


def narrowed(
    examine: Callable[[ValidProgram, str], Iterator[RustDivergence]],
    found: Sequence[RustDivergence],
    members: Sequence[ValidProgram],
) -> Iterator[RustDivergence]:
    """The divergences of a crate, each in the first of its programs that shows it alone; else as it is."""
    open_ones = {one.signature: one for one in found}
    for program in members:
        for alone in examine(program, program.label):
            if open_ones.pop(alone.signature, None) is not None:
                yield alone
        if not open_ones:
            return
    yield from open_ones.values()


def judged(judge: Executor, program: ValidProgram, label: str) -> Iterator[RustDivergence]:
    """What rustc's build of a program does otherwise than the generator says: the generator is wrong."""
    case = SourceCase("rust", ((ROOT, program.source),), ROOT, ("run",), label=label)
    seen = judge.run(case)
    outcome: Outcome = program.dev
    if not isinstance(seen, SourceObservation):
        raise TypeError(f"{judge.name} answered a source program with a {type(seen).__name__}")
    ran = seen.run
    if not seen.observed or ran is None or not ran.observed:
        return
    fields = ("accepted",) if not seen.accepted else differing(outcome, ran)
    if fields:
        expected: ProgramObservation = expectation(outcome)
        yield RustDivergence(label, program.source, "native", judge.name, GENERATOR, fields, expected, ran, seen.detail)


def verified(compiled: CompiledProgram) -> str:
    """What the MIR verifier says of a program, one problem per line."""
    return "\n".join(verify_program(compiled.compilation))


def lost_unit(plan: RustPlan, unit: int, why: str) -> UnitResult:
    """A unit whose worker hung or died: a divergence of the whole crate."""
    seeds = plan.seeds_of(unit)
    whole, _ = generate_crate(seeds, plan.statements, plan.modes_every)
    label = f"seeds {seeds[0]} to {seeds[-1]}"
    found = RustDivergence(
        label, whole.source, "dev", "compiler", GENERATOR, ("compiler",), expectation(whole.dev), None, why
    )
    return UnitResult(divergences=[found])
