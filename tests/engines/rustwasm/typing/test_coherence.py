"""Impls that may not be where they are, or are for what another is for: what rustc says of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from random import Random

import pytest

from engines.rustwasm.compilation import check_source

SOURCE = Path(__file__).with_suffix("").with_name("coherence.rs").read_text()
"""A line that is rejected ends with the code of its error."""

needs_rustc = pytest.mark.skipif(shutil.which("rustc") is None, reason="rustc is not installed")


def rejected(source: str) -> dict[int, str]:
    """Lines and the codes of their errors."""
    compilation = check_source(source)
    return {compilation.sources.locate(e.span[0])[1]: e.code or "" for e in compilation.diagnostics.errors}


def rejected_by_rustc(source: str, directory: Path) -> dict[int, str]:
    path = directory / "main.rs"
    path.write_text(source)
    command = ["rustc", "--edition", "2021", "--error-format", "json", "--emit", "metadata"]
    command += ["--out-dir", str(directory), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    errors = [one for one in map(json.loads, done.stderr.splitlines()) if one["level"] == "error" and one["code"]]
    return {span["line_start"]: e["code"]["code"] for e in errors for span in e["spans"] if span["is_primary"]}


def test_impls_are_where_they_may_be_and_do_not_overlap() -> None:
    lines = enumerate(SOURCE.splitlines(), 1)
    marked = {number: line.rpartition(" // E")[2] for number, line in lines if " // E" in line}
    assert len(set(marked.values())) == 7
    assert rejected(SOURCE) == {number: f"E{code}" for number, code in marked.items()}


@needs_rustc
def test_rustc_rejects_the_same(tmp_path: Path) -> None:
    assert rejected_by_rustc(SOURCE, tmp_path) == rejected(SOURCE)


HEADERS = (
    "impl {t} for S {{}}", "impl<X> {t} for W<X> {{}}", "impl {t} for W<u8> {{}}", "impl<X: M> {t} for W<X> {{}}",
    "impl<X> {t} for Vec<X> {{}}", "impl {t} for Vec<S> {{}}", "impl<X> {t} for (X, X) {{}}",
    "impl {t} for (S, u8) {{}}", "impl<X: Copy> {t} for X {{}}", "impl {t} for String {{}}", "impl {t} for &mut S {{}}",
    "impl<X, Y> {t} for (X, Y) {{}}", "impl<X> {t} for &X {{}}", "impl<X> {t} for &mut X {{}}", "impl {t} for &S {{}}",
    "impl<X: M> {t} for X {{}}", "impl<X: Copy> {t} for Option<X> {{}}", "impl {t} for Option<S> {{}}",
    "impl {t} for Option<C> {{}}", "impl {t} for dyn M {{}}", "impl<X> {t} for [X; 2] {{}}", "impl {t} for [u8] {{}}",
    "impl {t} for fn(S) -> S {{}}", "impl {t} for C {{}}",
)  # fmt: skip


def drawn(random: Random, count: int) -> str:
    """Traits with three impls each, `M` being implemented by some of the types."""
    lines = ["#![allow(warnings)]", "struct S; struct W<A>(A); #[derive(Clone, Copy)] struct C; trait M {}"]
    lines += ["impl M for C {}", "impl<X: M> M for Vec<X> {}", "impl M for W<u8> {}", "impl M for &S {}"]
    lines.append("fn main() {}")
    for n in range(count):
        lines.append(f"trait T{n} {{}}")
        lines += [header.format(t=f"T{n}") for header in random.sample(HEADERS, 3)]
    return "\n".join(lines)


@needs_rustc
def test_impls_overlap_where_rustc_says_so(tmp_path: Path) -> None:
    source = drawn(Random(3), 150)
    found = rejected_by_rustc(source, tmp_path)
    assert len(found) > 20
    assert rejected(source) == found


def test_names_that_two_impls_share_are_reported_in_the_order_of_the_source() -> None:
    functions = " ".join(f"fn {name}() {{}}" for name in "qwertyuiopas")
    compilation = check_source(f"struct S; impl S {{ {functions} }} impl S {{ {functions} }} fn main() {{}}")
    errors = [e for e in compilation.diagnostics.errors if e.code == "E0592"]
    assert [e.message[-2] for e in errors] == list("qwertyuiopas")
