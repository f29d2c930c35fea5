"""Loans that are forgotten before anything is solved: nothing may be said otherwise because of it, and most are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpus.rust import rust_programs
from engines.rustwasm.borrow import check
from engines.rustwasm.borrow.constraints import Constraints
from engines.rustwasm.borrow.short_loans import forget_short_loans
from engines.rustwasm.compilation import check_source

PROGRAMS = Path(__file__).parent / "programs"

TWO_PHASE = "fn main() { let mut v = vec![1]; v.push(v.len() as i32); v.extend_from_slice(&v); }"
"""The first borrow of `v` is active only in the call, where the second is still there."""
REFUSED = {
    "active while another is there": (TWO_PHASE, "E0502"),
    "assigned by the call": (
        "fn f<'a>(x: &'a str, o: &mut &'a str) { *o = x; }\n"
        'fn main() { let mut s = String::new(); let mut t = ""; f(&s, &mut t); s.push(\'x\'); println!("{t}"); }',
        "E0502",
    ),
    "in the next round": (
        "fn main() { let mut v = vec![1]; let mut k = Vec::new(); for _ in 0..2 { k.push(&mut v); } drop(k); }",
        "E0499",
    ),
    "dropped later": (
        "struct D<'a>(&'a i32);\nimpl Drop for D<'_> { fn drop(&mut self) {} }\n"
        "fn main() { let mut n = 1; let d = D(&n); if n > 0 { n = 2; } }", "E0506",
    ),
    "returned": ("fn f() -> &'static str { let s = String::new(); let t = &s; t }\nfn main() { f(); }", "E0515"),
    "a chain of calls": (
        "fn main() { let mut s = String::new(); let t = s.trim().trim_start(); s.clear(); println!(\"{t}\"); }",
        "E0502",
    ),
}  # fmt: skip


def rendered(text: str, monkeypatch: pytest.MonkeyPatch, forget: Any) -> str:
    monkeypatch.setattr(check, "forget_short_loans", forget)
    return check_source(text).diagnostics.render()


@pytest.mark.parametrize("name", REFUSED)
def test_what_outlasts_its_call_is_refused(name: str) -> None:
    text, code = REFUSED[name]
    assert [d.code for d in check_source(text).diagnostics.errors] == [code]


@pytest.mark.parametrize("table", ["accepted.rs", "rejected.rs"])
def test_says_what_solving_for_every_loan_says(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (PROGRAMS / table).read_text()
    assert rendered(text, monkeypatch, forget_short_loans) == rendered(text, monkeypatch, lambda constraints: None)


def test_most_loans_of_real_programs_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the pass costs time and saves none."""
    before = after = 0

    def counted(constraints: Constraints) -> None:
        nonlocal before, after
        before += len(constraints.loans)
        forget_short_loans(constraints)
        after += len(constraints.loans)

    for program in rust_programs()[:12]:
        rendered(program.source, monkeypatch, counted)
    assert after * 4 < before
