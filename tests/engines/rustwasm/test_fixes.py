"""What is suggested for slips that users make, each below its code and the text that mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.rustwasm.compilation import check_source
from engines.rustwasm.resolve.nearest import distance, nearest

TABLE = Path(__file__).parent / "fixes.rs"
CASES = [part.partition("\n")[::2] for part in TABLE.read_text().split("//= ")[1:]]


@pytest.mark.evidence("P15")
@pytest.mark.parametrize(("wanted", "program"), CASES)
def test_the_fix_of_a_slip_gives_a_program_without_errors(wanted: str, program: str) -> None:
    compilation = check_source(program)
    error = compilation.diagnostics.errors[0]
    assert error.suggestion is not None, error.render(compilation.sources)
    (first, last), text, _ = error.suggestion
    assert f"{error.code} {text.strip().partition(chr(10))[0]}".strip() == wanted
    file = compilation.sources.file_of(first)
    fixed = file.text[: first - file.base] + text + file.text[last - file.base :]
    assert not check_source(fixed).diagnostics.has_errors, fixed + check_source(fixed).diagnostics.render()


@pytest.mark.parametrize(
    ("name", "known", "wanted"),
    [
        ("lenght", ["length", "len"], "length"),
        ("hashmap", ["HashMap", "HashSet"], "HashMap"),
        ("y", ["x"], "x"),
        ("count_lines", ["lines_count"], "lines_count"),
        ("total", ["tally", "sum"], None),
        ("sum", ["sum"], None),
    ],
)
def test_a_third_of_the_letters_may_differ(name: str, known: list[str], wanted: str | None) -> None:
    assert nearest(name, known) == wanted


def test_neighbours_swapped_are_one_slip() -> None:
    assert distance("form", "from", 2) == 1
    assert distance("kitten", "sitting", 3) == 3
    assert distance("kitten", "sitting", 1) == 2
