"""What must hold beyond a command's exit status: floors and ceilings over what it measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

DISCARD_CEILING: Final = 0.02
"""Of all comparisons: more than this cannot be made, and the suite says less than its numbers."""
SMALL_FLOOR: Final = 0.95
"""Of the injected bugs that were found, so many must reduce to three instructions within ten seconds."""

Check: TypeAlias = Callable[[Path], str]


def discards(out: Path) -> str:
    """Whether a campaign's discards are under the ceiling."""
    document = _summary(out / "summary.json")
    if isinstance(document, str):
        return document
    try:
        counts = document["statistics"]
        cases = int(counts["cases"])
        thrown = {name: int(count) for name, count in counts["discards"].items()}
        comparisons = cases * len(document["plan"]["oracles"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return f"{out / 'summary.json'} is no campaign's summary: {type(error).__name__}: {error}"
    if not comparisons:
        return "nothing was compared"
    share = sum(thrown.values()) / comparisons
    if share <= DISCARD_CEILING:
        return ""
    reasons = ", ".join(f"{name} {count:,}" for name, count in sorted(thrown.items(), key=lambda item: -item[1]))
    return f"{share:.1%} of {comparisons:,} comparisons were discarded, the ceiling is {DISCARD_CEILING:.0%}: {reasons}"


def sabotage(out: Path) -> str:
    """Whether what showed the injected bugs was reduced enough, soon enough; the score itself the command judges."""
    document = _summary(out / "sabotage.json")
    if isinstance(document, str):
        return document
    share = document.get("reduced")
    if not isinstance(share, int | float) or isinstance(share, bool):
        return f"{out / 'sabotage.json'} says nothing about reduction"
    if share >= SMALL_FLOOR:
        return ""
    return f"{share:.1%} of the bugs found reduced to three instructions in ten seconds, the floor is {SMALL_FLOOR:.0%}"


def _summary(path: Path) -> dict[str, Any] | str:
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    except ValueError as error:
        return f"{path} is no JSON: {error}"
    return found if isinstance(found, dict) else f"{path} holds no object"
