"""Whether patterns of slices and arrays cover every value: what rustc says, and what trying all values says."""

from __future__ import annotations

import itertools
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.compilation import check_source

LINES = Path(__file__).with_name("slices.rs").read_text().splitlines()
"""A function each; what is rejected says so."""
MARK = " // rejected"

needs_rustc = pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")


def codes(function: str) -> set[str]:
    compilation = check_source(f"{function}\nfn main() {{}}\n")
    return {one.code or "" for one in compilation.diagnostics.errors}


@pytest.mark.parametrize("line", LINES)
def test_what_is_not_covered_is_said(line: str) -> None:
    assert (codes(line) <= {"E0004", "E0005"} and bool(codes(line))) == line.endswith(MARK)


@needs_rustc
def test_rustc_says_the_same(tmp_path: Path) -> None:
    source = ["#![allow(warnings)]", *[f"mod m{i} {{ {line.removesuffix(MARK)} }}" for i, line in enumerate(LINES)]]
    (tmp_path / "main.rs").write_text("\n".join([*source, "fn main() {}"]))
    command = ["rustc", "--edition", "2021", "--error-format", "short", "--emit", "metadata"]
    command += ["--out-dir", str(tmp_path), str(tmp_path / "main.rs")]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    found = {int(line.split(":")[1]) - 2 for line in said.splitlines() if "error[E000" in line}
    assert found == {i for i, line in enumerate(LINES) if line.endswith(MARK)}


PARTS = st.sampled_from(["true", "false", "_"])
ARMS = st.tuples(st.lists(PARTS, max_size=2), st.booleans(), st.lists(PARTS, max_size=2))


@settings(deadline=None, max_examples=60)
@given(st.lists(ARMS, min_size=1, max_size=6))
def test_slices_are_covered_when_every_slice_is(arms: list[tuple[list[str], bool, list[str]]]) -> None:
    """All slices up to five elements: longer ones are matched as those are by such short patterns."""

    def matches(arm: tuple[list[str], bool, list[str]], values: tuple[str, ...]) -> bool:
        first, rest, last = arm
        if len(values) < len(first) + len(last) or (not rest and len(values) > len(first) + len(last)):
            return False
        pairs = [*zip(first, values, strict=False), *zip(reversed(last), reversed(values), strict=False)]
        return all(part in ("_", value) for part, value in pairs)

    written = ", ".join(f"[{', '.join([*a, *(['..'] if rest else []), *b])}] => {{}}" for a, rest, b in arms)
    every = (values for n in range(6) for values in itertools.product(("true", "false"), repeat=n))
    covered = all(any(matches(arm, values) for arm in arms) for values in every)
    assert codes(f"fn f(s: &[bool]) {{ match s {{ {written} }} }}") == (set() if covered else {"E0004"})


def test_every_function_is_told_what_it_misses() -> None:
    """Not the first alone; and a constant that cannot be had because of an error elsewhere is not said to miss."""
    source = "\n".join([f"mod m{i} {{ {line.removesuffix(MARK)} }}" for i, line in enumerate(LINES)])
    compilation = check_source(f"{source}\nfn main() {{}}\n")
    found = {compilation.sources.locate(one.span[0])[1] - 1 for one in compilation.diagnostics.errors}
    assert found == {i for i, line in enumerate(LINES) if line.endswith(MARK)}
    constant = "fn g(n: u8) { match n { 0..=3 | 5.. => {}, K => {} } } const K: u8 = 2 + 2;"
    assert codes(constant) == set()
    assert codes(f"fn f() {{ let s: u8 = true; }} {constant}") == {"E0308"}
