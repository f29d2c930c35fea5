"""What the tier under test did, as the report of a campaign shows it: from the counts of its summary document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.contract.counts import WITHIN_US

_PLACES: Final = ("baseline", "llvm")
_REASONS: Final = ("refused: ", "interpreted: ", "escape ", "checks permissions itself: ")
"""Names that begin so tell why something was left to another tier."""


def tier_numbers(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Rows of names and values: compile times, code, hit rates, where samples fell. Empty for a subject that compiles
    nothing."""
    regions = counts.get("regions compiled", 0)
    if not regions and not counts.get("samples") and not counts.get("regions installed"):
        return []
    rows = [("regions compiled", f"{regions:,}"), ("guest instructions compiled", f"{_of(counts, 'insns compiled')}")]
    rows.append(("host code compiled", f"{_of(counts, 'code bytes compiled')} bytes"))
    for name, share in (("half of the regions compiled within", 0.5), ("99 % of them within", 0.99)):
        rows.append((name, f"{percentile_us(counts, share):,} µs"))
    installed, stored = counts.get("regions installed", 0), counts.get("regions stored", 0)
    rows += [
        ("regions installed", f"{installed:,}"),
        ("of them from the cache or an image", _share(stored, installed)),
        ("regions taken away because their code changed", _of(counts, "regions invalidated")),
        ("regions evicted", _of(counts, "regions evicted")),
        ("stored regions that did not fit the guest's code", _of(counts, "regions stale")),
    ]
    samples = counts.get("samples", 0)
    inside = {place: counts.get(f"samples in {place} code", 0) for place in _PLACES}
    rows += [(f"samples in {place} code", _share(times, samples)) for place, times in inside.items() if times]
    rows.append(("samples in the interpreter", _share(max(0, samples - sum(inside.values())), samples)))
    return rows


def fallbacks(counts: Mapping[str, int]) -> dict[str, int]:
    """What was left to another tier, by reason."""
    return {name: times for name, times in counts.items() if name.startswith(_REASONS)}


def percentile_us(counts: Mapping[str, int], share: float) -> int:
    """Microseconds within which `share` of the regions were compiled: a power of two, the upper end of a class."""
    classes = sorted((int(n.removeprefix(WITHIN_US)), c) for n, c in counts.items() if n.startswith(WITHIN_US))
    left = share * sum(count for _, count in classes)
    for within, count in classes:
        left -= count
        if left <= 0:
            return within
    return 0


def _of(counts: Mapping[str, int], name: str) -> str:
    return f"{counts.get(name, 0):,}"


def _share(part: int, whole: int) -> str:
    return f"{part:,} ({100 * part / whole:.1f} %)" if whole else f"{part:,}"
