"""Every byte of a module is spent on something."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.wasm.binary import MalformedModuleError, encode
from engines.rustwasm.wasm.binary.sizes import sizes
from engines.rustwasm.wasm.text import parse_module
from fuzz.strategies.wasm import ChoiceSequence, generate_module


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 1 << 30))
def test_the_sections_make_up_the_module(seed: int) -> None:
    data = encode(generate_module(ChoiceSequence(seed=seed)).module)
    found = sizes(data)
    assert found.total == len(data) == sum(size for _, size in found.sections)
    code = dict(found.sections).get("code", 0)
    assert sum(size for _, size in found.functions) <= code


def test_functions_have_their_names() -> None:
    module = parse_module(
        '(module (import "m" "f" (func $import)) (func $first (call $import)) (func (export "second") nop nop nop))'
    )
    found = sizes(encode(module))
    assert [name for name, _ in found.functions] == ["first", "second"]
    assert found.functions[1][1] == found.functions[0][1] + 1


def test_what_is_no_module_is_refused() -> None:
    with pytest.raises(MalformedModuleError, match="a module starts with"):
        sizes(b"\x7fELF")
