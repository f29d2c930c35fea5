"""The comparison's check of itself finds each way in which it can go blind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from machine_batches import batch_of

from harness.compare import machine
from harness.compare.machine import FIELD_BITS
from harness.compare.self_check import blind_spot
from harness.contract import MACHINE_FIELDS

ALL = frozenset(MACHINE_FIELDS)
ORIGINAL = machine.compare_batches


@pytest.mark.parametrize("compared", [ALL, ALL - {"retired"}, frozenset({"x"}), ALL - {"memory", "f"}])
def test_the_comparison_is_not_blind(compared: frozenset[str]) -> None:
    assert blind_spot(batch_of(1), compared) == ""


def _without(name: str) -> Callable[..., Any]:
    def blind(*arguments: Any) -> machine.BatchComparison:
        result = ORIGINAL(*arguments)
        differing = result.differing & np.uint16(~FIELD_BITS[name] & 0xFFFF)
        verdict = np.where(differing != 0, result.verdict, 0).astype(np.uint8)
        return replace(result, differing=differing, verdict=verdict)

    return blind


@pytest.mark.parametrize("name", MACHINE_FIELDS)
def test_a_field_that_is_not_compared_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "compare_batches", _without(name))
    assert "is reported as one in nothing" in blind_spot(batch_of(1), ALL)


def _masked(place: Callable[[Any], None]) -> Callable[..., Any]:
    def blind(batch: Any, left: Any, right: Any) -> machine.BatchComparison:
        for side in (left, right):
            place(side)
        return ORIGINAL(batch, left, right)

    return blind


def _zero(name: str, index: Any) -> Callable[[Any], None]:
    def place(side: Any) -> None:
        target = side.memory if name == "memory" else side.state[name] if name in "xf" else getattr(side, name)
        target[index] = 0

    return place


@pytest.mark.parametrize(
    ("place", "spot"),
    [
        (_zero("x", (slice(None), 31)), "bit 0 of x[31]"),
        (_zero("f", (slice(None), 7)), "bit 0 of f[7]"),
        (_zero("memory", (slice(None), 8191)), "byte 0x1fff of the data window"),
        (lambda side: side.state["fcsr"].__iand__(np.uint64(0x1F)), "bit 5 of fcsr"),
        (lambda side: side.tval.__iand__(np.uint64(0xFFFF_FFFF)), "bit 32 of tval"),
        (lambda side: side.state["pc"].__iand__(np.uint64(~1 & (1 << 64) - 1)), "bit 0 of pc"),
        (lambda side: side.retired.__iand__(np.uint64((1 << 63) - 1)), "bit 63 of retired"),
    ],
)
def test_a_place_that_is_masked_is_noticed(
    place: Callable[[Any], None], spot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "compare_batches", _masked(place))
    assert blind_spot(batch_of(1), ALL) == f"a difference in {spot} is reported as one in nothing"


def test_a_comparison_that_calls_everything_different_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def suspicious(*arguments: Any) -> machine.BatchComparison:
        result = ORIGINAL(*arguments)
        return replace(result, verdict=np.full_like(result.verdict, machine.Row.DIVERGED))

    monkeypatch.setattr(machine, "compare_batches", suspicious)
    assert blind_spot(batch_of(1), ALL) == "equal observations are not called equal"
