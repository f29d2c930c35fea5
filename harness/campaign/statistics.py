"""What a campaign counts. Everything but the times is a function of the plan and of how far it has come."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

STAGES: Final = (
    "generation",
    "coverage",
    "waiting",
    "compare",
    "canaries",
    "examination",
    "storage",
    "subject",
    "oracle",
)


@dataclass
class Statistics:
    """Counters of a campaign.

    Attributes:
        cases: compared, each counted once however many oracles there are.
        instructions: that the subject retired.
        ends: how the subject's runs ended, by the trap's name, or `limit`, `timeout`, `crash`, `refused`.
        discards: comparisons that could not be made, by oracle and reason (`unicorn: no_end`).
        errata: how often each erratum explained a difference.
        explained: cases whose differences errata explain as a whole.
        divergences: comparisons that are left unexplained.
        unexamined: divergences of which, after many in one batch, only the existence was counted.
        signatures: unexplained divergences by root cause.
        guilty: executors that a vote named, where there are at least three voters.
        incidents: cases that ended an executor's worker, by executor and end.
        counts: what the subject counted in its workers, by its own names: of a tier, what it compiled and left out.
        seconds: by stage (`STAGES`); those of subject and oracle are measured inside their workers and overlap the
            others; `waiting` is for them.
        elapsed_seconds: wall clock.
        coverage: of the generated batches that were measured, or None.
    """

    cases: int = 0
    instructions: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    discards: Counter[str] = field(default_factory=Counter)
    errata: Counter[str] = field(default_factory=Counter)
    explained: int = 0
    divergences: int = 0
    unexamined: int = 0
    signatures: Counter[str] = field(default_factory=Counter)
    guilty: Counter[str] = field(default_factory=Counter)
    incidents: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))
    elapsed_seconds: float = 0.0
    coverage: Any = None

    @property
    def discarded(self) -> int:
        return self.discards.total()

    @property
    def reached_end(self) -> int:
        """Cases that the subject brought to a trap."""
        return self.cases - sum(self.ends[name] for name in ("limit", "timeout", "crash", "refused"))

    def document(self) -> dict[str, Any]:
        """The counters as a JSON-ready dictionary."""
        found: dict[str, Any] = {}
        for item in dataclasses.fields(self):
            value = getattr(self, item.name)
            if item.name == "coverage":
                value = None if value is None else coverage_document(value)
            elif isinstance(value, Counter):
                value = dict(sorted(value.items()))
            found[item.name] = value
        return found

    def deterministic(self) -> dict[str, Any]:
        """The document without the times and without what depends on the machine's speed."""
        apart = ("seconds", "elapsed_seconds", "counts")
        return {name: value for name, value in self.document().items() if name not in apart}

    @classmethod
    def from_document(cls, document: dict[str, Any], coverage_type: type | None) -> Statistics:
        """The counters that `document` of this class wrote."""
        values: dict[str, Any] = {}
        for item in dataclasses.fields(cls):
            value = document.get(item.name, {}) if item.name == "counts" else document[item.name]
            if item.name == "coverage":
                value = None if value is None or coverage_type is None else coverage_from(value, coverage_type)
            elif item.name == "seconds":
                value = dict.fromkeys(STAGES, 0.0) | value
            elif isinstance(value, dict):
                value = Counter(value)
            values[item.name] = value
        return cls(**values)


def coverage_document(coverage: Any) -> dict[str, Any]:
    """A coverage record (a dataclass of integers and integer arrays) as a JSON-ready dictionary."""
    return {
        item.name: value.tolist() if isinstance(value := getattr(coverage, item.name), np.ndarray) else value
        for item in dataclasses.fields(coverage)
    }


def coverage_from(document: dict[str, Any], coverage_type: type) -> Any:
    """The coverage record that `coverage_document` wrote."""
    values = {name: np.array(v, np.int64) if isinstance(v, list) else v for name, v in document.items()}
    return coverage_type(**values)
