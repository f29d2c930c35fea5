"""`counterproof status`: what a findings store holds, without running anything."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer


def status(
    out: Annotated[Path, typer.Argument(help="The campaign's --out directory.")] = Path("out/diff-riscv"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show campaigns and findings with their state.

    Exit status: 0 nothing is open, 1 something is, 2 wrong usage, 3 the store cannot be read.
    """
    from harness.report.findings import buckets_of, findings_document, is_closed
    from harness.triage.store import DATABASE, FindingsStore, StoreError

    if not FindingsStore.is_at(out):
        print(f"counterproof status: {out} holds no findings ({DATABASE})", file=sys.stderr)
        raise typer.Exit(2)
    try:
        store = FindingsStore(out)
        try:
            document = findings_document(store)
        finally:
            store.close()
    except (StoreError, OSError) as error:
        print(f"counterproof status: {error}", file=sys.stderr)
        raise typer.Exit(3) from None
    if as_json:
        print(json.dumps(document, indent=1))
    else:
        for line in status_lines(document):
            print(line)
    raise typer.Exit(0 if all(is_closed(bucket) for bucket in buckets_of(document)) else 1)


def status_lines(document: dict[str, Any]) -> Iterator[str]:
    """The document of `harness.report.findings` as lines of text."""
    from harness.report.findings import buckets_of, is_closed

    yield f"tree {document['tree']}"
    for campaign in document["campaigns"]:
        plan = campaign["plan"]
        against = ", ".join(plan.get("oracles", ()))
        state = "complete" if campaign["complete"] else "not complete"
        yield (
            f"campaign {campaign['number']}: {plan.get('subject', '?')} against {against}, {state}: "
            f"{campaign['cases']:,} cases, {campaign['findings']} findings, started {campaign['started']}"
        )
    for cluster in document["clusters"]:
        yield f"cluster: {cluster['name']}, {cluster['count']} cases"
        for bucket in cluster["buckets"]:
            rate = f" diverged in {bucket['rate']:.0%} of {bucket['runs']} runs;" if bucket["runs"] else ""
            yield f"  {bucket['state']:<10}{bucket['count']:>6} × {bucket['signature']} ({bucket['oracle']})"
            yield f"  {'':<10}{rate} {bucket['note'] or bucket['summary']}"
            if bucket["first_bad"]:
                yield f"  {'':<10} first bad {bucket['first_bad'][:12]}"
            if bucket["fixed_by"]:
                yield f"  {'':<10} fixed by {bucket['fixed_by'][:12]}"
    buckets = buckets_of(document)
    closed = sum(map(is_closed, buckets))
    yield f"{len(buckets)} buckets: {len(buckets) - closed} open, {closed} closed"
