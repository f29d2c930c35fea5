"""What two judges say of functions whose validity nobody knows beforehand: ours, and rustc.

A crate holds many functions, each a module. A judge that reports errors of some may keep others back, as rustc does
with those of later phases: it is asked again without the functions that it rejected, until it reports none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fuzz.strategies.rust.ownership import Unit, gather_units, generate_unit
from harness.contract import Executor, SourceCase, SourceObservation
from harness.reduce.rust import reduce_rust

ROOT = "main.rs"
VERDICT = "verdict"
"""The last word of the label of a case of which only the verdict is compared, not where the errors are."""
OUTSIDE = "outside"
"""A "code": the compiler said that something is outside its subset."""
TYPES = frozenset(("E0061", "E0106", "E0107", "E0117", "E0119", "E0261", "E0276", "E0282", "E0283", "E0284", "E0369",
                   "E0425", "E0599", "E0605", "E0606", "E0614", "E0615", "E0624"))  # fmt: skip
"""Codes of errors that say nothing of ownership: where rustc reports one, the generator made no program."""


class VerdictError(Exception):
    """A judge gave no verdict, or one of something else than a function."""


@dataclass(frozen=True)
class WrongVerdict:
    """A function of which the judges say different things.

    Attributes:
        source: a crate of it alone.
        ours, judges: the codes of the errors, "" for one without; none where it was accepted.
        reduced: a smaller source of the same two verdicts, where one was looked for.
    """

    seed: int
    source: str
    ours: frozenset[str]
    judges: frozenset[str]
    reduced: str = ""

    @property
    def accepted_wrongly(self) -> bool:
        return not self.ours

    @property
    def signature(self) -> str:
        """How it is wrong, without the function."""
        return (
            f"accepted wrongly: {said(self.judges)}"
            if self.accepted_wrongly
            else f"rejected wrongly: {said(self.ours)}"
        )


@dataclass
class VerdictTotals:
    """What was judged so far.

    Attributes:
        codes: the judge's, each once per function.
        other: pairs of codes, ours and the judge's, where both reject for different reasons.
        outside: functions that the compiler says are outside its subset; of them no verdict is wanted.
        unfit: functions that are no programs even without lifetimes.
    """

    functions: int = 0
    accepted: int = 0
    rejected: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)
    outside: int = 0
    unfit: int = 0

    def add(self, other: VerdictTotals) -> None:
        """Count the other's in."""
        for name in ("functions", "accepted", "rejected", "outside", "unfit"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.codes.update(other.codes)
        self.other.update(other.other)


def said(codes: Iterable[str]) -> str:
    return ", ".join(sorted(one or "no code" for one in codes)) or "accepted"


def verdicts(executor: Executor, units: Sequence[Unit]) -> Mapping[int, frozenset[str]]:
    """By seed, the codes of the errors in each function.

    Raises:
        VerdictError: no verdict, or an error that is in none of them.
    """
    found: dict[int, frozenset[str]] = {one.seed: frozenset() for one in units}
    left = list(units)
    while left:
        source, lines = gather_units(left)
        rejected: dict[int, set[str]] = {}
        for code, line in _errors(executor, source):
            seed = next((seed for seed, own in lines.items() if line in own), None)
            if seed is None:
                raise VerdictError(f"{executor.name} reports {code or 'an error'} at line {line}, in no function")
            rejected.setdefault(seed, set()).add(code)
        found.update({seed: frozenset(codes) for seed, codes in rejected.items()})
        if not rejected:
            break
        left = [one for one in left if one.seed not in rejected]
    return found


def _errors(executor: Executor, source: str) -> list[tuple[str, int]]:
    seen = observed(executor, source)
    messages = seen.detail.splitlines()
    if not seen.accepted and not seen.diagnostics:
        raise VerdictError(f"{executor.name} rejects a crate without an error: {seen.detail[:200]}")
    outside = len(messages) == len(seen.diagnostics)
    return [
        (OUTSIDE if outside and "outside the subset" in messages[number] else code, line)
        for number, (code, line) in enumerate(seen.diagnostics)
    ]


def compared(ours: Executor, judge: Executor, seeds: Sequence[int], totals: VerdictTotals) -> list[WrongVerdict]:
    """Judge the functions of these seeds twice and count them; those of which the verdicts differ.

    Raises:
        VerdictError: see `verdicts`.
    """
    units = [generate_unit(seed) for seed in seeds]
    right = verdicts(judge, units)
    left = verdicts(ours, units)
    wrong = []
    for one in units:
        mine, judges = left[one.seed], right[one.seed]
        totals.functions += 1
        if judges & TYPES:
            totals.unfit += 1
        if OUTSIDE in mine:
            totals.outside += 1
            continue
        if judges:
            totals.rejected += 1
        else:
            totals.accepted += 1
        totals.codes.update(judges)
        if bool(mine) != bool(judges):
            wrong.append(WrongVerdict(one.seed, one.alone, mine, judges))
        elif mine != judges:
            totals.other[f"{said(mine)} for {said(judges)}"] += 1
    return wrong


def reduced(wrong: WrongVerdict, ours: Executor, judge: Executor, tries: int = 400) -> WrongVerdict:
    """With a smaller source that the two judge as they did the whole; as it was where the whole alone is judged
    otherwise than among others."""

    def shows(source: str) -> bool:
        """Ours first, which is quicker."""
        mine = _codes(ours, source)
        if bool(mine) != bool(wrong.ours) or not mine <= wrong.ours:
            return False
        judges = _codes(judge, source)
        return bool(judges) == bool(wrong.judges) and judges <= wrong.judges

    if not shows(wrong.source):
        return wrong
    return replace(wrong, reduced=reduce_rust(wrong.source, shows, tries, lambda source: True).source)


def verdict_again(executor: Executor, case: SourceCase, recorded: SourceObservation) -> WrongVerdict | None:
    """Ask for a verdict on a function again; what is wrong with it, if it is not the recorded one.

    Raises:
        VerdictError: the executor gave none.
    """
    source = case.files[0][1]
    ours = frozenset(code for code, _ in _errors(executor, source))
    judges = frozenset(code for code, _ in recorded.diagnostics)
    return None if bool(ours) == bool(judges) else WrongVerdict(0, source, ours, judges)


def observed(executor: Executor, source: str) -> SourceObservation:
    """The verdict on a source, and the errors.

    Raises:
        VerdictError: there is none.
    """
    seen = executor.run(SourceCase("rust", ((ROOT, source),), ROOT))
    if not isinstance(seen, SourceObservation) or "diagnostics" not in seen.observed:
        raise VerdictError(f"{executor.name} gave no verdict: {getattr(seen, 'detail', '')}")
    return seen


def _codes(executor: Executor, source: str) -> frozenset[str]:
    try:
        return frozenset(code for code, _ in _errors(executor, source))
    except VerdictError:
        return frozenset(("no verdict",))
