"""Live progress of a campaign: a display that redraws itself on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from harness.campaign.plan import Plan
from harness.campaign.statistics import Statistics

LINE_SECONDS: Final = 5.0
"""Where the output is no terminal, at most one line in this time."""


@contextmanager
def progress_display(plan: Plan) -> Iterator[Callable[[Statistics], None]]:
    """A function that shows the statistics as they grow, on standard error."""
    if sys.stderr.isatty():
        with _live(plan) as show:
            yield show
        return
    last = time.monotonic()

    def line(statistics: Statistics) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_SECONDS:
            last = time.monotonic()
            print(progress_line(plan, statistics), file=sys.stderr, flush=True)

    yield line


def progress_line(plan: Plan, statistics: Statistics) -> str:
    """The state of a campaign in one line."""
    rate = statistics.cases / statistics.elapsed_seconds if statistics.elapsed_seconds else 0.0
    parts = [
        f"{statistics.cases:,}/{plan.cases:,} cases",
        f"{statistics.instructions:,} instructions",
        f"{rate:,.0f} cases/s",
        f"divergences {statistics.divergences:,}",
    ]
    if statistics.explained:
        parts.append(f"by errata {statistics.explained:,}")
    if statistics.discarded:
        parts.append(f"discarded {statistics.discarded:,}")
    return ", ".join(parts)


@contextmanager
def _live(plan: Plan) -> Iterator[Callable[[Statistics], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    progress = Progress(
        TextColumn("[bold]{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[line]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with progress:
        task = progress.add_task(f"{plan.subject} × {', '.join(plan.oracles)}", total=plan.cases, line="starting")

        def show(statistics: Statistics) -> None:
            progress.update(task, completed=statistics.cases, line=progress_line(plan, statistics))

        yield show
