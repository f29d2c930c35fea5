"""The page of the command line is made of the commands; a stale page is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ci import command_line
from harness.cli import COMMANDS


def test_the_page_has_every_command_and_every_exit_status() -> None:
    text = command_line.page()
    for command in COMMANDS:
        assert f"\n## counterproof {command.name}\n" in text
    assert "| `--seed` |" in text
    assert "| `--run / --no-run` | on |" in text
    assert text.count("xit status") >= len(COMMANDS)


def test_a_stale_page_is_noticed_and_renewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "command-line.md"
    monkeypatch.setattr(command_line, "PAGE", page)
    assert command_line.main([]) == 1
    assert "run python -m ci.command_line --write" in capsys.readouterr().out
    assert command_line.main(["--write"]) == 0
    assert command_line.main([]) == 0
    page.write_text(page.read_text().replace("## counterproof doctor", "## counterproof doctors"))
    assert command_line.main([]) == 1
