"""References to constants outlive the functions that made them, in every build."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build_bytes
from engines.rustwasm.mir.promotion import may_hold_reference
from engines.rustwasm.typing import types as ty
from tests.wasi_command import started

PROGRAM = Path(__file__).parents[1] / "library" / "programs" / "constant_references.rs"


@pytest.mark.parametrize(("profile", "lowering"), [("dev", "linear"), ("release", "linear"), ("dev", "gc")])
def test_constants_that_are_lent_last(profile: str, lowering: str, tmp_path: Path) -> None:
    compilation = check_source(PROGRAM.read_text(), PROGRAM.name)
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    expected = PROGRAM.with_suffix(".expected").read_bytes()
    assert started(build_bytes(compilation, profile, lowering=lowering), tmp_path) == (0, expected, b"")


def test_a_constant_in_the_frame_costs_no_static() -> None:
    source = 'fn sum(v: &[i32]) -> i32 { v.iter().sum() }\nfn main() { println!("{}", sum(&[1, 2])); }'
    compilation = check_source(source)
    assert not any(one.is_static for one in compilation.declarations.consts)


@pytest.mark.parametrize(
    "function",
    [
        "fn none<T>() -> &'static Option<T> { &None }",
        "fn zeros<const N: usize>() -> &'static [u8; N] { &[0; N] }",
        "fn found<T>(o: &Option<T>) -> &Option<T> { if o.is_some() { o } else { &None } }",
        "fn held<T>(list: &mut Vec<&'static Option<T>>) { list.push(&None); }",
    ],
)
def test_constants_of_generic_types_are_not_lent_beyond_their_function(function: str) -> None:
    errors = check_source(f"{function}\nfn main() {{}}").diagnostics.errors
    assert [error.message.endswith("is outside the subset") for error in errors] == [True]


@pytest.mark.parametrize(
    "function",
    [
        "fn none<T>() -> &'static [T] { &[] }",
        "fn some<T>(o: &Option<T>) -> bool { o.as_ref().or((&None).as_ref()).is_some() }",
        "fn held<T>(list: &[Option<T>]) -> bool { list.first().unwrap_or(&None).is_some() }",
        "fn five<T>(_: T) -> &'static Option<u8> { &Some(5) }",
    ],
)
def test_others_are(function: str) -> None:
    assert not check_source(f"{function}\nfn main() {{}}").diagnostics.errors


def test_what_may_hold_a_reference() -> None:
    text = ty.ref(ty.STR_TY)
    for one in (text, ty.tuple_of((ty.I32, text)), ty.array(text, 2), ty.param(0, "T"), ty.fn_ptr((), ty.UNIT)):
        assert may_hold_reference(one), ty.show(one)
    for one in (ty.I32, ty.UNIT, ty.tuple_of((ty.I32, ty.BOOL_TY)), ty.array(ty.F64, 3)):
        assert not may_hold_reference(one), ty.show(one)
