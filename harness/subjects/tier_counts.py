"""What a tier of our machine has done until now, in counts that add up over workers: for the reports of campaigns."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from harness.contract.counts import WITHIN_US

_COUNTERS: Final = {
    "installed": "regions installed",
    "stored": "regions stored",
    "joined": "regions joined",
    "stale": "regions stale",
    "invalidated": "regions invalidated",
    "evicted": "regions evicted",
    "samples": "samples",
    "inside": "samples in baseline code",
}


class TierCounts:
    """Counts of one tier, of any kind: what it has no counter for is left out. Names are those of `vm run --stats`."""

    def __init__(self, tier: Any) -> None:
        self._tier = tier
        self._taken = 0
        self._times: Counter[str] = Counter()

    def now(self) -> Counter[str]:
        """Everything until now."""
        tier = self._tier
        counters = getattr(tier, "counters", None)
        found = Counter({shown: getattr(counters, name, 0) for name, shown in _COUNTERS.items()})
        places = getattr(counters, "places", None)
        if places is not None:
            found.update({f"samples in {place} code": times for place, times in places.items() if place})
        found.update({f"refused: {reason}": n for reason, n in getattr(counters, "refused", Counter()).items()})
        found.update({f"escape {name}": times for name, times in getattr(tier, "escapes", Counter()).items()})
        compiler = getattr(tier, "_compiler", None)
        if compiler is not None:
            found.update(self._compiled(compiler.counters))
        return +found

    def _compiled(self, made: Any) -> Counter[str]:
        new = made.milliseconds[self._taken :]
        self._taken += len(new)
        self._times.update(f"{WITHIN_US}{1 << round(milliseconds * 1e3).bit_length()}" for milliseconds in new)
        found = Counter({f"interpreted: {reason}": times for reason, times in made.interpreted.items()})
        found["regions compiled"] = self._taken
        found["insns compiled"], found["code bytes compiled"] = made.insns, made.code_bytes
        return found + self._times
