"""Programs of rustc's error index and their neighbours: `error_index.rs` holds them, each below a line that says the
code and line of rustc's first error, or `fine`."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from engines.rustwasm.compilation import check_source

TABLE = Path(__file__).with_name("error_index.rs")


def cases() -> list[tuple[str, str]]:
    """(expectation, program)."""
    parts = TABLE.read_text().split("//= ")[1:]
    return [(head.strip(), text) for head, _, text in (part.partition("\n") for part in parts)]


def first(lines: str) -> str:
    """Code and line of the first error among lines of JSON."""
    for line in lines.splitlines():
        message = json.loads(line)
        spans = [span for span in message["spans"] if span["is_primary"]]
        if message["level"] == "error" and spans:
            return f"{(message['code'] or {}).get('code', 'none')} {spans[0]['line_start']}"
    return "fine"


@pytest.mark.parametrize(("wanted", "program"), cases())
def test_code_and_line_are_those_of_rustc(wanted: str, program: str) -> None:
    assert first(check_source(program).diagnostics.to_json_lines()) == wanted


def test_there_are_many_programs_of_both_kinds() -> None:
    wanted = [one for one, _ in cases()]
    assert wanted.count("fine") >= 10
    assert len({one.split()[0] for one in wanted}) >= 15


@pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")
def test_a_sample_of_the_table_is_what_rustc_says(tmp_path: Path) -> None:
    file = tmp_path / "main.rs"
    for wanted, program in cases()[::12]:
        file.write_text(program)
        command = ["rustc", "--edition=2021", "--emit=metadata", "--error-format=json", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
        assert first(done.stderr) == wanted, program
