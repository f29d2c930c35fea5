"""The generator's benchmark runs, counts right, and its gate can fail."""

from __future__ import annotations

import pytest

from ci.bench_generator import main, measure


def test_figures_belong_together() -> None:
    speed = measure("short", programs=32, rounds=2)
    assert 3 < speed.insns_per_program < 60
    assert speed.insns_per_s == pytest.approx(speed.programs_per_s * speed.insns_per_program)


def test_the_gate_passes_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    quick = ["short", "--programs", "16", "--rounds", "1"]
    assert main([*quick, "--floor", "1"]) == 0
    assert main([*quick, "--floor", "1e15"]) == 1
    assert "below 1,000,000,000,000,000 instructions/s: short" in capsys.readouterr().err
