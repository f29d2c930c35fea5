"""What a match reads of a value of which a part is gone, or that never was: what rustc says it reads."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from random import Random

import pytest

from engines.rustwasm.compilation import check_source

SOURCE = (Path(__file__).parent / "programs" / "matched.rs").read_text()
MARK = "// rejected"

needs_rustc = pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")


def rejected(source: str) -> set[int]:
    """The lines that our checker rejects for a use of what is not there."""
    compilation = check_source(source)
    errors = compilation.diagnostics.errors
    assert {one.code for one in errors} <= {"E0381", "E0382"}, compilation.diagnostics.render()
    return {compilation.sources.locate(one.span[0])[1] for one in errors}


def rejected_by_rustc(source: str, directory: Path) -> set[int]:
    path = directory / "main.rs"
    path.write_text(source)
    command = ["rustc", "--edition", "2021", "--error-format", "json", "--emit", "metadata"]
    command += ["--out-dir", str(directory), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    said = [json.loads(line) for line in done.stderr.splitlines()]
    errors = [one for one in said if one["level"] == "error" and one["code"] is not None]
    assert {one["code"]["code"] for one in errors} <= {"E0381", "E0382"}
    return {span["line_start"] for one in errors for span in one["spans"] if span["is_primary"]}


def test_matches_read_what_their_arms_test() -> None:
    marked = {number for number, line in enumerate(SOURCE.splitlines(), 1) if line.endswith(MARK)}
    assert len(marked) > 15
    assert rejected(SOURCE) == marked


@needs_rustc
def test_rustc_rejects_the_same(tmp_path: Path) -> None:
    assert rejected_by_rustc(SOURCE, tmp_path) == rejected(SOURCE)


KINDS = {"_": ("bool", "option"), "bool": ("true", "false"), "option": ("None", "Some(_)")}


def drawn(random: Random, count: int) -> str:
    """Functions whose matches cover everything: wildcards were taken apart, and the arms shuffled."""
    lines = ["#![allow(warnings)]", "fn main() {}"]
    for n in range(count):
        arms = [["_", "_"]]
        for _ in range(random.randrange(4)):
            arm = arms.pop(random.randrange(len(arms)))
            places = [i for i in (0, 1) if arm[i] == "_"]
            if not places:
                arms.append(arm)
                continue
            at = random.choice(places)
            arms += [[*arm[:at], one, *arm[at + 1 :]] for one in KINDS[("bool", "option")[at]]]
        random.shuffle(arms)
        written = ", ".join(f"(_, {one}, {other}) => {{}}" for one, other in arms)
        lines.append(f"fn f{n}(v: (String, bool, Option<u8>)) {{ drop(v.0); match v {{ {written} }} }}")
    return "\n".join(lines)


@needs_rustc
def test_matches_that_cover_everything_read_what_rustc_says(tmp_path: Path) -> None:
    source = drawn(Random(5), 120)
    found = rejected_by_rustc(source, tmp_path)
    assert 20 < len(found) < 100
    assert rejected(source) == found
