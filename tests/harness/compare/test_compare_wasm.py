"""What counts as a difference between two Wasm engines."""

from __future__ import annotations

import pytest

from harness.compare.wasm import compare_wasm
from harness.contract import End, Verdict, WasmObservation
from harness.contract.wasm_traps import INVALID


def seen(*calls: tuple[str, ...], end: End = End.TRAP, digests: tuple[tuple[str, str], ...] = ()) -> WasmObservation:
    return WasmObservation(calls, end, digests)


ONE = ("i32:0x1",)
TWO = ("i32:0x2",)
EXHAUSTED = ("trap:exhausted",)


@pytest.mark.parametrize(
    ("left", "right", "fields"),
    [
        (seen(ONE), seen(ONE), ()),
        (seen(ONE), seen(TWO), ("calls[0]",)),
        (seen(ONE, TWO), seen(ONE), ("calls[1]",)),
        (seen(("trap:unreachable",)), seen(("trap:cast_failure",)), ("calls[0]",)),
        (seen(("trap:other",)), seen(("trap:other",)), ("calls[0]",)),
        (seen((INVALID,)), seen(ONE), ("valid",)),
        (seen((INVALID,)), seen((INVALID,)), ()),
        (seen(ONE, digests=(("m", "a"),)), seen(ONE, digests=(("m", "b"),)), ("digests[m]",)),
        (seen(ONE, digests=(("m", "a"),)), seen(ONE), ("digests[m]",)),
        (seen(ONE, EXHAUSTED, ONE), seen(ONE, ONE, TWO), ()),
        (seen(ONE, EXHAUSTED), seen(TWO, ONE), ("calls[0]",)),
        (seen(end=End.CRASH), seen(ONE), ("end",)),
        (seen(end=End.TIMEOUT), seen(ONE), ("end",)),
    ],
)
def test_fields_that_differ_are_named(left: WasmObservation, right: WasmObservation, fields: tuple[str, ...]) -> None:
    found = compare_wasm(left, right)
    assert found.fields == fields
    assert found.verdict is (Verdict.DIVERGED if fields else Verdict.AGREE)
    assert compare_wasm(right, left).fields == fields


@pytest.mark.parametrize(
    ("left", "right", "reason"),
    [
        (seen(end=End.REFUSED), seen(ONE), "refused"),
        (seen(EXHAUSTED), seen(ONE), "exhausted"),
        (seen(end=End.TIMEOUT), seen(EXHAUSTED), "no_end"),
        (seen(end=End.TIMEOUT), seen(end=End.TIMEOUT), "no_end"),
    ],
)
def test_what_cannot_be_compared_is_discarded_by_reason(
    left: WasmObservation, right: WasmObservation, reason: str
) -> None:
    found = compare_wasm(left, right)
    assert (found.verdict, found.discard) == (Verdict.INCOMPARABLE, reason)
