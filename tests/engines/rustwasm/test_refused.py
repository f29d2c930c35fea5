"""Programs that rustc refuses are refused for the same reasons: `refused.rs` holds programs, each below a line of codes
and lines ("none" where rustc has no code), which are all that is to be said of it. They are examples of rustc's index
of error codes and variations of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engines.rustwasm.compilation import check_source

TABLE = Path(__file__).with_name("refused.rs")


def cases() -> list[tuple[str, str]]:
    """(expectation, program)."""
    parts = TABLE.read_text().split("//= ")[1:]
    return [(head.strip(), text) for head, _, text in (part.partition("\n") for part in parts)]


def told(errors: set[tuple[str, int]]) -> str:
    return " ".join(f"{code} {line}" for code, line in sorted(errors))


@pytest.mark.parametrize(("wanted", "program"), cases())
def test_codes_and_lines_are_those_of_rustc(wanted: str, program: str) -> None:
    compilation = check_source(program)
    errors = compilation.diagnostics.errors
    assert told({(one.code or "none", compilation.sources.locate(one.span[0])[1]) for one in errors}) == wanted


def asked(program: str, file: Path) -> str:
    """What rustc says."""
    file.write_text(program)
    command = ["rustc", "--edition=2021", "--emit=metadata", "--error-format=json", "--out-dir", str(file.parent)]
    done = subprocess.run([*command, str(file)], capture_output=True, text=True, timeout=120)
    errors = set()
    for message in map(json.loads, done.stderr.splitlines()):
        lines = [span["line_start"] for span in message.get("spans", ()) if span["is_primary"]]
        if message.get("level") == "error" and lines:
            code = (message["code"] or {}).get("code", "none")
            errors.add((code if code.startswith("E") else "none", lines[0]))  # a lint's name is no code
    return told(errors)


@pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")
def test_a_sample_of_the_table_is_what_rustc_says(tmp_path: Path) -> None:
    sample = cases()[::10]
    files = [tmp_path / f"sample_{n}.rs" for n in range(len(sample))]
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(asked, [program for _, program in sample], files))
    assert said == [wanted for wanted, _ in sample]
