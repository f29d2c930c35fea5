"""Sizes that release builds without messages of panics have reached: no change makes them larger unnoticed."""

from __future__ import annotations

import pytest

from ci.bench_compiled_rust import programs
from corpus.rust import rust_programs
from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build_bytes


@pytest.mark.parametrize(
    ("name", "lowering", "most"),
    [("sieve", "linear", 197), ("sieve", "gc", 152), ("nbody", "linear", 1_106), ("nbody", "gc", 1_274)],
)
def test_a_function_of_a_host_is_as_small_as_it_was(name: str, lowering: str, most: int) -> None:
    compilation = check_source(programs()[name][0] + "\nfn main() {}\n")
    assert len(build_bytes(compilation, "freestanding", names=False, lowering=lowering)) <= most


def test_word_count_is_as_small_as_it_was() -> None:
    source = next(one.source for one in rust_programs() if one.name == "word_count")
    assert len(build_bytes(check_source(source), "freestanding", names=False)) <= 4_200
