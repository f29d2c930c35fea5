"""The three answers that comparing two observations can have."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    AGREE = "agree"
    """Every field that both executors observe is equal, legal differences and active errata aside."""
    DIVERGED = "diverged"
    """At least one such field differs."""
    INCOMPARABLE = "incomparable"
    """One side has no meaningful observation (refused, timed out on both); counted by reason as a discard."""
