"""Rules about files that no linter knows: sizes, names, and things that must never reach a commit."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listing.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_source_file_is_over_a_thousand_lines() -> None:
    long = {p.name: n for p in tracked() if p.suffix == ".py" and (n := len(p.read_text().splitlines())) > 1000}
    assert not long, f"split by subject: {long}"


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty_words = {"utils", "util", "misc", "helpers", "common", "manager"}
    vague = [str(p.relative_to(ROOT)) for p in tracked() if p.stem in empty_words]
    assert not vague


def test_no_two_test_files_have_the_same_name() -> None:
    """Without packages, pytest knows a file by its name alone, and refuses the second."""
    names = Counter(path.name for path in tracked() if path.is_relative_to(ROOT / "tests") and path.match("test_*.py"))
    assert not [name for name, count in names.items() if count > 1]


def test_no_machine_path_is_committed() -> None:
    pattern = re.compile(r"(?<![\w.])/(?:work|root)/[a-z.]")
    text_suffixes = {".py", ".md", ".toml", ".ini", ".yml", ".yaml", ".json", ".sh"}
    hits = []
    for path in tracked():
        if path.suffix in text_suffixes and path != Path(__file__):
            lines = path.read_text().splitlines()
            hits += [f"{path.relative_to(ROOT)}:{n}" for n, line in enumerate(lines, 1) if pattern.search(line)]
    assert not hits


def test_no_link_is_committed() -> None:
    """A link says where something is on one machine, and checking it out takes the place of what is there elsewhere."""
    listing = subprocess.run(["git", "ls-files", "-s"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    assert not [line for line in listing.stdout.splitlines() if line.startswith("120000 ")]


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(p.relative_to(ROOT))
        for p in tracked()
        if p.suffix == ".py" and p.read_text().strip() and not re.match(r'\s*(#.*\n)*\s*[rR]?"""', p.read_text())
    ]
    assert not silent
