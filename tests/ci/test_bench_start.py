"""The benchmark of starting: the least of each figure, and usage."""

from __future__ import annotations

import sys

import pytest

from ci.bench_start import least, main, measured


def test_the_least_is_taken_of_each_figure() -> None:
    assert least([(3.0, 0.5), (2.0, 0.7)]) == (2.0, 0.5)


def test_a_run_is_measured() -> None:
    wall, processor = measured([sys.executable, "-c", "pass"], {})
    assert wall > 0
    assert processor > 0


def test_mistakes_are_told(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["x", "--runs", "0"])
    assert stopped.value.code == 2
    assert main(["/nonexistent", "--runs", "1"]) == 2
    assert "bench_start: /nonexistent: exit status 2" in capfd.readouterr().err
    assert main(["x", "--runs", "1", "--python", "/nonexistent/python"]) == 2
    assert "--python /nonexistent/python: No such file" in capfd.readouterr().err
