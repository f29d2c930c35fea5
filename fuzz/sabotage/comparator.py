"""Injected bugs in the harness itself: a comparison that has become blind.

No campaign can find these by what it compares. They are found by the differences that a campaign plants into copies of
what it saw (`harness.compare.canary`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np

from fuzz.sabotage.bug import Area, Catalogue, replace_method
from harness.compare import machine
from harness.contract import BatchObservation
from harness.contract.layout import PAGE_BYTES

BUGS: Final = Catalogue(judges=("comparison",))


def _before_masks(change: Callable[[BatchObservation, BatchObservation], BatchObservation]) -> None:
    """Let `change(subject, oracle)` give the oracle's side that is compared instead."""

    def wrapper(original: Any) -> Any:
        def masks(subject: BatchObservation, oracle: BatchObservation, compared: frozenset[str]) -> Any:
            return original(subject, change(subject, oracle), compared)

        return masks

    replace_method(machine, "_masks", wrapper)


def _without(field: str) -> None:
    def wrapper(original: Any) -> Any:
        def masks(subject: BatchObservation, oracle: BatchObservation, compared: frozenset[str]) -> Any:
            return original(subject, oracle, compared - {field})

        return masks

    replace_method(machine, "_masks", wrapper)


@BUGS.action("compare-x-lower-half", Area.COMPARATOR, "a mask of the wrong width")
def _() -> None:
    def change(subject: BatchObservation, oracle: BatchObservation) -> BatchObservation:
        low = np.uint64(0xFFFF_FFFF)
        state = oracle.state.copy()
        state["x"] = oracle.state["x"] & low | subject.state["x"] & ~low
        return replace(oracle, state=state)

    _before_masks(change)


@BUGS.action("compare-not-f31", Area.COMPARATOR, "a range that ends one too soon")
def _() -> None:
    def change(subject: BatchObservation, oracle: BatchObservation) -> BatchObservation:
        state = oracle.state.copy()
        state["f"][:, 31] = subject.state["f"][:, 31]
        return replace(oracle, state=state)

    _before_masks(change)


@BUGS.action("compare-memory-first-page", Area.COMPARATOR, "part of memory not compared")
def _() -> None:
    def change(subject: BatchObservation, oracle: BatchObservation) -> BatchObservation:
        memory = oracle.memory.copy()
        memory[:, PAGE_BYTES:] = subject.memory[:, PAGE_BYTES:]
        return replace(oracle, memory=memory)

    _before_masks(change)


@BUGS.action("compare-not-trap", Area.COMPARATOR, "that there was a trap compared, not which")
def _() -> None:
    _without("trap")


@BUGS.action("compare-not-fcsr", Area.COMPARATOR, "a field not compared")
def _() -> None:
    _without("fcsr")


@BUGS.action("compare-not-last-row", Area.COMPARATOR, "the last case of a batch not compared")
def _() -> None:
    def wrapper(original: Any) -> Any:
        def masks(subject: BatchObservation, oracle: BatchObservation, compared: frozenset[str]) -> Any:
            found = original(subject, oracle, compared)
            if len(found) > 1:
                found[-1] = 0
            return found

        return masks

    replace_method(machine, "_masks", wrapper)
