"""How far a Rust campaign has come: what an interrupted one leaves, and another goes on from."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from engines.whole_file import replace_whole
from harness.campaign.kept_progress import ask_same_plan, read_counter, read_counts
from harness.campaign.rust_units import RustPlan, UnitResult
from harness.strict_json import parse

FORMAT: Final = "counterproof-rust-progress"
VERSION: Final = 3
_COUNTS: Final = ("valid", "faulty", "modes", "asked", "runs", "judged")


@dataclass
class RustProgress:
    """The state after whole units.

    Attributes:
        next_unit: the first that is not counted in.
        misjudged, diverged: by signature.
        seconds: wall clock of all sessions.
    """

    plan: RustPlan
    next_unit: int = 0
    totals: UnitResult = field(default_factory=UnitResult)
    misjudged: Counter[str] = field(default_factory=Counter)
    diverged: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """0 all as it should be, 1 not so, 3 nothing was judged."""
        if self.misjudged or self.diverged:
            return 1
        return 0 if self.totals.valid else 3

    def document(self) -> dict[str, Any]:
        """As JSON; `load` reads it back."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "plan": asdict(self.plan) | {"builds": list(self.plan.builds), "engines": list(self.plan.engines)},
            "complete": self.next_unit >= self.plan.units,
            "next_unit": self.next_unit,
            **{name: getattr(self.totals, name) for name in _COUNTS},
            "codes": dict(sorted(self.totals.codes.items())),
            "discards": dict(sorted(self.totals.discards.items())),
            "misjudged": dict(self.misjudged.most_common()),
            "diverged": dict(self.diverged.most_common()),
            "seconds": round(self.seconds, 1),
            "cpu_seconds": round(self.totals.cpu_seconds, 1),
        }

    def write(self, path: Path) -> None:
        """Keep it in `path`, whole or not at all.

        Raises:
            OSError: it cannot be written.
        """
        replace_whole(path, (json.dumps(self.document(), indent=2) + "\n").encode())


def load(path: Path, plan: RustPlan) -> RustProgress:
    """What `path` says of a campaign with this plan.

    Raises:
        DocumentError: it is no progress file, or of another plan; the message says which.
        OSError: it cannot be read.
    """
    document = parse(path.read_bytes(), str(path))
    document.form(FORMAT, VERSION)
    ask_same_plan(document.field("plan"), RustProgress(plan).document()["plan"])
    found = RustProgress(plan, document.field("next_unit").integer(0, plan.units))
    read_counts(document, _COUNTS, found.totals)
    found.totals.codes = read_counter(document.field("codes"))
    found.totals.discards = read_counter(document.field("discards"))
    found.misjudged = read_counter(document.field("misjudged"))
    found.diverged = read_counter(document.field("diverged"))
    found.seconds = document.field("seconds").number()
    found.totals.cpu_seconds = document.field("cpu_seconds").number()
    return found
