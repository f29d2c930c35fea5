"""Programs that rustc refuses are refused for the same reasons.

The tables hold programs, each below a line of codes and lines ("none" where rustc has no code): all that is to be said
of it; `fine` for nothing; with … at its end, the first alone. They are examples of rustc's index of error codes, and
variations of them.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engines.rustwasm.compilation import check_source

HERE = Path(__file__).parent
TABLES = (HERE / "refused.rs", HERE / "typing" / "refused.rs", HERE / "borrow" / "refused.rs")
"""What syntax, names and attributes are refused for, what types are, and what bodies are for what they borrow."""
Errors = list[tuple[str, int]]
"""(code, line), in the order in which they are said."""


def cases(table: Path) -> list[tuple[str, str]]:
    """(expectation, program)."""
    parts = table.read_text().split("//= ")[1:]
    return [(head.strip(), text) for head, _, text in (part.partition("\n") for part in parts)]


ALL = [case for table in TABLES for case in cases(table)]


def told(errors: Errors, wanted: str) -> str:
    """The errors as an expectation is written: the first alone if `wanted` has no more."""
    shown = errors[:1] if wanted.endswith(" …") else sorted(set(errors))
    return (" ".join(f"{code} {line}" for code, line in shown) or "fine") + " …" * wanted.endswith(" …")


@pytest.mark.evidence("WR-02")
@pytest.mark.parametrize(("wanted", "program"), ALL)
def test_codes_and_lines_are_those_of_rustc(wanted: str, program: str) -> None:
    compilation = check_source(program)
    errors = [
        (one.code or "none", compilation.sources.locate(one.span[0])[1]) for one in compilation.diagnostics.errors
    ]
    assert told(errors, wanted) == wanted


def test_there_are_many_of_many_codes() -> None:
    wanted = [one for one, _ in ALL]
    assert len(wanted) >= 600
    assert wanted.count("fine") >= 30
    assert len({one.split()[0] for one in wanted}) >= 140


def test_no_program_differs_from_another_in_layout_only() -> None:
    bare = Counter("".join(program.split()) for _, program in ALL)
    assert not [one for one, times in bare.items() if times > 1]


def asked(program: str, file: Path) -> Errors:
    """What rustc says."""
    file.write_text(program)
    command = ["rustc", "--edition=2021", "--emit=metadata", "--error-format=json", "--out-dir", str(file.parent)]
    done = subprocess.run([*command, str(file)], capture_output=True, text=True, timeout=120)
    errors = []
    for message in map(json.loads, done.stderr.splitlines()):
        lines = [span["line_start"] for span in message.get("spans", ()) if span["is_primary"]]
        if message.get("level") == "error" and lines:
            code = (message["code"] or {}).get("code", "none")
            errors.append((code if code[1:].isdigit() else "none", lines[0]))  # a lint has a name
    return errors


@pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")
def test_a_sample_of_the_tables_is_what_rustc_says(tmp_path: Path) -> None:
    sample = ALL[::12]
    files = [tmp_path / f"sample_{n}.rs" for n in range(len(sample))]
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(asked, [program for _, program in sample], files))
    assert [told(errors, wanted) for errors, (wanted, _) in zip(said, sample, strict=True)] == [
        one for one, _ in sample
    ]
