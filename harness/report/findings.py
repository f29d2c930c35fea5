"""The findings of a store as one JSON-ready document, from which every report is made.

The document: `{"format", "version", "tree", "campaigns": […], "clusters": [{"name", "count", "buckets": […]}]}`; a
bucket has `signature`, `subject`, `oracle`, `count`, `first`, `summary`, `fields`, `state`, `rate`, `runs`,
`first_bad`, `fixed_by`, `note`, `history`, `reproducer` and `listing`.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Final

from harness.strict_json import DocumentError, parse
from harness.triage.clusters import clusters
from harness.triage.ledger import CLOSED, Entry, Key, Ledger, keyed_buckets
from harness.triage.store import Bucket, FindingsStore
from harness.triage.tree import current_tree

FORMAT: Final = "counterproof-findings"
VERSION: Final = 1


def findings_document(store: FindingsStore) -> dict[str, Any]:
    """Everything that is known about the findings of `store`.

    Raises:
        StoreError: the database cannot be read.
    """
    ledger = Ledger(store)
    entries = ledger.entries()
    places = reproducers(store.directory)
    groups = clusters(keyed_buckets(store), entries)
    return {
        "format": FORMAT,
        "version": VERSION,
        "tree": str(current_tree()),
        "campaigns": [
            {
                "number": row.number,
                "plan": row.plan,
                "started": _moment(row.started),
                "complete": row.complete,
                "tree": row.tree,
                "cases": row.statistics.get("cases", 0),
                "findings": row.findings,
            }
            for row in store.campaigns()
        ],
        "clusters": [
            {
                "name": group.name,
                "count": group.count,
                "buckets": [_bucket(bucket, entries, ledger, places) for bucket in group.buckets],
            }
            for group in groups
        ],
    }


def buckets_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The buckets of every cluster, in order."""
    return [bucket for cluster in document["clusters"] for bucket in cluster["buckets"]]


def is_closed(bucket: dict[str, Any]) -> bool:
    """Whether a bucket of the document needs nobody's attention any more."""
    return bucket["state"] in CLOSED


def reproducers(directory: Path) -> dict[tuple[str, str, str], Path]:
    """Reproducer directories under `directory` by signature, subject and oracle; one that cannot be read is left out,
    as it can be written again from the store."""
    found: dict[tuple[str, str, str], Path] = {}
    for path in sorted((directory / "findings").glob("*/finding.json")):
        try:
            head = parse(path.read_bytes(), str(path))
            names = [head.field(name).string() for name in ("signature", "subject", "oracle")]
        except (DocumentError, OSError):
            continue
        found[names[0], names[1], names[2]] = path.parent
    return found


def _bucket(bucket: Bucket, entries: Any, ledger: Ledger, places: dict[tuple[str, str, str], Path]) -> dict[str, Any]:
    first = bucket.first
    key = Key.of(first)
    entry: Entry = entries.get(key, Entry(key))
    place = places.get((key.signature, key.subject, key.oracle))
    listing = ""
    if place is not None and (place / "listing.S").is_file():
        listing = (place / "listing.S").read_text(errors="replace")
    return {
        "signature": key.signature,
        "subject": key.subject,
        "oracle": key.oracle,
        "count": bucket.count,
        "first": first.label,
        "summary": first.summary,
        "fields": list(first.fields),
        "case": first.case,
        "state": str(entry.state),
        "rate": entry.rate,
        "runs": entry.runs,
        "first_bad": entry.first_bad,
        "fixed_by": entry.fixed_by,
        "note": entry.note,
        "history": [[_moment(at), tree, event] for at, tree, event in ledger.history(key)],
        "reproducer": "" if place is None else str(place),
        "listing": listing,
    }


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
