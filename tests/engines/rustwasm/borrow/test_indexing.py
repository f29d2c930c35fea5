"""An index expression lends what it indexes before its index is known, where indexing is a method."""

from __future__ import annotations

import pytest

from engines.rustwasm.compilation import check_source


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("let mut v = vec![1, 2]; let l = &mut v; l[l.len() - 1] = 3;", ["E0502"]),
        ("let mut v = vec![1, 2]; let n = v.len(); v[n - 1] = 3;", []),
        ("let mut v = [1, 2]; v[v.len() - 1] = 3;", []),
        ("let mut v = [1, 2]; let l = &mut v[..]; l[l.len() - 1] = 3;", []),
        ("let mut v = vec![1, 2]; v[0] += v[1];", []),
        ('let mut v = vec![1, 2]; let f = &v[0]; v[1] = 3; println!("{f}");', ["E0502"]),
        ("let mut v = vec![1, 2]; let f = &mut v[0]; let g = &mut v[1]; *f = 1; *g = 2;", ["E0499"]),
    ],
)
def test_borrows_by_indexing(body: str, codes: list[str]) -> None:
    found = check_source(f"fn main() {{ {body} }}").diagnostics.errors
    assert [error.code for error in found] == codes
