"""The judge of what has tests: a test that hangs is ended by its own CPU time, however slow the machine is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fuzz.sabotage import BUGS
from fuzz.sabotage.judges import Budget, UnfitError, suite
from fuzz.sabotage.judges.suite import Suite
from fuzz.sabotage.score import _forked

HANGS = "def test_one():\n    pass\n\n\ndef test_two():\n    while True:\n        pass\n"


def test_a_test_that_hangs_is_a_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "test_hangs.py"
    path.write_text(HANGS)
    monkeypatch.setattr(suite, "TEST_SECONDS", 0.5)
    judge = Suite(str(path))
    outcome = _forked(lambda: judge.examine(Budget(1.0, None, "a-bug")), 600.0)
    assert outcome == "ended by signal 27"
    assert "ended by signal 27" in judge.noticed(outcome).signature


def test_a_test_that_fails_is_named(tmp_path: Path) -> None:
    path = tmp_path / "test_fails.py"
    path.write_text("def test_right():\n    pass\n\n\ndef test_wrong():\n    assert False\n")
    judge = Suite(str(path))
    outcome = _forked(lambda: judge.examine(Budget(1.0, None, "a-bug")), 600.0)
    assert outcome is not None and not isinstance(outcome, str)
    assert (outcome.cases, outcome.signature.endswith("test_wrong")) == (2, True)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("def test_wrong():\n    assert 1 == 2, 'far off'\n", "test_wrong fails: AssertionError: far off"),
        ("import nothing_of_that_name\n", "cannot be collected fails: "),
        ("", "there are no tests"),
    ],
)
def test_tests_that_fail_without_a_bug_say_why(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / f"test_unfit_{len(text)}.py"  # one of a name is imported once
    path.write_text(text)
    with pytest.raises(UnfitError, match=f"without any, .*{why}"):
        Suite(str(path)).prepare()


def test_what_runs_wasmtime_is_asked_in_a_process_of_its_own() -> None:
    """Wasmtime's threads are not there in a fork of a process that has compiled with it: a test waits for ever."""
    wasmtime = re.compile(r"^(?:import wasmtime|from tests\.(?:wasi_command|wasm_function) )", re.MULTILINE)
    asked = {one for bug in BUGS.values() for one in bug.judges if one.startswith("tests/")}
    assert len(asked) > 30
    for one in asked:
        for part in one.split(","):
            path = suite.ROOT / part.partition("::")[0]
            files = path.rglob("*.py") if path.is_dir() else [path]
            assert not [file.name for file in files if wasmtime.search(file.read_text())], f"ask `fresh {one}`"
