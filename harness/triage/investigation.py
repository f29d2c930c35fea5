"""Going through the buckets of a findings store: run again, decide the state, find the commits.

The order is fixed, every decision is durable before the next bucket is looked at, and a bucket that cannot be
examined (its blob is gone, an executor is missing) is noted as such and does not stop the others.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from harness.case_file import read_case
from harness.contract import Case, MachineCase, Observation, ProgramObservation, SourceObservation, Verdict
from harness.observation_file import read_observation
from harness.registry import ExecutorUnavailableError, UnknownExecutorError
from harness.strict_json import DocumentError
from harness.triage import replayed
from harness.triage.bisection import Bisection, NoBorderError, Outcome, bisect, first_diverging
from harness.triage.blobs import BlobError
from harness.triage.history import CommitProbe, HistoryError, Repository
from harness.triage.ledger import Entry, Key, Ledger, State, keyed_buckets
from harness.triage.rerun import RUNS, Answer, Judge, NotReplayableError, Reruns, judge, rerun
from harness.triage.store import Bucket, Finding, FindingsStore
from harness.triage.tree import Tree, current_tree

NOBODY: Final = Answer(Verdict.INCOMPARABLE)


class Investigation:
    """Examines buckets of `store` on the current tree.

    Args:
        runs: re-runs of each.
        close_after: agreeing runs in a row that close what always diverged.
        say: told a line of progress.
        ask: how a case is run; None for fresh workers.
    """

    def __init__(
        self,
        store: FindingsStore,
        *,
        runs: int = RUNS,
        close_after: int = RUNS,
        say: Callable[[str], None] = lambda line: None,
        ask: Judge | None = None,
        tree: Tree | None = None,
    ) -> None:
        self.store = store
        self.ledger = Ledger(store)
        self.tree = tree or current_tree()
        self._runs, self._close_after, self._say, self._ask = runs, close_after, say, ask

    def run(self, buckets: list[Bucket] | None = None, closed_too: bool = False) -> list[Entry]:
        """Run the buckets again (all that are not closed, by default); their entries afterwards.

        Raises:
            StoreError: the database cannot be read or written.
        """
        entries = []
        for bucket in keyed_buckets(self.store) if buckets is None else buckets:
            entry = self.ledger.entry(Key.of(bucket.first))
            if closed_too or not entry.closed:
                entry = self.examine(bucket.first)
            entries.append(entry)
        return entries

    def examine(self, finding: Finding) -> Entry:
        """Run one finding again, and note what that makes of its bucket."""
        before = self.ledger.entry(Key.of(finding))
        try:
            case, recorded = self._case(finding)
            ask = self._ask or partial(judge, recorded=recorded)
            progress = partial(self._progress, finding)
            reruns = rerun(case, finding.subject, finding.oracle, self._runs, ask, progress)
        except (BlobError, DocumentError, NotReplayableError, UnknownExecutorError, ExecutorUnavailableError) as error:
            reruns = Reruns((replace(NOBODY, detail=str(error)),))
        entry = before.after(reruns, self.tree.name, self._close_after)
        event = f"{before.state} → {entry.state}: {entry.note}" if entry.state is not before.state else entry.note
        self.ledger.write(entry, event)
        return entry

    def locate_commits(
        self, finding: Finding, repository: Repository, cache: Path, good: str = ""
    ) -> tuple[Entry, Bisection | None]:
        """Find the commit that made a finding appear, or, for one that agrees now, the one that made it go away.

        Args:
            good: a commit that is known to agree; without it, history is searched backwards.

        Raises:
            HistoryError: git or the cache cannot be used.
            BlobError, DocumentError: the case cannot be read.
            StoreError: the database cannot be used.
        """
        entry = self.ledger.entry(Key.of(finding))
        case, _ = self._case(finding)
        if not isinstance(case, MachineCase):
            return self._noted(entry, "no bisection: only machine cases can be run on old commits"), None
        probe = self._probe(finding, repository, cache)
        head = repository.commit("HEAD")
        gone = entry.state in (State.FIXED, State.AGREEING)
        try:
            if gone:
                bad = self.store.tree_of(*_names(finding)).rstrip("+")
                if not bad:
                    raise NoBorderError("it is not known on which commit it was found")
                found = bisect(repository.commits(head, bad), Outcome.DIVERGES, Outcome.AGREES, probe)
                entry = replace(entry, fixed_by=" ".join(found.suspects))
            elif good:
                commits = repository.commits(head, repository.commit(good))
                found = bisect(commits, Outcome.AGREES, Outcome.DIVERGES, probe)
                entry = replace(entry, first_bad=" ".join(found.suspects))
            else:
                found = first_diverging(repository.commits(head), probe)
                entry = replace(entry, first_bad=" ".join(found.suspects))
        except NoBorderError as error:
            return self._noted(entry, f"no bisection: {error}"), None
        what = "fixed by" if gone else "first bad"
        self.ledger.write(entry, f"{what} {', '.join(commit[:12] for commit in found.suspects)}")
        return entry, found

    def _noted(self, entry: Entry, event: str) -> Entry:
        self.ledger.write(entry, event)
        self._say(event)
        return entry

    def _probe(self, finding: Finding, repository: Repository, cache: Path) -> Callable[[str], Outcome]:
        path = self.store.blobs.path(finding.case)
        script = Path(replayed.__file__)
        command = ["{python}", "-P", str(script), str(path.resolve()), finding.subject, finding.oracle]
        probe = CommitProbe(repository, command, cache, identity=finding.case)

        def told(commit: str) -> Outcome:
            outcome = probe(commit)
            self._say(f"  {commit[:12]} {outcome}: {repository.title(commit)}")
            return outcome

        return told

    def _case(self, finding: Finding) -> tuple[Case, Observation | None]:
        case = read_case(self.store.blobs.get(finding.case), finding.label)
        recorded = None
        if finding.oracle_observation is not None:
            recorded = read_observation(self.store.blobs.get(finding.oracle_observation), finding.label)
        return case, recorded if isinstance(recorded, ProgramObservation | SourceObservation) else None

    def _progress(self, finding: Finding, done: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done == self._runs else ""
            print(f"\r  run {done} of {self._runs}: {finding.signature}", end=end, file=sys.stderr, flush=True)


def _names(finding: Finding) -> tuple[str, str, str]:
    return finding.signature, finding.subject, finding.oracle


__all__ = ["HistoryError", "Investigation"]
