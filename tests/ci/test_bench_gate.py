"""The benchmark gate: twenty per cent slower fails, the same tree does not; the history grows."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ci.bench_gate import (
    LEAST_TURNS,
    LIMIT,
    YARDSTICK,
    BenchError,
    Ratio,
    Runner,
    Side,
    _known,
    _measures,
    _ratio,
    judged,
    main,
    measure,
    report,
)
from ci.bench_slices import LOOP, _beq_back, _loop_case
from harness.triage.tree import ROOT


def _side(name: str, *slower: str) -> Side:
    return Side(name, sys.executable, ROOT, slower)


@pytest.mark.evidence("HX-14")
def test_a_planted_slowdown_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """On the interpreter and the comparison, by really doing thrice as much: no neighbour on this machine decides."""
    names = ("interpreter", "comparison")
    slowed = judged(_side("slower", *(f"{name}=3" for name in names)), _side("as it is"), LIMIT, names)
    assert [ratio.name for ratio in slowed if ratio.value > LIMIT] == list(names), slowed
    assert report(slowed, "HEAD", "c" * 40, LIMIT) == 1
    assert capsys.readouterr().out.count("SLOWER") == 2


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([1.2, 1.2, 1.2], 1),
        ([0.99, 1.2, 1.2], 1),
        ([1.2, 0.99, 1.2], 1),
        ([1.2, 1.0, 1.0], 0),
        ([1.0, 1.2, 1.0], 0),
        ([1.0, 1.0], 0),
    ],
)
def test_one_process_that_lies_well_or_badly_in_memory_does_not_decide(
    values: list[float], verdict: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty per cent fail, and none does not, though one of three pairs of processes says otherwise."""
    left = iter(values)

    def measured(new: Side, old: Side, names: tuple[str, ...] = ()) -> list[Ratio]:
        return [Ratio("x", 1.0, 1.0, 9, next(left))]

    monkeypatch.setattr("ci.bench_gate.measure", measured)
    assert report(judged(_side("one"), _side("other"), LIMIT), "HEAD", "c" * 40, LIMIT) == verdict
    assert next(left, None) is None


class Told:
    """A side that takes as long as told, with noise of its own: a quarter on average, sometimes three times as long."""

    def __init__(self, seconds: float, seed: int) -> None:
        self.seconds_each, self.noise = seconds, Random(seed)

    def seconds(self, name: str) -> float:
        return self.seconds_each * (1.0 + self.noise.expovariate(4.0)) * (3.0 if self.noise.random() < 0.1 else 1.0)


@pytest.mark.parametrize("factor", [1.0, 1.2, 0.5])
@given(seed=st.integers(0, 2**32))
@settings(deadline=None, derandomize=True)
def test_noise_hardly_moves_the_ratio(factor: float, seed: int) -> None:
    ratio = _ratio("x", Told(factor, seed), Told(1.0, seed + 1))  # type: ignore[arg-type]
    assert ratio.value == pytest.approx(factor, rel=0.08)


def test_a_side_that_once_ran_undisturbed_does_not_decide() -> None:
    """The fastest slice of one side may have no match on the other: the medians do."""

    class Lucky(Told):
        def seconds(self, name: str) -> float:
            return super().seconds(name) * (0.5 if self.noise.random() < 0.03 else 1.0)

    ratio = _ratio("x", Lucky(1.0, 1), Told(1.0, 2))  # type: ignore[arg-type]
    assert ratio.new / ratio.old < 0.8
    assert ratio.value == pytest.approx(1.0, rel=0.08)


def test_the_median_is_known_when_its_neighbours_are_near() -> None:
    assert _known([1.0] * LEAST_TURNS)
    assert _known(sorted([0.5] * 5 + [1.0] * 40 + [2.0] * 5))
    assert not _known([0.9 + 0.005 * turn for turn in range(LEAST_TURNS)])


def test_the_yardstick_is_judged_by_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    assert report([Ratio(YARDSTICK, 2.0, 1.0, 9, 2.0), Ratio("x", 1.0, 1.0, 9, 1.0)], "b", "c", LIMIT) == 0
    assert report([Ratio("x", 1.0, 1.0, 9, 1.13)], "b", "c", LIMIT) == 1
    found = _measures([Ratio("x", 3.0, 2.0, 9, 1.5), Ratio(YARDSTICK, 2.0, 2.0, 9, 1.0)], LIMIT)
    assert [(m.name, m.value, m.limit) for m in found] == [("x ÷ base", 1.5, LIMIT), ("x ÷ yardstick", 1.5, None)]


def test_a_tree_that_cannot_be_measured_says_why(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="empty: the benchmark ended: this tree has no package 'harness'"):
        Runner(Side("empty", sys.executable, tmp_path), min(os.sched_getaffinity(0)))
    with pytest.raises(BenchError, match="one and other have none of nothing in common"):
        measure(_side("one"), _side("other"), ("nothing",))


@pytest.mark.parametrize("limit", ["1.0", "11"])
def test_an_impossible_limit_is_refused(limit: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--limit", limit])
    assert stopped.value.code == 2


def test_an_unknown_base_is_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--base", "no-such-revision", "--cache", str(tmp_path)]) == 3
    assert "bench_gate: git rev-parse" in capsys.readouterr().err


def test_the_loop_never_ends() -> None:
    from harness.contract import End, MachineObservation
    from harness.registry import create

    executor = create("riscv64-reference", isolated=False)
    seen = executor.run(_loop_case(5 * len(LOOP)))
    executor.close()
    assert isinstance(seen, MachineObservation)
    assert (seen.end, seen.retired) == (End.LIMIT, 5 * len(LOOP))
    assert _beq_back(4) == 0xFE000EE3, "beq zero, zero, -4, as LLVM writes it"
