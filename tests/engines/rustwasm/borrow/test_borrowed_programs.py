"""The borrow checker against tables of programs, which rustc judges the same, and against the corpus."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from corpus.rust import RustProgram, rust_programs
from engines.rustwasm.compilation import Compilation, check_source

PROGRAMS = Path(__file__).parent / "programs"
ACCEPTED = (PROGRAMS / "accepted.rs").read_text()
REJECTED = (PROGRAMS / "rejected.rs").read_text()
WANTED = {
    (line, found[1].replace("-", ""))
    for line, text in enumerate(REJECTED.splitlines(), 1)
    if (found := re.search(r"//~ (E\d+|-)$", text))
}
"""(line, code) of every error of the table."""


@cache
def checked(text: str) -> Compilation:
    return check_source(text)


def errors(compilation: Compilation) -> set[tuple[int, str]]:
    return {(compilation.sources.locate(d.span[0])[1], d.code or "") for d in compilation.diagnostics.errors}


def rustc_errors(text: str, place: Path) -> set[tuple[int, str]]:
    (place / "main.rs").write_text(text)
    command = ["rustc", "--edition", "2021", "--emit=metadata", "--error-format=json", "main.rs"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=120, check=False)
    found = set()
    for line in done.stderr.splitlines():
        message = json.loads(line)
        primary = [span for span in message["spans"] if span["is_primary"]]
        if message["level"] == "error" and primary:
            found.add((primary[0]["line_start"], (message["code"] or {}).get("code", "")))
    return found


def test_the_tables_are_large() -> None:
    assert len(re.findall(r"^fn [a-z]+_", ACCEPTED, re.MULTILINE)) >= 150
    assert len(WANTED) >= 150
    codes = Counter(code for _, code in WANTED)
    frequent = {code for code, count in codes.items() if count >= 3}
    assert frequent >= {"E0373", "E0381", "E0382", "E0384", "E0499", "E0502", "E0503", "E0505", "E0506", "E0507"}
    assert frequent >= {"E0515", "E0594", "E0596", "E0597", "E0716", "E0621", ""}


@pytest.mark.evidence("WR-02")
def test_valid_programs_are_accepted() -> None:
    assert errors(checked(ACCEPTED)) == set()


@pytest.mark.evidence("WR-02")
def test_faulty_programs_are_rejected_with_the_right_code_at_the_right_line() -> None:
    assert errors(checked(REJECTED)) == WANTED


@pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")
@pytest.mark.parametrize(("text", "wanted"), [(ACCEPTED, set()), (REJECTED, WANTED)], ids=["accepted", "rejected"])
def test_rustc_judges_the_tables_the_same(text: str, wanted: set[tuple[int, str]], tmp_path: Path) -> None:
    assert rustc_errors(text, tmp_path) == wanted


@pytest.mark.parametrize("program", rust_programs(), ids=lambda program: program.name)
def test_the_corpus_is_accepted(program: RustProgram) -> None:
    assert check_source(program.source).diagnostics.render() == ""


SHOWN = """\
fn main() {
    let mut v = vec![1];
    let first = &v[0];
    v.push(2);
    println!("{}", first);
    let s = String::from("x");
    let t = s;
    println!("{} {}", s, t);
}
"""


def test_messages_have_labels_and_fixes() -> None:
    borrow, moved = checked(SHOWN).diagnostics.errors
    assert borrow.message == "cannot borrow `v` as mutable because it is also borrowed as immutable"
    assert borrow.label == "mutable borrow occurs here"
    labels = {text for _, text in borrow.labels}
    assert labels == {"immutable borrow occurs here", "immutable borrow later used here"}
    assert moved.message == "borrow of moved value: `s`"
    assert moved.label == "value borrowed here after move"
    assert {text for _, text in moved.labels} == {
        "move occurs because `s` has type `String`, which does not implement the `Copy` trait",
        "value moved here",
    }
    assert moved.suggestion is not None and moved.suggestion[1] == ".clone()"


def test_json_is_shaped_as_rustc_writes_it() -> None:
    first = json.loads(checked(SHOWN).diagnostics.to_json_lines().splitlines()[0])
    assert first["code"]["code"] == "E0502"
    [primary] = [span for span in first["spans"] if span["is_primary"]]
    assert (primary["line_start"], primary["label"]) == (4, "mutable borrow occurs here")
