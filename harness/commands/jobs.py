"""The option `--jobs` of commands that work in several processes."""

from __future__ import annotations

import os
from typing import Final

import typer

MOST: Final = 1024


def jobs_option(what: str) -> typer.models.OptionInfo:
    """`--jobs N`, where `what` are done at a time and 0 stands for one for each processor."""
    option: typer.models.OptionInfo = typer.Option(
        "--jobs", "-j", min=0, max=MOST, help=f"{what} at a time; 0: one for each processor."
    )
    return option


def processes(jobs: int) -> int:
    """The number asked for; for 0 that of the processors that this process may use."""
    return jobs or len(os.sched_getaffinity(0))
