"""Campaigns on WebAssembly: generated modules called on every engine, and verdicts on valid and mutated modules.

Two questions per generated module. Do the engines agree on what its calls give? And does our validator agree with the
engines on whether it, and a few mutants of it, are valid? A mutant that both accept is also printed, parsed, encoded
and decoded by us and has to survive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from fuzz.strategies.wasm import ChoiceSequence, GeneratedModule, generate_module
from fuzz.strategies.wasm_mutations import mutate_module
from harness.compare.wasm import WasmComparison, compare_wasm
from harness.contract import Executor, Verdict, WasmCase, WasmObservation
from harness.reduce.wasm import reduce_wasm

FUEL: Final = 50_000_000
MUTANT_BYTES: Final = 8_192
VALIDATOR: Final = "wasm-validator"
VERDICT_ORACLE: Final = "wasmtime"
REDUCTION_TRIES: Final = 600


@dataclass(frozen=True)
class WasmDivergence:
    """Two engines that differ on a case.

    Attributes:
        seed, mutant: where the case comes from; `mutant` is 0 for the generated module itself.
    """

    seed: int
    mutant: int
    case: WasmCase
    subject: str
    oracle: str
    comparison: WasmComparison
    subject_seen: WasmObservation
    oracle_seen: WasmObservation

    @property
    def signature(self) -> str:
        """What differs, without the numbers of calls."""
        kind = self.comparison.fields[0].partition("[")[0]
        return f"wasm {self.subject} against {self.oracle}: {kind}"


@dataclass
class WasmStatistics:
    """What a campaign did so far."""

    modules: int = 0
    calls: int = 0
    mutants: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    """`valid` and `invalid` mutants by the oracle's verdict."""
    outcomes: Counter[str] = field(default_factory=Counter)
    """Calls by what they gave: `values`, or a trap."""
    discards: Counter[str] = field(default_factory=Counter)


def _observe(executor: Executor, case: WasmCase) -> WasmObservation:
    seen = executor.run(case)
    if not isinstance(seen, WasmObservation):
        raise TypeError(f"{executor.name} answered a Wasm case with a {type(seen).__name__}")
    return seen


class WasmCampaign:
    """Runs modules of consecutive seeds.

    Args:
        engines: executors that run calls; the first is compared with each of the others.
        validator: our validator, or None to ask for no verdicts.
        judge: whose verdicts ours are compared with.
        mutants: per module.
    """

    def __init__(
        self,
        engines: Sequence[Executor],
        validator: Executor | None,
        judge: Executor | None,
        mutants: int,
        show: Callable[[WasmStatistics], None] = lambda statistics: None,
    ) -> None:
        self.engines = engines
        self.validator = validator
        self.judge = judge
        self.mutants = mutants
        self.show = show
        self.statistics = WasmStatistics()

    def run(self, seeds: Iterator[int]) -> Iterator[WasmDivergence]:
        """Divergences as they are found, those of calls reduced."""
        for seed in seeds:
            generated = generate_module(ChoiceSequence(seed=seed))
            yield from self._calls(seed, generated)
            yield from self._verdicts(seed, generated)
            self.statistics.modules += 1
            self.show(self.statistics)

    # -- Calls

    def _calls(self, seed: int, generated: GeneratedModule) -> Iterator[WasmDivergence]:
        case = case_of(generated, f"seed {seed}")
        first, *others = self.engines
        seen = _observe(first, case)
        self.statistics.calls += len(seen.calls)
        self.statistics.outcomes.update(_outcome(call) for call in seen.calls)
        for other in others:
            found = compare_wasm(seen, _observe(other, case))
            if found.verdict is Verdict.INCOMPARABLE:
                self.statistics.discards[found.discard] += 1
            elif found.verdict is Verdict.DIVERGED:
                yield self._reduced(case, first, other, seed)

    def _reduced(self, case: WasmCase, first: Executor, other: Executor, seed: int) -> WasmDivergence:
        def fails(candidate: WasmCase) -> bool:
            return compare_wasm(_observe(first, candidate), _observe(other, candidate)).verdict is Verdict.DIVERGED

        # What does not fail again is kept as it is and called unstable.
        reduced = reduce_wasm(case, fails, REDUCTION_TRIES) if fails(case) else case
        left, right = _observe(first, reduced), _observe(other, reduced)
        found = compare_wasm(left, right)
        if found.verdict is not Verdict.DIVERGED:
            found = WasmComparison(Verdict.DIVERGED, ("unstable",))
        return WasmDivergence(seed, 0, reduced, first.name, other.name, found, left, right)

    # -- Verdicts

    def _verdicts(self, seed: int, generated: GeneratedModule) -> Iterator[WasmDivergence]:
        if self.validator is None or self.judge is None:
            return
        for mutant in range(self.mutants + 1):
            binary = generated.binary
            if mutant:
                binary = mutate_module(generated.binary, MUTANT_BYTES, seed * (self.mutants + 1) + mutant)
            case = WasmCase(binary, label=f"seed {seed} mutant {mutant}")
            ours, theirs = _observe(self.validator, case), _observe(self.judge, case)
            self.statistics.mutants += 1
            self.statistics.verdicts["invalid" if theirs.calls else "valid"] += 1
            found = compare_wasm(ours, theirs)
            if found.verdict is Verdict.INCOMPARABLE:
                self.statistics.discards[found.discard] += 1
            elif found.verdict is Verdict.DIVERGED:
                name, judge = self.validator.name, self.judge.name
                yield WasmDivergence(seed, mutant, case, name, judge, found, ours, theirs)


def case_of(generated: GeneratedModule, label: str) -> WasmCase:
    return WasmCase(generated.binary, generated.calls, FUEL, label)


def _outcome(call: tuple[str, ...]) -> str:
    return call[0] if call and call[0].startswith("trap:") else "values"
