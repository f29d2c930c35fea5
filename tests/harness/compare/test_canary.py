"""Canaries: a sound comparison sees every one of them, and each blindness that can be injected is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from machine_batches import batch_of, copy_of, observation_of

from fuzz.sabotage import comparator
from fuzz.sabotage.bug import Area
from harness.compare import machine
from harness.compare.canary import blind_spots, canaries
from harness.contract import MACHINE_FIELDS, BatchObservation, End

BUGS = {bug.name: bug for bug in comparator.BUGS}


@pytest.fixture
def restored() -> Iterator[None]:
    """Comparison as it was, after a test that has damaged it."""
    names = ("_masks", "_words", "_discards", "_forgive_legal_trap_values", "compare_batches")
    saved = {name: getattr(machine, name) for name in names}
    yield
    for name, function in saved.items():
        setattr(machine, name, function)


@pytest.mark.parametrize("seed", range(20))
def test_a_sound_comparison_has_no_blind_spot(seed: int) -> None:
    batch = batch_of(40, seed)
    assert blind_spots(batch, observation_of(batch, seed), seed) == []


@pytest.mark.parametrize("count", [1, 2, 1024])
def test_batches_of_any_size_serve(count: int) -> None:
    batch = batch_of(count)
    assert blind_spots(batch, observation_of(batch), 3) == []


def test_rows_without_an_end_serve_too() -> None:
    batch = batch_of(6)
    seen = observation_of(batch)
    seen.end[:] = [End.TIMEOUT, End.CRASH, End.REFUSED, End.TRAP, End.LIMIT, End.TIMEOUT]
    assert blind_spots(batch, seen, 1) == []
    seen.end[:] = End.REFUSED
    assert blind_spots(batch, seen, 1) == []


def test_the_observation_stays_as_it_was() -> None:
    batch = batch_of(9)
    seen = observation_of(batch)
    before = copy_of(seen)
    blind_spots(batch, seen, 1)
    for name in ("end", "trap", "tval", "state", "memory", "retired"):
        assert getattr(seen, name).tobytes() == getattr(before, name).tobytes()


@pytest.mark.evidence("HX-05")
@pytest.mark.parametrize("name", sorted(BUGS))
def test_each_injected_blindness_is_named(name: str, restored: None) -> None:
    assert BUGS[name].area is Area.COMPARATOR
    batch = batch_of(30)
    BUGS[name].inject()
    for seed in range(5):
        assert blind_spots(batch, observation_of(batch), seed), f"{name} with seed {seed}"


@pytest.mark.parametrize(
    ("name", "spot"),
    [
        ("compare-not-f31", "f[31] bit "),
        ("compare-not-trap", "trap"),
        ("compare-not-fcsr", "fcsr bit 0"),
        ("compare-not-last-row", "1 of 30 rows, the first is row 29"),
    ],
)
def test_the_blind_spot_is_named_precisely(name: str, spot: str, restored: None) -> None:
    batch = batch_of(30)
    BUGS[name].inject()
    assert any(found.startswith(spot) for found in blind_spots(batch, observation_of(batch), 1))


def test_blindness_beyond_the_first_page_names_bytes_beyond_it(restored: None) -> None:
    batch = batch_of(30)
    BUGS["compare-memory-first-page"].inject()
    places = [int(spot.split()[2]) for spot in blind_spots(batch, observation_of(batch), 1)]
    assert len(places) == 16
    assert min(places) >= 4096


@pytest.mark.parametrize("field", MACHINE_FIELDS)
def test_a_field_that_is_not_compared_is_named(field: str, restored: None) -> None:
    original: Callable[..., object] = machine._masks

    def masks(subject: BatchObservation, oracle: BatchObservation, compared: frozenset[str]) -> object:
        return original(subject, oracle, compared - {field})

    machine._masks = masks  # type: ignore[assignment]
    batch = batch_of(10)
    assert any(spot.startswith(field) for spot in blind_spots(batch, observation_of(batch), 1))


def test_a_comparison_that_always_differs_is_named(restored: None) -> None:
    original = machine._masks

    def masks(subject: BatchObservation, oracle: BatchObservation, compared: frozenset[str]) -> object:
        return original(subject, oracle, compared) | np.uint16(machine.FIELD_BITS["pc"])

    machine._masks = masks  # type: ignore[assignment]
    batch = batch_of(10)
    assert "equal rows" in blind_spots(batch, observation_of(batch), 1)


def test_what_is_not_observed_is_not_tried() -> None:
    batch = batch_of(10)
    seen = replace(observation_of(batch), observed=frozenset({"x", "end"}))
    assert blind_spots(batch, seen, 1) == []
    assert {c.field for c in canaries(seen.observed, np.random.default_rng(1))} == {"x", "end"}


def test_over_seeds_every_bit_of_a_register_has_its_turn() -> None:
    bits = {(c.element, c.bit) for seed in range(2000) for c in canaries(frozenset({"x"}), np.random.default_rng(seed))}
    assert bits == {(register, bit) for register in range(1, 32) for bit in range(64)}


def test_a_foreign_observation_is_refused() -> None:
    with pytest.raises(ValueError, match="the batch has 5 cases"):
        blind_spots(batch_of(5), observation_of(batch_of(4)), 1)
