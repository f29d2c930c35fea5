"""Kept inputs that cannot be used: the others are, and the command says which were left out and why."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fuzz.targets import session, stored
from harness.cli import main

TARGET = "strict_json"


@pytest.fixture
def damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the seeds with a link to nothing, a link to itself, a changed input and a folder among them."""
    seeds = tmp_path / "seeds"
    shutil.copytree(stored.SEEDS / TARGET, seeds / TARGET)
    monkeypatch.setattr(stored, "SEEDS", seeds)
    folder = seeds / TARGET
    (folder / "0000000000000001").symlink_to(folder / "gone")
    (folder / "0000000000000002").symlink_to(folder / "0000000000000002")
    (folder / "0000000000000003").write_bytes(b"\xff\xfe changed")
    (folder / "folder").mkdir()
    return folder


def _healthy(folder: Path) -> int:
    return sum(path.is_file() and path.name == stored.name_of(path.read_bytes()) for path in folder.iterdir())


def test_a_replay_goes_on_says_what_it_left_out_and_is_no_success(
    damaged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = _healthy(damaged) + len(stored.inputs(stored.REGRESSIONS, TARGET))
    with pytest.raises(SystemExit) as caught:
        main(["fuzz", "replay", TARGET])
    text = capsys.readouterr()
    assert caught.value.code == 1
    assert f"{expected} inputs, 0 fail, 3 cannot be used" in text.out
    assert [line.partition(" is left out: ")[0][-1] for line in text.err.splitlines()] == ["1", "2", "3"]
    assert "No such file" in text.err and "symbolic links" in text.err and "changed on disk" in text.err


def test_fuzzing_starts_with_the_others(damaged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session.prepare(TARGET, tmp_path / "out")
    assert capsys.readouterr().err.count(" is left out: ") == 3
    written = {path.name for path in (tmp_path / "out" / "seeds").iterdir()}
    assert len(written) >= _healthy(damaged)


def test_an_input_that_cannot_be_read_is_an_error_where_nobody_is_told(damaged: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        list(stored.all_inputs(TARGET))
