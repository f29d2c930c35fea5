"""What an executor may count while it runs cases, for reports. Counts add up: over runs, and over workers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol, runtime_checkable

WITHIN_US: Final = "compiled within us: "
"""Begins the name of a count of compilations that took up to so many microseconds, and more than half as many."""


@runtime_checkable
class Counting(Protocol):
    """An executor that counts."""

    def counts(self) -> Mapping[str, int]:
        """Everything since the executor was made, by name."""
        ...
