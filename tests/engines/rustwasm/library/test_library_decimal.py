"""The library's own arithmetic on decimal digits agrees with CPython's conversions."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.rustwasm.compilation import check_source
from engines.rustwasm.mir.interpreter import run_program
from engines.rustwasm.mir.intrinsics import shortest_text
from engines.rustwasm.resolve import modules

PROGRAM = """
use core::decimal::{fixed, read, shortest_text, SPACE};
fn main() {
    let value = f64::from_bits(%d);
    let mut buffer = [0u8; SPACE];
    println!("{}", fixed(value, %d, &mut buffer));
    let mut buffer = [0u8; SPACE];
    let text = shortest_text(value, %s, 0, &mut buffer);
    println!("{}", text);
    println!("{}", read(text.as_bytes(), false).map_or(0, |x| x.to_bits()));
}
"""


@pytest.fixture(autouse=True, scope="module")
def seen_from_outside() -> Iterator[None]:
    """The module is the library's own: programs cannot name it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(modules, "_HIDDEN", ())
        yield


def outcome(value: float, places: int, single: bool) -> list[str]:
    bits = struct.unpack("<Q", struct.pack("<d", value))[0]
    compilation = check_source(PROGRAM % (bits, places, "true" if single else "false"))
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    code, output, errors = run_program(compilation)
    assert code == 0, errors
    return output.decode().split()


@settings(deadline=None, max_examples=12)
@given(value=st.floats(1e-12, 1e25) | st.integers(0, 2**60).map(float), places=st.integers(0, 20))
def test_doubles(value: float, places: int) -> None:
    fixed, shortest, read = outcome(value, places, False)
    assert fixed == f"{value:.{places}f}"
    assert shortest == shortest_text(value, False)
    assert int(read) == struct.unpack("<Q", struct.pack("<d", value))[0]


@settings(deadline=None, max_examples=6)
@given(value=st.floats(2.0**-30, 2.0**60, width=32))
def test_singles(value: float) -> None:
    assert outcome(value, 0, True)[1] == shortest_text(value, True)


def test_zero_and_numbers_far_from_one() -> None:
    for value in (0.0, 2.5e-41, 1.5e60):
        fixed, shortest, read = outcome(value, 3, False)
        assert fixed == f"{value:.3f}"
        assert shortest == shortest_text(value, False)
        assert int(read) == struct.unpack("<Q", struct.pack("<d", value))[0]
