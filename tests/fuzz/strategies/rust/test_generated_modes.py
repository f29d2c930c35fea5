"""Generated programs of GC mode: pairs print the same, aliases are one object, faults are found where they are."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from engines.rustwasm.compilation import Compilation, check_source
from engines.rustwasm.driver import build_bytes
from engines.rustwasm.mir.interpreter import run_program
from fuzz.strategies.rust.modes import aliasing, faulty, pair
from tests.wasi_command import started

SEEDS = range(6)


def checked(source: str) -> Compilation:
    compilation = check_source(source)
    assert not compilation.diagnostics.messages, compilation.diagnostics.render()
    return compilation


@pytest.mark.evidence("P11", "WR-03")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_program_prints_the_same_in_both_modes(seed: int) -> None:
    made = pair(Random(seed))
    assert made.ownership != made.gc
    assert run_program(checked(made.ownership)) == (0, made.expected.encode(), b"")
    assert run_program(checked(made.gc)) == (0, made.expected.encode(), b"")


@pytest.mark.parametrize("seed", SEEDS)
def test_variables_that_share_see_each_others_changes(seed: int) -> None:
    source, expected = aliasing(Random(seed), 40)
    assert run_program(checked(source)) == (0, expected.encode(), b"")


@pytest.mark.parametrize("lowering", ["linear", "gc"])
def test_builds_share_as_the_interpreter_does(lowering: str, tmp_path: Path) -> None:
    source, expected = aliasing(Random(5), 80)
    module = build_bytes(checked(source), "dev", lowering=lowering)
    assert started(module, tmp_path) == (0, expected.encode(), b"")


@pytest.mark.evidence("P12")
@pytest.mark.parametrize("seed", range(24))
def test_a_planted_fault_is_found_with_its_code_in_its_line(seed: int) -> None:
    fault = faulty(Random(seed))
    compilation = check_source(fault.source)
    found = [(one.code, compilation.sources.locate(one.span[0])[1]) for one in compilation.diagnostics.errors]
    assert found == [(fault.code, fault.line)]


def test_every_kind_of_fault_is_drawn() -> None:
    assert len({faulty(Random(seed)).code for seed in range(200)}) >= 10
