"""The HTML report of a differential run: one self-contained page, made from the run's summary document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

TEMPLATE: Final = Path(__file__).parent / "report.html.j2"


@dataclass(frozen=True)
class HeatRow:
    """One instruction of the coverage map: how often it was generated, and per operand class how often each source had
    it, `None` where the class cannot occur."""

    instruction: str
    count: int
    cells: tuple[int | None, ...]


@dataclass(frozen=True)
class FindingView:
    """One bucket of findings, with the listing of its reduced case where there is one."""

    signature: str
    count: int
    summary: str
    listing: str
    directory: str


def heat_level(count: int | None) -> str:
    """The shade of a cell: `none` where nothing can be, `hole` where nothing is, else by powers of ten."""
    if count is None:
        return "none"
    return "hole" if count == 0 else f"h{min(len(str(count)), 5)}"


def render(
    *,
    title: str,
    verdict: str,
    command: str,
    numbers: Sequence[tuple[str, str]],
    tables: Mapping[str, Sequence[tuple[str, int]]],
    tier: Sequence[tuple[str, str]] = (),
    seconds: Mapping[str, float],
    heat_columns: Sequence[str],
    heat_rows: Sequence[HeatRow],
    findings: Sequence[FindingView],
    versions: Mapping[str, str],
) -> str:
    """The page as text. `verdict` is `agree`, `diverged`, `interrupted` or `vacuous`; `tier` is what a tier under test
    did, empty for other subjects."""
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.filters["heat"] = heat_level
    context: dict[str, Any] = {
        "title": title,
        "verdict": verdict,
        "command": command,
        "numbers": numbers,
        "tables": tables,
        "tier": tier,
        "seconds": seconds,
        "longest": max(seconds.values(), default=0.0) or 1.0,
        "heat_columns": heat_columns,
        "heat_rows": heat_rows,
        "findings": findings,
        "versions": versions,
    }
    return environment.from_string(TEMPLATE.read_text()).render(context)
