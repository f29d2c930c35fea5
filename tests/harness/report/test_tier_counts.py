"""What a report says of the tier under test, from counts that were added up over workers."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract.counts import WITHIN_US
from harness.report.tier_counts import fallbacks, percentile_us, tier_numbers
from harness.subjects.riscv64_reference import ReferenceExecutor
from harness.subjects.tier_counts import TierCounts

COUNTS = {
    "regions compiled": 4,
    "insns compiled": 1234,
    "code bytes compiled": 56789,
    f"{WITHIN_US}512": 3,
    f"{WITHIN_US}4096": 1,
    "regions installed": 5,
    "regions stored": 2,
    "samples": 200,
    "samples in baseline code": 150,
    "samples in llvm code": 30,
    "refused: larger than the code cache": 1,
    "interpreted: csr": 7,
    "escape fdiv.d": 2,
}


def test_the_rows_say_times_code_hits_residency_and_reasons() -> None:
    rows = dict(tier_numbers(COUNTS))
    assert rows["half of the regions compiled within"] == "512 µs"
    assert rows["99 % of them within"] == "4,096 µs"
    assert rows["host code compiled"] == "56,789 bytes"
    assert rows["of them from the cache or an image"] == "2 (40.0 %)"
    assert rows["samples in baseline code"] == "150 (75.0 %)"
    assert rows["samples in llvm code"] == "30 (15.0 %)"
    assert rows["samples in the interpreter"] == "20 (10.0 %)"
    assert fallbacks(COUNTS) == {
        "refused: larger than the code cache": 1,
        "interpreted: csr": 7,
        "escape fdiv.d": 2,
    }


@pytest.mark.parametrize("counts", [{}, {"escape fdiv.d": 3}])
def test_a_subject_that_compiles_nothing_has_no_rows(counts: dict[str, int]) -> None:
    assert tier_numbers(counts) == []


@given(st.lists(st.integers(0, 20), min_size=1), st.sampled_from((0.5, 0.99, 1.0)))
def test_percentiles_are_upper_ends_of_classes(exponents: list[int], share: float) -> None:
    counts = {f"{WITHIN_US}{1 << e}": n for e, n in Counter(exponents).items()}
    found = percentile_us(counts, share)
    assert sum(1 << e <= found for e in exponents) >= share * len(exponents)
    assert sum(1 << e < found for e in exponents) < share * len(exponents)


def test_counts_of_a_tier_grow_by_what_it_did() -> None:
    made = SimpleNamespace(milliseconds=[0.3, 0.5, 40.0], insns=30, code_bytes=900, interpreted=Counter({"csr": 2}))
    tier = SimpleNamespace(_compiler=SimpleNamespace(counters=made), escapes=Counter({"fdiv.d": 1}))
    counts = TierCounts(tier)
    first = counts.now()
    assert first == counts.now()
    assert first[f"{WITHIN_US}512"] == 2
    assert first[f"{WITHIN_US}65536"] == 1
    assert (first["regions compiled"], first["interpreted: csr"], first["escape fdiv.d"]) == (3, 2, 1)
    made.milliseconds.append(0.3)
    assert counts.now() - first == {"regions compiled": 1, f"{WITHIN_US}512": 1}
    assert ReferenceExecutor().counts() == {}
