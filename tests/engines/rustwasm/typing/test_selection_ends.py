"""Bounds that lead to bounds are asked once each: how often selection is asked grows with them, not with its paths."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from engines.rustwasm.compilation import check_source
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.projection import Inference
from engines.rustwasm.typing.traits import Selector

_WRAPPED = (
    "trait A {} trait B {} struct W<T>(T); impl<T: A + B> A for W<T> {} impl<T: A + B> B for W<T> {} "
    "impl A for i32 {} impl B for i32 {} trait M { fn m(&self) {} } impl<T: A> M for T {} fn g<T: A>(_: T) {} "
)


def _projections(depth: int) -> str:
    """`I::Item: IntoIterator`, that one's item too and so on, and all of their iterators go backwards."""
    one, bounds = "I", []
    for _ in range(depth):
        one = f"<{one} as IntoIterator>::Item"
        bounds.append(f"{one}: IntoIterator, <{one} as IntoIterator>::IntoIter: DoubleEndedIterator")
    return f"fn f<I: IntoIterator>(i: I) where {', '.join(bounds)} {{}} fn main() {{}}"


def _parameters(depth: int) -> str:
    names = [f"T{i}" for i in range(depth + 1)]
    bounds = [
        f"{one}: IntoIterator<Item = {item}>, <{one} as IntoIterator>::Item: Clone, "
        f"<<{one} as IntoIterator>::Item as IntoIterator>::IntoIter: DoubleEndedIterator"
        for item, one in pairwise(names)
    ]
    body = f"fn f<{', '.join(names)}>(x: {names[-1]}) where T0: IntoIterator, {', '.join(bounds)}"
    return body + " { for a in x { for b in a.clone() {} } } fn main() {}"


def _wrapped(depth: int, inner: str) -> str:
    return "W(" * depth + inner + ")" * depth


def _required(depth: int) -> str:
    return f"{_WRAPPED} fn f<T: A + B>(x: T) {{ g({_wrapped(depth, 'x')}); }} fn main() {{ f(1); }}"


def _variables(depth: int) -> str:
    return f"{_WRAPPED} fn main() {{ g({_wrapped(depth, '1')}); {_wrapped(depth, '1')}.m(); }}"


@pytest.mark.parametrize("family", [_projections, _parameters, _required, _variables])
def test_selections_grow_with_the_bounds(family: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    original = Selector.select_fresh

    def counted(self: Selector, *args: Any) -> Any:
        nonlocal asked
        asked += 1
        return original(self, *args)

    monkeypatch.setattr(Selector, "select_fresh", counted)
    counts = []
    for depth in (4, 8, 16, 32):
        asked = 0
        assert not check_source(family(depth)).diagnostics.errors
        counts.append(asked)
    assert counts[3] < 16 * counts[1] + 100, counts


def test_requirements_that_double_without_end_are_an_overflow() -> None:
    program = (
        "trait T {} struct S<X>(X); impl<X> T for S<X> where S<S<X>>: T, (X, X): T {} "
        "impl<X> T for (X, X) where S<(X, X)>: T, S<S<X>>: T {} fn f<X: T>(x: X) {} fn main() { f(S(1)); }"
    )
    errors = check_source(program).diagnostics.errors
    assert [error.code for error in errors] == ["E0275"]


def test_after_an_overflow_nothing_is_selected() -> None:
    """The last resort: one error, and whatever is asked then holds without a look at who implements it."""
    compilation = check_source("trait T {} fn main() {}")
    inference = Inference(compilation, [])
    trait = compilation.declarations.traits[0]
    assert inference.select(trait, (ty.BOOL_TY,)) is None
    for _ in range(2):
        inference.overflow(trait, (ty.BOOL_TY,))
    assert inference.select(trait, (ty.CHAR_TY,)).kind == "builtin"
    assert [(e.code, e.message) for e in compilation.diagnostics.errors] == [
        ("E0275", "overflow evaluating the requirement `bool: T`")
    ]
