"""The verdict of a trial: the middle of the ratios of turns, whatever slows both ways alike."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.aot.image import StoredRegion
from engines.vm.tiers.trial import ENOUGH, PAIRS, PASSES, PATIENCE, TRUSTED, TURN_INSNS, Trial

REGION = StoredRegion(b"code", ((0x1000, 0),), ((0x1000, 0x1004),), (), b"same")
OTHER = StoredRegion(b"slow", ((0x1000, 0),), ((0x1000, 0x1008),), (), b"samesame")


def turn(trial: Trial, seconds: float, share: float = 1.0) -> None:
    assert trial.measure(TURN_INSNS, round(TURN_INSNS * share), seconds)
    trial.turn([REGION] if trial.uses else [OTHER])


@settings(deadline=None)
@given(slowness=st.lists(st.floats(0.01, 100), min_size=PAIRS, max_size=PAIRS), spoilt=st.floats(0.01, 100))
@pytest.mark.parametrize(
    ("passes", "ratio", "verdict"),
    [(PASSES, 0.9, True), (PASSES, 0.99, False), (PASSES, 1.05, False), (TRUSTED, 0.99, True), (TRUSTED, 1.08, False)],
)
def test_what_slows_both_turns_of_a_pair_does_not_matter(
    passes: float, ratio: float, verdict: bool, slowness: list[float], spoilt: float
) -> None:
    trial = Trial()
    trial.begin(REGION, [OTHER], passes)
    for number, slow in enumerate(slowness):
        assert trial.verdict() is None
        turn(trial, slow * ratio * (spoilt if number == 1 else 1))
        turn(trial, slow)
    assert trial.verdict() is verdict
    assert trial.end() == [REGION]
    assert trial.verdict() is None
    trial.begin(REGION, [OTHER])
    for _ in range(PAIRS):
        turn(trial, 0.99)
        turn(trial, 1.0)
    assert trial.verdict() is False  # the next trial is nobody's who is trusted


@pytest.mark.parametrize("share", [1.0, 0.0])
def test_code_fails_soon_where_it_slows(share: float) -> None:
    trial = Trial()
    trial.begin(REGION, [OTHER])
    for _ in range(ENOUGH):
        assert trial.verdict() is None
        turn(trial, 2.0, share)
        turn(trial, 1.0)
    assert trial.verdict() is False


def test_where_the_program_is_elsewhere_there_is_no_verdict() -> None:
    trial = Trial()
    trial.begin(REGION, [OTHER])
    for share in (0.1, 0.1, 1.0, *[0.1] * PATIENCE):
        assert not trial.is_idle
        turn(trial, 0.9, share)
        turn(trial, 1.0)
    assert trial.is_idle
    assert trial.verdict() is None
    trial.end()
    assert not trial.is_idle


def test_code_that_is_much_faster_passes_soon_unless_one_pair_says_otherwise() -> None:
    for spoilt in (False, True):
        trial = Trial()
        trial.begin(REGION, [OTHER])
        for number in range(ENOUGH):
            assert trial.verdict() is None
            turn(trial, 0.9 if spoilt and number == 1 else 0.6)
            turn(trial, 1.0)
        assert trial.verdict() is (None if spoilt else True)


def test_layouts_take_turns() -> None:
    trial = Trial()
    assert not trial.measure(TURN_INSNS, 0, 1.0)  # nothing is on trial
    trial.begin(REGION, [OTHER])
    assert not trial.measure(TURN_INSNS - 1, 0, 1.0)
    assert trial.measure(1, 0, 1.0)
    assert trial.turn([REGION]) == [OTHER]
    assert trial.measure(TURN_INSNS, 0, 1.0)
    assert trial.turn([OTHER, OTHER]) == [REGION]
    assert trial.other == [OTHER, OTHER]
