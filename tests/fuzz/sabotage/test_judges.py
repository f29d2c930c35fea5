"""The judges: each finds a bug of its kind and passes what is right; one real run of the command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fuzz.sabotage.judges import judge

ROOT = Path(__file__).parents[3]


def sabotage(out: Path, *arguments: str) -> tuple[int, dict[str, Any], str]:
    """Run the command; gives status, the document that it wrote, and what it printed."""
    command = [sys.executable, "-m", "harness.cli", "sabotage", *arguments, "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    path = out / "sabotage.json"
    return done.returncode, json.loads(path.read_text()) if path.exists() else {}, done.stdout + done.stderr


def test_an_unknown_judge_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"no judge is called 'nobody'.*comparison"):
        judge("nobody")


@pytest.mark.evidence("HX-08")
def test_bugs_of_all_kinds_are_found_reduced_and_replayed(tmp_path: Path) -> None:
    names = ("addw-zero-extended", "encoding-fmv-x-d-bit-5-ignored", "compare-not-f31", "rem-1-eq-as-ule")
    status, document, text = sabotage(tmp_path, *names)
    assert status == 0, text
    results = {r["name"]: r for r in document["results"]}
    assert document["equivalent"] == ["rem-1-eq-as-ule"]
    assert results["compare-not-f31"]["kill"]["by"] == "canaries"
    kill = results["addw-zero-extended"]["kill"]
    assert (kill["instructions"], kill["replays"]) == (1, True)
    assert kill["cases"] < 100
    reproducer = [sys.executable, "-m", "harness.cli", "repro", str(tmp_path / "addw-zero-extended")]
    honest = subprocess.run(reproducer, cwd=ROOT, capture_output=True, check=False)
    assert honest.returncode == 0
    environment = os.environ | {"COUNTERPROOF_SABOTAGE": "addw-zero-extended"}
    wrong = subprocess.run(reproducer, cwd=ROOT, capture_output=True, check=False, env=environment)
    assert wrong.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nothing",), "no injected bug is called nothing"),
        (("--sample", "100000"), "--sample is 100000"),
        (("--area", "moon"), "there are: "),
    ],
)
def test_wrong_usage_is_one_line(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    status, _, text = sabotage(tmp_path, *arguments)
    assert status == 2
    assert words in text
    assert "Traceback" not in text


def test_bugs_are_listed(tmp_path: Path) -> None:
    status, _, text = sabotage(tmp_path, "--list", "--area", "comparator")
    assert status == 0
    assert "compare-not-trap  [comparator;" in text
