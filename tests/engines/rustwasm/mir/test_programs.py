"""The reference interpreter does with the corpus's real programs what rustc's builds of them do."""

from __future__ import annotations

import pytest

from corpus.rust import RustProgram, rust_programs
from engines.rustwasm.compilation import check_source
from engines.rustwasm.mir.interpreter import run_program


@pytest.mark.parametrize("program", rust_programs(), ids=lambda program: program.name)
def test_output_and_exit(program: RustProgram) -> None:
    compilation = check_source(program.source, f"{program.name}.rs")
    assert not compilation.diagnostics.has_errors, compilation.diagnostics.render()
    status, out, err = run_program(compilation)
    assert out.decode() == program.stdout
    assert status == program.exit_status
    if program.panic is None:
        assert err == b""
    else:
        assert err.decode().strip().startswith(program.panic.strip())
