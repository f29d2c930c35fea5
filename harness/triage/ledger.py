"""The state of each bucket of findings: is it open, flaky, fixed, and since which commit?

A bucket is what shares signature, subject and oracle. Each time its first finding is run again, the outcome moves its
state, and an event is appended to its history, which is never rewritten.

======================= =============================================================================================
state                   what it means
======================= =============================================================================================
`new`                   found, not run again yet
`open`                  diverged in every run
`flaky`                 diverged in some runs and not in others; the rate says how often
`agreeing`              agreed in every run, not yet often enough to be closed
`fixed`                 closed: agreed so often in a row on one tree that it is gone
`explained`             closed: an erratum of the oracle accounts for it now
`unknown`               nothing could be compared: an executor is missing, or refuses the case now
======================= =============================================================================================
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from harness.triage.rerun import RUNS, Reruns, agreeing_runs_needed
from harness.triage.store import Bucket, Finding, FindingsStore


class State(StrEnum):
    """The state of a bucket."""

    NEW = "new"
    OPEN = "open"
    FLAKY = "flaky"
    AGREEING = "agreeing"
    FIXED = "fixed"
    EXPLAINED = "explained"
    UNKNOWN = "unknown"


CLOSED: Final = (State.FIXED, State.EXPLAINED)


@dataclass(frozen=True)
class Key:
    """What makes findings one bucket."""

    signature: str
    subject: str
    oracle: str

    @classmethod
    def of(cls, finding: Finding) -> Key:
        return cls(finding.signature, finding.subject, finding.oracle)


@dataclass(frozen=True)
class Entry:
    """What is known about a bucket.

    Attributes:
        tree: on which it was last run.
        runs, diverged: of the re-runs that could be compared, up to the last ones that diverged: agreeing runs after
            them do not make it look rarer than it was.
        agreeing: runs in a row, on `tree`, that agreed.
        first_bad, fixed_by: commits, found by bisection; empty where unknown. Several, joined by spaces, where the
            commits between could not be judged.
        note: why the state is as it is.
    """

    key: Key
    state: State = State.NEW
    tree: str = ""
    runs: int = 0
    diverged: int = 0
    agreeing: int = 0
    first_bad: str = ""
    fixed_by: str = ""
    note: str = ""

    @property
    def rate(self) -> float:
        """Share of its runs that diverged while it did."""
        return self.diverged / self.runs if self.runs else 0.0

    @property
    def closed(self) -> bool:
        return self.state in CLOSED

    def after(self, reruns: Reruns, tree: str, close_after: int = RUNS) -> Entry:
        """The entry after these runs on `tree`."""
        judged, diverged = reruns.judged, reruns.diverged
        counted = judged if diverged or not self.diverged else 0
        known = replace(self, tree=tree, runs=self.runs + counted, diverged=self.diverged + diverged)
        if judged == 0:
            reasons = ", ".join(sorted({a.detail for a in reruns.answers}))
            return replace(known, state=State.UNKNOWN, agreeing=0, note=f"nothing to compare: {reasons}")
        if diverged:
            again = "it was closed and is back; " if self.closed else ""
            strange = sorted(reruns.signatures.keys() - {self.key.signature})
            other = f"; also seen: {', '.join(strange)}" if strange else ""
            state = State.OPEN if diverged == judged else State.FLAKY
            note = f"{again}{diverged} of {judged} runs diverge{other}"
            return replace(known, state=state, agreeing=0, fixed_by="", note=note)
        if reruns.explained:
            names = ", ".join(sorted({a.detail for a in reruns.answers if a.explained}))
            return replace(known, state=State.EXPLAINED, agreeing=judged, note=f"errata account for it: {names}")
        agreeing = judged + (self.agreeing if self.tree == tree else 0)
        needed = agreeing_runs_needed(self.rate, close_after)
        if agreeing < needed:
            note = f"{agreeing} agreeing runs in a row; {needed} close it"
            return replace(known, state=State.AGREEING, agreeing=agreeing, note=note)
        return replace(known, state=State.FIXED, agreeing=agreeing, note=f"{agreeing} agreeing runs in a row")


class Ledger:
    """The entries in a findings store."""

    def __init__(self, store: FindingsStore) -> None:
        self._store = store

    def entry(self, key: Key) -> Entry:
        """The entry of a bucket; a new one where it was never run again.

        Raises:
            StoreError: the database cannot be read.
        """
        return self.entries().get(key, Entry(key))

    def entries(self) -> Mapping[Key, Entry]:
        """Every entry by its key.

        Raises:
            StoreError: the database cannot be read.
        """
        rows = self._store.read(
            "SELECT signature, subject, oracle, state, tree, runs, diverged, agreeing, first_bad, fixed_by, note "
            "FROM triage"
        )
        known = {state.value for state in State}
        return {
            Key(*row[:3]): Entry(Key(*row[:3]), State(row[3]) if row[3] in known else State.UNKNOWN, *row[4:])
            for row in rows
        }

    def write(self, entry: Entry, event: str) -> None:
        """Durably note `entry`, and `event` in its history.

        Raises:
            StoreError: the database cannot be written.
        """
        key, now = entry.key, time.time()
        names = (key.signature, key.subject, key.oracle)
        values = (entry.state.value, entry.tree, entry.runs, entry.diverged, entry.agreeing)
        with self._store.transaction() as database:
            database.execute(
                "INSERT OR REPLACE INTO triage (signature, subject, oracle, state, tree, runs, diverged, agreeing, "
                "first_bad, fixed_by, note, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*names, *values, entry.first_bad, entry.fixed_by, entry.note, now),
            )
            database.execute(
                "INSERT INTO triage_event (signature, subject, oracle, tree, event, at) VALUES (?, ?, ?, ?, ?, ?)",
                (*names, entry.tree, event, now),
            )

    def history(self, key: Key) -> list[tuple[float, str, str]]:
        """(seconds since the epoch, tree, event) of everything that happened to a bucket, oldest first.

        Raises:
            StoreError: the database cannot be read.
        """
        rows = self._store.read(
            "SELECT at, tree, event FROM triage_event WHERE signature = ? AND subject = ? AND oracle = ? ORDER BY id",
            (key.signature, key.subject, key.oracle),
        )
        return [(float(at), str(tree), str(event)) for at, tree, event in rows]


def keyed_buckets(store: FindingsStore) -> list[Bucket]:
    """The findings of every campaign by signature, subject and oracle, the most frequent first.

    Raises:
        StoreError: the database cannot be read.
    """
    groups: dict[Key, list[Finding]] = {}
    for finding in store.findings():
        groups.setdefault(Key.of(finding), []).append(finding)
    made = [Bucket(key.signature, len(members), members[0]) for key, members in groups.items()]
    return sorted(made, key=lambda bucket: (-bucket.count, bucket.signature, bucket.first.subject, bucket.first.oracle))
