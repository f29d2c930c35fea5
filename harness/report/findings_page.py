"""The HTML page of a findings store: clusters, their history, campaigns, and the benchmarks' trend; self-contained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.report.findings import buckets_of, is_closed
from harness.report.trend import Trend

TEMPLATE: Final = Path(__file__).parent / "findings.html.j2"
_HEIGHT: Final = 40.0
_MARGIN: Final = 3.0


@dataclass(frozen=True)
class TrendView:
    """A trend as a line in a box of 100 × 40."""

    name: str
    unit: str
    latest: str
    count: int
    points: str
    limit: str
    limit_y: float | None


def findings_page(document: dict[str, Any], trends: Sequence[Trend] = ()) -> str:
    """The page as text, from a document of `harness.report.findings`."""
    import jinja2

    buckets = buckets_of(document)
    closed = sum(is_closed(bucket) for bucket in buckets)
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    context: dict[str, Any] = {
        "document": document,
        "open": len(buckets) - closed,
        "closed": closed,
        "trends": [trend_view(trend) for trend in trends],
    }
    return environment.from_string(TEMPLATE.read_text()).render(context)


def trend_view(trend: Trend) -> TrendView:
    """Where the values of a trend lie in its box; the limit's line is in it too."""
    shown = [*trend.values, *([trend.limit] if trend.limit is not None else [])]
    low, high = min(shown), max(shown)
    span = (high - low) or 1.0

    def height(value: float) -> float:
        return round(_HEIGHT - _MARGIN - (value - low) / span * (_HEIGHT - 2 * _MARGIN), 2)

    # One value is drawn as a flat line.
    values = trend.values if len(trend.values) > 1 else trend.values * 2
    step = 100.0 / (len(values) - 1)
    points = " ".join(f"{i * step:.2f},{height(value)}" for i, value in enumerate(values))
    return TrendView(
        trend.name,
        trend.unit,
        f"{trend.values[-1]:.4g}",
        len(trend.values),
        points,
        "" if trend.limit is None else f"{trend.limit:.4g}",
        None if trend.limit is None else height(trend.limit),
    )
