"""The HTML page of one campaign, made from its summary document, its coverage and its reproducers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.report.html import FindingView, HeatRow, render
from harness.report.tier_counts import fallbacks, tier_numbers

if TYPE_CHECKING:
    from fuzz.coverage.riscv64 import Coverage

VERDICTS = {0: "agree", 1: "diverged", 130: "interrupted"}


def campaign_page(document: dict[str, Any], coverage: Coverage | None, command: str) -> str:
    """The page of the campaign that `document` (`harness.campaign.summary.summary_document`) describes."""
    plan, counts = document["plan"], document["statistics"]
    numbers = [
        ("programs compared", f"{counts['cases']:,}"),
        ("instructions retired", f"{counts['instructions']:,}"),
        ("unexplained divergences", f"{counts['divergences']:,}"),
        ("explained by errata", f"{counts['explained']:,}"),
        ("discarded", f"{sum(counts['discards'].values()):,}"),
        ("programs per second", f"{document['cases_per_second']:,.0f}"),
        ("of the oracle's own time", f"{document['elapsed_per_oracle_second']:.2f} ×"),
    ]
    tier = tier_numbers(counts.get("counts", {}))
    columns, rows = heat_map(coverage) if coverage is not None else ((), ())
    return render(
        title=f"{plan['subject']} against {', '.join(plan['oracles'])}",
        verdict=VERDICTS.get(document["exit_code"], "vacuous"),
        command=command,
        numbers=numbers,
        tables={
            title: _ordered(counts[name])
            for title, name in (
                ("How the programs ended", "ends"),
                ("Errata that explained a difference", "errata"),
                ("Discards by reason", "discards"),
                ("Executors that a vote named", "guilty"),
                ("Workers that died", "incidents"),
            )
        }
        | ({"Left to another tier, by reason": _ordered(fallbacks(counts["counts"]))} if tier else {}),
        tier=tier,
        seconds={name: value for name, value in counts["seconds"].items() if value},
        heat_columns=columns,
        heat_rows=rows,
        findings=[_finding(bucket) for bucket in document["buckets"]],
        versions=document["versions"],
    )


def _ordered(counted: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def heat_map(coverage: Coverage) -> tuple[tuple[str, ...], tuple[HeatRow, ...]]:
    """Columns `rs1 zero`, `rs1 one` … and a row per instruction. Integer and floating-point classes share columns by
    number, so a column says both where they differ."""
    from fuzz.coverage.riscv64 import COUNTABLE, SOURCES
    from fuzz.strategies.riscv64.instructions import ALL

    used = [(s, c) for s in range(len(SOURCES)) for c in range(COUNTABLE.shape[2]) if COUNTABLE[:, s, c].any()]
    columns = tuple(f"{SOURCES[s]} {_class_name(c)}" for s, c in used)
    rows = tuple(
        HeatRow(
            instruction.mnemonic,
            int(coverage.instructions[number]),
            tuple(int(coverage.operands[number, s, c]) if COUNTABLE[number, s, c] else None for s, c in used),
        )
        for number, instruction in enumerate(ALL)
    )
    return columns, rows


def _class_name(column: int) -> str:
    from fuzz.coverage.operand_classes import FloatClass, IntegerClass

    names = [kind(column).name.lower().replace("_", " ") for kind in (IntegerClass, FloatClass) if column in set(kind)]
    return " / ".join(dict.fromkeys(names))


def _finding(bucket: dict[str, Any]) -> FindingView:
    directory = bucket["reproducer"].partition(" (")[0]
    path = Path(directory) / "listing.S"
    listing = path.read_text() if directory and path.is_file() else ""
    return FindingView(bucket["signature"], bucket["count"], bucket["summary"], listing, directory)
