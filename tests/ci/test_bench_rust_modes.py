"""The benchmark of modes compares two programs that do the same."""

from __future__ import annotations

import pytest

from ci.bench_rust_modes import measured, program
from engines.rustwasm.compilation import Compilation, check_source
from engines.rustwasm.mir.interpreter import run_program


@pytest.mark.evidence("P11")
def test_both_programs_print_the_same() -> None:
    results = []
    for mode in ("ownership", "gc"):
        compilation = check_source(program(mode, 2))
        assert not compilation.diagnostics.messages, compilation.diagnostics.render()
        results.append(run_program(compilation))
    assert results[0] == results[1]
    assert results[0][0] == 0
    assert results[0][1]


def test_measuring_leaves_the_compiler_as_it_was() -> None:
    checks = Compilation.check_borrows
    least = measured(1, 1)
    assert Compilation.check_borrows is checks
    assert all(whole > part > 0 for whole, part in least.values())
