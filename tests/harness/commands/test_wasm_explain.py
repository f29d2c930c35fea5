"""`counterproof wasm explain` as a user meets it."""

from __future__ import annotations

import io
import sys

import pytest
from typer.testing import CliRunner

from engines.rustwasm.syntax.explanations import explained_codes, explanation
from harness.commands.wasm import app
from harness.commands.wasm_explain import explain


@pytest.mark.parametrize("code", ["E0382", "e0382", "E382", "382"])
def test_a_code_is_explained(code: str) -> None:
    done = CliRunner().invoke(app, ["explain", code])
    assert (done.exit_code, done.stdout) == (0, explanation("E0382"))


def test_all_codes_are_listed() -> None:
    done = CliRunner().invoke(app, ["explain"])
    assert [line.split()[0] for line in done.stdout.splitlines()] == explained_codes()


@pytest.mark.parametrize(
    ("code", "near"),
    [
        ("E0383", "E0381, E0382, E0384"),
        ("gc11", "GC008, GC009, GC010"),
        ("E9999999999", "E0"),
        ("borrow", "`counterproof wasm explain` lists all"),
        ("../../x", "no message has this code"),
        ("E٣", "no message has this code"),
    ],
)
def test_an_unknown_code_is_refused_with_what_is_near(code: str, near: str) -> None:
    done = CliRunner().invoke(app, ["explain", code])
    assert done.exit_code == 2
    assert near in done.stderr
    assert "`counterproof wasm explain` lists all" in done.stderr


def test_a_terminal_gets_formatted_text(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    explain("E0382")
    written = terminal.getvalue()
    assert "A value is used after it was moved" in written
    assert "```" not in written
