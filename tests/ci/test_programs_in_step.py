"""Programs in step, for a moment; `tox -e diff-jit` runs it whole."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path

import pytest

from ci import programs_in_step
from ci.programs_in_step import REFERENCE, WAYS, RunError, examine, first_difference, main, prepare, states
from corpus.programs.builder import build

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")


@pytest.fixture(scope="module")
def guest() -> Path:
    return next(b.path for b in build("full", ["kernels"], native=False) if b.variant.name == "O2c")


@pytest.fixture(scope="module")
def prepared(guest: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the interpreter alone."""
    folder = tmp_path_factory.mktemp("prepared")
    prepare(guest, [way for way in WAYS if not way.image], folder)
    return folder


@pytest.mark.evidence("VM-11")
def test_a_kernel_runs_in_step(guest: Path, prepared: Path) -> None:
    """Not from an image: translating takes half a minute."""
    ways = [way for way in WAYS if not way.image]
    found = list(examine(guest, "strings", "600", 211, prepared, ways))
    assert [(way, difference) for way, _, difference in found] == [(way, "") for way in ways]
    assert all(stops > 1_000 for _, stops, _ in found)


def test_a_difference_is_told_with_the_stop_before_it(guest: Path, prepared: Path, tmp_path: Path) -> None:
    cache = shutil.copytree(prepared, tmp_path / "cache")
    one, other = (states(guest, ("calls", n), REFERENCE, 50, cache) for n in ("8", "9"))
    assert first_difference(one, one) == ""
    assert first_difference(one, other).startswith("between ")
    assert first_difference(one, one[:-1]) == (
        f"after {one[-2][0]:,} retired instructions: one run has {len(one)} stops, the other {len(one) - 1}"
    )
    changed = [*one[:3], (one[3][0], "another"), *one[4:]]
    assert first_difference(one, changed) == "between 150 and 200 retired instructions"


def test_a_run_that_fails_is_told(guest: Path, prepared: Path, tmp_path: Path) -> None:
    cache = shutil.copytree(prepared, tmp_path / "cache")
    with pytest.raises(RunError, match="baseline: status"):
        states(guest, ("no such kernel", "1"), "baseline", 0, cache)


def test_a_run_that_parts_fails_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    way = programs_in_step.WAYS[0]
    monkeypatch.setattr(
        programs_in_step, "examine", lambda *_: iter([(way, 7, "between 1 and 2 retired instructions")])
    )
    assert main(["calls"]) == 1
    assert "1 runs part" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--every", "0"], ["--scale", "0"], ["--tier", "x"], ["nothing"]])
def test_wrong_usage_is_told(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(wrong)
    text = capsys.readouterr().err
    assert any(words in text for words in ("at least 1", "above 0", "they are", "there are"))
