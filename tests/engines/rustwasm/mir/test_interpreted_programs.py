"""The reference interpreter does with the corpus's real programs what rustc's builds of them do."""

from __future__ import annotations

import os

import pytest

from corpus.rust import RustProgram, rust_programs
from engines.rustwasm.compilation import check_source
from engines.rustwasm.mir.instances import Instances
from engines.rustwasm.mir.interpreter import Interpreter, OutOfFuel, run_main

WHOLE = "COUNTERPROOF_WHOLE_PROGRAMS" in os.environ
"""`tox -e interpret-rust`: every program runs to its end (about two minutes)."""
FUEL = 10**10 if WHOLE else 3_000_000
"""Statements: seconds at most. Three programs need up to seven times that: of these the beginning is compared."""
LONG = frozenset(("collatz", "roman", "sudoku"))


@pytest.mark.evidence("WR-01")
@pytest.mark.timeout(1800 if WHOLE else 300)
@pytest.mark.parametrize("program", rust_programs(), ids=lambda program: program.name)
def test_output_and_exit(program: RustProgram) -> None:
    compilation = check_source(program.source, f"{program.name}.rs")
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    interpreter = Interpreter(compilation, Instances(compilation), fuel=FUEL)
    try:
        status, out, err = run_main(interpreter)
    except OutOfFuel:
        assert program.name in LONG
        assert not WHOLE
        assert program.stdout.startswith(interpreter.output[1].decode())
        return
    assert out.decode() == program.stdout
    assert status == program.exit_status
    if program.panic is None:
        assert err == b""
    else:
        assert err.decode().strip().startswith(program.panic.strip())
