"""What `--stats` and reports say of a compiler: how long regions took, how much code there is, what was left out."""

from __future__ import annotations

from engines.vm.quick import Counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    class CompilerCounters(Protocol):
        """What the compilers of all tiers count.

        Attributes:
            insns, code_bytes: of all regions. milliseconds: that each took.
            interpreted: instructions left to the interpreter, by reason.
        """

        insns: int
        code_bytes: int
        milliseconds: list[float]

        @property
        def interpreted(self) -> dict[str, int]: ...


def compiled_measurements(counters: CompilerCounters) -> dict[str, int]:
    """The counters by name: totals, the median and the 99th percentile of the time for a region, reasons."""
    found = {"regions compiled": len(counters.milliseconds), "insns compiled": counters.insns}
    found["code bytes compiled"] = counters.code_bytes
    for name, share in (("compile p50 us", 0.5), ("compile p99 us", 0.99)):
        found[name] = round(percentile(counters.milliseconds, share) * 1e3)
    return found | {f"interpreted: {reason}": times for reason, times in Counter(counters.interpreted).most_common()}


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of `values` lies; 0 for none."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0
