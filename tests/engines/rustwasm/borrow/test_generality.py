"""Inferred function pointers: what is kept of a search must not change what later ones find, and no search is long."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engines.rustwasm.borrow.generality import FIRST, INITIAL, VALUE, Generality
from engines.rustwasm.compilation import check_source

_SLOTS: Final = 6
_ENDS: Final = st.one_of(st.integers(FIRST, FIRST + _SLOTS - 1), st.sampled_from((-2, -1, 1)))


class _Forgetful(Generality):
    """Searches as if it had never searched before."""

    def _tell(self, slot: int, expecting: bool, asking: set[int]) -> int | None:
        self._untold.clear()
        self._unexpected.clear()
        return super()._tell(slot, expecting, asking)


def _solved(
    kind: type[Generality], flows: list[tuple[int, int, int]], variables: set[int], made: set[int]
) -> list[int]:
    untyped: Any = None
    one = kind(untyped, untyped)
    one._guesses = [-9] * _SLOTS
    one.enter(None, 0)
    one.infer(sorted(variables), False)
    one.infer(sorted(made - variables), True)
    for one.flowing, given_, wanted in flows:
        one.use([given_], [wanted])
    one.solve()
    return [one.bound(FIRST + i) for i in range(_SLOTS)]


@given(
    st.lists(st.tuples(st.integers(VALUE, INITIAL), _ENDS, _ENDS), max_size=16),
    st.sets(st.integers(FIRST, FIRST + _SLOTS - 1)),
    st.sets(st.integers(FIRST, FIRST + _SLOTS - 1)),
)
@example([(VALUE, FIRST, FIRST + 1), (VALUE, FIRST + 1, FIRST), (VALUE, -1, FIRST + 1)], {FIRST}, set())
def test_what_is_kept_of_searches_changes_nothing(
    flows: list[tuple[int, int, int]], variables: set[int], made: set[int]
) -> None:
    assert _solved(Generality, flows, variables, made) == _solved(_Forgetful, flows, variables, made)


@pytest.mark.parametrize("told", ["", "    v0 = Some(look as fn(&str));\n", "    if false { v0 = Some(1); }\n"])
def test_variables_that_all_lead_to_each_other_are_told_soon(told: str) -> None:
    names = [f"v{i}" for i in range(16)]
    made = "".join(f"    let mut {name} = None;\n" for name in names)
    mixed = "".join(f"    {one} = {other};\n" for one in names for other in names if one != other)
    typed = told or "    let _: Option<fn(&str)> = v3;\n"
    source = f"fn look(_: &str) {{}}\nfn main() {{\n{made}{mixed}{typed}    let _ = v0.is_some();\n}}\n"
    assert not check_source(source).diagnostics.errors
