"""How far the judging of functions has come: what an interrupted campaign leaves, and another goes on from."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from engines.whole_file import replace_whole
from harness.campaign.kept_progress import ask_same_plan, read_counter, read_counts
from harness.campaign.rust_verdicts import VerdictTotals
from harness.strict_json import parse

FORMAT: Final = "counterproof-rust-verdicts"
VERSION: Final = 2
_COUNTERS: Final = ("codes", "other")
_COUNTS: Final = tuple(one.name for one in fields(VerdictTotals) if one.name not in _COUNTERS)


@dataclass(frozen=True)
class JudgedPlan:
    """What a campaign judges: functions of `count` seeds from `first`; the same plan gives the same result.

    Attributes:
        subject, judge: names of executors.
    """

    subject: str
    judge: str
    first: int
    count: int

    @property
    def seeds(self) -> range:
        return range(self.first, self.first + self.count)

    def document(self) -> dict[str, Any]:
        """As JSON, and as the findings store keeps it."""
        return {"subject": self.subject, "oracles": [self.judge], "judged": self.count, "first_seed": self.first}


@dataclass
class JudgedProgress:
    """The state after whole crates.

    Attributes:
        following: the first seed that is not counted in.
        wrong: wrong verdicts by signature.
        not_judged: in words, crates that gave no verdicts.
        seconds: wall clock of all sessions.
    """

    plan: JudgedPlan
    following: int
    totals: VerdictTotals = field(default_factory=VerdictTotals)
    wrong: Counter[str] = field(default_factory=Counter)
    not_judged: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def complete(self) -> bool:
        return self.following >= self.plan.seeds.stop

    @property
    def exit_code(self) -> int:
        """0 no wrong verdict, 1 some, 3 nothing was judged."""
        if self.wrong or self.not_judged:
            return 1
        return 0 if self.totals.functions else 3

    def document(self) -> dict[str, Any]:
        """As JSON; `load` reads it back."""
        return {
            "format": FORMAT,
            "version": VERSION,
            **self.plan.document(),
            "next_seed": self.following,
            "complete": self.complete,
            **{name: getattr(self.totals, name) for name in _COUNTS},
            **{name: dict(getattr(self.totals, name).most_common()) for name in _COUNTERS},
            "other_codes": self.totals.other.total(),
            "wrong": dict(self.wrong.most_common()),
            "not_judged": self.not_judged,
            "seconds": round(self.seconds, 1),
        }

    def write(self, path: Path) -> None:
        """Keep it in `path`, whole or not at all.

        Raises:
            OSError: it cannot be written.
        """
        replace_whole(path, (json.dumps(self.document(), indent=2) + "\n").encode())


def load(path: Path, plan: JudgedPlan) -> JudgedProgress:
    """What `path` says of a campaign with this plan.

    Raises:
        DocumentError: it is no such file, or of another plan; the message says which.
        OSError: it cannot be read.
    """
    document = parse(path.read_bytes(), str(path))
    document.form(FORMAT, VERSION)
    ask_same_plan(document, plan.document())
    progress = JudgedProgress(plan, document.field("next_seed").integer(plan.first, plan.seeds.stop))
    read_counts(document, _COUNTS, progress.totals)
    for name in _COUNTERS:
        setattr(progress.totals, name, read_counter(document.field(name)))
    progress.wrong = read_counter(document.field("wrong"))
    progress.not_judged = [one.string() for one in document.field("not_judged").elements()]
    progress.seconds = document.field("seconds").number()
    return progress
