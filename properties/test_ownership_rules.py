"""Ownership of the Rust subset: who breaks a rule is rejected, and what is accepted uses nothing after its end.

The judge of the second is the reference interpreter: it empties every place that is moved from, dropped or out of
scope, and stops at a read of an empty one.
"""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.compilation import Compilation, check_source
from engines.rustwasm.mir.interpreter import UnsoundError, run_program
from fuzz.strategies.rust import FAULTS, generate_faulty, generate_program
from fuzz.strategies.wasm.choices import ChoiceSequence

OWNERSHIP: Final = {
    *("E0373", "E0381", "E0382", "E0384", "E0499", "E0502", "E0503", "E0505", "E0506", "E0507", "E0508", "E0509"),
    *("E0515", "E0521", "E0594", "E0596", "E0597", "E0621", "E0716"),
}
"""rustc's codes of moves, borrows, mutability and lifetimes."""
RULES: Final = [fault for fault in FAULTS if fault.code in OWNERSHIP]


def test_every_rule_is_broken_by_some_fault() -> None:
    assert {fault.code for fault in RULES} == OWNERSHIP


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(RULES), st.integers(0, 1 << 32))
def test_a_broken_rule_is_found_where_it_is_broken(fault: object, seed: int) -> None:
    program = generate_faulty(ChoiceSequence(seed=seed), fault)  # type: ignore[arg-type]  # FAULTS are of a private class
    compilation = check_source(program.source)
    found = [(one.code, compilation.sources.locate(one.span[0])[1]) for one in compilation.diagnostics.errors]
    assert found == [(program.code, program.line)], program.source


@pytest.mark.evidence("P10")
@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1 << 32))
def test_what_is_accepted_uses_nothing_after_its_end(seed: int) -> None:
    program = generate_program(ChoiceSequence(seed=seed))
    compilation = check_source(program.source)
    assert not compilation.diagnostics.has_errors, program.source
    status, output, errors = run_program(compilation)
    assert (status, output.decode()) == (program.exit_status, program.stdout), program.source
    assert program.panic in errors.decode()


UNSOUND: Final = {
    "moved": 'fn main() { let s = String::new(); let t = s; println!("{t}{s}"); }',
    "moved in a loop": 'fn main() { let s = vec![1]; for _ in 0..2 { let t = s; println!("{}", t.len()); } }',
    "out of scope": 'fn main() { let r; { let x = vec![5]; r = &x; } println!("{}", r.len()); }',
    "returned": "fn f<'a>() -> &'a String { let s = String::new(); &s } fn main() { println!(\"{}\", f()); }",
    "dropped": 'fn main() { let b = Box::new(vec![1]); let r = &b[0]; drop(b); println!("{r}"); }',
    "reallocated": 'fn main() { let mut v = vec![vec![1]]; let r = &v[0]; v.push(vec![]); println!("{}", r.len()); }',
    "overwritten": 'fn main() { let mut s = vec![1]; let r = &s[0]; s = vec![]; println!("{r} {}", s.len()); }',
}


@pytest.mark.parametrize("kind", sorted(UNSOUND))
def test_without_the_rules_the_interpreter_stops_there(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {one.code for one in check_source(UNSOUND[kind]).diagnostics.errors} & OWNERSHIP
    monkeypatch.setattr(Compilation, "check_borrows", lambda self: None)
    compilation = check_source(UNSOUND[kind])
    assert not compilation.diagnostics.has_errors
    with pytest.raises(UnsoundError, match=r"^[\w/]+\.rs:\d+:\d+: .* and nothing is there$"):
        run_program(compilation)
