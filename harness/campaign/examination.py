"""The examination of one case that diverged: errata, verification in fresh workers, first difference, signature."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from harness.compare.describe import CaseComparison, compare_case, differences
from harness.compare.errata import errata_of, explain
from harness.compare.first_difference import FirstDifference, first_difference, observe
from harness.contract import End, Executor, MachineCase, MachineObservation, Verdict
from harness.triage.signature import IN_BATCH_ONLY, machine_signature
from oracles.errata import Erratum

FRESH_PER_SIGNATURE = 1
"""So many findings of each signature are verified in fresh workers; later ones in the examiner's own."""
_ENDED = (End.TRAP, End.LIMIT)


@dataclass(frozen=True, eq=False)
class Examined:
    """What became of a case that diverged.

    Attributes:
        explained: errata account for all of it.
        errata: how often each applied.
        signature, comparison, subject, oracle, found: of what is left; empty where explained.
    """

    explained: bool
    errata: Counter[str]
    signature: str = ""
    comparison: CaseComparison = field(default_factory=lambda: CaseComparison(Verdict.AGREE))
    subject: MachineObservation | None = None
    oracle: MachineObservation | None = None
    found: FirstDifference | None = None

    def summary(self) -> str:
        """What differs, for people: the first few places."""
        ours, theirs, comparison = self.subject, self.oracle, self.comparison
        if self.found is not None:
            ours, theirs, comparison = self.found.subject, self.found.oracle, self.found.comparison
        if ours is None or theirs is None:
            return self.signature
        places = differences(ours, theirs, comparison.fields)
        shown = "; ".join(f"{d.place} {d.subject} / {d.oracle}" for d in places[:4])
        more = f"; and {len(places) - 4} more" if len(places) > 4 else ""
        at = f"at {self.found.pc:#x} after {self.found.index} instructions: " if self.found is not None else ""
        details = "".join(f" [{side.detail.splitlines()[0]}]" for side in (ours, theirs) if side.detail)
        return f"{at}{shown}{more}{details}"


class Examiner:
    """Examines divergences of one subject and one oracle, in workers of its own.

    Args:
        make_subject, make_oracle: build a fresh executor; called when the first divergence comes.
        use_errata: whether recorded errata may explain.
    """

    def __init__(
        self, make_subject: Callable[[], Executor], make_oracle: Callable[[], Executor], use_errata: bool
    ) -> None:
        self._make = (make_subject, make_oracle)
        self._use_errata = use_errata
        self._pair: tuple[Executor, Executor] | None = None
        self._verified: Counter[str] = Counter()
        self._errata: tuple[Erratum, ...] | None = None
        self._explained: set[frozenset[str]] = set()

    def examine(self, case: MachineCase, rows: tuple[MachineObservation, MachineObservation] | None = None) -> Examined:
        """Examine a case whose row of a batch diverged.

        Args:
            rows: what subject and oracle gave in the batch. Where errata account for all of that, and the same errata
                did for another case that was run again alone, nothing is run again.
        """
        subject, oracle = self._executors()
        counts: Counter[str] = Counter()
        if self._errata is None:
            self._errata = errata_of(oracle) if self._use_errata else ()
        if self._errata and rows is not None and all(_is_whole(side) for side in rows):
            result = explain(case, subject, oracle, self._errata, rows)
            if result.explained and frozenset(result.counts) in self._explained:
                return Examined(True, result.counts)
        whole = observe(subject, case), observe(oracle, case)
        if self._errata and all(side.end in _ENDED for side in whole):
            result = explain(case, subject, oracle, self._errata, whole)
            counts = result.counts
            if result.explained and counts:
                self._explained.add(frozenset(counts))
                return Examined(True, counts)
        named = self._named(case, subject, oracle, whole)
        if self._verified[named.signature] < FRESH_PER_SIGNATURE:
            self._verified[named.signature] += 1
            self.close()
            subject, oracle = self._executors()
            named = self._named(case, subject, oracle, (observe(subject, case), observe(oracle, case)))
        return replace(named, errata=counts)

    def close(self) -> None:
        """End the workers. Idempotent."""
        if self._pair is not None:
            for executor in self._pair:
                executor.close()
            self._pair = None

    def _executors(self) -> tuple[Executor, Executor]:
        if self._pair is None:
            self._pair = (self._make[0](), self._make[1]())
        return self._pair

    def _named(
        self,
        case: MachineCase,
        subject: Executor,
        oracle: Executor,
        whole: tuple[MachineObservation, MachineObservation],
    ) -> Examined:
        ours, theirs = whole
        comparison = compare_case(case, ours, theirs)
        if comparison.verdict is not Verdict.DIVERGED:
            # Alone, the case agrees: something leaked from case to case in the batch, or an answer is not stable.
            return Examined(False, Counter(), f"{case.isa} {IN_BATCH_ONLY}", comparison, ours, theirs)
        found = None
        if ours.end in _ENDED and theirs.end in _ENDED:
            found = first_difference(case, subject, oracle, whole)
        signature = machine_signature(case.isa, found, comparison, ours, theirs)
        return Examined(False, Counter(), signature, comparison, ours, theirs, found)


def _is_whole(seen: MachineObservation) -> bool:
    """Whether it says how the case ended and how many instructions that took."""
    return seen.end in _ENDED and "retired" in seen.observed
