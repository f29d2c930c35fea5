"""The ranges that arms on numbers and characters take, against sets and against the general rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.compilation import check_source
from engines.rustwasm.typing import exhaustiveness
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.matched_values import MatchedValues

RANGES = st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), max_size=12)
SURROGATES = range(0xD800, 0xE000)
EDGES = st.sampled_from((0xD7FD, 0xD7FE, 0xD7FF, 0xE000, 0xE001, 0xE002))


@given(RANGES, st.integers(-25, 25), st.integers(0, 30))
def test_what_is_missing_is_the_first_run_of_values_not_taken(
    ranges: list[tuple[int, int]], low: int, length: int
) -> None:
    values, taken = MatchedValues(ty.INT), set()
    for first, last in ranges:
        values.take(first, last)
        taken |= set(range(first, last + 1))
    left = [value for value in range(low, low + length + 1) if value not in taken]
    run = [value for i, value in enumerate(left) if value == left[0] + i]
    assert values.missing(low, low + length) == ((run[0], run[-1]) if run else None)


@given(st.lists(st.tuples(EDGES, EDGES), max_size=6))
def test_characters_beside_the_surrogates_are_neighbours(ranges: list[tuple[int, int]]) -> None:
    values, taken = MatchedValues(ty.CHAR), set()
    for first, last in ranges:
        values.take(first, last)
        taken |= set(range(first, last + 1))
    every = [value for value in range(0xD7FD, 0xE003) if value not in SURROGATES]
    left = [value for value in every if value not in taken]
    found = values.missing(0xD7FD, 0xE002)
    if not left:
        assert found is None
    else:
        at = every.index(left[0])
        run = every[at : next((i for i in range(at, len(every)) if every[i] in taken), len(every))]
        assert found == (run[0], run[-1])


PATTERN = st.one_of(
    st.sampled_from(("_", "0..", "..0", "i8::MIN..=-1", "5..=5")),
    st.integers(-128, 127).map(str),
    st.tuples(st.integers(-128, 127), st.integers(-128, 127)).map(lambda ends: f"{min(ends)}..={max(ends)}"),
)
ARM = st.tuples(st.lists(PATTERN, min_size=1, max_size=3).map(" | ".join), st.sampled_from(("", "", " if x > 3")))


def _said(arms: list[tuple[str, str]]) -> str:
    body = " ".join(f"{pattern}{guard} => {i}," for i, (pattern, guard) in enumerate(arms))
    return check_source(f"fn main() {{ let x = 1i8; let y = match x {{ {body} }}; }}").diagnostics.render()


@settings(deadline=None, max_examples=60)
@given(st.lists(ARM, min_size=1, max_size=6))
def test_arms_on_numbers_are_judged_as_the_general_rule_says(arms: list[tuple[str, str]]) -> None:
    quick = _said(arms)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exhaustiveness, "_missing_value", _by_the_general_rule)
        assert _said(arms) == quick


def _by_the_general_rule(matrix: Any, arms: list[Any], parts: list[Any], one: ty.Ty) -> Any:
    rows: list[list[Any]] = []
    for arm, some in zip(arms, parts, strict=True):
        row = [("or", some)]
        if matrix.useful(rows, row, [(one, True)]) is None:
            exhaustiveness._warn_unreachable(matrix, arm)
        if arm.guard is None:
            rows.append(row)
    return matrix.useful(rows, [exhaustiveness.WILD], [(one, True)])


def test_matches_of_many_arms_are_looked_at_to_the_end() -> None:
    arms = " ".join(f"{i} => {{}}" for i in range(11_000))
    errors = check_source(f"fn main() {{ match 7 {{ {arms} }} }}").diagnostics.errors
    assert [one.code for one in errors] == ["E0004"]


def test_a_match_that_is_too_complex_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exhaustiveness, "_LIMIT", 100)
    names = ", ".join(f"a{i}: bool" for i in range(12))
    values = ", ".join(f"a{i}" for i in range(12))
    arms = " ".join(f"({', '.join('true' if i == j else '_' for j in range(12))}) => {i}," for i in range(12))
    source = f"fn f({names}) -> i32 {{ match ({values}) {{ {arms} _ => 12 }} }} fn main() {{}}"
    messages = [one.message for one in check_source(source).diagnostics.errors]
    assert messages == ["reached the pattern complexity limit"]


def test_values_that_no_arm_tells_apart_are_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking into the fields of fields that every pattern takes whole had taken steps without end."""
    monkeypatch.setattr(exhaustiveness, "_LIMIT", 300)
    levels = "".join(
        f"#[derive(PartialEq, PartialOrd)] enum L{i} {{ {', '.join(f'V{k}(L{i + 1}, L{i + 1})' for k in range(4))} }} "
        for i in range(6)
    )
    source = f"{levels} #[derive(PartialEq, PartialOrd)] struct L6(u8); fn main() {{}}"
    assert not check_source(source).diagnostics.errors
