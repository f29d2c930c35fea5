"""`counterproof triage`: run the findings of a store again, decide their state, find the commits."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from harness.triage.investigation import Investigation
    from harness.triage.ledger import Entry


def triage(
    out: Annotated[Path, typer.Argument(help="The campaign's --out directory.")] = Path("out/diff-riscv"),
    runs: Annotated[int, typer.Option(min=1, max=1000, help="Re-runs of each bucket, in fresh workers.")] = 10,
    close_after: Annotated[int, typer.Option(min=1, help="Agreeing runs in a row that close a bucket.")] = 10,
    bisect: Annotated[bool, typer.Option("--bisect", help="Find first bad and fixed-by commits.")] = False,
    repository: Annotated[Path, typer.Option(help="A git checkout whose history is searched.")] = Path(),
    good: Annotated[str, typer.Option(help="A commit that is known to agree; else history is searched.")] = "",
    closed: Annotated[bool, typer.Option("--closed", help="Run closed buckets again, too.")] = False,
    only: Annotated[str, typer.Option(help="Only buckets whose signature contains this text.")] = "",
    sabotage: Annotated[str, typer.Option(help="With this injected bug, as the campaign had it.")] = "",
) -> None:
    """Run every open bucket of findings again; say which are open, flaky or fixed.

    Exit status: 0 nothing is open, 1 something is, 2 wrong usage, 3 internal error, 130 interrupted (decisions so far
    are kept).
    """
    from harness.commands.injected import inject
    from harness.triage.blobs import BlobError
    from harness.triage.history import HistoryError
    from harness.triage.investigation import Investigation
    from harness.triage.ledger import Key, keyed_buckets
    from harness.triage.store import DATABASE, FindingsStore, StoreError

    if not FindingsStore.is_at(out):
        _stop(f"{out} holds no findings ({DATABASE}); give the --out directory of a campaign", 2)
    try:
        if sabotage:
            inject(sabotage)
    except ValueError as error:
        _stop(str(error), 2)
    try:
        store = FindingsStore(out)
        try:
            take_program_findings(store, out)
            work = Investigation(store, runs=runs, close_after=close_after, say=_say)
            entries = []
            for bucket in keyed_buckets(store):
                known = work.ledger.entry(Key.of(bucket.first))
                if only in bucket.signature:
                    (known,) = work.run([bucket], closed_too=closed)
                    if bisect:
                        known = _bisected(work, known, repository, good)
                    _show(known, bucket.count)
                entries.append(known)
        finally:
            store.close()
    except (StoreError, HistoryError, BlobError, OSError) as error:
        _stop(str(error), 3)
    except KeyboardInterrupt:
        _stop("interrupted; what was decided is kept", 130)
    left = sum(not entry.closed for entry in entries)
    print(f"{len(entries)} buckets: {left} open, {len(entries) - left} closed")
    raise typer.Exit(1 if left else 0)


def take_program_findings(store: object, out: Path) -> None:
    """Take findings of whole programs, which are directories, into the store.

    Raises:
        StoreError: the store cannot be written.
    """
    from harness.campaign.program_findings import into_store
    from harness.triage.store import FindingsStore

    assert isinstance(store, FindingsStore)
    for message in into_store(store, out / "findings"):
        _say(message)


def _bisected(work: Investigation, entry: Entry, repository: Path, good: str) -> Entry:
    import platformdirs

    from harness.triage.history import Repository
    from harness.triage.ledger import Key, State, keyed_buckets

    if entry.state in (State.UNKNOWN, State.EXPLAINED):
        return entry
    finding = next(b.first for b in keyed_buckets(work.store) if Key.of(b.first) == entry.key)
    cache = Path(platformdirs.user_cache_dir("counterproof")) / "history"
    return work.locate_commits(finding, Repository(repository.resolve()), cache, good)[0]


def _show(entry: Entry, count: int) -> None:
    key = entry.key
    rate = f", diverged in {entry.rate:.0%} of {entry.runs} runs" if entry.runs else ""
    print(f"{entry.state:<10}{count:>6} × {key.signature} ({key.subject} against {key.oracle}{rate})")
    if entry.note:
        print(f"{'':<10}{entry.note}")
    for what, commits in (("first bad", entry.first_bad), ("fixed by", entry.fixed_by)):
        if commits:
            print(f"{'':<10}{what} {', '.join(c[:12] for c in commits.split())}", flush=True)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _stop(message: str, code: int) -> NoReturn:
    print(f"counterproof triage: {message}", file=sys.stderr)
    raise typer.Exit(code)
