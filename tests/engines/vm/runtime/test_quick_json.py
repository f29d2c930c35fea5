"""JSON read without the standard module: the same values, the same refusals."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.runtime.quick_json import loads

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=4), below, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(VALUES, st.booleans())
def test_values_come_back(value: Any, ascii_only: bool) -> None:
    assert loads(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@settings(deadline=None)
@given(VALUES, st.data())
def test_texts_are_taken_and_refused_as_by_the_standard_module(value: Any, data: st.DataObject) -> None:
    text = bytearray(json.dumps(value).encode())
    place = data.draw(st.integers(0, len(text)))
    text[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        expected = json.loads(text.decode())
    except ValueError:
        with pytest.raises(ValueError):
            loads(bytes(text))
    else:
        assert repr(loads(bytes(text))) == repr(expected)


@pytest.mark.parametrize("text", [b"", b"{", b"[1,", b'{"a":}', b"{} {}", b"\xff", b"nothing"])
def test_the_first_text_may_be_wrong(text: bytes) -> None:
    """The scanner raises by means of a module that nothing else has imported."""
    script = (
        "import sys\nfrom engines.vm.runtime.quick_json import loads\nassert 'json' not in sys.modules\n"
        f"try: loads({text!r})\nexcept ValueError: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("refused\n", "")
