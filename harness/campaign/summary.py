"""The summary of a campaign: one JSON document, and the lines that people read, made from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from harness.campaign.plan import Plan
from harness.campaign.runner import Outcome
from harness.triage.store import Bucket

FORMAT = "counterproof-summary"
VERSION = 1


def summary_document(
    plan: Plan,
    outcome: Outcome,
    versions: dict[str, str],
    buckets: Sequence[Bucket],
    reproducers: dict[str, str],
) -> dict[str, Any]:
    """Everything that a campaign can say about itself, JSON-ready."""
    statistics = outcome.statistics
    document = statistics.document()
    coverage = document.pop("coverage")
    seconds = document["seconds"]
    busy = max(seconds["oracle"] / len(plan.oracles), 1e-9)
    elapsed = statistics.elapsed_seconds
    return {
        "format": FORMAT,
        "version": VERSION,
        "plan": plan.document(),
        "versions": versions,
        "exit_code": int(outcome.exit_code),
        "reason": outcome.reason,
        "complete": outcome.complete,
        "statistics": document,
        "cases_per_second": statistics.cases / elapsed if elapsed else 0.0,
        "instructions_per_second": statistics.instructions / elapsed if elapsed else 0.0,
        "elapsed_per_oracle_second": elapsed / busy if seconds["oracle"] else 0.0,
        "coverage": None if coverage is None else _coverage(statistics.coverage),
        "buckets": [
            {
                "signature": bucket.signature,
                "count": bucket.count,
                "first": bucket.first.label,
                "oracle": bucket.first.oracle,
                "summary": bucket.first.summary,
                "reproducer": reproducers.get(bucket.signature, ""),
            }
            for bucket in buckets
        ],
    }


def _coverage(coverage: Any) -> dict[str, Any]:
    return {
        "measured_cases": coverage.cases,
        "instructions": [coverage.covered_instructions, coverage.total_instructions],
        "operand_classes": [coverage.covered_classes, coverage.total_classes],
        "missing_instructions": coverage.missing_instructions(),
    }


def summary_lines(document: dict[str, Any]) -> Iterator[str]:
    """The document as lines of text."""
    plan, counts = document["plan"], document["statistics"]
    sides = f"{plan['subject']} against {', '.join(plan['oracles'])}"
    yield f"{sides}; profile {plan['profile']}, seeds {' '.join(map(str, plan['seeds']))}"
    for name, version in document["versions"].items():
        yield f"  {name:<22}{version}"
    rows: list[tuple[str, str]] = [
        ("cases", f"{counts['cases']:,} of {plan['cases']:,}"),
        ("instructions", f"{counts['instructions']:,}"),
        ("ends", _counted(counts["ends"])),
        ("discards", _counted(counts["discards"]) or "none"),
        ("errata", _counted(counts["errata"]) + f" ({counts['explained']:,} cases)" if counts["errata"] else "none"),
        ("incidents", _counted(counts["incidents"]) or "none"),
    ]
    coverage = document["coverage"]
    if coverage is not None:
        (met, of), (classes, all_classes) = coverage["instructions"], coverage["operand_classes"]
        measured = f"in {coverage['measured_cases']:,} cases"
        rows.append(("coverage", f"instructions {met}/{of}, operand classes {classes}/{all_classes} {measured}"))
    rows += [
        ("divergences", f"{counts['divergences']:,}" + _unexamined(counts["unexamined"])),
        (
            "speed",
            f"{document['cases_per_second']:,.0f} cases/s, {document['instructions_per_second']:,.0f} instructions/s "
            f"in {counts['elapsed_seconds']:.1f} s; {document['elapsed_per_oracle_second']:.2f} × the oracle alone",
        ),
        ("time", _stages(counts)),
    ]
    if counts["guilty"]:
        rows.append(("the vote names", _counted(counts["guilty"])))
    for name, value in rows:
        yield f"{name:<15}{value}"
    for bucket in document["buckets"]:
        yield f"{bucket['count']:>6} × {bucket['signature']}"
        yield f"         first: {bucket['first']} ({bucket['oracle']}): {bucket['summary']}"
        if bucket["reproducer"]:
            yield f"         reproducer: {bucket['reproducer']}"
    verdict = {0: "AGREE", 1: "DIVERGED", 130: "INTERRUPTED"}.get(document["exit_code"], "FAILED")
    yield verdict + (f": {document['reason']}" if document["reason"] else "")


def _counted(counts: dict[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {count:,}" for name, count in ordered)


def _unexamined(count: int) -> str:
    return f" ({count:,} of them only counted)" if count else ""


def _stages(counts: dict[str, Any]) -> str:
    """Shares of the wall clock; those of the workers overlap the others and may add up to more than all of it."""
    elapsed = counts["elapsed_seconds"]
    if not elapsed:
        return "none"
    return ", ".join(f"{name} {seconds / elapsed:.0%}" for name, seconds in counts["seconds"].items() if seconds)
