"""Comparison of two observations of one Wasm case."""

from __future__ import annotations

from dataclasses import dataclass

from harness.contract import End, Verdict, WasmObservation
from harness.contract.wasm_traps import INVALID, WasmTrap, trap_text

EXHAUSTED = trap_text(WasmTrap.EXHAUSTED)
OTHER = trap_text(WasmTrap.OTHER)


@dataclass(frozen=True)
class WasmComparison:
    """The verdict on one case.

    Attributes:
        fields: `end`, `valid`, `calls[i]` or `digests[name]`, in that order, where they differ.
        discard: why the two are incomparable.
    """

    verdict: Verdict
    fields: tuple[str, ...] = ()
    discard: str = ""


def compare_wasm(subject: WasmObservation, oracle: WasmObservation) -> WasmComparison:
    """Compare what two engines saw.

    A call that exhausted an engine's own limits ends the comparison at that call: what follows started from other
    states. Where that is the first call there is nothing to compare.
    """
    ends = {subject.end, oracle.end}
    if End.REFUSED in ends:
        return WasmComparison(Verdict.INCOMPARABLE, discard="refused")
    if ends == {End.TIMEOUT}:
        return WasmComparison(Verdict.INCOMPARABLE, discard="no_end")
    if End.TIMEOUT in ends:
        # One engine counts fuel and the other wall clock: no end on one side is exhaustion on the other.
        ended = oracle if subject.end is End.TIMEOUT else subject
        exhausted = any(EXHAUSTED in call for call in ended.calls)
        if exhausted:
            return WasmComparison(Verdict.INCOMPARABLE, discard="no_end")
        return WasmComparison(Verdict.DIVERGED, ("end",))
    if End.CRASH in ends:
        return WasmComparison(Verdict.DIVERGED, ("end",))
    invalid = [(INVALID,) in seen.calls for seen in (subject, oracle)]
    if invalid[0] != invalid[1]:
        return WasmComparison(Verdict.DIVERGED, ("valid",))
    ran_out = [i for seen in (subject, oracle) for i, call in enumerate(seen.calls) if EXHAUSTED in call]
    limit = min(ran_out, default=max(len(subject.calls), len(oracle.calls)))
    if ran_out and limit == 0:
        return WasmComparison(Verdict.INCOMPARABLE, discard="exhausted")
    fields = [
        f"calls[{i}]" for i in range(limit) if _call(subject, i) != _call(oracle, i) or OTHER in _call(subject, i)
    ]
    if not ran_out and {"digests"} <= subject.observed & oracle.observed:
        left, right = dict(subject.digests), dict(oracle.digests)
        fields += [f"digests[{name}]" for name in sorted({*left, *right}) if left.get(name) != right.get(name)]
    return WasmComparison(Verdict.DIVERGED if fields else Verdict.AGREE, tuple(fields))


def _call(seen: WasmObservation, index: int) -> tuple[str, ...]:
    return seen.calls[index] if index < len(seen.calls) else ("missing",)
