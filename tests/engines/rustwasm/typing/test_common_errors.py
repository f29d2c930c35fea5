"""Common errors are blamed on the place that rustc blames, with its code: `common_errors.rs` holds programs, each below
a line that says rustc's code and primary span; and fixes where rustc has them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from engines.rustwasm.compilation import check_source

TABLE = Path(__file__).with_name("common_errors.rs")


def cases() -> list[tuple[str, str]]:
    """(expectation, program)."""
    parts = TABLE.read_text().split("//= ")[1:]
    return [(head.strip(), text) for head, _, text in (part.partition("\n") for part in parts)]


def first(lines: str) -> str:
    """Code and primary span of the first error among lines of JSON."""
    for line in lines.splitlines():
        message = json.loads(line)
        spans = [span for span in message["spans"] if span["is_primary"]]
        if message["level"] == "error" and spans:
            one, code = spans[0], (message["code"] or {}).get("code", "none")
            return f"{code} {one['line_start']}:{one['column_start']} {one['line_end']}:{one['column_end']}"
    return "no error"


@pytest.mark.parametrize(("wanted", "program"), cases())
def test_code_and_place_are_those_of_rustc(wanted: str, program: str) -> None:
    assert first(check_source(program).diagnostics.to_json_lines()) == wanted


def test_the_table_is_large() -> None:
    assert len(cases()) >= 60


@pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")
def test_a_sample_of_the_table_is_what_rustc_says(tmp_path: Path) -> None:
    file = tmp_path / "main.rs"
    for wanted, program in cases()[::20]:
        file.write_text(program)
        command = ["rustc", "--edition=2021", "--emit=metadata", "--error-format=json", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
        assert first(done.stderr).split()[0] == wanted.split()[0]


@pytest.mark.parametrize(
    ("program", "fix"),
    [
        ("fn f() -> i32 {\n    1;\n}\nfn main() { f(); }", (2, 6, "")),
        ('struct S;\nfn main() {\n    println!("{:?}", S);\n}', (1, 1, "#[derive(Debug)]\n")),
        ('fn f(s: &str) {}\nfn main() {\n    f(String::from("a"));\n}', (3, 7, '&String::from("a")')),
        ("fn main() {\n    let x = 5\n    let y = 6;\n}", (2, 14, ";")),
    ],
)
def test_fixes_are_offered(program: str, fix: tuple[int, int, str]) -> None:
    message = json.loads(check_source(program).diagnostics.to_json_lines().splitlines()[0])
    spans = [span for child in message["children"] for span in child["spans"]]
    assert [(s["line_start"], s["column_start"], s["suggested_replacement"]) for s in spans] == [fix]


def test_a_name_is_not_similar_to_itself() -> None:
    """An import that failed leaves its name behind."""
    errors = check_source("use std::nothing::SPACE;\nfn main() { let x = SPACE; }").diagnostics.errors
    assert errors[0].code == "E0432"
    assert all(error.suggestion is None for error in errors)
